//! The addresses of remotes in a git config. Includes are not followed and nothing is rewritten.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// The address of `origin`, else of the only remote; none when there is no such remote or git would refuse the file.
pub fn remote_address(text: &str) -> Option<String> {
    let mut remotes = remotes(text)?;
    if let Some(origin) = remotes.remove("origin") {
        return Some(origin);
    }
    let only = remotes.len() == 1;
    remotes.into_values().next().filter(|_| only)
}

/// The first address of each remote, which is the one that is fetched from. None when the syntax is broken.
fn remotes(text: &str) -> Option<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let mut section = (String::new(), String::new());
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text).chars().peekable();
    while let Some(&c) = rest.peek() {
        match c {
            c if c.is_whitespace() => drop(rest.next()),
            '#' | ';' => while rest.next_if(|c| *c != '\n').is_some() {},
            '[' => section = header(&mut rest)?,
            c if c.is_ascii_alphabetic() => {
                let (key, value) = entry(&mut rest)?;
                if section.0 == "remote" && key == "url" {
                    found.entry(section.1.clone()).or_insert(value);
                }
            }
            _ => return None,
        }
    }
    Some(found)
}

/// `[section]`, `[section "subsection"]` or the old `[section.subsection]`; sections ignore case, quoted parts do not.
fn header(rest: &mut Peekable<Chars<'_>>) -> Option<(String, String)> {
    rest.next();
    let mut section = String::new();
    while let Some(c) = rest.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')) {
        section.push(c.to_ascii_lowercase());
    }
    while rest.next_if(|c| matches!(c, ' ' | '\t')).is_some() {}
    match rest.next()? {
        ']' => {
            let (section, subsection) = section.split_once('.').unwrap_or((&section, ""));
            Some((section.to_owned(), subsection.to_owned()))
        }
        '"' => {
            let mut subsection = String::new();
            loop {
                match rest.next()? {
                    '"' => break,
                    '\n' => return None,
                    '\\' => subsection.push(rest.next().filter(|c| *c != '\n')?),
                    c => subsection.push(c),
                }
            }
            (rest.next()? == ']').then_some((section, subsection))
        }
        _ => None,
    }
}

/// `key = value`, or a key alone, up to the end of its line.
fn entry(rest: &mut Peekable<Chars<'_>>) -> Option<(String, String)> {
    let mut key = String::new();
    while let Some(c) = rest.next_if(|c| c.is_ascii_alphanumeric() || *c == '-') {
        key.push(c.to_ascii_lowercase());
    }
    while rest.next_if(|c| matches!(c, ' ' | '\t')).is_some() {}
    match rest.next() {
        None | Some('\n') => Some((key, String::new())),
        Some('\r') if rest.next_if_eq(&'\n').is_some() => Some((key, String::new())),
        Some('=') => Some((key, value(rest)?)),
        Some(_) => None,
    }
}

/// A value: quotes may stand anywhere in it, blanks at both ends fall away, a comment may follow.
fn value(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let (mut value, mut kept, mut quoted) = (String::new(), 0, false);
    while let Some(c) = rest.next() {
        match c {
            '\n' if quoted => return None,
            '\n' => break,
            '\\' => match rest.next()? {
                '\n' => {}
                '\r' if rest.next_if_eq(&'\n').is_some() => {}
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'b' => value.push('\u{8}'),
                c @ ('"' | '\\') => value.push(c),
                _ => return None,
            },
            '"' => quoted = !quoted,
            '#' | ';' if !quoted => {
                while rest.next_if(|c| *c != '\n').is_some() {}
                continue;
            }
            c if c.is_whitespace() && !quoted => {
                if !value.is_empty() {
                    value.push(c);
                }
                continue;
            }
            c => value.push(c),
        }
        kept = value.len();
    }
    value.truncate(kept);
    (!quoted).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn origin_comes_first_then_the_only_remote() {
        let both = "[core]\n\tbare = false\n[remote \"fork\"]\n\turl = a:b/c\n[remote \"origin\"]\n\turl = d:e/f\n\turl = g:h/i\n";
        assert_eq!(remote_address(both).as_deref(), Some("d:e/f"));
        assert_eq!(remote_address("[remote \"up\"]\nurl=a:b/c").as_deref(), Some("a:b/c"));
        assert_eq!(remote_address("[remote \"a\"]\nurl=a:b/c\n[remote \"b\"]\nurl=d:e/f"), None);
        assert_eq!(remote_address("[branch \"main\"]\nremote = origin\n"), None);
        assert_eq!(remote_address(""), None);
    }

    #[test]
    fn the_syntax_is_that_of_git() {
        for (text, wanted) in [
            ("[Remote \"origin\"] URL = x # no\n", "x"),
            ("[remote \"origin\"]\r\n\turl = x y \r\n", "x y"),
            ("[remote.origin]\nurl = \"a # b\" ; c\n", "a # b"),
            ("; [remote \"origin\"]\n[remote \"origin\"]\n# url = no\nfetch\nurl = a\\\nb\n", "ab"),
            ("\u{feff}[remote \"or\\igin\"]\nurl = \"a\\\\b\\\"\"", "a\\b\""),
            ("[remote \"origin\"]\npushurl = no\nurl =  x", "x"),
            ("[remote \"Origin\"]\nurl = no\n[remote \"origin\"]\nurl = yes", "yes"),
        ] {
            assert_eq!(remote_address(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_git_refuses_gives_no_remote() {
        let good = "[remote \"origin\"]\nurl = x\n";
        for bad in ["[remote \"a\nb\"]", "[remote", "url == \"", "= x", "[a b]", "key ? x", "k = \\q", "k = \"a\nb\""] {
            assert_eq!(remote_address(&format!("{good}{bad}")), None, "{bad}");
        }
    }

    #[test]
    fn includes_and_rewriting_are_not_applied() {
        let text = "[include]\npath = /etc/x\n[url \"https://evil.test/\"]\ninsteadOf = https://github.com/\n\
                    [remote \"origin\"]\nurl = https://github.com/o/r\n";
        assert_eq!(remote_address(text).as_deref(), Some("https://github.com/o/r"));
    }

    proptest! {
        #[test]
        fn any_text_ends_in_an_answer(text in "[\\[\\]\"\\\\= \n#a-z.]*") {
            let _ = remote_address(&text);
        }
    }
}
