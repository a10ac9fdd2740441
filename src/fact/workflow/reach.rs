//! Under which events a step runs.
//!
//! Every event that starts the workflow, or a workflow that calls it, is followed through the conditions of the
//! calling jobs, of the jobs waited for, of the job and of the step, in the three-valued way of [`expression`].

use super::event::{self, Event};
use super::expression::{self, Truth, Value};
use super::run::{InJob, InStep, Inputs, Inside, Run};
use super::{Pairs, Text, Trigger, WorkflowSet};
use crate::text::Span;

/// Deepest chain of calls that GitHub allows.
const MAX_CALLS: usize = 4;
/// Most chains of calls that are followed.
const MAX_CHAINS: usize = 500;
/// Most routes to all goals of one workflow together. Where there are more, each goal has its share of them.
const MAX_ROUTES: usize = 20_000;
/// Routes that each goal has at least, however many goals there are.
const LEAST_ROUTES: usize = 20;

/// One event and whether it reaches a step.
#[derive(Clone, Debug)]
pub struct Route {
    /// The event.
    pub event: Event,
    /// Whether it reaches the step.
    pub reach: Truth,
    /// File and place of the trigger.
    pub trigger: (String, Span),
    /// Conditions on the way, with their file.
    pub guards: Vec<(String, Text)>,
    /// Jobs (workflow, job) that call on the way, the first one first.
    pub calls: Vec<(usize, usize)>,
}

/// All routes to a step.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    /// The routes, reachable or not.
    pub routes: Vec<Route>,
    /// Whether the workflow can be called, but nothing in this repository calls it.
    pub called_from_elsewhere: bool,
    /// Whether there were more chains of calls than are followed.
    pub cut: bool,
}

/// A step to be reached: where it is, and conditions of the local actions it stands in.
#[derive(Clone, Copy, Debug)]
pub struct Goal<'a> {
    /// Index of the workflow.
    pub workflow: usize,
    /// Index of the job.
    pub job: usize,
    /// Number of the step in the job; none for the job as a whole.
    pub step: Option<usize>,
    /// Conditions inside local actions, outermost first, each with the inputs of its action.
    pub inner: &'a [InnerCondition],
}

/// A condition of a step inside a local action.
#[derive(Clone, Debug)]
pub struct InnerCondition {
    /// File of the action.
    pub file: String,
    /// The condition.
    pub condition: Text,
    /// Inputs of the action, with the values the calling step gives them.
    pub inputs: Pairs,
}

/// Every event that may start a goal.
pub fn routes(set: &WorkflowSet, goal: Goal<'_>) -> Routes {
    routes_of(set, goal.workflow, &[goal]).pop().unwrap_or_default()
}

/// Every event that may start each of several goals in one workflow. What they have in common is decided once, so
/// that a workflow of many publish steps costs little more than one of few.
pub fn routes_of(set: &WorkflowSet, workflow: usize, goals: &[Goal<'_>]) -> Vec<Routes> {
    let callable = set.workflows.get(workflow).is_some_and(|workflow| workflow.trigger("workflow_call").is_some());
    let called_from_elsewhere = callable && set.callers(workflow).is_empty();
    let mut found = vec![Routes { routes: Vec::new(), called_from_elsewhere, cut: false }; goals.len()];
    let most = (MAX_ROUTES / goals.len().max(1)).max(LEAST_ROUTES);
    let cut = each_run(set, workflow, most, &mut |run, route| {
        for (goal, routes) in goals.iter().zip(&mut found) {
            routes.routes.push(arrive(run, *goal, route.clone()));
        }
    });
    for routes in &mut found {
        routes.cut = cut;
    }
    found
}

/// What a string says at a goal, for each of its first `most` routes in order.
pub fn said(set: &WorkflowSet, goal: Goal<'_>, text: &str, most: usize) -> Vec<Value> {
    let mut all = Vec::new();
    each_run(set, goal.workflow, most, &mut |run, _| {
        let job = run.workflow.jobs.get(goal.job);
        all.push(job.map_or(Value::Null, |job| {
            let step = goal.step.and_then(|number| job.step(number));
            expression::interpolate(text, &InStep { inner: InJob { run, job }, step })
        }));
    });
    all
}

/// Follows every event down every chain of calls to a workflow, `most` ways in all; whether there are more of them or
/// more chains than are followed.
fn each_run(set: &WorkflowSet, workflow: usize, most: usize, arrival: &mut Arrival<'_>) -> bool {
    let mut left = most;
    let mut chains = Vec::new();
    collect_chains(set, workflow, &mut Vec::new(), &mut chains);
    for chain in &chains {
        let first = chain.first().map_or(workflow, |call| call.0);
        let triggers = set.workflows.get(first).map(|workflow| workflow.triggers.as_slice()).unwrap_or_default();
        for trigger in triggers {
            for event in event::events(trigger) {
                if left == 0 {
                    return true;
                }
                left -= 1;
                follow(set, chain, workflow, trigger, &event, arrival);
            }
        }
    }
    chains.len() >= MAX_CHAINS
}

/// Chains of calls that end in a workflow, the empty one included, each as the calling jobs from the first on.
fn collect_chains(
    set: &WorkflowSet,
    workflow: usize,
    tail: &mut Vec<(usize, usize)>,
    chains: &mut Vec<Vec<(usize, usize)>>,
) {
    if chains.len() >= MAX_CHAINS {
        return;
    }
    chains.push(tail.iter().rev().copied().collect());
    if tail.len() >= MAX_CALLS {
        return;
    }
    for call in set.callers(workflow) {
        // A workflow that calls itself, directly or not, is refused by GitHub.
        if call.0 == workflow || tail.iter().any(|known| known.0 == call.0) {
            continue;
        }
        tail.push(*call);
        collect_chains(set, call.0, tail, chains);
        tail.pop();
    }
}

/// What is done with the run of the last workflow of a chain, and the route that led there.
type Arrival<'f> = dyn FnMut(&Run<'_>, &Route) + 'f;

