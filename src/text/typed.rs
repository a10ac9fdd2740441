//! YAML into typed configuration, with errors that name line, column and what was probably meant.

use serde::de::DeserializeOwned;

use super::{Place, clean};

/// Why a configuration text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TypedError {
    /// Where, when the reader could tell.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Reads one YAML document into `T`; an empty text is `T`'s own empty form.
///
/// # Errors
/// Anything that is not valid YAML or does not fit `T`; unknown keys come with the nearest known one.
pub fn from_yaml<T: DeserializeOwned + Default>(text: &str) -> Result<T, TypedError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(T::default());
    }
    serde_yaml::from_str(text).map_err(|error| explain(&error))
}

fn explain(error: &serde_yaml::Error) -> TypedError {
    let place = error.location().map(|at| Place { line: at.line(), column: at.column() });
    let full = error.to_string();
    let message = full.split(" at line ").next().unwrap_or(&full).to_owned();
    let hint = unknown_name(&message).and_then(|(wrong, known)| suggest(&wrong, &known));
    TypedError { place, message: clean::line(&plain(&message)).into_owned(), hint }
}

/// What readers call the forms of a value, and what people call them.
const FORMS: &[(&str, &str)] = &[
    ("a nonzero u16", "a number from 1 to 65535"),
    ("a boolean", "`true` or `false`"),
    ("a sequence", "a list"),
    ("a string", "text"),
    ("string or map", "text or a map"),
    ("sequence", "a list"),
    ("map", "keys with values"),
    ("unit value", "nothing"),
];

/// A message about a value of the wrong form, in words that speak of the file instead of the program.
fn plain(message: &str) -> String {
    let split = |kind: &str| {
        let (path, rest) = message.split_once(kind)?;
        let (found, wanted) = rest.split_once(", expected ")?;
        Some(format!("{path}{} stands where {} belongs", form(found), form(wanted)))
    };
    split("invalid type: ").or_else(|| split("invalid value: ")).unwrap_or_else(|| message.to_owned())
}

fn form(name: &str) -> String {
    let known = FORMS.iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| (*ours).to_owned());
    let struct_like = || name.starts_with("struct ").then(|| "keys with values".to_owned());
    let number = || {
        let value = name.strip_prefix("integer ").or_else(|| name.strip_prefix("floating point "))?;
        Some(format!("the number {value}"))
    };
    let text = || Some(format!("the text `{}`", name.strip_prefix("string \"")?.strip_suffix('"')?));
    let truth = || name.strip_prefix("boolean ").map(str::to_owned);
    known.or_else(struct_like).or_else(number).or_else(text).or_else(truth).unwrap_or_else(|| name.to_owned())
}

/// The wrong name and the expected ones of serde's "unknown field" and "unknown variant" messages.
fn unknown_name(message: &str) -> Option<(String, Vec<String>)> {
    if !message.contains("unknown field") && !message.contains("unknown variant") {
        return None;
    }
    let mut names = message.split('`').skip(1).step_by(2).map(str::to_owned);
    Some((names.next()?, names.collect()))
}

fn suggest(wrong: &str, known: &[String]) -> Option<String> {
    let nearest = nearest(wrong, known.iter().map(String::as_str));
    match nearest {
        Some(name) => Some(format!("did you mean `{name}`?")),
        None if known.is_empty() => None,
        None => Some(format!("known here: {}", known.join(", "))),
    }
}

/// The known name closest to a mistyped one, when it is close enough to be meant.
pub fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = 1 + wrong.chars().count() / 4;
    known
        .map(|name| (distance(&wrong.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let next = (diagonal + usize::from(x != *y)).min(left + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = next;
            left = next;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Sample {
        profile: String,
        targets: Vec<String>,
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_place_and_the_nearest_name() {
        let error = from_yaml::<Sample>("profile: x\ntargest: []\n").unwrap_err();
        assert_eq!(error.place.map(|p| p.line), Some(2));
        assert_eq!(error.hint.as_deref(), Some("did you mean `targets`?"));
    }

    #[test]
    fn a_far_off_key_lists_the_known_ones() {
        let error = from_yaml::<Sample>("zzz: 1\n").unwrap_err();
        assert_eq!(error.hint.as_deref(), Some("known here: profile, targets"));
    }

    #[test]
    fn values_of_the_wrong_form_are_told_in_words_of_the_file() {
        #[derive(Debug, Default, Deserialize)]
        #[serde(default)]
        struct Forms {
            refresh: Option<std::num::NonZeroU16>,
            mouse: bool,
            fleet: Vec<String>,
            name: String,
        }
        for (text, words) in [
            ("refresh: 0", "refresh: the number `0` stands where a number from 1 to 65535 belongs"),
            ("refresh: soon", "refresh: the text `soon` stands where a number from 1 to 65535 belongs"),
            ("mouse: maybe", "mouse: the text `maybe` stands where `true` or `false` belongs"),
            ("fleet: 7", "fleet: the number `7` stands where a list belongs"),
            ("name: [a]", "name: a list stands where text belongs"),
            ("- a", "a list stands where keys with values belongs"),
        ] {
            assert_eq!(from_yaml::<Forms>(text).unwrap_err().message, words, "{text}");
        }
    }

    #[test]
    fn empty_and_commented_texts_are_the_default() {
        assert_eq!(from_yaml::<Sample>("\u{feff}# nothing\n\n").unwrap(), Sample::default());
    }

    #[test]
    fn distances_count_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(nearest("Pas", ["pass", "fail"].into_iter()), Some("pass"));
    }
}
