//! The fxpay-like profile: the client library of 2015, its checks in its order, its holes included.
//!
//! It reads claims, compares the app, asks the store and believes only `ok`. It never looks at a signature or a clock.

use crate::protocol::claim::Claim;
use crate::protocol::claims::ReceiptClaims;
use crate::protocol::dial::Profile;
use crate::protocol::store_answer::{Status, StoreReply};
use crate::protocol::store_data::StoreData;
use crate::protocol::verdict::asking;
use crate::protocol::verdict::check::Check;
use crate::protocol::verdict::claim_evidence::{ProductEvidence, TypeEvidence};
use crate::protocol::verdict::evidence::Evidence;
use crate::protocol::verdict::ladder::{Climb, Finding, Verdict};
use crate::protocol::verdict::loose;
use crate::protocol::verdict::question::{Question, Restores};
use crate::protocol::verdict::remark::Remark;
use crate::protocol::verdict::said::quoted;
use crate::protocol::verdict::store_evidence::StoreEvidence;
use crate::protocol::verdict::token_evidence::{IssuerEvidence, ShapeEvidence};

const INVALID: &str = "InvalidReceipt";
const TEST: &str = "test-receipt";

/// Judges as `validateReceipt` did, or as `validateAppReceipt` for the app itself.
#[must_use]
pub fn judge(question: &Question<'_>) -> Verdict {
    let mut climb = Climb::new(question.switched_off);
    for check in [Check::Algorithm, Check::Signature, Check::Times, Check::User] {
        climb.take(check, Finding::skipped(Evidence::NeverLooks));
    }
    climb.remark(Remark::SignatureNeverChecked);
    let (shape, payload) = read(question.receipt);
    if climb.take(Check::Shape, shape) {
        let claims = ReceiptClaims::read(&payload).unwrap_or_default();
        let _ = climb.take(Check::Product, product_is_told(&claims))
            && climb.take(Check::Type, test_is_allowed(&claims, question))
            && climb.take(Check::Product, product(&claims, question))
            && take_address(&mut climb, &claims, question)
            && take_issuer(&mut climb, &claims, question)
            && climb.take(Check::Product, product_number(&claims, question))
            && climb.take(Check::Store, store(question.store_answer));
    }
    climb.verdict(Profile::Fxpay)
}

/// What `purchase` made of a receipt that the status answer brought: it looked at nothing, and the app opened the product.
#[must_use]
pub fn trusted(question: &Question<'_>) -> Verdict {
    let mut climb = Climb::new(question.switched_off);
    for check in Check::ALL {
        climb.take(check, Finding::skipped(Evidence::NeverLooks));
    }
    climb.remark(Remark::SignatureNeverChecked);
    climb.remark(Remark::StatusTrusted);
    climb.verdict(Profile::Fxpay)
}

/// One part or two around `~`, three around the dots, and the middle one base64 and JSON.
fn read(receipt: &str) -> (Finding, String) {
    let failed = |evidence| (Finding::failed(Evidence::Shape(evidence), INVALID), String::new());
    let parts = receipt.split('~').count();
    if parts > 2 {
        return failed(ShapeEvidence::TooManyParts(parts));
    }
    let token = receipt.rsplit('~').next().unwrap_or_default();
    if token.split('.').count() != 3 {
        return failed(ShapeEvidence::Malformed("not three parts around the dots".into()));
    }
    let Some(payload) = loose::payload(token) else {
        return failed(ShapeEvidence::Malformed("the payload is not base64".into()));
    };
    if let Err(why) = ReceiptClaims::read(&payload) {
        return failed(ShapeEvidence::NoClaims(why));
    }
    let certificates = parts - 1;
    (Finding::passed(Evidence::Shape(ShapeEvidence::WellFormed { bytes: receipt.len(), certificates })), payload)
}

fn product_is_told(claims: &ReceiptClaims<'_>) -> Finding {
    let failed = |evidence| Finding::failed(Evidence::Product(evidence), INVALID);
    match (&claims.product, &claims.product_url, &claims.product_storedata) {
        (Claim::Absent, _, _) => failed(ProductEvidence::Missing("product")),
        (_, url, _) if url.filled_text().is_none() => failed(ProductEvidence::Missing("product.url")),
        (_, _, Claim::Text(data)) if !data.is_empty() => {
            Finding::passed(Evidence::Product(ProductEvidence::StoredataNames(quoted(data))))
        }
        (_, _, Claim::Absent | Claim::Text(_)) => failed(ProductEvidence::Missing("product.storedata")),
        (_, _, Claim::Whole(_)) => failed(ProductEvidence::NotText("product.storedata", "a number")),
        (_, _, Claim::Other(kind)) => failed(ProductEvidence::NotText("product.storedata", kind.name())),
    }
}

