//! How far a text goes step by step.

use super::part::Part;
use crate::fact::prose::words::{Vocabulary, among, sentences, words};
use crate::fact::prose::{Block, Kind};
use crate::text::Span;

/// How many steps make a description of the process.
pub const ENOUGH: usize = 3;

/// Verbs that begin an instruction in accounts of releases.
static VERBS: Vocabulary = Vocabulary::new(
    "add adjust advance announce apply approve archive ask assign attach authenticate autogenerate \
    backport begin branch browse build bump celebrate change check checkout cherry-pick choose clean clear click clone \
    close collect comment commit compare compile complete confirm consider contact copy create curate cut decide \
    define delete deploy describe determine disable dispatch do don't double-check download draft edit email enable \
    ensure enter execute export fast-forward fetch fill finalise finalize find finish fix follow force-push fork \
    forward-port freeze generate get give go grab have head hit import inform include increase increment inspect \
    install invoke issue keep label land launch leave let list locate log login look lock make manually mark merge \
    message migrate modify monitor move name navigate notify obtain open paste perform pick ping place point post \
    prepare press promote propose publish pull push put raise re-run read rebase rebuild record re-generate refresh \
    regenerate register remove rename render repeat replace report request rerun reset resolve restart restore review \
    revert rewrite run save scan search see select send set share ship sign specify sprout squash start stage submit \
    switch sync synchronise synchronize tag take tell test touch track transfer trigger try tweet type uncomment \
    undo unfreeze unlock update upgrade upload use validate verify view visit wait watch write",
);

/// Words that only introduce an instruction.
static LEAD_IN: Vocabulary = Vocabulary::new(
    "then next finally first second third lastly now also please optionally again afterwards \
    manually just simply and you we maintainers should must can may will need to",
);

/// Words that open a condition or a place, with the instruction behind the comma.
static CONDITION: Vocabulary = Vocabulary::new(
    "if once when after before on in from for with using to as at inside within during unless \
    assuming until while under via given only by optional important",
);

/// Words of release work; an account of the process holds several of them.
static WORK: Vocabulary = Vocabulary::new(
    "tag tags tagged push pushed publish publishes published publishing upload uploads uploaded deploy \
    deploys deployed deployment merge merged merges bump version versions changelog changelogs build builds built \
    commit commits workflow workflows pypi npm crates.io twine draft announce announcement branch branches ci \
    artifact artifacts wheel wheels sdist release releases milestone milestones github",
);

/// Programs whose name begins a command where a block of code does not say that it is shell.
static PROGRAMS: Vocabulary = Vocabulary::new(
    "git gh hub python python3 pip pipx twine uv uvx hatch flit pdm poetry rye maturin npm npx pnpm \
    yarn bun bunx node deno cargo rustup make just task tox nox invoke inv fab docker podman conda mamba pixi export \
    cd bash sh rm cp mv curl wget towncrier changelist bumpversion bump2version bump-my-version tbump semantic-release \
    changeset goreleaser gem bundle rake mvn gradle sbt go helm spin meson cmake sed gpg ssh scp rsync anaconda asv dvc",
);

/// Languages of code blocks that hold commands.
static SHELLS: Vocabulary =
    Vocabulary::new("sh bash shell zsh fish console shell-session terminal ps1 powershell pwsh cmd bat prompt ipython");

/// The steps that a part describes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// How many there are.
    pub count: usize,
    /// Where the first stands.
    pub first: Option<Span>,
    /// What they are, in words.
    pub are: &'static str,
}

impl Steps {
    /// Counts the steps of a part: items of lists, else headings, else commands, else paragraphs that give an
    /// instruction about release work, the first of these that are enough.
    pub fn of(part: &Part<'_>) -> Self {
        if !is_release_work(part.blocks) {
            return Self::default();
        }
        // What is quoted explains something; it is no step of this process.
        let is_listed = |block: &Block| is_step_item(block) && !part.source.page.quotes(block.span);
        let listed = Self::from_blocks(part.blocks, is_listed, "listed steps");
        let title = part.heading.filter(|_| !part.is_section).map(|block| block.span);
        let is_step_heading = |block: &Block| {
            let is_title = Some(block.span) == title;
            block.level().is_some() && !is_title && (is_instruction(&block.text) || is_numbered_step(&block.text))
        };
        let headed = Self::from_blocks(part.blocks, is_step_heading, "headings that are steps");
        let commands = Self::commands(part.blocks);
        let told = |block: &Block| block.kind == Kind::Paragraph && tells_what_to_do(&block.text);
        let told = Self::from_blocks(part.blocks, told, "instructions in running text");
        let ways = [listed, headed, commands, told];
        let most = ways.into_iter().rev().max_by_key(|steps| steps.count);
        ways.into_iter().find(Self::suffice).or(most).unwrap_or_default()
    }

