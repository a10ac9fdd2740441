//! A workflow as its file says: triggers, permissions, jobs, steps, each with the place it was written at.
//!
//! [`lower`] turns a document into these types; [`expression`] decides conditions; [`shell`] splits scripts into
//! commands; [`reach`] tells under which events a step runs, [`run`] what one such run looks like, [`gate`] what a
//! failure keeps from running; [`set`] joins workflows, called workflows and local actions of one repository.

pub mod event;
pub mod expand;
pub mod expression;
pub mod gate;
pub mod lower;
mod matrix;
pub mod reach;
mod run;
pub mod set;
pub mod shell;
pub mod uses;

pub use set::{ActionFile, WorkflowSet};
pub use uses::{Reference, Uses};

use std::collections::HashMap;

use crate::text::Span;
use crate::text::yaml::Style;

/// A string value with its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The value.
    pub value: String,
    /// Where it was written.
    pub span: Span,
    /// Where the alias stands through which it is used here, if it is; in a box, since few are and texts are many.
    pub alias: Option<Box<Span>>,
    /// How it was written.
    pub style: Style,
}

impl Text {
    /// A value that stands somewhere in a place of which no more is known.
    pub fn within(value: impl Into<String>, span: Span) -> Self {
        Self { value: value.into(), span, alias: None, style: Style::Plain }
    }

    /// The value with surrounding blanks removed.
    pub fn trimmed(&self) -> &str {
        self.value.trim()
    }

    /// Whether the value holds a `${{ … }}` expression.
    pub fn has_expression(&self) -> bool {
        self.value.contains("${{")
    }

    /// Where a person finds this use: at the alias, if there is one, else where it was written.
    pub fn used_at(&self) -> Span {
        self.alias.as_deref().copied().unwrap_or(self.span)
    }
}

/// Key and value pairs in the order they were written (`with:`, `env:`, `inputs:`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs(pub Vec<(Text, Text)>);

impl Pairs {
    /// The value of a key, compared without regard to case, as GitHub compares the names of inputs.
    pub fn get(&self, key: &str) -> Option<&Text> {
        self.0.iter().find(|(name, _)| name.value.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }

    /// The pairs, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Text)> {
        self.0.iter().map(|(key, value)| (key, value))
    }
}

/// A workflow file.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// Path from the root.
    pub path: String,
    /// The `name:`.
    pub name: Option<Text>,
    /// What starts it.
    pub triggers: Vec<Trigger>,
    /// The whole `on:` value, key included.
    pub on_span: Span,
    /// The `permissions:` above the jobs; none where there is no such key.
    pub permissions: Option<Permissions>,
    /// The `env:` above the jobs.
    pub env: Pairs,
    /// The default shell.
    pub shell: Option<Text>,
    /// The folder that scripts run in by default.
    pub directory: Option<Text>,
    /// The jobs, in order.
    pub jobs: Vec<Job>,
    /// Where the `jobs:` key stands.
    pub jobs_span: Span,
    /// Positions of the jobs by id in lower case, since `needs:` compares without regard to case.
    pub job_index: HashMap<String, usize>,
    /// Comments that end a line on which a `uses:` stands, by and in order of the start of the `uses:` value.
    pub comments: Vec<(usize, Text)>,
}

impl Workflow {
    /// The trigger for an event.
    pub fn trigger(&self, event: &str) -> Option<&Trigger> {
        self.triggers.iter().find(|trigger| trigger.event == event)
    }

    /// The job of that id.
    pub fn job(&self, id: &str) -> Option<&Job> {
        self.jobs.get(*self.job_index.get(&id.to_lowercase())?)
    }

    /// The file's name without its folder.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The comment that ends the line of a `uses:` value.
    pub fn comment_after(&self, uses: Span) -> Option<&Text> {
        set::comment_at(&self.comments, uses)
    }
}

/// One event under `on:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Name of the event.
    pub event: String,
    /// Where it is written, filters included.
    pub span: Span,
    /// `branches:`; none where there is no such filter.
    pub branches: Option<Vec<Text>>,
    /// `branches-ignore:`.
    pub branches_ignore: Option<Vec<Text>>,
    /// `tags:`.
    pub tags: Option<Vec<Text>>,
    /// `tags-ignore:`.
    pub tags_ignore: Option<Vec<Text>>,
    /// `types:`; none where every activity counts.
    pub types: Option<Vec<Text>>,
    /// Inputs of `workflow_dispatch` and `workflow_call`.
    pub inputs: Vec<Input>,
}

