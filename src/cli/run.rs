//! `paystage run`: plays scenarios, replays run files, and says what is not as expected.

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::arguments::RunArguments;
use crate::cli::coverage;
use crate::cli::ending::Ending;
use crate::cli::opening::{self, Piece};
use crate::cli::paint::{BAD, OK, QUIET, STRONG, padded, painted};
use crate::cli::play;
use crate::io::files::{self, Place};
use crate::io::runs::Kept;
use crate::lens::coverage::Coverage;
use crate::session::builtin::SUITE;
use crate::session::run::Session;
use crate::session::scenario::play as scenario;
use crate::session::scenario::play::Failure;

/// Titles are this wide in a list, so that names stand below each other.
const TITLE_WIDTH: usize = 36;

/// Plays what the arguments name; one bad file does not stop the others.
pub(crate) fn run(arguments: &RunArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    if arguments.list {
        list(out)?;
        return Ok(Ending::Fine);
    }
    let is_text = arguments.json.as_ref() != Some(&Place::Standard);
    let mut report = Report::default();
    let mut met = Coverage::new();
    for piece in pieces(arguments, &mut report) {
        let (entry, session) = played(&piece, arguments.seed);
        if let Some(session) = session.as_ref().filter(|_| arguments.coverage) {
            met.add(&Coverage::of(session.past()));
        }
        if is_text {
            print(out, &entry)?;
            if let Some(session) = session.filter(|_| arguments.messages) {
                play::print_messages(out, &session)?;
            }
        }
        report.add(entry);
    }
    if is_text {
        for failure in report.results.iter().filter(|entry| entry.name.is_empty()) {
            print(out, failure)?;
        }
        print_summary(out, &report)?;
        if arguments.coverage {
            coverage::print(out, &met)?;
        }
    }
    if let Some(place) = &arguments.json {
        report.coverage = arguments.coverage.then(|| coverage::report(&met));
        let text = serde_json::to_string_pretty(&report)? + "\n";
        match place {
            Place::Standard => out.write_all(text.as_bytes())?,
            Place::File(_) => files::save(place, text.as_bytes())?,
        }
    }
    Ok(report.ending())
}

/// What `--json` writes.
#[derive(Debug, Default, Serialize)]
struct Report {
    fine: usize,
    failed: usize,
    unreadable: usize,
    results: Vec<Entry>,
    /// What was met, list by list, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Vec<coverage::Entry>>,
}

/// One scenario or run.
#[derive(Debug, Serialize)]
struct Entry {
    /// The file, or the built-in scenario's name.
    name: String,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    end: Option<End>,
    /// What was not as expected.
    failures: Vec<Unmet>,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// How a run ended.
#[derive(Debug, Serialize)]
struct End {
    kind: &'static str,
    seed: u64,
    steps: usize,
    messages: u32,
    /// The products that are open.
    access: Vec<String>,
    /// The mark of the whole trace: equal runs have equal ones.
    fingerprint: String,
}

/// An expectation that did not hold.
#[derive(Debug, Serialize)]
struct Unmet {
    line: usize,
    step: usize,
    message: Option<u32>,
    what: String,
    expected: String,
    found: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Fine,
    Failed,
    Unreadable,
}

impl Report {
    fn add(&mut self, entry: Entry) {
        match entry.outcome {
            Outcome::Fine => self.fine += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Unreadable => self.unreadable += 1,
        }
        self.results.push(entry);
    }

