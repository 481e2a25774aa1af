//! Judging: what the app brings to the ladder when it looks at a receipt.

use crate::protocol::chain::Chain;
use crate::protocol::money::Money;
use crate::protocol::receipt::Receipt;
use crate::protocol::ring::KeyRing;
use crate::protocol::store_answer::StoreReply;
use crate::protocol::store_data::StoreData;
use crate::protocol::verdict::fxpay::trusted;
use crate::protocol::verdict::judge;
use crate::protocol::verdict::ladder::Verdict;
use crate::protocol::verdict::question::{CachedAnswer, Client, Presenter, Question};
use crate::world::party::Party;
use crate::world::platform::AppKind;
use crate::world::scene::Scene;
use crate::world::setup::PresenterChoice;

/// Whom the historic clients let themselves be sent to, and whose receipts they take: texts that a question borrows.
pub(crate) struct Sites<'a> {
    check: [&'a str; 1],
    issuers: Option<Vec<&'a str>>,
}

impl<'a> Sites<'a> {
    /// This store, and none of the real ones; and the issuers of the app's manifest.
    pub(crate) fn of(scene: &'a Scene) -> Self {
        let issuers = scene.setup.device.installs_allowed_from.as_ref();
        Self {
            check: [scene.catalog.market.as_str()],
            issuers: issuers.map(|issuers| issuers.iter().map(String::as_str).collect()),
        }
    }
}

/// What the app holds in its hands while it judges.
pub(crate) struct Held<'a> {
    /// Its keys.
    pub(crate) keys: &'a KeyRing,
    /// The receipt.
    pub(crate) receipt: &'a str,
    /// What the store replied, once it was asked.
    pub(crate) reply: Option<&'a StoreReply>,
    /// What it replied some time ago.
    pub(crate) kept: Option<CachedAnswer>,
}

/// Judges as the app does.
pub(crate) fn judged(scene: &Scene, held: &Held<'_>) -> Verdict {
    judge(&question(scene, &Sites::of(scene), held))
}

/// What fxpay makes of a receipt that it has just bought.
pub(crate) fn believed(scene: &Scene, held: &Held<'_>) -> Verdict {
    trusted(&question(scene, &Sites::of(scene), held))
}

/// Everything that the app's judgement of a receipt depends on.
pub(crate) fn question<'a>(scene: &'a Scene, sites: &'a Sites<'a>, held: &Held<'a>) -> Question<'a> {
    let setup = &scene.setup;
    let options = setup.client_options;
    let is_numbered = setup.device.app_kind == AppKind::PackagedWithoutOrigin;
    Question {
        policy: setup.verify_policy_in_force(),
        profile: setup.profile_in_force(),
        presenter: presenter(scene),
        store_answer: held.reply,
        switched_off: setup.checks_off,
        allowed_issuers: sites.issuers.as_deref(),
        price: price(scene, held.receipt),
        client: Client {
            product_url: options.is_product_compared.then_some(scene.catalog.app.as_str()),
            receipt_check_sites: &sites.check,
            verify_service: Some((scene.catalog.market.authority(), &scene.catalog.verify_path)),
            cached: held.kept,
            restores: options.restores,
            own_origin: is_numbered.then_some(NUMBERED_ORIGIN),
            has_prompter: options.has_prompter,
        },
        ..Question::new(held.receipt, held.keys, &scene.catalog.app, scene.clock_of(Party::AppPage), scene.rules())
    }
}

/// How fxpay called a package of the store that declares no origin: by the store's number of it.
const NUMBERED_ORIGIN: &str = "marketplace:6f0d2a1e-0000-4000-8000-000000000007";

/// Who holds the receipt up (D13).
fn presenter(scene: &Scene) -> Presenter<'_> {
    let asserted = |email| Presenter::Asserted { email, identifier: None };
    match scene.setup.presenter {
        PresenterChoice::Buyer => asserted(scene.catalog.buyer.email),
        PresenterChoice::OtherUser => asserted(scene.catalog.other_person.email),
        PresenterChoice::BuyerWithoutAssertion | PresenterChoice::OtherUserWithoutAssertion => {
            Presenter::WithoutAssertion
        }
    }
}

/// What the receipt's product costs in the shop. Asked for certificates alone, which may limit it.
fn price(scene: &Scene, receipt: &str) -> Option<Money> {
    let named = unverified_product(receipt.contains('~').then_some(receipt)?)?;
    scene.catalog.products.iter().find(|product| product.id.as_str() == named).map(|product| product.price)
}

/// Which product a stored receipt says it opens, read as the historic client did: from the store's own data, unverified.
pub(crate) fn unverified_product(receipt: &str) -> Option<String> {
    let chain = Chain::split(receipt).ok()?;
    let receipt = Receipt::read(chain.receipt().unverified_claims_json().as_bytes()).ok()?;
    StoreData::parse(receipt.product.storedata.as_deref()?).inapp_id().map(str::to_owned)
}
