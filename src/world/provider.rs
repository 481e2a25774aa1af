//! The provider: moves the money, or does not.

use std::collections::BTreeMap;

use crate::protocol::id::TransactionId;
use crate::protocol::money::Money;
use crate::world::character::ProviderCharacter;
use crate::world::event::Event;
use crate::world::message::{Body, ChargeAnswer, Message};
use crate::world::party::Party;
use crate::world::scene::Scene;
use crate::world::wire::{Outbox, Reminder};

/// Who really charges the buyer. Keeps one account per payment, in minor units, and knows nothing of products.
#[derive(Clone, Debug, Default)]
pub struct Provider {
    accounts: BTreeMap<TransactionId, Account>,
}

/// What happened to the money of one payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// How much was asked for.
    pub price: Money,
    /// Whether the buyer was charged.
    pub is_charged: bool,
    /// Whether the buyer got it back.
    pub is_returned: bool,
}

impl Provider {
    /// The account of each payment that reached the provider.
    #[must_use]
    pub fn accounts(&self) -> &BTreeMap<TransactionId, Account> {
        &self.accounts
    }

    /// Minor units charged and not returned: what the buyers are poorer by.
    #[must_use]
    pub fn balance_minor(&self) -> u64 {
        let held = |account: &&Account| account.is_charged && !account.is_returned;
        self.accounts.values().filter(held).map(|account| account.price.minor).fold(0, u64::saturating_add)
    }

    /// Takes a message. `is_covered` tells whether there is money on the card that a payment is charged to.
    pub(crate) fn handle(
        &mut self,
        scene: &Scene,
        message: &Message,
        is_covered: &dyn Fn(&TransactionId) -> bool,
        out: &mut Outbox<'_>,
    ) {
        match &message.body {
            Body::ChargeAsked { transaction, price } => {
                let character =
                    if is_covered(transaction) { scene.setup.provider } else { ProviderCharacter::Declines };
                self.charge(character, transaction, *price, message, out);
            }
            Body::RefundAsked { transaction, .. } => {
                self.give_back(transaction, out);
                out.answer(message, Body::RefundAnswered { transaction: transaction.clone() });
            }
            only_to!(buyer)
            | only_to!(app_page)
            | only_to!(device)
            | only_to!(app_server)
            | only_to!(marketplace)
            | Body::BuyRefused { .. }
            | Body::HttpAnswered { .. }
            | Body::ReceiptDenied { .. } => out.unexpected(Party::Provider, message),
        }
    }

    /// A pending charge settles after all.
    pub(crate) fn settle(&mut self, transaction: &TransactionId, out: &mut Outbox<'_>) {
        self.take(transaction, out);
        let body = Body::ChargeAnswered { transaction: transaction.clone(), answer: ChargeAnswer::Charged };
        out.send(Party::Provider, Party::Marketplace, body);
    }

    /// The buyer's bank takes the money back.
    pub(crate) fn charge_back(&mut self, transaction: &TransactionId, out: &mut Outbox<'_>) {
        let is_held = self.accounts.get(transaction).is_some_and(|account| account.is_charged && !account.is_returned);
        if !is_held {
            return out.event(Event::CommandIgnored { why: "The provider holds no money of this payment" });
        }
        self.give_back(transaction, out);
        let body = Body::ChargebackReported { transaction: transaction.clone() };
        out.send(Party::Provider, Party::Marketplace, body);
    }

    fn charge(
        &mut self,
        character: ProviderCharacter,
        transaction: &TransactionId,
        price: Money,
        question: &Message,
        out: &mut Outbox<'_>,
    ) {
        // One account per payment: a charge that is asked for twice is answered twice and made once.
        self.accounts.entry(transaction.clone()).or_insert(Account { price, is_charged: false, is_returned: false });
        let answer = match character {
            ProviderCharacter::Charges => {
                self.take(transaction, out);
                ChargeAnswer::Charged
            }
            ProviderCharacter::Declines => ChargeAnswer::Declined,
            ProviderCharacter::LeadsElsewhere => ChargeAnswer::LedElsewhere,
            ProviderCharacter::LeavesPending => ChargeAnswer::Pending,
            ProviderCharacter::SettlesAfter(span) => {
                out.remind(span, Reminder::Settle { transaction: transaction.clone() });
                ChargeAnswer::Pending
            }
            ProviderCharacter::NeverAnswers => return,
        };
        out.answer(question, Body::ChargeAnswered { transaction: transaction.clone(), answer });
    }

    fn take(&mut self, transaction: &TransactionId, out: &mut Outbox<'_>) {
        let Some(account) = self.accounts.get_mut(transaction) else { return };
        if !account.is_charged {
            account.is_charged = true;
            out.event(Event::Charged { transaction: transaction.clone(), price: account.price });
        }
    }

    fn give_back(&mut self, transaction: &TransactionId, out: &mut Outbox<'_>) {
        let Some(account) = self.accounts.get_mut(transaction) else { return };
        if account.is_charged && !account.is_returned {
            account.is_returned = true;
            out.event(Event::Returned { transaction: transaction.clone(), price: account.price });
        }
    }
}
