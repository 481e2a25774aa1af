//! Coverage in print: list by list what was met, and the names of what was not.

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::paint::{OK, QUIET, STRONG, padded, painted};
use crate::lens::coverage::{Coverage, Item, List};
use crate::lens::left_out::reason;

/// One list in a report.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    list: &'static str,
    met: usize,
    all: usize,
    items: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    code: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    sentence: &'static str,
    times: usize,
    /// Why no built-in scenario meets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<&'static str>,
}

/// All lists, for `--json`.
pub(crate) fn report(met: &Coverage) -> Vec<Entry> {
    let line = |item: &Item| {
        let times = met.hit(item).map_or(0, |hit| hit.count);
        Line { code: item.code, sentence: item.sentence, times, left_out: reason(item) }
    };
    let entry = |list: List| {
        let (count, all) = met.count(list);
        Entry { list: list.label(), met: count, all, items: list.items().iter().map(line).collect() }
    };
    List::ALL.map(entry).into_iter().collect()
}

/// One line for each list, and what was never met below it.
pub(crate) fn print(out: &mut dyn Write, met: &Coverage) -> io::Result<()> {
    writeln!(out, "\n{}", painted(STRONG, "Coverage"))?;
    for list in List::ALL {
        let (count, all) = met.count(list);
        let sign = if count == all { painted(OK, "✓") } else { painted(QUIET, "·") };
        writeln!(out, "{sign} {}  {count} of {all}", padded(list.label(), 24))?;
        let items = list.items();
        let (left_out, missing): (Vec<&Item>, Vec<&Item>) =
            items.iter().filter(|item| met.hit(item).is_none()).partition(|item| reason(item).is_some());
        if !missing.is_empty() {
            writeln!(out, "    {}", painted(QUIET, format_args!("not met: {}", codes(&missing))))?;
        }
        for (why, items) in by_reason(&left_out) {
            writeln!(out, "    {}", painted(QUIET, format_args!("left out: {}. {why}", codes(&items))))?;
        }
    }
    Ok(())
}

/// Their codes in one line; several that share one are one.
fn codes(items: &[&Item]) -> String {
    let mut codes: Vec<&str> = items.iter().map(|item| item.code).collect();
    codes.dedup();
    codes.join(", ")
}

/// What is left out, gathered under its reasons in the order in which they come first.
fn by_reason<'a>(items: &[&'a Item]) -> Vec<(&'static str, Vec<&'a Item>)> {
    let mut groups: Vec<(&'static str, Vec<&'a Item>)> = Vec::new();
    for item in items {
        let why = reason(item).unwrap_or_default();
        match groups.iter_mut().find(|(known, _)| *known == why) {
            Some((_, group)) => group.push(item),
            None => groups.push((why, vec![item])),
        }
    }
    groups
}
