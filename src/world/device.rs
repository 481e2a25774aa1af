//! The device: the user agent that brokers `mozPay` and keeps receipts.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::protocol::client_error::FxpayError;
use crate::protocol::device::{check_add, check_replace};
use crate::protocol::id::Origin;
use crate::protocol::mozpay::{MozPayError, Provider, broker};
use crate::protocol::request::PAY_TYPE;
use crate::world::catalog::Catalog;
use crate::world::event::Event;
use crate::world::message::{Body, Message, MessageId};
use crate::world::party::Party;
use crate::world::platform::{LocalStorage, MozPay, Platform, RECEIPTS_HELD_MAX};
use crate::world::refusal::Refusal;
use crate::world::setup::Setup;
use crate::world::wire::Outbox;

/// The user agent. Checks the form of what passes through it, never a signature.
#[derive(Clone, Debug)]
pub struct Device {
    receipts: Vec<Arc<str>>,
    platform: Platform,
    /// Whether whoever looks into local storage trips over nonsense.
    is_corruption_fatal: bool,
    providers: Vec<Provider>,
    /// Where its provider's payment page is from.
    market: Origin,
    /// Unset for a provider on this very machine, as developers did with `dom.payment.skipHTTPSCheck`.
    is_https_required: bool,
    /// The `mozPay` calls whose windows are open, by the message that opened each.
    calls: BTreeMap<MessageId, Arc<Message>>,
}

impl Device {
    pub(crate) fn new(setup: &Setup, catalog: &Catalog) -> Self {
        Self {
            receipts: held_receipts(setup.device.receipts_held.min(RECEIPTS_HELD_MAX), catalog),
            platform: setup.device.clone(),
            is_corruption_fatal: setup.client_rules().is_corrupt_storage_fatal,
            providers: providers(setup.device.moz_pay, catalog),
            market: catalog.market.clone(),
            is_https_required: !catalog.market.is_loopback(),
            calls: BTreeMap::new(),
        }
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
                    self.end_window(opening, failure.as_ref(), out);
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
                // As shipped, an app without any receipt gets no answer at all.
                if self.platform.is_empty_replace_silent && self.receipts.is_empty() {
                    return;
                }
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
        let offer = broker(&offered, &self.providers, self.is_https_required);
        let has_window = self.platform.moz_pay != MozPay::NoWindow;
        match offer
            .and_then(|choice| if has_window { Ok(choice) } else { Err(MozPayError::CreatePaymentGlueFailed.into()) })
        {
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

    /// The payment page has ended. Without `mozPay` it tells its opener by a message of its own.
    fn end_window(&mut self, opening: MessageId, failure: Option<&Refusal>, out: &mut Outbox<'_>) {
        if self.platform.moz_pay != MozPay::Missing {
            return self.settle(opening, failure.cloned(), out);
        }
        if self.calls.remove(&opening).is_some() {
            let status = if failure.is_none() { "ok" } else { "failed" };
            let code = failure.map(|refusal| refusal.code.to_owned());
            let body = Body::WindowPosted { origin: self.market.clone(), status: status.to_owned(), code };
            out.send(Party::Device, Party::AppPage, body);
        }
    }

    fn settle(&mut self, opening: MessageId, failure: Option<Refusal>, out: &mut Outbox<'_>) {
        if let Some(call) = self.calls.remove(&opening) {
            out.answer(&call, Body::PaySettled { failure });
        }
    }

    /// Keeps a receipt: where the agent has a store for them, by its rules; else in local storage, by none.
    fn add(&mut self, receipt: &Arc<str>) -> Result<(), Refusal> {
        if self.platform.keeps_receipts() {
            check_add(receipt, &self.receipts)?;
            self.receipts.push(Arc::clone(receipt));
            return Ok(());
        }
        match self.platform.local_storage {
            LocalStorage::Missing => return Err(FxpayError::PayPlatformUnavailable.into()),
            LocalStorage::Corrupt if self.is_corruption_fatal => return Err(FxpayError::SyntaxError.into()),
            LocalStorage::Corrupt | LocalStorage::Works => {}
        }
        if !self.receipts.contains(receipt) {
            self.receipts.push(Arc::clone(receipt));
        }
        Ok(())
    }

    /// The device is lost, and what it held with it. False where it held nothing.
    pub(crate) fn lose_receipts(&mut self) -> bool {
        !std::mem::take(&mut self.receipts).is_empty()
    }

    fn replace(&mut self, old: &Arc<str>, new: &Arc<str>) -> Result<(), Refusal> {
        let place = check_replace(old, new, &self.receipts)?;
        if let Some(stored) = self.receipts.get_mut(place) {
            *stored = Arc::clone(new);
        }
        Ok(())
    }
}

/// The payment providers that are registered with the device.
fn providers(moz_pay: MozPay, catalog: &Catalog) -> Vec<Provider> {
    let name = if moz_pay == MozPay::NamelessProvider { "" } else { "Market" };
    vec![Provider { name: name.to_owned(), uri: format!("{}/mozpay/?req=", catalog.market), typ: PAY_TYPE.to_owned() }]
}

/// Receipts of purchases before the run, in the order in which they were stored. Nobody signed them: the device does not look.
fn held_receipts(count: u32, catalog: &Catalog) -> Vec<Arc<str>> {
    let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let receipt = |number: u32| {
        let claims = serde_json::json!({
            "typ": "purchase-receipt",
            "product": { "url": catalog.app.as_str(), "storedata": format!("id=7&contrib={number}&inapp_id=held-{number}") },
            "user": { "type": "directed-identifier", "value": "anonymous-user" },
            "iss": catalog.market.as_str(),
            "nbf": 1,
            "iat": 1,
        });
        format!("{header}.{}.", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string())).into()
    };
    (0..count).map(receipt).collect()
}

fn note_refusal(done: Result<(), Refusal>, out: &mut Outbox<'_>) -> Option<Refusal> {
    let refusal = done.err()?;
    out.event(Event::Refused { by: Party::Device, refusal: refusal.clone() });
    Some(refusal)
}
