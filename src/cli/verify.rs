//! `paystage verify`: whether a receipt opens an app, check by check.

use std::io::Write;

use anyhow::Context as _;
use serde::Serialize;

use crate::cli::arguments::verify::VerifyArguments;
use crate::cli::ending::Ending;
use crate::cli::ladder;
use crate::cli::paint::{QUIET, WARN, painted};
use crate::cli::reading;
use crate::io::clock;
use crate::io::files::{self, SMALL_FILE_MAX};
use crate::protocol::algorithm::Algorithm;
use crate::protocol::chain::Certificate;
use crate::protocol::claims::ReceiptClaims;
use crate::protocol::dial::VerifyPolicy;
use crate::protocol::id::Origin;
use crate::protocol::jwt::{Jwt, MAX_INSPECT_BYTES};
use crate::protocol::key_file::{KeyFile, KeyForm, NamedKey};
use crate::protocol::look::look;
use crate::protocol::ring::KeyRing;
use crate::protocol::rules::Rules;
use crate::protocol::store_answer::{StoreAnswer, StoreReply};
use crate::protocol::time::Time;
use crate::protocol::verdict::check::{Check, CheckSet};
use crate::protocol::verdict::judge;
use crate::protocol::verdict::ladder::Verdict;
use crate::protocol::verdict::question::{Presenter, Question};
use crate::protocol::verifying_key::VerifyingKey;

/// Judges the receipt and prints the ladder.
pub(crate) fn run(arguments: &VerifyArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let receipt = reading::token(&arguments.receipt)?;
    let claimed = Claimed::of(&receipt.text);
    let mut notes = Vec::new();
    let keys = ring(arguments, &receipt.text, &claimed, &mut notes)?;
    let at = arguments.at.unwrap_or_else(clock::now);
    let verdict = judgement(arguments, &receipt.text, &keys, &claimed, at, &mut notes)?;
    if arguments.json {
        let report = Report { receipt: &receipt.source, at: at.rfc3339(), notes, verdict: &verdict };
        serde_json::to_writer_pretty(&mut *out, &report)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}", painted(QUIET, format_args!("{}, judged at {}", receipt.source, at.rfc3339())))?;
        for note in notes {
            writeln!(out, "{} {note}", painted(WARN, "!"))?;
        }
        writeln!(out)?;
        ladder::print(out, &verdict)?;
    }
    Ok(Ending::of(verdict.is_accepted()))
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    receipt: &'a str,
    /// RFC 3339.
    at: String,
    notes: Vec<String>,
    verdict: &'a Verdict,
}

/// What the receipt says of itself, unverified: used to place keys, and to fill in what was not given.
struct Claimed {
    /// `iss` of the receipt.
    issuer: Option<String>,
    /// `iss` of the first certificate, where there are any.
    root: Option<String>,
    /// `product.url`.
    product: Option<String>,
    /// `alg` of the receipt.
    algorithm: Option<Algorithm>,
}

impl Claimed {
    fn of(text: &str) -> Self {
        let (before, token) = text.rsplit_once('~').map_or((None, text), |(before, last)| (Some(before), last));
        let first = before.and_then(|before| before.split('~').next());
        let certificate = first.and_then(|first| Jwt::parse_within(first, MAX_INSPECT_BYTES).ok());
        let root = certificate.and_then(|token| token.unverified_claims::<Certificate>().ok());
        let seen = look(token);
        let claims = seen.claims_json().and_then(|json| ReceiptClaims::read(json).ok()).unwrap_or_default();
        let header = Jwt::parse_within(token, MAX_INSPECT_BYTES).ok();
        Self {
            issuer: claims.iss.text().map(str::to_owned),
            root: root.map(|certificate| certificate.iss),
            product: claims.product_url.text().map(str::to_owned),
            algorithm: header.and_then(|token| Algorithm::parse(&token.unverified_header().alg)),
        }
    }
}

