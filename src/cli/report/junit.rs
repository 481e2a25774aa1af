//! JUnit XML: a report that CI servers read, one case for each scenario.
//!
//! Jenkins checks reports against a schema of its own (`junit-10.xsd` of its xUnit plugin), the strictest of those in use. What it
//! does not know is left out: file and line stand in the text, where every server shows them.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Context as _;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::cli::report::entry::{Entry, Report};
use crate::cli::shard::Shard;

/// The class of every case: servers group by it, and scenarios have none.
const CLASS: &str = "paystage.run";
/// An attribute that the library writes on each suite and the schema does not allow. Its quotation marks cannot stand in a text or in
/// a value, where they are escaped.
const UNKNOWN_TO_SCHEMA: &str = " disabled=\"0\"";

/// The report as XML.
pub(crate) fn junit(report: &Report, shard: Option<Shard>, took: Duration) -> anyhow::Result<String> {
    let name = shard.map_or_else(|| "paystage run".to_owned(), |shard| format!("paystage run {shard}"));
    let mut suite = TestSuite::new(&name);
    suite.set_time(took);
    for entry in &report.results {
        suite.add_test_case(case(entry));
    }
    let mut suites = quick_junit::Report::new(&name);
    suites.set_time(took);
    suites.add_test_suite(suite);
    written(&suites)
}

/// The report as every CI server reads it.
pub(crate) fn written(report: &quick_junit::Report) -> anyhow::Result<String> {
    let text = report.to_string().context("the JUnit report")?;
    Ok(text.replace(UNKNOWN_TO_SCHEMA, ""))
}

fn case(entry: &Entry) -> TestCase {
    let mut case = TestCase::new(xml(&entry.name), status(entry));
    case.set_classname(CLASS);
    case.set_time(entry.took);
    if let (Some(title), Some(end)) = (&entry.title, &entry.end) {
        let code = end.code.as_ref().map_or_else(String::new, |code| format!("\nrun code {code}"));
        let again = entry.again.as_ref().map_or_else(String::new, |again| format!("\n{}", again.sentence()));
        let facts =
            format!("{title}\n{}\nseed {}, fingerprint {}{code}{again}", end.sentence(), end.seed, end.fingerprint);
        case.set_system_out(xml(&facts));
    }
    case
}

fn status(entry: &Entry) -> TestCaseStatus {
    if let Some(error) = &entry.error {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("unreadable").set_message(xml(error)).set_description(xml(error));
        return status;
    }
    let Some(first) = entry.failures.first() else { return TestCaseStatus::success() };
    let mut text = String::new();
    for unmet in &entry.failures {
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{}\n  {}", unmet.sentence(&entry.name), unmet.place());
        if let Some(said) = &unmet.said {
            let _ = writeln!(text, "  {said}");
        }
    }
    if let Some(again) = &entry.again {
        let _ = writeln!(text, "{}", again.sentence());
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let message = format!("{} ({})", first.sentence(&entry.name), first.place());
    status.set_type("expectation").set_message(xml(&message)).set_description(xml(&text));
    status
}

/// XML 1.0, 2.2: two characters that text may not hold; the library drops the others.
pub(crate) fn xml(text: &str) -> String {
    text.replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}")
}
