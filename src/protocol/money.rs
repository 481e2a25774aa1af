//! Money: whole minor units of one currency, added only with care.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount in minor units (cents) of one currency. Never a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units: 99 is 0.99 USD, and 99 JPY.
    pub minor: u64,
    /// Of which currency.
    pub currency: Currency,
}

/// A currency by its three letters. ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// Why a text is not an amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// The currency is not three capital letters.
    #[error("a currency is three capital letters, as in USD: {0:?}")]
    Currency(String),
    /// The amount is malformed or has more digits than the currency has.
    #[error("an amount reads like 0.99 USD, with as many decimals as the currency has at most: {0:?}")]
    Amount(String),
}

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");
    /// Pound sterling.
    pub const GBP: Self = Self(*b"GBP");

    /// Reads three capital letters.
    ///
    /// # Errors
    /// [`MoneyError::Currency`] for anything else.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(letters) if letters.iter().all(u8::is_ascii_uppercase) => Ok(Self(letters)),
            _ => Err(MoneyError::Currency(text.chars().take(32).collect())),
        }
    }

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// How many decimals the currency has: 2 for most, 0 for JPY, 3 for KWD.
    #[must_use]
    pub const fn decimals(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    const fn scale(self) -> u64 {
        10_u64.pow(self.decimals())
    }
}

impl Money {
    /// An amount in US cents.
    #[must_use]
    pub const fn usd(minor: u64) -> Self {
        Self { minor, currency: Currency::USD }
    }

    /// Whole units of a currency: 100 USD is 10000 cents. `None` when that does not fit.
    #[must_use]
    pub fn whole(units: u64, currency: Currency) -> Option<Self> {
        Some(Self { minor: units.checked_mul(currency.scale())?, currency })
    }

    /// How many whole units of its currency it takes to pay this: 5 for 4.01 USD.
    #[must_use]
    pub const fn units_up(self) -> u64 {
        self.minor.div_ceil(self.currency.scale())
    }

    /// The sum, or `None` for two currencies or an overflow.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let same = self.currency == other.currency;
        same.then(|| self.minor.checked_add(other.minor)).flatten().map(|minor| Self { minor, ..self })
    }

    /// The difference, or `None` for two currencies or below zero.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let same = self.currency == other.currency;
        same.then(|| self.minor.checked_sub(other.minor)).flatten().map(|minor| Self { minor, ..self })
    }

    /// Whether nothing is to be paid.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.minor / self.currency.scale(), self.minor % self.currency.scale());
        match self.currency.decimals() as usize {
            0 => write!(f, "{whole} {}", self.currency),
            width => write!(f, "{whole}.{part:0width$} {}", self.currency),
        }
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let bad = || MoneyError::Amount(text.chars().take(64).collect());
        let (amount, currency) = text.split_once(' ').ok_or_else(bad)?;
        let currency = Currency::parse(currency)?;
        let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
        let width = currency.decimals() as usize;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let plain = digits(whole) && part.len() <= width && (digits(part) || !amount.contains('.'));
        let minor = plain.then(|| format!("{whole}{part:0<width$}").parse().ok()).flatten().ok_or_else(bad)?;
        Ok(Self { minor, currency })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, MoneyError> {
        Self::parse(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Currency, Money, MoneyError};

    #[test]
    fn amounts_read_and_print_the_same() {
        for text in ["0.99 USD", "0.05 EUR", "12.00 GBP", "99 JPY", "1.005 KWD", "184467440737095516.15 USD"] {
            assert_eq!(text.parse::<Money>().unwrap().to_string(), text);
        }
        assert_eq!("1 USD".parse::<Money>().unwrap(), Money::usd(100));
        assert_eq!("1.5 USD".parse::<Money>().unwrap(), Money::usd(150));
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for text in [
            "",
            "USD",
            "1",
            "-1 USD",
            "+1 USD",
            "1. USD",
            ".5 USD",
            "1.234 USD",
            "1.0 JPY",
            "1,5 USD",
            "1 usd",
            "1  USD",
            "1e3 USD",
            "184467440737095516.16 USD",
        ] {
            assert!(text.parse::<Money>().is_err(), "{text:?}");
        }
        assert_eq!(Currency::parse("usd"), Err(MoneyError::Currency("usd".into())));
    }

    #[test]
    fn sums_neither_mix_currencies_nor_overflow() {
        let euro = Money { minor: 1, currency: Currency::EUR };
        assert_eq!(Money::usd(1).checked_add(Money::usd(2)), Some(Money::usd(3)));
        assert_eq!(Money::usd(1).checked_add(euro), None);
        assert_eq!(Money::usd(u64::MAX).checked_add(Money::usd(1)), None);
        assert_eq!(Money::usd(3).checked_sub(Money::usd(1)), Some(Money::usd(2)));
        assert_eq!(Money::usd(1).checked_sub(Money::usd(2)), None);
        assert_eq!(Money::usd(1).checked_sub(euro), None);
        assert_eq!(Money::whole(100, Currency::USD), Some(Money::usd(10_000)));
        assert_eq!(Money::whole(u64::MAX, Currency::USD), None);
    }

    #[test]
    fn json_names_minor_units_and_currency() {
        assert_eq!(serde_json::to_string(&Money::usd(99)).unwrap(), r#"{"minor":99,"currency":"USD"}"#);
        assert_eq!(serde_json::from_str::<Money>(r#"{"minor":99,"currency":"USD"}"#).unwrap(), Money::usd(99));
        assert!(serde_json::from_str::<Money>(r#"{"minor":0.99,"currency":"USD"}"#).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"minor":99,"currency":"dollar"}"#).is_err());
    }
}