/// Follows one event down a chain of calls.
fn follow(
    set: &WorkflowSet,
    chain: &[(usize, usize)],
    target: usize,
    trigger: &Trigger,
    event: &Event,
    arrival: &mut Arrival<'_>,
) {
    let first = chain.first().map_or(target, |call| call.0);
    let Some(workflow) = set.workflows.get(first) else { return };
    let mut route = Route {
        trigger: (workflow.path.clone(), event.span),
        reach: Truth::Yes,
        guards: Vec::new(),
        calls: chain.to_vec(),
        event: event.clone(),
    };
    descend(set, &Run::new(workflow, event, Inputs::Started(trigger)), chain, target, &mut route, arrival);
}

/// Goes down a chain of calls, one run inside the other.
fn descend(
    set: &WorkflowSet,
    run: &Run<'_>,
    chain: &[(usize, usize)],
    target: usize,
    route: &mut Route,
    arrival: &mut Arrival<'_>,
) {
    let Some(((_, job), rest)) = chain.split_first() else { return arrival(run, route) };
    let Some(job) = run.workflow.jobs.get(*job) else { return };
    run.guards(job, &mut route.guards);
    let so_far = std::mem::replace(&mut route.reach, Truth::No);
    route.reach = so_far.and(run.job(job));
    let next = rest.first().map_or(target, |call| call.0);
    if let (Some(workflow), Some(call)) = (set.workflows.get(next), job.call()) {
        let trigger = workflow.trigger("workflow_call");
        let called = Run::new(workflow, run.event, Inputs::Called { by: run, job, with: &call.with, trigger });
        descend(set, &called, rest, target, route, arrival);
    }
}

/// The last part of a route: the job, the step, and the conditions inside local actions.
fn arrive(run: &Run<'_>, goal: Goal<'_>, mut route: Route) -> Route {
    let Some(job) = run.workflow.jobs.get(goal.job) else { return route };
    run.guards(job, &mut route.guards);
    let mut reach = route.reach.and(run.job(job));
    if let Some(step) = goal.step.and_then(|number| job.step(number)) {
        route.guards.extend(step.condition.iter().map(|text| (run.workflow.path.clone(), text.clone())));
        reach = reach.and(run.step(job, step));
    }
    for inner in goal.inner {
        route.guards.push((inner.file.clone(), inner.condition.clone()));
        let inside = Inside { run, job, inputs: &inner.inputs };
        reach = reach.and(expression::condition(&inner.condition.value, &inside));
    }
    Route { reach, ..route }
}

#[cfg(test)]
mod tests {
    use super::super::event::Nature;
    use super::*;
    use crate::fact::files::FileSet;
    use std::sync::Arc;

