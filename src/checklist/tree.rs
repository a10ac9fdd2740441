//! Steps about the state of the tree: clean, on the release branch, in step with the forge, green, and free to be named.

use globset::Glob;

use super::{Phase, Proof, Step, Subject};
use crate::fact::progress::CheckState;
use crate::fact::tree::Tree;
use crate::fact::{Fact, Facts, Origin, Unknown};
use crate::report::text::settled_by;
use crate::requirement::Verdict;
use crate::text::clean;

/// How many names are listed.
const NAMED: usize = 5;

/// All steps about the tree.
pub fn steps(facts: &Facts, tree: Option<&Fact<Tree>>, subject: &Subject) -> Vec<Step> {
    let mut all = vec![clean_tree(tree), branch(facts, subject), in_step(facts, subject), green(facts, subject)];
    if subject.after.is_none() {
        all.extend([unreleased(facts, subject), free(facts, subject)]);
    }
    all.push(updates(facts));
    all
}

fn auto(id: &str, title: &str, verdict: Verdict, why: impl Into<String>) -> Step {
    Step::auto(id, Phase::Tree, title, verdict, why)
}

/// A step whose fact is not there.
fn missing<T>(id: &str, title: &str, fact: &Fact<T>) -> Step {
    match fact {
        Fact::Unknown(why) => auto(id, title, Verdict::Unknown, unknown(why)),
        _ => auto(id, title, Verdict::Pending, "it has not been asked"),
    }
}

fn unknown(why: &Unknown) -> String {
    format!("{}; settled by {}", clean::line(&why.detail), settled_by(why))
}

/// What an answer was read from.
fn origin<T>(fact: &Fact<T>, field: &str) -> Option<Proof> {
    match &fact.observed()?.origin {
        Origin::Api { endpoint, status } => Some(Proof::text(format!("{endpoint} answered {status}: {field}"))),
        Origin::Checkout => Some(Proof::text(format!(".git: {field}"))),
    }
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = all.collect();
    let more = all.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let named = all.iter().take(NAMED).map(|name| clean::line(name)).collect::<Vec<_>>().join(", ");
    format!("{named}{more}")
}

fn clean_tree(tree: Option<&Fact<Tree>>) -> Step {
    let (id, title) = ("tree-clean", "The working tree is clean");
    let Some(fact) = tree else {
        return auto(id, title, Verdict::NotApplicable, "judged on the forge: there is no working tree");
    };
    let Some(tree) = fact.value() else { return missing(id, title, fact) };
    let list = |files: &[String]| names(files.iter().map(String::as_str));
    let submodules = if tree.submodules > 0 {
        format!("; {} submodules were not looked into", tree.submodules)
    } else {
        String::new()
    };
    let (verdict, why) = if tree.is_dirty() {
        let all: Vec<String> = tree.staged.iter().chain(&tree.changed).cloned().collect();
        (Verdict::Fail, format!("{} files differ from the commit: {}", all.len(), list(&all)))
    } else if !tree.doubtful.is_empty() {
        let words = format!(
            "the bytes of {} differ, and the repository converts files; `git status` tells",
            list(&tree.doubtful)
        );
        (Verdict::Unknown, words)
    } else if !tree.untracked.is_empty() {
        (Verdict::Warn, format!("no file differs; git does not know {}", list(&tree.untracked)))
    } else {
        (Verdict::Pass, "no file differs from the commit in size, time or bytes".to_owned())
    };
    auto(id, title, verdict, format!("{why}{submodules}")).with(origin(fact, "index, and size and time of each file"))
}

