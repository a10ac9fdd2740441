//! R01 release-docs: the release process is documented, step by step and with the permissions it takes.
//!
//! Names and headings say where to look ([`part`]), apart from what tells of past releases ([`notes`]); what stands
//! there decides: how far it goes step by step ([`steps`]) and whether it says who may release ([`mod@permissions`]).

mod fix;
mod notes;
mod part;
mod permissions;
mod steps;

use super::{Case, Check, Evidence, Finding, FixOffer, Guide, Level, Meta, Proposal, Requirement, Role, Verdict};
use crate::fact::files::FileSet;
use crate::fact::interest::{self, Document};
use crate::fact::prose::Block;
use crate::fact::{Facts, Reason, Topic, Unknown};
use crate::text::{Span, clean};
use part::{Part, Source};
use steps::Steps;

/// What marks a gap in a draft that a person must fill.
pub const GAP: &str = "FILL IN:";

/// R01.
#[derive(Debug)]
pub struct ReleaseDocs;

/// What R01 is.
pub static META: Meta = Meta {
    id: "R01",
    slug: "release-docs",
    title: "The release process is documented, step by step and with the permissions it takes",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#document-the-release-process",
    checks: &[("document", Role::Decisive), ("permissions-described", Role::Decisive)],
    needs: &[Topic::Files],
};

const DOCUMENT: &str = "document";
const PERMISSIONS: &str = "permissions-described";

impl Requirement for ReleaseDocs {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let Some(files) = case.facts.files.value() else {
            return Finding::of(&META, Check::all_missing(&META, &case.facts.files, Topic::Files));
        };
        let sources = Source::all(case.facts);
        let told: Vec<Told<'_>> = sources.iter().flat_map(Source::parts).map(Told::read).collect();
        let best = best(&told);
        let document = match best {
            Some(best) if best.steps.suffice() => found(best),
            Some(best) => elsewhere(case.facts, &sources, &told).unwrap_or_else(|| too_short(best)),
            None => elsewhere(case.facts, &sources, &told)
                .or_else(|| unread(case.facts, files))
                .unwrap_or_else(|| absent(&told)),
        };
        let described = matches!(document.verdict, Verdict::Pass | Verdict::Warn);
        let permissions = match best.filter(|_| described) {
            Some(best) => permissions(best, &told),
            None => Check::decisive(PERMISSIONS, Verdict::NotApplicable, "nothing to look in: see `document`"),
        };
        conclude(document, permissions, best, files)
    }

    fn propose(&self, case: &Case<'_>) -> Proposal {
        let finding = self.assess(case);
        let Some(offer) = finding.fix else { return Proposal::default() };
        if finding.checks.iter().any(|check| check.id == DOCUMENT && check.verdict == Verdict::Fail) {
            return fix::drafted(case.facts, &offer.title);
        }
        let sources = Source::all(case.facts);
        let told: Vec<Told<'_>> = sources.iter().flat_map(Source::parts).map(Told::read).collect();
        best(&told).map(|best| fix::extended(case.facts, best, &offer.title)).unwrap_or_default()
    }
}

/// The account of the process that goes furthest.
fn best<'a, 'b>(told: &'b [Told<'a>]) -> Option<&'b Told<'a>> {
    told.iter().filter(|told| told.steps.count > 0).max_by_key(|told| told.rank())
}

/// A part with what it tells.
struct Told<'a> {
    part: Part<'a>,
    steps: Steps,
    permission: Option<&'a Block>,
    gap: Option<Span>,
}

impl<'a> Told<'a> {
    fn read(part: Part<'a>) -> Self {
        let (steps, permission) = (Steps::of(&part), permissions::named_in(part.blocks));
        Self { steps, permission, gap: gap(&part), part }
    }

    /// Which account is shown: one to follow, without gaps, that names permissions, on a page of its own.
    fn rank(&self) -> (bool, bool, bool, bool, usize) {
        let own_page = self.part.source.document == Document::ReleasePage;
        (self.steps.suffice(), self.gap.is_none(), self.permission.is_some(), own_page, self.steps.count)
    }

