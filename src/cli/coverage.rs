//! Coverage in print: list by list what was met, and the names of what was not.

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::paint::{OK, QUIET, STRONG, padded, painted};
use crate::lens::coverage::{Coverage, Item, List};

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
}

/// All lists, for `--json`.
pub(crate) fn report(met: &Coverage) -> Vec<Entry> {
    let line = |item: &Item| {
        let times = met.hit(item).map_or(0, |hit| hit.count);
        Line { code: item.code, sentence: item.sentence, times }
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
        let mut missing: Vec<&str> =
            items.iter().filter(|item| met.hit(item).is_none()).map(|item| item.code).collect();
        missing.dedup();
        if !missing.is_empty() {
            writeln!(out, "    {}", painted(QUIET, format_args!("not met: {}", missing.join(", "))))?;
        }
    }
    Ok(())
}
