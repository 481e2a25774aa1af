//! Stories: what a finished run shows from outside, in a form that a test may doctor.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use paystage::protocol::id::Origin;
use paystage::protocol::jwk::JwkSet;
use paystage::protocol::time::{Span, Time};
use paystage::session::run::Session;
use paystage::world::app_server::Order;
use paystage::world::event::Event;
use paystage::world::marketplace::ledger::Transaction;
use paystage::world::message::{Body, Message};
use paystage::world::party::Party;
use paystage::world::setup::Setup;
use serde_json::Value;

/// Everything that the checkers look at.
#[derive(Clone)]
pub(super) struct Story {
    pub(super) setup: Setup,
    pub(super) app: Origin,
    pub(super) emails: [&'static str; 2],
    pub(super) events: Vec<Event>,
    pub(super) transactions: Vec<Transaction>,
    pub(super) orders: Vec<Order>,
    pub(super) balance_minor: u64,
    pub(super) keys: Vec<Key>,
    pub(super) is_at_rest: bool,
}

/// A public key of the store, read by another library than the one that wrote it.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) kid: String,
    pub(super) retired: Option<Time>,
    algorithm: Algorithm,
    public: DecodingKey,
}

impl Story {
    pub(super) fn of(session: &Session) -> Self {
        let world = session.world();
        let catalog = world.catalog();
        Self {
            setup: session.setup().clone(),
            app: catalog.app.clone(),
            emails: [catalog.buyer.email, catalog.other_person.email],
            events: session.past().iter().flat_map(|step| step.events.iter().cloned()).collect(),
            transactions: world
                .marketplace()
                .transactions()
                .iter()
                .map(|payment| Transaction::clone(payment))
                .collect(),
            orders: world.app_server().orders().values().map(|order| Order::clone(order)).collect(),
            balance_minor: world.provider().balance_minor(),
            keys: keys(session),
            is_at_rest: world.is_idle(),
        }
    }

    pub(super) fn sent(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.events.iter().filter_map(|event| if let Event::Sent { message } = event { Some(message) } else { None })
    }

    pub(super) fn delivered(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.events
            .iter()
            .filter_map(|event| if let Event::Delivered { message } = event { Some(message) } else { None })
    }

    /// The payment that a receipt says it is for, by the store's own number in it.
    pub(super) fn payment_of(&self, receipt: &str) -> Option<&Transaction> {
        let storedata = claims(receipt)?["product"]["storedata"].as_str()?.to_owned();
        let number: u64 = storedata.split('&').find_map(|pair| pair.strip_prefix("contrib="))?.parse().ok()?;
        self.transactions.iter().find(|transaction| transaction.contribution == number)
    }

    /// The store's key that signed this receipt, by the other library's word.
    pub(super) fn signer_of(&self, receipt: &str) -> Option<&Key> {
        let (input, signature) = receipt.rsplit_once('.')?;
        let is_signer = |key: &&Key| {
            jsonwebtoken::crypto::verify(signature, input.as_bytes(), &key.public, key.algorithm).unwrap_or(false)
        };
        self.keys.iter().find(is_signer)
    }

    /// Each receipt that a ladder accepted in the end, with the app's clock at that moment.
    pub(super) fn accepted(&self) -> Vec<(Arc<str>, Time)> {
        let mut ahead = self.setup.skew.get(&Party::AppPage).copied().unwrap_or(Span::ZERO);
        let mut accepted = Vec::new();
        for event in &self.events {
            match event {
                Event::ClockSkewed { party: Party::AppPage, ahead: now } => ahead = *now,
                Event::Sent { message } => {
                    if let Body::ReceiptJudged { receipt, verdict, .. } = &message.body
                        && verdict.is_accepted()
                    {
                        accepted.push((Arc::clone(receipt), message.sent + ahead));
                    }
                }
                _ => {}
            }
        }
        accepted
    }

    /// Whether this party's clock was right from the beginning to the end.
    pub(super) fn is_clock_right(&self, party: Party) -> bool {
        let was_set = |event: &Event| matches!(event, Event::ClockSkewed { party: whose, .. } if *whose == party);
        !self.setup.skew.contains_key(&party) && !self.events.iter().any(was_set)
    }
}

/// A receipt's claims, unverified.
pub(super) fn claims(receipt: &str) -> Option<Value> {
    let payload = receipt.rsplit('~').next()?.split('.').nth(1)?.to_owned();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

fn keys(session: &Session) -> Vec<Key> {
    let known = session.world().marketplace().keys();
    let published: Value = serde_json::from_str(&JwkSet::new(known.iter().map(|known| &known.key)).json()).unwrap();
    let read = |jwk: &Value| {
        let member = |name: &str| jwk[name].as_str().unwrap_or_default().to_owned();
        match jwk["kty"].as_str() {
            Some("OKP") => (Algorithm::EdDSA, DecodingKey::from_ed_components(&member("x")).unwrap()),
            Some("EC") => (Algorithm::ES256, DecodingKey::from_ec_components(&member("x"), &member("y")).unwrap()),
            other => panic!("a key of kind {other:?}"),
        }
    };
    let one = |(known, jwk): (&paystage::world::marketplace::store_keys::StoreKey, &Value)| {
        let (algorithm, public) = read(jwk);
        Key { kid: known.kid.to_string(), retired: known.retired, algorithm, public }
    };
    known.iter().zip(published["keys"].as_array().unwrap()).map(one).collect()
}
