//! RSA numbers: where the private ones stand in a key's own form. RFC 8017, A.1.2.

use p256::pkcs8::der::asn1::AnyRef;
use p256::pkcs8::der::{Decode, Reader, SliceReader};

/// The private numbers of a PKCS #1 key, one behind the other as they stand there: everything behind version, modulus and public
/// exponent. `None` for bytes that are no such key.
pub(crate) fn private_numbers(der: &[u8]) -> Option<&[u8]> {
    let key = AnyRef::from_der(der).ok()?;
    let mut fields = SliceReader::new(key.value()).ok()?;
    for _ in 0..3 {
        AnyRef::decode(&mut fields).ok()?;
    }
    let rest = usize::try_from(fields.remaining_len()).ok()?;
    let begin = key.value().len().checked_sub(rest)?;
    key.value().get(begin..).filter(|numbers| !numbers.is_empty())
}

#[cfg(test)]
mod tests {
    use super::private_numbers;

    #[test]
    fn what_stands_behind_the_public_numbers_is_private_and_whatever_is_no_key_has_nothing() {
        // Version 0, modulus 15, exponent 3, and three more numbers.
        let key = [0x30, 18, 2, 1, 0, 2, 1, 15, 2, 1, 3, 2, 1, 11, 2, 1, 5, 2, 1, 7];
        assert_eq!(private_numbers(&key), Some(&key[11..]));
        let public = [0x30, 9, 2, 1, 0, 2, 1, 15, 2, 1, 3];
        for other in [&public[..], &key[..19], &[0x30, 3, 2, 1, 0], &[], b"-----BEGIN"] {
            assert_eq!(private_numbers(other), None, "{other:?}");
        }
    }
}