    fn set(files: &[(&str, &str)]) -> WorkflowSet {
        let texts = files.iter().map(|(name, text)| (format!(".github/workflows/{name}"), Arc::from(*text)));
        let files = FileSet { texts: texts.collect(), ..FileSet::default() };
        WorkflowSet::read(&files, &mut Vec::new())
    }

    /// The words of the events that reach job `publish`, with `?` before those that are undecided.
    fn reached(text: &str) -> Vec<String> {
        let set = set(&[("a.yml", text)]);
        let job = set.workflows[0].jobs.iter().position(|job| job.id.value == "publish").unwrap();
        let step = set.workflows[0].jobs[job].steps().last().map(|step| step.number);
        words(&routes(&set, Goal { workflow: 0, job, step, inner: &[] }))
    }

    fn words(routes: &Routes) -> Vec<String> {
        let shown = routes.routes.iter().filter_map(|route| match &route.reach {
            Truth::No => None,
            Truth::RunTime(_) => Some(format!("? {}", route.event.words)),
            _ => Some(route.event.words.clone()),
        });
        shown.collect()
    }

    fn with_job(on: &str, job: &str) -> Vec<String> {
        reached(&format!("on: {on}\njobs:\n  publish:\n{job}    steps: [{{run: x}}]\n"))
    }

    const TAG: &str = "a push of a tag";
    const BRANCH: &str = "a push to a branch";

    #[test]
    fn filters_decide_which_pushes_count() {
        assert_eq!(with_job("push", ""), [BRANCH, TAG]);
        assert_eq!(with_job("{push: {tags: [v*]}}", ""), [TAG]);
        assert_eq!(with_job("{push: {tags-ignore: [x]}}", ""), [TAG]);
        assert_eq!(with_job("{push: {branches: [main]}}", ""), [BRANCH]);
        assert_eq!(with_job("{push: {branches-ignore: ['**'], tags: [v*]}}", ""), [TAG]);
        assert_eq!(with_job("{push: {branches: [main], tags: [v*]}}", ""), [BRANCH, TAG]);
        assert_eq!(with_job("{push: {paths: [a]}}", ""), [BRANCH, TAG]);
    }

    #[test]
    fn conditions_close_events() {
        let guard = |text: &str| format!("    if: {text}\n");
        assert_eq!(with_job("[push, pull_request]", &guard("startsWith(github.ref, 'refs/tags/')")), [TAG]);
        assert_eq!(with_job("{push: {branches: [main]}}", &guard("github.ref_name == 'main'")), [BRANCH]);
        assert!(with_job("{push: {branches: [main]}}", &guard("github.ref_name == 'dev'")).is_empty());
        assert_eq!(with_job("[push, release]", &guard("github.event_name == 'release'")).len(), 2);
        assert_eq!(
            with_job("[push, release]", &guard("github.event.action == 'published'")),
            ["the publication of a release"]
        );
        assert_eq!(with_job("[push]", &guard("github.repository == 'o/r'")), [BRANCH, TAG]);
        assert_eq!(
            with_job("[push, workflow_dispatch]", &guard("inputs.publish")),
            Vec::<String>::new(),
            "no such input"
        );
        assert_eq!(
            with_job(
                "{push: , workflow_dispatch: {inputs: {publish: {type: boolean}}}}",
                &guard("inputs.publish == true")
            ),
            ["a start by hand"]
        );
        assert!(with_job("push", &guard("false")).is_empty());
        assert_eq!(
            with_job("schedule", &guard("github.event_name == 'push' || github.event.schedule")),
            ["a schedule"]
        );
    }

    #[test]
    fn the_reference_of_a_pull_request_is_known_but_for_its_number() {
        let on_pull = |text: &str| with_job("pull_request", &format!("    if: {text}\n"));
        for closed in [
            "contains(github.ref, 'tags')",
            "contains(github.ref, '/tags/v')",
            "startsWith(github.ref_name, 'v')",
            "startsWith(github.ref, 'refs/tags/')",
            "endsWith(github.ref, 'main')",
            "github.ref == 'refs/heads/main'",
            "github.ref_name == 'main'",
        ] {
            assert!(on_pull(closed).is_empty(), "{closed}");
        }
        for open in [
            "contains(github.ref, 'pull')",
            "startsWith(github.ref, 'refs/pull/7')",
            "endsWith(github.ref_name, '/merge')",
            "github.ref_name == '7/merge'",
            "${{ !startsWith(github.ref, 'refs/tags/') }}",
            "github.ref",
        ] {
            assert_eq!(on_pull(open), ["a pull request"], "{open}");
        }
    }

