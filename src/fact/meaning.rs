//! What the texts of a repository mean: workflows, publish steps, attestations, and what the project declares.
//!
//! Reading texts is the one costly thing about facts, so whoever gathers them may do it ahead, on a thread of its own
//! ([`FileSet::prepare`](super::files::FileSet::prepare)); the one who takes the facts in then only takes it over.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::declared::Declared;
use super::dependabot::{self, Dependabot};
use super::files::{FileSet, Problem};
use super::interest;
use super::prose::Page;
use super::release::attestation::{self, Landmarks};
use super::release::{self, Publish};
use super::renovate::{self, Renovate};
use super::workflow::WorkflowSet;

/// Everything that is read out of the texts of one repository. What is large in it is shared by its copies: the thread
/// that asks a forge, the dashboard and a trial of a fix all hold the facts of one repository at the same time.
#[derive(Clone, Debug, Default)]
pub struct Meaning {
    /// Workflows and local actions.
    pub workflows: Arc<WorkflowSet>,
    /// The steps that publish.
    pub publishes: Arc<Vec<Publish>>,
    /// The steps that attest and verify.
    pub landmarks: Arc<Landmarks>,
    /// What the project declares in `.github/shipworthy.yml`.
    pub declared: Declared,
    /// Documents that may tell of releases or show a badge, by path.
    pub pages: Arc<BTreeMap<String, Page>>,
    /// The configuration of Dependabot, when it could be read.
    pub dependabot: Option<Dependabot>,
    /// The configuration of Renovate, when it could be read.
    pub renovate: Option<Renovate>,
    /// Files that could not be read or parsed, in order of path and place.
    pub problems: Vec<Problem>,
}

impl Meaning {
    /// Reads the texts.
    pub fn of(files: &FileSet) -> Self {
        let mut problems = files.problems.clone();
        let workflows = WorkflowSet::read(files, &mut problems);
        let publishes = release::find(&workflows, files, &mut problems);
        let landmarks = attestation::find(&workflows, files);
        let declared = Declared::read(files, &mut problems);
        let dependabot = named(dependabot::read(files), &mut problems);
        let renovate = named(renovate::read(files), &mut problems);
        let documents = files.texts.iter().filter(|(path, _)| interest::document(path).is_some());
        let pages = documents.map(|(path, text)| (path.clone(), Page::read(path, text))).collect();
        problems.sort_by(|a, b| (&a.path, a.place).cmp(&(&b.path, b.place)));
        Self {
            workflows: Arc::new(workflows),
            publishes: Arc::new(publishes),
            landmarks: Arc::new(landmarks),
            declared,
            pages: Arc::new(pages),
            dependabot,
            renovate,
            problems,
        }
    }
}

/// What was read; a mistake in it is named as a problem.
fn named<T>(read: Option<Result<T, Box<Problem>>>, problems: &mut Vec<Problem>) -> Option<T> {
    read?.map_err(|problem| problems.push(*problem)).ok()
}

/// A meaning that was read ahead; it is no part of what a set of files is, so any two are alike.
#[derive(Clone, Debug, Default)]
pub struct Prepared(pub(super) Option<Arc<Meaning>>);

impl PartialEq for Prepared {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Prepared {}
