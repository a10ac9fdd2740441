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

/// Words of sentences that mention maintainers without giving them a part in the release.
static IN_PASSING: Vocabulary = Vocabulary::new("workload burden thank thanks contact credit inform");

/// Pairs of words that name a role, a right or a gate: any of the first list followed by any of the second.
static PAIRS: [(Vocabulary, Vocabulary); 11] = [
    pair(
        "write push commit merge upload admin administrator maintain owner publish publishing deploy deployment release",
        "access rights role roles bit",
    ),
    pair("core", "developer developers dev devs team contributor contributors member members"),
    pair("release", "manager managers team engineer engineers lead leads captain coordinator coordinators"),
    pair("team", "member members lead leads"),
    pair("steering", "council committee"),
    pair("trusted", "publisher publishers publishing"),
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
        || pairs().any(|(a, b)| PAIRS.iter().any(|(first, second)| second.has(b) && first.has(a)))
        || triples().any(|(a, b, c)| may_release(a, b) && RELEASING.has(c))
        || names_approval(words)
}

fn may_release(first: &str, second: &str) -> bool {
    (among("people person persons developers members only who", first) && among("can may", second))
        || (first == "allowed" && second == "to")
}

/// Maintainers as those who release: not those of other projects, and not only in passing.
fn names_maintainers(words: &[String]) -> bool {
    let before = std::iter::once("").chain(words.iter().map(String::as_str));
    let own = before.zip(words).any(|(before, word)| MAINTAINERS.has(word) && !OTHERS.has(before));
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
            "PyPI's trusted publisher is bound to it.",
            "After the PR is merged, a manual approval is needed.",
            "Get it signed off by a core developer.",
            "Only members can publish.",
            "| Role |\n|--|\n| Release manager |",
            "You must be allowed to publish to npm.",
            "- Needs admin rights",
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
            "",
        ] {
            assert!(!named(text), "{text}");
        }
    }
}
