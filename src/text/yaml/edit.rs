//! Changes of a document that keep every other byte: quotes, comments, line ends and indentation stay as they are.
//!
//! Each is worked out from the places of the nodes and never by writing the document anew. What cannot be changed
//! cleanly is refused with the reason.

use super::super::Span;
use super::super::splice::Edit;
use super::{Doc, Style, View, write};

/// Why a change cannot be made cleanly. The words follow what is to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Braces or brackets where lines of its own are needed.
    #[error("is written in flow style, in braces or brackets")]
    Flow,
    /// Other places would change too.
    #[error("is shared with another place by an anchor and an alias")]
    Shared,
    /// The value goes over lines of text.
    #[error("is a block of text (`|` or `>`)")]
    BlockScalar,
    /// What a merge key brings along is not to be seen here.
    #[error("has a merge key (`<<`)")]
    MergeKey,
    /// How wide a tab is, nobody can tell.
    #[error("is set apart by tabs")]
    Tabs,
    /// Something else stands before it on its line.
    #[error("does not begin a line of its own")]
    NotFirst,
    /// Nothing would be left of the mapping.
    #[error("is the only entry there")]
    Only,
    /// The value carries an anchor or a tag.
    #[error("carries an anchor or a tag")]
    Marked,
    /// It is not what was expected.
    #[error("is not of the expected form")]
    Unexpected,
}

/// Where something new goes among the entries of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot<'a> {
    /// Before a key and the comment above it.
    Before(&'a str),
    /// After a key and its value.
    After(&'a str),
    /// After the last one.
    Last,
}

/// Where something new goes among the items of a sequence, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemSlot {
    /// Before an item and the comment above it.
    Before(usize),
    /// After an item.
    After(usize),
    /// After the last one.
    Last,
}

type Edited<T = Edit> = Result<T, EditError>;

impl Doc {
    /// Puts another value in the place of a scalar, in the quotes it has.
    ///
    /// # Errors
    /// A block scalar, a value that aliases share, and what is no scalar.
    pub fn replace(&self, scalar: View<'_>, value: &str) -> Edited {
        let style = scalar.style().ok_or(EditError::Unexpected)?;
        self.own(scalar)?;
        match style {
            Style::Block => Err(EditError::BlockScalar),
            _ if scalar.span().is_empty() => Err(EditError::Unexpected),
            style => Ok(Edit { span: scalar.span(), text: write::like(style, value) }),
        }
    }

    /// Puts a comment behind a value, where it would end the line; none where something else ends it.
    pub fn append_comment(&self, value: View<'_>, comment: &str) -> Option<Edit> {
        let end = value.span().end;
        let rest = self.text().get(end..self.line_end(end))?;
        rest.trim().is_empty().then(|| Edit { span: Span::new(end, end), text: format!(" # {comment}") })
    }

    /// The comment right behind a value, with nothing but blanks between them.
    pub fn comment_behind(&self, value: View<'_>) -> Option<Span> {
        let end = value.span().end;
        let comment = self.comment_on_line(end)?;
        self.text().get(end..comment.start)?.trim().is_empty().then_some(comment)
    }

    /// Puts a new entry into a block mapping. `body` is its lines, each ended by `\n`, without indentation of their own
    /// beyond that of the first.
    ///
    /// # Errors
    /// A flow mapping, one that aliases share or that has a merge key, one set apart by tabs, and a slot that is not
    /// there or does not begin a line.
    pub fn insert_entry(&self, mapping: View<'_>, slot: Slot<'_>, body: &str) -> Edited {
        let column = self.column_of(mapping)?;
        let find = |name: &str| mapping.entry(name).ok_or(EditError::Unexpected);
        let at = match slot {
            Slot::Before(name) => self.above(find(name)?.0.span(), column)?,
            Slot::After(name) => self.below(find(name)?, column)?,
            Slot::Last => self.below(mapping.entries().last().ok_or(EditError::Unexpected)?, column)?,
        };
        Ok(self.insertion(at, &indented(body, column, "", self.line_break())))
    }