    #[test]
    fn a_merged_pull_request_runs_for_the_branch_it_went_to() {
        let closed = "{pull_request: {types: [closed], branches: [main]}}";
        assert_eq!(with_job(closed, "    if: github.ref == 'refs/heads/main'\n"), ["a pull request"]);
        assert!(with_job(closed, "    if: github.ref == 'refs/heads/dev'\n").is_empty());
        assert!(with_job(closed, "    if: contains(github.ref, 'tags')\n").is_empty());
        let to_any = "{pull_request: {types: [closed]}}";
        assert_eq!(with_job(to_any, "    if: contains(github.ref, 'tags')\n"), ["a pull request"]);
        let reviewed = with_job("pull_request_review", "    if: startsWith(github.ref, 'refs/pull/')\n");
        assert_eq!(reviewed, ["the event `pull_request_review`"]);
    }

    #[test]
    fn an_event_has_the_activities_that_are_documented() {
        let with = |on: &str, activity: &str| with_job(on, &format!("    if: github.event.action == '{activity}'\n"));
        for on in [
            "pull_request",
            "pull_request_target",
            "schedule",
            "push",
            "workflow_dispatch",
            "{workflow_dispatch: {types: [published]}}",
            "workflow_run",
            "merge_group",
            "issue_comment",
            "issues",
            "discussion",
            "deployment_status",
            "{pull_request: {types: [labeled]}}",
            "{repository_dispatch: {types: [go]}}",
        ] {
            assert!(with(on, "published").is_empty(), "{on}");
        }
        for (on, activity) in [
            ("pull_request", "synchronize"),
            ("{pull_request: {types: [labeled]}}", "labeled"),
            ("workflow_run", "completed"),
            ("issues", "closed"),
            ("registry_package", "published"),
            ("repository_dispatch", "published"),
            ("{repository_dispatch: {types: [published]}}", "published"),
            ("an_event_of_tomorrow", "published"),
        ] {
            assert_eq!(with(on, activity).len(), 1, "{on}");
        }
        assert_eq!(with_job("schedule", "    if: github.event.action != 'published'\n"), ["a schedule"]);
        assert!(with("pull_request", "closed").is_empty(), "not without `types:`");
    }

    #[test]
    fn a_fan_of_calls_is_cut_and_many_goals_share_their_routes() {
        let level = |on: &str, next: usize| {
            let jobs: String =
                (0..30).map(|job| format!("  j{job}: {{uses: ./.github/workflows/w{next}.yml}}\n")).collect();
            format!("on: {on}\njobs:\n{jobs}")
        };
        let steps: String = (0..2_000).map(|_| "      - run: x\n").collect();
        let files = [
            ("w0.yml", level("[push, pull_request]", 1)),
            ("w1.yml", level("[push, workflow_call]", 2)),
            ("w2.yml", level("[push, workflow_call]", 3)),
            ("w3.yml", format!("on: workflow_call\njobs:\n  publish:\n    steps:\n{steps}")),
        ];
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let set = set(&files);
        let numbers: Vec<usize> = set.workflows[3].jobs[0].steps().iter().map(|step| step.number).collect();
        let goal = |number: usize| Goal { workflow: 3, job: 0, step: Some(number), inner: &[] };
        let goals: Vec<Goal<'_>> = numbers.iter().map(|number| goal(*number)).collect();
        let all = routes_of(&set, 3, &goals);
        assert_eq!(all.len(), 2_000);
        assert!(all.iter().all(|routes| routes.cut && routes.routes.len() == LEAST_ROUTES));
        let one = routes(&set, goal(1));
        assert!(one.cut && one.routes.len() > LEAST_ROUTES && one.routes.len() <= 2 * MAX_CHAINS * 3);
        let few = said(&set, goal(1), "a", 7);
        assert_eq!(few.len(), 7);
    }

