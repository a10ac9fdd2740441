//! What a step attests: files that may be what a publish step uploads, container images, or other files.

use super::Verdict;
use super::index_attestation::pinned_version;
use super::uploaded::{covers, uploaded};
use crate::fact::Facts;
use crate::fact::release::attestation::{Attest, AttestedBy, Relation, Site};
use crate::fact::release::{Publish, Registry, Scope};
use crate::fact::workflow::shell::Command;
use crate::fact::workflow::{Step, Text};
use crate::text::clean;

/// What is said of an attestation of container images.
const IMAGE: &str = "attests a container image, not the packages";
/// What is said of an attestation of bills of materials, binaries and the like.
const OTHER_FILES: &str = "attests other files than packages";
/// What is said of an attestation by a builder for another kind of package.
const OTHER_PACKAGES: &str = "attests packages of another kind";

/// Why an attestation is not one of what goes to a registry, whatever else is right about it; none where it may be one.
pub fn beside(facts: &Facts, registry: Registry, attest: &Attest) -> Option<&'static str> {
    match attest.by {
        AttestedBy::Generator => generated(facts, registry, &attest.site),
        AttestedBy::Builder => {
            let other = [Registry::Crates, Registry::Npm, Registry::Gem, Registry::Nuget, Registry::Container];
            other.contains(&registry).then_some(OTHER_PACKAGES)
        }
        AttestedBy::Action => {
            let subject = Subject::of(facts, &attest.site)?;
            if subject.is_image() {
                return (registry != Registry::Container).then_some(IMAGE);
            }
            let patterns = subject.patterns();
            let other = !patterns.is_empty() && patterns.iter().all(|pattern| !may_be_package(pattern, registry));
            other.then_some(OTHER_FILES)
        }
    }
}

/// The SLSA generators tell by their names what they build or attest.
fn generated(facts: &Facts, registry: Registry, site: &Site) -> Option<&'static str> {
    let call = facts.workflows.job((site.workflow, site.job))?.1.call()?;
    let called = call.uses.action()?;
    let made = match called.rsplit('/').next()? {
        name if name.starts_with("generator_container") => {
            return (registry != Registry::Container).then_some(IMAGE);
        }
        name if name.starts_with("builder_nodejs") => Registry::Npm,
        name if name.starts_with("builder_go") => Registry::GithubRelease,
        name if name.starts_with("builder_maven") || name.starts_with("builder_gradle") => Registry::Other,
        _ => return None,
    };
    let elsewhere = matches!(registry, Registry::GithubRelease | Registry::Other) || registry == made;
    (!elsewhere).then_some(OTHER_PACKAGES)
}

/// What is wrong with what a step attests; none where it is what is uploaded, as far as can be seen.
pub fn problem(facts: &Facts, publish: &Publish, site: &Site, relation: Relation) -> Option<(Verdict, String)> {
    let subject = Subject::of(facts, site)?;
    match subject.kinds().as_slice() {
        ["subject-path"] => subject.files(facts, publish, relation),
        ["subject-digest"] if subject.input("subject-name").is_none() => {
            let words = "the attest step names no subject-name, which subject-digest needs";
            Some((Verdict::Fail, words.to_owned()))
        }
        [kind] => {
            let words = format!("whether what the attest step names by {kind} is what is uploaded cannot be seen");
            Some((Verdict::Unknown, words))
        }
        [] if subject.may_be_listed(facts) => {
            let words =
                "the attest step names no subject: whether the runner's list of artifacts has one cannot be seen";
            Some((Verdict::Unknown, words.to_owned()))
        }
        _ => {
            let words = "the attest step names no subject, or more than one kind: it needs exactly one of subject-path, subject-digest, subject-checksums";
            Some((Verdict::Fail, words.to_owned()))
        }
    }
}

/// An attest step with what is around it.
struct Subject<'a> {
    site: &'a Site,
    scope: Scope<'a>,
}

