//! The words an uploader is given, with variables filled in that the files show, and what it may be told out of sight.

use super::Evidence;
use super::credential::Proof;
use crate::fact::Facts;
use crate::fact::release::credential::Source;
use crate::fact::release::{Publish, Scope, program_words};
use crate::fact::workflow::shell::{Command, Word};
use crate::fact::workflow::{Pairs, expression};

/// Options of uploaders that take no value. Behind any other option stands its value.
const FLAGS: &[&str] = &[
    "--skip-existing",
    "--verbose",
    "-v",
    "--quiet",
    "-q",
    "--non-interactive",
    "--disable-progress-bar",
    "--attestations",
    "--sign",
    "--build",
    "--no-build",
    "--no-prompt",
    "-y",
    "--yes",
    "--provenance",
    "--no-git-checks",
    "--recursive",
    "--workspaces",
    "--allow-dirty",
    "--no-verify",
    "--locked",
    "--workspace",
    "--all-features",
    "--dry-run",
    "--force",
];

/// Programs that print the names of files, or what they built.
const LISTS: &[&str] = &["ls", "find", "npm", "pnpm", "yarn", "realpath", "readlink", "basename", "dirname"];

/// The words of the uploader from its program on. A variable that the files show stands as the words it holds.
pub fn words(facts: &Facts, publish: &Publish, scope: &Scope<'_>) -> Vec<String> {
    let Some(command) = &publish.command else { return of_action(publish, scope) };
    let mut all = Vec::new();
    for (word, is_value) in given(command) {
        let text = if is_value { None } else { shown(facts, publish, scope, word) };
        match text {
            Some(text) => all.extend(split(&text)),
            None => all.push(word.value.clone()),
        }
    }
    all
}

/// `PyO3/maturin-action` hands the words of an input on.
fn of_action(publish: &Publish, scope: &Scope<'_>) -> Vec<String> {
    let args = scope.step.with.get("args").filter(|_| publish.found_by == "pyo3/maturin-action");
    args.map(|args| split(&args.value)).unwrap_or_default()
}

/// What an uploader may be told that cannot be seen.
pub fn proofs(facts: &Facts, publish: &Publish, scope: &Scope<'_>) -> Vec<Proof> {
    let at = |words: String, note: &str| Proof {
        source: Source::Unseen,
        words,
        evidence: vec![Evidence::at(&publish.file, publish.file_span, note)],
    };
    let mut proofs = Vec::new();
    let levels = [&scope.step.env, &scope.job.env, &scope.workflow.env, &scope.step.with];
    // A mapping may be an expression as a whole; its keys are only known to the run.
    if let Some((key, _)) = levels.into_iter().flat_map(Pairs::iter).find(|(key, _)| key.has_expression()) {
        let words = format!("takes whatever `{}` comes to", crate::text::clean::short(key.trimmed(), 60));
        proofs.push(at(words, "names and values are only known to the run"));
    }
    if let Some(word) = hidden(facts, publish, scope) {
        let words = format!("takes words that cannot be seen (`{}`)", crate::text::clean::short(&word, 60));
        proofs.push(at(words, "any option may stand there"));
    }
    proofs
}

/// A word that may be any option.
fn hidden(facts: &Facts, publish: &Publish, scope: &Scope<'_>) -> Option<String> {
    let Some(command) = &publish.command else {
        return of_action(publish, scope).into_iter().find(|word| word.starts_with(['$', '`']));
    };
    let open = |word: &Word| {
        let text = word.value.as_str();
        let starts = text.starts_with(['$', '`']) || text.starts_with('%') && text.ends_with('%');
        let told = || shown(facts, publish, scope, word).is_some_and(|text| is_told(&split(&text)));
        starts && !is_place(word) && !is_looped(command, text) && !told()
    };
    // What stands behind `--` is no option.
    let mut words = given(command).into_iter().take_while(|(word, _)| word.value != "--");
    words.find(|(word, is_value)| !is_value && open(word)).map(|(word, _)| word.value.clone())
}

/// Whether none of some words may be any option.
fn is_told(words: &[String]) -> bool {
    let before = std::iter::once("").chain(words.iter().map(String::as_str));
    let place = |text: &str| outside(text).contains('/');
    words.iter().zip(before).all(|(word, before)| takes(before) || !word.starts_with(['$', '`']) || place(word))
}

/// Whether the word behind an option is its value.
fn takes(text: &str) -> bool {
    text.starts_with('-') && text != "--" && !text.contains('=') && !FLAGS.contains(&text)
}

