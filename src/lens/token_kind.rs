//! Token kinds: what a token calls itself, or looks like when it does not say.

use serde_json::{Map, Value};

/// What a token is, by its own unverified word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenKind {
    /// Proves a purchase.
    Receipt,
    /// Vouches for a key.
    Certificate,
    /// Asks for money.
    PayRequest,
    /// Says that money was paid.
    Postback,
    /// Says that money was taken back.
    Chargeback,
    /// Public keys, not a token at all.
    KeyDocument,
    /// Some other token.
    Unknown,
    /// Nothing that can be decoded.
    Unreadable,
}

impl TokenKind {
    /// The kind in plain words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Receipt => "Receipt",
            Self::Certificate => "Certificate",
            Self::PayRequest => "Pay request",
            Self::Postback => "Notice of payment",
            Self::Chargeback => "Notice of chargeback",
            Self::KeyDocument => "Public keys",
            Self::Unknown => "Some other token",
            Self::Unreadable => "Nothing that can be decoded",
        }
    }

    /// The kind of these claims: by `typ` if it is one of ours, else by their shape.
    #[must_use]
    pub fn of(claims: &Map<String, Value>) -> Self {
        let typ = claims.get("typ").and_then(Value::as_str).unwrap_or_default();
        let has = |name: &str| claims.contains_key(name);
        match typ {
            "certified-key" => return Self::Certificate,
            _ if typ.ends_with("-receipt") => return Self::Receipt,
            _ if typ.ends_with("/postback/v1") => return Self::Postback,
            _ if typ.ends_with("/chargeback/v1") => return Self::Chargeback,
            _ if typ.ends_with("/payments/pay/v1") || typ.ends_with("/payments/inapp/v1") => return Self::PayRequest,
            _ => {}
        }
        if has("product") && has("user") {
            Self::Receipt
        } else if has("request") && has("response") {
            Self::Postback
        } else if has("request") {
            Self::PayRequest
        } else if has("jwk") && has("iss") {
            Self::Certificate
        } else if has("keys") || has("jwk") || has("kty") {
            Self::KeyDocument
        } else {
            Self::Unknown
        }
    }
}
