//! Secrets: whether a message carries what nobody but its owner may know.

use crate::protocol::chain::Chain;
use crate::protocol::dial::IdentityMode;
use crate::protocol::identity::{Recognisable, looks_like_identifier};
use crate::protocol::receipt::Receipt;
use crate::session::watch::breach::{Book, Cause};
use crate::session::watch::law::Law;
use crate::world::World;
use crate::world::event::Event;
use crate::world::message::Body;
use crate::world::party::Party;
use crate::world::secret::Secrets;

/// What must not be said, known from the first step on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Discretion {
    secrets: Option<Secrets>,
}

impl Discretion {
    pub(crate) fn take(&mut self, event: &Event, world: &World, book: &mut Book) {
        if let Event::ReceiptIssued { receipt, .. } = event
            && world.setup().rules().identity != IdentityMode::Email
            && names_the_buyer(receipt)
        {
            let sentence = "The buyer's email left the store in a receipt, which these rules forbid".to_owned();
            book.breaks(Law::SecretsKept, "email", sentence, None);
        }
        let Event::Sent { message } = event else { return };
        if let Body::PinEntered { .. } = message.body
            && message.to != Party::Marketplace
        {
            let sentence = format!("The PIN was told to the {}", message.to.label().to_lowercase());
            book.breaks(Law::SecretsKept, "pin", sentence, Some(Cause::of(message)));
        }
        let secrets = self.secrets.get_or_insert_with(|| world.secrets());
        let said = serde_json::to_string(&message.body).unwrap_or_default();
        if let Some(name) = secrets.found_in(&said) {
            let sentence = format!("A message from the {} carries {name}", message.from.label().to_lowercase());
            book.breaks(Law::SecretsKept, name, sentence, Some(Cause::of(message)));
        }
    }
}

fn names_the_buyer(receipt: &str) -> bool {
    let claims =
        |receipt| Receipt::read(Chain::split(receipt).ok()?.receipt().unverified_claims_json().as_bytes()).ok();
    claims(receipt).is_some_and(|receipt| looks_like_identifier(&receipt.user.value) == Some(Recognisable::Email))
}
