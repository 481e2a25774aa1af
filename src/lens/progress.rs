//! Progress: the nine phases of a purchase, and how far one has come at any place of a run.

use crate::world::message::Body;

/// A stretch of the way from the click to the door, in the order in which a purchase meets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// The buyer clicks.
    Buy,
    /// The app gets a signed pay request.
    PayRequest,
    /// The payment window, the charge, the notice.
    MozPay,
    /// The app asks whether it is completed.
    Poll,
    /// The receipt is made and handed over.
    Receipt,
    /// The device stores it.
    Install,
    /// The app checks it.
    Verify,
    /// The app opens the product, or does not.
    Access,
    /// An old receipt is traded for a fresh one.
    Reissue,
}

/// How far a purchase is with one phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PhaseState {
    /// Not reached.
    #[default]
    Future,
    /// Under way.
    Current,
    /// Behind us.
    Done,
    /// Ended with a no.
    Failed,
}

/// How far one purchase has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The state of each phase, in the order of [`Phase::ALL`].
    pub states: [PhaseState; 9],
    /// The phase that the present message belongs to; `None` before the first click.
    pub current: Option<Phase>,
}

/// Where a message stands on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stand {
    /// It takes the purchase to this phase, forward or back.
    At(Phase),
    /// It goes on behind the scenes: at least this phase, or the later one that the purchase is in.
    AtLeast(Phase),
    /// It belongs to whatever the purchase is in.
    Anywhere,
}

impl Phase {
    /// The nine, in order.
    pub const ALL: [Self; 9] = [
        Self::Buy,
        Self::PayRequest,
        Self::MozPay,
        Self::Poll,
        Self::Receipt,
        Self::Install,
        Self::Verify,
        Self::Access,
        Self::Reissue,
    ];

    /// The word in the progress bar.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Buy => "Buy",
            Self::PayRequest => "Pay request",
            Self::MozPay => "mozPay",
            Self::Poll => "Poll",
            Self::Receipt => "Receipt",
            Self::Install => "Install",
            Self::Verify => "Verify",
            Self::Access => "Access",
            Self::Reissue => "Reissue",
        }
    }

    /// What happens in it, for the tooltip.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Buy => "The buyer clicks Buy in the app",
            Self::PayRequest => "The app gets a signed token that says what to pay, and to whom",
            Self::MozPay => "The payment window opens, the buyer confirms, the money moves",
            Self::Poll => "The app asks again and again whether the payment is completed",
            Self::Receipt => "The marketplace signs the proof of purchase and hands it over",
            Self::Install => "The device stores the receipt, so that it outlives the visit",
            Self::Verify => "The app checks the receipt before it believes it",
            Self::Access => "The app opens what was bought, or says why not",
            Self::Reissue => "A receipt that has expired is traded for a fresh one",
        }
    }

    fn index(self) -> usize {
        Self::ALL.iter().position(|phase| *phase == self).unwrap_or_default()
    }
}

impl Progress {
    /// The state of one phase.
    #[must_use]
    pub fn state(&self, phase: Phase) -> PhaseState {
        self.states.get(phase.index()).copied().unwrap_or_default()
    }

    /// The progress after one more message.
    pub(crate) fn after(self, body: &Body, has_failed: bool) -> Self {
        if let Body::BuyClicked { .. } = body {
            return Self::default().entering(Phase::Buy, false);
        }
        let phase = match (stand(body), self.current) {
            (Stand::At(phase), _) | (Stand::AtLeast(phase), None) => phase,
            (Stand::AtLeast(phase), Some(current)) if phase > current => phase,
            // What goes on behind the scenes decides nothing twice: an open product stays open, a refused one refused.
            (Stand::AtLeast(_), Some(current)) => return if has_failed { self.failed_at(current) } else { self },
            (Stand::Anywhere, _) => return self,
        };
        // A product that is open is not on its way any more, so its phase stands finished while it is shown.
        let entered = self.entering(phase, has_failed);
        if let Body::AccessGranted { .. } = body { entered.with(phase, PhaseState::Done) } else { entered }
    }

