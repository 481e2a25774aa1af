//! The signing service: what it asks of the claims that a store wants signed.
//!
//! It took JSON, not types, and asked for more than this; what a receipt of ours cannot get wrong is not asked again.

use crate::protocol::receipt::Receipt;
use crate::protocol::time::Time;

/// Why the service does not sign: HTTP 400 for what is missing or misshapen, 409 for what cannot be so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsignable {
    /// `product.url` is something else than `http`, `https` or `app` with a host and perhaps a port.
    #[error("400: product.url is not an origin")]
    ProductUrl,
    /// `product.storedata` is missing or empty.
    #[error("400: product.storedata is empty")]
    StoreData,
    /// `detail` or `verify` is missing.
    #[error("400: detail or verify is missing")]
    Address,
    /// `iat` or `nbf` lies ahead of the service's own clock; it allowed no leeway.
    #[error("409: the receipt is dated ahead of the signer's clock")]
    Ahead,
}

/// Whether the service signs these claims, by its own clock.
///
/// # Errors
/// The first [`Unsignable`].
pub fn check(receipt: &Receipt, now: Time) -> Result<(), Unsignable> {
    if receipt.detail.is_none() || receipt.verify.is_none() {
        return Err(Unsignable::Address);
    }
    if !is_origin(&receipt.product.url) {
        return Err(Unsignable::ProductUrl);
    }
    match receipt.product.storedata.as_deref() {
        None | Some("") => Err(Unsignable::StoreData),
        Some(_) if receipt.iat.max(receipt.nbf).time() > now => Err(Unsignable::Ahead),
        Some(_) => Ok(()),
    }
}

/// A scheme, a host, perhaps a port, and nothing behind it, not even a slash.
fn is_origin(url: &str) -> bool {
    let Some((scheme, authority)) = url.split_once("://") else { return false };
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_host = !host.is_empty() && !host.contains(['/', '?', '#', '@']);
    let is_port = port.is_none_or(|port| !port.is_empty() && port.chars().all(|letter| letter.is_ascii_digit()));
    ["http", "https", "app"].contains(&scheme) && is_host && is_port
}

#[cfg(test)]
mod tests {
    use super::{Unsignable, check, is_origin};
    use crate::protocol::receipt::Receipt;
    use crate::protocol::time::{Span, Time};

    const RECEIPT: &str = r#"{"typ":"purchase-receipt","product":{"url":"https://pony.example","storedata":"id=7"},
        "user":{"type":"directed-identifier","value":"4fb35151"},"iss":"https://store.example","nbf":1400000100,"iat":1400000100,
        "detail":"https://store.example/receipts/42","verify":"https://store.example/verify/"}"#;

    #[test]
    fn a_receipt_that_is_dated_ahead_of_the_signers_clock_is_not_signed() {
        let now = Time::from_seconds(1_400_000_100);
        let late = |name: &str| RECEIPT.replace(&format!("\"{name}\":1400000100"), &format!("\"{name}\":1400000101"));
        for text in [late("iat"), late("nbf")] {
            let receipt = Receipt::read(text.as_bytes()).unwrap();
            assert_eq!(check(&receipt, now), Err(Unsignable::Ahead));
            assert_eq!(check(&receipt, now + Span::from_seconds(1)), Ok(()), "the clock has caught up");
        }
        let receipt = Receipt::read(RECEIPT.as_bytes()).unwrap();
        assert_eq!(check(&receipt, now), Ok(()));
        assert_eq!(check(&receipt, now - Span::from_millis(1)), Err(Unsignable::Ahead), "no leeway");
    }

    #[test]
    fn a_product_is_named_by_an_origin_and_nothing_else() {
        for url in ["https://pony.example", "http://localhost:8080", "app://pony.example", "http://10.0.0.1"] {
            assert!(is_origin(url), "{url}");
        }
        for url in [
            "https://pony.example/",
            "https://pony.example/shop",
            "https://pony.example?a",
            "marketplace:1f2e",
            "ftp://pony.example",
            "https://",
            "https://pony.example:",
            "https://pony.example:80a",
            "https://me@pony.example",
            "",
        ] {
            assert!(!is_origin(url), "{url}");
        }
    }
}