    fn path(&self) -> &'a str {
        self.part.source.path
    }

    fn at(&self, span: Span, note: impl Into<String>) -> Evidence {
        let note = note.into();
        if self.part.source.page.placed {
            Evidence::at(self.path(), span, note)
        } else {
            Evidence::file(self.path(), note)
        }
    }

    /// Where the account stands, in words.
    fn place(&self) -> String {
        match self.part.heading.filter(|_| self.part.is_section) {
            Some(heading) => format!("the section \"{}\" of {}", clean::short(&heading.text, 60), self.path()),
            None => self.path().to_owned(),
        }
    }
}

/// The first gap of a draft, wherever it is written (a comment too: the draft is not done).
fn gap(part: &Part<'_>) -> Option<Span> {
    let text = part.source.text;
    let end = part.blocks.last().map_or(text.len(), |last| last.span.end);
    let area = if part.is_section { Span::new(part.place().start, end) } else { Span::new(0, text.len()) };
    let at = area.start + area.slice(text).find(GAP)?;
    Some(Span::new(at, at + GAP.len()))
}

fn found(best: &Told<'_>) -> Check {
    let summary = format!("{} describes the release in {} {}", best.place(), best.steps.count, best.steps.are);
    Check::decisive(DOCUMENT, Verdict::Pass, summary).with_all(evidence(best))
}

fn too_short(best: &Told<'_>) -> Check {
    let summary = format!(
        "{} speaks of releases but does not go step by step ({} found, {} make a process)",
        best.place(),
        best.steps.count,
        steps::ENOUGH
    );
    Check::decisive(DOCUMENT, Verdict::Warn, summary).with_all(evidence(best))
}

fn evidence(best: &Told<'_>) -> Vec<Evidence> {
    let heading = best.at(best.part.place(), "where the release process is described");
    let first = best.steps.first.map(|span| best.at(span, "the first step"));
    std::iter::once(heading).chain(first).collect()
}

/// The process is said to be documented elsewhere: by the project itself, or by a link.
fn elsewhere(facts: &Facts, sources: &[Source<'_>], told: &[Told<'_>]) -> Option<Check> {
    if let Some(place) = &facts.declared.release_docs {
        let summary =
            format!("the project says the process is documented at {}; a person must say whether it is", place.place());
        let evidence =
            Evidence::file(crate::fact::declared::PATH, format!("release-docs: {}", clean::line(place.place())));
        return Some(Check::decisive(DOCUMENT, Verdict::Manual, summary).with(evidence));
    }
    // A sentence with an instruction is an account of its own; only parts without one are judged by their links.
    let silent = told.iter().all(|told| told.steps.count == 0);
    let from_parts = || told.iter().flat_map(|told| told.part.links_away().map(|link| (told.part.source, link)));
    let named = || sources.iter().flat_map(|source| source.links_to_process().map(move |link| (source, link)));
    let (source, link) = named().next().or_else(|| from_parts().next()).filter(|_| silent)?;
    let summary = format!(
        "{} only links to {}; a person must say whether the process is documented there",
        source.path,
        clean::short(&link.target, 100)
    );
    let note = "a link to the release process";
    let evidence =
        if source.page.placed { Evidence::at(source.path, link.span, note) } else { Evidence::file(source.path, note) };
    Some(Check::decisive(DOCUMENT, Verdict::Manual, summary).with(evidence))
}

/// A document that could not be read may be the one that is looked for.
fn unread(facts: &Facts, files: &FileSet) -> Option<Check> {
    let could_tell = |path: &str| {
        matches!(
            interest::document(path),
            Some(Document::ReleasePage | Document::ReleaseTemplate | Document::ContributorPage)
        )
    };
    let hidden = facts.problems.iter().find(|problem| {
        problem.hides
            && (could_tell(&problem.path) || (interest::wants_folder(&problem.path) && may_hold_pages(&problem.path)))
    });
    let detail = if let Some(problem) = hidden {
        format!("{} could not be read ({}) and may describe the release", problem.path, problem.message)
    } else {
        let path = files.listed.iter().find(|path| could_tell(path))?;
        format!("{path} was not read and may describe the release")
    };
    Some(Check::unknown(DOCUMENT, Role::Decisive, &Unknown::new(Reason::NotParsed, detail)))
}

