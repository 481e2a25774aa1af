//! Claims as they stand: what a receipt says of itself, read without believing it.
//!
//! A verifier must be able to say "`exp` is a word, not a number" instead of "cannot parse", so each claim is kept with the kind
//! of value it came with. Reading borrows from the payload and allocates only for texts with escapes. Nothing here is verified.

use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use thiserror::Error;

use crate::protocol::claim::{Claim, ClaimVisitor, Kind};

/// Why a payload holds no claims at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ClaimsError {
    /// The payload is not JSON.
    #[error("the payload is not JSON (line {line}, column {column})")]
    NotJson {
        /// Line in the payload, from 1.
        line: usize,
        /// Column in that line, from 1.
        column: usize,
    },
    /// The payload is JSON but not an object.
    #[error("the payload is not a JSON object")]
    NotAnObject,
}

/// The claims of a receipt (`spec/web-application-receipt.txt`), unverified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiptClaims<'a> {
    /// What kind of token this is.
    pub typ: Claim<'a>,
    /// `product` itself: a text in receipts of 2011, an object since.
    pub product: Claim<'a>,
    /// `product.url`: the app.
    pub product_url: Claim<'a>,
    /// `product.storedata`: what the store keeps for itself.
    pub product_storedata: Claim<'a>,
    /// `user` itself.
    pub user: Claim<'a>,
    /// `user.type`: `directed-identifier` or `email`.
    pub user_type: Claim<'a>,
    /// `user.value`: whom the receipt is for.
    pub user_value: Claim<'a>,
    /// The store.
    pub iss: Claim<'a>,
    /// When the purchase completed, seconds.
    pub nbf: Claim<'a>,
    /// When the receipt was made, seconds.
    pub iat: Claim<'a>,
    /// When it ends, seconds; optional.
    pub exp: Claim<'a>,
    /// Where a person can read about the purchase; optional.
    pub detail: Claim<'a>,
    /// Where a program can ask the store; optional.
    pub verify: Claim<'a>,
    /// Where a fresh receipt can be had; optional.
    pub reissue: Claim<'a>,
}

