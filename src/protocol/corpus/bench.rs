//! The bench: one good token with its keys, on which every forgery of its kind and algorithm begins.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::protocol::algorithm::Algorithm;
use crate::protocol::chain::{Certificate, Terms, join};
use crate::protocol::corpus::attack::{Attack, Class, Family, TokenKind};
use crate::protocol::corpus::members::{Members, quoted};
use crate::protocol::corpus::trust::{PROVIDER, ROOT, SELLER, Trust};
use crate::protocol::jwt::SignError;
use crate::protocol::notice::Notice;
use crate::protocol::request::{Offer, PayRequest};
use crate::protocol::signing_key::SigningKey;
use crate::protocol::time::Span;

/// How long ago good receipts were issued, and how long they live after now.
const AGE: Span = Span::from_seconds(600);
const LIFE: Span = Span::from_days(30);

/// A good token, taken apart, with what signs it.
#[derive(Debug)]
pub struct Bench<'a> {
    /// All keys of the plan.
    pub trust: &'a Trust,
    /// What the token is for.
    pub kind: TokenKind,
    /// What it is signed with.
    pub algorithm: Algorithm,
    /// The key that signs it.
    pub key: SigningKey,
    /// A key of the same algorithm and name that nobody trusts.
    pub forger: SigningKey,
    /// Its header.
    pub header: Members,
    /// Its claims.
    pub claims: Members,
    /// The certificate before it.
    pub certificate: Option<String>,
}

/// Header and claims, ready to be signed; either may be anything.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// The header as it will be encoded.
    pub header: &'a [u8],
    /// The claims as they will be encoded.
    pub claims: &'a [u8],
}

impl<'a> Bench<'a> {
    /// The bench for tokens of this kind and algorithm.
    ///
    /// # Errors
    /// [`SignError`] when a library refuses the stage's own keys.
    pub fn new(trust: &'a Trust, kind: TokenKind, algorithm: Algorithm) -> Result<Self, SignError> {
        let now = trust.plan().now;
        let (key, claims, certificate) = match kind {
            TokenKind::Receipt => (trust.key(algorithm)?, receipt(trust), None),
            TokenKind::Certified => {
                let key = trust.certified(algorithm)?;
                let terms = Terms { issuer: ROOT, price_limit: None, from: now - AGE, life: LIFE };
                let certificate = Certificate::new(&key.verifying_key(), terms);
                let certificate = certificate.map(|claims| claims.sign(&trust.root(algorithm)?)).transpose()?;
                (key, receipt(trust), certificate)
            }
            TokenKind::Request => (trust.key(algorithm)?, written(&request(trust))?, None),
            TokenKind::Notice => {
                let notice = Notice::postback(&request(trust), "webpay:7d1c", None, now);
                (trust.key(algorithm)?, written(&notice)?, None)
            }
        };
        let header = Members::default().with_text("alg", algorithm.name()).with_text("typ", "JWT");
        let header = if is_named(kind) { header.with_text("kid", key.kid().as_str()) } else { header };
        let forger = trust.forger(algorithm)?;
        Ok(Self { trust, kind, algorithm, key, forger, header, claims, certificate })
    }

