//! Renovate's configuration, as far as it tells how actions are updated.

use serde_json::{Map, Value};

use super::files::{FileSet, Problem};
use super::interest::RENOVATE;
use crate::text::{Place, Span};

/// Deepest nesting that is read; the reader of JSON5 is recursive, so a hostile file could exhaust its stack.
const MAX_DEPTH: usize = 100;

/// What a configuration says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renovate {
    /// Its file.
    pub path: String,
    /// Presets it extends.
    pub extends: Vec<String>,
    /// The managers that are switched on; none where all are.
    pub managers: Option<Vec<String>>,
    /// Paths that are left alone.
    pub ignored: Vec<String>,
    /// The only paths that are looked at; empty for all.
    pub included: Vec<String>,
    /// Settings in the order they apply: those of the whole file, those of the manager `github-actions`, then the
    /// rules for packages.
    pub rules: Vec<Rule>,
}

/// Settings and what they apply to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Selectors by name, as `matchManagers`; none for what applies to all.
    pub selectors: Vec<(String, Vec<String>)>,
    /// Whether updates are switched on or off.
    pub enabled: Option<bool>,
    /// The group that updates are put into.
    pub group: Option<String>,
    /// Whether digests are pinned.
    pub pins: Option<bool>,
    /// How old a version must be.
    pub minimum_age: Option<String>,
    /// Presets the rule extends.
    pub extends: Vec<String>,
}

/// Reads the configuration that Renovate would find first; none where there is none.
///
/// # Errors
/// A text that is neither JSON nor JSON5, with its place.
pub fn read(files: &FileSet) -> Option<Result<Renovate, Box<Problem>>> {
    let own = RENOVATE.iter().find_map(|path| Some((*path, files.text(path)?)));
    if let Some((path, text)) = own {
        return Some(parse(path, text).map(|value| Renovate::lower(path, &value)));
    }
    // A broken package.json is npm's to report: it is a configuration of Renovate only where the key is found.
    let path = "package.json";
    let package: Value = serde_json::from_str(files.text(path)?).ok()?;
    package.get("renovate").map(|value| Ok(Renovate::lower(path, value)))
}

/// Where a key is written in a configuration, as far as a search for it tells.
pub fn place_of(text: &str, key: &str) -> Option<Span> {
    let quoted = [format!("\"{key}\""), format!("'{key}'"), format!("{key}:")];
    let start = quoted.iter().filter_map(|quoted| text.find(quoted.as_str())).min()?;
    let within = text.get(start..)?;
    let length = quoted.iter().find(|quoted| within.starts_with(quoted.as_str())).map_or(0, String::len);
    Some(Span::new(start, start + length))
}

fn parse(path: &str, text: &str) -> Result<Value, Box<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(place) = too_deep(text) {
        let message = format!("is nested deeper than {MAX_DEPTH} levels");
        return Err(Box::new(Problem::hiding(path, Some(place), &message)));
    }
    let value: Value = json5::from_str(text).map_err(|error| {
        let end = crate::text::span::place(text, text.len());
        let place = error.position().map_or(end, |at| Place { line: at.line + 1, column: at.column + 1 });
        let reason = error.code().map_or_else(|| error.to_string(), |code| code.to_string());
        Box::new(Problem::hiding(path, Some(place), &format!("is not valid JSON5: {reason}")))
    })?;
    if value.is_object() {
        Ok(value)
    } else {
        let place = Some(Place { line: 1, column: 1 });
        Err(Box::new(Problem::hiding(path, place, "is not an object of Renovate settings")))
    }
}

/// Where brackets first nest too deep. Brackets inside texts count too, which only makes the limit stricter.
fn too_deep(text: &str) -> Option<Place> {
    let mut depth = 0_usize;
    let at = text.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_DEPTH
    })?;
    Some(crate::text::span::place(text, at))
}

