//! Armed faults: what was asked for, and how often it has happened.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::protocol::time::{Span, Time};
use crate::world::fault::act::Act;
use crate::world::fault::limit::Limit;
use crate::world::fault::pattern::Pattern;
use crate::world::fault::trouble::Trouble;

/// One thing that shall go wrong. In files it is one flat table: `{ on = "status-answered", nth = 2, drop = true }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Messages are spoilt.
    OnMessage(MessageFault),
    /// Something is wrong with a party, until it is disarmed or for so long.
    OnParty {
        /// What.
        trouble: Trouble,
        /// For how long; `None` until it is disarmed.
        span: Option<Span>,
    },
}

/// A fault on messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageFault {
    /// Which messages.
    pub what: Pattern,
    /// What is done to them.
    pub act: Act,
    /// To which of them.
    pub limit: Limit,
}

/// The number by which an armed fault is disarmed: 1 for the first of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(pub u32);

/// A fault that was armed, with its live counts. Stays listed after its last use, until it is disarmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Armed {
    /// Its number.
    pub id: FaultId,
    /// What was asked for.
    pub fault: Fault,
    /// How many messages were meant.
    pub matched: u32,
    /// How often it has fired.
    pub used: u32,
    /// How often it can fire; `None` without end.
    pub of: Option<u32>,
    /// When the trouble of a party ends by itself, true time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// Whether it is a trouble that has begun, and that its party took notice of. The trace tells it in events.
    #[serde(skip)]
    pub has_begun: bool,
}

impl Fault {
    /// A fault on messages.
    #[must_use]
    pub fn on(what: Pattern, act: Act, limit: Limit) -> Self {
        Self::OnMessage(MessageFault { what, act, limit })
    }
}

impl Armed {
    /// Whether it will never fire again.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        self.of.is_some_and(|of| self.used >= of)
    }
}

/// `fault 3`, as people say it.
impl fmt::Display for FaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fault {}", self.0)
    }
}
