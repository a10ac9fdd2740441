//! R02 release-trigger: publishing starts only by an intentional act of the release team.

mod fix;
mod sentence;
mod start;

use super::publishing::{self, Tally};
use super::{Case, Check, Evidence, Finding, FixOffer, Level, Meta, Proposal, Requirement, Role, Verdict};
use crate::fact::release::Publish;
use crate::fact::workflow::event::Nature;
use crate::fact::workflow::expression::{self, Truth};
use crate::fact::workflow::reach::{Route, Routes};
use crate::fact::{Facts, Reason, Topic, Unknown};
use crate::text::clean;
use sentence::{Around, Sentences, because};

/// R02.
#[derive(Debug)]
pub struct ReleaseTrigger;

/// What R02 is.
pub static META: Meta = Meta {
    id: "R02",
    slug: "release-trigger",
    title: "Publishing starts only by an intentional act of the release team",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#hardening-workflow-environment-permissions",
    checks: &[("trigger", Role::Decisive), ("last-run-event", Role::Supporting), ("tag-ruleset", Role::Advice)],
    needs: &[Topic::Files, Topic::Environments, Topic::Runs, Topic::Protection],
};

impl Requirement for ReleaseTrigger {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let publishes = match publishing::decisive(case, &META) {
            Ok(publishes) => publishes,
            Err(finding) => {
                let fix = start::offer(case.facts).filter(|_| finding.verdict == Verdict::Manual);
                return finding.with_fix(fix);
            }
        };
        let mut tally = Tally::default();
        let gate = weakest_gate(case.facts, &publishes);
        let mut sentences = Sentences::default();
        for publish in &publishes {
            whole(case.facts, publish, &mut tally);
            judge(case, publish, gate, &mut sentences);
        }
        sentences.tell(&mut tally);
        tally.cloud(case.facts);
        let trigger = tally.check("trigger", Role::Decisive, "nothing starts a publish step");
        let fix = match trigger.verdict {
            Verdict::Fail => Some(FixOffer::review(fix::TITLE)),
            _ => None,
        };
        Finding::of(&META, vec![trigger, last_run_event(case.facts), tag_ruleset(&publishes)]).with_fix(fix)
    }

    fn propose(&self, case: &Case<'_>) -> Proposal {
        if self.assess(case).fix.is_none() {
            return Proposal::default();
        }
        match publishing::decisive(case, &META) {
            Ok(publishes) => fix::propose(case.facts, &publishes),
            Err(_) => start::propose(case.facts),
        }
    }
}

/// What is said of all ways to a publish step together.
fn whole(facts: &Facts, publish: &Publish, tally: &mut Tally) {
    let found = &publish.routes;
    let name = publishing::name(facts, publish);
    if found.called_from_elsewhere {
        let why = format!("{name} is called from elsewhere: no workflow of this repository calls it");
        tally.add_unknown(
            Unknown::new(Reason::RunTime, why),
            publishing::evidence(facts, publish, "publishes when called"),
        );
    }
    if found.cut {
        let why = format!("{name} is called in more ways than are followed");
        tally.add_unknown(Unknown::new(Reason::Unsupported, why), None);
    }
    if !runs_at_all(found) {
        let why = Unknown::new(Reason::RunTime, format!("no event seems to start the publishing in {name}"));
        tally.add_unknown(why, publishing::evidence(facts, publish, "no event reaches this"));
    }
}

