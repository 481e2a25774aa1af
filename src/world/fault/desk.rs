//! The fault desk: what is armed, how often it fired, and what it holds.

use std::sync::Arc;

use crate::protocol::time::{Span, Time};
use crate::world::event::Event;
use crate::world::fault::act::Act;
use crate::world::fault::armed::{Armed, Fault, FaultId, MessageFault};
use crate::world::fault::party::{Met, begin, meets, mend};
use crate::world::fault::pattern::Pattern;
use crate::world::fault::reach::Reach;
use crate::world::fault::spoil::{Spoilt, corrupt, remove, replace, substitute};
use crate::world::message::{Message, MessageId};
use crate::world::wire::Reminder;

/// By how much a message is late that comes when nobody waits for it any more: longer than any asker's patience.
const TOO_LATE: Span = Span::from_seconds(60);
/// How long a message lets itself be overtaken where nothing else arrives.
const OVERTAKEN_MAX: Span = Span::from_seconds(2);

/// Everything that shall go wrong in a run.
#[derive(Clone, Debug, Default)]
pub struct FaultDesk {
    armed: Vec<Armed>,
    count: u32,
    held: Vec<Held>,
    /// The messages that the next arrival overtakes.
    overtaken: Vec<MessageId>,
}

/// A message that waits until it is released.
#[derive(Clone, Debug)]
pub struct Held {
    /// The fault that holds it.
    pub by: FaultId,
    /// The message.
    pub message: Arc<Message>,
}

/// Reading.
impl FaultDesk {
    /// The armed faults, in the order in which they were armed.
    #[must_use]
    pub fn armed(&self) -> &[Armed] {
        &self.armed
    }

    /// The messages that are held, in the order in which they were caught.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    /// Whether no message can be hit.
    pub(crate) fn is_quiet(&self) -> bool {
        self.armed.is_empty()
    }
}

/// Arming.
impl FaultDesk {
    /// A desk with the faults that are armed from the start.
    pub(crate) fn new(faults: &[Fault], now: Time) -> Self {
        let mut desk = Self::default();
        for fault in faults {
            desk.enter(fault.clone(), now);
        }
        desk
    }

    /// Arms a fault. One that means a message that is already on its way hits it at once.
    pub(crate) fn arm(&mut self, fault: &Fault, reach: &mut Reach<'_>) {
        let id = self.enter(fault.clone(), reach.now);
        reach.events.push(Event::FaultArmed { fault: id });
        match fault {
            Fault::OnMessage(MessageFault { what: Pattern { message: Some(message), .. }, .. }) => {
                self.try_on(id, *message, reach);
            }
            Fault::OnMessage(_) => {}
            Fault::OnParty { .. } => self.begin(id, reach),
        }
    }

    /// The curtain rises: the troubles that were armed before it begin.
    pub(crate) fn begin_all(&mut self, reach: &mut Reach<'_>) {
        let armed: Vec<FaultId> = self.armed.iter().map(|armed| armed.id).collect();
        for fault in armed {
            self.begin(fault, reach);
        }
    }

    fn begin(&mut self, id: FaultId, reach: &mut Reach<'_>) {
        let Some(Armed { fault: Fault::OnParty { trouble, .. }, until, has_begun, .. }) =
            self.armed.iter_mut().find(|armed| armed.id == id)
        else {
            return;
        };
        if let Some(until) = until {
            reach.wire.remind_at(*until, Reminder::FaultEnds { fault: id });
        }
        *has_begun = begin(*trouble, reach);
    }

    /// Takes a fault away. What it held goes on its way now, in the order in which it was caught.
    pub(crate) fn disarm(&mut self, id: FaultId, reach: &mut Reach<'_>) {
        let Some(index) = self.armed.iter().position(|armed| armed.id == id) else {
            return reach.events.push(Event::CommandIgnored { why: "No fault of this number is armed" });
        };
        let armed = self.armed.remove(index);
        reach.events.push(Event::FaultDisarmed { fault: id });
        if let Fault::OnParty { trouble, .. } = armed.fault {
            reach.wire.forget(|reminder| *reminder == Reminder::FaultEnds { fault: id });
            let is_same =
                |other: &Armed| matches!(other.fault, Fault::OnParty { trouble: same, .. } if same == trouble);
            if !self.armed.iter().any(is_same) {
                mend(trouble, reach);
            }
        }
        let held: Vec<MessageId> = self.held.iter().filter(|held| held.by == id).map(|held| held.message.id).collect();
        for message in held {
            self.release(message, reach);
        }
    }

    /// Takes every fault away.
    pub(crate) fn clear(&mut self, reach: &mut Reach<'_>) {
        if self.armed.is_empty() {
            reach.events.push(Event::CommandIgnored { why: "No fault is armed" });
        }
        while let Some(first) = self.armed.first() {
            self.disarm(first.id, reach);
        }
    }

    /// Lets a held message go: it arrives now.
    pub(crate) fn release(&mut self, message: MessageId, reach: &mut Reach<'_>) {
        let Some(index) = self.held.iter().position(|held| held.message.id == message) else {
            return reach.events.push(Event::CommandIgnored { why: "No fault holds this message" });
        };
        let Held { message, .. } = self.held.remove(index);
        reach.events.push(Event::Released { message: Arc::clone(&message) });
        reach.wire.put_back(reach.now.max(message.due), message);
    }

    fn enter(&mut self, fault: Fault, now: Time) -> FaultId {
        self.count += 1;
        let id = FaultId(self.count);
        let (of, until) = match &fault {
            Fault::OnMessage(fault) => (fault.limit.most(), None),
            Fault::OnParty { span, .. } => (None, span.map(|span| now + span)),
        };
        self.armed.push(Armed { id, fault, matched: 0, used: 0, of, until, has_begun: false });
        id
    }
}

