//! The desk: all that a pane may look at, point with, and ask for. What is asked is done by the window, after the pass.

use egui::ThemePreference;

use crate::export::format::Format;
use crate::protocol::time::Span;
use crate::session::attack::card::Card;
use crate::session::branch::Place;
use crate::session::run::Session;
use crate::ui::explored::Standing;
use crate::ui::keys::Action;
use crate::ui::live_state::Live;
use crate::ui::seating::Seating;
use crate::ui::selection::{Lab, Selection};
use crate::ui::view::View;
use crate::world::command::Command;
use crate::world::setup::Setup;

/// What a pane is given for one pass.
pub struct Desk<'a> {
    /// The run, as it stands at the present place.
    pub session: &'a Session,
    /// The run that was left last for this one, which undo leads back to.
    pub before: Option<&'a Session>,
    /// How the run reads: rows, phases, the future.
    pub view: &'a View,
    /// What is pointed at. The only thing that panes share and change.
    pub selection: &'a mut Selection,
    /// How the window plays and looks.
    pub mode: Mode,
    /// How the exploration of this run stands.
    pub explored: &'a Standing,
    asks: &'a mut Vec<Ask>,
}

/// What somebody wants done.
#[derive(Clone, Debug)]
pub enum Ask {
    /// A command to the world.
    Do(Command),
    /// The same as a key.
    Act(Action),
    /// To a step of the present branch.
    Go(usize),
    /// To a place on any branch.
    GoTo(Place),
    /// Lets time pass, arrows included.
    Advance(Span),
    /// A new run with this set-up, from its start.
    Rerun(Box<Setup>),
    /// The same deeds on a branch with this set-up, as far as they apply there.
    Turn(Box<Setup>),
    /// Another run, as it stands.
    Show(Box<Session>),
    /// A new run from the built-in scenario of this name, from its start.
    OpenBuiltin(&'static str),
    /// An attack on this run, in a branch of its own.
    Attack(&'static Card),
    /// An attack in a new run with this set-up.
    AttackAlone(&'static Card, Box<Setup>),
    /// How fast to play.
    Speed(Speed),
    /// Dark, light or the system's.
    Theme(ThemePreference),
    /// Whether the run's clock follows the machine's.
    RealTime(bool),
    /// A new run in which these parties are played by programs outside.
    Seats(Box<Seating>),
    /// This lab, in the inspector.
    OpenLab(Lab),
    /// Everything that can go wrong with this run, beside the frames.
    Explore {
        /// Whether two faults are tried at a time.
        is_double: bool,
    },
    /// No more of that.
    StopExploring,
    /// The dialog that gives the run away, with this format chosen.
    ExportAs(Format),
    /// The run's diagram as Mermaid text, into the clipboard.
    CopyMermaid,
}

/// How the window plays and looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// Whether steps follow by themselves.
    pub is_playing: bool,
    /// How fast.
    pub speed: Speed,
    /// Dark, light or the system's.
    pub theme: ThemePreference,
    /// Whether undo leads anywhere.
    pub can_undo: bool,
    /// Whether redo leads anywhere.
    pub can_redo: bool,
    /// Whether and where programs outside can join.
    pub live: Live,
}

/// How fast the run plays: at 1× one arrow a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speed(i8);

impl Speed {
    /// One arrow a second.
    pub const NORMAL: Self = Self(0);

    /// All speeds, slow ones first: 0.25× to 64×.
    pub fn all() -> impl Iterator<Item = Self> {
        (-2..=6).map(Self)
    }

    /// `0.25×` … `64×`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self.0 {
            ..=-2 => "0.25×",
            -1 => "0.5×",
            0 => "1×",
            1 => "2×",
            2 => "4×",
            3 => "8×",
            4 => "16×",
            5 => "32×",
            6.. => "64×",
        }
    }

    /// Seconds from one arrow to the next.
    #[must_use]
    pub fn pause_s(self) -> f64 {
        2.0_f64.powi(-i32::from(self.0))
    }
}

impl From<Command> for Ask {
    fn from(command: Command) -> Self {
        Self::Do(command)
    }
}

impl From<Action> for Ask {
    fn from(action: Action) -> Self {
        Self::Act(action)
    }
}

impl<'a> Desk<'a> {
    /// A desk for one pass. What is asked is pushed to `asks`.
    pub fn new(
        (session, before): (&'a Session, Option<&'a Session>),
        view: &'a View,
        selection: &'a mut Selection,
        (mode, explored): (Mode, &'a Standing),
        asks: &'a mut Vec<Ask>,
    ) -> Self {
        Self { session, before, view, selection, mode, explored, asks }
    }

    /// Asks for something; it is done after the pass.
    pub fn ask(&mut self, ask: impl Into<Ask>) {
        self.asks.push(ask.into());
    }
}

#[cfg(test)]
mod tests {
    use super::Speed;

    #[test]
    fn speeds_run_from_a_quarter_to_sixty_four() {
        let labels: Vec<_> = Speed::all().map(Speed::label).collect();
        assert_eq!(labels, ["0.25×", "0.5×", "1×", "2×", "4×", "8×", "16×", "32×", "64×"]);
        assert!((Speed::NORMAL.pause_s() - 1.0).abs() < 1e-12);
        assert!(Speed::all().zip(Speed::all().skip(1)).all(|(slow, fast)| slow.pause_s() > fast.pause_s()));
    }
}
