//! The answers of the forge of these tests, held against GitHub's own description of its REST interface (OpenAPI 3.0).
//! The description is no part of this project: `SHIPWORTHY_OPENAPI=FILE cargo test --test openapi`, where the file is
//! `api.github.com.json` of the npm package `@octokit/openapi`, or an excerpt of it.
//!
//! It is taken by the letter, and more strictly: an object whose members are listed has no others, since a member that
//! nobody lists is most likely misspelt.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "tests fail this way"
)]

mod fakegh;
#[expect(dead_code, reason = "other tests use the rest")]
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use world::{ADMIN, Fleet, NARROW, PLAIN, Repo};

/// Ends of routes that the description may lack, and why.
const MAY_LACK: &[(&str, &str)] = &[
    ("/graphql", "it is not REST"),
    ("/check-runs", "an excerpt leaves it out"),
    ("/status", "an excerpt leaves it out"),
    ("/pulls", "an excerpt leaves it out"),
];

/// Members that GitHub tells and does not describe: schema, name and type.
const BEYOND: &[(&str, &str, &str)] = &[("environment", "can_admins_bypass", "boolean")];

/// The schema of a refusal.
const ERROR: &str = "#/components/schemas/basic-error";

/// What an answer belongs to: method, template of the path, status.
type Kind = (String, String, u16);

/// Whether a route is one that the description may lack.
fn may_lack(path: &str) -> bool {
    MAY_LACK.iter().any(|(end, _)| path.ends_with(end))
}

/// GitHub's description, its schemas made strict.
struct Description {
    whole: Value,
    validators: BTreeMap<Kind, Validator>,
}

impl Description {
    fn new(mut whole: Value) -> Self {
        for (schema, member, kind) in BEYOND {
            if let Some(Value::Object(listed)) = whole.pointer_mut(&format!("/components/schemas/{schema}/properties"))
            {
                listed.entry(*member).or_insert_with(|| json!({"type": kind}));
            }
        }
        for schema in whole["components"]["schemas"].as_object_mut().unwrap().values_mut() {
            *schema = strict(schema, false);
        }
        Self { whole, validators: BTreeMap::new() }
    }

    /// What a reference leads to, or the value itself.
    fn at<'a>(&'a self, value: &'a Value) -> &'a Value {
        value["$ref"].as_str().map_or(value, |place| self.whole.pointer(place.trim_start_matches('#')).unwrap())
    }

    /// The template that a path belongs to: literal segments win, and only where nothing fits segment by segment does a
    /// last parameter stand for several.
    fn template(&self, method: &str, path: &str) -> Option<String> {
        let best = |several: bool| {
            let paths = self.whole["paths"].as_object().unwrap().iter();
            let known = paths.filter_map(|(template, item)| Some((template, item.get(method.to_lowercase())?)));
            let fitting = known.filter(|(template, operation)| !several || self.ends_with_several(template, operation));
            fitting.filter_map(|(template, _)| Some((fits(template, path, several)?, template.clone()))).max()
        };
        best(false).or_else(|| best(true).filter(|_| !may_lack(path))).map(|(_, template)| template)
    }

    /// Whether the last parameter of a path may hold several segments.
    fn ends_with_several(&self, template: &str, operation: &Value) -> bool {
        let parameters = operation["parameters"].as_array().into_iter().flatten().map(|one| self.at(one));
        let mut several = parameters.filter(|one| one["x-multi-segment"] == json!(true));
        several.any(|one| template.ends_with(&format!("/{{{}}}", one["name"].as_str().unwrap())))
    }

