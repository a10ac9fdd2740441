//! How fixes grant a job what it needs: in its own block, or in one that keeps what it had, and in every call of it.

use std::collections::BTreeSet;

use super::amend::{Draft, Written};
use super::publishing;
use crate::fact::Facts;
use crate::fact::workflow::{Access, Grant, Job, Permissions, Workflow};
use crate::text::clean;
use crate::text::splice::Edit;
use crate::text::yaml::View;
use crate::text::yaml::edit::{EditError, Slot};

/// Most jobs that are changed because they call a workflow.
const MAX_CALLERS: usize = 50;

/// Why a job cannot be granted something: the file, and the reason.
pub type Refused = (String, String);

/// Adds what it takes for a job, and for the jobs that call its workflow, to write some scopes.
///
/// # Errors
/// The file and the reason, where a block cannot be changed cleanly.
pub fn grant(facts: &Facts, at: (usize, usize), scopes: &[&str], draft: &mut Draft) -> Result<(), Refused> {
    let (mut todo, mut seen) = (vec![at], BTreeSet::from([at]));
    while let Some(at) = todo.pop() {
        let Some((workflow, job)) = facts.workflows.job(at) else { continue };
        let callers = facts.workflows.callers(at.0);
        if callers.len() > MAX_CALLERS {
            return Err((workflow.path.clone(), format!("more than {MAX_CALLERS} jobs call it")));
        }
        let inherits = job.effective_permissions(workflow).is_none() && !callers.is_empty();
        let missing: Vec<&str> = scopes
            .iter()
            .copied()
            .filter(|scope| job.effective_permissions(workflow).is_none_or(|own| own.access(scope) != Access::Write))
            .collect();
        if !missing.is_empty() && !inherits {
            let path = &workflow.path;
            let file = Written::read(facts, path).map_err(|why| (path.clone(), why))?;
            let edits = in_job(&file, workflow, job, &missing, draft);
            draft.edit(path, edits.map_err(|error| (path.clone(), format!("the permissions to change {error}")))?);
        }
        let lacks = |caller: &(usize, usize)| {
            scopes.iter().any(|scope| publishing::granted(facts, *caller, scope) != Access::Write)
        };
        todo.extend(callers.iter().filter(|caller| lacks(caller)).filter(|caller| seen.insert(**caller)));
    }
    Ok(())
}

fn in_job(
    file: &Written,
    workflow: &Workflow,
    job: &Job,
    missing: &[&str],
    draft: &mut Draft,
) -> Result<Vec<Edit>, EditError> {
    let mapping = file.job(job)?;
    if let Some(own) = &job.permissions {
        return widened(file, mapping, own, missing, draft, &job.id.value);
    }
    let id = clean::short(&job.id.value, 60);
    let mut lines = match &workflow.permissions {
        Some(Permissions { grant: Grant::Scopes(scopes), .. }) => scopes
            .iter()
            .filter(|scope| !missing.contains(&scope.name.as_str()))
            .map(|scope| Ok(format!("{}: {}\n", scope.name, word(scope.access)?)))
            .collect::<Result<String, EditError>>()?,
        Some(_) => {
            draft.note(format!("job `{id}` reads only the contents then, and writes only what it is given by name"));
            "contents: read\n".to_owned()
        }
        None => {
            draft.note(format!("job `{id}` had the repository's default rights, and has only those of its block then"));
            "contents: read\n".to_owned()
        }
    };
    lines.extend(missing.iter().map(|scope| format!("{scope}: write\n")));
    let body: String = lines.lines().map(|line| format!("  {line}\n")).collect();
    Ok(vec![file.insert_into_job(mapping, "permissions", &format!("permissions:\n{body}"))?])
}

/// A block that a job has already, with the scopes it lacks.
fn widened(
    file: &Written,
    job: View<'_>,
    own: &Permissions,
    missing: &[&str],
    draft: &mut Draft,
    id: &str,
) -> Result<Vec<Edit>, EditError> {
    let lines: String = missing.iter().map(|scope| format!("{scope}: write\n")).collect();
    let block = job.get("permissions").ok_or(EditError::Unexpected)?;
    match &own.grant {
        Grant::Scopes(scopes) if scopes.is_empty() && block.entries().next().is_none() => {
            file.doc.set_block(job, "permissions", &lines)
        }
        Grant::Scopes(_) => {
            let edit = |scope: &&str| match block.get(scope) {
                Some(value) => file.doc.replace(value, "write"),
                None => file.doc.insert_entry(block, Slot::Last, &format!("{scope}: write\n")),
            };
            missing.iter().map(edit).collect()
        }
        Grant::ReadAll => {
            draft.note(format!("job `{}` reads only the contents then", clean::short(id, 60)));
            file.doc.set_block(job, "permissions", &format!("contents: read\n{lines}"))
        }
        Grant::WriteAll | Grant::Unclear(_) => Err(EditError::Unexpected),
    }
}

const fn word(access: Access) -> Result<&'static str, EditError> {
    match access {
        Access::Write => Ok("write"),
        Access::Read => Ok("read"),
        Access::None => Ok("none"),
        Access::Unclear => Err(EditError::Unexpected),
    }
}
