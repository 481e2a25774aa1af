//! Names: origins, products, transactions, users and keys, each with a type of its own.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Why a text is not the name it was read as. By the fault of whoever wrote the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// Not an origin; `why` says which rule was broken.
    #[error("an origin is scheme://host[:port] and nothing after it: {why}: {text:?}")]
    Origin {
        /// The broken rule, in plain words.
        why: &'static str,
        /// The text as it was given.
        text: String,
    },
    /// Not a product name.
    #[error("a product name is 1 to 64 characters of a-z, 0-9 and '-': {text:?}")]
    Product {
        /// The text as it was given.
        text: String,
    },
}

/// Writes what every name has: text, display, debug. `open` names take any text, `checked` ones are made by their own `parse`.
macro_rules! name {
    (shared $name:ident) => {
        impl $name {
            /// The exact text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), &*self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
    (open $(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Text);

        name!(shared $name);

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(Text::from(text))
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(Text::from(text))
            }
        }
    };
    (checked $(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Text);

        name!(shared $name);

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(&text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }
    };
}

name! { checked
    /// Where an app or a store lives: `https://pony.example`, `http://127.0.0.1:9100`, `app://pony-park`, `marketplace:<guid>`.
    ///
    /// The exact text is kept and compared; nothing is normalised, so `https://a.example` and `https://a.example:443` differ,
    /// as they did for every historic client. RFC 6454, 6.2.
    Origin
}

name! { checked
    /// The short name of a product in a shop's catalogue: `shiny-pony`.
    ProductId
}

name! { open
    /// One purchase as the payment server counts it.
    TransactionId
}

name! { open
    /// A buyer as the store's ledger knows them. Never leaves the store.
    UserId
}

name! { open
    /// The name of a key. RFC 7515, 4.1.4: a hint from whoever made the token, so it is only ever looked up, never opened as a path.
    Kid
}

/// Cheaply cloned text that serde reads as a string. Ordered as text is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Text {
    /// The first eight bytes as a number, zeros behind a shorter text: nearly always enough to find a place among many.
    head: u64,
    text: Arc<str>,
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self { head: head(text), text: text.into() }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { head: head(&text), text: text.into() }
    }
}

