//! The questions in plain lines, for a terminal. Every answer is kept at once, so that leaving loses nothing.

use std::io;

use super::kept::Kept;
use crate::checklist::{Kind, Lasting, Said, Step, Walk};
use crate::command::{CommandError, INTERRUPTED, Surroundings};
use crate::report::text::wrapped;
use crate::report::{Style, runner};

/// How far further lines of a sentence are set in.
const HANG: usize = 2;

/// What a person typed.
enum Reply {
    Said(Said, String),
    Later,
    Pause,
}

/// Asks what is open, in order; `true` when the person wants to pause.
///
/// # Errors
/// A terminal that is gone.
pub fn run(
    walk: &mut Walk,
    who: &mut Option<String>,
    kept: &Kept,
    style: &Style,
    surroundings: &mut Surroundings<'_>,
) -> Result<bool, CommandError> {
    leave_on_interrupt();
    let open: Vec<String> = open(walk);
    if open.is_empty() {
        return Ok(false);
    }
    let name = walk.subject.called();
    say(&format!("{name}: {} questions are open", open.len()), style, surroundings)?;
    if who.is_none() {
        let Some(typed) = line("Your name or login: ", surroundings)? else { return Ok(true) };
        *who = Some(typed).filter(|typed| !typed.is_empty());
    }
    for id in open {
        let Some((number, step)) = walk.steps.iter().enumerate().find(|(_, step)| step.id == id) else { continue };
        let step = step.clone();
        question(number + 1, walk.steps.len(), &step, style, surroundings)?;
        loop {
            match reply(&step, surroundings)? {
                Reply::Pause => return Ok(true),
                Reply::Later => break,
                Reply::Said(said, note) => {
                    match walk.answer(&step.id, said, who.as_deref().unwrap_or_default(), &note, surroundings.now) {
                        Ok(()) => {
                            kept.write(walk, surroundings);
                            break;
                        }
                        Err(refusal) => say(&format!("  not taken: {refusal}"), style, surroundings)?,
                    }
                }
            }
        }
        if walk.steps.iter().any(|step| walk.answer_to(step).is_some_and(|answer| answer.said == Said::No)) {
            say("stopped: a step was answered with no", style, surroundings)?;
            return Ok(false);
        }
    }
    Ok(false)
}

/// The steps that wait for a person, in order.
fn open(walk: &Walk) -> Vec<String> {
    let waits = |step: &&Step| walk.state(step) == crate::checklist::State::Open && step.needed;
    walk.steps.iter().filter(waits).map(|step| step.id.clone()).collect()
}

fn question(
    number: usize,
    all: usize,
    step: &Step,
    style: &Style,
    surroundings: &mut Surroundings<'_>,
) -> Result<(), CommandError> {
    say("", style, surroundings)?;
    say(&format!("{number} of {all}  {}", step.title), style, surroundings)?;
    if !step.why.is_empty() {
        say(&format!("  why: {}", step.why), style, surroundings)?;
    }
    for proof in &step.proof {
        say(&format!("  see: {}", proof.text), style, surroundings)?;
    }
    if let Some((path, line)) = &step.place {
        say(&format!("  in {path}:{line}"), style, surroundings)?;
    }
    let holds = match step.lasting {
        Lasting::Commit => "an answer is void when the commit changes".to_owned(),
        Lasting::Days(days) => format!("an answer holds for {days} days"),
    };
    say(&format!("  {holds}"), style, surroundings)
}

fn reply(step: &Step, surroundings: &mut Surroundings<'_>) -> Result<Reply, CommandError> {
    let skip = if step.kind == Kind::Ask { "  [s] does not apply" } else { "" };
    let keys = format!("  [y] yes  [n] no, stop here{skip}  [enter] later  [q] pause > ");
    loop {
        let Some(typed) = line(&keys, surroundings)? else { return Ok(Reply::Pause) };
        let said = match typed.to_lowercase().as_str() {
            "" => return Ok(Reply::Later),
            "q" | "quit" => return Ok(Reply::Pause),
            "y" | "yes" => Said::Yes,
            "n" | "no" => Said::No,
            "s" if step.kind == Kind::Ask => Said::NotApplicable,
            _ => continue,
        };
        let asked = if said == Said::Yes { "  note (who confirmed it, where it is seen): " } else { "  because: " };
        let Some(note) = line(asked, surroundings)? else { return Ok(Reply::Pause) };
        return Ok(Reply::Said(said, note));
    }
}

fn say(words: &str, style: &Style, surroundings: &mut Surroundings<'_>) -> Result<(), CommandError> {
    for line in wrapped(&style.text(words), style.width, HANG) {
        writeln!(surroundings.output, "{}", runner::harmless(&line))?;
    }
    Ok(())
}

/// One line that a person types; none at the end of the input.
fn line(prompt: &str, surroundings: &mut Surroundings<'_>) -> Result<Option<String>, CommandError> {
    write!(surroundings.output, "{prompt}")?;
    surroundings.output.flush()?;
    let mut typed = Vec::new();
    let read = io::BufRead::read_until(surroundings.input, b'\n', &mut typed)?;
    Ok((read > 0).then(|| String::from_utf8_lossy(&typed).trim().to_owned()))
}

/// Ctrl-c ends the program while it waits for a line: a survey before has taken the usual end away from that key.
fn leave_on_interrupt() {
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
        if runtime.is_ok_and(|runtime| runtime.block_on(tokio::signal::ctrl_c()).is_ok()) {
            // What was answered is kept already.
            std::process::exit(i32::from(INTERRUPTED));
        }
    });
}
