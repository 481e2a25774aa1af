//! The strict profile: everything that the revision asks for, in the order of the ladder.
//!
//! The algorithm comes from the key, the key from the ring, the time from the caller. Nothing in a token is followed.

use crate::protocol::algorithm::Algorithm;
use crate::protocol::chain::Chain;
use crate::protocol::chain_as_built::{AsBuilt, verify_as_built};
use crate::protocol::chain_rules::{self, verify_designed};
use crate::protocol::claim::Claim;
use crate::protocol::claims::ReceiptClaims;
use crate::protocol::dial::{Profile, VerifyPolicy};
use crate::protocol::header::Header;
use crate::protocol::id::Origin;
use crate::protocol::jwt::{Jwt, JwtError};
use crate::protocol::ring::RingError;
use crate::protocol::rules::ChainRule;
use crate::protocol::verdict::asking;
use crate::protocol::verdict::check::{Check, CheckSet};
use crate::protocol::verdict::contents;
use crate::protocol::verdict::evidence::Evidence;
use crate::protocol::verdict::ladder::{Climb, Finding, Verdict};
use crate::protocol::verdict::loose;
use crate::protocol::verdict::question::Question;
use crate::protocol::verdict::remark::Remark;
use crate::protocol::verdict::said::quoted;
use crate::protocol::verdict::spelling::is_respelt;
use crate::protocol::verdict::token::Token;
use crate::protocol::verdict::token_evidence::{AlgorithmEvidence, IssuerEvidence, SignatureEvidence};
use crate::protocol::verifying_key::VerifyingKey;

/// Climbs the whole ladder.
#[must_use]
pub fn judge(question: &Question<'_>) -> Verdict {
    let mut climb = Climb::new(question.switched_off);
    let token = Token::read(question.receipt);
    if climb.take(Check::Shape, token.shape()) {
        for finding in token.header().into_iter().flat_map(Header::findings) {
            climb.remark(Remark::Header(*finding));
        }
        let payload = token.payload();
        let claims = ReceiptClaims::read(&payload).unwrap_or_default();
        let _ = take_signer(&mut climb, &token, &claims, question)
            && climb.take(Check::Type, contents::kind(&claims, question))
            && climb.take(Check::Product, contents::product(&claims, question))
            && climb.take(Check::Times, contents::times(&claims, question))
            && climb.take(Check::User, contents::user(&claims, question))
            && climb.take(Check::Store, asking::store(&claims, question));
    }
    climb.verdict(Profile::Strict)
}

/// Algorithm, issuer, signature: who made these bytes.
fn take_signer(climb: &mut Climb, token: &Token, claims: &ReceiptClaims<'_>, question: &Question<'_>) -> bool {
    let issuer = claims.iss.text().and_then(|iss| Origin::parse(iss).ok());
    if question.policy == VerifyPolicy::StoreOnly {
        climb.remark(Remark::SignatureNeverChecked);
        return climb.take(Check::Algorithm, Finding::skipped(Evidence::LeftToStore))
            && climb.take(Check::Issuer, issuer_finding(claims, issuer.as_ref(), question))
            && climb.take(Check::Signature, Finding::skipped(Evidence::LeftToStore));
    }
    let key = own_key(token, claims, issuer.as_ref(), question);
    climb.take(
        Check::Algorithm,
        algorithm_finding(token.header(), key.as_ref().and_then(|key| key.as_ref().ok()).copied()),
    ) && climb.take(Check::Issuer, issuer_finding(claims, issuer.as_ref(), question))
        && take_signature(climb, token, key, question)
}

fn take_signature(
    climb: &mut Climb,
    token: &Token,
    key: Option<Result<&VerifyingKey, RingError>>,
    question: &Question<'_>,
) -> bool {
    let finding = match (token, question.rules.receipt.chain) {
        (Token::Bare(jwt), _) => signature_finding(jwt, key, question.switched_off),
        (Token::Chained(chain), ChainRule::Designed) => designed_finding(chain, question),
        (Token::Chained(chain), ChainRule::AsBuilt) => {
            let (finding, remark) = as_built_finding(chain, question);
            if let Some(remark) = remark {
                climb.remark(remark);
            }
            finding
        }
        (Token::Broken { .. }, _) => {
            Finding::failed(Evidence::Signature(SignatureEvidence::UnknownKey(None)), "ERROR_DECODING")
        }
    };
    climb.take(Check::Signature, finding)
}

/// The key of a bare receipt, from the ring by issuer, name and time of issue.
fn own_key<'k>(
    token: &Token,
    claims: &ReceiptClaims<'_>,
    issuer: Option<&Origin>,
    question: &Question<'k>,
) -> Option<Result<&'k VerifyingKey, RingError>> {
    let (Some(issuer), Token::Bare(jwt)) = (issuer, token) else { return None };
    Some(question.keys.lookup(issuer, jwt.unverified_header().kid.as_ref(), contents::issued_at(claims)))
}

/// The token's algorithm is one for receipts, and the key's own where the key is known.
fn algorithm_finding(header: Option<&Header>, key: Option<&VerifyingKey>) -> Finding {
    let named = header.map(|header| header.alg.as_str()).unwrap_or_default();
    let evidence = match (Algorithm::parse(named), key) {
        (None, _) => AlgorithmEvidence::Unknown(quoted(named)),
        // RFC 8725, 3.1: whoever can check an HMAC can also make one, so it proves nothing about the store.
        (Some(Algorithm::Hs256), _) => AlgorithmEvidence::Shared,
        (Some(algorithm), None) => {
            return Finding::passed(Evidence::Algorithm(AlgorithmEvidence::Named(algorithm)));
        }
        (Some(algorithm), Some(key)) if key.algorithm().admits(named) => {
            let kid = header.and_then(|header| header.kid.clone());
            return Finding::passed(Evidence::Algorithm(AlgorithmEvidence::Matches { algorithm, kid }));
        }
        (Some(_), Some(key)) => AlgorithmEvidence::Differs { token: quoted(named), key: key.algorithm() },
    };
    Finding::failed(Evidence::Algorithm(evidence), "ERROR_DECODING")
}

