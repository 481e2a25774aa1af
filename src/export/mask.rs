//! The mask: the last gate of every export. Dots stand where a signature, an email, a PIN or a secret was.

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::world::secret::Secrets;

/// What stands in the place of a masked value.
pub const DOTS: &str = "••••";
/// How an `@` is written: as it is, in an address, in JSON.
const AT: [&str; 3] = ["@", "%40", "\\u0040"];
/// A token's part that is shorter than this signs nothing.
const SIGNATURE_CHARS_MIN: usize = 8;

/// Reads base64url also where its last bits are odd or padded: what is looked for must be found in spoilt tokens too.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Puts dots where they belong, and remembers how many different values they stand for.
///
/// Payment secrets are masked always; everything else only while the mask is closed.
pub struct Mask {
    secrets: Secrets,
    is_closed: bool,
    hidden: BTreeSet<String>,
}

impl Mask {
    /// A mask over the values of one run. `is_closed`: signatures, emails and PINs too.
    #[must_use]
    pub fn new(secrets: Secrets, is_closed: bool) -> Self {
        Self { secrets, is_closed, hidden: BTreeSet::new() }
    }

    /// How many different values dots stand for so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.hidden.len()
    }

    /// The text with its dots. Text of any kind: what it looks for is found in JSON, in HTML, in addresses and inside tokens.
    pub fn over(&mut self, text: &str) -> String {
        let text = if self.is_closed { self.over_private(text) } else { text.to_owned() };
        let (text, names) = self.secrets.covered(&text, DOTS);
        self.hidden.extend(names.into_iter().map(str::to_owned));
        text
    }

    /// What the mask covers while it is closed.
    fn over_private(&mut self, text: &str) -> String {
        let text = self.over_tokens(text);
        let text = self.over_emails(&text);
        self.over_pins(&text)
    }

    fn over_tokens(&mut self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(is_token_char) {
            let (before, from) = rest.split_at(at);
            let end = from.find(|c| !is_token_char(c)).unwrap_or(from.len());
            let (stretch, after) = from.split_at(end);
            masked.push_str(before);
            if stretch.contains('.') {
                masked.push_str(&self.over_stretch(stretch));
            } else {
                masked.push_str(stretch);
            }
            rest = after;
        }
        masked + rest
    }

    /// A stretch of token letters and dots: wherever a header begins, its claims and its signature follow.
    fn over_stretch(&mut self, stretch: &str) -> String {
        let mut parts: Vec<String> = stretch.split('.').map(str::to_owned).collect();
        for at in 0..parts.len() {
            let is_header = parts.get(at).is_some_and(|part| ends_in_an_object(part));
            if !is_header || parts.get(at + 1).is_none_or(String::is_empty) {
                continue;
            }
            if let Some(claims) = parts.get_mut(at + 1)
                && let Some(decoded) = decoded(claims)
            {
                let masked = self.over_private(&decoded);
                if masked != decoded {
                    *claims = LENIENT.encode(masked);
                }
            }
            if let Some(signature) = parts.get_mut(at + 2)
                && signature.len() >= SIGNATURE_CHARS_MIN
                && !begins_an_object(signature)
            {
                self.hidden.insert(std::mem::replace(signature, DOTS.to_owned()));
            }
        }
        parts.join(".")
    }

    fn over_emails(&mut self, text: &str) -> String {
        AT.iter().fold(text.to_owned(), |text, at| self.over_emails_with(&text, at))
    }

    fn over_emails_with(&mut self, text: &str, at: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(middle) = rest.find(at) {
            let (before, after) = (&rest[..middle], &rest[middle + at.len()..]);
            let local = before.len() - tail_len(before, |c| c.is_alphanumeric() || "._%+-".contains(c));
            let local = local + escape_len(&before[..local], &before[local..]);
            let host = after.find(|c: char| !(c.is_alphanumeric() || ".-".contains(c))).unwrap_or(after.len());
            let domain = after[..host].trim_end_matches('.');
            if local == before.len() || !domain.trim_start_matches('.').contains('.') {
                masked.push_str(&rest[..middle + at.len()]);
                rest = after;
                continue;
            }
            self.hidden.insert(format!("{}@{domain}", &before[local..]).to_lowercase());
            masked.push_str(&before[..local]);
            masked.push_str(DOTS);
            rest = &after[domain.len()..];
        }
        masked + rest
    }

    /// `"pin":"1234"` however deep it is quoted, and `pin=1234`.
    fn over_pins(&mut self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find("pin") {
            let (before, after) = (&rest[..at], &rest[at + "pin".len()..]);
            let digits = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
            let between = after[..digits].replace("&quot;", "\"");
            let is_word = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-');
            let is_value = between.contains([':', '=']) && between.chars().all(|c| "\\\":= ".contains(c));
            let typed = after[digits..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len() - digits);
            masked.push_str(before);
            masked.push_str("pin");
            rest = after;
            if is_word && is_value && typed > 0 {
                // A bare number in JSON: dots must be a text there.
                let quote = if between.ends_with([':', ' ']) { before_colon(&between) } else { "" };
                masked.push_str(&after[..digits]);
                masked.extend([quote, DOTS, quote]);
                self.hidden.insert(format!("pin {}", &after[digits..digits + typed]));
                rest = &after[digits + typed..];
            }
        }
        masked + rest
    }
}

