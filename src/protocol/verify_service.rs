//! The verify service: what the store answers when somebody posts a receipt.
//!
//! Pure: the ledger is a question that the caller answers. Which holes the service has is data of the revision's rules.

use crate::protocol::chain::Chain;
use crate::protocol::chain_as_built::{AsBuilt, part_read, verify_as_built};
use crate::protocol::chain_rules::{self, verify_designed};
use crate::protocol::claim::Claim;
use crate::protocol::claims::ReceiptClaims;
use crate::protocol::identity::DIRECTED_IDENTIFIER;
use crate::protocol::jwt::Jwt;
use crate::protocol::receipt::ReceiptType;
use crate::protocol::ring::KeyRing;
use crate::protocol::rules::{ChainRule, Rules};
use crate::protocol::store_answer::{Reason, Status, StoreAnswer};
use crate::protocol::store_data::StoreData;
use crate::protocol::time::{Span, Time};

/// One address of the service.
#[derive(Clone, Copy, Debug)]
pub struct VerifyService<'a> {
    /// The host, with its port where it has one, that `verify` must name.
    pub host: &'a str,
    /// The path that was posted to, and that `verify` must name.
    pub path: &'a str,
    /// The store's own public keys and the roots of its certificates.
    pub keys: &'a KeyRing,
    /// The hosts whose certificates count; asked for by the as-built rules alone.
    pub certificate_hosts: &'a [&'a str],
    /// Which receipts are served here.
    pub serves: Serves,
}

/// Which receipts an address serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Serves {
    /// Purchase receipts, looked up in the ledger.
    #[default]
    Purchases,
    /// Developer and reviewer receipts: no purchase is looked for.
    Reviewers,
    /// Test receipts: the answer is part of the address, and nothing is looked up.
    Tests(Status),
}

/// What the service asks the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerQuestion<'a> {
    /// Who bought the app of this number under this identifier?
    App {
        /// `id` of storedata.
        id: u64,
        /// `user.value`.
        user: &'a str,
    },
    /// What became of this payment within an app?
    InApp {
        /// `contrib` of storedata.
        contrib: u64,
    },
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// What the line records.
    pub kind: LedgerKind,
    /// The product's name within the app (`inapp_id`); empty for a whole app.
    pub inapp_id: String,
}

/// What a line of the ledger records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerKind {
    /// The payment is not settled.
    Pending,
    /// Paid.
    Purchase,
    /// Free.
    NoCharge,
    /// Paid back.
    Refund,
    /// Taken back by the buyer's bank.
    Chargeback,
    /// Something that is no purchase at all.
    Other,
}

/// What the service asks the ledger with.
pub type Ledger<'a> = dyn Fn(LedgerQuestion<'_>) -> Option<LedgerEntry> + 'a;

/// The service broke instead of answering: HTTP 500 with an empty body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the verify service broke down: storedata names a payment and no product (HTTP 500, empty body)")]
pub struct ServiceFault;

/// A receipt as the service decoded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The claims as JSON.
    pub payload: String,
    /// Why no signature was looked at, if none was.
    pub unseen: Option<Unseen>,
}

/// Why the as-built service believes claims that it has not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// The receipt's `exp` is past, which ends the chain check before any signature.
    ReceiptExpired,
    /// A certificate's `exp` is past, and that was ignored.
    CertificateExpired,
}

/// The answer to a posted receipt.
///
/// # Errors
/// [`ServiceFault`] where the as-built service broke; the strict ones never do.
pub fn answer(
    receipt: &str,
    service: &VerifyService<'_>,
    ledger: &Ledger<'_>,
    now: Time,
    rules: &Rules,
) -> Result<StoreAnswer, ServiceFault> {
    let mut answer = match decode(receipt, service, now, rules) {
        Ok(decoded) => {
            let claims = ReceiptClaims::read(&decoded.payload).unwrap_or_default();
            match check_claims(&claims, service, rules) {
                Ok(()) => standing(&claims, service, ledger, now, rules)?,
                Err(reason) => StoreAnswer::invalid(reason),
            }
        }
        Err(reason) => StoreAnswer::invalid(reason),
    };
    if !rules.store.is_reason_given {
        answer.reason = None;
    }
    Ok(answer)
}