fn branch(facts: &Facts, subject: &Subject) -> Step {
    let (id, title) = ("release-branch", "The release is made from a release branch");
    let default = facts.repository.value().map(|repository| repository.default_branch.as_str());
    let declared = &facts.declared.release_branches;
    let Some(branch) = subject.branch.as_deref() else {
        let why = "no branch is checked out, so it cannot be told which one this commit is on";
        return auto(id, title, Verdict::Unknown, why);
    };
    let fits = |pattern: &String| Glob::new(pattern).is_ok_and(|glob| glob.compile_matcher().is_match(branch));
    let shown = clean::short(branch, 80);
    if default == Some(branch) || declared.iter().any(fits) {
        return auto(id, title, Verdict::Pass, format!("{shown} is a release branch"))
            .with(origin(&facts.repository, "default_branch"));
    }
    match default {
        Some(default) => {
            let why = format!(
                "{shown} is checked out; releases are made from {}",
                names(std::iter::once(default).chain(declared.iter().map(String::as_str)))
            );
            auto(id, title, Verdict::Fail, why).with(origin(&facts.repository, "default_branch"))
        }
        None => missing(id, title, &facts.repository),
    }
}

fn in_step(facts: &Facts, subject: &Subject) -> Step {
    let (id, title) = ("in-step", "The commit is the newest of its branch on the forge");
    let Some(progress) = facts.progress.value() else { return missing(id, title, &facts.progress) };
    let Some(commit) = subject.commit.as_deref() else {
        return auto(id, title, Verdict::Unknown, "the commit is not known");
    };
    let same_branch = subject.branch.as_deref().is_none_or(|branch| branch == progress.branch);
    let (verdict, why) = if !same_branch {
        (Verdict::Unknown, format!("the forge was asked about {}", clean::short(&progress.branch, 80)))
    } else if progress.head == commit {
        (Verdict::Pass, "the forge has the same commit".to_owned())
    } else if subject.after.is_some() {
        (Verdict::NotApplicable, "the release is out, and work goes on".to_owned())
    } else {
        (Verdict::Fail, format!("the forge has {}: push or pull first", short(&progress.head)))
    };
    auto(id, title, verdict, why).with(origin(&facts.progress, "head"))
}

fn green(facts: &Facts, subject: &Subject) -> Step {
    let (id, title) = ("checks-green", "Continuous integration is green on this commit");
    let Some(checks) = facts.checks.value() else { return missing(id, title, &facts.checks) };
    let of = |state| checks.checks.iter().filter(move |check| check.state == state).map(|check| check.name.as_str());
    let (verdict, why) = if subject.commit.as_deref() != Some(&checks.commit) {
        (Verdict::Unknown, format!("the checks are those of {}", short(&checks.commit)))
    } else if of(CheckState::Failed).next().is_some() {
        (Verdict::Fail, format!("failed: {}", names(of(CheckState::Failed))))
    } else if of(CheckState::Running).next().is_some() {
        (Verdict::Unknown, format!("not ended yet: {}", names(of(CheckState::Running))))
    } else if checks.checks.is_empty() {
        (Verdict::Unknown, "no check ran on this commit".to_owned())
    } else {
        (Verdict::Pass, format!("{} checks passed", checks.checks.len()))
    };
    auto(id, title, verdict, why).with(origin(&facts.checks, "check_runs"))
}

fn unreleased(facts: &Facts, subject: &Subject) -> Step {
    let (id, title) = ("unreleased", "There is something new to release");
    if let Some(progress) = facts.progress.value() {
        let (verdict, why) = match &progress.since {
            Some(since) if since.commits == 0 => {
                (Verdict::Warn, format!("nothing was added since {}", clean::short(&since.tag, 80)))
            }
            Some(since) => (Verdict::Pass, format!("{} commits since {}", since.commits, clean::short(&since.tag, 80))),
            None => (Verdict::Pass, "nothing was released yet".to_owned()),
        };
        return auto(id, title, verdict, why).with(origin(&facts.progress, "ahead_by"));
    }
    let git = facts.git.value().and_then(Option::as_ref);
    let newest = git.and_then(|git| git.tags().ok()?.first());
    match (newest, subject.commit.as_deref()) {
        (Some(tag), Some(commit)) => {
            let shown = clean::short(&tag.name, 80);
            let (verdict, why) = if tag.commit == commit {
                (Verdict::Warn, format!("this is the commit of {shown}"))
            } else {
                (Verdict::Pass, format!("this is not the commit of {shown}, the newest tag"))
            };
            auto(id, title, verdict, why).with(origin(&facts.git, "tags"))
        }
        _ => missing(id, title, &facts.progress),
    }
}

