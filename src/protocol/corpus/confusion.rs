//! Algorithm confusion: keys used with an algorithm that they are not for. RFC 8725, 2.1 and 3.1; CVE-2016-10555.

use crate::protocol::algorithm::Algorithm;
use crate::protocol::corpus::attack::{Attack, Class, Family, TokenKind};
use crate::protocol::corpus::bench::{Bench, Tray, encoded};
use crate::protocol::corpus::kid_tricks::{EMPTY_FILE, FORGERS_SECRET, QUERY, hs256};
use crate::protocol::corpus::pss::PssAlgorithm;
use crate::protocol::corpus::public_forms;
use crate::protocol::jwt::SignError;

/// Secrets that somebody has really used, or that a missing one turns into.
const SECRETS: [(Class, &[u8]); 6] = [
    (Class::new("hs256-empty-secret", "It is signed with an empty secret (CVE-2019-20933)", "RFC 8725, 3.5"), b""),
    (
        Class::new(
            "hs256-zero-secret",
            "It is signed with one zero byte, as a file without content may read",
            "RFC 8725, 3.5",
        ),
        b"\0",
    ),
    (
        Class::new("hs256-guessed-secret", "It is signed with a secret that everybody tries first", "RFC 8725, 3.5"),
        b"secret",
    ),
    (
        Class::new(
            "hs256-null-secret",
            "It is signed with the text null, as a missing setting may read",
            "RFC 8725, 3.5",
        ),
        b"null",
    ),
    (
        Class::new(
            "hs256-undefined-secret",
            "It is signed with the text undefined, as a missing setting may read",
            "RFC 8725, 3.5",
        ),
        b"undefined",
    ),
    (
        Class::new(
            "hs256-zeros-secret",
            "It is signed with 32 zero bytes, as memory that nobody filled",
            "RFC 8725, 3.5",
        ),
        &[0; 32],
    ),
];

/// All of this family.
///
/// # Errors
/// [`SignError`].
pub fn attacks(bench: &Bench<'_>) -> Result<Vec<Attack>, SignError> {
    let mut tray = Tray::new(bench, Family::Confusion)?;
    for (class, secret) in SECRETS {
        tray.add(class, signed(bench, secret));
    }
    tray.add(
        Class::new(
            "kid-path",
            "Its key is named by a path to an empty file, and it is signed with nothing",
            "RFC 8725, 3.10",
        ),
        named(bench, EMPTY_FILE, b""),
    );
    tray.add(
        Class::new("kid-sql", "Its key is named by a query that answers with the forger's secret", "RFC 8725, 3.10"),
        named(bench, QUERY, FORGERS_SECRET),
    );
    public_secrets(bench, &mut tray);
    renamed(bench, &mut tray)?;
    Ok(tray.attacks())
}

/// The public key as an HMAC secret, in each form in which it lies around.
fn public_secrets(bench: &Bench<'_>, tray: &mut Tray<'_>) {
    let key = bench.key.verifying_key();
    let pem = public_forms::pem(&key);
    let trimmed = pem.as_ref().map(|pem| pem.trim_end().as_bytes().to_vec());
    for (class, secret) in [
        (
            Class::new(
                "hs256-public-pem",
                "It is signed with the public key's PEM text as a secret (CVE-2016-10555)",
                "RFC 8725, 3.1",
            ),
            pem.map(String::into_bytes),
        ),
        (
            Class::new(
                "hs256-public-pem-trimmed",
                "It is signed with the public key's PEM text, without its last line break",
                "RFC 8725, 3.1",
            ),
            trimmed,
        ),
        (
            Class::new("hs256-public-der", "It is signed with the public key's DER bytes as a secret", "RFC 8725, 3.1"),
            public_forms::der(&key),
        ),
        (
            Class::new("hs256-public-raw", "It is signed with the public key's own bytes as a secret", "RFC 8725, 3.1"),
            public_forms::raw(&key),
        ),
        (
            Class::new("hs256-public-jwk", "It is signed with the public key's JSON as a secret", "RFC 8725, 3.1"),
            public_forms::jwk(&key).map(String::into_bytes),
        ),
    ] {
        if let Some(secret) = secret {
            tray.add(class, signed(bench, &secret));
        }
    }
}

