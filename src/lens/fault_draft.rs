//! Fault drafts: a fault as it is put together by hand, in the words of scenarios, and what is still wrong with it.

use serde_json::{Map, Value};

use crate::protocol::jwt::Jwt;
use crate::session::scenario::fault::nearest;
use crate::session::scenario::plan;
use crate::session::scenario::print::act_line;
use crate::world::command::Command;
use crate::world::fault::act::{Act, Substitute};
use crate::world::fault::armed::{Fault, MessageFault};
use crate::world::fault::field::fields;
use crate::world::fault::limit::Limit;
use crate::world::kind::Kind;
use crate::world::message::Message;
use crate::world::party::Party;

/// A fault on messages that is being put together. What is typed stays text until it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The name of the kind; empty for any message.
    pub kind: String,
    /// Who says it; `None` for anybody.
    pub from: Option<Party>,
    /// To whom; `None` for anybody.
    pub to: Option<Party>,
    /// The product's id; empty for any.
    pub product: String,
    /// The payment's id; empty for any.
    pub transaction: String,
    /// The message's id in the trace; empty for any.
    pub message: String,
    /// What is done.
    pub deed: Deed,
    /// By how much it is delayed: `5s`, `1500ms`.
    pub span: String,
    /// Which byte is changed, counted from 0.
    pub byte: String,
    /// Which field is replaced or removed.
    pub field: String,
    /// What the field shall say: JSON where it reads as such, else text.
    pub value: String,
    /// Whether the changed token is signed again.
    pub is_signed: bool,
    /// Whether the changed token stands beside the old one.
    pub is_beside: bool,
    /// What is answered: an HTTP status, or one of a store's words.
    pub status: String,
    /// The body of an HTTP answer.
    pub body: String,
    /// The reason of a store's answer.
    pub reason: String,
    /// To which messages it is done.
    pub often: Often,
    /// The n of [`Often::Number`] and [`Often::First`].
    pub count: u32,
}

/// What can be done to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It waits until it is released.
    Hold,
    /// It comes later.
    Delay,
    /// It never comes.
    Drop,
    /// It comes twice.
    Duplicate,
    /// The next arrival overtakes it.
    Reorder,
    /// A byte of it is another one.
    Corrupt,
    /// A field says something else.
    Replace,
    /// A field is gone.
    Remove,
    /// Something else is answered.
    Answer,
    /// It comes too late.
    TimeOut,
}

/// To which of the messages that match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Often {
    /// The next one.
    Next,
    /// The n-th.
    Number,
    /// The first n.
    First,
    /// All, until it is disarmed.
    Always,
}

impl Deed {
    /// All of them in menu order, with their words.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::Hold, "Hold it"),
        (Self::Delay, "Delay it"),
        (Self::Drop, "Drop it"),
        (Self::Duplicate, "Send it twice"),
        (Self::Reorder, "Let the next one overtake it"),
        (Self::Corrupt, "Change a byte"),
        (Self::Replace, "Change a field"),
        (Self::Remove, "Take a field away"),
        (Self::Answer, "Answer something else"),
        (Self::TimeOut, "Bring it too late"),
    ];
}

impl Often {
    /// All of them, with their words.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Next, "the next one"),
        (Self::Number, "number n"),
        (Self::First, "the first n"),
        (Self::Always, "every one"),
    ];
}

impl Default for Draft {
    fn default() -> Self {
        let empty = String::new;
        Self {
            kind: empty(),
            from: None,
            to: None,
            product: empty(),
            transaction: empty(),
            message: empty(),
            deed: Deed::Drop,
            span: "5s".to_owned(),
            byte: "120".to_owned(),
            field: empty(),
            value: empty(),
            is_signed: false,
            is_beside: false,
            status: "500".to_owned(),
            body: empty(),
            reason: empty(),
            often: Often::Next,
            count: 2,
        }
    }
}

impl Draft {
    /// A draft for the next message like this one.
    #[must_use]
    pub fn about(message: &Message) -> Self {
        let (field, value) = samples(message).into_iter().next().unwrap_or_default();
        Self { kind: message.body.kind().name().to_owned(), field, value, ..Self::default() }
    }

    /// The draft from which this fault is read; `None` for the trouble of a party.
    #[must_use]
    pub fn of(fault: &Fault) -> Option<Self> {
        let Fault::OnMessage(MessageFault { what, act, limit }) = fault else { return None };
        let mut draft = Self {
            kind: what.kind.map_or("", Kind::name).to_owned(),
            from: what.from,
            to: what.to,
            product: what.product.as_ref().map(ToString::to_string).unwrap_or_default(),
            transaction: what.transaction.as_ref().map(ToString::to_string).unwrap_or_default(),
            message: what.message.map(|message| message.0.to_string()).unwrap_or_default(),
            ..Self::default()
        };
        (draft.often, draft.count) = match limit {
            Limit::Nth(1) => (Often::Next, 2),
            Limit::Nth(nth) => (Often::Number, *nth),
            Limit::First(first) => (Often::First, *first),
            Limit::UntilCleared => (Often::Always, 2),
        };
        draft.deed = match act {
            Act::Hold => Deed::Hold,
            Act::Delay(span) => {
                draft.span = span.compact();
                Deed::Delay
            }
            Act::Drop => Deed::Drop,
            Act::Duplicate => Deed::Duplicate,
            Act::Reorder => Deed::Reorder,
            Act::Corrupt(byte) => {
                draft.byte = byte.to_string();
                Deed::Corrupt
            }
            Act::Replace(replacement) => {
                (draft.field, draft.value) = (replacement.field.clone(), text_of(&replacement.value));
                (draft.is_signed, draft.is_beside) = (replacement.is_signed, replacement.is_beside);
                Deed::Replace
            }
            Act::Remove(removal) => {
                (draft.field, draft.is_signed) = (removal.field.clone(), removal.is_signed);
                Deed::Remove
            }
            Act::Answer(Substitute::Http { status, body }) => {
                (draft.status, draft.body) = (status.to_string(), body.clone());
                Deed::Answer
            }
            Act::Answer(Substitute::Store { status, reason }) => {
                (draft.status, draft.reason) = (status.clone(), reason.clone().unwrap_or_default());
                Deed::Answer
            }
            Act::TimeOut => Deed::TimeOut,
        };
        Some(draft)
    }

