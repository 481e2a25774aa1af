//! Effects: what each turned dial has changed in the run, worked out a little in each frame.

use std::sync::Arc;

use egui::Ui;

use crate::lens::dial_effect::{Effect, Search};
use crate::session::dials::dial::Dial;
use crate::session::dials::list::DIALS;
use crate::session::run::Session;
use crate::session::step::Step;
use crate::world::message::MessageId;

/// Pieces of work for one frame: a delivery each, so that a frame stays far below 16 ms.
const BUDGET: usize = 40;

/// What is known of every dial's effect.
#[derive(Default)]
pub struct Effects {
    /// The last step that was looked at, and how many there were.
    of: Option<(Arc<Step>, usize)>,
    searches: Vec<(&'static str, Search)>,
}

/// What there is to say about a turned dial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<'a> {
    /// It is still being worked out.
    Searching,
    /// Every message is the same.
    Nothing,
    /// The first message that is not.
    First {
        /// What is different.
        sentence: &'a str,
        /// The message of this run, where it has one.
        message: Option<MessageId>,
    },
}

impl Effects {
    /// Begins afresh where the run has moved, and works a little on what is not known yet.
    pub fn refresh(&mut self, ui: &Ui, session: &Session) {
        let (last, taken) = (session.last_step(), session.here().step);
        let is_known = self.of.as_ref().is_some_and(|(step, count)| Arc::ptr_eq(step, last) && *count == taken);
        if !is_known {
            let turned = DIALS.iter().filter(|dial| dial.is_turned(session.setup()));
            self.searches = turned.map(|dial| (dial.name, Search::of(session, dial))).collect();
            self.of = Some((Arc::clone(last), taken));
        }
        let unknown = self.searches.iter_mut().find(|(_, search)| *search.effect() == Effect::Searching);
        if let Some((_, search)) = unknown {
            search.go_on(BUDGET);
            ui.ctx().request_repaint();
        }
    }

    /// What is known of one dial; `None` where it stands at its default.
    #[must_use]
    pub fn of(&self, dial: &Dial) -> Option<Told<'_>> {
        let (_, search) = self.searches.iter().find(|(name, _)| *name == dial.name)?;
        Some(match search.effect() {
            Effect::Searching => Told::Searching,
            Effect::Nothing => Told::Nothing,
            Effect::First(parting) => Told::First {
                sentence: &parting.sentence,
                message: parting.as_turned.as_ref().map(|said| said.message),
            },
        })
    }
}