fn test_is_allowed(claims: &ReceiptClaims<'_>, question: &Question<'_>) -> Finding {
    match claims.typ.text() {
        Some(TEST) if question.is_test_allowed => Finding::passed(Evidence::Type(TypeEvidence::Taken(TEST.into()))),
        Some(TEST) => Finding::failed(Evidence::Type(TypeEvidence::Test), "TestReceiptNotAllowed"),
        _ => Finding::skipped(Evidence::NeverLooks),
    }
}

/// `product.url`, with `app://` in front where it has no scheme, is the app's origin; a test receipt's is not compared.
fn product(claims: &ReceiptClaims<'_>, question: &Question<'_>) -> Finding {
    if claims.typ.text() == Some(TEST) {
        return Finding::passed(Evidence::Product(ProductEvidence::TestIsFree));
    }
    let url = claims.product_url.text().unwrap_or_default();
    let has_scheme = ["http://", "https://", "app://"].iter().any(|scheme| url.starts_with(scheme));
    let prefix = if has_scheme { "" } else { "app://" };
    let app = question.app;
    if question.client.own_origin.unwrap_or(app.as_str()).strip_prefix(prefix) == Some(url) {
        Finding::passed(Evidence::Product(ProductEvidence::ThisApp(app.clone())))
    } else {
        let found = quoted(url);
        Finding::failed(Evidence::Product(ProductEvidence::OtherApp { found, app: app.clone() }), INVALID)
    }
}

/// `verify` begins with one of the trusted sites. Begins: `https://site.example.evil.net/` does too.
fn take_address(climb: &mut Climb, claims: &ReceiptClaims<'_>, question: &Question<'_>) -> bool {
    let url = claims.verify.text().unwrap_or_default();
    let Some(site) = question.client.receipt_check_sites.iter().find(|site| url.starts_with(**site)) else {
        return climb
            .take(Check::Store, Finding::failed(Evidence::Store(StoreEvidence::Unlisted(quoted(url))), INVALID));
    };
    if loose::origin(url) != loose::origin(site) {
        climb.remark(Remark::AddressBeginsAlike);
    }
    climb.take(Check::Store, Finding::awaited(Evidence::Store(StoreEvidence::NotAskedYet)))
}

/// For the app itself `iss` is on the manifest's list; for a product within it nobody looks.
fn take_issuer(climb: &mut Climb, claims: &ReceiptClaims<'_>, question: &Question<'_>) -> bool {
    if question.client.restores == Restores::InAppProduct {
        return climb.take(Check::Issuer, Finding::skipped(Evidence::NeverLooks));
    }
    let issuer = claims.iss.text().unwrap_or_default();
    let evidence = match question.allowed_issuers {
        Some(list) if list.contains(&issuer) => IssuerEvidence::Listed(quoted(issuer)),
        Some(list) if !list.contains(&"*") => {
            let evidence = Evidence::Issuer(IssuerEvidence::NotAllowed(quoted(issuer)));
            return climb.take(Check::Issuer, Finding::failed(evidence, INVALID));
        }
        Some(_) | None => {
            climb.remark(Remark::AnyIssuer);
            IssuerEvidence::Any(quoted(issuer))
        }
    };
    climb.take(Check::Issuer, Finding::passed(Evidence::Issuer(evidence)))
}

/// The store's data name the product: `inapp_id`, or `id` for the app itself.
fn product_number(claims: &ReceiptClaims<'_>, question: &Question<'_>) -> Finding {
    let data = StoreData::parse(claims.product_storedata.text().unwrap_or_default());
    let (name, missing) = match question.client.restores {
        Restores::InAppProduct => ("inapp_id", "no inapp_id in product.storedata"),
        Restores::App => ("id", "no id in product.storedata"),
    };
    match data.value(name).filter(|value| !value.is_empty()) {
        Some(_) => product(claims, question),
        None => Finding::failed(Evidence::Product(ProductEvidence::WrongStoredata(missing)), INVALID),
    }
}

/// Only `ok` passes.
fn store(reply: Option<&StoreReply>) -> Finding {
    let Some(reply) = reply else { return Finding::awaited(Evidence::Store(StoreEvidence::NotAskedYet)) };
    let code = match reply {
        StoreReply::Answer(answer) if answer.status == Status::Ok => {
            return Finding::passed(Evidence::Store(StoreEvidence::Says(Status::Ok, answer.reason)));
        }
        StoreReply::Answer(_) | StoreReply::UnknownStatus(_) | StoreReply::NotAnObject => INVALID,
        StoreReply::NotJson => "BadJsonResponse",
        StoreReply::HttpStatus(_) => "BadApiResponse",
        StoreReply::Unreachable => "ApiRequestError",
        StoreReply::TimedOut => "ApiRequestTimeout",
    };
    Finding::failed(Evidence::Store(asking::refusal(reply).0), code)
}
