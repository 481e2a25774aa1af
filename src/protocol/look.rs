//! Looking at a token without believing it: whatever can be decoded is shown, however malformed the rest is.
//!
//! Decoding is not verifying. Nothing from here may decide anything.

use std::ops::Range;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::protocol::json;
use crate::protocol::jwt::{Jwt, JwtError, MAX_INSPECT_BYTES, Part};

/// Takes anything that could have been meant: no padding asked for, loose bits at the end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// What can be seen of a text that may be a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The parts between the dots, in order; more or fewer than three in a malformed token.
    pub parts: Vec<LookPart>,
    /// Why it is not a well-formed token, the first reason; `None` when it is one.
    pub problem: Option<JwtError>,
}

/// One part of a text that may be a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookPart {
    /// Which part it is by its place; `None` from the fourth on.
    pub part: Option<Part>,
    /// Where it stands in the text, without its dots.
    pub range: Range<usize>,
    /// What could be decoded, up to the first character that fits no base64 at all.
    pub bytes: Vec<u8>,
    /// Whether all of it could.
    pub is_whole: bool,
    /// The decoded text, where it is a JSON object.
    pub json: Option<String>,
}

/// Decodes as much of `text` as can be. Never fails; beyond [`MAX_INSPECT_BYTES`] the rest is left out and the problem says so.
#[must_use]
pub fn look(text: &str) -> Look {
    let problem = Jwt::parse_within(text, MAX_INSPECT_BYTES).err();
    let bytes = text.as_bytes().get(..MAX_INSPECT_BYTES).unwrap_or(text.as_bytes());
    let places = [Part::Header, Part::Claims, Part::Signature];
    let mut start = 0;
    let mut parts = Vec::new();
    // A fourth part shows that there are too many; the rest of them stays in it.
    for (index, piece) in bytes.splitn(4, |byte| *byte == b'.').enumerate() {
        let range = start..start + piece.len();
        start = range.end + 1;
        parts.push(look_at(piece, range, places.get(index).copied()));
    }
    Look { parts, problem }
}

impl Look {
    /// The part at its place, if the text has so many.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<&LookPart> {
        self.parts.iter().find(|seen| seen.part == Some(part))
    }

    /// The header's JSON, where it is an object.
    #[must_use]
    pub fn header_json(&self) -> Option<&str> {
        self.part(Part::Header)?.json.as_deref()
    }

    /// The claims' JSON, where it is an object.
    #[must_use]
    pub fn claims_json(&self) -> Option<&str> {
        self.part(Part::Claims)?.json.as_deref()
    }
}

fn look_at(piece: &[u8], range: Range<usize>, part: Option<Part>) -> LookPart {
    let trimmed = piece.trim_ascii();
    let trimmed = trimmed.iter().rposition(|byte| *byte != b'=').map_or(&[][..], |last| &trimmed[..=last]);
    // The standard alphabet is read as what was meant.
    let letters: Vec<u8> = trimmed
        .iter()
        .map(|byte| match byte {
            b'+' => b'-',
            b'/' => b'_',
            other => *other,
        })
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
        .collect();
    // One letter alone is six bits, not a byte.
    let usable = if letters.len() % 4 == 1 { letters.len() - 1 } else { letters.len() };
    let bytes = LENIENT.decode(letters.get(..usable).unwrap_or_default()).unwrap_or_default();
    let text = std::str::from_utf8(&bytes).ok().filter(|text| json::is_object(text));
    let json = text.map(str::to_owned);
    LookPart { part, range, is_whole: usable == trimmed.len(), bytes, json }
}
