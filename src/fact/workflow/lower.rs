//! Turns a YAML document into a [`Workflow`] or the steps of a local action.
//!
//! Reading is lenient: what GitHub would refuse is left out and named as a problem, and the rest still counts.

use std::collections::HashMap;

use super::{
    Access, ActionFile, Call, EnvironmentUse, Grant, Input, Job, JobBody, Pairs, Permissions, Scope, Step, Text,
    Trigger, Uses, Workflow, matrix,
};
use crate::fact::files::Problem;
use crate::text::yaml::{Style, View};
use crate::text::{Place, Span, clean, span};

/// Most jobs and steps that one file may have; beyond it the file is not read.
const MAX_PARTS: usize = 60_000;

/// Reads one file into its parts, with a budget and a list of what is wrong.
pub struct Reader<'p> {
    path: &'p str,
    problems: &'p mut Vec<Problem>,
    comments: Vec<(usize, Text)>,
    parts: usize,
}

impl<'p> Reader<'p> {
    /// A reader for the file of that path; problems are added to the list.
    pub fn new(path: &'p str, problems: &'p mut Vec<Problem>) -> Self {
        Self { path, problems, comments: Vec::new(), parts: 0 }
    }

    /// Reads a workflow; none when the document is no workflow at all, which is a problem that hides the file.
    pub fn workflow(mut self, root: View<'_>) -> Option<Workflow> {
        if !root.is_mapping() {
            self.hide(root, root.span(), "is not a workflow: its top level is not a mapping");
            return None;
        }
        if self.has_merge_key(root, root) {
            return None;
        }
        let on = root.entries().find(|(key, _)| matches!(key.as_str(), Some("on" | "True" | "true")));
        if on.is_none() {
            self.note(root, root.span(), "has no `on:`, so nothing starts it");
        }
        let jobs = root.entry("jobs");
        if !jobs.is_some_and(|(_, jobs)| jobs.is_mapping()) {
            self.note(
                root,
                jobs.map_or(root.span(), |(key, _)| key.span()),
                "has no jobs; GitHub refuses such a workflow",
            );
        }
        let mut workflow = Workflow {
            path: self.path.to_owned(),
            name: root.get("name").and_then(text),
            triggers: on.map(|(_, value)| triggers(value)).unwrap_or_default(),
            on_span: on.map(|(key, value)| key.span().join(value.span())).unwrap_or_default(),
            permissions: self.permissions(root),
            env: pairs(root.get("env")),
            shell: default(root, "shell"),
            directory: default(root, "working-directory"),
            jobs: Vec::new(),
            job_index: HashMap::new(),
            jobs_span: jobs.map(|(key, _)| key.span()).unwrap_or_default(),
            comments: Vec::new(),
        };
        for (key, body) in jobs.into_iter().flat_map(|(_, jobs)| jobs.entries()) {
            workflow.jobs.extend(self.job(key, body));
        }
        workflow.jobs.shrink_to_fit();
        let ids = workflow.jobs.iter().enumerate();
        workflow.job_index = ids.map(|(at, job)| (job.id.value.to_lowercase(), at)).collect();
        if self.parts > MAX_PARTS {
            self.hide(root, root.span(), "has more than 60,000 jobs and steps and was not read");
            return None;
        }
        workflow.comments = self.sorted_comments();
        Some(workflow)
    }

    /// Reads the steps and inputs of a local action; steps are none where it is not a composite one.
    pub fn action(mut self, root: View<'_>) -> ActionFile {
        let path = self.path.to_owned();
        let mut action = ActionFile { path, steps: None, inputs: Pairs::default(), comments: Vec::new() };
        if !root.is_mapping() {
            self.hide(root, root.span(), "is not an action: its top level is not a mapping");
            return action;
        }
        if self.has_merge_key(root, root) {
            return action;
        }
        let defaults = root.get("inputs").into_iter().flat_map(View::entries);
        let inputs = defaults.filter_map(|(key, body)| Some((text(key)?, body.get("default").and_then(text)?)));
        action.inputs = Pairs(inputs.collect());
        let runs = root.get("runs");
        // The runner ignores case here.
        let using = runs.and_then(|runs| runs.get("using")).and_then(View::as_str);
        let composite = using.is_some_and(|using| using.trim().eq_ignore_ascii_case("composite"));
        let steps = runs.filter(|_| composite).and_then(|runs| runs.get("steps"));
        action.steps = steps.map(|steps| self.steps(steps));
        if self.parts > MAX_PARTS {
            self.hide(root, root.span(), "has more than 60,000 steps and was not read to its end");
        }
        action.comments = self.sorted_comments();
        action
    }

