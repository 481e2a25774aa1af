//! Secrets: the values that no message may carry, and where one is found all the same.

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

use crate::protocol::hex::hex;
use crate::world::escapes;
use crate::world::key_pieces::KeyPieces;

/// No stretch of letters that is shorter can hold a secret or a claims object.
const STRETCH_CHARS_MIN: usize = 16;

/// Spellings of the run's secrets to look for. `Debug` shows nothing of them.
#[derive(Clone)]
pub struct Secrets {
    spelt: Vec<(&'static str, String)>,
    /// Those among them that JSON, an address, a form or HTML write in another way.
    escaped: Vec<(&'static str, String)>,
    /// The private halves of key pairs, by their pieces.
    pieces: KeyPieces,
}

impl Secrets {
    pub(crate) fn new(secrets: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> Self {
        let (mut spelt, mut seen) = (Vec::new(), BTreeSet::new());
        for (name, bytes) in secrets.into_iter().filter(|(_, bytes)| !bytes.is_empty()) {
            // A secret of several uses goes by the name of the first.
            if !seen.insert(bytes.clone()) {
                continue;
            }
            let texts = [hex(&bytes), BASE64_STANDARD_NO_PAD.encode(&bytes), BASE64_URL_SAFE_NO_PAD.encode(&bytes)];
            spelt.extend(texts.map(|text| (name, text)));
            spelt.extend(String::from_utf8(bytes).ok().map(|text| (name, text)));
        }
        // Hex and base64 are never escaped here: what matters is the text that somebody chose.
        let is_escaped = |text: &str| !text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~+/=".contains(c));
        let escaped = spelt.iter().filter(|(_, text)| is_escaped(text)).cloned().collect();
        Self { spelt, escaped, pieces: KeyPieces::default() }
    }

    /// The same, with the private halves of key pairs: each is found by any longer piece of it, in a PEM text or a JWK too.
    pub(crate) fn with_private_halves(self, halves: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> Self {
        let halves: Vec<_> = halves.into_iter().collect();
        let pieces = KeyPieces::of(halves.iter().map(|(name, half)| (*name, half.as_slice())));
        Self { pieces, ..self }
    }

    /// Which secret stands in this text: as it is, in hex, in base64, or so inside a token's parts.
    #[must_use]
    pub fn found_in(&self, text: &str) -> Option<&'static str> {
        let find = |text: &str| {
            let plainly = self.spelt.iter().find(|(_, spelt)| text.contains(spelt));
            plainly.or_else(|| self.escaped.iter().find(|(_, secret)| escapes::find(text, secret).is_some()))
        };
        let find = |text: &str| find(text).map(|(name, _)| *name).or_else(|| self.pieces.found_in(text));
        find(text).or_else(|| stretches(text).find_map(|stretch| find(&decoded(stretch)?)))
    }

    /// The text with `cover` in the place of every secret: of each spelling, and of each part of a token that holds one.
    /// The names of what was covered come with it.
    #[must_use]
    pub fn covered(&self, text: &str, cover: &str) -> (String, Vec<&'static str>) {
        let mut names = Vec::new();
        let mut covered = text.to_owned();
        let holds = |stretch: &&str| decoded(stretch).and_then(|inside| self.found_in(&inside));
        for stretch in stretches(text) {
            if let Some(name) = holds(&stretch) {
                names.push(name);
                covered = covered.replace(stretch, cover);
            }
        }
        for (name, spelt) in self.spelt.iter().filter(|(_, spelt)| text.contains(spelt.as_str())) {
            names.push(*name);
            covered = covered.replace(spelt.as_str(), cover);
        }
        for (name, secret) in &self.escaped {
            let mut rest = std::mem::take(&mut covered);
            while let Some(place) = escapes::find(&rest, secret) {
                names.push(*name);
                covered = covered + &rest[..place.start] + cover;
                rest.drain(..place.end);
            }
            covered += &rest;
        }
        covered = self.pieces.covered(&covered, cover, &mut names);
        (covered, names)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

/// What may be the part of a token: long stretches of its letters.
fn stretches(text: &str) -> impl Iterator<Item = &str> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.split(move |c: char| !is_letter(c)).filter(|stretch| stretch.len() >= STRETCH_CHARS_MIN)
}

fn decoded(stretch: &str) -> Option<String> {
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(stretch).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::{BASE64_URL_SAFE_NO_PAD, Engine, Secrets};

    #[test]
    fn a_secret_is_found_in_every_spelling_and_inside_a_token() {
        let secrets = Secrets::new([("the key", b"a secret of thirty-two bytes, yes".to_vec()), ("none", Vec::new())]);
        let encoded = BASE64_URL_SAFE_NO_PAD.encode("a secret of thirty-two bytes, yes");
        let inside = BASE64_URL_SAFE_NO_PAD.encode(format!("{{\"k\":\"{encoded}\"}}"));
        for text in [
            "so: a secret of thirty-two bytes, yes!",
            "6120736563726574206f66207468697274792d74776f2062797465732c20796573",
            &encoded,
            &format!("eyJhbGciOiJub25lIn0.{inside}."),
        ] {
            assert_eq!(secrets.found_in(text), Some("the key"), "{text}");
            let (covered, names) = secrets.covered(text, "….");
            assert!(secrets.found_in(&covered).is_none() && names.contains(&"the key"), "{covered}");
        }
        for text in ["", "a secret of thirty-two bytes, no", "eyJhbGciOiJub25lIn0.e30."] {
            assert_eq!(secrets.found_in(text), None, "{text}");
            assert_eq!(secrets.covered(text, "…"), (text.to_owned(), Vec::new()));
        }
        assert!(!format!("{secrets:?}").contains("thirty"));
    }

    #[test]
    fn a_secret_with_signs_is_found_however_they_are_escaped() {
        let secret = "my \"own\" secret & <it's> naïve\n\\ enough";
        let secrets = Secrets::new([("the key", secret.as_bytes().to_vec())]);
        let once = serde_json::to_string(secret).unwrap();
        let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let claims = BASE64_URL_SAFE_NO_PAD.encode(format!("{{\"k\":{once}}}"));
        for text in [
            format!("<p>{secret}</p>"),
            format!("{{\"k\":{}}}", serde_json::to_string(&once).unwrap()),
            once.replace('ï', "\\u00ef").replace('<', "\\u003C"),
            format!("notice={form}&x=1"),
            form.replace('+', "%20").to_lowercase(),
            secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&#62;").replace('"', "&quot;"),
            format!("eyJhbGciOiJub25lIn0.{claims}."),
        ] {
            assert_eq!(secrets.found_in(&text), Some("the key"), "{text}");
            let (covered, names) = secrets.covered(&format!("{text} {text}"), "…");
            assert!(secrets.found_in(&covered).is_none() && names.contains(&"the key"), "{covered}");
            assert!(!covered.contains("enough"), "{covered}");
        }
        assert_eq!(secrets.found_in(&once.replace("own", "owm")), None);
        assert_eq!(secrets.found_in("my \\\"own"), None);
    }
}
