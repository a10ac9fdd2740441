//! Answers kept on disk: to ask "has it changed?" instead of "what is it?", and to have something where no network is.
//!
//! One file holds one answer. Its name is a digest of everything that makes a question: method, address, media type,
//! body, and the token's fingerprint, so that no token sees what another one was told. Its first line says what it is,
//! with a digest over all of it that only the same token can make. Whatever is not exactly so (cut, altered, of
//! another version, of another owner, a link, too large) is as good as absent. Only whole answers are kept, a file is
//! replaced in one step, and what several instances write does not mix.

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::file;

/// The form of the files; another number makes all older ones absent.
const FORMAT: u32 = 1;
/// The folder of this form, below the cache folder.
const FOLDER: &str = "answers-1";
/// Most bytes of a first line.
const MAX_HEAD: usize = 64 << 10;
/// Age at which an answer that nobody asked for again goes.
const MAX_AGE: Duration = Duration::from_hours(30 * 24);
/// The file whose age says when old answers were last looked for.
const SWEPT: &str = "swept";

/// A folder of kept answers.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    max_body: u64,
}

/// What makes a question. Two that differ in any part are different questions.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// Method.
    pub method: &'a str,
    /// Full address.
    pub address: &'a str,
    /// Media type that is asked for.
    pub accept: &'a str,
    /// Body of a POST; empty without one.
    pub body: &'a [u8],
    /// Whose answer it is; zeroes without a token. Never written down.
    pub fingerprint: [u8; 32],
}

/// An answer as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// `ETag` as the server sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// When it was fetched, or last confirmed.
    pub fetched_at: Timestamp,
    /// Path and query of the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<(String, String)>,
    /// Path that it was redirected to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<String>,
    /// The body.
    #[serde(skip)]
    pub body: bytes::Bytes,
}

/// The first line of a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    format: u32,
    key: String,
    origin: String,
    length: usize,
    answer: Kept,
    digest: String,
}

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// Files.
    pub files: usize,
    /// Bytes.
    pub bytes: u64,
}

impl Store {
    /// Opens the store below a cache folder, which is made when it is absent, for this user alone.
    ///
    /// # Errors
    /// A folder that cannot be made, or that others may write to and that cannot be closed to them.
    pub fn open(cache: &Path, max_body: u64) -> io::Result<Self> {
        let folder = cache.join(FOLDER);
        make_private(cache)?;
        make_private(&folder)?;
        let store = Self { folder, max_body };
        store.sweep(SystemTime::now());
        Ok(store)
    }

    /// The kept answer to a question, if there is a whole one.
    pub fn get(&self, key: &Key<'_>) -> Option<Kept> {
        let path = self.path(key);
        let most = self.max_body.saturating_add(u64::try_from(MAX_HEAD).unwrap_or(u64::MAX));
        is_ours(&path).then_some(())?;
        let bytes = file::read_seen(&path, most).ok()?;
        let end = bytes.iter().take(MAX_HEAD).position(|byte| *byte == b'\n')?;
        let (line, body) = bytes.split_at_checked(end)?;
        let body = body.get(1..)?;
        let head: Head = serde_json::from_slice(line).ok()?;
        let whole = head.format == FORMAT && head.key == key.name() && head.length == body.len();
        let genuine = head.digest == key.seal(&head.answer, body)?;
        let body = bytes::Bytes::from(body.to_vec());
        (whole && genuine).then_some(Kept { body, ..head.answer })
    }

    /// Keeps an answer, in place of the one before.
    ///
    /// # Errors
    /// A disk that is full or a folder that is gone; the answer before stays as it is.
    pub fn put(&self, key: &Key<'_>, answer: &Kept) -> io::Result<()> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.folder);
        let digest = key.seal(answer, &answer.body).ok_or_else(|| io::Error::other("it cannot be written down"))?;
        let head = Head {
            format: FORMAT,
            key: key.name(),
            origin: key.origin().to_owned(),
            length: answer.body.len(),
            answer: Kept { body: bytes::Bytes::new(), ..answer.clone() },
            digest,
        };
        make_private(folder)?;
        // Temporary files are made for their owner alone (0600).
        let mut temporary = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
        let mut bytes = serde_json::to_vec(&head)?;
        bytes.push(b'\n');
        bytes.extend_from_slice(&answer.body);
        temporary.write_all(&bytes)?;
        temporary.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }

