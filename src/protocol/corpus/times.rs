//! Times: tokens that the right key has signed, for another moment, or for no moment at all. RFC 7519, 2 and 4.1.4 to 4.1.6.

use crate::protocol::corpus::attack::{Attack, Class, Family, TokenKind};
use crate::protocol::corpus::bench::{Bench, Tray};
use crate::protocol::corpus::members::Members;
use crate::protocol::jwt::SignError;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Values that are no date, whatever they say.
const NO_DATES: [&str; 8] = [r#""never""#, "-1", "null", "true", "[4102444800]", "{}", "18446744073709551616", "1e400"];

/// All of this family.
///
/// # Errors
/// [`SignError`].
pub fn attacks(bench: &Bench<'_>) -> Result<Vec<Attack>, SignError> {
    let mut tray = Tray::new(bench, Family::Times)?;
    let now = bench.trust.plan().now.seconds();
    let moved = |name: &str, by: i64| bench.claims.with(name, (now + by).to_string());
    let over = bench.claims.with("iat", (now - 40 * DAY).to_string());
    let over = if bench.claims.value("nbf").is_some() { over.with("nbf", (now - 40 * DAY).to_string()) } else { over };
    // A verifier may forgive a few minutes; none of these is that near.
    let mut all = vec![
        (Class::new("exp-day-ago", "It ended a day ago", "RFC 7519, 4.1.4"), over.with("exp", (now - DAY).to_string())),
        (
            Class::new("exp-hour-ago", "It ended an hour ago", "RFC 7519, 4.1.4"),
            over.with("exp", (now - HOUR).to_string()),
        ),
        (
            Class::new("exp-fraction-ago", "It ended an hour ago, and says so with a fraction", "RFC 7519, 4.1.4"),
            over.with("exp", format!("{}.5", now - HOUR)),
        ),
        (Class::new("exp-zero", "It ended in 1970", "RFC 7519, 4.1.4"), bench.claims.with("exp", "0")),
        (
            Class::new("exp-twice", "It ended an hour ago, and says a second time that it did not", "RFC 7519, 4"),
            over.after("exp", (now - HOUR).to_string()),
        ),
        (
            Class::new(
                "exp-milliseconds",
                "Its end is written in milliseconds, so that it lasts for ages",
                "RFC 7519, 2 counts in seconds; the limit is this stage's own",
            )
            .by_own_limit(),
            bench.claims.with("exp", ((now + DAY) * 1_000).to_string()),
        ),
        (Class::new("nbf-tomorrow", "It begins tomorrow", "RFC 7519, 4.1.5"), moved("nbf", DAY)),
        (Class::new("nbf-in-an-hour", "It begins in an hour", "RFC 7519, 4.1.5"), moved("nbf", HOUR)),
    ];
    let exps = NO_DATES.iter().zip(EXP_CLASSES).map(|(value, class)| (class, bench.claims.with("exp", *value)));
    all.extend(exps);
    // The payment server of history passes over a beginning that is no number, and so does ours.
    if bench.kind != TokenKind::Request {
        let nbfs = NO_DATES.iter().zip(NBF_CLASSES).map(|(value, class)| (class, bench.claims.with("nbf", *value)));
        all.extend(nbfs);
    }
    all.extend(required(bench));
    for (class, claims) in all {
        tray.add(class, bench.signed(&bench.header, &claims)?);
    }
    Ok(tray.attacks())
}

const EXP_CLASSES: [Class; 8] = [
    Class::new("exp-word", "Its end is a word", "RFC 7519, 4.1.4"),
    Class::new("exp-negative", "Its end is before all dates", "RFC 7519, 4.1.4"),
    Class::new("exp-null", "Its end is null, which some readers take for none", "RFC 7519, 4.1.4"),
    Class::new("exp-true", "Its end is true", "RFC 7519, 4.1.4"),
    Class::new("exp-list", "Its end is a list", "RFC 7519, 4.1.4"),
    Class::new("exp-object", "Its end is an object", "RFC 7519, 4.1.4"),
    Class::new("exp-too-big", "Its end is a number that 64 bits cannot hold", "RFC 7519, 2"),
    Class::new("exp-infinite", "Its end is a number that no reader can hold", "RFC 8259, 6"),
];

const NBF_CLASSES: [Class; 8] = [
    Class::new("nbf-word", "Its beginning is a word", "RFC 7519, 4.1.5"),
    Class::new("nbf-negative", "Its beginning is before all dates", "RFC 7519, 4.1.5"),
    Class::new("nbf-null", "Its beginning is null, which some readers take for none", "RFC 7519, 4.1.5"),
    Class::new("nbf-true", "Its beginning is true", "RFC 7519, 4.1.5"),
    Class::new("nbf-list", "Its beginning is a list", "RFC 7519, 4.1.5"),
    Class::new("nbf-object", "Its beginning is an object", "RFC 7519, 4.1.5"),
    Class::new("nbf-too-big", "Its beginning is a number that 64 bits cannot hold", "RFC 7519, 2"),
    Class::new("nbf-infinite", "Its beginning is a number that no reader can hold", "RFC 8259, 6"),
];

/// Dates that tokens of this kind must have.
fn required(bench: &Bench<'_>) -> Vec<(Class, Members)> {
    let claims = &bench.claims;
    match bench.kind {
        TokenKind::Receipt | TokenKind::Certified => vec![
            (
                Class::new("iat-tomorrow", "It was issued tomorrow", "The receipt's own page: iat"),
                claims.with("iat", (bench.trust.plan().now.seconds() + DAY).to_string()),
            ),
            (
                Class::new("nbf-absent", "It has no beginning, which every receipt has", "The receipt's own page: nbf"),
                claims.without("nbf"),
            ),
            (
                Class::new(
                    "iat-absent",
                    "It does not say when it was issued, which every receipt does",
                    "The receipt's own page: iat",
                ),
                claims.without("iat"),
            ),
        ],
        TokenKind::Request | TokenKind::Notice => vec![
            (
                Class::new("exp-absent", "It has no end, which every such token has", "The payment's own page: exp"),
                claims.without("exp"),
            ),
            (
                Class::new(
                    "iat-absent",
                    "It does not say when it was issued, which every such token does",
                    "The payment's own page: iat",
                ),
                claims.without("iat"),
            ),
        ],
    }
}
