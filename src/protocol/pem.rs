//! Public keys in PEM: `PUBLIC KEY`, `RSA PUBLIC KEY`, and the key inside a `CERTIFICATE`, of which nothing else is believed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::pkcs8::ObjectIdentifier;
use p256::pkcs8::der::asn1::{AnyRef, UintRef};
use p256::pkcs8::der::{self, Decode, Reader, SliceReader, TagNumber, Tagged};
use p256::pkcs8::spki::SubjectPublicKeyInfoRef;

use crate::protocol::algorithm::Algorithm;
use crate::protocol::key_error::KeyError;
use crate::protocol::verifying_key::{PublicNumbers, VerifyingKey};

/// One block between `-----BEGIN X-----` and `-----END X-----`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands after `BEGIN`.
    pub label: String,
    /// The decoded bytes.
    pub bytes: Vec<u8>,
    /// The line of its `BEGIN`, from 1.
    pub line: usize,
}

/// Why a text is not PEM.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why} (line {line})")]
pub struct PemError {
    /// What is wrong, and what to do.
    pub why: String,
    /// Line, from 1.
    pub line: usize,
}

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

// RFC 8410, 3; RFC 5480, 2.1.1; RFC 8017, A.1.
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// The blocks of a PEM text. What stands between blocks is a comment, as OpenSSL writes them.
///
/// # Errors
/// [`PemError`] for a block that does not end, or holds anything but base64.
pub fn blocks(text: &str) -> Result<Vec<Block>, PemError> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().map(str::trim).enumerate();
    while let Some((index, begin)) = lines.next() {
        let Some(label) = begin.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(DASHES)) else { continue };
        let line = index + 1;
        let end = format!("-----END {label}-----");
        let mut body = String::new();
        loop {
            match lines.next() {
                Some((_, last)) if last == end => break,
                Some((index, other)) if other.starts_with(DASHES) => {
                    return Err(PemError { why: format!("{end} was expected"), line: index + 1 });
                }
                Some((_, part)) => body.push_str(part),
                None => return Err(PemError { why: format!("the block never ends; {end} is missing"), line }),
            }
        }
        let broken = |error| PemError { why: format!("the block is not base64, was it edited? {error}"), line };
        let bytes = STANDARD.decode(body).map_err(broken)?;
        blocks.push(Block { label: label.to_owned(), bytes, line });
    }
    Ok(blocks)
}

impl Block {
    /// The public key in this block, without a name. RSA keys are bound to RS256.
    ///
    /// # Errors
    /// [`KeyError::Private`] for a private key, and [`KeyError`] for anything else that is no public key of a known kind.
    pub fn key(&self) -> Result<VerifyingKey, KeyError> {
        match self.label.as_str() {
            "PUBLIC KEY" => subject_key(SubjectPublicKeyInfoRef::from_der(&self.bytes)),
            "RSA PUBLIC KEY" => rsa(&self.bytes),
            "CERTIFICATE" => subject_key(certificate_key(&self.bytes)),
            label if label.ends_with("PRIVATE KEY") => Err(KeyError::Private("openssl pkey -in key.pem -pubout")),
            label => Err(malformed(format!("a block of this kind holds no public key: {label:?}"))),
        }
    }
}

/// The key in a certificate. RFC 5280, 4.1: version, serial number, signature, issuer, validity, subject, then the key.
fn certificate_key(bytes: &[u8]) -> der::Result<SubjectPublicKeyInfoRef<'_>> {
    let certificate = AnyRef::from_der(bytes)?;
    let mut fields = SliceReader::new(certificate.value())?;
    let signed = AnyRef::decode(&mut fields)?;
    let mut fields = SliceReader::new(signed.value())?;
    let first = AnyRef::decode(&mut fields)?;
    let has_version = first.tag() == der::Tag::ContextSpecific { constructed: true, number: TagNumber(0) };
    for _ in 0..if has_version { 5 } else { 4 } {
        AnyRef::decode(&mut fields)?;
    }
    SubjectPublicKeyInfoRef::decode(&mut fields)
}

