//! What each requirement asks, why, how it is judged and what to do, in our own words.

/// The pages, by id of the requirement.
pub const PAGES: &[(&str, &str)] = &[
    ("R01", include_str!("../../assets/explain/R01.md")),
    ("R02", include_str!("../../assets/explain/R02.md")),
    ("R03", include_str!("../../assets/explain/R03.md")),
    ("R04", include_str!("../../assets/explain/R04.md")),
    ("R05", include_str!("../../assets/explain/R05.md")),
    ("R06", include_str!("../../assets/explain/R06.md")),
    ("R07", include_str!("../../assets/explain/R07.md")),
    ("R08", include_str!("../../assets/explain/R08.md")),
    ("R09", include_str!("../../assets/explain/R09.md")),
    ("R10", include_str!("../../assets/explain/R10.md")),
    ("R11", include_str!("../../assets/explain/R11.md")),
    ("R12", include_str!("../../assets/explain/R12.md")),
    ("R13", include_str!("../../assets/explain/R13.md")),
];

/// The page of a requirement, as Markdown; empty for an id that does not exist.
pub fn page(id: &str) -> &'static str {
    PAGES.iter().find(|(known, _)| *known == id).map(|(_, text)| *text).unwrap_or_default()
}

/// The same without its heading.
pub fn body(id: &str) -> &'static str {
    page(id).split_once('\n').map(|(_, rest)| rest.trim_start()).unwrap_or_default()
}

/// What begins a line of text to paste, and the line as it stands in [`section`].
const INDENT: &str = "    ";

/// The lines of a paragraph of [`section`] that is a text to paste, such as a step of a workflow; none for a sentence.
pub fn snippet(paragraph: &str) -> Option<String> {
    let lines = paragraph
        .starts_with(INDENT)
        .then(|| paragraph.lines().map(|line| line.get(INDENT.len()..).unwrap_or_default()));
    Some(lines?.collect::<Vec<_>>().join("\n"))
}

/// The sentences under one heading of a page, as paragraphs whose lines are joined. Those of a text to paste stay apart.
pub fn section(id: &str, heading: &str) -> Vec<String> {
    let lines = page(id).lines().skip_while(|line| line.strip_prefix("## ") != Some(heading)).skip(1);
    paragraphs(lines.take_while(|line| !line.starts_with("## ")))
}

/// What a requirement asks: the first paragraph of its page.
pub fn ask(id: &str) -> String {
    let lines = page(id).lines().skip(1).take_while(|line| !line.starts_with("## "));
    paragraphs(lines).into_iter().next().unwrap_or_default()
}

/// Joins lines to paragraphs: an empty line ends one, and an item of a list begins one.
fn paragraphs<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut open = false;
    for line in lines {
        let words = line.trim();
        let pasted = line.starts_with(INDENT) && !words.is_empty();
        match all.last_mut() {
            Some(last) if pasted && last.starts_with(INDENT) => {
                last.push('\n');
                last.push_str(line.trim_end());
            }
            _ if pasted && !open => all.push(line.trim_end().to_owned()),
            Some(last) if open && !words.is_empty() && !words.starts_with("- ") => {
                last.push(' ');
                last.push_str(words);
            }
            _ if words.is_empty() => open = false,
            _ => {
                all.push(words.to_owned());
                open = true;
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_apart_into_paragraphs() {
        assert!(
            ask("R08").starts_with("Every action that a release workflow uses is named by the full SHA of a commit")
        );
        assert!(ask("R08").ends_with("a branch."), "{}", ask("R08"));
        let judged = section("R08", "How it is judged");
        assert_eq!(judged.len(), 5, "{judged:?}");
        assert!(judged.iter().all(|item| item.starts_with("- `")));
        assert_eq!(section("R08", "Nothing"), Vec::<String>::new());
    }

    #[test]
    fn a_text_to_paste_keeps_its_lines() {
        let told = section("R11", "What to do");
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(snippet(&told[0]), None);
        let pasted = snippet(&told[1]).unwrap();
        assert!(pasted.starts_with("- env:\n    GH_TOKEN: ${{ github.token }}\n  shell: bash\n  run: |\n    for file"));
        assert!(pasted.ends_with("\n    done"), "{pasted}");
    }
}
