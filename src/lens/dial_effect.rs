//! Dial effects: what a turned dial changed in a run, found by doing the same deeds with the dial at its default.

use std::sync::Arc;

use crate::lens::compare::{Difference, differences};
use crate::lens::said::{Reader, Said};
use crate::protocol::time::Time;
use crate::session::again::Again;
use crate::session::dials::dial::Dial;
use crate::session::run::Session;
use crate::session::step::Step;
use crate::world::event::Event;

/// How much of a value the sentence repeats.
const VALUE_CHARS_MAX: usize = 48;

/// The first difference that a dial makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// What would have come with the dial at its default; `None` where nothing more would.
    pub at_default: Option<Said>,
    /// What came; `None` where nothing more did.
    pub as_turned: Option<Said>,
    /// What is different, in one sentence without a full stop.
    pub sentence: String,
    /// The values that differ, where both say the same thing; the default's first.
    pub values: Vec<Difference>,
}

/// What is known of a dial's effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is still being found out.
    Searching,
    /// Every message is the same as with the dial at its default.
    Nothing,
    /// The first message that is not.
    First(Box<Parting>),
}

/// A search for the effect of one dial, a little at a time, so that whoever asks can go on with something else.
pub struct Search {
    again: Again,
    is_played: bool,
    turned: Told,
    default: Told,
    effect: Effect,
}

/// The messages of one run, read one after the other.
struct Told {
    steps: Vec<Arc<Step>>,
    reader: Reader,
    /// The next step, and the next of its events.
    next: (usize, usize),
}

impl Search {
    /// A search for what `dial` has changed up to the present place.
    #[must_use]
    pub fn of(session: &Session, dial: &Dial) -> Self {
        let setup = session.setup();
        let standard = dial.reset_in(setup);
        let (start, begun) = (setup.start, standard.start);
        Self {
            again: Again::new(setup, session.past(), standard),
            is_played: false,
            turned: Told::new(session.past().to_vec(), start),
            default: Told::new(Vec::new(), begun),
            effect: Effect::Searching,
        }
    }

    /// Does at most so many pieces of work and answers what is known then.
    pub fn go_on(&mut self, budget: usize) -> &Effect {
        if !self.is_played {
            self.is_played = self.again.go_on(budget);
            if self.is_played {
                self.default.steps = self.again.session().past().to_vec();
            }
            return &self.effect;
        }
        for _ in 0..budget {
            if self.effect != Effect::Searching {
                break;
            }
            self.effect = step(self.default.next(), self.turned.next());
        }
        &self.effect
    }

    /// What is known so far.
    #[must_use]
    pub fn effect(&self) -> &Effect {
        &self.effect
    }
}

/// Finds the effect in one go.
#[must_use]
pub fn effect(session: &Session, dial: &Dial) -> Effect {
    let mut search = Search::of(session, dial);
    while *search.go_on(usize::MAX) == Effect::Searching {}
    search.effect
}

fn step(at_default: Option<Said>, as_turned: Option<Said>) -> Effect {
    let values = match (&at_default, &as_turned) {
        (None, None) => return Effect::Nothing,
        (Some(one), Some(other)) if one.key() == other.key() => {
            let values = differences(&one.values, &other.values);
            if values.is_empty() {
                return Effect::Searching;
            }
            values
        }
        (Some(_) | None, Some(_)) | (Some(_), None) => Vec::new(),
    };
    let sentence = sentence(at_default.as_ref(), as_turned.as_ref(), &values);
    Effect::First(Box::new(Parting { at_default, as_turned, sentence, values }))
}

/// The first of the values that are not merely a moment, with what stood there otherwise.
fn sentence(at_default: Option<&Said>, as_turned: Option<&Said>, values: &[Difference]) -> String {
    let told = |said: &Said| format!("message {}, {}", said.number, said.words());
    match (at_default, as_turned) {
        (Some(_), Some(came)) if !values.is_empty() => {
            let value = values.iter().find(|value| value.name != "arrives").or(values.first());
            let words = value.map_or_else(String::new, |Difference { name, a, b }| {
                format!("{name} is {}, not {}", short(b), short(a))
            });
            format!("First in {}: {words}", told(came))
        }
        (Some(due), Some(came)) => format!("First difference: {} instead of {}", told(came), told(due)),
        (None, Some(came)) => format!("First difference: {} comes besides", told(came)),
        (Some(due), None) => format!("First difference: {} does not come", told(due)),
        (None, None) => String::new(),
    }
}

/// A value, cut where it would fill a line by itself.
fn short(value: &str) -> String {
    match value.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

impl Told {
    fn new(steps: Vec<Arc<Step>>, start: Time) -> Self {
        Self { steps, reader: Reader::new(start), next: (0, 0) }
    }

    fn next(&mut self) -> Option<Said> {
        loop {
            let (at, event) = self.next;
            let step = Arc::clone(self.steps.get(at)?);
            match step.events.get(event) {
                None => self.next = (at + 1, 0),
                Some(Event::Delivered { message }) => {
                    self.next.1 += 1;
                    return Some(self.reader.read(message, step.index));
                }
                Some(_) => self.next.1 += 1,
            }
        }
    }
}