    /// What is wrong with an answer; nothing where it is as described.
    fn faults(&mut self, kind: &Kind, body: &Value) -> Vec<String> {
        if !self.validators.contains_key(kind) {
            self.validators.insert(kind.clone(), self.validator(kind));
        }
        let errors = self.validators[kind].iter_errors(body);
        errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    fn validator(&self, kind: &Kind) -> Validator {
        let (method, template, status) = kind;
        let responses = &self.whole["paths"][template][method.to_lowercase()]["responses"];
        let mut schema = match &self.at(&responses[status.to_string()])["content"]["application/json"]["schema"] {
            // Statuses that are told nowhere, as every refusal.
            Value::Null if *status >= 400 => strict(&json!({"$ref": ERROR}), true),
            Value::Null => panic!("{kind:?} is not described"),
            described => strict(described, true),
        };
        schema["components"] = json!({"schemas": self.whole["components"]["schemas"]});
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        options.build(&schema).unwrap()
    }
}

/// Which segments of a template are literal, where it fits a path.
fn fits(template: &str, path: &str, several: bool) -> Option<Vec<bool>> {
    let (mut parts, mut found) = (path.split('/'), Vec::new());
    for wanted in template.split('/') {
        let (part, is_literal) = (parts.next()?, !wanted.starts_with('{'));
        if is_literal && wanted != part {
            return None;
        }
        found.push(is_literal);
    }
    (several || parts.next().is_none()).then_some(found)
}

/// A schema of OpenAPI 3.0 as one of JSON Schema, where `nullable` is a type and `discriminator` a condition. A closed
/// one refuses members that are listed nowhere; parts of one that put it together are open, since each lists only some.
fn strict(schema: &Value, closed: bool) -> Value {
    let Value::Object(from) = schema else { return schema.clone() };
    let mut to = Map::new();
    for (key, value) in from {
        let value = match (key.as_str(), value) {
            ("properties", Value::Object(all)) => {
                all.iter().map(|(name, one)| (name.clone(), strict(one, true))).collect()
            }
            ("items" | "additionalProperties", one) => strict(one, true),
            ("allOf" | "anyOf" | "oneOf", Value::Array(all)) => {
                all.iter().map(|one| chosen(from.get("discriminator"), one)).collect()
            }
            ("nullable" | "discriminator" | "example" | "default", _) => continue,
            (_, value) => value.clone(),
        };
        to.insert(key.clone(), value);
    }
    let lists = ["$ref", "allOf", "anyOf", "oneOf", "additionalProperties"].iter().any(|key| to.contains_key(*key))
        || to.get("properties").is_some_and(|listed| *listed != json!({}));
    if !lists {
        to.insert("additionalProperties".to_owned(), json!(true));
    }
    if closed {
        to.insert("unevaluatedProperties".to_owned(), json!(false));
    }
    if from.get("nullable") == Some(&json!(true)) {
        json!({"anyOf": [{"type": "null"}, to]})
    } else {
        Value::Object(to)
    }
}

/// One of several schemas, which holds only for what says so where a member decides between them.
fn chosen(discriminator: Option<&Value>, one: &Value) -> Value {
    let mapping = discriminator.and_then(|by| by["mapping"].as_object()).into_iter().flatten();
    let names: Vec<&String> = mapping.filter(|(_, to)| **to == one["$ref"]).map(|(name, _)| name).collect();
    match (discriminator, names.is_empty()) {
        (Some(by), false) => {
            let member = by["propertyName"].as_str().unwrap();
            json!({"allOf": [strict(one, false), {"properties": {member: {"enum": names}}}]})
        }
        _ => strict(one, false),
    }
}

/// An answer spoilt in one place each: a member that nobody lists, and every member of its own type in turn.
fn spoilt(body: &Value) -> Vec<Value> {
    match body {
        Value::Object(members) => {
            let with = |name: &String| {
                let mut whole = members.clone();
                whole.insert(name.clone(), json!([[0]]));
                Value::Object(whole)
            };
            members.keys().chain([&"misspelt".to_owned()]).map(with).collect()
        }
        Value::Array(items) => items.first().map(spoilt).into_iter().flatten().map(|item| json!([item])).collect(),
        _ => Vec::new(),
    }
}

/// Repositories with every kind of answer that the world gives.
fn fleet() -> Fleet {
    let mut other = Repo { archived: true, private: true, apps: vec!["gate"], ..Repo::good("acme/other") };
    other.rules = vec![json!({"type": "REQUIRED_LINEAR_HISTORY"})];
    other.classic = json!({"pattern": "main"});
    other.approvals = json!([]);
    other.environments.push(world::environment(&json!([
        {"id": 2, "node_id": "x", "type": "wait_timer", "wait_timer": 30},
        {"id": 3, "node_id": "x", "type": "required_reviewers", "prevent_self_review": false,
            "reviewers": [{"type": "User", "reviewer": world::complete::user("ada", "User")}]},
        {"id": 4, "node_id": "x", "type": "branch_policy"}
    ])));
    let policy = json!({"protected_branches": false, "custom_branch_policies": true});
    other.environments[1]["deployment_branch_policy"] = policy;
    let unreleased = Repo { released: false, fork: true, ..Repo::good("acme/unreleased") };
    Fleet::new(vec![Repo::good("acme/good"), Repo::bad("acme/bad"), other, unreleased])
}

#[test]
fn the_forge_answers_as_github_describes() {
    let Some(file) = std::env::var_os("SHIPWORTHY_OPENAPI") else {
        // Past the capture of tests, so that it shows.
        std::io::stderr().write_all(b"SKIPPED the description of GitHub: SHIPWORTHY_OPENAPI names none\n").unwrap();
        return;
    };
    let mut description = Description::new(serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap());
    let fleet = fleet();
    let digests = ["acme/good", "acme/bad"].map(|name| Repo::good(name).digest());
    let asked = json!({"subject_digests": digests});
    let (mut wrong, mut routes, mut kinds) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let absent = "GET /repos/acme/unreleased/releases/latest".to_owned();
    for route in fleet.forge.routes().into_iter().chain([absent]) {
        let (method, path) = route.split_once(' ').unwrap();
        let Some(template) = description.template(method, path) else {
            wrong.extend((!may_lack(path)).then(|| format!("{route} is not described")));
            continue;
        };
        let tokens = [Some(ADMIN), Some(PLAIN), Some(NARROW), None];
        for (token, page) in tokens.into_iter().flat_map(|token| [(token, 1), (token, 2)]) {
            let reply = fleet.forge.answer(&format!("{route}?page={page}"), token, &asked);
            let body: Value = serde_json::from_slice(&reply.body).unwrap();
            let kind = (method.to_owned(), template.clone(), reply.status);
            wrong.extend(description.faults(&kind, &body).iter().map(|fault| format!("{route} {} {fault}", kind.2)));
            if kinds.insert(kind.clone()) {
                let missed = spoilt(&body).into_iter().filter(|body| description.faults(&kind, body).is_empty());
                wrong.extend(missed.map(|body| format!("{kind:?} allows {body:#}")));
            }
            routes.insert(route.clone());
        }
    }
    assert!(wrong.is_empty(), "{}", Vec::from_iter(wrong).join("\n"));
    println!("{} routes, {} kinds of answers: {kinds:#?}", routes.len(), kinds.len());
    assert!(routes.len() >= 91 && kinds.len() >= 28, "{routes:#?} {kinds:#?}");
}

/// A small description with all that GitHub's makes use of.
fn small() -> Description {
    let get = |schema: Value| {
        let ok = json!({"content": {"application/json": {"schema": schema}}});
        let several = json!([{"name": "ref", "x-multi-segment": true}]);
        let missing = json!({"$ref": "#/components/responses/missing"});
        json!({"get": {"parameters": several, "responses": {"200": ok, "404": missing}}})
    };
    let pet = |kind: &str, own: &str| {
        json!({"type": "object", "required": [own],
            "properties": {"kind": {"type": "string"}, own: {"type": "integer", "example": kind}}})
    };
    let mapping = json!({"cat": "#/components/schemas/cat", "dog": "#/components/schemas/dog"});
    let thing = json!({"type": "object", "required": ["name", "owner"], "properties": {
        "name": {"type": "string"}, "owner": {"$ref": "#/components/schemas/owner"},
        "since": {"type": "string", "format": "date-time", "nullable": true}, "free": {"type": "object"},
        "pets": {"type": "array", "items": {
            "oneOf": [{"$ref": "#/components/schemas/cat"}, {"$ref": "#/components/schemas/dog"}],
            "discriminator": {"propertyName": "kind", "mapping": mapping}}},
        "rule": {"allOf": [{"$ref": "#/components/schemas/cat"}, {"$ref": "#/components/schemas/owner"}]}
    }});
    Description::new(json!({
        "paths": {"/things/{thing}": get(thing), "/things/latest": get(json!({})), "/refs/{ref}": get(json!({}))},
        "components": {
            "schemas": {"owner": {"type": "object", "properties": {"login": {"type": "string"}}},
                "cat": pet("cat", "lives"), "dog": pet("dog", "bones"),
                "basic-error": {"type": "object", "properties": {"message": {"type": "string"}}}},
            "responses": {"missing": {"content": {"application/json": {"schema": {"$ref": ERROR}}}}}
        }
    }))
}

#[test]
fn what_is_not_as_described_is_refused() {
    let mut description = small();
    let mut is_fine = |status: u16, body: &Value| {
        description.faults(&("GET".to_owned(), "/things/{thing}".to_owned(), status), body).is_empty()
    };
    let good = json!({"name": "a", "owner": {"login": "ada"}, "since": null, "free": {"x": {}},
        "rule": {"lives": 9, "login": "b"}, "pets": [{"kind": "cat", "lives": 9}, {"kind": "dog", "bones": 2}, {"bones": 2}]});
    assert!(is_fine(200, &good) && is_fine(200, &json!({"name": "a", "owner": {}, "since": "2026-01-02T03:04:05Z"})));
    for (place, wrong) in [
        ("/name", json!(7)),
        ("/name", Value::Null),
        ("/owner", json!({"logn": "ada"})),
        ("/since", json!("yesterday")),
        ("/free", json!([])),
        ("/rule", json!({"login": "b"})),
        ("/rule", json!({"lives": 9, "name": "b"})),
        ("/pets/0", json!({"kind": "dog", "lives": 9})),
        ("/pets/0", json!({"kind": "cat", "lives": 9, "bones": 2})),
        ("", json!({"owner": {}})),
        ("", json!({"name": "a", "owner": {}, "nmae": "a"})),
        ("", json!([])),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(place).unwrap() = wrong;
        assert!(!is_fine(200, &body), "{body}");
    }
    assert_eq!(spoilt(&json!([good])).len(), 7);
    assert!(spoilt(&good).iter().all(|body| !is_fine(200, body)));
    for status in [404, 409] {
        assert!(is_fine(status, &json!({"message": "No"})) && !is_fine(status, &json!({"mesage": "No"})));
    }
}

#[test]
fn a_path_belongs_to_the_template_that_says_most_of_it() {
    let description = small();
    let of = |method, path| description.template(method, path);
    assert_eq!(of("GET", "/things/latest").as_deref(), Some("/things/latest"));
    assert_eq!(of("GET", "/things/7").as_deref(), Some("/things/{thing}"));
    assert_eq!(of("GET", "/refs/tags/v1").as_deref(), Some("/refs/{ref}"));
    for (method, path) in [("GET", "/refs/a/status"), ("POST", "/things/7"), ("GET", "/things/7/x"), ("GET", "/other")]
    {
        assert_eq!(of(method, path), None, "{path}");
    }
    assert!(may_lack("/graphql") && !may_lack("/other"));
}
