//! `paystage audit`: many receipts at once, the bad ones by their line.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::cli::arguments::audit::AuditArguments;
use crate::cli::ending::Ending;
use crate::cli::paint::{BAD, OK, QUIET, STRONG, painted};
use crate::io::clock;
use crate::io::files::{self, FileError, Place, SMALL_FILE_MAX};
use crate::io::lines::{Line, Lines, in_batches};
use crate::io::progress::Progress;
use crate::io::terminal;
use crate::protocol::id::Origin;
use crate::protocol::jwt::MAX_INSPECT_BYTES;
use crate::protocol::key_file::{KeyFile, KeyForm};
use crate::protocol::ring::KeyRing;
use crate::protocol::rules::Rules;
use crate::protocol::time::Time;
use crate::protocol::verdict::check::{Check, CheckSet, Outcome};
use crate::protocol::verdict::judge;
use crate::protocol::verdict::ladder::{Rung, Verdict};
use crate::protocol::verdict::question::Question;

/// Issuers that are told apart in the summary; a hostile file could name millions.
const ISSUERS_MAX: usize = 1000;
/// The name under which all further ones are counted.
const OTHERS: &str = "all other issuers";
/// What stands for the issuer of a receipt that was refused before its issuer was looked up.
const UNREAD: &str = "issuer not read";

/// Judges every line; prints the bad ones and a summary.
pub(crate) fn run(arguments: &AuditArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let place = Place::named(&arguments.file);
    let bench = Bench::of(arguments)?;
    let lines = Lines::open(&place, MAX_INSPECT_BYTES)?;
    let progress = Progress::over(&place, "receipts");
    let mut sum = Tally::default();
    let read = in_batches(
        lines,
        arguments.jobs,
        |batch| bench.judge_all(batch),
        |mut tally: Tally, bytes| {
            let bad = std::mem::take(&mut tally.bad);
            if !bad.is_empty() {
                progress.aside(|| {
                    bad.iter().try_for_each(|bad| bad.print(arguments.json, out)).and_then(|()| out.flush())
                })?;
            }
            sum.add(tally);
            progress.tell(bytes, sum.judged);
            Ok(())
        },
    );
    let took_ms = progress.finish();
    match read {
        Ok(()) => {}
        Err(FileError::Failed { cause, .. }) if terminal::is_reader_gone(&cause) => return Err(cause.into()),
        Err(error) => return Err(error.into()),
    }
    sum.print(arguments.json, &place, took_ms, out)?;
    Ok(Ending::of(sum.judged == sum.accepted))
}

/// What all receipts are judged with.
struct Bench<'a> {
    keys: KeyRing,
    app: Origin,
    now: Time,
    switched_off: CheckSet,
    arguments: &'a AuditArguments,
}

impl<'a> Bench<'a> {
    fn of(arguments: &'a AuditArguments) -> anyhow::Result<Self> {
        let mut switched_off: CheckSet = arguments.off.iter().copied().collect();
        if arguments.app.is_none() {
            switched_off = switched_off.with(Check::Product);
        }
        // Some origin has to stand there; with the check switched off it decides nothing.
        let app = arguments.app.clone().map_or_else(|| Origin::parse("https://app.invalid"), Ok)?;
        let now = arguments.at.unwrap_or_else(clock::now);
        Ok(Self { keys: ring(arguments)?, app, now, switched_off, arguments })
    }

    fn judge_all(&self, batch: &[Line]) -> Tally {
        let mut tally = Tally::default();
        for Line { number, text } in batch {
            match text.as_deref() {
                Ok(text) if text.trim().is_empty() => {}
                Ok(text) => match receipt_in(text) {
                    Ok(receipt) => tally.count(*number, &self.verdict(&receipt)),
                    Err(error) => tally.count_unreadable(*number, error.to_string()),
                },
                Err(error) => tally.count_unreadable(*number, error.to_string()),
            }
        }
        tally
    }

    fn verdict(&self, receipt: &str) -> Verdict {
        let rules = Rules::of(self.arguments.revision);
        judge(&Question {
            profile: self.arguments.profile,
            switched_off: self.switched_off,
            ..Question::new(receipt, &self.keys, &self.app, self.now, rules)
        })
    }
}

/// The keys of all files. A root vouches for certificates; every other key needs to be somebody's.
fn ring(arguments: &AuditArguments) -> anyhow::Result<KeyRing> {
    let mut ring = KeyRing::new();
    for place in &arguments.keys {
        let text = files::read_text(place, SMALL_FILE_MAX)?;
        for named in KeyFile::parse(&text).with_context(|| place.to_string())? {
            if named.form == KeyForm::RootDocument {
                ring.pin(named.issuer, named.key);
            } else if let Some(issuer) = &arguments.issuer {
                ring.insert(issuer.clone(), named.key).with_context(|| place.to_string())?;
            } else {
                anyhow::bail!("{place}: the file does not say whose keys these are; give --issuer ORIGIN");
            }
        }
    }
    Ok(ring)
}

/// A line of JSON that holds a receipt.
#[derive(Deserialize)]
#[serde(untagged)]
enum JsonLine<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Object {
        #[serde(borrow)]
        receipt: Cow<'a, str>,
    },
}

/// The receipt on a line: the line itself, a JSON text, or the member `receipt` of a JSON object.
fn receipt_in(line: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    let line = line.trim();
    if !line.starts_with(['{', '"']) {
        return Ok(Cow::Borrowed(line));
    }
    Ok(match serde_json::from_str(line)? {
        JsonLine::Text(receipt) | JsonLine::Object { receipt } => receipt,
    })
}

