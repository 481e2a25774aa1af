//! Sessions: a world, everything that was asked of it, and every future that was tried.

use std::fmt;
use std::sync::Arc;

use crate::session::branch::{Branch, BranchId, Descent, Place};
use crate::session::snapshot::Snapshots;
use crate::session::step::{Fingerprint, Step};
use crate::world::World;
use crate::world::command::Command;
use crate::world::setup::Setup;

/// A run: the set-up, the commands, and the present place. Acting in the past opens a branch, and so does turning the dials, which
/// gives the branch a set-up of its own; nothing is ever lost.
///
/// Never draws, never reads a file, never asks a clock. Two sessions that were given the same commands are equal byte for byte.
#[derive(Clone)]
pub struct Session {
    title: String,
    notes: String,
    bookmarks: Vec<Bookmark>,
    branches: Vec<Branch>,
    here: Place,
    world: World,
    undo: Vec<Place>,
    redo: Vec<Place>,
}

/// A place with a name, to come back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub place: Place,
}

/// Living: what is done now.
impl Session {
    /// A run that has begun: the app has been opened for the first time, and nothing else.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let (line, world) = begun(BranchId::FIRST, Descent::First, setup);
        Self {
            title: "New run".into(),
            notes: String::new(),
            bookmarks: Vec::new(),
            here: line.tip(),
            branches: vec![line],
            world,
            undo: Vec::new(),
            redo: Vec::new(),
        }
    }

    /// Does `command` at the present place and returns the step that holds what followed.
    ///
    /// At the tip the step is appended. In the past a new branch opens, unless this very command was already given
    /// at this place: then the recorded future is walked into.
    pub fn dispatch(&mut self, command: Command) -> &Step {
        let before = self.here;
        self.live(command);
        self.remember(before);
        self.last_step()
    }

    fn live(&mut self, command: Command) {
        match self.branch_that_goes_on_with(&command) {
            Some(branch) => self.walk_into(branch),
            None => self.append(command),
        }
    }

    /// The recorded branch that continues from here with `command`: the present one first.
    fn branch_that_goes_on_with(&self, command: &Command) -> Option<BranchId> {
        if self.can_forward() {
            let Place { step, .. } = self.here;
            let last = self.last_step();
            let goes_on = |branch: &&Branch| {
                let has_our_past = branch.steps.get(step - 1).is_some_and(|ours| Arc::ptr_eq(ours, last));
                has_our_past && branch.steps.get(step).is_some_and(|next| next.command == *command)
            };
            let present = std::iter::once(self.branch());
            return present.chain(&self.branches).find(goes_on).map(Branch::id);
        }
        None
    }

    fn walk_into(&mut self, branch: BranchId) {
        self.here.branch = branch;
        let command = self.branch().steps[self.here.step].command.clone();
        self.world.handle(&command);
        self.here.step += 1;
    }

    fn append(&mut self, command: Command) {
        if self.can_forward() {
            self.open_branch();
        }
        let step = Arc::new(Step::record(self.here.step, command, &mut self.world));
        self.here.step += 1;
        let branch = &mut self.branches[self.here.branch.index()];
        branch.steps.push(step);
        branch.snapshots.offer(self.here.step, &self.world);
    }

    fn open_branch(&mut self) {
        let Place { step, .. } = self.here;
        let id = BranchId::new(self.branches.len());
        let from = self.branch();
        let branch = Branch {
            id,
            descent: Descent::Parted(self.where_it_was_made(self.here)),
            setup: Arc::clone(&from.setup),
            steps: from.steps[..step].to_vec(),
            snapshots: from.snapshots.up_to(step),
        };
        self.branches.push(branch);
        self.here.branch = id;
    }

    /// The same place on the branch whose own step it is, not on one that only shares it.
    fn where_it_was_made(&self, mut place: Place) -> Place {
        while let Descent::Parted(parent) = self.branches[place.branch.index()].descent
            && place.step <= parent.step
        {
            place.branch = parent.branch;
        }
        place
    }
}

