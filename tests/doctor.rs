//! `doctor` and `cache` as they are run, against a forge of the tests.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what serves only tests fails as tests do")]

mod fakegh;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fakegh::{FakeGh, Fault, Reply};
use serde_json::json;
use tempfile::TempDir;

const SECRET: &str = "ghp_0123456789abcdefghijABCDEFGHIJ456789";

/// The program with a home of its own.
struct Place {
    home: TempDir,
}

/// How a run ended, and what it said.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Place {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shipworthy"));
        command.args(arguments).current_dir(self.home.path()).stdin(Stdio::null()).env_clear();
        // No index answers here, unless a test has one.
        command.env("HOME", self.home.path()).env("LANG", "C.UTF-8").env("SHIPWORTHY_INDEX_URL", "http://127.0.0.1:9");
        command.envs(variables.iter().copied());
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let run = Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
        assert!(!run.err.contains("panicked at"), "{}", run.err);
        assert!(!format!("{}{}", run.out, run.err).contains("0123456789abc"), "{}{}", run.out, run.err);
        run
    }

    /// `doctor o/r` with a token, against this forge.
    fn doctor(&self, forge: &FakeGh, arguments: &[&str]) -> String {
        let variables = [("GITHUB_API_URL", forge.url()), ("GH_TOKEN", SECRET.to_owned())];
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let run = self.run(&[&["doctor", "o/r"], arguments].concat(), &variables);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);
        run.out
    }
}

fn forge(admin: bool) -> FakeGh {
    let forge = FakeGh::start();
    let repo = json!({"full_name": "o/r", "default_branch": "main", "private": false, "permissions": {"admin": admin}});
    forge.json("GET /repos/o/r", &repo);
    let rate = json!({"limit": 5000, "remaining": 4987, "used": 13, "reset": 1_800_000_000});
    forge.json("GET /rate_limit", &json!({"resources": {"core": rate, "graphql": rate}}));
    forge.reply("GET /user", Reply::json(&json!({"login": "octocat"})).with("x-oauth-scopes", "repo, read:org"));
    for list in ["contents/", "rules/branches/main", "tags", "releases"] {
        forge.json(&format!("GET /repos/o/r/{list}"), &json!([]));
    }
    forge.json("GET /repos/o/r/environments", &json!({"total_count": 0, "environments": []}));
    forge.json("GET /repos/o/r/actions/runs", &json!({"total_count": 0, "workflow_runs": []}));
    if admin {
        let classic = Reply::status(404, &json!({"message": "Branch not protected"}));
        forge.reply("GET /repos/o/r/branches/main/protection", classic);
        forge.json("GET /repos/o/r/actions/permissions", &json!({"enabled": true, "allowed_actions": "all"}));
        forge.json("GET /repos/o/r/actions/permissions/workflow", &json!({"default_workflow_permissions": "read"}));
    } else {
        forge.reply("GET /repos/o/r/actions/permissions", Reply::forbidden("administration=read"));
    }
    forge
}

fn words_of<'a>(out: &'a str, requirement: &str) -> &'a str {
    out.lines().find(|line| line.trim_start().starts_with(requirement)).unwrap()
}

#[test]
fn an_administrator_sees_everything() {
    let (place, forge) = (Place::new(), forge(true));
    let out = place.doctor(&forge, &[]);
    assert_eq!(out.lines().filter(|line| line.ends_with("  all")).count(), 13, "{out}");
    assert!(out.contains("token          a classic personal token, from GH_TOKEN"), "{out}");
    assert!(out.contains("login          octocat\n  scopes         repo, read:org\n"), "{out}");
    assert!(out.contains("quota          4987 of 5000 left until 08:00 UTC"), "{out}");
    assert!(out.contains("o/r, public; the token's owner administers it"), "{out}");
    assert!(forge.journal().iter().all(|asked| asked.method == "GET" && asked.text().matches(SECRET).count() == 1));
}

#[test]
fn a_reader_is_told_the_permission_and_where_to_get_it() {
    let (place, forge) = (Place::new(), forge(false));
    let out = place.doctor(&forge, &[]);
    let policy = words_of(&out, "R06");
    assert!(policy.contains("part") && policy.contains("which actions may run needs administration:read"), "{policy}");
    assert!(policy.contains("GET /repos/o/r/actions/permissions was answered with 403"), "{policy}");
    assert!(words_of(&out, "R04").contains("protection was answered with 404: Not Found"), "{out}");
    assert!(words_of(&out, "R08").ends_with("all"), "{out}");
    assert!(out.contains("Missing: administration:read"), "{out}");
    let form = format!("https://127.0.0.1:{}/settings/personal-access-tokens/new?", forge.port());
    assert!(out.contains(&form) && out.contains("&target_name=o&contents=read&administration=read"), "{out}");
}

