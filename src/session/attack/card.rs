//! Cards: one attack each, with what the cheat does, what he hopes for, and the moves that carry it out.

use crate::protocol::dial::{Hosting, VerifyPolicy};
use crate::protocol::rules::{PresenterRule, Revision};
use crate::protocol::time::Span;
use crate::world::fault::armed::Fault;
use crate::world::kind::Kind;
use crate::world::party::Party;
use crate::world::planted::Planted;
use crate::world::setup::Setup;

/// One attack. Cards are data: whatever happens follows from ordinary commands.
#[derive(Clone, Copy, Debug)]
pub struct Card {
    /// Its name in files and on the command line.
    pub name: &'static str,
    /// What it is called on the screen.
    pub title: &'static str,
    /// What the cheat does, in one sentence.
    pub deed: &'static str,
    /// What he hopes for, in one sentence.
    pub hope: &'static str,
    /// The message at which it happens.
    pub on: Kind,
    /// The dials under which somebody stands in its way.
    pub stage: Stage,
    /// What is done, in order.
    pub moves: fn() -> Vec<Move>,
}

/// The dials under which a card meets a barrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Any.
    Any,
    /// Rules that ask who presents a receipt: those before the privacy changes.
    PresenterAsked,
    /// Classic payments: the price is what the seller signed, and no shelf of the store says otherwise.
    Classic,
    /// Hosted payments: the store's own server takes the notices.
    Hosted,
    /// An app that asks the store besides checking the signature.
    StoreAsked,
    /// An app that leaves the judgement to the store.
    StoreOnly,
}

/// One thing that is done, by the cheat or by those he cheats.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// Buys the product, pays, and waits until all is quiet.
    BuyAndPay,
    /// Buys the product, and leaves the payment window open.
    BuyAndLinger,
    /// Puts a receipt for the product into the device.
    Plant(Planted),
    /// Spoils a message on its way.
    Arm(Box<Fault>),
    /// Sets a clock wrong.
    Skew(Party, Span),
    /// Has the money of the latest payment given back.
    Refund,
    /// Posts a notice of his own making about the latest order.
    ForgeNotice,
    /// Opens the payment page again with the latest pay request, and pays.
    ReplayRequest,
    /// Lets the app look at what the device holds.
    Present,
    /// Waits until all is quiet.
    Rest,
}

impl Card {
    /// Whether a run with this set-up has somebody who could stop the card.
    #[must_use]
    pub fn is_at_home(&self, setup: &Setup) -> bool {
        self.stage.is_met(setup)
    }

    /// The set-up with the dials turned so that somebody could stop the card.
    #[must_use]
    pub fn at_home(&self, setup: &Setup) -> Setup {
        if self.is_at_home(setup) { setup.clone() } else { self.stage.set(setup) }
    }
}

impl Stage {
    /// The condition in a few words; empty where there is none.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::PresenterAsked => "rules before the privacy changes",
            Self::Classic => "classic payments",
            Self::Hosted => "hosted payments",
            Self::StoreAsked => "an app that asks the store too",
            Self::StoreOnly => "an app that asks only the store",
        }
    }

    fn is_met(self, setup: &Setup) -> bool {
        match self {
            Self::Any => true,
            Self::PresenterAsked => setup.rules().receipt.presenter == PresenterRule::Authenticate,
            Self::Classic => !setup.is_hosted(),
            Self::Hosted => setup.is_hosted(),
            Self::StoreAsked => setup.verify_policy_in_force() != VerifyPolicy::SignatureOnly,
            Self::StoreOnly => setup.verify_policy_in_force() == VerifyPolicy::StoreOnly,
        }
    }

    fn set(self, setup: &Setup) -> Setup {
        let setup = setup.clone();
        match self {
            Self::Any => setup,
            Self::PresenterAsked => Setup { revision: Revision::Before, ..setup },
            Self::Classic => Setup { hosting: Hosting::Classic, ..setup },
            Self::Hosted => Setup { hosting: Hosting::Hosted, ..setup },
            Self::StoreAsked => Setup { verify_policy: Some(VerifyPolicy::SignatureAndStore), ..setup },
            Self::StoreOnly => Setup { verify_policy: Some(VerifyPolicy::StoreOnly), ..setup },
        }
    }
}
