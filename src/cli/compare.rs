//! `paystage compare`: two runs laid beside each other, and where they part.

use std::io::{self, Write};

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::cli::arguments::reading::CompareArguments;
use crate::cli::ending::Ending;
use crate::cli::opening;
use crate::cli::paint::{OK, QUIET, STRONG, WARN, padded, painted, plain};
use crate::lens::compare::{Comparison, Difference, Pair, Side};
use crate::lens::rule_notes::{self, RuleNote};
use crate::lens::said::Said;
use crate::protocol::rule_words::RuleWords;
use crate::session::branch::{Branch, Place};
use crate::session::run::Session;

/// A value that is longer is cut on the screen; `--json` has all of it.
const VALUE_CHARS_MAX: usize = 60;

/// Compares the two runs. Refused where they differ.
pub(crate) fn run(arguments: &CompareArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let (a, b) = sides(arguments)?;
    let comparison = Comparison::of(side(&a), side(&b));
    if arguments.json {
        serde_json::to_writer_pretty(&mut *out, &Report::of(&comparison))?;
        writeln!(out)?;
    } else {
        print(out, [&name(&a, arguments), &name(&b, arguments)], &comparison)?;
    }
    Ok(Ending::of(comparison.is_equal()))
}

/// The two runs, or two branches of the only one, both whole.
fn sides(arguments: &CompareArguments) -> anyhow::Result<(Session, Session)> {
    let CompareArguments { a, b, dials, json: _ } = arguments;
    if let Some(b) = b {
        let (a, b) = (opening::played(a, dials)?, opening::played(b, dials)?);
        if a.is_recorded && b.is_recorded && !dials.is_empty() {
            bail!("recorded runs keep their dials; --dial is for scenarios, and neither of these is one");
        }
        return Ok((a.session, b.session));
    }
    let mut a = opening::session(a, dials)?.session;
    let mut b = a.clone();
    b.to_end();
    let other = other_branch(&a)
        .with_context(|| format!("{}: has one branch; name another run", arguments.a.to_string_lossy()))?;
    a.go(other);
    Ok((a, b))
}

/// The end of the branch that the present one came from; of the latest other one where it came from none.
fn other_branch(session: &Session) -> Option<Place> {
    let from = session.branch().parent().map(|place| place.branch);
    let latest = session.branches().iter().map(Branch::id).rfind(|id| *id != session.here().branch);
    let other = session.branches().get(from.or(latest)?.index())?;
    Some(other.tip())
}

/// What a run is called here: its title, or the branch where both have the same one.
fn name(session: &Session, arguments: &CompareArguments) -> String {
    match arguments.b {
        Some(_) => session.title().to_owned(),
        None => format!("{}, branch {}", session.title(), session.branch().name()),
    }
}

fn side(session: &Session) -> Side<'_> {
    Side { setup: session.setup(), steps: session.past(), world: session.world() }
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    equal: bool,
    same_messages: usize,
    first_difference: Option<Row>,
    messages: Vec<Row>,
    setup: Vec<Told>,
    end: Vec<Told>,
    knowledge: Vec<Told>,
    rules: Vec<Rule>,
}

/// One pair of messages that are not the same.
#[derive(Serialize)]
struct Row {
    a: Option<Line>,
    b: Option<Line>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<Told>,
}

#[derive(Serialize)]
struct Line {
    number: u32,
    step: usize,
    says: &'static str,
    words: String,
}

/// What the pages of the two say about a matter on which they differ.
#[derive(Serialize)]
struct Rule {
    matter: &'static str,
    a: Source,
    b: Source,
}

#[derive(Serialize)]
struct Source {
    sentence: &'static str,
    section: &'static str,
    date: &'static str,
}

impl Source {
    fn of(words: RuleWords) -> Self {
        let RuleWords { sentence, section, date } = words;
        Self { sentence, section, date }
    }
}

#[derive(Serialize)]
struct Told {
    name: String,
    a: String,
    b: String,
}

