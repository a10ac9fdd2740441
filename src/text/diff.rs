//! The difference of two texts: as hunks for a screen, and as a patch that `git apply` takes.
//!
//! Lines end with a line feed and nothing else, as git sees them, so a carriage return is a character of its line and
//! a patch keeps it.

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

/// Lines of context before and after a change.
const CONTEXT: usize = 3;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is in both texts.
    Same,
    /// It is in the old text only.
    Removed,
    /// It is in the new text only.
    Added,
}

impl Mark {
    /// The character before the line in a patch.
    pub const fn sign(self) -> char {
        match self {
            Self::Same => ' ',
            Self::Removed => '-',
            Self::Added => '+',
        }
    }
}

/// One line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What became of it.
    pub mark: Mark,
    /// The line without its line feed, exactly as in the file: clean it where it is shown.
    pub text: String,
    /// Whether a line feed ends it; only the last line of a text can lack one.
    pub ended: bool,
}

/// Changed lines that stand near each other, with what is around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// `@@ -5,3 +5,6 @@`.
    pub header: String,
    /// The lines.
    pub lines: Vec<Line>,
}

impl Hunk {
    /// The line of the old text, from 1, at which the first change stands.
    pub fn first_changed(&self) -> usize {
        let start = self.header.split(['-', ',', ' ']).find_map(|part| part.parse::<usize>().ok()).unwrap_or(1);
        let same = self.lines.iter().take_while(|line| line.mark == Mark::Same).count();
        (start + same).max(1)
    }
}

/// The hunks between two texts; none when they are equal.
pub fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let (old, new): (Vec<&str>, Vec<&str>) = (lines(old), lines(new));
    let groups = group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), CONTEXT);
    groups.iter().filter(|group| !group.is_empty()).map(|group| hunk(group, &old, &new)).collect()
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn hunk(group: &[DiffOp], old: &[&str], new: &[&str]) -> Hunk {
    let mut lines = Vec::new();
    for op in group {
        if op.tag() == DiffTag::Equal {
            push(&mut lines, Mark::Same, old, op.old_range());
        } else {
            push(&mut lines, Mark::Removed, old, op.old_range());
            push(&mut lines, Mark::Added, new, op.new_range());
        }
    }
    let start = |range: fn(&DiffOp) -> std::ops::Range<usize>| group.first().map_or(0, |op| range(op).start);
    let end = |range: fn(&DiffOp) -> std::ops::Range<usize>| group.last().map_or(0, |op| range(op).end);
    let old_part = part(start(DiffOp::old_range), end(DiffOp::old_range));
    let new_part = part(start(DiffOp::new_range), end(DiffOp::new_range));
    Hunk { header: format!("@@ -{old_part} +{new_part} @@"), lines }
}

fn push(lines: &mut Vec<Line>, mark: Mark, text: &[&str], range: std::ops::Range<usize>) {
    for line in text.get(range).unwrap_or_default() {
        let bare = line.strip_suffix('\n');
        lines.push(Line { mark, text: bare.unwrap_or(line).to_owned(), ended: bare.is_some() });
    }
}

/// First line and number of lines; an empty part is named by the line before it.
fn part(start: usize, end: usize) -> String {
    match end.saturating_sub(start) {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        many => format!("{},{many}", start + 1),
    }
}

/// How many lines hunks add and remove.
pub fn counts(hunks: &[Hunk]) -> (usize, usize) {
    let count = |mark| hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.mark == mark).count();
    (count(Mark::Added), count(Mark::Removed))
}

/// A patch of one file, as `git diff` writes it; `is_new` for a file that is made by it.
pub fn patch(path: &str, is_new: bool, hunks: &[Hunk]) -> String {
    let (from, to) = (name("a/", path), name("b/", path));
    let mut text = format!("diff --git {from} {to}\n");
    if is_new {
        text.push_str("new file mode 100644\n");
    }
    if hunks.is_empty() {
        return text;
    }
    // A name with a blank is ended by a tab, or programs would take the rest of it for a date.
    let end = |name: &str| if name.contains(' ') && !name.starts_with('"') { "\t" } else { "" };
    let old_end = if is_new { "" } else { end(&from) };
    let from = if is_new { "/dev/null" } else { &from };
    text.push_str(&format!("--- {from}{old_end}\n+++ {to}{}\n", end(&to)));
    for hunk in hunks {
        text.push_str(&hunk.header);
        text.push('\n');
        for line in &hunk.lines {
            text.push(line.mark.sign());
            text.push_str(&line.text);
            text.push('\n');
            if !line.ended {
                text.push_str("\\ No newline at end of file\n");
            }
        }
    }
    text
}

/// A path with its prefix; in quotes, as git writes them, where a character asks for it.
fn name(prefix: &str, path: &str) -> String {
    let odd = |c: char| c.is_control() || matches!(c, '"' | '\\');
    if !path.contains(odd) {
        return format!("{prefix}{path}");
    }
    let mut quoted = format!("\"{prefix}");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=b'~' => quoted.push(char::from(byte)),
            other => quoted.push_str(&format!("\\{other:03o}")),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(old: &str, new: &str) -> String {
        patch("a.yml", false, &hunks(old, new))
    }

    #[test]
    fn a_change_comes_with_three_lines_around_it() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let new = old.replace("5\n", "five\n");
        assert_eq!(
            made(old, &new),
            "diff --git a/a.yml b/a.yml\n--- a/a.yml\n+++ b/a.yml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        );
        assert_eq!(counts(&hunks(old, &new)), (1, 1));
        assert!(hunks(old, old).is_empty());
    }

    #[test]
    fn carriage_returns_and_missing_ends_are_kept() {
        assert!(made("a\r\nb\r\n", "a\r\nc\r\n").ends_with("@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n"));
        let text = made("a\nb", "a\nc");
        assert!(text.ends_with("-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"), "{text}");
        assert!(made("a\rb\n", "a\rc\n").ends_with("@@ -1 +1 @@\n-a\rb\n+a\rc\n"), "a lone return ends no line");
    }

    #[test]
    fn new_files_come_from_nowhere() {
        let text = patch("a/b.md", true, &hunks("", "x\n"));
        assert_eq!(
            text,
            "diff --git a/a/b.md b/a/b.md\nnew file mode 100644\n--- /dev/null\n+++ b/a/b.md\n@@ -0,0 +1 @@\n+x\n"
        );
        assert_eq!(patch("e", true, &[]), "diff --git a/e b/e\nnew file mode 100644\n");
    }

    #[test]
    fn odd_names_are_written_as_git_writes_them() {
        assert_eq!(name("a/", "x\"y\u{1b}é"), "\"a/x\\\"y\\033\\303\\251\"");
        assert!(patch("a b", false, &hunks("1\n", "2\n")).contains("--- a/a b\t\n+++ b/a b\t\n"));
    }
}
