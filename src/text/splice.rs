//! Edits that keep every other byte of a text as it is.

use super::Span;

/// The replacement of one span of a text; an empty span inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes, in bytes of the old text.
    pub span: Span,
    /// What comes in its place.
    pub text: String,
}

/// Why edits could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpliceError {
    /// A span lies outside of the text, or cuts a character in two.
    #[error("an edit lies outside of the text")]
    Outside,
    /// Two edits change the same bytes.
    #[error("two edits change the same place")]
    Overlap,
}

/// Makes edits, in any order. Several insertions at one place come in the order of the list.
///
/// # Errors
/// Edits that overlap or lie outside of the text.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, SpliceError> {
    let mut ordered: Vec<&Edit> = edits.iter().collect();
    ordered.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut result = String::with_capacity(text.len() + edits.iter().map(|edit| edit.text.len()).sum::<usize>());
    let mut from = 0;
    for edit in ordered {
        if edit.span.start < from {
            return Err(SpliceError::Overlap);
        }
        result.push_str(text.get(from..edit.span.start).ok_or(SpliceError::Outside)?);
        text.get(edit.span.start..edit.span.end).ok_or(SpliceError::Outside)?;
        result.push_str(&edit.text);
        from = edit.span.end;
    }
    result.push_str(text.get(from..).ok_or(SpliceError::Outside)?);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { span: Span::new(start, end), text: text.to_owned() }
    }

    #[test]
    fn edits_come_in_any_order_and_keep_the_rest() {
        assert_eq!(
            apply("abcdef", &[edit(4, 5, "X"), edit(0, 1, ""), edit(2, 2, "1"), edit(2, 2, "2")]).unwrap(),
            "b12cdXf"
        );
        assert_eq!(apply("", &[edit(0, 0, "new")]).unwrap(), "new");
        assert_eq!(apply("same", &[]).unwrap(), "same");
    }

    #[test]
    fn edits_that_do_not_fit_are_refused() {
        assert_eq!(apply("abc", &[edit(0, 2, ""), edit(1, 3, "")]), Err(SpliceError::Overlap));
        assert_eq!(apply("abc", &[edit(2, 4, "")]), Err(SpliceError::Outside));
        assert_eq!(apply("ä", &[edit(1, 1, "x")]), Err(SpliceError::Outside));
    }
}
