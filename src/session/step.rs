//! Steps: one recorded command and everything that followed from it.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use twox_hash::XxHash3_64;

use crate::protocol::hex::hex;
use crate::protocol::time::Time;
use crate::world::World;
use crate::world::command::Command;
use crate::world::event::Event;
use crate::world::input::Input;
use crate::world::message::{Body, Message};

/// How many bytes of the SHA-256 of a step are its mark.
const MARK_BYTES: usize = 8;

/// One command of a run with the events it caused. Never changes once recorded.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Its place in the line: 0 for the start of the app.
    pub index: usize,
    /// What the true clock shows afterwards.
    pub at: Time,
    /// What was asked.
    pub command: Command,
    /// What happened.
    pub events: Vec<Event>,
}

/// A short mark of one step, 16 hex digits: in run files the first 64 bits of the SHA-256 of its canonical JSON, in the store the
/// XXH3 of its `MessagePack`, members by name. Both find what differs by accident; what must stand against forgers is signed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepDigest(String);

/// The mark of a whole run up to one place: SHA-256 over its steps' canonical JSON, in hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint(String);

impl Step {
    /// Asks `world` and writes down what came of it.
    pub(crate) fn record(index: usize, command: Command, world: &mut World) -> Self {
        let events = world.handle(&command);
        Self { index, at: world.now(), command, events }
    }

    /// The step as one line of JSON, members in the order in which they are declared.
    #[must_use]
    pub fn canonical_json(&self) -> String {
        // Only a map with keys that are no text could fail here, and a step holds none.
        serde_json::to_string(self).unwrap_or_else(|error| format!("{{\"unwritable\":\"{error}\"}}"))
    }

    /// The short mark of this step in run files.
    #[must_use]
    pub fn digest(&self) -> StepDigest {
        StepDigest::of(self.canonical_json().as_bytes())
    }

    /// Its short mark in the store, which costs next to nothing where thousands of steps are kept in a second.
    #[must_use]
    pub fn quick_digest(&self) -> StepDigest {
        let mut bytes = Vec::new();
        // As for the canonical JSON: nothing in a step can fail here.
        let _ = self.write_packed(&mut bytes);
        StepDigest::quick_of(&bytes)
    }

    /// Writes the step as `MessagePack`, members by name.
    ///
    /// # Errors
    /// Only what writing itself brings; into memory that is nothing.
    pub(crate) fn write_packed(&self, bytes: &mut Vec<u8>) -> Result<(), rmp_serde::encode::Error> {
        rmp_serde::encode::write_named(bytes, self)
    }

    /// Whether nothing happened but questions, their answers, and time: no payment, no money, no receipt, nothing installed,
    /// nobody's settings. Such a step may reach the disk a little later than its answer goes out; any other goes to disk first.
    /// The start of a run, and a step whose events say nothing, count as changes.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.command != Command::Start && !self.events.is_empty() && self.events.iter().all(is_reading)
    }

    /// Whether somebody did it. The start of a run is nobody's deed, nor is what comes of it by itself: a message that arrives,
    /// and the answer, or the silence, of a server outside that was asked.
    #[must_use]
    pub fn is_deed(&self) -> bool {
        let is_reply = |input: &Input| matches!(input, Input::Answer { .. } | Input::NoAnswer { .. });
        match &self.command {
            Command::Start | Command::Step => false,
            Command::Receive { input, .. } => !is_reply(input),
            Command::Wait { .. }
            | Command::Buy { .. }
            | Command::Confirm { .. }
            | Command::Cancel
            | Command::CloseWindow
            | Command::ChangeBuyer { .. }
            | Command::Refund { .. }
            | Command::ChargeBack { .. }
            | Command::OpenHistory
            | Command::GetReceipt { .. }
            | Command::VerifyAgain { .. }
            | Command::Reopen
            | Command::Reissue { .. }
            | Command::RotateKey
            | Command::FetchKeys
            | Command::Plant { .. }
            | Command::Skew { .. }
            | Command::Arm { .. }
            | Command::Disarm { .. }
            | Command::ClearFaults
            | Command::Release { .. } => true,
        }
    }

    /// The message that this step delivered, or sent where it delivered none.
    #[must_use]
    pub fn message(&self) -> Option<&Arc<Message>> {
        let arrivals = self
            .events
            .iter()
            .find_map(|event| if let Event::Delivered { message } = event { Some(message) } else { None });
        let departures =
            self.events.iter().find_map(|event| if let Event::Sent { message } = event { Some(message) } else { None });
        arrivals.or(departures)
    }

    /// The number of that message.
    #[must_use]
    pub fn message_number(&self) -> Option<u32> {
        self.message().map(|message| message.number)
    }
}

impl Fingerprint {
    /// The mark of these steps. Costs one pass over all of their text: asked for, never kept up to date.
    pub(crate) fn of<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Self {
        let mut hash = Sha256::new();
        for step in steps {
            hash.update(step.canonical_json());
            hash.update("\n");
        }
        Self(hex(&hash.finalize()))
    }

    /// The 64 hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl StepDigest {
    /// The mark of a step with this canonical JSON.
    pub(crate) fn of(canonical_json: &[u8]) -> Self {
        Self(hex(Sha256::digest(canonical_json).get(..MARK_BYTES).unwrap_or_default()))
    }

    /// The store's, of a step with this `MessagePack`.
    pub(crate) fn quick_of(packed: &[u8]) -> Self {
        Self(hex(&XxHash3_64::oneshot(packed).to_be_bytes()))
    }

    /// The 16 hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for StepDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Named one by one, so that whatever is new counts as a change until somebody has thought about it.
fn is_reading(event: &Event) -> bool {
    if let Event::Sent { message } | Event::Delivered { message } = event {
        return is_question_or_answer(&message.body);
    }
    matches!(event, Event::Waited { .. } | Event::Refused { .. } | Event::CommandIgnored { .. })
}

fn is_question_or_answer(body: &Body) -> bool {
    matches!(
        body,
        Body::KeysAsked
            | Body::KeysAnswered { .. }
            | Body::StatusAsked { .. }
            | Body::StatusAnswered { receipt: None, .. }
            | Body::ReceiptsAsked
            | Body::ReceiptsAnswered { .. }
            | Body::VerifyAsked { .. }
            | Body::VerifyAnswered { .. }
            | Body::HistoryAsked
            | Body::HistoryAnswered { .. }
            | Body::ProductsAsked { .. }
            | Body::ProductsAnswered { .. }
            | Body::StoreRefused { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::setup::Setup;

    #[test]
    fn a_step_has_two_marks_and_another_step_has_neither() {
        let step = Step::record(0, Command::Start, &mut World::new(Setup::default()));
        let marks = [step.digest(), step.quick_digest()];
        assert_eq!(marks[0].as_str(), &hex(&Sha256::digest(step.canonical_json()))[..16]);
        assert_ne!(marks[0], marks[1]);
        let spoilt = Step { index: 1, ..step };
        assert!(!marks.contains(&spoilt.digest()) && !marks.contains(&spoilt.quick_digest()));
    }

    #[test]
    fn the_stores_mark_is_the_xxh3_that_everybody_computes() {
        assert_eq!(StepDigest::quick_of(b"").as_str(), "2d06800538d394c2");
        assert_eq!(StepDigest::quick_of(b"a").as_str(), "e6c632b61e964e1f");
    }
}
