//! Tallies: which messages a run sends and how often, which is what can befall it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::world::fault::field::fields;
use crate::world::kind::Kind;
use crate::world::message::Message;

/// How often each kind of message was sent, and which of its fields can be made to say something else.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: BTreeMap<Kind, u32>,
    order: Vec<Kind>,
    samples: BTreeMap<Kind, Vec<(&'static str, Value)>>,
}

impl Tally {
    /// The kinds of message that were sent, in the order in which each was sent first.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.order.iter().copied()
    }

    /// How many messages of this kind were sent.
    #[must_use]
    pub fn count(&self, kind: Kind) -> u32 {
        self.counts.get(&kind).copied().unwrap_or_default()
    }

    /// The fields of the first message of this kind, each with something else that it can say. Known after a survey only.
    #[must_use]
    pub fn samples(&self, kind: Kind) -> &[(&'static str, Value)] {
        self.samples.get(&kind).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn note(&mut self, message: &Message, is_sampling: bool) {
        // What a party tells itself passes over no wire, so nothing can befall it.
        if message.from == message.to {
            return;
        }
        let kind = message.body.kind();
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count == 1 {
            self.order.push(kind);
            if is_sampling {
                self.samples.insert(kind, fields(&message.body));
            }
        }
    }
}
