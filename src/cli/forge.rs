//! `paystage forge`: the attack corpus as files, with an index and the keys that a verifier must know beforehand.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

use crate::cli::arguments::corpus::ForgeArguments;
use crate::cli::corpus;
use crate::cli::ending::Ending;
use crate::cli::paint::{QUIET, STRONG, painted};
use crate::cli::reading;
use crate::io::folder;
use crate::protocol::algorithm::Algorithm;
use crate::protocol::corpus::attack::{Attack, Family, TokenKind};
use crate::protocol::corpus::old_signature;
use crate::protocol::corpus::public_forms;
use crate::protocol::corpus::trust::{OTHER_ISSUER, PROVIDER, ROOT, SELLER, Trust};

/// Writes the corpus, or lists it.
pub(crate) fn run(arguments: &ForgeArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let trust = corpus::trust(&arguments.corpus);
    let attacks = match &arguments.token {
        Some(word) => {
            let own = reading::token(word)?;
            old_signature::attacks(&own.text).context(own.source)?
        }
        None => corpus::attacks(&arguments.corpus, &trust, TokenKind::ALL)?,
    };
    if arguments.list {
        list(&attacks, out)?;
    }
    if let Some(folder) = &arguments.out {
        let folder = Path::new(folder);
        let is_own = arguments.token.is_some();
        let mut written = texts(&attacks);
        if !is_own {
            written.extend(keys(&trust)?);
        }
        written.insert("index.json".to_owned(), index(&attacks, &trust, is_own)?);
        folder::write_all(folder, &written)?;
        let count = format!("{} forgeries", attacks.len());
        let count = painted(STRONG, count);
        writeln!(out, "{count} and their good twins in {}, described in index.json", folder.display())?;
    }
    Ok(Ending::Fine)
}

fn list(attacks: &[Attack], out: &mut dyn Write) -> anyhow::Result<()> {
    for family in Family::ALL {
        let mut of_family = attacks.iter().filter(|attack| attack.family == *family).peekable();
        if of_family.peek().is_some() {
            writeln!(out, "{}  {}", painted(STRONG, family.label()), painted(QUIET, family.meaning()))?;
        }
        for attack in of_family {
            writeln!(out, "  {}  {} {}", attack.name(), attack.class.flaw, painted(QUIET, attack.class.rule))?;
        }
    }
    Ok(())
}

/// What `index.json` says of everything.
#[derive(Serialize)]
struct Index<'a> {
    format: &'static str,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    good_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expects: Option<Expects<'a>>,
    attacks: Vec<Entry<'a>>,
}

/// What a verifier must be set up with.
#[derive(Serialize)]
struct Expects<'a> {
    issuer: &'a str,
    app: &'a str,
    root: &'a str,
    other_issuer: &'a str,
    seller: &'a str,
    provider: &'a str,
    /// What the product costs.
    price: String,
    /// The longest token to take.
    limit_bytes: usize,
    seed: u64,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: String,
    class: &'a str,
    family: Family,
    kind: TokenKind,
    algorithm: Option<&'static str>,
    flaw: &'a str,
    rule: &'a str,
    token: String,
    token_must_be: &'static str,
    twin: String,
    twin_must_be: &'static str,
}

fn index(attacks: &[Attack], trust: &Trust, is_own: bool) -> anyhow::Result<String> {
    let plan = trust.plan();
    let expects = Expects {
        issuer: plan.issuer.as_str(),
        app: plan.app.as_str(),
        root: ROOT,
        other_issuer: OTHER_ISSUER,
        seller: SELLER,
        provider: PROVIDER,
        price: plan.price.to_string(),
        limit_bytes: plan.limit_bytes,
        seed: plan.seed,
    };
    let entry = |attack: &'_ Attack| {
        let Attack { class, family, kind, algorithm, .. } = *attack;
        Entry {
            name: attack.name(),
            class: class.name,
            family,
            kind,
            algorithm: algorithm.map(Algorithm::name),
            flaw: class.flaw,
            rule: class.rule,
            token: token_file(attack),
            token_must_be: "refused",
            twin: twin_file(attack),
            twin_must_be: "accepted",
        }
    };
    let index = Index {
        format: "paystage-corpus-1",
        good_at: (!is_own).then(|| plan.now.rfc3339()),
        expects: (!is_own).then_some(expects),
        attacks: attacks.iter().map(entry).collect(),
    };
    Ok(serde_json::to_string_pretty(&index)? + "\n")
}

fn token_file(attack: &Attack) -> String {
    format!("forged/{}.jwt", attack.name())
}

fn twin_file(attack: &Attack) -> String {
    format!("good/{}.jwt", attack.name())
}

/// The texts byte for byte, without a line break at their end: that would be one more difference.
fn texts(attacks: &[Attack]) -> BTreeMap<String, String> {
    let both = |attack: &Attack| [(token_file(attack), attack.token.clone()), (twin_file(attack), attack.twin.clone())];
    attacks.iter().flat_map(both).collect()
}

fn keys(trust: &Trust) -> anyhow::Result<Vec<(String, String)>> {
    let mut keys = vec![
        ("keys/issuer.jwks".to_owned(), trust.issuer_keys()?.json()),
        ("keys/other-issuer.jwks".to_owned(), trust.other_issuer_keys().json()),
        ("keys/root.json".to_owned(), trust.root_document()?),
        ("keys/shared-secret.txt".to_owned(), trust.secret()),
    ];
    for algorithm in TokenKind::Receipt.algorithms() {
        let key = trust.key(*algorithm)?.verifying_key();
        keys.push((format!("keys/issuer-{algorithm}.pem"), public_forms::pem(&key).unwrap_or_default()));
    }
    Ok(keys)
}