#[test]
fn without_rights_or_network_it_still_answers() {
    let (place, forge) = (Place::new(), forge(true));
    forge.fault("GET /rate_limit", Fault::Unauthorized);
    forge.fault("GET /repos/o/r", Fault::Unauthorized);
    let out = place.doctor(&forge, &[]);
    assert!(out.contains("trouble        GET /rate_limit: the token was refused: Bad credentials"), "{out}");
    assert!(out.contains("o/r cannot be seen: GET /repos/o/r: the token was refused"), "{out}");
    forge.heal();
    forge.reply("GET /repos/o/r", Reply::not_found());
    let out = place.doctor(&forge, &[]);
    assert!(out.contains("was answered with 404: Not Found; it does not exist, or the token cannot see it"), "{out}");
    let asked = forge.journal().len();
    let out = place.doctor(&forge, &["--offline"]);
    assert!(out.contains("asked          nothing: offline") && out.contains("o/r was not asked for: offline"), "{out}");
    assert!(words_of(&out, "R06").ends_with("unasked   needs contents:read, administration:read"), "{out}");
    assert_eq!(forge.journal().len(), asked);
    drop(forge);
    let gone = FakeGh::start().url();
    let run = place.run(&["doctor", "o/r", "--api-url", &gone], &[]);
    assert!(run.code == Some(0) && run.out.contains("no connection to 127.0.0.1:9: "), "{}", run.out);
    assert!(run.out.contains("token          none; "), "{}", run.out);
}

#[test]
fn a_folder_is_looked_at_by_its_remote_and_only_on_its_own_host() {
    let (place, forge) = (Place::new(), forge(true));
    let config = place.home.path().join(".git/config");
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::fs::write(place.home.path().join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    let at = |host: &str| {
        std::fs::write(&config, format!("[remote \"origin\"]\n\turl = https://{host}/o/r.git\n")).unwrap();
        place.run(&["doctor", "--api-url", &forge.url()], &[("GH_TOKEN", SECRET)]).out
    };
    assert!(at(&format!("127.0.0.1:{}", forge.port())).contains("o/r, public"));
    let asked = forge.count("GET /repos/o/r");
    for other in ["github.com", "github.com.evil.test", "127.0.0.1"] {
        let out = at(other);
        assert!(out.contains(&format!("the remote of . is at {other}, not at 127.0.0.1:{}", forge.port())), "{out}");
    }
    assert_eq!(forge.count("GET /repos/o/r"), asked);
}

#[test]
fn what_is_wrong_with_the_options_is_said() {
    let place = Place::new();
    for (arguments, variables, words) in [
        (&["doctor", "--api-url", "http://ghes.test/api/v3"][..], &[][..], "would send the token unencrypted"),
        (&["doctor", "--api-url", "https://u:s3cret@ghes.test"], &[], "`https://***@ghes.test` carries a user name"),
        (&["check", "--token-file", "none"], &[], "the token file none cannot be read"),
        (&["check"], &[("GH_TOKEN", "two words 0123456789")], "GH_TOKEN holds no token: a token is one word"),
        (&["check", "."], &[("GITHUB_API_URL", "nonsense")], "`nonsense` is no address"),
    ] {
        let run = place.run(arguments, variables);
        assert!(run.code == Some(2) && run.err.contains(words) && run.err.contains("hint: "), "{}", run.err);
        assert!(!run.err.contains("s3cret") && !run.err.contains("two words"), "{}", run.err);
    }
    let run = place.run(&["doctor", "."], &[("GITHUB_API_URL", ""), ("SHIPWORTHY_OFFLINE", "1")]);
    assert!(run.out.contains("https://api.github.com"), "{}{}", run.out, run.err);
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn answers_are_kept_for_their_owner_and_cleared_on_request() {
    let (place, forge) = (Place::new(), forge(true));
    let folder = place.run(&["cache", "path"], &[]).out;
    assert_eq!(PathBuf::from(folder.trim()), place.home.path().join(".cache/shipworthy"));
    place.doctor(&forge, &["--no-cache"]);
    assert!(walk(Path::new(folder.trim())).is_empty());
    place.doctor(&forge, &[]);
    let kept = walk(Path::new(folder.trim()));
    assert!(kept.len() > 5, "{kept:?}");
    for path in &kept {
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        assert!(!text.contains("0123456789abc"), "{}", path.display());
    }
    place.doctor(&forge, &[]);
    assert!(forge.journal().iter().any(|asked| asked.status == 304));
    let cleared = place.run(&["cache", "clear"], &[]);
    assert!(cleared.code == Some(0) && cleared.out.contains(" answers removed ("), "{}", cleared.out);
    assert!(place.run(&["cache", "clear"], &[]).out.starts_with("0 answers removed"));
}

#[test]
fn a_proxy_carries_what_is_encrypted_and_never_sees_the_token() {
    let (place, proxy, forge) = (Place::new(), FakeGh::start(), forge(true));
    let address = format!("http://me:s3cret@127.0.0.1:{}", proxy.port());
    let variables = [("HTTPS_PROXY", address.as_str()), ("HTTP_PROXY", &address), ("GH_ENTERPRISE_TOKEN", SECRET)];
    let run = place.run(&["doctor", "o/r", "--api-url", "https://ghes.invalid/api/v3"], &variables);
    assert!(
        run.code == Some(0) && run.out.contains("trouble        GET /rate_limit: no connection to "),
        "{}",
        run.out
    );
    assert!(!run.out.contains("s3cret"), "{}", run.out);
    let asked = proxy.journal();
    assert!(!asked.is_empty() && asked.iter().all(|asked| asked.method == "CONNECT"), "{asked:?}");
    assert!(asked.iter().all(|asked| asked.header("proxy-authorization").is_some() && !asked.text().contains(SECRET)));
    let before = proxy.journal().len();
    // Nothing that is plain leaves this machine, whatever proxy is set.
    let run = place.run(&["doctor", "o/r", "--api-url", &forge.url()], &variables);
    assert!(run.out.contains("o/r, public") && proxy.journal().len() == before, "{}", run.out);
}
