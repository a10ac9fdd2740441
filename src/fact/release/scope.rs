//! What a step sees around it: variables of the step, the job and the workflow.

use super::super::workflow::shell::Command;
use super::super::workflow::{Job, Step, Text, Workflow};

/// The variables around a step, innermost first.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The workflow.
    pub workflow: &'a Workflow,
    /// The job.
    pub job: &'a Job,
    /// The step.
    pub step: &'a Step,
}

impl<'a> Scope<'a> {
    /// The value of a variable: of the step, else of the job, else of the workflow; an empty one is absent.
    pub fn env(&self, name: &str) -> Option<&'a Text> {
        let levels = [&self.step.env, &self.job.env, &self.workflow.env];
        levels.into_iter().find_map(|pairs| pairs.get(name)).filter(|text| !text.trimmed().is_empty())
    }

    /// The value of a variable for one command, whose own assignments come first.
    pub fn env_of(&self, command: &Command, name: &str) -> Option<String> {
        self.text_of(command, name).map(|text| text.value)
    }

    /// The same with its place.
    pub fn text_of(&self, command: &Command, name: &str) -> Option<Text> {
        let own = command.assignments.iter().find(|(key, _)| key == name);
        let own = own.map(|(_, value)| Text::within(value.as_str(), command.span));
        own.or_else(|| self.env(name).cloned()).filter(|text| !text.trimmed().is_empty())
    }

    /// Every variable with its value, innermost first.
    pub fn all_env(&self) -> impl Iterator<Item = (&'a Text, &'a Text)> {
        self.step.env.iter().chain(self.job.env.iter()).chain(self.workflow.env.iter())
    }
}
