//! Expectations: what a scenario may demand of a run, each with its word and its value.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::protocol::id::ProductId;
use crate::protocol::money::Money;
use crate::protocol::store_answer::Status;
use crate::protocol::verdict::check::Check;
use crate::session::explore::end::End;
use crate::session::watch::law::Law;
use crate::world::kind::Kind;
use crate::world::transaction::TransactionState;

/// One demand. The word in files is [`Expected::word`], in the same order as [`WORDS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Exactly these products are open, in any order.
    Access(Vec<ProductId>),
    /// What the latest ladder said.
    Verdict(VerdictWord),
    /// The check at which the latest ladder ended.
    Check(Check),
    /// These historic codes have been seen, anywhere in the run.
    Codes(Vec<String>),
    /// Messages of these kinds arrived that said this.
    Says(Vec<Saying>),
    /// The first and the latest receipt that the store issued make these claims alike, such as `user.value`.
    SameClaims(Vec<String>),
    /// They make these claims differently.
    OtherClaims(Vec<String>),
    /// The store's latest answer to a verify or reissue call.
    Status(Status),
    /// The reason in that answer.
    Reason(String),
    /// The error name with which the latest `mozPay` call ended; `none` for success.
    Error(String),
    /// The number of the last message: how many arrows the diagram has.
    Messages(u32),
    /// How many receipts the device holds.
    Receipts(u32),
    /// Where the latest payment stands.
    Transaction(TransactionState),
    /// Where each payment stands, oldest first.
    Transactions(Vec<TransactionState>),
    /// How often a notice was delivered, all payments together.
    Notices(u32),
    /// How often the app polled, all payments together.
    Polls(u32),
    /// What the buyer was charged, all together.
    Charged(Money),
    /// What the buyer got back, all together.
    Returned(Money),
    /// Whether the app's owner was mailed that no notice could be delivered.
    OwnerMailed(bool),
    /// These things happened, in this order, with anything between them.
    Events(Vec<String>),
    /// These refusals were met, each at a message of its kind.
    Refusals(Vec<RefusedAt>),
    /// Exactly these laws are broken now; none is the green lamp.
    Lamp(Vec<Law>),
    /// What the run has come to, now that nothing happens any more.
    End(End),
}

/// A refusal at the message where it hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedAt {
    /// What was refused, or what told it.
    pub on: Kind,
    /// The historic code, or the HTTP status of an answer that is a failure.
    pub code: String,
}

/// What a message says in one of its fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saying {
    /// The kind of message.
    pub on: Kind,
    /// `claims.exp` for the token that it carries, `certificate.iss` for the certificate before it; else a field of its own, such as `status`.
    pub field: String,
    /// What it says.
    pub value: Value,
}

/// The two ends of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictWord {
    /// Every check that was asked for holds.
    Valid,
    /// One does not.
    Refused,
}

/// The words that may stand under `[expect]`.
pub const WORDS: [&str; 23] = [
    "access",
    "verdict",
    "check",
    "code",
    "refusals",
    "says",
    "same-claims",
    "other-claims",
    "status",
    "reason",
    "error",
    "messages",
    "receipts",
    "transaction",
    "transactions",
    "notices",
    "polls",
    "charged",
    "returned",
    "owner-mailed",
    "events",
    "lamp",
    "end",
];