    /// Comments in the order of the values they stand behind, each once.
    fn sorted_comments(&mut self) -> Vec<(usize, Text)> {
        let mut comments = std::mem::take(&mut self.comments);
        comments.sort_by_key(|(start, _)| *start);
        comments.dedup_by_key(|(start, _)| *start);
        comments
    }

    fn note(&mut self, view: View<'_>, at: Span, message: &str) {
        self.problems.push(Problem::note(self.path, Some(place(view, at)), message));
    }

    fn hide(&mut self, view: View<'_>, at: Span, message: &str) {
        self.problems.push(Problem::hiding(self.path, Some(place(view, at)), message));
    }

    /// GitHub refuses merge keys, and reading past one would lose permissions or environments in silence.
    fn has_merge_key(&mut self, root: View<'_>, view: View<'_>) -> bool {
        let Some(key) = merge_key(view) else { return false };
        self.hide(root, key, "uses a merge key (`<<`), which GitHub Actions does not support; write the keys out");
        true
    }

    fn permissions(&mut self, holder: View<'_>) -> Option<Permissions> {
        let (key, value) = holder.entry("permissions")?;
        let grant = match value.as_str() {
            _ if value.is_mapping() => Grant::Scopes(value.entries().filter_map(|(k, v)| scope(k, v)).collect()),
            _ if value.is_null() => {
                self.note(holder, key.span(), "has `permissions:` without a value; write `{}` for none");
                Grant::Unclear("it has no value".to_owned())
            }
            Some("read-all") => Grant::ReadAll,
            Some("write-all") => Grant::WriteAll,
            Some(other) => Grant::Unclear(format!("`{}` is no permission GitHub knows", clean::short(other, 40))),
            None => Grant::Unclear("it is a list, not a mapping".to_owned()),
        };
        Some(Permissions { span: key.span().join(value.alias().unwrap_or(value.span())), grant })
    }

    fn job(&mut self, key: View<'_>, body: View<'_>) -> Option<Job> {
        self.parts += 1;
        let id = text(key)?;
        if !body.is_mapping() {
            self.note(key, key.span(), &format!("job `{}` is not a mapping", clean::short(&id.value, 60)));
            return None;
        }
        let job_body = self.job_body(body, &id);
        Some(Job {
            span: key.span().join(body.alias().unwrap_or(body.span())),
            name: field(body, "name"),
            condition: field(body, "if"),
            needs: many(body, "needs"),
            permissions: self.permissions(body),
            environment: body.get("environment").and_then(environment),
            env: pairs(body.get("env")),
            shell: default(body, "shell"),
            directory: default(body, "working-directory"),
            runs_on: runs_on(body),
            matrix: matrix::read(body),
            outputs: pairs(body.get("outputs")),
            images: images(body),
            continue_on_error: field(body, "continue-on-error"),
            body: job_body,
            id,
        })
    }

    fn job_body(&mut self, body: View<'_>, id: &Text) -> JobBody {
        if let Some(uses) = field(body, "uses") {
            self.remember_comment(body, &uses);
            let inherit = body.get("secrets").filter(|secrets| secrets.as_str() == Some("inherit")).and_then(text);
            let secrets = inherit.map_or_else(|| pairs(body.get("secrets")), |word| Pairs(vec![(word.clone(), word)]));
            return JobBody::Call(Call { uses: Uses::new(uses), with: pairs(body.get("with")), secrets });
        }
        if let Some(steps) = body.get("steps") {
            JobBody::Steps(self.steps(steps))
        } else {
            let name = clean::short(&id.value, 60);
            self.note(body, id.span, &format!("job `{name}` has neither steps nor `uses:`; GitHub refuses it"));
            JobBody::Steps(Vec::new())
        }
    }

