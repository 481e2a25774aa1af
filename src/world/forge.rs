//! The forger: receipts that did not come from the purchase in hand, genuine ones of others included.
//!
//! Nothing here breaks a signature: what looks genuine was signed by the store for somebody, and what was not is told apart.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::protocol::chain::Chain;
use crate::protocol::corpus::members::Members;
use crate::protocol::device::RECEIPT_BYTES_MAX;
use crate::protocol::id::ProductId;
use crate::protocol::jwt::{HeaderExtras, sign};
use crate::protocol::numeric_date::NumericDate;
use crate::protocol::receipt::{Receipt, ReceiptType};
use crate::protocol::signing_key::SigningKey;
use crate::protocol::time::Span;
use crate::protocol::verifying_key::VerifyingKey;
use crate::world::chance::Chance;
use crate::world::craft::{Craft, Workshop};
use crate::world::marketplace::Marketplace;
use crate::world::marketplace::flow::Foreign;
use crate::world::party::Party;
use crate::world::planted::Planted;
use crate::world::scene::Scene;

/// A receipt of this kind for `product`; `None` where the kind needs a genuine receipt and there is none yet.
pub(crate) fn receipt(
    scene: &Scene,
    market: &mut Marketplace,
    chance: &mut Chance,
    product: &ProductId,
    kind: &Planted,
) -> Option<Arc<str>> {
    let buyer = &scene.catalog.buyer;
    let own = Foreign { product: product.clone(), buyer: buyer.id.clone() };
    match kind {
        Planted::OtherApp => {
            let theirs = scene.catalog.products.iter().find(|product| product.app == scene.catalog.other_app)?;
            market.foreign_receipt(scene, Foreign { product: theirs.id.clone(), ..own }, |_| ())
        }
        Planted::OtherUser => {
            let theirs = Foreign { buyer: scene.catalog.other_person.id.clone(), ..own };
            market.foreign_receipt(scene, theirs, |_| ())
        }
        Planted::Expired => market.foreign_receipt(scene, own, |claims| age(scene, claims)),
        Planted::Test => market.foreign_receipt(scene, own, |claims| claims.typ = ReceiptType::Test),
        Planted::TooLong => market.foreign_receipt(scene, own, |claims| {
            claims.detail = Some(format!("{}/{}", scene.catalog.market, "0".repeat(RECEIPT_BYTES_MAX)));
        }),
        Planted::TwoCertificates => {
            let receipt = market.foreign_receipt(scene, own, |_| ())?;
            let (certificate, _) = receipt.split_once('~')?;
            Some(format!("{certificate}~{receipt}").into())
        }
        Planted::Forged => {
            let claims = genuine_claims(market.foreign_receipt(scene, own, |_| ())?.as_ref())?;
            let forger = SigningKey::ed25519(signing_kid(market), &chance.bytes());
            Some(sign(&claims, &forger, HeaderExtras { kid: true, ..HeaderExtras::default() }).ok()?.into())
        }
        Planted::Edited => edited(&market.foreign_receipt(scene, own, |_| ())?).map(Arc::from),
        Planted::Unsigned => {
            let claims = genuine_claims(market.foreign_receipt(scene, own, |_| ())?.as_ref())?;
            Some(unsigned(&claims)?.into())
        }
        Planted::Crafted(craft) => {
            let genuine = market.foreign_receipt(scene, own, |claims| prepare(scene, *craft, claims))?;
            let forger = SigningKey::ed25519(signing_kid(market), &chance.bytes());
            crafted(&genuine, *craft, (&market.keys().last()?.key, &forger)).map(Arc::from)
        }
        Planted::Text(text) => Some(text.as_str().into()),
    }
}

/// What a trick changes in the claims before it leaves the signature out.
fn prepare(scene: &Scene, craft: Craft, claims: &mut Receipt) {
    if craft == Craft::ExpiredUnsigned {
        age(scene, claims);
    }
    if craft == Craft::LookAlikeHost {
        let (market, path) = (&scene.catalog.market, &scene.catalog.verify_path);
        claims.verify = Some(format!("{}://{}.cheat.example{path}", market.scheme(), market.host()));
    }
}

/// The receipt as a trick writes it anew; the certificate before it stays.
fn crafted(genuine: &str, craft: Craft, (public, forger): (&VerifyingKey, &SigningKey)) -> Option<String> {
    let chain = Chain::split(genuine).ok()?;
    let (front, token) =
        genuine.rsplit_once('~').map_or((String::new(), genuine), |(front, token)| (format!("{front}~"), token));
    let header = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    let header = Members::read(std::str::from_utf8(&header).ok()?);
    let claims = Members::read(chain.receipt().unverified_claims_json());
    let workshop = Workshop { header, claims, public, forger };
    workshop.token(craft).map(|token| front + &token)
}

/// A receipt whose time ended an hour ago.
fn age(scene: &Scene, claims: &mut Receipt) {
    let now = scene.clock_of(Party::Marketplace);
    let issued = NumericDate::at(now - scene.setup.receipt_life - Span::from_seconds(3600));
    (claims.nbf, claims.iat) = (issued, issued);
    claims.exp = Some(NumericDate::at(now - Span::from_seconds(3600)));
}

fn signing_kid(market: &Marketplace) -> String {
    market.keys().last().map(|key| key.kid.as_str().to_owned()).unwrap_or_default()
}

fn genuine_claims(receipt: &str) -> Option<Receipt> {
    Receipt::read(Chain::split(receipt).ok()?.receipt().unverified_claims_json().as_bytes()).ok()
}

/// The genuine token with the buyer's claim edited, and the old signature kept.
fn edited(receipt: &str) -> Option<String> {
    let mut claims = genuine_claims(receipt)?;
    "somebody-else".clone_into(&mut claims.user.value);
    let (front, token) =
        receipt.rsplit_once('~').map_or((String::new(), receipt), |(front, token)| (format!("{front}~"), token));
    let mut parts = token.split('.');
    let (header, _, signature) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("{front}{header}.{}.{signature}", encoded(&claims)?))
}

/// The claims behind `alg: none` and an empty signature.
fn unsigned(claims: &Receipt) -> Option<String> {
    let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    Some(format!("{header}.{}.", encoded(claims)?))
}

fn encoded(claims: &Receipt) -> Option<String> {
    Some(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_string(claims).ok()?))
}
