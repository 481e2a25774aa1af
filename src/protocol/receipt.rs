//! Receipts: how a marketplace proves that it was paid.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::protocol::identity::UserClaim;
use crate::protocol::numeric_date::NumericDate;
use crate::protocol::store_data::StoreData;
use crate::protocol::time::Span;

/// How long a purchase receipt lives.
pub const RECEIPT_LIFE: Span = Span::from_days(182);
/// How long a developer, reviewer or test receipt lives.
pub const SHORT_RECEIPT_LIFE: Span = Span::from_days(1);
/// How long a receipt may say that it lives at the most, ten years with their leap days, for a strict reader. A limit of this stage:
/// the page lets stores write any end or none, and no client of those years had one. It is wide enough for whatever is meant and
/// finds what is not, such as milliseconds. A receipt without an end says so openly, and is shown.
pub const RECEIPT_LIFE_MAX: Span = Span::from_days(3_653);

/// The claims of a receipt, in the order in which they are issued and so signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What kind of receipt this is.
    pub typ: ReceiptType,
    /// What was bought.
    pub product: Product,
    /// Who the store knows the buyer as.
    pub user: UserClaim,
    /// The store: scheme, host and port.
    pub iss: String,
    /// When the purchase was completed.
    pub nbf: NumericDate,
    /// When this receipt was issued.
    pub iat: NumericDate,
    /// From when on it must not be accepted; a receipt may live for ever.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub exp: Option<NumericDate>,
    /// Where a person can read about it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where its standing can be asked.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub verify: Option<String>,
    /// Where a fresh one can be had.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub reissue: Option<String>,
}

impl Receipt {
    /// Reads the claims of a token. It says nothing about who wrote them.
    ///
    /// # Errors
    /// Names the first claim that is missing or of the wrong type, in the order of issue.
    pub fn read(claims: &[u8]) -> Result<Self, ReceiptError> {
        serde_json::from_slice(claims).map_err(|error| first_fault(claims, &error))
    }
}

/// A claim that is there, of its own type: `null` is neither absent nor a date.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The `typ` of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReceiptType {
    /// Bought with money, or free.
    Purchase,
    /// Given to the app's own developer.
    Developer,
    /// Given to a reviewer of the store.
    Reviewer,
    /// For trying out an app; never good in production.
    Test,
    /// Anything else that a token calls itself.
    Other(Box<str>),
}

impl ReceiptType {
    /// The type of this name; what is not known is kept.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "purchase-receipt" => Self::Purchase,
            "developer-receipt" => Self::Developer,
            "reviewer-receipt" => Self::Reviewer,
            "test-receipt" => Self::Test,
            other => Self::Other(other.into()),
        }
    }

    /// Its name in tokens.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Purchase => "purchase-receipt",
            Self::Developer => "developer-receipt",
            Self::Reviewer => "reviewer-receipt",
            Self::Test => "test-receipt",
            Self::Other(name) => name,
        }
    }

    /// Whether it is one of the four types that were ever defined.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

impl fmt::Display for ReceiptType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for ReceiptType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for ReceiptType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Named;
        impl Visitor<'_> for Named {
            type Value = ReceiptType;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a type of receipt")
            }

            fn visit_str<E>(self, name: &str) -> Result<ReceiptType, E> {
                Ok(ReceiptType::named(name))
            }
        }
        deserializer.deserialize_str(Named)
    }
}

/// The `product` of a receipt. Since 2012-01 an object; before, the bare URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The origin of the app that the receipt is for.
    pub url: String,
    /// The store's own data about the purchase, opaque to everybody else.
    pub storedata: Option<String>,
    /// `reviewer` or `author`, as receipts of 2012 were told apart before `typ` did it.
    pub kind: Option<String>,
    /// Whether it was written as a bare URL, without an object.
    pub is_bare: bool,
}

impl Product {
    /// A product as it is issued: the app's origin and the store's data.
    #[must_use]
    pub fn new(url: impl Into<String>, storedata: &StoreData) -> Self {
        Self { url: url.into(), storedata: Some(storedata.to_string()), kind: None, is_bare: false }
    }
}

impl Serialize for Product {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_bare {
            return serializer.serialize_str(&self.url);
        }
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("url", &self.url)?;
        for (name, value) in [("storedata", &self.storedata), ("type", &self.kind)] {
            if let Some(value) = value {
                object.serialize_entry(name, value)?;
            }
        }
        object.end()
    }
}

impl<'de> Deserialize<'de> for Product {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// The object form.
        #[derive(Deserialize)]
        struct Whole {
            url: String,
            #[serde(default, deserialize_with = "present")]
            storedata: Option<String>,
            #[serde(default, rename = "type", deserialize_with = "present")]
            kind: Option<String>,
        }
        struct EitherForm;
        impl<'de> Visitor<'de> for EitherForm {
            type Value = Product;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a product, or its URL")
            }

