//! Files as REST tells them: whole trees, and blobs in base64.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::{Kind, Tree, wants};
use crate::fact::workflow::set::is_workflow;
use crate::fact::{Unknown, interest};
use crate::source::github::actions::Asked;
use crate::source::github::refusal::{Route, read};
use crate::source::github::shape::Word;
use crate::text::decode::MAX_BYTES;

impl Tree {
    /// Takes in a blob as REST tells it (GET …/git/blobs/{sha}).
    pub fn take_blob(&mut self, path: &str, asked: Asked) {
        let waiting = self.links.remove(path).unwrap_or_default();
        match read::<RestBlob>(&Route::Blob(""), asked) {
            Err(why) => self.miss(path, &why.detail),
            Ok((blob, _)) if blob.size > MAX_BYTES => self.hide(path, "is larger than 2 MiB and was not read"),
            Ok((blob, _)) => match blob.bytes() {
                Some(bytes) => self.keep(path, bytes, &waiting),
                None => self.hide(path, "came in an encoding that is not known"),
            },
        }
    }

    /// The tree of a commit as REST tells it (GET …/git/trees/{sha}?recursive=1), with the blobs that matter: path
    /// and SHA.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub fn by_rest(asked: Asked) -> Result<(Self, Vec<(String, String)>), Unknown> {
        let (listing, _) = read::<RestTree>(&Route::Tree(""), asked)?;
        let mut tree = Self::default();
        let mut blobs = Vec::new();
        for entry in listing.tree {
            let kind = match (&*entry.kind, &*entry.mode) {
                ("tree", _) => Kind::Folder,
                ("blob", "120000") => Kind::Link,
                ("blob", _) => Kind::File,
                _ => continue,
            };
            if kind == Kind::Folder {
                tree.listed.insert(entry.path.clone());
            } else if wants(&entry.path) {
                blobs.push((entry.path.clone(), entry.sha.0));
            }
            tree.entries.insert(entry.path, kind);
        }
        tree.listed.insert(String::new());
        if listing.truncated {
            tree.hide(".", "was listed in part: the repository holds too many files");
        }
        let named: BTreeSet<String> = blobs.iter().map(|(path, _)| path.clone()).collect();
        tree.asked.extend(named);
        // Workflows and settings decide more than pages: they come first where not all can be asked for.
        blobs.sort_by_key(|(path, _)| (!is_workflow(path), interest::document(path).is_some(), path.clone()));
        Ok((tree, blobs))
    }
}

#[derive(Deserialize)]
struct RestTree {
    tree: Vec<RestEntry>,
    truncated: bool,
}

#[derive(Deserialize)]
struct RestEntry {
    path: String,
    mode: Word,
    #[serde(rename = "type")]
    kind: Word,
    sha: Word,
}

#[derive(Deserialize)]
struct RestBlob {
    content: String,
    encoding: Word,
    size: u64,
}

impl RestBlob {
    fn bytes(&self) -> Option<Vec<u8>> {
        match &*self.encoding {
            "utf-8" => Some(self.content.clone().into_bytes()),
            "base64" => STANDARD.decode(self.content.replace(['\n', '\r'], "")).ok(),
            _ => None,
        }
    }
}
