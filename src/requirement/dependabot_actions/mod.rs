//! R09 dependabot-actions: pinned actions are kept up to date by a reviewed process.
//!
//! Dependabot's blocks are judged in [`blocks`], Renovate (an alternative) in [`presets`].

mod blocks;
mod fix;
mod presets;

use super::{Case, Check, Evidence, Finding, FixOffer, Level, Meta, Proposal, Requirement, Role, Verdict};
use crate::fact::dependabot::{self, Dependabot, Update};
use crate::fact::files::FileSet;
use crate::fact::interest::RENOVATE;
use crate::fact::renovate::{self, Renovate};
use crate::fact::workflow::{ActionFile, Reference};
use crate::fact::{Facts, Reason, Topic, Unknown};
use crate::text::{Span, clean};

/// R09.
#[derive(Debug)]
pub struct DependabotActions;

/// What R09 is.
pub static META: Meta = Meta {
    id: "R09",
    slug: "dependabot-actions",
    title: "Pinned actions are kept up to date by a reviewed process",
    level: Level::Recommended,
    spec: "https://scientific-python.org/specs/spec-0008/#pin-github-actions-release-workflows-to-their-full-release-commit-shas",
    checks: &[
        (UPDATES, Role::Decisive),
        (GROUPS, Role::Decisive),
        (COMPOSITES, Role::Supporting),
        (COOLDOWN, Role::Advice),
    ],
    needs: &[Topic::Files],
};

const UPDATES: &str = "updates";
const GROUPS: &str = "groups";
const COMPOSITES: &str = "covers-composites";
const COOLDOWN: &str = "cooldown";

impl Requirement for DependabotActions {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let Some(files) = case.facts.files.value() else {
            return Finding::of(&META, Check::all_missing(&META, &case.facts.files, Topic::Files));
        };
        let (dependabot, renovate) = (case.facts.dependabot.as_ref(), case.facts.renovate.as_ref());
        let active: Vec<&Update> = dependabot.into_iter().flat_map(active).collect();
        if let Some(file) = dependabot.filter(|_| !active.is_empty()) {
            return by_dependabot(case.facts, file, &active);
        }
        if let Some(renovate) = renovate.filter(|renovate| presets::idle(renovate).is_none()) {
            return by_renovate(files, renovate);
        }
        match unread(case.facts, files) {
            Some(check) => without_updates(check, None),
            None => nobody(files, dependabot, renovate),
        }
    }

    fn propose(&self, case: &Case<'_>) -> Proposal {
        self.assess(case).fix.map(|offer| fix::propose(case, &offer.title)).unwrap_or_default()
    }
}

/// The blocks that keep workflows up to date, in a file that GitHub accepts.
fn active(file: &Dependabot) -> impl Iterator<Item = &Update> {
    let accepted = file.version.as_ref().is_some_and(|version| version.value == "2");
    file.of(blocks::ECOSYSTEM).filter(move |update| accepted && blocks::idle(update).is_none())
}

fn by_dependabot(facts: &Facts, file: &Dependabot, active: &[&Update]) -> Finding {
    let composites = covers_composites(facts, file);
    let (updates, groups) = (updates(file, active), groups(file, active));
    let mut changes = Vec::new();
    if groups.verdict == Verdict::Warn {
        changes.push("groups");
    }
    if composites.verdict == Verdict::Warn {
        changes.push("the directories of local actions");
    }
    let fix = (!changes.is_empty())
        .then(|| FixOffer::safe(format!("add {} to the github-actions block of {}", changes.join(" and "), file.path)));
    let cooldown = cooldown(file, active);
    Finding::of(&META, vec![updates, groups, composites, cooldown]).with_fix(fix)
}

fn updates(file: &Dependabot, active: &[&Update]) -> Check {
    let evidence =
        active.iter().map(|update| Evidence::at(file.path, update.ecosystem.span, "actions are updated by this block"));
    let scheduled = |update: &&Update| update.scheduled || update.shared_group.is_some();
    let check = if active.iter().any(scheduled) {
        Check::decisive(UPDATES, Verdict::Pass, format!("Dependabot keeps actions up to date ({})", file.path))
    } else {
        let summary = format!(
            "the github-actions block of {} has no `schedule`, without which Dependabot refuses the file",
            file.path
        );
        Check::decisive(UPDATES, Verdict::Warn, summary)
    };
    check.with_all(evidence)
}