/// Firing.
impl FaultDesk {
    /// Lets every armed fault look at this message, which has just been sent.
    pub(crate) fn look_at(&mut self, id: MessageId, reach: &mut Reach<'_>) {
        let armed: Vec<FaultId> = self.armed.iter().map(|armed| armed.id).collect();
        for fault in armed {
            self.try_on(fault, id, reach);
        }
    }

    /// Lets one fault look at a message, if it is still on its way.
    pub(crate) fn try_on(&mut self, fault: FaultId, id: MessageId, reach: &mut Reach<'_>) {
        let Some(message) = reach.wire.find(id).cloned() else { return };
        let Some(armed) = self.armed.iter_mut().find(|armed| armed.id == fault) else { return };
        let spoil = match &armed.fault {
            Fault::OnMessage(spoil) => spoil,
            Fault::OnParty { trouble, .. } => {
                let Some(met) = meets(*trouble, &message, reach.scene) else { return };
                (armed.matched, armed.used) = (armed.matched + 1, armed.used + 1);
                let (act, used, of) = (trouble.word(), armed.used, armed.of);
                let fired = Event::FaultFired { fault, message: Arc::clone(&message), act, used, of, became: None };
                let place = tell(fired, id, reach.events);
                match met {
                    Met::Silence => drop(reach.wire.take(id)),
                    Met::Answer(spoilt) => say_instead(spoilt, &message, place, reach),
                }
                return;
            }
        };
        if !spoil.what.admits(&message, |transaction| reach.product_of(transaction)) {
            return;
        }
        let form = || message.wire_form(&reach.scene.setup, &reach.scene.catalog);
        let spoilt = match &spoil.act {
            Act::Corrupt(byte) => corrupt(&message, form(), *byte),
            Act::Replace(replacement) => {
                replace(&message, replacement, reach.signing_key(&message.body, &replacement.field))
            }
            Act::Remove(removal) => remove(&message, removal, reach.signing_key(&message.body, &removal.field)),
            Act::Answer(instead) => substitute(&message, form(), instead),
            Act::Hold | Act::Delay(_) | Act::Drop | Act::Duplicate | Act::Reorder | Act::TimeOut => None,
        };
        // What cannot be done to a message of this kind is not done, and does not count.
        if spoilt.is_none() && spoil.act.changes_words() {
            return;
        }
        armed.matched += 1;
        if !spoil.limit.admits(armed.matched) {
            return;
        }
        armed.used += 1;
        let fired = Event::FaultFired {
            fault,
            message: Arc::clone(&message),
            act: spoil.act.word(),
            used: armed.used,
            of: armed.of,
            became: None,
        };
        let place = tell(fired, id, reach.events);
        match spoilt {
            None => {
                let act = spoil.act.clone();
                self.carry_out(&act, fault, message, reach);
            }
            Some(spoilt) => say_instead(spoilt, &message, place, reach),
        }
    }

    fn carry_out(&mut self, act: &Act, fault: FaultId, message: Arc<Message>, reach: &mut Reach<'_>) {
        let id = message.id;
        match act {
            Act::Hold => {
                reach.wire.take(id);
                self.held.push(Held { by: fault, message });
            }
            Act::Delay(span) => reach.wire.postpone(id, *span),
            Act::Drop => drop(reach.wire.take(id)),
            Act::Duplicate => {
                let copy = reach.wire.copy(&message);
                reach.events.push(Event::Sent { message: copy });
            }
            Act::Reorder => {
                reach.wire.postpone(id, OVERTAKEN_MAX);
                self.overtaken.push(id);
            }
            Act::TimeOut => reach.wire.postpone(id, TOO_LATE),
            // These change words; what becomes of the message was found out before.
            Act::Corrupt(_) | Act::Replace(_) | Act::Remove(_) | Act::Answer(_) => {}
        }
    }

    /// A message has arrived: what let itself be overtaken comes next.
    pub(crate) fn has_arrived(&mut self, id: MessageId, reach: &mut Reach<'_>) {
        if self.overtaken.is_empty() {
            return;
        }
        self.overtaken.retain(|overtaken| *overtaken != id);
        for overtaken in self.overtaken.drain(..) {
            if let Some(message) = reach.wire.take(overtaken) {
                reach.wire.put_back(reach.now, message);
            }
        }
    }
}

/// Lets a message say something else, or be answered by another; the event at `place` tells what became of it.
fn say_instead(spoilt: Spoilt, message: &Message, place: usize, reach: &mut Reach<'_>) {
    match spoilt {
        Spoilt::Says(body) => {
            let changed = reach.wire.reword(message.id, body);
            if let Some(Event::FaultFired { became, .. }) = reach.events.get_mut(place) {
                *became = changed;
            }
        }
        Spoilt::IsAnswered(body) => {
            reach.wire.take(message.id);
            let answer = reach.wire.answer_for(message, body);
            reach.events.push(Event::Sent { message: answer });
        }
    }
}

/// Tells it right after the departure of the message, where that is still to be seen. Gives back its place.
fn tell(event: Event, id: MessageId, events: &mut Vec<Event>) -> usize {
    let is_departure = |event: &Event| matches!(event, Event::Sent { message } if message.id == id);
    let mut place = events.iter().rposition(is_departure).map_or(events.len(), |departure| departure + 1);
    while matches!(events.get(place), Some(Event::FaultFired { message, .. }) if message.id == id) {
        place += 1;
    }
    events.insert(place, event);
    place
}
