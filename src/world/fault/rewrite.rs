//! Rewrites: one field of a message that says something else, or nothing any more.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// What a field begins with that is a claim of the certificate before the receipt.
pub(crate) const CERTIFICATE: &str = "certificate.";

/// One field of a message with what it shall say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replacement {
    /// `claims.exp` or `header.alg` for the token that the message carries, `certificate.iss` for the first certificate before
    /// it; else a field's own name, such as `status`.
    pub field: String,
    /// What it shall say.
    pub value: Value,
    /// Whether the changed token is signed again, by the party whose token it is: as if that party had written it so.
    pub is_signed: bool,
    /// Whether the changed one stands beside the one that was there, in a message that carries a list.
    pub is_beside: bool,
}

/// One field of a message that shall be gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removal {
    /// As of a [`Replacement`].
    pub field: String,
    /// As of a [`Replacement`].
    #[serde(default, rename = "sign", skip_serializing_if = "is_not")]
    pub is_signed: bool,
}

/// A replacement as it stands in a file. TOML has no null: `json` says what `value` cannot.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenReplacement {
    field: String,
    #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    json: Option<String>,
    #[serde(default, skip_serializing_if = "is_not")]
    sign: bool,
    #[serde(default, skip_serializing_if = "is_not")]
    beside: bool,
}

impl TryFrom<WrittenReplacement> for Replacement {
    type Error = &'static str;

    fn try_from(written: WrittenReplacement) -> Result<Self, &'static str> {
        let WrittenReplacement { field, value, json, sign, beside } = written;
        let value = match (value, json) {
            (Some(value), None) => value,
            (None, Some(json)) => serde_json::from_str(&json).map_err(|_| "JSON in json, such as \"null\"")?,
            (Some(_), Some(_)) | (None, None) => return Err("either value or json, which is what the field shall say"),
        };
        Ok(Self { field, value, is_signed: sign, is_beside: beside })
    }
}

impl From<Replacement> for WrittenReplacement {
    fn from(replacement: Replacement) -> Self {
        let Replacement { field, value, is_signed: sign, is_beside: beside } = replacement;
        let (value, json) = if has_null(&value) { (None, Some(value.to_string())) } else { (Some(value), None) };
        Self { field, value, json, sign, beside }
    }
}

impl Serialize for Replacement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WrittenReplacement::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Replacement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = WrittenReplacement::deserialize(deserializer)?;
        written.try_into().map_err(|what| serde::de::Error::custom(format_args!("expected {what}")))
    }
}

/// A null that is there is not the same as nothing.
fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn is_not(flag: &bool) -> bool {
    !flag
}
