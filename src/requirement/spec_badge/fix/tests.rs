//! The badge in every kind of README.

use super::*;
use crate::fact::files::FileSet;
use crate::fact::{Fact, Observation};
use crate::requirement::{Case, Check, FileFix, Finding, Profile, Requirement, Verdict, find};
use crate::text::splice;
use jiff::Timestamp;

fn facts(path: &str, text: &str) -> Facts {
    let files = FileSet { texts: [(path.to_owned(), text.into())].into(), ..FileSet::default() };
    let mut facts = Facts::default();
    facts.record(Observation::Files(Fact::local(files, Timestamp::UNIX_EPOCH)));
    facts
}

/// What R13 says and proposes where all that the badge claims holds.
fn told(facts: &Facts) -> (Finding, Proposal) {
    let passed = |id: &str| {
        let meta = find(id).unwrap().meta();
        Finding::of(meta, vec![Check::decisive("x", Verdict::Pass, "")])
    };
    let earlier: Vec<Finding> = super::super::CLAIMED.iter().map(|id| passed(id)).collect();
    let case = Case { facts, earlier: &earlier, profile: Profile::Spec8 };
    let finding = super::super::SpecBadge.assess(&case);
    let proposal = super::super::SpecBadge.propose(&case);
    crate::requirement::trial::agrees(&finding, &proposal);
    (finding, proposal)
}

/// The README with the badge, which must be seen, and not be put there again.
fn shown(path: &str, text: &str) -> String {
    let (_, proposal) = told(&facts(path, text));
    let [fix] = proposal.fixes.as_slice() else { panic!("{path}: {proposal:?}\n{text}") };
    let [FileFix::Edit { edits, .. }] = fix.files.as_slice() else { panic!("{fix:?}") };
    let new = splice::apply(text, edits).unwrap();
    let (after, again) = told(&facts(path, &new));
    assert_eq!((after.verdict, again), (Verdict::Pass, Proposal::default()), "{new}");
    assert_eq!((text.contains("\r\n"), text.ends_with('\n')), (new.contains("\r\n"), new.ends_with('\n')), "{new:?}");
    assert!(!new.contains("\r\n") || !new.replace("\r\n", "").contains('\n'), "{new:?}");
    new.replace(&in_markdown(), "MD").replace(&in_html(), "HTML").replace(IMAGE, "IMAGE").replace(SPEC, "SPEC")
}

#[test]
fn markdown_gets_it_behind_its_first_badge() {
    let badge = "[![ci](https://github.com/o/r/badge.svg)](x)";
    assert_eq!(
        shown("README.md", &format!("# T\n\n{badge}\n{badge}\n\ntext\n")),
        format!("# T\n\n{badge}\nMD\n{badge}\n\ntext\n")
    );
    assert_eq!(shown("README.md", &format!("# T\r\n  {badge}\r\n")), format!("# T\r\n  {badge}\r\n  MD\r\n"));
    assert_eq!(shown("README.md", &format!("\u{feff}{badge}")), format!("\u{feff}{badge}\nMD"));
    let html = "<p>\n  <a href=\"x\"><img src=\"https://img.shields.io/a\"></a>\n</p>\n";
    assert_eq!(shown("README.md", html), html.replace("</a>\n", "</a>\n  HTML\n"));
}

#[test]
fn markdown_without_badges_gets_it_below_its_title() {
    assert_eq!(shown("README.md", "# T\n\ntext\n"), "# T\n\nMD\n\ntext\n");
    assert_eq!(shown("docs/README.md", "T\n===\ntext\n"), "T\n===\n\nMD\ntext\n");
    assert_eq!(shown("README.md", "# T"), "# T\n\nMD");
    let hidden = "<!--\n[![ci](badge.svg)](x)\n-->\n# T\n```\n![ci](badge.svg)\n```\n";
    assert_eq!(shown("README.md", hidden), hidden.replace("# T\n", "# T\n\nMD\n"));
}

#[test]
fn restructured_text_gets_it_as_an_image() {
    let badge = ".. image:: IMAGE\n   :target: SPEC\n   :alt: SPEC 8 — Securing the Release Process\n";
    let first = ".. image:: https://e.org/badge.svg\n   :target: x\n";
    assert_eq!(shown("README.rst", &format!("T\n=\n\n{first}\ntext\n")), format!("T\n=\n\n{first}{badge}\ntext\n"));
    assert_eq!(shown("README.rst", &format!("{first}\n{first}")), format!("{first}\n{badge}\n{first}"));
    assert_eq!(shown("README.rst", "===\nT T\n===\n\ntext\n"), format!("===\nT T\n===\n\n{badge}\ntext\n"));
    let named = "T\n=\n\n|ci| |docs|\n\n.. |ci| image:: a.svg\n   :alt: a\n.. |docs| image:: b.svg\n";
    let new = shown("README.rst", named);
    assert!(new.contains("|ci| |docs|\n|SPEC 8|\n"), "{new}");
    assert!(new.contains("   :alt: a\n.. |SPEC 8| image:: IMAGE\n   :target: SPEC\n"), "{new}");
}

#[test]
fn other_markup_is_refused_with_the_badge_to_paste() {
    for (path, text) in [("README.adoc", "= T\n"), ("README.txt", "T\n"), ("README", "T\n"), ("README.md", "text\n")] {
        let (_, proposal) = told(&facts(path, text));
        assert_eq!((proposal.fixes.len(), proposal.refusals[0].snippet.clone()), (0, in_markdown()), "{path}");
    }
}
