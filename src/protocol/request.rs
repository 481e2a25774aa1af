//! Pay requests: the token that asks the marketplace for a payment.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::protocol::jwt::{HeaderExtras, SignError, sign};
use crate::protocol::numeric_date::NumericDate;
use crate::protocol::signing_key::SigningKey;
use crate::protocol::store_data::StoreData;
use crate::protocol::time::{Span, Time};

/// The `typ` of a pay request.
pub const PAY_TYPE: &str = "mozilla/payments/pay/v1";
/// The `typ`s that test and development marketplaces used for pay requests.
pub const TEST_PAY_TYPES: [&str; 4] = [
    "mozilla-dev/payments/pay/v1",
    "mozilla-stage/payments/pay/v1",
    "mozilla-alt/payments/pay/v1",
    "mozilla-local/payments/pay/v1",
];
/// The `typ` of a token with which a developer checks that a key works.
pub const SIGNATURE_CHECK_TYPE: &str = "mozilla/payments/sigcheck/v1";
/// How long a pay request lasts.
pub const REQUEST_LIFE: Span = Span::from_seconds(3_600);
/// How long a pay request may last at the most where the rules are strict. They lasted an hour; whoever needs a day has another
/// mistake to look for, such as milliseconds. A limit of this stage: history had none.
pub const REQUEST_LIFE_MAX: Span = Span::from_days(1);
/// How far in the future a pay request may be signed where the rules are strict. A day: the clock of a stage may stand still while
/// that of a seller outside goes on. A limit of this stage, too.
pub const REQUEST_AHEAD_MAX: Span = Span::from_days(1);
/// How many characters the short fields may have.
pub const SHORT_FIELD_CHARS_MAX: usize = 255;

/// The claims of a pay request, in the order in which they are signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayRequest {
    /// The application key, or the marketplace's own domain.
    pub iss: String,
    /// The provider's domain.
    pub aud: String,
    /// What kind of token this is; the device picks the provider by it.
    pub typ: String,
    /// When it was signed.
    pub iat: NumericDate,
    /// From when on it is no longer good.
    pub exp: NumericDate,
    /// Before when it is not yet good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<NumericDate>,
    /// What is to be paid for.
    pub request: Requested,
    /// Members that no page speaks of; kept so that they can be shown.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

/// What is to be paid for, and where to say that it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Requested {
    /// The product in the seller's own catalogue; at most 255 characters.
    pub id: String,
    /// The name of the price tier; `"0"` is free.
    pub price_point: PricePoint,
    /// What the buyer reads; at most 255 characters.
    pub name: String,
    /// What the buyer reads below it; a longer one is cut to 255 characters.
    pub description: String,
    /// Square pictures by their size in pixels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub icons: BTreeMap<String, String>,
    /// Whatever the seller wants back in the notice; at most 255 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_data: Option<String>,
    /// Where the notice of a payment goes.
    #[serde(rename = "postbackURL")]
    pub postback_url: String,
    /// Where the notice of a refund or a reversal goes.
    #[serde(rename = "chargebackURL")]
    pub chargeback_url: String,
    /// Name and description in other languages. The shipped store wrote an empty list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locales: Option<BTreeMap<String, LocalWords>>,
    /// The language of name and description; needed where there are others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_locale: Option<DefaultLocale>,
    /// Present for a payment that is only simulated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulate: Option<Simulation>,
    /// Members that no page speaks of; kept so that they can be shown.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

