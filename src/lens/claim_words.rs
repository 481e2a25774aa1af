//! Claim words: what each claim is for, in at most twelve words, and where that is written.

use crate::lens::token_kind::TokenKind;

/// What is said about a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimWords {
    /// What it is for.
    pub sentence: &'static str,
    /// Where that is written.
    pub source: &'static str,
}

const RECEIPT_PAGE: &str = "Apps/WebApplicationReceipt";
const PAY_PAGE: &str = "WebAPI/WebPayment";
const CERTIFICATES: &str = "certified receipts, design of 2012";
const JWS: &str = "RFC 7515, 4.1";
const JWT: &str = "RFC 7519, 4.1";
const JWK: &str = "RFC 7517, 4";

type Row = (&'static str, &'static str, &'static str);

/// A path's last name may be `*`: any name at that place.
const HEADER: &[Row] = &[
    ("alg", "how it says it is signed; the key decides", JWS),
    ("typ", "what the media type is; says nothing about the claims", JWS),
    ("cty", "what the payload's media type is", JWS),
    ("kid", "which of the issuer's keys signed; a hint, only looked up", JWS),
    ("jku", "where keys are said to be; never followed", JWS),
    ("x5u", "where a certificate is said to be; never followed", JWS),
    ("jwk", "a key of its own; never used", JWS),
    ("x5c", "certificates of its own; never used", JWS),
    ("crit", "extensions that must be understood; none is, so it is refused", "RFC 7515, 4.1.11"),
    ("zip", "compressed claims; refused", "RFC 8725, 3.6"),
    ("b64", "claims that are not base64url; refused", "RFC 7797"),
];

const RECEIPT: &[Row] = &[
    ("typ", "what this token is; anything else is not a receipt", RECEIPT_PAGE),
    ("product", "the app's address, as receipts of 2011 wrote it", RECEIPT_PAGE),
    ("product.url", "must be this app's own origin", RECEIPT_PAGE),
    ("product.storedata", "opaque to the app; the store's own product key", RECEIPT_PAGE),
    ("product.type", "how receipts of 2012 told reviewers from authors", "as built in 2012"),
    ("user.type", "who bought it, readable by the store alone", RECEIPT_PAGE),
    ("user.value", "random per transaction: two apps cannot link it", RECEIPT_PAGE),
    ("iss", "picks the public key from the app's key ring", RECEIPT_PAGE),
    ("nbf", "purchase completed; not valid before", RECEIPT_PAGE),
    ("iat", "when this receipt was made", RECEIPT_PAGE),
    ("exp", "refresh with reissue after this", RECEIPT_PAGE),
    ("detail", "where the buyer can read about the purchase", RECEIPT_PAGE),
    ("verify", "asking tells the store who runs the app, and when", RECEIPT_PAGE),
    ("reissue", "trade this receipt for a fresh one", RECEIPT_PAGE),
];

const REQUEST: &[Row] = &[
    ("iss", "the application key; picks the secret that checks the signature", PAY_PAGE),
    ("aud", "the payment provider that this is for", PAY_PAGE),
    ("typ", "picks the payment provider on the device", PAY_PAGE),
    ("iat", "when this request was made", JWT),
    ("exp", "no payment starts from this request after that", JWT),
    ("nbf", "no payment starts from this request before", JWT),
    ("request.id", "the product in the seller's own catalogue", PAY_PAGE),
    ("request.pricePoint", "a price tier, not an amount", PAY_PAGE),
    ("request.name", "what the payment window calls the product", PAY_PAGE),
    ("request.description", "what the payment window says about it; never empty", PAY_PAGE),
    ("request.icons.*", "a square picture of that many pixels", PAY_PAGE),
    ("request.productData", "comes back in the notice, untouched", PAY_PAGE),
    ("request.postbackURL", "where the notice of payment goes", PAY_PAGE),
    ("request.chargebackURL", "where the notice of a refund goes", PAY_PAGE),
    ("request.locales.*", "the product's words in another language", PAY_PAGE),
    ("request.defaultLocale", "the language of name and description", PAY_PAGE),
    ("request.simulate.result", "pretends: no money moves", PAY_PAGE),
    ("request.simulate.reason", "why the pretended money comes back", PAY_PAGE),
];

const NOTICE: &[Row] = &[
    ("iss", "the payment provider, which signs notices", PAY_PAGE),
    ("aud", "the application key that asked for the money", PAY_PAGE),
    ("typ", "postback: paid; chargeback: taken back", PAY_PAGE),
    ("iat", "when this notice was made; each try has its own", JWT),
    ("exp", "too old to be believed after that", JWT),
    ("response.transactionID", "must be echoed as the whole body of the answer", PAY_PAGE),
    ("response.price.amount", "what was really paid", PAY_PAGE),
    ("response.price.currency", "in which currency", PAY_PAGE),
    ("response.reason", "refund or reversal", PAY_PAGE),
    ("response.solitude_buyer_uuid", "the buyer of a free product, as the provider counts", "as built in 2015"),
];

const CERTIFICATE: &[Row] = &[
    ("typ", "a key inside a token, vouched for by its signer", CERTIFICATES),
    ("iss", "the address of the root's key document", CERTIFICATES),
    ("price_limit", "the highest price that the key may sign for", CERTIFICATES),
    ("nbf", "the key signs nothing before", CERTIFICATES),
    ("iat", "when the key was certified", CERTIFICATES),
    ("exp", "receipts of this key end by then, too", CERTIFICATES),
];

const OTHER: &[Row] = &[
    ("iss", "who made this token", JWT),
    ("sub", "whom it speaks of", JWT),
    ("aud", "whom it is for; others must refuse it", JWT),
    ("exp", "refuse it on or after that", JWT),
    ("nbf", "refuse it before", JWT),
    ("iat", "when it was made", JWT),
    ("jti", "its own number, so that it counts once", JWT),
    ("typ", "what it calls itself", RECEIPT_PAGE),
];

const KEYS: &[Row] = &[
    ("kty", "the family of the key", JWK),
    ("crv", "the curve of the key", "RFC 8037, 2"),
    ("x", "the public point", "RFC 8037, 2"),
    ("y", "the public point's other half", "RFC 7518, 6.2"),
    ("n", "the public RSA modulus", "RFC 7518, 6.3"),
    ("e", "the public RSA exponent", "RFC 7518, 6.3"),
    ("mod", "the public RSA modulus, under its old name", CERTIFICATES),
    ("exp", "the public RSA exponent: not a time", CERTIFICATES),
    ("alg", "what the key is for; one key, one algorithm", JWK),
    ("kid", "the key's name", JWK),
    ("use", "sig: for signatures", JWK),
    ("d", "the private half; must never be shown", JWK),
    ("k", "a shared secret; must never be shown", JWK),
];

/// What is said about the buyer's claims where the receipt names the buyer, as it did before the privacy changes.
const NAMED_USER: &[Row] = &[
    ("user.type", "whom the receipt is for: the store wrote an email address", RECEIPT_PAGE),
    ("user.value", "names the buyer: every app that sees it can link it", RECEIPT_PAGE),
];

/// The same where it names nobody, as in what was sold within an app.
const ANONYMOUS: &[Row] = &[
    ("user.type", "whom the receipt is for: nobody in particular", "as built in 2015"),
    ("user.value", "the same in every receipt: it tells no two buyers apart", "as built in 2015"),
];

/// What is said about a claim of a receipt whose user is nobody in particular.
#[must_use]
pub fn anonymous_user_words(path: &str) -> Option<ClaimWords> {
    find(ANONYMOUS, path)
}

/// What is said about a claim of a receipt whose user is named by an email address.
#[must_use]
pub fn named_user_words(path: &str) -> Option<ClaimWords> {
    find(NAMED_USER, path)
}

/// What is said about a claim of the payload, or `None` when no page speaks of it.
#[must_use]
pub fn claim_words(kind: TokenKind, path: &str) -> Option<ClaimWords> {
    let rows = match kind {
        TokenKind::Receipt => RECEIPT,
        TokenKind::PayRequest => REQUEST,
        TokenKind::Postback | TokenKind::Chargeback => {
            return find(NOTICE, path).or_else(|| find(REQUEST, path).filter(|_| path.starts_with("request.")));
        }
        TokenKind::Certificate => return find(CERTIFICATE, path).or_else(|| key_words(path)),
        TokenKind::KeyDocument => return key_words(path),
        TokenKind::Unknown | TokenKind::Unreadable => OTHER,
    };
    find(rows, path)
}

/// What is said about a header member.
#[must_use]
pub fn header_words(name: &str) -> Option<ClaimWords> {
    let top = name.split('.').next().unwrap_or_default();
    find(HEADER, top)
}

/// `jwk.0.kid`, `keys.1.n` or plain `n`.
fn key_words(path: &str) -> Option<ClaimWords> {
    let name = path.rsplit('.').next()?;
    find(KEYS, name)
}

fn find(rows: &[Row], path: &str) -> Option<ClaimWords> {
    let matches = |pattern: &str| match pattern.strip_suffix('*') {
        Some(front) => path.starts_with(front),
        None => path == pattern,
    };
    rows.iter().find(|row| matches(row.0)).map(|&(_, sentence, source)| ClaimWords { sentence, source })
}

#[cfg(test)]
mod tests {
    use super::{ANONYMOUS, CERTIFICATE, HEADER, KEYS, NAMED_USER, NOTICE, OTHER, RECEIPT, REQUEST};

    #[test]
    fn every_sentence_is_short_and_plain() {
        for (path, sentence, source) in
            [HEADER, RECEIPT, NAMED_USER, ANONYMOUS, REQUEST, NOTICE, CERTIFICATE, OTHER, KEYS].concat()
        {
            assert!((1..=12).contains(&sentence.split_whitespace().count()), "{path}: {sentence}");
            assert!(!sentence.ends_with('.') && !source.is_empty(), "{path}");
        }
    }
}
