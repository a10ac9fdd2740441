//! The second round about one repository: what only REST tells, and the package index.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::network::Link;
use super::subject::Shared;
use crate::fact::artifact::{PublishRun, ReleaseTag};
use crate::fact::settings::{BranchState, Environment};
use crate::fact::{Fact, LogLevel, Observation, Observed, Topic, Unknown};
use crate::source::github::document;
use crate::source::github::protection::{self, Named, Sight};
use crate::source::github::refusal::Route;
use crate::source::github::shape::Connection;
use crate::source::github::{NoAnswer, Why, actions, environments, releases, ruleset, runs};
use crate::source::provenance::newest;
use crate::source::question::Question;

/// Most further branches of a repository that are asked about.
const MAX_BRANCHES: usize = 10;

/// Asks what only administrators see of the settings of Actions. Others are told so without asking.
pub async fn settings(link: Rc<Link>, subject: Shared) {
    let (name, is_admin, wants_policy, wants_token) = {
        let subject = subject.borrow();
        let Some(head) = &subject.head else { return };
        let wants = |topic| subject.wants(topic);
        (head.full_name.clone(), head.is_admin, wants(Topic::ActionsPolicy), wants(Topic::DefaultToken))
    };
    if !is_admin {
        let mut subject = subject.borrow_mut();
        subject.refuse(&[Topic::ActionsPolicy], &actions::hidden(&name, Route::Actions));
        return subject.refuse(&[Topic::DefaultToken], &actions::hidden(&name, Route::DefaultToken));
    }
    let policy = async {
        if wants_policy {
            let (rule, list) = policy(&link, &name).await;
            subject.borrow_mut().tell(actions::policy(rule, list));
        }
    };
    let token = async {
        if wants_token {
            let token = link.route(&name, Route::DefaultToken).await;
            subject.borrow_mut().tell(actions::default_token(token));
        }
    };
    tokio::join!(policy, token);
}

/// The rule about actions, and the list that may belong to it. Nothing kept speaks against a list: then both are asked
/// for at the same time, and where there is no list that is told by a 409.
async fn policy(link: &Link, name: &str) -> (actions::Asked, actions::Asked) {
    let kept = link.forge.recall(&Route::Actions.request(name));
    if kept.is_none_or(|answer| actions::names_a_list(&answer)) {
        return tokio::join!(link.route(name, Route::Actions), link.route(name, Route::SelectedActions));
    }
    let rule = link.route(name, Route::Actions).await;
    if rule.as_ref().is_ok_and(actions::names_a_list) {
        return (rule, link.route(name, Route::SelectedActions).await);
    }
    let endpoint = Route::SelectedActions.request(name).endpoint();
    let why = Why::Nonsense("not asked, because the rule has no list".to_owned());
    (rule, Err(NoAnswer { endpoint, status: 0, why }))
}

/// Asks what follows about what protects a release: environments, and further branches.
pub async fn protections(link: Rc<Link>, subject: Shared, questions: Vec<Question>) {
    let environments = async {
        if questions.contains(&Question::Environments) {
            ask_environments(&link, &subject).await;
        }
    };
    let patterns = names(&questions, |question| match question {
        Question::Branch { pattern } => Some(pattern),
        _ => None,
    });
    tokio::join!(environments, further_branches(&link, &subject, patterns));
}

/// Asks what follows about past releases: signatures of tags, the last runs, and what the index says. Where the quota is
/// short, this gives way.
pub async fn history(link: Rc<Link>, subject: Shared, questions: Vec<Question>) {
    let tags = names(&questions, |question| match question {
        Question::TagObject { object, .. } => Some(object),
        _ => None,
    });
    let workflows = names(&questions, |question| match question {
        Question::Run { workflow } => Some(workflow),
        _ => None,
    });
    let packages = names(&questions, |question| match question {
        Question::Package { name } => Some(name),
        _ => None,
    });
    tokio::join!(
        tag_objects(&link, &subject, tags),
        last_runs(&link, &subject, workflows),
        provenance(&link, &subject, packages),
    );
}

