//! Written faults: one flat table, as scenario lines and the control API spell them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::time::Span;
use crate::world::fault::act::{Act, Substitute};
use crate::world::fault::armed::{Fault, MessageFault};
use crate::world::fault::limit::Limit;
use crate::world::fault::pattern::Pattern;
use crate::world::fault::rewrite::{Removal, Replacement};
use crate::world::fault::trouble::Trouble;
use crate::world::kind::Kind;
use crate::world::message::MessageId;
use crate::world::party::Party;

/// A fault as it stands in a file. Exactly one act or one trouble, at most one limit.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenFault {
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Party>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Party>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<ProductId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<TransactionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    drop: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reorder: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    corrupt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace: Option<Replacement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remove: Option<Removal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Substitute>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_out: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<Trouble>,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    span: Option<Span>,
}

/// The words that may stand in a written fault.
pub const WORDS: [&str; 20] = [
    "on",
    "from",
    "to",
    "product",
    "transaction",
    "message",
    "nth",
    "first",
    "hold",
    "delay",
    "drop",
    "duplicate",
    "reorder",
    "corrupt",
    "replace",
    "remove",
    "answer",
    "time-out",
    "trouble",
    "for",
];

/// What is answered instead, as it stands in a file: a number and a body, or a word and a reason.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAnswer {
    status: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// What stands where exactly one act should.
const ONE_ACT: &str =
    "one act: hold, delay, drop, duplicate, reorder, corrupt, replace, remove, answer or time-out; or a trouble";

impl TryFrom<WrittenFault> for Fault {
    type Error = &'static str;

    fn try_from(written: WrittenFault) -> Result<Self, &'static str> {
        let limit = match (written.nth, written.first) {
            (Some(0), _) | (_, Some(0)) => return Err("a count of at least 1"),
            (Some(_), Some(_)) => return Err("either nth or first, not both"),
            (Some(nth), None) => Limit::Nth(nth),
            (None, Some(first)) => Limit::First(first),
            (None, None) => Limit::UntilCleared,
        };
        let what = Pattern {
            kind: written.on,
            from: written.from,
            to: written.to,
            product: written.product,
            transaction: written.transaction,
            message: written.message.map(MessageId),
        };
        let flags = [
            (written.hold, Act::Hold),
            (written.drop, Act::Drop),
            (written.duplicate, Act::Duplicate),
            (written.reorder, Act::Reorder),
            (written.time_out, Act::TimeOut),
        ];
        if flags.iter().any(|(flag, _)| *flag == Some(false)) {
            return Err("true: an act that is not wanted is left out");
        }
        if written.delay.is_some_and(|delay| delay < Span::ZERO) || written.span.is_some_and(|span| span < Span::ZERO) {
            return Err("a span that is not negative");
        }
        let flagged = flags.into_iter().filter_map(|(flag, act)| flag.map(|_| act));
        let others = [
            written.delay.map(Act::Delay),
            written.corrupt.map(Act::Corrupt),
            written.replace.map(Act::Replace),
            written.remove.map(Act::Remove),
            written.answer.map(Act::Answer),
        ];
        let mut acts: Vec<Act> = flagged.chain(others.into_iter().flatten()).collect();
        match (acts.pop(), acts.is_empty(), written.trouble) {
            (Some(act), true, None) if written.span.is_none() => Ok(Self::OnMessage(MessageFault { what, act, limit })),
            (None, _, Some(trouble)) if what == Pattern::default() && limit == Limit::UntilCleared => {
                Ok(Self::OnParty { trouble, span: written.span })
            }
            (Some(_), true, None) => Err("for beside a trouble only; an act is limited by nth or first"),
            (None, _, Some(_)) => Err("a trouble with nothing but for, which says how long"),
            (Some(_), _, _) | (None, _, None) => Err(ONE_ACT),
        }
    }
}

impl From<Fault> for WrittenFault {
    fn from(fault: Fault) -> Self {
        let MessageFault { what, act, limit } = match fault {
            Fault::OnMessage(fault) => fault,
            Fault::OnParty { trouble, span } => {
                return Self { trouble: Some(trouble), span, ..Self::default() };
            }
        };
        let Pattern { kind, from, to, product, transaction, message } = what;
        let mut written = Self {
            on: kind,
            from,
            to,
            product,
            transaction,
            message: message.map(|message| message.0),
            ..Self::default()
        };
        match limit {
            Limit::Nth(nth) => written.nth = Some(nth),
            Limit::First(first) => written.first = Some(first),
            Limit::UntilCleared => {}
        }
        match act {
            Act::Hold => written.hold = Some(true),
            Act::Delay(span) => written.delay = Some(span),
            Act::Drop => written.drop = Some(true),
            Act::Duplicate => written.duplicate = Some(true),
            Act::Reorder => written.reorder = Some(true),
            Act::Corrupt(byte) => written.corrupt = Some(byte),
            Act::Replace(replacement) => written.replace = Some(replacement),
            Act::Remove(removal) => written.remove = Some(removal),
            Act::Answer(substitute) => written.answer = Some(substitute),
            Act::TimeOut => written.time_out = Some(true),
        }
        written
    }
}