/// An input of a workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its default.
    pub default: Option<Text>,
    /// The values it may have: the options of a choice, `true` and `false` of a boolean; empty where any will do.
    pub choices: Vec<String>,
}

/// What a `permissions:` key says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// Key and value.
    pub span: Span,
    /// What is granted.
    pub grant: Grant,
}

/// What is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// `read-all`.
    ReadAll,
    /// `write-all`.
    WriteAll,
    /// The scopes named, everything else nothing. `{}` names none.
    Scopes(Vec<Scope>),
    /// A value that cannot be understood, in words.
    Unclear(String),
}

/// One scope of a `permissions:` mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Its name, as `id-token`; unknown names are kept.
    pub name: String,
    /// What is granted.
    pub access: Access,
    /// Key and value.
    pub span: Span,
}

/// How much a scope grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing.
    None,
    /// Reading.
    Read,
    /// An expression or a word GitHub does not know. Ranks below writing, so that the least of several grants is
    /// never taken for a right to write that nobody has seen.
    Unclear,
    /// Writing, and with it reading.
    Write,
}

impl Permissions {
    /// What one scope is granted.
    pub fn access(&self, scope: &str) -> Access {
        match &self.grant {
            Grant::ReadAll if scope == "id-token" => Access::None,
            Grant::ReadAll => Access::Read,
            Grant::WriteAll => Access::Write,
            Grant::Scopes(scopes) => {
                scopes.iter().find(|known| known.name == scope).map_or(Access::None, |known| known.access)
            }
            Grant::Unclear(_) => Access::Unclear,
        }
    }

    /// The scopes that may write.
    pub fn writes(&self) -> impl Iterator<Item = &Scope> {
        let scopes = match &self.grant {
            Grant::Scopes(scopes) => scopes.as_slice(),
            _ => &[],
        };
        scopes.iter().filter(|scope| scope.access == Access::Write)
    }
}

/// One job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its key.
    pub id: Text,
    /// Key and body.
    pub span: Span,
    /// The `name:`.
    pub name: Option<Text>,
    /// The `if:`.
    pub condition: Option<Text>,
    /// Jobs it waits for.
    pub needs: Vec<Text>,
    /// Its own `permissions:`, which replace those of the workflow.
    pub permissions: Option<Permissions>,
    /// The environment it runs in.
    pub environment: Option<EnvironmentUse>,
    /// The `env:`.
    pub env: Pairs,
    /// The default shell of its steps.
    pub shell: Option<Text>,
    /// The folder that its scripts run in by default.
    pub directory: Option<Text>,
    /// Labels of its runner.
    pub runs_on: Vec<Text>,
    /// Values of `strategy.matrix`, by name; a name whose values are not a known few has none.
    pub matrix: Vec<(String, Vec<Text>)>,
    /// Its outputs.
    pub outputs: Pairs,
    /// Images of its container and services.
    pub images: Vec<Text>,
    /// Whether a failure of the job is ignored.
    pub continue_on_error: Option<Text>,
    /// What it does.
    pub body: JobBody,
}

impl Job {
    /// The steps of a job that has steps.
    pub fn steps(&self) -> &[Step] {
        match &self.body {
            JobBody::Steps(steps) => steps,
            JobBody::Call(_) => &[],
        }
    }

    /// What the job may do by its own permissions, else by those of its workflow; none where neither says.
    pub fn effective_permissions<'a>(&'a self, workflow: &'a Workflow) -> Option<&'a Permissions> {
        self.permissions.as_ref().or(workflow.permissions.as_ref())
    }

    /// Whether the job runs on Windows, where scripts are read by another shell.
    pub fn runs_on_windows(&self) -> bool {
        self.runs_on.iter().any(|label| label.value.to_ascii_lowercase().contains("windows"))
    }

    /// Whether a failure of the job counts as none for the jobs that wait for it.
    pub fn ignores_failure(&self) -> bool {
        self.continue_on_error.as_ref().is_some_and(|text| text.trimmed() != "false")
    }

