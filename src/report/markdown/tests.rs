//! The Markdown report is complete, and nothing from outside does anything in it.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::*;
use crate::report::{baseline::Baseline, runner, sample, write_json};

fn markdown(fleet: &Fleet, look: &Look<'_>) -> String {
    let mut out = Vec::new();
    write(&Report { fleet, at: sample::now(), partial: false }, look, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn plain(fleet: &Fleet) -> String {
    markdown(fleet, &Look::default())
}

fn events(text: &str) -> Vec<Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
    Parser::new_ext(text, options).collect()
}

/// Whatever a reader of Markdown makes of a report that is more than text, or leads elsewhere than it should.
fn suspicious(text: &str) -> Vec<String> {
    let home = ["https://github.com/", "https://scientific-python.org/", "https://docs."];
    let mut in_code = false;
    let mut bad = Vec::new();
    for event in events(text) {
        match &event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            _ => {}
        }
        let is_bad = match &event {
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::Start(Tag::Image { .. } | Tag::HtmlBlock) => true,
            Event::Start(Tag::Link { dest_url, .. }) => !home.iter().any(|start| dest_url.starts_with(start)),
            Event::Text(text) => !in_code && text.split(' ').any(|word| word.starts_with('@') || word.contains("://")),
            _ => false,
        };
        if is_bad {
            bad.push(format!("{event:?}"));
        }
    }
    bad
}

#[test]
fn the_report_is_as_documented() {
    let text = plain(&sample::every_verdict()).replace(VERSION, "[version]");
    insta::with_settings!({snapshot_path => "../../../tests/snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("markdown", text);
        insta::assert_snapshot!("markdown_hostile", plain(&sample::hostile()).replace(VERSION, "[version]"));
    });
}

#[test]
fn every_open_requirement_has_its_reason_place_remedy_and_proof() {
    for fleet in [sample::every_verdict(), sample::several(), sample::hostile()] {
        let text = plain(&fleet);
        let sections: Vec<&str> = text.split("\n### ").skip(1).filter(|part| part.contains("SPEC 8")).collect();
        let open = fleet.repos.values().flat_map(|repo| &repo.findings);
        let open = open.filter(|finding| open::is_open(finding.verdict)).count();
        assert_eq!(sections.len(), open);
        for section in sections {
            for part in ["- **Reason:** ", "  - **Place:** ", "- **Do:** ", "- **Settled when:** "] {
                assert!(section.contains(part), "{part} is missing in {section}");
            }
        }
    }
}

#[test]
fn what_keeps_a_repository_back_comes_first() {
    let text = plain(&sample::every_verdict());
    let heads: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let ids: Vec<&str> = heads.iter().filter_map(|head| head.split(' ').nth(1)).collect();
    assert_eq!(ids, ["R02", "R05", "R10", "R04", "R06", "R03", "R07", "aside", "with"], "{heads:?}");
}

#[test]
fn nothing_from_outside_is_live() {
    for fleet in [sample::every_verdict(), sample::several(), sample::hostile()] {
        let text = plain(&fleet);
        assert_eq!(suspicious(&text), Vec::<String>::new());
        assert!(runner::commands(&text).is_empty(), "{text}");
        assert!(!text.contains(|c: char| c != '\n' && clean::is_unwanted(c)));
    }
}

#[test]
fn names_made_for_markdown_stay_names() {
    let evil =
        "](https://evil.test) ![x](https://evil.test/x.png) <img src=x> @ada #12 |a|b| `x` ``` \n# h\n- l\n[r]: u";
    let mut fleet = sample::every_verdict();
    let repo = fleet.repos.values_mut().next().unwrap();
    repo.target.id.target = evil.into();
    repo.target.path = Some(evil.to_owned());
    for finding in &mut repo.findings {
        finding.summary = evil.to_owned();
        if let Some(waiver) = &mut finding.waiver {
            (waiver.reason, waiver.owner, waiver.until) = (evil.to_owned(), evil.to_owned(), Some(evil.to_owned()));
        }
        if let Some(guide) = &mut finding.guide {
            (guide.url, guide.command) = (evil.to_owned(), format!("{evil}\n```\n<b>"));
            guide.steps = vec![evil.to_owned()];
        }
        for check in &mut finding.checks {
            check.summary = evil.to_owned();
            check.evidence.push(crate::requirement::Evidence::file(evil, evil));
            check.evidence.push(crate::requirement::Evidence::absence([evil]));
        }
    }
    let (evil, usual) = (plain(&fleet), plain(&sample::every_verdict()));
    assert_eq!(suspicious(&evil), Vec::<String>::new());
    let count = |text: &str, wanted: fn(&Event<'_>) -> bool| events(text).iter().filter(|event| wanted(event)).count();
    let cells = |text: &str| count(text, |event| matches!(event, Event::Start(Tag::TableCell)));
    let heads = |text: &str| count(text, |event| matches!(event, Event::Start(Tag::Heading { .. })));
    assert_eq!((cells(&evil), heads(&evil)), (cells(&usual), heads(&usual)));
}

#[test]
fn changes_since_a_baseline_are_told_at_the_top() {
    let mut json = Vec::new();
    let before = sample::every_verdict();
    write_json(&Report { fleet: &before, at: sample::now(), partial: false }, &mut json).unwrap();
    let baseline = Baseline::parse(&String::from_utf8(json).unwrap()).unwrap();
    let mut after = sample::every_verdict();
    let repo = after.repos.values_mut().next().unwrap();
    repo.findings[0] = sample::failing(repo.findings[0].meta, None);
    let comparison = Comparison::of(&baseline, &after, None);
    let text = markdown(&after, &Look { comparison: Some(&comparison), ..Look::default() });
    assert!(text.contains("## Since the baseline of 2026-11-22T16:00:00Z: 1 worse\n"), "{text}");
    assert!(text.contains("- **worse** `src/solvers` R01 release-docs: pass → fail: it does not hold"), "{text}");
}