    fn steps(&mut self, list: View<'_>) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut groups = 0;
        for item in list.items() {
            self.step(item, None, &mut groups, &mut steps);
        }
        // Most memory of a fleet is steps; half of what a growing list holds is room.
        steps.shrink_to_fit();
        steps
    }

    fn step(&mut self, item: View<'_>, group: Option<usize>, groups: &mut usize, steps: &mut Vec<Step>) {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return;
        }
        if let Some(inner) = item.get("parallel") {
            *groups += 1;
            // Groups inside a group belong to the outer one: all of it runs at once.
            let group = group.or(Some(*groups));
            let list = inner.get("steps").unwrap_or(inner);
            let first = steps.len();
            for item in list.items() {
                self.step(item, group, groups, steps);
            }
            steps.iter_mut().skip(first).for_each(|step| inherit(step, item));
            return;
        }
        let uses = field(item, "uses");
        if let Some((key, _)) = item.entry("uses").filter(|_| uses.is_none()) {
            self.hide(item, key.span(), "has a step whose `uses:` names no action; GitHub refuses it");
        }
        if let Some(uses) = &uses {
            self.remember_comment(item, uses);
        }
        let mut run = field(item, "run");
        if let Some(script) = run.take_if(|_| uses.is_some()) {
            self.hide(item, script.span, "has a step with both `uses:` and `run:`; GitHub refuses it");
        }
        let mut waits: Vec<String> = many(item, "wait").into_iter().map(|text| text.value).collect();
        waits.extend(item.get("wait-all").map(|_| "*".to_owned()));
        steps.push(Step {
            number: steps.len() + 1,
            group,
            background: in_background(item),
            waits,
            span: item.alias().unwrap_or(item.span()),
            id: field(item, "id"),
            name: field(item, "name"),
            condition: field(item, "if"),
            uses: uses.map(Uses::new),
            run,
            shell: field(item, "shell"),
            working_directory: field(item, "working-directory"),
            with: pairs(item.get("with")),
            env: pairs(item.get("env")),
            continue_on_error: field(item, "continue-on-error"),
        });
    }

    fn remember_comment(&mut self, view: View<'_>, uses: &Text) {
        let doc = view.doc();
        if let Some(comment) = doc.comment_on_line(uses.span.end) {
            let value = comment.slice(doc.text()).trim_start_matches('#').trim().to_owned();
            self.comments.push((uses.span.start, Text { value, span: comment, alias: None, style: Style::Plain }));
        }
    }
}

/// What is said of a `parallel:` group holds for each of its steps.
fn inherit(step: &mut Step, group: View<'_>) {
    let bare = |text: &Text| {
        let inner = text.value.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}"));
        inner.map_or_else(|| text.value.clone(), str::to_owned)
    };
    step.condition = match (field(group, "if"), step.condition.take()) {
        (Some(outer), Some(own)) => Some(Text { value: format!("({}) && ({})", bare(&outer), bare(&own)), ..own }),
        (outer, own) => own.or(outer),
    };
    let ignored = field(group, "continue-on-error").filter(|text| text.trimmed() != "false");
    step.continue_on_error = ignored.or_else(|| step.continue_on_error.take());
    step.background |= in_background(group);
}

fn in_background(item: View<'_>) -> bool {
    item.get("background").is_some_and(|value| !value.is_null() && value.as_bool() != Some(false))
}

/// The place of a merge key anywhere below a node.
fn merge_key(view: View<'_>) -> Option<Span> {
    let mut todo = vec![view];
    while let Some(node) = todo.pop() {
        // What stands behind an alias was looked at where it was written.
        if node.alias().is_some() && node.span() != view.span() {
            continue;
        }
        for (key, value) in node.entries() {
            if key.as_str() == Some("<<") && key.style() == Some(Style::Plain) {
                return Some(key.span());
            }
            todo.push(value);
        }
        todo.extend(node.items());
    }
    None
}

fn place(view: View<'_>, at: Span) -> Place {
    span::place(view.doc().text(), at.start)
}

/// A scalar with its places.
fn text(view: View<'_>) -> Option<Text> {
    Some(Text {
        value: view.as_str()?.to_owned(),
        span: view.span(),
        alias: view.alias().map(Box::new),
        style: view.style().unwrap_or(Style::Plain),
    })
}