/// Written out instead of derived: `flatten` would copy every member once more, and a notice repeats them all.
impl<'de> Deserialize<'de> for Requested {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Requested;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("what is to be paid for")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Requested, A::Error> {
                let (mut id, mut price_point, mut name, mut description) = (None, None, None, None);
                let (mut postback_url, mut chargeback_url) = (None, None);
                let mut optional = Optional::default();
                while let Some(member) = object.next_key::<String>()? {
                    match member.as_str() {
                        "id" => id = Some(object.next_value()?),
                        "pricePoint" => price_point = Some(object.next_value()?),
                        "name" => name = Some(object.next_value()?),
                        "description" => description = Some(object.next_value()?),
                        "postbackURL" => postback_url = Some(object.next_value()?),
                        "chargebackURL" => chargeback_url = Some(object.next_value()?),
                        _ => optional.read(member, &mut object)?,
                    }
                }
                let Optional { icons, product_data, locales, default_locale, simulate, other } = optional;
                Ok(Requested {
                    id: id.ok_or_else(|| A::Error::missing_field("id"))?,
                    price_point: price_point.ok_or_else(|| A::Error::missing_field("pricePoint"))?,
                    name: name.ok_or_else(|| A::Error::missing_field("name"))?,
                    description: description.ok_or_else(|| A::Error::missing_field("description"))?,
                    icons,
                    product_data,
                    postback_url: postback_url.ok_or_else(|| A::Error::missing_field("postbackURL"))?,
                    chargeback_url: chargeback_url.ok_or_else(|| A::Error::missing_field("chargebackURL"))?,
                    locales,
                    default_locale,
                    simulate,
                    other,
                })
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The members of `request` that may be absent.
#[derive(Default)]
struct Optional {
    icons: BTreeMap<String, String>,
    product_data: Option<String>,
    locales: Option<BTreeMap<String, LocalWords>>,
    default_locale: Option<DefaultLocale>,
    simulate: Option<Simulation>,
    other: BTreeMap<String, Value>,
}

impl Optional {
    fn read<'de, A: MapAccess<'de>>(&mut self, member: String, object: &mut A) -> Result<(), A::Error> {
        match member.as_str() {
            "icons" => self.icons = object.next_value()?,
            "productData" => self.product_data = object.next_value()?,
            "locales" => self.locales = object.next_value()?,
            "defaultLocale" => self.default_locale = Some(object.next_value()?),
            "simulate" => self.simulate = object.next_value()?,
            _ => {
                let value = object.next_value()?;
                self.other.insert(member, value);
            }
        }
        Ok(())
    }
}

/// The language of a product's own words; `null` in the requests of the shipped store, which knew of none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DefaultLocale(pub Option<String>);

/// A product's words in one language; either may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LocalWords {
    /// The product's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The product's description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The name of a price tier. Servers wrote it as a text or as a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PricePoint {
    /// As a text, `"1"`.
    Name(String),
    /// As a number, `1`.
    Number(u64),
}

impl PricePoint {
    /// Whether nothing is to be paid. The number 0 counts as no price point at all.
    #[must_use]
    pub fn is_free(&self) -> bool {
        matches!(self, Self::Name(name) if name == "0")
    }
}

impl From<&str> for PricePoint {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl fmt::Display for PricePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// A payment that is only simulated: no money, and the notice that it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulation {
    /// Which notice to send.
    pub result: SimulationResult,
    /// Why, for a chargeback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Which notice a simulated payment ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SimulationResult {
    /// As if it was paid.
    Postback,
    /// As if it was taken back.
    Chargeback,
}

/// What a seller has to say about a product in order to ask for a payment.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// The product in the seller's own catalogue.
    pub id: &'a str,
    /// What the buyer reads.
    pub name: &'a str,
    /// What the buyer reads below it.
    pub description: &'a str,
    /// The name of the price tier.
    pub price_point: &'a str,
    /// Where the notice of a payment goes.
    pub postback_url: &'a str,
    /// Where the notice of a refund or a reversal goes.
    pub chargeback_url: &'a str,
}

impl PayRequest {
    /// A request that the developer's own server signs with its application key. `product_data` comes back in the notice.
    #[must_use]
    pub fn classic(app_key: &str, provider: &str, offer: Offer<'_>, product_data: &str, now: Time) -> Self {
        let product_data = (!product_data.is_empty()).then(|| product_data.to_owned());
        Self::signed_by(app_key, provider, offer, product_data, now)
    }

    /// A request that the marketplace signs itself, so that it is issuer and provider at once. What it needs to find the purchase
    /// again travels as a query string in `productData`.
    #[must_use]
    pub fn hosted(market: &str, offer: Offer<'_>, sale: &StoreData, now: Time) -> Self {
        Self::signed_by(market, market, offer, Some(sale.to_string()), now)
    }

    /// The same with the product's picture, 64 by 64, and an empty list of languages, as the shipped store wrote its own requests.
    #[must_use]
    pub fn illustrated(mut self, logo_url: String) -> Self {
        self.request.icons.insert("64".to_owned(), logo_url);
        self.request.locales = Some(BTreeMap::new());
        self.request.default_locale = Some(DefaultLocale(None));
        self
    }

    fn signed_by(issuer: &str, provider: &str, offer: Offer<'_>, product_data: Option<String>, now: Time) -> Self {
        let iat = NumericDate::at(now);
        Self {
            iss: issuer.to_owned(),
            aud: provider.to_owned(),
            typ: PAY_TYPE.to_owned(),
            iat,
            exp: iat.moved_by(REQUEST_LIFE),
            nbf: None,
            request: Requested {
                id: offer.id.to_owned(),
                price_point: PricePoint::from(offer.price_point),
                name: offer.name.to_owned(),
                description: offer.description.to_owned(),
                icons: BTreeMap::new(),
                product_data,
                postback_url: offer.postback_url.to_owned(),
                chargeback_url: offer.chargeback_url.to_owned(),
                locales: None,
                default_locale: None,
                simulate: None,
                other: BTreeMap::new(),
            },
            other: BTreeMap::new(),
        }
    }

