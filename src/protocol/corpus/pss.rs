//! PSS: the other way in which an RSA key signs, which a key registered for RS256 or RS512 must not be taken for. RFC 8017, 8.1.
//!
//! Libraries draw the salt from chance. Here it comes from the input, so that one plan gives the same bytes each time. For the stage's
//! own well-known keys only: nothing here guards a private key from whoever measures time.

use p256::elliptic_curve::bigint::modular::{FixedMontyForm, FixedMontyParams};
use p256::elliptic_curve::bigint::{Odd, U2048};
use p256::pkcs8::PrivateKeyInfoRef;
use p256::pkcs8::der::asn1::{AnyRef, UintRef};
use p256::pkcs8::der::{self, Decode, SliceReader};
use sha2::{Digest, Sha256, Sha512};

use crate::protocol::pem::blocks;

/// Bytes of the modulus of the stage's keys.
const MODULUS_BYTES: usize = 256;

/// Which hash goes with the padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PssAlgorithm {
    /// PSS with SHA-256.
    Ps256,
    /// PSS with SHA-512.
    Ps512,
}

impl PssAlgorithm {
    /// The `alg` that such a token names. RFC 7518, 3.5.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ps256 => "PS256",
            Self::Ps512 => "PS512",
        }
    }

    fn hash(self, parts: &[&[u8]]) -> Vec<u8> {
        let whole = parts.concat();
        match self {
            Self::Ps256 => Sha256::digest(whole).to_vec(),
            Self::Ps512 => Sha512::digest(whole).to_vec(),
        }
    }
}

/// The private numbers of one of the stage's RSA keys.
#[derive(Clone)]
pub struct PssKey {
    modulus: FixedMontyParams<{ U2048::LIMBS }>,
    exponent: U2048,
}

impl std::fmt::Debug for PssKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PssKey").finish_non_exhaustive()
    }
}

impl PssKey {
    /// The key in a PEM text of PKCS #8, of 2048 bits; `None` for any other.
    #[must_use]
    pub fn of_pem(text: &str) -> Option<Self> {
        let block = blocks(text).ok()?.into_iter().next()?;
        let info = PrivateKeyInfoRef::from_der(&block.bytes).ok()?;
        let (modulus, exponent) = numbers(info.private_key.as_bytes()).ok()?;
        let modulus = Option::<Odd<U2048>>::from(Odd::new(modulus))?;
        Some(Self { modulus: FixedMontyParams::new_vartime(modulus), exponent })
    }

    /// The signature over `input`: as many bytes as the modulus has, the salt as long as the hash. RFC 7518, 3.5.
    #[must_use]
    pub fn sign(&self, algorithm: PssAlgorithm, input: &[u8]) -> Vec<u8> {
        let padded = U2048::from_be_slice(&padded(algorithm, input));
        let signature = FixedMontyForm::new(&padded, &self.modulus).pow_vartime(&self.exponent).retrieve();
        signature.to_be_bytes().as_ref().to_vec()
    }
}

/// Modulus and private exponent of an `RSAPrivateKey`. RFC 8017, A.1.2: version, modulus, public exponent, private exponent.
fn numbers(key: &[u8]) -> der::Result<(U2048, U2048)> {
    let sequence = AnyRef::from_der(key)?;
    let mut fields = SliceReader::new(sequence.value())?;
    let mut next = || -> der::Result<UintRef<'_>> { UintRef::decode(&mut fields) };
    let (_version, modulus, _public, private) = (next()?, next()?, next()?, next()?);
    let number = |uint: UintRef<'_>| -> der::Result<U2048> {
        let bytes = uint.as_bytes();
        let zeros = MODULUS_BYTES.checked_sub(bytes.len()).ok_or(der::ErrorKind::Overlength)?;
        Ok(U2048::from_be_slice(&[vec![0; zeros].as_slice(), bytes].concat()))
    };
    Ok((number(modulus)?, number(private)?))
}

/// EMSA-PSS-ENCODE for a modulus whose top bit is set. RFC 8017, 9.1.1.
fn padded(algorithm: PssAlgorithm, input: &[u8]) -> Vec<u8> {
    let digest = algorithm.hash(&[input]);
    let salt = algorithm.hash(&[b"salt", input]);
    let seal = algorithm.hash(&[&[0; 8], &digest, &salt]);
    let zeros = MODULUS_BYTES - 2 - salt.len() - seal.len();
    let block = [vec![0; zeros].as_slice(), &[1], &salt].concat();
    let mask = mask(algorithm, &seal, block.len());
    let mut masked: Vec<u8> = block.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    if let Some(first) = masked.first_mut() {
        *first &= 0x7f;
    }
    [masked.as_slice(), &seal, &[0xbc]].concat()
}

/// MGF1. RFC 8017, B.2.1.
fn mask(algorithm: PssAlgorithm, seed: &[u8], length: usize) -> Vec<u8> {
    let counters = (0_u32..).map(u32::to_be_bytes);
    counters.flat_map(|counter| algorithm.hash(&[seed, &counter])).take(length).collect()
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
    use jsonwebtoken::{Algorithm, DecodingKey};

    use super::{PssAlgorithm, PssKey};
    use crate::protocol::algorithm;
    use crate::protocol::test_keys;
    use crate::protocol::verifying_key::PublicNumbers;

    #[test]
    fn what_is_signed_fits_by_a_library_that_knows_this_padding_and_only_there() {
        let key = PssKey::of_pem(test_keys::STORE).unwrap();
        let public = test_keys::store("a", algorithm::Algorithm::Rs256).unwrap().verifying_key();
        let Some(PublicNumbers::Rsa(n, e)) = public.numbers() else { panic!("no RSA key") };
        let decoding = DecodingKey::from_rsa_raw_components(n, e);
        let fits = |name, input: &[u8], signature: &[u8]| {
            let verifier = (DEFAULT_PROVIDER.verifier_factory)(&name, &decoding).unwrap();
            verifier.verify(input, &signature.to_vec()).is_ok()
        };
        for (algorithm, name, other) in [
            (PssAlgorithm::Ps256, Algorithm::PS256, Algorithm::RS256),
            (PssAlgorithm::Ps512, Algorithm::PS512, Algorithm::RS512),
        ] {
            let signature = key.sign(algorithm, b"header.claims");
            assert!(fits(name, b"header.claims", &signature) && !fits(name, b"header.claim", &signature));
            assert!(!fits(other, b"header.claims", &signature));
            assert_eq!(signature, key.sign(algorithm, b"header.claims"));
        }
        assert!(PssKey::of_pem("no key").is_none());
    }
}