            fn visit_str<E>(self, url: &str) -> Result<Product, E> {
                Ok(Product { url: url.to_owned(), storedata: None, kind: None, is_bare: true })
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Product, A::Error> {
                let Whole { url, storedata, kind } =
                    Whole::deserialize(serde::de::value::MapAccessDeserializer::new(object))
                        .map_err(A::Error::custom)?;
                Ok(Product { url, storedata, kind, is_bare: false })
            }
        }
        deserializer.deserialize_any(EitherForm)
    }
}

/// Why claims are not those of a receipt. By the fault of whoever wrote them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The text is not JSON.
    #[error("the receipt's claims are not JSON: {0}")]
    NotJson(String),
    /// The text is JSON, but no object.
    #[error("the receipt's claims are not an object but {found}")]
    NotObject {
        /// What they are instead.
        found: &'static str,
    },
    /// A claim that every receipt has is not there.
    #[error("the receipt has no {claim}, which every receipt needs")]
    Missing {
        /// The claim's path, such as `product.url`.
        claim: &'static str,
    },
    /// A claim is there, but is not what it has to be.
    #[error("the receipt's {claim} must be {expected}: it is {found}")]
    Mistyped {
        /// The claim's path.
        claim: &'static str,
        /// What it must be.
        expected: &'static str,
        /// What it is, with its value where that is short.
        found: String,
    },
    /// A member is there twice, or something else that a reader may not pass over.
    #[error("the receipt's claims cannot be read: {0}")]
    Unreadable(String),
}

impl ReceiptError {
    /// The claim that is missing or wrong, if it is one claim.
    #[must_use]
    pub fn claim(&self) -> Option<&'static str> {
        match self {
            Self::Missing { claim } | Self::Mistyped { claim, .. } => Some(claim),
            Self::NotJson(_) | Self::NotObject { .. } | Self::Unreadable(_) => None,
        }
    }
}

/// What a claim has to be.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Object,
    Date,
    ObjectOrText,
}

/// Every claim with its shape, and whether it may be absent, in the order of issue.
const CLAIMS: [(&str, Shape, bool); 15] = [
    ("typ", Shape::Text, false),
    ("product", Shape::ObjectOrText, false),
    ("product.url", Shape::Text, false),
    ("product.storedata", Shape::Text, true),
    ("product.type", Shape::Text, true),
    ("user", Shape::Object, false),
    ("user.type", Shape::Text, false),
    ("user.value", Shape::Text, false),
    ("iss", Shape::Text, false),
    ("nbf", Shape::Date, false),
    ("iat", Shape::Date, false),
    ("exp", Shape::Date, true),
    ("detail", Shape::Text, true),
    ("verify", Shape::Text, true),
    ("reissue", Shape::Text, true),
];

/// Looks slowly at claims that could not be read at once, to name the one that is wrong.
fn first_fault(claims: &[u8], error: &serde_json::Error) -> ReceiptError {
    let whole: Value = match serde_json::from_slice(claims) {
        Ok(whole) => whole,
        Err(error) => return ReceiptError::NotJson(error.to_string()),
    };
    if !whole.is_object() {
        return ReceiptError::NotObject { found: kind_of(&whole) };
    }
    let is_product_bare = whole.get("product").is_some_and(Value::is_string);
    for (claim, shape, is_optional) in CLAIMS {
        if is_product_bare && claim.starts_with("product.") {
            continue;
        }
        let found = claim.split('.').try_fold(&whole, |parent, name| parent.get(name));
        match found {
            None if is_optional => {}
            None => return ReceiptError::Missing { claim },
            Some(found) if shape.admits(found) => {}
            Some(found) => return ReceiptError::Mistyped { claim, expected: shape.label(), found: described(found) },
        }
    }
    ReceiptError::Unreadable(error.to_string())
}

impl Shape {
    fn admits(self, found: &Value) -> bool {
        match self {
            Self::Text => found.is_string(),
            Self::Object => found.is_object(),
            Self::ObjectOrText => found.is_object() || found.is_string(),
            Self::Date => found.as_u64().and_then(NumericDate::from_seconds).is_some(),
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Object => "an object",
            Self::ObjectOrText => "an object or a URL",
            Self::Date => "whole seconds since 1970, at most 2^53 - 1",
        }
    }
}

