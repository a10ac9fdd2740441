//! Where tokens come from, and that nothing shows them.

use std::fs;

use super::*;

const SECRET: &str = "ghp_0123456789abcdefghijABCDEFGHIJ456789";

fn api(root: &str) -> Api {
    Api::parse(root).unwrap()
}

fn found(root: &str, file: Option<&Path>, variables: &[(&str, &str)]) -> Result<Option<Token>, TokenError> {
    let variable =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    handed_over(&api(root), file, variable)
}

fn source(root: &str, variables: &[(&str, &str)]) -> Option<TokenSource> {
    found(root, None, variables).unwrap().map(|token| token.source().clone())
}

#[test]
fn each_host_has_its_own_variables() {
    let all =
        [("GITHUB_ENTERPRISE_TOKEN", "d"), ("GH_ENTERPRISE_TOKEN", "c"), ("GITHUB_TOKEN", "b"), ("GH_TOKEN", "a")];
    let variable = |name| Some(TokenSource::Variable(name));
    assert_eq!(source("https://api.github.com", &all), variable("GH_TOKEN"));
    assert_eq!(source("https://api.github.com", &all[..3]), variable("GITHUB_TOKEN"));
    assert_eq!(source("https://api.github.com", &all[..2]), None);
    assert_eq!(source("https://api.octo.ghe.com", &all), variable("GH_TOKEN"));
    assert_eq!(source("https://ghes.test/api/v3", &all), variable("GH_ENTERPRISE_TOKEN"));
    assert_eq!(source("https://ghes.test/api/v3", &all[..1]), variable("GITHUB_ENTERPRISE_TOKEN"));
    assert_eq!(source("http://127.0.0.1:80", &all), variable("GH_TOKEN"));
    assert_eq!(source("http://127.0.0.1:80", &all[..1]), variable("GITHUB_ENTERPRISE_TOKEN"));
    assert_eq!(source("https://api.github.com", &[("GH_TOKEN", " "), ("GITHUB_TOKEN", "b")]), variable("GITHUB_TOKEN"));
}

#[test]
fn a_token_of_github_goes_to_no_other_host() {
    let github = [("GH_TOKEN", SECRET), ("GITHUB_TOKEN", SECRET), ("CODESPACES", "true"), ("GH_HOST", "evil.test")];
    for other in [
        "https://api.github.com.evil.test",
        "https://evil.test/api.github.com",
        "https://evil.test/api/v3",
        "https://api.github.com:444",
        "https://api.gıthub.com",
        "https://evilghe.com",
    ] {
        assert_eq!(source(other, &github), None, "{other}");
    }
}

#[test]
fn a_named_file_wins_and_must_hold_one_word() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, format!("{SECRET}\n")).unwrap();
    let token = found("https://ghes.test/api/v3", Some(&path), &[("GH_ENTERPRISE_TOKEN", "x")]).unwrap().unwrap();
    assert_eq!(token.source(), &TokenSource::File(path.clone()));
    assert_eq!(token.header().unwrap().to_str().unwrap(), format!("Bearer {SECRET}"));
    for bad in ["", " \n", "two words", "line\nline", "umlautü", &"x".repeat(5000)] {
        fs::write(&path, bad).unwrap();
        let error = found("https://api.github.com", Some(&path), &[("GH_TOKEN", "x")]).unwrap_err().to_string();
        assert!(error.contains("holds no token") && !error.contains("words two"), "{error}");
    }
    let absent = folder.path().join("none");
    let error = found("https://api.github.com", Some(&absent), &[]).unwrap_err().to_string();
    assert!(error.contains("none cannot be read"), "{error}");
}

#[test]
fn nothing_shows_the_token() {
    let token = Token::new(SECRET, TokenSource::Gh).unwrap();
    let shown = format!("{token:?} {:?} {}", token.header(), token.source());
    assert!(!shown.contains("0123456789"), "{shown}");
    assert_eq!(token.hide_in(&format!("a {SECRET} b")), "a *** b");
    let error = Token::new(&format!("{SECRET} x"), TokenSource::Variable("GH_TOKEN")).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("0123456789"));
}

#[test]
fn fingerprints_tell_tokens_and_hosts_apart() {
    let (one, two) = (Token::new("a", TokenSource::Gh).unwrap(), Token::new("b", TokenSource::Gh).unwrap());
    let (here, there) = (api("https://api.github.com"), api("https://ghes.test/api/v3"));
    assert_eq!(one.fingerprint(&here), one.fingerprint(&here));
    assert_ne!(one.fingerprint(&here), two.fingerprint(&here));
    assert_ne!(one.fingerprint(&here), one.fingerprint(&there));
}

#[test]
fn kinds_follow_from_the_beginning() {
    let kind = |text| Token::new(text, TokenSource::Gh).unwrap().kind();
    assert_eq!(kind(SECRET), TokenKind::Classic);
    assert_eq!(kind("github_pat_11"), TokenKind::FineGrained);
    assert_eq!(kind("gho_x"), TokenKind::OAuth);
    assert_eq!(kind("ghs_x"), TokenKind::App);
    assert_eq!(kind("0123"), TokenKind::Other);
}

#[cfg(unix)]
mod gh {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn program(folder: &Path, script: &str) {
        let path = folder.join("gh");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    }

    fn asked(path: &OsStr) -> Option<Token> {
        from_programs(&api("https://ghes.test/api/v3"), path)
    }

    #[test]
    fn it_is_asked_for_the_host_and_without_the_variables() {
        let folder = tempfile::tempdir().unwrap();
        program(folder.path(), "echo \"$*|$GH_TOKEN|$(pwd)\" | tr ' ' '_'");
        let token = asked(folder.path().as_os_str()).unwrap();
        assert_eq!(token.source(), &TokenSource::Gh);
        assert_eq!(token.header().unwrap().to_str().unwrap(), "Bearer auth_token_--hostname_ghes.test||/");
    }

    #[test]
    fn relative_folders_and_failures_give_no_token() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(gh_program("".as_ref()), None);
        assert_eq!(gh_program(".:bin:".as_ref()), None);
        assert!(asked(folder.path().as_os_str()).is_none());
        program(folder.path(), "echo secret; exit 1");
        assert!(asked(folder.path().as_os_str()).is_none());
        program(folder.path(), "echo no oauth token");
        assert!(asked(folder.path().as_os_str()).is_none());
        fs::set_permissions(folder.path().join("gh"), fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(gh_program(folder.path().as_os_str()), None);
    }

    #[test]
    fn one_that_hangs_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        program(folder.path(), "exec sleep 600");
        assert!(from_gh(&folder.path().join("gh"), "github.com", Duration::from_millis(50)).is_none());
    }
}
