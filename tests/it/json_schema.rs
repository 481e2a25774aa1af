//! A small reader of JSON schemas: the keywords that the schema of HAR and our own description use, and no other goes by
//! unnoticed.

use std::fs;

use paystage::protocol::time::Time;
use serde_json::Value;

/// What the schema of this name has against a value; nothing, if it is one. Each objection begins with its place.
pub(crate) fn objections(schema: &str, value: &Value) -> Vec<String> {
    Reader { refer: &read, is_closed: false }.objections(&read(schema), value)
}

/// What a schema that stands in our own description has against a value. A member that it does not describe is one too many.
pub(crate) fn objections_within(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let refer = |name: &str| document.pointer(name.trim_start_matches('#')).unwrap().clone();
    Reader { refer: &refer, is_closed: true }.objections(schema, value)
}

fn read(name: &str) -> Value {
    let name = name.trim_end_matches('#');
    let path = format!("{}/tests/har-schema/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

struct Reader<'a> {
    /// The schema that a reference names.
    refer: &'a dyn Fn(&str) -> Value,
    /// Whether an object may have no member but those that are described.
    is_closed: bool,
}

impl Reader<'_> {
    fn objections(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.hold(schema, value, "$", &mut found);
        found
    }

    fn hold(&self, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
        for (keyword, rule) in schema.as_object().unwrap() {
            let mut objects = |is_fine: bool| {
                if !is_fine {
                    found.push(format!("{place}: {keyword} {rule}, not {value}"));
                }
            };
            match keyword.as_str() {
                "$id" | "$schema" | "optional" | "description" => {}
                "type" => {
                    let kinds = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
                    objects(kinds.iter().any(|kind| is_of_type(value, kind.as_str().unwrap())));
                }
                "enum" => objects(rule.as_array().unwrap().contains(value)),
                // The schema spells `minimum` so.
                "min" => objects(value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap())),
                "format" => objects(is_written_as(value, rule.as_str().unwrap())),
                // The one pattern of the schema stands beside `format: date-time`, which says more.
                "pattern" => assert_eq!(schema["format"], "date-time"),
                "required" => {
                    let names = rule.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                    // Of anything but an object, nothing is required.
                    objects(!value.is_object() || names.into_iter().all(|name| value.get(name).is_some()));
                }
                "$ref" => self.hold(&(self.refer)(rule.as_str().unwrap()), value, place, found),
                "oneOf" => {
                    let holds = |option: &&Value| self.objections(option, value).is_empty();
                    objects(rule.as_array().unwrap().iter().filter(holds).count() == 1);
                }
                "properties" => self.hold_members(rule, value, place, found),
                "additionalProperties" => {
                    for (name, member) in value.as_object().into_iter().flatten() {
                        self.hold(rule, member, &format!("{place}.{name}"), found);
                    }
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.hold(rule, item, &format!("{place}[{index}]"), found);
                    }
                }
                other => panic!("an unknown keyword: {other}"),
            }
        }
    }

    fn hold_members(&self, rules: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
        for (name, member) in value.as_object().into_iter().flatten() {
            let place = format!("{place}.{name}");
            match rules.get(name) {
                Some(rule) => self.hold(rule, member, &place, found),
                None if self.is_closed => found.push(format!("{place}: is not described")),
                None => {}
            }
        }
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("an unknown type: {other}"),
    }
}

fn is_written_as(value: &Value, form: &str) -> bool {
    let Some(text) = value.as_str() else { return true };
    match form {
        "date-time" => Time::parse_rfc3339(text).is_ok(),
        "uri" => url::Url::parse(text).is_ok(),
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        other => panic!("an unknown form: {other}"),
    }
}

#[test]
fn the_schema_has_something_against_what_is_no_archive() {
    let creator = serde_json::json!({ "name": "a", "version": "1" });
    let log = serde_json::json!({ "version": "1.2", "creator": creator, "entries": [] });
    assert_eq!(objections("har.json", &serde_json::json!({ "log": log })), Vec::<String>::new());
    for (pointer, spoilt) in [("/version", Value::from(1.2)), ("/creator/name", Value::Null), ("/entries", Value::Null)]
    {
        let mut log = log.clone();
        *log.pointer_mut(pointer).unwrap() = spoilt;
        assert_eq!(objections("har.json", &serde_json::json!({ "log": log })).len(), 1, "{pointer}");
    }
    assert_eq!(objections("har.json", &serde_json::json!({})).len(), 1);
}
