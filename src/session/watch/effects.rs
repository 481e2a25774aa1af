//! Effects: whether a notice that came again did something a second time.

use std::collections::BTreeMap;

use crate::protocol::id::TransactionId;
use crate::protocol::notice::NoticeKind;
use crate::session::watch::breach::{Book, Cause};
use crate::session::watch::law::Law;
use crate::world::World;
use crate::world::app_server::OrderState;
use crate::world::event::Event;
use crate::world::message::Body;

/// Where each order stood when its payment's notices came, and the notice that came again just now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effects {
    stood: BTreeMap<TransactionId, OrderState>,
    repeated: Option<TransactionId>,
}

impl Effects {
    pub(crate) fn take(&mut self, event: &Event, cause: Option<Cause>, world: &World, book: &mut Book) {
        if let Event::Delivered { message } = event {
            self.repeated = None;
            if let Body::NoticeSent { transaction, kind, .. } = &message.body {
                self.hear(transaction, *kind, cause, world, book);
            }
        }
        let Some(transaction) = &self.repeated else { return };
        if event.is_effect() {
            let sentence = "A notice that was heard before had an effect again".to_owned();
            book.breaks(Law::OneEffect, transaction.as_str(), sentence, cause);
        }
    }

    /// A notice arrived: whatever it said must have been true of the order already, if it was heard before.
    fn hear(
        &mut self,
        transaction: &TransactionId,
        kind: NoticeKind,
        cause: Option<Cause>,
        world: &World,
        book: &mut Book,
    ) {
        let own = world.marketplace().transaction(transaction).map(|payment| &payment.order);
        let Some(order) = own.and_then(|own| world.app_server().orders().get(own)) else { return };
        let told = match kind {
            NoticeKind::Postback => OrderState::Paid,
            NoticeKind::Chargeback => OrderState::TakenBack,
        };
        let before = self.stood.insert(transaction.clone(), order.state);
        if let Some(before) = before.filter(|before| *before >= told) {
            self.repeated = Some(transaction.clone());
            if before != order.state {
                let sentence = "A notice that was heard before changed the order again".to_owned();
                book.breaks(Law::OneEffect, transaction.as_str(), sentence, cause);
            }
        }
    }
}
