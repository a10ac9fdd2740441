//! What a failure keeps from running: whether a job or a step stays away when one before it failed.
//!
//! `success()` is implied in every condition that names no status function, and it looks at all jobs waited for,
//! near and far. A condition with a status function decides by itself, so it is evaluated as things stand after the
//! failure.

use std::collections::HashMap;

use super::expression::{self, Situation, Truth, Value};
use super::{Job, Workflow};

/// Longest chain of jobs waiting for jobs that is followed; a longer one is taken for no gate.
const MAX_NEEDS: usize = 100;

/// What may go wrong with a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// It fails.
    Fails,
    /// Its condition keeps it from running.
    IsSkipped,
}

/// What becomes of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Nothing before it went wrong.
    Untouched,
    /// It failed.
    Failed,
    /// It does not run.
    Skipped,
    /// It may run, although something before it went wrong.
    Runs,
}

/// Whether a job stays away when another one of the same workflow fails or is skipped. A job that does not wait for
/// the other one does not stay away.
pub fn job_stays_away(workflow: &Workflow, job: &Job, other: &Job, mishap: Mishap) -> bool {
    let mut known = HashMap::new();
    let after = After { workflow, other, mishap };
    after.fate(job, 0, &mut known) == Fate::Skipped
}

/// Whether a step stays away when the step of that id, before it in the same job, failed.
pub fn step_stays_away(condition: Option<&str>, failed: Option<&str>) -> bool {
    let Some(condition) = condition.filter(|condition| expression::names_status(condition)) else { return true };
    expression::condition(condition, &AfterStep { failed }) == Truth::No
}

/// A workflow after something went wrong with one of its jobs.
struct After<'a> {
    workflow: &'a Workflow,
    other: &'a Job,
    mishap: Mishap,
}

impl After<'_> {
    fn fate(&self, job: &Job, depth: usize, known: &mut HashMap<String, Fate>) -> Fate {
        if std::ptr::eq(job, self.other) {
            return if self.mishap == Mishap::Fails { Fate::Failed } else { Fate::Skipped };
        }
        let id = job.id.value.to_lowercase();
        if let Some(fate) = known.get(&id) {
            return *fate;
        }
        if depth > MAX_NEEDS {
            return Fate::Runs;
        }
        // A job that waits for itself never runs, whatever else happens.
        known.insert(id.clone(), Fate::Untouched);
        let mut needs = HashMap::new();
        for need in job.needs.iter().filter_map(|need| self.workflow.job(&need.value)) {
            needs.insert(need.id.value.to_lowercase(), self.fate(need, depth + 1, known));
        }
        let fate = self.after_needs(job, needs);
        known.insert(id, fate);
        fate
    }

    fn after_needs(&self, job: &Job, needs: HashMap<String, Fate>) -> Fate {
        if needs.values().all(|fate| *fate == Fate::Untouched) {
            return Fate::Untouched;
        }
        let condition = job.condition.as_ref().map(|text| text.value.as_str());
        let decides = condition.filter(|condition| expression::names_status(condition));
        let scene = AfterNeeds { needs, failed: self.mishap == Mishap::Fails };
        match decides.map(|condition| expression::condition(condition, &scene)) {
            None | Some(Truth::No) => Fate::Skipped,
            Some(_) => Fate::Runs,
        }
    }
}

/// What the condition of a job sees after something went wrong before it.
struct AfterNeeds {
    needs: HashMap<String, Fate>,
    failed: bool,
}

impl AfterNeeds {
    fn result(fate: Fate) -> Value {
        match fate {
            Fate::Failed => Value::str("failure"),
            Fate::Skipped => Value::str("skipped"),
            Fate::Untouched | Fate::Runs => Value::str("success"),
        }
    }
}

impl Situation for AfterNeeds {
    fn lookup(&self, path: &[String]) -> Value {
        match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["needs", "*", "result"] => Value::List(self.needs.values().map(|fate| Self::result(*fate)).collect()),
            ["needs", job, "result"] => self.needs.get(*job).map_or(Value::Null, |fate| Self::result(*fate)),
            // A job that did not run has no outputs.
            ["needs", job, "outputs", _] if self.needs.get(*job) == Some(&Fate::Skipped) => Value::Null,
            other => Value::RunTime(other.join(".")),
        }
    }

    fn success(&self) -> Truth {
        Truth::No
    }

    fn failure(&self) -> Truth {
        if self.failed { Truth::Yes } else { Truth::No }
    }
}

