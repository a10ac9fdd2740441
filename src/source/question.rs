//! What is worth asking once the first answers are known: one pure function from facts to questions.

use std::collections::BTreeSet;

use super::package;
use crate::fact::workflow::set::WorkflowSet;
use crate::fact::workflow::uses::{PinKind, Uses, pin_kind, version_in};
use crate::fact::{Facts, Topic};

/// One question that follows from what is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// What a reference of `uses:` points to.
    Pin(PinQuestion),
    /// Whether a released file has attestations.
    Attestation {
        /// File name.
        file: String,
        /// `sha256:…`.
        digest: String,
    },
    /// What the package index says about a project.
    Package {
        /// Its normalised name.
        name: String,
    },
    /// Everything about the environments that publish jobs name, what only REST tells included.
    Environments,
    /// The signature of an annotated tag.
    TagObject {
        /// Its name.
        tag: String,
        /// The SHA of the tag object.
        object: String,
    },
    /// The last run of a workflow.
    Run {
        /// Its path.
        workflow: String,
    },
    /// What protects further branches that the project releases from, by name or pattern.
    Branch {
        /// The pattern.
        pattern: String,
    },
}

impl Question {
    /// The topic that its answer belongs to.
    pub const fn topic(&self) -> Topic {
        match self {
            Self::Pin(_) => Topic::Pins,
            Self::Attestation { .. } => Topic::Attestations,
            Self::Package { .. } => Topic::Provenance,
            Self::Environments => Topic::Environments,
            Self::TagObject { .. } => Topic::Tags,
            Self::Run { .. } => Topic::Runs,
            Self::Branch { .. } => Topic::Protection,
        }
    }
}

/// One reference that is to be resolved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PinQuestion {
    /// `owner/name` in lower case.
    pub repository: String,
    /// What stands after the `@`.
    pub reference: String,
    /// The version that a comment names, for a commit.
    pub version: Option<String>,
}

impl PinQuestion {
    /// The key of its answer.
    pub fn key(&self) -> String {
        format!("{}@{}", self.repository, self.reference.to_lowercase())
    }

    /// Whether the reference is a commit by its full SHA.
    pub fn is_commit(&self) -> bool {
        pin_kind(&self.reference) == PinKind::Full
    }

    /// The names it asks for: a reference by name, or the tags that a comment could mean.
    pub fn names(&self) -> Vec<String> {
        if !self.is_commit() {
            return vec![self.reference.clone()];
        }
        let bare = |version: &String| version.trim_start_matches(['v', 'V']).to_owned();
        self.version.iter().flat_map(|version| [format!("v{}", bare(version)), bare(version)]).collect()
    }
}

/// Most annotated tags whose signatures are asked for beside the newest one.
const MAX_TAGS: usize = 5;
/// Most publish workflows whose last run is asked for.
const MAX_RUNS: usize = 5;

/// The questions that these facts leave open, in an order that does not depend on anything else.
pub fn follow_ups(facts: &Facts) -> Vec<Question> {
    let mut questions = BTreeSet::new();
    questions.extend(pins(&facts.workflows).into_iter().map(Question::Pin));
    questions.extend(attestations(facts));
    questions.extend(package::names(facts).into_iter().map(|name| Question::Package { name }));
    questions.extend(names_environment(facts).then_some(Question::Environments));
    questions.extend(tag_objects(facts));
    questions.extend(runs(facts));
    let branches = facts.declared.release_branches.iter().cloned();
    questions.extend(branches.map(|pattern| Question::Branch { pattern }));
    questions.into_iter().collect()
}

