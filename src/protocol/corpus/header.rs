//! Header tricks: tokens whose header lies about how they are to be read. RFC 7515, 4; RFC 8725, 2.

use crate::protocol::corpus::attack::{Attack, Class, Family};
use crate::protocol::corpus::bench::{Bench, Draft, Tray, encoded};
use crate::protocol::corpus::members::{Members, quoted};
use crate::protocol::corpus::public_forms;
use crate::protocol::jwt::SignError;

/// `alg` written so that no signature is asked for, and none is there.
const UNSIGNED: [(Class, &str); 6] = [
    (Class::new("alg-none", "It says that it is not signed, and is not", "RFC 8725, 3.2"), r#""none""#),
    (
        Class::new("alg-none-capital", "It says None, which a list of forbidden names may miss", "RFC 8725, 3.2"),
        r#""None""#,
    ),
    (
        Class::new("alg-none-upper", "It says NONE, which a list of forbidden names may miss", "RFC 8725, 3.2"),
        r#""NONE""#,
    ),
    (
        Class::new("alg-none-mixed", "It says nOnE, which a list of forbidden names may miss", "RFC 8725, 3.2"),
        r#""nOnE""#,
    ),
    (Class::new("alg-empty", "Its algorithm is an empty text, and it is not signed", "RFC 7515, 4.1.1"), r#""""#),
    (Class::new("alg-null", "Its algorithm is null, and it is not signed", "RFC 7515, 4.1.1"), "null"),
];

/// Headers that a right key has signed, and that must not be taken all the same.
const SIGNED: [(Class, &str, &str); 6] = [
    (
        Class::new("crit-unknown", "It demands an extension that nobody understands", "RFC 7515, 4.1.11"),
        "crit",
        r#"["https://forger.example/must"]"#,
    ),
    (
        Class::new("crit-empty", "Its list of demanded extensions is empty, which it must not be", "RFC 7515, 4.1.11"),
        "crit",
        "[]",
    ),
    (Class::new("crit-not-list", "Its list of demanded extensions is a text", "RFC 7515, 4.1.11"), "crit", r#""exp""#),
    (Class::new("zip", "It says that its claims are compressed", "RFC 8725, 3.6"), "zip", r#""DEF""#),
    (Class::new("kid-not-text", "The name of its key is a number", "RFC 7515, 4.1.4"), "kid", "7"),
    (
        Class::new("alg-list", "Its algorithm is a list of algorithms", "RFC 7515, 4.1.1"),
        "alg",
        r#"["EdDSA","ES256","HS256","RS256"]"#,
    ),
];

/// All of this family.
///
/// # Errors
/// [`SignError`].
pub fn attacks(bench: &Bench<'_>) -> Result<Vec<Attack>, SignError> {
    let mut tray = Tray::new(bench, Family::Header)?;
    let Bench { header, claims, .. } = bench;
    for (class, alg) in UNSIGNED {
        let input = format!("{}.{}", encoded(header.with("alg", alg).json()), encoded(claims.json()));
        tray.add(class, bench.with_signature(&input, b""));
    }
    let kept = bench.key.sign(format!("{}.{}", encoded(header.json()), encoded(claims.json())).as_bytes())?;
    let input = format!("{}.{}", encoded(header.with_text("alg", "none").json()), encoded(claims.json()));
    tray.add(
        Class::new("alg-none-signed", "It says that it is not signed, and keeps its old signature", "RFC 8725, 3.2"),
        bench.with_signature(&input, &kept),
    );
    for (class, name, value) in SIGNED {
        tray.add(class, bench.signed(&header.with(name, value), claims)?);
    }
    respelt(bench, &mut tray)?;
    broken(bench, &mut tray)?;
    carried_keys(bench, &mut tray)?;
    Ok(tray.attacks())
}

/// `alg` that is nearly right; the signature is.
fn respelt(bench: &Bench<'_>, tray: &mut Tray<'_>) -> Result<(), SignError> {
    let Bench { header, claims, .. } = bench;
    let name = bench.algorithm.name();
    let other_case = if name == "EdDSA" { "eddsa".to_owned() } else { name.to_lowercase() };
    for (class, header) in [
        (
            Class::new("alg-case", "Its algorithm is written in another case, and case counts", "RFC 7515, 4.1.1"),
            header.with_text("alg", &other_case),
        ),
        (
            Class::new("alg-space", "Its algorithm begins with a space", "RFC 7515, 4.1.1"),
            header.with_text("alg", &format!(" {name}")),
        ),
        (Class::new("alg-absent", "It names no algorithm", "RFC 7515, 4.1.1"), header.without("alg")),
        (
            Class::new("alg-twice", "It names two algorithms, none first", "RFC 7515, 4"),
            header.after("alg", r#""none""#),
        ),
        (
            Class::new("b64-false", "It says that its claims are not encoded", "RFC 7797, 7"),
            header.with("b64", "false").with("crit", r#"["b64"]"#),
        ),
    ] {
        tray.add(class, bench.signed(&header, claims)?);
    }
    Ok(())
}

/// Headers that are no header; the signature over them is right.
fn broken(bench: &Bench<'_>, tray: &mut Tray<'_>) -> Result<(), SignError> {
    let claims = bench.claims.json();
    let json = bench.header.json();
    let bytes = [&json.as_bytes()[..json.len() - 1], b",\"x\":\"\xff\"}"].concat();
    for (class, header) in [
        (Class::new("header-list", "Its header is a list", "RFC 7515, 4"), format!("[{json}]").into_bytes()),
        (
            Class::new("header-trailing", "Something stands after its header's object", "RFC 7515, 5.2"),
            format!("{json}{{}}").into_bytes(),
        ),
        (Class::new("header-not-utf8", "Its header is not UTF-8", "RFC 8725, 3.7"), bytes),
        (Class::new("header-empty", "It has no header", "RFC 7515, 4"), Vec::new()),
    ] {
        tray.add(class, bench.sealed(&bench.key, Draft { header: &header, claims: claims.as_bytes() })?);
    }
    Ok(())
}

/// Keys that the forger brings along, or leads to. The forger's signature is right for them.
fn carried_keys(bench: &Bench<'_>, tray: &mut Tray<'_>) -> Result<(), SignError> {
    let Bench { header, claims, forger, .. } = bench;
    let verifying = forger.verifying_key();
    let mut add = |class, header: &Members| -> Result<(), SignError> {
        tray.add(class, bench.signed_by(forger, header, claims)?);
        Ok(())
    };
    if let Some(jwk) = public_forms::jwk(&verifying) {
        let jwk = Members::read(&jwk).without("kid").json();
        add(
            Class::new("jwk-carried", "It brings the forger's own key along (CVE-2018-0114)", "RFC 8725, 3.10"),
            &header.with("jwk", jwk.clone()),
        )?;
        add(
            Class::new(
                "jwk-carried-kid",
                "It brings the forger's key along, under a name of the forger's",
                "RFC 8725, 3.10",
            ),
            &header.with("jwk", jwk).with_text("kid", "forger"),
        )?;
    }
    if let Some(der) = public_forms::der(&verifying) {
        use base64::Engine as _;
        let der = base64::engine::general_purpose::STANDARD.encode(der);
        add(
            Class::new("x5c-carried", "It brings a certificate of the forger's along", "RFC 8725, 3.10"),
            &header.with("x5c", format!("[{}]", quoted(&der))),
        )?;
    }
    for (class, name) in [
        (Class::new("jku-elsewhere", "It says that the issuer's keys are at the forger's", "RFC 8725, 3.10"), "jku"),
        (
            Class::new("x5u-elsewhere", "It says that the issuer's certificate is at the forger's", "RFC 8725, 3.10"),
            "x5u",
        ),
    ] {
        // Port 9 on loopback: whoever follows it finds nobody.
        add(class, &header.with_text(name, "http://127.0.0.1:9/keys.json").with_text("kid", "forger"))?;
    }
    add(
        Class::new("kid-unknown", "It names a key that nobody has registered", "RFC 8725, 3.1"),
        &header.with_text("kid", "forger"),
    )?;
    Ok(())
}
