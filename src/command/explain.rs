//! `explain`: what a requirement asks, why, how it is judged, and what must be seen for that.

use std::io::{self, Write};

use super::{CommandError, DONE};
use crate::cli;
use crate::fact::Topic;
use crate::requirement::{self, Meta, explain};
use crate::text::clean;

/// Prints the page of one requirement, or the table of all of them.
///
/// # Errors
/// A requirement that does not exist; an output that cannot be written.
pub fn run(name: Option<&str>, output: &mut dyn Write) -> Result<u8, CommandError> {
    match name {
        None => table(output)?,
        Some(name) => {
            let found = requirement::find(name.trim()).ok_or_else(|| {
                let message = format!("`{}` is no requirement", clean::short(name, 80));
                CommandError::usage(message, cli::nearest_requirement(name))
            })?;
            page(found.meta(), output)?;
        }
    }
    Ok(DONE)
}

/// A line for each requirement.
fn table(output: &mut dyn Write) -> io::Result<()> {
    let mut all: Vec<&Meta> = requirement::ALL.iter().map(|known| known.meta()).collect();
    all.sort_by_key(|meta| meta.id);
    for meta in all {
        writeln!(output, "{}  {:20}  {:13}  {}", meta.id, meta.slug, meta.level.word(), meta.title)?;
    }
    writeln!(output, "\n`shipworthy explain R05` says what one of them asks and how it is judged.")
}

/// The page of one requirement. Headings lose their Markdown, the rest reads as it is.
fn page(meta: &Meta, output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, "{} {} ({})\n{}\n", meta.id, meta.slug, meta.level.word(), meta.title)?;
    let text = explain::page(meta.id);
    for line in text.lines().skip_while(|line| line.starts_with("# ") || line.is_empty()) {
        writeln!(output, "{}", line.strip_prefix("## ").unwrap_or(line))?;
    }
    writeln!(output, "\nWhat must be seen\n")?;
    for topic in meta.needs {
        writeln!(output, "- {}: {}", topic.words(), sight(*topic))?;
    }
    writeln!(output, "\nSPEC 8\n\n{}", meta.spec)
}

/// Where an answer comes from, and what a token needs to see it.
fn sight(topic: Topic) -> String {
    match (topic, topic.needs()) {
        (Topic::Files, Some(permission)) => format!("in a folder; on the forge, a token needs {permission}"),
        (Topic::Git, _) => "in a clone".to_owned(),
        (_, Some(permission)) => format!("on the forge; a token needs {permission}"),
        (_, None) => "public".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(name: Option<&str>) -> String {
        let mut out = Vec::new();
        run(name, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_requirement_has_a_page_that_names_its_checks_and_their_roles() {
        for known in requirement::ALL {
            let meta = known.meta();
            let page = explain::page(meta.id);
            assert!(page.starts_with(&format!("# {} {}\n", meta.id, meta.slug)), "{}", meta.id);
            for (id, role) in meta.checks {
                assert!(page.contains(&format!("- `{id}` ({}): ", role.word())), "{} {id}", meta.id);
            }
            let checks = page.lines().filter(|line| line.starts_with("- `")).count();
            assert_eq!(checks, meta.checks.len(), "{} explains checks it does not have", meta.id);
            for part in ["\n## Why\n", "\n## How it is judged\n", "\n## What to do\n"] {
                assert!(page.contains(part), "{}: {part:?}", meta.id);
            }
            assert!(page.is_ascii() && page.lines().all(|line| line.len() <= 96), "{}", meta.id);
        }
        assert_eq!(explain::PAGES.len(), requirement::ALL.len());
    }

    #[test]
    fn a_page_ends_with_what_must_be_seen_and_the_spec() {
        let page = printed(Some("Token-Permissions"));
        assert!(page.starts_with("R05 token-permissions (required)\n"), "{page}");
        assert!(
            page.contains("the default token permission: on the forge; a token needs administration:read"),
            "{page}"
        );
        assert!(page.trim_end().ends_with("#restrict-permissions-in-ci-runners-to-the-minimum-required"), "{page}");
        assert!(!page.contains('#') || page.matches('#').count() == 1, "{page}");
    }

    #[test]
    fn the_table_lists_all_in_order() {
        let table = printed(None);
        let ids: Vec<&str> = table.lines().take(13).map(|line| line.split(' ').next().unwrap()).collect();
        assert!(ids.is_sorted() && ids.first() == Some(&"R01") && ids.last() == Some(&"R13"), "{table}");
    }

    #[test]
    fn a_requirement_that_does_not_exist_is_refused_with_the_nearest() {
        let CommandError::Usage { message, hint } = run(Some("R5\n"), &mut Vec::new()).unwrap_err() else { panic!() };
        assert_eq!(message, "`R5` is no requirement");
        assert_eq!(hint.as_deref(), Some("did you mean `R05`?"));
    }
}
