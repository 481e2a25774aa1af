//! Names: what a run calls its store and its app, and where those of them are to be found that sit outside.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::protocol::id::Origin;

/// The names of a run. The defaults are reserved ones (RFC 2606); a live run puts its own address here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Names {
    /// The store: `iss` of its receipts, and the origin of their `verify` and `reissue`.
    pub market: Origin,
    /// The provider's domain: `aud` of pay requests, `iss` of notices.
    pub provider: String,
    /// The app on the left.
    pub app: AppName,
    /// Where a store that sits outside takes requests; `None`: at `market`.
    pub marketplace_url: Option<Origin>,
}

/// One app as its store knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AppName {
    /// Where it lives: `product.url` of its receipts.
    pub origin: Origin,
    /// Its application key: `iss` of its pay requests, `aud` of its notices.
    pub key: String,
    /// Its application secret, as the text that HMAC is keyed with; `None`: drawn from the seed.
    pub secret: Option<Secret>,
    /// Where it wants its notices; `None`: at `/postback` of its origin.
    pub postback_url: Option<String>,
    /// Where it wants its chargebacks; `None`: at `/chargeback` of its origin.
    pub chargeback_url: Option<String>,
    /// Where its server takes requests when it sits outside; `None`: at its origin.
    pub server_url: Option<Origin>,
}

/// A text that nobody but its owner may read. Shown as dots; written out only where a run is stored for its owner.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

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

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••")
    }
}

impl Default for Names {
    fn default() -> Self {
        Self {
            market: Origin::well_known("https://market.example"),
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
