//! The store-like profile: the verify service's own checks in its order, told as a ladder.
//!
//! The ledger's word comes with the question, as the store's answer. It never looks at product.url, the issuer, `nbf` or `iat`.

use crate::protocol::algorithm::Algorithm;
use crate::protocol::claim::Claim;
use crate::protocol::claims::ReceiptClaims;
use crate::protocol::dial::Profile;
use crate::protocol::store_answer::{Reason, Status, StoreReply};
use crate::protocol::time::{Span, Time};
use crate::protocol::verdict::asking;
use crate::protocol::verdict::check::Check;
use crate::protocol::verdict::claim_evidence::{ProductEvidence, TimesEvidence, TypeEvidence, UserEvidence};
use crate::protocol::verdict::evidence::Evidence;
use crate::protocol::verdict::ladder::{Climb, Finding, Verdict};
use crate::protocol::verdict::loose;
use crate::protocol::verdict::question::Question;
use crate::protocol::verdict::remark::Remark;
use crate::protocol::verdict::said::quoted;
use crate::protocol::verdict::store_evidence::StoreEvidence;
use crate::protocol::verdict::token::Token;
use crate::protocol::verdict::token_evidence::SignatureEvidence;
use crate::protocol::verify_service::{
    Decoded, Serves, Unseen, VerifyService, check_address, check_type, check_user_type, decode, host_and_path,
    is_expired, purchase,
};

/// Judges as the verify service does.
#[must_use]
pub fn judge(question: &Question<'_>) -> Verdict {
    let mut climb = Climb::new(question.switched_off);
    for check in [Check::Algorithm, Check::Issuer] {
        climb.take(check, Finding::skipped(Evidence::NeverLooks));
    }
    let token = Token::read(question.receipt);
    if climb.take(Check::Shape, token.shape_named(Reason::ErrorDecoding.code())) {
        let roots = question.keys.anchors().iter().filter_map(|anchor| anchor.issuer.as_deref());
        let certificate_hosts: Vec<&str> = roots.map(loose::bare_host).collect();
        let service = VerifyService {
            host: "",
            path: "",
            keys: question.keys,
            certificate_hosts: &certificate_hosts,
            serves: Serves::Purchases,
        };
        let decoded = decode(question.receipt, &service, question.now, question.rules);
        if take_signature(&mut climb, &token, decoded.as_ref()) {
            let payload = decoded.map_or_else(|_| token.payload().into_owned(), |decoded| decoded.payload);
            let claims = ReceiptClaims::read(&payload).unwrap_or_default();
            take_claims(&mut climb, &claims, &service, question);
        }
    }
    climb.verdict(Profile::Store)
}

fn take_signature(climb: &mut Climb, token: &Token, decoded: Result<&Decoded, &Reason>) -> bool {
    let named = token.header().and_then(|header| Algorithm::parse(&header.alg));
    let finding = match (decoded, named) {
        (Ok(Decoded { unseen: None, .. }), Some(algorithm)) => {
            Finding::passed(Evidence::Signature(SignatureEvidence::Good(algorithm)))
        }
        (Ok(Decoded { unseen, .. }), _) => {
            climb.remark(match unseen {
                Some(Unseen::CertificateExpired) => Remark::CertificateExpiryIgnored,
                Some(Unseen::ReceiptExpired) | None => Remark::ExpiryBeforeSignature,
            });
            Finding::skipped(Evidence::Signature(SignatureEvidence::UnseenForExpiry))
        }
        (Err(reason), _) => {
            let why = "no key of the store leads to it".into();
            Finding::failed(Evidence::Signature(SignatureEvidence::Chain(why)), reason.code())
        }
    };
    climb.take(Check::Signature, finding)
}

/// User type, type, address, storedata, user value, ledger, end: the service's order.
fn take_claims(climb: &mut Climb, claims: &ReceiptClaims<'_>, service: &VerifyService<'_>, question: &Question<'_>) {
    let (host, path) = question.client.verify_service.unwrap_or_else(|| own_address(claims));
    let service = VerifyService { host, path, ..*service };
    let _ = climb.take(Check::User, user_type(claims, question))
        && climb.take(Check::Type, kind(claims, service.serves))
        && climb.take(Check::Store, address(claims, &service))
        && climb.take(Check::Product, storedata(claims))
        && climb.take(Check::User, user_value(claims))
        && climb.take(Check::Store, ledger(question.store_answer))
        && climb.take(Check::Times, times(claims, question));
    if question.rules.store.early_expiry > Span::ZERO {
        climb.remark(Remark::SkewTheWrongWay);
    }
}