fn groups(file: &Dependabot, active: &[&Update]) -> Check {
    if let Some(update) = active.iter().find(|update| !blocks::is_grouped(update, file)) {
        let summary = "updates of actions are not grouped: each one is a pull request of its own";
        let note = "no `groups` in this block gathers version updates";
        return Check::decisive(GROUPS, Verdict::Warn, summary).with(Evidence::at(
            file.path,
            update.ecosystem.span,
            note,
        ));
    }
    let place = |update: &&Update| {
        let group = update.groups.first().map(|group| &group.name).or(update.shared_group.as_ref());
        group.map(|group| Evidence::at(file.path, group.span, "the group"))
    };
    Check::decisive(GROUPS, Verdict::Pass, "updates of actions come in groups")
        .with_all(active.iter().filter_map(place))
}

/// Composite actions of this repository that use actions of others are updated only where a block names their folder.
fn covers_composites(facts: &Facts, file: &Dependabot) -> Check {
    let outside = uncovered(facts, Some(file));
    if !outside.is_empty() {
        let wanted = wanted_directories(Some(file), &outside);
        let wanted: Vec<String> = wanted.iter().map(|folder| format!("\"{folder}\"")).collect();
        let summary =
            format!("Dependabot does not look into every local action; set `directories: [{}]`", wanted.join(", "));
        let actions = outside.iter().filter_map(|folder| facts.workflows.actions.get(blocks::plain(folder)));
        let unseen = |action: &ActionFile| Evidence::file(&action.path, "a composite action that is not updated");
        return Check::supporting(COMPOSITES, Verdict::Warn, summary).with_all(actions.map(unseen));
    }
    let hidden = facts.problems.iter().filter(|problem| problem.hides);
    let mut hidden = hidden.filter(|problem| action_folder(&problem.path).is_some_and(|folder| !covered(file, folder)));
    if let Some(problem) = hidden.next() {
        let detail = format!("{} could not be read: {}", problem.path, problem.message);
        return Check::unknown(COMPOSITES, Role::Supporting, &Unknown::new(Reason::NotParsed, detail));
    }
    if !facts.workflows.actions.values().any(uses_others) {
        return Check::supporting(
            COMPOSITES,
            Verdict::NotApplicable,
            "no local composite action uses actions of others",
        );
    }
    Check::supporting(COMPOSITES, Verdict::Pass, "Dependabot looks into every local composite action")
}

/// Whether a block of the file looks into a folder.
fn covered(file: &Dependabot, folder: &str) -> bool {
    let mut blocks = file.of(blocks::ECOSYSTEM).filter(|update| blocks::off(update).is_none());
    blocks.any(|update| blocks::covers(update, blocks::plain(folder)))
}

/// Folders of local actions that have something to update and that no block looks into, each with `/` before it.
fn uncovered(facts: &Facts, file: Option<&Dependabot>) -> Vec<String> {
    let actions = facts.workflows.actions.iter().filter(|(_, action)| uses_others(action));
    let outside = actions.filter(|(folder, _)| match file {
        Some(file) => !covered(file, folder),
        None => !folder.is_empty(),
    });
    outside.map(|(folder, _)| format!("/{}", blocks::plain(folder))).collect()
}

/// What the first block of the file names, and what it lacks.
fn wanted_directories(file: Option<&Dependabot>, missing: &[String]) -> Vec<String> {
    let named: Vec<String> = match file {
        Some(file) => {
            active(file).take(1).flat_map(|update| &update.directories).map(|one| one.value.clone()).collect()
        }
        None => vec!["/".to_owned()],
    };
    named.into_iter().chain(missing.iter().cloned()).collect()
}

/// Whether a composite action uses what others publish: only then there is something to update.
fn uses_others(action: &ActionFile) -> bool {
    let remote = |reference: &Reference| matches!(reference, Reference::Remote { .. });
    let steps = action.steps.as_deref().unwrap_or_default();
    steps.iter().filter_map(|step| step.uses.as_ref()).any(|uses| remote(&uses.reference))
}

/// The folder of an action, from the path of its file.
fn action_folder(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    matches!(name, "action.yml" | "action.yaml").then_some(folder)
}

fn cooldown(file: &Dependabot, active: &[&Update]) -> Check {
    let found = active.iter().filter_map(|update| update.cooldown.as_ref()).find(|cooldown| cooldown.days > 0);
    match found {
        Some(cooldown) => {
            Check::advice(COOLDOWN, Verdict::Pass, format!("new versions are left alone for {} days", cooldown.days))
                .with(Evidence::at(file.path, cooldown.span, "the cooldown"))
        }
        None => Check::advice(
            COOLDOWN,
            Verdict::Warn,
            "no `cooldown`: a new version of an action is offered at once, before others could notice that it is bad",
        ),
    }
}

