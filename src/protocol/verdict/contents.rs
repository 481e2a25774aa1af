//! Contents: the strict checks of what a receipt says, once its signature is settled: type, product, times, user.

use crate::protocol::claim::Claim;
use crate::protocol::claims::ReceiptClaims;
use crate::protocol::identity::{DIRECTED_IDENTIFIER, EMAIL, looks_like_identifier};
use crate::protocol::receipt::{RECEIPT_LIFE_MAX, ReceiptType};
use crate::protocol::rules::PresenterRule;
use crate::protocol::time::Time;
use crate::protocol::verdict::claim_evidence::{ProductEvidence, TimesEvidence, TypeEvidence, UserEvidence};
use crate::protocol::verdict::evidence::Evidence;
use crate::protocol::verdict::ladder::Finding;
use crate::protocol::verdict::question::{Presenter, Question};
use crate::protocol::verdict::said::quoted;
use crate::protocol::verdict::spelling::is_respelt;

/// The largest number that every reader of JSON keeps exact, 2^53 − 1 (RFC 7159, 6).
const LAST_EXACT: i64 = (1 << 53) - 1;

/// `typ` is one of the revision's receipts; a test receipt only where it was asked for.
#[must_use]
pub fn kind(claims: &ReceiptClaims<'_>, question: &Question<'_>) -> Finding {
    let (evidence, code) = match &claims.typ {
        Claim::Absent => (TypeEvidence::Missing, "RECEIPT_TYPE_REQUIRED"),
        Claim::Whole(_) => (TypeEvidence::NotText("a number"), "WrongType"),
        Claim::Other(kind) => (TypeEvidence::NotText(kind.name()), "WrongType"),
        Claim::Text(text) => match ReceiptType::named(text) {
            ReceiptType::Test if question.is_test_allowed => return taken(text),
            ReceiptType::Test => (TypeEvidence::Test, "TestReceiptNotAllowed"),
            typ if question.rules.is_receipt_type(&typ) => return taken(text),
            ReceiptType::Purchase | ReceiptType::Developer | ReceiptType::Reviewer | ReceiptType::Other(_) => {
                (TypeEvidence::Foreign(quoted(text)), "WrongType")
            }
        },
    };
    Finding::failed(Evidence::Type(evidence), code)
}

fn taken(typ: &str) -> Finding {
    Finding::passed(Evidence::Type(TypeEvidence::Taken(typ.into())))
}

/// `product.url` is exactly the app's origin.
#[must_use]
pub fn product(claims: &ReceiptClaims<'_>, question: &Question<'_>) -> Finding {
    let app = question.app;
    let (evidence, code) = match &claims.product_url {
        Claim::Text(url) if url == app.as_str() => {
            return Finding::passed(Evidence::Product(ProductEvidence::ThisApp(app.clone())));
        }
        Claim::Text(url) if is_respelt(url, app.as_str()) => {
            (ProductEvidence::Spelling { found: quoted(url), app: app.clone() }, "ProductURLError")
        }
        Claim::Text(url) => (ProductEvidence::OtherApp { found: quoted(url), app: app.clone() }, "ProductURLError"),
        Claim::Absent if claims.product.is_absent() => {
            (ProductEvidence::Missing("product"), "RECEIPT_PRODUCT_REQUIRED")
        }
        Claim::Absent => (ProductEvidence::Missing("product.url"), "ProductURLError"),
        Claim::Whole(_) => (ProductEvidence::NotText("product.url", "a number"), "ProductURLError"),
        Claim::Other(kind) => (ProductEvidence::NotText("product.url", kind.name()), "ProductURLError"),
    };
    Finding::failed(Evidence::Product(evidence), code)
}

/// `nbf ≤ now`, `iat ≤ now` and `now < exp`, each give or take the leeway, and no life beyond [`RECEIPT_LIFE_MAX`]. `exp` may be
/// absent; that is shown.
#[must_use]
pub fn times(claims: &ReceiptClaims<'_>, question: &Question<'_>) -> Finding {
    match times_evidence(claims, question) {
        Ok(evidence) => Finding::passed(Evidence::Times(evidence)),
        Err((evidence, Some(code))) => Finding::failed(Evidence::Times(evidence), code),
        Err((evidence, None)) => Finding::refused(Evidence::Times(evidence)),
    }
}

