//! Judging: what the app brings to the ladder when it looks at a receipt.

use crate::protocol::chain::Chain;
use crate::protocol::receipt::Receipt;
use crate::protocol::ring::KeyRing;
use crate::protocol::store_answer::StoreReply;
use crate::protocol::store_data::StoreData;
use crate::protocol::verdict::question::{Client, Presenter, Question};
use crate::world::party::Party;
use crate::world::scene::Scene;
use crate::world::setup::PresenterChoice;

/// Where the historic client lets itself be sent to ask: this store, and none of the real ones.
pub(crate) fn sites(scene: &Scene) -> [&str; 1] {
    [scene.catalog.market.as_str()]
}

/// Everything that the app's judgement of a receipt depends on.
pub(crate) fn question<'a>(
    scene: &'a Scene,
    sites: &'a [&'a str],
    (keys, receipt, reply): (&'a KeyRing, &'a str, Option<&'a StoreReply>),
) -> Question<'a> {
    let setup = &scene.setup;
    Question {
        policy: setup.verify_policy_in_force(),
        profile: setup.profile_in_force(),
        presenter: presenter(scene),
        store_answer: reply,
        switched_off: setup.checks_off,
        client: Client {
            product_url: Some(scene.catalog.app.as_str()),
            receipt_check_sites: sites,
            verify_service: Some((scene.catalog.market.authority(), &scene.catalog.verify_path)),
            ..Client::default()
        },
        ..Question::new(receipt, keys, &scene.catalog.app, scene.clock_of(Party::AppPage), scene.rules())
    }
}

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

/// Which product a stored receipt says it opens, read as the historic client did: from the store's own data, unverified.
pub(crate) fn unverified_product(receipt: &str) -> Option<String> {
    let chain = Chain::split(receipt).ok()?;
    let receipt = Receipt::read(chain.receipt().unverified_claims_json().as_bytes()).ok()?;
    StoreData::parse(receipt.product.storedata.as_deref()?).inapp_id().map(str::to_owned)
}
