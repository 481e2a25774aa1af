//! Store data: what a store notes in a receipt about the purchase, opaque to everybody else.

use std::fmt;

/// The store's data in a receipt: a query string whose order is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoreData {
    pairs: Vec<(String, String)>,
}

impl StoreData {
    /// The data of a whole app.
    #[must_use]
    pub fn app(id: u64) -> Self {
        Self { pairs: vec![("id".to_owned(), id.to_string())] }
    }

    /// The data of a product within an app: which purchase, and which product.
    #[must_use]
    pub fn in_app(id: u64, contrib: u64, inapp_id: &str) -> Self {
        let mut data = Self::app(id);
        data.pairs.push(("contrib".to_owned(), contrib.to_string()));
        data.pairs.push(("inapp_id".to_owned(), inapp_id.to_owned()));
        data
    }

    /// One name with its value.
    #[must_use]
    pub fn of(name: &str, value: &str) -> Self {
        Self { pairs: vec![(name.to_owned(), value.to_owned())] }
    }

    /// Reads a query string. Any text is one: what is not `name=value` is a name without a value.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let pair = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (percent_decoded(name), percent_decoded(value))
        };
        Self { pairs: text.split('&').filter(|part| !part.is_empty()).map(pair).collect() }
    }

    /// The first value of a name, as every reader of query strings takes it.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// A value that is a plain decimal number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        self.value(name)
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|digits| digits.parse().ok())
    }

    /// The app's number in the store.
    #[must_use]
    pub fn id(&self) -> Option<u64> {
        self.number("id")
    }

    /// The purchase's number in the store; its presence makes a receipt an in-app one.
    #[must_use]
    pub fn contrib(&self) -> Option<u64> {
        self.number("contrib")
    }

    /// The product's name within the app.
    #[must_use]
    pub fn inapp_id(&self) -> Option<&str> {
        self.value("inapp_id")
    }

    /// All names with their values, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Display for StoreData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (name, value)) in self.pairs.iter().enumerate() {
            if place > 0 {
                f.write_str("&")?;
            }
            percent_encode(name, f)?;
            f.write_str("=")?;
            percent_encode(value, f)?;
        }
        Ok(())
    }
}

/// Writes what RFC 3986, 2.3 leaves unreserved as it is, and `%XX` for the rest.
fn percent_encode(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if text.bytes().all(is_plain) {
        return f.write_str(text);
    }
    for byte in text.bytes() {
        if is_plain(byte) {
            write!(f, "{}", char::from(byte))?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

/// Reads `+` as a space and `%XX` as a byte; what is not such a sign stays as it is.
fn percent_decoded(text: &str) -> String {
    if !text.contains(['%', '+']) {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => hex_pair(*high, *low),
            _ => None,
        };
        bytes.push(match (escaped, first) {
            (Some(byte), _) => byte,
            (None, b'+') => b' ',
            (None, other) => *other,
        });
        rest = if escaped.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |sign: u8| char::from(sign).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use crate::protocol::store_data::StoreData;

    #[test]
    fn the_data_of_a_purchase_prints_in_the_stores_order() {
        assert_eq!(StoreData::app(7).to_string(), "id=7");
        assert_eq!(StoreData::in_app(7, 42, "pony-1").to_string(), "id=7&contrib=42&inapp_id=pony-1");
    }

    #[test]
    fn order_and_odd_signs_survive_a_round_trip() {
        for text in ["", "id=7", "inapp_id=a%26b%3Dc&id=7", "note=%C3%A9%20%2B&id=1&id=2"] {
            assert_eq!(StoreData::parse(text).to_string(), text);
        }
        assert_eq!(StoreData::parse("note=%C3%A9+%2B").value("note"), Some("é +"));
    }

    #[test]
    fn the_first_of_two_values_counts() {
        assert_eq!(StoreData::parse("id=7&id=8").id(), Some(7));
    }

    #[test]
    fn only_plain_digits_are_a_number() {
        assert_eq!(StoreData::parse("id=7").id(), Some(7));
        for text in ["", "id", "id=", "id=seven", "id=-7", "id=+7", "id=7.0", "id=99999999999999999999"] {
            assert_eq!(StoreData::parse(text).id(), None, "{text}");
        }
    }

    #[test]
    fn broken_escapes_stay_as_they_are() {
        assert_eq!(StoreData::parse("a=%zz%4").value("a"), Some("%zz%4"));
        assert_eq!(StoreData::parse("a=%ff").value("a"), Some("\u{fffd}"));
    }
}
