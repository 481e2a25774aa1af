//! The device: the user agent that brokers `mozPay` and keeps receipts.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::protocol::device::{DeviceRefusal, check_add, check_replace};
use crate::protocol::mozpay::{MozPayError, Provider, broker};
use crate::protocol::request::PAY_TYPE;
use crate::world::catalog::Catalog;
use crate::world::event::Event;
use crate::world::message::{Body, Message, MessageId};
use crate::world::party::Party;
use crate::world::refusal::Refusal;
use crate::world::wire::Outbox;

/// The user agent. Checks the form of what passes through it, never a signature.
#[derive(Clone, Debug)]
pub struct Device {
    receipts: Vec<Arc<str>>,
    providers: Vec<Provider>,
    /// Unset for a provider on this very machine, as developers did with `dom.payment.skipHTTPSCheck`.
    is_https_required: bool,
    /// The `mozPay` calls whose windows are open, by the message that opened each.
    calls: BTreeMap<MessageId, Arc<Message>>,
}

impl Device {
    pub(crate) fn new(catalog: &Catalog) -> Self {
        let is_https_required = catalog.market.scheme() == "https";
        Self { receipts: Vec::new(), providers: providers(catalog), is_https_required, calls: BTreeMap::new() }
    }

    /// The receipts that are stored for the app, in the order in which they came.
    #[must_use]
    pub fn receipts(&self) -> &[Arc<str>] {
        &self.receipts
    }

    /// Whether this message opened a payment window that is still here.
    pub(crate) fn has_window(&self, opening: MessageId) -> bool {
        self.calls.contains_key(&opening)
    }

    pub(crate) fn handle(&mut self, message: &Arc<Message>, out: &mut Outbox<'_>) {
        match &message.body {
            Body::PayCalled { requests } => self.open_window(requests, message, out),
            Body::WindowEnded { failure } => {
                if let Some(opening) = message.answers {
                    self.settle(opening, failure.clone(), out);
                }
            }
            Body::WindowClosed { opening } => {
                out.send(Party::Device, Party::Marketplace, Body::WindowAbandoned { opening: *opening });
                self.settle(*opening, Some(MozPayError::DialogClosedByUser.into()), out);
            }
            Body::InstallAsked { receipt } => {
                let error = note_refusal(self.add(receipt), out);
                out.answer(message, Body::InstallAnswered { error });
            }
            Body::ReplaceAsked { old, new } => {
                let error = note_refusal(self.replace(old, new), out);
                out.answer(message, Body::InstallAnswered { error });
            }
            Body::ReceiptsAsked => {
                out.answer(message, Body::ReceiptsAnswered { receipts: self.receipts.clone() });
            }
            Body::ReceiptPlanted { receipt, .. } => {
                note_refusal(self.add(receipt), out);
            }
            only_to!(buyer)
            | only_to!(app_page)
            | only_to!(app_server)
            | only_to!(marketplace)
            | only_to!(provider)
            | Body::BuyRefused { .. }
            | Body::HttpAnswered { .. }
            | Body::ReceiptDenied { .. } => out.unexpected(Party::Device, message),
        }
    }

    fn open_window(&mut self, requests: &[Arc<str>], call: &Arc<Message>, out: &mut Outbox<'_>) {
        let offered: Vec<Option<&str>> = requests.iter().map(|request| Some(&**request)).collect();
        match broker(&offered, &self.providers, self.is_https_required) {
            Ok(choice) => {
                let Some(request) = requests.get(choice.index) else { return };
                let body = Body::WindowOpened { request: Arc::clone(request) };
                let opening = out.send(Party::Device, Party::Marketplace, body);
                self.calls.insert(opening, Arc::clone(call));
            }
            Err(error) => {
                let refusal = Refusal::from(error);
                out.event(Event::Refused { by: Party::Device, refusal: refusal.clone() });
                out.answer(call, Body::PaySettled { failure: Some(refusal) });
            }
        }
    }

    fn settle(&mut self, opening: MessageId, failure: Option<Refusal>, out: &mut Outbox<'_>) {
        if let Some(call) = self.calls.remove(&opening) {
            out.answer(&call, Body::PaySettled { failure });
        }
    }

    fn add(&mut self, receipt: &Arc<str>) -> Result<(), DeviceRefusal> {
        check_add(receipt, &self.receipts)?;
        self.receipts.push(Arc::clone(receipt));
        Ok(())
    }

    fn replace(&mut self, old: &Arc<str>, new: &Arc<str>) -> Result<(), DeviceRefusal> {
        let place = check_replace(old, new, &self.receipts)?;
        if let Some(stored) = self.receipts.get_mut(place) {
            *stored = Arc::clone(new);
        }
        Ok(())
    }
}

/// The payment providers that are registered with the device.
fn providers(catalog: &Catalog) -> Vec<Provider> {
    vec![Provider {
        name: "Market".to_owned(),
        uri: format!("{}/mozpay/?req=", catalog.market),
        typ: PAY_TYPE.to_owned(),
    }]
}

fn note_refusal(done: Result<(), DeviceRefusal>, out: &mut Outbox<'_>) -> Option<Refusal> {
    let refusal = Refusal::from(done.err()?);
    out.event(Event::Refused { by: Party::Device, refusal: refusal.clone() });
    Some(refusal)
}
