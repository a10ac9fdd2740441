//! R13 spec-badge: the README shows the SPEC 8 badge, and truly.

mod fix;

use super::{Case, Check, Evidence, Finding, FixOffer, Level, Meta, Proposal, Requirement, Role, Verdict};
use crate::fact::files::FileSet;
use crate::fact::interest::{self, Document};
use crate::fact::prose::Page;
use crate::fact::{Facts, Reason, Topic, Unknown};
use crate::text::Span;

/// R13.
#[derive(Debug)]
pub struct SpecBadge;

/// What R13 is.
pub static META: Meta = Meta {
    id: "R13",
    slug: "spec-badge",
    title: "The README shows the SPEC 8 badge, and truly",
    level: Level::Informational,
    spec: "https://scientific-python.org/specs/spec-0008/#badges",
    checks: &[("badge", Role::Decisive)],
    needs: &[Topic::Files],
};

const BADGE: &str = "badge";

/// What the badge claims: the requirements that a release itself shows.
const CLAIMED: &[&str] = &["R02", "R05", "R07", "R08", "R12"];

/// Characters that end an address in Markdown, `reStructuredText` and HTML.
const ENDS: &[char] = &[' ', '\t', '\r', '\n', ')', '(', '"', '\'', '<', '>', '`', '[', ']'];

impl Requirement for SpecBadge {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let Some(files) = case.facts.files.value() else {
            return Finding::of(&META, Check::all_missing(&META, &case.facts.files, Topic::Files));
        };
        let shown = files.texts.iter().filter(|(path, _)| may_show(path));
        let page = |path: &String| case.facts.pages.get(path);
        let mut found = shown.filter_map(|(path, text)| Some((path, badge(text, page(path)?)?)));
        match found.next() {
            Some((path, span)) => Finding::of(&META, vec![claim(case, path, span)]),
            None => match unread(case.facts, files) {
                Some(why) => Finding::of(&META, vec![Check::unknown(BADGE, Role::Decisive, &why)]),
                None => none(case, files),
            },
        }
    }

    fn propose(&self, case: &Case<'_>) -> Proposal {
        let (offer, files) = (self.assess(case).fix, case.facts.files.value());
        let readme = files.and_then(readme);
        offer.zip(readme).map(|(offer, path)| fix::propose(case.facts, path, &offer.title)).unwrap_or_default()
    }
}

/// The README nearest to the root.
fn readme(files: &FileSet) -> Option<&str> {
    let readmes = files.texts.keys().filter(|path| interest::document(path) == Some(Document::Readme));
    readmes.min_by_key(|path| path.matches('/').count()).map(String::as_str)
}

/// Whether a file is one where readers look for badges.
fn may_show(path: &str) -> bool {
    matches!(interest::document(path), Some(Document::Readme | Document::DocsIndex))
}

/// The badge is there: whether what it claims holds.
fn claim(case: &Case<'_>, path: &str, span: Span) -> Check {
    let failing = of_claimed(case, |verdict| verdict == Some(Verdict::Fail));
    let open = of_claimed(case, |verdict| {
        matches!(verdict, None | Some(Verdict::Unknown | Verdict::Manual | Verdict::Pending))
    });
    let check = if !failing.is_empty() {
        Check::decisive(BADGE, Verdict::Warn, format!("{path} claims SPEC 8 while {} fail", failing.join(", ")))
    } else if open.is_empty() {
        Check::decisive(BADGE, Verdict::Pass, format!("{path} shows the SPEC 8 badge"))
    } else {
        let summary = format!("{path} shows the SPEC 8 badge; whether {} hold is not known", open.join(", "));
        Check::decisive(BADGE, Verdict::Pass, summary)
    };
    check.with(Evidence::at(path, span, "the badge"))
}

