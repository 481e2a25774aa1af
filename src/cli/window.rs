//! What the command line needs of the window, which it never meets: the program hands the one to the other.

use crate::io::exporting::Painter;
use crate::session::run::Session;

/// The window, as far as the command line knows it.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Opens the window on a run and returns when it is closed. The path is the file that the run came from. The text says
    /// why the window could not be opened.
    pub open: fn(Session, Option<String>) -> Result<(), String>,
    /// The window on a run, at its present place, as PNG. The text says why there is no picture.
    pub draw: fn(Session, &Shot) -> Result<Vec<u8>, String>,
    /// A drawing of the export room as PNG.
    pub paint: Painter,
}

/// What a picture of the window shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Shot {
    /// Width and height in points.
    pub size_pt: (u16, u16),
    /// Pixels per point.
    pub zoom: f32,
    /// Dark or light.
    pub is_dark: bool,
    /// The number of the message that is selected.
    pub selected: Option<u32>,
    /// The inspector's tab.
    pub tab: Option<Tab>,
}

/// The inspector's tabs, and the labs that take its last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// What the token says.
    Claims,
    /// What the ladder says of it.
    Verdict,
    /// How the message looks on the wire.
    Message,
    /// What other verifiers say of the receipt.
    Opinions,
    /// Who knows what.
    Knowledge,
    /// The run beside another.
    Compare,
    /// What the run has met.
    Coverage,
    /// How everything that can go wrong with the run ends.
    Explore,
    /// What sellers are told.
    Notices,
    /// How long the app waits.
    Polling,
    /// Who gets past which check of where a request comes from.
    Domains,
    /// What a cheat could try.
    Attacks,
}

impl Tab {
    /// All, in the order of the window.
    pub(crate) const ALL: [Self; 12] = [
        Self::Claims,
        Self::Verdict,
        Self::Message,
        Self::Opinions,
        Self::Knowledge,
        Self::Compare,
        Self::Coverage,
        Self::Explore,
        Self::Notices,
        Self::Polling,
        Self::Domains,
        Self::Attacks,
    ];

    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Claims => "claims",
            Self::Verdict => "verdict",
            Self::Message => "message",
            Self::Opinions => "opinions",
            Self::Knowledge => "knowledge",
            Self::Compare => "compare",
            Self::Coverage => "coverage",
            Self::Explore => "explore",
            Self::Notices => "notices",
            Self::Polling => "polling",
            Self::Domains => "domain-check",
            Self::Attacks => "attacks",
        }
    }

    /// What it shows.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Claims => "What the token says, claim by claim",
            Self::Verdict => "What the ladder says of the receipt",
            Self::Message => "How the message looks on the wire",
            Self::Opinions => "What four profiles and a library call say of the receipt",
            Self::Knowledge => "Who knows what, and from which message",
            Self::Compare => "The run beside another branch",
            Self::Coverage => "Which messages, refusals and errors the run has met",
            Self::Explore => "How the run ends with each single fault, tried for this picture",
            Self::Notices => "What sellers were told of payments, and what came back",
            Self::Polling => "How long the app waited for each payment, and other intervals and tries",
            Self::Domains => "Who gets past which check of where a request comes from",
            Self::Attacks => "What a cheat could try on the run, and what stops it",
        }
    }
}
