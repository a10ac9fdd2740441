//! Sign-offs that go where a person says: they take the place of other sign-offs, and of nothing else.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::checklist::signoff;
use crate::text::clean;

/// How much of a file is looked at.
const BEGINNING: u64 = 4096;

/// Whether a sign-off may be written to a path: to a new or empty file, to one that holds a sign-off, and to what is no
/// file, such as a pipe. `known` knows other texts that may go.
///
/// # Errors
/// Why not, in words that name the file.
pub fn may_replace(path: &Path, known: impl Fn(&str) -> bool) -> Result<(), String> {
    let shown = clean::line(&path.to_string_lossy()).into_owned();
    let Ok(meta) = path.metadata() else { return Ok(()) };
    if !meta.is_file() || meta.len() == 0 {
        return Ok(());
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(BEGINNING).read_to_end(&mut bytes));
    let text = String::from_utf8_lossy(&bytes);
    match read {
        Ok(_) if signoff::is_one(&text) || known(&text) => Ok(()),
        Ok(_) => Err(format!("{shown} is there already and holds no sign-off; name another file")),
        Err(error) => Err(format!("{shown} is there already and cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_a_sign_off_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("notes.md");
        assert_eq!(may_replace(&file, |_| false), Ok(()));
        for (text, fine) in [
            ("", true),
            ("# Release sign-off: o/r 1.0\n", true),
            ("**Release sign-off: o/r 1.0**\n", true),
            ("{\n  \"schema\": \"shipworthy.signoff/1\",\n", true),
            ("# Notes\n\nRelease sign-off: below\n", false),
            ("{\"schema\": \"another/1\"}", false),
        ] {
            fs::write(&file, text).unwrap();
            assert_eq!(may_replace(&file, |_| false).is_ok(), fine, "{text}");
        }
        assert_eq!(may_replace(&file, |text| text.starts_with("{\"schema")), Ok(()));
        let why = may_replace(&file, |_| false).unwrap_err();
        assert!(why.contains("notes.md is there already and holds no sign-off"), "{why}");
        assert_eq!(may_replace(folder.path(), |_| false), Ok(()), "the system says why not");
    }
}
