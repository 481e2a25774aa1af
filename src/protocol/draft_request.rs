//! Draft requests: a pay request as it came, before anything in it is known to be of the right type.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::protocol::code::Refusal;
use crate::protocol::jwt::Jwt;
use crate::protocol::numeric_date::NumericDate;
use crate::protocol::pay_error::{PayError, PayRefusal};
use crate::protocol::request::{
    DefaultLocale, LocalWords, PayRequest, PricePoint, Requested, Simulation, trimmed_description,
};
use crate::protocol::truth::is_python_truthy;

/// The claims of a pay request with whatever they hold. `None` is absent; null is `Some(Null)`.
#[derive(Debug, Default)]
pub(crate) struct DraftRequest {
    pub(crate) iss: Option<Value>,
    pub(crate) aud: Option<Value>,
    pub(crate) typ: Option<Value>,
    pub(crate) iat: Option<Value>,
    pub(crate) exp: Option<Value>,
    pub(crate) nbf: Option<Value>,
    pub(crate) request: Option<DraftRequested>,
    other: BTreeMap<String, Value>,
}

/// The members of `request` with whatever they hold.
#[derive(Debug, Default)]
pub(crate) struct DraftRequested {
    pub(crate) id: Option<Value>,
    pub(crate) price_point: Option<Value>,
    pub(crate) name: Option<Value>,
    pub(crate) description: Option<Value>,
    pub(crate) icons: Option<Value>,
    pub(crate) product_data: Option<Value>,
    pub(crate) postback_url: Option<Value>,
    pub(crate) chargeback_url: Option<Value>,
    pub(crate) locales: Option<Value>,
    pub(crate) default_locale: Option<Value>,
    pub(crate) simulate: Option<Value>,
    other: BTreeMap<String, Value>,
}

impl DraftRequest {
    /// Reads any claims object; a `request` that is no object is as good as absent.
    pub(crate) fn read(jwt: &Jwt) -> Self {
        jwt.unverified_claims().unwrap_or_else(|_| {
            let mut claims: Map<String, Value> = jwt.unverified_claims().unwrap_or_default();
            claims.remove("request");
            serde_json::from_value(Value::Object(claims)).unwrap_or_default()
        })
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<Value>> {
        match name {
            "iss" => Some(&mut self.iss),
            "aud" => Some(&mut self.aud),
            "typ" => Some(&mut self.typ),
            "iat" => Some(&mut self.iat),
            "exp" => Some(&mut self.exp),
            "nbf" => Some(&mut self.nbf),
            _ => None,
        }
    }

    /// The pay request that this draft turned out to be, once every check has been passed.
    pub(crate) fn into_request(self, simulate: Option<Simulation>, dates: Dates) -> Result<PayRequest, PayRefusal> {
        let request = self.request.ok_or_else(|| Refusal::because_of(PayError::RequestFieldMissing, "request"))?;
        Ok(PayRequest {
            iss: text("iss", self.iss)?,
            // As a list, it held the provider's name, or it would not have come this far.
            aud: dates.audience,
            typ: optional_text("typ", self.typ)?.unwrap_or_default(),
            iat: dates.issued,
            exp: dates.expires,
            nbf: dates.not_before,
            request: request.into_requested(simulate)?,
            other: self.other,
        })
    }
}

/// The claims that were understood while they were checked.
pub(crate) struct Dates {
    pub(crate) audience: String,
    pub(crate) issued: NumericDate,
    pub(crate) expires: NumericDate,
    pub(crate) not_before: Option<NumericDate>,
}

impl DraftRequested {
    fn slot(&mut self, name: &str) -> Option<&mut Option<Value>> {
        match name {
            "id" => Some(&mut self.id),
            "pricePoint" => Some(&mut self.price_point),
            "name" => Some(&mut self.name),
            "description" => Some(&mut self.description),
            "icons" => Some(&mut self.icons),
            "productData" => Some(&mut self.product_data),
            "postbackURL" => Some(&mut self.postback_url),
            "chargebackURL" => Some(&mut self.chargeback_url),
            "locales" => Some(&mut self.locales),
            "defaultLocale" => Some(&mut self.default_locale),
            "simulate" => Some(&mut self.simulate),
            _ => None,
        }
    }