/// Workflows and actions hold no pages.
fn may_hold_pages(folder: &str) -> bool {
    !folder.starts_with(".github/workflows") && !folder.starts_with(".github/actions")
}

fn absent(told: &[Told<'_>]) -> Check {
    let looked_in = [
        "RELEASING.md and the like",
        "docs",
        ".github templates",
        "release sections of CONTRIBUTING, MAINTAINERS and README",
    ];
    match told.first() {
        Some(told) => {
            let summary = format!("{} tells no step of making a release", told.place());
            Check::decisive(DOCUMENT, Verdict::Fail, summary)
                .with(told.at(told.part.place(), "no instruction below this"))
        }
        None => Check::decisive(DOCUMENT, Verdict::Fail, "no document describes how a release is made"),
    }
    .with(Evidence::absence(looked_in))
}

fn permissions(best: &Told<'_>, told: &[Told<'_>]) -> Check {
    if let Some(gap) = best.gap {
        let summary = format!("{} has gaps a person must fill", best.path());
        return Check::decisive(PERMISSIONS, Verdict::Warn, summary).with(best.at(gap, "a gap to fill"));
    }
    // A page that gives no steps is no account of the process, so what it says about maintainers does not count.
    let counts = |told: &&Told<'_>| told.gap.is_none() && (told.part.is_section || told.steps.suffice());
    let others = told.iter().filter(counts);
    let named = std::iter::once(best).chain(others).find_map(|told| Some((told, told.permission?)));
    match named {
        Some((told, block)) => {
            Check::decisive(PERMISSIONS, Verdict::Pass, format!("{} says who may release", told.path()))
                .with(told.at(block.span, "a role, right or approval is named here"))
        }
        None => Check::decisive(
            PERMISSIONS,
            Verdict::Warn,
            format!("{} does not say which role, right or approval a release takes", best.path()),
        )
        .with(best.at(best.part.place(), "no role, right or approval is named below this")),
    }
}

