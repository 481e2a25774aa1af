//! The four rules of certificates as they were designed: signed by the one before, not expired, no longer and no dearer than allowed.

use std::fmt;

use serde::Deserialize;

use crate::protocol::chain::{CERTIFIED_KEY, Certificate, Chain, Entry};
use crate::protocol::id::{Kid, Origin};
use crate::protocol::jwt::{Jwt, Verified};
use crate::protocol::money::Money;
use crate::protocol::numeric_date::NumericDate;
use crate::protocol::ring::KeyRing;
use crate::protocol::time::Time;
use crate::protocol::verifying_key::VerifyingKey;

/// Which rules are asked for. The signatures always are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Rule 2: at which moment each certificate must be valid.
    pub validity: Validity,
    /// Rule 3: no entry outlives the one before it.
    pub within_parents_life: bool,
    /// Rule 4: the receipt's price is within each certificate's limit.
    pub within_price_limit: bool,
}

/// At which moment a certificate must be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Now: a receipt dies with its certificate.
    Now,
    /// When the receipt was issued: it may outlive a certificate that was valid then.
    AtIssue,
    /// Not asked.
    Ignored,
}

impl Rules {
    /// All four as designed.
    pub const DESIGNED: Self = Self { validity: Validity::Now, within_parents_life: true, within_price_limit: true };
    /// For receipts of half a year behind certificates of two weeks: the certificate must have been valid when they were issued.
    pub const AT_ISSUE: Self =
        Self { validity: Validity::AtIssue, within_parents_life: false, within_price_limit: true };
}

/// A rule that a chain can break, in the order in which they are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A certificate has the claims of one.
    Readable,
    /// Rule 1: each is signed by the key before it, the first by a root key known beforehand.
    SignedByParent,
    /// Rule 2: no certificate is expired, or not valid yet.
    NotExpired,
    /// Rule 3: each expiry is at or before its parent's.
    WithinParentsLife,
    /// Rule 4: the price is at or under the limit.
    WithinPriceLimit,
}

/// Which rule a chain breaks, where, and how that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The rule.
    pub rule: Rule,
    /// The token that breaks it.
    pub entry: Entry,
    /// The values that were compared, in a plain sentence.
    pub evidence: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = match self.rule {
            Rule::Readable => "A certificate cannot be read",
            Rule::SignedByParent => "A token is not signed by the key that should have signed it",
            Rule::NotExpired => "A certificate is not valid at that time",
            Rule::WithinParentsLife => "A token lives longer than the certificate before it",
            Rule::WithinPriceLimit => "The price is above what the certificate allows",
        };
        write!(f, "{rule}: {}: {}", self.entry, self.evidence)
    }
}

impl std::error::Error for Breach {}

/// A chain whose rules hold, with the key that vouched for the rest.
#[derive(Clone, Debug)]
pub struct VerifiedChain<'a> {
    /// The receipt's token.
    pub receipt: Verified<&'a Jwt>,
    /// The key that signed the receipt.
    pub signer: VerifyingKey,
    /// Where trust began.
    pub anchor: AnchorUse,
}

/// Where trust in a chain began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnchorUse {
    /// No certificate: the issuer's own key from the ring.
    IssuerKey,
    /// A root key signed the first certificate.
    Root,
    /// The key of this certificate (from 1) is pinned itself; nobody's signature on it was asked for.
    PinnedCertificate(usize),
}

/// The receipt's claims that the rules speak of.
#[derive(Deserialize)]
struct ReceiptLife {
    iss: Option<Origin>,
    iat: Option<NumericDate>,
    exp: Option<NumericDate>,
}

