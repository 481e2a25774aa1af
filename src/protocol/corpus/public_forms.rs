//! Public forms: the bytes in which a public key lies around, each of which some verifier has taken for an HMAC secret.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::protocol::jwk::Jwk;
use crate::protocol::verifying_key::{PublicNumbers, VerifyingKey};

/// `AlgorithmIdentifier` and the head of the bit string. RFC 8410, 4.
const ED25519: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
/// The same for a P-256 point. RFC 5480, 2.
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 3,
    0x42, 0,
];
/// `rsaEncryption` with its NULL. RFC 8017, A.1.
const RSA: [u8; 15] = [0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];

/// The key's own bytes: point or modulus. `None` for a secret.
#[must_use]
pub fn raw(key: &VerifyingKey) -> Option<Vec<u8>> {
    Some(match key.numbers()? {
        PublicNumbers::Ed25519(x) => x.to_vec(),
        PublicNumbers::P256(x, y) => [&[4], x, y].concat(),
        PublicNumbers::Rsa(n, _) => n.to_vec(),
    })
}

/// The key as a JWK on one line.
#[must_use]
pub fn jwk(key: &VerifyingKey) -> Option<String> {
    Jwk::modern(key).map(|jwk| jwk.json())
}

/// `SubjectPublicKeyInfo`. RFC 5280, 4.1.
#[must_use]
pub fn der(key: &VerifyingKey) -> Option<Vec<u8>> {
    Some(match key.numbers()? {
        PublicNumbers::Ed25519(x) => [&ED25519, x.as_slice()].concat(),
        PublicNumbers::P256(x, y) => [P256.as_slice(), &[4], x, y].concat(),
        PublicNumbers::Rsa(n, e) => {
            let numbers = tagged(0x30, &[tagged(2, &unsigned(n)), tagged(2, &unsigned(e))].concat());
            let bits = tagged(3, &[&[0], numbers.as_slice()].concat());
            tagged(0x30, &[&RSA, bits.as_slice()].concat())
        }
    })
}

/// The same in PEM, with a line break at its end as files have it.
#[must_use]
pub fn pem(key: &VerifyingKey) -> Option<String> {
    let text = STANDARD.encode(der(key)?);
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    let mut rest = text.as_str();
    while let Some((line, more)) = rest.split_at_checked(64) {
        pem.push_str(line);
        pem.push('\n');
        rest = more;
    }
    if !rest.is_empty() {
        pem.push_str(rest);
        pem.push('\n');
    }
    pem.push_str("-----END PUBLIC KEY-----\n");
    Some(pem)
}

/// A positive number: a zero byte before one whose top bit is set.
fn unsigned(number: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if number.first().is_some_and(|first| first & 0x80 != 0) { &[0] } else { &[] };
    [sign, number].concat()
}

/// One value of DER, up to 65,535 bytes long.
pub(crate) fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., high, low] = content.len().to_be_bytes();
    let length: &[u8] = match (high, low) {
        (0, 0..=0x7f) => &[low],
        (0, _) => &[0x81, low],
        _ => &[0x82, high, low],
    };
    [&[tag], length, content].concat()
}

#[cfg(test)]
mod tests {
    use crate::protocol::algorithm::Algorithm;
    use crate::protocol::corpus::public_forms::pem;
    use crate::protocol::key_file::KeyFile;
    use crate::protocol::signing_key::SigningKey;
    use crate::protocol::test_keys;

    #[test]
    fn every_kind_of_key_is_read_back_from_its_pem() {
        let keys = [
            SigningKey::ed25519("a", &[3; 32]),
            SigningKey::es256("b", &[3; 32]),
            test_keys::store("c", Algorithm::Rs256).unwrap(),
        ];
        for key in keys {
            let key = key.verifying_key();
            let read = KeyFile::parse(&pem(&key).unwrap()).unwrap();
            assert!(read[0].key.is_same_key(&key), "{:?}", key.algorithm());
        }
    }
}