    #[test]
    fn inputs_made_of_inputs_end_on_every_level() {
        for (first, expected) in [("a", false), ("", true)] {
            let call = |on: &str, next: usize, x: &str| {
                format!("on: {on}\njobs: {{c: {{uses: ./.github/workflows/w{next}.yml, with: {{x: \"{x}\"}}}}}}\n")
            };
            let many = "${{ inputs.x }}".repeat(200);
            let called = "{workflow_call: {inputs: {x: {type: string}}}}";
            let files = [
                ("w0.yml", call("push", 1, first)),
                ("w1.yml", call(called, 2, &many)),
                ("w2.yml", call(called, 3, &many)),
                ("w3.yml", call(called, 4, &many)),
                ("w4.yml", format!("on: {called}\njobs: {{publish: {{steps: [{{run: x}}]}}}}\n")),
            ];
            let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let set = set(&files);
            let goal = Goal { workflow: 4, job: 0, step: Some(1), inner: &[] };
            let values = said(&set, goal, &many, usize::MAX);
            let known = values.iter().any(|value| value.strings() == Some(vec![String::new()]));
            let unknown = values.iter().any(|value| matches!(value, Value::RunTime(_)));
            assert_eq!((known, unknown), (expected, !expected), "{first:?}: {} values", values.len());
        }
    }

    #[test]
    fn needs_are_followed_unless_the_condition_ignores_them() {
        let text = |guard: &str| {
            format!(
                "on: push\njobs:\n  build:\n    if: github.ref_type == 'tag'\n    steps: []\n  publish:\n    needs: build\n{guard}    steps: [{{run: x}}]\n"
            )
        };
        assert_eq!(reached(&text("")), [TAG]);
        assert_eq!(reached(&text("    if: always()\n")), [BRANCH, TAG]);
        assert_eq!(reached(&text("    if: success()\n")), [TAG]);
        assert_eq!(reached(&text("    if: success() || github.ref_type == 'branch'\n")), [BRANCH, TAG]);
        assert_eq!(reached(&text("    if: always() && needs.build.result == 'success'\n")), [TAG]);
        assert!(reached("on: push\njobs:\n  publish:\n    needs: nobody\n    steps: [{run: x}]\n").is_empty());
        assert!(reached("on: push\njobs:\n  publish:\n    needs: publish\n    steps: [{run: x}]\n").is_empty());
    }

    #[test]
    fn outputs_are_undecided_unless_the_step_that_sets_them_cannot_run() {
        let text = |condition: &str| {
            format!(
                "on: push\njobs:\n  detect:\n    outputs: {{go: '${{{{ steps.d.outputs.go }}}}'}}\n    steps:\n      - id: d\n{condition}        run: x\n  publish:\n    needs: [detect]\n    if: needs.detect.outputs.go == 'true'\n    steps: [{{run: x}}]\n"
            )
        };
        assert_eq!(reached(&text("")), ["? a push to a branch", "? a push of a tag"]);
        assert_eq!(reached(&text("        if: github.ref_type == 'tag'\n")), ["? a push of a tag"]);
    }

    #[test]
    fn variables_and_outputs_are_text() {
        let by_env = "on: push\nenv:\n  preview: ${{ github.ref_type != 'tag' }}\njobs:\n  publish:\n    steps:\n      - {run: x, if: \"env.preview == 'false'\"}\n";
        assert_eq!(reached(by_env), [TAG]);
        let by_output = "on: push\njobs:\n  plan:\n    outputs: {go: \"${{ github.ref_type == 'tag' }}\"}\n    steps: []\n  publish:\n    needs: plan\n    if: needs.plan.outputs.go == 'true'\n    steps: [{run: x}]\n";
        assert_eq!(reached(by_output), [TAG]);
    }

    #[test]
    fn outputs_that_go_in_circles_end() {
        let text = "on: push\njobs:\n  a:\n    if: always()\n    needs: publish\n    outputs: {o: '${{ needs.publish.outputs.o }}'}\n    steps: []\n  publish:\n    if: always() && needs.a.outputs.o\n    needs: a\n    outputs: {o: '${{ needs.a.outputs.o }}'}\n    env: {A: \"${{ env['A'] }}\"}\n    steps: [{run: x, if: env.A}]\n";
        assert!(reached(text).len() <= 2);
        let many: String = (0..5000).map(|i| format!("  j{i}:\n    needs: j{}\n    steps: []\n", i + 1)).collect();
        let deep = format!("on: push\njobs:\n  publish:\n    needs: j0\n    steps: [{{run: x}}]\n{many}");
        assert!(reached(&deep).iter().all(|word| word.starts_with('?')));
    }