fn names(questions: &[Question], name: impl Fn(&Question) -> Option<&String>) -> Vec<String> {
    questions.iter().filter_map(name).cloned().collect()
}

/// What GraphQL left open about the branches, by REST.
pub async fn open_branches(link: Rc<Link>, subject: Shared) {
    let (name, states) = {
        let subject = subject.borrow();
        let Some(states) = subject.protection.value() else { return };
        (subject.full_name(), states.clone())
    };
    for state in states {
        let open = protection::open(&state);
        let rules =
            async { if open.rules { Some(link.route(&name, Route::Rules(&state.branch)).await) } else { None } };
        let mark = async { if open.mark { Some(link.route(&name, Route::Branch(&state.branch)).await) } else { None } };
        let classic =
            async { if open.classic { Some(link.route(&name, Route::Protection(&state.branch)).await) } else { None } };
        let (rules, mark, classic) = tokio::join!(rules, mark, classic);
        let mut subject = subject.borrow_mut();
        let (names, bypass) = (subject.rulesets.clone(), subject.bypass.clone());
        let Fact::Known(Observed { value, .. }) = &mut subject.protection else { continue };
        let Some(state) = value.iter_mut().find(|own| own.branch == state.branch) else { continue };
        if let Some(rules) = rules {
            protection::take_rules(state, rules, &names, &bypass);
        }
        if let Some(classic) = classic {
            protection::take_classic(state, classic);
        }
        if let Some(mark) = mark {
            protection::take_mark(state, mark);
        }
    }
}

async fn further_branches(link: &Rc<Link>, subject: &Shared, patterns: Vec<String>) {
    let (name, head) = {
        let subject = subject.borrow();
        let Some(head) = subject.head.clone().filter(|_| !patterns.is_empty() && subject.wants(Topic::Protection))
        else {
            return;
        };
        (head.full_name.clone(), head)
    };
    let (owner, repo) = name.split_once('/').unwrap_or((&name, ""));
    let (globs, plain): (Vec<String>, Vec<String>) =
        patterns.into_iter().partition(|pattern| pattern.contains(['*', '?', '[', '{']));
    let mut branches = plain;
    if !globs.is_empty() {
        match link.query(&document::branch_names(owner, repo)).await {
            Ok(reply) => {
                let list: Result<Connection<Named>, Unknown> = reply.part("r0").field("branches");
                let all = list.map(|list| list.nodes).unwrap_or_default().into_iter().map(|branch| branch.name.0);
                branches.extend(all.filter(|branch| globs.iter().any(|glob| ruleset::matches(glob, branch))));
            }
            Err(refused) => {
                let words = format!("the branches {} could not be listed: {}", globs.join(", "), refused.why().detail);
                subject.borrow().log(LogLevel::Warn, &words);
            }
        }
    }
    let known = |branch: &String| {
        let subject = subject.borrow();
        subject.protection.value().is_some_and(|states| states.iter().any(|state| state.branch == *branch))
    };
    branches.sort();
    branches.dedup();
    for branch in branches.iter().filter(|branch| known(branch)) {
        mark_release(subject, branch);
    }
    branches.retain(|branch| !known(branch));
    branches.truncate(MAX_BRANCHES);
    if branches.is_empty() {
        return;
    }
    let states = match link.query(&document::branches(owner, repo, &branches)).await {
        Ok(reply) => {
            let (all, admin, bypass) = (reply.part("r0"), reply.part("a0"), subject.borrow().bypass.clone());
            let state = |(index, branch): (usize, &String)| {
                let (reference, rule) = (all.child(&format!("b{index}")), admin.child(&format!("b{index}")));
                protection::state(&Sight {
                    branch,
                    default: false,
                    release: true,
                    reference: &reference,
                    repository: None,
                    admin: &rule,
                    is_admin: head.is_admin,
                    bypass: &bypass,
                })
            };
            branches.iter().enumerate().map(state).collect::<Vec<BranchState>>()
        }
        Err(refused) => {
            let why = refused.why();
            let state = |branch: &String| BranchState {
                rules: Fact::Unknown(why.clone()),
                protected: Fact::Unknown(why.clone()),
                classic: Fact::Unknown(why.clone()),
                ..protection::unasked(branch, false, true)
            };
            branches.iter().map(state).collect()
        }
    };
    let mut subject = subject.borrow_mut();
    if let Fact::Known(seen) = &mut subject.protection {
        seen.value.extend(states);
    }
}