fn head(text: &str) -> u64 {
    let bytes = text.bytes().chain(std::iter::repeat(0));
    bytes.take(8).fold(0, |head, byte| head << 8 | u64::from(byte))
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

const ORIGIN_BYTES_MAX: usize = 255;
const PACKAGED: &str = "marketplace:";

impl Origin {
    /// Reads an origin.
    ///
    /// # Errors
    /// A path, query, user, fragment, upper-case letter, empty host, odd port or unknown scheme: [`IdError::Origin`] says which.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let refuse = |why| IdError::Origin { why, text: text.chars().take(ORIGIN_BYTES_MAX).collect() };
        if text.len() > ORIGIN_BYTES_MAX {
            return Err(refuse("it is longer than 255 bytes"));
        }
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(refuse("write it in lower case"));
        }
        if let Some(guid) = text.strip_prefix(PACKAGED) {
            let plain = !guid.is_empty() && guid.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            return if plain { Ok(Self(Text::from(text))) } else { Err(refuse("after marketplace: comes a GUID")) };
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(|| refuse("it has no scheme"))?;
        if !["http", "https", "app"].contains(&scheme) {
            return Err(refuse("the scheme is http, https, app or marketplace"));
        }
        check_authority(rest, scheme == "app").map_err(refuse)?;
        Ok(Self(Text::from(text)))
    }

    /// An origin that the program itself knows. Only a mistake in our own source can break it.
    ///
    /// # Panics
    /// When `text` is no origin.
    #[must_use]
    pub fn well_known(text: &'static str) -> Self {
        let origin = Self::parse(text);
        assert!(origin.is_ok(), "an origin in our own source must be one: {text}");
        origin.unwrap_or_else(|_| Self(Text::from(text)))
    }

    /// A server on this machine: `http://127.0.0.1:7717`.
    #[must_use]
    pub fn loopback(port: u16) -> Self {
        // RFC 6454, 6.1: the default port of a scheme is left out.
        let text = if port == 80 { "http://127.0.0.1".to_owned() } else { format!("http://127.0.0.1:{port}") };
        Self(Text::from(text))
    }

    /// Whether this is a server on this machine, by whichever of its names.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        matches!(self.host(), "127.0.0.1" | "[::1]" | "localhost")
    }

    /// The port of 127.0.0.1, if that is what this names.
    #[must_use]
    pub fn loopback_port(&self) -> Option<u16> {
        let port = match self.as_str().strip_prefix("http://127.0.0.1")? {
            "" => 80,
            rest => rest.strip_prefix(':')?.parse().ok()?,
        };
        (Self::loopback(port) == *self).then_some(port)
    }

    /// `http`, `https`, `app` or `marketplace`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }

    /// The host without its port; for `marketplace:` the GUID. An IPv6 address keeps its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        match self.0.split_once("://") {
            Some((_, authority)) => split_port(authority).0,
            None => self.0.strip_prefix(PACKAGED).unwrap_or(&self.0),
        }
    }

    /// The host with its port where one is written, as URLs have it; for `marketplace:` the GUID.
    #[must_use]
    pub fn authority(&self) -> &str {
        match self.0.split_once("://") {
            Some((_, authority)) => authority,
            None => self.host(),
        }
    }

    /// The port where one is written; `https://a.example` has none.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        let (_, authority) = self.0.split_once("://")?;
        split_port(authority).1?.parse().ok()
    }

    /// Whether this is `parent` itself or lies below it, label by label: `evilmarket.example` is not below `market.example`.
    ///
    /// Scheme and port must be equal too. Addresses and packaged apps have no subdomains.
    #[must_use]
    pub fn is_same_or_subdomain_of(&self, parent: &Self) -> bool {
        if self == parent {
            return true;
        }
        let named = parent.scheme().starts_with("http") && parent.host().bytes().any(|byte| byte.is_ascii_alphabetic());
        named
            && !parent.host().starts_with('[')
            && self.scheme() == parent.scheme()
            && self.port() == parent.port()
            && self.host().strip_suffix(parent.host()).is_some_and(|labels| labels.ends_with('.'))
    }
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn check_authority(authority: &str, packaged: bool) -> Result<(), &'static str> {
    if authority.contains(['/', '?', '#']) {
        return Err("it has a path, a query or a fragment");
    }
    if authority.contains('@') {
        return Err("it names a user");
    }
    let (host, port) = split_port(authority);
    if let Some(port) = port {
        let number = port.parse::<u16>().map_err(|_| "the port is not a number from 1 to 65535")?;
        if number == 0 || number.to_string() != port {
            return Err("the port is not a number from 1 to 65535");
        }
    }
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']').ok_or("the IPv6 address is not closed")?;
        // `core`, not `std`: only the shape of an address is wanted here, no network.
        return address.parse::<core::net::Ipv6Addr>().map(drop).map_err(|_| "the IPv6 address is malformed");
    }
    // Gecko named packaged apps app://{guid}, so braces pass there.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte) || (packaged && b"{}".contains(&byte));
    if host.split('.').all(|label| !label.is_empty() && label.bytes().all(plain)) {
        Ok(())
    } else {
        Err("the host is malformed")
    }
}

impl ProductId {
    /// A seller's own name of a product, in the letters that a product name has here: `com.example.Gem` is `com-example-gem`.
    #[must_use]
    pub fn for_foreign(id: &str) -> Self {
        let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
        let slug: String = id.chars().take(64).map(plain).collect();
        Self::parse(&slug).unwrap_or_else(|_| Self::well_known("unnamed"))
    }

    /// A name that the program itself knows. Only a mistake in our own source can break it.
    ///
    /// # Panics
    /// When `text` is no product name.
    #[must_use]
    pub fn well_known(text: &'static str) -> Self {
        let product = Self::parse(text);
        assert!(product.is_ok(), "a product name in our own source must be one: {text}");
        product.unwrap_or_else(|_| Self(Text::from(text)))
    }

