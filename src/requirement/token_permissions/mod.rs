//! R05 token-permissions: workflow tokens read by default and write only where a job needs it.

mod fix;
mod guide;
mod needs;

use super::publishing::{self, Tally};
use super::{Case, Check, Evidence, Finding, Level, Meta, Proposal, Requirement, Role, Verdict};
use crate::fact::workflow::{Access, Grant, Job, Scope, Workflow};
use crate::fact::{Facts, Reason, Topic, Unknown};
use crate::text::clean;

/// R05.
#[derive(Debug)]
pub struct TokenPermissions;

/// What R05 is.
pub static META: Meta = Meta {
    id: "R05",
    slug: "token-permissions",
    title: "Workflow tokens read by default and write only where a job needs it",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#restrict-permissions-in-ci-runners-to-the-minimum-required",
    checks: &[
        ("workflow-permissions", Role::Decisive),
        ("job-permissions", Role::Decisive),
        ("default-token", Role::Supporting),
        ("other-workflows", Role::Advice),
        ("approve-pull-requests", Role::Advice),
    ],
    needs: &[Topic::Files, Topic::DefaultToken],
};

impl Requirement for TokenPermissions {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let facts = case.facts;
        let publishes = match publishing::decisive(case, &META) {
            Ok(publishes) => publishes,
            Err(finding) => return *finding,
        };
        let indexes = publishing::workflows_of(&publishes);
        let release = publishing::release_workflows(facts, &publishes);
        let judged: Vec<&Workflow> = release.iter().filter_map(|at| facts.workflows.workflows.get(*at)).collect();
        let (mut top, mut jobs) = (Tally::default(), Tally::default());
        for at in &indexes {
            only_called(facts, *at, &mut top);
        }
        for workflow in &judged {
            workflow_level(facts, workflow, &mut top);
            job_level(workflow, &mut jobs);
        }
        top.cloud(facts);
        jobs.cloud(facts);
        let top = top.check("workflow-permissions", Role::Decisive, "the callers decide about permissions");
        let jobs = jobs.check("job-permissions", Role::Decisive, "no job asks for more than it names");
        let checks = vec![top, jobs, default_token(facts, &judged), other_workflows(facts, &release), approve(facts)];
        let fix = fix::offer(facts, &release, &checks);
        let guide = guide::of(facts, &checks);
        Finding::of(&META, checks).with_fix(fix).with_guide(guide)
    }

    fn propose(&self, case: &Case<'_>) -> Proposal {
        let Ok(publishes) = publishing::decisive(case, &META) else { return Proposal::default() };
        let release = publishing::release_workflows(case.facts, &publishes);
        fix::propose(case.facts, &release, &self.assess(case).checks)
    }
}

/// A workflow that is only called takes its permissions from its callers; without one in sight nobody can tell.
fn only_called(facts: &Facts, at: usize, tally: &mut Tally) {
    let Some(workflow) = facts.workflows.workflows.get(at).filter(|workflow| publishing::is_only_called(workflow))
    else {
        return;
    };
    if facts.workflows.callers(at).is_empty() && workflow.permissions.is_none() {
        let why =
            format!("{} is called from elsewhere, and its caller decides about permissions", workflow.file_name());
        tally.add_unknown(
            Unknown::new(Reason::RunTime, why),
            vec![Evidence::at(&workflow.path, workflow.on_span, "only called")],
        );
    }
}