fn pins(set: &WorkflowSet) -> BTreeSet<PinQuestion> {
    let of_workflows = set.workflows.iter().flat_map(|workflow| {
        let of_job = |job| {
            let job: &crate::fact::workflow::Job = job;
            let call = job.call().map(|call| &call.uses);
            call.into_iter().chain(job.steps().iter().filter_map(|step| step.uses.as_ref())).collect::<Vec<_>>()
        };
        let all = workflow.jobs.iter().flat_map(of_job);
        all.filter_map(|uses| pin(uses, workflow.comment_after(uses.text.span).map(|text| text.value.as_str())))
    });
    let of_actions = set.actions.values().flat_map(|action| {
        let uses = action.steps.iter().flatten().filter_map(|step| step.uses.as_ref());
        uses.filter_map(|uses| pin(uses, action.comment_after(uses.text.span).map(|text| text.value.as_str())))
    });
    of_workflows.chain(of_actions).collect()
}

fn pin(uses: &Uses, comment: Option<&str>) -> Option<PinQuestion> {
    let repository = uses.repository()?;
    let reference = uses.git_ref()?.to_owned();
    // An expression is no reference, and what git could not have is not asked for.
    let plain = |c: char| c.is_ascii_alphanumeric() || "./_-+".contains(c);
    let (owner, name) = repository.split_once('/')?;
    if reference.is_empty() || !reference.chars().all(plain) || owner.is_empty() || name.is_empty() {
        return None;
    }
    let version = (pin_kind(&reference) == PinKind::Full).then(|| version_in(comment?)).flatten();
    Some(PinQuestion { repository, reference, version })
}

fn attestations(facts: &Facts) -> Vec<Question> {
    let release = facts.release.value().and_then(Option::as_ref);
    let assets = release.into_iter().flat_map(|release| &release.assets);
    assets
        .filter_map(|asset| Some(Question::Attestation { file: asset.name.clone(), digest: asset.digest.clone()? }))
        .collect()
}

/// Whether a job that publishes for users names an environment.
fn names_environment(facts: &Facts) -> bool {
    let deciding = facts.publishes.iter().filter(|publish| publish.kind.decides());
    let mut jobs = deciding.filter_map(|publish| publish.job(&facts.workflows));
    jobs.any(|job| job.environment.is_some())
}

/// The newest annotated tag, and those whose commits are not verified by themselves.
fn tag_objects(facts: &Facts) -> Vec<Question> {
    let Some(tags) = facts.tags.value() else { return Vec::new() };
    let asked = tags.iter().take(MAX_TAGS).enumerate().filter(|(index, tag)| {
        let verified = tag.commit_signature.as_ref().is_some_and(|signature| signature.verified);
        tag.tag_signature.is_none() && (*index == 0 || !verified)
    });
    asked
        .filter_map(|(_, tag)| Some(Question::TagObject { tag: tag.name.clone(), object: tag.object.clone()? }))
        .collect()
}