impl<'a> Subject<'a> {
    fn of(facts: &'a Facts, site: &'a Site) -> Option<Self> {
        let (workflow, job) = facts.workflows.job((site.workflow, site.job))?;
        let step: &Step = site.step.as_ref()?;
        Some(Self { site, scope: Scope { workflow, job, step } })
    }

    /// An input that is not empty, with the variables that are known filled in.
    fn input(&self, name: &str) -> Option<String> {
        let text = self.scope.step.with.get(name).map(Text::trimmed).filter(|text| !text.is_empty())?;
        Some(filled(text, &self.scope))
    }

    /// The inputs that name a subject.
    fn kinds(&self) -> Vec<&'static str> {
        let kinds = ["subject-path", "subject-digest", "subject-checksums"];
        kinds.into_iter().filter(|name| self.input(name).is_some()).collect()
    }

    /// Only images are pushed to a registry, and only images are named by a registry and a digest.
    fn is_image(&self) -> bool {
        let pushed = self.input("push-to-registry").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let named =
            self.input("subject-digest").is_some() && self.input("subject-name").is_some_and(|name| names_image(&name));
        pushed || named
    }

    /// The patterns of `subject-path`, without those that leave files out.
    fn patterns(&self) -> Vec<String> {
        self.all_patterns().into_iter().filter(|pattern| !pattern.starts_with('!')).collect()
    }

    fn all_patterns(&self) -> Vec<String> {
        let path = self.input("subject-path").unwrap_or_default();
        let parts = path.lines().flat_map(|line| line.split(',')).map(|part| part.trim().trim_matches('"').trim());
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// Whether the attested files are those that are uploaded.
    fn files(&self, facts: &Facts, publish: &Publish, relation: Relation) -> Option<(Verdict, String)> {
        let short = |text: &str| clean::short(text, 60);
        let all = self.all_patterns();
        let mut left_out = all.iter().filter_map(|pattern| pattern.strip_prefix('!'));
        if let Some(left_out) = left_out.find(|pattern| may_be_package(pattern, publish.registry)) {
            return Some((Verdict::Warn, format!("the attest step leaves out `{}`", short(left_out))));
        }
        let patterns: Vec<String> =
            self.patterns().into_iter().filter(|pattern| may_be_package(pattern, publish.registry)).collect();
        let shown = self.scope.step.with.get("subject-path").map_or_else(String::new, |text| short(text.trimmed()));
        if packs(publish) && !patterns.iter().any(|pattern| names_package(pattern, publish.registry)) {
            let by = publish.called();
            let words = format!("whether `{shown}`, which the attest step names, is what {by} uploads cannot be seen");
            return Some((Verdict::Unknown, words));
        }
        let folder = uploaded(facts, publish).filter(|_| relation == Relation::Before)?.folder();
        let unseen = |pattern: &&String| pattern.starts_with("${{");
        if patterns.iter().filter(|pattern| !unseen(pattern)).any(|pattern| covers(pattern, &folder)) {
            return None;
        }
        if patterns.iter().any(|pattern| unseen(&pattern)) {
            let words = format!("whether `{shown}`, which the attest step names, is in `{folder}` cannot be seen");
            return Some((Verdict::Unknown, words));
        }
        Some((Verdict::Warn, format!("the attest step names `{shown}`, but `{folder}` is uploaded")))
    }

    /// Whether the version of the action takes the artifacts of the run where no subject is named.
    fn may_be_listed(&self, facts: &Facts) -> bool {
        let version = pinned_version(facts, self.site.workflow, &self.site.file, self.scope.step);
        version.is_none_or(|version| version >= LISTS_ARTIFACTS)
    }
}

/// Whether what a publish step uploads is packed by the program itself, as it is where no package is named: then files
/// lying about are seldom that.
fn packs(publish: &Publish) -> bool {
    let words = publish.command.as_ref().map(Command::args).unwrap_or_default();
    let own = matches!(publish.registry, Registry::Crates | Registry::Npm);
    own && !words.iter().any(|word| names_package(word, publish.registry))
}