/// SPEC 8: the block above the jobs reads and no more.
fn workflow_level(facts: &Facts, workflow: &Workflow, tally: &mut Tally) {
    let file = workflow.file_name();
    let Some(permissions) = &workflow.permissions else {
        if !publishing::is_only_called(workflow) {
            absent(facts, workflow, tally);
        }
        return;
    };
    let at = |note: &str| vec![Evidence::at(&workflow.path, permissions.span, note)];
    match &permissions.grant {
        Grant::ReadAll => tally.add(
            Verdict::Warn,
            format!("{file} grants `read-all`; SPEC 8 asks for the minimum, `contents: read`"),
            at("more than most jobs need"),
        ),
        Grant::WriteAll => {
            tally.add(Verdict::Fail, format!("{file} grants `write-all` to every job"), at("every job may write"));
        }
        Grant::Unclear(why) => tally.add_unknown(
            Unknown::new(Reason::NotParsed, format!("the permissions of {file} cannot be read: {why}")),
            at("not understood"),
        ),
        Grant::Scopes(scopes) => {
            for scope in scopes.iter().filter(|scope| !is_understood(scope)) {
                let why =
                    format!("`{}` in the permissions of {file} {}", clean::short(&scope.name, 40), unclear(scope));
                let evidence = vec![Evidence::at(&workflow.path, scope.span, "not understood")];
                tally.add_unknown(Unknown::new(Reason::NotParsed, why), evidence);
            }
            let writes: Vec<&str> = permissions.writes().map(|scope| scope.name.as_str()).collect();
            if writes.is_empty() {
                tally.add(Verdict::Pass, format!("{file} reads by default"), at("no scope may write"));
            } else {
                let evidence = permissions
                    .writes()
                    .map(|scope| Evidence::at(&workflow.path, scope.span, "every job may write this"));
                let names = clean::short(&writes.join(", "), 80);
                tally.add(Verdict::Fail, format!("{file} lets every job write {names}"), evidence);
            }
        }
    }
}

/// Scopes that GitHub knows.
const SCOPES: &[&str] = &[
    "actions",
    "artifact-metadata",
    "attestations",
    "checks",
    "code-quality",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "repository-projects",
    "security-events",
    "statuses",
];

fn is_understood(scope: &Scope) -> bool {
    scope.access != Access::Unclear && SCOPES.contains(&scope.name.as_str())
}

/// Why a scope is not understood, in words that follow its name.
fn unclear(scope: &Scope) -> &'static str {
    if scope.access == Access::Unclear { "is neither read, write nor none" } else { "is no scope that GitHub knows" }
}

/// Without a block above the jobs, what a job without its own block may do is a setting of the repository.
fn absent(facts: &Facts, workflow: &Workflow, tally: &mut Tally) {
    let bare: Vec<&Job> = workflow.jobs.iter().filter(|job| job.permissions.is_none()).collect();
    let file = workflow.file_name();
    let here = Evidence::at(&workflow.path, workflow.jobs_span, "no `permissions:` before the jobs");
    if bare.is_empty() {
        let summary = format!("{file} has no permissions block of its own; every job has one");
        return tally.add(Verdict::Warn, summary, vec![here]);
    }
    let jobs =
        bare.iter().take(3).map(|job| Evidence::at(&workflow.path, job.id.span, "takes the repository's default"));
    let evidence: Vec<Evidence> = std::iter::once(here).chain(jobs).collect();
    match facts.default_token.value() {
        Some(token) if !token.write => {
            tally.add(
                Verdict::Warn,
                format!("{file} has no permissions block; the repository's default reads"),
                evidence,
            );
        }
        known => {
            let softer = if known.is_none() { "; warn if the repository's default only reads" } else { "" };
            let summary = format!("{file} has no permissions block, and {}{softer}", without(bare.len()));
            tally.add(Verdict::Fail, summary, evidence);
        }
    }
}

fn without(jobs: usize) -> String {
    if jobs == 1 {
        "one of its jobs has none either".to_owned()
    } else {
        format!("{jobs} of its jobs have none either")
    }
}

