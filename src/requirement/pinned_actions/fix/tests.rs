//! Pins in every form of `uses:`, and every reason not to pin.

use super::*;
use crate::fact::files::FileSet;
use crate::fact::{Fact, Observation};
use crate::requirement::{self, Case, FileFix, Finding, Profile, Requirement, Verdict};
use crate::text::splice;
use jiff::Timestamp;

const PATH: &str = ".github/workflows/release.yml";
const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

fn facts(files: &[(&str, &str)], pins: &[(&str, &[&str])]) -> Facts {
    let mut facts = Facts::default();
    let texts = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).into())).collect();
    let files = FileSet { texts, ..FileSet::default() };
    facts.record(Observation::Files(Fact::local(files, Timestamp::UNIX_EPOCH)));
    let pin = |tags: &&[&str]| Pin {
        commit: Some(SHA.to_owned()),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..Pin::default()
    };
    let pins = pins.iter().map(|(key, tags)| ((*key).to_owned(), pin(tags))).collect();
    facts.record(Observation::Pins(Fact::local(pins, Timestamp::UNIX_EPOCH)));
    facts
}

fn workflow(step: &str) -> String {
    format!("on: push\njobs:\n  publish:\n    steps:\n{step}      - run: twine upload dist/*\n")
}

fn proposal(facts: &Facts) -> Proposal {
    super::super::PinnedActions.propose(&Case { facts, earlier: &[], profile: Profile::Spec8 })
}

fn finding(facts: &Facts) -> Finding {
    requirement::find("R08").unwrap().assess(&Case { facts, earlier: &[], profile: Profile::Spec8 })
}

/// The step after the fix, which must be judged as pinned and leave nothing more to do.
fn pinned(step: &str, pins: &[(&str, &[&str])], safety: Safety) -> String {
    let text = workflow(step);
    let before = facts(&[(PATH, &text)], pins);
    let fixes = proposal(&before).fixes;
    let [fix] = fixes.as_slice() else { panic!("{fixes:?} {:?}", proposal(&before).refusals) };
    assert_eq!((fix.safety, finding(&before).fix.unwrap().safety), (safety, safety), "{step}");
    let [FileFix::Edit { path, edits }] = fix.files.as_slice() else { panic!("{fix:?}") };
    let new = splice::apply(&text, edits).unwrap();
    let after = facts(&[(path, &new)], pins);
    assert_eq!((finding(&before).verdict, finding(&after).verdict), (Verdict::Fail, Verdict::Pass), "{new}");
    assert_eq!(proposal(&after), Proposal::default());
    assert_eq!(finding(&after).fix, None);
    let (head, tail) = text.split_once(step).unwrap();
    let rest = new.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail));
    rest.unwrap_or_else(|| panic!("more than the step changed: {new}")).to_owned()
}

const V4: &[(&str, &[&str])] = &[("actions/checkout@v4", &["v4", "v4.2.2"])];

#[test]
fn a_tag_becomes_its_commit_and_quotes_and_comments_stay() {
    for (step, wanted) in [
        ("      - uses: actions/checkout@v4\n", "      - uses: actions/checkout@SHA # v4.2.2\n"),
        ("      - uses: Actions/Checkout@V4\n", "      - uses: Actions/Checkout@SHA # v4.2.2\n"),
        ("      - \"uses\": 'actions/checkout@v4'\r\n", "      - \"uses\": 'actions/checkout@SHA' # v4.2.2\r\n"),
        (
            "      - uses: \"actions/checkout@v4\"  # keep me\n",
            "      - uses: \"actions/checkout@SHA\"  # v4.2.2 # keep me\n",
        ),
        (
            "      - uses: actions/checkout@v4 # v4 zizmor: ignore[x]\n",
            "      - uses: actions/checkout@SHA # v4.2.2 zizmor: ignore[x]\n",
        ),
        ("      - uses: actions/checkout@v4 #v3\n", "      - uses: actions/checkout@SHA #v4.2.2\n"),
        ("      - uses: actions/checkout@v4 # tag=v4\n", "      - uses: actions/checkout@SHA # tag=v4.2.2\n"),
        ("      - uses:\tactions/checkout@v4\t# t\n", "      - uses:\tactions/checkout@SHA\t# v4.2.2 # t\n"),
        (
            "      - {\n         uses: actions/checkout@v4\n        }\n",
            "      - {\n         uses: actions/checkout@SHA # v4.2.2\n        }\n",
        ),
        (
            "      - &a\n        uses: actions/checkout@v4\n",
            "      - &a\n        uses: actions/checkout@SHA # v4.2.2\n",
        ),
    ] {
        assert_eq!(pinned(step, V4, Safety::Safe), wanted.replace("SHA", SHA), "{step}");
    }
}

#[test]
fn a_path_in_the_repository_is_kept() {
    let step = "      - uses: github/codeql-action/init@v3\n";
    let pins: &[(&str, &[&str])] = &[("github/codeql-action@v3", &["v3.1.0", "codeql-bundle-v2.99.99"])];
    let wanted = format!("      - uses: github/codeql-action/init@{SHA} # v3.1.0\n");
    assert_eq!(pinned(step, pins, Safety::Safe), wanted);
}