/// The workflows that start a publish job: itself, or those that call it.
fn runs(facts: &Facts) -> Vec<Question> {
    let set = &facts.workflows;
    let deciding = facts.publishes.iter().filter(|publish| publish.kind.decides());
    let started = deciding.flat_map(|publish| {
        let callers = set.callers(publish.workflow).iter().map(|caller| caller.0);
        let only_called = publish.workflow(set).is_some_and(|workflow| {
            !workflow.triggers.is_empty() && workflow.triggers.iter().all(|trigger| trigger.event == "workflow_call")
        });
        callers.chain((!only_called).then_some(publish.workflow)).collect::<Vec<_>>()
    });
    let started: BTreeSet<usize> = started.collect();
    let workflows = started.into_iter().take(MAX_RUNS).filter_map(|at| set.workflows.get(at));
    workflows.map(|workflow| Question::Run { workflow: workflow.path.clone() }).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::fact::artifact::{Asset, Release, ReleaseTag, Signature};
    use crate::fact::files::FileSet;
    use crate::fact::{Fact, Observation};
    use jiff::Timestamp;

    /// Facts that hold these texts and nothing else.
    pub fn facts(texts: &[(&str, &str)]) -> Facts {
        let texts = texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).into())).collect();
        let mut facts = Facts::default();
        let files = FileSet { texts, ..FileSet::default() };
        facts.record(Observation::Files(Fact::local(files, Timestamp::UNIX_EPOCH)));
        facts
    }

    const RELEASE: &str = "on: {release: {types: [published]}}\njobs:\n  publish:\n    environment: pypi\n    runs-on: x\n    \
        steps:\n      - uses: Actions/Checkout@ec964d3d4496eba592913bcbacbb07b7df1db1af # v5.0.1\n      \
        - uses: pypa/gh-action-pypi-publish@release/v1\n      - uses: ${{ x }}/y@z\n      - uses: ./local\n";

    #[test]
    fn a_release_workflow_raises_its_questions() {
        let asked = follow_ups(&facts(&[
            (".github/workflows/release.yml", RELEASE),
            ("local/action.yml", "runs:\n  using: composite\n  steps:\n    - uses: o/a@v1\n"),
            ("pyproject.toml", "[project]\nname = 'My.Project'\n"),
            (".github/shipworthy.yml", "release-branches: ['rel/*']\n"),
        ]));
        let pin = |repository: &str, reference: &str, version: Option<&str>| {
            let version = version.map(str::to_owned);
            Question::Pin(PinQuestion { repository: repository.into(), reference: reference.into(), version })
        };
        let wanted = [
            pin("actions/checkout", "ec964d3d4496eba592913bcbacbb07b7df1db1af", Some("v5.0.1")),
            pin("o/a", "v1", None),
            pin("pypa/gh-action-pypi-publish", "release/v1", None),
            Question::Package { name: "my-project".into() },
            Question::Environments,
            Question::Run { workflow: ".github/workflows/release.yml".into() },
            Question::Branch { pattern: "rel/*".into() },
        ];
        assert_eq!(asked, wanted);
        assert!(follow_ups(&Facts::default()).is_empty());
    }

    #[test]
    fn a_called_workflow_is_started_by_its_callers() {
        let publish = "on: workflow_call\njobs:\n  p:\n    runs-on: x\n    steps:\n      - run: twine upload dist/*\n";
        let caller = "on: workflow_dispatch\njobs:\n  c:\n    uses: ./.github/workflows/publish.yml\n";
        let asked = follow_ups(&facts(&[
            (".github/workflows/publish.yml", publish),
            (".github/workflows/release.yml", caller),
        ]));
        assert_eq!(asked, [Question::Run { workflow: ".github/workflows/release.yml".into() }]);
    }

    #[test]
    fn digests_and_tags_are_followed() {
        let mut facts = Facts::default();
        let digest = format!("sha256:{}", "a".repeat(64));
        let assets =
            vec![Asset { name: "a".into(), digest: Some(digest.clone()) }, Asset { name: "b".into(), digest: None }];
        let release = Release { assets, ..Release::default() };
        facts.record(Observation::Release(Fact::local(Some(release), Timestamp::UNIX_EPOCH)));
        let verified = Some(Signature { verified: true, reason: "valid".into(), by_forge: false });
        let tag = |name: &str, object: Option<&str>, commit_signature: &Option<Signature>| ReleaseTag {
            name: name.into(),
            object: object.map(str::to_owned),
            commit_signature: commit_signature.clone(),
            ..ReleaseTag::default()
        };
        let tags = vec![
            tag("v4", Some("d4"), &verified),
            tag("v3", Some("d3"), &verified),
            tag("v2", Some("d2"), &None),
            tag("v1", None, &None),
        ];
        facts.record(Observation::Tags(Fact::local(tags, Timestamp::UNIX_EPOCH)));
        let object = |tag: &str, object: &str| Question::TagObject { tag: tag.into(), object: object.into() };
        let wanted = [Question::Attestation { file: "a".into(), digest }, object("v2", "d2"), object("v4", "d4")];
        assert_eq!(follow_ups(&facts), wanted);
    }
}
