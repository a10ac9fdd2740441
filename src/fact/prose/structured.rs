//! Notebooks and issue forms: documents that lie inside JSON or YAML.

use std::sync::Arc;

use serde_json::Value;

use super::{Kind, Page, markdown, words};
use crate::text::yaml::{self, Parsed, View};

/// Reads the text cells of a notebook; its spans are no places in the file.
pub fn notebook(text: &str) -> Page {
    let mut page = Page::default();
    let Ok(notebook) = serde_json::from_str::<Value>(text) else { return page };
    let cells = notebook.get("cells").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for cell in cells {
        let source = match cell.get("source") {
            Some(Value::String(source)) => source.clone(),
            Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect(),
            _ => String::new(),
        };
        if cell.get("cell_type").and_then(Value::as_str) == Some("markdown") {
            let read = markdown::read(&source);
            page.blocks.extend(read.blocks);
            page.links.extend(read.links);
        } else {
            page.push(Kind::Code("python".to_owned()), &source, crate::text::Span::default());
        }
    }
    page
}

/// Reads an issue form: its texts as Markdown, its options as tasks. Places are those of the whole value.
pub fn form(text: &str) -> Page {
    let mut page = Page::default();
    if let Ok(Parsed::Doc(form)) = yaml::parse(&Arc::from(text)) {
        values(form.root(), &mut page);
    }
    page
}

fn values(view: View<'_>, page: &mut Page) {
    for (key, value) in view.entries() {
        match (key.as_str(), value.as_str()) {
            (Some("options"), None) => tasks(value, page),
            (Some(key), Some(text)) if words::among("value description label", key) => {
                let read = markdown::read(text);
                page.blocks.extend(read.blocks.into_iter().map(|block| super::Block { span: value.span(), ..block }));
                page.links.extend(read.links.into_iter().map(|link| super::Link { span: value.span(), ..link }));
            }
            _ => values(value, page),
        }
    }
    for item in view.items() {
        values(item, page);
    }
}

fn tasks(options: View<'_>, page: &mut Page) {
    for option in options.items() {
        if let Some(label) = option.get("label").filter(|label| label.as_str().is_some()) {
            let kind = Kind::Item { ordered: false, task: true, depth: 1 };
            page.push(kind, label.as_str().unwrap_or_default(), label.span());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notebook_is_read_cell_by_cell() {
        let text = r##"{"cells": [{"cell_type": "markdown", "source": ["# Rel\n", "1. Tag"]}, {"cell_type": "code", "source": "!git push"}]}"##;
        let kinds: Vec<_> = notebook(text).blocks.into_iter().map(|block| block.kind).collect();
        let item = Kind::Item { ordered: true, task: false, depth: 1 };
        assert_eq!(kinds, [Kind::Heading(1), item, Kind::Code("python".to_owned())]);
        assert_eq!(notebook("{").blocks, []);
    }

    #[test]
    fn a_form_has_texts_and_tasks_with_their_places() {
        let text = "name: Release\nbody:\n  - type: markdown\n    attributes:\n      value: |\n        1. Tag\n        2. Push\n\
                    \x20 - type: checkboxes\n    attributes:\n      label: Steps\n      options:\n        - label: Merge\n";
        let page = form(text);
        let texts: Vec<_> = page.blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(texts, ["Tag", "Push", "Steps", "Merge"]);
        assert_eq!(page.blocks[3].span.slice(text), "Merge");
        assert_eq!(page.blocks[3].kind, Kind::Item { ordered: false, task: true, depth: 1 });
    }
}
