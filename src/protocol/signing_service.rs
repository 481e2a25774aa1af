//! The signing service: what it asks of the claims that a store wants signed.
//!
//! It took JSON, not types, and asked for more than this; what a receipt of ours cannot get wrong is not asked again.

use crate::protocol::receipt::Receipt;

/// Why the service does not sign: HTTP 400.
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
}

/// Whether the service signs these claims.
///
/// # Errors
/// The first [`Unsignable`].
pub fn check(receipt: &Receipt) -> Result<(), Unsignable> {
    if receipt.detail.is_none() || receipt.verify.is_none() {
        return Err(Unsignable::Address);
    }
    if !is_origin(&receipt.product.url) {
        return Err(Unsignable::ProductUrl);
    }
    match receipt.product.storedata.as_deref() {
        None | Some("") => Err(Unsignable::StoreData),
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
    use super::is_origin;

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