fn kind_of(found: &Value) -> &'static str {
    match found {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn described(found: &Value) -> String {
    match found {
        Value::Bool(_) | Value::Number(_) => found.to_string(),
        Value::String(text) if text.chars().count() <= 40 => format!("{text:?}"),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => kind_of(found).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::protocol::receipt::{Receipt, ReceiptError, ReceiptType};

    /// An in-app receipt in the order of issue.
    const IN_APP: &str = concat!(
        r#"{"typ":"purchase-receipt","#,
        r#""product":{"url":"https://pony.example","storedata":"id=7&contrib=42&inapp_id=pony-1"},"#,
        r#""user":{"type":"directed-identifier","value":"anonymous-user"},"#,
        r#""iss":"https://store.example","nbf":1400000100,"iat":1400000100,"exp":1415724900,"#,
        r#""detail":"https://store.example/receipts/42","verify":"https://store.example/verify/","#,
        r#""reissue":"https://store.example/api/v1/receipts/reissue/"}"#,
    );

    /// The receipt above with one member at `path` replaced, or taken away.
    fn spoilt(path: &str, value: Option<Value>) -> Vec<u8> {
        let mut whole: Value = serde_json::from_str(IN_APP).unwrap();
        let (parent, name) = path.split_once('.').map_or(("", path), |(parent, name)| (parent, name));
        let object = if parent.is_empty() { &mut whole } else { &mut whole[parent] }.as_object_mut().unwrap();
        match value {
            Some(value) => object.insert(name.to_owned(), value),
            None => object.remove(name),
        };
        serde_json::to_vec(&whole).unwrap()
    }

    #[test]
    fn a_receipt_reads_and_writes_the_same_bytes() {
        let receipt = Receipt::read(IN_APP.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&receipt).unwrap(), IN_APP);
    }

    #[test]
    fn what_is_optional_may_be_absent_but_not_null() {
        for claim in ["exp", "detail", "verify", "reissue", "product.storedata"] {
            assert!(Receipt::read(&spoilt(claim, None)).is_ok(), "{claim} absent");
            let error = Receipt::read(&spoilt(claim, Some(Value::Null))).unwrap_err();
            assert_eq!(error.claim(), Some(claim), "{error}");
        }
    }

    #[test]
    fn a_claim_that_is_missing_is_named() {
        for claim in ["typ", "product", "product.url", "user", "user.type", "user.value", "iss", "nbf", "iat"] {
            assert_eq!(Receipt::read(&spoilt(claim, None)).unwrap_err(), ReceiptError::Missing { claim });
        }
    }

    #[test]
    fn a_claim_of_the_wrong_type_is_named_and_quoted() {
        for (claim, value, message) in [
            ("typ", json!(7), "the receipt's typ must be a text: it is 7"),
            ("product", json!([]), "the receipt's product must be an object or a URL: it is a list"),
            ("product.storedata", json!({}), "the receipt's product.storedata must be a text: it is an object"),
            ("user", json!("ann"), "the receipt's user must be an object: it is \"ann\""),
            (
                "nbf",
                json!("soon"),
                "the receipt's nbf must be whole seconds since 1970, at most 2^53 - 1: it is \"soon\"",
            ),
            ("exp", json!(-1), "the receipt's exp must be whole seconds since 1970, at most 2^53 - 1: it is -1"),
            (
                "exp",
                json!(1u64 << 53),
                "the receipt's exp must be whole seconds since 1970, at most 2^53 - 1: it is 9007199254740992",
            ),
        ] {
            assert_eq!(Receipt::read(&spoilt(claim, Some(value))).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn what_is_no_object_is_refused_by_its_kind() {
        assert_eq!(Receipt::read(b"[]").unwrap_err(), ReceiptError::NotObject { found: "a list" });
        assert_eq!(Receipt::read(b"null").unwrap_err(), ReceiptError::NotObject { found: "null" });
        assert!(matches!(Receipt::read(b"{\"typ\"").unwrap_err(), ReceiptError::NotJson(_)));
        assert!(matches!(Receipt::read(&[0xff]).unwrap_err(), ReceiptError::NotJson(_)));
        let twice = IN_APP.replacen("\"iss\"", "\"iss\":\"https://evil.example\",\"iss\"", 1);
        assert!(matches!(Receipt::read(twice.as_bytes()).unwrap_err(), ReceiptError::Unreadable(_)));
    }

    #[test]
    fn the_forms_of_2012_are_read_and_written_as_they_were() {
        let bare = Receipt::read(&spoilt("product", Some(json!("https://pony.example")))).unwrap();
        assert_eq!((bare.product.url.as_str(), bare.product.is_bare), ("https://pony.example", true));
        assert_eq!(serde_json::to_value(&bare).unwrap()["product"], json!("https://pony.example"));
        let reviewer = Receipt::read(&spoilt("product.type", Some(json!("reviewer")))).unwrap();
        assert_eq!(reviewer.product.kind.as_deref(), Some("reviewer"));
        assert_eq!(serde_json::to_value(&reviewer).unwrap()["product"]["type"], json!("reviewer"));
    }

    #[test]
    fn an_unknown_type_is_kept_by_its_name() {
        let receipt = Receipt::read(&spoilt("typ", Some(json!("inapp-receipt")))).unwrap();
        assert_eq!(receipt.typ, ReceiptType::Other("inapp-receipt".into()));
        assert!(!receipt.typ.is_known());
        for name in ["purchase-receipt", "developer-receipt", "reviewer-receipt", "test-receipt"] {
            assert!(ReceiptType::named(name).is_known());
            assert_eq!(ReceiptType::named(name).name(), name);
        }
    }
}
