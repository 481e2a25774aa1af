//! Asking: whether the store is asked, where, and what its reply means to a strict reader.

use crate::protocol::claim::Claim;
use crate::protocol::claims::ReceiptClaims;
use crate::protocol::dial::VerifyPolicy;
use crate::protocol::id::Origin;
use crate::protocol::store_answer::{Reason, Status, StoreReply};
use crate::protocol::verdict::evidence::Evidence;
use crate::protocol::verdict::ladder::Finding;
use crate::protocol::verdict::loose;
use crate::protocol::verdict::question::Question;
use crate::protocol::verdict::said::quoted;
use crate::protocol::verdict::store_evidence::StoreEvidence;

/// The store's word, if the policy asks for it.
#[must_use]
pub fn store(claims: &ReceiptClaims<'_>, question: &Question<'_>) -> Finding {
    match question.policy {
        VerifyPolicy::SignatureOnly if question.rules.store.is_asking_discouraged => {
            return Finding::skipped(Evidence::Store(StoreEvidence::Discouraged));
        }
        VerifyPolicy::SignatureOnly => return Finding::skipped(Evidence::Store(StoreEvidence::NotInPolicy)),
        VerifyPolicy::SignatureAndStore | VerifyPolicy::StoreOnly => {}
    }
    if let Err(finding) = address(claims) {
        return finding;
    }
    match question.store_answer {
        None => Finding::awaited(Evidence::Store(StoreEvidence::NotAskedYet)),
        Some(StoreReply::Answer(answer)) if answer.status == Status::Ok => {
            Finding::passed(Evidence::Store(StoreEvidence::Says(Status::Ok, answer.reason)))
        }
        Some(reply) => {
            let (evidence, code) = refusal(reply);
            Finding::failed(Evidence::Store(evidence), code)
        }
    }
}

/// The address must lie at the issuer's origin or below it, label by label: a receipt must not choose its own judge.
fn address(claims: &ReceiptClaims<'_>) -> Result<(), Finding> {
    let failed = |evidence, code| Err(Finding::failed(Evidence::Store(evidence), code));
    let Claim::Text(url) = &claims.verify else { return failed(StoreEvidence::NoAddress, "ReceiptFormatError") };
    let issuer = claims.iss.text().and_then(|iss| Origin::parse(iss).ok());
    let own = Origin::parse(loose::origin(url)).ok();
    match (own, issuer) {
        (Some(own), Some(issuer)) if own.is_same_or_subdomain_of(&issuer) => Ok(()),
        (_, Some(issuer)) => {
            failed(StoreEvidence::ElsewhereThan { found: quoted(url), issuer }, "VerifyDomainMismatch")
        }
        (_, None) => failed(StoreEvidence::Unlisted(quoted(url)), "VerifyDomainMismatch"),
    }
}

/// What a reply other than `ok` means, with the name that receiptverifier gave it.
#[must_use]
pub fn refusal(reply: &StoreReply) -> (StoreEvidence, &'static str) {
    match reply {
        StoreReply::Answer(answer) => {
            let code = match answer.status {
                Status::Ok => "ok",
                Status::Pending => "pending",
                Status::Refunded => "Refunded",
                Status::Expired => "ReceiptExpired",
                Status::Invalid => answer.reason.map_or("InvalidFromStore", Reason::code),
            };
            (StoreEvidence::Says(answer.status, answer.reason), code)
        }
        StoreReply::UnknownStatus(_) => (StoreEvidence::NoAnswer("an unknown status"), "InvalidServerResponse"),
        StoreReply::NotAnObject => (StoreEvidence::NoAnswer("no JSON object"), "InvalidServerResponse"),
        StoreReply::NotJson => (StoreEvidence::NoAnswer("no JSON"), "InvalidServerResponse"),
        StoreReply::HttpStatus(status) => (StoreEvidence::HttpStatus(*status), "ServerStatusError"),
        StoreReply::Unreachable => (StoreEvidence::Unreachable, "ConnectionError"),
        StoreReply::TimedOut => (StoreEvidence::TimedOut, "RequestTimeout"),
    }
}
