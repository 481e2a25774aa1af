//! The claims lens: a token taken apart, every claim with its bytes, its value and a plain sentence.
//!
//! Decoding is not verifying: it goes as far as the text allows and believes nothing that it reads.

use std::ops::Range;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::lens::claim_marks::{Mark, Reader, claim_mark, header_mark, human};
use crate::lens::claim_words::{anonymous_user_words, claim_words, header_words, named_user_words};
use crate::lens::json_places::{Place, places};
use crate::lens::token_kind::TokenKind;
use crate::protocol::identity::ANONYMOUS_USER;
use crate::protocol::jwt::{JwtError, Part};
use crate::protocol::look::{Look, LookPart, look};

/// A text taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenReading {
    /// What it is, by its own word: the receipt's kind where certificates stand before it.
    pub kind: TokenKind,
    /// The certificates before the last token, each with its own rows. Their byte ranges are of the whole text.
    pub certificates: Vec<TokenReading>,
    /// Where the last token's parts stand in the text.
    pub parts: Vec<TokenPart>,
    /// The header's members.
    pub header: Vec<ClaimRow>,
    /// The claims.
    pub rows: Vec<ClaimRow>,
    /// What is odd about the token as a whole, worst first.
    pub findings: Vec<Finding>,
    /// The claims' JSON as it was decoded; empty where nothing was.
    pub payload: String,
}

/// A part of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPart {
    /// Which part; `None` from the fourth on.
    pub part: Option<Part>,
    /// Where it stands in the whole text.
    pub range: Range<usize>,
    /// Whether all of it could be decoded.
    pub is_whole: bool,
}

/// One claim, or one member of the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClaimRow {
    /// Its dotted path: `product.url`.
    pub path: String,
    /// The value as JSON, exactly as it stands.
    pub value: String,
    /// The value as people would write it, where that differs.
    pub human: Option<String>,
    /// What the claim is for, in at most twelve words.
    pub sentence: &'static str,
    /// Where that is written; empty where no page speaks of the claim.
    pub source: &'static str,
    /// How it looks at a glance.
    pub mark: Mark,
    /// Where the value stands in the decoded JSON.
    pub range: Range<usize>,
    /// Which characters of the whole text carry the member.
    pub encoded: Range<usize>,
}

/// Something odd about a token as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub mark: Mark,
    /// What it is, and what to do.
    pub sentence: String,
}

/// Takes a text apart: a token, certificates and a token, or a document of public keys. Never fails.
#[must_use]
pub fn explain(text: &str, reader: Reader<'_>) -> TokenReading {
    if text.trim_start().starts_with('{') {
        return document(text, reader);
    }
    let last = text.rfind('~').map_or(0, |tilde| tilde + 1);
    let mut reading = token(text, last..text.len(), reader);
    let mut start = 0;
    for piece in text.get(..last.saturating_sub(1)).filter(|_| last > 0).into_iter().flat_map(|front| front.split('~'))
    {
        reading.certificates.push(token(text, start..start + piece.len(), reader));
        start += piece.len() + 1;
    }
    reading
}

/// One token within the text.
fn token(text: &str, span: Range<usize>, reader: Reader<'_>) -> TokenReading {
    let look = look(text.get(span.clone()).unwrap_or_default());
    let part = |part: &LookPart| TokenPart {
        part: part.part,
        range: span.start + part.range.start..span.start + part.range.end,
        is_whole: part.is_whole,
    };
    let parts: Vec<_> = look.parts.iter().map(part).collect();
    let payload = decoded_text(&look, Part::Claims);
    let claims = members(&payload);
    let kind = match (&claims, payload.is_empty()) {
        (Some(claims), _) => TokenKind::of(claims),
        (None, true) => TokenKind::Unreadable,
        (None, false) => TokenKind::Unknown,
    };
    let issuer = claims.as_ref().and_then(|claims| claims.get("iss")).and_then(Value::as_str);
    let of_receipt = claims.as_ref().filter(|_| kind == TokenKind::Receipt);
    let (is_named, is_anonymous) = (of_receipt.is_some_and(names_the_buyer), of_receipt.is_some_and(names_nobody));
    let rows = rows(&payload, encoded_start(&parts, Part::Claims), |path, value| {
        let named = named_user_words(path).filter(|_| is_named);
        let words = named.or_else(|| anonymous_user_words(path).filter(|_| is_anonymous));
        let words = words.or_else(|| claim_words(kind, path));
        let words = words.map(|words| (words.sentence, words.source));
        (words, claim_mark(kind, path, value, issuer, reader), human(kind, path, value, reader))
    });
    let header_text = decoded_text(&look, Part::Header);
    let header = rows_of_header(kind, &header_text, encoded_start(&parts, Part::Header));
    let findings = findings(kind, &look, &header);
    TokenReading { kind, certificates: Vec::new(), parts, header, rows, findings, payload }
}

