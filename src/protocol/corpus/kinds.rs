//! Wrong kinds: tokens of one kind held out as another. RFC 8725, 3.11 and 3.12.

use crate::protocol::algorithm::Algorithm;
use crate::protocol::chain::CERTIFIED_KEY;
use crate::protocol::corpus::attack::{Attack, Class, Family, TokenKind};
use crate::protocol::corpus::bench::{Bench, Tray};
use crate::protocol::jwt::SignError;

/// `typ` of the claims, well signed, that is none of this kind.
const TYPES: [(Class, Option<&str>); 8] = [
    (Class::new("typ-absent", "It does not say what kind of token it is", "RFC 8725, 3.11"), None),
    (Class::new("typ-unknown", "It is of a kind that nobody knows", "RFC 8725, 3.11"), Some("forged-receipt")),
    (Class::new("typ-case", "Its kind is written in another case", "RFC 8725, 3.11"), Some("Purchase-Receipt")),
    (
        Class::new(
            "typ-test",
            "It is a test receipt, which opens nothing in production",
            "The receipt's own page: typ",
        ),
        Some("test-receipt"),
    ),
    (Class::new("typ-certificate", "It says that it certifies a key", "RFC 8725, 3.12"), Some(CERTIFIED_KEY)),
    (Class::new("typ-request", "It says that it is a pay request", "RFC 8725, 3.12"), Some("mozilla/payments/pay/v1")),
    (
        Class::new("typ-postback", "It says that it is the notice of a payment", "RFC 8725, 3.12"),
        Some("mozilla/payments/pay/postback/v1"),
    ),
    (
        Class::new("typ-chargeback", "It says that it is the notice of a refund", "RFC 8725, 3.12"),
        Some("mozilla/payments/pay/chargeback/v1"),
    ),
];

/// All of this family.
///
/// # Errors
/// [`SignError`].
pub fn attacks(bench: &Bench<'_>) -> Result<Vec<Attack>, SignError> {
    let mut tray = Tray::new(bench, Family::Kinds)?;
    let claims = &bench.claims;
    let own = claims.value("typ").map(|typ| typ.trim_matches('"').to_owned());
    for (class, typ) in TYPES {
        if typ.is_some() && typ == own.as_deref() {
            continue;
        }
        let claims = typ.map_or_else(|| claims.without("typ"), |typ| claims.with_text("typ", typ));
        tray.add(class, bench.signed(&bench.header, &claims)?);
    }
    tray.add(
        Class::new("typ-list", "Its kind is a list with the right one in it", "RFC 8725, 3.11"),
        bench.signed(&bench.header, &claims.with("typ", format!("[{}]", claims.value("typ").unwrap_or("\"\""))))?,
    );
    others(bench, &mut tray)?;
    Ok(tray.attacks())
}

/// Good tokens of the other kinds, each for its own reader.
fn others(bench: &Bench<'_>, tray: &mut Tray<'_>) -> Result<(), SignError> {
    let classes = [
        (
            TokenKind::Receipt,
            Class::new("a-receipt", "It is a good receipt, held out as something else", "RFC 8725, 3.12"),
        ),
        (
            TokenKind::Request,
            Class::new("a-pay-request", "It is a good pay request, held out as something else", "RFC 8725, 3.12"),
        ),
        (
            TokenKind::Notice,
            Class::new("a-notice", "It is a good notice, held out as something else", "RFC 8725, 3.12"),
        ),
    ];
    let is_receipt = matches!(bench.kind, TokenKind::Receipt | TokenKind::Certified);
    for (kind, class) in classes {
        if kind == bench.kind || (is_receipt && kind == TokenKind::Receipt) {
            continue;
        }
        let algorithm = if kind == TokenKind::Receipt { Algorithm::EdDsa } else { Algorithm::Hs256 };
        tray.add(class, Bench::new(bench.trust, kind, algorithm)?.good()?);
    }
    if let Some(certificate) = &bench.certificate {
        tray.add(Class::new("a-certificate", "It is the certificate alone", "RFC 8725, 3.12"), certificate.clone());
    }
    Ok(())
}