/// Turning: another set-up in the same run.
impl Session {
    /// Lives these commands under another set-up, and stands where `step` steps were taken then. Undo leads back.
    ///
    /// The session has one line for each set-up: what is recorded there already is walked through, and only what is new is appended
    /// or opens a branch.
    pub(crate) fn turn_to(&mut self, setup: &Setup, commands: impl IntoIterator<Item = Command>, step: usize) {
        let before = self.here;
        match self.line_with(setup) {
            Some(branch) => drop(self.travel(Place { branch, step: 1 })),
            None => self.begin_line(setup.clone(), before),
        }
        for command in commands {
            self.live(command);
        }
        self.travel(Place { step, ..self.here });
        self.remember(before);
    }

    /// The line that the present branch belongs to: itself, or the one that it parted from, however far back. All of a line has one
    /// set-up.
    #[must_use]
    pub fn line(&self) -> BranchId {
        self.where_it_was_made(Place { step: 1, ..self.here }).branch
    }

    /// The line that begins with this set-up.
    pub(crate) fn line_with(&self, setup: &Setup) -> Option<BranchId> {
        self.branches.iter().find(|branch| *branch.setup == *setup).map(Branch::id)
    }

    /// Opens a line whose dials were turned at `place`, and stands at its beginning: the app has just been opened.
    pub(crate) fn begin_line(&mut self, setup: Setup, place: Place) {
        let descent = Descent::Turned(self.where_it_was_made(place));
        let (line, world) = begun(BranchId::new(self.branches.len()), descent, setup);
        (self.here, self.world) = (line.tip(), world);
        self.branches.push(line);
    }
}

/// A line on which the app has been opened for the first time, and the world that this led to.
fn begun(id: BranchId, descent: Descent, setup: Setup) -> (Branch, World) {
    let mut world = World::new(setup.clone());
    let first = Arc::new(Step::record(0, Command::Start, &mut world));
    (Branch { id, descent, setup: Arc::new(setup), steps: vec![first], snapshots: Snapshots::new() }, world)
}

/// Travelling: where the present place is.
impl Session {
    /// The present place.
    #[must_use]
    pub fn here(&self) -> Place {
        self.here
    }

    /// Goes to a place. A step beyond either end stops at that end. False, and nothing happens, for a branch that is not there.
    pub fn go(&mut self, place: Place) -> bool {
        let before = self.here;
        let there = self.travel(place);
        if there && self.here != before {
            self.remember(before);
        }
        there
    }

    /// Goes to the place on the present branch where `step` steps have been taken.
    pub fn rewind(&mut self, step: usize) -> bool {
        self.go(Place { step, ..self.here })
    }

    /// One step back.
    pub fn back(&mut self) -> bool {
        self.can_back() && self.rewind(self.here.step - 1)
    }

    /// One recorded step forward.
    pub fn forward(&mut self) -> bool {
        self.can_forward() && self.rewind(self.here.step + 1)
    }

    /// Goes to the beginning: the app has just been opened.
    pub fn to_start(&mut self) -> bool {
        self.rewind(1)
    }

    /// Goes to the end of what is recorded on the present branch.
    pub fn to_end(&mut self) -> bool {
        self.rewind(usize::MAX)
    }

    /// Whether there is a step to take back.
    #[must_use]
    pub fn can_back(&self) -> bool {
        self.here.step > 1
    }

    /// Whether there is a recorded future on the present branch.
    #[must_use]
    pub fn can_forward(&self) -> bool {
        self.here.step < self.branch().steps.len()
    }

    /// Returns to the place before the last act or jump. What was done stays recorded as a future.
    pub fn undo(&mut self) -> bool {
        let Some(place) = self.undo.pop() else { return false };
        self.redo.push(self.here);
        self.travel(place)
    }

    /// Takes the last undo back.
    pub fn redo(&mut self) -> bool {
        let Some(place) = self.redo.pop() else { return false };
        self.undo.push(self.here);
        self.travel(place)
    }

