//! `paystage inspect`: what a token says, claim by claim, whoever signed it.

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::arguments::reading::InspectArguments;
use crate::cli::ending::Ending;
use crate::cli::paint::{BAD, OK, Painted, QUIET, STRONG, WARN, padded, painted, plain};
use crate::cli::reading;
use crate::io::clock;
use crate::lens::claim_marks::{Mark, Reader};
use crate::lens::claims::{ClaimRow, Finding, TokenReading, explain};
use crate::lens::token_kind::TokenKind;

/// What stands above everything, since decoding is not verifying.
const UNVERIFIED: &str = "UNVERIFIED: this is what somebody wrote, not what is true";
/// A value that is longer is cut on the screen; `--json` has all of it.
const VALUE_CHARS_MAX: usize = 96;

/// Takes the token apart and prints what is in it. Bad input only where nothing at all can be decoded.
pub(crate) fn run(arguments: &InspectArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let named = reading::token(&arguments.token)?;
    let reader = Reader { now: Some(clock::now()), ..Reader::default() };
    let token = explain(&named.text, reader);
    if arguments.json {
        serde_json::to_writer_pretty(&mut *out, &Report::of(&token))?;
        writeln!(out)?;
    } else {
        let bytes = named.text.len();
        writeln!(out, "{}  {}", painted(STRONG, token.kind.label()), painted(WARN, UNVERIFIED))?;
        writeln!(out, "{}", painted(QUIET, format_args!("{}, {bytes} bytes", named.source)))?;
        print(out, &token)?;
    }
    Ok(if token.kind == TokenKind::Unreadable { Ending::BadInput } else { Ending::Fine })
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    kind: &'static str,
    verified: bool,
    findings: &'a [Finding],
    header: &'a [ClaimRow],
    claims: &'a [ClaimRow],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    certificates: Vec<Self>,
}

impl<'a> Report<'a> {
    fn of(token: &'a TokenReading) -> Self {
        Self {
            kind: token.kind.label(),
            verified: false,
            findings: &token.findings,
            header: &token.header,
            claims: &token.rows,
            certificates: token.certificates.iter().map(Self::of).collect(),
        }
    }
}

fn print(out: &mut dyn Write, token: &TokenReading) -> io::Result<()> {
    for (index, certificate) in token.certificates.iter().enumerate() {
        writeln!(out, "\n{}", painted(STRONG, format_args!("Certificate {}", index + 1)))?;
        print_parts(out, certificate)?;
    }
    if !token.certificates.is_empty() {
        writeln!(out, "\n{}", painted(STRONG, token.kind.label()))?;
    }
    print_parts(out, token)
}

fn print_parts(out: &mut dyn Write, token: &TokenReading) -> io::Result<()> {
    for finding in &token.findings {
        writeln!(out, "{} {}", sign(finding.mark), plain(&finding.sentence))?;
    }
    for (heading, rows) in [("Header", &token.header), ("Claims", &token.rows)] {
        if !rows.is_empty() {
            writeln!(out, "\n{}", painted(STRONG, heading))?;
        }
        let width = rows.iter().map(|row| row.path.chars().count()).max().unwrap_or(0).min(28);
        for row in rows {
            print_row(out, row, width)?;
        }
    }
    Ok(())
}

fn print_row(out: &mut dyn Write, row: &ClaimRow, width: usize) -> io::Result<()> {
    write!(out, "{} {}  {}", sign(row.mark), padded(&plain(&row.path), width), cut(&plain(&row.value)))?;
    if let Some(human) = &row.human {
        write!(out, "  {}", plain(human))?;
    }
    writeln!(out)?;
    if row.sentence.is_empty() {
        return Ok(());
    }
    let source = if row.source.is_empty() { String::new() } else { format!(" ({})", row.source) };
    writeln!(out, "  {}  {}", padded("", width), painted(QUIET, format_args!("{}{source}", row.sentence)))
}

fn sign(mark: Mark) -> Painted<&'static str> {
    match mark {
        Mark::Ok => painted(OK, "✓"),
        Mark::Info => painted(QUIET, "·"),
        Mark::Warn => painted(WARN, "!"),
        Mark::Bad => painted(BAD, "✗"),
    }
}

fn cut(value: &str) -> String {
    match value.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}
