//! One run of a workflow for one event: which jobs and steps run, and what the expressions in them see.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::event::Event;
use super::expression::{self, Numbered, Situation, Truth, Value};
use super::{Job, Pairs, Reference, Step, Text, Trigger, Workflow};

/// Longest chain of jobs waiting for jobs that is followed.
const MAX_NEEDS: usize = 100;

/// Where the inputs of a run come from.
pub(super) enum Inputs<'a> {
    /// The event that started it.
    Started(&'a Trigger),
    /// A job of another workflow.
    Called { by: &'a Run<'a>, job: &'a Job, with: &'a Pairs, trigger: Option<&'a Trigger> },
}

/// One workflow run for one event.
pub(super) struct Run<'a> {
    pub(super) workflow: &'a Workflow,
    pub(super) event: &'a Event,
    inputs: Inputs<'a>,
    /// Whether jobs run, by their ids.
    known: RefCell<HashMap<String, Truth>>,
    /// Outputs of jobs, by job and name.
    outputs: RefCell<HashMap<(String, String), Value>>,
    /// What calling jobs give as inputs, by name: an input made of inputs is asked for again and again.
    given: RefCell<HashMap<String, Value>>,
    depth: Cell<usize>,
}

impl<'a> Run<'a> {
    pub(super) fn new(workflow: &'a Workflow, event: &'a Event, inputs: Inputs<'a>) -> Self {
        Self {
            workflow,
            event,
            inputs,
            known: RefCell::default(),
            outputs: RefCell::default(),
            given: RefCell::default(),
            depth: Cell::new(0),
        }
    }

    /// Whether a job runs: its own condition, and unless that asks for a status by itself, every job it waits for.
    pub(super) fn job(&self, job: &Job) -> Truth {
        let id = job.id.value.to_lowercase();
        if let Some(known) = self.known.borrow().get(&id) {
            return known.clone();
        }
        if self.depth.get() > MAX_NEEDS {
            return Truth::RunTime("a chain of more than a hundred jobs that wait for each other".to_owned());
        }
        // A job that waits for itself never runs.
        self.known.borrow_mut().insert(id.clone(), Truth::No);
        self.depth.set(self.depth.get() + 1);
        let condition = job.condition.as_ref().map(|text| text.value.as_str());
        let needs = job.needs.iter().fold(Truth::Yes, |truth, need| truth.and(self.need(need)));
        let truth = match condition {
            Some(text) if expression::names_status(text) => {
                expression::condition(text, &AfterNeeds { inner: InJob { run: self, job }, needs })
            }
            Some(text) => expression::condition(text, &InJob { run: self, job }).and(needs),
            None => needs,
        };
        self.depth.set(self.depth.get() - 1);
        self.known.borrow_mut().insert(id, truth.clone());
        truth
    }

    fn need(&self, need: &Text) -> Truth {
        // A job that waits for one that does not exist makes the workflow invalid: GitHub runs none of it.
        self.workflow.job(&need.value).map_or(Truth::No, |job| self.job(job))
    }

    pub(super) fn step(&self, job: &Job, step: &Step) -> Truth {
        let condition = step.condition.as_ref();
        condition.map_or(Truth::Yes, |text| expression::condition(&text.value, &InJob { run: self, job }))
    }

    /// Conditions of a job and of the jobs it waits for directly.
    pub(super) fn guards(&self, job: &Job, guards: &mut Vec<(String, Text)>) {
        let waited = job.needs.iter().filter_map(|need| self.workflow.job(&need.value));
        let conditions = std::iter::once(job).chain(waited).filter_map(|job| job.condition.clone());
        guards.extend(conditions.map(|text| (self.workflow.path.clone(), text)));
    }

    fn input(&self, name: &str, as_text: bool) -> Value {
        match &self.inputs {
            Inputs::Started(trigger) if trigger.event == "workflow_dispatch" => {
                let Some(input) = trigger.inputs.iter().find(|input| input.name.eq_ignore_ascii_case(name)) else {
                    return Value::Null;
                };
                let choices = input.choices.iter().map(|choice| typed(choice, as_text)).collect::<Vec<_>>();
                if choices.is_empty() { Value::Choice } else { Value::Any(choices) }
            }
            Inputs::Started(_) => Value::Null,
            Inputs::Called { by, job, with, trigger } => {
                let declared =
                    trigger.and_then(|t| t.inputs.iter().find(|input| input.name.eq_ignore_ascii_case(name)));
                let Some(text) = with.get(name).or_else(|| declared?.default.as_ref()) else { return Value::Null };
                let known = self.given.borrow().get(name).cloned();
                let given = known.unwrap_or_else(|| {
                    let value = expression::interpolate(&text.value, &InJob { run: by, job });
                    self.given.borrow_mut().insert(name.to_owned(), value.clone());
                    value
                });
                match given {
                    Value::Str(text) => typed(&text, as_text),
                    other => other,
                }
            }
        }
    }