/// Says how many values, and none of them.
impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mask")
            .field("is_closed", &self.is_closed)
            .field("hidden", &self.hidden.len())
            .finish_non_exhaustive()
    }
}

fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.'
}

fn begins_an_object(part: &str) -> bool {
    part.starts_with("eyJ") || decoded(part).is_some_and(|text| text.trim_start().starts_with("{\""))
}

/// Whether a part of a token holds an object, perhaps behind what is left of an escape: the `n` of `\n`, the `20` of `%20`.
fn ends_in_an_object(part: &str) -> bool {
    let is_object = |text: String| text.starts_with("{\"");
    begins_an_object(part)
        || part.match_indices("eyJ").any(|(at, _)| part.get(at..).and_then(decoded).is_some_and(is_object))
}

/// How many bytes of `text` belong to a JSON escape that begins `before` it: one letter, or `u` and four digits.
fn escape_len(before: &str, text: &str) -> usize {
    if !before.ends_with('\\') {
        return 0;
    }
    match text.as_bytes() {
        [b'n' | b'r' | b't' | b'b' | b'f', ..] => 1,
        [b'u', digits @ ..] if digits.len() >= 4 && digits.iter().take(4).all(u8::is_ascii_hexdigit) => 5,
        _ => 0,
    }
}

/// The quotation mark, however deep it is quoted, that ends a member's name; nothing where there is none.
fn before_colon(between: &str) -> &str {
    between.split_once(':').map_or("", |(quote, _)| quote.trim_end())
}

fn decoded(part: &str) -> Option<String> {
    String::from_utf8(LENIENT.decode(part).ok()?).ok()
}

/// How many bytes at the end of the text are made of such letters.
fn tail_len(text: &str, is_one: impl Fn(char) -> bool) -> usize {
    text.chars().rev().take_while(|c| is_one(*c)).map(char::len_utf8).sum()
}

#[cfg(test)]
mod tests {
    use super::{DOTS, Engine as _, LENIENT, Mask};
    use crate::world::World;
    use crate::world::names::Secret;
    use crate::world::setup::Setup;

    fn mask(is_closed: bool) -> Mask {
        let mut setup = Setup::default();
        setup.names.app.secret = Some(Secret::new("my own secret, long enough to count"));
        Mask::new(World::new(setup).secrets(), is_closed)
    }

