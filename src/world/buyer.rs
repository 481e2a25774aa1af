//! The buyer: clicks, decides in the payment window, comes back later.

use std::collections::BTreeMap;

use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::money::Money;
use crate::protocol::time::Span;
use crate::world::character::BuyerCharacter;
use crate::world::event::Event;
use crate::world::message::{Body, Message, MessageId};
use crate::world::open_windows::OpenWindows;
use crate::world::party::Party;
use crate::world::scene::Scene;
use crate::world::wire::{Outbox, Reminder};

/// How long a buyer who pays at once looks at the price.
const GLANCE: Span = Span::from_millis(300);
/// When *charges back tomorrow* calls the bank.
const TOMORROW: Span = Span::from_days(1);
/// What a buyer types who has forgotten the PIN.
const WRONG_PIN: &str = "0000";

/// The human who pays, played by a character or by whoever sits at the window.
#[derive(Clone, Debug)]
pub struct Buyer {
    character: BuyerCharacter,
    windows: OpenWindows<PaymentWindow>,
    /// Who decides in windows that are being opened, where it is not the character of the run.
    guests: BTreeMap<MessageId, BuyerCharacter>,
    /// The payments in the list that the store showed last.
    history: Vec<TransactionId>,
}

/// What the buyer sees in the trusted window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentWindow {
    /// The payment.
    pub transaction: TransactionId,
    /// The message that opened it.
    pub opening: MessageId,
    /// The product's name as the pay request gives it.
    pub name: String,
    /// What will be charged.
    pub price: Money,
    /// PIN tries left, once one was wrong.
    pub tries_left: Option<u8>,
    /// Who decides here, where it is not the character of the run.
    pub guest: Option<BuyerCharacter>,
}

impl Buyer {
    pub(crate) fn new(character: BuyerCharacter) -> Self {
        Self { character, windows: OpenWindows::default(), guests: BTreeMap::new(), history: Vec::new() }
    }

    /// How the buyer behaves.
    #[must_use]
    pub fn character(&self) -> BuyerCharacter {
        self.character
    }

    /// The payment window that was opened last, while it is open.
    #[must_use]
    pub fn window(&self) -> Option<&PaymentWindow> {
        self.windows.newest()
    }

    /// The open window of this payment.
    #[must_use]
    pub fn window_of(&self, transaction: &TransactionId) -> Option<&PaymentWindow> {
        self.windows.get(transaction)
    }

    /// All open windows, in the order in which they were opened.
    pub fn windows(&self) -> impl Iterator<Item = &PaymentWindow> {
        self.windows.iter()
    }

    pub(crate) fn click_buy(product: &ProductId, out: &mut Outbox<'_>) {
        out.send(Party::Buyer, Party::AppPage, Body::BuyClicked { product: product.clone() });
    }

    pub(crate) fn confirm(&self, pin: &str, out: &mut Outbox<'_>) {
        match self.window() {
            None => ignore_without_window(out),
            Some(window) => type_pin(&window.transaction, pin, out),
        }
    }

    pub(crate) fn cancel(&self, out: &mut Outbox<'_>) {
        match self.window() {
            None => ignore_without_window(out),
            Some(window) => press_cancel(&window.transaction, out),
        }
    }

    pub(crate) fn close_window(&mut self, out: &mut Outbox<'_>) {
        match self.window().map(|window| window.transaction.clone()) {
            None => ignore_without_window(out),
            Some(transaction) => self.close(&transaction, out),
        }
    }

    /// The completed payments, oldest first, in the list that the store showed this buyer last.
    #[must_use]
    pub fn history(&self) -> &[TransactionId] {
        &self.history
    }

    /// Takes on another character. Windows that are open are decided anew, but for those where somebody else decides.
    pub(crate) fn change(&mut self, character: BuyerCharacter, out: &mut Outbox<'_>) {
        self.character = character;
        out.event(Event::BuyerChanged { character });
        for window in self.windows.iter().filter(|window| window.guest.is_none()) {
            forget_decision(&window.transaction, out);
            think_about(&window.transaction, character, out);
        }
    }