/// Whether the version may still be taken.
fn free(facts: &Facts, subject: &Subject) -> Step {
    let (id, title) = ("version-free", "The version is neither tagged nor on the index");
    let Some(release) = subject.release.as_deref() else {
        return auto(
            id,
            title,
            Verdict::Unknown,
            "no version was named; name it with `--release VERSION`, or `:release VERSION` in the dashboard",
        );
    };
    let wanted = normal(release);
    let git = facts.git.value().and_then(Option::as_ref);
    let local =
        git.and_then(|git| git.tags().ok()).map(|tags| tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>());
    let forge = facts.tags.value().map(|tags| tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>());
    let tagged =
        local.iter().chain(&forge).flatten().find(|tag| normal(tag) == wanted || tag.ends_with(&format!("-{release}")));
    if let Some(tag) = tagged {
        return auto(id, title, Verdict::Fail, format!("the tag {} is there already", clean::short(tag, 80)));
    }
    let versions = facts.versions.value();
    let taken =
        versions.iter().flat_map(|all| all.iter()).find(|one| one.versions.iter().any(|known| normal(known) == wanted));
    if let Some(one) = taken {
        let why =
            format!("{} {} is on {} already", clean::short(&one.package, 80), clean::short(release, 40), one.registry);
        return auto(id, title, Verdict::Fail, why).with(origin(&facts.versions, "versions"));
    }
    if local.is_none() && forge.is_none() {
        return missing(id, title, &facts.tags);
    }
    match versions {
        Some(all) if !all.is_empty() => {
            auto(id, title, Verdict::Pass, format!("{} is free", clean::short(release, 40)))
                .with(origin(&facts.versions, "versions"))
        }
        Some(_) if facts.publishes.iter().all(|step| !is_index(step.registry.word())) => auto(
            id,
            title,
            Verdict::Pass,
            format!("no tag has the name {}; nothing goes to an index", clean::short(release, 40)),
        ),
        _ => missing(id, title, &facts.versions),
    }
}

/// Whether a registry keeps versions under the name of a package.
pub fn is_index(registry: &str) -> bool {
    matches!(registry, "pypi" | "crates" | "npm" | "gem" | "nuget" | "conda")
}

/// A version as indexes and tags compare it, without the letter that many tags begin with.
pub fn normal(version: &str) -> String {
    let version = version.trim().to_lowercase();
    let version = version.strip_prefix("release-").unwrap_or(&version);
    version.strip_prefix('v').unwrap_or(version).replace(['-', '_'], "")
}

fn updates(facts: &Facts) -> Step {
    let (id, title) = ("action-updates", "No update of an action waits to be merged");
    let Some(open) = facts.pull_requests.value() else {
        return Step { needed: false, ..missing(id, title, &facts.pull_requests) };
    };
    let waiting: Vec<String> =
        open.iter().filter(|one| one.updates_actions()).map(|one| format!("#{} {}", one.number, one.title)).collect();
    let (verdict, why) = match waiting.len() {
        0 => (Verdict::Pass, "Dependabot has no open pull request for actions".to_owned()),
        count => (Verdict::Warn, format!("{count} open: {}", names(waiting.iter().map(String::as_str)))),
    };
    Step { needed: false, ..auto(id, title, verdict, why).with(origin(&facts.pull_requests, "pulls")) }
}

fn short(commit: &str) -> String {
    clean::line(commit).chars().take(9).collect()
}
