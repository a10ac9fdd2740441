//! That a kept answer is whole or absent, and nobody else's.

use super::*;
use proptest::prelude::*;

const ADDRESS: &str = "https://api.github.com/repos/o/r/environments?per_page=100";

fn key(address: &str) -> Key<'_> {
    Key { method: "GET", address, accept: "application/json", body: b"", fingerprint: [7; 32] }
}

fn answer(body: &str) -> Kept {
    Kept {
        etag: Some("\"abc\"".into()),
        fetched_at: Timestamp::from_second(1_700_000_000).unwrap(),
        next: Some(("/repos/o/r/environments".into(), "page=2".into())),
        moved_to: None,
        body: body.to_owned().into(),
    }
}

fn store(folder: &Path) -> Store {
    Store::open(folder, 1000).unwrap()
}

fn only_file(folder: &Path) -> PathBuf {
    let all: Vec<PathBuf> = files(&folder.join(FOLDER)).collect();
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

#[test]
fn an_answer_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    assert_eq!(store.get(&key(ADDRESS)), None);
    store.put(&key(ADDRESS), &answer("{}\n\0")).unwrap();
    assert_eq!(store.get(&key(ADDRESS)), Some(answer("{}\n\0")));
    store.put(&key(ADDRESS), &answer("[]")).unwrap();
    assert_eq!(store.get(&key(ADDRESS)), Some(answer("[]")));
    assert_eq!(Store::amount(folder.path()).files, 1);
}

#[test]
fn every_part_of_the_question_counts() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    store.put(&key(ADDRESS), &answer("{}")).unwrap();
    for other in [
        Key { method: "POST", ..key(ADDRESS) },
        key("https://api.github.com/repos/o/r/environments"),
        key("https://evil.test/repos/o/r/environments?per_page=100"),
        Key { accept: "text/html", ..key(ADDRESS) },
        Key { body: b"{}", ..key(ADDRESS) },
        Key { fingerprint: [0; 32], ..key(ADDRESS) },
    ] {
        assert_eq!(store.get(&other), None, "{other:?}");
    }
}

#[test]
fn another_questions_file_under_this_name_is_absent() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let other = key("https://api.github.com/repos/o/other");
    store.put(&other, &answer("{}")).unwrap();
    let mine = store.path(&key(ADDRESS));
    fs::create_dir_all(mine.parent().unwrap()).unwrap();
    fs::rename(store.path(&other), &mine).unwrap();
    assert_eq!(store.get(&key(ADDRESS)), None);
}

#[test]
fn cut_emptied_large_and_older_files_are_absent() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    store.put(&key(ADDRESS), &answer("{}")).unwrap();
    let path = only_file(folder.path());
    let whole = fs::read(&path).unwrap();
    let text = String::from_utf8(whole.clone()).unwrap();
    for (bad, why) in [
        (whole[..whole.len() - 1].to_vec(), "cut"),
        (Vec::new(), "empty"),
        ([whole.clone(), b" ".to_vec()].concat(), "longer"),
        ([whole.clone(), vec![b' '; 100_000]].concat(), "too large"),
        (text.replace("\"format\":1", "\"format\":2").into_bytes(), "another version"),
        (b"\n".to_vec(), "no head"),
        (vec![b'x'; 70_000], "no end of the head"),
    ] {
        fs::write(&path, bad).unwrap();
        assert_eq!(store.get(&key(ADDRESS)), None, "{why}");
    }
    fs::write(&path, whole).unwrap();
    assert!(store.get(&key(ADDRESS)).is_some());
}

#[cfg(unix)]
#[test]
fn others_neither_read_nor_plant_answers() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    fs::create_dir(&cache).unwrap();
    fs::set_permissions(&cache, fs::Permissions::from_mode(0o777)).unwrap();
    let store = store(&cache);
    store.put(&key(ADDRESS), &answer("{}")).unwrap();
    let path = only_file(&cache);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&cache), mode(path.parent().unwrap()), mode(&path)), (0o700, 0o700, 0o600));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o622)).unwrap();
    assert_eq!(store.get(&key(ADDRESS)), None, "others may write to it");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let elsewhere = folder.path().join("elsewhere");
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    assert_eq!(store.get(&key(ADDRESS)), None, "a link");
    store.put(&key(ADDRESS), &answer("[]")).unwrap();
    assert!(fs::symlink_metadata(&path).unwrap().is_file() && store.get(&key(ADDRESS)).is_some());
    assert!(fs::read_to_string(&elsewhere).unwrap().ends_with("{}"), "what the link led to is untouched");
}

#[test]
fn clearing_takes_the_answers_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path().join("notes.txt");
    fs::write(&mine, "x").unwrap();
    let store = store(folder.path());
    store.put(&key(ADDRESS), &answer("{}")).unwrap();
    assert_eq!(Store::clear(folder.path()).unwrap().files, 1);
    assert!(mine.exists() && Store::amount(folder.path()) == Amount::default());
    assert_eq!(Store::clear(folder.path()).unwrap(), Amount::default());
    store.put(&key(ADDRESS), &answer("{}")).unwrap();
    assert!(store.get(&key(ADDRESS)).is_some(), "an instance that still runs goes on");
}

#[test]
fn old_answers_go_once_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    store.put(&key(ADDRESS), &answer("{}")).unwrap();
    store.sweep(SystemTime::now() + Duration::from_hours(1));
    assert!(store.get(&key(ADDRESS)).is_some());
    store.sweep(SystemTime::now() + Duration::from_hours(20 * 24));
    assert!(store.get(&key(ADDRESS)).is_some());
    fs::remove_file(store.folder.join(SWEPT)).unwrap();
    store.sweep(SystemTime::now() + Duration::from_hours(40 * 24));
    assert_eq!(store.get(&key(ADDRESS)), None);
}

#[test]
fn two_instances_never_mix_what_they_write() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (store(folder.path()), store(folder.path()));
    let bodies = ["a".repeat(900), "b".repeat(700)];
    std::thread::scope(|scope| {
        for (store, body) in [(&one, &bodies[0]), (&two, &bodies[1])] {
            scope.spawn(move || (0..100).for_each(|_| store.put(&key(ADDRESS), &answer(body)).unwrap()));
        }
        for _ in 0..100 {
            let seen = one.get(&key(ADDRESS));
            assert!(seen.is_none_or(|seen| bodies.iter().any(|body| seen.body == body.as_bytes())));
        }
    });
    assert_eq!(Store::amount(folder.path()).files, 1, "no temporary file stays");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn one_flipped_bit_makes_it_absent(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        store.put(&key(ADDRESS), &answer(r#"{"name": "value"}"#)).unwrap();
        let path = only_file(folder.path());
        let mut bytes = fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        fs::write(&path, bytes).unwrap();
        let seen = store.get(&key(ADDRESS));
        // The origin is for people who look into the folder; the digest of the address stands in the key.
        let same = Some(answer(r#"{"name": "value"}"#));
        prop_assert!(seen.is_none() || seen == same);
    }
}