/// The words from the program on, each with whether it is the value of an option before it.
fn given(command: &Command) -> Vec<(&Word, bool)> {
    let kept = program_words(command).len();
    let words = command.words.get(command.words.len().saturating_sub(kept)..).unwrap_or_default();
    let before = std::iter::once(None).chain(words.iter().map(Some));
    words
        .iter()
        .zip(before)
        .map(|(word, before)| (word, before.is_some_and(|word: &Word| takes(&word.value))))
        .collect()
}

/// Whether a word names files by more than a variable: a folder, a pattern, an ending.
fn is_place(word: &Word) -> bool {
    let text = outside(&word.value);
    let ends = [".whl", ".gz", ".tgz", ".zip", ".gem", ".nupkg", ".crate"].iter().any(|end| text.ends_with(end));
    word.glob && text.contains('*') || text.contains('/') || ends
}

/// A text without its variables, commands and expressions.
fn outside(text: &str) -> String {
    let (mut kept, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(['$', '`']) {
        kept.push_str(rest.get(..at).unwrap_or_default());
        let tail = rest.get(at..).unwrap_or_default();
        let end = if tail.starts_with("${{") {
            tail.find("}}").map(|end| end + 2)
        } else if tail.starts_with("$(") {
            tail.rfind(')').map(|end| end + 1)
        } else if tail.starts_with("${") {
            tail.find('}').map(|end| end + 1)
        } else if tail.starts_with('`') {
            tail.get(1..).and_then(|tail| tail.find('`')).map(|end| end + 2)
        } else {
            let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            Some(tail.get(1..).and_then(|tail| tail.find(|c| !name(c))).map_or(tail.len(), |end| end + 1))
        };
        rest = tail.get(end.unwrap_or(tail.len()).max(1)..).unwrap_or_default();
    }
    kept.push_str(rest);
    kept
}

/// Whether a word is the variable of a loop over words none of which is an option.
fn is_looped(command: &Command, text: &str) -> bool {
    let Some(around) = &command.loop_over else { return false };
    let same = variable(text).is_some_and(|name| name == around.variable);
    same && around.words.iter().all(|word| !word.value.starts_with('-'))
}

/// The name of a variable that is all of a word.
fn variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).or_else(|| text.strip_prefix('$'))?;
    let name = name.strip_prefix("env:").unwrap_or(name);
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (plain && !name.starts_with(|c: char| c.is_ascii_digit())).then_some(name)
}

/// What the files show that a word holds; of several texts one with an option, since that one counts.
fn shown(facts: &Facts, publish: &Publish, scope: &Scope<'_>, word: &Word) -> Option<String> {
    let text = word.value.as_str();
    if let Some(name) = variable(text) {
        let own = assigned(publish, name);
        let value = own.or_else(|| scope.env(name).map(|text| text.value.clone()))?;
        let listed = value.strip_prefix("$(").is_some_and(|rest| {
            rest.split_whitespace().next().is_some_and(|program| LISTS.contains(&program.trim_end_matches(')')))
        });
        return if listed { Some(String::new()) } else { settled(facts, publish, scope, &value) };
    }
    text.starts_with("${{").then(|| settled(facts, publish, scope, text)).flatten()
}

/// A text whose variables are known, but for those that are the values of options in it.
fn settled(facts: &Facts, publish: &Publish, scope: &Scope<'_>, text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).map(str::trim);
    if let Some(name) = inner.and_then(|inner| inner.strip_prefix("env.")) {
        let value = scope.env(name)?.value.as_str();
        return if value.contains("env.") { None } else { settled(facts, publish, scope, value) };
    }
    if !text.trim().starts_with(['$', '`']) {
        return Some(text.to_owned());
    }
    let local = scope.workflow.path != publish.file;
    let values = || publish.values(&facts.workflows, text).filter(|_| !local);
    let known = expression::possible(text).strings().filter(|_| text.contains("${{"));
    let all = known.or_else(values).filter(|all| !all.iter().any(|value| value.contains(['$', '`'])))?;
    let options = all.iter().find(|value| value.trim_start().starts_with('-') && value.trim() != "--dry-run");
    options.or_else(|| all.first()).cloned()
}

/// What the script has given a variable last, before the uploader runs.
fn assigned(publish: &Publish, name: &str) -> Option<String> {
    let before = publish.script.iter().take_while(|command| command.span.start < publish.file_span.start);
    let values = before.flat_map(|command| {
        let words = command.args();
        let exports = matches!(words.first(), Some(&("export" | "declare" | "local")));
        let exported = words.into_iter().skip(1).filter(move |_| exports).filter_map(|word| word.split_once('='));
        let alone = command.assignments.iter().filter(|_| command.words.is_empty());
        let alone = alone.map(|(name, value)| (name.as_str(), value.as_str()));
        exported.chain(alone).map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
    });
    values.filter(|(own, _)| own == name).last().map(|(_, value)| value)
}

