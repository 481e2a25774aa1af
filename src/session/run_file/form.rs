//! The form of run files: the members as they are written, before anything is replayed.

use serde::{Deserialize, Serialize};

use crate::world::command::Command;
use crate::world::setup::Setup;

/// The name of the format.
pub const FORMAT: &str = "paystage-run";
/// The newest version; older ones are read, too.
pub const VERSION: u32 = 2;
/// The version in which all branches have one set-up. A run without turned dials is still written in it, for older programs.
pub(crate) const ONE_SETUP: u32 = 1;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunForm {
    #[serde(rename = "format")]
    pub(crate) _format: String,
    pub(crate) version: u32,
    pub(crate) title: String,
    pub(crate) setup: Setup,
    pub(crate) branches: Vec<BranchForm>,
    pub(crate) place: PlaceForm,
    #[serde(default)]
    pub(crate) bookmarks: Vec<BookmarkForm>,
    #[serde(default)]
    pub(crate) notes: String,
    pub(crate) fingerprint: String,
}

/// One branch: its own steps only, not those it shares with its parent. One whose dials were turned says where, and to which
/// set-up.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BranchForm {
    pub(crate) name: String,
    pub(crate) parent: Option<PlaceForm>,
    #[serde(default)]
    pub(crate) turned: Option<PlaceForm>,
    #[serde(default)]
    pub(crate) setup: Option<Box<Setup>>,
    pub(crate) steps: Vec<StepForm>,
}

/// One step: what was asked, and the mark of what followed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepForm {
    pub(crate) command: Command,
    pub(crate) digest: String,
}

/// A place: the branch's name, and how many of its steps have been taken.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceForm {
    pub(crate) branch: String,
    pub(crate) step: usize,
}

/// A place with a name.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookmarkForm {
    pub(crate) name: String,
    pub(crate) place: PlaceForm,
}

/// What is looked at first, so that a file of another version is called that and nothing worse.
#[derive(Deserialize)]
pub(crate) struct HeadForm {
    pub(crate) format: Option<serde_json::Value>,
    pub(crate) version: Option<serde_json::Value>,
}
