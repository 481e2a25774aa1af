//! Refusals: why somebody said no, as a sentence first and a historic code second.

use serde::Serialize;

use crate::protocol::code::{Code, Refusal as Coded};
use crate::protocol::store_answer::StoreAnswer;
use crate::protocol::verdict::ladder::Verdict;

/// One no. Every list of reasons of the protocol can become one; nothing is refused without a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The historic name, as the other side receives it (`EXPIRED_JWT`).
    pub code: &'static str,
    /// What happened, plainly.
    pub sentence: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    /// The value that gave offence, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Box<str>>,
}

codes! {
    /// Why a party of this simulator said no where history left no code of its own.
    pub Stop {
        UnknownProduct = "UNKNOWN_PRODUCT", "There is no such product in this shop", "Use the slug of a product that the app sells";
        NotForSale = "NOT_FOR_SALE", "This product is not for sale at the moment", "Publish the app, and put the product back on the shelf";
        NotPaid = "NOT_PAID", "This payment has not been completed", "Wait for the notice before asking for the receipt";
        PollingGivenUp = "PURCHASE_TIMEOUT", "The app polled as often as it wanted and gave up", "Poll longer, or keep the transaction id and resume later";
        NoReceipt = "NO_RECEIPT", "The device holds no receipt for this product", "Get the receipt again from the purchase history";
        BadTestReceipt = "BAD_TEST_RECEIPT", "A test receipt is asked for with the manifest's address and a kind", "Send manifest_url with an http or https address, and receipt_type as none, ok, expired, invalid or refunded";
        RequestTimedOut = "API_REQUEST_TIMEOUT", "No answer came within the app's patience", "Ask again; the question may have been heard all the same";
        RequestFailed = "API_REQUEST_ERROR", "The connection broke before an answer came", "Ask again when the other side can be reached";
        BadResponse = "BAD_API_RESPONSE", "The answer is an HTTP error", "Look into the other side's log; ask again later";
        BadJson = "BAD_JSON_RESPONSE", "The answer is not what was asked for", "Compare the answer with what its address should say";
        SigningFailed = "SigningError", "The store could not sign the receipt", "Wait until the signing service is back, and ask again";
        NoSuchOrder = "LookupError", "The notice is about a purchase that nobody here began", "Copy productData from the pay request; it says which purchase is meant";
        OtherPayment = "LookupError", "The purchase was paid by another payment already", "Name the payment that paid it, or begin another purchase";
        NoticeCrash = "RequestExpired", "The marketplace's own server failed over a notice that has expired", "Deliver a fresh notice; an expired one is refused, not a reason to fail";
        ChargebackUnwritten = "NotImplementedError", "The marketplace's own server was never taught to take chargebacks", "Write down in the books what the notice says";
        NotReissued = "NOT_REISSUED", "The store did not reissue the receipt", "Only a genuine receipt that has expired is reissued";
    }
}

impl<C: Code> From<Coded<C>> for Refusal {
    fn from(refusal: Coded<C>) -> Self {
        let words = refusal.reason().words();
        Self { code: words.code, sentence: words.sentence, fix: words.fix, found: refusal.found().map(Box::from) }
    }
}

impl<C: Code> From<C> for Refusal {
    fn from(reason: C) -> Self {
        let words = reason.words();
        Self { code: words.code, sentence: words.sentence, fix: words.fix, found: None }
    }
}

impl Refusal {
    /// Why the store does not say `ok`.
    #[must_use]
    pub fn of_answer(answer: &StoreAnswer) -> Self {
        match answer.reason {
            Some(reason) => Self { code: reason.code(), sentence: reason.sentence(), fix: reason.fix(), found: None },
            None => Self { code: answer.status.as_str(), sentence: answer.status.sentence(), fix: "", found: None },
        }
    }

    /// Why this verdict keeps the product closed.
    #[must_use]
    pub fn of_verdict(verdict: &Verdict) -> Self {
        Self {
            code: verdict.code().unwrap_or("REFUSED"),
            sentence: verdict.headline(),
            fix: verdict.fix().unwrap_or_default(),
            found: None,
        }
    }
}
