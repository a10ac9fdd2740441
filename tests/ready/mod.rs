//! A repository that is ready as far as its files can show it.

/// A release workflow and what else the files can show.
pub const WORKFLOW: &str = "\
name: release
on: workflow_dispatch
permissions:
  contents: read
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: pypi
    permissions:
      id-token: write
      attestations: write
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - run: python -m build
      - uses: actions/attest-build-provenance@e8998f949152b193b063cb0ec769d69d929409be # v2.4.0
        with:
          subject-path: dist/*
      - env:
          GH_TOKEN: ${{ github.token }}
        run: |
          for file in dist/*; do
            gh attestation verify \"$file\" --repo \"$GITHUB_REPOSITORY\"
          done
      - uses: pypa/gh-action-pypi-publish@76f52bc884231f62b9a034ebfe128415bbaabdfc # v1.12.4
";

/// A release page with boxes of its own.
pub const RELEASING: &str = "\
# Releasing

Only members of the release team may approve the environment `pypi`.

- [ ] Update the changelog
- [ ] Set the version

1. Update the changelog.
2. Set the version.
3. Start the release workflow and ask another maintainer to approve it.
";
