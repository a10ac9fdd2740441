//! What a failure keeps from running: whether a job or a step stays away when one before it failed.
//!
//! `success()` is implied in every condition that names no status function, and it looks at all jobs waited for,
//! near and far. A condition with a status function decides by itself, so it is evaluated as things stand after the
//! failure.

use std::cell::RefCell;
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
    let after = After { workflow, other, mishap, waiting: RefCell::default(), fates: RefCell::default() };
    after.fate(job, 0) == Fate::Skipped
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
    /// Whether jobs wait for the other one, near or far, by their ids.
    waiting: RefCell<HashMap<&'a str, bool>>,
    /// What becomes of jobs that wait for it, by their ids.
    fates: RefCell<HashMap<&'a str, Fate>>,
}

impl<'a> After<'a> {
    /// What becomes of a job. The jobs it waits for are looked at only where its condition asks for them.
    fn fate(&self, job: &'a Job, depth: usize) -> Fate {
        if std::ptr::eq(job, self.other) {
            return if self.mishap == Mishap::Fails { Fate::Failed } else { Fate::Skipped };
        }
        if depth > MAX_NEEDS {
            return Fate::Runs;
        }
        if !self.waits(job, depth) {
            return Fate::Untouched;
        }
        let id = job.id.value.as_str();
        if let Some(known) = self.fates.borrow().get(id) {
            return *known;
        }
        // Jobs that wait for each other in a circle are refused by GitHub; here they end.
        self.fates.borrow_mut().insert(id, Fate::Runs);
        let condition = job.condition.as_ref().map(|text| text.value.as_str());
        let decides = condition.filter(|condition| expression::names_status(condition));
        let fate = match decides.map(|text| expression::condition(text, &AfterNeeds { after: self, job, depth })) {
            None | Some(Truth::No) => Fate::Skipped,
            Some(_) => Fate::Runs,
        };
        self.fates.borrow_mut().insert(id, fate);
        fate
    }

    /// Whether a job waits for the other one, near or far.
    fn waits(&self, job: &'a Job, depth: usize) -> bool {
        let id = job.id.value.as_str();
        if let Some(known) = self.waiting.borrow().get(id) {
            return *known;
        }
        // A job that waits for itself never runs, whatever else happens.
        self.waiting.borrow_mut().insert(id, false);
        let waits = depth <= MAX_NEEDS
            && self.needs(job).any(|need| std::ptr::eq(need, self.other) || self.waits(need, depth + 1));
        self.waiting.borrow_mut().insert(id, waits);
        waits
    }

    fn needs(&self, job: &'a Job) -> impl Iterator<Item = &'a Job> {
        job.needs.iter().filter_map(|need| self.workflow.job(&need.value))
    }
}

/// What the condition of a job sees after something went wrong before it.
struct AfterNeeds<'r, 'a> {
    after: &'r After<'a>,
    job: &'a Job,
    depth: usize,
}

impl AfterNeeds<'_, '_> {
    fn fate(&self, id: &str) -> Option<Fate> {
        let need = self.after.needs(self.job).find(|need| need.id.value.eq_ignore_ascii_case(id))?;
        Some(self.after.fate(need, self.depth + 1))
    }

    fn result(fate: Fate) -> Value {
        match fate {
            Fate::Failed => Value::str("failure"),
            Fate::Skipped => Value::str("skipped"),
            Fate::Untouched | Fate::Runs => Value::str("success"),
        }
    }
}

impl Situation for AfterNeeds<'_, '_> {
    fn lookup(&self, path: &[String]) -> Value {
        match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["needs", "*", "result"] => {
                let fates = self.after.needs(self.job).map(|need| self.after.fate(need, self.depth + 1));
                Value::List(fates.map(Self::result).collect())
            }
            ["needs", job, "result"] => self.fate(job).map_or(Value::Null, Self::result),
            // A job that did not run has no outputs.
            ["needs", job, "outputs", _] if self.fate(job) == Some(Fate::Skipped) => Value::Null,
            other => Value::RunTime(other.join(".")),
        }
    }

    fn success(&self) -> Truth {
        Truth::No
    }

    fn failure(&self) -> Truth {
        if self.after.mishap == Mishap::Fails { Truth::Yes } else { Truth::No }
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
    fn jobs_that_wait_for_each_other_in_every_way_are_looked_at_once() {
        let both =
            |at: usize| format!("always() && needs.a{at}.result == 'success' && needs.b{at}.result == 'success'");
        let jobs = (1..60).flat_map(|at| {
            let body = format!("{{needs: [a{0}, b{0}], if: \"{1}\", steps: []}}", at - 1, both(at - 1));
            [format!("  a{at}: {body}\n"), format!("  b{at}: {body}\n")]
        });
        let jobs: String = jobs.collect();
        let text = format!("on: push\njobs:\n  a0: {{steps: []}}\n  b0: {{steps: []}}\n{jobs}");
        let texts = [(".github/workflows/a.yml".to_owned(), Arc::from(text.as_str()))].into();
        let set = WorkflowSet::read(&FileSet { texts, ..FileSet::default() }, &mut Vec::new());
        let workflow = &set.workflows[0];
        let (last, first) = (workflow.job("a59").unwrap(), workflow.job("b0").unwrap());
        assert!(job_stays_away(workflow, last, first, Mishap::Fails));
    }

    #[test]
    fn jobs_in_a_circle_end() {
        let needs = (0..40).map(|at| format!("j{at}")).collect::<Vec<_>>().join(", ");
        let job = |at: usize| {
            let condition = "always() && !contains(needs.*.result, 'failure')";
            format!("  j{at}: {{needs: [x, {needs}], if: \"{condition}\", steps: []}}\n")
        };
        let jobs: String = (0..40).map(job).collect();
        let text = format!("on: push\njobs:\n  x: {{steps: []}}\n{jobs}");
        let texts = [(".github/workflows/a.yml".to_owned(), Arc::from(text.as_str()))].into();
        let set = WorkflowSet::read(&FileSet { texts, ..FileSet::default() }, &mut Vec::new());
        let workflow = &set.workflows[0];
        assert!(job_stays_away(workflow, workflow.job("j0").unwrap(), workflow.job("x").unwrap(), Mishap::Fails));
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
