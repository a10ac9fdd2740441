//! An open folder: what is in it is reached by name, and never through a link.
//!
//! On Unix a folder is held open and every step goes from its handle, so that nothing is followed even when parents
//! are swapped meanwhile. Elsewhere paths are checked before they are used.

use std::hash::{BuildHasher, Hasher, RandomState};

#[cfg(not(unix))]
mod plain;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub use plain::{Folder, rights, set_rights};
#[cfg(unix)]
pub use unix::{Folder, rights, set_rights};

/// How the name of a temporary file begins and ends; between them are sixteen hexadecimal digits.
const TEMPORARY: (&str, &str) = (".shipworthy-", ".tmp");

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A link.
    Link,
    /// A pipe, socket or device.
    Other,
}

/// Whose a file is and what may be done with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Permission bits; none where the system has no such thing.
    pub mode: Option<u32>,
    /// User and group, where the system has them.
    pub owner: Option<(u32, u32)>,
}

impl Rights {
    /// Whether the bits let anybody write.
    pub fn lets_write(self) -> bool {
        self.mode.is_none_or(|mode| mode & 0o222 != 0)
    }
}

/// A name for a temporary file that nobody else has.
pub fn temporary() -> String {
    let (begin, end) = TEMPORARY;
    format!("{begin}{:016x}{end}", RandomState::new().build_hasher().finish())
}

/// Whether a name is that of a temporary file of this program.
pub fn is_temporary(name: &str) -> bool {
    let (begin, end) = TEMPORARY;
    let middle = name.strip_prefix(begin).and_then(|rest| rest.strip_suffix(end));
    middle.is_some_and(|digits| digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_names_are_known_again_and_differ() {
        let (one, two) = (temporary(), temporary());
        assert!(is_temporary(&one) && is_temporary(&two) && one != two);
        for other in [".shipworthy-.tmp", ".shipworthy-0123.tmp", "x.shipworthy-0123456789abcdef.tmp", "release.yml"] {
            assert!(!is_temporary(other), "{other}");
        }
    }

    #[test]
    fn only_bits_say_whether_a_file_is_read_only() {
        assert!(!Rights { mode: Some(0o444), owner: None }.lets_write());
        assert!(Rights { mode: Some(0o644), owner: None }.lets_write() && Rights::default().lets_write());
    }
}
