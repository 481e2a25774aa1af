//! Reach: what a fault may lay its hands on when it fires.

use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::signing_key::SigningKey;
use crate::protocol::time::Time;
use crate::world::app_server::AppServer;
use crate::world::carried::Carried;
use crate::world::device::Device;
use crate::world::event::Event;
use crate::world::fault::rewrite::CERTIFICATE;
use crate::world::marketplace::Marketplace;
use crate::world::message::Body;
use crate::world::scene::Scene;
use crate::world::wire::Wire;

/// The wire, what is told, and the parties that troubles befall.
pub(crate) struct Reach<'a> {
    pub(crate) now: Time,
    pub(crate) scene: &'a Scene,
    pub(crate) wire: &'a mut Wire,
    pub(crate) events: &'a mut Vec<Event>,
    pub(crate) app_server: &'a mut AppServer,
    pub(crate) marketplace: &'a mut Marketplace,
    pub(crate) device: &'a mut Device,
}

impl Reach<'_> {
    /// The key of the party that wrote this field of what the message carries. `None` where it carries nothing signed.
    pub(crate) fn signing_key(&self, body: &Body, field: &str) -> Option<&SigningKey> {
        match body.carried()?.0 {
            Carried::Receipt if field.starts_with(CERTIFICATE) => Some(self.marketplace.root_key()),
            Carried::PayRequest => Some(self.app_server.key()),
            Carried::Notice => Some(self.marketplace.notice_key()),
            Carried::Receipt => Some(self.marketplace.receipt_key()),
            Carried::Keys => None,
        }
    }

    /// What a payment is for, by whichever of its two ids.
    pub(crate) fn product_of(&self, transaction: &TransactionId) -> Option<ProductId> {
        let order = self.app_server.orders().get(transaction).map(|order| order.product.clone());
        order.or_else(|| self.marketplace.transaction(transaction).map(|payment| payment.product.clone()))
    }
}
