//! Sets aside what a project declared, as long as the declaration holds.

use crate::fact::declared::{DeclaredWaiver, PATH};
use crate::fact::files::Problem;
use crate::requirement::{self, Finding, Verdict, Waiver};

/// Applies waivers that have not ended. A verdict that passes stays as it is; a machine's verdict stays visible in
/// the checks. What keeps a waiver from counting is returned as remarks.
pub fn apply(findings: &mut [Finding], waivers: &[DeclaredWaiver], today: &str) -> Vec<Problem> {
    let mut remarks = Vec::new();
    for waiver in waivers {
        match idle(waiver, today) {
            Some(why) => {
                remarks.push(Problem::note(PATH, None, &format!("the waiver of {} {why}", waiver.requirement)));
            }
            None => findings.iter_mut().filter(|finding| names(waiver, finding)).for_each(|f| set_aside(f, waiver)),
        }
    }
    remarks
}

/// Why a waiver does not count.
fn idle(waiver: &DeclaredWaiver, today: &str) -> Option<String> {
    let Some(requirement) = requirement::find(&waiver.requirement) else {
        return Some("names no requirement; use an id such as R08".to_owned());
    };
    let known = |id: &String| requirement.meta().checks.iter().any(|(check, _)| check == id);
    if let Some(check) = waiver.check.as_ref().filter(|check| !known(check)) {
        return Some(format!("names the check `{check}`, which {} does not have", requirement.meta().id));
    }
    let ended = waiver.until.as_deref().filter(|until| *until < today)?;
    Some(format!("ended on {ended} and counts no more"))
}

fn names(waiver: &DeclaredWaiver, finding: &Finding) -> bool {
    waiver.requirement.eq_ignore_ascii_case(finding.meta.id)
        || waiver.requirement.eq_ignore_ascii_case(finding.meta.slug)
}

fn set_aside(finding: &mut Finding, waiver: &DeclaredWaiver) {
    let granted =
        || Some(Waiver { reason: waiver.reason.clone(), owner: waiver.owner.clone(), until: waiver.until.clone() });
    let open = |verdict| matches!(verdict, Verdict::Fail | Verdict::Warn | Verdict::Unknown | Verdict::Manual);
    match waiver.check.as_deref() {
        None if open(finding.verdict) => {
            finding.verdict = Verdict::Waived;
            finding.waiver = granted();
        }
        None => {}
        Some(id) => {
            let check = finding.checks.iter_mut().find(|check| check.id == id && open(check.verdict));
            if let Some(check) = check {
                check.verdict = Verdict::Waived;
                finding.refold();
                // Where nothing else is asked of the requirement, the whole of it is set aside.
                if finding.verdict == Verdict::NotApplicable {
                    finding.verdict = Verdict::Waived;
                }
                finding.waiver = granted();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Facts;
    use crate::requirement::{Check, Profile, assess_all};

    fn waiver(requirement: &str, check: Option<&str>, until: Option<&str>) -> DeclaredWaiver {
        DeclaredWaiver {
            requirement: requirement.to_owned(),
            check: check.map(str::to_owned),
            reason: "a reason".to_owned(),
            owner: "ada".to_owned(),
            until: until.map(str::to_owned),
        }
    }

    fn findings() -> Vec<Finding> {
        let mut findings = assess_all(&Facts::default(), Profile::Spec8);
        for finding in &mut findings {
            finding.checks = finding.checks.iter().map(|c| Check::new(c.id, c.role, Verdict::Fail, "no")).collect();
            finding.refold();
        }
        findings
    }

    fn verdict(findings: &[Finding], id: &str) -> Verdict {
        findings.iter().find(|finding| finding.meta.id == id).unwrap().verdict
    }

    #[test]
    fn a_waiver_that_holds_sets_its_requirement_aside_and_no_other() {
        let mut all = findings();
        let waivers = [waiver("R11", None, Some("2026-11-22")), waiver("pinned-actions", None, None)];
        assert!(apply(&mut all, &waivers, "2026-11-22").is_empty());
        assert_eq!(
            (verdict(&all, "R11"), verdict(&all, "R08"), verdict(&all, "R10")),
            (Verdict::Waived, Verdict::Waived, Verdict::Fail)
        );
        let waived = all.iter().find(|finding| finding.meta.id == "R11").unwrap();
        assert_eq!(waived.checks[0].verdict, Verdict::Fail, "the machine's verdict stays visible");
    }

    #[test]
    fn a_waiver_of_one_check_leaves_the_others() {
        let mut all = findings();
        apply(&mut all, &[waiver("R07", Some("self-review"), None)], "2026-11-22");
        assert_eq!(verdict(&all, "R07"), Verdict::Fail);
        apply(&mut all, &[waiver("R11", Some("verify-step"), None)], "2026-11-22");
        assert_eq!(verdict(&all, "R11"), Verdict::Waived, "nothing else is asked of it");
    }

    #[test]
    fn a_waiver_that_does_not_count_is_named() {
        let mut all = findings();
        let waivers =
            [waiver("R11", None, Some("2026-11-21")), waiver("R99", None, None), waiver("R11", Some("x"), None)];
        let remarks = apply(&mut all, &waivers, "2026-11-22");
        assert_eq!(verdict(&all, "R11"), Verdict::Fail);
        assert!(remarks[0].message.contains("ended on 2026-11-21"), "{remarks:?}");
        assert!(remarks[1].message.contains("names no requirement"), "{remarks:?}");
        assert!(remarks[2].message.contains("which R11 does not have"), "{remarks:?}");
    }

    #[test]
    fn a_pass_stays_a_pass() {
        let mut all = findings();
        all[0].verdict = Verdict::Pass;
        apply(&mut all, &[waiver("R01", None, None)], "2026-11-22");
        assert_eq!(all[0].verdict, Verdict::Pass);
    }
}