    /// An output of a job: what its own expression gives, or nothing when the job does not run.
    fn output(&self, job: &str, name: &str) -> Value {
        let Some(job) = self.workflow.job(job).filter(|job| self.job(job) != Truth::No) else { return Value::Null };
        let key = (job.id.value.to_lowercase(), name.to_owned());
        if let Some(known) = self.outputs.borrow().get(&key) {
            return known.clone();
        }
        // An output that is made of itself never has a value.
        self.outputs.borrow_mut().insert(key.clone(), Value::RunTime(format!("the output `{name}`")));
        let value = match job.outputs.get(name) {
            Some(text) => expression::interpolate(&text.value, &InJob { run: self, job }).into_text(),
            None if job.call().is_some() => {
                Value::RunTime(format!("output `{name}` of the workflow called by job `{}`", job.id.value))
            }
            None => Value::Null,
        };
        self.outputs.borrow_mut().insert(key, value.clone());
        value
    }

    fn result(&self, job: &str) -> Value {
        match self.workflow.job(job).map(|job| self.job(job)) {
            Some(Truth::No) => Value::str("skipped"),
            Some(Truth::RunTime(why)) => Value::RunTime(why),
            Some(_) => Value::any_str(["success", "failure", "cancelled"]),
            None => Value::Null,
        }
    }

    /// What the payload of the event holds.
    fn payload(&self, path: &[&str]) -> Value {
        let name = self.event.name.as_str();
        let belongs = match path.first().copied().unwrap_or_default() {
            "pull_request" | "number" => name.starts_with("pull_request"),
            "release" => name == "release",
            "workflow_run" => name == "workflow_run",
            "head_commit" | "commits" | "before" | "after" | "forced" | "created" | "deleted" | "base_ref" => {
                name == "push"
            }
            "ref" => matches!(name, "push" | "create" | "delete" | "workflow_dispatch"),
            "ref_type" => matches!(name, "create" | "delete"),
            "client_payload" => name == "repository_dispatch",
            "comment" => name.contains("comment"),
            "schedule" => name == "schedule",
            "deployment" => name.starts_with("deployment"),
            _ => true,
        };
        match path {
            ["action"] => self.event.action.clone(),
            ["inputs", input] if name == "workflow_dispatch" => self.started_input(input),
            ["inputs", ..] => Value::Null,
            ["ref"] if name == "push" => self.event.reference.clone(),
            ["ref_type"] if belongs => self.event.ref_type.clone(),
            _ if belongs => Value::Choice,
            _ => Value::Null,
        }
    }

    /// `github.event.inputs` keeps the inputs of the event itself, as text, also in called workflows.
    fn started_input(&self, name: &str) -> Value {
        match &self.inputs {
            Inputs::Started(_) => self.input(name, true),
            Inputs::Called { by, .. } => by.started_input(name),
        }
    }

    fn github(&self, path: &[&str]) -> Value {
        let name = self.event.name.as_str();
        match path {
            ["event_name"] => Value::str(name),
            ["ref"] => self.event.reference.clone(),
            ["ref_type"] => self.event.ref_type.clone(),
            ["ref_name"] => short_name(&self.event.reference),
            ["head_ref" | "base_ref"] if !name.starts_with("pull_request") => Value::str(""),
            ["event", rest @ ..] => self.payload(rest),
            _ => Value::Choice,
        }
    }
}

fn typed(text: &str, as_text: bool) -> Value {
    match text {
        "true" if !as_text => Value::Bool(true),
        "false" if !as_text => Value::Bool(false),
        other => Value::str(other),
    }
}

/// `github.ref_name` of a `github.ref`.
fn short_name(reference: &Value) -> Value {
    let short = |text: &str| {
        let stripped = ["refs/heads/", "refs/tags/", "refs/pull/"].iter().find_map(|start| text.strip_prefix(start));
        stripped.unwrap_or(text).to_owned()
    };
    match reference {
        Value::Str(text) => Value::Str(short(text)),
        Value::Prefix(text) => Value::Prefix(short(text)),
        Value::Numbered(text) => Value::Numbered(Numbered::new(short(&text.before), &text.after)),
        Value::Any(values) => Value::Any(values.iter().map(short_name).collect()),
        other => other.clone(),
    }
}

/// What an expression in a job sees.
pub(super) struct InJob<'r, 'a> {
    pub(super) run: &'r Run<'a>,
    pub(super) job: &'r Job,
}

impl InJob<'_, '_> {
    fn matrix(&self, path: &[&str]) -> Value {
        let name = path.join(".");
        let values = self.job.matrix.iter().find(|(dimension, _)| dimension.eq_ignore_ascii_case(&name));
        match values {
            Some((_, values)) if !values.is_empty() => {
                Value::Any(values.iter().map(|text| self.matrix_value(text)).collect())
            }
            _ => Value::RunTime(format!("the matrix value `{name}`")),
        }
    }

    fn matrix_value(&self, text: &Text) -> Value {
        // A value made of the matrix may be made of itself.
        if text.has_expression() && text.value.to_lowercase().contains("matrix") {
            return Value::RunTime("a matrix value that is computed".to_owned());
        }
        if text.has_expression() { expression::interpolate(&text.value, self) } else { typed(&text.value, false) }
    }