    /// The same with its current phase failed, unless that was over.
    pub(crate) fn failed(self) -> Self {
        self.current.map_or(self, |phase| self.failed_at(phase))
    }

    fn failed_at(self, phase: Phase) -> Self {
        if self.state(phase) == PhaseState::Current { self.with(phase, PhaseState::Failed) } else { self }
    }

    fn entering(self, phase: Phase, has_failed: bool) -> Self {
        let left = match self.current {
            Some(current) if current != phase && self.state(current) == PhaseState::Current => {
                self.with(current, PhaseState::Done)
            }
            Some(_) | None => self,
        };
        let state = if has_failed { PhaseState::Failed } else { PhaseState::Current };
        Self { current: Some(phase), ..left.with(phase, state) }
    }

    fn with(mut self, phase: Phase, state: PhaseState) -> Self {
        if let Some(slot) = self.states.get_mut(phase.index()) {
            *slot = state;
        }
        self
    }
}

/// Where this message stands on the way.
pub(crate) fn stand(body: &Body) -> Stand {
    match body {
        Body::BuyClicked { .. } => Stand::At(Phase::Buy),
        Body::BuyAsked { .. }
        | Body::StartAsked { .. }
        | Body::StartAnswered { .. }
        | Body::BuyAnswered { .. }
        | Body::BuyRefused { .. } => Stand::At(Phase::PayRequest),
        Body::PayCalled { .. } | Body::WindowOpened { .. } => Stand::At(Phase::MozPay),
        Body::PriceShown { .. }
        | Body::PinEntered { .. }
        | Body::PinRefused { .. }
        | Body::CancelPressed { .. }
        | Body::WindowClosed { .. }
        | Body::WindowAbandoned { .. }
        | Body::ChargeAsked { .. }
        | Body::ChargeAnswered { .. }
        | Body::NoticeSent { .. }
        | Body::NoticeAnswered { .. }
        | Body::OwnerMailed { .. }
        | Body::WindowEnded { .. }
        | Body::PaySettled { .. } => Stand::AtLeast(Phase::MozPay),
        Body::StatusAsked { .. } | Body::StatusAnswered { receipt: None, .. } => Stand::At(Phase::Poll),
        Body::StatusAnswered { receipt: Some(_), .. }
        | Body::ReceiptSought { .. }
        | Body::ReceiptSupplied { .. }
        | Body::ReceiptDenied { .. }
        | Body::ReceiptRequested { .. }
        | Body::ReceiptHandedOver { .. } => Stand::At(Phase::Receipt),
        Body::InstallAsked { .. }
        | Body::ReplaceAsked { .. }
        | Body::InstallAnswered { .. }
        | Body::ReceiptPlanted { .. } => Stand::At(Phase::Install),
        Body::ReceiptsAsked
        | Body::ReceiptsAnswered { .. }
        | Body::ReceiptJudged { .. }
        | Body::VerifyAsked { .. }
        | Body::VerifyAnswered { .. } => Stand::At(Phase::Verify),
        Body::AccessGranted { .. } | Body::AccessRefused { .. } => Stand::At(Phase::Access),
        Body::ReissueAsked { .. } | Body::ReissueAnswered { .. } => Stand::At(Phase::Reissue),
        Body::KeysAsked
        | Body::KeysAnswered { .. }
        | Body::HistoryAsked
        | Body::HistoryAnswered { .. }
        | Body::RefundAsked { .. }
        | Body::RefundAnswered { .. }
        | Body::ChargebackReported { .. }
        | Body::WindowPosted { .. }
        | Body::KeyRotated { .. }
        | Body::ProductsAsked { .. }
        | Body::ProductsAnswered { .. }
        | Body::ReceiptClaimed { .. }
        | Body::TestReceiptAsked { .. }
        | Body::TestReceiptIssued { .. }
        | Body::StoreRefused { .. }
        | Body::HttpAnswered { .. } => Stand::Anywhere,
    }
}
