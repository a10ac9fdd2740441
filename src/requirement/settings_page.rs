//! Where the settings of a repository are changed: its pages on the forge and the `gh` commands a guide shows.
//!
//! Commands are shown, never run; a person pastes them. Names come from a clone's configuration or a server, so a
//! name that a shell could misread is replaced by a placeholder.

use serde_json::Value;

use crate::fact::Facts;
use crate::text::clean;

use super::Verdict;

/// What stands in a command where the name of the repository is not known.
const PLACEHOLDER: &str = "OWNER/REPO";

/// The settings of one repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsPage {
    host: String,
    name: Option<String>,
}

impl SettingsPage {
    /// The settings of the repository the facts are about; nameless where the forge is not GitHub or not known.
    pub fn of(facts: &Facts) -> Self {
        let remote = facts.git.value().and_then(Option::as_ref).and_then(|git| git.remote.as_ref());
        let host = remote.map_or(Some("github.com"), |remote| github_host(&remote.host));
        let answered = facts.repository.value().is_some();
        let name = facts.full_name().filter(|name| is_plain(name) && (answered || host.is_some()));
        Self { host: host.unwrap_or("github.com").to_owned(), name }
    }

    /// The owner, when known.
    pub fn owner(&self) -> Option<&str> {
        self.name.as_deref().and_then(|name| name.split('/').next())
    }

    /// The address of a page, as `settings/actions`; empty where the repository is not known.
    pub fn url(&self, page: &str) -> String {
        self.name.as_ref().map(|name| format!("https://{}/{name}/{page}", self.host)).unwrap_or_default()
    }

    /// A `gh api` command: method and options, the path below the repository.
    pub fn command(&self, options: &str, path: &str) -> String {
        let host = if self.host == "github.com" { String::new() } else { format!("--hostname {} ", self.host) };
        let name = self.name.as_deref().unwrap_or(PLACEHOLDER);
        format!("gh api {host}{options} repos/{name}/{path}")
    }

    /// The same with a JSON body on standard input. The quoted end mark keeps a shell from reading the body.
    pub fn command_with(&self, options: &str, path: &str, body: &Value) -> String {
        let body = format!("{body:#}");
        format!("{} --input - <<'JSON'\n{}\nJSON", self.command(options, path), clean::block(&body))
    }
}

/// Whether a guide is of use: there is something to change or to look up.
pub fn needs_guide(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Fail | Verdict::Warn | Verdict::Unknown | Verdict::Manual)
}

/// The web host of a remote's host; none where that is no GitHub. Host aliases for several keys
/// (`github.com-work`) and the SSH host mean github.com.
fn github_host(host: &str) -> Option<&str> {
    let known = host.starts_with("github.com") || host.starts_with("ssh.github.com");
    let enterprise = host.split('.').any(|label| label == "github" || label == "ghe");
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    match (known, enterprise && plain) {
        (true, _) => Some("github.com"),
        (false, true) => Some(host),
        (false, false) => None,
    }
}

/// Whether this is `owner/name` in the characters GitHub allows, and so harmless in a shell and in an address.
fn is_plain(name: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    name.split_once('/').is_some_and(|(owner, repo)| plain(owner) && plain(repo))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::git::{Git, Remote};
    use crate::fact::settings::Repository;
    use crate::fact::{Fact, Observation};
    use jiff::Timestamp;
    use serde_json::json;

    fn cloned(host: &str, owner: &str, name: &str) -> Facts {
        let remote = Remote { host: host.into(), owner: owner.into(), name: name.into() };
        let git = Git { remote: Some(remote), ..Git::default() };
        let mut facts = Facts::default();
        facts.record(Observation::Git(Fact::local(Some(git), Timestamp::UNIX_EPOCH)));
        facts
    }

    #[test]
    fn the_page_is_that_of_the_remote() {
        let page = SettingsPage::of(&cloned("github.com", "demo", "arrays"));
        assert_eq!(page.url("settings/actions"), "https://github.com/demo/arrays/settings/actions");
        assert_eq!(
            page.command("-X PUT", "actions/permissions"),
            "gh api -X PUT repos/demo/arrays/actions/permissions"
        );
        assert_eq!(page.owner(), Some("demo"));
    }

    #[test]
    fn hosts_are_told_apart() {
        for (host, address) in [
            ("github.com-work", "https://github.com/o/r/x"),
            ("ssh.github.com:443", "https://github.com/o/r/x"),
            ("github.example.org", "https://github.example.org/o/r/x"),
            ("tenant.ghe.com", "https://tenant.ghe.com/o/r/x"),
            ("gitlab.com", ""),
            ("codeberg.org", ""),
            ("github.$(reboot).org", ""),
        ] {
            assert_eq!(SettingsPage::of(&cloned(host, "o", "r")).url("x"), address, "{host}");
        }
        let enterprise = SettingsPage::of(&cloned("github.example.org", "o", "r"));
        assert_eq!(enterprise.command("-X GET", "x"), "gh api --hostname github.example.org -X GET repos/o/r/x");
    }

    #[test]
    fn a_name_that_a_shell_could_misread_is_never_put_into_a_command() {
        for (owner, name) in [("o", "r;reboot"), ("$(x)", "r"), ("o", "r x"), ("o", "a/b"), ("", "r"), ("o", "r`x`")] {
            let page = SettingsPage::of(&cloned("github.com", owner, name));
            assert_eq!(page.command("-X GET", "x"), "gh api -X GET repos/OWNER/REPO/x");
            assert_eq!(page.url("settings"), "");
        }
    }

    #[test]
    fn the_forge_s_spelling_wins_and_nothing_known_gives_placeholders() {
        let mut facts = cloned("github.com", "old", "name");
        let now = Repository { full_name: "New/Name".into(), ..Repository::default() };
        facts.record(Observation::Repository(Fact::api(now, "GET /repos/old/name", 200, Timestamp::UNIX_EPOCH)));
        assert_eq!(SettingsPage::of(&facts).url("s"), "https://github.com/New/Name/s");
        assert_eq!(SettingsPage::of(&Facts::default()).url("s"), "");
        assert_eq!(SettingsPage::of(&Facts::default()).owner(), None);
    }

    #[test]
    fn a_body_cannot_end_its_own_quoting_or_hide_text() {
        let page = SettingsPage::of(&Facts::default());
        let command = page.command_with("-X POST", "rulesets", &json!({"name": "x\nJSON\nreboot\u{202e}'"}));
        assert_eq!(command.lines().filter(|line| *line == "JSON").count(), 1);
        assert!(command.ends_with("\nJSON"), "{command}");
        assert!(!command.contains('\u{202e}'));
    }
}