    #[test]
    fn callers_decide_for_called_workflows() {
        let set = set(&[
            (
                "ci.yml",
                "on: {push: {branches: [main]}}\njobs:\n  call:\n    uses: ./.github/workflows/release.yml\n    with: {go: true}\n",
            ),
            ("hand.yml", "on: workflow_dispatch\njobs:\n  call:\n    uses: ./.github/workflows/release.yml\n"),
            (
                "release.yml",
                "on: {workflow_call: {inputs: {go: {type: boolean, default: false}}}}\njobs:\n  publish:\n    if: inputs.go\n    steps: [{run: x}]\n  other:\n    steps: [{run: x}]\n",
            ),
        ]);
        let goal = |job| Goal { workflow: 2, job, step: Some(1), inner: &[] };
        assert_eq!(words(&routes(&set, goal(0))), [BRANCH]);
        assert_eq!(words(&routes(&set, goal(1))), [BRANCH, "a start by hand"]);
        assert!(!routes(&set, goal(0)).called_from_elsewhere);
    }

    #[test]
    fn a_workflow_nobody_calls_is_called_from_elsewhere_and_cycles_end() {
        let lonely = set(&[("a.yml", "on: workflow_call\njobs: {publish: {steps: [{run: x}]}}\n")]);
        let goal = Goal { workflow: 0, job: 0, step: Some(1), inner: &[] };
        let found = routes(&lonely, goal);
        assert!(found.called_from_elsewhere && found.routes.is_empty());
        let cycle = set(&[
            ("a.yml", "on: workflow_call\njobs: {x: {uses: ./.github/workflows/b.yml}}\n"),
            ("b.yml", "on: [workflow_call, push]\njobs: {x: {uses: ./.github/workflows/a.yml}}\n"),
        ]);
        assert_eq!(words(&routes(&cycle, Goal { step: None, ..goal })), [BRANCH, TAG]);
    }

    #[test]
    fn events_are_told_apart_by_their_nature() {
        let natures = |on: &str| {
            let set = set(&[("a.yml", &format!("on: {on}\njobs: {{publish: {{steps: [{{run: x}}]}}}}\n"))]);
            let found = routes(&set, Goal { workflow: 0, job: 0, step: None, inner: &[] });
            found.routes.iter().map(|route| (route.event.nature, route.event.repeats_release)).collect::<Vec<_>>()
        };
        assert_eq!(natures("release"), [(Nature::Release, false), (Nature::Release, true)]);
        assert_eq!(natures("{release: {types: [published]}}"), [(Nature::Release, false)]);
        assert_eq!(natures("{release: {types: [edited]}}"), [(Nature::Release, true)]);
        assert_eq!(natures("create"), [(Nature::Release, false), (Nature::Unintended, false)]);
        for by_hand in ["workflow_dispatch", "repository_dispatch", "deployment"] {
            assert_eq!(natures(by_hand), [(Nature::ByHand, false)]);
        }
        for other in ["schedule", "pull_request_target", "workflow_run", "issue_comment", "merge_group", "delete"] {
            assert_eq!(natures(other), [(Nature::Unintended, false)], "{other}");
        }
    }

    #[test]
    fn what_a_string_says_is_known_for_each_event() {
        let set = set(&[(
            "a.yml",
            "on: {push: {tags: [v*]}, workflow_dispatch: {inputs: {to: {type: choice, options: [pypi, testpypi]}}}}\nenv: {TO: a, OFF: x}\njobs: {publish: {steps: [{run: x, env: {TO: b, AGAIN: '${{ env.TO }}'}}]}}\n",
        )]);
        let goal = |step| Goal { workflow: 0, job: 0, step, inner: &[] };
        let strings = |step, text: &str| -> Vec<Option<Vec<String>>> {
            said(&set, goal(step), text, usize::MAX).iter().map(Value::strings).collect()
        };
        let one = |text: &str| Some(vec![text.to_owned()]);
        let both = Some(vec!["pypi".to_owned(), "testpypi".to_owned()]);
        assert_eq!(strings(None, "${{ inputs.to || 'pypi' }}"), [one("pypi"), both]);
        assert_eq!(strings(None, "${{ vars.X }}"), [None, None]);
        assert_eq!(strings(None, "${{ env.TO }}"), [one("a"), one("a")]);
        assert_eq!(strings(Some(1), "${{ env.TO }}"), [one("b"), one("b")], "the step's own comes first");
        assert_eq!(strings(Some(1), "${{ env.AGAIN }}"), [None, None]);
        assert_eq!(strings(Some(1), "${{ env.OFF }}"), [one("x"), one("x")]);
    }
}
