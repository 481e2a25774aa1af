//! Changed texts: a token with a byte or a claim of it changed, its signature kept or made again.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::protocol::jwt::Jwt;
use crate::protocol::signing_key::SigningKey;

/// The token with a signature of this key over what it says now; of a chain the receipt is meant.
pub(crate) fn signed_again(text: &str, key: &SigningKey) -> Option<String> {
    let (input, _) = text.rsplit_once('.')?;
    let token = input.rsplit_once('~').map_or(input, |(_, token)| token);
    let signature = key.sign(token.as_bytes()).ok()?;
    Some(format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
}

/// The chain with one claim of its first certificate changed; with a key, signed again with that one. The receipt behind it
/// stays as it was. `None` where there is no certificate.
pub(crate) fn with_certificate_claim(
    text: &str,
    path: &str,
    value: Option<&Value>,
    key: Option<&SigningKey>,
) -> Option<String> {
    let (certificate, rest) = text.split_once('~')?;
    let changed = with_claim(certificate, &format!("claims.{path}"), value)?;
    let changed = match key {
        Some(key) => signed_again(&changed, key)?,
        None => changed,
    };
    Some(format!("{changed}~{rest}"))
}

/// The text with one byte changed, counted from 0 and around the end. What separates the parts of a token stays, so that the
/// change is found where it was made and not at the shape of the whole. `None` where there is nothing to change.
pub(crate) fn corrupted(text: &str, byte: u32) -> Option<String> {
    let letters: Vec<(usize, char)> = text.char_indices().filter(|(_, letter)| !['.', '~'].contains(letter)).collect();
    let wanted = usize::try_from(byte).unwrap_or(usize::MAX) % text.len().max(1);
    let (at, letter) = letters.iter().find(|(at, _)| *at >= wanted).or(letters.first())?;
    let other = if *letter == 'A' { 'B' } else { 'A' };
    let (before, after) = (text.get(..*at)?, text.get(at + letter.len_utf8()..)?);
    Some(format!("{before}{other}{after}"))
}

/// The token with one claim or header member changed and its old signature kept; of a chain the receipt is meant.
/// Without a value the member is taken away. `None` where the field names no part of a token, or the text is none.
pub(crate) fn with_claim(text: &str, field: &str, value: Option<&Value>) -> Option<String> {
    let (part, path) = field.split_once('.')?;
    let (front, token) = match text.rsplit_once('~') {
        Some((front, token)) => (format!("{front}~"), token),
        None => (String::new(), text),
    };
    Jwt::parse(token).ok()?;
    let mut segments: Vec<String> = token.split('.').map(str::to_owned).collect();
    let segment = segments.get_mut(match part {
        "header" => 0,
        "claims" => 1,
        _ => return None,
    })?;
    let mut json: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(&*segment).ok()?).ok()?;
    set(json.as_object_mut()?, path, value)?;
    *segment = BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    Some(front + &segments.join("."))
}

/// Sets the member at a path such as `product.url`, or takes it away.
fn set(members: &mut Map<String, Value>, path: &str, value: Option<&Value>) -> Option<()> {
    match (path.split_once('.'), value) {
        (Some((name, rest)), _) => set(members.get_mut(name)?.as_object_mut()?, rest, value),
        (None, None) => members.remove(path).map(drop),
        (None, Some(value)) => {
            members.insert(path.to_owned(), value.clone());
            Some(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"alg":"none"}` and `{"exp":1,"product":{"url":"u"}}`.
    const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJleHAiOjEsInByb2R1Y3QiOnsidXJsIjoidSJ9fQ.c2ln";

    #[test]
    fn one_byte_changes_and_no_separator() {
        for byte in [0, 1, 18, 19, 20, 40, 65, 66, 1_000_003, u32::MAX] {
            let spoilt = corrupted(TOKEN, byte).unwrap();
            assert_eq!(spoilt.len(), TOKEN.len());
            assert_eq!(spoilt.matches('.').count(), 2);
            let changed = spoilt.bytes().zip(TOKEN.bytes()).filter(|(one, other)| one != other).count();
            assert_eq!(changed, 1, "{byte}");
        }
        assert_eq!(corrupted("", 3), None);
        assert_eq!(corrupted("..~", 1), None);
        assert_eq!(corrupted("é☃", 1).unwrap(), "éA", "a letter is changed whole");
    }

    #[test]
    fn a_claim_changes_and_the_signature_stays() {
        let spoilt = with_claim(TOKEN, "claims.product.url", Some(&"v".into())).unwrap();
        let jwt = Jwt::parse(&spoilt).unwrap();
        assert_eq!(jwt.unverified_claims_json(), r#"{"exp":1,"product":{"url":"v"}}"#);
        assert_eq!(spoilt.rsplit('.').next(), Some("c2ln"));
        let chained = with_claim(&format!("cert~{TOKEN}"), "claims.exp", Some(&2.into())).unwrap();
        assert!(chained.starts_with("cert~eyJ"));
        assert!(!with_claim(TOKEN, "claims.exp", None).unwrap().contains("exp"));
        let certified = with_certificate_claim(&format!("{TOKEN}~{TOKEN}"), "exp", Some(&2.into()), None).unwrap();
        assert!(certified.ends_with(&format!(".c2ln~{TOKEN}")) && !certified.starts_with(TOKEN));
        assert_eq!(with_certificate_claim(TOKEN, "exp", Some(&2.into()), None), None, "a bare receipt has none");
        for (text, field) in [(TOKEN, "exp"), (TOKEN, "body.exp"), (TOKEN, "claims.no.such"), ("text", "claims.exp")] {
            assert_eq!(with_claim(text, field, Some(&1.into())), None, "{field} of {text}");
        }
    }
}
