//! False greens: one workflow in which everything is in order, and what must no longer pass once something small
//! about it changes. Each trap is told by an edit of that workflow or by another answer of the forge.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what serves only tests fails as tests do"
)]

#[path = "false_green/aim.rs"]
mod aim;
#[path = "false_green/attest.rs"]
mod attest;
mod judging;
#[path = "false_green/opaque.rs"]
mod opaque;
#[path = "false_green/permission.rs"]
mod permission;
#[path = "false_green/pin.rs"]
mod pin;
#[path = "false_green/review.rs"]
mod review;
#[path = "false_green/settings.rs"]
mod settings;
#[path = "false_green/token.rs"]
mod token;
#[path = "false_green/trap.rs"]
mod trap;
#[path = "false_green/trigger.rs"]
mod trigger;
#[path = "false_green/verify.rs"]
mod verify;

use judging::{JUDGED, judge, shown};
use shipworthy::fact::{Fact, Facts, Observation, Topic};
use shipworthy::requirement::Verdict;
use trap::{Files, Trap};

/// Every trap that is an edit of the workflow.
fn traps() -> Vec<&'static Trap> {
    let tables = [
        trigger::TRAPS,
        aim::TRAPS,
        permission::TRAPS,
        review::TRAPS,
        pin::TRAPS,
        attest::TRAPS,
        verify::TRAPS,
        verify::SCRIPTS,
        token::TRAPS,
        token::UPLOADERS,
        opaque::TRAPS,
    ];
    tables.into_iter().flatten().collect()
}

/// What is said about `R11`, or about the check `R07:environment-named`, with the finding in full.
fn said(facts: &Facts, about: &str) -> (Verdict, String) {
    let (id, check) = about.split_once(':').map_or((about, None), |(id, check)| (id, Some(check)));
    let finding = judge(facts).into_iter().find(|finding| finding.meta.id == id).expect(about);
    let verdict = match check {
        Some(check) => finding.check(check).expect(about).verdict,
        None => finding.verdict,
    };
    (verdict, shown(&finding))
}

#[test]
fn the_base_passes_where_the_settings_are_known() {
    for finding in judge(&settings::settled(&Files::base())) {
        assert_eq!(finding.verdict, Verdict::Pass, "{}", shown(&finding));
    }
}

#[test]
fn the_base_passes_by_its_files_all_but_the_reviewers() {
    for finding in judge(&Files::base().offline()) {
        let expected = if finding.meta.id == "R07" { Verdict::Unknown } else { Verdict::Pass };
        assert_eq!(finding.verdict, expected, "{}", shown(&finding));
    }
}

