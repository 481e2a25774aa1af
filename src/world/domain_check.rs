//! The domain check: how the payment server makes sure that a buy request comes from the app (D4), and how easily it is told.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::protocol::code::Refusal;
use crate::protocol::dial::DomainCheck;
use crate::protocol::id::{Origin, ProductId};
use crate::protocol::jwt::{HeaderExtras, Jwt, sign};
use crate::protocol::numeric_date::NumericDate;
use crate::protocol::signing_key::SigningKey;
use crate::protocol::time::{Span, Time};
use crate::world::chance::Chance;
use crate::world::party::Party;
use crate::world::provenance::Provenance;
use crate::world::scene::Scene;

/// The `typ` of an app's own token. Made up here: no store of the time had one.
pub(crate) const TOKEN_TYPE: &str = "paystage/buy/v1";
/// How long such a token is good.
const TOKEN_LIFE: Span = Span::from_seconds(300);
/// The stream of chance from which the app's key is drawn where the set-up brings none.
const KEY_STREAM: u64 = 64;

codes! {
    /// Why a buy request is taken for somebody else's. Nobody refused any at the time, so the codes are this simulator's own.
    pub ForeignCaller {
        OriginMissing = "ORIGIN_MISSING", "The buy request has no Origin header", "Send it from the app's own page";
        OriginForeign = "ORIGIN_FOREIGN", "The buy request comes from another origin", "Send it from the app's own page";
        RefererForeign = "REFERER_FOREIGN", "The page that the buy request names lies outside the app", "Send it from the app's own page";
        PathMissing = "PATH_MISSING", "The address of the buy request does not say which app it is for", "Put the app's origin into the address";
        PathForeign = "PATH_FOREIGN", "The address of the buy request names another app", "Put the app's own origin into the address";
        TokenMissing = "TOKEN_MISSING", "The buy request brings no token of the app", "Have the app sign the request";
        TokenForged = "TOKEN_FORGED", "The token was not signed with the app's key", "Sign with the app's own key, HS256";
        TokenForeign = "TOKEN_FOREIGN", "The token is for another product or another store", "Sign a token for this product and this store";
        TokenExpired = "TOKEN_EXPIRED", "The token is too old, or not yet good", "Sign a new token for each purchase";
    }
}

/// The claims of an app's own token.
#[derive(Serialize, Deserialize)]
struct BuyToken {
    iss: String,
    aud: String,
    typ: String,
    iat: NumericDate,
    exp: NumericDate,
    product: String,
}

/// What the simulated app page adds to its buy request, so that the policy of this run lets it in. Under no policy: nothing.
pub(crate) fn own_provenance(scene: &Scene, product: &ProductId) -> Provenance {
    let app = &scene.catalog.app;
    match scene.setup.domain_check {
        DomainCheck::None | DomainCheck::OriginHeader => Provenance::default(),
        DomainCheck::Referer => Provenance { referer: Some(format!("{app}/")), ..Provenance::default() },
        DomainCheck::OriginInPath => Provenance { path: Some(app.to_string()), ..Provenance::default() },
        DomainCheck::AppSignedToken => Provenance { token: own_token(scene, product), ..Provenance::default() },
    }
}

/// Whether this request comes from `app`, as far as the policy of this run can tell.
///
/// # Errors
/// What gave it away.
pub(crate) fn check(
    scene: &Scene,
    app: &Origin,
    (product, origin, told): (&ProductId, Option<&Origin>, &Provenance),
) -> Result<(), Refusal<ForeignCaller>> {
    match scene.setup.domain_check {
        DomainCheck::None => Ok(()),
        DomainCheck::OriginHeader => match origin {
            None => Err(ForeignCaller::OriginMissing.into()),
            Some(origin) if origin == app => Ok(()),
            Some(origin) => Err(Refusal::because_of(ForeignCaller::OriginForeign, origin)),
        },
        // It may be absent: browsers and their users leave it out for reasons of their own.
        DomainCheck::Referer => match &told.referer {
            Some(referer) if !lies_within(referer, app) => {
                Err(Refusal::because_of(ForeignCaller::RefererForeign, referer))
            }
            Some(_) | None => Ok(()),
        },
        DomainCheck::OriginInPath => match &told.path {
            None => Err(ForeignCaller::PathMissing.into()),
            Some(path) if path == app.as_str() => Ok(()),
            Some(path) => Err(Refusal::because_of(ForeignCaller::PathForeign, path)),
        },
        DomainCheck::AppSignedToken => check_token(scene, product, told.token.as_deref()),
    }
}

/// Whether an address lies at this origin: `https://pony.example.evil.net/` does not lie at `https://pony.example`.
fn lies_within(address: &str, app: &Origin) -> bool {
    let rest = address.strip_prefix(app.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

fn check_token(scene: &Scene, product: &ProductId, token: Option<&str>) -> Result<(), Refusal<ForeignCaller>> {
    let token = token.ok_or(ForeignCaller::TokenMissing)?;
    let key = own_key(scene).ok_or(ForeignCaller::TokenForged)?.verifying_key();
    let forged = |error| Refusal::because_of(ForeignCaller::TokenForged, error);
    let jwt = Jwt::parse(token).map_err(forged)?;
    let claims: BuyToken = jwt.verify(&key).and_then(|verified| verified.claims()).map_err(forged)?;
    let is_ours = claims.typ == TOKEN_TYPE && claims.aud == scene.catalog.market_domain;
    if !is_ours || claims.product != product.as_str() {
        return Err(Refusal::because_of(ForeignCaller::TokenForeign, &claims.product));
    }
    let now = NumericDate::at(scene.clock_of(Party::AppServer));
    if now < claims.iat || now >= claims.exp {
        return Err(ForeignCaller::TokenExpired.into());
    }
    Ok(())
}

fn own_token(scene: &Scene, product: &ProductId) -> Option<Arc<str>> {
    let claims = token_claims(scene, product, scene.clock_of(Party::AppPage));
    Some(sign(&claims, &own_key(scene)?, HeaderExtras::default()).ok()?.into())
}

fn token_claims(scene: &Scene, product: &ProductId, now: Time) -> BuyToken {
    BuyToken {
        iss: scene.catalog.app.to_string(),
        aud: scene.catalog.market_domain.clone(),
        typ: TOKEN_TYPE.to_owned(),
        iat: NumericDate::at(now),
        exp: NumericDate::at(now + TOKEN_LIFE),
        product: product.to_string(),
    }
}

/// The key that the app shares with the server: the set-up's, or one drawn from the seed.
fn own_key(scene: &Scene) -> Option<SigningKey> {
    let drawn = drawn_key(scene.setup.seed);
    let own = scene.setup.names.app.secret.as_ref().map(|secret| secret.expose().as_bytes());
    SigningKey::hs256(scene.catalog.app.as_str(), own.unwrap_or(&drawn)).ok()
}

/// The key that a run of this seed draws, where its set-up names none.
pub(crate) fn drawn_key(seed: u64) -> [u8; 32] {
    Chance::new(seed, KEY_STREAM).bytes()
}
