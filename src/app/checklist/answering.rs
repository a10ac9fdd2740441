//! Answering a step: y, n or s open a line for the words that go with the answer, and enter keeps it.

use super::{Checklist, Standing};
use crate::app::field::Field;
use crate::app::key::{Code, Key};
use crate::app::layout::Pane;
use crate::app::message::Effect;
use crate::app::{Mode, Model};
use crate::checklist::Said;

/// An answer that is being written.
#[derive(Clone, Debug)]
pub struct Form {
    /// Id of the step.
    pub step: String,
    /// What is answered.
    pub said: Said,
    /// Who confirmed it, or why.
    pub note: Field,
    /// Who answers.
    pub name: Field,
    /// Whether the name is being written instead of the note.
    pub on_name: bool,
    /// Why the answer was not taken.
    pub mistake: Option<String>,
    /// The commit that was looked at.
    commit: Option<String>,
}

impl Form {
    /// Takes a pasted text.
    pub fn paste(&mut self, text: &str) {
        self.open_field().paste(text);
    }

    /// The field that is written into.
    pub const fn open_field(&mut self) -> &mut Field {
        if self.on_name { &mut self.name } else { &mut self.note }
    }
}

/// The answer that a key stands for, on the checklist.
pub const fn of_key(key: Key) -> Option<Said> {
    match key {
        Key { code: Code::Char('y'), ctrl: false, alt: false } => Some(Said::Yes),
        Key { code: Code::Char('n'), ctrl: false, alt: false } => Some(Said::No),
        Key { code: Code::Char('s'), ctrl: false, alt: false } => Some(Said::NotApplicable),
        _ => None,
    }
}

impl Model {
    /// Who answers: as a person said, else as the forge calls the token's owner, else as the session of the system is.
    pub fn who(&self) -> Option<&str> {
        self.named.as_deref().or(self.fleet.login.as_deref()).or(self.options.who.as_deref())
    }

    /// Begins to answer the step under the cursor, or says why it takes no such answer.
    pub(in crate::app) fn reply(&mut self, said: Said) -> Vec<Effect> {
        let Some(open) = &self.checklist else { return Vec::new() };
        let Some(step) = open.step() else { return self.only_say("this is the sign-off; answers belong to steps") };
        if let Some(trouble) = open.trouble.clone() {
            self.refuse(trouble);
            return Vec::new();
        }
        if !open.recalled {
            return self.only_say("the kept answers are still being read");
        }
        if let Err(refusal) = open.walk.may_answer(step, said) {
            self.refuse(format!("not taken: {refusal}"));
            return Vec::new();
        }
        let name = Field::with(self.who().unwrap_or_default());
        self.mode = Mode::Answer(Form {
            step: step.id.clone(),
            said,
            note: Field::default(),
            on_name: false,
            name,
            mistake: None,
            commit: open.walk.subject.commit.clone(),
        });
        self.moved = Some(Pane::Step);
        Vec::new()
    }

    /// A key while an answer is written.
    pub(in crate::app) fn write_answer(&mut self, key: Key, mut form: Form) -> Vec<Effect> {
        self.moved = Some(Pane::Step);
        match key.code {
            Code::Esc => return Vec::new(),
            Code::Enter => return self.give(form),
            Code::Tab | Code::BackTab | Code::Up | Code::Down => form.on_name = !form.on_name,
            _ => {
                form.open_field().take(key);
                form.mistake = None;
            }
        }
        self.mode = Mode::Answer(form);
        Vec::new()
    }

    /// Gives the answer and goes to the next step that waits for one.
    fn give(&mut self, mut form: Form) -> Vec<Effect> {
        let now = self.options.now;
        let Some(open) = &mut self.checklist else { return Vec::new() };
        let who = form.name.text().trim().to_owned();
        let taken = if form.commit == open.walk.subject.commit {
            open.walk.answer(&form.step, form.said, &who, form.note.text(), now).map_err(|refusal| refusal.to_string())
        } else {
            form.commit.clone_from(&open.walk.subject.commit);
            Err("the commit changed meanwhile; enter answers for the new one".to_owned())
        };
        if let Err(mistake) = taken {
            form.on_name = who.is_empty();
            form.mistake = Some(mistake);
            self.mode = Mode::Answer(form);
            return Vec::new();
        }
        let words = if form.said == Said::No { "stopped: the step was answered with no" } else { ended(open) };
        if form.said != Said::No {
            open.next_open();
        }
        if self.who() != Some(who.as_str()) {
            self.named = Some(who);
        }
        self.scroll.remove(&Pane::Step);
        self.moved = Some(Pane::Signoff);
        if !words.is_empty() {
            self.say(words);
        }
        self.keep_answers()
    }
}

/// What there is to say when no step waits any more.
fn ended(open: &Checklist) -> &'static str {
    match (open.waits(), open.walk.outcome(), open.queue.is_empty()) {
        (true, ..) => "",
        (false, Standing::SignedOff, true) => "no step is open: signed off",
        (false, Standing::SignedOff, false) => "no step is open: signed off; enter goes on with the next repository",
        (false, _, true) => "no step is open, and it is not signed off: see what fails",
        (false, _, false) => "no step is open, and it is not signed off; enter goes on with the next repository",
    }
}