fn mark_release(subject: &Shared, branch: &str) {
    let mut subject = subject.borrow_mut();
    if let Fact::Known(seen) = &mut subject.protection {
        seen.value.iter_mut().filter(|state| state.branch == branch).for_each(|state| state.release = true);
    }
}

/// The environments by REST: with custom rules, and with the patterns of branch policies.
async fn ask_environments(link: &Rc<Link>, subject: &Shared) {
    let (name, used) = {
        let subject = subject.borrow();
        if !subject.wants(Topic::Environments) {
            return;
        }
        (subject.full_name(), used_environments(&subject.facts))
    };
    let is_used = |environment: &Environment| {
        used.iter().any(|name| name.contains("${{") || name.eq_ignore_ascii_case(&environment.name))
    };
    let first = subject.borrow().environments.value().cloned();
    let ahead: Vec<Environment> = first.into_iter().flatten().filter(|one| is_used(one)).collect();
    let (pages, mut extras) = tokio::join!(
        async { link.forge.fetch_all_pages(&Route::Environments.request(&name)).await },
        extras(link, &name, &ahead)
    );
    let fact = match environments::from_pages(pages) {
        Err(why) => Fact::Unknown(why),
        Ok((mut all, answer)) => {
            let late: Vec<Environment> =
                all.iter().filter(|one| is_used(one) && !extras.contains_key(&one.name)).cloned().collect();
            extras.extend(self::extras(link, &name, &late).await);
            let taken = all.iter_mut().try_for_each(|one| extras.remove(&one.name).map_or(Ok(()), |own| own.put(one)));
            taken.map_or_else(Fact::Unknown, |()| answer.fact(all))
        }
    };
    let mut subject = subject.borrow_mut();
    subject.environments = Fact::Pending;
    subject.tell(Observation::Environments(fact));
}

/// The names of the environments that publish jobs run in.
fn used_environments(facts: &crate::fact::Facts) -> Vec<String> {
    let deciding = facts.publishes.iter().filter(|publish| publish.kind.decides());
    let jobs = deciding.filter_map(|publish| publish.job(&facts.workflows)?.environment.as_ref());
    jobs.map(|environment| environment.name.trimmed().to_owned()).collect()
}

/// What the list of environments does not tell about one of them.
struct Extra {
    policies: Option<actions::Asked>,
    apps: Option<Result<Vec<String>, Unknown>>,
}

impl Extra {
    /// Puts it into the environment. Where nobody must approve, an app that could not be seen might be what protects it.
    fn put(self, environment: &mut Environment) -> Result<(), Unknown> {
        if let Some(policies) = self.policies.filter(|_| environment.branch_policy.is_some()) {
            environments::take_policies(environment, policies);
        }
        match self.apps {
            Some(Ok(apps)) => environment.custom_apps = apps,
            Some(Err(why)) if environment.reviewers.is_empty() => return Err(why),
            Some(Err(_)) | None => {}
        }
        Ok(())
    }
}

