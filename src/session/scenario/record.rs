//! Recording: what was done by hand, written down as a scenario.

use crate::protocol::id::TransactionId;
use crate::session::run::Session;
use crate::session::scenario::facts::now;
use crate::session::scenario::plan::{Act, Expectation, PaymentRef, PlannedStep, Scenario};
use crate::session::step::Step;
use crate::world::command::Command;
use crate::world::event::Event;

/// Everything that was done up to the present place, as a scenario that does the same again, to the same fingerprint.
/// What is true now becomes what it expects: open products, payment states, money.
#[must_use]
pub fn record(session: &Session) -> Scenario {
    let mut steps: Vec<PlannedStep> = Vec::new();
    for step in session.past().iter().skip(1) {
        match (&step.command, steps.last_mut()) {
            (Command::Step, Some(PlannedStep { act: Act::Step(count), .. })) => *count += 1,
            (Command::Step, _) => steps.push(planned(Act::Step(1))),
            (command, _) => steps.push(planned(act(session, step, command))),
        }
    }
    let why = match session.notes() {
        "" => "Recorded by hand",
        notes => notes,
    };
    let end = now(session).into_iter().map(|expected| Expectation { expected, line: 0 }).collect();
    Scenario {
        title: session.title().to_owned(),
        why: why.to_owned(),
        setup: session.setup().clone(),
        steps,
        end,
        case: None,
    }
}

fn planned(act: Act) -> PlannedStep {
    PlannedStep { act, line: 0 }
}

fn act(session: &Session, step: &Step, command: &Command) -> Act {
    match command.payment_deed() {
        Some((deed, transaction)) => Act::Pay { deed, payment: name(session, step, transaction) },
        None => Act::Do(command.clone()),
    }
}

/// The plainest name that finds this payment again at that step: its product where it is the only one, else its number.
fn name(session: &Session, step: &Step, id: &TransactionId) -> PaymentRef {
    let earlier = session.past().get(..step.index).unwrap_or_default();
    let is_known = earlier.iter().flat_map(|step| &step.events).any(|event| has_begun(event, id));
    let payments = session.world().marketplace().transactions();
    let number = payments.iter().position(|payment| payment.id == *id).filter(|_| is_known);
    let Some(number) = number else { return PaymentRef::Id(id.to_string()) };
    let product = &payments[number].product;
    let is_only = payments.iter().filter(|payment| payment.product == *product).count() == 1;
    if is_only { PaymentRef::Latest(product.clone()) } else { PaymentRef::Number(number + 1) }
}

fn has_begun(event: &Event, id: &TransactionId) -> bool {
    matches!(event, Event::TransactionChanged { transaction, from: None, .. } if transaction == id)
}
