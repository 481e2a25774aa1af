//! The shop: what the app has on its shelves, what it is asking others, and the only places where access is given and ends.

use std::sync::Arc;

use crate::protocol::id::ProductId;
use crate::world::app_page::shelf::{Shelves, Stage};
use crate::world::asked::{Matter, Questions};
use crate::world::event::Event;
use crate::world::message::Body;
use crate::world::party::Party;
use crate::world::refusal::Refusal;
use crate::world::scene::Scene;
use crate::world::wire::Outbox;

/// The shelves, and the questions that are open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shop {
    pub(crate) shelves: Shelves,
    pub(crate) questions: Questions,
}

impl Shop {
    /// Asks, for as long as the client waits for such an answer. `mozPay` alone may take as long as it likes.
    pub(crate) fn ask(&mut self, scene: &Scene, matter: Matter, said: (Party, Body), out: &mut Outbox<'_>) {
        let rules = scene.setup.client_rules();
        let patience = match matter {
            Matter::Payment(_) => None,
            Matter::Store(_) | Matter::Leave(_) => Some(rules.verify_patience),
            Matter::Keys
            | Matter::Order(_)
            | Matter::Status(_)
            | Matter::Fresh(_)
            | Matter::Product(_)
            | Matter::Map
            | Matter::Device(_) => Some(rules.api_patience),
        };
        self.questions.ask(matter, patience, said, out);
    }

    /// Hands a receipt to the device.
    pub(crate) fn install(&mut self, scene: &Scene, product: &ProductId, receipt: &Arc<str>, out: &mut Outbox<'_>) {
        let stock = self.shelves.at(product);
        (stock.stage, stock.receipt) = (Stage::Installing, Some(Arc::clone(receipt)));
        let body = Body::InstallAsked { receipt: Arc::clone(receipt) };
        self.ask(scene, Matter::Device(product.clone()), (Party::Device, body), out);
    }

    /// The only place where access is given.
    pub(crate) fn grant(&mut self, product: &ProductId, out: &mut Outbox<'_>) {
        let stock = self.shelves.at(product);
        (stock.stage, stock.is_open, stock.refusal) = (Stage::Open, true, None);
        out.event(Event::AccessGranted { product: product.clone() });
        out.send(Party::AppPage, Party::Buyer, Body::AccessGranted { product: product.clone() });
    }

    /// A purchase came to nothing. What was open before stays open.
    pub(crate) fn fail(&mut self, product: &ProductId, stage: Stage, refusal: Refusal, out: &mut Outbox<'_>) {
        let stock = self.shelves.at(product);
        stock.stage = if stock.is_open { Stage::Open } else { stage };
        self.tell(product, refusal, out);
    }

    /// A verdict keeps the product closed, or closes it: the only place where access ends.
    pub(crate) fn close(&mut self, product: &ProductId, refusal: Refusal, out: &mut Outbox<'_>) {
        let stock = self.shelves.at(product);
        stock.stage = Stage::Refused;
        if std::mem::replace(&mut stock.is_open, false) {
            out.event(Event::AccessEnded { product: product.clone() });
        }
        self.tell(product, refusal, out);
    }

    fn tell(&mut self, product: &ProductId, refusal: Refusal, out: &mut Outbox<'_>) {
        self.shelves.at(product).refusal = Some(refusal.clone());
        out.event(Event::Refused { by: Party::AppPage, refusal: refusal.clone() });
        out.send(Party::AppPage, Party::Buyer, Body::AccessRefused { product: product.clone(), refusal });
    }
}
