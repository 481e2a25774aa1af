//! Provenance: what a buy request tells about where it comes from.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What a buy request tells about where it comes from, besides its `Origin` header. Nothing in it has been checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Provenance {
    /// The `Referer` header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referer: Option<String>,
    /// The app's origin as the address of the request spells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// A token that the app signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Arc<str>>,
}
