//! Reading expectations: the table after `[expect]` or `expect =`.

use std::ops::Range;

use toml::de::DeValue;

use crate::protocol::id::ProductId;
use crate::protocol::store_answer::Status;
use crate::protocol::verdict::check::Check;
use crate::session::explore::end::End;
use crate::session::scenario::expected::{Expected, GREEN, RefusedAt, VerdictWord, WORDS, state_word};
use crate::session::scenario::fault::ScenarioError;
use crate::session::scenario::happening;
use crate::session::scenario::plan::Expectation;
use crate::session::scenario::value::{Entry, pick, two_of};
use crate::session::watch::law::Law;
use crate::world::kind::Kind;
use crate::world::transaction::TransactionState;

/// What messages said looks like.
const SAYS: &str = "a list such as [{ on = \"notice-sent\", field = \"claims.aud\", value = \"…\" }]";

/// Reads a table of expectations.
pub(crate) fn expectations(entry: &Entry<'_>) -> Result<Vec<Expectation>, ScenarioError> {
    let table = entry.table("a table of expectations such as { access = [\"shiny-pony\"] }")?;
    table.iter().map(|entry| Ok(Expectation { expected: expected(entry)?, line: entry.line() })).collect()
}

fn expected(entry: &Entry<'_>) -> Result<Expected, ScenarioError> {
    Ok(match entry.key {
        "access" => Expected::Access(products(entry)?),
        "verdict" => Expected::Verdict(match entry.word(&["valid", "refused"])? {
            0 => VerdictWord::Valid,
            _ => VerdictWord::Refused,
        }),
        "check" => Expected::Check(Check::ALL[entry.word(&Check::ALL.map(Check::name))?]),
        "code" => Expected::Codes(codes(entry)?),
        "refusals" => Expected::Refusals(refusals(entry)?),
        "says" => Expected::Says(entry.read(SAYS)?),
        "same-claims" => Expected::SameClaims(claims(entry)?),
        "other-claims" => Expected::OtherClaims(claims(entry)?),
        "status" => Expected::Status(Status::ALL[entry.word(&Status::ALL.map(Status::as_str))?]),
        "reason" => Expected::Reason(code(entry)?),
        "error" => Expected::Error(code(entry)?),
        "messages" => Expected::Messages(entry.count()?),
        "receipts" => Expected::Receipts(entry.count()?),
        "transaction" => Expected::Transaction(TransactionState::ALL[entry.word(&state_words())?]),
        "transactions" => Expected::Transactions(states(entry)?),
        "notices" => Expected::Notices(entry.count()?),
        "polls" => Expected::Polls(entry.count()?),
        "charged" => Expected::Charged(entry.money()?),
        "returned" => Expected::Returned(entry.money()?),
        "owner-mailed" => Expected::OwnerMailed(entry.flag()?),
        "events" => Expected::Events(happenings(entry)?),
        "lamp" => Expected::Lamp(laws(entry)?),
        "end" => Expected::End(End::ALL[entry.word(&End::ALL.map(End::name))?]),
        _ => return Err(entry.unknown_key("an expectation", &WORDS)),
    })
}

fn products(entry: &Entry<'_>) -> Result<Vec<ProductId>, ScenarioError> {
    let expected = "a list of products' slugs such as [\"shiny-pony\"], or [] for none";
    let texts = entry.texts(expected)?;
    texts.iter().map(|(text, at)| ProductId::parse(text).map_err(|_| entry.source.fault(at, expected))).collect()
}

/// Codes are not a closed list, but they all are one word.
fn codes(entry: &Entry<'_>) -> Result<Vec<String>, ScenarioError> {
    let expected = "a historic code such as \"ReceiptExpired\", or a list of codes";
    entry.texts(expected)?.into_iter().map(|(text, at)| one_word(entry, text, &at, expected)).collect()
}

/// Claims by their paths.
fn claims(entry: &Entry<'_>) -> Result<Vec<String>, ScenarioError> {
    let expected = "a list of a receipt's claims such as [\"user.value\"]";
    entry.texts(expected)?.into_iter().map(|(text, at)| one_word(entry, text, &at, expected)).collect()
}

fn code(entry: &Entry<'_>) -> Result<String, ScenarioError> {
    let expected = "a historic code such as \"USER_CANCELLED\"";
    one_word(entry, entry.text(expected)?, &entry.value.span(), expected)
}

fn one_word(entry: &Entry<'_>, text: &str, at: &Range<usize>, expected: &str) -> Result<String, ScenarioError> {
    let is_word = !text.is_empty() && !text.contains(char::is_whitespace);
    if is_word { Ok(text.to_owned()) } else { Err(entry.source.fault(at, expected)) }
}

/// Each refusal with the kind of message at which it hits.
fn refusals(entry: &Entry<'_>) -> Result<Vec<RefusedAt>, ScenarioError> {
    let form = "a list such as [{ on = \"window-opened\", code = \"INVALID_JWT\" }]";
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    let refusal = |value| {
        let (on, told) = two_of(entry.source, value, form, ["on", "code"])?;
        Ok(RefusedAt { on: Kind::ALL[on.word(&kinds)?], code: code(&told)? })
    };
    entry.array(form)?.iter().map(refusal).collect()
}

fn happenings(entry: &Entry<'_>) -> Result<Vec<String>, ScenarioError> {
    let known = happening::happenings();
    let known = known.as_slice();
    let texts = entry.texts("the name of an event or a list of names, such as [\"charged\", \"access-granted\"]")?;
    let known_word = |(text, at): (&str, Range<usize>)| {
        if known.contains(&text) {
            Ok(text.to_owned())
        } else {
            Err(entry.source.unknown(&at, text, "an event", known))
        }
    };
    texts.into_iter().map(known_word).collect()
}

/// `green`, one law, or a list of laws.
fn laws(entry: &Entry<'_>) -> Result<Vec<Law>, ScenarioError> {
    let texts = entry.texts("green, or the law that is broken, such as \"product-available\"")?;
    if let [(text, _)] = texts.as_slice()
        && *text == GREEN
    {
        return Ok(Vec::new());
    }
    let known = std::iter::once(GREEN).chain(Law::ALL.map(Law::name)).collect::<Vec<_>>();
    let law = |(text, at): (&str, Range<usize>)| {
        Law::parse(text).ok_or_else(|| entry.source.unknown(&at, text, "a law of the lamp", &known))
    };
    texts.into_iter().map(law).collect()
}

fn states(entry: &Entry<'_>) -> Result<Vec<TransactionState>, ScenarioError> {
    let words = state_words();
    let values: &[toml::Spanned<DeValue<'_>>] = entry.array("a list of states, oldest payment first")?;
    values.iter().map(|value| pick(entry.source, value, &words).map(|index| TransactionState::ALL[index])).collect()
}

fn state_words() -> [&'static str; 9] {
    TransactionState::ALL.map(state_word)
}
