//! Names: what a run calls its store and its app, and where those of them are to be found that sit outside.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::protocol::id::{Origin, ProductId};

/// The names of a run. The defaults are reserved ones (RFC 2606); a live run puts its own address here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Names {
    /// The store: `iss` of its receipts, and the origin of their `verify` and `reissue`.
    pub market: Origin,
    /// What stands before the store's paths at `market`: empty, or `/s/…` where one server has several stores.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub base: String,
    /// The provider's domain: `aud` of pay requests, `iss` of notices.
    pub provider: String,
    /// The app on the left.
    pub app: AppName,
    /// Where a store that sits outside takes requests; `None`: at `market`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketplace_url: Option<Origin>,
}

/// One app as its store knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AppName {
    /// Where it lives: `product.url` of its receipts.
    pub origin: Origin,
    /// What its store writes into `product.url`; `None`: the origin. A signing service takes nothing but an origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_url: Option<String>,
    /// Products that its developer has taken from the shelf.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<ProductId>,
    /// Whether its store has let it in, without which only trials can be bought.
    #[serde(skip_serializing_if = "is_public")]
    pub is_public: bool,
    /// Its application key: `iss` of its pay requests, `aud` of its notices.
    pub key: String,
    /// Its application secret, as the text that HMAC is keyed with; `None`: drawn from the seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
    /// Where it wants its notices; `None`: at `/postback` of its origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postback_url: Option<String>,
    /// Where it wants its chargebacks; `None`: at `/chargeback` of its origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chargeback_url: Option<String>,
    /// Where its server takes requests when it sits outside; `None`: at its origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_url: Option<Origin>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_public(is_public: &bool) -> bool {
    *is_public
}

/// A text that nobody but its owner may read. Printed and written as dots; `Setup::private_json` alone writes it out.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Secret(String);

/// What stands in the place of a secret.
const DOTS: &str = "••••";

/// Why a text can be nobody's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The file was written for others to read.
    #[error("the secret was masked when this was written; write the secret itself in its place")]
    Masked,
    /// There is nothing.
    #[error("a secret must not be empty")]
    Empty,
}

impl Secret {
    /// Keeps a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for keying an HMAC and for the private store.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Secret {
    type Error = SecretError;

    fn try_from(text: String) -> Result<Self, SecretError> {
        match text.as_str() {
            "" => Err(SecretError::Empty),
            DOTS => Err(SecretError::Masked),
            _ => Ok(Self(text)),
        }
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(DOTS)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(DOTS)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(DOTS)
    }
}

impl Default for Names {
    fn default() -> Self {
        Self {
            market: Origin::well_known("https://market.example"),
            base: String::new(),
            provider: "market.example".to_owned(),
            app: AppName::default(),
            marketplace_url: None,
        }
    }
}

impl Default for AppName {
    fn default() -> Self {
        Self {
            origin: Origin::well_known("https://pony.example"),
            product_url: None,
            withdrawn: Vec::new(),
            is_public: true,
            key: "pony-park-key".to_owned(),
            secret: None,
            postback_url: None,
            chargeback_url: None,
            server_url: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_dots_wherever_it_is_printed() {
        let app = AppName { secret: Some(Secret::new("hush-hush")), ..AppName::default() };
        assert!(!format!("{app:?}").contains("hush"));
        assert_eq!(Secret::new("hush-hush").to_string(), "••••");
    }
}
