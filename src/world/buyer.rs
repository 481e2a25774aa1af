//! The buyer: clicks, decides in the payment window, comes back later.

use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::money::Money;
use crate::protocol::time::Span;
use crate::world::character::BuyerCharacter;
use crate::world::event::Event;
use crate::world::message::{Body, Message};
use crate::world::party::Party;
use crate::world::scene::Scene;
use crate::world::wire::{Outbox, Reminder};

/// How long a buyer who pays at once looks at the price.
const GLANCE: Span = Span::from_millis(300);
/// When *charges back tomorrow* calls the bank.
const TOMORROW: Span = Span::from_days(1);

/// The human who pays, played by a character or by whoever sits at the window.
#[derive(Clone, Debug)]
pub struct Buyer {
    character: BuyerCharacter,
    window: Option<PaymentWindow>,
}

/// What the buyer sees in the trusted window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentWindow {
    /// The payment.
    pub transaction: TransactionId,
    /// The product's name as the pay request gives it.
    pub name: String,
    /// What will be charged.
    pub price: Money,
    /// PIN tries left, once one was wrong.
    pub tries_left: Option<u8>,
}

impl Buyer {
    pub(crate) fn new(character: BuyerCharacter) -> Self {
        Self { character, window: None }
    }

    /// How the buyer behaves.
    #[must_use]
    pub fn character(&self) -> BuyerCharacter {
        self.character
    }

    /// The payment window, while it is open.
    #[must_use]
    pub fn window(&self) -> Option<&PaymentWindow> {
        self.window.as_ref()
    }

    pub(crate) fn click_buy(product: &ProductId, out: &mut Outbox<'_>) {
        out.send(Party::Buyer, Party::AppPage, Body::BuyClicked { product: product.clone() });
    }

    pub(crate) fn confirm(&mut self, pin: &str, out: &mut Outbox<'_>) {
        self.act(out, |transaction| Body::PinEntered { transaction, pin: pin.to_owned() });
    }

    pub(crate) fn cancel(&mut self, out: &mut Outbox<'_>) {
        self.act(out, |transaction| Body::CancelPressed { transaction });
    }

    pub(crate) fn close_window(&mut self, out: &mut Outbox<'_>) {
        if self.window.take().is_none() {
            return ignore_without_window(out);
        }
        forget_decisions(out);
        out.send(Party::Buyer, Party::Device, Body::WindowClosed);
    }

    /// Takes on another character. A window that is open is decided anew.
    pub(crate) fn change(&mut self, character: BuyerCharacter, out: &mut Outbox<'_>) {
        self.character = character;
        forget_decisions(out);
        out.event(Event::BuyerChanged { character });
        if let Some(window) = &self.window {
            self.think_about(&window.transaction.clone(), out);
        }
    }

    pub(crate) fn open_history(out: &mut Outbox<'_>) {
        out.send(Party::Buyer, Party::Marketplace, Body::HistoryAsked);
    }

    pub(crate) fn request_receipt(transaction: &TransactionId, out: &mut Outbox<'_>) {
        let transaction = transaction.clone();
        out.send(Party::Buyer, Party::Marketplace, Body::ReceiptRequested { transaction });
    }

    /// Takes a message. Most of what a buyer is told needs no answer.
    pub(crate) fn handle(&mut self, message: &Message, out: &mut Outbox<'_>) {
        match &message.body {
            Body::PriceShown { transaction, name, price } => {
                let (transaction, name, price) = (transaction.clone(), name.clone(), *price);
                self.think_about(&transaction, out);
                self.window = Some(PaymentWindow { transaction, name, price, tries_left: None });
            }
            Body::PinRefused { left: 0, .. } => self.window = None,
            Body::PinRefused { left, transaction } => {
                if let Some(window) = &mut self.window {
                    window.tries_left = Some(*left);
                }
                if self.character == BuyerCharacter::WrongPinFiveTimes {
                    out.remind(GLANCE, Reminder::Decide { transaction: transaction.clone() });
                }
            }
            Body::AccessGranted { .. }
            | Body::AccessRefused { .. }
            | Body::HistoryAnswered { .. }
            | Body::ReceiptDenied { .. } => {}
            only_to!(app_page)
            | only_to!(device)
            | only_to!(app_server)
            | only_to!(marketplace)
            | only_to!(provider)
            | Body::BuyRefused { .. } => out.unexpected(Party::Buyer, message),
        }
    }

    /// The moment that the buyer set has come.
    pub(crate) fn decide(&mut self, scene: &Scene, out: &mut Outbox<'_>) {
        let Some(window) = &self.window else { return };
        match self.character {
            BuyerCharacter::PaysAtOnce | BuyerCharacter::PaysAfter(_) => self.confirm(scene.catalog.pin, out),
            BuyerCharacter::ChargesBackTomorrow => {
                let transaction = window.transaction.clone();
                self.confirm(scene.catalog.pin, out);
                out.remind(TOMORROW, Reminder::ChargeBack { transaction });
            }
            BuyerCharacter::WrongPinFiveTimes => self.mistype(out),
            BuyerCharacter::Cancels => self.cancel(out),
            BuyerCharacter::ClosesTheWindow => self.close_window(out),
            BuyerCharacter::NeverAnswers | BuyerCharacter::YouDecide => {}
        }
    }

    /// The device has closed the payment window.
    pub(crate) fn lose_window(&mut self, out: &mut Outbox<'_>) {
        forget_decisions(out);
        self.window = None;
    }

    fn think_about(&self, transaction: &TransactionId, out: &mut Outbox<'_>) {
        let span = match self.character {
            BuyerCharacter::NeverAnswers | BuyerCharacter::YouDecide => return,
            BuyerCharacter::PaysAfter(span) => span,
            BuyerCharacter::PaysAtOnce
            | BuyerCharacter::Cancels
            | BuyerCharacter::ClosesTheWindow
            | BuyerCharacter::WrongPinFiveTimes
            | BuyerCharacter::ChargesBackTomorrow => GLANCE,
        };
        out.remind(span, Reminder::Decide { transaction: transaction.clone() });
    }

    fn mistype(&mut self, out: &mut Outbox<'_>) {
        let wrong = "0000".to_owned();
        if let Some(window) = &self.window {
            let transaction = window.transaction.clone();
            out.send(Party::Buyer, Party::Marketplace, Body::PinEntered { transaction, pin: wrong });
        }
    }

    /// Sends what the buyer decided. The window stays until the marketplace ends it: a wrong PIN keeps it open.
    fn act(&mut self, out: &mut Outbox<'_>, body: impl FnOnce(TransactionId) -> Body) {
        let Some(window) = &self.window else { return ignore_without_window(out) };
        forget_decisions(out);
        out.send(Party::Buyer, Party::Marketplace, body(window.transaction.clone()));
    }
}

fn forget_decisions(out: &mut Outbox<'_>) {
    out.forget(|reminder| matches!(reminder, Reminder::Decide { .. }));
}

fn ignore_without_window(out: &mut Outbox<'_>) {
    out.event(Event::CommandIgnored { why: "No payment window is open" });
}