fn of_claimed(case: &Case<'_>, holds: impl Fn(Option<Verdict>) -> bool) -> Vec<&'static str> {
    CLAIMED.iter().copied().filter(|id| holds(case.verdict_of(id))).collect()
}

/// No badge: nobody has to show one, and it is offered where it would be true.
fn none(case: &Case<'_>, files: &FileSet) -> Finding {
    let earned = of_claimed(case, |verdict| verdict == Some(Verdict::Pass)).len() == CLAIMED.len();
    let check = Check::decisive(BADGE, Verdict::NotApplicable, "no SPEC 8 badge is shown, and none has to be");
    let looked_in = files.texts.keys().filter(|path| may_show(path)).cloned();
    let fix = readme(files).filter(|_| earned).map(|path| FixOffer::safe(format!("show the SPEC 8 badge in {path}")));
    Finding::of(&META, vec![check.with(Evidence::absence(looked_in))]).with_fix(fix)
}

/// A README that could not be read may show it.
fn unread(facts: &Facts, files: &FileSet) -> Option<Unknown> {
    let hidden = facts.problems.iter().find(|problem| problem.hides && may_show(&problem.path));
    let detail = hidden.map(|problem| format!("{} could not be read: {}", problem.path, problem.message));
    let listed = || files.listed.iter().find(|path| may_show(path)).map(|path| format!("{path} was not read"));
    Some(Unknown::new(Reason::NotParsed, detail.or_else(listed)?))
}

/// Where a text shows the badge: by its address, by the address of the SPEC, or by the words of an image. Comments and
/// code show nothing.
fn badge(text: &str, page: &Page) -> Option<Span> {
    let seen = |span: &Span| !page.placed || !page.hides(*span);
    let addresses = addresses(text).filter(|(address, _)| is_badge(address)).map(|(_, span)| span);
    let images = page.links.iter().filter(|link| link.image && claims_eight(&link.text)).map(|link| link.span);
    addresses.chain(images).chain(alternatives(text)).filter(seen).min()
}

/// Every address in a text, with its place.
fn addresses(text: &str) -> impl Iterator<Item = (&str, Span)> {
    let mut start = 0;
    text.split_inclusive(ENDS).filter_map(move |piece| {
        let at = start;
        start += piece.len();
        let address = piece.trim_end_matches(ENDS);
        let from = address.find("http").filter(|_| address.contains("://"))?;
        Some((address.get(from..)?, Span::new(at + from, at + address.len())))
    })
}

/// The words of HTML images (`alt="SPEC 8"`) that name SPEC 8.
fn alternatives(text: &str) -> impl Iterator<Item = Span> {
    text.match_indices("alt=").filter_map(|(at, mark)| {
        let rest = text.get(at + mark.len()..)?;
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let words = rest.get(1..)?.split(quote).next()?;
        claims_eight(words).then(|| Span::new(at, at + mark.len() + words.len() + 2))
    })
}

/// Whether an address is the page of SPEC 8 or draws its badge.
fn is_badge(address: &str) -> bool {
    let address = decoded(address).to_lowercase();
    let page = address
        .split_once("/specs/spec-0008")
        .is_some_and(|(_, rest)| !rest.starts_with(|c: char| c.is_alphanumeric()));
    let drawn = address.split_once("/badge/").is_some_and(|(_, content)| claims_eight(&label(content)));
    let asked = address.split_once("static/v1?").is_some_and(|(_, query)| {
        let value = |key: &str| query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
        claims_eight(&format!("{} {}", value("label").unwrap_or_default(), value("message").unwrap_or_default()))
    });
    page || drawn || asked
}

/// The words of a drawn badge (`label-message-colour`), without its colour.
fn label(content: &str) -> String {
    let content =
        content.split(['?', '#']).next().unwrap_or_default().trim_end_matches(".svg").trim_end_matches(".png");
    // Two dashes stand for one that is shown.
    let shown = content.replace("--", "–").replace('_', " ");
    let words = shown.rsplit_once(['-', '/']).map_or(shown.as_str(), |(words, _)| words);
    words.replace(['-', '/'], " ")
}

/// Whether words name SPEC 8, alone or in a list of SPECs: `SPEC 8 — …`, `SPEC 0, 1, 8`, `SPEC — 0 | 8`.
fn claims_eight(words: &str) -> bool {
    let words = words.to_lowercase();
    words.match_indices("spec").any(|(at, mark)| {
        let alone = words.get(..at).is_some_and(|before| !before.ends_with(char::is_alphanumeric));
        let list = words.get(at + mark.len()..).unwrap_or_default();
        alone && numbers(list.strip_prefix('s').unwrap_or(list)).contains(&8)
    })
}

/// The numbers at the beginning of a text, up to the first word that is none. Marks may follow the last one
/// (`8](badge.svg)`), letters and decimals may not (`8CA1AF`, `1.8`).
fn numbers(text: &str) -> Vec<u32> {
    let separates = |c: char| c.is_whitespace() || "-–—_,;|/&+:#·•".contains(c);
    let mut found = Vec::new();
    for word in text.split(separates).filter(|word| !word.is_empty() && *word != "and") {
        let digits = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
        let Some((number, rest)) = word.split_at_checked(digits) else { break };
        let decimal = rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        match number.parse() {
            Ok(number) if !decimal && !rest.starts_with(char::is_alphanumeric) => found.push(number),
            _ => break,
        }
        if !rest.is_empty() {
            break;
        }
    }
    found
}

/// An address with its `%20` and the like as the characters they stand for.
fn decoded(address: &str) -> String {
    let mut parts = address.split('%');
    let mut bytes: Vec<u8> = parts.next().unwrap_or_default().bytes().collect();
    for part in parts {
        let hex = part.split_at_checked(2).and_then(|(hex, rest)| Some((u8::from_str_radix(hex, 16).ok()?, rest)));
        let (byte, rest) = hex.unwrap_or((b'%', part));
        bytes.push(byte);
        bytes.extend(rest.bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::files::Problem;
    use crate::fact::{Fact, Observation};
    use crate::requirement::{ALL, Profile};

    const SHIELD: &str = "https://img.shields.io/badge/SPEC-8-green?labelColor=%23004811&color=%235CA038";

    fn recorded(files: FileSet) -> Facts {
        let mut facts = Facts::default();
        facts.record(Observation::Files(Fact::local(files, jiff::Timestamp::UNIX_EPOCH)));
        facts
    }

    fn facts(path: &str, text: &str) -> Facts {
        recorded(FileSet { texts: [(path.to_owned(), text.into())].into(), ..FileSet::default() })
    }

    fn earlier(verdicts: &[(&str, Verdict)]) -> Vec<Finding> {
        let finding = |meta: &'static Meta| {
            let verdict = verdicts.iter().find(|(id, _)| *id == meta.id).map_or(Verdict::Pass, |(_, verdict)| *verdict);
            Finding::of(meta, vec![Check::decisive("x", verdict, "")])
        };
        ALL.iter().map(|requirement| finding(requirement.meta())).collect()
    }

    fn assess(facts: &Facts, earlier: &[Finding]) -> Finding {
        SpecBadge.assess(&Case { facts, earlier, profile: Profile::Spec8 })
    }

    #[test]
    fn every_form_of_the_badge_is_seen() {
        let page = "https://scientific-python.org/specs/spec-0008/";
        for text in [
            format!("[![SPEC 8 — Securing the Release Process]({SHIELD})]({page})\n"),
            "[![x](https://img.shields.io/badge/SPEC-0,1,4,6,7,8-green)](https://scientific-python.org/specs/)\n"
                .to_owned(),
            "![x](https://img.shields.io/badge/SPEC-0%2C1%2C8-green.svg)\n".to_owned(),
            "![x](https://img.shields.io/badge/SPEC_8-Securing_the_release-green)\n".to_owned(),
            "![x](https://img.shields.io/badge/SPEC%208-yes-blue)\n".to_owned(),
            "![x](https://img.shields.io/badge/SPEC%20%E2%80%94%200%20%7C%201%20%7C%208-green)\n".to_owned(),
            "![x](https://img.shields.io/static/v1?label=SPEC&message=8&color=green)\n".to_owned(),
            "![x](https://badgen.net/badge/SPEC/8/green)\n".to_owned(),
            "![SPEC 8](docs/badge.svg)\n".to_owned(),
            "<a href=\"https://scientific-python.cn/specs/spec-0008\"><img src=\"b.svg\"></a>\n".to_owned(),
            "<p>\n<img alt='SPEC 0, 8' src='b.svg'>\n</p>\n".to_owned(),
        ] {
            let finding = assess(&facts("README.md", &text), &earlier(&[]));
            assert_eq!(finding.verdict, Verdict::Pass, "{text}");
        }
        let rst = format!(".. |SPEC 8| image:: {SHIELD}\n   :target: {page}\n");
        for path in ["README.rst", "docs/index.rst", "doc/source/index.rst", ".github/README.rst"] {
            assert_eq!(assess(&facts(path, &rst), &earlier(&[])).verdict, Verdict::Pass, "{path}");
        }
        assert_eq!(assess(&facts("README.rst", ".. image:: b.svg\n   :alt: SPEC 8\n"), &[]).verdict, Verdict::Pass);
    }

    #[test]
    fn words_other_specs_comments_and_code_are_no_badge() {
        for text in [
            "SPEC 8 is nice\n",
            "[![x](https://img.shields.io/badge/SPEC-0,1-green)](https://scientific-python.org/specs/)\nSPEC 8 is nice\n",
            "![SPEC 0](https://img.shields.io/badge/SPEC-0-green)\n",
            "![SPEC 18](https://img.shields.io/badge/SPEC-18-green)\n",
            "![SPEC 80](https://img.shields.io/badge/SPEC-80-green)\n",
            "![x](https://img.shields.io/badge/SPEC-1-8CA1AF)\n",
            "![x](https://img.shields.io/badge/SPEC-1-8)\n",
            "![x](https://img.shields.io/badge/SPEC-1.8-green)\n",
            "![x](https://img.shields.io/badge/inspect-8-green)\n",
            "[a](https://scientific-python.org/specs/spec-0000/) and [b](https://scientific-python.org/specs/spec-00080/)\n",
            "<!-- [![SPEC 8](https://img.shields.io/badge/SPEC-8-green)](x) -->\n",
            "```\n![SPEC 8](https://img.shields.io/badge/SPEC-8-green)\n```\n",
            "![Python 3.8](https://img.shields.io/badge/python-3.8-green)\n",
            "",
        ] {
            let finding = assess(&facts("README.md", text), &earlier(&[]));
            assert_eq!(finding.verdict, Verdict::NotApplicable, "{text}");
        }
        assert_eq!(assess(&facts("docs/other.md", SHIELD), &[]).verdict, Verdict::NotApplicable);
        assert_eq!(
            assess(&facts("README.rst", &format!(".. hidden\n   {SHIELD}\n")), &[]).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn a_claim_that_fails_warns_and_names_what_fails() {
        let facts = facts("README.md", &format!("# T\n\n![b]({SHIELD})\n"));
        let finding =
            assess(&facts, &earlier(&[("R05", Verdict::Fail), ("R12", Verdict::Fail), ("R10", Verdict::Fail)]));
        assert_eq!(finding.verdict, Verdict::Warn);
        assert!(finding.summary.contains("claims SPEC 8 while R05, R12 fail"), "{}", finding.summary);
        let Some(Evidence::File { path, span: Some(span), .. }) = finding.checks[0].evidence.first() else { panic!() };
        assert_eq!((path.as_str(), span.slice(facts.text(path).unwrap())), ("README.md", SHIELD));
    }

    #[test]
    fn a_claim_that_cannot_be_checked_passes_and_says_so() {
        let facts = facts("README.md", &format!("![b]({SHIELD})\n"));
        let finding = assess(&facts, &earlier(&[("R07", Verdict::Unknown), ("R02", Verdict::Warn)]));
        assert_eq!(finding.verdict, Verdict::Pass);
        assert!(finding.summary.contains("whether R07 hold is not known"), "{}", finding.summary);
        assert!(assess(&facts, &[]).summary.contains("R02, R05, R07, R08, R12"));
    }

    #[test]
    fn the_badge_is_offered_only_where_it_would_be_true() {
        let facts = facts("README.md", "# T\n");
        assert_eq!(assess(&facts, &earlier(&[])).fix.unwrap().title, "show the SPEC 8 badge in README.md");
        for verdict in [Verdict::Warn, Verdict::Unknown, Verdict::Fail, Verdict::NotApplicable] {
            assert_eq!(assess(&facts, &earlier(&[("R08", verdict)])).fix, None, "{verdict:?}");
        }
        assert_eq!(assess(&facts, &[]).fix, None);
        assert_eq!(assess(&recorded(FileSet::default()), &earlier(&[])).fix, None, "there is no README");
    }

    #[test]
    fn what_could_not_be_read_is_unknown() {
        let hidden =
            FileSet { problems: vec![Problem::hiding("README.md", None, "is not UTF-8")], ..FileSet::default() };
        let finding = assess(&recorded(hidden), &[]);
        assert_eq!((finding.verdict, finding.unknown().unwrap().reason), (Verdict::Unknown, Reason::NotParsed));
        let listed = FileSet { listed: vec!["README.rst".to_owned()], ..FileSet::default() };
        assert_eq!(assess(&recorded(listed), &[]).verdict, Verdict::Unknown);
        assert_eq!(assess(&Facts::default(), &[]).verdict, Verdict::Pending);
    }

    #[test]
    fn percent_signs_are_decoded_and_broken_ones_kept() {
        assert_eq!(decoded("a%20b%E2%80%94"), "a b—");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz%2"), "%zz%2");
    }
}
