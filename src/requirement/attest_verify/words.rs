//! The words of `gh attestation verify`.

use crate::fact::workflow::shell::{Command, Word};

/// Whether the statements that are asked for are provenance, as they are unless another type is named.
pub fn asks_for_provenance(words: &[&str]) -> bool {
    let by_word = words.iter().position(|word| *word == "--predicate-type").and_then(|at| words.get(at + 1)).copied();
    let asked = by_word.or_else(|| words.iter().find_map(|word| word.strip_prefix("--predicate-type=")));
    asked.is_none_or(|kind| kind.contains("slsa.dev/provenance") || kind.contains('$'))
}

/// Whether a word is an option, with its value behind `=` or, for one letter, right behind it.
pub fn is_option(word: &str, name: &str) -> bool {
    let Some(rest) = word.strip_prefix(name) else { return false };
    rest.is_empty() || rest.starts_with('=') || !name.starts_with("--")
}

/// The files that `gh attestation verify` is given.
pub fn subjects(command: &Command) -> Vec<&Word> {
    const WITH_VALUE: &[&str] = &[
        "--repo",
        "-R",
        "--owner",
        "-o",
        "--bundle",
        "-b",
        "--signer-repo",
        "--signer-workflow",
        "--signer-digest",
        "--source-digest",
        "--source-ref",
        "--cert-identity",
        "--cert-identity-regex",
        "--cert-oidc-issuer",
        "--custom-trusted-root",
        "--digest-alg",
        "-d",
        "--format",
        "--hostname",
        "--jq",
        "-q",
        "--limit",
        "-L",
        "--predicate-type",
        "--template",
        "-t",
        "-i",
    ];
    let verb = command.words.iter().position(|word| word.value == "verify").map_or(0, |at| at + 1);
    let mut files = Vec::new();
    let mut words = command.words.iter().skip(verb);
    while let Some(word) = words.next() {
        if WITH_VALUE.contains(&word.value.as_str()) {
            words.next();
        } else if !word.value.starts_with('-') {
            files.push(word);
        }
    }
    files
}
