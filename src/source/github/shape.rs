//! Shapes that answers of GitHub share. A field of another type than expected is an error, never a default.

use std::ops::Deref;

use serde::{Deserialize, Deserializer};

use crate::text::clean;

/// A text from outside, cleaned where it enters.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word(pub String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self(clean::line(&text).into_owned()))
    }
}

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        word.0
    }
}

/// A connection of GraphQL: some of its nodes, and how many there are.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection<T> {
    /// How many there are; none where that was not asked.
    pub total_count: Option<usize>,
    /// The nodes that were asked for.
    pub nodes: Vec<T>,
}

impl<T> Connection<T> {
    /// Whether every node is here: nothing may be said of what is not in a list that goes on.
    pub fn is_complete(&self) -> bool {
        self.total_count.is_none_or(|total| total <= self.nodes.len())
    }
}

/// A switch that is wrapped in an object, as `enforce_admins` is.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Switch {
    /// Its state.
    pub enabled: bool,
}

/// Somebody with a login.
#[derive(Clone, Debug, Deserialize)]
pub struct Account {
    /// The login.
    pub login: Word,
}

/// Takes `null` and nothing for the same: absent. Anything else must be of the right type.
pub fn listed<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_are_clean_and_nothing_but_words() {
        assert!(!serde_json::from_value::<Word>(json!("a\u{1b}[2Jb")).unwrap().0.contains('\u{1b}'));
        for wrong in [json!(null), json!(3), json!([]), json!({})] {
            assert!(serde_json::from_value::<Word>(wrong).is_err());
        }
    }

    #[test]
    fn a_list_that_goes_on_is_not_complete() {
        let list = |value| serde_json::from_value::<Connection<u32>>(value).unwrap().is_complete();
        assert!(list(json!({"totalCount": 2, "nodes": [1, 2]})) && list(json!({"nodes": []})));
        assert!(!list(json!({"totalCount": 3, "nodes": [1, 2]})));
        assert!(serde_json::from_value::<Connection<u32>>(json!({"totalCount": 1, "nodes": [null]})).is_err());
    }
}