impl Expected {
    /// Its word in files.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Access(_) => "access",
            Self::Verdict(_) => "verdict",
            Self::Check(_) => "check",
            Self::Codes(_) => "code",
            Self::Refusals(_) => "refusals",
            Self::Says(_) => "says",
            Self::SameClaims(_) => "same-claims",
            Self::OtherClaims(_) => "other-claims",
            Self::Status(_) => "status",
            Self::Reason(_) => "reason",
            Self::Error(_) => "error",
            Self::Messages(_) => "messages",
            Self::Receipts(_) => "receipts",
            Self::Transaction(_) => "transaction",
            Self::Transactions(_) => "transactions",
            Self::Notices(_) => "notices",
            Self::Polls(_) => "polls",
            Self::Charged(_) => "charged",
            Self::Returned(_) => "returned",
            Self::OwnerMailed(_) => "owner-mailed",
            Self::Events(_) => "events",
            Self::Lamp(_) => "lamp",
            Self::End(_) => "end",
        }
    }

    /// Its value as a file and a failure show it: TOML.
    #[must_use]
    pub fn value(&self) -> String {
        match self {
            Self::Access(products) => list(products.iter().map(ProductId::as_str)),
            Self::Verdict(VerdictWord::Valid) => quoted("valid"),
            Self::Verdict(VerdictWord::Refused) => quoted("refused"),
            Self::Check(check) => quoted(check.name()),
            Self::SameClaims(paths) | Self::OtherClaims(paths) => list(paths.iter().map(String::as_str)),
            Self::Codes(words) | Self::Events(words) => match words.as_slice() {
                [only] => quoted(only),
                several => list(several.iter().map(String::as_str)),
            },
            Self::Refusals(refusals) => refusals_value(refusals.iter().map(|at| (at.on, at.code.as_str()))),
            Self::Says(sayings) => sayings_value(sayings),
            Self::Status(status) => quoted(status.as_str()),
            Self::Reason(word) | Self::Error(word) => quoted(word),
            Self::Messages(count) | Self::Receipts(count) | Self::Notices(count) | Self::Polls(count) => {
                count.to_string()
            }
            Self::Transaction(state) => quoted(state_word(*state)),
            Self::Transactions(states) => list(states.iter().map(|state| state_word(*state))),
            Self::Charged(sum) | Self::Returned(sum) => quoted(&sum.to_string()),
            Self::OwnerMailed(is_mailed) => is_mailed.to_string(),
            Self::Lamp(laws) => lamp_value(laws),
            Self::End(end) => quoted(end.name()),
        }
    }
}

/// A payment state's word in files.
#[must_use]
pub fn state_word(state: TransactionState) -> &'static str {
    match state {
        TransactionState::Started => "started",
        TransactionState::Shown => "shown",
        TransactionState::Charging => "charging",
        TransactionState::Completed => "completed",
        TransactionState::Declined => "declined",
        TransactionState::Cancelled => "cancelled",
        TransactionState::TimedOut => "timed-out",
        TransactionState::Refunded => "refunded",
        TransactionState::ChargedBack => "charged-back",
    }
}

/// The word for a lamp that is not red.
pub(crate) const GREEN: &str = "green";

/// The lamp as a file says it: green, the one law that is broken, or all that are.
pub(crate) fn lamp_value(broken: &[Law]) -> String {
    match broken {
        [] => quoted(GREEN),
        [only] => quoted(only.name()),
        several => list(several.iter().map(|law| law.name())),
    }
}

/// Refusals with their places as a file writes them.
pub(crate) fn refusals_value<'a>(refusals: impl Iterator<Item = (Kind, &'a str)>) -> String {
    let each = |(on, code): (Kind, &str)| format!("{{ on = {}, code = {} }}", quoted(on.name()), quoted(code));
    format!("[{}]", refusals.map(each).collect::<Vec<_>>().join(", "))
}

/// Sayings as a file writes them.
pub(crate) fn sayings_value(sayings: &[Saying]) -> String {
    toml_value(&serde_json::to_value(sayings).unwrap_or_default())
}

/// One JSON value in TOML's spelling. Null has none; nothing that is written to a file holds one.
pub(crate) fn toml_value(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(toml_value).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("{} = {}", key(name), toml_value(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
    }
}

/// A key as TOML writes it: bare where it can be.
fn key(name: &str) -> String {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted_key(name) }
}

/// Keys take the form of basic strings, which JSON's are.
fn quoted_key(name: &str) -> String {
    Value::from(name).to_string()
}

/// A text as TOML writes it.
#[must_use]
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A list of texts as TOML writes it.
pub(crate) fn list<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let items: Vec<String> = items.map(quoted).collect();
    format!("[{}]", items.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{quoted, state_word};
    use crate::world::transaction::TransactionState;

    #[test]
    fn a_state_has_one_word_in_files_and_traces() {
        for state in TransactionState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state_word(state));
        }
    }

    #[test]
    fn any_text_survives_quoting() {
        for text in
            ["", "plain", "\"quoted\"", "two\nlines", "'single'", "tab\t\u{1}", "'''", "\\", "\"\"\"'''\n", "é ☃"]
        {
            let read: toml::Table = format!("x = {}", quoted(text)).parse().unwrap();
            assert_eq!(read["x"].as_str(), Some(text));
        }
    }
}
