//! Verdicts: whether a receipt opens an app, climbed check by check, with the evidence for each.
//!
//! Judging is total: whatever the receipt holds, there is a verdict. It asks no clock, no network and no store: what the store
//! answered is part of the question. What a claim says is called unverified until a signature vouches for it.

pub mod question;
pub mod check;
pub mod said;
pub mod token_evidence;
pub mod claim_evidence;
pub mod store_evidence;
pub mod evidence;
pub mod remark;
pub mod ladder;
pub mod loose;
pub mod spelling;
pub mod token;
pub mod contents;
pub mod asking;
pub mod strict;
pub mod fxpay;
pub mod receiptverifier;
pub mod store_like;

use crate::protocol::dial::Profile;
use crate::protocol::verdict::ladder::Verdict;
use crate::protocol::verdict::question::Question;

/// Judges a receipt by the question's profile. Never fails and never panics.
#[must_use]
pub fn judge(question: &Question<'_>) -> Verdict {
    match question.profile {
        Profile::Strict => strict::judge(question),
        Profile::Fxpay => fxpay::judge(question),
        Profile::Receiptverifier => receiptverifier::judge(question),
        Profile::Store => store_like::judge(question),
    }
}