/// What was counted. Small however many receipts there are, but for the bad lines of one batch.
#[derive(Default)]
struct Tally {
    judged: u64,
    accepted: u64,
    reasons: BTreeMap<(&'static str, Cow<'static, str>), u64>,
    issuers: BTreeMap<String, IssuerCount>,
    bad: Vec<Bad>,
}

#[derive(Clone, Copy, Default, Serialize)]
struct IssuerCount {
    accepted: u64,
    refused: u64,
}

/// One receipt that was refused.
#[derive(Serialize)]
struct Bad {
    line: u64,
    check: Option<&'static str>,
    code: Option<&'static str>,
    sentence: String,
    evidence: String,
}

impl Tally {
    fn count(&mut self, line: u64, verdict: &Verdict) {
        self.judged += 1;
        let is_accepted = verdict.is_accepted();
        let rung = verdict.rung(Check::Issuer);
        let is_read = !matches!(rung.outcome, Outcome::NotReached);
        let issuer = if is_read { rung.shown() } else { UNREAD.to_owned() };
        self.count_issuer(issuer, IssuerCount { accepted: is_accepted.into(), refused: (!is_accepted).into() });
        if is_accepted {
            self.accepted += 1;
            return;
        }
        let sentence = verdict.headline();
        *self.reasons.entry((sentence, Cow::Borrowed(verdict.code().unwrap_or_default()))).or_default() += 1;
        let failed = verdict.failed();
        self.bad.push(Bad {
            line,
            check: failed.map(|rung| rung.check.name()),
            code: verdict.code(),
            sentence: sentence.to_owned(),
            evidence: failed.map(Rung::shown).unwrap_or_default(),
        });
    }

    fn count_unreadable(&mut self, line: u64, why: String) {
        self.judged += 1;
        self.count_issuer(UNREAD.to_owned(), IssuerCount { accepted: 0, refused: 1 });
        *self.reasons.entry(("The line holds no receipt", Cow::Borrowed(""))).or_default() += 1;
        let sentence = "The line holds no receipt".to_owned();
        self.bad.push(Bad { line, check: None, code: None, sentence, evidence: why });
    }

    fn count_issuer(&mut self, issuer: String, more: IssuerCount) {
        let is_room = self.issuers.len() < ISSUERS_MAX || self.issuers.contains_key(&issuer);
        let count = self.issuers.entry(if is_room { issuer } else { OTHERS.to_owned() }).or_default();
        count.accepted += more.accepted;
        count.refused += more.refused;
    }

    fn add(&mut self, other: Self) {
        self.judged += other.judged;
        self.accepted += other.accepted;
        for (reason, count) in other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
        for (issuer, count) in other.issuers {
            self.count_issuer(issuer, count);
        }
    }

    fn print(&self, is_json: bool, place: &Place, took_ms: u64, out: &mut dyn Write) -> io::Result<()> {
        if is_json {
            let reasons = self.reasons.iter();
            let reasons =
                reasons.map(|((sentence, code), count)| ReasonCount { sentence, code, count: *count }).collect();
            let (judged, accepted) = (self.judged, self.accepted);
            let summary =
                Summary { judged, accepted, refused: judged - accepted, reasons, issuers: &self.issuers, took_ms };
            serde_json::to_writer(&mut *out, &summary)?;
            return writeln!(out);
        }
        let refused = self.judged - self.accepted;
        let noun = if self.judged == 1 { "receipt" } else { "receipts" };
        writeln!(out, "{}", painted(STRONG, format_args!("{} {noun} of {place}", self.judged)))?;
        writeln!(out, "  {} accepted", painted(OK, self.accepted))?;
        writeln!(out, "  {} refused", painted(if refused == 0 { QUIET } else { BAD }, refused))?;
        for ((sentence, code), count) in &self.reasons {
            writeln!(out, "    {count:>8}  {sentence} {}", painted(QUIET, code))?;
        }
        for (issuer, count) in &self.issuers {
            writeln!(out, "  {issuer}: {} accepted, {} refused", count.accepted, count.refused)?;
        }
        let rate = self.judged.saturating_mul(1000) / took_ms.max(1);
        writeln!(out, "{}", painted(QUIET, format_args!("{}.{:03} s, {rate} a second", took_ms / 1000, took_ms % 1000)))
    }
}

/// The last line of `--json`.
#[derive(Serialize)]
struct Summary<'a> {
    judged: u64,
    accepted: u64,
    refused: u64,
    reasons: Vec<ReasonCount<'a>>,
    issuers: &'a BTreeMap<String, IssuerCount>,
    took_ms: u64,
}

#[derive(Serialize)]
struct ReasonCount<'a> {
    sentence: &'a str,
    code: &'a str,
    count: u64,
}

impl Bad {
    fn print(&self, is_json: bool, out: &mut dyn Write) -> io::Result<()> {
        if is_json {
            serde_json::to_writer(&mut *out, self)?;
            return writeln!(out);
        }
        let Self { line, code, sentence, evidence, .. } = self;
        let code = code.unwrap_or_default();
        writeln!(out, "{} {sentence} {code} {}", painted(BAD, format_args!("line {line}:")), painted(QUIET, evidence))
    }
}

#[cfg(test)]
mod tests {
    use super::receipt_in;

    #[test]
    fn a_line_may_be_the_receipt_or_json_with_it() {
        for line in ["a.b.c", "  a.b.c ", "\"a.b.c\"", r#"{"receipt":"a.b.c","id":7}"#] {
            assert_eq!(receipt_in(line).unwrap(), "a.b.c", "{line}");
        }
        assert!(receipt_in(r#"{"recept":"a.b.c"}"#).is_err() && receipt_in("{").is_err());
    }
}
