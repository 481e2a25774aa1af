//! The receiptverifier-like profile: the client library of 2013, its checks in its order, its holes included.
//!
//! It asks the store about everything, lets `pending` and `expired` in, and keeps `ok` for a day. It never looks at a
//! signature, a clock or a user.

use crate::protocol::claim::Claim;
use crate::protocol::claims::ReceiptClaims;
use crate::protocol::dial::Profile;
use crate::protocol::id::Origin;
use crate::protocol::store_answer::{Status, StoreReply};
use crate::protocol::time::Span;
use crate::protocol::verdict::asking;
use crate::protocol::verdict::check::Check;
use crate::protocol::verdict::claim_evidence::{ProductEvidence, TypeEvidence};
use crate::protocol::verdict::evidence::Evidence;
use crate::protocol::verdict::ladder::{Climb, Finding, Verdict};
use crate::protocol::verdict::loose;
use crate::protocol::verdict::question::{CachedAnswer, Question};
use crate::protocol::verdict::remark::Remark;
use crate::protocol::verdict::said::quoted;
use crate::protocol::verdict::store_evidence::StoreEvidence;
use crate::protocol::verdict::token_evidence::{IssuerEvidence, ShapeEvidence};

/// How long an answer is kept.
pub const CACHE_LIFE: Span = Span::from_days(1);
/// How long after its issue a receipt was meant to be asked about again. Seconds were compared with milliseconds, so no real
/// receipt ever met the rule; see `is_refund_window_crossed`.
pub const REFUND_WINDOW: Span = Span::from_seconds(40 * 60);
/// How long the store's answer is awaited.
pub const REQUEST_PATIENCE: Span = Span::from_seconds(30);

const TYPES: [&str; 3] = ["purchase-receipt", "developer-receipt", "reviewer-receipt"];

/// Judges one receipt as `verify` did for an app that has only this one.
#[must_use]
pub fn judge(question: &Question<'_>) -> Verdict {
    let mut climb = Climb::new(question.switched_off);
    for check in [Check::Algorithm, Check::Signature, Check::Times, Check::User] {
        climb.take(check, Finding::skipped(Evidence::NeverLooks));
    }
    climb.remark(Remark::SignatureNeverChecked);
    let (shape, payload) = read(question.receipt);
    let read = ReceiptClaims::read(&payload);
    let is_readable = read.is_ok();
    let claims = read.unwrap_or_default();
    if let Some(kept) = question.client.cached.filter(|kept| is_readable && is_used(*kept, &claims, question)) {
        return from_cache(climb, shape, kept);
    }
    let is_sound = climb.take(Check::Shape, shape)
        && climb.take(Check::Type, kind(&claims))
        && take_product(&mut climb, &claims, question)
        && take_issuer(&mut climb, &claims, question)
        && take_address(&mut climb, &claims);
    match question.store_answer {
        Some(reply) if is_sound => answered(climb, reply, question),
        None if is_sound => climb.verdict_with(Profile::Receiptverifier, Some("VerificationIncomplete"), false),
        _ => climb.verdict_with(Profile::Receiptverifier, Some("NoValidReceipts"), false),
    }
}

/// The second part around `~`: a bare receipt cannot be read, and behind two certificates the second certificate is.
fn read(receipt: &str) -> (Finding, String) {
    let failed = |evidence| (Finding::failed(Evidence::Shape(evidence), "ReceiptParseError"), String::new());
    let Some(token) = receipt.split('~').nth(1) else { return failed(ShapeEvidence::NoCertificate) };
    let Some(payload) = loose::payload(token) else {
        return failed(ShapeEvidence::Malformed("the payload is not base64".into()));
    };
    if let Err(why) = ReceiptClaims::read(&payload) {
        return failed(ShapeEvidence::NoClaims(why));
    }
    let certificates = receipt.split('~').count() - 1;
    (Finding::passed(Evidence::Shape(ShapeEvidence::WellFormed { bytes: receipt.len(), certificates })), payload)
}

