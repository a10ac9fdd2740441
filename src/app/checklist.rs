//! The release checklist: a walk through one repository after another, with answers that are kept as they are given.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::action::Action;
use super::field::Field;
use super::key::{Code, Key};
use super::layout::Pane;
use super::message::{Effect, Scope};
use super::{Mode, Model, Place};
use crate::checklist::{Answers, Outcome as Standing, Phase, State, Step, Subject, Walk, signoff, steps, version};
use crate::fact::tree::Tree;
use crate::fact::{Fact, RepoId};
use crate::fleet::Identity;

pub mod answering;

pub use answering::Form;

/// The walk that is open.
#[derive(Clone, Debug)]
pub struct Checklist {
    /// Whose release.
    pub repo: RepoId,
    /// The repositories that come after it.
    pub queue: VecDeque<RepoId>,
    /// The steps with their answers.
    pub walk: Walk,
    /// The row under the cursor: a step, or behind the last the sign-off.
    pub row: usize,
    /// Whether the kept answers were read.
    pub recalled: bool,
    /// Why answers cannot be kept, so that none is taken.
    pub trouble: Option<String>,
    /// When the last answer was kept.
    pub saved: Option<Timestamp>,
    /// Whether the sign-off is scrolled instead of the step.
    pub aside: bool,
    /// Whether the cursor stands where it was put, and nobody moved it since.
    placed: bool,
    /// What was seen of the working tree.
    tree: Fact<Tree>,
    /// Whether the version was answered, so that asking again may be left.
    begun: bool,
    /// The folder of the repository, where it has one: it tells those apart that have no other name.
    folder: Option<String>,
}

/// One line of the list of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The heading of a phase, with how many of its steps are settled and how many there are.
    Phase(Phase, usize, usize),
    /// A step.
    Step(usize),
    /// The sign-off.
    Signoff,
}

impl Checklist {
    fn new(repo: RepoId, queue: VecDeque<RepoId>, release: Option<String>) -> Self {
        let subject = Subject { release, ..Subject::default() };
        let walk = Walk::new(subject, Vec::new(), &Answers::default(), Timestamp::UNIX_EPOCH);
        Self {
            repo,
            queue,
            walk,
            row: 0,
            recalled: false,
            trouble: None,
            saved: None,
            aside: false,
            placed: false,
            tree: Fact::Pending,
            begun: false,
            folder: None,
        }
    }

    /// The version to be released.
    pub fn release(&self) -> Option<&str> {
        self.walk.subject.release.as_deref()
    }

    /// The step under the cursor; none on the sign-off.
    pub fn step(&self) -> Option<&Step> {
        self.walk.steps.get(self.row)
    }

    /// The lines of the list: steps below the headings of their phases, then the sign-off.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut phase = None;
        for (at, step) in self.walk.steps.iter().enumerate() {
            if phase != Some(step.phase) {
                let (settled, all) = self.walk.progress(step.phase);
                lines.push(Line::Phase(step.phase, settled, all));
                phase = Some(step.phase);
            }
            lines.push(Line::Step(at));
        }
        lines.push(Line::Signoff);
        lines
    }

    /// The first line that is shown of a list of that height, so that the row under the cursor is among them.
    pub fn top(&self, height: usize) -> usize {
        let wanted = self.step().map_or(Line::Signoff, |_| Line::Step(self.row));
        let lines = self.lines();
        let at = lines.iter().position(|line| *line == wanted).unwrap_or_default();
        // One line below stays visible, so that what comes next is seen.
        super::list_top((at + 1).min(lines.len().saturating_sub(1)), height)
    }

    /// The name of its sign-off, without an ending.
    pub fn name(&self) -> String {
        signoff::file_name(&self.walk.subject, self.folder.as_deref())
    }

    /// Looks at the next step that waits for an answer; at the sign-off where none does.
    fn next_open(&mut self) {
        self.walk.select(self.row);
        self.row = self.walk.next_open().unwrap_or(self.walk.steps.len());
        self.placed = true;
    }

    /// Whether the step under the cursor waits for an answer.
    fn is_at_open(&self) -> bool {
        self.step().is_some_and(|step| step.needed && self.walk.state(step) == State::Open)
    }

    fn waits(&self) -> bool {
        self.walk.steps.iter().any(|step| step.needed && self.walk.state(step) == State::Open)
    }
}

impl Model {
    /// Opens the walk of the repositories that are meant, or goes on with the one that is open.
    pub(super) fn open_checklist(&mut self) -> Vec<Effect> {
        let mut meant: VecDeque<RepoId> = self.acted_on().into();
        let Some(first) = meant.pop_front() else { return self.only_say("there is no repository to release") };
        if self.place == Place::Checklist {
            return self.ask_version();
        }
        if self.checklist.as_ref().is_some_and(|open| open.repo == first && open.begun) {
            self.go(Place::Checklist);
            self.walk_again();
            return self.ask(vec![first], Scope::Release);
        }
        self.go(Place::Checklist);
        self.begin(first, meant)
    }

