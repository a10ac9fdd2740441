//! Which files a publish step uploads, as far as its inputs or its words say so, and whether a pattern covers them.

use crate::fact::release::Publish;

/// What is uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uploaded {
    /// Files of a folder.
    Folder(String),
    /// One file.
    File(String),
}

impl Uploaded {
    /// The folder, or that of the file.
    pub fn folder(&self) -> String {
        match self {
            Self::Folder(folder) => folder.clone(),
            Self::File(file) => static_folder(file),
        }
    }
}

/// Options with a value of the programs that upload.
const WITH_VALUE: &[&str] = &[
    "-r",
    "--repository",
    "--repository-url",
    "-u",
    "--username",
    "-p",
    "--password",
    "-c",
    "--comment",
    "--config-file",
    "--cert",
    "--client-cert",
    "-i",
    "--identity",
    "--sign-with",
    "--index",
    "--publish-url",
    "--check-url",
    "-t",
    "--token",
    "--trusted-publishing",
    "--keyring-provider",
    "--title",
    "-n",
    "--notes",
    "-F",
    "--notes-file",
    "--target",
    "-R",
    "--repo",
];

/// What a publish step uploads, where its inputs or words say so.
pub fn uploaded(publish: &Publish) -> Option<Uploaded> {
    let step = publish.acting.as_ref()?;
    if publish.found_by.contains("gh-action-pypi-publish") {
        let input = ["packages-dir", "packages_dir"].iter().find_map(|name| step.with.get(name));
        let folder = input.map_or("dist", |text| text.trimmed());
        return (!folder.contains("${{")).then(|| Uploaded::Folder(normal(folder)));
    }
    let words = publish.command.as_ref()?.args();
    let files = files(&words, &["upload", "publish", "create"]);
    match (publish.found_by.as_str(), files.as_slice()) {
        ("uv publish", []) => Some(Uploaded::Folder("dist".to_owned())),
        // The first word after `gh release create` is the tag.
        ("twine upload" | "uv publish", files) | ("gh release", [_, files @ ..]) => together(files),
        _ => None,
    }
}

/// The words after the verb that are neither options nor their values.
fn files<'a>(words: &[&'a str], verbs: &[&str]) -> Vec<&'a str> {
    let verb = words.iter().position(|word| verbs.contains(word)).map_or(words.len(), |at| at + 1);
    let mut files = Vec::new();
    let mut rest = words.iter().skip(verb);
    while let Some(word) = rest.next() {
        if WITH_VALUE.contains(word) {
            rest.next();
        } else if !word.starts_with('-') {
            files.push(*word);
        }
    }
    files
}

/// Several words as one upload, where they lie in the same folder.
fn together(files: &[&str]) -> Option<Uploaded> {
    let (first, rest) = files.split_first()?;
    if files.iter().any(|file| file.starts_with('$') || file.contains("${{") && !file.contains('/')) {
        return None;
    }
    let folder = static_folder(first);
    let is_file = rest.is_empty() && !is_pattern(first) && *first != folder;
    if is_file {
        return Some(Uploaded::File(normal(first)));
    }
    rest.iter().all(|file| static_folder(file) == folder).then_some(Uploaded::Folder(folder))
}

/// Whether a pattern of files reaches into the folder that is uploaded from.
pub fn covers(pattern: &str, folder: &str) -> bool {
    let attested = static_folder(pattern);
    attested.is_empty() || folder == attested || folder.starts_with(&format!("{attested}/"))
}

fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '[', '{', '$'])
}

/// The part of a path before its first pattern, as a folder. A plain path names a file where its last part has an
/// ending, else a folder.
pub fn static_folder(pattern: &str) -> String {
    let pattern = normal(pattern);
    let folder = |path: &str| normal(path.rsplit_once('/').map_or("", |(folder, _)| folder));
    match pattern.find(['*', '?', '[', '{', '$']) {
        Some(at) => folder(pattern.get(..at).unwrap_or_default()),
        None if pattern.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.')) => {
            folder(&pattern)
        }
        None => pattern,
    }
}

/// A path without `./` before it, blanks around it and a slash after it.
pub fn normal(path: &str) -> String {
    let path = path.trim().trim_start_matches("./").trim_end_matches('/');
    if path == "." { String::new() } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attested_patterns_are_compared_with_the_uploaded_folder() {
        for (pattern, folder) in [
            ("dist/*", "dist"),
            ("./dist/pkg-*.whl", "dist"),
            ("dist/", "dist"),
            ("dist", "dist"),
            ("**/*.whl", "dist"),
            ("dist/**", "dist/sub"),
            ("dist/a-1.0.tar.gz", "dist"),
            ("dist/a.zip", "dist"),
            ("built-packages/*", "built-packages"),
        ] {
            assert!(covers(pattern, folder), "{pattern} {folder}");
        }
        for (pattern, folder) in [
            ("build/*", "dist"),
            ("wheels/x-*.whl", "dist"),
            ("distribution/*", "dist"),
            ("dist/docs/*", "dist"),
            ("../dist/*", "dist"),
            ("dist/*", ""),
        ] {
            assert!(!covers(pattern, folder), "{pattern} {folder}");
        }
    }

    #[test]
    fn words_of_uploaders_tell_the_folder_or_the_file() {
        let of = |line: &str| together(&files(&line.split(' ').collect::<Vec<_>>(), &["upload", "publish"]));
        let folder = |name: &str| Some(Uploaded::Folder(name.to_owned()));
        assert_eq!(of("twine upload dist/*"), folder("dist"));
        assert_eq!(of("twine upload --skip-existing dist/* -r pypi"), folder("dist"));
        assert_eq!(of("twine upload -u __token__ wheels/a.whl wheels/b.whl"), folder("wheels"));
        assert_eq!(of("twine upload dist/x-1.0.tar.gz"), Some(Uploaded::File("dist/x-1.0.tar.gz".into())));
        for unseen in ["twine upload $FILES", "twine upload dist/* wheels/*", "uv publish ${{ inputs.files }}"] {
            assert_eq!(of(unseen), None, "{unseen}");
        }
    }
}