    /// The fault, read by the reader of scenario lines.
    ///
    /// # Errors
    /// What is wrong, in words for whoever types.
    pub fn fault(&self) -> Result<Fault, String> {
        let mut words = Map::new();
        if let Some(kind) = filled(&self.kind) {
            words.insert("on".to_owned(), known_kind(kind)?.into());
        }
        for (word, party) in [("from", self.from), ("to", self.to)] {
            if let Some(party) = party {
                words.insert(word.to_owned(), serde_json::to_value(party).unwrap_or_default());
            }
        }
        for (word, text) in [("product", &self.product), ("transaction", &self.transaction)] {
            if let Some(text) = filled(text) {
                words.insert(word.to_owned(), text.into());
            }
        }
        if let Some(message) = filled(&self.message) {
            words.insert("message".to_owned(), whole(message, "The message's number in the trace")?);
        }
        match self.often {
            Often::Next => drop(words.insert("nth".to_owned(), 1.into())),
            Often::Number => drop(words.insert("nth".to_owned(), self.count.into())),
            Often::First => drop(words.insert("first".to_owned(), self.count.into())),
            Often::Always => {}
        }
        let (word, value) = self.act()?;
        words.insert(word.to_owned(), value);
        serde_json::from_value(Value::Object(words)).map_err(|error| format!("This is no fault: {error}"))
    }

    fn act(&self) -> Result<(&'static str, Value), String> {
        Ok(match self.deed {
            Deed::Hold => ("hold", true.into()),
            Deed::Delay => ("delay", self.span.trim().into()),
            Deed::Drop => ("drop", true.into()),
            Deed::Duplicate => ("duplicate", true.into()),
            Deed::Reorder => ("reorder", true.into()),
            Deed::Corrupt => ("corrupt", whole(&self.byte, "The byte")?),
            Deed::Replace => ("replace", self.replacement()?),
            Deed::Remove => {
                let field = filled(&self.field).ok_or("Name the field that shall be gone, such as claims.exp")?;
                ("remove", serde_json::json!({ "field": field, "sign": self.is_signed }))
            }
            Deed::Answer => ("answer", self.answer()?),
            Deed::TimeOut => ("time-out", true.into()),
        })
    }

    fn replacement(&self) -> Result<Value, String> {
        let field = filled(&self.field).ok_or("Name the field that shall change, such as claims.exp")?;
        let value = value_of(&self.value).to_string();
        Ok(serde_json::json!({ "field": field, "json": value, "sign": self.is_signed, "beside": self.is_beside }))
    }

    fn answer(&self) -> Result<Value, String> {
        let status = filled(&self.status).ok_or("Say what is answered: 500, or a store's word such as refunded")?;
        let mut answer = Map::new();
        if let Ok(number) = status.parse::<u64>() {
            answer.insert("status".to_owned(), number.into());
            answer.insert("body".to_owned(), self.body.as_str().into());
        } else {
            answer.insert("status".to_owned(), status.into());
            if let Some(reason) = filled(&self.reason) {
                answer.insert("reason".to_owned(), reason.into());
            }
        }
        Ok(Value::Object(answer))
    }
}

/// The fault as a line of a scenario.
#[must_use]
pub fn scenario_line(fault: &Fault) -> String {
    act_line(&plan::Act::Do(Command::Arm { fault: fault.clone() }))
}

/// The fields of this message that can be made to say something else, each with a value to begin with: what its own menu offers,
/// then the members of the token that it carries, as they stand.
#[must_use]
pub fn samples(message: &Message) -> Vec<(String, String)> {
    let own = fields(&message.body).into_iter().map(|(field, value)| (field.to_owned(), text_of(&value)));
    own.chain(members(message)).collect()
}

fn members(message: &Message) -> Vec<(String, String)> {
    let Some((_, text)) = message.body.carried() else { return Vec::new() };
    let token = text.rsplit('~').next().unwrap_or_default();
    let Ok(jwt) = Jwt::parse(token) else { return Vec::new() };
    let claims: Value = jwt.unverified_claims().unwrap_or_default();
    let claims = claims.as_object().into_iter().flatten();
    let claims = claims.map(|(name, value)| (format!("claims.{name}"), text_of(value)));
    claims.chain([("header.alg".to_owned(), "none".to_owned())]).collect()
}

/// What was typed as a value: JSON where it reads as such, else text.
fn value_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// How a value is typed, so that it reads back: text that would read as something else stands in quotes.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) if value_of(text) == *value => text.clone(),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}

fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn whole(text: &str, what: &str) -> Result<Value, String> {
    let number = text.trim().parse::<u32>();
    number.map(Value::from).map_err(|_| format!("{what} is a whole number: {}", text.trim()))
}

fn known_kind(name: &str) -> Result<&'static str, String> {
    let names: Vec<&'static str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    if let Some(known) = names.iter().find(|known| **known == name) {
        return Ok(known);
    }
    let advice = nearest(name, &names).map_or_else(String::new, |known| format!("; did you mean {known}"));
    Err(format!("No message is called {name}{advice}"))
}
