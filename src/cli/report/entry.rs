//! Entries: what came of each scenario or run. Serialized as they are, they are the JSON report.

use std::time::Duration;

use serde::Serialize;

use crate::cli::again::Again;
use crate::cli::coverage;
use crate::cli::ending::Ending;
use crate::cli::play::lanes;
use crate::export::mask::Mask;
use crate::lens::caption::Teller;
use crate::lens::flow::Flow;
use crate::protocol::dial::Hosting;
use crate::session::run::Session;
use crate::session::scenario::play::Failure;

/// What `--json` writes.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) fine: usize,
    pub(crate) failed: usize,
    pub(crate) unreadable: usize,
    /// In the order in which they were asked for.
    pub(crate) results: Vec<Entry>,
    /// What was met, list by list, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) coverage: Option<Vec<coverage::Entry>>,
}

/// One scenario or run.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    /// The file, or the built-in scenario's name; of a word that is neither, the word.
    pub(crate) name: String,
    pub(crate) outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) end: Option<End>,
    /// What was not as expected.
    pub(crate) failures: Vec<Unmet>,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// How it is looked at again, where it was not as expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) again: Option<Again>,
    /// In real time, which no two machines share: left out of the JSON, so that two reports can be compared.
    #[serde(skip)]
    pub(crate) took: Duration,
}

/// How a run ended.
#[derive(Debug, Serialize)]
pub(crate) struct End {
    pub(crate) kind: &'static str,
    pub(crate) seed: u64,
    pub(crate) steps: usize,
    pub(crate) messages: u32,
    /// The products that are open.
    pub(crate) access: Vec<String>,
    /// The mark of the whole trace: equal runs have equal ones.
    pub(crate) fingerprint: String,
    /// The run code, of a built-in scenario under its own dials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
}

/// An expectation that did not hold.
#[derive(Debug, Serialize)]
pub(crate) struct Unmet {
    pub(crate) line: usize,
    pub(crate) step: usize,
    pub(crate) message: Option<u32>,
    /// What that message is: who says it to whom, how it is labelled, and what it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) said: Option<String>,
    pub(crate) what: String,
    pub(crate) expected: String,
    pub(crate) found: String,
}

/// What came of one scenario or run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// All was as expected.
    Fine,
    /// Something was not.
    Failed,
    /// It could not be read.
    Unreadable,
}

impl Report {
    pub(crate) fn add(&mut self, entry: Entry) {
        match entry.outcome {
            Outcome::Fine => self.fine += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Unreadable => self.unreadable += 1,
        }
        self.results.push(entry);
    }

    /// `2 played: 1 as expected, 1 not as expected, 1 unreadable`; those that could not be read were not played.
    pub(crate) fn sentence(&self) -> String {
        let Self { fine, failed, unreadable, .. } = self;
        let played = format!("{} played: {fine} as expected", fine + failed);
        let others =
            [(failed, "not as expected"), (unreadable, "unreadable")].into_iter().filter(|(count, _)| **count > 0);
        let others = others.map(|(count, words)| format!("{count} {words}"));
        [played].into_iter().chain(others).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn ending(&self) -> Ending {
        match (self.unreadable, self.failed) {
            (0, 0) => Ending::Fine,
            (0, _) => Ending::Refused,
            _ => Ending::BadInput,
        }
    }
}

impl Entry {
    /// Of something that could not be read.
    pub(crate) fn unreadable(name: String, error: &anyhow::Error) -> Self {
        Self {
            name,
            outcome: Outcome::Unreadable,
            title: None,
            end: None,
            failures: Vec::new(),
            error: Some(format!("{error:#}")),
            again: None,
            took: Duration::ZERO,
        }
    }

    /// How the same run is had again: by its code on any machine, or from its file.
    pub(crate) fn way_back(&self) -> Option<String> {
        let code = self.end.as_ref().and_then(|end| end.code.as_ref());
        code.map(|code| format!("The same run anywhere: paystage run {code}"))
            .or_else(|| self.again.as_ref().map(Again::sentence))
    }

    /// Of a run that was played or replayed.
    pub(crate) fn played(name: String, session: &Session, kind: &'static str, failures: Vec<Failure>) -> Self {
        Self {
            name,
            outcome: if failures.is_empty() { Outcome::Fine } else { Outcome::Failed },
            title: Some(covering(session)(session.title())),
            end: Some(End::of(session, kind)),
            failures: unmet(session, failures),
            error: None,
            again: None,
            took: Duration::ZERO,
        }
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
            code: None,
        }
    }

    /// `23 messages, open: shiny-pony`.
    pub(crate) fn sentence(&self) -> String {
        let open = match self.access.as_slice() {
            [] => "nothing open".to_owned(),
            access => format!("open: {}", access.join(", ")),
        };
        format!("{} messages, {open}", self.messages)
    }
}

impl Unmet {
    /// `bad.toml:12: access: expected [], found ["shiny-pony"]`.
    pub(crate) fn sentence(&self, name: &str) -> String {
        let Self { line, what, expected, found, .. } = self;
        format!("{name}:{line}: {what}: expected {expected}, found {found}")
    }

    /// `step 31, message 22`.
    pub(crate) fn place(&self) -> String {
        let message = self.message.map_or(String::new(), |number| format!(", message {number}"));
        format!("step {}{message}", self.step)
    }
}

/// Puts dots over the run's payment secrets, which no report may hold.
fn covering(session: &Session) -> impl FnMut(&str) -> String {
    let mut mask = Mask::new(session.world().secrets(), false);
    move |text| mask.over(text)
}

fn unmet(session: &Session, failures: Vec<Failure>) -> Vec<Unmet> {
    if failures.is_empty() {
        return Vec::new();
    }
    let mut flow = Flow::new();
    flow.read(session.past(), session.setup());
    let teller = Teller::new(session.setup(), session.world().catalog(), flow.purchases());
    let is_hosted = session.setup().hosting == Hosting::Hosted;
    let mut covered = covering(session);
    let unmet = |failure: Failure| {
        let Failure { scenario: _, line, step, message, what, expected, found } = failure;
        let row = message.and_then(|number| flow.rows().get(flow.row_of_number(number)?));
        let said = row.map(|row| {
            let (label, caption) = (row.label_at(step), teller.row_caption(row, step));
            format!("{}: {label}: {}", lanes(row, is_hosted), caption.sentence)
        });
        let (what, expected, found) = (covered(&what), covered(&expected), covered(&found));
        Unmet { line, step, message, said: said.map(|said| covered(&said)), what, expected, found }
    };
    failures.into_iter().map(unmet).collect()
}