fn kind(claims: &ReceiptClaims<'_>) -> Finding {
    let evidence = match &claims.typ {
        Claim::Text(typ) if TYPES.contains(&typ.as_ref()) => {
            return Finding::passed(Evidence::Type(TypeEvidence::Taken(quoted(typ))));
        }
        Claim::Text(typ) if typ == "test-receipt" => TypeEvidence::Test,
        Claim::Text(typ) => TypeEvidence::Foreign(quoted(typ)),
        Claim::Absent => TypeEvidence::Missing,
        Claim::Whole(_) => TypeEvidence::NotText("a number"),
        Claim::Other(kind) => TypeEvidence::NotText(kind.name()),
    };
    Finding::failed(Evidence::Type(evidence), "WrongType")
}

/// Where the option `productURL` is set, `product.url` must be a part of it: `http://what` is a part of `http://whatever.com`.
fn take_product(climb: &mut Climb, claims: &ReceiptClaims<'_>, question: &Question<'_>) -> bool {
    let Some(option) = question.client.product_url else {
        return climb.take(Check::Product, Finding::skipped(Evidence::Product(ProductEvidence::NotCompared)));
    };
    let Some(url) = claims.product_url.filled_text() else {
        let missing = Evidence::Product(ProductEvidence::Missing("product.url"));
        return climb.take(Check::Product, Finding::failed(missing, "ProductURLError"));
    };
    let (found, option_text) = (quoted(url), quoted(option));
    if !option.contains(url) {
        let evidence = ProductEvidence::NotPartOf { found, option: option_text };
        return climb.take(Check::Product, Finding::failed(Evidence::Product(evidence), "ProductURLError"));
    }
    if url != option {
        climb.remark(Remark::ProductOnlyPartOf);
    }
    climb.take(
        Check::Product,
        Finding::passed(Evidence::Product(ProductEvidence::PartOf { found, option: option_text })),
    )
}

/// `iss` is on the list to the letter; without a list, or with `*` on it, any will do.
fn take_issuer(climb: &mut Climb, claims: &ReceiptClaims<'_>, question: &Question<'_>) -> bool {
    let Some(issuer) = claims.iss.filled_text() else {
        return climb
            .take(Check::Issuer, Finding::failed(Evidence::Issuer(IssuerEvidence::Missing), "ReceiptFormatError"));
    };
    let evidence = match question.allowed_issuers {
        Some(list) if list.contains(&issuer) => IssuerEvidence::Listed(quoted(issuer)),
        Some(list) if !list.contains(&"*") => {
            let evidence = Evidence::Issuer(IssuerEvidence::NotAllowed(quoted(issuer)));
            return climb.take(Check::Issuer, Finding::failed(evidence, "InvalidReceiptIssuer"));
        }
        Some(_) | None => {
            climb.remark(Remark::AnyIssuer);
            IssuerEvidence::Any(quoted(issuer))
        }
    };
    climb.take(Check::Issuer, Finding::passed(Evidence::Issuer(evidence)))
}

/// The host of `verify` ends with the issuer's. Ends: `evilexample.com` and `evil.net?x=example.com` do too.
fn take_address(climb: &mut Climb, claims: &ReceiptClaims<'_>) -> bool {
    let Some(url) = claims.verify.filled_text() else {
        return climb
            .take(Check::Store, Finding::failed(Evidence::Store(StoreEvidence::NoAddress), "ReceiptFormatError"));
    };
    let issuer = claims.iss.text().unwrap_or_default();
    if !loose::host(url).ends_with(loose::host(issuer)) {
        let evidence = Evidence::Store(StoreEvidence::Unlisted(quoted(url)));
        return climb.take(Check::Store, Finding::failed(evidence, "VerifyDomainMismatch"));
    }
    let origins = (Origin::parse(loose::origin(url)), Origin::parse(loose::origin(issuer)));
    if !matches!(origins, (Ok(own), Ok(issuer)) if own.is_same_or_subdomain_of(&issuer)) {
        climb.remark(Remark::AddressEndsAlike);
    }
    climb.take(Check::Store, Finding::awaited(Evidence::Store(StoreEvidence::NotAskedYet)))
}