fn conclude(document: Check, permissions: Check, best: Option<&Told<'_>>, files: &FileSet) -> Finding {
    let (documented, described) = (document.verdict, permissions.verdict);
    let gaps = best.is_some_and(|best| best.gap.is_some());
    let drafted = files.texts.keys().any(|path| path.eq_ignore_ascii_case("RELEASING.md"));
    let fix = match (documented, described, best) {
        (Verdict::Fail, ..) if !drafted => Some(FixOffer::review(
            "draft RELEASING.md from the release workflow, with the gaps marked that a person must fill",
        )),
        (_, Verdict::Warn, Some(best)) if !gaps => {
            Some(FixOffer::review(format!("add a section on permissions and approvals to {}", best.path())))
        }
        _ => None,
    };
    let finding = Finding::of(&META, vec![document, permissions]).with_fix(fix);
    match best.filter(|_| gaps) {
        Some(best) => finding.with_guide(Some(Guide {
            steps: vec![format!("fill in the lines marked \"{GAP}\" in {} and take the marks away", best.path())],
            ..Guide::default()
        })),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::declared::{Declared, Elsewhere};
    use crate::fact::files::Problem;
    use crate::fact::{Fact, Observation};
    use crate::requirement::Profile;

    const STEPS: &str = "1. Bump the version\n2. Commit and tag\n3. Push the tag\n";

    fn facts(texts: &[(&str, &str)]) -> Facts {
        let texts = texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).into())).collect();
        recorded(FileSet { texts, ..FileSet::default() })
    }

    fn recorded(files: FileSet) -> Facts {
        let mut facts = Facts::default();
        facts.record(Observation::Files(Fact::local(files, jiff::Timestamp::UNIX_EPOCH)));
        facts
    }

    fn assess(facts: &Facts) -> Finding {
        let finding = ReleaseDocs.assess(&Case { facts, earlier: &[], profile: Profile::Spec8 });
        let ids: Vec<_> = finding.checks.iter().map(|check| (check.id, check.role)).collect();
        assert_eq!(ids, META.checks);
        finding
    }

    fn verdict(texts: &[(&str, &str)]) -> Verdict {
        assess(&facts(texts)).verdict
    }

    fn lines(facts: &Facts, check: &Check) -> Vec<(String, usize)> {
        let line = |evidence: &Evidence| match evidence {
            Evidence::File { path, span: Some(span), .. } => {
                Some((path.clone(), crate::text::span::place(facts.text(path)?, span.start).line))
            }
            _ => None,
        };
        check.evidence.iter().filter_map(line).collect()
    }

    #[test]
    fn steps_and_permissions_pass_with_the_lines_that_prove_it() {
        let text = format!("# Releasing\n\nYou need push access.\n\n{STEPS}");
        let facts = facts(&[("RELEASING.md", &text)]);
        let finding = assess(&facts);
        assert_eq!(finding.verdict, Verdict::Pass);
        let path = "RELEASING.md".to_owned();
        assert_eq!(lines(&facts, &finding.checks[0]), [(path.clone(), 1), (path.clone(), 5)]);
        assert_eq!(lines(&facts, &finding.checks[1]), [(path, 3)]);
        assert_eq!(finding.fix, None);
    }

    #[test]
    fn steps_without_permissions_warn_and_offer_a_section() {
        let finding = assess(&facts(&[(
            "docs/dev/releasing.rst",
            "Releasing\n=========\n\n#. Bump the version\n#. Tag\n#. Push\n",
        )]));
        assert_eq!((finding.checks[0].verdict, finding.verdict), (Verdict::Pass, Verdict::Warn));
        assert!(finding.fix.unwrap().title.contains("docs/dev/releasing.rst"));
    }

    #[test]
    fn a_section_and_a_template_count_like_a_page() {
        let section = format!(
            "# Contributing\n\n## Tests\n\nRun them.\n\n## Making a release\n\nMaintainers only.\n\n{STEPS}\n## Other\n"
        );
        assert_eq!(verdict(&[("CONTRIBUTING.md", &section)]), Verdict::Pass);
        let tasks = "- [ ] Bump the version\n- [ ] Tag it\n- [ ] A maintainer approves the deployment\n";
        assert_eq!(verdict(&[(".github/ISSUE_TEMPLATE/release.md", tasks)]), Verdict::Pass);
        let both =
            [("MAINTAINERS.md", "# People\n\n## Release managers\n\nAda has push access.\n"), ("RELEASE.md", STEPS)];
        assert_eq!(verdict(&both), Verdict::Pass, "one page has the steps, another the people");
    }

    #[test]
    fn commands_headings_and_running_text_are_steps_too() {
        let commands = "# Releasing\n\n```sh\ngit tag v1\ngit push --tags\ntwine upload dist/*\n```\n\nOnly maintainers can push.\n";
        assert_eq!(verdict(&[("RELEASE.md", commands)]), Verdict::Pass);
        let headings =
            "# Release\n\n## Bump the version\n\nx\n\n## Tag the commit\n\ny\n\n## Push to PyPI\n\nAs a maintainer.\n";
        assert_eq!(verdict(&[("RELEASE.md", headings)]), Verdict::Pass);
        let told = "# Release\n\nFirst, bump the version.\n\nThen, tag the commit.\n\nAfter CI is green, push the tag. Maintainers may do so.\n";
        assert_eq!(verdict(&[("RELEASE.md", told)]), Verdict::Pass);
    }

    #[test]
    fn a_guide_beside_its_log_is_judged_without_the_log() {
        let log = "## Past releases\n\n### 1.2.0\n\n- Ask the core developers\n- Tag x\n\n### 1.1.0\n\n- Add y\n";
        let guide = format!("# Releases\n\n## Process\n\n{STEPS}\n{log}");
        let facts = facts(&[("RELEASES.md", &guide)]);
        let finding = assess(&facts);
        assert_eq!((finding.checks[0].verdict, finding.verdict), (Verdict::Pass, Verdict::Warn));
        assert!(finding.summary.contains("which role"), "{}", finding.summary);
        assert!(finding.checks[0].summary.contains("3 listed steps"), "{}", finding.checks[0].summary);
    }

    #[test]
    fn guides_in_folds_plain_texts_and_folders_for_developers_are_found() {
        let fold = format!(
            "# Contributing\n\n<details><summary>Making a new release (click)</summary>\n\nMaintainers only.\n\n{STEPS}\n</details>\n"
        );
        assert_eq!(verdict(&[(".github/CONTRIBUTING.md", &fold)]), Verdict::Pass);
        let plain = "* create a release branch\n* update the version\n* tag it, with push-access\n";
        assert_eq!(verdict(&[("README.release", plain)]), Verdict::Pass);
        let page = format!("Releases\n========\n\nThis requires admin-level access.\n\n{STEPS}");
        assert_eq!(verdict(&[("docs/src/developers_guide/release.rst", &page)]), Verdict::Pass);
    }

    #[test]
    fn too_few_steps_warn() {
        let finding =
            assess(&facts(&[("RELEASE.md", "# Release\n\nRun `make release` to publish the package to PyPI.\n")]));
        assert_eq!((finding.checks[0].verdict, finding.verdict), (Verdict::Warn, Verdict::Warn));
    }

    #[test]
    fn notes_policies_manuals_and_silence_fail() {
        let notes =
            "# Release 1.2.0\n\n- Add x\n- Fix y\n- Build z\n\n# Release 1.1.0\n\n- Push w\n- Tag v\n- Merge u\n";
        let policy = "# Releases\n\nMajor releases break things on the main branch.\n\n- **Patch** versions hold fixes.\n- **Minor** ones add.\n- **Major** ones break.\n";
        let comment = format!("# Contributing\n\n<!--\n## Releasing\n\n{STEPS}-->\n");
        let tool = format!("# Auto Release\n\n{STEPS}");
        let titled = "=====\nRelease Notes\n=====\n\nPkg 1.6.0\n=====\n\nMaintenance\n~~~~~\n- Drop the old wheels\n- Build on CI\n- Tag it\n";
        let versions = "Version 0.2 (2026-01-10)\n===\n\nFixed\n---\n- Bump the version\n- Build wheels\n- Tag x\n\nVersion 0.1\n===\n\n- Add x\n";
        for texts in [
            &[][..],
            &[("RELEASE.md", notes)],
            &[("docs/releases.md", policy)],
            &[("CONTRIBUTING.md", &comment)],
            &[("README.md", &tool)],
            &[("RELEASE.rst", titled)],
            &[("RELEASES.md", versions)],
            &[("docs/guides/publish.md", STEPS)],
            &[("docs/user-docs/how-to-release.md", STEPS)],
            &[("website/docs/extra/releasing-binaries.md", STEPS)],
            &[("CHANGELOG.md", STEPS)],
        ] {
            let finding = assess(&facts(texts));
            assert_eq!(finding.verdict, Verdict::Fail, "{texts:?}");
            assert_eq!(finding.checks[1].verdict, Verdict::NotApplicable);
            assert!(finding.fix.unwrap().title.contains("RELEASING.md"));
        }
    }

    #[test]
    fn an_existing_releasing_page_is_never_drafted_over() {
        let finding = assess(&facts(&[("RELEASING.md", "# Releasing\n\nLater.\n")]));
        assert_eq!((finding.verdict, finding.fix), (Verdict::Fail, None));
    }

    #[test]
    fn a_link_alone_is_for_a_person() {
        for text in [
            "# Contributing\n\nSee the [release process](https://example.org/wiki/x).\n",
            "# Contributing\n\n## Releasing\n\nThe steps are in the [wiki](https://github.com/o/r/wiki/Release).\n",
            "# Contributing\n\nhttps://example.org/docs/release-process.html says more.\n",
        ] {
            assert_eq!(verdict(&[("CONTRIBUTING.md", text)]), Verdict::Manual, "{text}");
        }
        for text in [
            "See the [latest release](https://github.com/o/r/releases/latest).\n",
            "See the [contributor guide](https://example.org/contributing).\n",
            "We follow [Securing the Release Process](https://scientific-python.org/specs/spec-0008/).\n",
            "[Release notes](https://example.org/docs/release-notes)\n",
        ] {
            assert_eq!(verdict(&[("CONTRIBUTING.md", text)]), Verdict::Fail, "{text}");
        }
    }

    #[test]
    fn a_declared_place_is_for_a_person_unless_the_steps_are_here() {
        let declared = Declared {
            release_docs: Some(Elsewhere { url: Some("https://example.org/r".to_owned()), ..Elsewhere::default() }),
            ..Declared::default()
        };
        let mut bare = facts(&[]);
        bare.declared = declared.clone();
        let finding = assess(&bare);
        assert_eq!(finding.verdict, Verdict::Manual);
        assert!(finding.summary.contains("https://example.org/r"), "{}", finding.summary);
        let mut documented = facts(&[("RELEASE.md", STEPS)]);
        documented.declared = declared;
        assert_eq!(assess(&documented).checks[0].verdict, Verdict::Pass);
    }

    #[test]
    fn gaps_of_a_draft_keep_it_at_warn() {
        let draft = format!("# Releasing\n\nMaintainers approve. FILL IN: who\n\n{STEPS}");
        let finding = assess(&facts(&[("RELEASING.md", &draft)]));
        assert_eq!((finding.verdict, finding.fix), (Verdict::Warn, None));
        assert!(finding.summary.contains("gaps a person must fill"), "{}", finding.summary);
        assert!(finding.guide.unwrap().steps[0].contains(GAP));
        let done = format!("# Releasing\n\nMaintainers approve.\n\n{STEPS}");
        assert_eq!(verdict(&[("RELEASING.md", &draft), ("RELEASE.md", &done)]), Verdict::Pass);
    }

    #[test]
    fn what_could_not_be_read_is_unknown_not_missing() {
        let hidden =
            |path: &str| FileSet { problems: vec![Problem::hiding(path, None, "is not UTF-8")], ..FileSet::default() };
        for path in ["RELEASING.md", "docs/releasing.rst", "CONTRIBUTING.md", "docs"] {
            let finding = assess(&recorded(hidden(path)));
            assert_eq!(finding.verdict, Verdict::Unknown, "{path}");
            assert_eq!(finding.unknown().unwrap().reason, Reason::NotParsed);
            assert_eq!(finding.fix, None);
        }
        assert_eq!(assess(&recorded(hidden(".github/workflows/ci.yml"))).verdict, Verdict::Fail);
        let listed = FileSet { listed: vec!["RELEASING.md".to_owned()], ..FileSet::default() };
        assert_eq!(assess(&recorded(listed)).verdict, Verdict::Unknown);
        let mut readable = hidden("docs/releasing.rst");
        readable.texts.insert("RELEASE.md".to_owned(), STEPS.into());
        assert_eq!(assess(&recorded(readable)).checks[0].verdict, Verdict::Pass);
    }

    #[test]
    fn without_files_nothing_is_judged() {
        assert_eq!(assess(&Facts::default()).verdict, Verdict::Pending);
        let mut facts = Facts::default();
        facts.record(Observation::Files(Fact::Unknown(Unknown::new(Reason::Offline, "no network"))));
        assert_eq!(assess(&facts).verdict, Verdict::Unknown);
    }
}
