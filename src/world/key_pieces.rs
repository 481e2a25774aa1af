//! Key pieces: the private halves of keys, found by any piece of them that is long enough, however the whole is written.

use std::ops::Range;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;

use crate::protocol::hex::hex;

/// A shorter piece is not recognised: sixteen letters are 96 bits in base64 and 64 in hex, which stand nowhere by chance.
const PIECE_CHARS: usize = 16;

/// Every piece of every private half, in base64 at each of its three alignments and in hex.
///
/// Numbers of an RSA key stand in a PEM text in other lines than in a JWK, and in other letters than alone: the same bytes begin
/// elsewhere. A piece of them looks the same wherever it is cut from.
#[derive(Clone, Default)]
pub(crate) struct KeyPieces {
    /// Sorted by the piece.
    pieces: Vec<(u128, &'static str)>,
}

impl KeyPieces {
    /// The pieces of these private halves, each with a name. One that is shorter than a piece has none.
    pub(crate) fn of<'a>(halves: impl IntoIterator<Item = (&'static str, &'a [u8])>) -> Self {
        let mut pieces = Vec::new();
        for (name, half) in halves {
            let lower = hex(half);
            let aligned = (0..3).map(|shift| {
                let rest = half.get(shift..).unwrap_or_default();
                BASE64_STANDARD_NO_PAD.encode(rest.get(..rest.len() / 3 * 3).unwrap_or_default())
            });
            for text in aligned.chain([lower.to_uppercase(), lower]) {
                pieces.extend(text.as_bytes().windows(PIECE_CHARS).filter_map(packed).map(|piece| (piece, name)));
            }
        }
        pieces.sort_unstable();
        pieces.dedup_by_key(|(piece, _)| *piece);
        Self { pieces }
    }

    /// Whose piece stands in this text.
    pub(crate) fn found_in(&self, text: &str) -> Option<&'static str> {
        self.finds(text).next().map(|(_, name)| name)
    }

    /// The text with `cover` in the place of each stretch of letters that holds a piece. Their names are added to `names`.
    pub(crate) fn covered(&self, text: &str, cover: &str, names: &mut Vec<&'static str>) -> String {
        let (mut covered, mut done) = (String::with_capacity(text.len()), 0);
        for (place, name) in self.finds(text) {
            names.push(name);
            covered.push_str(text.get(done..place.start).unwrap_or_default());
            covered.push_str(cover);
            done = place.end;
        }
        covered + text.get(done..).unwrap_or_default()
    }

    /// The stretches of letters that hold a piece, from left to right.
    fn finds<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (Range<usize>, &'static str)> + 'a {
        let searched = if self.pieces.is_empty() { "" } else { text };
        stretches(searched).filter_map(|place| Some((place.clone(), self.holder(searched.get(place)?)?)))
    }

    /// Looks at every sixteenth place and at the end: what is twice as long as a piece, or nothing but piece, is met.
    fn holder(&self, stretch: &str) -> Option<&'static str> {
        let letters = stretch.as_bytes();
        let last = letters.len().checked_sub(PIECE_CHARS)?;
        (0..last).step_by(PIECE_CHARS).chain([last]).find_map(|at| {
            let piece = packed(letters.get(at..at + PIECE_CHARS)?)?;
            let place = self.pieces.binary_search_by_key(&piece, |(piece, _)| *piece).ok()?;
            self.pieces.get(place).map(|(_, name)| *name)
        })
    }
}

/// The places of all stretches of letters, without what an escape before them has left: the `n` of `\n`, the `0A` of `%0A`.
fn stretches(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.as_bytes().get(at..)?;
        let begin = at + rest.iter().position(|byte| value(*byte).is_some())?;
        let letters = text.as_bytes().get(begin..)?;
        let end = begin + letters.iter().position(|byte| value(*byte).is_none()).unwrap_or(letters.len());
        at = end;
        let escape = match text.as_bytes().get(begin.checked_sub(1).unwrap_or(text.len())) {
            Some(b'\\') if letters.first() == Some(&b'u') => 5,
            Some(b'\\') => 1,
            Some(b'%') => 2,
            _ => 0,
        };
        Some((begin + escape).min(end)..end)
    })
}

/// Sixteen letters as one number, six bits for each; the two alphabets of base64 are one.
fn packed(letters: &[u8]) -> Option<u128> {
    letters.iter().try_fold(0, |number, byte| Some(number << 6 | u128::from(value(*byte)?)))
}

/// The bits that a letter of either alphabet stands for. RFC 4648, 4 and 5.
fn value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::KeyPieces;
    use crate::protocol::hex::hex;

    /// Bytes of which no two pieces are alike.
    fn half() -> Vec<u8> {
        (0_u32..90).map(|n| (n * n * 31 + n * 7 + 3).to_le_bytes()[0]).collect()
    }

    fn pieces() -> KeyPieces {
        KeyPieces::of([("the key", &*half())])
    }

    #[test]
    fn a_private_half_is_found_wherever_it_begins_and_however_it_is_written() {
        for shift in 0..5 {
            let whole = [&vec![0xff; shift], &*half(), b"and more"].concat();
            for text in [
                BASE64_STANDARD.encode(&whole),
                format!("{{\"d\":\"{}\"}}", BASE64_URL_SAFE_NO_PAD.encode(&whole)),
                hex(&whole),
                hex(&whole).to_uppercase(),
                format!("x={}", &BASE64_STANDARD.encode(&whole)[31..71]),
            ] {
                assert_eq!(pieces().found_in(&text), Some("the key"), "{text}");
                let mut names = Vec::new();
                let covered = pieces().covered(&text, "…", &mut names);
                assert_eq!((pieces().found_in(&covered), names), (None, vec!["the key"]), "{covered}");
            }
        }
    }

    #[test]
    fn each_line_of_it_is_covered_and_the_escapes_between_them_stay() {
        let text = BASE64_STANDARD.encode([b"public", &*half()].concat());
        for (between, escaped) in [("\n", "\n"), ("\\n", "\\n"), ("\\\\n", "\\\\n"), ("%0A", "%0A"), ("&#10;", "&#10;")]
        {
            let lines: Vec<_> = text.as_bytes().chunks(32).map(|line| std::str::from_utf8(line).unwrap()).collect();
            let covered = pieces().covered(&lines.join(between), "…", &mut Vec::new());
            assert_eq!(covered, ["…"; 4].join(escaped), "{text}");
        }
        let json = format!("{{\"pem\":{}}}", serde_json::to_string(&format!("BEGIN\n{text}\u{1}{text}")).unwrap());
        let covered = pieces().covered(&json, "…", &mut Vec::new());
        assert_eq!(covered, "{\"pem\":\"BEGIN\\n…\\u0001…\"}");
    }

    #[test]
    fn other_bytes_short_pieces_and_ordinary_words_are_not_its() {
        let text = BASE64_STANDARD.encode(half());
        for other in ["", "no key at all", &text[..15], &text.to_lowercase(), &BASE64_STANDARD.encode([7; 90])] {
            assert_eq!(pieces().found_in(other), None, "{other}");
            assert_eq!(pieces().covered(other, "…", &mut Vec::new()), other);
        }
        assert_eq!(KeyPieces::of([("short", &[1_u8, 2, 3][..])]).found_in("AQID"), None);
        assert_eq!(KeyPieces::default().found_in(&text), None);
    }
}
