//! Links: which may be opened, and opening them.

use url::Url;

use crate::app::Outcome;
use crate::text::clean;

/// Sites beside the forge whose pages are named in findings: the SPEC's, and the forge's documentation.
const SITES: [&str; 2] = ["scientific-python.org", "docs.github.com"];

/// Whether a link leads to the forge or the SPEC; no other site is ever opened. A link that does, as it is opened.
pub fn permitted(link: &str, forge: &str) -> Option<Url> {
    let url = Url::parse(link).ok()?;
    let host = url.host_str()?;
    let bare = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    let known = host.eq_ignore_ascii_case(forge) || SITES.contains(&host);
    (url.scheme() == "https" && bare && known).then_some(url)
}

/// Opens a link in the browser. Takes its time, so it is called on a thread.
pub fn open(url: &Url, variable: impl Fn(&str) -> bool) -> Outcome {
    let yourself = format!("open it yourself: {url}");
    if !has_display(variable) {
        return Outcome::Failed(format!("there is no display to open a page on; {yourself}"));
    }
    match open::that_detached(url.as_str()) {
        Ok(()) => Outcome::Did(format!("opened {url}")),
        Err(error) => {
            let why = clean::short(&error.to_string(), 80);
            Outcome::Failed(format!("no browser could be started ({why}); {yourself}"))
        }
    }
}

/// What to say of a link that is not opened.
pub fn refused(link: &str) -> Outcome {
    Outcome::Failed(format!("not a page of the forge or the SPEC, so not opened: {}", clean::line(link)))
}

/// Whether there is anything to show a browser on: without one, a browser of the terminal would take the screen.
fn has_display(variable: impl Fn(&str) -> bool) -> bool {
    let displays = ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME"];
    !cfg!(target_os = "linux") || displays.into_iter().any(variable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_forge_and_the_spec_are_opened() {
        for link in [
            "https://github.com/o/r/settings/branches",
            "https://scientific-python.org/specs/spec-0008/#badges",
            "https://docs.github.com/actions",
            "HTTPS://GitHub.com/o/r",
        ] {
            assert!(permitted(link, "github.com").is_some(), "{link}");
        }
        for link in [
            "http://github.com/o/r",
            "https://github.com.evil.test/o/r",
            "https://evil.test/github.com",
            "https://github.com@evil.test/",
            "https://user@github.com/",
            "https://github.com:8443/",
            "https://gist.github.com/x",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://g\u{131}thub.com/",
            "--version",
            "",
        ] {
            assert!(permitted(link, "github.com").is_none(), "{link}");
        }
        assert!(permitted("https://ghe.example.org/o/r", "ghe.example.org").is_some());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn without_a_display_the_link_is_shown_instead() {
        let url = permitted("https://github.com/o/r", "github.com").unwrap();
        let Outcome::Failed(words) = open(&url, |_| false) else { panic!("opened") };
        assert!(words.ends_with("open it yourself: https://github.com/o/r"), "{words}");
    }
}
