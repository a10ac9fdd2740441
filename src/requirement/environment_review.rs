//! R07 environment-review: publish jobs run in an environment that another maintainer must approve.

pub(super) mod fix;
mod guide;

use super::publishing::{self, Tally};
use super::{Case, Check, Evidence, Finding, FixOffer, Level, Meta, Proposal, Requirement, Role, Verdict};
use crate::fact::artifact::{Approval, PublishRun};
use crate::fact::release::Publish;
use crate::fact::settings::{Environment, Reviewer};
use crate::fact::{Fact, Facts, Observed, Reason, Topic, Unknown};
use crate::text::clean;

/// R07.
#[derive(Debug)]
pub struct EnvironmentReview;

/// What R07 is.
pub static META: Meta = Meta {
    id: "R07",
    slug: "environment-review",
    title: "Publish jobs run in an environment that another maintainer must approve",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#use-github-actions-environments",
    checks: &[
        ("environment-named", Role::Decisive),
        ("required-reviewers", Role::Decisive),
        ("self-review", Role::Decisive),
        ("last-run-approved", Role::Supporting),
        ("admin-bypass", Role::Advice),
        ("branch-policy", Role::Advice),
    ],
    needs: &[Topic::Files, Topic::Environments, Topic::Runs],
};

impl Requirement for EnvironmentReview {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let facts = case.facts;
        let publishes = match publishing::decisive(case, &META) {
            Ok(publishes) => publishes,
            Err(finding) => return *finding,
        };
        let mut tally = Tally::default();
        let mut names = Vec::new();
        for publish in &publishes {
            names.extend(named(facts, publish, &mut tally));
        }
        tally.cloud(facts);
        names.sort();
        names.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
        let environment_named = tally.check("environment-named", Role::Decisive, "no publish job");
        let fix = (environment_named.verdict == Verdict::Fail).then(|| FixOffer::review(fix::TITLE));
        let mut checks = vec![environment_named];
        checks.extend(settings(facts, &names));
        let guide = guide::of(facts, &publishes, &names, &checks);
        Finding::of(&META, checks).with_fix(fix).with_guide(guide)
    }

    fn propose(&self, case: &Case<'_>) -> Proposal {
        let publishes = publishing::decisive(case, &META).unwrap_or_default();
        fix::propose(case.facts, &publishes)
    }
}

/// The environments a publish job may run in. An expression is decided over matrix, inputs and events.
fn named(facts: &Facts, publish: &Publish, tally: &mut Tally) -> Vec<String> {
    let name = publishing::name(facts, publish);
    let Some(job) = publish.job(&facts.workflows) else { return Vec::new() };
    if let Some(call) = job.call() {
        let place = clean::short(&call.uses.text.value, 80);
        let why = format!("{name} calls {place}, whose environment is written in another repository");
        tally.add_unknown(
            Unknown::new(Reason::Offline, why).needing("contents:read"),
            publishing::evidence(facts, publish, "publishes there"),
        );
        return Vec::new();
    }
    let Some(environment) = &job.environment else {
        tally.add(
            Verdict::Fail,
            format!("{name} publishes without an environment"),
            publishing::evidence(facts, publish, "nobody else is asked"),
        );
        return Vec::new();
    };
    let path = publish.workflow(&facts.workflows).map_or("", |workflow| &workflow.path);
    let at = |note: &str| vec![Evidence::at(path, environment.span, note)];
    if !environment.name.has_expression() {
        let shown = environment.name.trimmed().to_owned();
        tally.add(Verdict::Pass, format!("{name} runs in environment `{shown}`"), at("the publish job's environment"));
        return vec![shown];
    }
    match publish.values(&facts.workflows, &environment.name.value) {
        // What an empty name does is not documented: a gate that may be open is never taken for a closed one.
        Some(values) if values.iter().any(|value| value.trim().is_empty()) => {
            let why = format!(
                "the environment of {name} is empty for some events, and a job without a name may run without a gate"
            );
            tally.add_unknown(Unknown::new(Reason::RunTime, why), at("empty for some events"));
            values.into_iter().filter(|value| !value.trim().is_empty()).collect()
        }
        Some(values) => {
            tally.add(
                Verdict::Pass,
                format!("{name} runs in environment {}", values.join(" or ")),
                at("decided by the event"),
            );
            values
        }
        None => {
            let why = format!("the environment of {name} is known only while it runs");
            tally.add_unknown(Unknown::new(Reason::RunTime, why), at("an expression"));
            Vec::new()
        }
    }
}