    /// The token, signed with the seller's secret.
    ///
    /// # Errors
    /// Only what the key says no to; a request is always good JSON.
    pub fn sign(&self, key: &SigningKey) -> Result<String, SignError> {
        sign(self, key, HeaderExtras::default())
    }
}

/// A description as the payment window shows it: longer than 255 characters, it is cut to 252 and three dots.
#[must_use]
pub fn trimmed_description(description: &str) -> Option<String> {
    if description.len() <= SHORT_FIELD_CHARS_MAX {
        return None;
    }
    description.char_indices().nth(SHORT_FIELD_CHARS_MAX)?;
    let (cut, _) = description.char_indices().nth(SHORT_FIELD_CHARS_MAX - 3)?;
    description.get(..cut).map(|kept| format!("{kept}..."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::protocol::jwt::Jwt;
    use crate::protocol::request::{Offer, PayRequest, PricePoint, trimmed_description};
    use crate::protocol::signing_key::SigningKey;
    use crate::protocol::store_data::StoreData;
    use crate::protocol::time::Time;

    const PONY: Offer<'_> = Offer {
        id: "shiny-pony",
        name: "Shiny Pony",
        description: "A pony that shines",
        price_point: "1",
        postback_url: "http://127.0.0.1:9100/postback",
        chargeback_url: "http://127.0.0.1:9100/chargeback",
    };

    fn classic() -> PayRequest {
        PayRequest::classic("sim-app-key-1", "marketplace.firefox.com", PONY, "", Time::from_seconds(1_400_000_000))
    }

    #[test]
    fn a_request_signs_to_the_bytes_of_the_known_vector() {
        let key = SigningKey::hs256("sim-app-key-1", b"sim-secret-not-a-real-key").unwrap();
        let token = classic().sign(&key).unwrap();
        let payload = concat!(
            r#"{"iss":"sim-app-key-1","aud":"marketplace.firefox.com","typ":"mozilla/payments/pay/v1","iat":1400000000,"#,
            r#""exp":1400003600,"request":{"id":"shiny-pony","pricePoint":"1","name":"Shiny Pony","#,
            r#""description":"A pony that shines","postbackURL":"http://127.0.0.1:9100/postback","#,
            r#""chargebackURL":"http://127.0.0.1:9100/chargeback"}}"#,
        );
        let jwt = Jwt::parse(&token).unwrap();
        assert_eq!(jwt.unverified_claims_json(), payload);
        assert!(token.starts_with("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."), "{token}");
        assert!(token.ends_with(".eh4C3XNO4YcvOK565EJgPSs3nP5xNwsDE-w4uKsqr1U"), "{token}");
        assert_eq!(jwt.verify(&key.verifying_key()).unwrap().claims::<PayRequest>().unwrap(), classic());
    }

    #[test]
    fn a_hosted_request_is_issued_by_its_own_provider() {
        let sale = StoreData::parse("contrib_uuid=tx-1&inapp_id=shiny-pony");
        let request = PayRequest::hosted("market.example", PONY, &sale, Time::from_seconds(1_400_000_000));
        assert_eq!((request.iss.as_str(), request.aud.as_str()), ("market.example", "market.example"));
        assert_eq!(request.request.product_data.as_deref(), Some("contrib_uuid=tx-1&inapp_id=shiny-pony"));
    }

    #[test]
    fn unknown_members_are_kept_in_both_places() {
        let mut whole = serde_json::to_value(classic()).unwrap();
        whole["jti"] = json!("one");
        whole["request"]["imageURL"] = json!("http://old.example/pony.png");
        let request: PayRequest = serde_json::from_value(whole.clone()).unwrap();
        assert_eq!(request.other["jti"], json!("one"));
        assert_eq!(request.request.other["imageURL"], json!("http://old.example/pony.png"));
        assert_eq!(serde_json::to_value(&request).unwrap(), whole);
    }

    #[test]
    fn only_the_text_nought_is_free() {
        assert!(PricePoint::from("0").is_free());
        assert!(!PricePoint::Number(0).is_free());
        assert!(!PricePoint::from("1").is_free());
    }

    #[test]
    fn a_description_is_cut_at_255_characters_whatever_their_size() {
        assert_eq!(trimmed_description(&"é".repeat(255)), None);
        assert_eq!(trimmed_description(&"é".repeat(256)), Some(format!("{}...", "é".repeat(252))));
    }
}