/// `gate` is the weakest of all publish jobs: one that is open is a way to release alone.
fn judge(case: &Case<'_>, publish: &Publish, gate: Gate, sentences: &mut Sentences) {
    let facts = case.facts;
    let name = publishing::name(facts, publish);
    let evidence = |route: &Route, note: &str| vec![Evidence::at(&route.trigger.0, route.trigger.1, note)];
    for route in &publish.routes.routes {
        let event = route.event.words.as_str();
        let open = |by: &str| Around::new("whether ", format!(" publishes in {name} is decided {by}"));
        match (&route.reach, route.event.nature) {
            (Truth::No, _) => {}
            (Truth::RunTime(why), Nature::Unintended) => {
                let around = open(&format!("while it runs, by {why}"));
                sentences.add_unknown(because(Reason::RunTime), around, event, guarded(route));
            }
            (_, Nature::Unintended) if tests_event(publish) => {
                let evidence = publishing::evidence(facts, publish, "under a test");
                sentences.add_unknown(because(Reason::RunTime), open("by a test in its script"), event, evidence);
            }
            // What it is handed allows it to publish. When it does, its own conditions tell.
            (_, Nature::Unintended) if publish.acting.is_none() => {
                let around = open(&format!("in another repository, by {}", clean::short(&publish.found_by, 80)));
                let why = because(Reason::Offline).needing("contents:read");
                sentences.add_unknown(why, around, event, guarded(route));
            }
            (_, Nature::Unintended) => {
                let (verdict, after) = unintended(case, route, &name);
                sentences.add(verdict, Around::new("", after), event, evidence(route, "starts the publishing"));
            }
            (_, Nature::Release) if route.event.repeats_release => {
                let around =
                    Around::new(format!("{name} also runs on "), ", such as an edit; name `types: [published]`");
                let evidence = evidence(route, "every activity of a release counts");
                sentences.add(Verdict::Warn, around, event, evidence);
            }
            (_, nature) => intended(&name, nature, route, gate, sentences),
        }
    }
}

/// Whether the script itself asks which event or reference it runs for.
fn tests_event(publish: &Publish) -> bool {
    use crate::fact::workflow::shell::Conditional;
    let conditional = publish.command.as_ref().is_some_and(|command| command.conditional == Conditional::Test);
    let script = publish.acting.as_ref().and_then(|step| step.run.as_ref());
    let names = ["GITHUB_REF", "GITHUB_EVENT_NAME", "github.ref", "github.event"];
    conditional && script.is_some_and(|script| names.iter().any(|name| script.value.contains(name)))
}

fn runs_at_all(found: &Routes) -> bool {
    found.called_from_elsewhere || found.cut || found.routes.iter().any(|route| route.reach != Truth::No)
}

/// An event nobody of the release team meant. Reviewers of the environment are a gate of their own (SPEC 8 asks for
/// both), and a check of the upstream event narrows `workflow_run`. Told are the verdict and the words after the event.
fn unintended(case: &Case<'_>, route: &Route, name: &str) -> (Verdict, String) {
    let gated = case.verdict_of("R07") == Some(Verdict::Pass);
    let upstream = ["workflow_run.event", "workflow_run.head_branch"];
    let narrowed = route.event.name == "workflow_run"
        && route.guards.iter().any(|(_, guard)| {
            let asks = upstream.iter().any(|part| guard.value.contains(part));
            asks && expression::regardless(&guard.value) != Truth::Yes
        });
    let unseen = matches!(case.verdict_of("R07"), Some(Verdict::Unknown | Verdict::Pending));
    let what = format!(" publishes in {name}");
    match (route.event.name.as_str(), narrowed, gated) {
        ("pull_request_target", ..) => (Verdict::Fail, what),
        (_, true, _) => (Verdict::Warn, format!("{what}, guarded by what started that one")),
        (_, _, true) => (Verdict::Warn, format!("{what}, held only by the reviewers of its environment")),
        _ if unseen => (Verdict::Fail, format!("{what}; warn if its environment has reviewers")),
        _ => (Verdict::Fail, what),
    }
}

/// Conditions on a route as evidence.
fn guarded(route: &Route) -> Vec<Evidence> {
    let guards =
        route.guards.iter().take(3).map(|(path, guard)| Evidence::at(path, guard.used_at(), "decides whether it runs"));
    std::iter::once(Evidence::at(&route.trigger.0, route.trigger.1, "starts the workflow")).chain(guards).collect()
}

