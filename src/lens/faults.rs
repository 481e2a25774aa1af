//! Faults as people read them: what is armed and how often it fired, and what can be done to the next message like this one.

use serde_json::Value;

use crate::protocol::time::Span;
use crate::world::World;
use crate::world::command::Command;
use crate::world::fault::act::{Act, Substitute};
use crate::world::fault::armed::{Armed, Fault, FaultId, MessageFault};
use crate::world::fault::field::fields;
use crate::world::fault::limit::Limit;
use crate::world::fault::pattern::Pattern;
use crate::world::fault::rewrite::{Removal, Replacement};
use crate::world::fault::spoil::{corrupt, substitute};
use crate::world::fault::trouble::Trouble;
use crate::world::message::Message;

/// One armed fault, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArmedLine {
    /// By which it is disarmed.
    pub id: FaultId,
    /// What it does, and to what.
    pub words: String,
    /// `1 of 1 used`.
    pub count: String,
    /// Whether it will never fire again.
    pub is_used_up: bool,
}

/// One thing that can be done to the next message like a given one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is done, in the imperative.
    pub words: String,
    /// The fault that does it.
    pub fault: Fault,
}

/// Everything that is armed, in the order of arming.
#[must_use]
pub fn armed_lines(world: &World) -> Vec<ArmedLine> {
    world.faults().armed().iter().map(armed_line).collect()
}

fn armed_line(armed: &Armed) -> ArmedLine {
    let count = match armed.of {
        Some(of) => format!("{} of {of} used", armed.used),
        None => format!("{} used", armed.used),
    };
    let words = match &armed.fault {
        Fault::OnParty { trouble, span: None } => trouble.sentence().to_owned(),
        Fault::OnParty { trouble, span: Some(span) } => format!("{}, for {span}", trouble.sentence()),
        Fault::OnMessage(MessageFault { what, act, limit }) => {
            format!("{} · {}{}", act_words(act), pattern_words(what), limit_words(*limit))
        }
    };
    ArmedLine { id: armed.id, words, count, is_used_up: armed.is_used_up() }
}

/// The armed fault that is this trouble of a party.
#[must_use]
pub fn armed_trouble(world: &World, trouble: Trouble) -> Option<&Armed> {
    let is_it = |fault: &Fault| matches!(fault, Fault::OnParty { trouble: of, .. } if *of == trouble);
    world.faults().armed().iter().find(|armed| is_it(&armed.fault))
}

/// What turns this trouble on, for so long or until it is disarmed; or off where it is armed.
#[must_use]
pub fn turned_trouble(world: &World, trouble: Trouble, span: Option<Span>) -> Command {
    match armed_trouble(world, trouble) {
        Some(armed) => Command::Disarm { fault: armed.id },
        None => Command::Arm { fault: Fault::OnParty { trouble, span } },
    }
}

/// What can be done to the next message of this kind between these parties.
#[must_use]
pub fn offers(world: &World, message: &Message) -> Vec<Offer> {
    if message.from == message.to {
        return Vec::new();
    }
    let form = || message.wire_form(world.setup(), world.catalog());
    let what = Pattern {
        kind: Some(message.body.kind()),
        from: Some(message.from),
        to: Some(message.to),
        ..Pattern::default()
    };
    let mut acts = vec![Act::Hold, Act::Delay(Span::from_seconds(5)), Act::Drop, Act::Duplicate, Act::Reorder];
    acts.extend(corrupt(message, form(), FIRST_BYTE).map(|_| Act::Corrupt(FIRST_BYTE)));
    let replaced = |(field, value): (&str, Value)| {
        Act::Replace(Replacement { field: field.to_owned(), value, ..Replacement::default() })
    };
    acts.extend(fields(&message.body).into_iter().next().map(replaced));
    let error = Substitute::Http { status: 500, body: String::new() };
    acts.extend(substitute(message, form(), &error).map(|_| Act::Answer(error)));
    acts.push(Act::TimeOut);
    acts.into_iter()
        .map(|act| Offer { words: act_words(&act), fault: Fault::on(what.clone(), act, Limit::Nth(1)) })
        .collect()
}