    /// How much is kept below a cache folder.
    pub fn amount(cache: &Path) -> Amount {
        let mut amount = Amount::default();
        for path in files(&cache.join(FOLDER)) {
            amount.files += 1;
            amount.bytes += fs::symlink_metadata(&path).map_or(0, |meta| meta.len());
        }
        amount
    }

    /// Removes every kept answer below a cache folder, and nothing else; answers how much that was.
    ///
    /// # Errors
    /// A file that cannot be removed.
    pub fn clear(cache: &Path) -> io::Result<Amount> {
        let folder = cache.join(FOLDER);
        let amount = Self::amount(cache);
        match fs::symlink_metadata(&folder) {
            Ok(meta) if meta.is_dir() => fs::remove_dir_all(&folder)?,
            Ok(_) => fs::remove_file(&folder)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(amount)
    }

    fn path(&self, key: &Key<'_>) -> PathBuf {
        let name = key.name();
        let (first, rest) = name.split_at_checked(2).unwrap_or((&name, ""));
        self.folder.join(first).join(rest)
    }

    /// Removes old answers, at most once a day.
    fn sweep(&self, now: SystemTime) {
        let mark = self.folder.join(SWEPT);
        let age = |path: &Path| now.duration_since(fs::symlink_metadata(path).ok()?.modified().ok()?).ok();
        if age(&mark).is_some_and(|age| age < Duration::from_hours(24)) {
            return;
        }
        fs::write(&mark, "").ok();
        for path in files(&self.folder).filter(|path| age(path).is_some_and(|age| age > MAX_AGE)) {
            fs::remove_file(path).ok();
        }
    }
}

impl Key<'_> {
    /// Digest of all parts, in hexadecimal.
    fn name(&self) -> String {
        let mut digest = Sha256::new();
        let parts = [self.method.as_bytes(), self.address.as_bytes(), self.accept.as_bytes(), self.body];
        for part in parts.into_iter().chain([&self.fingerprint[..]]) {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        hex(&digest.finalize())
    }

    /// Digest over the question and the answer. It is begun with the fingerprint, so nobody else can make it.
    fn seal(&self, answer: &Kept, body: &[u8]) -> Option<String> {
        let mut digest = Sha256::new();
        digest.update(self.fingerprint);
        digest.update(self.name());
        digest.update(serde_json::to_vec(answer).ok()?);
        digest.update(b"\n");
        digest.update(body);
        Some(hex(&digest.finalize()))
    }

    /// Scheme, host and port.
    fn origin(&self) -> &str {
        let start = self.address.find("://").map_or(0, |at| at + 3);
        let end = self.address.get(start..).and_then(|rest| rest.find('/')).map_or(self.address.len(), |at| start + at);
        self.address.get(..end).unwrap_or(self.address)
    }
}

/// Bytes in hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Files one folder below, where answers are.
fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = |path: &Path| fs::read_dir(path).into_iter().flatten().flatten();
    let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let folders: Vec<PathBuf> = entries(folder).filter(is_folder).map(|entry| entry.path()).collect();
    folders.into_iter().flat_map(move |folder| entries(&folder).map(|entry| entry.path()))
}

/// Makes a folder for this user alone, with those above it.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    close_to_others(folder)
}

/// Takes the rights of others away from a folder that exists.
#[cfg(unix)]
fn close_to_others(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let meta = fs::symlink_metadata(folder)?;
    if !meta.is_dir() || meta.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::Error::other("it is not a folder of this user"));
    }
    if meta.mode() & 0o077 != 0 {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn close_to_others(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Whether a file belongs to this user and nobody else may write to it.
#[cfg(unix)]
fn is_ours(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let meta = fs::symlink_metadata(path);
    meta.is_ok_and(|meta| {
        meta.is_file() && meta.uid() == rustix::process::geteuid().as_raw() && meta.mode() & 0o022 == 0
    })
}

#[cfg(not(unix))]
fn is_ours(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file())
}

#[cfg(test)]
mod tests;