/// Asks for patterns where there is a policy, and for apps where nobody must approve.
async fn extras(link: &Rc<Link>, name: &str, environments: &[Environment]) -> BTreeMap<String, Extra> {
    let mut all = BTreeMap::new();
    for environment in environments {
        let policies = async {
            let asks = environment.branch_policy.as_deref().is_some_and(|policy| policy != "protected branches");
            if asks { Some(link.route(name, Route::BranchPolicies(&environment.name)).await) } else { None }
        };
        let apps = async {
            let asks = environment.reviewers.is_empty();
            if asks {
                Some(environments::custom_apps(link.route(name, Route::CustomRules(&environment.name)).await))
            } else {
                None
            }
        };
        let (policies, apps) = tokio::join!(policies, apps);
        all.insert(environment.name.clone(), Extra { policies, apps });
    }
    all
}

/// The signatures of annotated tags. One that is needed and not told makes the whole answer unknown.
async fn tag_objects(link: &Rc<Link>, subject: &Shared, objects: Vec<String>) {
    let (name, known) = {
        let subject = subject.borrow();
        let Fact::Known(known) = subject.facts.tags.clone() else { return };
        if !subject.wants(Topic::Tags) {
            return;
        }
        (subject.full_name(), known)
    };
    let mut known = known;
    let mut refused = None;
    for object in objects {
        let signature = releases::tag_signature(link.detail(&name, Route::TagObject(&object)).await);
        let own = |tag: &&mut ReleaseTag| tag.object.as_deref() == Some(&object);
        let Some(tag) = known.value.iter_mut().find(own) else { continue };
        match signature {
            Ok(signature) => tag.tag_signature = Some(signature),
            Err(why) if tag.commit_signature.as_ref().is_some_and(|signature| signature.verified) => drop(why),
            Err(why) => refused = Some(why),
        }
    }
    let fact = refused.map_or_else(|| Fact::Known(known), Fact::Unknown);
    subject.borrow_mut().tell(Observation::Tags(fact));
}

/// The last runs of the publish workflows, with their approvals.
async fn last_runs(link: &Rc<Link>, subject: &Shared, workflows: Vec<String>) {
    if workflows.is_empty() || !subject.borrow().wants(Topic::Runs) {
        return;
    }
    let name = subject.borrow().full_name();
    let mut all: Option<Observed<Vec<PublishRun>>> = None;
    for workflow in workflows {
        let file = workflow.rsplit('/').next().unwrap_or(&workflow);
        let last = runs::last(&workflow, link.detail(&name, Route::Runs(file)).await);
        let Ok(Fact::Known(seen)) = last else {
            let why = last.err().unwrap_or_else(|| Unknown::new(crate::fact::Reason::Failed, "no answer about runs"));
            return subject.borrow_mut().tell(Observation::Runs(Fact::Unknown(why)));
        };
        let Observed { value, origin, at, stale } = seen;
        let known = all.get_or_insert_with(|| Observed { value: Vec::new(), origin, at, stale });
        if let Some(run) = value {
            let approvals = runs::approvals(link.detail(&name, Route::Approvals(run.id)).await);
            known.value.push(PublishRun { approvals, ..run });
        }
    }
    if let Some(known) = all {
        subject.borrow_mut().tell(Observation::Runs(Fact::Known(known)));
    }
}

/// What the package index says about the newest files of each package.
async fn provenance(link: &Rc<Link>, subject: &Shared, packages: Vec<String>) {
    if packages.is_empty() || !subject.borrow().wants(Topic::Provenance) {
        return;
    }
    let Some(client) = &link.index else { return };
    let mut all = None;
    for package in packages {
        match newest(client, &package).await {
            Ok(Fact::Known(seen)) => {
                let Observed { value, origin, at, stale } = seen;
                let known = all.get_or_insert_with(|| Observed { value: Vec::new(), origin, at, stale });
                known.value.extend(value);
            }
            Ok(_) => {}
            Err(why) => return subject.borrow_mut().tell(Observation::Provenance(Fact::Unknown(why))),
        }
    }
    if let Some(known) = all {
        subject.borrow_mut().tell(Observation::Provenance(Fact::Known(known)));
    }
}
