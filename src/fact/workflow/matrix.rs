//! The values that `strategy.matrix` gives each of its names.
//!
//! The matrix is expanded as GitHub does it, so that a combination in which a name has no value at all is not
//! overlooked: there the name is an empty string.

use std::collections::BTreeMap;

use super::Text;
use crate::text::Span;
use crate::text::yaml::{Style, View};

/// Most jobs that GitHub makes of one matrix.
const MAX_COMBINATIONS: usize = 256;

/// What one job of a matrix is given: texts by name, those of a mapping as `name.field`.
type Combination = BTreeMap<String, Text>;

/// The values of every name over all jobs of the matrix of a job; a name whose values are not a known few has none.
pub fn read(job: View<'_>) -> Vec<(String, Vec<Text>)> {
    let Some(matrix) = job.get("strategy").and_then(|strategy| strategy.get("matrix")) else { return Vec::new() };
    let parts = Parts::of(matrix);
    match parts.combinations() {
        Some(combinations) => values(&combinations, matrix.alias().unwrap_or(matrix.span())),
        None => parts.names().into_iter().map(|name| (name, Vec::new())).collect(),
    }
}

/// A matrix as it is written.
struct Parts {
    /// Values of each dimension; none where they are computed.
    dimensions: Vec<(String, Option<Vec<Combination>>)>,
    /// Entries of `include`; none where they are computed.
    include: Option<Vec<Combination>>,
    /// Entries of `exclude`; none where they are computed.
    exclude: Option<Vec<Combination>>,
}

impl Parts {
    fn of(matrix: View<'_>) -> Self {
        let mut parts = Self { dimensions: Vec::new(), include: Some(Vec::new()), exclude: Some(Vec::new()) };
        for (key, value) in matrix.entries() {
            match key.as_str() {
                Some("include") => parts.include = entries(value),
                Some("exclude") => parts.exclude = entries(value),
                Some(name) => {
                    let one = |item| flat(name, item);
                    let values = value.is_sequence().then(|| value.items().map(one).collect());
                    parts.dimensions.push((name.to_owned(), values));
                }
                None => {}
            }
        }
        parts
    }

    /// Every name that is written anywhere.
    fn names(&self) -> Vec<String> {
        let dimensions = self.dimensions.iter().flat_map(|(_, values)| values.iter().flatten());
        let written = dimensions.chain(self.include.iter().flatten()).flat_map(|combination| combination.keys());
        let mut names: Vec<String> = self.dimensions.iter().map(|(name, _)| name).chain(written).cloned().collect();
        names.sort();
        names.dedup();
        names
    }

    /// Every job of the matrix; none where something of it is computed, or where they are too many.
    fn combinations(&self) -> Option<Vec<Combination>> {
        let (include, exclude) = (self.include.as_ref()?, self.exclude.as_ref()?);
        let mut all: Vec<Combination> = if self.dimensions.is_empty() { Vec::new() } else { vec![Combination::new()] };
        for (_, values) in &self.dimensions {
            let values = values.as_ref()?;
            if all.len().saturating_mul(values.len()) > MAX_COMBINATIONS {
                return None;
            }
            all = all.iter().flat_map(|one| values.iter().map(|value| joined(one, value))).collect();
        }
        all.retain(|one| !exclude.iter().any(|entry| entry.iter().all(|(name, text)| has(one, name, text))));
        let original = all.clone();
        for entry in include {
            let mut taken = false;
            for (one, original) in all.iter_mut().zip(&original) {
                let fits = entry.iter().all(|(name, text)| !original.contains_key(name) || has(original, name, text));
                if fits {
                    one.extend(entry.clone());
                    taken = true;
                }
            }
            if !taken {
                all.push(entry.clone());
            }
        }
        (all.len() <= MAX_COMBINATIONS).then_some(all)
    }
}

fn joined(one: &Combination, more: &Combination) -> Combination {
    one.iter().chain(more).map(|(name, text)| (name.clone(), text.clone())).collect()
}

fn has(combination: &Combination, name: &str, text: &Text) -> bool {
    combination.get(name).is_some_and(|own| own.value == text.value)
}

/// The entries of `include` or `exclude`.
fn entries(list: View<'_>) -> Option<Vec<Combination>> {
    let entry = |item: View<'_>| {
        let fields = item.entries().filter_map(|(key, value)| Some(flat(key.as_str()?, value)));
        fields.flatten().collect()
    };
    list.is_sequence().then(|| list.items().map(entry).collect())
}