/// The checks that rest on the settings of the environments.
fn settings(facts: &Facts, names: &[String]) -> Vec<Check> {
    let rest = META.checks.iter().skip(1).copied();
    if names.is_empty() {
        let skipped = |(id, role): (&'static str, Role)| match id {
            "last-run-approved" => last_run_approved(facts, names),
            _ => Check::new(id, role, Verdict::NotApplicable, "no environment to look at"),
        };
        return rest.map(skipped).collect();
    }
    let observed = match &facts.environments {
        Fact::Known(observed) => observed,
        missing => {
            let mut checks: Vec<Check> = Vec::new();
            checks.extend(rest.map(|(id, role)| match id {
                "last-run-approved" => last_run_approved(facts, names),
                _ => Check::missing(id, role, missing, Topic::Environments),
            }));
            return checks;
        }
    };
    let (mut reviewers, mut own, mut bypass, mut branches) =
        (Tally::default(), Tally::default(), Tally::default(), Tally::default());
    for name in names {
        let found = observed.value.iter().find(|environment| environment.name.eq_ignore_ascii_case(name));
        let Some(environment) = found else {
            let looked: Vec<String> = observed.value.iter().map(|environment| environment.name.clone()).collect();
            let evidence = vec![Evidence::answer(observed, "environments", listed(&looked))];
            reviewers.add(
                Verdict::Fail,
                format!("environment `{name}` does not exist yet: GitHub makes it without protection"),
                evidence,
            );
            continue;
        };
        required_reviewers(observed, environment, &mut reviewers);
        self_review(observed, environment, &mut own);
        admin_bypass(observed, environment, &mut bypass);
        branch_policy(observed, environment, &mut branches);
    }
    vec![
        reviewers.check("required-reviewers", Role::Decisive, "no environment to look at"),
        own.check("self-review", Role::Decisive, "no reviewers to look at"),
        last_run_approved(facts, names),
        bypass.check("admin-bypass", Role::Advice, "the server does not say"),
        branches.check("branch-policy", Role::Advice, "no environment to look at"),
    ]
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn reviewer_names(environment: &Environment) -> String {
    let name = |reviewer: &Reviewer| match reviewer {
        Reviewer::User(login) => login.clone(),
        Reviewer::Team(slug) => format!("team {slug}"),
    };
    listed(&environment.reviewers.iter().map(name).collect::<Vec<_>>())
}

fn required_reviewers(observed: &Observed<Vec<Environment>>, environment: &Environment, tally: &mut Tally) {
    let name = &environment.name;
    let evidence =
        vec![Evidence::answer(observed, &format!("{name}: required_reviewers"), reviewer_names(environment))];
    let team = environment.reviewers.iter().any(|reviewer| matches!(reviewer, Reviewer::Team(_)));
    let stuck = environment.reviewers.len() == 1
        && !team
        && environment.prevent_self_review
        && environment.admins_can_bypass == Some(false);
    let other_rules = environment.wait_minutes > 0 || environment.branch_policy.is_some();
    let (verdict, words) = match environment.reviewers.len() {
        0 if !environment.custom_apps.is_empty() => (
            Verdict::Manual,
            format!(
                "environment `{name}` is guarded by {}: does a person approve there?",
                environment.custom_apps.join(", ")
            ),
        ),
        0 if other_rules => {
            (Verdict::Fail, format!("environment `{name}` waits or limits branches, but nobody has to approve"))
        }
        0 => (Verdict::Fail, format!("environment `{name}` is named but empty: nobody has to approve")),
        _ if stuck => (
            Verdict::Warn,
            format!("only one person may approve `{name}`, and not their own run: a release can get stuck"),
        ),
        _ if team => (Verdict::Pass, format!("a team approves in `{name}` (its size is not known)")),
        count => (Verdict::Pass, format!("{count} reviewer(s) may approve in `{name}`")),
    };
    tally.add(verdict, words, evidence);
}

/// SPEC 8 wants another maintainer to approve.
fn self_review(observed: &Observed<Vec<Environment>>, environment: &Environment, tally: &mut Tally) {
    if environment.reviewers.is_empty() {
        return;
    }
    let name = &environment.name;
    let evidence = vec![Evidence::answer(
        observed,
        &format!("{name}: prevent_self_review"),
        environment.prevent_self_review.to_string(),
    )];
    let (verdict, words) = if environment.prevent_self_review {
        (Verdict::Pass, format!("nobody approves their own run in `{name}`"))
    } else if environment.reviewers.len() > 1 {
        (Verdict::Warn, format!("self-approval is possible in `{name}`: a reviewer may approve their own run"))
    } else {
        (Verdict::Warn, format!("the one reviewer of `{name}` may approve their own run"))
    };
    tally.add(verdict, words, evidence);
}

fn admin_bypass(observed: &Observed<Vec<Environment>>, environment: &Environment, tally: &mut Tally) {
    let Some(allowed) = environment.admins_can_bypass else { return };
    let evidence =
        vec![Evidence::answer(observed, &format!("{}: can_admins_bypass", environment.name), allowed.to_string())];
    let (verdict, words) = if allowed {
        (Verdict::Warn, format!("administrators may bypass the review of `{}`", environment.name))
    } else {
        (Verdict::Pass, format!("administrators cannot bypass the review of `{}`", environment.name))
    };
    tally.add(verdict, words, evidence);
}

fn branch_policy(observed: &Observed<Vec<Environment>>, environment: &Environment, tally: &mut Tally) {
    let name = &environment.name;
    let policy = environment.branch_policy.clone().unwrap_or_else(|| "none".to_owned());
    let evidence = vec![Evidence::answer(observed, &format!("{name}: deployment_branch_policy"), policy.clone())];
    let (verdict, words) = if environment.branch_policy.is_some() {
        (Verdict::Pass, format!("`{name}` is limited to {policy}"))
    } else {
        (Verdict::Warn, format!("every branch may deploy to `{name}`"))
    };
    tally.add(verdict, words, evidence);
}

/// Whether somebody other than the one who started the last run of each publish workflow approved it.
fn last_run_approved(facts: &Facts, names: &[String]) -> Check {
    const ID: &str = "last-run-approved";
    let Some(runs) = facts.runs.observed() else {
        return Check::missing(ID, Role::Supporting, &facts.runs, Topic::Runs);
    };
    let mut tally = Tally::default();
    for run in &runs.value {
        match &run.approvals {
            Fact::Known(approvals) => approved(run, approvals, names, &mut tally),
            Fact::Unknown(why) => tally.add_unknown(why.clone(), None),
            Fact::Pending => return Check::missing(ID, Role::Supporting, &run.approvals, Topic::Runs),
        }
    }
    tally.check(ID, Role::Supporting, "no publish workflow has run yet")
}

/// Whether one run was approved by somebody else, for an environment of the publish jobs where those are known.
fn approved(run: &PublishRun, approvals: &Observed<Vec<Approval>>, names: &[String], tally: &mut Tally) {
    let ours = |approval: &&Approval| {
        let covers = |name: &String| approval.environments.iter().any(|own| own.eq_ignore_ascii_case(name));
        names.is_empty() || approval.environments.is_empty() || names.iter().any(covers)
    };
    let file = run.workflow.rsplit('/').next().unwrap_or(&run.workflow);
    let given = |approval: &&Approval| approval.state == "approved";
    let mut by_others = approvals.value.iter().filter(ours).filter(given);
    let (verdict, words) = match by_others.find(|approval| !approval.user.eq_ignore_ascii_case(&run.actor)) {
        Some(approval) => {
            (Verdict::Pass, format!("{} approved the last run of {file}, started by {}", approval.user, run.actor))
        }
        None if approvals.value.iter().filter(ours).any(|approval| given(&approval)) => {
            (Verdict::Warn, format!("{} approved their own last run of {file}", run.actor))
        }
        None => (Verdict::Warn, format!("nobody had to approve the last run of {file}")),
    };
    let users: Vec<String> =
        approvals.value.iter().map(|approval| format!("{} {}", approval.user, approval.state)).collect();
    tally.add(verdict, words, [Evidence::answer(approvals, "approvals", listed(&users))]);
}