/// A scalar under a key; a null counts as absent.
fn field(view: View<'_>, key: &str) -> Option<Text> {
    view.get(key).filter(|value| !value.is_null()).and_then(text)
}

fn many(view: View<'_>, key: &str) -> Vec<Text> {
    view.get(key).map(|value| value.one_or_many().into_iter().filter_map(text).collect()).unwrap_or_default()
}

/// The pairs of a mapping. One that is an expression as a whole is a pair of that expression, whose key tells that the
/// names are only known to the run.
fn pairs(view: Option<View<'_>>) -> Pairs {
    if let Some(whole) = view.and_then(text).filter(Text::has_expression) {
        return Pairs(vec![(whole.clone(), whole)]);
    }
    let entries = view.into_iter().flat_map(View::entries);
    let pair = |(key, value): (View<'_>, View<'_>)| {
        let key = text(key)?;
        // A null input is an empty one.
        let value = text(value).map(|t| if value.is_null() { Text { value: String::new(), ..t } } else { t });
        Some((key, value?))
    };
    Pairs(entries.filter_map(pair).collect())
}

/// What scripts get unless their step says otherwise.
fn default(view: View<'_>, name: &str) -> Option<Text> {
    field(view.get("defaults")?.get("run")?, name)
}

fn scope(key: View<'_>, value: View<'_>) -> Option<Scope> {
    let access = match value.as_str().map(str::trim) {
        Some("read") => Access::Read,
        Some("write") => Access::Write,
        Some("none") => Access::None,
        _ => Access::Unclear,
    };
    Some(Scope { name: key.as_str()?.to_owned(), access, span: key.span().join(value.span()) })
}

fn triggers(on: View<'_>) -> Vec<Trigger> {
    if on.is_mapping() {
        return on.entries().filter_map(|(key, body)| trigger(key, Some(body))).collect();
    }
    on.one_or_many().into_iter().filter_map(|event| trigger(event, None)).collect()
}

fn trigger(event: View<'_>, body: Option<View<'_>>) -> Option<Trigger> {
    let list = |key: &str| {
        let value = body?.get(key)?;
        (!value.is_null()).then(|| value.one_or_many().into_iter().filter_map(text).collect())
    };
    let inputs = body.and_then(|body| body.get("inputs")).into_iter().flat_map(View::entries);
    let at = event.alias().unwrap_or(event.span());
    Some(Trigger {
        event: event.as_str()?.trim().to_owned(),
        span: body.filter(|body| !body.is_null() && body.alias().is_none()).map_or(at, |body| at.join(body.span())),
        branches: list("branches"),
        branches_ignore: list("branches-ignore"),
        tags: list("tags"),
        tags_ignore: list("tags-ignore"),
        types: list("types"),
        inputs: inputs.filter_map(|(key, body)| input(key, body)).collect(),
    })
}

fn input(key: View<'_>, body: View<'_>) -> Option<Input> {
    let choices = match body.get("type").and_then(View::as_str) {
        Some("boolean") => vec!["true".to_owned(), "false".to_owned()],
        Some("choice") => many(body, "options").into_iter().map(|option| option.value).collect(),
        _ => Vec::new(),
    };
    Some(Input { name: key.as_str()?.to_owned(), default: field(body, "default"), choices })
}

fn environment(view: View<'_>) -> Option<EnvironmentUse> {
    let span = view.alias().unwrap_or(view.span());
    let name = if view.is_mapping() { field(view, "name") } else { text(view).filter(|_| !view.is_null()) }?;
    (!name.trimmed().is_empty()).then(|| EnvironmentUse { name, url: field(view, "url"), span })
}

fn runs_on(body: View<'_>) -> Vec<Text> {
    let Some(value) = body.get("runs-on") else { return Vec::new() };
    if value.is_mapping() { many(value, "labels") } else { many(body, "runs-on") }
}

/// Images of a job's container and services.
fn images(body: View<'_>) -> Vec<Text> {
    let image = |view: View<'_>| if view.is_mapping() { field(view, "image") } else { text(view) };
    let services = body.get("services").into_iter().flat_map(View::entries).filter_map(|(_, service)| image(service));
    body.get("container")
        .and_then(image)
        .into_iter()
        .chain(services)
        .filter(|text| !text.trimmed().is_empty())
        .collect()
}