/// Decodes and verifies. Anything at all that goes wrong is `ERROR_DECODING`.
///
/// # Errors
/// [`Reason::ErrorDecoding`].
pub fn decode(receipt: &str, service: &VerifyService<'_>, now: Time, rules: &Rules) -> Result<Decoded, Reason> {
    let chain = Chain::split(receipt).map_err(|_| Reason::ErrorDecoding)?;
    let decoded = |jwt: &Jwt, unseen| Decoded { payload: jwt.unverified_claims_json().to_owned(), unseen };
    match rules.receipt.chain {
        ChainRule::Designed => {
            // The store answers for receipts of half a year behind certificates of two weeks: what counts is when it signed.
            let rules = chain_rules::Rules::AT_ISSUE;
            verify_designed(&chain, service.keys, now, None, rules).map_err(|_| Reason::ErrorDecoding)?;
            Ok(decoded(chain.receipt(), None))
        }
        ChainRule::AsBuilt => match verify_as_built(&chain, service.keys, now, service.certificate_hosts) {
            AsBuilt::Accepted => Ok(decoded(part_read(&chain), None)),
            AsBuilt::Expired => Ok(decoded(part_read(&chain), Some(Unseen::ReceiptExpired))),
            AsBuilt::CertificateExpired => Ok(decoded(part_read(&chain), Some(Unseen::CertificateExpired))),
            AsBuilt::IssuerNotAllowed { .. } | AsBuilt::BadSignature { .. } | AsBuilt::Malformed { .. } => {
                Err(Reason::ErrorDecoding)
            }
        },
    }
}

/// What can be checked without the ledger, in the service's order.
///
/// # Errors
/// The first [`Reason`].
pub fn check_claims(claims: &ReceiptClaims<'_>, service: &VerifyService<'_>, rules: &Rules) -> Result<(), Reason> {
    check_user_type(claims, rules)?;
    check_type(claims, service.serves)?;
    check_address(claims, service)?;
    match service.serves {
        Serves::Purchases => purchase(claims).map(|_| ()),
        Serves::Reviewers | Serves::Tests(_) => Ok(()),
    }
}

/// The buyer is named by a directed identifier, where the rules want that.
///
/// # Errors
/// [`Reason::NoDirectedIdentifier`].
pub fn check_user_type(claims: &ReceiptClaims<'_>, rules: &Rules) -> Result<(), Reason> {
    let is_fine = rules.receipt.is_user_recognisable || claims.user_type.text() == Some(DIRECTED_IDENTIFIER);
    if is_fine { Ok(()) } else { Err(Reason::NoDirectedIdentifier) }
}

/// The receipt is of a type that this address serves.
///
/// # Errors
/// [`Reason::WrongType`].
pub fn check_type(claims: &ReceiptClaims<'_>, serves: Serves) -> Result<(), Reason> {
    let is_served = match claims.typ.text().map(ReceiptType::named) {
        Some(ReceiptType::Purchase) => serves == Serves::Purchases,
        Some(ReceiptType::Developer | ReceiptType::Reviewer) => serves == Serves::Reviewers,
        Some(ReceiptType::Test) => matches!(serves, Serves::Tests(_)),
        Some(ReceiptType::Other(_)) | None => false,
    };
    if is_served { Ok(()) } else { Err(Reason::WrongType) }
}

/// `verify` names this host and this path; the scheme was never looked at.
///
/// # Errors
/// [`Reason::WrongDomain`] or [`Reason::WrongPath`].
pub fn check_address(claims: &ReceiptClaims<'_>, service: &VerifyService<'_>) -> Result<(), Reason> {
    let (host, path) = host_and_path(claims.verify.text().unwrap_or_default());
    if host != service.host {
        return Err(Reason::WrongDomain);
    }
    if path != service.path {
        return Err(Reason::WrongPath);
    }
    Ok(())
}

/// A URL's authority and its path without query and fragment, both empty where there is none.
#[must_use]
pub fn host_and_path(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(end);
    (host, rest.split(['?', '#']).next().unwrap_or_default())
}

/// Which purchase a receipt speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purchase<'a> {
    /// A whole app, bought under an identifier.
    App {
        /// The app's number.
        id: u64,
        /// `user.value`.
        user: &'a str,
    },
    /// A product within an app.
    InApp {
        /// The payment's number.
        contrib: u64,
        /// The product; `None` where storedata lacks it.
        inapp_id: Option<String>,
    },
}

