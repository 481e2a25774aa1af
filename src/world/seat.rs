//! Seats: which parties are played here, and which by somebody's own program.

use serde::{Deserialize, Serialize};

use crate::world::party::Party;

/// Who plays a party.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seat {
    /// This world does.
    #[default]
    Simulated,
    /// A program outside does: what is sent there leaves the stage, and what it says comes in as recorded input.
    External,
}

/// The three places that somebody's own program can take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Seats {
    /// The app's page with the user agent that it runs in.
    pub app_page: Seat,
    /// The developer's server (classic mode).
    pub app_server: Seat,
    /// The store, with its payment server in hosted mode, and whoever moves money for it.
    pub marketplace: Seat,
}

impl Seats {
    /// Whether this party sits outside.
    #[must_use]
    pub fn is_outside(self, party: Party, is_hosted: bool) -> bool {
        let seat = match party {
            Party::Buyer => Seat::Simulated,
            Party::AppPage | Party::Device => self.app_page,
            Party::AppServer if is_hosted => self.marketplace,
            Party::AppServer => self.app_server,
            Party::Marketplace | Party::Provider => self.marketplace,
        };
        seat == Seat::External
    }

    /// Whether anybody at all sits outside.
    #[must_use]
    pub fn has_external(self) -> bool {
        [self.app_page, self.app_server, self.marketplace].contains(&Seat::External)
    }
}

/// Why a set-up cannot be played with programs outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeatError {
    /// Every pay request of that server would be refused, and none of our notices believed.
    #[error(
        "A server in the app server's seat signs pay requests with a secret that must be known here, and none was told"
    )]
    SecretUnknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_device_goes_with_the_page() {
        let seats = Seats { app_page: Seat::External, ..Seats::default() };
        let outside = Party::ALL.map(|party| seats.is_outside(party, true));
        assert_eq!(outside, [false, true, true, false, false, false]);
    }

    #[test]
    fn hosted_the_payment_server_goes_with_the_store() {
        let seats = Seats { marketplace: Seat::External, ..Seats::default() };
        assert!(seats.is_outside(Party::AppServer, true));
        assert!(!seats.is_outside(Party::AppServer, false));
    }
}
