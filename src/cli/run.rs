//! `paystage run`: plays scenarios, replays run files, and says what is not as expected.

use std::io::{self, Write};
use std::time::Duration;

use crate::cli::again::Again;
use crate::cli::arguments::run::RunArguments;
use crate::cli::coverage;
use crate::cli::ending::Ending;
use crate::cli::opening::{self, Piece};
use crate::cli::paint::{BAD, OK, QUIET, STRONG, padded, painted, plain, plain_lines};
use crate::cli::play;
use crate::cli::report::diagram::diagram;
use crate::cli::report::entry::{Entry, Outcome, Report};
use crate::cli::report::junit::junit;
use crate::cli::report::page::page;
use crate::export::template::Markup;
use crate::io::clock::Stopwatch;
use crate::io::cores;
use crate::io::files::{self, Place};
use crate::io::progress::Progress;
use crate::io::runs::Kept;
use crate::lens::coverage::Coverage;
use crate::session::builtin::{GROUPS, SUITE};
use crate::session::run::Session;
use crate::session::run_code::{ENGINE, Mismatch, RunCode};
use crate::session::scenario::plan::Scenario;
use crate::session::scenario::play as scenario;
use crate::session::scenario::play::Failure;
use crate::session::scenario::variant::should;

/// What stands behind the name of an edge case where it was played as it should have been.
const SHOULD: &str = "#should";
/// Titles are this wide in a list, so that names stand below each other.
const TITLE_WIDTH: usize = 36;

/// Plays what the arguments name, on all cores; one bad file does not stop the others.
pub(crate) fn run(arguments: &RunArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    if arguments.list {
        list(out)?;
        return Ok(Ending::Fine);
    }
    let is_text = !gives_output_away(arguments)?;
    let tasks = tasks(arguments);
    let progress = Progress::counting(tasks.len() as u64, "scenarios");
    let (mut report, mut met, mut diagrams) = (Report::default(), Coverage::new(), Vec::new());
    let (watch, mut played) = (Stopwatch::start(), 0);
    cores::in_order(
        arguments.jobs,
        &tasks,
        |task| task.perform(arguments),
        |results: Vec<Done>| -> anyhow::Result<()> {
            for done in results {
                if is_text {
                    progress.aside(|| {
                        print(out, &done.entry)?;
                        out.write_all(&done.messages)?;
                        out.flush()
                    })?;
                }
                met.add(&done.met);
                diagrams.push(done.diagram);
                report.add(done.entry);
            }
            played += 1;
            progress.tell(played, played);
            Ok(())
        },
    )?;
    let took = watch.elapsed();
    let _ = progress.finish();
    report.coverage = arguments.coverage.then(|| coverage::report(&met));
    if is_text {
        print_summary(out, &report, took)?;
        if arguments.coverage {
            coverage::print(out, &met)?;
        }
    }
    if let Some(place) = &arguments.json {
        deliver(out, place, &(serde_json::to_string_pretty(&report)? + "\n"))?;
    }
    if let Some(place) = &arguments.junit {
        deliver(out, place, &junit(&report, arguments.shard, took)?)?;
    }
    if let Some(place) = &arguments.html {
        deliver(out, place, &page(&report, &diagrams, arguments.shard, took))?;
    }
    Ok(report.ending())
}

/// Whether a report takes standard output in place of the text.
fn gives_output_away(arguments: &RunArguments) -> anyhow::Result<bool> {
    let places = [&arguments.json, &arguments.junit, &arguments.html];
    match places.into_iter().filter(|place| **place == Some(Place::Standard)).count() {
        0 => Ok(false),
        1 => Ok(true),
        _ => anyhow::bail!("only one of --json, --junit and --html can go to standard output; give the others a file"),
    }
}

fn deliver(out: &mut dyn Write, place: &Place, text: &str) -> anyhow::Result<()> {
    match place {
        Place::Standard => out.write_all(text.as_bytes())?,
        Place::File(_) => files::save(place, text.as_bytes())?,
    }
    Ok(())
}

/// One thing to do, for whichever core is free.
enum Task {
    /// Play it, or replay it.
    Play(Piece),
    /// Nothing: the word names nothing.
    Report { word: String, error: anyhow::Error },
}

/// What came of a task.
struct Done {
    entry: Entry,
    /// All messages in print, where they were asked for.
    messages: Vec<u8>,
    /// What was met, where it was asked for.
    met: Coverage,
    /// The arrows of a failure, where a page was asked for.
    diagram: Markup,
}

/// Everything to do, in the order of the words, without what belongs to other shards.
fn tasks(arguments: &RunArguments) -> Vec<Task> {
    let mut tasks = Vec::new();
    if arguments.files.is_empty() {
        tasks.extend(SUITE.iter().map(|builtin| Task::Play(Piece::Builtin(builtin))));
    }
    for word in &arguments.files {
        match opening::pieces(word) {
            Ok(pieces) => tasks.extend(pieces.into_iter().map(Task::Play)),
            Err(error) => tasks.push(Task::Report { word: word.to_string_lossy().into_owned(), error }),
        }
    }
    tasks.retain(|task| arguments.shard.is_none_or(|shard| shard.holds(&task.name())));
    tasks
}

impl Task {
    fn name(&self) -> String {
        match self {
            Self::Play(piece) => piece.name(),
            Self::Report { word, .. } => word.clone(),
        }
    }

