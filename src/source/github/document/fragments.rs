//! The parts that documents are made of, one field a line.

/// What every reader may see of the repository itself.
pub const REPO: &str = "fragment Repo on Repository {
nameWithOwner
isArchived
isFork
isPrivate
viewerCanAdminister
owner {
__typename
login
}
defaultBranchRef {
name
target {
oid
}
}
}
";

/// A branch with its commit.
pub const TIP: &str = "name
target {
oid
}";

/// A branch with the rules that are in force on it.
pub const BRANCH: &str = "name
target {
oid
}
rules(first: 50) {
totalCount
nodes {
...Rule
repositoryRuleset {
databaseId
name
enforcement
source {
...Source
}
}
}
}";

/// The rules in force on the default branch, and the rulesets with their conditions.
pub const RULESETS: &str = "fragment Rulesets on Repository {
head: defaultBranchRef {
name
rules(first: 50) {
totalCount
nodes {
...Rule
repositoryRuleset {
databaseId
name
enforcement
source {
...Source
}
}
}
}
}
rulesets(first: 20, includeParents: true) {
totalCount
nodes {
databaseId
name
enforcement
target
source {
...Source
}
conditions {
refName {
include
exclude
}
}
rules(first: 30) {
totalCount
nodes {
...Rule
}
}
}
}
}
";

/// One rule.
pub const RULE: &str = "fragment Rule on RepositoryRule {
type
parameters {
... on PullRequestParameters {
requiredApprovingReviewCount
}
}
}
";

/// Where a ruleset is kept.
pub const SOURCE: &str = "fragment Source on RuleSource {
__typename
... on Repository {
nameWithOwner
}
... on Organization {
login
}
... on Enterprise {
slug
}
}
";

/// What only administrators see.
pub const ADMIN: &str = "viewerCanAdminister
defaultBranchRef {
name
branchProtectionRule {
...Classic
}
}
bypass: rulesets(first: 20, includeParents: true) {
totalCount
nodes {
databaseId
bypassActors(first: 20) {
totalCount
nodes {
deployKey
organizationAdmin
enterpriseOwner
repositoryRoleName
actor {
... on Team {
combinedSlug
}
... on App {
slug
}
}
}
}
}
}";

/// A rule of classic branch protection.
pub const CLASSIC: &str = "fragment Classic on BranchProtectionRule {
pattern
isAdminEnforced
allowsDeletions
allowsForcePushes
requiresApprovingReviews
requiredApprovingReviewCount
requiresCommitSignatures
requiresStatusChecks
}
";

/// Environments with their reviewers.
pub const ENVIRONMENTS: &str = "environments(first: 30) {
totalCount
nodes {
name
protectionRules(first: 6) {
totalCount
nodes {
type
timeout
preventSelfReview
reviewers(first: 6) {
totalCount
nodes {
__typename
... on User {
login
}
... on Team {
slug
}
}
}
}
}
}
}";

/// The latest release and the last tags.
pub const RELEASES: &str = "fragment Releases on Repository {
latestRelease {
tagName
publishedAt
tagCommit {
oid
}
releaseAssets(first: 100) {
totalCount
nodes {
name
digest
}
}
}
tags: refs(refPrefix: \"refs/tags/\", first: 5, orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) {
totalCount
nodes {
name
target {
__typename
oid
... on Commit {
signature {
...Signature
}
}
... on Tag {
target {
__typename
oid
... on Commit {
signature {
...Signature
}
}
}
}
}
}
}
}
";

/// What is said of a signature.
pub const SIGNATURE: &str = "fragment Signature on GitSignature {
isValid
state
wasSignedByGitHub
}
";

/// The text of a file.
pub const TEXT: &str = "fragment Text on Blob {
oid
byteSize
isBinary
isTruncated
text
}
";

/// An action's repository with its newest tags.
pub const ACTION: &str = "fragment Action on Repository {
nameWithOwner
isArchived
tags: refs(refPrefix: \"refs/tags/\", first: 100, orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) {
totalCount
nodes {
...Peeled
}
}
}
";

/// A reference with the commit behind it.
pub const PEELED: &str = "fragment Peeled on Ref {
name
target {
__typename
oid
... on Tag {
target {
__typename
oid
}
}
}
}
";
