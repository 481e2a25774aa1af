//! Store answers: what the store's verify service says about one receipt, and what of it reaches the asker.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

/// The five words of the receipt page ("Interaction with the verify URL").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The purchase stands.
    Ok,
    /// The payment has not been settled yet.
    Pending,
    /// A refund or a chargeback is on record.
    Refunded,
    /// All is well but the receipt's time is over.
    Expired,
    /// Anything else; the reason says more.
    Invalid,
}

impl Status {
    /// All five, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Ok, Self::Pending, Self::Refunded, Self::Expired, Self::Invalid];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Pending => "pending",
            Self::Refunded => "refunded",
            Self::Expired => "expired",
            Self::Invalid => "invalid",
        }
    }

    /// Reads the word on the wire; exact, as the historic clients compared it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// What the word means, for people.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Ok => "The purchase stands",
            Self::Pending => "The payment has not been settled yet",
            Self::Refunded => "The purchase was refunded or charged back",
            Self::Expired => "The receipt's time is over; the purchase stands",
            Self::Invalid => "The store does not stand by this receipt",
        }
    }
}

/// Why the store calls a receipt invalid. One list for the whole history; the codes are the store's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The token or its chain cannot be decoded or verified.
    ErrorDecoding,
    /// `user.type` is not `directed-identifier`.
    NoDirectedIdentifier,
    /// `typ` is not what this address serves.
    WrongType,
    /// `verify` names another host.
    WrongDomain,
    /// `verify` names another path.
    WrongPath,
    /// `product.storedata` does not hold the store's own numbers.
    WrongStoredata,
    /// `user.value` is missing.
    NoUser,
    /// Nobody bought this.
    NoPurchase,
    /// There is a record, but of a kind that grants nothing.
    WrongPurchase,
    /// The record belongs to somebody else (2013 and 2014 only).
    WrongUser,
    /// A reason that this project does not know.
    Unlisted,
}

impl Reason {
    /// Every reason the store may give, in the order of its checks; [`Reason::Unlisted`] is only ever read.
    pub const ALL: [Self; 10] = [
        Self::ErrorDecoding,
        Self::NoDirectedIdentifier,
        Self::WrongType,
        Self::WrongDomain,
        Self::WrongPath,
        Self::WrongStoredata,
        Self::NoUser,
        Self::NoPurchase,
        Self::WrongPurchase,
        Self::WrongUser,
    ];

    /// The historic code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ErrorDecoding => "ERROR_DECODING",
            Self::NoDirectedIdentifier => "NO_DIRECTED_IDENTIFIER",
            Self::WrongType => "WRONG_TYPE",
            Self::WrongDomain => "WRONG_DOMAIN",
            Self::WrongPath => "WRONG_PATH",
            Self::WrongStoredata => "WRONG_STOREDATA",
            Self::NoUser => "NO_USER",
            Self::NoPurchase => "NO_PURCHASE",
            Self::WrongPurchase => "WRONG_PURCHASE",
            Self::WrongUser => "WRONG_USER",
            Self::Unlisted => "unlisted reason",
        }
    }

    /// Reads the historic code; what is not in the list is [`Reason::Unlisted`].
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|reason| reason.code() == text).unwrap_or(Self::Unlisted)
    }

    /// What the code means, for people.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::ErrorDecoding => "The store cannot decode or verify the receipt",
            Self::NoDirectedIdentifier => "The receipt does not name its buyer by a directed identifier",
            Self::WrongType => "This address does not serve receipts of this type",
            Self::WrongDomain => "The receipt names another host to ask",
            Self::WrongPath => "The receipt names another path to ask",
            Self::WrongStoredata => "The store's own data in the receipt does not hold its numbers",
            Self::NoUser => "The receipt names no buyer",
            Self::NoPurchase => "The store has no purchase that fits this receipt",
            Self::WrongPurchase => "The store's record is of a kind that grants nothing",
            Self::WrongUser => "The store's record belongs to another user",
            Self::Unlisted => "The store gave a reason that is not on the list",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn fix(self) -> &'static str {
        match self {
            Self::ErrorDecoding => "Send the whole receipt, byte for byte, as the body of the POST",
            Self::NoDirectedIdentifier => "Issue receipts whose user.type is directed-identifier",
            Self::WrongType => "Ask the address that the receipt's own verify claim names",
            Self::WrongDomain | Self::WrongPath => "Post to exactly the address in the verify claim",
            Self::WrongStoredata => "Issue storedata with a whole number for id, or for contrib together with inapp_id",
            Self::NoUser => "Issue receipts with user.value",
            Self::NoPurchase => "Look the purchase up in the store's ledger; the receipt may be another product's",
            Self::WrongPurchase => "Wait until the payment is settled, then ask again",
            Self::WrongUser => "Get the receipt again while signed in as its buyer",
            Self::Unlisted => "Look the reason up in the store's own documents",
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// The JSON answer of the verify service: `{"status":…,"reason"?:…,"receipt"?:…}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoreAnswer {
    /// One of the five words.
    pub status: Status,
    /// Why, when the status is `invalid` (since 2013-09).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// A fresh receipt, when a store sends one along with `expired`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Arc<str>>,
}