    /// Asks for the version again, with the one that is walked through filled in.
    fn ask_version(&mut self) -> Vec<Effect> {
        let Some(open) = &self.checklist else { return self.only_say("no checklist is open") };
        self.mode = Mode::Release(Field::with(open.release().unwrap_or_default()));
        Vec::new()
    }

    /// Walks through the release of a version of the repository that is meant.
    pub(super) fn open_checklist_of(&mut self, version: &str) -> Vec<Effect> {
        let Some(meant) = self.acted_on().into_iter().next() else {
            return self.only_say("there is no repository to release");
        };
        if let Some(mistake) = version::mistake(version) {
            self.refuse(mistake);
            return Vec::new();
        }
        let here = self.place == Place::Checklist;
        let open = self.checklist.as_ref().is_some_and(|open| here || open.repo == meant);
        let mut effects = if open { Vec::new() } else { self.begin(meant, VecDeque::new()) };
        self.go(Place::Checklist);
        effects.extend(self.set_release(version));
        effects
    }

    /// Under what the version of a repository is kept from one start to the next: `.` means another one each time.
    fn release_key(&self, repo: &RepoId) -> String {
        let folder = self.fleet.repos.get(repo).and_then(|repo| repo.target.whole.clone());
        folder.unwrap_or_else(|| repo.target.to_string())
    }

    /// Begins the walk of a repository: asks for the version, and for what only a release needs to know.
    fn begin(&mut self, repo: RepoId, queue: VecDeque<RepoId>) -> Vec<Effect> {
        self.choose(Some(repo.clone()), self.requirement);
        self.scroll.clear();
        let known = self.options.session.releases.get(&self.release_key(&repo)).cloned();
        let guessed = || version::guess(&self.chosen()?.facts);
        let guess = known.or_else(guessed).unwrap_or_default();
        self.mode = Mode::Release(Field::with(&guess));
        self.checklist = Some(Checklist::new(repo.clone(), queue, None));
        self.walk_again();
        self.ask(vec![repo], Scope::Release)
    }

    /// A key while the version is asked for.
    pub(super) fn type_release(&mut self, key: Key, mut field: Field) -> Vec<Effect> {
        match key.code {
            Code::Esc if self.checklist.as_ref().is_some_and(|open| open.begun) => return Vec::new(),
            Code::Esc => {
                self.checklist = None;
                self.go_back();
                return Vec::new();
            }
            // What is wrong with it stands beside it.
            Code::Enter if version::mistake(field.text().trim()).is_some() => true,
            Code::Enter => return self.set_release(field.text().trim()),
            _ => field.take(key),
        };
        self.mode = Mode::Release(field);
        Vec::new()
    }

    /// Walks through the release of another version; an empty one is none.
    pub(super) fn set_release(&mut self, version: &str) -> Vec<Effect> {
        self.mode = Mode::Browse;
        if let Some(mistake) = version::mistake(version) {
            self.refuse(mistake);
            return Vec::new();
        }
        let release = Some(version.to_owned()).filter(|version| !version.is_empty());
        let Some(open) = &mut self.checklist else { return self.only_say("no checklist is open") };
        if open.begun && open.release() == release.as_deref() {
            return self.only_say("the version stays as it is");
        }
        *open = Checklist::new(open.repo.clone(), std::mem::take(&mut open.queue), release.clone());
        open.begun = true;
        let repo = open.repo.clone();
        if let Some(version) = &release {
            self.options.session.releases.insert(self.release_key(&repo), version.clone());
        }
        self.walk_again();
        // Not on a step that waits for the facts: a key pressed at once would be about something that settles itself.
        if let Some(open) = &mut self.checklist {
            open.next_open();
        }
        let Some(known) = self.fleet.repos.get(&repo) else { return Vec::new() };
        let identity = Identity::of(known);
        let mut effects = vec![Effect::Recall { repo: repo.clone(), identity, release }, Effect::Save(self.session())];
        effects.extend(self.look_at_tree(&repo));
        effects
    }

    /// Looks at the working tree of a repository, where it has one.
    fn look_at_tree(&self, repo: &RepoId) -> Option<Effect> {
        let has_clone = self.fleet.repos.get(repo)?.facts.git.value()?.is_some();
        let root = self.options.roots.get(repo).filter(|_| has_clone)?.clone();
        Some(Effect::LookAtTree { repo: repo.clone(), root })
    }

