//! The user's editor: which it is, and how it is told the line.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::text::clean;

/// What is started when the user has chosen nothing, as other tools do.
const USUAL: &str = "vi";

/// How an editor is told a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineForm {
    /// `+12 file`
    Plus,
    /// `file:12`
    Colon,
    /// `--goto file:12`
    Goto,
    /// `--line 12 file`
    Option(&'static str),
}

/// Editors by the names of their programs. One that is not listed is given the file alone: it might take a line for
/// the name of another file.
const EDITORS: &[(LineForm, &[&str])] = &[
    (
        LineForm::Plus,
        &[
            "vi",
            "vim",
            "nvim",
            "gvim",
            "mvim",
            "vimx",
            "view",
            "elvis",
            "nvi",
            "nano",
            "rnano",
            "pico",
            "emacs",
            "emacsclient",
            "zile",
            "mg",
            "jmacs",
            "joe",
            "jed",
            "ne",
            "kak",
            "micro",
            "mcedit",
            "gedit",
            "pluma",
            "xed",
        ],
    ),
    (LineForm::Colon, &["hx", "helix", "subl", "sublime_text", "zed", "zeditor", "lapce", "lite-xl"]),
    (LineForm::Goto, &["code", "code-insiders", "codium", "vscodium", "code-oss", "cursor", "windsurf", "positron"]),
    (
        LineForm::Option("--line"),
        &[
            "idea",
            "pycharm",
            "clion",
            "goland",
            "rustrover",
            "webstorm",
            "rubymine",
            "phpstorm",
            "fleet",
            "kate",
            "kwrite",
            "mate",
        ],
    ),
];

/// The command that shows a line of a file.
///
/// # Errors
/// What is wrong with the choice of the editor or with the file, and what to do about it, in words.
pub fn command(
    variable: impl Fn(&str) -> Option<String>,
    (root, path): (&Path, &str),
    line: usize,
) -> Result<Command, String> {
    let shown = format!("{}:{line}", clean::line(path));
    let file = inside(root, path).ok_or_else(|| format!("{shown} is no file of the repository; nothing was opened"))?;
    let set =
        |name: &str| variable(name).filter(|value| !value.trim().is_empty()).map(|value| (name.to_owned(), value));
    let (name, chosen) = set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| ("EDITOR".into(), USUAL.into()));
    let words =
        words(&chosen).ok_or_else(|| format!("{name} has a quote without its end; look at {shown} yourself"))?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(format!("{name} names no program; look at {shown} yourself"));
    };
    let mut command = Command::new(program);
    command.args(arguments).args(place(program, file, line));
    Ok(command)
}

/// The file with its links resolved, when it lies in the repository and is a regular one.
fn inside(root: &Path, path: &str) -> Option<PathBuf> {
    let root = root.canonicalize().ok()?;
    let file = root.join(path).canonicalize().ok()?;
    (file.starts_with(root) && file.is_file()).then_some(file)
}

/// The arguments that name a file and a line.
fn place(program: &str, file: PathBuf, line: usize) -> Vec<std::ffi::OsString> {
    let name = Path::new(program).file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let with_line = || {
        let mut place = file.clone().into_os_string();
        place.push(format!(":{line}"));
        place
    };
    let form = EDITORS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(form, _)| *form);
    match form {
        Some(LineForm::Plus) => vec![format!("+{line}").into(), file.into()],
        Some(LineForm::Colon) => vec![with_line()],
        Some(LineForm::Goto) => vec!["--goto".into(), with_line()],
        Some(LineForm::Option(option)) => vec![option.into(), line.to_string().into(), file.into()],
        None => vec![file.into()],
    }
}

/// Takes a value apart into words: blanks separate, quotes hold together, a backslash takes away a meaning. No shell
/// ever sees it. None when a quote has no end.
fn words(value: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut characters = value.chars();
    while let Some(c) = characters.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => word.get_or_insert_default().push(characters.next()?),
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn repository() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a b.yml"), "x").unwrap();
        root
    }

    fn line_of(variables: &[(&str, &str)]) -> Result<Vec<String>, String> {
        let root = repository();
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let command = command(variable, (root.path(), "a b.yml"), 12)?;
        let file = root.path().canonicalize().unwrap().join("a b.yml").to_str().unwrap().to_owned();
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        Ok(words.map(|word| word.to_str().unwrap().replace(&file, "FILE")).collect())
    }

    #[test]
    fn every_editor_is_told_the_line_in_its_own_way() {
        for (editor, words) in [
            ("vim", &["vim", "+12", "FILE"][..]),
            ("/usr/bin/nano -w", &["/usr/bin/nano", "-w", "+12", "FILE"]),
            ("emacsclient -t -a ''", &["emacsclient", "-t", "-a", "", "+12", "FILE"]),
            ("hx", &["hx", "FILE:12"]),
            ("code --wait", &["code", "--wait", "--goto", "FILE:12"]),
            ("pycharm --wait", &["pycharm", "--wait", "--line", "12", "FILE"]),
            ("my-editor", &["my-editor", "FILE"]),
            (
                "'/opt/my editor/vim' -u \"a \\\" b\" c\\ d",
                &["/opt/my editor/vim", "-u", "a \" b", "c d", "+12", "FILE"],
            ),
            ("vim; rm -rf $HOME", &["vim;", "rm", "-rf", "$HOME", "FILE"]),
        ] {
            assert_eq!(line_of(&[("EDITOR", editor)]).unwrap(), words, "{editor}");
        }
    }

    #[test]
    fn visual_wins_over_editor_and_both_over_the_usual_one() {
        assert_eq!(line_of(&[("VISUAL", "vim"), ("EDITOR", "nano")]).unwrap()[0], "vim");
        assert_eq!(line_of(&[("VISUAL", " "), ("EDITOR", "nano")]).unwrap()[0], "nano");
        assert_eq!(line_of(&[]).unwrap(), ["vi", "+12", "FILE"]);
    }

    #[test]
    fn a_bad_choice_is_named_with_the_place_to_look_at() {
        for editor in ["vim 'x", "vim \\"] {
            let words = line_of(&[("EDITOR", editor)]).unwrap_err();
            assert!(words.contains("EDITOR") && words.contains("a b.yml:12"), "{words}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_files_of_the_repository_are_opened() {
        let root = repository();
        std::os::unix::fs::symlink("/etc/passwd", root.path().join("link")).unwrap();
        std::os::unix::fs::symlink("a b.yml", root.path().join("inner")).unwrap();
        for path in ["link", "../x", "/etc/passwd", "missing", ".", ""] {
            assert!(command(|_| None, (root.path(), path), 1).is_err(), "{path}");
        }
        assert!(command(|_| None, (root.path(), "inner"), 1).is_ok());
    }
}