/// The first version of the attest actions that knows the runner's list of artifacts.
const LISTS_ARTIFACTS: (u64, u64) = (4, 2);

/// Whether a name is that of an image in a registry: its first part is a host.
fn names_image(name: &str) -> bool {
    let host = name.split_once('/').map(|(host, _)| host);
    host.is_some_and(|host| !host.contains("${{") && (host.contains(['.', ':']) || host == "localhost"))
}

/// A value with the variables around the step filled in. What is known only in the run stays as it is written.
fn filled(value: &str, scope: &Scope<'_>) -> String {
    let mut filled = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("${{") {
        let Some((expression, behind)) = after.split_once("}}") else { break };
        filled.push_str(before);
        match expression.trim() {
            "github.workspace" => filled.push('.'),
            name => match name.strip_prefix("env.").and_then(|name| scope.env(name)) {
                Some(known) => filled.push_str(known.trimmed()),
                None => filled.push_str(&format!("${{{{{expression}}}}}")),
            },
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// What the names of a registry's packages end in; none where anything may be published.
const fn endings(registry: Registry) -> &'static [&'static str] {
    match registry {
        Registry::Pypi => &[".whl", ".tar.gz", ".tgz", ".tar.bz2", ".zip", ".egg"],
        Registry::Crates => &[".crate"],
        Registry::Npm => &[".tgz", ".tar.gz"],
        Registry::Gem => &[".gem"],
        Registry::Nuget => &[".nupkg", ".snupkg"],
        _ => &[],
    }
}

/// What the last part of a pattern surely ends in.
fn tail(pattern: &str) -> String {
    let name = pattern.rsplit('/').next().unwrap_or(pattern);
    name.rsplit(['*', '?', ']', '}']).next().unwrap_or(name).to_lowercase()
}

/// Whether files of a pattern may be packages of a registry: a name that ends in nothing certain may be any file.
pub fn may_be_package(pattern: &str, registry: Registry) -> bool {
    let tail = tail(pattern);
    // What looks like a version is the name of a folder or of a binary.
    let ends = tail.rsplit_once('.').is_some_and(|(_, end)| end.starts_with(|c: char| c.is_ascii_alphabetic()));
    !ends || endings(registry).is_empty() || names_package(pattern, registry)
}

/// Whether a pattern is one for packages of a registry, by what it ends in.
fn names_package(pattern: &str, registry: Registry) -> bool {
    let tail = tail(pattern);
    endings(registry).iter().any(|end| tail.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_told_by_the_host_of_their_registry() {
        for image in ["ghcr.io/o/r", "ghcr.io/${{ github.repository }}", "docker.io/o/r", "localhost/r", "host:5000/r"]
        {
            assert!(names_image(image), "{image}");
        }
        for other in ["o/r", "pkg-1.0.tar.gz", "dist/pkg-1.0.whl", "${{ vars.REGISTRY }}/o/r", ""] {
            assert!(!names_image(other), "{other}");
        }
    }

    #[test]
    fn packages_are_told_by_their_endings_as_far_as_these_are_certain() {
        for pattern in
            ["dist/*", "dist", "dist/pkg-*", "dist/*.whl", "dist/pkg-1.0.tar.gz", "**/*.WHL", "out/v1.0", "d/*.*"]
        {
            assert!(may_be_package(pattern, Registry::Pypi), "{pattern}");
        }
        for pattern in ["dist/*.json", "sbom.spdx.json", "dist/pkg.pyz", "dist/*.sigstore", "target/package/*.crate"] {
            assert!(!may_be_package(pattern, Registry::Pypi), "{pattern}");
            assert!(may_be_package(pattern, Registry::GithubRelease), "{pattern}");
        }
        assert!(may_be_package("target/package/*.crate", Registry::Crates));
        assert!(!may_be_package("dist/*.tar.gz", Registry::Crates) && may_be_package("dist/*", Registry::Crates));
        assert!(names_package("pkg/*.tgz", Registry::Npm) && !names_package("pkg/*", Registry::Npm));
    }
}
