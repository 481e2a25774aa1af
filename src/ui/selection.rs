//! The selection: what is pointed at, in all panes at once. The only thing that panes share and change.

use std::sync::Arc;

use crate::protocol::id::{ProductId, TransactionId};
use crate::world::message::MessageId;

/// What is pointed at, in all panes at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// A message; `None` follows the present one.
    pub message: Option<MessageId>,
    /// An installed receipt; it goes before the message.
    pub receipt: Option<Arc<str>>,
    /// A payment in the marketplace; `None` follows the latest.
    pub transaction: Option<TransactionId>,
    /// A product of the shop; `None` follows the one that something happens to.
    pub product: Option<ProductId>,
    /// What the inspector shows.
    pub tab: Tab,
    /// The lab that was opened last; it has the last tab.
    pub lab: Option<Lab>,
    /// A menu that a key wants open.
    pub menu: Option<Menu>,
}

/// The inspector's tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What the token says.
    #[default]
    Claims,
    /// What the ladder says of it.
    Verdict,
    /// How the message looks on the wire.
    Message,
    /// What other verifiers say of the receipt.
    Opinions,
    /// Who knows what.
    Knowledge,
    /// The present run beside another.
    Compare,
    /// What this run has met of all that there is.
    Coverage,
    /// Something to try on the run, from the menu behind the tabs.
    Lab(Lab),
}

/// What can be tried on a run. The menu behind the inspector's tabs lists them; the one that was opened last has a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lab {
    /// Everything that can go wrong, and how each mix ends.
    Explore,
    /// What sellers are told of payments.
    Notices,
    /// How long an app waits for a payment.
    Polling,
    /// Who gets past which way of checking where a buy request comes from.
    Domains,
    /// What a cheat could try, and what stops it.
    Attacks,
}

/// Menus that a key can open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// The branches.
    Branches,
    /// What can be done to the next message like the selected one.
    Fault,
}

impl Selection {
    /// The same tabs with nothing pointed at: for another run.
    #[must_use]
    pub fn let_go(&self) -> Self {
        Self { tab: self.tab, lab: self.lab, ..Self::default() }
    }

    /// Shows a lab, which takes the last tab.
    pub fn open_lab(&mut self, lab: Lab) {
        (self.tab, self.lab) = (Tab::Lab(lab), Some(lab));
    }

    /// Shows this tab; a lab takes the last one.
    pub fn show(&mut self, tab: Tab) {
        if let Tab::Lab(lab) = tab {
            self.open_lab(lab);
        } else {
            self.tab = tab;
        }
    }

    /// Whether somebody has begun to read something else since `before`; reading pauses play.
    #[must_use]
    pub fn is_reading_more_than(&self, before: &Self) -> bool {
        self.message != before.message || self.receipt != before.receipt || self.tab != before.tab
    }
}

impl Tab {
    /// The tabs in their order, with their words.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Claims, "Claims"),
        (Self::Verdict, "Verdict"),
        (Self::Message, "Message"),
        (Self::Opinions, "Opinions"),
        (Self::Knowledge, "Who knows what"),
        (Self::Compare, "Compare"),
        (Self::Coverage, "Coverage"),
    ];

    /// The tabs that show: all of them, and the lab that was opened last.
    #[must_use]
    pub fn shown(lab: Option<Lab>) -> Vec<(Self, &'static str)> {
        Self::ALL.into_iter().chain(lab.map(|lab| (Self::Lab(lab), lab.label()))).collect()
    }

    /// Whether it talks about the token that is pointed at.
    #[must_use]
    pub fn is_about_token(self) -> bool {
        matches!(self, Self::Claims | Self::Verdict | Self::Opinions)
    }
}

impl Lab {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 5] = [Self::Explore, Self::Notices, Self::Polling, Self::Domains, Self::Attacks];

    /// Its words on the tab.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Explore => "Explore",
            Self::Notices => "Notices",
            Self::Polling => "Polling",
            Self::Domains => "Domain check",
            Self::Attacks => "Attacks",
        }
    }

    /// What it is for.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Explore => "everything that can go wrong",
            Self::Notices => "what sellers are told of payments",
            Self::Polling => "how long an app waits for a payment",
            Self::Domains => "who gets past which check",
            Self::Attacks => "what a cheat could try",
        }
    }
}
