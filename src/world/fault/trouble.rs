//! Troubles: what can be wrong with a party rather than with a message.

use serde::{Deserialize, Serialize};

use crate::world::party::Party;

/// Something that is wrong with a party while it is armed. A wrong clock is [`crate::world::command::Command::Skew`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// Every HTTP question to the marketplace is answered 503.
    MarketplaceDown,
    /// The marketplace cannot sign receipts: `SigningError`, answered 500.
    SignerDown,
    /// The clock of the marketplace's signing service is behind its own: `SigningError`, since receipts are dated ahead.
    SignerBehind,
    /// Nobody listens where the app server should be.
    AppServerAbsent,
    /// The marketplace signs with another key, and the app was not told.
    KeyRotated,
    /// The certificate over the receipt key has run out.
    CertificateExpired,
    /// The root that certifies the receipt key was exchanged, at the same address.
    RootRotated,
    /// The app server has lost its payment secret and made another, which the marketplace does not know.
    SecretLost,
    /// The marketplace has lost its books.
    LedgerLost,
    /// The device was lost, and the receipts with it. A new one is empty.
    DeviceLost,
    /// The app's device has no network.
    Offline,
    /// The payment secret was exchanged for another while requests were on their way.
    SecretRotated,
    /// The marketplace knows the seller, but does no business with it any more.
    SellerInactive,
    /// The seller's key may only simulate payments.
    KeySimulatesOnly,
    /// The payment server simulates no payments.
    SimulationsOff,
    /// The payment server is closed, as for a device that it does not serve.
    PaymentsOff,
}

impl Trouble {
    /// All of them, in menu order.
    pub const ALL: [Self; 16] = [
        Self::MarketplaceDown,
        Self::SignerDown,
        Self::SignerBehind,
        Self::AppServerAbsent,
        Self::KeyRotated,
        Self::CertificateExpired,
        Self::SecretLost,
        Self::LedgerLost,
        Self::DeviceLost,
        Self::Offline,
        Self::SecretRotated,
        Self::SellerInactive,
        Self::KeySimulatesOnly,
        Self::SimulationsOff,
        Self::PaymentsOff,
        Self::RootRotated,
    ];

    /// Its word in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::MarketplaceDown => "marketplace-down",
            Self::SignerDown => "signer-down",
            Self::SignerBehind => "signer-behind",
            Self::AppServerAbsent => "app-server-absent",
            Self::KeyRotated => "key-rotated",
            Self::CertificateExpired => "certificate-expired",
            Self::RootRotated => "root-rotated",
            Self::SecretLost => "secret-lost",
            Self::LedgerLost => "ledger-lost",
            Self::DeviceLost => "device-lost",
            Self::Offline => "offline",
            Self::SecretRotated => "secret-rotated",
            Self::SellerInactive => "seller-inactive",
            Self::KeySimulatesOnly => "key-simulates-only",
            Self::SimulationsOff => "simulations-off",
            Self::PaymentsOff => "payments-off",
        }
    }

    /// Who is in trouble.
    #[must_use]
    pub fn party(self) -> Party {
        match self {
            Self::MarketplaceDown
            | Self::SignerDown
            | Self::SignerBehind
            | Self::KeyRotated
            | Self::CertificateExpired
            | Self::RootRotated
            | Self::LedgerLost
            | Self::SellerInactive
            | Self::KeySimulatesOnly
            | Self::SimulationsOff
            | Self::PaymentsOff => Party::Marketplace,
            Self::AppServerAbsent | Self::SecretLost | Self::SecretRotated => Party::AppServer,
            Self::DeviceLost => Party::Device,
            Self::Offline => Party::AppPage,
        }
    }

    /// Whether it changes its party from within, rather than meeting the messages that come to it.
    #[must_use]
    pub fn is_inward(self) -> bool {
        match self {
            Self::MarketplaceDown | Self::AppServerAbsent | Self::Offline => false,
            Self::SignerDown
            | Self::SignerBehind
            | Self::KeyRotated
            | Self::CertificateExpired
            | Self::RootRotated
            | Self::SecretLost
            | Self::LedgerLost
            | Self::DeviceLost
            | Self::SecretRotated
            | Self::SellerInactive
            | Self::KeySimulatesOnly
            | Self::SimulationsOff
            | Self::PaymentsOff => true,
        }
    }

    /// What is wrong, in a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::MarketplaceDown => "The marketplace is down",
            Self::SignerDown => "The marketplace cannot sign receipts",
            Self::SignerBehind => "The clock of the signing service is a second behind the marketplace's",
            Self::AppServerAbsent => "Nobody listens at the app server's address",
            Self::KeyRotated => "The marketplace changed its key and told nobody",
            Self::CertificateExpired => "The certificate over the receipt key has run out",
            Self::RootRotated => "Another root key is published where the old one was",
            Self::SecretLost => "The app server lost its secret and made a new one",
            Self::LedgerLost => "The marketplace lost its books",
            Self::DeviceLost => "The device was lost, and its receipts with it",
            Self::Offline => "The app's device has no network",
            Self::SecretRotated => "The app's payment secret was changed, at its server and at the marketplace",
            Self::SellerInactive => "The marketplace does no more business with the seller",
            Self::KeySimulatesOnly => "The seller's key may only simulate payments",
            Self::SimulationsOff => "The payment server simulates no payments",
            Self::PaymentsOff => "The payment server is closed for this device",
        }
    }
}
