//! Counterparts: what a deed of one run is done to in another one, where the same is done under other rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::protocol::id::TransactionId;
use crate::world::World;
use crate::world::command::Command;
use crate::world::fault::armed::{Fault, FaultId, MessageFault};
use crate::world::fault::pattern::Pattern;
use crate::world::message::{Message, MessageId};

/// Two runs side by side, and which fault of the one stands for which of the other.
#[derive(Debug, Default)]
pub(crate) struct Counterparts {
    /// By the numbers of the old run. Faults of the set-up have the same numbers in both.
    faults: BTreeMap<FaultId, Option<FaultId>>,
}

impl Counterparts {
    /// The same deed in the new run; `None` where nothing there corresponds to what it is done to.
    ///
    /// A payment is the one of the same number. A message on its way, or held, is the one of the same number among those of its
    /// kind: other rules may send more or fewer before it.
    pub(crate) fn of(&self, command: &Command, old: &World, new: &World) -> Option<Command> {
        if let Some((deed, transaction)) = command.payment_deed() {
            return payment(transaction, old, new).map(|transaction| deed.with(transaction));
        }
        if let Command::Release { message } = command {
            let held = |world: &World| world.faults().held().iter().map(|held| Arc::clone(&held.message)).collect();
            return same(*message, held(old), held(new)).map(|message| Command::Release { message });
        }
        if let Command::Disarm { fault } = command {
            return self.faults.get(fault).copied().unwrap_or(Some(*fault)).map(|fault| Command::Disarm { fault });
        }
        if let Command::Arm { fault: Fault::OnMessage(fault) } = command {
            let what = pattern(&fault.what, old, new)?;
            return Some(Command::Arm { fault: Fault::OnMessage(MessageFault { what, ..fault.clone() }) });
        }
        Some(command.clone())
    }

    /// Hears that both runs have gone on by this command of the old one, where the new one did its counterpart.
    pub(crate) fn note(&mut self, command: &Command, is_done: bool, (old, new): (&World, &World)) {
        let last = |world: &World| world.faults().armed().last().map(|armed| armed.id);
        if let (Command::Arm { .. }, Some(armed)) = (command, last(old)) {
            self.faults.insert(armed, last(new).filter(|_| is_done));
        }
    }
}

fn payment(transaction: &TransactionId, old: &World, new: &World) -> Option<TransactionId> {
    let number = old.marketplace().transactions().iter().position(|payment| payment.id == *transaction)?;
    new.marketplace().transactions().get(number).map(|payment| payment.id.clone())
}

fn pattern(what: &Pattern, old: &World, new: &World) -> Option<Pattern> {
    let mut what = what.clone();
    if let Some(transaction) = &what.transaction {
        what.transaction = Some(payment(transaction, old, new)?);
    }
    if let Some(message) = what.message {
        let under_way = |world: &World| world.wire().in_flight().map(Arc::clone).collect();
        what.message = Some(same(message, under_way(old), under_way(new))?);
    }
    Some(what)
}

/// The message that has the same number among those of its kind.
fn same(message: MessageId, old: Vec<Arc<Message>>, new: Vec<Arc<Message>>) -> Option<MessageId> {
    let kind = old.iter().find(|one| one.id == message)?.body.kind();
    let of_kind = |messages: Vec<Arc<Message>>| {
        let ids = messages.iter().filter(|one| one.body.kind() == kind).map(|one| one.id);
        ids.collect::<Vec<_>>()
    };
    let number = of_kind(old).iter().position(|one| *one == message)?;
    of_kind(new).get(number).copied()
}