    /// Takes in the kept answers.
    pub(super) fn recalled(&mut self, repo: &RepoId, release: Option<&str>, answers: Result<Answers, String>) {
        let now = self.options.now;
        let fits = |open: &&mut Checklist| open.repo == *repo && open.release() == release;
        let Some(open) = self.checklist.as_mut().filter(fits) else { return };
        open.recalled = true;
        match answers {
            Ok(answers) => {
                open.walk = Walk::new(open.walk.subject.clone(), open.walk.steps.clone(), &answers, now);
                open.next_open();
                self.moved = Some(Pane::Signoff);
                let (kept, void) = (answers.all.len(), open.walk.voided().len());
                if kept > 0 {
                    let void = if void > 0 { format!(", {void} of them void") } else { String::new() };
                    self.say(format!("{kept} kept {}{void}", if kept == 1 { "answer" } else { "answers" }));
                }
            }
            Err(why) => {
                open.trouble = Some(why.clone());
                self.refuse(why);
            }
        }
    }

    /// Takes in what was seen of a working tree.
    pub(super) fn saw_tree(&mut self, repo: &RepoId, tree: Fact<Tree>) {
        if let Some(open) = self.checklist.as_mut().filter(|open| open.repo == *repo) {
            open.tree = tree;
            self.walk_again();
        }
    }

    /// Makes the steps anew from what is known by now; answers are looked at again, and the cursor stays at its step.
    pub(super) fn walk_again(&mut self) {
        let Some(open) = &mut self.checklist else { return };
        let Some(repo) = self.fleet.repos.get(&open.repo) else { return };
        let subject = steps::subject(repo, &self.fleet.rules, open.release(), None);
        let has_clone = repo.facts.git.value().is_some_and(Option::is_some);
        let tree = Some(&open.tree).filter(|_| has_clone && self.options.roots.contains_key(&open.repo));
        let all = steps::of(repo, tree, &subject);
        let at = open.step().map(|step| step.id.clone());
        let (behind, void) = (open.step().is_none() && !open.walk.steps.is_empty(), open.walk.voided().len());
        open.folder.clone_from(&repo.target.whole);
        let moved = open.walk.subject.commit.is_some() && open.walk.subject.commit != subject.commit;
        open.walk = open.walk.again(subject, all, self.options.now);
        let found = at.and_then(|id| open.walk.steps.iter().position(|step| step.id == id));
        open.row = found.unwrap_or(if behind { open.walk.steps.len() } else { open.walk.cursor() });
        // The cursor was put on a step that waited, and facts have settled it since.
        if open.placed && matches!(self.mode, Mode::Browse) && open.step().is_some() && !open.is_at_open() {
            open.next_open();
        }
        let lost = open.walk.voided().len().saturating_sub(void);
        if moved && open.walk.subject.commit.is_some() && lost > 0 {
            let answers = if lost == 1 { "1 answer is".to_owned() } else { format!("{lost} answers are") };
            self.say(format!("the commit changed: {answers} void"));
        }
    }

    /// What is to be done when nothing more will come about a repository.
    pub(super) fn finished(&mut self, repo: &RepoId) -> Vec<Effect> {
        let tree = self.checklist.as_ref().filter(|open| open.repo == *repo).and_then(|_| self.look_at_tree(repo));
        let history = self.chronicle(repo);
        tree.into_iter().chain(history).collect()
    }

    /// What an action means on the checklist.
    pub(super) fn on_checklist(&mut self, action: Action) -> Vec<Effect> {
        let half = isize::try_from(self.half_page()).unwrap_or(1);
        match action {
            Action::Down => self.go_to_step(1),
            Action::Up => self.go_to_step(-1),
            Action::HalfDown => self.go_to_step(half),
            Action::HalfUp => self.go_to_step(-half),
            Action::First => self.go_to_step(isize::MIN),
            Action::Last => self.go_to_step(isize::MAX),
            Action::ScrollDown => self.scroll_by(self.read_pane(), 1),
            Action::ScrollUp => self.scroll_by(self.read_pane(), -1),
            Action::NextPane | Action::PreviousPane if self.layout().wide => {
                if let Some(open) = &mut self.checklist {
                    open.aside = !open.aside;
                }
            }
            Action::NextPane | Action::PreviousPane => return self.preview_signoff(),
            Action::Left => self.pause(),
            Action::Open | Action::Right => return self.open_step(),
            _ => {}
        }
        Vec::new()
    }

    /// The pane that is scrolled.
    fn read_pane(&self) -> Pane {
        match &self.checklist {
            Some(open) if open.aside && self.layout().wide => Pane::Signoff,
            _ => Pane::Step,
        }
    }

    /// Leaves the walk as it is; everything is kept already.
    pub(super) fn pause(&mut self) {
        self.go_back();
        let key = self.options.keymap.short(Action::Checklist);
        self.say(format!("paused; {key} goes on"));
    }

