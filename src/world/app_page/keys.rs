//! Keys at the app: which of the store's keys it ends up with (D14).

use crate::protocol::id::Kid;
use crate::protocol::jwk::{JwkSet, RootDocument};
use crate::protocol::ring::KeyRing;
use crate::protocol::time::Time;
use crate::world::marketplace::store_keys::root_url;
use crate::world::scene::Scene;
use crate::world::setup::AppKeys;

/// The keys of the one issuer that the app asked. D14 may spoil what it keeps.
pub(crate) fn published(scene: &Scene, keys: &str) -> KeyRing {
    let issuer = match scene.setup.app_keys {
        AppKeys::IssuerUnknown => scene.catalog.other_app.clone(),
        AppKeys::FetchedBeforehand | AppKeys::Stale | AppKeys::Rotated => scene.catalog.market.clone(),
    };
    let mut ring = KeyRing::new();
    if let Ok(set) = JwkSet::parse(keys) {
        for jwk in set.keys() {
            // The historic set cannot say when a key was retired; a second key of one name is left out.
            let _ = ring.insert(issuer.clone(), jwk.key().clone());
        }
    } else if let Ok(root) = RootDocument::parse(keys, &root_url(&issuer)) {
        for jwk in root.keys() {
            ring.pin(Some(root_url(&issuer)), jwk.key().clone());
        }
    }
    ring
}

/// The store says that a key signs no more. An app with stale keys is one that did not hear it.
pub(crate) fn hear_of_rotation(scene: &Scene, keys: &mut KeyRing, old: &Kid, at: Time) {
    match scene.setup.app_keys {
        AppKeys::Stale | AppKeys::IssuerUnknown => {}
        AppKeys::FetchedBeforehand | AppKeys::Rotated => {
            keys.retire(&scene.catalog.market, old, at);
        }
    }
}
