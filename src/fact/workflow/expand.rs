//! The steps of a job as they run: local composite actions replaced by their own steps.

use std::borrow::Cow;

use super::reach::InnerCondition;
use super::{Job, Pairs, Step, Text, Workflow, WorkflowSet};
use crate::text::Span;

/// Deepest nesting of local actions that is followed.
const MAX_DEPTH: usize = 10;
/// Most steps that one job may expand to.
const MAX_STEPS: usize = 10_000;

/// A step of a job, or of a local action that the job uses.
#[derive(Clone, Debug)]
pub struct Placed<'a> {
    /// The step, with the inputs of its action filled in.
    pub step: Cow<'a, Step>,
    /// The file it is written in.
    pub file: &'a str,
    /// Number of the job's own step it belongs to.
    pub number: usize,
    /// Where the job's own step stands, for a step inside a local action.
    pub outer: Option<Span>,
    /// Conditions inside local actions, outermost first.
    pub inner: Vec<InnerCondition>,
    /// Whether a failure of it is ignored by the step itself or by one around it.
    pub ignores_failure: bool,
}

impl Placed<'_> {
    /// Where the step stands in the workflow.
    pub fn span_in_workflow(&self) -> Span {
        self.outer.unwrap_or_else(|| self.step.work_span())
    }
}

/// The steps of a job in the order they run.
pub fn steps<'a>(set: &'a WorkflowSet, workflow: &'a Workflow, job: &'a Job) -> Vec<Placed<'a>> {
    first_steps(set, workflow, job, usize::MAX)
}

/// The first `most` steps of a job in the order they run, or a few more where a local action goes on.
pub fn first_steps<'a>(set: &'a WorkflowSet, workflow: &'a Workflow, job: &'a Job, most: usize) -> Vec<Placed<'a>> {
    let mut placed = Vec::new();
    for step in job.steps() {
        if placed.len() >= most {
            break;
        }
        let own = Placed {
            step: Cow::Borrowed(step),
            file: &workflow.path,
            number: step.number,
            outer: None,
            inner: Vec::new(),
            ignores_failure: step.ignores_failure(),
        };
        expand(set, own, 0, &mut placed);
    }
    placed
}

/// Whether steps were left out of a job because there are too many of them, or because local actions nest too deep.
pub fn is_cut(set: &WorkflowSet, placed: &[Placed<'_>]) -> bool {
    let local = |placed: &Placed<'_>| placed.step.uses.as_ref().and_then(|uses| set.action(uses));
    let unopened = |placed: &Placed<'_>| local(placed).is_some_and(|action| action.steps.is_some());
    placed.len() >= MAX_STEPS || placed.iter().any(unopened)
}

fn expand<'a>(set: &'a WorkflowSet, placed: Placed<'a>, depth: usize, all: &mut Vec<Placed<'a>>) {
    if all.len() >= MAX_STEPS {
        return;
    }
    let action = placed.step.uses.as_ref().and_then(|uses| set.action(uses));
    let steps = action.and_then(|action| Some((action, action.steps.as_ref()?))).filter(|_| depth < MAX_DEPTH);
    let Some((action, steps)) = steps else {
        all.push(placed);
        return;
    };
    let inputs = called_with(&action.inputs, &placed.step.with);
    for step in steps {
        let mut bound = bind(step, &inputs);
        // Variables of the calling step reach the steps of a local action.
        bound.env.0.extend(placed.step.env.0.iter().cloned());
        let condition = step.condition.iter().map(|condition| InnerCondition {
            file: action.path.clone(),
            condition: condition.clone(),
            inputs: inputs.clone(),
        });
        let inner = Placed {
            ignores_failure: placed.ignores_failure || step.ignores_failure(),
            step: Cow::Owned(bound),
            file: &action.path,
            number: placed.number,
            outer: Some(placed.span_in_workflow()),
            inner: placed.inner.iter().cloned().chain(condition).collect(),
        };
        expand(set, inner, depth + 1, all);
    }
}

/// A step of a local action with the inputs of the action filled in where a value is nothing but an input.
fn bind(step: &Step, inputs: &Pairs) -> Step {
    let filled = |pairs: &Pairs| Pairs(pairs.0.iter().map(|(key, value)| (key.clone(), fill(value, inputs))).collect());
    Step { with: filled(&step.with), env: filled(&step.env), ..step.clone() }
}

/// The inputs of an action as a step calls it: what the step gives, else the defaults.
fn called_with(defaults: &Pairs, given: &Pairs) -> Pairs {
    let value = |name: &Text, default: &Text| given.get(&name.value).unwrap_or(default).clone();
    let chosen = defaults.iter().map(|(name, default)| (name.clone(), value(name, default)));
    let extra = given.iter().filter(|(name, _)| defaults.get(&name.value).is_none());
    Pairs(chosen.chain(extra.map(|(name, value)| (name.clone(), value.clone()))).collect())
}

fn fill(value: &Text, inputs: &Pairs) -> Text {
    let inner = value.trimmed().strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).map(str::trim);
    let Some(name) = inner.and_then(|inner| inner.strip_prefix("inputs.")) else { return value.clone() };
    let given = inputs.get(name).map(|text| text.value.clone()).unwrap_or_default();
    Text { value: given, ..value.clone() }
}
