//! Which files of a repository matter for a verdict, by name: the one list that every source goes by.

/// Whether the text of this file is wanted (path from the root, with `/`).
pub fn wants_text(path: &str) -> bool {
    let _ = path;
    false
}

/// Whether a folder is worth listing (path from the root, with `/`, without a final one).
pub fn wants_folder(path: &str) -> bool {
    let _ = path;
    false
}
