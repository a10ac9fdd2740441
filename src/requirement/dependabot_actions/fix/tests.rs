//! A block for actions in every kind of file, and groups and directories for blocks that lack them.

use super::*;
use crate::requirement::Verdict;
use crate::requirement::trial::Trial;

const PATH: &str = ".github/dependabot.yml";
const ACTION: &str = "runs:\n  using: composite\n  steps:\n    - uses: actions/cache@v4\n";

fn fixed(text: &str) -> String {
    let (safety, after) = Trial::of(&[(PATH, text)]).fixed("R09");
    assert_eq!((safety, after.verdict("R09")), (Safety::Safe, Verdict::Pass), "{}", after.text(PATH));
    after.text(PATH).to_owned()
}

const BLOCK: &str = "  - package-ecosystem: github-actions\n    directory: /\n    schedule:\n      interval: INTERVAL\n    \
    cooldown:\n      default-days: 7\n    groups:\n      actions:\n        patterns:\n          - \"*\"\n";

fn with(head: &str, interval: &str) -> String {
    format!("{head}{}", BLOCK.replace("INTERVAL", interval))
}

#[test]
fn a_repository_without_updates_gets_a_file() {
    let trial = Trial::of(&[("README.md", "x\n")]);
    let (_, after) = trial.fixed("R09");
    assert_eq!(after.text(PATH), with("version: 2\nupdates:\n", "monthly"));
    assert_eq!(after.verdict("R09"), Verdict::Pass);
    let (_, after) = Trial::of(&[(".github/actions/a b\"/action.yml", ACTION)]).fixed("R09");
    assert!(after.text(PATH).contains("directories:\n      - \"/\"\n      - \"/.github/actions/a b\\\"\"\n"));
    assert_eq!(after.verdict("R09"), Verdict::Pass, "{}", after.finding("R09").summary);
}

#[test]
fn a_file_without_a_block_for_actions_gets_one_in_its_own_style() {
    let pip = "version: 2\nupdates:\n  - package-ecosystem: pip # python\n    directory: /\n    schedule:\n      interval: weekly\n    # never\n";
    assert_eq!(fixed(&format!("{pip}\n# end\n")), format!("{}\n# end\n", with(pip, "weekly")));
    assert_eq!(fixed(pip.trim_end()), with(pip, "weekly").trim_end());
    let crlf = pip.replace('\n', "\r\n");
    assert_eq!(fixed(&crlf), with(pip, "weekly").replace('\n', "\r\n"));
    let indentless =
        "version: 2\nupdates:\n- package-ecosystem: pip\n  directory: /\n  schedule: {interval: nightly}\n";
    let block = BLOCK
        .replace("INTERVAL", "monthly")
        .lines()
        .map(|line| format!("{}\n", line.strip_prefix("  ").unwrap()))
        .collect::<String>();
    assert_eq!(fixed(indentless), format!("{indentless}{block}"));
    for (text, head) in [
        ("version: 2\nupdates: []\n", "version: 2\nupdates:\n"),
        ("version: 2\nupdates:\n", "version: 2\nupdates:\n"),
        ("version: 2\n", "version: 2\nupdates:\n"),
        ("updates: [] # none\n", "version: 2\nupdates: # none\n"),
        ("", "version: 2\nupdates:\n"),
        ("# nothing yet\n", "# nothing yet\nversion: 2\nupdates:\n"),
        ("\u{feff}version: 2\n", "\u{feff}version: 2\nupdates:\n"),
    ] {
        assert_eq!(fixed(text), with(head, "monthly"), "{text}");
    }
}

#[test]
fn a_block_without_groups_gets_one() {
    let block = "version: 2\nupdates:\n  - package-ecosystem: github-actions\n    directory: /\n    schedule: {interval: weekly}\n";
    let group = "    groups:\n      actions:\n        patterns:\n          - \"*\"\n";
    assert_eq!(fixed(block), format!("{block}{group}"));
    assert_eq!(fixed(&format!("{block}    groups: {{}}\n")), format!("{block}{group}"));
    let other =
        format!("{block}    groups:\n      actions:\n        applies-to: security-updates\n        patterns: [x]\n");
    assert_eq!(fixed(&other), format!("{other}      all-actions:\n        patterns:\n          - \"*\"\n"));
}

#[test]
fn local_actions_that_no_block_looks_into_are_named() {
    let with = |directory: &str| {
        let text = format!(
            "version: 2\nupdates:\n  - package-ecosystem: github-actions\n{directory}    schedule: {{interval: weekly}}\n    groups: {{a: {{patterns: ['*']}}}}\n"
        );
        let files =
            [(PATH, text.as_str()), (".github/actions/x/action.yml", ACTION), ("tools/actions/y/action.yml", ACTION)];
        let (_, after) = Trial::of(&files).fixed("R09");
        assert_eq!(after.verdict("R09"), Verdict::Pass, "{}", after.text(PATH));
        let text = after.text(PATH);
        let (_, rest) = text.split_once("actions\n").unwrap();
        rest.split_once("    schedule").unwrap().0.to_owned()
    };
    let items = "      - \"/.github/actions/x\"\n      - \"/tools/actions/y\"\n";
    assert_eq!(with("    directory: / # root\n"), format!("    directories:\n      - \"/\"\n{items}"));
    assert_eq!(with("    directories:\n      - /\n"), format!("    directories:\n      - /\n{items}"));
    assert_eq!(
        with("    directories: ['/']\n"),
        "    directories: ['/', \"/.github/actions/x\", \"/tools/actions/y\"]\n"
    );
}

#[test]
fn what_cannot_be_changed_cleanly_is_refused_with_a_block_to_paste() {
    for (text, why) in [
        ("{version: 2, updates: []}\n", "flow style"),
        ("version: 2\nupdates: [{package-ecosystem: pip, directory: /, schedule: {interval: daily}}]\n", "flow style"),
        (
            "version: 2\nupdates:\n  - {package-ecosystem: github-actions, directory: /, schedule: {interval: daily}}\n",
            "flow style",
        ),
        (
            "version: 2\nupdates:\n  - package-ecosystem: github-actions\n    directory: /\n    schedule: {interval: daily}\n    multi-ecosystem-group: none\n",
            "does not define",
        ),
        (
            "version: 2\nx: &u\n  - package-ecosystem: pip\n    directory: /\n    schedule: {interval: daily}\nupdates: *u\n",
            "shared",
        ),
    ] {
        let trial = Trial::of(&[(PATH, text)]);
        assert!(trial.refused("R09").contains(why), "{text} {:?}", trial.proposal("R09"));
        assert!(trial.proposal("R09").refusals[0].snippet.contains("package-ecosystem: github-actions"));
    }
    for text in ["version: 1\nupdates: []\n", "version: 2\nupdates: [\n"] {
        assert_eq!(Trial::of(&[(PATH, text)]).proposal("R09"), Proposal::default(), "{text}");
    }
}
