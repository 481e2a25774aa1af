//! Encodings: well-signed texts that two readers could understand differently. RFC 7515, 2; RFC 7519, 4; RFC 8725, 3.7.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE};

use crate::protocol::corpus::attack::{Attack, Class, Family};
use crate::protocol::corpus::bench::{Bench, Draft, Tray, encoded};
use crate::protocol::corpus::old_signature;
use crate::protocol::jwt::SignError;

/// All of this family.
///
/// # Errors
/// [`SignError`].
pub fn attacks(bench: &Bench<'_>) -> Result<Vec<Attack>, SignError> {
    let mut tray = Tray::new(bench, Family::Encoding)?;
    let good = bench.good()?;
    let bare = good.rsplit('~').next().unwrap_or(&good);
    for (class, token) in old_signature::texts(bare) {
        tray.add(class, bench.behind_certificate(&token));
    }
    inputs(bench, &mut tray)?;
    payloads(bench, &mut tray)?;
    Ok(tray.attacks())
}

/// Signing inputs in another base64, each signed as it stands.
fn inputs(bench: &Bench<'_>, tray: &mut Tray<'_>) -> Result<(), SignError> {
    let (header, claims) = (bench.header.json(), bench.claims.json());
    // Spaces are harmless in JSON; as many as it takes for a length that needs padding.
    let padded = (0..3).map(|count| format!("{claims}{}", " ".repeat(count)));
    let padded = padded.map(|claims| URL_SAFE.encode(claims)).find(|text| text.ends_with('=')).unwrap_or_default();
    // These three letters give + and / where base64url has - and _.
    let marked = bench.claims.with_text("detail", "https://market.example/~~~???>>>~~~???>>>").json();
    let marked_twin =
        bench.signed(&bench.header, &bench.claims.with_text("detail", "https://market.example/~~~???>>>~~~???>>>"))?;
    let (first, rest) = (encoded(&header), encoded(&claims));
    let (start, end) = rest.split_at_checked(8).unwrap_or((&rest, ""));
    let plain = [
        (
            Class::new("claims-padded", "Its claims are padded with =, and signed so", "RFC 7515, 2"),
            format!("{first}.{padded}"),
        ),
        (
            Class::new("claims-broken-line", "A line break stands in its claims, and is signed", "RFC 7515, 2"),
            format!("{first}.{start}\n{end}"),
        ),
        (
            Class::new("claims-space", "A space stands in its claims, and is signed", "RFC 7515, 2"),
            format!("{first}.{start} {end}"),
        ),
        (
            Class::new(
                "claims-foreign-letter",
                "A letter that base64url does not have stands in its claims, and is signed",
                "RFC 7515, 2",
            ),
            format!("{first}.{start}!{end}"),
        ),
        (
            Class::new("claims-bare-json", "Its claims are not encoded at all", "RFC 7515, 2"),
            format!("{first}.{}", claims.replace('.', "\\u002e")),
        ),
    ];
    for (class, input) in plain {
        tray.add(class, bench.sealed_text(&bench.key, &input)?);
    }
    let class =
        Class::new("claims-standard-alphabet", "Its claims are in ordinary base64, with + and /", "RFC 7515, 2");
    let standard = STANDARD_NO_PAD.encode(marked);
    if standard.contains(['+', '/']) {
        tray.add_beside(class, bench.sealed_text(&bench.key, &format!("{first}.{standard}"))?, marked_twin);
    }
    Ok(())
}

/// Claims whose bytes are no object that all readers understand alike, each well signed.
fn payloads(bench: &Bench<'_>, tray: &mut Tray<'_>) -> Result<(), SignError> {
    let claims = bench.claims.json();
    let open = claims.strip_suffix('}').unwrap_or(&claims);
    let escaped = claims.strip_prefix('{').unwrap_or(&claims);
    let texts = [
        (
            Class::new("claims-twice", "One of its claims stands there twice, the forger's first", "RFC 7519, 4"),
            bench.claims.after("iss", r#""https://forger.example""#).json(),
        ),
        (
            Class::new("claims-twice-last", "One of its claims stands there twice, the forger's last", "RFC 7519, 4"),
            format!(r#"{open},"iss":"https://forger.example"}}"#),
        ),
        (
            Class::new("claims-twice-escaped", "One of its claims stands there twice, once in escapes", "RFC 7519, 4"),
            format!(r#"{{"\u0069ss":"https://forger.example",{escaped}"#),
        ),
        (Class::new("claims-list", "Its claims are a list", "RFC 7519, 7.2"), format!("[{claims}]")),
        (
            Class::new("claims-text", "Its claims are a text with the claims in it", "RFC 7519, 7.2"),
            serde_json::Value::from(claims.as_str()).to_string(),
        ),
        (Class::new("claims-null", "Its claims are null", "RFC 7519, 7.2"), "null".to_owned()),
        (
            Class::new("claims-two-objects", "A second object stands behind its claims", "RFC 7519, 7.2"),
            format!("{claims}{{}}"),
        ),
        (Class::new("claims-comment", "A comment stands in its claims", "RFC 8259, 2"), format!("{claims}/* */")),
        (
            Class::new("claims-trailing-comma", "A comma stands behind its last claim", "RFC 8259, 4"),
            format!("{open},}}"),
        ),
        (Class::new("claims-nan", "One of its numbers is NaN", "RFC 8259, 6"), format!(r#"{open},"x":NaN}}"#)),
        (Class::new("claims-cut", "Its claims end before their last brace", "RFC 8259, 4"), open.to_owned()),
    ];
    let not_utf8 = [open.as_bytes(), b",\"x\":\"\xff\xfe\"}"].concat();
    let overlong = [open.as_bytes(), b",\"x\":\"\xc0\xaf\"}"].concat();
    let bytes = [
        (Class::new("claims-not-utf8", "A text in its claims is not UTF-8", "RFC 8725, 3.7"), not_utf8),
        (
            Class::new(
                "claims-overlong",
                "A letter in its claims is written with more bytes than it has",
                "RFC 3629, 3",
            ),
            overlong,
        ),
        (
            Class::new("claims-utf16", "Its claims are UTF-16", "RFC 8725, 3.7"),
            claims.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
    ];
    let all = texts.into_iter().map(|(class, text)| (class, text.into_bytes())).chain(bytes);
    let header = bench.header.json();
    for (class, payload) in all {
        let draft = Draft { header: header.as_bytes(), claims: &payload };
        tray.add(class, bench.sealed(&bench.key, draft)?);
    }
    Ok(())
}
