//! Reissue: how an expired receipt is traded for a fresh one.
//!
//! The whole verify comes first, with its order and its holes; the caller signs what comes out.

use crate::protocol::numeric_date::NumericDate;
use crate::protocol::receipt::Receipt;
use crate::protocol::rules::Rules;
use crate::protocol::store_answer::{Status, StoreAnswer};
use crate::protocol::time::{Span, Time};
use crate::protocol::verify_service::{Ledger, ServiceFault, VerifyService, answer, decode};

/// The reply to a receipt that was posted to be traded for a fresh one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reissue {
    /// HTTP 200: sign these claims and send them along with [`reissued_json`].
    Fresh(Box<Receipt>),
    /// HTTP 400, with the verify service's answer and an empty receipt.
    Refused(StoreAnswer),
}

impl Reissue {
    /// The HTTP status.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        match self {
            Self::Fresh(_) => 200,
            Self::Refused(_) => 400,
        }
    }
}

/// The whole verify, then: only an expired receipt is traded. The fresh one keeps user and product and gets new times.
///
/// `service.path` is the path that `verify` must name. The shipped code compared the path that was posted to, the reissue
/// address itself, so that a real receipt got `WRONG_PATH`; hand that path over to see it.
///
/// # Errors
/// As [`answer`].
pub fn reissue_answer(
    receipt: &str,
    service: &VerifyService<'_>,
    ledger: &Ledger<'_>,
    now: Time,
    rules: &Rules,
    life: Span,
) -> Result<Reissue, ServiceFault> {
    let answer = answer(receipt, service, ledger, now, rules)?;
    let decoded = decode(receipt, service, now, rules).ok().filter(|_| answer.status == Status::Expired);
    let fresh = decoded.and_then(|decoded| Receipt::read(decoded.payload.as_bytes()).ok());
    Ok(fresh.map_or(Reissue::Refused(answer), |old| Reissue::Fresh(Box::new(renewed(old, now, life, rules)))))
}

/// The same receipt with new times.
fn renewed(old: Receipt, now: Time, life: Span, rules: &Rules) -> Receipt {
    let iat = NumericDate::at(now);
    let nbf = if rules.store.is_nbf_time_of_issue { iat } else { old.nbf };
    Receipt { nbf, iat, exp: Some(NumericDate::at(now + life)), ..old }
}

/// The body of a reissue reply that trades: the status stays `expired`.
#[must_use]
pub fn reissued_json(fresh: &str) -> String {
    serde_json::json!({ "reason": "", "receipt": fresh, "status": Status::Expired.as_str() }).to_string()
}

/// The body of a reissue reply that refuses: the verify answer with an empty receipt.
#[must_use]
pub fn reissue_refused_json(answer: &StoreAnswer) -> String {
    let mut body = serde_json::json!({ "receipt": "", "status": answer.status.as_str() });
    if let (Some(reason), Some(members)) = (answer.reason, body.as_object_mut()) {
        members.insert("reason".to_owned(), reason.code().into());
    }
    body.to_string()
}