impl Renovate {
    fn lower(path: &str, value: &Value) -> Self {
        let Some(settings) = value.as_object() else { return Self { path: path.to_owned(), ..Self::default() } };
        let manager = settings.get("github-actions").and_then(Value::as_object).map(|manager| Rule {
            selectors: vec![("matchManagers".to_owned(), vec!["github-actions".to_owned()])],
            ..Rule::lower(manager)
        });
        let whole = Rule { selectors: Vec::new(), ..Rule::lower(settings) };
        let packages = settings.get("packageRules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let packages = packages.iter().filter_map(Value::as_object).map(Rule::lower);
        Self {
            path: path.to_owned(),
            extends: strings(settings.get("extends")),
            managers: settings.get("enabledManagers").map(|managers| strings(Some(managers))),
            ignored: strings(settings.get("ignorePaths")),
            included: strings(settings.get("includePaths")),
            rules: std::iter::once(whole).chain(manager).chain(packages).collect(),
        }
    }
}

impl Rule {
    fn lower(settings: &Map<String, Value>) -> Self {
        let is_selector = |key: &str| key.starts_with("match") || key.starts_with("exclude");
        let selectors = settings.iter().filter(|(key, _)| is_selector(key));
        let text = |key: &str| settings.get(key).and_then(Value::as_str).map(str::to_owned);
        Self {
            selectors: selectors.map(|(key, value)| (key.clone(), strings(Some(value)))).collect(),
            enabled: settings.get("enabled").and_then(Value::as_bool),
            group: text("groupName").filter(|name| !name.is_empty()),
            pins: settings.get("pinDigests").and_then(Value::as_bool),
            minimum_age: text("minimumReleaseAge").or_else(|| text("stabilityDays")),
            extends: strings(settings.get("extends")),
        }
    }
}

/// A list of texts, or a text alone.
fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(path: &str, text: &str) -> Option<Result<Renovate, Box<Problem>>> {
        read(&FileSet { texts: [(path.to_owned(), text.into())].into(), ..FileSet::default() })
    }

    #[test]
    fn json5_with_comments_and_trailing_commas_is_read() {
        let text = "// top\n{\n  extends: ['config:recommended',],\n  /* why */ enabledManagers: [\"npm\"],\n  \"github-actions\": {enabled: false},\n\
             packageRules: [{matchManagers: 'github-actions', groupName: \"ci\", pinDigests: true,},],\n}\n";
        for path in ["renovate.json5", ".github/renovate.json", ".renovaterc"] {
            let read = read_text(path, text).unwrap().unwrap();
            assert_eq!((read.path.as_str(), read.extends.as_slice()), (path, &["config:recommended".to_owned()][..]));
            assert_eq!(read.managers, Some(vec!["npm".to_owned()]));
            let enabled: Vec<_> = read.rules.iter().map(|rule| rule.enabled).collect();
            assert_eq!(enabled, [None, Some(false), None]);
            let rule = &read.rules[2];
            assert_eq!((rule.group.as_deref(), rule.pins), (Some("ci"), Some(true)));
            assert_eq!(rule.selectors, [("matchManagers".to_owned(), vec!["github-actions".to_owned()])]);
        }
    }

    #[test]
    fn a_package_json_counts_only_with_its_key() {
        assert!(read_text("package.json", "{\"name\": \"x\"}").is_none());
        assert!(read_text("package.json", "{ broken").is_none());
        let read = read_text("package.json", "{\"renovate\": {\"extends\": [\"a\"]}}").unwrap().unwrap();
        assert_eq!(read.extends, ["a"]);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        let line = |text: &str| read_text("renovate.json", text).unwrap().unwrap_err().place.map(|place| place.line);
        assert_eq!(line("{\n  extends: [\n"), Some(2));
        assert_eq!(line("{\n  \"a\" 1\n}"), Some(2));
        assert_eq!(line("[]"), Some(1));
        assert_eq!(line(&"[".repeat(100_000)), Some(1));
        assert!(line("").is_some());
    }

    #[test]
    fn keys_are_found_quoted_or_bare() {
        assert_eq!(place_of("{a: 1, extends: []}", "extends").map(|span| span.start), Some(7));
        assert_eq!(place_of("{\"extends\": []}", "extends"), Some(Span::new(1, 10)));
        assert_eq!(place_of("{}", "extends"), None);
    }
}
