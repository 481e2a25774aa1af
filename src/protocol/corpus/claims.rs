//! Claims: tokens that the right key has signed, and that say the wrong thing. RFC 8725, 3.8 and 3.9.

use crate::protocol::corpus::attack::{Attack, Class, Family, TokenKind};
use crate::protocol::corpus::bench::{Bench, Tray};
use crate::protocol::corpus::members::{Members, quoted};
use crate::protocol::corpus::old_signature;
use crate::protocol::jwt::{Jwt, SignError};

/// All of this family.
///
/// # Errors
/// [`SignError`].
pub fn attacks(bench: &Bench<'_>) -> Result<Vec<Attack>, SignError> {
    let mut tray = Tray::new(bench, Family::Claims)?;
    let good = bench.good()?;
    if let Ok(jwt) = Jwt::parse(good.rsplit('~').next().unwrap_or(&good)) {
        for (class, token) in old_signature::edits(&jwt) {
            tray.add(class, bench.behind_certificate(&token));
        }
    }
    let forgeries = match bench.kind {
        TokenKind::Receipt | TokenKind::Certified => [issuers(bench), products(bench), users(bench)].concat(),
        TokenKind::Request | TokenKind::Notice => [issuers(bench), audiences(bench)].concat(),
    };
    for (class, claims) in forgeries {
        tray.add(class, bench.signed(&bench.header, &claims)?);
    }
    if bench.kind == TokenKind::Receipt {
        let other = bench.trust.other_issuer();
        let header = bench.header.with_text("alg", other.algorithm().name()).with_text("kid", other.kid().as_str());
        tray.add(
            Class::new(
                "signed-by-other-issuer",
                "Another store, trusted for its own receipts, signed one of this store's",
                "RFC 8725, 3.8",
            ),
            bench.signed_by(&other, &header, &bench.claims)?,
        );
    }
    Ok(tray.attacks())
}

type Forgeries = Vec<(Class, Members)>;