    /// Whether these are enough to follow.
    pub fn suffice(&self) -> bool {
        self.count >= ENOUGH
    }

    fn from_blocks(blocks: &[Block], is_step: impl Fn(&Block) -> bool, are: &'static str) -> Self {
        let steps = || blocks.iter().filter(|block| is_step(block));
        // An item in a list of steps may be a place to fill in; the first to show is one that tells what to do.
        let tells = |block: &&Block| !matches!(block.kind, Kind::Item { .. }) || is_instruction(&block.text);
        let first = steps().find(tells).or_else(|| steps().next()).map(|block| block.span);
        Self { count: steps().count(), first, are }
    }

    fn commands(blocks: &[Block]) -> Self {
        let counted = blocks.iter().map(|block| (command_count(block), block.span)).filter(|(count, _)| *count > 0);
        let counted: Vec<(usize, Span)> = counted.collect();
        let first = counted.first().map(|(_, span)| *span);
        Self { count: counted.iter().map(|(count, _)| count).sum(), first, are: "commands" }
    }
}

/// Whether a text is about release work at all: three of its words are, at least two different ones.
fn is_release_work(blocks: &[Block]) -> bool {
    let mut seen: Vec<String> = Vec::new();
    for block in blocks {
        for word in words(&block.text) {
            if WORK.has(&word) && !seen.contains(&word) {
                seen.push(word);
            }
            if seen.len() > 2 {
                return true;
            }
        }
    }
    false
}

fn is_step_item(block: &Block) -> bool {
    match block.kind {
        Kind::Item { ordered, task, .. } => {
            task || is_instruction(&block.text) || (ordered && !explains_number(&block.text))
        }
        _ => false,
    }
}

/// `MAJOR version when you …`: what the numbers of a version mean.
fn explains_number(text: &str) -> bool {
    words(text).first().is_some_and(|word| among("major minor patch micro", word))
}

/// `Step 2`, `2. Tag`, `2) Tag` as a heading.
fn is_numbered_step(text: &str) -> bool {
    let words = words(text);
    let is_number = |word: Option<&String>| word.is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit()));
    is_number(words.first()) || (words.first().is_some_and(|word| word == "step") && is_number(words.get(1)))
}

/// Whether a text begins by telling the reader to do something.
fn is_instruction(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '`');
    // A command given as code is an instruction by itself: "`git push`", but not "`name` is …".
    if let Some(code) = text.strip_prefix('`').and_then(|rest| rest.split('`').next()) {
        return is_program(code);
    }
    let sentence = sentences(text).next().unwrap_or_default();
    if begins_with_verb(sentence) {
        return true;
    }
    let opens = words(sentence).first().is_some_and(|first| CONDITION.has(first) || LEAD_IN.has(first));
    opens && sentence.split([',', ':']).skip(1).any(begins_with_verb)
}

/// Whether a word can open an instruction: a verb, or what leads to one.
pub fn opens_instruction(word: &str) -> bool {
    VERBS.has(word) || CONDITION.has(word) || LEAD_IN.has(word)
}

/// Whether a clause begins by telling the reader to do something. A verb with a colon behind it is a label: it counts
/// where it labels release work ("Tag: the merge commit"), not where it names a field ("Contact: ada@example.org").
pub fn begins_with_verb(clause: &str) -> bool {
    let words = words(clause);
    let mut leading = words.iter().skip_while(|word| LEAD_IN.has(word));
    let Some(verb) = leading.next().filter(|word| VERBS.has(word)) else { return false };
    let label = clause.split_once(':').map(|(label, _)| label.trim()).filter(|label| label.eq_ignore_ascii_case(verb));
    label.is_none() || WORK.has_any(&words)
}

/// Whether running text gives an instruction about release work.
fn tells_what_to_do(text: &str) -> bool {
    sentences(text).any(|sentence| is_instruction(sentence) && WORK.has_any(&words(sentence)))
}

/// The commands of a block of code; what a shell prints, comments and continued lines are none.
fn command_count(block: &Block) -> usize {
    let Kind::Code(language) = &block.kind else { return 0 };
    let prompted = block.text.lines().any(|line| prompt(line).is_some());
    let shell = SHELLS.has(language);
    if !shell && !language.is_empty() && !among("text none default", language) {
        return 0;
    }
    let mut continued = false;
    let mut count = 0;
    for line in block.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let command = if prompted { prompt(line).unwrap_or_default() } else { line };
        let counts = prompted || shell || is_program(command);
        count += usize::from(!continued && counts && !command.is_empty() && !command.starts_with('#'));
        continued = line.ends_with('\\');
    }
    count
}

