//! Memory: what a client has in mind about receipts besides the receipts themselves, and what it finds by it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::protocol::client_error::{FxpayError, VerifierError};
use crate::protocol::dial::AppClient;
use crate::protocol::id::ProductId;
use crate::protocol::store_answer::StoreReply;
use crate::protocol::verdict::ladder::Verdict;
use crate::protocol::verdict::question::{CachedAnswer, Restores};
use crate::world::app_page::judging::unverified_product;
use crate::world::party::Party;
use crate::world::platform::{AppKind, LocalStorage, MozApps};
use crate::world::refusal::Refusal;
use crate::world::scene::Scene;

/// fxpay's list and receiptverifier's kept answers. The app's own client has nothing in mind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    /// What fxpay knows to be there: made when the app is opened, and never again.
    map: BTreeMap<ProductId, Arc<str>>,
    /// Which answers of the store receiptverifier has kept in local storage.
    kept: BTreeMap<Arc<str>, CachedAnswer>,
}

impl Memory {
    /// Makes fxpay's list: one receipt for each product, the last one that names it. Others are passed over.
    pub(crate) fn make_map(&mut self, receipts: &[Arc<str>]) {
        let named = |receipt: &Arc<str>| {
            let product = ProductId::parse(&unverified_product(receipt)?).ok()?;
            Some((product, Arc::clone(receipt)))
        };
        self.map = receipts.iter().filter_map(named).collect();
    }

    /// The answer that was kept for this receipt.
    pub(crate) fn kept(&self, receipt: &str) -> Option<CachedAnswer> {
        self.kept.get(receipt).copied()
    }

    /// Keeps the answer that led to this verdict, where the client does so and there is a place for it.
    pub(crate) fn keep(&mut self, scene: &Scene, receipt: &Arc<str>, verdict: &Verdict, reply: Option<&StoreReply>) {
        let has_place = scene.setup.device.local_storage != LocalStorage::Missing;
        let is_kept = scene.setup.client_rules().is_answer_kept && has_place && verdict.is_cacheable();
        if let Some(status) = reply.and_then(StoreReply::status).filter(|_| is_kept) {
            let at = scene.clock_of(Party::AppPage);
            self.kept.insert(Arc::clone(receipt), CachedAnswer { status, at });
        }
    }

    /// What the client finds for a product among the receipts that the device holds, the newest last.
    ///
    /// # Errors
    /// What breaks the client while it looks.
    pub(crate) fn found(
        &self,
        scene: &Scene,
        product: &ProductId,
        receipts: &[Arc<str>],
    ) -> Result<Vec<Arc<str>>, Refusal> {
        let (setup, device) = (&scene.setup, &scene.setup.device);
        let rules = setup.client_rules();
        if setup.client == AppClient::Receiptverifier {
            match device.moz_apps {
                MozApps::Works => {}
                MozApps::NotInstalled => return Err(VerifierError::NotInstalled.into()),
                MozApps::Missing => return Err(VerifierError::MozAppsNotSupported.into()),
                // The library trips over the error, and so it is as if there were no receipts.
                MozApps::Fails => return Ok(Vec::new()),
            }
        }
        if rules.is_corrupt_storage_fatal && device.local_storage == LocalStorage::Corrupt {
            return Err(FxpayError::SyntaxError.into());
        }
        if !rules.is_map_built_once {
            return Ok(chosen(scene, product, receipts));
        }
        if device.app_kind == AppKind::Hosted {
            return Err(FxpayError::InvalidAppOrigin.into());
        }
        match (setup.client_options.restores, receipts) {
            (Restores::App, [_, _, ..]) => Err(FxpayError::NotImplementedError.into()),
            (Restores::App, receipts) => Ok(receipts.to_vec()),
            (Restores::InAppProduct, _) => Ok(self.map.get(product).cloned().into_iter().collect()),
        }
    }
}

/// The receipts to look at for a product, the newest last: those that name it; else those that name none of this shop's, so
/// that a foreign one is judged too. The receipt of one product never stands for another.
fn chosen(scene: &Scene, product: &ProductId, receipts: &[Arc<str>]) -> Vec<Arc<str>> {
    let names = |receipt: &Arc<str>, id: &ProductId| unverified_product(receipt).as_deref() == Some(id.as_str());
    let own: Vec<Arc<str>> = receipts.iter().filter(|receipt| names(receipt, product)).cloned().collect();
    if !own.is_empty() {
        return own;
    }
    let names_another = |receipt: &Arc<str>| scene.catalog.shop().any(|other| names(receipt, &other.id));
    receipts.iter().filter(|receipt| !names_another(receipt)).cloned().collect()
}
