//! Signature forms: signatures that are missing, changed, somebody else's, or written in another form.

use crate::protocol::algorithm::Algorithm;
use crate::protocol::corpus::attack::{Attack, Class, Family};
use crate::protocol::corpus::bench::{Bench, Tray, encoded};
use crate::protocol::corpus::old_signature::{self, Parts};
use crate::protocol::corpus::public_forms::tagged;
use crate::protocol::jwt::SignError;

/// The order of Ed25519's base point, little-endian. RFC 8032, 5.1.
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];
/// The order of P-256's base point, big-endian. SEC 2, 2.4.2.
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7,
    0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// All of this family.
///
/// # Errors
/// [`SignError`].
pub fn attacks(bench: &Bench<'_>) -> Result<Vec<Attack>, SignError> {
    let mut tray = Tray::new(bench, Family::Signature)?;
    let (header, claims) = (bench.header.json(), bench.claims.json());
    let input = format!("{}.{}", encoded(&header), encoded(&claims));
    let signature = bench.key.sign(input.as_bytes())?;
    let parts = Parts { input: input.clone(), signature: signature.clone() };
    for (class, token) in old_signature::signatures(&parts) {
        tray.add(class, bench.behind_certificate(&token));
    }
    for (class, signature) in own_forms(bench.algorithm, &signature) {
        tray.add(class, bench.with_signature(&input, &signature));
    }
    tray.add(
        Class::new("signed-by-forger", "Another key signed it, under the right key's name", "RFC 7515, 5.2"),
        bench.signed_by(&bench.forger, &bench.header, &bench.claims)?,
    );
    let other =
        bench.key.sign(format!("{}.{}", encoded(&header), encoded(bench.claims.with("iat", "1").json())).as_bytes())?;
    tray.add(
        Class::new("signature-of-another", "It carries the signature of another good token", "RFC 7515, 5.2"),
        bench.with_signature(&input, &other),
    );
    tray.add(
        Class::new("signed-decoded", "The JSON was signed instead of its encoded form", "RFC 7515, 5.1"),
        bench.with_signature(&input, &bench.key.sign(format!("{header}.{claims}").as_bytes())?),
    );
    tray.add(
        Class::new(
            "signed-claims-only",
            "Only the claims were signed, so that the header could be anything",
            "RFC 7515, 5.1",
        ),
        bench.with_signature(&input, &bench.key.sign(encoded(&claims).as_bytes())?),
    );
    tray.add(
        Class::new("signed-empty", "The signature is the right key's, over nothing", "RFC 7515, 5.1"),
        bench.with_signature(&input, &bench.key.sign(b"")?),
    );
    Ok(tray.attacks())
}

/// Forms that only signatures of one algorithm have.
fn own_forms(algorithm: Algorithm, signature: &[u8]) -> Vec<(Class, Vec<u8>)> {
    let half = signature.split_at_checked(32);
    match (algorithm, half) {
        (Algorithm::EdDsa | Algorithm::Ed25519, Some((r, s))) => {
            let mut identity = vec![0; 64];
            if let Some(first) = identity.first_mut() {
                *first = 1;
            }
            vec![
                (
                    Class::new(
                        "eddsa-s-plus-l",
                        "The group's order was added to S, which makes a second signature of one",
                        "RFC 8032, 5.1.7",
                    ),
                    [r, plus_order(s).as_slice()].concat(),
                ),
                (
                    Class::new(
                        "eddsa-identity",
                        "Its signature is the neutral point and zero, which weak keys accept for anything",
                        "RFC 8032, 5.1.7",
                    ),
                    identity,
                ),
                (
                    Class::new("eddsa-swapped", "The halves of its signature have changed places", "RFC 8032, 5.1.6"),
                    [s, r].concat(),
                ),
            ]
        }
        (Algorithm::Es256, Some((r, s))) => vec![
            (
                Class::new("es256-der", "Its signature is in DER instead of two numbers of 32 bytes", "RFC 7518, 3.4"),
                tagged(0x30, &[tagged(2, &positive(r)), tagged(2, &positive(s))].concat()),
            ),
            (
                Class::new(
                    "es256-order",
                    "Both numbers of its signature are the curve's order, which is zero to whoever forgets to look",
                    "RFC 7518, 3.4",
                ),
                [P256_ORDER, P256_ORDER].concat(),
            ),
            (
                Class::new("es256-swapped", "The numbers of its signature have changed places", "RFC 7518, 3.4"),
                [s, r].concat(),
            ),
        ],
        (Algorithm::Rs256 | Algorithm::Rs512, _) => vec![
            (
                Class::new(
                    "rsa-leading-zero",
                    "Its signature has a zero byte in front, one byte more than the modulus",
                    "RFC 8017, 8.2.2",
                ),
                [&[0], signature].concat(),
            ),
            (Class::new("rsa-one", "Its signature is the number one", "RFC 8017, 8.2.2"), one(signature.len())),
        ],
        (Algorithm::EdDsa | Algorithm::Ed25519 | Algorithm::Es256 | Algorithm::Hs256, _) => Vec::new(),
    }
}

/// S + L, little-endian; below 2^256 since S < L < 2^253.
fn plus_order(s: &[u8]) -> Vec<u8> {
    let mut carry = 0_u16;
    let sum = s.iter().zip(ED25519_ORDER).map(|(byte, order)| {
        let [low, high] = (u16::from(*byte) + u16::from(order) + carry).to_le_bytes();
        carry = u16::from(high);
        low
    });
    sum.collect()
}

/// A positive number in DER: no leading zeros but the one that keeps it positive.
fn positive(number: &[u8]) -> Vec<u8> {
    let short: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
    if short.first().is_none_or(|first| first & 0x80 != 0) { [&[0], short.as_slice()].concat() } else { short }
}

fn one(bytes: usize) -> Vec<u8> {
    let mut number = vec![0; bytes];
    if let Some(last) = number.last_mut() {
        *last = 1;
    }
    number
}