fn rows_of_header(kind: TokenKind, json: &str, start: usize) -> Vec<ClaimRow> {
    rows(json, start, |path, value| {
        let words = header_words(path).map(|words| (words.sentence, words.source));
        (words, header_mark(kind, path, value), None)
    })
}

/// A document of keys is JSON itself: bytes and text are the same.
fn document(text: &str, reader: Reader<'_>) -> TokenReading {
    let claims = members(text);
    let kind = claims.as_ref().map_or(TokenKind::Unreadable, TokenKind::of);
    let issuer = claims.as_ref().and_then(|claims| claims.get("iss")).and_then(Value::as_str);
    let explained = |place: Place| {
        let json = text.get(place.range.clone()).unwrap_or_default();
        let value = serde_json::from_str(json).unwrap_or_default();
        let words = claim_words(kind, &place.path).map(|words| (words.sentence, words.source));
        let mark = claim_mark(kind, &place.path, &value, issuer, reader);
        let human = human(kind, &place.path, &value, reader);
        row(place.path, json, (words, mark, human), place.range, place.member)
    };
    let rows = places(text).into_iter().map(explained).collect();
    let mut findings = Vec::new();
    if claims.is_none() {
        findings.push(Finding {
            mark: Mark::Bad,
            sentence: "The JSON is broken; what stands before the fault is shown".to_owned(),
        });
    }
    TokenReading {
        kind,
        certificates: Vec::new(),
        parts: Vec::new(),
        header: Vec::new(),
        rows,
        findings,
        payload: text.to_owned(),
    }
}

/// Words with their source, mark, human value.
type Explained = (Option<(&'static str, &'static str)>, Mark, Option<String>);

/// The values of a part's JSON, explained. `start` is where the part stands in the text.
fn rows(json: &str, start: usize, explain: impl Fn(&str, &Value) -> Explained) -> Vec<ClaimRow> {
    let explained = |place: Place| {
        let text = json.get(place.range.clone()).unwrap_or_default();
        let value = serde_json::from_str(text).unwrap_or_default();
        let explained = explain(&place.path, &value);
        let encoded = start + place.member.start * 4 / 3..start + (place.member.end * 4).div_ceil(3);
        row(place.path, text, explained, place.range, encoded)
    };
    places(json).into_iter().map(explained).collect()
}

fn row(path: String, value: &str, explained: Explained, range: Range<usize>, encoded: Range<usize>) -> ClaimRow {
    let (words, mark, human) = explained;
    let (sentence, source) = words.unwrap_or(("no page speaks of it; readers pass it by", ""));
    let mark = if source.is_empty() && mark == Mark::Ok { Mark::Info } else { mark };
    ClaimRow { path, value: value.to_owned(), human, sentence, source, mark, range, encoded }
}

/// The decoded text of a part, as far as it is text.
fn decoded_text(look: &Look, part: Part) -> String {
    let bytes = look.part(part).map(|part| part.bytes.as_slice()).unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(error) => String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default()).into_owned(),
    }
}

fn encoded_start(parts: &[TokenPart], wanted: Part) -> usize {
    parts.iter().find(|part| part.part == Some(wanted)).map_or(0, |part| part.range.start)
}

fn members(json: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(json).ok()
}

/// Whether a receipt says who the buyer is: by its type, or by a value that reads as an address.
fn names_the_buyer(claims: &Map<String, Value>) -> bool {
    user(claims, "type") == Some("email") || user(claims, "value").is_some_and(|value| value.contains('@'))
}

fn names_nobody(claims: &Map<String, Value>) -> bool {
    user(claims, "value") == Some(ANONYMOUS_USER)
}

fn user<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get("user").and_then(|user| user.get(name)).and_then(Value::as_str)
}

fn header_finding(row: &ClaimRow) -> String {
    match row.path.as_str() {
        "alg" => format!("A verifier must refuse the algorithm {}: no key for a token of this kind uses it", row.value),
        path => format!("Header {path}: {}", row.sentence),
    }
}

/// What is odd about the token as a whole, worst first.
fn findings(kind: TokenKind, look: &Look, header: &[ClaimRow]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(problem) = &look.problem {
        findings.push(Finding { mark: Mark::Bad, sentence: format!("{}. {}", capitalised(problem), problem.remedy()) });
    }
    if kind == TokenKind::Unknown {
        let sentence = "No page of this project speaks of such a token".to_owned();
        findings.push(Finding { mark: Mark::Info, sentence });
    }
    for row in header.iter().filter(|row| row.mark > Mark::Ok && !row.path.contains('.')) {
        findings.push(Finding { mark: row.mark, sentence: header_finding(row) });
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.mark));
    findings
}

fn capitalised(problem: &JwtError) -> String {
    let text = problem.to_string();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