/// What the condition of a step sees after a step before it failed.
struct AfterStep<'a> {
    failed: Option<&'a str>,
}

impl Situation for AfterStep<'_> {
    fn lookup(&self, path: &[String]) -> Value {
        match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["steps", step, "outcome" | "conclusion"]
                if self.failed.is_some_and(|failed| failed.eq_ignore_ascii_case(step)) =>
            {
                Value::str("failure")
            }
            ["job", "status"] => Value::str("failure"),
            other => Value::RunTime(other.join(".")),
        }
    }

    fn success(&self) -> Truth {
        Truth::No
    }

    fn failure(&self) -> Truth {
        Truth::Yes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::files::FileSet;
    use crate::fact::workflow::WorkflowSet;
    use std::sync::Arc;

    fn stays_away(needs: &str, condition: &str, between: &str, mishap: Mishap) -> bool {
        let condition = if condition.is_empty() { String::new() } else { format!("    if: \"{condition}\"\n") };
        let text = format!(
            "on: push\njobs:\n  build: {{steps: []}}\n  verify: {{needs: build, steps: []}}\n  middle: {{needs: verify, {between} steps: []}}\n  publish:\n    needs: {needs}\n{condition}    steps: []\n"
        );
        let texts = [(".github/workflows/a.yml".to_owned(), Arc::from(text.as_str()))].into();
        let set = WorkflowSet::read(&FileSet { texts, ..FileSet::default() }, &mut Vec::new());
        let workflow = &set.workflows[0];
        job_stays_away(workflow, workflow.job("publish").unwrap(), workflow.job("verify").unwrap(), mishap)
    }

    #[test]
    fn a_job_stays_away_unless_its_condition_lets_it_run() {
        let fails = |needs: &str, condition: &str| stays_away(needs, condition, "", Mishap::Fails);
        for held in [
            "",
            "github.ref_type == 'tag'",
            "success()",
            "!failure()",
            "!failure() && !cancelled()",
            "always() && needs.verify.result == 'success'",
            "always() && !contains(needs.*.result, 'failure')",
            "!cancelled() && github.ref_type == 'tag' && needs.verify.result != 'failure'",
            "always() && success()",
        ] {
            assert!(fails("[build, verify]", held), "{held}");
        }
        for loose in [
            "always()",
            "!cancelled()",
            "failure()",
            "success() || failure()",
            "success() || github.event_name == 'workflow_dispatch'",
            "always() && needs.build.result == 'success'",
            "always() && contains(needs.*.result, 'success')",
            "always() && needs.verify.result != 'skipped'",
            "always() && vars.GO",
            "always() && needs.verify.outputs.ok != 'no'",
        ] {
            assert!(!fails("[build, verify]", loose), "{loose}");
        }
        assert!(!fails("build", ""), "it does not wait for that job");
    }

    #[test]
    fn a_skipped_job_is_no_failed_one() {
        let skipped = |condition: &str| stays_away("[build, verify]", condition, "", Mishap::IsSkipped);
        assert!(skipped("") && skipped("needs.verify.result != 'failure'"));
        assert!(!skipped("!failure()") && !skipped("always() && !contains(needs.*.result, 'failure')"));
        assert!(skipped("always() && needs.verify.outputs.ok"));
    }

    #[test]
    fn failures_far_away_count() {
        assert!(stays_away("middle", "", "", Mishap::Fails));
        assert!(stays_away("middle", "", "if: always(),", Mishap::Fails), "success() looks at all jobs waited for");
        assert!(!stays_away("middle", "always() && needs.middle.result == 'success'", "if: always(),", Mishap::Fails));
        assert!(stays_away("middle", "always() && needs.middle.result == 'success'", "", Mishap::Fails));
        assert!(!stays_away("publish", "always()", "", Mishap::Fails), "a job that waits for itself");
    }

    #[test]
    fn a_step_stays_away_unless_its_condition_lets_it_run() {
        let held = |condition: &str| step_stays_away(Some(condition), Some("verify"));
        assert!(step_stays_away(None, None));
        for condition in [
            "github.ref_type == 'tag'",
            "success() && x.y",
            "!failure()",
            "${{ always() && steps.verify.outcome == 'success' }}",
            "always() && job.status == 'success'",
        ] {
            assert!(held(condition), "{condition}");
        }
        for condition in
            ["always()", "!cancelled()", "success() || failure()", "always() && steps.x.outcome == 'success'"]
        {
            assert!(!held(condition), "{condition}");
        }
        assert!(!step_stays_away(Some("always() && steps.verify.outcome == 'success'"), None));
    }
}
