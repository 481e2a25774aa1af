//! Conditions: what test code may wait for.

use serde::Deserialize;

use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::time::Span;
use crate::session::recorded::Recorded;
use crate::world::fault::armed::FaultId;
use crate::world::kind::Kind;
use crate::world::transaction::TransactionState;

/// What is waited for, as it is written: `{"state": "completed", "timeout": "12s"}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Nothing will happen by itself any more.
    #[serde(default)]
    idle: Option<bool>,
    /// The app has opened this product.
    #[serde(default)]
    access: Option<ProductId>,
    /// A payment stands like this.
    #[serde(default)]
    state: Option<TransactionState>,
    /// Which payment, by its id or by the seller's own; without it the latest.
    #[serde(default)]
    transaction: Option<TransactionId>,
    /// A message of this kind has arrived, at whatever time since the run began.
    #[serde(default)]
    message: Option<Kind>,
    /// So many of them; 1 where it is left out.
    #[serde(default)]
    count: Option<usize>,
    /// This fault has fired.
    #[serde(default)]
    fault: Option<FaultId>,
    /// So many times; 1 where it is left out.
    #[serde(default)]
    used: Option<u32>,
    /// How long, by the run's own clock.
    #[serde(default)]
    timeout: Option<Span>,
}

impl Condition {
    /// How long it is waited for, by the run's own clock.
    #[must_use]
    pub fn timeout(&self) -> Span {
        self.timeout.unwrap_or(Span::from_seconds(10))
    }

    /// Whether exactly one thing is waited for.
    #[must_use]
    pub fn is_one(&self) -> bool {
        let asked = [
            self.idle.is_some(),
            self.access.is_some(),
            self.state.is_some(),
            self.message.is_some(),
            self.fault.is_some(),
        ];
        asked.into_iter().filter(|is_asked| *is_asked).count() == 1
    }

    /// Whether it is so now.
    #[must_use]
    pub fn is_met(&self, run: &dyn Recorded) -> bool {
        let world = run.world();
        let payments = world.marketplace().transactions();
        let named = |id: &TransactionId| payments.iter().find(|payment| payment.id == *id || payment.order == *id);
        let payment = self.transaction.as_ref().map_or(payments.last(), named);
        let fired = |fault| world.faults().armed().iter().find(|armed| armed.id == fault).map(|armed| armed.used);
        self.idle.is_none_or(|wanted| world.is_idle() == wanted)
            && self
                .access
                .as_ref()
                .is_none_or(|product| world.app_page().shelf(product).is_some_and(|shelf| shelf.is_open))
            && self.state.is_none_or(|state| payment.is_some_and(|payment| payment.state == state))
            && self.message.is_none_or(|kind| run.arrived(kind) >= self.count.unwrap_or(1))
            && self.fault.is_none_or(|fault| fired(fault).is_some_and(|used| used >= self.used.unwrap_or(1)))
    }
}