fn prompt(line: &str) -> Option<&str> {
    let line = line.trim_start();
    ["$ ", "% ", "> ", "PS> "].iter().find_map(|mark| line.strip_prefix(mark))
}

fn is_program(code: &str) -> bool {
    let first = code.split_whitespace().next().unwrap_or_default();
    first.starts_with("./") || PROGRAMS.has(first)
}

#[cfg(test)]
mod tests {
    use super::super::part::Source;
    use super::*;
    use crate::fact::interest::Document;
    use crate::fact::prose::Page;

    fn block(text: &str) -> Block {
        Page::read("a.md", text).blocks.remove(0)
    }

    #[test]
    fn instructions_are_known_in_the_forms_people_write() {
        for text in [
            "Push the tag",
            "**Tag** the commit",
            "Then, trigger the workflow",
            "Once CI is green, push the tag",
            "Don't forget the docs",
            "You should update the version",
            "To debug wheels, push to a branch",
            "`git push --tags`",
            "If needed: bump the version",
            "On GitHub, draft a new release",
            "Double-check the notes",
            "[ ] Merge".trim_start_matches("[ ] "),
            "Please run `make`",
            "Tag: `git tag v1`",
            "Build: the wheels come from CI",
        ] {
            assert!(is_instruction(text), "{text}");
        }
        for text in [
            "**Patch** releases contain fixes",
            "The tag is made by CI",
            "crates/globset",
            "`version` is a string",
            "A major release may break",
            "Bug fixes",
            "1.8rc1 # a candidate",
            "",
            "If you have questions",
            "Releases follow semver",
            "Contact: ada@example.org",
            "Name: Ada",
        ] {
            assert!(!is_instruction(text), "{text}");
        }
    }

    #[test]
    fn commands_are_counted_without_output_comments_and_continuations() {
        assert_eq!(command_count(&block("```sh\n# tag\ngit tag x\ngit push \\\n  --tags\n\n```\n")), 2);
        assert_eq!(command_count(&block("```console\n$ make release\ndone\n$ git push\n```\n")), 2);
        assert_eq!(command_count(&block("    git push\n    hello there\n")), 1);
        assert_eq!(command_count(&block("```python\nimport os\n```\n")), 0);
        assert_eq!(command_count(&block("```yaml\nmake: x\n```\n")), 0);
        assert_eq!(command_count(&block("text\n")), 0);
    }

    fn steps(text: &str) -> (usize, Option<usize>) {
        let page = Page::read("RELEASE.md", text);
        let source = Source { path: "RELEASE.md", text, document: Document::ReleasePage, page: &page };
        let parts = source.parts();
        let steps = Steps::of(&parts[0]);
        (steps.count, steps.first.map(|span| crate::text::span::place(text, span.start).line))
    }

    #[test]
    fn quotations_fields_and_kinds_of_versions_are_no_steps() {
        let quoted = "# Releasing\n\n> 1. MAJOR version\n> 2. MINOR version\n> 3. PATCH version\n\n- Tag\n- Push to PyPI\n- Announce\n";
        assert_eq!(steps(quoted), (3, Some(7)));
        let kinds = "# Releases\n\n1. MAJOR version when you break the API\n2. MINOR version\n3. PATCH version on PyPI, with a tag\n";
        assert_eq!(steps(kinds), (0, None));
        let fields =
            "# Releasing\n\n* Contact: ada@example.org\n\n## Tag\n\n* Tag the commit\n* Push it\n* Publish to PyPI\n";
        assert_eq!(steps(fields), (3, Some(7)));
    }

    #[test]
    fn the_first_step_to_show_says_what_to_do() {
        let boxes = "# Release\n\n- [ ] X (#)\n- [ ] Tag the commit\n- [ ] Push to PyPI\n- [ ] Bump the version\n";
        assert_eq!(steps(boxes), (4, Some(4)));
        let told = "# Release\n\n1. The version is bumped\n2. The tag is pushed\n3. The release is on PyPI\n";
        assert_eq!(steps(told), (3, Some(3)));
    }

    #[test]
    fn steps_in_a_heading_need_a_number_or_a_verb() {
        assert!(is_numbered_step("Step 1: prepare") && is_numbered_step("2. Tag") && !is_numbered_step("Step by step"));
    }

    #[test]
    fn a_text_without_release_work_has_no_steps() {
        assert!(!is_release_work(&Page::read("a.md", "1. Wash\n2. Dry\n3. Fold\n").blocks));
        assert!(is_release_work(&Page::read("a.md", "1. Bump the version\n2. Tag\n").blocks));
    }
}