/// Checks signatures from a key of `ring` down to the receipt, then the asked `rules`, at the moment `now`.
///
/// `price` is what the receipt was paid with, where that is known; without it rule 4 has nothing to compare. Whether the
/// receipt itself has expired is not asked here: that is a check of its own.
///
/// # Errors
/// The first [`Breach`].
pub fn verify_designed<'a>(
    chain: &'a Chain,
    ring: &KeyRing,
    now: Time,
    price: Option<Money>,
    rules: Rules,
) -> Result<VerifiedChain<'a>, Breach> {
    let life: ReceiptLife = chain.receipt().unverified_claims().map_err(|error| Breach {
        rule: Rule::Readable,
        entry: Entry::Receipt,
        evidence: error.to_string(),
    })?;
    let certificates = certificates(chain)?;
    let (signer, anchor) = verify_certificates(chain, &certificates, ring, &life)?;
    let receipt = verified(chain.receipt(), Entry::Receipt, &signer)?;
    let moment = match rules.validity {
        Validity::Now => Some(now),
        // A receipt that does not say when it was issued is judged as of now.
        Validity::AtIssue => Some(life.iat.map_or(now, NumericDate::time)),
        Validity::Ignored => None,
    };
    if let Some(moment) = moment {
        check_validity(&certificates, moment)?;
    }
    if rules.within_parents_life {
        check_lives(&certificates, life.exp)?;
    }
    if let Some(price) = price.filter(|_| rules.within_price_limit) {
        check_price(&certificates, price)?;
    }
    Ok(VerifiedChain { receipt, signer, anchor })
}

fn certificates(chain: &Chain) -> Result<Vec<Certificate>, Breach> {
    let read = |(index, token): (usize, &Jwt)| {
        let breach = |evidence| Breach { rule: Rule::Readable, entry: Entry::Certificate(index + 1), evidence };
        let certificate: Certificate = token.unverified_claims().map_err(|error| breach(error.to_string()))?;
        if certificate.typ != CERTIFIED_KEY {
            return Err(breach(format!("its typ is not {CERTIFIED_KEY}: {:?}", certificate.typ)));
        }
        Ok(certificate)
    };
    chain.certificates().iter().enumerate().map(read).collect()
}

/// Rule 1 down to the last certificate: the key that must have signed the receipt.
fn verify_certificates(
    chain: &Chain,
    certificates: &[Certificate],
    ring: &KeyRing,
    life: &ReceiptLife,
) -> Result<(VerifyingKey, AnchorUse), Breach> {
    let tokens = chain.certificates();
    let next = tokens.iter().skip(1).chain([chain.receipt()]);
    let certified = |(index, (certificate, next)): (usize, (&Certificate, &Jwt))| {
        certified_key(certificate, next.unverified_header().kid.as_ref()).map_err(|evidence| Breach {
            rule: Rule::SignedByParent,
            entry: Entry::Certificate(index + 1),
            evidence,
        })
    };
    let keys = certificates.iter().zip(next).enumerate().map(certified).collect::<Result<Vec<_>, _>>()?;
    let (Some(first), Some(token), Some(signer)) = (certificates.first(), tokens.first(), keys.last()) else {
        return issuer_key(chain, ring, life).map(|key| (key, AnchorUse::IssuerKey));
    };
    // The pinned certificate nearest to the receipt, if any: what stands before it vouches for nothing more.
    let is_pinned = |key: &VerifyingKey| ring.anchors().iter().any(|anchor| anchor.key.is_same_key(key));
    let (start, anchor) = match keys.iter().rposition(is_pinned) {
        Some(index) => (index, AnchorUse::PinnedCertificate(index + 1)),
        None => (0, AnchorUse::Root),
    };
    if anchor == AnchorUse::Root {
        check_root(token, &first.iss, ring)?;
    }
    for (index, (parent, token)) in keys.iter().zip(tokens.iter().skip(1)).enumerate().skip(start) {
        verified(token, Entry::Certificate(index + 2), parent)?;
    }
    Ok((signer.clone(), anchor))
}

/// The key of a bare receipt: the issuer's, from the ring.
fn issuer_key(chain: &Chain, ring: &KeyRing, life: &ReceiptLife) -> Result<VerifyingKey, Breach> {
    let breach = |evidence| Breach { rule: Rule::SignedByParent, entry: Entry::Receipt, evidence };
    let issuer = life.iss.as_ref().ok_or_else(|| breach("the receipt names no issuer (iss)".to_owned()))?;
    let kid = chain.receipt().unverified_header().kid.as_ref();
    let key = ring.lookup(issuer, kid, life.iat.map(NumericDate::time));
    key.cloned().map_err(|error| breach(error.to_string()))
}