/// The words of a text; blanks in expressions part none.
fn split(text: &str) -> Vec<String> {
    let (mut words, mut word, mut open, mut rest) = (Vec::new(), String::new(), false, text);
    while let Some(c) = rest.chars().next() {
        open = if rest.starts_with("${{") { true } else { open && !rest.starts_with("}}") };
        if c.is_whitespace() && !open {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        } else {
            word.push(c);
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

#[cfg(test)]
mod tests {
    use crate::requirement::Verdict;
    use crate::requirement::trial::Trial;

    /// What is said about stored tokens of an upload with these words, in a step with these variables.
    fn judged(script: &str, env: &str) -> Verdict {
        let script = serde_json::json!(script);
        let text = format!(
            "on: push\njobs:\n  p:\n    permissions: {{id-token: write}}\n    steps:\n      - run: {script}\n        env: {env}\n"
        );
        Trial::workflow(&text).verdict("R12:no-long-lived-token")
    }

    #[test]
    fn words_that_may_be_any_option_are_not_taken_for_files() {
        for script in [
            "uv publish $ARGS",
            "twine upload ${{ env.NOWHERE }} dist/*",
            "twine upload --skip-existing $ARGS dist/*",
            "twine upload \"$@\"",
            "twine upload \"${ARGS[@]}\" dist/*",
            "uv publish $(cat args)",
            "ARGS=$(cat args)\nuv publish $ARGS",
            "uv publish ${{ vars.ARGS }}",
            "ARGS=\"dist/* $MORE\"\nuv publish $ARGS",
        ] {
            assert_eq!(judged(script, "{}"), Verdict::Unknown, "{script}");
        }
        assert_eq!(judged("uv publish $ARGS", "{ARGS: '--token ${{ secrets.T }}'}"), Verdict::Fail);
        assert_eq!(judged("uv publish ${{ env.ARGS }}", "{ARGS: '--token ${{ secrets.T }}'}"), Verdict::Fail);
        assert_eq!(judged("ARGS='-t abc'\nuv publish $ARGS", "{}"), Verdict::Fail);
    }

    #[test]
    fn words_that_the_files_show_are_read() {
        for script in [
            "uv publish dist/*",
            "uv publish $DIR/*",
            "uv publish \"${DIR}/x.whl\"",
            "twine upload ${{ inputs.dir }}/*.whl",
            "for file in dist/*; do twine upload \"$file\"; done",
            "FILES=dist/*\ntwine upload $FILES",
            "FILE=$(ls dist/*.whl)\ntwine upload $FILE",
            "twine upload -- \"$FILE\"",
            "uv publish --index $INDEX",
            "uv publish $ARGS",
            "uv publish ${{ env.ARGS }}",
            "uv publish ${{ true && '--verbose' || '' }}",
        ] {
            assert_eq!(judged(script, "{ARGS: '--verbose dist/*', INDEX: pypi}"), Verdict::Pass, "{script}");
        }
    }

    #[test]
    fn a_mapping_that_is_an_expression_may_hold_anything() {
        assert_eq!(judged("uv publish", "${{ fromJSON(vars.ENV) }}"), Verdict::Unknown);
        let upload = "on: push\njobs:\n  p:\n    permissions: {id-token: write}\n    steps:\n      - uses: pypa/gh-action-pypi-publish@v1\n        with: ${{ fromJSON(vars.WITH) }}\n";
        assert_eq!(Trial::workflow(upload).verdict("R12:no-long-lived-token"), Verdict::Unknown);
        let job = "on: push\njobs:\n  p:\n    permissions: {id-token: write}\n    env: ${{ fromJSON(vars.ENV) }}\n    steps:\n      - run: uv publish\n";
        assert_eq!(Trial::workflow(job).verdict("R12:no-long-lived-token"), Verdict::Unknown);
    }

    #[test]
    fn what_a_script_takes_over_from_others_may_hold_a_token() {
        for before in [". ./env", "source x.sh", "eval \"$X\"", "source ci/$NAME.sh"] {
            assert_eq!(judged(&format!("{before}\nuv publish"), "{}"), Verdict::Unknown, "{before}");
        }
        for before in ["source .venv/bin/activate", ". \"$HOME/.cargo/env\"", "eval \"$(ssh-agent -s)\""] {
            assert_eq!(judged(&format!("{before}\nuv publish"), "{}"), Verdict::Pass, "{before}");
        }
        assert_eq!(judged("uv publish\nsource x.sh", "{}"), Verdict::Pass);
    }
}
