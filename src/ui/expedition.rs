//! The expedition: the window's exploration of its present run, under way beside the frames.

use std::sync::Arc;

use crate::io::explore::{ExploreError, Explored, Phase, Progress};
use crate::io::exploring::{self, Exploring};
use crate::lens::explore::Grid;
use crate::session::builtin::Builtin;
use crate::session::run::Session;
use crate::session::scenario::plan::Scenario;
use crate::session::scenario::record::record;
use crate::ui::explored::{Shown, Standing};
use crate::world::command::Command;

/// What is explored where nobody has bought anything yet.
const PLAIN: &str = "plain-hosted";

/// An exploration, and how it stands.
#[derive(Debug, Default)]
pub struct Expedition {
    exploring: Option<Exploring>,
    title: String,
    standing: Standing,
}

impl Expedition {
    /// Explores what was done in this run so far; the plain purchase under its dials, where nothing was. `wake` is called when
    /// there is news.
    pub fn begin(&mut self, session: &Session, is_double: bool, wake: impl Fn() + Send + 'static) {
        let scenario = plan_of(session);
        self.title.clone_from(&scenario.title);
        self.standing = Standing::Under { words: "Dealing faults".to_owned(), done: 0, of: 0 };
        self.exploring = Some(Exploring::begin(scenario, is_double, wake));
    }

    /// Waits until it has ended: for a picture, and for tests.
    pub fn wait(&mut self) {
        if let Some(ended) = self.exploring.take().and_then(|mut exploring| exploring.wait()) {
            self.end(ended);
        }
    }

    /// Ends it; what it has found so far is forgotten.
    pub fn stop(&mut self) {
        *self = Self::default();
    }

    /// Takes in what is new.
    pub fn tend(&mut self) {
        let Some(exploring) = &mut self.exploring else { return };
        match exploring.standing() {
            exploring::Standing::Under(progress) => self.standing = under(progress),
            exploring::Standing::Taken => {}
            exploring::Standing::Ended(ended) => {
                self.exploring = None;
                self.end(*ended);
            }
        }
    }

    fn end(&mut self, ended: Result<Explored, ExploreError>) {
        self.standing = match ended {
            Ok(explored) => Standing::Done(Arc::new(shown(&self.title, explored))),
            Err(error) => Standing::Failed(error.to_string()),
        };
    }

    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }
}

fn plan_of(session: &Session) -> Scenario {
    let mut whole = session.clone();
    whole.to_end();
    let is_bought = whole.past().iter().any(|step| matches!(step.command, Command::Buy { .. }));
    match Builtin::find(PLAIN).and_then(|builtin| builtin.scenario().ok()) {
        Some(plain) if !is_bought => Scenario { setup: session.setup().clone(), ..plain },
        _ => record(&whole),
    }
}

fn under(progress: Progress) -> Standing {
    let words = match progress.phase {
        Phase::Singles => "One fault at a time",
        Phase::Pairs => "Two faults at a time",
        Phase::BadEnds => "Looking for points of no return",
    };
    Standing::Under { words: words.to_owned(), done: progress.done, of: progress.of }
}

fn shown(title: &str, explored: Explored) -> Shown {
    let Explored { exploration, bad, .. } = explored;
    let grid = Grid::of(&exploration);
    Shown { title: title.to_owned(), plain: exploration.plain().end, grid, void: exploration.void_count(), bad }
}