/// Which byte the menu changes: one among the claims of any token.
const FIRST_BYTE: u32 = 120;

/// What an act does, in the imperative.
#[must_use]
pub fn act_words(act: &Act) -> String {
    match act {
        Act::Hold => "Hold it".to_owned(),
        Act::Delay(span) => format!("Delay it by {span}"),
        Act::Drop => "Drop it".to_owned(),
        Act::Duplicate => "Send it twice".to_owned(),
        Act::Reorder => "Let the next one overtake it".to_owned(),
        Act::Corrupt(byte) => format!("Change byte {byte}"),
        Act::Replace(Replacement { is_beside: true, .. }) => "Put a changed one beside it".to_owned(),
        Act::Replace(Replacement { field, is_signed: true, .. }) => format!("Change its {field} and sign it again"),
        Act::Replace(Replacement { field, .. }) => format!("Change its {field}"),
        Act::Remove(Removal { field, is_signed: true }) => format!("Take its {field} away and sign it again"),
        Act::Remove(Removal { field, .. }) => format!("Take its {field} away"),
        Act::Answer(Substitute::Http { status, .. }) => format!("Answer {status} instead"),
        Act::Answer(Substitute::Store { status, .. }) => format!("Answer {status} instead"),
        Act::TimeOut => "Bring it too late".to_owned(),
    }
}

fn pattern_words(what: &Pattern) -> String {
    let Pattern { kind, product, transaction, message, from, to } = what;
    let mut words = match (message, kind) {
        (Some(message), _) => format!("message {}", message.0),
        (None, Some(kind)) => kind.name().to_owned(),
        (None, None) => "any message".to_owned(),
    };
    if let (Some(from), None) = (from, kind) {
        words = words + " from " + from.label();
    }
    if let (Some(to), None) = (to, kind) {
        words = words + " to " + to.label();
    }
    if let Some(product) = product {
        words = words + " of " + product.as_str();
    }
    if let Some(transaction) = transaction {
        words = words + " of " + transaction.as_str();
    }
    words
}

fn limit_words(limit: Limit) -> String {
    match limit {
        Limit::Nth(1) => ", the next one".to_owned(),
        Limit::Nth(nth) => format!(", only number {nth}"),
        Limit::First(first) => format!(", the first {first}"),
        Limit::UntilCleared => ", every one".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::id::ProductId;
    use crate::session::run::Session;
    use crate::world::event::Event;
    use crate::world::kind::Kind;
    use crate::world::setup::Setup;

    #[test]
    fn an_armed_fault_reads_as_a_sentence_with_its_live_count() {
        let mut session = Session::new(Setup::default());
        let fault = Fault::on(Pattern::of(Kind::KeysAsked), Act::Drop, Limit::Nth(1));
        session.dispatch(Command::Arm { fault });
        session.dispatch(Command::Arm { fault: Fault::OnParty { trouble: Trouble::SignerDown, span: None } });
        let line = |session: &Session, index: usize| armed_lines(session.world())[index].clone();
        assert_eq!(line(&session, 0).words, "Drop it · keys-asked, the next one");
        assert_eq!(line(&session, 0).count, "0 of 1 used");
        assert_eq!(line(&session, 1).words, "The marketplace cannot sign receipts");
        session.dispatch(Command::FetchKeys);
        assert_eq!((line(&session, 0).count.as_str(), line(&session, 0).is_used_up), ("1 of 1 used", true));
    }

    #[test]
    fn every_offer_works_on_the_next_message_like_it() {
        let mut session = Session::new(Setup::default());
        session.dispatch(Command::Buy { product: ProductId::well_known("shiny-pony") });
        let sent = |event: &Event| if let Event::Sent { message } = event { Some(message.clone()) } else { None };
        let asked = session.past()[0].events.iter().find_map(sent);
        let offers = offers(session.world(), &asked.unwrap());
        assert!(offers.len() >= 8, "{offers:?}");
        for offer in offers {
            let mut session = session.clone();
            session.dispatch(Command::Arm { fault: offer.fault });
            session.dispatch(Command::FetchKeys);
            assert_eq!(armed_lines(session.world())[0].count, "1 of 1 used", "{}", offer.words);
        }
    }
}