fn by_renovate(files: &FileSet, renovate: &Renovate) -> Finding {
    let pins = if presets::pins(renovate) { "pins" } else { "does not pin" };
    let summary = format!("Renovate keeps actions up to date ({}) and {pins} digests", renovate.path);
    let updates = Check::decisive(UPDATES, Verdict::Pass, summary).with(place(
        files,
        renovate,
        "github-actions",
        "actions are updated unless it says otherwise",
    ));
    let groups = match (presets::is_grouped(renovate), presets::foreign_preset(renovate)) {
        (true, _) => Check::decisive(GROUPS, Verdict::Pass, "updates of actions come in groups"),
        (false, Some(preset)) => {
            let preset = clean::short(preset, 60);
            Check::decisive(
                GROUPS,
                Verdict::Warn,
                format!("whether actions are grouped cannot be seen here: {preset} may do it"),
            )
        }
        (false, None) => Check::decisive(GROUPS, Verdict::Warn, "updates of actions are not grouped"),
    };
    let groups = groups.with(place(files, renovate, "extends", "presets and rules"));
    let composites = Check::supporting(COMPOSITES, Verdict::Pass, "Renovate looks into every local action");
    let cooldown = match presets::minimum_age(renovate) {
        Some(age) => Check::advice(COOLDOWN, Verdict::Pass, format!("new versions are left alone for {age}")),
        None => Check::advice(
            COOLDOWN,
            Verdict::Warn,
            "no `minimumReleaseAge` for actions: a new version is offered at once",
        ),
    };
    Finding::of(&META, vec![updates, groups, composites, cooldown])
}

fn place(files: &FileSet, renovate: &Renovate, key: &str, note: &str) -> Evidence {
    let found = files.text(&renovate.path).and_then(|text| renovate::place_of(text, key));
    found.map_or_else(|| Evidence::file(&renovate.path, note), |span| Evidence::at(&renovate.path, span, note))
}

/// A file that could not be read may hold what is looked for.
fn unread(facts: &Facts, files: &FileSet) -> Option<Check> {
    let matters = |path: &str| dependabot::PATHS.contains(&path) || RENOVATE.contains(&path);
    if let Some(problem) = facts.problems.iter().find(|problem| problem.hides && matters(&problem.path)) {
        let line = problem.place.map(|place| format!(":{}", place.line)).unwrap_or_default();
        let detail = format!("{}{line} {}", problem.path, problem.message);
        let start = problem.place.and_then(|place| Some(line_start(files.text(&problem.path)?, place.line)));
        let evidence = match start {
            Some(start) => Evidence::at(&problem.path, start, "where reading ended"),
            None => Evidence::file(&problem.path, "could not be read"),
        };
        return Some(Check::unknown(UPDATES, Role::Decisive, &Unknown::new(Reason::NotParsed, detail)).with(evidence));
    }
    let path = files.listed.iter().find(|path| matters(path))?;
    let why = Unknown::new(Reason::NotParsed, format!("{path} exists but was not read"));
    Some(Check::unknown(UPDATES, Role::Decisive, &why))
}

