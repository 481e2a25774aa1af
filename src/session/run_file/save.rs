//! Saving runs: one step on each line, so that two runs can be compared by eye.

use std::fmt::Write as _;

use serde::Serialize;

use crate::session::branch::{Branch, Descent, Place};
use crate::session::run::Session;
use crate::session::run_file::form::{BookmarkForm, FORMAT, ONE_SETUP, PlaceForm, VERSION};

/// The whole session as a file: set-up, every branch, bookmarks, notes, the present place and its fingerprint.
#[must_use]
pub fn save(session: &Session) -> String {
    let bookmarks: Vec<BookmarkForm> = session
        .bookmarks()
        .iter()
        .map(|bookmark| BookmarkForm { name: bookmark.name.clone(), place: place(bookmark.place) })
        .collect();
    let branches: Vec<String> = session.branches().iter().map(branch).collect();
    let has_turned = session.branches().iter().any(|branch| matches!(branch.descent(), Descent::Turned(_)));
    let version = if has_turned { VERSION } else { ONE_SETUP };
    let first = session.branches().first().unwrap_or(session.branch());
    let mut text = format!("{{\n\"format\": {}, \"version\": {version},\n", json(FORMAT));
    // Writing into a String cannot fail.
    let _ = write!(
        text,
        "\"title\": {},\n\"setup\": {},\n\"branches\": [\n{}\n],\n\"place\": {},\n\"bookmarks\": {},\n\"notes\": {},\n\"fingerprint\": {}\n}}\n",
        json(session.title()),
        json(first.setup()),
        branches.join(",\n"),
        json(&place(session.here())),
        json(&bookmarks),
        json(session.notes()),
        json(session.fingerprint().as_str()),
    );
    text
}

fn branch(branch: &Branch) -> String {
    let own = branch.steps().iter().skip(branch.shared_count());
    let steps: Vec<String> = own
        .map(|step| format!("  {{\"command\": {}, \"digest\": \"{}\"}}", json(&step.command), step.digest()))
        .collect();
    let descent = match branch.descent() {
        Descent::First => "\"parent\": null".to_owned(),
        Descent::Parted(at) => format!("\"parent\": {}", json(&place(at))),
        Descent::Turned(at) => {
            format!("\"parent\": null, \"turned\": {},\n\"setup\": {}", json(&place(at)), json(branch.setup()))
        }
    };
    format!("{{\"name\": {}, {descent}, \"steps\": [\n{}\n]}}", json(&branch.name()), steps.join(",\n"))
}

fn place(place: Place) -> PlaceForm {
    PlaceForm { branch: place.branch.name(), step: place.step }
}

fn json(value: &(impl Serialize + ?Sized)) -> String {
    // None of the forms holds a map whose keys are no text, the only thing that cannot be written.
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}