/// A right signature under the name of another algorithm.
fn renamed(bench: &Bench<'_>, tray: &mut Tray<'_>) -> Result<(), SignError> {
    let names = [
        (
            Class::new("alg-says-rs256", "It says RS256, and is signed with another algorithm", "RFC 8725, 3.1"),
            Algorithm::Rs256,
        ),
        (
            Class::new("alg-says-es256", "It says ES256, and is signed with another algorithm", "RFC 8725, 3.1"),
            Algorithm::Es256,
        ),
        (
            Class::new("alg-says-eddsa", "It says EdDSA, and is signed with another algorithm", "RFC 8725, 3.1"),
            Algorithm::EdDsa,
        ),
        (
            Class::new("alg-says-hs256", "It says HS256, and is signed with another algorithm", "RFC 8725, 3.1"),
            Algorithm::Hs256,
        ),
    ];
    for (class, name) in names {
        if !bench.algorithm.admits(name.name()) {
            tray.add(class, bench.signed(&bench.header.with_text("alg", name.name()), &bench.claims)?);
        }
    }
    tray.add(
        Class::new("alg-says-ps256", "It says PS256, and is signed with another algorithm", "RFC 8725, 3.1"),
        bench.signed(&bench.header.with_text("alg", "PS256"), &bench.claims)?,
    );
    other_padding(bench, tray);
    // One RSA key fits both hashes; it is registered for one of them.
    let other = match bench.algorithm {
        Algorithm::Rs256 => Algorithm::Rs512,
        Algorithm::Rs512 => Algorithm::Rs256,
        Algorithm::EdDsa | Algorithm::Ed25519 | Algorithm::Es256 | Algorithm::Hs256 => return Ok(()),
    };
    let pem_key = match (bench.kind, bench.algorithm) {
        (TokenKind::Receipt, Algorithm::Rs512) => {
            crate::protocol::test_keys::next_store(bench.key.kid().clone(), other)?
        }
        _ => crate::protocol::test_keys::store(bench.key.kid().clone(), other)?,
    };
    tray.add(
        Class::new(
            "rsa-other-hash",
            "It is signed with the right RSA key under the hash that the key is not for",
            "RFC 8725, 3.1",
        ),
        bench.signed_by(&pem_key, &bench.header.with_text("alg", other.name()), &bench.claims)?,
    );
    Ok(())
}

/// The right RSA key with the padding that it is not for, said or hidden.
fn other_padding(bench: &Bench<'_>, tray: &mut Tray<'_>) {
    let Some(key) = bench.trust.pss_key(bench.algorithm) else { return };
    let (own, other) = match bench.algorithm {
        Algorithm::Rs512 => (PssAlgorithm::Ps512, PssAlgorithm::Ps256),
        Algorithm::EdDsa | Algorithm::Ed25519 | Algorithm::Es256 | Algorithm::Hs256 | Algorithm::Rs256 => {
            (PssAlgorithm::Ps256, PssAlgorithm::Ps512)
        }
    };
    let header = |algorithm: PssAlgorithm| bench.header.with_text("alg", algorithm.name());
    for (class, header, algorithm) in [
        (
            Class::new(
                "rsa-pss",
                "It says PSS and is signed so by the right RSA key, which is not for it",
                "RFC 8725, 3.1",
            ),
            header(own),
            own,
        ),
        (
            Class::new(
                "rsa-pss-other-hash",
                "It says PSS with another hash, and is signed so by the right RSA key",
                "RFC 8725, 3.1",
            ),
            header(other),
            other,
        ),
        (
            Class::new(
                "rsa-pss-hidden",
                "It says the right algorithm, and the right RSA key has signed it with the other padding",
                "RFC 7518, 3.3",
            ),
            bench.header.clone(),
            own,
        ),
    ] {
        let input = format!("{}.{}", encoded(header.json()), encoded(bench.claims.json()));
        tray.add(class, bench.with_signature(&input, &key.sign(algorithm, input.as_bytes())));
    }
}

/// The bench's token signed by HMAC with any secret.
fn signed(bench: &Bench<'_>, secret: &[u8]) -> String {
    bench.behind_certificate(&hs256(&bench.header, &bench.claims, secret))
}

/// The same, with a name for its key.
fn named(bench: &Bench<'_>, kid: &str, secret: &[u8]) -> String {
    bench.behind_certificate(&hs256(&bench.header.with_text("kid", kid), &bench.claims, secret))
}
