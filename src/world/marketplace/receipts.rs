//! Issuing: which claims a payment's receipt makes.

use std::fmt;

use crate::protocol::id::UserId;
use crate::protocol::identity::{DIRECTED_IDENTIFIER, IdentityInputs, UserClaim, user_value};
use crate::protocol::numeric_date::NumericDate;
use crate::protocol::receipt::{Product, Receipt, ReceiptType, SHORT_RECEIPT_LIFE};
use crate::protocol::store_data::StoreData;
use crate::protocol::time::Time;
use crate::world::catalog::{Catalog, Person};
use crate::world::marketplace::ledger::{Charge, NOBODY, Transaction};
use crate::world::party::Party;
use crate::world::scene::Scene;

/// The number of the app in the store's books.
const APP_NUMBER: u64 = 7;
/// The number that stands in receipts for trying things out.
const NO_APP: u64 = 0;

/// What the store needs to name a buyer. `Debug` shows nothing of it.
#[derive(Clone)]
pub(crate) struct Identities {
    /// The HMAC secret, which must be kept for ever.
    pub(crate) secret: [u8; 32],
    /// The random value kept for each (buyer, app): here one buyer, so one for each app.
    pub(crate) stored: String,
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identities").finish_non_exhaustive()
    }
}

/// The claims of a receipt for a completed payment, issued now.
pub(crate) fn claims(scene: &Scene, identities: &Identities, transaction: &Transaction) -> Receipt {
    let now = scene.clock_of(Party::Marketplace);
    let market = &scene.catalog.market;
    let storedata = StoreData::in_app(APP_NUMBER, transaction.contribution, transaction.product.as_str());
    if transaction.charge == Charge::Simulated {
        let data = StoreData::in_app(NO_APP, transaction.contribution, transaction.product.as_str());
        return trial(scene, (market.as_str(), &data), "ok");
    }
    Receipt {
        typ: ReceiptType::Purchase,
        product: Product::new(product_url(scene, transaction), &storedata),
        user: user(scene, identities, transaction),
        iss: market.as_str().to_owned(),
        nbf: date(if scene.rules().store.is_nbf_time_of_issue {
            now
        } else {
            completed_on_market_clock(scene, transaction)
        }),
        iat: date(now),
        exp: Some(date(now + scene.setup.receipt_life)),
        detail: Some(format!("{market}/receipts/{}", transaction.contribution)),
        verify: Some(scene.catalog.verify_url.clone()),
        reissue: Some(scene.catalog.reissue_url.clone()),
    }
}

/// The address of the app that was paid: as its store has it on file.
fn product_url<'a>(scene: &'a Scene, transaction: &'a Transaction) -> &'a str {
    let on_file = scene.setup.names.app.product_url.as_deref();
    on_file.filter(|_| transaction.app == scene.catalog.app).unwrap_or(transaction.app.as_str())
}

/// The claims of a receipt for trying things out: it names no buyer, lives a day, and its verify address has the answer in it.
pub(crate) fn trial(scene: &Scene, (url, storedata): (&str, &StoreData), status: &str) -> Receipt {
    let (now, market) = (scene.clock_of(Party::Marketplace), &scene.catalog.market);
    Receipt {
        typ: ReceiptType::Test,
        product: Product::new(url, storedata),
        user: UserClaim { kind: DIRECTED_IDENTIFIER.to_owned(), value: "none".to_owned() },
        iss: market.as_str().to_owned(),
        nbf: date(now),
        iat: date(now),
        exp: Some(date(now + SHORT_RECEIPT_LIFE)),
        detail: Some(format!("{market}/developers/test/receipts/details/")),
        verify: Some(format!("{market}/developers/test/receipts/verify/{status}/")),
        reissue: None,
    }
}

/// The data of a receipt for trying out a whole app.
pub(crate) fn trial_data() -> StoreData {
    StoreData::app(NO_APP)
}

/// The buyer of a payment, from the catalogue.
pub(crate) fn person<'a>(catalog: &'a Catalog, transaction: &Transaction) -> &'a Person {
    if transaction.buyer == catalog.other_person.id { &catalog.other_person } else { &catalog.buyer }
}

fn user(scene: &Scene, identities: &Identities, transaction: &Transaction) -> UserClaim {
    if transaction.buyer == UserId::from(NOBODY) {
        return UserClaim::anonymous();
    }
    let inputs = IdentityInputs {
        email: person(&scene.catalog, transaction).email,
        origin: transaction.app.as_str(),
        secret: &identities.secret,
        stored: &identities.stored,
        guid: &transaction.guid,
    };
    user_value(scene.setup.identity_in_force(), &inputs)
}

fn completed_on_market_clock(scene: &Scene, transaction: &Transaction) -> Time {
    let now = scene.clock_of(Party::Marketplace);
    // The store wrote the completion down by its own clock, which is ahead by as much then as now.
    transaction.completed.map_or(now, |completed| completed + (now - scene.now))
}

fn date(time: Time) -> NumericDate {
    NumericDate::at(time)
}