/// Reads storedata and, for a whole app, the user. `contrib` in storedata is what makes a receipt one for an in-app product.
///
/// # Errors
/// [`Reason::WrongStoredata`] or [`Reason::NoUser`].
pub fn purchase<'c>(claims: &'c ReceiptClaims<'_>) -> Result<Purchase<'c>, Reason> {
    let data = StoreData::parse(claims.product_storedata.text().ok_or(Reason::WrongStoredata)?);
    if data.value("contrib").is_some() {
        let contrib = data.contrib().ok_or(Reason::WrongStoredata)?;
        return Ok(Purchase::InApp { contrib, inapp_id: data.inapp_id().map(str::to_owned) });
    }
    let id = data.id().ok_or(Reason::WrongStoredata)?;
    let user = claims.user_value.text().ok_or(Reason::NoUser)?;
    Ok(Purchase::App { id, user })
}

/// What the ledger and the clock make of a receipt whose claims are in order.
fn standing(
    claims: &ReceiptClaims<'_>,
    service: &VerifyService<'_>,
    ledger: &Ledger<'_>,
    now: Time,
    rules: &Rules,
) -> Result<StoreAnswer, ServiceFault> {
    match service.serves {
        // The developer's own choice of answer; the receipt's end is not looked at.
        Serves::Tests(status) => return Ok(StoreAnswer::of(status)),
        Serves::Reviewers => {}
        Serves::Purchases => {
            if let Some(answer) = ledger_answer(claims, ledger, rules)? {
                return Ok(answer);
            }
        }
    }
    let is_over = rules.store.is_expired_answered && is_expired(claims, now, rules);
    Ok(StoreAnswer::of(if is_over { Status::Expired } else { Status::Ok }))
}

/// The ledger's word: `None` when the purchase stands.
fn ledger_answer(
    claims: &ReceiptClaims<'_>,
    ledger: &Ledger<'_>,
    rules: &Rules,
) -> Result<Option<StoreAnswer>, ServiceFault> {
    let invalid = |reason| Ok(Some(StoreAnswer::invalid(reason)));
    let purchase = match purchase(claims) {
        Ok(purchase) => purchase,
        Err(reason) => return invalid(reason),
    };
    let entry = match purchase {
        Purchase::App { id, user } => ledger(LedgerQuestion::App { id, user }),
        Purchase::InApp { contrib, inapp_id } => {
            let found = ledger(LedgerQuestion::InApp { contrib });
            match (found, inapp_id) {
                (None, _) => None,
                (Some(_), None) if rules.store.is_crash_without_inapp_id => return Err(ServiceFault),
                (Some(_), None) => return invalid(Reason::WrongStoredata),
                (Some(entry), Some(inapp_id)) => Some(entry).filter(|entry| entry.inapp_id == inapp_id),
            }
        }
    };
    Ok(match entry.map(|entry| entry.kind) {
        None => Some(StoreAnswer::invalid(Reason::NoPurchase)),
        Some(LedgerKind::Refund | LedgerKind::Chargeback) => Some(StoreAnswer::of(Status::Refunded)),
        Some(LedgerKind::Purchase | LedgerKind::NoCharge) => None,
        Some(LedgerKind::Pending) if rules.store.is_pending_answered => Some(StoreAnswer::of(Status::Pending)),
        Some(LedgerKind::Pending | LedgerKind::Other) => Some(StoreAnswer::invalid(Reason::WrongPurchase)),
    })
}

/// Whether the receipt's time is over for the service. What is no number has no time left.
#[must_use]
pub fn is_expired(claims: &ReceiptClaims<'_>, now: Time, rules: &Rules) -> bool {
    let early = rules.store.early_expiry;
    let exp = match &claims.exp {
        Claim::Whole(seconds) => Time::from_seconds(*seconds),
        // A receipt may live for ever; the shipped service read an absent end as the year 1970.
        Claim::Absent => return early != Span::ZERO,
        Claim::Text(_) | Claim::Other(_) => return true,
    };
    if early == Span::ZERO {
        // RFC 7519, 4.1.4: on or after exp is too late.
        now >= exp
    } else {
        Time::from_seconds(now.seconds()) + early > exp
    }
}
