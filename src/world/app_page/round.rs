//! Rounds: one pass of a client that asks about every receipt before it says anything.

use std::sync::Arc;

use crate::protocol::verdict::ladder::Verdict;

/// The receipts that are still to be looked at, and what was said of the others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Round {
    left: Vec<Arc<str>>,
    done: Vec<(Arc<str>, Arc<Verdict>)>,
}

/// What receiptverifier calls a failure of the network, of which one is enough.
const NETWORK_STATES: [&str; 3] = ["ConnectionError", "ServerStatusError", "InvalidServerResponse"];

impl Round {
    /// A pass over these receipts, in this order.
    pub(crate) fn over(mut receipts: Vec<Arc<str>>) -> Self {
        receipts.reverse();
        Self { left: receipts, done: Vec::new() }
    }

    /// The next to look at.
    pub(crate) fn next(&mut self) -> Option<Arc<str>> {
        self.left.pop()
    }

    /// Notes what was said of one.
    pub(crate) fn take(&mut self, receipt: Arc<str>, verdict: Arc<Verdict>) {
        self.done.push((receipt, verdict));
    }

    /// What all of them come to: a failure of the network, else a good receipt, else the last refusal.
    pub(crate) fn end(mut self) -> Option<(Arc<str>, Arc<Verdict>)> {
        let has_network_failed = |verdict: &Verdict| {
            !verdict.is_accepted() && verdict.state().is_some_and(|state| NETWORK_STATES.contains(&state))
        };
        let place = self.done.iter().position(|(_, verdict)| has_network_failed(verdict));
        let place = place.or_else(|| self.done.iter().position(|(_, verdict)| verdict.is_accepted()));
        match place {
            Some(place) => Some(self.done.swap_remove(place)),
            None => self.done.pop(),
        }
    }
}