fn issuers(bench: &Bench<'_>) -> Forgeries {
    let claims = &bench.claims;
    let own = claims.value("iss").unwrap_or("\"\"");
    let name = own.trim_matches('"');
    let list = format!(r#"["https://forger.example",{own}]"#);
    let mut all = vec![
        (Class::new("iss-absent", "It names no issuer", "RFC 8725, 3.8"), claims.without("iss")),
        (
            Class::new("iss-other", "It names another issuer than the one whose key signed it", "RFC 8725, 3.8"),
            claims.with_text("iss", "https://forger.example"),
        ),
        (
            Class::new("iss-number", "Its issuer is a number, which some readers take for none", "RFC 7519, 4.1.1"),
            claims.with("iss", "7"),
        ),
        (Class::new("iss-null", "Its issuer is null", "RFC 7519, 4.1.1"), claims.with("iss", "null")),
        (
            Class::new("iss-list", "Its issuer is a list with the right one in it (CVE-2026-25537)", "RFC 7519, 4.1.1"),
            claims.with("iss", list),
        ),
        (
            Class::new("iss-object", "Its issuer is an object", "RFC 7519, 4.1.1"),
            claims.with("iss", format!(r#"{{"url":{own}}}"#)),
        ),
        (
            Class::new("iss-look-alike", "Its issuer begins like the right one", "RFC 8725, 3.8"),
            claims.with_text("iss", &format!("{name}.forger.example")),
        ),
    ];
    if bench.kind != TokenKind::Certified {
        all.push((
            Class::new(
                "iss-slash",
                "Its issuer has a slash at its end; issuers are compared letter by letter",
                "RFC 7519, 2",
            ),
            claims.with_text("iss", &format!("{name}/")),
        ));
        all.push((
            Class::new(
                "iss-case",
                "Its issuer is written in capitals; issuers are compared letter by letter",
                "RFC 7519, 2",
            ),
            claims.with_text("iss", &name.to_uppercase()),
        ));
    }
    all
}

fn products(bench: &Bench<'_>) -> Forgeries {
    let app = bench.trust.plan().app.as_str();
    let (scheme, host) = app.split_once("://").unwrap_or(("https", app));
    let other_scheme = if scheme == "https" { "http" } else { "https" };
    let rule = "RFC 8725, 3.9";
    let urls = [
        (Class::new("product-other", "It was written for another app", rule), "https://other.example".to_owned()),
        (
            Class::new("product-suffix", "Its app's name goes on behind this app's", rule),
            format!("{app}.forger.example"),
        ),
        (
            Class::new("product-prefix", "Its app's name ends like this app's, without a dot between", rule),
            format!("{scheme}://evil{host}"),
        ),
        (
            Class::new("product-subdomain", "It was written for a host below this app's", rule),
            format!("{scheme}://evil.{host}"),
        ),
        (
            Class::new("product-scheme", "It was written for this app under another scheme", rule),
            format!("{other_scheme}://{host}"),
        ),
        (
            Class::new("product-port", "It was written for another port of this app's host", rule),
            format!("{scheme}://{host}:8443"),
        ),
        (
            Class::new("product-user", "This app's name stands before an @, where it is only a user's", rule),
            format!("{app}@forger.example"),
        ),
        (
            Class::new("product-fragment", "This app's name stands behind a #", rule),
            format!("https://forger.example/#{app}"),
        ),
        (
            Class::new("product-zero-byte", "A zero byte ends this app's name, and the forger's follows", rule),
            format!("{app}\0.forger.example"),
        ),
        (
            Class::new("product-homograph", "A letter of its app's name only looks like the right one", rule),
            app.replacen('o', "\u{43e}", 1),
        ),
        (Class::new("product-empty", "Its app is an empty text", rule), String::new()),
    ];
    let mut all: Forgeries =
        urls.into_iter().filter(|(_, url)| url != app).map(|(class, url)| (class, bench.claims_for(&url))).collect();
    for (class, product) in [
        (Class::new("product-number", "Its app is a number", rule), r#"{"url":7}"#.to_owned()),
        (
            Class::new("product-list", "Its app is a list with the right one in it", rule),
            format!(r#"{{"url":["https://forger.example",{}]}}"#, quoted(app)),
        ),
        (Class::new("product-null", "Its product is null", rule), "null".to_owned()),
        (Class::new("product-no-url", "Its product names no app", rule), r#"{"storedata":"id=7"}"#.to_owned()),
    ] {
        all.push((class, bench.claims.with("product", product)));
    }
    all.push((Class::new("product-absent", "It names no product", rule), bench.claims.without("product")));
    all
}

fn users(bench: &Bench<'_>) -> Forgeries {
    let claims = &bench.claims;
    let rule = "The receipt's own page: user";
    vec![
        (Class::new("user-absent", "It names no user", rule), claims.without("user")),
        (
            Class::new("user-text", "Its user is a text instead of an object", rule),
            claims.with("user", r#""4fb35151""#),
        ),
        (
            Class::new("user-empty", "Its user's identifier is empty", rule),
            claims.with("user", r#"{"type":"directed-identifier","value":""}"#),
        ),
        (
            Class::new("user-number", "Its user's identifier is a number", rule),
            claims.with("user", r#"{"type":"directed-identifier","value":7}"#),
        ),
    ]
}

fn audiences(bench: &Bench<'_>) -> Forgeries {
    let claims = &bench.claims;
    let own = claims.value("aud").unwrap_or("\"\"");
    let name = own.trim_matches('"');
    let rule = "RFC 8725, 3.9";
    vec![
        (Class::new("aud-absent", "It is meant for nobody", rule), claims.without("aud")),
        (Class::new("aud-other", "It is meant for somebody else", rule), claims.with_text("aud", "forger.example")),
        (
            Class::new("aud-number", "Whom it is meant for is a number, which some readers take for anybody", rule),
            claims.with("aud", "7"),
        ),
        (Class::new("aud-null", "Whom it is meant for is null", rule), claims.with("aud", "null")),
        (Class::new("aud-empty-list", "It is meant for an empty list", rule), claims.with("aud", "[]")),
        (
            Class::new("aud-look-alike", "Whom it is meant for begins like the right one", rule),
            claims.with_text("aud", &format!("{name}.forger")),
        ),
    ]
}
