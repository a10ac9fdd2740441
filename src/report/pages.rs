//! The page about each requirement, in our own words: `explain` prints it, and reports take their advice from it.

/// The pages, by id of the requirement.
const PAGES: &[(&str, &str)] = &[
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

/// The page of a requirement as Markdown, without its heading; empty where there is none.
pub fn page(id: &str) -> &'static str {
    let text = PAGES.iter().find(|(known, _)| *known == id).map(|(_, text)| *text).unwrap_or_default();
    text.split_once('\n').map(|(_, rest)| rest.trim_start()).unwrap_or_default()
}

/// What stands on the page before its first part: what should be so.
pub fn asks(id: &str) -> String {
    let page = page(id);
    sentence(page.split("\n## ").next().unwrap_or_default())
}

/// The first paragraph of what the page says to do.
pub fn what_to_do(id: &str) -> String {
    let part = page(id).split("\n## What to do\n").nth(1).unwrap_or_default();
    let part = part.split("\n## ").next().unwrap_or_default();
    sentence(part.trim_start().split("\n\n").next().unwrap_or_default())
}

/// A paragraph on one line.
fn sentence(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirement;

    #[test]
    fn every_requirement_has_a_page_that_says_what_to_do() {
        for known in requirement::ALL {
            let meta = known.meta();
            assert!(!page(meta.id).starts_with('#') && !page(meta.id).is_empty(), "{}", meta.id);
            for words in [asks(meta.id), what_to_do(meta.id)] {
                assert!(words.len() > 30 && !words.contains('\n') && !words.contains("##"), "{} {words}", meta.id);
            }
        }
        assert_eq!((page("R99"), what_to_do("R99").as_str()), ("", ""));
    }
}