#[test]
fn no_trap_is_green() {
    let mut wrong = Vec::new();
    for trap in traps() {
        let files = Files::sprung(trap);
        for (about, expected) in trap.want {
            let (by_files, text) = said(&files.offline(), about);
            let (settled, settled_text) = said(&settings::settled(&files), about);
            if by_files != *expected {
                wrong.push(format!(
                    "{}\n  wanted {about} {}, by files alone it is\n    {text}",
                    trap.why,
                    expected.word()
                ));
            } else if matches!(settled, Verdict::Pass | Verdict::NotApplicable) {
                wrong.push(format!("{}\n  {about} passes once settings are known:\n    {settled_text}", trap.why));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} traps:\n\n{}", wrong.len(), traps().len(), wrong.join("\n\n"));
}

#[test]
fn ordinary_steps_beside_a_token_are_no_traps() {
    for harmless in opaque::HARMLESS {
        for (about, expected) in harmless.want {
            let (verdict, text) = said(&Files::sprung(harmless).offline(), about);
            assert_eq!(verdict, *expected, "{}: {text}", harmless.why);
        }
    }
}

#[test]
fn no_answer_of_a_forge_is_taken_for_green() {
    let mut wrong = Vec::new();
    for trap in settings::TRAPS {
        let mut facts = settings::settled(&Files::base());
        (trap.change)(&mut facts);
        let (verdict, text) = said(&facts, trap.about);
        if verdict != trap.want {
            wrong.push(format!("{}\n  wanted {} {}, it is\n    {text}", trap.why, trap.about, trap.want.word()));
        }
    }
    assert!(wrong.is_empty(), "{} traps:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn there_are_traps_for_every_requirement() {
    assert!(traps().len() + settings::TRAPS.len() >= 150);
    for id in JUDGED {
        let edits = traps().iter().filter(|trap| trap.want.iter().any(|(about, _)| about.starts_with(id))).count();
        let answers = settings::TRAPS.iter().filter(|trap| trap.about.starts_with(id)).count();
        assert!(edits + answers >= 10, "{id} has {} traps", edits + answers);
    }
}

#[test]
fn a_workflow_that_cannot_be_read_leaves_nothing_green() {
    for broken in ["on: push\njobs: [\n", "on: push\njobs:\n  a:\n    <<: *b\n", "- a\n", "on: push\n---\non: push\n"] {
        let mut files = Files::base();
        files.add(".github/workflows/other.yml", broken);
        for facts in [files.offline(), settings::settled(&files)] {
            for finding in judge(&facts) {
                assert_eq!(finding.verdict, Verdict::Unknown, "{broken:?} {}", shown(&finding));
            }
        }
    }
}

#[test]
fn a_workflow_that_was_not_read_leaves_nothing_green() {
    let mut facts = settings::settled(&Files::base());
    let mut files = facts.files.value().cloned().unwrap();
    files.listed.push(".github/workflows/more.yml".to_owned());
    facts.record(Observation::Files(Fact::local(files, jiff::Timestamp::UNIX_EPOCH)));
    for finding in judge(&facts) {
        assert_eq!(finding.verdict, Verdict::Unknown, "{}", shown(&finding));
    }
}

#[test]
fn what_is_not_known_is_never_better_than_what_is() {
    let base = settings::settled(&Files::base());
    for topic in Topic::ALL.iter().copied() {
        let mut facts = base.clone();
        judging::hide(&mut facts, topic);
        for finding in judge(&facts) {
            let rests = finding.meta.needs.contains(&topic);
            let may_stay = finding.verdict == Verdict::Pass || finding.verdict == Verdict::Unknown && rests;
            assert!(may_stay, "without {topic:?}: {}", shown(&finding));
            assert!(topic != Topic::Files || finding.verdict == Verdict::Unknown, "{}", shown(&finding));
        }
    }
    // A trap stays a trap, whichever other answer is missing.
    for trap in settings::TRAPS.iter().filter(|trap| trap.want != Verdict::Pass) {
        let mut facts = base.clone();
        (trap.change)(&mut facts);
        for topic in Topic::ALL.iter().copied().filter(|topic| *topic != trap.topic) {
            let mut facts = facts.clone();
            judging::hide(&mut facts, topic);
            let (verdict, text) = said(&facts, trap.about);
            let excused = trap.excused.contains(&topic);
            assert!(excused || verdict != Verdict::Pass, "{} without {topic:?}: {text}", trap.why);
        }
    }
}

#[test]
fn losing_a_line_sets_no_trap_right() {
    let mut wrong = Vec::new();
    for trap in traps() {
        let sprung = Files::sprung(trap);
        for (path, number, line) in sprung.lines() {
            // What the trap itself wrote may well set it right.
            if trap::is_added(path, line) {
                continue;
            }
            let facts = sprung.without_line(path, number).offline();
            for (about, _) in trap.want {
                let (verdict, text) = said(&facts, about);
                if verdict == Verdict::Pass {
                    wrong.push(format!("{}\n  passes without {path}:{number} `{line}`\n    {text}", trap.why));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// Lines of the base that carry a verdict: without one of them the requirement no longer passes.
const BEARING: &[(&str, &str)] = &[
    ("  workflow_dispatch:", "R02"),
    ("permissions:", "R05"),
    ("    environment: pypi", "R07"),
    ("      id-token: write", "R12"),
    ("      id-token: write", "R10"),
    ("      attestations: write", "R10"),
    ("          subject-path: dist/*", "R10"),
    ("        uses: actions/attest-build-provenance", "R10"),
    ("        uses: actions/attest-build-provenance", "R11"),
    ("          GH_TOKEN: ${{ github.token }}", "R11"),
    ("            gh attestation verify", "R11"),
    ("          for file in dist/*; do", "R11"),
];

#[test]
fn the_lines_that_bear_a_verdict_are_missed() {
    let base = Files::base();
    for (begins, id) in BEARING {
        let (path, number, _) = base.lines().find(|(_, _, line)| line.starts_with(begins)).expect(begins);
        for facts in [base.without_line(path, number).offline(), settings::settled(&base.without_line(path, number))] {
            let (verdict, text) = said(&facts, id);
            assert_ne!(verdict, Verdict::Pass, "without `{begins}`: {text}");
        }
    }
}

#[test]
fn losing_any_line_never_adds_a_pass() {
    let base = Files::base();
    let before = judge(&base.offline());
    for (path, number, line) in base.lines() {
        for (finding, was) in judge(&base.without_line(path, number).offline()).iter().zip(&before) {
            assert!(
                was.verdict == Verdict::Pass || finding.verdict != Verdict::Pass,
                "without {path}:{number} `{line}`: {}",
                shown(finding)
            );
        }
    }
}