/// A value under its name, or the fields of a mapping under `name.field`.
fn flat(name: &str, value: View<'_>) -> Combination {
    if value.is_mapping() {
        let field = |(key, value): (View<'_>, View<'_>)| Some((format!("{name}.{}", key.as_str()?), text(value)?));
        return value.entries().filter_map(field).collect();
    }
    text(value).map(|text| (name.to_owned(), text)).into_iter().collect()
}

fn text(value: View<'_>) -> Option<Text> {
    let style = value.style().unwrap_or(Style::Plain);
    let written = value.as_str().filter(|_| !value.is_null())?;
    Some(Text { value: written.to_owned(), span: value.span(), alias: value.alias().map(Box::new), style })
}

/// The values of each name, and an empty one where a combination has none.
fn values(combinations: &[Combination], matrix: Span) -> Vec<(String, Vec<Text>)> {
    let mut names: Vec<&String> = combinations.iter().flat_map(BTreeMap::keys).collect();
    names.sort();
    names.dedup();
    let absent = || Text { value: String::new(), span: matrix, alias: None, style: Style::Plain };
    let of = |name: &String| {
        let mut values: Vec<Text> = Vec::new();
        for combination in combinations {
            let text = combination.get(name).cloned().unwrap_or_else(absent);
            if !values.iter().any(|known| known.value == text.value) {
                values.push(text);
            }
        }
        values
    };
    names.into_iter().map(|name| (name.clone(), of(name))).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::yaml::{self, Parsed};

    /// The values of a name; nothing where they are not a known few.
    fn values_of(matrix: &str, name: &str) -> Vec<String> {
        let text: Arc<str> = format!("strategy: {{matrix: {matrix}}}\n").into();
        let Ok(Parsed::Doc(doc)) = yaml::parse(&text) else { panic!("{text}") };
        let read = read(doc.root());
        let found = read.iter().find(|(known, _)| known == name);
        found.map(|(_, values)| values.iter().map(|text| text.value.clone()).collect()).unwrap_or_default()
    }

    #[test]
    fn dimensions_have_their_values() {
        assert_eq!(values_of("{env: [a, b], os: [x]}", "env"), ["a", "b"]);
        assert_eq!(values_of("{target: [{env: a}, {env: b}]}", "target.env"), ["a", "b"]);
        assert_eq!(values_of("{env: [a, b, c], exclude: [{env: b}]}", "env"), ["a", "c"]);
    }

    #[test]
    fn a_combination_without_the_name_has_an_empty_one() {
        assert_eq!(values_of("{include: [{env: a}, {os: x}]}", "env"), ["a", ""]);
        assert_eq!(values_of("{target: [{env: a}, {os: x}]}", "target.env"), ["a", ""]);
        assert_eq!(values_of("{index: [a, b], include: [{index: a, env: x}]}", "env"), ["x", ""]);
        assert_eq!(values_of("{index: [a, b], include: [{index: a, env: x}, {index: b, env: y}]}", "env"), ["x", "y"]);
        assert_eq!(values_of("{index: [a, b], include: [{env: x}]}", "env"), ["x"], "it fits every combination");
        assert_eq!(values_of("{env: [a], include: [{env: b, os: x}]}", "env"), ["a", "b"]);
        assert_eq!(values_of("{env: [a], os: [x], include: [{os: y}]}", "env"), ["a", ""], "a combination of its own");
        assert_eq!(values_of("{i: [a], include: [{i: a, env: x}], exclude: [{i: a}]}", "env"), ["x"]);
    }

    #[test]
    fn what_is_computed_is_not_a_known_few() {
        for matrix in [
            "'${{ fromJSON(x) }}'",
            "{env: '${{ fromJSON(x) }}', include: [{env: a}]}",
            "{env: [a], include: '${{ fromJSON(x) }}'}",
            "{env: [a], os: '${{ fromJSON(x) }}', include: [{os: x}]}",
        ] {
            assert!(values_of(matrix, "env").is_empty(), "{matrix}");
        }
        let many = (0..300).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
        assert!(values_of(&format!("{{env: [{many}]}}"), "env").is_empty());
    }
}