fn subject_key(info: der::Result<SubjectPublicKeyInfoRef<'_>>) -> Result<VerifyingKey, KeyError> {
    let broken = |error: der::Error| malformed(format!("the DER inside is broken, export it again: {error}"));
    let info = info.map_err(broken)?;
    let bits = info.subject_public_key.as_bytes().ok_or_else(|| malformed("its bits are no whole bytes".to_owned()))?;
    let curve = || info.algorithm.parameters.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
    match info.algorithm.oid {
        ED25519 => VerifyingKey::ed25519(None, bits),
        EC if curve() == Some(P256) => p256_key(bits),
        EC => Err(malformed("its curve is not P-256".to_owned())),
        RSA => rsa(bits),
        other => Err(malformed(format!("its kind is not one of Ed25519, P-256 and RSA: {other}"))),
    }
}

fn p256_key(bits: &[u8]) -> Result<VerifyingKey, KeyError> {
    let point = p256::PublicKey::from_sec1_bytes(bits).map_err(|_| KeyError::NotOnCurve { curve: "P-256" })?;
    let point = p256::Sec1Point::from(point);
    match (point.x(), point.y()) {
        (Some(x), Some(y)) => VerifyingKey::p256(None, x, y),
        _ => Err(KeyError::NotOnCurve { curve: "P-256" }),
    }
}

/// RFC 8017, A.1.1: a sequence of modulus and exponent.
fn rsa(bytes: &[u8]) -> Result<VerifyingKey, KeyError> {
    let numbers = || -> der::Result<(Vec<u8>, Vec<u8>)> {
        let sequence = AnyRef::from_der(bytes)?;
        sequence.tag().assert_eq(der::Tag::Sequence)?;
        let mut fields = SliceReader::new(sequence.value())?;
        let (n, e) = (UintRef::decode(&mut fields)?, UintRef::decode(&mut fields)?);
        fields.finish()?;
        Ok((n.as_bytes().to_vec(), e.as_bytes().to_vec()))
    };
    let (n, e) = numbers().map_err(|error| malformed(format!("the RSA numbers inside are broken: {error}")))?;
    VerifyingKey::rsa(None, Algorithm::Rs256, &n, &e)
}

/// The key as a `PUBLIC KEY` block; `None` for an HMAC secret.
#[must_use]
pub fn print(key: &VerifyingKey) -> Option<String> {
    let bytes = match key.numbers()? {
        PublicNumbers::Ed25519(x) => tagged(0x30, &[&tagged(0x30, &[&oid(ED25519)]), &bit_string(x)]),
        PublicNumbers::P256(x, y) => {
            let kind = tagged(0x30, &[&oid(EC), &oid(P256)]);
            tagged(0x30, &[&kind, &bit_string(&[&[4], x, y].concat())])
        }
        PublicNumbers::Rsa(n, e) => {
            let kind = tagged(0x30, &[&oid(RSA), &[5, 0]]);
            tagged(0x30, &[&kind, &bit_string(&tagged(0x30, &[&integer(n), &integer(e)]))])
        }
    };
    let text = STANDARD.encode(bytes);
    let lines = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line) + "\n");
    Some(format!("-----BEGIN PUBLIC KEY-----\n{}-----END PUBLIC KEY-----\n", lines.collect::<String>()))
}

fn oid(id: ObjectIdentifier) -> Vec<u8> {
    tagged(6, &[id.as_bytes()])
}

fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tagged(3, &[&[0], bytes])
}

/// A positive number: a zero byte goes before a first bit that would read as a sign.
fn integer(number: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if number.first().is_some_and(|first| *first >= 0x80) { &[0] } else { &[] };
    tagged(2, &[sign, number])
}

/// DER: tag, length, contents. X.690, 8.1.3.
fn tagged(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let length = contents.len().to_be_bytes();
    let long: Vec<u8> = length.iter().copied().skip_while(|byte| *byte == 0).collect();
    let mut bytes = vec![tag];
    match (long.as_slice(), u8::try_from(long.len())) {
        ([], _) => bytes.push(0),
        ([short], _) if *short < 0x80 => bytes.push(*short),
        (_, count) => {
            bytes.push(0x80 | count.unwrap_or_default());
            bytes.extend(long);
        }
    }
    bytes.extend(contents);
    bytes
}

fn malformed(why: String) -> KeyError {
    KeyError::Malformed { what: "the key (PEM)", why }
}