type TimesRefusal = (TimesEvidence, Option<&'static str>);

fn times_evidence(claims: &ReceiptClaims<'_>, question: &Question<'_>) -> Result<TimesEvidence, TimesRefusal> {
    let Question { now, leeway, .. } = *question;
    let needed = |claim: &Claim<'_>, name, code| match moment(claim, name)? {
        Some(time) => Ok(time),
        None => Err((TimesEvidence::Missing(name), Some(code))),
    };
    let nbf = needed(&claims.nbf, "nbf", "RECEIPT_NBF_REQUIRED")?;
    let iat = needed(&claims.iat, "iat", "RECEIPT_IAT_REQUIRED")?;
    let exp = moment(&claims.exp, "exp")?;
    // A reissued receipt keeps the nbf of its purchase, so its own life begins with iat.
    let from = nbf.max(iat);
    if let Some(exp) = exp.filter(|exp| *exp > from + RECEIPT_LIFE_MAX) {
        return Err((TimesEvidence::LastsTooLong { exp, from }, None));
    }
    // RFC 7519, 4.1.5 and 4.1.4: not before nbf, and not on or after exp.
    if nbf > now + leeway {
        return Err((TimesEvidence::NotYet { nbf, now }, None));
    }
    if iat > now + leeway {
        return Err((TimesEvidence::IssuedAhead { iat, now }, None));
    }
    match exp {
        Some(exp) if now >= exp + leeway => Err((TimesEvidence::Over { exp, now }, Some("ReceiptExpired"))),
        _ => Ok(TimesEvidence::Now { exp, leeway }),
    }
}

/// A claim as a moment: a whole number of seconds from 0 to 2^53 − 1. `None` when the claim is absent.
fn moment(claim: &Claim<'_>, name: &'static str) -> Result<Option<Time>, TimesRefusal> {
    match claim {
        Claim::Absent => Ok(None),
        Claim::Whole(seconds) if (0..=LAST_EXACT).contains(seconds) => Ok(Some(Time::from_seconds(*seconds))),
        Claim::Whole(_) | Claim::Text(_) | Claim::Other(_) => {
            let found = quoted(&claim.to_string());
            Err((TimesEvidence::NotAMoment { claim: name, found }, Some("ReceiptFormatError")))
        }
    }
}

/// When the receipt says it was made, if it says so properly.
#[must_use]
pub fn issued_at(claims: &ReceiptClaims<'_>) -> Option<Time> {
    moment(&claims.iat, "iat").ok().flatten()
}

/// The identifier is of the kind that the revision wants, and its owner is there, where that can be known.
#[must_use]
pub fn user(claims: &ReceiptClaims<'_>, question: &Question<'_>) -> Finding {
    let texts = claim_text(&claims.user_type, "user.type")
        .and_then(|kind| Ok((kind, claim_text(&claims.user_value, "user.value")?)));
    let (kind, value) = match texts {
        Ok(texts) => texts,
        Err(_) if claims.user.is_absent() => {
            return Finding::failed(Evidence::User(UserEvidence::Missing("user")), "RECEIPT_USER_REQUIRED");
        }
        Err(evidence) => return Finding::failed(Evidence::User(evidence), "ReceiptFormatError"),
    };
    let rules = &question.rules.receipt;
    let evidence = match kind {
        EMAIL if !rules.is_user_recognisable => UserEvidence::Email,
        DIRECTED_IDENTIFIER if !rules.is_user_recognisable => match looks_like_identifier(value) {
            Some(why) => UserEvidence::Recognisable(why.label()),
            None => return presented(kind, value, question),
        },
        EMAIL | DIRECTED_IDENTIFIER => return presented(kind, value, question),
        other => UserEvidence::UnknownType(quoted(other)),
    };
    Finding::failed(Evidence::User(evidence), "NO_DIRECTED_IDENTIFIER")
}

fn claim_text<'c>(claim: &'c Claim<'_>, name: &'static str) -> Result<&'c str, UserEvidence> {
    match claim {
        Claim::Text(text) if !text.is_empty() => Ok(text),
        Claim::Text(_) | Claim::Absent => Err(UserEvidence::Missing(name)),
        Claim::Whole(_) => Err(UserEvidence::NotText(name, "a number")),
        Claim::Other(kind) => Err(UserEvidence::NotText(name, kind.name())),
    }
}

/// Whether the presenter is the receipt's user, as far as the rules ask and as far as it can be known at all.
fn presented(kind: &str, value: &str, question: &Question<'_>) -> Finding {
    let skipped = |evidence| Finding::skipped(Evidence::User(evidence));
    match question.rules.receipt.presenter {
        PresenterRule::Bearer => return skipped(UserEvidence::Bearer),
        // The page keeps the step and makes the identifier opaque: nobody but the store could take it.
        PresenterRule::KeptButImpossible => return skipped(UserEvidence::OnlyTheStoreKnows),
        PresenterRule::Authenticate => {}
    }
    let own = match question.presenter {
        Presenter::Nobody => return skipped(UserEvidence::NobodyToAsk),
        Presenter::WithoutAssertion => return Finding::refused(Evidence::User(UserEvidence::NotAuthenticated)),
        Presenter::Asserted { email, .. } if kind == EMAIL => email,
        Presenter::Asserted { identifier: Some(identifier), .. } => identifier,
        Presenter::Asserted { identifier: None, .. } => return skipped(UserEvidence::OnlyTheStoreKnows),
    };
    if own == value {
        Finding::passed(Evidence::User(UserEvidence::IsPresenter))
    } else {
        Finding::refused(Evidence::User(UserEvidence::OtherPresenter))
    }
}