/// A release, a tag or a start by hand. A tag or release alone is one person's act, unless an environment stands
/// between it and the index.
fn intended(name: &str, nature: Nature, route: &Route, gate: Gate, sentences: &mut Sentences) {
    let event = route.event.words.as_str();
    let by_hand = nature == Nature::ByHand;
    match gate {
        Gate::Absent if !by_hand => {
            let after = format!(" publishes in {name} without an environment: one person can release alone");
            sentences.add(Verdict::Warn, Around::new("", after), event, guarded(route));
        }
        Gate::Unseen if !by_hand => {
            let after =
                format!(" publishes in {name}, and whether every publish job runs in an environment cannot be seen");
            sentences.add_unknown(because(Reason::RunTime), Around::new("", after), event, guarded(route));
        }
        _ => {
            let note = if by_hand { "started by hand" } else { "an act of the release team" };
            let around = Around::new("only ", format!(" publishes in {name}"));
            sentences.add(Verdict::Pass, around, event, guarded_by(route, note));
        }
    }
}

/// Whether a publish job names an environment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gate {
    /// It does.
    Named,
    /// It does not.
    Absent,
    /// Another repository says, or the event decides.
    Unseen,
}

fn weakest_gate(facts: &Facts, publishes: &[&Publish]) -> Gate {
    let gates: Vec<Gate> = publishes.iter().map(|publish| gate(facts, publish)).collect();
    [Gate::Absent, Gate::Unseen].into_iter().find(|gate| gates.contains(gate)).unwrap_or(Gate::Named)
}

fn gate(facts: &Facts, publish: &Publish) -> Gate {
    let Some(job) = publish.job(&facts.workflows) else { return Gate::Unseen };
    match &job.environment {
        None if job.call().is_some() => Gate::Unseen,
        None => Gate::Absent,
        Some(environment) if environment.name.has_expression() => {
            let values = publish.values(&facts.workflows, &environment.name.value);
            let named = values.is_some_and(|values| values.iter().all(|value| !value.trim().is_empty()));
            if named { Gate::Named } else { Gate::Unseen }
        }
        Some(_) => Gate::Named,
    }
}

fn guarded_by(route: &Route, note: &str) -> Vec<Evidence> {
    let guards =
        route.guards.iter().take(2).map(|(path, guard)| Evidence::at(path, guard.used_at(), "keeps other events out"));
    std::iter::once(Evidence::at(&route.trigger.0, route.trigger.1, note)).chain(guards).collect()
}

/// What started the last run of each publish workflow.
fn last_run_event(facts: &Facts) -> Check {
    const ID: &str = "last-run-event";
    let Some(runs) = facts.runs.observed() else {
        return Check::missing(ID, Role::Supporting, &facts.runs, Topic::Runs);
    };
    let intended =
        ["workflow_dispatch", "release", "repository_dispatch", "deployment", "push", "create", "workflow_call"];
    let mut tally = Tally::default();
    for run in &runs.value {
        let verdict = if intended.contains(&run.event.as_str()) { Verdict::Pass } else { Verdict::Warn };
        let summary = format!("the last run of {} was started by `{}` of {}", run.workflow, run.event, run.actor);
        tally.add(verdict, summary, [Evidence::answer(runs, "event", run.event.clone())]);
    }
    tally.check(ID, Role::Supporting, "no publish workflow has run yet")
}

/// Whether release tags are protected where a tag starts the publishing.
fn tag_ruleset(publishes: &[&Publish]) -> Check {
    const ID: &str = "tag-ruleset";
    let by_tag = publishes.iter().any(|publish| {
        publish.routes.routes.iter().any(|route| route.reach != Truth::No && route.event.name == "push")
    });
    if !by_tag {
        return Check::advice(ID, Verdict::NotApplicable, "no tag starts the publishing");
    }
    Check::advice(
        ID,
        Verdict::Manual,
        "a tag starts the publishing: consider a tag ruleset, so that only release managers can push one",
    )
}