/// Without an address of its own, the service is the one that the receipt names.
fn own_address<'c>(claims: &'c ReceiptClaims<'_>) -> (&'c str, &'c str) {
    host_and_path(claims.verify.text().unwrap_or_default())
}

fn user_type(claims: &ReceiptClaims<'_>, question: &Question<'_>) -> Finding {
    let found = match &claims.user_type {
        Claim::Text(kind) if kind == "email" => UserEvidence::Email,
        Claim::Text(kind) => UserEvidence::UnknownType(quoted(kind)),
        Claim::Absent => UserEvidence::Missing("user.type"),
        Claim::Whole(_) => UserEvidence::NotText("user.type", "a number"),
        Claim::Other(kind) => UserEvidence::NotText("user.type", kind.name()),
    };
    match check_user_type(claims, question.rules) {
        Ok(()) => Finding::passed(Evidence::User(UserEvidence::Directed)),
        Err(reason) => Finding::failed(Evidence::User(found), reason.code()),
    }
}

fn kind(claims: &ReceiptClaims<'_>, serves: Serves) -> Finding {
    let typ = quoted(claims.typ.text().unwrap_or("no typ"));
    match check_type(claims, serves) {
        Ok(()) => Finding::passed(Evidence::Type(TypeEvidence::Taken(typ))),
        Err(reason) => Finding::failed(Evidence::Type(TypeEvidence::Foreign(typ)), reason.code()),
    }
}

fn address(claims: &ReceiptClaims<'_>, service: &VerifyService<'_>) -> Finding {
    match check_address(claims, service) {
        Ok(()) => Finding::awaited(Evidence::Store(StoreEvidence::NotAskedYet)),
        Err(reason) => {
            let url = quoted(claims.verify.text().unwrap_or("no verify"));
            Finding::failed(Evidence::Store(StoreEvidence::OtherService(url)), reason.code())
        }
    }
}

fn storedata(claims: &ReceiptClaims<'_>) -> Finding {
    if purchase(claims) == Err(Reason::WrongStoredata) {
        let found = ProductEvidence::WrongStoredata("no whole number for id or contrib");
        return Finding::failed(Evidence::Product(found), Reason::WrongStoredata.code());
    }
    let data = quoted(claims.product_storedata.text().unwrap_or_default());
    Finding::passed(Evidence::Product(ProductEvidence::StoredataNames(data)))
}

fn user_value(claims: &ReceiptClaims<'_>) -> Finding {
    if purchase(claims) == Err(Reason::NoUser) {
        let found = UserEvidence::Missing("user.value");
        return Finding::failed(Evidence::User(found), Reason::NoUser.code());
    }
    Finding::passed(Evidence::User(UserEvidence::Directed))
}

/// What the ledger says. `expired` is no word of the ledger: that is told by the clock, next.
fn ledger(reply: Option<&StoreReply>) -> Finding {
    let Some(reply) = reply else { return Finding::awaited(Evidence::Store(StoreEvidence::NotAskedYet)) };
    let (evidence, code) = asking::refusal(reply);
    match reply.status() {
        Some(Status::Ok | Status::Expired) => Finding::passed(Evidence::Store(evidence)),
        Some(status @ (Status::Refunded | Status::Pending)) => {
            Finding::failed(Evidence::Store(evidence), status.as_str())
        }
        Some(Status::Invalid) | None => Finding::failed(Evidence::Store(evidence), code),
    }
}

fn times(claims: &ReceiptClaims<'_>, question: &Question<'_>) -> Finding {
    let Question { now, rules, .. } = *question;
    let exp = match &claims.exp {
        Claim::Whole(seconds) => Some(Time::from_seconds(*seconds)),
        Claim::Absent | Claim::Text(_) | Claim::Other(_) => None,
    };
    if !is_expired(claims, now, rules) {
        return Finding::passed(Evidence::Times(TimesEvidence::Now { exp, leeway: Span::ZERO }));
    }
    let evidence = match exp {
        Some(exp) if exp > now => TimesEvidence::OverEarly { exp, now },
        Some(exp) => TimesEvidence::Over { exp, now },
        None if claims.exp.is_absent() => TimesEvidence::Missing("exp"),
        None => TimesEvidence::NotAMoment { claim: "exp", found: quoted(&claims.exp.to_string()) },
    };
    Finding::failed(Evidence::Times(evidence), Status::Expired.as_str())
}