    /// The members that must be there and hold something, in the order in which they are asked for.
    pub(crate) fn required(&self) -> [(&'static str, Option<&Value>); 6] {
        [
            ("request.id", self.id.as_ref()),
            ("request.pricePoint", self.price_point.as_ref()),
            ("request.name", self.name.as_ref()),
            ("request.description", self.description.as_ref()),
            ("request.postbackURL", self.postback_url.as_ref()),
            ("request.chargebackURL", self.chargeback_url.as_ref()),
        ]
    }

    /// The members that may not be long, in alphabetical order, each with its error.
    pub(crate) fn short_fields(&self) -> [(PayError, Option<&Value>); 6] {
        [
            (PayError::ChargebackUrlTooLong, self.chargeback_url.as_ref()),
            (PayError::DefaultLocaleTooLong, self.default_locale.as_ref()),
            (PayError::IdTooLong, self.id.as_ref()),
            (PayError::NameTooLong, self.name.as_ref()),
            (PayError::PostbackUrlTooLong, self.postback_url.as_ref()),
            (PayError::ProductDataTooLong, self.product_data.as_ref()),
        ]
    }

    fn into_requested(self, simulate: Option<Simulation>) -> Result<Requested, PayRefusal> {
        let mut description = text("request.description", self.description)?;
        if let Some(trimmed) = trimmed_description(&description) {
            description = trimmed;
        }
        Ok(Requested {
            id: text("request.id", self.id)?,
            price_point: price_point(self.price_point)?,
            name: text("request.name", self.name)?,
            description,
            icons: icons(self.icons)?,
            product_data: optional_text("request.productData", self.product_data)?,
            postback_url: text("request.postbackURL", self.postback_url)?,
            chargeback_url: text("request.chargebackURL", self.chargeback_url)?,
            locales: locales(self.locales)?,
            default_locale: default_locale(self.default_locale)?,
            simulate,
            other: self.other,
        })
    }
}

impl<'de> Deserialize<'de> for DraftRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = DraftRequest;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the claims of a pay request")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<DraftRequest, A::Error> {
                let mut draft = DraftRequest::default();
                while let Some(name) = object.next_key::<String>()? {
                    if name == "request" {
                        draft.request = object.next_value()?;
                        continue;
                    }
                    let value = object.next_value()?;
                    match draft.slot(&name) {
                        Some(slot) => *slot = Some(value),
                        None => drop(draft.other.insert(name, value)),
                    }
                }
                Ok(draft)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl<'de> Deserialize<'de> for DraftRequested {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = DraftRequested;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("what is to be paid for")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<DraftRequested, A::Error> {
                let mut draft = DraftRequested::default();
                while let Some(name) = object.next_key::<String>()? {
                    let value = object.next_value()?;
                    match draft.slot(&name) {
                        Some(slot) => *slot = Some(value),
                        None => drop(draft.other.insert(name, value)),
                    }
                }
                Ok(draft)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

fn mistyped(name: &str) -> PayRefusal {
    Refusal::because_of(PayError::RequestFieldMistyped, name)
}

fn text(name: &str, value: Option<Value>) -> Result<String, PayRefusal> {
    optional_text(name, value)?.ok_or_else(|| Refusal::because_of(PayError::RequestFieldMissing, name))
}

fn optional_text(name: &str, value: Option<Value>) -> Result<Option<String>, PayRefusal> {
    match value {
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Null) | None => Ok(None),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => Err(mistyped(name)),
    }
}

fn price_point(value: Option<Value>) -> Result<PricePoint, PayRefusal> {
    let name = "request.pricePoint";
    match value.as_ref().and_then(Value::as_u64) {
        Some(number) => Ok(PricePoint::Number(number)),
        None => text(name, value).map(PricePoint::Name),
    }
}

fn icons(value: Option<Value>) -> Result<BTreeMap<String, String>, PayRefusal> {
    let Some(Value::Object(icons)) = value else { return Ok(BTreeMap::new()) };
    icons.into_iter().map(|(size, url)| Ok((size, text("request.icons", Some(url))?))).collect()
}

fn locales(value: Option<Value>) -> Result<Option<BTreeMap<String, LocalWords>>, PayRefusal> {
    match value.filter(|value| value.is_object() || is_python_truthy(value)) {
        Some(locales) => serde_json::from_value(locales).map(Some).map_err(|_| mistyped("request.locales")),
        None => Ok(None),
    }
}

fn default_locale(value: Option<Value>) -> Result<Option<DefaultLocale>, PayRefusal> {
    let Some(value) = value else { return Ok(None) };
    optional_text("request.defaultLocale", Some(value)).map(|locale| Some(DefaultLocale(locale)))
}