impl TryFrom<WrittenAnswer> for Substitute {
    type Error = &'static str;

    fn try_from(written: WrittenAnswer) -> Result<Self, &'static str> {
        let WrittenAnswer { status, body, reason } = written;
        match (status.as_u64(), status.as_str()) {
            (Some(number @ 100..=599), _) if reason.is_none() => {
                let status = u16::try_from(number).unwrap_or(500);
                Ok(Self::Http { status, body: body.unwrap_or_default() })
            }
            (None, Some(word)) if body.is_none() => Ok(Self::Store { status: word.to_owned(), reason }),
            (Some(_) | None, _) => {
                Err("a status from 100 to 599 with a body, or a store's word such as \"refunded\" with a reason")
            }
        }
    }
}

impl From<Substitute> for WrittenAnswer {
    fn from(substitute: Substitute) -> Self {
        match substitute {
            Substitute::Http { status, body } => {
                Self { status: status.into(), body: (!body.is_empty()).then_some(body), reason: None }
            }
            Substitute::Store { status, reason } => Self { status: status.into(), body: None, reason },
        }
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WrittenFault::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WrittenFault::deserialize(deserializer)?.try_into().map_err(expected)
    }
}

impl Serialize for Substitute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WrittenAnswer::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Substitute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WrittenAnswer::deserialize(deserializer)?.try_into().map_err(expected)
    }
}

/// What should stand there, in the form of serde's own complaints.
fn expected<E: serde::de::Error>(what: &'static str) -> E {
    E::custom(format_args!("expected {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Fault, String> {
        let table: toml::Table = text.parse().unwrap();
        table.try_into().map_err(|error: toml::de::Error| error.message().to_owned())
    }

    #[test]
    fn every_written_form_reads_back() {
        for text in [
            "on = \"status-answered\"\nnth = 2\nanswer = { status = 500 }",
            "on = \"notice-sent\"\nto = \"app-server\"\nfirst = 3\nanswer = { status = 200, body = \"OK\" }",
            "on = \"verify-asked\"\nanswer = { status = \"invalid\", reason = \"NO_PURCHASE\" }",
            "from = \"app-page\"\ndelay = \"1500ms\"",
            "message = 7\nhold = true",
            "product = \"shiny-pony\"\ndrop = true",
            "on = \"install-asked\"\nduplicate = true",
            "transaction = \"t-1\"\nreorder = true",
            "on = \"status-answered\"\ncorrupt = 12",
            "on = \"install-asked\"\nreplace = { field = \"claims.exp\", value = 5 }",
            "on = \"buy-answered\"\nreplace = { field = \"claims.exp\", value = \"soon\", sign = true }",
            "on = \"buy-answered\"\nreplace = { field = \"claims.exp\", json = \"null\", sign = true }",
            "on = \"pay-called\"\nreplace = { field = \"claims.typ\", value = \"x\", beside = true }",
            "on = \"buy-answered\"\nremove = { field = \"claims.request.name\", sign = true }",
            "on = \"verify-answered\"\nremove = { field = \"reason\" }",
            "on = \"notice-answered\"\ntime-out = true",
            "trouble = \"signer-down\"",
            "trouble = \"marketplace-down\"\nfor = \"30s\"",
        ] {
            let fault = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let json = serde_json::to_value(&fault).unwrap();
            assert_eq!(serde_json::from_value::<Fault>(json).unwrap(), fault, "{text}");
            let toml = toml::to_string(&fault).unwrap();
            assert_eq!(read(&toml).unwrap(), fault, "{toml}");
        }
    }

    #[test]
    fn what_is_no_fault_is_told_why() {
        for (text, expected) in [
            ("on = \"notice-sent\"", "one act"),
            ("hold = true\ndrop = true", "one act"),
            ("hold = true\ntrouble = \"signer-down\"", "one act"),
            ("hold = false", "true"),
            ("hold = true\nnth = 0", "at least 1"),
            ("hold = true\nnth = 1\nfirst = 1", "either"),
            ("delay = \"-5s\"", "negative"),
            ("hold = true\nfor = \"5s\"", "for"),
            ("trouble = \"signer-down\"\non = \"notice-sent\"", "nothing but for"),
            ("replace = { field = \"claims.exp\" }", "either value or json"),
            ("replace = { field = \"claims.exp\", value = 1, json = \"1\" }", "either value or json"),
            ("replace = { field = \"claims.exp\", json = \"{\" }", "JSON in json"),
            ("remove = { field = \"claims.exp\", value = 1 }", "unknown field"),
            ("answer = { status = 42 }", "100 to 599"),
            ("answer = { status = \"ok\", body = \"x\" }", "100 to 599"),
            ("on = \"notice-sen\"\nhold = true", "notice-sent"),
            ("hodl = true", "hold"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