    /// The good token.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn good(&self) -> Result<String, SignError> {
        self.signed(&self.header, &self.claims)
    }

    /// A token of this header and these claims, well signed.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn signed(&self, header: &Members, claims: &Members) -> Result<String, SignError> {
        self.signed_by(&self.key, header, claims)
    }

    /// The same, signed by another key.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn signed_by(&self, key: &SigningKey, header: &Members, claims: &Members) -> Result<String, SignError> {
        self.sealed(key, Draft { header: header.json().as_bytes(), claims: claims.json().as_bytes() })
    }

    /// A token of these bytes, whatever they are, well signed.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sealed(&self, key: &SigningKey, draft: Draft<'_>) -> Result<String, SignError> {
        let input = format!("{}.{}", encoded(draft.header), encoded(draft.claims));
        self.sealed_text(key, &input)
    }

    /// A token of this signing input, dot and all, well signed.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sealed_text(&self, key: &SigningKey, input: &str) -> Result<String, SignError> {
        let signature = key.sign(input.as_bytes())?;
        Ok(self.with_signature(input, &signature))
    }

    /// A token of this signing input with any bytes for a signature.
    #[must_use]
    pub fn with_signature(&self, input: &str, signature: &[u8]) -> String {
        self.behind_certificate(&format!("{input}.{}", encoded(signature)))
    }

    /// A token behind the bench's certificate, where it has one.
    #[must_use]
    pub fn behind_certificate(&self, token: &str) -> String {
        self.certificate.as_ref().map_or_else(|| token.to_owned(), |first| join(std::slice::from_ref(first), token))
    }

    /// The claims of a receipt for another product.
    #[must_use]
    pub fn claims_for(&self, url: &str) -> Members {
        self.claims.with("product", product(url))
    }
}

/// The attacks of one family, as they are made.
#[derive(Debug)]
pub struct Tray<'a> {
    bench: &'a Bench<'a>,
    family: Family,
    twin: String,
    attacks: Vec<Attack>,
}

impl<'a> Tray<'a> {
    /// An empty tray, the bench's own good token being the twin of all.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn new(bench: &'a Bench<'a>, family: Family) -> Result<Self, SignError> {
        Ok(Self { bench, family, twin: bench.good()?, attacks: Vec::new() })
    }

    /// Adds a forgery.
    pub fn add(&mut self, class: Class, token: String) {
        self.add_beside(class, token, self.twin.clone());
    }

    /// Adds a forgery with a twin of its own.
    pub fn add_beside(&mut self, class: Class, token: String, twin: String) {
        let Bench { kind, algorithm, .. } = *self.bench;
        self.attacks.push(Attack { class, family: self.family, kind, algorithm: Some(algorithm), token, twin });
    }

    /// What was added.
    #[must_use]
    pub fn attacks(self) -> Vec<Attack> {
        self.attacks
    }
}

/// base64url without padding. RFC 7515, 2.
#[must_use]
pub fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `product` of a receipt.
#[must_use]
pub fn product(url: &str) -> String {
    format!(r#"{{"url":{},"storedata":"id=7&contrib=42&inapp_id=pony"}}"#, quoted(url))
}

/// Seller and provider know each other's one secret; nobody names it.
fn is_named(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Receipt | TokenKind::Certified)
}

fn receipt(trust: &Trust) -> Members {
    let plan = trust.plan();
    let (from, until) = ((plan.now - AGE).seconds(), (plan.now + LIFE - AGE).seconds());
    let issuer = plan.issuer.as_str();
    Members::default()
        .with_text("typ", "purchase-receipt")
        .with("product", product(plan.app.as_str()))
        .with("user", r#"{"type":"directed-identifier","value":"4fb35151-2b9b-4ba2-8283-c49d381640bd"}"#)
        .with_text("iss", issuer)
        .with("nbf", from.to_string())
        .with("iat", from.to_string())
        .with("exp", until.to_string())
        .with_text("detail", &format!("{issuer}/receipts/42"))
        .with_text("verify", &format!("{issuer}/verify/"))
        .with_text("reissue", &format!("{issuer}/reissue/"))
}

fn request(trust: &Trust) -> PayRequest {
    let offer = Offer {
        id: "pony",
        name: "Shiny Pony",
        description: "A pony that shines",
        price_point: "10",
        postback_url: "https://pony.example/postback",
        chargeback_url: "https://pony.example/chargeback",
    };
    PayRequest::classic(SELLER, PROVIDER, offer, "sale=1", trust.plan().now)
}

fn written(claims: &impl serde::Serialize) -> Result<Members, SignError> {
    let json = serde_json::to_string(claims).map_err(|error| SignError::Claims(error.to_string()))?;
    Ok(Members::read(&json))
}