/// What the store's reply makes of the whole.
fn answered(mut climb: Climb, reply: &StoreReply, question: &Question<'_>) -> Verdict {
    let done = |climb: Climb, state, is_kept| climb.verdict_with(Profile::Receiptverifier, Some(state), is_kept);
    if let Some(status) = reply.status() {
        let evidence = Evidence::Store(asking::refusal(reply).0);
        let (finding, state) = match status {
            Status::Ok => (Finding::passed(evidence), "OK"),
            Status::Pending => {
                climb.remark(Remark::PendingLetIn);
                (Finding::passed(evidence), "OK")
            }
            Status::Expired => {
                climb.remark(Remark::ExpiredLetIn);
                (Finding::passed(evidence).noting("ReceiptExpired"), "OK")
            }
            Status::Refunded => (Finding::failed(evidence, "Refunded"), "NoValidReceipts"),
            // The reason is not looked at.
            Status::Invalid => (Finding::failed(evidence, "InvalidFromStore"), "NoValidReceipts"),
        };
        climb.take(Check::Store, finding);
        return done(climb, state, status == Status::Ok);
    }
    // Any failure of network or server: whatever was kept, however old, will do.
    if let Some(kept) = question.client.cached {
        climb.remark(Remark::StaleAnswerKept);
        let evidence = Evidence::Store(StoreEvidence::KeptForWantOfBetter(kept.status));
        climb.take(Check::Store, Finding::passed(evidence).noting("OKStaleCache"));
        return done(climb, "OKStaleCache", false);
    }
    let (evidence, code) = asking::refusal(reply);
    // Aborting a request that takes too long also ends it with status 0, which comes first.
    let state = if *reply == StoreReply::TimedOut { "ConnectionError" } else { code };
    if question.client.has_prompter {
        climb.remark(Remark::NetworkFailureLetIn);
        climb.take(Check::Store, Finding::passed(Evidence::Store(evidence)).noting(code));
        return done(climb, state, false);
    }
    climb.take(Check::Store, Finding::failed(Evidence::Store(evidence), code));
    done(climb, state, false)
}

/// Whether a kept answer is used without asking.
fn is_used(kept: CachedAnswer, claims: &ReceiptClaims<'_>, question: &Question<'_>) -> bool {
    let age = question.now - kept.at;
    age <= CACHE_LIFE && kept.status != Status::Pending && !is_refund_window_crossed(kept, claims, question)
}

/// Whether the answer was kept during the refund window and the window is over. `iat` counts seconds and the clock
/// milliseconds, and the two were compared as they stand: kept answers always look some fifty years younger than the receipt.
fn is_refund_window_crossed(kept: CachedAnswer, claims: &ReceiptClaims<'_>, question: &Question<'_>) -> bool {
    let Claim::Whole(iat) = claims.iat else { return false };
    let since = |millis: i64| millis.saturating_sub(iat);
    iat != 0
        && since(kept.at.millis()) < REFUND_WINDOW.millis()
        && since(question.now.millis()) > REFUND_WINDOW.millis()
}

/// A kept answer comes before every check: the receipt itself is not even looked at again.
fn from_cache(mut climb: Climb, shape: Finding, kept: CachedAnswer) -> Verdict {
    climb.take(Check::Shape, shape);
    for check in [Check::Issuer, Check::Type, Check::Product] {
        climb.take(check, Finding::skipped(Evidence::LeftToStore));
    }
    climb.remark(Remark::AnswerKept);
    climb.take(Check::Store, Finding::passed(Evidence::Store(StoreEvidence::Kept(kept.status))).noting("OKCache"));
    climb.verdict_with(Profile::Receiptverifier, Some("OKCache"), false)
}
