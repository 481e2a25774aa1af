//! Planted receipts: what an attacker, or bad luck, may put into a device.

use serde::{Deserialize, Serialize};

use crate::world::craft::Craft;

/// Receipts that an attacker, or bad luck, may put into the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Planted {
    /// Genuine, but bought in another app.
    OtherApp,
    /// Genuine and for this app, but bought by somebody else.
    OtherUser,
    /// Right claims, signed with a key that is not the store's.
    Forged,
    /// The genuine receipt with one claim edited and the old signature kept.
    Edited,
    /// Right claims, `alg: none`, no signature.
    Unsigned,
    /// A genuine receipt whose time is over.
    Expired,
    /// A genuine receipt of typ `test-receipt`.
    Test,
    /// A genuine receipt that its store wrote far too long.
    TooLong,
    /// The genuine receipt behind two certificates.
    TwoCertificates,
    /// Made without the store's key, by one of the known tricks.
    Crafted(Craft),
    /// Any text.
    Text(String),
}