    fn go_to_step(&mut self, by: isize) {
        if let Some(open) = &mut self.checklist {
            open.row = open.row.saturating_add_signed(by).min(open.walk.steps.len());
            open.placed = false;
            self.scroll.remove(&Pane::Step);
            self.moved = Some(Pane::Signoff);
        }
    }

    /// Goes to a row, as a click does; a second click opens it.
    pub(super) fn click_step(&mut self, line: usize, height: usize) -> Vec<Effect> {
        let Some(open) = &mut self.checklist else { return Vec::new() };
        let row = match open.lines().get(open.top(height) + line) {
            Some(Line::Step(at)) => *at,
            Some(Line::Signoff) => open.walk.steps.len(),
            _ => return Vec::new(),
        };
        open.placed = false;
        if row == open.row {
            return self.open_step();
        }
        open.row = row;
        self.scroll.remove(&Pane::Step);
        self.moved = Some(Pane::Signoff);
        Vec::new()
    }

    /// Opens what the cursor is on: the evidence of a requirement, or what comes after the last step.
    fn open_step(&mut self) -> Vec<Effect> {
        let Some(open) = &self.checklist else { return Vec::new() };
        let Some(step) = open.step() else { return self.after_last() };
        if let Some(column) = self.columns().iter().position(|meta| meta.id == step.id) {
            self.choose(Some(open.repo.clone()), column);
            self.focus = 0;
            self.go(Place::Evidence);
            return Vec::new();
        }
        let words = match open.walk.state(step) {
            State::Open => "y yes, n no, s does not apply; an answer is kept with its name and commit",
            State::Attested | State::Refused | State::Skipped => "answered; z takes the answer back",
            _ => "the facts decide this step; r asks again",
        };
        self.only_say(words)
    }

    /// Goes on with the next repository, or looks at the sign-off.
    fn after_last(&mut self) -> Vec<Effect> {
        let Some(open) = &mut self.checklist else { return Vec::new() };
        match open.queue.pop_front() {
            Some(next) => {
                let queue = std::mem::take(&mut open.queue);
                self.begin(next, queue)
            }
            None => self.preview_signoff(),
        }
    }

    /// Takes the answer to the step under the cursor back.
    pub(super) fn retract(&mut self) -> Vec<Effect> {
        let Some(open) = &mut self.checklist else { return Vec::new() };
        let Some(id) = open.step().map(|step| step.id.clone()) else {
            return self.only_say("the sign-off is no step; an answer is taken back at its step");
        };
        if open.trouble.is_some() || !open.walk.retract(&id) {
            return self.only_say("there is no answer to take back");
        }
        self.say("the answer was taken back");
        self.keep_answers()
    }

    /// Keeps the answers as they are by now.
    fn keep_answers(&self) -> Vec<Effect> {
        let Some(open) = &self.checklist else { return Vec::new() };
        let Some(repo) = self.fleet.repos.get(&open.repo) else { return Vec::new() };
        vec![Effect::Remember {
            identity: Identity::of(repo),
            release: open.release().map(str::to_owned),
            keeping: Box::new(open.walk.keeping()),
        }]
    }

    /// Takes in that the answers were kept.
    pub(super) fn kept_answers(&mut self, at: Timestamp) {
        if let Some(open) = &mut self.checklist {
            open.saved = Some(at);
        }
    }

    /// Opens the preview of the sign-off.
    pub(super) fn preview_signoff(&mut self) -> Vec<Effect> {
        let Some(open) = &self.checklist else { return Vec::new() };
        let texts = (signoff::markdown(&open.walk), signoff::json(&open.walk));
        let preview = super::preview::Preview::signoff(open.repo.clone(), open.name(), texts);
        self.scroll.clear();
        self.preview = Some(preview);
        self.go(Place::Fix);
        Vec::new()
    }

    /// What is to be known about the walk as a whole, for the line above the keys.
    pub fn standing(&self) -> Option<String> {
        let open = self.checklist.as_ref()?;
        if let Some(trouble) = &open.trouble {
            return Some(trouble.clone());
        }
        if !open.recalled {
            return Some("The kept answers are being read.".to_owned());
        }
        let report = self.options.keymap.short(Action::Report);
        let next = open.queue.front().map(|next| format!("  Next: {}.", self.name_of(next))).unwrap_or_default();
        Some(match open.walk.outcome() {
            Standing::SignedOff => format!("Signed off: {report} writes {}.md (and .json).{next}", open.name()),
            Standing::Blocked => format!("Blocked: what the facts prove no answer lifts.{next}"),
            Standing::Stopped => format!("Stopped: a step was answered with no.{next}"),
            Standing::Open => {
                format!("{report} writes {}.md; open steps stay open in it.{next}", open.name())
            }
        })
    }
}