/// The signature on the first certificate, by a root known beforehand for `issuer`.
fn check_root(token: &Jwt, issuer: &str, ring: &KeyRing) -> Result<(), Breach> {
    let breach = |evidence| Breach { rule: Rule::SignedByParent, entry: Entry::Certificate(1), evidence };
    let kid = token.unverified_header().kid.as_ref();
    let mut last = None;
    for anchor in ring.anchors().iter().filter(|anchor| anchor.issuer.as_deref() == Some(issuer)) {
        if kid.is_some() && anchor.key.kid().is_some() && kid != anchor.key.kid() {
            last = Some(format!("no root key of that name is known: {kid:?}"));
            continue;
        }
        match token.verify(&anchor.key) {
            Ok(_) => return Ok(()),
            Err(error) => last = Some(error.to_string()),
        }
    }
    Err(breach(last.unwrap_or_else(|| format!("no root key is known for its issuer: {issuer:?}"))))
}

/// The certified key that the next token must be signed with: the one it names, or the only one.
fn certified_key(certificate: &Certificate, kid: Option<&Kid>) -> Result<VerifyingKey, String> {
    let found = match (certificate.jwk.as_slice(), kid) {
        ([], _) => return Err("it certifies no key".to_owned()),
        ([only], None) => Some(only),
        ([only], Some(_)) if only.key().kid().is_none() => Some(only),
        (several, Some(kid)) => several.iter().find(|jwk| jwk.key().kid() == Some(kid)),
        (several, None) => return Err(format!("it certifies {} keys and the next token names none", several.len())),
    };
    let key = found.ok_or_else(|| format!("it certifies no key of the name that the next token uses: {kid:?}"))?;
    Ok(key.key().clone())
}

fn verified<'a>(token: &'a Jwt, entry: Entry, signer: &VerifyingKey) -> Result<Verified<&'a Jwt>, Breach> {
    let breach = |evidence| Breach { rule: Rule::SignedByParent, entry, evidence };
    token.verify(signer).map_err(|error| breach(error.to_string()))
}

fn check_validity(certificates: &[Certificate], moment: Time) -> Result<(), Breach> {
    for (index, certificate) in certificates.iter().enumerate() {
        let breach = |evidence| Breach { rule: Rule::NotExpired, entry: Entry::Certificate(index + 1), evidence };
        let (from, until) = (certificate.nbf.time(), certificate.exp.time());
        // RFC 7519, 4.1.4: on or after "exp" is too late.
        if moment >= until {
            return Err(breach(format!("it expired at {until}; asked for {moment}")));
        }
        if moment < from {
            return Err(breach(format!("it is valid from {from}; asked for {moment}")));
        }
    }
    Ok(())
}

fn check_lives(certificates: &[Certificate], receipt: Option<NumericDate>) -> Result<(), Breach> {
    let ends = certificates.iter().map(|certificate| Some(certificate.exp)).chain([receipt]);
    let mut parent: Option<NumericDate> = None;
    for (index, end) in ends.enumerate() {
        let entry = if index < certificates.len() { Entry::Certificate(index + 1) } else { Entry::Receipt };
        if let Some(parent) = parent.filter(|parent| end.is_none_or(|end| end > *parent)) {
            let end = end.map_or_else(|| "never".to_owned(), |end| format!("at {}", end.time()));
            let evidence = format!("it expires {end}, the certificate before it at {}", parent.time());
            return Err(Breach { rule: Rule::WithinParentsLife, entry, evidence });
        }
        parent = end;
    }
    Ok(())
}

fn check_price(certificates: &[Certificate], price: Money) -> Result<(), Breach> {
    for (index, certificate) in certificates.iter().enumerate() {
        // A limit too large to be an amount limits nothing.
        let limit = certificate.price_limit.and_then(|units| Money::whole(units, price.currency));
        if let Some(limit) = limit.filter(|limit| price.minor > limit.minor) {
            let evidence = format!("its limit is {limit}, the price is {price}");
            return Err(Breach { rule: Rule::WithinPriceLimit, entry: Entry::Certificate(index + 1), evidence });
        }
    }
    Ok(())
}
