//! Whether a text says who may release and what approval it takes.

use crate::fact::prose::Block;
use crate::fact::prose::words::{Vocabulary, among, sentences, words};

/// Words that name a right or a gate by themselves.
static RIGHTS: Vocabulary = Vocabulary::new(
    "codeowner codeowners approver approvers permission permissions privilege privileges administrator \
    administrators collaborator collaborators committer committers",
);

/// Words for the people who look after a project.
static MAINTAINERS: Vocabulary =
    Vocabulary::new("maintainer maintainers maintainer's non-maintainer non-maintainers non-maintaining");

/// Words before "maintainers" that make them those of other projects.
static OTHERS: Vocabulary =
    Vocabulary::new("package packages downstream distro distribution feedstock conda-forge plugin third-party debian");

/// Words of sentences that mention maintainers without giving them a part in the release: in passing, by the way of
/// those who care for a recipe elsewhere, or for what may be left out.
static IN_PASSING: Vocabulary = Vocabulary::new(
    "workload burden thank thanks contact credit inform optional optionally feedstock recipe conda-forge",
);

/// Pairs of words that name a role, a right or a gate: any of the first list followed by any of the second.
static PAIRS: [(Vocabulary, Vocabulary); 12] = [
    pair(
        "write push commit merge upload admin administrator maintain owner publish publishing deploy deployment release",
        "access rights role roles bit",
    ),
    pair("core", "developer developers dev devs team contributor contributors member members"),
    pair("release", "manager managers team engineer engineers lead leads captain coordinator coordinators"),
    pair("team", "member members lead leads"),
    pair("steering", "council committee"),
    pair("project", "lead leads leader leaders"),
    pair("lead head principal", "developer developers dev devs"),
    pair(
        "a an project package repository repo org organization organisation pypi npm crate team",
        "owner owners admin admins",
    ),
    pair("the", "owner owners admins"),
    pair("authorized authorised permitted entitled", "to"),
    pair("pypi github deployment protected release publish publishing production", "environment environments"),
    pair("required second another independent", "reviewer reviewers approval approvals"),
];

const fn pair(first: &'static str, second: &'static str) -> (Vocabulary, Vocabulary) {
    (Vocabulary::new(first), Vocabulary::new(second))
}

/// Verbs of a release, behind "may" and "allowed to".
static RELEASING: Vocabulary =
    Vocabulary::new("release publish upload push tag deploy approve make create cut trigger");

/// Words for people by what they are to the project.
static PEOPLE: Vocabulary = Vocabulary::new(
    "lead leads leader leaders developer developers dev devs member members manager managers admin admins owner owners \
    author authors team people person persons someone those contributor contributors council committee",
);

/// What a person has who releases, before "access to".
static HAVING: Vocabulary = Vocabulary::new(
    "have has having need needs needed require requires required given granted give grant get gain obtain request with \
    without your",
);

/// What only those who release have access to.
static PLACES: Vocabulary = Vocabulary::new(
    "pypi npm crates.io rubygems conda index registry repository repo repositories organization organisation account",
);

/// Words for programs, which have access without any person being named.
static PROGRAMS: Vocabulary = Vocabulary::new("workflow workflows job jobs action actions token tokens bot ci runner");

/// Words for making a release, before "by".
static MADE: Vocabulary = Vocabulary::new(
    "made done cut performed created published handled managed prepared tagged pushed uploaded triggered approved",
);

/// Words for an approval.
static APPROVING: Vocabulary = Vocabulary::new("approve approves approved approval approvals approving");

/// Words of a gate, which turn "approve" from the review of a pull request into the approval of a release.
static GATES: Vocabulary = Vocabulary::new(
    "environment environments deployment deployments job jobs run publish publishing pypi npm upload \
    owner admin manually manual workflow",
);

/// The first block of prose that names a right, a gate or an approval; failing that, the first that names maintainers.
pub fn named_in(blocks: &[Block]) -> Option<&Block> {
    let first = |names: fn(&[String]) -> bool| {
        let mut prose = blocks.iter().filter(|block| block.is_prose());
        prose.find(|block| sentences(&block.text).any(|sentence| names(&words(sentence))))
    };
    first(names_right).or_else(|| first(names_maintainers))
}

fn names_right(words: &[String]) -> bool {
    let pairs = || words.iter().zip(words.iter().skip(1));
    let triples = || pairs().zip(words.iter().skip(2)).map(|((a, b), c)| (a.as_str(), b.as_str(), c.as_str()));
    // The mode bits of a file are no permission to release.
    let of_files = |word: &str| pairs().any(|(a, b)| among("file files executable unix", a) && b == word);
    words.iter().any(|word| RIGHTS.has(word) && !of_files(word))
        || names_pair(words)
        || triples().any(|(a, b, c)| may_release(a, b) && RELEASING.has(c))
        || names_approval(words)
        || names_access(words)
        || names_only(words)
        || names_makers(words)
}

/// One of the pairs, also where a hyphen, a slash or "level" joins it: `write-access`, `admin-level access`.
fn names_pair(words: &[String]) -> bool {
    let parts: Vec<&str> =
        words.iter().flat_map(|word| word.split(['-', '/'])).filter(|part| *part != "level").collect();
    let mut pairs = parts.iter().zip(parts.iter().skip(1));
    pairs.any(|(a, b)| PAIRS.iter().any(|(first, second)| second.has(b) && first.has(a)))
}

