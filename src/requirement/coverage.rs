//! Whether a step that attests or verifies runs whenever the publish step does.

use super::Verdict;
use super::attesting::{Caller, severity};
use crate::fact::Facts;
use crate::fact::release::Publish;
use crate::fact::release::attestation::{self, Relation, Site};
use crate::fact::workflow::WorkflowSet;
use crate::fact::workflow::expression::Truth;
use crate::fact::workflow::gate::Mishap;
use crate::fact::workflow::reach::{Goal, Route};
use crate::text::clean::short;

/// What is wrong when a step does not run for every event that publishes; none where it does.
pub fn coverage(
    facts: &Facts,
    publish: &Publish,
    caller: Caller,
    site: &Site,
    relation: Relation,
) -> Option<(Verdict, String)> {
    let (publishing, others) = (&publish.routes.routes, &site.routes.routes);
    let implied = is_implied(facts, publish, caller, site, relation);
    let reaches = |route: &&Route| route.reach != Truth::No && route.calls.last() == caller.as_ref();
    let step = named(facts, site);
    // What is not known of the ways to the publish step is not known of the attest step either.
    let mut worst = publish.routes.cut.then(|| {
        (Verdict::Unknown, "publishing is called in more ways than are followed, so not all are compared".to_owned())
    });
    if !implied && !publishing.iter().any(|route| reaches(&route)) {
        let why = format!("no event is known that publishes, so whether {step} runs then cannot be told");
        return Some((Verdict::Unknown, why));
    }
    for route in publishing.iter().filter(reaches) {
        let same = others.iter().filter(|other| belongs(publish, caller, site, route, other));
        let best = same.map(|other| compare(&step, route, other, implied)).min_by_key(rank);
        let unseen = || Some((Verdict::Unknown, format!("whether {step} runs on {} cannot be seen", words(route))));
        let said = best.unwrap_or_else(unseen);
        if rank(&said) > rank(&worst) {
            worst = said;
        }
    }
    worst
}

fn words(route: &Route) -> &str {
    &route.event.words
}

#[expect(clippy::ref_option, reason = "a key of `min_by_key` is made from a reference to the item")]
fn rank(said: &Option<(Verdict, String)>) -> u8 {
    said.as_ref().map_or(0, |(verdict, _)| severity(*verdict))
}

/// Whether two routes are of the same run: the same event, and calls that lead on from each other.
fn belongs(publish: &Publish, caller: Caller, site: &Site, route: &Route, other: &Route) -> bool {
    let same_event = route.trigger == other.trigger && route.event.words == other.event.words;
    let above = route.calls.split_last().map(|(_, above)| above).unwrap_or_default();
    let same_calls = if site.workflow == publish.workflow {
        other.calls == route.calls
    } else if caller.is_some_and(|caller| caller.0 == site.workflow) {
        other.calls == above
    } else {
        other.calls.starts_with(&route.calls) || caller.is_some() && other.calls.starts_with(above)
    };
    same_event && same_calls
}

fn compare(step: &str, route: &Route, other: &Route, implied: bool) -> Option<(Verdict, String)> {
    let words = words(route);
    match &other.reach {
        Truth::No => Some((Verdict::Fail, format!("on {words} {step} does not run, but publishing does"))),
        Truth::Yes => None,
        _ if implied => None,
        Truth::RunTime(why) => Some((Verdict::Unknown, format!("whether {step} runs on {words} is decided by {why}"))),
        Truth::Can => Some((Verdict::Warn, format!("on {words} publishing can go on without {step}"))),
    }
}

/// A step by its name, else by the action it uses, with the file and the job it stands in.
fn named(facts: &Facts, site: &Site) -> String {
    let Some((workflow, job)) = facts.workflows.job((site.workflow, site.job)) else { return "the step".to_owned() };
    let place = format!("{} job `{}`", workflow.file_name(), job.id.value);
    let step = site.step.as_ref();
    let name = step.and_then(|step| step.name.as_ref()).map(|name| name.trimmed().to_owned());
    let name = name.or_else(|| step?.uses.as_ref()?.action());
    match name {
        Some(name) => format!("step `{}` of {place}", short(&name, 60)),
        None if step.is_some() => format!("the step of {place}"),
        None => place,
    }
}

/// Whether every condition that could keep the step away keeps the publish step away too.
fn is_implied(facts: &Facts, publish: &Publish, caller: Caller, site: &Site, relation: Relation) -> bool {
    let set = &facts.workflows;
    let at = (site.workflow, site.job);
    let with_job =
        relation != Relation::Before && !attestation::holds_back(set, publish, caller, at, Mishap::IsSkipped);
    let publish_at = (publish.workflow, publish.job);
    let mut known: Vec<String> = conditions(set, publish.goal(), true)
        .flat_map(|text| conjuncts(&text))
        .map(|part| by_step(set, publish_at, part))
        .collect();
    let calling = caller.and_then(|caller| set.job(caller)?.1.condition.as_ref());
    known.extend(calling.into_iter().flat_map(|text| conjuncts(&text.value)));
    let name = facts.full_name();
    conditions(set, site.goal(), with_job)
        .flat_map(|text| conjuncts(&text))
        .map(|part| by_step(set, at, part))
        .all(|part| known.iter().any(|known| implies(known, &part)) || asks_only_for(&part, name.as_deref()))
}

