//! Notice acts: what can be done to a notice or to its answer, spelled as the faults that do it.

use crate::lens::faults::Offer;
use crate::lens::notices::{Delivery, Outlook};
use crate::protocol::notice::{NOTICE_TIMEOUT, NoticeKind};
use crate::protocol::time::Span;
use crate::world::World;
use crate::world::fault::act::{Act, Substitute};
use crate::world::fault::armed::Fault;
use crate::world::fault::limit::Limit;
use crate::world::fault::pattern::Pattern;
use crate::world::kind::Kind;
use crate::world::message::{Body, Message};

/// Later than the store waits.
const TOO_LATE: Span = Span::from_millis(NOTICE_TIMEOUT.millis() + 1_000);
/// What a careless server answers: not what must be answered.
const WRONG_BODY: &str = "OK";

/// The notice that acts are meant for: the newest that is still delivered. `None` means whichever comes next.
#[must_use]
pub fn subject(deliveries: &[Delivery]) -> Option<&Delivery> {
    let is_open = |delivery: &&Delivery| matches!(delivery.outlook, Outlook::Waiting { .. } | Outlook::Again { .. });
    deliveries.iter().rfind(is_open)
}

/// What can be done to the next attempt to deliver this notice, or to its answer. What is on its way already is hit there.
#[must_use]
pub fn acts(world: &World, delivery: Option<&Delivery>) -> Vec<Offer> {
    let wrong = Act::Answer(Substitute::Http { status: 200, body: WRONG_BODY.to_owned() });
    let error = Act::Answer(Substitute::Http { status: 500, body: String::new() });
    let offer = |words: &str, kind: Kind, act: Act| Offer {
        words: words.to_owned(),
        fault: Fault::on(pattern(world, delivery, kind), act, Limit::Nth(1)),
    };
    vec![
        offer("Answer a wrong body", Kind::NoticeAnswered, wrong),
        offer("Answer 500", Kind::NoticeAnswered, error),
        offer("Answer 6 s late", Kind::NoticeAnswered, Act::Delay(TOO_LATE)),
        offer("Drop the attempt", Kind::NoticeSent, Act::Drop),
        offer("Send it twice", Kind::NoticeSent, Act::Duplicate),
    ]
}

fn pattern(world: &World, delivery: Option<&Delivery>, kind: Kind) -> Pattern {
    let is_meant = |message: &Message| {
        message.body.kind() == kind
            && delivery.is_none_or(|delivery| message.body.transaction() == Some(&delivery.transaction))
            && delivery.is_none_or(|delivery| notice_kind(&message.body) == Some(delivery.kind))
    };
    if let Some(message) = world.wire().in_flight().find(|message| is_meant(message)) {
        return Pattern::only(message.id);
    }
    Pattern { transaction: delivery.map(|delivery| delivery.transaction.clone()), ..Pattern::of(kind) }
}

fn notice_kind(body: &Body) -> Option<NoticeKind> {
    if let Body::NoticeSent { kind, .. } | Body::NoticeAnswered { kind, .. } = body { Some(*kind) } else { None }
}
