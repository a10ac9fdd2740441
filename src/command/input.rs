//! Files that a person names for a command to read.

use std::path::Path;

use crate::source::file;

/// Largest file that is read, in bytes: a report of a thousand repositories is smaller.
const MAX_BYTES: u64 = 64 << 20;

/// The text of a file.
///
/// # Errors
/// Why it cannot be read, in words.
pub fn text(path: &Path) -> Result<String, String> {
    let bytes = file::read(path, MAX_BYTES).map_err(|refusal| refusal.to_string())?;
    String::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())
}
