//! Certificates: chains that do not lead from a root known beforehand to the receipt at their end.

use crate::protocol::algorithm::Algorithm;
use crate::protocol::chain::{Certificate, Terms, join};
use crate::protocol::corpus::attack::{Attack, Class, Family, TokenKind};
use crate::protocol::corpus::bench::{Bench, Tray, encoded};
use crate::protocol::corpus::members::Members;
use crate::protocol::corpus::trust::ROOT;
use crate::protocol::jwt::{HeaderExtras, SignError, sign_json};
use crate::protocol::signing_key::SigningKey;
use crate::protocol::time::{Span, Time};

const RULE: &str = "The receipt's own page: certificates";
const DAY: Span = Span::from_days(1);

/// All of this family; none for receipts without certificates.
///
/// # Errors
/// [`SignError`].
pub fn attacks(bench: &Bench<'_>) -> Result<Vec<Attack>, SignError> {
    let mut tray = Tray::new(bench, Family::Chains)?;
    let TokenKind::Certified = bench.kind else { return Ok(Vec::new()) };
    let Some(certificate) = &bench.certificate else { return Ok(Vec::new()) };
    let good = bench.good()?;
    let receipt = good.rsplit('~').next().unwrap_or_default();
    certificates(bench, receipt, &mut tray)?;
    orders(certificate, receipt, &mut tray);
    if bench.algorithm == Algorithm::EdDsa {
        tray.add(
            Class::new("chain-cut", "The certificate was taken away, and nobody else vouches for the key", RULE),
            receipt.to_owned(),
        );
    }
    Ok(tray.attacks())
}

/// The receipt behind certificates that should not vouch for it.
fn certificates(bench: &Bench<'_>, receipt: &str, tray: &mut Tray<'_>) -> Result<(), SignError> {
    lives(bench, receipt, tray)?;
    let (now, root) = (bench.trust.plan().now, bench.trust.root(bench.algorithm)?);
    let own = claims(&bench.key, now - DAY, Span::from_days(40)).unwrap_or_default();
    for (class, claims) in [
        (
            Class::new("certificate-kind", "Its certificate does not say that it is one", RULE),
            own.with_text("typ", "purchase-receipt"),
        ),
        (Class::new("certificate-no-key", "Its certificate certifies no key", RULE), own.with("jwk", "[]")),
        (Class::new("certificate-no-end", "Its certificate has no end", RULE), own.without("exp")),
        (
            Class::new("certificate-twice", "Its certificate names its key twice, the forger's first", "RFC 7519, 4"),
            forgers_first(bench, &own, now),
        ),
    ] {
        tray.add(class, join(&[signed(&claims, &root)?], receipt));
    }
    tray.add(
        Class::new("certificate-unsigned", "Its certificate says that it is not signed, and is not", "RFC 8725, 3.2"),
        join(&[format!("{}.{}.", encoded(r#"{"alg":"none"}"#), encoded(own.json()))], receipt),
    );
    tray.add(
        Class::new("certificate-forgers-key", "Its certificate is good, and another key signed the receipt", RULE),
        bench.signed_by(&other_key(bench)?, &bench.header, &bench.claims)?,
    );
    Ok(())
}

/// Certificates by another root, or for another time.
fn lives(bench: &Bench<'_>, receipt: &str, tray: &mut Tray<'_>) -> Result<(), SignError> {
    let (now, key) = (bench.trust.plan().now, &bench.key);
    let root = bench.trust.root(bench.algorithm)?;
    let forger_root = forger_root(bench)?;
    for (class, signer, from, life) in [
        (
            Class::new(
                "root-unknown",
                "Its certificate is signed by a root that nobody knows, under the known root's name",
                RULE,
            ),
            &forger_root,
            now - DAY,
            Span::from_days(40),
        ),
        (
            Class::new("certificate-self-signed", "Its certificate vouches for the key that signed it", RULE),
            key,
            now - DAY,
            Span::from_days(40),
        ),
        (
            Class::new("certificate-expired", "Its certificate ended an hour ago", RULE),
            &root,
            now - DAY,
            Span::from_seconds(23 * 3_600),
        ),
        (
            Class::new("certificate-not-yet", "Its certificate begins tomorrow", RULE),
            &root,
            now + DAY,
            Span::from_days(40),
        ),
        (
            Class::new("certificate-outlived", "The receipt lives longer than its certificate", RULE),
            &root,
            now - DAY,
            Span::from_days(2),
        ),
    ] {
        let made = claims(key, from, life).map(|claims| signed(&claims, signer)).transpose()?.unwrap_or_default();
        tray.add(class, join(&[made], receipt));
    }
    Ok(())
}

/// Certificate and receipt in the wrong places.
fn orders(certificate: &str, receipt: &str, tray: &mut Tray<'_>) {
    for (class, text) in [
        (
            Class::new("chain-reversed", "The receipt stands before its certificate", RULE),
            format!("{receipt}~{certificate}"),
        ),
        (Class::new("chain-open", "Nothing stands behind the last ~", RULE), format!("{certificate}~")),
        (Class::new("chain-empty-first", "Nothing stands before the first ~", RULE), format!("~{receipt}")),
        (
            Class::new("chain-receipt-twice", "The receipt stands there as its own certificate", RULE),
            format!("{receipt}~{receipt}"),
        ),
        (
            Class::new("chain-certificate-last", "The certificate stands where the receipt belongs", RULE),
            format!("{certificate}~{certificate}"),
        ),
    ] {
        tray.add(class, text);
    }
}

/// The claims of a certificate for this key, without a price limit.
pub(crate) fn claims(key: &SigningKey, from: Time, life: Span) -> Option<Members> {
    let terms = Terms { issuer: ROOT, price_limit: None, from, life };
    let certificate = Certificate::new(&key.verifying_key(), terms)?;
    serde_json::to_string(&certificate).ok().map(|json| Members::read(&json))
}

/// Those claims, signed by a root or by whom it certified.
pub(crate) fn signed(claims: &Members, root: &SigningKey) -> Result<String, SignError> {
    sign_json(&claims.json(), root, HeaderExtras { jku: Some(ROOT), ..HeaderExtras::default() })
}

fn forgers_first(bench: &Bench<'_>, own: &Members, now: Time) -> Members {
    let forged = other_key(bench).ok().and_then(|key| claims(&key, now - DAY, Span::from_days(40)));
    let jwk = forged.as_ref().and_then(|claims| claims.value("jwk")).unwrap_or("[]");
    own.after("jwk", jwk)
}

/// A key that no certificate vouches for, under the name of the certified one.
fn other_key(bench: &Bench<'_>) -> Result<SigningKey, SignError> {
    Ok(bench.trust.forger(bench.algorithm)?)
}

fn forger_root(bench: &Bench<'_>) -> Result<SigningKey, SignError> {
    Ok(bench.trust.forger(bench.algorithm)?)
}