    fn token(claims: &str) -> String {
        format!("{}.{}.c2lnbmF0dXJlLXNpZ25hdHVyZQ", LENIENT.encode(r#"{"alg":"HS256"}"#), LENIENT.encode(claims))
    }

    #[test]
    fn a_signature_becomes_dots_wherever_the_token_stands() {
        let token = token(r#"{"iss":"a"}"#);
        for text in [
            token.clone(),
            format!("notice={token}&x=1"),
            format!(r#"{{"a":"{{\"jwt\":\"{token}\"}}"}}"#),
            format!("https://x.example/?req={token}#top"),
            format!("{token}~{token}"),
            format!("A sentence ends with {token}."),
        ] {
            let mut mask = mask(true);
            let masked = mask.over(&text);
            assert!(!masked.contains("c2lnbmF0dXJl") && masked.contains(DOTS), "{masked}");
            assert!(masked.contains(&LENIENT.encode(r#"{"iss":"a"}"#)), "what it says stays: {masked}");
            assert_eq!(mask.count(), 1, "one value, however often it stands there");
        }
    }

    #[test]
    fn an_email_inside_a_token_is_masked_and_the_token_still_reads() {
        let mut mask = mask(true);
        let masked = mask.over(&token(r#"{"user":{"value":"ada@example.org"}}"#));
        let claims = masked.split('.').nth(1).unwrap();
        let read = String::from_utf8(LENIENT.decode(claims).unwrap()).unwrap();
        assert_eq!((read.as_str(), mask.count()), (r#"{"user":{"value":"••••"}}"#, 2));
    }

    #[test]
    fn emails_and_pins_are_masked_in_every_spelling() {
        for text in [
            "ada@example.org",
            "a=ada%40example.org&b",
            r"ada\u0040example.org",
            r#"{"pin":"1234"}"#,
            r#"{"body":"{\"pin\": \"1234\"}"}"#,
            "pin=1234",
            "{&quot;pin&quot;:&quot;1234&quot;}",
            r#"{"pin":1234}"#,
            r#"{"body":"{\"pin\": 1234}"}"#,
        ] {
            let mut mask = mask(true);
            let masked = mask.over(text);
            assert!(!masked.contains("1234") && !masked.contains("ada"), "{masked}");
            assert!(masked.contains(DOTS) && mask.count() == 1, "{masked}");
        }
    }

    #[test]
    fn what_is_masked_in_json_leaves_json() {
        let token = token(r#"{"a":"x\nada@example.org","pin":1234,"b":"y\ta.b@example.org"}"#);
        for value in [
            "Write to\nada@example.org",
            "a\tada@example.org\r\neve+shop@example.org",
            "\u{8}ada@example.org\u{c}ada@example.org \u{1}ada@example.org",
            "C:\\ada@example.org",
            r#"{"pin":1234,"to":"x\nada@example.org","pin":"1234"}"#,
            &format!("Here it is:\n{token}\t{token}"),
        ] {
            let once = serde_json::to_string(value).unwrap();
            let twice = serde_json::to_string(&once).unwrap();
            for text in [value, &once, &twice] {
                let masked = mask(true).over(text);
                for private in ["ada", "eve", "a.b@", "1234", "c2lnbmF0dXJl"] {
                    assert!(!masked.contains(private), "{text}: {masked}");
                }
                let is_json = |text| serde_json::from_str::<serde_json::Value>(text).is_ok();
                assert!(is_json(&masked) || !is_json(text), "{text}: {masked}");
            }
        }
        let mut mask = mask(true);
        let claims = mask.over(&token).split('.').nth(1).map(|claims| LENIENT.decode(claims).unwrap()).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!((&claims["a"], &claims["pin"]), (&"x\n••••".into(), &DOTS.into()));
    }

    #[test]
    fn what_is_none_of_these_stays_as_it_is() {
        let css = "@media print { a { b: c } } .x{} @page";
        for text in
            [css, "a.b.c", "version 1.2.3", "pinned=1234", "spin=1234", r#"{"pin":true,"n":1234}"#, "me@host", ""]
        {
            let mut mask = mask(true);
            assert_eq!((mask.over(text).as_str(), mask.count()), (text, 0));
        }
    }

    #[test]
    fn an_open_mask_still_covers_the_payment_secret() {
        let secret = "my own secret, long enough to count";
        let text = format!("{} and {secret}, ada@example.org, pin=1234", token(r#"{"iss":"a"}"#));
        let mut mask = mask(false);
        let masked = mask.over(&text);
        assert_eq!(masked, text.replace(secret, DOTS));
        assert_eq!((mask.count(), format!("{mask:?}").contains("secret")), (1, false));
    }
}