    fn env(&self, name: &str) -> Value {
        let set = self.job.env.get(name).or_else(|| self.run.workflow.env.get(name));
        match set {
            // A variable made of variables may be made of itself, and a step may have changed it on the way.
            Some(text) if !text.value.to_lowercase().contains("env") && !self.changes_variables() => {
                expression::interpolate(&text.value, self).into_text()
            }
            _ => Value::RunTime(format!("the variable `{name}`")),
        }
    }

    /// Whether a script of the job writes variables for the steps after it. A local action may do so out of sight.
    fn changes_variables(&self) -> bool {
        self.job.steps().iter().any(|step| {
            let local = step.uses.as_ref().is_some_and(|uses| matches!(uses.reference, Reference::Local(_)));
            local || step.run.as_ref().is_some_and(|run| run.value.contains("GITHUB_ENV"))
        })
    }

    fn step_output(&self, step: &str, rest: &[&str]) -> Value {
        let found =
            self.job.steps().iter().find(|s| s.id.as_ref().is_some_and(|id| id.value.eq_ignore_ascii_case(step)));
        let Some(found) = found else { return Value::Null };
        // A step whose own condition asks for its own output would never end.
        let asks_itself = found.condition.as_ref().is_some_and(|text| text.value.contains("steps."));
        if !asks_itself
            && found.condition.as_ref().is_some_and(|text| expression::condition(&text.value, self) == Truth::No)
        {
            return if matches!(rest, ["outputs", ..]) { Value::Null } else { Value::str("skipped") };
        }
        let what = rest.last().copied().unwrap_or_default();
        let where_ = crate::text::clean::short(&self.job.id.value, 60);
        Value::RunTime(format!("the output `{what}` of step `{step}` in job `{where_}`"))
    }
}

impl Situation for InJob<'_, '_> {
    fn lookup(&self, path: &[String]) -> Value {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["github", rest @ ..] => self.run.github(rest),
            ["inputs", name] => self.run.input(name, false),
            ["needs", "*", "result"] => {
                Value::List(self.job.needs.iter().map(|need| self.run.result(&need.value)).collect())
            }
            ["needs", "*", ..] => Value::RunTime("the outputs of several jobs".to_owned()),
            ["needs", job, ..] if !self.job.needs.iter().any(|need| need.value.eq_ignore_ascii_case(job)) => {
                Value::Null
            }
            ["needs", job, "outputs", name] => self.run.output(job, name),
            ["needs", job, "result"] => self.run.result(job),
            ["steps", step, rest @ ..] => self.step_output(step, rest),
            ["matrix", rest @ ..] => self.matrix(rest),
            ["env", name] => self.env(name),
            ["runner" | "job" | "strategy", ..] => Value::Choice,
            [kind @ ("vars" | "secrets"), name] => Value::RunTime(format!("`{kind}.{name}`")),
            other => Value::RunTime(format!("`{}`", other.join("."))),
        }
    }
}

/// What an input of a step sees, or one of its job where there is no step: variables of the step come first.
pub(super) struct InStep<'r, 'a> {
    pub(super) inner: InJob<'r, 'a>,
    pub(super) step: Option<&'r Step>,
}

impl Situation for InStep<'_, '_> {
    fn lookup(&self, path: &[String]) -> Value {
        let own = match path {
            [context, name] if context == "env" => self.step.and_then(|step| step.env.get(name)),
            _ => None,
        };
        match own {
            // A variable made of variables may be made of itself.
            Some(text) if text.value.to_lowercase().contains("env") => {
                Value::RunTime(format!("the variable `{}`", path.join(".")))
            }
            Some(text) => expression::interpolate(&text.value, &self.inner).into_text(),
            None => self.inner.lookup(path),
        }
    }
}

/// What the condition of a job sees, with what `success()` says of the jobs it waits for.
struct AfterNeeds<'r, 'a> {
    inner: InJob<'r, 'a>,
    needs: Truth,
}

impl Situation for AfterNeeds<'_, '_> {
    fn lookup(&self, path: &[String]) -> Value {
        self.inner.lookup(path)
    }

    fn success(&self) -> Truth {
        self.needs.clone()
    }
}

/// What an expression inside a local action sees.
pub(super) struct Inside<'r, 'a> {
    pub(super) run: &'r Run<'a>,
    pub(super) job: &'r Job,
    pub(super) inputs: &'r Pairs,
}

impl Situation for Inside<'_, '_> {
    fn lookup(&self, path: &[String]) -> Value {
        let outer = InJob { run: self.run, job: self.job };
        match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["inputs", name] => {
                self.inputs.get(name).map_or(Value::str(""), |text| expression::interpolate(&text.value, &outer))
            }
            ["steps", step, ..] => Value::RunTime(format!("the output of step `{step}` in a local action")),
            _ => outer.lookup(path),
        }
    }
}
