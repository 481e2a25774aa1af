//! Old signatures: forgeries of somebody's own token that need no key, made by changing what its signature was made over, or the
//! signature itself.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::protocol::algorithm::Algorithm;
use crate::protocol::corpus::attack::{Attack, Class, Family, TokenKind};
use crate::protocol::corpus::members::Members;
use crate::protocol::jwt::{Jwt, JwtError, Part};

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A token in two: what was signed, and the signature.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Header, dot, claims.
    pub input: String,
    /// The signature's bytes.
    pub signature: Vec<u8>,
}

/// The signature cut, changed, or written in another way.
#[must_use]
pub fn signatures(parts: &Parts) -> Vec<(Class, String)> {
    let Parts { input, signature } = parts;
    let text = URL_SAFE_NO_PAD.encode(signature);
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let mut flipped = signature.clone();
    if let Some(first) = flipped.first_mut() {
        *first ^= 1;
    }
    let cut = signature.split_last().map_or(&[][..], |(_, rest)| rest);
    let all = [
        (Class::new("signature-absent", "Its signature is empty", "RFC 7515, 5.2"), String::new()),
        (
            Class::new("signature-zero", "Its signature is all zero bytes (CVE-2022-21449)", "RFC 8725, 3.3"),
            encoded(&vec![0; signature.len()]),
        ),
        (Class::new("signature-flipped", "One bit of its signature is changed", "RFC 7515, 5.2"), encoded(&flipped)),
        (Class::new("signature-cut", "Its signature lacks the last byte", "RFC 7515, 5.2"), encoded(cut)),
        (
            Class::new("signature-longer", "Its signature has a byte too many", "RFC 7515, 5.2"),
            encoded(&[signature.as_slice(), &[0]].concat()),
        ),
        (
            Class::new("signature-twice", "Its signature stands there twice", "RFC 7515, 5.2"),
            encoded(&[signature.as_slice(), signature].concat()),
        ),
        (Class::new("signature-padded", "Its signature is padded with =", "RFC 7515, 2"), format!("{text}=")),
        (
            Class::new(
                "signature-last-bits",
                "The unused last bits of its signature are not zero, which writes one signature in many ways",
                "RFC 4648, 3.5",
            ),
            other_last_bits(&text),
        ),
    ];
    all.into_iter().map(|(class, signature)| (class, format!("{input}.{signature}"))).collect()
}

/// The same bytes to a careless decoder: the last letter's unused lowest bit is set.
fn other_last_bits(text: &str) -> String {
    let bytes = text.as_bytes();
    let Some((last, rest)) = bytes.split_last() else { return String::new() };
    let index = LETTERS.iter().position(|letter| letter == last).unwrap_or_default();
    let other = LETTERS.get(index | 1).copied().unwrap_or(b'B');
    format!("{}{}", String::from_utf8_lossy(rest), char::from(other))
}

/// The forgeries of `token`, whose own text is the twin of each. A certificate before it stays as it is.
///
/// # Errors
/// [`JwtError`] when the token itself is malformed.
pub fn attacks(token: &str) -> Result<Vec<Attack>, JwtError> {
    let (before, bare) = token.rsplit_once('~').map_or((None, token), |(before, last)| (Some(before), last));
    let jwt = Jwt::parse(bare)?;
    let whole = |text: String| before.map_or_else(|| text.clone(), |before| format!("{before}~{text}"));
    let kind = kind_of(&jwt, before.is_some());
    let algorithm = Algorithm::parse(&jwt.unverified_header().alg);
    let made =
        |family, (class, text)| Attack { class, family, kind, algorithm, token: whole(text), twin: token.to_owned() };
    let parts = Parts { input: jwt.signing_input().to_owned(), signature: jwt.signature().to_vec() };
    let signature = signatures(&parts).into_iter().map(|forgery| made(Family::Signature, forgery));
    let header = headers(&jwt).into_iter().map(|forgery| made(Family::Header, forgery));
    let claims = edits(&jwt).into_iter().map(|forgery| made(Family::Claims, forgery));
    let encoding = texts(bare).into_iter().map(|forgery| made(Family::Encoding, forgery));
    Ok(signature.chain(header).chain(claims).chain(encoding).collect())
}

fn kind_of(jwt: &Jwt, is_certified: bool) -> TokenKind {
    let claims = Members::read(jwt.unverified_claims_json());
    match claims.value("typ") {
        Some(typ) if typ.contains("payback") || typ.contains("postback") || typ.contains("chargeback") => {
            TokenKind::Notice
        }
        Some(typ) if typ.contains("mozilla/payments") => TokenKind::Request,
        _ if is_certified => TokenKind::Certified,
        _ => TokenKind::Receipt,
    }
}