    /// Whether nothing was done yet: the app has just been opened, and there is no other branch.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.branches.len() == 1 && self.steps().len() == 1
    }

    /// Does several things as one act: one undo leads back to before all of them.
    pub fn at_once<R>(&mut self, deed: impl FnOnce(&mut Self) -> R) -> R {
        let (before, depth) = (self.here, self.undo.len());
        let done = deed(self);
        self.undo.truncate(depth);
        if self.here != before {
            self.undo.push(before);
        }
        done
    }

    /// Whether there is something to undo.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Whether there is something to redo.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }

    /// Forgets the ways back and forth, as after opening a file.
    pub(crate) fn forget_jumps(&mut self) {
        self.undo.clear();
        self.redo.clear();
    }

    fn remember(&mut self, before: Place) {
        self.undo.push(before);
        self.redo.clear();
    }

    fn travel(&mut self, place: Place) -> bool {
        let Some(branch) = self.branches.get(place.branch.index()) else { return false };
        let step = place.step.clamp(1, branch.steps.len());
        let snapshot = branch.snapshots.nearest(step);
        let kept = snapshot.map_or(0, |(kept, _)| kept);
        // The present world serves as a snapshot too, where it lies on the way.
        let is_on_the_way = place.branch == self.here.branch && (kept..=step).contains(&self.here.step);
        let from = if is_on_the_way {
            self.here.step
        } else {
            self.world = match snapshot {
                Some((_, world)) => world.clone(),
                None => World::new(branch.setup().clone()),
            };
            kept
        };
        for passed in &branch.steps[from..step] {
            self.world.handle(&passed.command);
        }
        self.here = Place { branch: place.branch, step };
        true
    }
}

/// Reading: what the run is.
impl Session {
    /// The world at the present place.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The world as it was at a place, made anew from the nearest one that is kept. A step beyond either end stops at that end;
    /// `None` for a branch that is not there.
    #[must_use]
    pub fn world_at(&self, place: Place) -> Option<World> {
        let branch = self.branches.get(place.branch.index())?;
        let step = place.step.clamp(1, branch.steps.len());
        if step == self.here.step && place.branch == self.here.branch {
            return Some(self.world.clone());
        }
        let (kept, mut world) = match branch.snapshots.nearest(step) {
            Some((kept, world)) => (kept, world.clone()),
            None => (0, World::new(branch.setup().clone())),
        };
        for passed in &branch.steps[kept..step] {
            world.handle(&passed.command);
        }
        Some(world)
    }

    /// What was fixed before the first command of the present branch. The world's own set-up also shows what commands changed
    /// since: skews.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        self.branch().setup()
    }

    /// What people call this run.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Gives the run a name. Changes neither its steps nor its fingerprint.
    pub fn rename(&mut self, title: impl Into<String>) {
        self.title = title.into();
    }

    /// The steps of the present branch: those behind and those ahead.
    #[must_use]
    pub fn steps(&self) -> &[Arc<Step>] {
        &self.branch().steps
    }

    /// The steps that have been taken.
    #[must_use]
    pub fn past(&self) -> &[Arc<Step>] {
        &self.steps()[..self.here.step]
    }

    /// The recorded steps ahead.
    #[must_use]
    pub fn future(&self) -> &[Arc<Step>] {
        &self.steps()[self.here.step..]
    }

    /// The step that led here.
    #[must_use]
    pub fn last_step(&self) -> &Arc<Step> {
        &self.steps()[self.here.step - 1]
    }

    /// The present branch.
    #[must_use]
    pub fn branch(&self) -> &Branch {
        &self.branches[self.here.branch.index()]
    }

    /// All branches, in the order in which they were opened.
    #[must_use]
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The mark of the run up to the present place. Computed when asked: one pass over the whole trace.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.past().iter().map(|step| &**step))
    }

    /// The trace up to the present place: one line of JSON for each step. The fingerprint is taken over these bytes.
    #[must_use]
    pub fn trace(&self) -> String {
        self.past().iter().fold(String::new(), |text, step| text + &step.canonical_json() + "\n")
    }

    /// What people wrote about this run.
    #[must_use]
    pub fn notes(&self) -> &str {
        &self.notes
    }

    /// Replaces the notes.
    pub fn write_notes(&mut self, notes: impl Into<String>) {
        self.notes = notes.into();
    }

    /// The places with a name, in the order in which they were named.
    #[must_use]
    pub fn bookmarks(&self) -> &[Bookmark] {
        &self.bookmarks
    }

    /// Names the present place, or takes its name away where it has this one already.
    pub fn toggle_bookmark(&mut self, name: impl Into<String>) {
        let bookmark = Bookmark { name: name.into(), place: self.here };
        match self.bookmarks.iter().position(|known| *known == bookmark) {
            Some(index) => drop(self.bookmarks.remove(index)),
            None => self.bookmarks.push(bookmark),
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("title", &self.title)
            .field("here", &format_args!("{}", self.here))
            .field("branches", &self.branches.len())
            .finish_non_exhaustive()
    }
}