#[test]
fn a_branch_needs_a_person() {
    let step = "      - uses: pypa/gh-action-pypi-publish@release/v1\n";
    let pins: &[(&str, &[&str])] = &[("pypa/gh-action-pypi-publish@release/v1", &["v1.14.2"])];
    assert!(pinned(step, pins, Safety::Review).ends_with("# v1.14.2\n"));
    let pins: &[(&str, &[&str])] = &[("a/b@main", &[])];
    assert!(pinned("      - uses: a/b@main\n", pins, Safety::Review).ends_with("# main\n"));
}

#[test]
fn a_byte_order_mark_and_a_missing_last_line_end_are_kept() {
    let text = format!("\u{feff}{}      - uses: actions/checkout@v4", workflow(""));
    let before = facts(&[(PATH, &text)], V4);
    let [FileFix::Edit { edits, .. }] = &proposal(&before).fixes[0].files[..] else { panic!() };
    let new = splice::apply(&text, edits).unwrap();
    assert!(new.starts_with('\u{feff}') && new.ends_with("# v4.2.2"), "{new:?}");
}

#[test]
fn local_actions_of_the_release_are_pinned_too() {
    let action = "runs:\n  using: composite\n  steps:\n    - uses: actions/checkout@v4\n";
    let text = workflow("      - uses: ./.github/actions/build\n");
    let all = [(PATH, text.as_str()), (".github/actions/build/action.yml", action)];
    let fixes = proposal(&facts(&all, V4)).fixes;
    assert_eq!(fixes[0].files[0].path(), ".github/actions/build/action.yml");
}

#[test]
fn what_cannot_be_pinned_is_refused_with_the_reason() {
    for (steps, pins, reason) in [
        ("      - uses: actions/checkout@v4\n".to_owned(), &[] as &[_], "--pins FILE"),
        ("      - uses: >-\n          actions/checkout@v4\n".to_owned(), V4, "block of text"),
        ("      - uses: docker://alpine:3\n".to_owned(), V4, "digest"),
        ("      - uses: ${{ x }}\n".to_owned(), V4, "nothing that GitHub would run"),
        ("      - &s\n        uses: actions/checkout@v4\n      - *s\n".to_owned(), V4, "shared"),
        ("      - uses: &s actions/checkout@v4\n      - uses: *s\n".to_owned(), V4, "shared"),
        ("      - {uses: actions/checkout@v4, with: {a: b}} # x\n".to_owned(), V4, "flow style"),
        ("      - {name: b, uses: actions/checkout@v4}\n".to_owned(), V4, "flow style"),
    ] {
        let text = workflow(&steps);
        let proposal = proposal(&facts(&[(PATH, &text)], pins));
        let reasons: Vec<_> = proposal.refusals.iter().map(|refusal| refusal.reason.as_str()).collect();
        assert!(reasons.iter().any(|said| said.contains(reason)), "{steps} {reasons:?}");
        assert_eq!(proposal.fixes, [], "{steps}");
    }
    let generator = "slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v2.0.0";
    let text = workflow("").replace("jobs:\n", &format!("jobs:\n  made:\n    uses: {generator}\n"));
    let refused = proposal(&facts(&[(PATH, &text)], &[])).refusals;
    assert!(refused[0].reason.contains("it checks the tag it is called by"), "{refused:?}");
    let mut lost = facts(&[(PATH, &workflow("      - uses: a/b@v1\n"))], &[]);
    for (pin, reason) in [
        (Pin::default(), "names no tag"),
        (Pin { commit: Some(SHA.into()), reachable: Some(false), ..Pin::default() }, "no branch or tag"),
        (Pin { commit: Some("v1; reboot".into()), ..Pin::default() }, "names no tag"),
    ] {
        let pins = [("a/b@v1".to_owned(), pin)].into();
        lost.record(Observation::Pins(Fact::local(pins, Timestamp::UNIX_EPOCH)));
        assert!(proposal(&lost).refusals[0].reason.contains(reason), "{:?}", proposal(&lost));
    }
}

#[test]
fn a_workflow_in_one_line_of_braces_is_left_alone_and_what_to_paste_is_said() {
    let text = "{on: push, jobs: {publish: {steps: [{uses: actions/checkout@v4}, {run: twine upload dist/*}]}}}\n";
    let all = proposal(&facts(&[(PATH, text)], V4));
    assert_eq!(all.fixes, []);
    let [refused] = all.refusals.as_slice() else { panic!("{all:?}") };
    let wanted = "`actions/checkout@v4` is written in flow style, in braces or brackets: give it lines of its own";
    assert_eq!((refused.path.as_str(), refused.reason.as_str()), (PATH, wanted));
    assert_eq!(refused.snippet, format!("uses: actions/checkout@{SHA} # v4.2.2"));
}

#[test]
fn a_tag_that_would_break_out_of_its_comment_is_not_written() {
    let pins: &[(&str, &[&str])] = &[("actions/checkout@v4", &["v4.1\n  evil: yes", "v4.2.2"])];
    assert!(pinned("      - uses: actions/checkout@v4\n", pins, Safety::Safe).ends_with("# v4.2.2\n"));
}
