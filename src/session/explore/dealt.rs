//! Dealt: the faults that a run can meet, one for each message that it really sends and each way of spoiling it.

use std::fmt;

use serde_json::Value;

use crate::protocol::notice::NOTICE_TIMEOUT;
use crate::protocol::time::Span;
use crate::session::explore::tally::Tally;
use crate::world::fault::act::{Act, Substitute};
use crate::world::fault::armed::{Fault, MessageFault};
use crate::world::fault::limit::Limit;
use crate::world::fault::pattern::Pattern;
use crate::world::fault::rewrite::{Removal, Replacement};
use crate::world::fault::trouble::Trouble;
use crate::world::kind::Kind;
use crate::world::marketplace::window::PATIENCE as WINDOW_PATIENCE;
use crate::world::setup::Setup;

/// How much longer than somebody's patience a delay lasts.
const JUST_OVER: Span = Span::from_seconds(1);
/// The byte that is corrupted: inside the claims of every token, where there is one.
const BYTE: u32 = 160;
/// The fields whose words decide something.
const FIELDS: [&str; 3] = ["status", "answer", "body"];

/// One fault of a mix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dealt {
    /// What goes wrong.
    pub fault: Fault,
    /// From when on.
    pub onset: Onset,
}

/// From when on something can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Onset {
    /// Before the first command.
    Start,
    /// Once the buyer was charged for the first time.
    Charged,
}

/// Every fault that can befall a run which sends these messages.
#[must_use]
pub fn deal(setup: &Setup, tally: &Tally) -> Vec<Dealt> {
    let mut dealt = Vec::new();
    for kind in tally.kinds() {
        for act in acts(setup, kind, tally) {
            let repeats = can_go_on(&act);
            for nth in 1..=tally.count(kind) {
                dealt.push(Dealt::on(kind, act.clone(), Limit::Nth(nth)));
            }
            if repeats {
                dealt.push(Dealt::on(kind, act, Limit::UntilCleared));
            }
        }
    }
    for trouble in Trouble::ALL {
        for onset in [Onset::Start, Onset::Charged] {
            dealt.push(Dealt { fault: Fault::OnParty { trouble, span: None }, onset });
        }
    }
    dealt
}

/// What can be done to one message of this kind.
fn acts(setup: &Setup, kind: Kind, tally: &Tally) -> Vec<Act> {
    let mut acts = vec![Act::Drop, Act::Duplicate, Act::Reorder];
    acts.extend(delays(setup).into_iter().map(Act::Delay));
    acts.extend([Act::TimeOut, Act::Hold, Act::Corrupt(BYTE)]);
    acts.push(Act::Answer(Substitute::Http { status: 500, body: "Internal Server Error".to_owned() }));
    let replaced = tally.samples(kind).iter().filter(|(field, _)| FIELDS.contains(field));
    acts.extend(replaced.map(|(field, value)| replace(field, value)));
    acts
}

fn replace(field: &str, value: &Value) -> Act {
    Act::Replace(Replacement { field: field.to_owned(), value: value.clone(), ..Replacement::default() })
}

/// One second more than each time for which somebody waits, shortest first.
fn delays(setup: &Setup) -> Vec<Span> {
    let patience = setup.client_rules().api_patience;
    let mut spans: Vec<Span> =
        [NOTICE_TIMEOUT, patience, setup.polling.patience(), WINDOW_PATIENCE].map(|span| span + JUST_OVER).into();
    spans.sort_unstable();
    spans.dedup();
    spans
}

/// Whether it makes sense that every message of a kind fares so: what is late or out of order once is so always.
fn can_go_on(act: &Act) -> bool {
    matches!(act, Act::Drop | Act::Corrupt(_) | Act::Answer(_) | Act::Replace(_))
}

impl Dealt {
    fn on(kind: Kind, act: Act, limit: Limit) -> Self {
        Self { fault: Fault::on(Pattern::of(kind), act, limit), onset: Onset::Start }
    }

    /// The message that it befalls; `None` for a party's trouble.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.on_message().and_then(|fault| fault.what.kind)
    }

    /// What is done, in a word: the act's, or the trouble's.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match &self.fault {
            Fault::OnMessage(fault) => fault.act.word(),
            Fault::OnParty { trouble, .. } => trouble.word(),
        }
    }

    /// Whether a run that sends these messages can meet it.
    #[must_use]
    pub fn can_befall(&self, tally: &Tally) -> bool {
        let Some(MessageFault { what, limit, .. }) = self.on_message() else { return true };
        let least = match limit {
            Limit::Nth(nth) => *nth,
            Limit::First(_) | Limit::UntilCleared => 1,
        };
        what.kind.is_none_or(|kind| tally.count(kind) >= least)
    }

    fn on_message(&self) -> Option<&MessageFault> {
        match &self.fault {
            Fault::OnMessage(fault) => Some(fault),
            Fault::OnParty { .. } => None,
        }
    }
}

/// `drop notice-sent 2`, `answer 500 to every status-asked`, `signer-down once charged`.
impl fmt::Display for Dealt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(MessageFault { what, act, limit }) = self.on_message() else {
            return write!(f, "{}{}", self.word(), if self.onset == Onset::Charged { " once charged" } else { "" });
        };
        f.write_str(act.word())?;
        match act {
            Act::Answer(Substitute::Http { status, .. }) => write!(f, " {status} to")?,
            Act::Answer(Substitute::Store { status, .. }) => write!(f, " {status} to")?,
            Act::Replace(Replacement { field, value, .. }) => write!(f, " {field} by {} in", bare(value))?,
            Act::Remove(Removal { field, .. }) => write!(f, " {field} from")?,
            Act::Hold | Act::Delay(_) | Act::Drop | Act::Duplicate | Act::Reorder | Act::Corrupt(_) | Act::TimeOut => {}
        }
        let kind = what.kind.map_or("message", Kind::name);
        match limit {
            Limit::Nth(nth) => write!(f, " {kind} {nth}")?,
            Limit::First(first) => write!(f, " the first {first} {kind}")?,
            Limit::UntilCleared => write!(f, " every {kind}")?,
        }
        if let Act::Delay(span) = act {
            write!(f, " by {}", span.compact())?;
        }
        Ok(())
    }
}

fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
