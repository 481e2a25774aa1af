//! Said: what a message says as a list of named values, with everything that differs from seed to seed named by its order.
//!
//! Two runs with other seeds draw other ids and sign with other keys. Here the first id of a run is `#1` in both, tokens are
//! their claims, signatures are left out, and times count from the start of the run: what still differs is a difference.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::lens::label::label;
use crate::protocol::time::{Span, Time};
use crate::protocol::verdict::check::Check;
use crate::world::kind::Kind;
use crate::world::message::{Body, Message, MessageId};
use crate::world::party::Party;

/// How long an id is that is drawn from the seed: a UUID in its usual spelling.
const UUID_CHARS: usize = 36;
/// Claims that are moments.
const DATES: [&str; 3] = ["exp", "iat", "nbf"];

/// One message as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The number people say.
    pub number: u32,
    /// Its place among all messages of its run.
    pub message: MessageId,
    /// The index of the step that delivered it.
    pub step: usize,
    /// Who says it.
    pub from: Party,
    /// To whom.
    pub to: Party,
    /// What kind of message it is.
    pub kind: Kind,
    /// The words on its arrow.
    pub label: String,
    /// What it carries, by name, in the order of the trace.
    pub values: Vec<(String, String)>,
}

/// Reads the messages of one run, in their order.
#[derive(Clone, Debug)]
pub struct Reader {
    start: Time,
    ids: BTreeMap<String, usize>,
}

impl Said {
    /// What makes two messages the same arrow of the drawing: kind and lanes, and which poll or delivery it is.
    #[must_use]
    pub fn key(&self) -> (Kind, Party, Party, Option<&str>) {
        let count = self.values.iter().find(|(name, _)| name == "poll" || name == "attempt");
        (self.kind, self.from, self.to, count.map(|(_, value)| value.as_str()))
    }

    /// The arrow in words: `GET …/status, poll 11`.
    #[must_use]
    pub fn words(&self) -> String {
        let count = self.values.iter().find(|(name, _)| name == "poll" || name == "attempt");
        count.map_or_else(|| self.label.clone(), |(name, value)| format!("{}, {name} {value}", self.label))
    }
}

impl Reader {
    /// A reader for a run that began at this moment.
    #[must_use]
    pub fn new(start: Time) -> Self {
        Self { start, ids: BTreeMap::new() }
    }

    /// Reads the next message.
    pub fn read(&mut self, message: &Message, step: usize) -> Said {
        let mut values = vec![("arrives".to_owned(), told(message.due - self.start))];
        if let Ok(Value::Object(mut body)) = serde_json::to_value(&message.body) {
            body.remove("says");
            body.remove("verdict");
            for (name, value) in body {
                self.flatten(name, &value, &mut values);
            }
        }
        if let Body::ReceiptJudged { verdict, .. } = &message.body {
            let rung =
                |check: Check| (format!("verdict.{}", check.name()), verdict.rung(check).outcome.label().to_owned());
            values.extend(Check::ALL.map(rung));
        }
        Said {
            number: message.number,
            message: message.id,
            step,
            from: message.from,
            to: message.to,
            kind: message.body.kind(),
            label: label(&message.body, None),
            values,
        }
    }

    fn flatten(&mut self, name: String, value: &Value, into: &mut Vec<(String, String)>) {
        match value {
            Value::Object(members) => {
                for (member, value) in members {
                    self.flatten(format!("{name}.{member}"), value, into);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.flatten(format!("{name}[{index}]"), item, into);
                }
            }
            Value::String(text) => match token(text) {
                Some((header, claims)) => {
                    self.flatten(format!("{name}.header"), &header, into);
                    self.flatten(format!("{name}.claims"), &claims, into);
                }
                None => into.push((name, self.unseeded(text))),
            },
            Value::Number(number) => {
                let is_date = DATES.iter().any(|date| name.ends_with(&format!("claims.{date}")));
                let moment = number.as_i64().filter(|_| is_date).map(Time::from_seconds);
                into.push((name, moment.map_or_else(|| number.to_string(), |moment| told(moment - self.start))));
            }
            Value::Null | Value::Bool(_) => into.push((name, value.to_string())),
        }
    }

    /// The text with every drawn id named by its order of appearance. Public keys are drawn too.
    fn unseeded(&mut self, text: &str) -> String {
        if text.contains("\"kty\"") {
            return "keys".to_owned();
        }
        let mut named = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((at, id)) = first_uuid(rest) {
            let count = self.ids.len() + 1;
            let number = *self.ids.entry(id.to_owned()).or_insert(count);
            named += rest.get(..at).unwrap_or_default();
            named.push('#');
            named += &number.to_string();
            rest = rest.get(at + UUID_CHARS..).unwrap_or_default();
        }
        named + rest
    }
}

/// Time since the start of the run.
fn told(since: Span) -> String {
    format!("+{} ms", since.millis())
}

/// The header and claims of a compact token; of a chain, those of its last link.
fn token(text: &str) -> Option<(Value, Value)> {
    let mut parts = text.rsplit('~').next()?.split('.');
    let part = |part: Option<&str>| -> Option<Value> {
        let value: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part?).ok()?).ok()?;
        value.is_object().then_some(value)
    };
    let (header, claims) = (part(parts.next())?, part(parts.next())?);
    (parts.next().is_some() && parts.next().is_none()).then_some((header, claims))
}

fn first_uuid(text: &str) -> Option<(usize, &str)> {
    let windows =
        (0..text.len().checked_sub(UUID_CHARS - 1)?).filter_map(|at| Some((at, text.get(at..at + UUID_CHARS)?)));
    windows.into_iter().find(|(_, window)| is_uuid(window))
}

fn is_uuid(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

#[cfg(test)]
mod tests {
    use super::{Reader, first_uuid, token};
    use crate::protocol::time::Time;

    const ID: &str = "dc827410-ad73-4408-9c01-0123456789ab";

    #[test]
    fn ids_are_named_by_their_order_of_appearance() {
        let mut reader = Reader::new(Time::from_seconds(0));
        let other = ID.replace('d', "e");
        assert_eq!(reader.unseeded(&format!("a={ID}&b={other}&c={ID}")), "a=#1&b=#2&c=#1");
        assert_eq!(reader.unseeded("é no id at all"), "é no id at all");
        assert_eq!(first_uuid(&ID[1..]), None);
    }

    #[test]
    fn a_token_is_its_header_and_claims_and_anything_else_is_none() {
        let (header, claims) = token("eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJtZSJ9.c2ln").unwrap();
        assert_eq!((header["alg"].as_str(), claims["iss"].as_str()), (Some("HS256"), Some("me")));
        for text in ["", "a.b", "a.b.c", "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJtZSJ9", "https://market.example/verify/"] {
            assert_eq!(token(text), None, "{text}");
        }
    }
}