impl Report {
    fn of(comparison: &Comparison) -> Self {
        let different = comparison.pairs.iter().filter(|pair| !matches!(pair, Pair::Same(..)));
        Self {
            equal: comparison.is_equal(),
            same_messages: comparison.same_count(),
            first_difference: comparison.at_first().map(|(a, b)| Row {
                a: a.map(Line::of),
                b: b.map(Line::of),
                differences: Vec::new(),
            }),
            messages: different.map(|pair| Row::of(comparison, *pair)).collect(),
            setup: told(&comparison.setup),
            end: told(&comparison.end),
            knowledge: told(&comparison.knowledge),
            rules: rules(comparison),
        }
    }
}

impl Row {
    fn of(comparison: &Comparison, pair: Pair) -> Self {
        let (a, b) = pair.sides();
        Self {
            a: a.and_then(|at| comparison.a.get(at)).map(Line::of),
            b: b.and_then(|at| comparison.b.get(at)).map(Line::of),
            differences: told(&comparison.differences(pair)),
        }
    }
}

impl Line {
    fn of(said: &Said) -> Self {
        Self { number: said.number, step: said.step, says: said.kind.name(), words: said.words() }
    }
}

fn rules(comparison: &Comparison) -> Vec<Rule> {
    let rule = |note: RuleNote| Rule { matter: note.matter.label(), a: Source::of(note.a), b: Source::of(note.b) };
    rule_notes::notes(comparison.rules).into_iter().map(rule).collect()
}

fn told(differences: &[Difference]) -> Vec<Told> {
    differences
        .iter()
        .map(|Difference { name, a, b }| Told { name: name.clone(), a: a.clone(), b: b.clone() })
        .collect()
}

fn print(out: &mut dyn Write, titles: [&str; 2], comparison: &Comparison) -> io::Result<()> {
    for (letter, title, said) in [("A", titles[0], &comparison.a), ("B", titles[1], &comparison.b)] {
        let count = painted(QUIET, format!("{} arrivals", said.len()));
        writeln!(out, "{}  {}  {count}", painted(STRONG, letter), plain(title))?;
    }
    if comparison.is_equal() {
        return writeln!(out, "\n{} nothing differs", painted(OK, "✓"));
    }
    writeln!(out, "\n{} arrivals are the same", comparison.same_count())?;
    if let Some((a, b)) = comparison.at_first() {
        writeln!(out, "\n{}", painted(STRONG, "First difference"))?;
        line(out, "A", a)?;
        line(out, "B", b)?;
        let first = comparison.first().and_then(|index| comparison.pairs.get(index));
        let values = first.map(|pair| comparison.differences(*pair)).unwrap_or_default();
        values.iter().try_for_each(|value| difference(out, value))?;
    }
    for (heading, differences) in
        [("Set-up", &comparison.setup), ("In the end", &comparison.end), ("Who knows what", &comparison.knowledge)]
    {
        if !differences.is_empty() {
            writeln!(out, "\n{}", painted(STRONG, heading))?;
            differences.iter().try_for_each(|value| difference(out, value))?;
        }
    }
    print_rules(out, comparison)
}

fn print_rules(out: &mut dyn Write, comparison: &Comparison) -> io::Result<()> {
    let notes = rule_notes::notes(comparison.rules);
    if notes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", painted(STRONG, "What the pages say"))?;
    for RuleNote { matter, a, b } in notes {
        writeln!(out, "  {}", matter.label())?;
        for (letter, RuleWords { sentence, section, date }) in [("A", a), ("B", b)] {
            writeln!(out, "    {letter}  {sentence}  {}", painted(QUIET, format_args!("{date}, {section}")))?;
        }
    }
    Ok(())
}

fn line(out: &mut dyn Write, letter: &str, said: Option<&Said>) -> io::Result<()> {
    match said {
        None => writeln!(out, "  {letter}  {}", painted(QUIET, "nothing more")),
        Some(said) => {
            let lanes = format!("{} → {}", said.from.label(), said.to.label());
            writeln!(out, "  {letter}  {:>3}  {}  {}", said.number, padded(&lanes, 28), plain(&said.words()))
        }
    }
}

fn difference(out: &mut dyn Write, Difference { name, a, b }: &Difference) -> io::Result<()> {
    writeln!(out, "  {}  {} {} {}", padded(name, 28), short(a), painted(WARN, "|"), short(b))
}

fn short(value: &str) -> String {
    let value = plain(value);
    match value.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value,
    }
}