    /// Gives an entry without a value, or with a value on its line, lines of its own.
    ///
    /// # Errors
    /// As [`Doc::insert_entry`], and for a value that is a block.
    pub fn set_block(&self, mapping: View<'_>, name: &str, body: &str) -> Edited<Vec<Edit>> {
        let column = self.column_of(mapping)?;
        let (key, value) = mapping.entry(name).ok_or(EditError::Unexpected)?;
        if value.alias().is_some() || self.is_repeated(value.span()) || self.holds_repeated(value.span()) {
            return Err(EditError::Shared);
        }
        let block = !value.is_flow() && (value.is_mapping() || value.is_sequence());
        if block || value.style() == Some(Style::Block) {
            return Err(if block { EditError::Unexpected } else { EditError::BlockScalar });
        }
        let colon = self.colon_behind(key)?;
        let nothing = value.span().is_empty();
        let end = if nothing { colon } else { value.span().end };
        let between = self.text().get(colon..if nothing { colon } else { value.span().start });
        if value.is_anchored() || !between.is_some_and(|blank| blank.trim_matches([' ', '\t']).is_empty()) {
            return Err(EditError::Marked);
        }
        let rest = self.text().get(end..self.line_end(end)).unwrap_or_default().trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            return Err(EditError::NotFirst);
        }
        let insertion = self.insertion(self.line_end(end), &indented(body, column + 2, "", self.line_break()));
        let removal = Edit { span: Span::new(colon, end), text: String::new() };
        Ok([removal].into_iter().filter(|edit| !edit.span.is_empty()).chain([insertion]).collect())
    }

    /// Puts a new item into a block sequence. `body` is its lines as for [`Doc::insert_entry`], without the dash.
    ///
    /// # Errors
    /// As [`Doc::insert_entry`].
    pub fn insert_item(&self, sequence: View<'_>, slot: ItemSlot, body: &str) -> Edited {
        if !sequence.is_sequence() {
            return Err(EditError::Unexpected);
        }
        self.own(sequence)?;
        if sequence.is_flow() {
            return Err(EditError::Flow);
        }
        let items: Vec<View<'_>> = sequence.items().collect();
        let at = match slot {
            ItemSlot::Before(at) | ItemSlot::After(at) => at,
            ItemSlot::Last => items.len().checked_sub(1).ok_or(EditError::Unexpected)?,
        };
        let item = *items.get(at).ok_or(EditError::Unexpected)?;
        let dash = self.dash_of(item)?;
        let column = dash - self.line_start(dash);
        let at = match slot {
            ItemSlot::Before(_) => self.above(Span::new(dash, dash), column)?,
            ItemSlot::After(_) | ItemSlot::Last => self.past_comments(self.end_of_lines(item, dash)?, column),
        };
        Ok(self.insertion(at, &indented(body, column, "- ", self.line_break())))
    }

    /// Appends a scalar to a flow sequence of scalars.
    ///
    /// # Errors
    /// A sequence that is empty, shared, or no flow sequence.
    pub fn append_flow(&self, sequence: View<'_>, value: &str) -> Edited {
        self.own(sequence)?;
        let last = sequence.items().last().filter(|_| sequence.is_flow() && sequence.is_sequence());
        let end = last.ok_or(EditError::Unexpected)?.used_at().end;
        Ok(Edit { span: Span::new(end, end), text: format!(", {value}") })
    }

    /// Takes an entry out of a block mapping, with its line.
    ///
    /// # Errors
    /// The only entry, one that aliases share or repeat, one in a flow mapping, and one that does not begin a line.
    pub fn delete_entry(&self, mapping: View<'_>, name: &str) -> Edited {
        if mapping.entry(name).is_some() && mapping.entries().nth(1).is_none() && self.column_of(mapping).is_ok() {
            return Err(EditError::Only);
        }
        let (start, end) = self.lines_of(mapping, name)?;
        let unended = end == self.text().len() && !self.text().ends_with('\n');
        // A block of text before it would lose its last line end.
        let before = mapping.entries().take_while(|(key, _)| key.as_str() != Some(name)).last();
        if unended && before.is_some_and(|(key, value)| end_of(value, key.span().end).1.is_some()) {
            return Err(EditError::BlockScalar);
        }
        let span = if unended { Span::new(self.before_break(start), end) } else { Span::new(start, end) };
        Ok(Edit { span, text: String::new() })
    }

    /// Puts other entries in the place of one of a block mapping, with its lines. `body` as for
    /// [`Doc::insert_entry`].
    ///
    /// # Errors
    /// As [`Doc::delete_entry`], but for the only entry.
    pub fn replace_entry(&self, mapping: View<'_>, name: &str, body: &str) -> Edited {
        let column = self.column_of(mapping)?;
        let (start, end) = self.lines_of(mapping, name)?;
        let lines = indented(body, column, "", self.line_break());
        let unended = end == self.text().len() && !self.text().ends_with('\n');
        let text = if unended { lines.trim_end_matches(['\r', '\n']).to_owned() } else { lines };
        Ok(Edit { span: Span::new(start, end), text })
    }

    /// Where the lines of an entry begin and end.
    fn lines_of(&self, mapping: View<'_>, name: &str) -> Edited<(usize, usize)> {
        let column = self.column_of(mapping)?;
        let (key, value) = mapping.entry(name).ok_or(EditError::Unexpected)?;
        if value.alias().is_none() && (self.is_repeated(value.span()) || self.holds_repeated(value.span())) {
            return Err(EditError::Shared);
        }
        let start = self.line_start(key.span().start);
        if key.span().start - start != column || !self.blank(Span::new(start, key.span().start)) {
            return Err(EditError::NotFirst);
        }
        let end = self.end_of_lines(value, key.span().end);
        Ok((start, end.unwrap_or(self.text().len())))
    }

    /// The line break of the document.
    pub fn line_break(&self) -> &'static str {
        let all = self.text().matches('\n').count();
        if self.text().matches("\r\n").count() * 2 > all { "\r\n" } else { "\n" }
    }

    /// Refuses what other places share.
    fn own(&self, view: View<'_>) -> Edited<()> {
        let shared = view.alias().is_some() || self.is_repeated(view.span());
        if shared { Err(EditError::Shared) } else { Ok(()) }
    }

    /// The column of the keys of a block mapping, in bytes.
    fn column_of(&self, mapping: View<'_>) -> Edited<usize> {
        if !mapping.is_mapping() {
            return Err(EditError::Unexpected);
        }
        self.own(mapping)?;
        if mapping.is_flow() {
            return Err(EditError::Flow);
        }
        if mapping.entries().any(|(key, _)| key.as_str() == Some("<<") && key.style() == Some(Style::Plain)) {
            return Err(EditError::MergeKey);
        }
        let first = mapping.entries().next().ok_or(EditError::Unexpected)?.0.span();
        let start = self.line_start(first.start);
        let before = self.text().get(start..first.start).ok_or(EditError::Unexpected)?;
        match before.trim_matches([' ', '-']) {
            "" => Ok(first.start - start),
            rest if rest.contains('\t') => Err(EditError::Tabs),
            // `- &anchor` before the first key: the others tell the column.
            _ => self.column_of_others(mapping),
        }
    }

    fn column_of_others(&self, mapping: View<'_>) -> Edited<usize> {
        let second = mapping.entries().nth(1).ok_or(EditError::NotFirst)?.0.span();
        let start = self.line_start(second.start);
        if self.blank(Span::new(start, second.start)) { Ok(second.start - start) } else { Err(EditError::NotFirst) }
    }

    /// Where the line of a key begins, above the comment that belongs to it.
    fn above(&self, key: Span, column: usize) -> Edited<usize> {
        let mut at = self.line_start(key.start);
        if key.start - at != column || !self.blank(Span::new(at, key.start)) {
            return Err(EditError::NotFirst);
        }
        while at > 0 {
            let start = self.line_start(at - 1);
            if start == at || !self.is_comment_at(start + column) || !self.blank(Span::new(start, start + column)) {
                break;
            }
            at = start;
        }
        Ok(at)
    }

    /// Where the line after an entry begins, below the comments inside it.
    fn below(&self, (key, value): (View<'_>, View<'_>), column: usize) -> Edited<usize> {
        Ok(self.past_comments(self.end_of_lines(value, key.span().end)?, column))
    }

    /// The first place behind comments that are indented deeper than a column.
    fn past_comments(&self, mut at: usize, column: usize) -> usize {
        loop {
            let line = self.text().get(at..self.line_end(at)).unwrap_or_default();
            let indent = line.len() - line.trim_start_matches(' ').len();
            if indent <= column || !self.is_comment_at(at + indent) {
                return at;
            }
            at += line.len();
        }
    }

    /// Where the line after a value begins; `from` is where the value would stand if it were nothing.
    ///
    /// # Errors
    /// A block of text at the end of a file without a last line end: it would gain one.
    fn end_of_lines(&self, value: View<'_>, from: usize) -> Edited<usize> {
        let (end, last) = end_of(value, from);
        let mut at = self.line_end(end);
        if last.is_some() && at == self.text().len() && !self.text().ends_with('\n') {
            return Err(EditError::BlockScalar);
        }
        // A block of text may count the blank lines behind it as its own.
        while last.is_some_and(|text| text.ends_with("\n\n")) && at < self.text().len() {
            let line = self.text().get(at..self.line_end(at)).unwrap_or_default();
            if !line.trim().is_empty() {
                break;
            }
            at += line.len();
        }
        Ok(at)
    }

    /// Where the dash before an item stands.
    fn dash_of(&self, item: View<'_>) -> Edited<usize> {
        let mut end = item.used_at().start;
        loop {
            let start = self.line_start(end);
            let line = self.text().get(start..end).ok_or(EditError::Unexpected)?;
            let indent = line.len() - line.trim_start_matches(' ').len();
            let rest = line.get(indent..).unwrap_or_default();
            if rest.starts_with('\t') {
                return Err(EditError::Tabs);
            }
            if let Some(behind) = rest.strip_prefix('-') {
                let nested = behind.trim_start().starts_with("- ");
                return if nested { Err(EditError::NotFirst) } else { Ok(start + indent) };
            }
            // The item may begin on a line below its dash.
            if !rest.trim().is_empty() || start == 0 {
                return Err(EditError::NotFirst);
            }
            end = start - 1;
        }
    }

    fn colon_behind(&self, key: View<'_>) -> Edited<usize> {
        let end = key.span().end;
        let rest = self.text().get(end..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let colon = rest.get(blanks..).is_some_and(|rest| rest.starts_with(':'));
        if colon { Ok(end + blanks + 1) } else { Err(EditError::Unexpected) }
    }

    /// An insertion of whole lines where a line begins, or behind a last line that has no end.
    fn insertion(&self, at: usize, lines: &str) -> Edit {
        let end = self.line_break();
        let unended = at == self.text().len() && at > 0 && !self.text().ends_with('\n');
        let text = if unended { format!("{end}{}", lines.trim_end_matches(['\r', '\n'])) } else { lines.to_owned() };
        Edit { span: Span::new(at, at), text }
    }

    fn is_comment_at(&self, at: usize) -> bool {
        self.comments().binary_search_by_key(&at, |comment| comment.start).is_ok()
    }

    fn blank(&self, span: Span) -> bool {
        self.text().get(span.start..span.end).is_some_and(|text| text.bytes().all(|byte| byte == b' '))
    }

    /// Where the line of a byte begins, behind a byte-order mark.
    fn line_start(&self, at: usize) -> usize {
        let before = self.text().get(..at).unwrap_or_default();
        let mark = if self.text().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        before.rfind('\n').map_or(mark.min(at), |at| at + 1)
    }

    /// Where the line after that of a byte begins.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.text().get(at..).unwrap_or_default();
        rest.find('\n').map_or(self.text().len(), |end| at + end + 1)
    }

    /// The end of the line before one that begins here, without its line break.
    fn before_break(&self, start: usize) -> usize {
        let before = self.text().get(..start).unwrap_or_default();
        before.strip_suffix("\r\n").or_else(|| before.strip_suffix('\n')).unwrap_or(before).len()
    }
}