/// The line of that number.
fn line_start(text: &str, line: usize) -> Span {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let length = text.get(before..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
    Span::new(before, before + length)
}

/// Nothing updates actions: what stands in the way, and where it was looked.
fn nobody(files: &FileSet, dependabot: Option<&Dependabot>, renovate: Option<&Renovate>) -> Finding {
    let (check, fix) = match (dependabot, renovate) {
        (Some(file), _) => refused(file, files),
        (None, Some(renovate)) => {
            let why = presets::idle(renovate).unwrap_or_default();
            let check = Check::decisive(
                UPDATES,
                Verdict::Fail,
                format!("Renovate leaves actions alone: {why} ({})", renovate.path),
            )
            .with(Evidence::file(&renovate.path, why));
            (check, Some(FixOffer::safe(create())))
        }
        (None, None) => {
            let check = Check::decisive(
                UPDATES,
                Verdict::Fail,
                "nothing keeps actions up to date: no Dependabot and no Renovate",
            );
            (check, Some(FixOffer::safe(create())))
        }
    };
    let looked_in = dependabot::PATHS.iter().chain(RENOVATE).copied().chain(["package.json (renovate)"]);
    without_updates(check.with(Evidence::absence(looked_in)), fix)
}

fn create() -> String {
    format!("create {} with a github-actions block", dependabot::PATHS.first().copied().unwrap_or_default())
}

/// Why the blocks of a readable file update no action.
fn refused(file: &Dependabot, files: &FileSet) -> (Check, Option<FixOffer>) {
    let path = file.path;
    let fail = |summary: String| Check::decisive(UPDATES, Verdict::Fail, summary);
    if let Some(version) = file.version.as_ref().filter(|version| version.value != "2") {
        let summary = format!(
            "{path} is of version {}, which GitHub no longer reads; it must be `version: 2`",
            clean::short(&version.value, 20)
        );
        return (fail(summary).with(Evidence::at(path, version.span, "not 2")), None);
    }
    let add = || Some(FixOffer::safe(format!("add a github-actions block to {path}")));
    let idle = file.of(blocks::ECOSYSTEM).find_map(blocks::idle);
    match idle {
        Some(idle) => {
            let summary = format!("the github-actions block of {path} updates no workflow: {}", idle.why);
            (fail(summary).with(Evidence::at(path, idle.span, idle.why)), None)
        }
        None if file.of(blocks::ECOSYSTEM).next().is_some() => {
            let summary = format!("{path} has no `version: 2`, without which GitHub refuses it");
            (fail(summary).with(Evidence::file(path, "no `version`")), None)
        }
        None if files.texts.get(path).is_some_and(|text| text.trim().is_empty()) => {
            (fail(format!("{path} is empty")).with(Evidence::file(path, "empty")), add())
        }
        None => (
            fail(format!("{path} has no block for github-actions")).with(Evidence::file(path, "no github-actions")),
            add(),
        ),
    }
}

/// The other checks ask about updates that are not there.
fn without_updates(updates: Check, fix: Option<FixOffer>) -> Finding {
    let depends =
        |id, role| Check::new(id, role, Verdict::NotApplicable, "no updates of actions to look at: see `updates`");
    let rest = META.checks.iter().skip(1).map(|(id, role)| depends(id, *role));
    Finding::of(&META, std::iter::once(updates).chain(rest).collect()).with_fix(fix)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::fact::files::Problem;
    use crate::fact::workflow::{Pairs, Step, Text, Uses};
    use crate::fact::{Fact, Observation};
    use crate::requirement::{Profile, Safety};
    use crate::text::yaml::Style;

    const PATH: &str = ".github/dependabot.yml";
    const GROUPED: &str = "version: 2\nupdates:\n- package-ecosystem: github-actions\n  directory: /\n\
        \x20 schedule: {interval: weekly}\n  groups: {actions: {patterns: ['*']}}\n";

    fn recorded(files: FileSet) -> Facts {
        let mut facts = Facts::default();
        facts.record(Observation::Files(Fact::local(files, jiff::Timestamp::UNIX_EPOCH)));
        facts
    }

    fn facts(texts: &[(&str, &str)]) -> Facts {
        let texts = texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).into())).collect();
        recorded(FileSet { texts, ..FileSet::default() })
    }

    fn assess(facts: &Facts) -> Finding {
        let finding = DependabotActions.assess(&Case { facts, earlier: &[], profile: Profile::Spec8 });
        let ids: Vec<_> = finding.checks.iter().map(|check| (check.id, check.role)).collect();
        assert_eq!(ids, META.checks);
        finding
    }

    fn verdict(texts: &[(&str, &str)]) -> Verdict {
        assess(&facts(texts)).verdict
    }

    fn composite(folder: &str, uses: &str) -> (String, ActionFile) {
        let text = Text { value: uses.to_owned(), span: Span::default(), alias: None, style: Style::Plain };
        let step = Step {
            number: 1,
            group: None,
            background: false,
            waits: Vec::new(),
            span: Span::default(),
            id: None,
            name: None,
            condition: None,
            uses: Some(Uses::new(text)),
            run: None,
            shell: None,
            working_directory: None,
            with: Pairs::default(),
            env: Pairs::default(),
            continue_on_error: None,
        };
        let path = format!("{folder}/action.yml");
        (
            folder.to_owned(),
            ActionFile { path, steps: Some(vec![step]), inputs: Pairs::default(), comments: Vec::new() },
        )
    }

    #[test]
    fn a_grouped_block_passes_and_lacks_only_a_cooldown() {
        for path in dependabot::PATHS {
            let facts = facts(&[(path, GROUPED)]);
            let finding = assess(&facts);
            let verdicts: Vec<_> = finding.checks.iter().map(|check| check.verdict).collect();
            assert_eq!(verdicts, [Verdict::Pass, Verdict::Pass, Verdict::NotApplicable, Verdict::Warn]);
            assert_eq!((finding.verdict, &finding.fix), (Verdict::Pass, &None));
        }
        let cooled = format!("{GROUPED}  cooldown: {{default-days: 7}}\n");
        assert_eq!(assess(&facts(&[(PATH, &cooled)])).check("cooldown").unwrap().verdict, Verdict::Pass);
    }

    #[test]
    fn a_group_of_another_ecosystem_does_not_count() {
        let text = "version: 2\nupdates:\n- {package-ecosystem: pip, directory: /, schedule: {interval: daily}, groups: {a: {patterns: ['*']}}}\n\
                    - {package-ecosystem: github-actions, directory: /, schedule: {interval: daily}}\n";
        let finding = assess(&facts(&[(PATH, text)]));
        assert_eq!((finding.checks[0].verdict, finding.verdict), (Verdict::Pass, Verdict::Warn));
        let fix = finding.fix.unwrap();
        assert_eq!(
            (fix.safety, fix.title.as_str()),
            (Safety::Safe, "add groups to the github-actions block of .github/dependabot.yml")
        );
    }

    #[test]
    fn files_that_update_no_action_fail_and_say_why() {
        let block = |keys: &str| format!("version: 2\nupdates:\n- {{package-ecosystem: github-actions, {keys}}}\n");
        let cases = [
            ("version: 2\nupdates: []\n# - package-ecosystem: github-actions\n".to_owned(), "no block", true),
            (String::new(), "empty", true),
            (GROUPED.replace("version: 2", "version: 1"), "version 1", false),
            (GROUPED.replace("version: 2\n", ""), "no `version: 2`", false),
            (block("directory: /, open-pull-requests-limit: 0"), "open-pull-requests-limit", false),
            (block("directory: /, ignore: [{dependency-name: '*'}]"), "ignores every action", false),
            (block("directory: /src"), "leave out the workflows", false),
        ];
        for (text, words, fixable) in cases {
            let finding = assess(&facts(&[(PATH, &text)]));
            assert_eq!(finding.verdict, Verdict::Fail, "{text}");
            assert!(finding.summary.contains(words), "{}", finding.summary);
            assert_eq!(finding.fix.is_some(), fixable, "{text}");
            assert!(finding.checks.iter().skip(1).all(|check| check.verdict == Verdict::NotApplicable));
        }
        let nothing = assess(&facts(&[]));
        assert_eq!(nothing.verdict, Verdict::Fail);
        assert!(nothing.fix.unwrap().title.starts_with("create .github/dependabot.yml"));
    }

    #[test]
    fn one_working_block_among_several_is_enough() {
        let off = "- {package-ecosystem: github-actions, directory: /, open-pull-requests-limit: 0}\n";
        assert_eq!(verdict(&[(PATH, &format!("{GROUPED}{off}"))]), Verdict::Pass);
        let loose =
            "- {package-ecosystem: github-actions, directory: /.github/workflows, schedule: {interval: daily}}\n";
        assert_eq!(verdict(&[(PATH, &format!("{GROUPED}{loose}"))]), Verdict::Warn);
    }

    #[test]
    fn a_block_without_a_schedule_warns() {
        let finding = assess(&facts(&[(PATH, &GROUPED.replace("  schedule: {interval: weekly}\n", ""))]));
        assert_eq!((finding.verdict, finding.checks[1].verdict), (Verdict::Warn, Verdict::Pass));
    }

    #[test]
    fn composites_outside_the_directories_warn_with_the_list_to_set() {
        let mut facts = facts(&[(PATH, GROUPED)]);
        Arc::make_mut(&mut facts.workflows)
            .actions
            .extend([composite(".github/actions/build", "actions/checkout@v4"), composite("tools", "./x")]);
        let finding = assess(&facts);
        let check = finding.check("covers-composites").unwrap();
        assert_eq!((check.verdict, finding.verdict), (Verdict::Warn, Verdict::Warn));
        assert!(check.summary.contains("directories: [\"/\", \"/.github/actions/build\"]"), "{}", check.summary);
        assert_eq!(check.evidence.len(), 1, "an action that uses nothing of others needs no update");
        let wide = GROUPED.replace("directory: /", "directories: [/, '/.github/actions/*']");
        let mut covered = self::facts(&[(PATH, &wide)]);
        covered.workflows = facts.workflows.clone();
        assert_eq!(assess(&covered).check("covers-composites").unwrap().verdict, Verdict::Pass);
        let root = [composite("", "actions/checkout@v4")];
        Arc::make_mut(&mut covered.workflows).actions = root.into();
        assert_eq!(assess(&covered).check("covers-composites").unwrap().verdict, Verdict::Pass, "`/` covers the root");
    }

    #[test]
    fn a_composite_that_could_not_be_read_changes_nothing() {
        let mut facts = facts(&[(PATH, GROUPED)]);
        facts.problems.push(Problem::hiding(".github/actions/x/action.yml", None, "is broken"));
        let finding = assess(&facts);
        assert_eq!(finding.check("covers-composites").unwrap().verdict, Verdict::Unknown);
        assert_eq!(finding.verdict, Verdict::Pass);
    }

    #[test]
    fn a_broken_file_is_unknown_with_its_line_listed_once_and_never_fixed() {
        let facts =
            facts(&[(PATH, "version: 2\nupdates:\n  - package-ecosystem: \"github-actions\n    directory: /\n")]);
        let finding = assess(&facts);
        assert_eq!((finding.verdict, &finding.fix), (Verdict::Unknown, &None));
        assert_eq!(finding.unknown().unwrap().reason, Reason::NotParsed);
        assert!(finding.summary.contains(".github/dependabot.yml:"), "{}", finding.summary);
        assert_eq!(facts.problems.len(), 1);
        let unreadable = FileSet { problems: vec![Problem::hiding(PATH, None, "is not UTF-8")], ..FileSet::default() };
        assert_eq!(assess(&recorded(unreadable)).verdict, Verdict::Unknown);
        let listed = FileSet { listed: vec![PATH.to_owned()], ..FileSet::default() };
        assert_eq!(assess(&recorded(listed)).verdict, Verdict::Unknown);
    }

    #[test]
    fn renovate_is_an_alternative() {
        let renovate = "{\n  // all\n  extends: ['config:recommended'],\n}\n";
        let finding = assess(&facts(&[(".github/renovate.json5", renovate)]));
        assert_eq!((finding.verdict, finding.check("updates").unwrap().verdict), (Verdict::Pass, Verdict::Pass));
        assert!(finding.checks[0].summary.contains("does not pin"), "{}", finding.checks[0].summary);
        assert_eq!(verdict(&[("renovate.json", "{}")]), Verdict::Warn);
        assert_eq!(verdict(&[("renovate.json", "{\"extends\": [\"github>o/r\"]}")]), Verdict::Warn);
        assert_eq!(verdict(&[("package.json", "{\"renovate\": {\"extends\": [\"group:all\"]}}")]), Verdict::Pass);
        let off = assess(&facts(&[("renovate.json", "{\"enabledManagers\": [\"npm\"]}")]));
        assert_eq!(off.verdict, Verdict::Fail);
        assert!(off.summary.contains("enabledManagers"), "{}", off.summary);
    }

    #[test]
    fn what_one_bot_proves_the_broken_file_of_the_other_does_not_undo() {
        let broken = "{ \"extends\": [";
        assert_eq!(verdict(&[("renovate.json", broken)]), Verdict::Unknown);
        assert_eq!(verdict(&[("renovate.json", broken), (PATH, GROUPED)]), Verdict::Pass);
        assert_eq!(verdict(&[("renovate.json", broken), (PATH, "version: 2\nupdates: []\n")]), Verdict::Unknown);
        assert_eq!(verdict(&[("renovate.json", "{\"extends\": [\"config:base\"]}"), (PATH, "a: [")]), Verdict::Pass);
        assert_eq!(verdict(&[("renovate.json", "{\"enabled\": false}"), (PATH, GROUPED)]), Verdict::Pass);
    }

    #[test]
    fn without_files_nothing_is_judged() {
        assert_eq!(assess(&Facts::default()).verdict, Verdict::Pending);
        let mut facts = Facts::default();
        facts.record(Observation::Files(Fact::Unknown(Unknown::new(Reason::Offline, "no network"))));
        assert_eq!(assess(&facts).verdict, Verdict::Unknown);
    }
}
