//! A file that a report is written to, as it is named on the command line.

use std::path::PathBuf;

use super::Format;

/// A file and what it shall hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The form of the report.
    pub format: Format,
    /// The file.
    pub path: PathBuf,
}

impl Destination {
    /// Reads `FILE` or `FORMAT=FILE`.
    ///
    /// # Errors
    /// A file whose ending tells no format, in words.
    pub fn parse(typed: &str) -> Result<Self, String> {
        let named = typed.split_once('=').and_then(|(word, path)| Some((Format::of_word(word)?, path)));
        let (format, path) = match named {
            Some((format, path)) => (Some(format), path),
            None => (Format::of_file(typed), typed),
        };
        if path.is_empty() {
            return Err("names no file".to_owned());
        }
        let words: Vec<&str> = Format::ALL.iter().map(|format| format.word()).collect();
        let format = format
            .ok_or_else(|| format!("the ending tells no format; write FORMAT=FILE with one of {}", words.join(", ")))?;
        Ok(Self { format, path: PathBuf::from(path) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_tells_its_format_or_is_told_it() {
        let read = |typed: &str| Destination::parse(typed).map(|one| (one.format.word(), one.path));
        assert_eq!(read("a.sarif"), Ok(("sarif", PathBuf::from("a.sarif"))));
        assert_eq!(read("github=annotations.txt"), Ok(("github", PathBuf::from("annotations.txt"))));
        assert_eq!(read("x=y.json"), Ok(("json", PathBuf::from("x=y.json"))));
        for wrong in ["a", "a.yaml", "json=", ""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read("a.yaml").unwrap_err().contains("markdown, sarif, junit, github"));
    }
}