/// The conditions of a step, inside local actions and around them, and those of its job.
fn conditions<'a>(set: &'a WorkflowSet, goal: Goal<'a>, with_job: bool) -> impl Iterator<Item = String> + 'a {
    let job = set.job((goal.workflow, goal.job)).map(|(_, job)| job);
    let step = job.and_then(|job| job.step(goal.step?)).and_then(|step| step.condition.as_ref());
    let around = job.and_then(|job| job.condition.as_ref()).filter(|_| with_job);
    let inner = goal.inner.iter().map(|inner| &inner.condition);
    step.into_iter().chain(around).chain(inner).map(|text| text.value.clone())
}

/// The parts of a condition that must all hold, spelled alike.
fn conjuncts(condition: &str) -> Vec<String> {
    let inner = condition.trim().strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}"));
    let inner = inner.filter(|inner| !inner.contains("${{"));
    let whole: String = inner.unwrap_or(condition).chars().filter(|c| !c.is_whitespace()).collect();
    let whole = whole.to_lowercase();
    if whole.contains("||") || whole.contains("${{") {
        return vec![whole];
    }
    whole.split("&&").map(str::to_owned).collect()
}

/// Whether one part of a condition holds whenever another does: it is the same, or asks for no more than some value
/// where the other asks for a certain one.
fn implies(known: &str, part: &str) -> bool {
    let certain = known.split_once("==").filter(|(_, value)| value.len() > 2 && value.starts_with('\''));
    let some_value = part.strip_suffix("!=''").unwrap_or(part);
    known == part || certain.is_some_and(|(left, value)| left == some_value && value != "'false'" && value != "'0'")
}

/// A part of a condition in which the output of a step has one name wherever it is asked for: in the step's own job,
/// and in a job that waits for that one and knows it as an output of the job.
fn by_step(set: &WorkflowSet, at: (usize, usize), part: String) -> String {
    let Some((workflow, job)) = set.job(at) else { return part };
    let end = part.find(['=', '!', '<', '>']).unwrap_or(part.len());
    let (name, rest) = part.split_at_checked(end).unwrap_or((&part, ""));
    if name.starts_with("steps.") && job.matrix.is_empty() {
        return format!("{} {} {name}{rest}", workflow.path, job.id.value.to_lowercase());
    }
    let output = name.strip_prefix("needs.").and_then(|name| name.split_once(".outputs."));
    let Some((waited, text)) = output.and_then(|(id, output)| {
        let waited = workflow.job(id).filter(|waited| waited.matrix.is_empty())?;
        Some((waited, waited.outputs.get(output)?))
    }) else {
        return part;
    };
    match conjuncts(&text.value).as_slice() {
        [step] if step.starts_with("steps.") => {
            format!("{} {} {step}{rest}", workflow.path, waited.id.value.to_lowercase())
        }
        _ => part,
    }
}

/// Whether a part of a condition only asks for this very repository, as projects do to keep forks from publishing.
fn asks_only_for(part: &str, full_name: Option<&str>) -> bool {
    let Some((left, right)) = part.split_once("==") else { return part == "!github.event.repository.fork" };
    let asked = right.trim_matches('\'');
    let own = full_name.map(str::to_lowercase);
    match left {
        "github.repository" => own.is_none_or(|own| own == asked),
        "github.repository_owner" => own.is_none_or(|own| own.split('/').next() == Some(asked)),
        "github.event.repository.fork" => asked == "false",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_compared_by_their_parts() {
        assert_eq!(conjuncts("${{ inputs.A && github.ref_type == 'tag' }}"), ["inputs.a", "github.ref_type=='tag'"]);
        assert_eq!(conjuncts("a || b && c"), ["a||b&&c"]);
        assert_eq!(conjuncts("${{ a }} && ${{ b }}"), ["${{a}}&&${{b}}"]);
    }

    #[test]
    fn a_certain_value_is_some_value() {
        assert!(implies("x=='pypi'", "x!=''") && implies("x=='pypi'", "x") && implies("x", "x"));
        for (known, part) in [("x!='pypi'", "x!=''"), ("x==''", "x!=''"), ("x=='pypi'", "y!=''"), ("x", "x!='a'")] {
            assert!(!implies(known, part), "{known} {part}");
        }
    }

    #[test]
    fn the_output_of_a_step_has_one_name_in_every_job() {
        let text = "on: push\njobs:\n  build:\n    outputs: {target: '${{ steps.gate.outputs.to }}'}\n    steps: []\n  publish:\n    needs: build\n    steps: []\n";
        let texts = [(".github/workflows/a.yml".to_owned(), text.into())].into();
        let files = crate::fact::files::FileSet { texts, ..Default::default() };
        let set = WorkflowSet::read(&files, &mut Vec::new());
        let asked = by_step(&set, (0, 1), "needs.build.outputs.target=='pypi'".to_owned());
        assert_eq!(asked, by_step(&set, (0, 0), "steps.gate.outputs.to=='pypi'".to_owned()));
        let other = by_step(&set, (0, 1), "needs.build.outputs.other=='pypi'".to_owned());
        assert_eq!(other, "needs.build.outputs.other=='pypi'");
    }

    #[test]
    fn a_guard_against_forks_is_told_from_others() {
        for own in ["github.repository=='o/r'", "github.repository_owner=='o'", "!github.event.repository.fork"] {
            assert!(asks_only_for(own, Some("O/R")) && asks_only_for(own, None), "{own}");
        }
        for other in ["github.repository=='o/x'", "github.repository!='o/r'", "github.ref=='o/r'", "inputs.attest"] {
            assert!(!asks_only_for(other, Some("o/r")), "{other}");
        }
    }
}