impl StoreAnswer {
    /// A bare status.
    #[must_use]
    pub fn of(status: Status) -> Self {
        Self { status, reason: None, receipt: None }
    }

    /// `invalid`, with its reason.
    #[must_use]
    pub fn invalid(reason: Reason) -> Self {
        Self { status: Status::Invalid, reason: Some(reason), receipt: None }
    }

    /// The body of the HTTP answer.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| format!(r#"{{"status":"{}"}}"#, self.status.as_str()))
    }
}

/// What the asker really got: an answer, or something that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreReply {
    /// A proper answer.
    Answer(StoreAnswer),
    /// A JSON object whose `status` is not one of the five words (absent counts as empty).
    UnknownStatus(Box<str>),
    /// JSON, but no object.
    NotAnObject,
    /// Not JSON: a login page of some wireless network, for instance.
    NotJson,
    /// An HTTP status other than 200.
    HttpStatus(u16),
    /// The connection could not be made or broke.
    Unreachable,
    /// No answer within the asker's patience.
    TimedOut,
}

impl StoreReply {
    /// Reads what came back over HTTP. Total: whatever the body holds, something is said about it.
    #[must_use]
    pub fn read(http_status: u16, body: &str) -> Self {
        // As XMLHttpRequest tells that nobody answered.
        if http_status == 0 {
            return Self::Unreachable;
        }
        if http_status != 200 {
            return Self::HttpStatus(http_status);
        }
        let Ok(value) = serde_json::from_str::<Value>(body) else { return Self::NotJson };
        let Some(members) = value.as_object() else { return Self::NotAnObject };
        let word = members.get("status").and_then(Value::as_str).unwrap_or_default();
        let Some(status) = Status::parse(word) else { return Self::UnknownStatus(word.into()) };
        let text = |name: &str| members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        Self::Answer(StoreAnswer {
            status,
            reason: text("reason").map(Reason::parse),
            receipt: text("receipt").map(Arc::from),
        })
    }

    /// The status, when there is a proper answer.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        match self {
            Self::Answer(answer) => Some(answer.status),
            Self::UnknownStatus(_)
            | Self::NotAnObject
            | Self::NotJson
            | Self::HttpStatus(_)
            | Self::Unreachable
            | Self::TimedOut => None,
        }
    }
}

impl From<StoreAnswer> for StoreReply {
    fn from(answer: StoreAnswer) -> Self {
        Self::Answer(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::{Reason, Status, StoreAnswer, StoreReply};

    #[test]
    fn an_answer_survives_the_wire() {
        let mut answers: Vec<_> = Status::ALL.into_iter().map(StoreAnswer::of).collect();
        answers.extend(Reason::ALL.into_iter().map(StoreAnswer::invalid));
        answers.push(StoreAnswer { receipt: Some("a~b.c.d".into()), ..StoreAnswer::of(Status::Expired) });
        for answer in answers {
            assert_eq!(StoreReply::read(200, &answer.json()), StoreReply::Answer(answer));
        }
    }

    #[test]
    fn what_is_no_answer_says_what_it_is() {
        assert_eq!(StoreReply::read(0, "connection refused"), StoreReply::Unreachable);
        assert_eq!(StoreReply::read(500, ""), StoreReply::HttpStatus(500));
        assert_eq!(StoreReply::read(200, "<html>"), StoreReply::NotJson);
        assert_eq!(StoreReply::read(200, "null"), StoreReply::NotAnObject);
        assert_eq!(StoreReply::read(200, "{}"), StoreReply::UnknownStatus("".into()));
        assert_eq!(StoreReply::read(200, r#"{"status":"OK"}"#), StoreReply::UnknownStatus("OK".into()));
    }

    #[test]
    fn a_reason_nobody_knows_is_still_a_reason() {
        let reply = StoreReply::read(200, r#"{"status":"invalid","reason":"TOO_BLUE"}"#);
        assert_eq!(reply, StoreReply::Answer(StoreAnswer::invalid(Reason::Unlisted)));
    }
}
