//! Whether the files are all there, or a part was not told and may be when it is asked for again.

use super::Tree;

impl Tree {
    /// Says that a file or folder was not told: asked again, it may be.
    pub(super) fn miss(&mut self, path: &str, message: &str) {
        self.failed = true;
        self.hide(path, message);
    }

    /// Whether everything is here that the commit holds and that matters, so that it needs no other look.
    pub fn is_whole(&self) -> bool {
        !self.failed && self.cut.is_empty()
    }
}
