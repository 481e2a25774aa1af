//! Base64 as browsers read it: forgiving, and one character for each byte.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const FORGIVING: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
/// The same for the signs that tokens use, which nearly every token keeps to.
const FORGIVING_URL_SAFE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Decodes a token's part as the device did: the URL-safe signs are mapped to the standard ones, then `atob` reads the rest.
///
/// White space and missing padding are forgiven (WHATWG Infra, forgiving-base64 decode); `None` for anything else.
#[must_use]
pub fn atob(part: &str) -> Option<Vec<u8>> {
    if let Ok(bytes) = FORGIVING_URL_SAFE.decode(part) {
        return Some(bytes);
    }
    let standard: Vec<u8> = part
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    FORGIVING.decode(standard).ok()
}

/// The text that `atob` makes of bytes: one character for each, so that anything beyond ASCII is garbled.
#[must_use]
pub fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use crate::protocol::atob::{atob, latin1};

    #[test]
    fn what_a_browser_forgives_is_forgiven() {
        for text in ["aGk/fn8", "aGk_fn8", "aGk/fn8=", " aGk/\nfn8 ", "aGk/fn9"] {
            assert_eq!(atob(text).as_deref(), Some(&b"hi?~\x7f"[..]), "{text}");
        }
        assert_eq!(atob("").as_deref(), Some(&b""[..]));
    }

    #[test]
    fn what_a_browser_refuses_is_refused() {
        for text in ["a", "aGk/f", "aG*k", "aGk=fn8", "é"] {
            assert_eq!(atob(text), None, "{text}");
        }
    }

    #[test]
    fn each_byte_becomes_one_character() {
        assert_eq!(latin1("é".as_bytes()), "Ã©");
    }
}