/// Where a value ends, and the text of the block of text it ends with, if it does.
fn end_of(value: View<'_>, from: usize) -> (usize, Option<&str>) {
    if let Some(alias) = value.alias().filter(|alias| alias.start >= from) {
        return (alias.end, None);
    }
    if value.is_flow() || (!value.is_mapping() && !value.is_sequence()) {
        let text = value.as_str().filter(|_| value.style() == Some(Style::Block));
        return if value.span().is_empty() { (from, None) } else { (value.span().end.max(from), text) };
    }
    let entry = value.entries().last().map(|(key, value)| end_of(value, key.used_at().end));
    let item = || value.items().last().map(|item| end_of(item, item.used_at().start));
    entry.or_else(item).unwrap_or((value.span().end.max(from), None))
}

/// Lines moved to a column, with a mark before the first of them.
fn indented(body: &str, column: usize, mark: &str, line_break: &str) -> String {
    let mut text = String::new();
    for (at, line) in body.lines().enumerate() {
        if !line.is_empty() {
            text.push_str(&" ".repeat(column));
            text.push_str(&if at == 0 { mark.to_owned() } else { " ".repeat(mark.len()) });
            text.push_str(line);
        }
        text.push_str(line_break);
    }
    text
}

#[cfg(test)]
mod tests;
