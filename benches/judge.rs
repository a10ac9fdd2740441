//! How long reading and judging take: `cargo bench`. Figures to read, not tests.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use divan::{Bencher, black_box};
use jiff::Timestamp;
use shipworthy::fact::files::FileSet;
use shipworthy::fact::{Fact, Facts, Observation};
use shipworthy::requirement::{self, Profile};
use shipworthy::source::checkout;
use shipworthy::text::yaml;

fn main() {
    divan::main();
}

/// A release workflow with as many build jobs as asked for.
fn workflow(jobs: usize) -> Arc<str> {
    let build: String = (0..jobs)
        .map(|job| {
            format!(
                "  build{job}:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n      - run: |\n          python -m build --outdir dist\n          ls dist && echo done\n"
            )
        })
        .collect();
    let head = "on:\n  push:\n    tags: ['v*']\npermissions:\n  contents: read\njobs:\n";
    let publish = "  publish:\n    if: startsWith(github.ref, 'refs/tags/')\n    environment: pypi\n    permissions: {id-token: write, attestations: write}\n    steps:\n      - uses: actions/attest@3d3c42e5aac5ba805825da76410c181273ba90b1 # v3.0.0\n        with: {subject-path: 'dist/*'}\n      - uses: pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2\n";
    format!("{head}{build}{publish}").into()
}

fn files(count: usize) -> FileSet {
    let text = workflow(4);
    let texts: BTreeMap<String, Arc<str>> =
        (0..count).map(|at| (format!(".github/workflows/w{at}.yml"), Arc::clone(&text))).collect();
    FileSet { texts, ..FileSet::default() }
}

fn known(files: FileSet) -> Facts {
    let mut facts = Facts::default();
    facts.record(Observation::Files(Fact::local(files, Timestamp::UNIX_EPOCH)));
    facts
}

/// One YAML document of that many jobs.
#[divan::bench(args = [10, 100, 1000])]
fn parse(bencher: Bencher<'_, '_>, jobs: usize) {
    let text = workflow(jobs);
    bencher.counter(divan::counter::BytesCount::of_str(&text)).bench(|| yaml::parse(black_box(&text)));
}

/// Texts into facts: workflows, publish steps, attestations.
#[divan::bench(args = [1, 100, 1000])]
fn understand(bencher: Bencher<'_, '_>, count: usize) {
    bencher.with_inputs(|| files(count)).bench_values(known);
}

/// Facts into findings, all thirteen requirements.
#[divan::bench(args = [1, 100, 1000])]
fn judge(bencher: Bencher<'_, '_>, count: usize) {
    let facts = known(files(count));
    bencher.bench(|| requirement::assess_all(black_box(&facts), Profile::Spec8));
}

/// This project's own folder, from the disk to the findings.
#[divan::bench]
fn whole(bencher: Bencher<'_, '_>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    bencher.bench(|| requirement::assess_all(&known(checkout::read(root)), Profile::Spec8));
}
