//! Failures: the no inside a message, as a sentence first and a historic code second.

use crate::protocol::store_answer::{Status, StoreAnswer};
use crate::world::message::Body;
use crate::world::refusal::Refusal;

/// Why something did not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What happened, plainly.
    pub sentence: &'static str,
    /// The historic code; empty where history had none.
    pub code: &'static str,
    /// What to do about it; empty where nothing can be done.
    pub fix: &'static str,
}

impl Failure {
    /// The refusal that this message carries, if it carries one.
    ///
    /// An answer that is pending, a notice that will be sent again and a wrong PIN with tries left are no failures: the
    /// purchase goes on.
    #[must_use]
    pub fn of(body: &Body) -> Option<Self> {
        match body {
            Body::BuyRefused { refusal, .. }
            | Body::StoreRefused { refusal, .. }
            | Body::ReceiptDenied { refusal, .. }
            | Body::AccessRefused { refusal, .. }
            | Body::WindowEnded { failure: Some(refusal) }
            | Body::PaySettled { failure: Some(refusal) } => Some(Self::from(refusal)),
            Body::InstallAnswered { error } => error.as_ref().map(Self::from),
            Body::ReceiptJudged { verdict, .. } => verdict.failed().map(|_| Self::from(&Refusal::of_verdict(verdict))),
            Body::VerifyAnswered { answer } => Self::of_store(answer),
            Body::ReissueAnswered { answer, .. } => match answer.receipt {
                Some(_) => None,
                None => Self::of_store(answer).or(Some(NOT_REISSUED)),
            },
            Body::WindowEnded { failure: None }
            | Body::PaySettled { failure: None }
            | Body::KeysAsked
            | Body::KeysAnswered { .. }
            | Body::BuyClicked { .. }
            | Body::BuyAsked { .. }
            | Body::StartAsked { .. }
            | Body::StartAnswered { .. }
            | Body::BuyAnswered { .. }
            | Body::PayCalled { .. }
            | Body::WindowOpened { .. }
            | Body::PriceShown { .. }
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
            | Body::StatusAsked { .. }
            | Body::StatusAnswered { .. }
            | Body::ReceiptSought { .. }
            | Body::ReceiptSupplied { .. }
            | Body::InstallAsked { .. }
            | Body::ReplaceAsked { .. }
            | Body::ReceiptsAsked
            | Body::ReceiptsAnswered { .. }
            | Body::VerifyAsked { .. }
            | Body::AccessGranted { .. }
            | Body::HistoryAsked
            | Body::HistoryAnswered { .. }
            | Body::ReceiptRequested { .. }
            | Body::ReceiptHandedOver { .. }
            | Body::ReissueAsked { .. }
            | Body::RefundAsked { .. }
            | Body::RefundAnswered { .. }
            | Body::ChargebackReported { .. }
            | Body::WindowPosted { .. }
            | Body::KeyRotated { .. }
            | Body::HttpAnswered { .. }
            | Body::ProductsAsked { .. }
            | Body::ProductsAnswered { .. }
            | Body::ReceiptClaimed { .. }
            | Body::TestReceiptAsked { .. }
            | Body::TestReceiptIssued { .. }
            | Body::ReceiptPlanted { .. } => None,
        }
    }

    /// What the store holds against a receipt: the reason where it gives one, else its status.
    fn of_store(answer: &StoreAnswer) -> Option<Self> {
        match (answer.status, answer.reason) {
            (Status::Ok | Status::Pending, _) => None,
            (Status::Refunded | Status::Expired | Status::Invalid, Some(reason)) => {
                Some(Self { sentence: reason.sentence(), code: reason.code(), fix: reason.fix() })
            }
            (status @ (Status::Refunded | Status::Expired | Status::Invalid), None) => {
                Some(Self { sentence: status.sentence(), code: status.as_str(), fix: "" })
            }
        }
    }
}

/// What stands in a refusal for which history had no code.
const NO_CODE: &str = "REFUSED";
/// A receipt that is still good is not replaced.
const NOT_REISSUED: Failure = Failure {
    sentence: "The store does not reissue a receipt that is still good",
    code: "ok",
    fix: "Ask again when the receipt has expired",
};

impl From<&Refusal> for Failure {
    fn from(refusal: &Refusal) -> Self {
        let code = if refusal.code == NO_CODE { "" } else { refusal.code };
        Self { sentence: refusal.sentence, code, fix: refusal.fix }
    }
}