    /// Reads a product name.
    ///
    /// # Errors
    /// [`IdError::Product`] for anything but 1 to 64 characters of `a-z 0-9 -`.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let slug = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(slug) {
            Ok(Self(Text::from(text)))
        } else {
            Err(IdError::Product { text: text.chars().take(80).collect() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Origin, ProductId, TransactionId};

    #[test]
    fn a_sellers_own_name_becomes_a_product_name() {
        for (theirs, ours) in
            [("gem", "gem"), ("com.example.Gem_1", "com-example-gem-1"), ("", "unnamed"), ("Ünik", "-nik")]
        {
            assert_eq!(ProductId::for_foreign(theirs).as_str(), ours);
        }
        assert_eq!(ProductId::for_foreign(&"a".repeat(200)).as_str().len(), 64);
    }

    #[test]
    fn names_stand_in_the_order_of_their_texts() {
        let texts = [
            "",
            "\0",
            "a",
            "a\0",
            "a\0b",
            "ab",
            "abcdefgh",
            "abcdefgh\0",
            "abcdefghi",
            "abcdefgi",
            "zebra",
            "é",
            "日本語の名前",
        ];
        for (place, first) in texts.iter().enumerate() {
            for (other, second) in texts.iter().enumerate() {
                let [left, right] = [first, second].map(|text| TransactionId::from(*text));
                assert_eq!(left.cmp(&right), place.cmp(&other), "{first:?} and {second:?}");
                assert_eq!(left == right, place == other, "{first:?} and {second:?}");
            }
        }
    }

    #[test]
    fn origins_of_every_kind_are_read_and_taken_apart() {
        let parts = |text: &str| {
            let origin = Origin::parse(text).unwrap();
            assert_eq!(origin.as_str(), text);
            (origin.scheme().to_owned(), origin.host().to_owned(), origin.port())
        };
        assert_eq!(parts("https://pony.example"), ("https".into(), "pony.example".into(), None));
        assert_eq!(parts("http://127.0.0.1:9100"), ("http".into(), "127.0.0.1".into(), Some(9100)));
        assert_eq!(parts("http://[::1]:80"), ("http".into(), "[::1]".into(), Some(80)));
        assert_eq!(parts("http://[::1]"), ("http".into(), "[::1]".into(), None));
        assert_eq!(parts("app://pony-park"), ("app".into(), "pony-park".into(), None));
        assert_eq!(parts("app://{6f0d2a1e}"), ("app".into(), "{6f0d2a1e}".into(), None));
        assert_eq!(parts("marketplace:6f0d-2a"), ("marketplace".into(), "6f0d-2a".into(), None));
    }

    #[test]
    fn what_is_more_or_less_than_an_origin_is_refused() {
        for text in [
            "",
            "pony.example",
            "https://",
            "https://pony.example/",
            "https://pony.example?x",
            "https://pony.example#x",
            "https://ann@pony.example",
            "https://Pony.example",
            "HTTPS://pony.example",
            "ftp://pony.example",
            "https://a..b",
            "https://pony.example:",
            "https://pony.example:0",
            "https://pony.example:080",
            "https://pony.example:65536",
            "https://pony.example:+80",
            "https://p ny.example",
            "https://{a}.example",
            "http://[::1",
            "http://[zz]",
            "marketplace:",
            "marketplace:a/b",
            "javascript:alert",
            "https://pöny.example",
        ] {
            assert!(Origin::parse(text).is_err(), "{text:?}");
        }
        assert!(Origin::parse(&format!("https://{}", "a".repeat(300))).is_err());
    }

    #[test]
    fn a_subdomain_is_told_by_whole_labels() {
        let below = |child: &str, parent: &str| {
            Origin::parse(child).unwrap().is_same_or_subdomain_of(&Origin::parse(parent).unwrap())
        };
        assert!(below("https://market.example", "https://market.example"));
        assert!(below("https://check.market.example", "https://market.example"));
        assert!(!below("https://evilmarket.example", "https://market.example"));
        assert!(!below("https://market.example.evil.net", "https://market.example"));
        assert!(!below("http://check.market.example", "https://market.example"));
        assert!(!below("https://check.market.example:8443", "https://market.example"));
        assert!(!below("http://1.127.0.0.1", "http://127.0.0.1"));
        assert!(!below("https://market.example", "https://check.market.example"));
    }

    #[test]
    fn a_loopback_origin_is_what_its_text_reads_as() {
        for (port, text) in [(7717, "http://127.0.0.1:7717"), (80, "http://127.0.0.1")] {
            assert_eq!(Origin::loopback(port), Origin::parse(text).unwrap());
            assert_eq!(Origin::loopback(port).loopback_port(), Some(port));
        }
        for other in
            ["https://127.0.0.1:7717", "http://localhost:7717", "http://127.0.0.11:7717", "http://pony.example"]
        {
            assert_eq!(Origin::parse(other).unwrap().loopback_port(), None, "{other}");
        }
    }

    #[test]
    fn names_read_back_from_json_are_checked_again() {
        let origin: Origin = serde_json::from_str("\"https://pony.example\"").unwrap();
        assert_eq!(serde_json::to_string(&origin).unwrap(), "\"https://pony.example\"");
        assert!(serde_json::from_str::<Origin>("\"https://pony.example/x\"").is_err());
        assert!(serde_json::from_str::<ProductId>("\"shiny-pony\"").is_ok());
        assert!(serde_json::from_str::<ProductId>("\"Shiny Pony\"").is_err());
        assert!(ProductId::parse("").is_err());
    }
}