/// The keys of all files, each under the issuer it answers for.
fn ring(
    arguments: &VerifyArguments,
    receipt: &str,
    claimed: &Claimed,
    notes: &mut Vec<String>,
) -> anyhow::Result<KeyRing> {
    let mut ring = KeyRing::new();
    if arguments.keys.is_empty() {
        notes
            .push("No keys were given: the climb ends where the issuer's keys are needed; give --keys FILE".to_owned());
    }
    let is_chained = receipt.contains('~');
    for place in &arguments.keys {
        let text = files::read_text(place, SMALL_FILE_MAX)?;
        for named in KeyFile::parse(&text).with_context(|| place.to_string())? {
            let key = bound(&named, claimed.algorithm);
            if is_chained || named.form == KeyForm::RootDocument {
                let root = arguments.issuer.clone().or(named.issuer).or_else(|| claimed.root.clone());
                ring.pin(root, key.clone());
            }
            if named.form != KeyForm::RootDocument {
                insert(&mut ring, arguments, claimed, key, notes).with_context(|| place.to_string())?;
            }
        }
    }
    Ok(ring)
}

/// A PEM key names no hash: an RSA key of that form serves RS512 where the receipt is signed so.
fn bound(named: &NamedKey, algorithm: Option<Algorithm>) -> VerifyingKey {
    match algorithm {
        Some(Algorithm::Rs512) if named.form == KeyForm::Pem => {
            named.key.as_algorithm(Algorithm::Rs512).unwrap_or_else(|_| named.key.clone())
        }
        _ => named.key.clone(),
    }
}

fn insert(
    ring: &mut KeyRing,
    arguments: &VerifyArguments,
    claimed: &Claimed,
    key: VerifyingKey,
    notes: &mut Vec<String>,
) -> anyhow::Result<()> {
    let Some(issuer) = arguments.issuer.as_ref().or(claimed.issuer.as_ref()) else { return Ok(()) };
    let origin = match Origin::parse(issuer) {
        Ok(origin) => origin,
        // A receipt may name an issuer that is no origin; the ladder says so.
        Err(_) if arguments.issuer.is_none() => return Ok(()),
        // The root of a certificate is named by an address, not by an origin.
        Err(_) if claimed.root.is_some() => return Ok(()),
        Err(error) => return Err(error).context("--issuer"),
    };
    if arguments.issuer.is_none() {
        let note = format!("The keys are taken as those of {origin}, because the receipt says so; --issuer makes sure");
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    Ok(ring.insert(origin, key)?)
}

fn judgement(
    arguments: &VerifyArguments,
    receipt: &str,
    keys: &KeyRing,
    claimed: &Claimed,
    now: Time,
    notes: &mut Vec<String>,
) -> anyhow::Result<Verdict> {
    let rules = Rules::of(arguments.revision);
    let mut switched_off: CheckSet = arguments.off.iter().copied().collect();
    let own = claimed.product.as_deref().and_then(|product| Origin::parse(product).ok());
    let app = arguments.app.clone().or(own);
    if arguments.app.is_none() {
        switched_off = switched_off.with(Check::Product);
        notes.push("No app was given: the product is shown and not checked; give --app ORIGIN".to_owned());
    }
    // Some origin has to stand there; with the check switched off it decides nothing.
    let app = app.map_or_else(|| Origin::parse("https://app.invalid"), Ok)?;
    let answer = arguments.status.map(|status| StoreReply::from(StoreAnswer::of(status)));
    let question = Question {
        policy: if answer.is_some() { VerifyPolicy::SignatureAndStore } else { VerifyPolicy::SignatureOnly },
        profile: arguments.profile,
        presenter: match &arguments.presenter {
            Some(email) => Presenter::Asserted { email, identifier: None },
            None => Presenter::Nobody,
        },
        store_answer: answer.as_ref(),
        switched_off,
        price: arguments.price,
        ..Question::new(receipt, keys, &app, now, rules)
    };
    Ok(judge(&question))
}