/// The header edited, the signature gone or kept.
fn headers(jwt: &Jwt) -> Vec<(Class, String)> {
    let text = jwt.text();
    let claims = text.get(jwt.range(Part::Claims)).unwrap_or_default();
    let kept = text.get(jwt.range(Part::Signature)).unwrap_or_default();
    let header = Members::read(jwt.unverified_header().json());
    let edited = |alg: &str, signature: &str| {
        format!("{}.{claims}.{signature}", URL_SAFE_NO_PAD.encode(header.with("alg", alg).json()))
    };
    vec![
        (Class::new("alg-none", "It says that it is not signed, and is not", "RFC 8725, 3.2"), edited(r#""none""#, "")),
        (
            Class::new("alg-none-mixed", "It says nOnE, which a list of forbidden names may miss", "RFC 8725, 3.2"),
            edited(r#""nOnE""#, ""),
        ),
        (
            Class::new(
                "alg-none-signed",
                "It says that it is not signed, and keeps its old signature",
                "RFC 8725, 3.2",
            ),
            edited(r#""none""#, kept),
        ),
        (Class::new("alg-null", "Its algorithm is null, and it is not signed", "RFC 7515, 4.1.1"), edited("null", "")),
        (
            Class::new("alg-empty", "Its algorithm is an empty text, and it is not signed", "RFC 7515, 4.1.1"),
            edited(r#""""#, ""),
        ),
    ]
}

/// An end ten hours later, within every limit, so that the signature alone is wrong; where there was none, one in 2100.
fn put_off(exp: Option<&str>) -> i64 {
    exp.and_then(|exp| exp.parse::<i64>().ok()).map_or(4_102_444_800, |seconds| seconds.saturating_add(36_000))
}

/// The claims edited under the old signature.
#[must_use]
pub fn edits(jwt: &Jwt) -> Vec<(Class, String)> {
    let text = jwt.text();
    let header = text.get(jwt.range(Part::Header)).unwrap_or_default();
    let signature = text.get(jwt.range(Part::Signature)).unwrap_or_default();
    let claims = Members::read(jwt.unverified_claims_json());
    let edited = |claims: Members| format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims.json()));
    let rule = "RFC 7515, 5.2";
    let mut edits = vec![
        (
            Class::new("edited-exp", "Its end was put off by ten hours, under the old signature", rule),
            edited(claims.with("exp", put_off(claims.value("exp")).to_string())),
        ),
        (
            Class::new("edited-iss", "Another issuer was written in, under the old signature", rule),
            edited(claims.with_text("iss", "https://forger.example")),
        ),
        (
            Class::new("edited-extra", "A claim was added, under the old signature", rule),
            edited(claims.with("admin", "true")),
        ),
        (Class::new("edited-space", "A space was added to its claims, under the old signature", rule), {
            let spaced = format!(" {}", jwt.unverified_claims_json());
            format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(spaced))
        }),
    ];
    if claims.value("product").is_some() {
        let other = r#"{"url":"https://other.example","storedata":"id=8"}"#;
        edits.push((
            Class::new("edited-product", "Another app was written in, under the old signature", rule),
            edited(claims.with("product", other)),
        ));
        let user = r#"{"type":"directed-identifier","value":"forger"}"#;
        edits.push((
            Class::new("edited-user", "Another user was written in, under the old signature", rule),
            edited(claims.with("user", user)),
        ));
    }
    if let Some(request) = claims.value("request") {
        let request = Members::read(request).with("pricePoint", "\"1\"").json();
        edits.push((
            Class::new("edited-price", "A lower price was written in, under the old signature", rule),
            edited(claims.with("request", request)),
        ));
    }
    if let Some(response) = claims.value("response") {
        let response = Members::read(response).with_text("transactionID", "webpay:forger").json();
        edits.push((
            Class::new("edited-transaction", "Another payment was written in, under the old signature", rule),
            edited(claims.with("response", response)),
        ));
    }
    edits
}

/// The token's text written in another form.
#[must_use]
pub fn texts(token: &str) -> Vec<(Class, String)> {
    let mut parts = token.splitn(3, '.');
    let (header, claims, signature) =
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    vec![
        (
            Class::new("two-parts", "It ends after its claims, dot and signature gone", "RFC 7519, 7.2"),
            format!("{header}.{claims}"),
        ),
        (
            Class::new("four-parts", "A fourth part stands behind its signature", "RFC 7519, 7.2"),
            format!("{token}.{signature}"),
        ),
        (
            Class::new("five-parts", "It has the five parts of an encrypted token", "RFC 8725, 3.3"),
            format!("{header}.{signature}.{signature}.{claims}.{signature}"),
        ),
        (
            Class::new("json-serialization", "It is a JWS in JSON, and a JWT is always compact", "RFC 7519, 1"),
            format!(r#"{{"protected":"{header}","payload":"{claims}","signature":"{signature}"}}"#),
        ),
        (
            Class::new("json-general", "It is a JWS in JSON with a list of signatures", "RFC 7519, 1"),
            format!(r#"{{"payload":"{claims}","signatures":[{{"protected":"{header}","signature":"{signature}"}}]}}"#),
        ),
        (
            Class::new("line-break", "A line break stands in its claims", "RFC 7515, 2"),
            broken_line(header, claims, signature),
        ),
    ]
}

fn broken_line(header: &str, claims: &str, signature: &str) -> String {
    let (first, rest) = claims.split_at_checked(claims.len() / 2).unwrap_or((claims, ""));
    format!("{header}.{first}\r\n{rest}.{signature}")
}
