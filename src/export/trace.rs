//! The JSON trace: every message as data, one on each line, and the run itself to open again.

use serde::Serialize;
use serde_json::Value;

use crate::export::paper::{Draft, Sentence};
use crate::export::sheet::{Saying, Sheet};
use crate::protocol::time::Time;
use crate::world::http_form::WireForm;

/// The name of the format.
pub const FORMAT: &str = "paystage-trace";
/// Its version.
pub const VERSION: u32 = 1;
/// Why a trace may hold no run.
const NO_RUN: &str =
    "The run is left out, because dots stand in it; export with --unmasked, or save the run, to open it again";

/// One message.
#[derive(Serialize)]
struct Line<'a> {
    number: u32,
    says: &'static str,
    from: &'static str,
    to: &'static str,
    sent: String,
    arrived: Option<String>,
    caption: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    form: &'a WireForm,
}

/// Writes the trace.
#[must_use]
pub fn draft(sheet: &Sheet, count: Sentence<'_>) -> Draft {
    let lines: Vec<String> = sheet.sayings.iter().map(|saying| line(sheet, saying)).collect();
    let run = sheet.run.as_deref().map_or("null", str::trim_end);
    let why = if sheet.run.is_some() { String::new() } else { format!("\"why\": {},\n", json(NO_RUN)) };
    let text = format!(
        "{{\n\"format\": {}, \"version\": {VERSION},\n\"title\": {},\n\"comment\": {},\n\"messages\": [\n{}\n],\n{why}\"run\": {run}\n}}\n",
        json(FORMAT),
        json(&sheet.title),
        json(&count(lines.len())),
        lines.join(",\n"),
    );
    Draft { text, messages: lines.len() }
}

fn line(sheet: &Sheet, saying: &Saying) -> String {
    json(&Line {
        number: saying.number,
        says: saying.kind,
        from: sheet.lane(saying.from),
        to: sheet.lane(saying.to),
        sent: saying.sent.rfc3339(),
        arrived: saying.arrived.map(Time::rfc3339),
        caption: &saying.caption,
        code: saying.code,
        form: &saying.form,
    })
}

/// Why no run could be taken out of a trace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// It is no JSON, or of another format.
    #[error("this is no JSON trace of Paystage")]
    Other,
    /// Another version of this program wrote it.
    #[error("this trace has another version, and version {VERSION} is read; open it with the Paystage that wrote it")]
    OtherVersion,
    /// It was written without its run.
    #[error(
        "this trace holds messages and no run, because values in the run were masked; export with --unmasked, or save the run itself"
    )]
    NoRun,
}

/// The run file that a trace holds.
///
/// # Errors
/// [`TraceError`] where it holds none.
pub fn run_of(text: &str) -> Result<String, TraceError> {
    let trace: Value = serde_json::from_str(text).map_err(|_| TraceError::Other)?;
    let member = |name: &str| trace.get(name);
    match (member("format").and_then(Value::as_str), member("version").and_then(Value::as_u64), member("run")) {
        (Some(FORMAT), Some(version), _) if version != u64::from(VERSION) => Err(TraceError::OtherVersion),
        (Some(FORMAT), Some(_), Some(run @ Value::Object(_))) => Ok(run.to_string()),
        (Some(FORMAT), Some(_), _) => Err(TraceError::NoRun),
        _ => Err(TraceError::Other),
    }
}

fn json(value: &(impl Serialize + ?Sized)) -> String {
    // Nothing here is a map whose keys are no text, the only thing that cannot be written.
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Sheet, TraceError, draft, run_of};

    #[test]
    fn the_run_comes_out_as_it_went_in() {
        let with = Sheet { run: Some("{\"format\": \"paystage-run\"}\n".into()), ..Sheet::default() };
        assert_eq!(run_of(&draft(&with, &|_| String::new()).text).unwrap(), r#"{"format":"paystage-run"}"#);
    }

    #[test]
    fn a_trace_without_a_run_says_what_to_do() {
        let without = draft(&Sheet::default(), &|_| String::new()).text;
        assert_eq!(run_of(&without), Err(TraceError::NoRun));
        assert!(without.contains("--unmasked"));
        assert_eq!(run_of(&without.replace("\"version\": 1", "\"version\": 2")), Err(TraceError::OtherVersion));
        for text in ["", "{}", "[]", "{\"format\":\"paystage-run\",\"version\":1}"] {
            assert_eq!(run_of(text), Err(TraceError::Other), "{text}");
        }
    }
}