/// "given access to the PyPI project": what a person has, not a program.
fn names_access(words: &[String]) -> bool {
    let at = words.windows(2).position(|pair| matches!(pair, [a, b] if a == "access" && b == "to"));
    let Some((before, after)) = at.and_then(|at| words.split_at_checked(at)) else { return false };
    let near = |words: &[String], list: &Vocabulary, most: usize| words.iter().take(most).any(|word| list.has(word));
    let last = before.get(before.len().saturating_sub(3)..).unwrap_or_default();
    near(last, &HAVING, 3) && near(after, &PLACES, 8) && !PROGRAMS.has_any(before)
}

/// "Only the project lead can do a release": people who alone may do something of a release.
fn names_only(words: &[String]) -> bool {
    let Some(only) = words.iter().position(|word| word == "only") else { return false };
    let rest = words.get(only + 1..).unwrap_or_default();
    let Some(may) = rest.iter().take(8).position(|word| among("can may should must", word)) else { return false };
    let (who, what) = rest.split_at_checked(may + 1).unwrap_or_default();
    let passive = what.first().is_some_and(|word| word == "be");
    let releases = |word: &String| RELEASING.has(word) || among("release releases publishing", word);
    PEOPLE.has_any(who) && !passive && what.iter().take(5).any(releases)
}

/// "Releases are made by the lead developer".
fn names_makers(words: &[String]) -> bool {
    let by = words.windows(2).position(|pair| matches!(pair, [a, b] if MADE.has(a) && b == "by"));
    let Some((before, after)) = by.and_then(|at| words.split_at_checked(at)) else { return false };
    let of_release = before.iter().any(|word| among("release releases tag tags version versions", word));
    of_release && after.iter().skip(2).take(5).any(|word| PEOPLE.has(word))
}

fn may_release(first: &str, second: &str) -> bool {
    (among("people person persons developers members only who", first) && among("can may", second))
        || (first == "allowed" && second == "to")
}

/// Maintainers as those who release: not those of other projects, not only in passing, and not those who are not
/// needed ("without authentication from the maintainer").
fn names_maintainers(words: &[String]) -> bool {
    let needed = match words.iter().position(|word| word == "without") {
        Some(at) if !words.iter().any(|word| among("not never no cannot can't don't must", word)) => at,
        _ => words.len(),
    };
    let before = std::iter::once("").chain(words.iter().map(String::as_str));
    let own = before.zip(words).take(needed).any(|(before, word)| MAINTAINERS.has(word) && !OTHERS.has(before));
    own && !IN_PASSING.has_any(words)
}

/// An approval: of what a gate holds back, or of anything but a pull request.
fn names_approval(words: &[String]) -> bool {
    let approves = APPROVING.has_any(words);
    let of_change = words.iter().any(|word| among("pr prs pull mr merge", word));
    approves && (!of_change || GATES.has_any(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::prose::Page;

    fn named(text: &str) -> bool {
        named_in(&Page::read("a.md", text).blocks).is_some()
    }

    #[test]
    fn roles_rights_and_gates_are_found() {
        for text in [
            "This section is for maintainers.",
            "You need write permission for the repository.",
            "Make sure you have push access.",
            "Two people can deploy releases.",
            "Ask an owner to add you.",
            "The `pypi` environment waits for a reviewer.",
            "Approve the deployment.",
            "The release manager decides.",
            "After the PR is merged, a manual approval is needed.",
            "Get it signed off by a core developer.",
            "Only members can publish.",
            "| Role |\n|--|\n| Release manager |",
            "You must be allowed to publish to npm.",
            "- Needs admin rights",
            "This process requires admin-level access to the Pkg GitHub repository.",
            "You need write-access.",
            "Ask for commit/push rights.",
            "You must be given access to the PyPI project first.",
            "Make sure that you have access to the organization.",
            "Only the project lead can do a release.",
            "Only members of the core group can make releases.",
            "Releases are made by the lead developer.",
            "A new version is published by someone of the team.",
            "Ask the project leader.",
            "Never release without a maintainer.",
        ] {
            assert!(named(text), "{text}");
        }
    }

    #[test]
    fn a_right_is_better_evidence_than_a_mention_of_maintainers() {
        let page = Page::read("a.md", "For maintainers.\n\nYou need push access.\n");
        assert_eq!(named_in(&page.blocks).map(|block| block.text.as_str()), Some("You need push access."));
    }

    #[test]
    fn other_uses_of_the_words_are_not() {
        for text in [
            "Push to origin.",
            "Create a virtual environment.",
            "Wait until the PR is approved.",
            "Fix file permissions with chmod.",
            "Set the environment variable.",
            "```\nask the maintainers\n```",
            "<!-- maintainers only -->",
            "Use the access token.",
            "Add remarks for package maintainers.",
            "Merge right after the build.",
            "So that users can install it.",
            "It keeps the workload on maintainers low.",
            "Go to the admin page.",
            "The core of the package.",
            "Release candidates can break.",
            "The workflow publishes to PyPI with trusted publishing.",
            "PyPI's trusted publisher is bound to it.",
            "It uploads without needing authentication from the maintainer.",
            "Optionally, wait for other maintainers to check it.",
            "You will need to be listed as a maintainer in the recipe.",
            "The maintainers of the conda-forge feedstock update it.",
            "The job needs access to the repository.",
            "Users can access the repository.",
            "With access to the internet, run the tests.",
            "Only one tag can be pushed at a time.",
            "Only new versions can be uploaded.",
            "Releases are made by the workflow.",
            "The wheels are built by the team of cibuildwheel.",
            "Raise the log level, access the page.",
            "",
        ] {
            assert!(!named(text), "{text}");
        }
    }
}
