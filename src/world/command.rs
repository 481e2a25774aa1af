//! Commands: everything that may be asked of the world, from any door.

use serde::{Deserialize, Serialize};

use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::time::{Span, Time};
use crate::world::character::BuyerCharacter;
use crate::world::fault::armed::{Fault, FaultId};
use crate::world::input::Input;
use crate::world::message::MessageId;
use crate::world::party::Party;
use crate::world::planted::Planted;

/// One request to the world. Imperative, recorded, and complete: the same commands give the same run.
///
/// A command never fails. What cannot be done becomes an event that says why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Command {
    /// The app is opened for the first time: it obtains the store's keys. The first command of every run.
    Start,
    /// Delivers the next arrow: time moves to whatever is due next.
    Step,
    /// Lets time pass, up to `span`, without delivering anything: stops short of the next thing that is due.
    Wait {
        /// How long at the most.
        span: Span,
    },
    /// The buyer clicks Buy.
    Buy {
        /// What is bought.
        product: ProductId,
    },
    /// The buyer confirms in the payment window.
    Confirm {
        /// Four digits. Simulated, so it is recorded as it is.
        pin: String,
    },
    /// The buyer presses Cancel in the payment window.
    Cancel,
    /// The buyer closes the payment window.
    CloseWindow,
    /// From now on the buyer behaves like this.
    ChangeBuyer {
        /// The character.
        character: BuyerCharacter,
    },
    /// The marketplace gives the money back.
    Refund {
        /// Which payment.
        transaction: TransactionId,
    },
    /// The buyer's bank takes the money back.
    ChargeBack {
        /// Which payment.
        transaction: TransactionId,
    },
    /// The buyer opens the list of completed in-app payments.
    OpenHistory,
    /// The buyer asks for the receipt of a completed payment again.
    GetReceipt {
        /// Which payment.
        transaction: TransactionId,
    },
    /// The app checks again what it has for this product, as it does at each start.
    VerifyAgain {
        /// Which product.
        product: ProductId,
    },
    /// The app is closed and opened again.
    Reopen,
    /// The app trades its receipt for a fresh one.
    Reissue {
        /// Which product.
        product: ProductId,
    },
    /// The marketplace changes its receipt key. The old one is retired, not forgotten.
    RotateKey,
    /// The app fetches the store's keys again.
    FetchKeys,
    /// Somebody puts a receipt into the device that did not come from this purchase.
    Plant {
        /// The product that it shall open.
        product: ProductId,
        /// What kind of receipt.
        receipt: Planted,
    },
    /// Sets one party's clock wrong.
    Skew {
        /// Whose clock.
        party: Party,
        /// How far ahead of the true time; negative is behind.
        ahead: Span,
    },
    /// Something shall go wrong from now on.
    Arm {
        /// What.
        fault: Fault,
    },
    /// Takes an armed fault away. What it held is let go, what it broke is mended.
    Disarm {
        /// Its number.
        fault: FaultId,
    },
    /// Takes every armed fault away.
    ClearFaults,
    /// Lets a message go that a fault holds.
    Release {
        /// The message.
        message: MessageId,
    },
    /// Somebody's own program said something. Recorded input: a replay needs nobody outside.
    Receive {
        /// What the true clock shows at least; never moves it back.
        at: Time,
        /// What was said.
        input: Input,
    },
}

/// What can be done with a payment that was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentDeed {
    /// The marketplace gives the money back.
    Refund,
    /// The buyer's bank takes the money back.
    ChargeBack,
    /// The buyer asks for the receipt again.
    GetReceipt,
}

impl PaymentDeed {
    /// Its word in a scenario.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::ChargeBack => "charge-back",
            Self::GetReceipt => "get-receipt",
        }
    }

    /// The command that does it with this payment.
    #[must_use]
    pub fn with(self, transaction: TransactionId) -> Command {
        match self {
            Self::Refund => Command::Refund { transaction },
            Self::ChargeBack => Command::ChargeBack { transaction },
            Self::GetReceipt => Command::GetReceipt { transaction },
        }
    }
}

impl Command {
    /// What it does with which payment. Payments are numbered by the seed, so whoever does the same in another run names another
    /// one. `None` for a command that names none.
    #[must_use]
    pub fn payment_deed(&self) -> Option<(PaymentDeed, &TransactionId)> {
        match self {
            Self::Refund { transaction } => Some((PaymentDeed::Refund, transaction)),
            Self::ChargeBack { transaction } => Some((PaymentDeed::ChargeBack, transaction)),
            Self::GetReceipt { transaction } => Some((PaymentDeed::GetReceipt, transaction)),
            Self::Start
            | Self::Step
            | Self::Wait { .. }
            | Self::Buy { .. }
            | Self::Confirm { .. }
            | Self::Cancel
            | Self::CloseWindow
            | Self::ChangeBuyer { .. }
            | Self::OpenHistory
            | Self::VerifyAgain { .. }
            | Self::Reopen
            | Self::Reissue { .. }
            | Self::RotateKey
            | Self::FetchKeys
            | Self::Plant { .. }
            | Self::Skew { .. }
            | Self::Arm { .. }
            | Self::Disarm { .. }
            | Self::ClearFaults
            | Self::Release { .. }
            | Self::Receive { .. } => None,
        }
    }
}