    /// What came of it; of an edge case in which history was wrong, also what came of the run as it should have been.
    fn perform(&self, arguments: &RunArguments) -> Vec<Done> {
        let watch = Stopwatch::start();
        let mut right = None;
        let unread = |error: &anyhow::Error| Done {
            entry: Entry::unreadable(self.name(), error),
            messages: Vec::new(),
            met: Coverage::new(),
            diagram: Markup::default(),
        };
        let mut done = match self {
            Self::Report { error, .. } => unread(error),
            Self::Play(piece) => match piece.open_under(&arguments.dials) {
                Err(error) => unread(&error),
                Ok(Kept::Run(session)) => self.done(arguments, &session, "run", Vec::new()),
                Ok(Kept::Scenario(mut scenario)) => {
                    scenario.setup.seed = arguments.seed.unwrap_or(scenario.setup.seed);
                    let mut played = scenario::play(&scenario);
                    right = should(&scenario);
                    let is_as_written = arguments.seed.is_none() && arguments.dials.is_empty();
                    if let Piece::Code(code) = piece
                        && is_as_written
                        && let Some(mismatch) = code.mismatch(&played.session)
                    {
                        played.failures.insert(0, mismatched(&scenario, &played.session, mismatch));
                    }
                    let mut done = self.done(arguments, &played.session, "scenario", played.failures);
                    if let Some(end) = &mut done.entry.end {
                        let name = piece.builtin().filter(|_| arguments.dials.is_empty());
                        end.code =
                            name.map(|name| RunCode::new(name, end.seed, &played.session.fingerprint()).to_string());
                    }
                    done
                }
            },
        };
        done.entry.took = watch.elapsed();
        let right = right.map(|scenario| {
            let watch = Stopwatch::start();
            let played = scenario::play(&scenario);
            let mut done = self.done(arguments, &played.session, "scenario", played.failures);
            done.entry.name += SHOULD;
            done.entry.took = watch.elapsed();
            done
        });
        std::iter::once(done).chain(right).collect()
    }

    fn done(&self, arguments: &RunArguments, session: &Session, kind: &'static str, failures: Vec<Failure>) -> Done {
        let mut entry = Entry::played(self.name(), session, kind, failures);
        if let (Outcome::Failed, Self::Play(piece)) = (entry.outcome, self) {
            entry.again = Again::of(piece, arguments);
        }
        let mut messages = Vec::new();
        if arguments.messages {
            // Memory takes whatever is written to it.
            let _ = play::print_messages(&mut messages, session);
        }
        let is_drawn = arguments.html.is_some() && entry.outcome == Outcome::Failed;
        let decisive: Vec<u32> = entry.failures.iter().filter_map(|unmet| unmet.message).collect();
        Done {
            messages,
            met: if arguments.coverage { Coverage::of(session.past()) } else { Coverage::new() },
            diagram: if is_drawn { diagram(session, &decisive) } else { Markup::default() },
            entry,
        }
    }
}

/// A run code's run that came out otherwise.
fn mismatched(scenario: &Scenario, session: &Session, mismatch: Mismatch) -> Failure {
    let Mismatch { expected, found, .. } = mismatch;
    Failure {
        scenario: scenario.title.clone(),
        line: 0,
        step: session.here().step,
        message: None,
        what: if mismatch.is_other_engine() {
            format!("run code of engine {}, this is engine {ENGINE}", mismatch.engine)
        } else {
            "run code".to_owned()
        },
        expected: expected.to_string(),
        found: found.to_string(),
    }
}

fn print(out: &mut dyn Write, entry: &Entry) -> io::Result<()> {
    if let Some(error) = &entry.error {
        return writeln!(out, "{} {}", painted(BAD, "!"), plain_lines(error));
    }
    let sign = if entry.outcome == Outcome::Fine { painted(OK, "✓") } else { painted(BAD, "✗") };
    let title = padded(&plain(entry.title.as_deref().unwrap_or_default()), TITLE_WIDTH);
    write!(out, "{sign} {}  {}", painted(STRONG, title), painted(QUIET, plain(&entry.name)))?;
    if let Some(end) = &entry.end {
        write!(out, "  {}", painted(QUIET, plain(&end.sentence())))?;
    }
    writeln!(out)?;
    for unmet in &entry.failures {
        writeln!(out, "    {}  ({})", plain(&unmet.sentence(&entry.name)), unmet.place())?;
        if let Some(said) = &unmet.said {
            writeln!(out, "      {}", painted(QUIET, plain(said)))?;
        }
    }
    if let (Outcome::Failed, Some(way)) = (entry.outcome, entry.way_back()) {
        writeln!(out, "    {}", painted(QUIET, plain(&way)))?;
    }
    Ok(())
}

fn print_summary(out: &mut dyn Write, report: &Report, took: Duration) -> io::Result<()> {
    if report.results.len() == 1 {
        return Ok(());
    }
    let style = if report.failed + report.unreadable == 0 { STRONG } else { BAD };
    let took = format!("{}.{:03} s", took.as_secs(), took.subsec_millis());
    writeln!(out, "\n{}  {}", painted(style, report.sentence()), painted(QUIET, took))
}

/// One line for each built-in scenario.
fn list(out: &mut dyn Write) -> anyhow::Result<()> {
    let width = SUITE.iter().map(|builtin| builtin.name.len()).max().unwrap_or(0);
    for (index, group) in GROUPS.iter().filter(|group| !group.members.is_empty()).enumerate() {
        let gap = if index == 0 { "" } else { "\n" };
        writeln!(out, "{gap}{}", painted(STRONG, group.title))?;
        for builtin in group.members {
            let card = builtin.card();
            writeln!(out, "{}  {}", padded(builtin.name, width), card.title)?;
            writeln!(out, "{}  {}", padded("", width), painted(QUIET, &card.why))?;
        }
    }
    Ok(())
}