    /// Lets somebody else decide in the window that this message opens.
    pub(crate) fn play_at(&mut self, opening: MessageId, guest: BuyerCharacter) {
        self.guests.insert(opening, guest);
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
            Body::PriceShown { transaction, name, price, opening, .. } => {
                let (name, price, opening) = (name.clone(), *price, *opening);
                let (guest, transaction) = (self.guests.remove(&opening), transaction.clone());
                forget_decision(&transaction, out);
                think_about(&transaction, guest.unwrap_or(self.character), out);
                let window =
                    PaymentWindow { transaction: transaction.clone(), opening, name, price, tries_left: None, guest };
                self.windows.open(opening, &transaction, window);
            }
            Body::PinRefused { left: 0, transaction } => {
                self.windows.close(transaction);
            }
            Body::PinRefused { left, transaction } => {
                if let Some(window) = self.windows.get_mut(transaction) {
                    window.tries_left = Some(*left);
                }
                if self.character_at(transaction) == BuyerCharacter::WrongPinFiveTimes {
                    out.remind(GLANCE, Reminder::Decide { transaction: transaction.clone() });
                }
            }
            Body::HistoryAnswered { transactions } => self.history.clone_from(transactions),
            Body::AccessGranted { .. } | Body::AccessRefused { .. } | Body::ReceiptDenied { .. } => {}
            only_to!(app_page)
            | only_to!(device)
            | only_to!(app_server)
            | only_to!(marketplace)
            | only_to!(provider)
            | Body::BuyRefused { .. }
            | Body::HttpAnswered { .. } => out.unexpected(Party::Buyer, message),
        }
    }

    /// The moment that the buyer set has come.
    pub(crate) fn decide(&mut self, scene: &Scene, transaction: &TransactionId, out: &mut Outbox<'_>) {
        if self.windows.get(transaction).is_none() {
            return;
        }
        match self.character_at(transaction) {
            BuyerCharacter::PaysAtOnce | BuyerCharacter::PaysAfter(_) | BuyerCharacter::Declines => {
                type_pin(transaction, scene.catalog.pin, out);
            }
            BuyerCharacter::ChargesBackTomorrow => {
                type_pin(transaction, scene.catalog.pin, out);
                out.remind(TOMORROW, Reminder::ChargeBack { transaction: transaction.clone() });
            }
            BuyerCharacter::WrongPinFiveTimes => type_pin(transaction, WRONG_PIN, out),
            BuyerCharacter::Cancels => press_cancel(transaction, out),
            BuyerCharacter::ClosesTheWindow => self.close(transaction, out),
            BuyerCharacter::NeverAnswers | BuyerCharacter::YouDecide => {}
        }
    }

    /// The device has closed the payment window that this message opened.
    pub(crate) fn lose_window(&mut self, opening: MessageId, out: &mut Outbox<'_>) {
        self.guests.remove(&opening);
        if let Some(transaction) = self.windows.transaction_of(opening).cloned() {
            forget_decision(&transaction, out);
            self.windows.close(&transaction);
        }
    }

    /// Somebody at a payment page outside said this: the character has nothing to decide there any more.
    pub(crate) fn hear_page(&mut self, said: &Body, out: &mut Outbox<'_>) {
        if let Body::PinEntered { transaction, .. } | Body::CancelPressed { transaction } = said {
            forget_decision(transaction, out);
        }
        if let Body::WindowAbandoned { opening } = said {
            self.lose_window(*opening, out);
        }
    }

    /// Whether there is money on the card that this payment is charged to.
    pub(crate) fn can_pay(&self, transaction: &TransactionId) -> bool {
        self.character_at(transaction) != BuyerCharacter::Declines
    }

    /// Who decides about this payment.
    fn character_at(&self, transaction: &TransactionId) -> BuyerCharacter {
        self.windows.get(transaction).and_then(|window| window.guest).unwrap_or(self.character)
    }

    fn close(&mut self, transaction: &TransactionId, out: &mut Outbox<'_>) {
        forget_decision(transaction, out);
        if let Some(window) = self.windows.close(transaction) {
            out.send(Party::Buyer, Party::Device, Body::WindowClosed { opening: window.opening });
        }
    }
}

fn think_about(transaction: &TransactionId, character: BuyerCharacter, out: &mut Outbox<'_>) {
    let span = match character {
        BuyerCharacter::NeverAnswers | BuyerCharacter::YouDecide => return,
        BuyerCharacter::PaysAfter(span) => span,
        BuyerCharacter::PaysAtOnce
        | BuyerCharacter::Cancels
        | BuyerCharacter::ClosesTheWindow
        | BuyerCharacter::WrongPinFiveTimes
        | BuyerCharacter::Declines
        | BuyerCharacter::ChargesBackTomorrow => GLANCE,
    };
    out.remind(span, Reminder::Decide { transaction: transaction.clone() });
}

/// Types a PIN. The window stays until the marketplace ends it: a wrong one keeps it open.
fn type_pin(transaction: &TransactionId, pin: &str, out: &mut Outbox<'_>) {
    forget_decision(transaction, out);
    let body = Body::PinEntered { transaction: transaction.clone(), pin: pin.to_owned() };
    out.send(Party::Buyer, Party::Marketplace, body);
}

fn press_cancel(transaction: &TransactionId, out: &mut Outbox<'_>) {
    forget_decision(transaction, out);
    out.send(Party::Buyer, Party::Marketplace, Body::CancelPressed { transaction: transaction.clone() });
}

/// The decision about this window was made, by whomever.
fn forget_decision(about: &TransactionId, out: &mut Outbox<'_>) {
    out.forget(|reminder| matches!(reminder, Reminder::Decide { transaction } if transaction == about));
}

fn ignore_without_window(out: &mut Outbox<'_>) {
    out.event(Event::CommandIgnored { why: "No payment window is open" });
}