    fn ending(&self) -> Ending {
        match (self.unreadable, self.failed) {
            (0, 0) => Ending::Fine,
            (0, _) => Ending::Refused,
            _ => Ending::BadInput,
        }
    }
}

impl Entry {
    fn unreadable(name: String, error: &anyhow::Error) -> Self {
        let error = Some(format!("{error:#}"));
        Self { name, outcome: Outcome::Unreadable, title: None, end: None, failures: Vec::new(), error }
    }
}

impl End {
    fn of(session: &Session, kind: &'static str) -> Self {
        let open = session.world().app_page().shelves().filter(|shelf| shelf.is_open);
        Self {
            kind,
            seed: session.setup().seed,
            steps: session.here().step,
            messages: session.past().iter().filter_map(|step| step.message_number()).max().unwrap_or(0),
            access: open.map(|shelf| shelf.product.as_str().to_owned()).collect(),
            fingerprint: session.fingerprint().to_string(),
        }
    }
}

impl From<Failure> for Unmet {
    fn from(failure: Failure) -> Self {
        let Failure { line, step, message, what, expected, found, .. } = failure;
        Self { line, step, message, what, expected, found }
    }
}

/// Everything to play, in the order of the words. A word that names nothing is reported and passed over.
fn pieces(arguments: &RunArguments, report: &mut Report) -> Vec<Piece> {
    if arguments.files.is_empty() {
        return SUITE.iter().map(Piece::Builtin).collect();
    }
    let mut found = Vec::new();
    for word in &arguments.files {
        match opening::pieces(word) {
            Ok(pieces) => found.extend(pieces),
            Err(error) => report.add(Entry::unreadable(String::new(), &error)),
        }
    }
    found
}

fn played(piece: &Piece, seed: Option<u64>) -> (Entry, Option<Session>) {
    let name = piece.name();
    match piece.open() {
        Err(error) => (Entry::unreadable(name, &error), None),
        Ok(Kept::Run(session)) => (entry(name, &session, "run", Vec::new()), Some(*session)),
        Ok(Kept::Scenario(mut scenario)) => {
            scenario.setup.seed = seed.unwrap_or(scenario.setup.seed);
            let played = scenario::play(&scenario);
            let entry = entry(name, &played.session, "scenario", played.failures);
            (entry, Some(played.session))
        }
    }
}

fn entry(name: String, session: &Session, kind: &'static str, failures: Vec<Failure>) -> Entry {
    Entry {
        name,
        outcome: if failures.is_empty() { Outcome::Fine } else { Outcome::Failed },
        title: Some(session.title().to_owned()),
        end: Some(End::of(session, kind)),
        failures: failures.into_iter().map(Unmet::from).collect(),
        error: None,
    }
}

fn print(out: &mut dyn Write, entry: &Entry) -> io::Result<()> {
    if let Some(error) = &entry.error {
        return writeln!(out, "{} {error}", painted(BAD, "!"));
    }
    let sign = if entry.outcome == Outcome::Fine { painted(OK, "✓") } else { painted(BAD, "✗") };
    let title = entry.title.as_deref().unwrap_or_default();
    write!(out, "{sign} {}  {}", painted(STRONG, padded(title, TITLE_WIDTH)), painted(QUIET, &entry.name))?;
    if let Some(end) = &entry.end {
        let open =
            if end.access.is_empty() { "nothing open".to_owned() } else { format!("open: {}", end.access.join(", ")) };
        write!(out, "{}", painted(QUIET, format_args!("  {} messages, {open}", end.messages)))?;
    }
    writeln!(out)?;
    for Unmet { line, step, message, what, expected, found } in &entry.failures {
        let message = message.map_or(String::new(), |number| format!(", message {number}"));
        writeln!(out, "    {}:{line}: {what}: expected {expected}, found {found}  (step {step}{message})", entry.name)?;
    }
    Ok(())
}

fn print_summary(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let Report { fine, failed, unreadable, results, coverage: _ } = report;
    if results.len() < 2 {
        return Ok(());
    }
    write!(out, "\n{} played: {fine} as expected", fine + failed)?;
    for (count, words) in [(failed, "not as expected"), (unreadable, "unreadable")] {
        if *count > 0 {
            write!(out, ", {}", painted(BAD, format_args!("{count} {words}")))?;
        }
    }
    writeln!(out)
}

/// One line for each built-in scenario.
fn list(out: &mut dyn Write) -> anyhow::Result<()> {
    let width = SUITE.iter().map(|builtin| builtin.name.len()).max().unwrap_or(0);
    for builtin in SUITE {
        let scenario = builtin.scenario()?;
        writeln!(out, "{}  {}", padded(builtin.name, width), scenario.title)?;
        writeln!(out, "{}  {}", padded("", width), painted(QUIET, scenario.why))?;
    }
    Ok(())
}
