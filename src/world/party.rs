//! The parties: six lanes, left to right, as the page orders them.

use serde::{Deserialize, Serialize};

/// A lane of the flow: somebody who says something to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// The human who pays.
    Buyer,
    /// The app's page in the browser: sells, polls, verifies, grants.
    AppPage,
    /// The user agent: `mozPay` and the receipt store.
    Device,
    /// Classic mode: the developer's server. Hosted mode: the marketplace's own payment server.
    AppServer,
    /// The store: payment window, ledger, receipts, verify service.
    Marketplace,
    /// Who really moves the money.
    Provider,
}

impl Party {
    /// All lanes, left to right.
    pub const ALL: [Self; 6] =
        [Self::Buyer, Self::AppPage, Self::Device, Self::AppServer, Self::Marketplace, Self::Provider];

    /// The name on the lane's head; [`lane_label`](Self::lane_label) knows the hosting.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Buyer => "Buyer",
            Self::AppPage => "App page",
            Self::Device => "Device",
            Self::AppServer => "App server",
            Self::Marketplace => "Marketplace",
            Self::Provider => "Provider",
        }
    }

    /// The name on the lane's head: in hosted mode the app server's lane is the marketplace's payment server.
    #[must_use]
    pub fn lane_label(self, is_hosted: bool) -> &'static str {
        if is_hosted && self == Self::AppServer { "Payment server" } else { self.label() }
    }
}
