//! What `doctor` prints.

use super::*;
use crate::source::github::sight::LOOKS;

fn found() -> Diagnosis {
    let environment = Environment { output_terminal: true, utf8: true, width: Some(100), ..Environment::default() };
    let variable = |name: &str| match name {
        "TERM" => Some("xterm\u{1b}[2J".to_owned()),
        "LANG" => Some("C.UTF-8".to_owned()),
        _ => None,
    };
    let mut surroundings = surroundings_found(environment, variable);
    surroundings[0].1 = "VERSION".to_owned();
    surroundings[1].1 = "SYSTEM".to_owned();
    Diagnosis {
        surroundings,
        forge: vec![("API", "https://api.github.com".to_owned()), ("token", "TOKEN".to_owned())],
        form: "FORM".to_owned(),
        places: vec![("cache", "CACHE".to_owned())],
        ..Diagnosis::default()
    }
}

fn seen(judge: impl Fn(&str) -> Seen) -> RepoSight {
    let sight = |look: &'static sight::Look| Sight {
        look,
        seen: judge(look.permission),
        permission: look.permission.to_owned(),
    };
    RepoSight { full_name: "o/r".to_owned(), private: false, admin: false, sights: LOOKS.iter().map(sight).collect() }
}

fn snapshot(name: &str, diagnosis: &Diagnosis) {
    insta::with_settings!({snapshot_path => "../../../tests/snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!(name, printed(diagnosis));
    });
}

fn printed(diagnosis: &Diagnosis) -> String {
    let mut out = Vec::new();
    write(diagnosis, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_reader_is_told_what_is_hidden_and_which_permission_shows_it() {
    let repo = seen(|permission| match permission {
        "administration:read" => Seen::No("403".to_owned()),
        _ => Seen::Yes,
    });
    let target = "o/r, public; the token's owner does not administer it".to_owned();
    snapshot("doctor_reader", &Diagnosis { target, repo: Some(repo), ..found() });
}

#[test]
fn one_that_sees_all_needs_no_advice() {
    let text = printed(&Diagnosis { repo: Some(seen(|_| Seen::Yes)), ..found() });
    assert!(!text.contains("FORM") && !text.contains("Missing"), "{text}");
    assert_eq!(text.lines().filter(|line| line.ends_with("  all")).count(), 13, "{text}");
}

#[test]
fn without_an_answer_the_needs_are_told() {
    let target = "o/r was not asked for: offline".to_owned();
    snapshot("doctor_offline", &Diagnosis { target, ..found() });
}

#[test]
fn what_cannot_be_told_is_not_called_hidden() {
    let repo = seen(|permission| match permission {
        "actions:read" => Seen::Unclear("no answer within 15 s".to_owned()),
        _ => Seen::Yes,
    });
    let text = printed(&Diagnosis { repo: Some(repo), ..found() });
    let line = text.lines().find(|line| line.contains("R07")).unwrap();
    assert!(line.contains("unclear") && line.contains("no answer within 15 s") && !text.contains("Missing"), "{text}");
}
