//! Sets aside what a project declared, as long as the declaration holds.

use crate::fact::declared::DeclaredWaiver;
use crate::requirement::{Finding, Verdict, Waiver};

/// Applies waivers that have not ended. A verdict that passes stays as it is; a machine's verdict stays visible in
/// the checks.
pub fn apply(findings: &mut [Finding], waivers: &[DeclaredWaiver], today: &str) {
    for waiver in waivers.iter().filter(|waiver| waiver.until.as_deref().is_none_or(|until| until >= today)) {
        for finding in findings.iter_mut().filter(|finding| names(waiver, finding)) {
            set_aside(finding, waiver);
        }
    }
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
                finding.waiver = granted();
            }
        }
    }
}