/// The issuer is exactly an origin whose keys are in the ring, and one that this app takes receipts from.
fn issuer_finding(claims: &ReceiptClaims<'_>, issuer: Option<&Origin>, question: &Question<'_>) -> Finding {
    let failed = |evidence, code| Finding::failed(Evidence::Issuer(evidence), code);
    let text = match &claims.iss {
        Claim::Text(text) => text,
        Claim::Absent => return failed(IssuerEvidence::Missing, "RECEIPT_ISS_REQUIRED"),
        Claim::Whole(_) => return failed(IssuerEvidence::NotText("a number"), "InvalidReceiptIssuer"),
        Claim::Other(kind) => return failed(IssuerEvidence::NotText(kind.name()), "InvalidReceiptIssuer"),
    };
    let Some(issuer) = issuer.filter(|issuer| is_known(issuer, question)) else {
        let known = question.keys.issuers().find(|known| is_respelt(text, known.as_str()));
        let evidence = match known {
            Some(known) => IssuerEvidence::Spelling { found: quoted(text), known: known.clone() },
            None => IssuerEvidence::Unknown(quoted(text)),
        };
        return failed(evidence, "InvalidReceiptIssuer");
    };
    let is_allowed = |list: &[&str]| list.iter().any(|entry| *entry == "*" || *entry == issuer.as_str());
    if question.allowed_issuers.is_none_or(is_allowed) {
        Finding::passed(Evidence::Issuer(IssuerEvidence::InRing(issuer.clone())))
    } else {
        failed(IssuerEvidence::NotAllowed(quoted(text)), "InvalidReceiptIssuer")
    }
}

/// A certified receipt names a store whose keys nobody holds: the pinned root answers for it, if the signature leads there.
fn is_known(issuer: &Origin, question: &Question<'_>) -> bool {
    !question.keys.for_issuer(issuer).is_empty()
        || (question.receipt.contains('~') && !question.keys.anchors().is_empty())
}

fn signature_finding(jwt: &Jwt, key: Option<Result<&VerifyingKey, RingError>>, switched_off: CheckSet) -> Finding {
    let failed = |evidence| Finding::failed(Evidence::Signature(evidence), "ERROR_DECODING");
    let key = match key {
        Some(Ok(key)) => key,
        Some(Err(RingError::Retired { kid, .. })) => return failed(SignatureEvidence::Retired(kid)),
        Some(Err(_)) | None => return failed(SignatureEvidence::UnknownKey(jwt.unverified_header().kid.clone())),
    };
    let is_good = match jwt.verify(key) {
        Ok(_) => true,
        // Whoever switched the algorithm check off wants to see what the key alone says.
        Err(JwtError::AlgorithmMismatch { .. }) if switched_off.contains(Check::Algorithm) => {
            key.verify(jwt.signing_input().as_bytes(), jwt.signature())
        }
        Err(_) => false,
    };
    if is_good {
        Finding::passed(Evidence::Signature(SignatureEvidence::Good(key.algorithm())))
    } else {
        failed(SignatureEvidence::Bad(key.algorithm()))
    }
}

/// The four rules of certificates as they were designed.
fn designed_finding(chain: &Chain, question: &Question<'_>) -> Finding {
    let rules = chain_rules::Rules::DESIGNED;
    match verify_designed(chain, question.keys, question.now, question.price, rules) {
        Ok(verified) => Finding::passed(Evidence::Signature(SignatureEvidence::GoodChain {
            algorithm: verified.signer.algorithm(),
            certificates: chain.certificates().len(),
        })),
        Err(breach) => {
            Finding::failed(Evidence::Signature(SignatureEvidence::Chain(breach.to_string().into())), "ERROR_DECODING")
        }
    }
}

/// Certificates as the shipped checker judged them: what has expired is let through unseen.
fn as_built_finding(chain: &Chain, question: &Question<'_>) -> (Finding, Option<Remark>) {
    let roots = question.keys.anchors().iter().filter_map(|anchor| anchor.issuer.as_deref());
    let allowed: Vec<&str> = roots.map(loose::bare_host).collect();
    let unseen = || Finding::skipped(Evidence::Signature(SignatureEvidence::UnseenForExpiry));
    match verify_as_built(chain, question.keys, question.now, &allowed) {
        AsBuilt::Accepted => {
            let algorithm = Algorithm::parse(&chain.receipt().unverified_header().alg).unwrap_or(Algorithm::Rs256);
            let certificates = chain.certificates().len();
            (Finding::passed(Evidence::Signature(SignatureEvidence::GoodChain { algorithm, certificates })), None)
        }
        AsBuilt::Expired => (unseen(), Some(Remark::ExpiryBeforeSignature)),
        AsBuilt::CertificateExpired => (unseen(), Some(Remark::CertificateExpiryIgnored)),
        broken @ (AsBuilt::IssuerNotAllowed { .. } | AsBuilt::BadSignature { .. } | AsBuilt::Malformed { .. }) => {
            let why = broken.to_string().into();
            (Finding::failed(Evidence::Signature(SignatureEvidence::Chain(why)), "ERROR_DECODING"), None)
        }
    }
}