impl<'a> ReceiptClaims<'a> {
    /// Reads the claims of a payload. Never checks what they say; of a member given twice the last one counts (a strict token
    /// reader has refused such a payload before).
    ///
    /// # Errors
    /// When the payload is not a JSON object.
    pub fn read(payload: &'a str) -> Result<Self, ClaimsError> {
        serde_json::from_str(payload).map_err(|error| {
            if error.is_data() {
                ClaimsError::NotAnObject
            } else {
                ClaimsError::NotJson { line: error.line(), column: error.column() }
            }
        })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for ReceiptClaims<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ReceiptVisitor)
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Member {
    Typ,
    Product,
    User,
    Iss,
    Nbf,
    Iat,
    Exp,
    Detail,
    Verify,
    Reissue,
    #[serde(other)]
    Unknown,
}

struct ReceiptVisitor;

impl<'de> Visitor<'de> for ReceiptVisitor {
    type Value = ReceiptClaims<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object of claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut claims = ReceiptClaims::default();
        while let Some(member) = members.next_key::<Member>()? {
            match member {
                Member::Typ => claims.typ = members.next_value()?,
                Member::Product => {
                    let product: Inner<'de> = members.next_value()?;
                    claims.product = product.whole;
                    claims.product_url = product.url;
                    claims.product_storedata = product.storedata;
                }
                Member::User => {
                    let user: Inner<'de> = members.next_value()?;
                    claims.user = user.whole;
                    claims.user_type = user.kind;
                    claims.user_value = user.value;
                }
                Member::Iss => claims.iss = members.next_value()?,
                Member::Nbf => claims.nbf = members.next_value()?,
                Member::Iat => claims.iat = members.next_value()?,
                Member::Exp => claims.exp = members.next_value()?,
                Member::Detail => claims.detail = members.next_value()?,
                Member::Verify => claims.verify = members.next_value()?,
                Member::Reissue => claims.reissue = members.next_value()?,
                Member::Unknown => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(claims)
    }
}

/// `product` or `user`: an object with a few texts, or something else altogether.
#[derive(Default)]
struct Inner<'a> {
    whole: Claim<'a>,
    url: Claim<'a>,
    storedata: Claim<'a>,
    kind: Claim<'a>,
    value: Claim<'a>,
}

impl<'a> Inner<'a> {
    fn other(whole: Claim<'a>) -> Self {
        Self { whole, ..Self::default() }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Inner<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InnerVisitor)
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum InnerMember {
    Url,
    Storedata,
    Type,
    Value,
    #[serde(other)]
    Unknown,
}

struct InnerVisitor;

impl<'de> Visitor<'de> for InnerVisitor {
    type Value = Inner<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any value")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        ClaimVisitor.visit_borrowed_str(text).map(Inner::other)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        ClaimVisitor.visit_str(text).map(Inner::other)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
        ClaimVisitor.visit_u64(number).map(Inner::other)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
        ClaimVisitor.visit_i64(number).map(Inner::other)
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self::Value, E> {
        ClaimVisitor.visit_f64(number).map(Inner::other)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        ClaimVisitor.visit_bool(value).map(Inner::other)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        ClaimVisitor.visit_unit().map(Inner::other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        ClaimVisitor.visit_seq(items).map(Inner::other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut inner = Inner::other(Claim::Other(Kind::Object));
        while let Some(member) = members.next_key::<InnerMember>()? {
            match member {
                InnerMember::Url => inner.url = members.next_value()?,
                InnerMember::Storedata => inner.storedata = members.next_value()?,
                InnerMember::Type => inner.kind = members.next_value()?,
                InnerMember::Value => inner.value = members.next_value()?,
                InnerMember::Unknown => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(inner)
    }
}

#[cfg(test)]
mod tests {
    use crate::protocol::claim::{Claim, Kind};
    use crate::protocol::claims::{ClaimsError, ReceiptClaims};

    fn read(text: &str) -> ReceiptClaims<'_> {
        ReceiptClaims::read(text).unwrap()
    }

    #[test]
    fn every_claim_keeps_the_kind_it_came_with() {
        let claims =
            read(r#"{"typ":7,"iss":["a"],"nbf":1.5,"iat":-1,"exp":"soon","verify":null,"detail":true,"reissue":{}}"#);
        assert_eq!(claims.typ, Claim::Whole(7));
        assert_eq!(claims.iss, Claim::Other(Kind::Array));
        assert_eq!(claims.nbf, Claim::Other(Kind::Number));
        assert_eq!(claims.iat, Claim::Whole(-1));
        assert_eq!(claims.exp.text(), Some("soon"));
        assert_eq!(claims.verify, Claim::Other(Kind::Null));
        assert_eq!(claims.detail, Claim::Other(Kind::Bool));
        assert_eq!(claims.reissue, Claim::Other(Kind::Object));
        assert!(claims.user.is_absent());
    }

    #[test]
    fn product_and_user_are_read_inside_and_out() {
        let claims = read(
            r#"{"product":{"url":"https:\/\/pony.example","storedata":"id=7"},"user":{"type":"email","value":7}}"#,
        );
        assert_eq!(claims.product_url.text(), Some("https://pony.example"));
        assert_eq!(claims.product_storedata.text(), Some("id=7"));
        assert_eq!(claims.user_value, Claim::Whole(7));
        let old = read(r#"{"product":"https://pony.example"}"#);
        assert_eq!(old.product.text(), Some("https://pony.example"));
        assert!(old.product_url.is_absent());
    }

    #[test]
    fn what_is_no_object_has_no_claims() {
        assert_eq!(ReceiptClaims::read("[]"), Err(ClaimsError::NotAnObject));
        assert_eq!(ReceiptClaims::read("7"), Err(ClaimsError::NotAnObject));
        assert!(matches!(ReceiptClaims::read("{\"typ\":"), Err(ClaimsError::NotJson { .. })));
        assert!(matches!(ReceiptClaims::read("{\"exp\":1e400}"), Err(ClaimsError::NotJson { .. })));
        assert!(ReceiptClaims::read("{}").is_ok());
    }

    #[test]
    fn numbers_beyond_sixty_four_bits_are_numbers_that_do_not_fit() {
        assert_eq!(read(r#"{"exp":18446744073709551615}"#).exp, Claim::Other(Kind::Number));
        assert_eq!(read(r#"{"exp":18446744073709551616}"#).exp, Claim::Other(Kind::Number));
        assert_eq!(read(r#"{"exp":9223372036854775807}"#).exp, Claim::Whole(i64::MAX));
    }
}