    /// The step of that number.
    pub fn step(&self, number: usize) -> Option<&Step> {
        self.steps().get(number.checked_sub(1)?)
    }

    /// The workflow a job calls.
    pub fn call(&self) -> Option<&Call> {
        match &self.body {
            JobBody::Call(call) => Some(call),
            JobBody::Steps(_) => None,
        }
    }
}

/// What a job does.
#[derive(Clone, Debug)]
pub enum JobBody {
    /// Runs steps.
    Steps(Vec<Step>),
    /// Calls a workflow.
    Call(Call),
}

/// A call of a reusable workflow.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub uses: Uses,
    /// Its inputs.
    pub with: Pairs,
    /// Secrets passed by name; `inherit` shows as one pair of that name.
    pub secrets: Pairs,
}

/// The environment of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentUse {
    /// Its name, or the expression that gives it.
    pub name: Text,
    /// The `url:`.
    pub url: Option<Text>,
    /// The whole value.
    pub span: Span,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Number in the job, from 1; steps inside `parallel:` groups count one by one.
    pub number: usize,
    /// Which `parallel:` group it belongs to, numbered within the job; none outside groups.
    pub group: Option<usize>,
    /// Whether it runs in the background, so that later steps do not wait for it.
    pub background: bool,
    /// Ids of background steps that it waits for (`wait:`); `*` for all of them (`wait-all:`).
    pub waits: Vec<String>,
    /// The whole step.
    pub span: Span,
    /// The `id:`.
    pub id: Option<Text>,
    /// The `name:`.
    pub name: Option<Text>,
    /// The `if:`.
    pub condition: Option<Text>,
    /// The action it uses.
    pub uses: Option<Uses>,
    /// The script it runs.
    pub run: Option<Text>,
    /// The shell it asks for.
    pub shell: Option<Text>,
    /// Folder the script runs in.
    pub working_directory: Option<Text>,
    /// Inputs of the action.
    pub with: Pairs,
    /// The `env:`.
    pub env: Pairs,
    /// Whether its failure is ignored.
    pub continue_on_error: Option<Text>,
}

impl Step {
    /// The shell that reads the script: what the step asks for, else the job, else the workflow.
    pub fn shell_name<'a>(&'a self, workflow: &'a Workflow, job: &'a Job) -> Option<&'a str> {
        self.shell.as_ref().or(job.shell.as_ref()).or(workflow.shell.as_ref()).map(Text::trimmed)
    }

    /// The folder its script runs in: what the step asks for, else the job, else the workflow; none for the root.
    pub fn directory<'a>(&'a self, workflow: &'a Workflow, job: &'a Job) -> Option<&'a str> {
        let asked = self.working_directory.as_ref().or(job.directory.as_ref()).or(workflow.directory.as_ref());
        asked.map(Text::trimmed)
    }

    /// Whether this step is over before `other` begins, in the same job: it stands earlier, not in the same
    /// `parallel:` group. Background steps need [`Step::is_awaited_before`].
    pub fn stands_before(&self, other: &Self) -> bool {
        self.number < other.number && (self.group.is_none() || self.group != other.group)
    }

    /// Whether a failure of this step lets the job go on.
    pub fn ignores_failure(&self) -> bool {
        self.continue_on_error.as_ref().is_some_and(|text| text.trimmed() != "false")
    }

    /// Whether this step is over and its failure counted, whatever happens, before `other` begins, among the steps of its job.
    pub fn is_awaited_before(&self, other: &Self, steps: &[Self]) -> bool {
        if !self.stands_before(other) {
            return false;
        }
        let waits_for_me = |step: &Self| {
            let id = self.id.as_ref().map(|id| id.value.as_str());
            let named = step.waits.iter().any(|wait| wait == "*" || Some(wait.as_str()) == id);
            named && step.condition.is_none() && !step.ignores_failure()
        };
        !self.background
            || steps.iter().any(|step| self.number < step.number && step.number < other.number && waits_for_me(step))
    }

    /// Where the step does its work, for evidence: the `uses:` value, the script, or the whole step.
    pub fn work_span(&self) -> Span {
        let uses = self.uses.as_ref().map(|uses| uses.text.used_at());
        uses.or_else(|| self.run.as_ref().map(Text::used_at)).unwrap_or(self.span)
    }
}