/// Writes belong to single jobs, each scope by name.
fn job_level(workflow: &Workflow, tally: &mut Tally) {
    for job in &workflow.jobs {
        let Some(permissions) = &job.permissions else { continue };
        let id = clean::short(&job.id.value, 60);
        let at = |note: &str| vec![Evidence::at(&workflow.path, permissions.span, note)];
        match &permissions.grant {
            Grant::WriteAll => tally.add(Verdict::Fail, format!("job `{id}` asks for `write-all`"), at("every scope")),
            Grant::Unclear(why) => tally.add_unknown(
                Unknown::new(Reason::NotParsed, format!("the permissions of job `{id}` cannot be read: {why}")),
                at("not understood"),
            ),
            Grant::Scopes(scopes) if !scopes.iter().all(is_understood) => {
                for scope in scopes.iter().filter(|scope| !is_understood(scope)) {
                    let name = clean::short(&scope.name, 40);
                    let why = format!("`{name}` in the permissions of job `{id}` {}", unclear(scope));
                    tally.add_unknown(Unknown::new(Reason::NotParsed, why), at("not understood"));
                }
            }
            Grant::Scopes(_) | Grant::ReadAll => {
                let names: Vec<&str> = permissions.writes().map(|scope| scope.name.as_str()).collect();
                let note =
                    if names.is_empty() { "reads only".to_owned() } else { format!("writes {}", names.join(", ")) };
                tally.add(Verdict::Pass, "jobs name the scopes they write", at(&note));
            }
        }
    }
}

/// The repository's default matters only where a job says nothing.
fn default_token(facts: &Facts, judged: &[&Workflow]) -> Check {
    const ID: &str = "default-token";
    let explicit = |workflow: &&Workflow| {
        workflow.permissions.is_some() || workflow.jobs.iter().all(|job| job.permissions.is_some())
    };
    let all_explicit = judged.iter().all(explicit);
    match facts.default_token.observed() {
        Some(token) if !token.value.write => Check::supporting(ID, Verdict::Pass, "the default token reads")
            .with(Evidence::answer(token, "default_workflow_permissions", "read")),
        Some(token) => {
            let verdict = if all_explicit { Verdict::Pass } else { Verdict::Warn };
            let words = if all_explicit {
                "the default token writes, but every release workflow says what it needs"
            } else {
                "the default token writes"
            };
            Check::supporting(ID, verdict, words).with(Evidence::answer(token, "default_workflow_permissions", "write"))
        }
        None if all_explicit => {
            Check::supporting(ID, Verdict::Pass, "immaterial: every release workflow says what it needs")
        }
        None => Check::missing(ID, Role::Supporting, &facts.default_token, Topic::DefaultToken),
    }
}

fn other_workflows(facts: &Facts, publish: &[usize]) -> Check {
    const ID: &str = "other-workflows";
    let others = facts.workflows.workflows.iter().enumerate().filter(|(at, _)| publish.binary_search(at).is_err());
    let loose: Vec<&Workflow> = others.map(|(_, workflow)| workflow).filter(|workflow| is_loose(workflow)).collect();
    if loose.is_empty() {
        return Check::advice(ID, Verdict::Pass, "the other workflows read by default");
    }
    let evidence = loose.iter().take(10).map(|workflow| {
        let span = workflow.permissions.as_ref().map_or(workflow.jobs_span, |permissions| permissions.span);
        Evidence::at(&workflow.path, span, "writes by default, or says nothing")
    });
    let summary = format!("{} of the other workflows write by default or do not say", loose.len());
    Check::advice(ID, Verdict::Warn, summary).with_all(evidence)
}

fn is_loose(workflow: &Workflow) -> bool {
    match &workflow.permissions {
        Some(permissions) => permissions.grant == Grant::WriteAll || permissions.writes().next().is_some(),
        None => workflow.jobs.iter().any(|job| job.permissions.is_none()),
    }
}

fn approve(facts: &Facts) -> Check {
    const ID: &str = "approve-pull-requests";
    let Some(token) = facts.default_token.observed() else {
        return Check::missing(ID, Role::Advice, &facts.default_token, Topic::DefaultToken);
    };
    let allowed = token.value.can_approve_pull_requests;
    let (verdict, words) = if allowed {
        (Verdict::Warn, "workflows may create and approve pull requests")
    } else {
        (Verdict::Pass, "workflows cannot approve pull requests")
    };
    Check::advice(ID, verdict, words).with(Evidence::answer(
        token,
        "can_approve_pull_request_reviews",
        allowed.to_string(),
    ))
}
