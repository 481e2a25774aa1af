//! Playing cards: each move becomes the commands that a person at the window, or a program outside, would give.

use std::sync::Arc;

use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::jwt::Jwt;
use crate::protocol::notice::{Notice, NoticeKind, sign_notice};
use crate::protocol::request::PayRequest;
use crate::protocol::signing_key::SigningKey;
use crate::session::attack::card::{Card, Move};
use crate::session::control;
use crate::session::run::Session;
use crate::world::character::BuyerCharacter;
use crate::world::command::Command;
use crate::world::event::Event;
use crate::world::input::Input;
use crate::world::message::Body;
use crate::world::party::Party;
use crate::world::seat::Seat;
use crate::world::setup::Setup;
use crate::world::transaction::TransactionState;

/// How many steps one wait of a card may take.
const STEPS_MAX: usize = 10_000;
/// The secret that a forger guesses.
const GUESS: &[u8] = b"secret";

/// A card that was played: where it began on the present branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Played {
    /// How many steps lay in the past when the first move was made.
    pub from: usize,
}

/// Why a card cannot be played on a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unplayable {
    /// Nobody here moves the app.
    #[error("The app sits outside in this run: whoever has it can try this there")]
    AppOutside,
    /// There is nothing to steal.
    #[error("The app sells nothing")]
    NothingSold,
}

/// Plays a card on a run of its own.
///
/// # Errors
/// [`Unplayable`].
pub fn play_alone(card: &Card, setup: &Setup) -> Result<(Session, Played), Unplayable> {
    let mut session = Session::new(setup.clone());
    let played = play(card, &mut session)?;
    session.rename(card.title);
    Ok((session, played))
}

/// What would come of playing the card on this run, in a run that shares no memory with it.
///
/// # Errors
/// [`Unplayable`].
pub fn preview(card: &Card, session: &Session) -> Result<(Session, Played), Unplayable> {
    let mut copy = Session::new(session.setup().clone());
    for step in session.past().get(1..beginning(session)).unwrap_or_default() {
        copy.dispatch(step.command.clone());
    }
    let played = play(card, &mut copy)?;
    Ok((copy, played))
}

/// Plays a card on this run: goes back to before its first purchase, where a branch opens, and makes the moves.
///
/// # Errors
/// [`Unplayable`]; then nothing has happened.
pub fn play(card: &Card, session: &mut Session) -> Result<Played, Unplayable> {
    if session.setup().seats.app_page == Seat::External {
        return Err(Unplayable::AppOutside);
    }
    let product = session.world().catalog().shop().next().map(|product| product.id.clone());
    let product = product.ok_or(Unplayable::NothingSold)?;
    let from = beginning(session);
    session.rewind(from);
    for next in (card.moves)() {
        make(session, &product, next);
    }
    Ok(Played { from })
}

/// How many steps of the present branch precede the first purchase; all that were taken, where nothing was bought yet.
#[must_use]
pub fn beginning(session: &Session) -> usize {
    let is_purchase = |command: &Command| {
        matches!(command, Command::Buy { .. } | Command::Plant { .. } | Command::Receive { .. } | Command::Arm { .. })
    };
    session.past().iter().position(|step| is_purchase(&step.command)).unwrap_or(session.here().step)
}

fn make(session: &mut Session, product: &ProductId, next: Move) {
    match next {
        Move::BuyAndPay => {
            buy(session, product, BuyerCharacter::PaysAtOnce);
            control::run_until_idle(session, STEPS_MAX);
        }
        Move::BuyAndLinger => {
            buy(session, product, BuyerCharacter::NeverAnswers);
            control::run_until_asked(session, STEPS_MAX);
        }
        Move::Plant(receipt) => {
            session.dispatch(Command::Plant { product: product.clone(), receipt });
        }
        Move::Arm(fault) => {
            session.dispatch(Command::Arm { fault: *fault });
        }
        Move::Skew(party, ahead) => {
            session.dispatch(Command::Skew { party, ahead });
        }
        Move::Refund => {
            if let Some(transaction) = paid(session, product) {
                session.dispatch(Command::Refund { transaction });
            }
        }
        Move::ForgeNotice => {
            if let Some(notice) = forged_notice(session) {
                receive(session, Input::Notice { kind: NoticeKind::Postback, notice });
            }
        }
        Move::ReplayRequest => {
            if let Some(request) = opened_request(session) {
                let buyer = Some(BuyerCharacter::PaysAtOnce);
                receive(session, Input::OpenWindow { request: request.to_string(), buyer });
            }
        }
        Move::Present => {
            session.dispatch(Command::VerifyAgain { product: product.clone() });
        }
        Move::Rest => {
            control::run_until_idle(session, STEPS_MAX);
        }
    }
}

fn buy(session: &mut Session, product: &ProductId, character: BuyerCharacter) {
    if session.world().buyer().character() != character {
        session.dispatch(Command::ChangeBuyer { character });
    }
    session.dispatch(Command::Buy { product: product.clone() });
}

fn receive(session: &mut Session, input: Input) {
    let at = session.world().now();
    session.dispatch(Command::Receive { at, input });
}

/// The latest payment for the product that was completed.
fn paid(session: &Session, product: &ProductId) -> Option<TransactionId> {
    let payments = session.world().marketplace().transactions().iter().rev();
    let is_it = |state| state == TransactionState::Completed;
    payments.filter(|payment| payment.product == *product).find(|payment| is_it(payment.state)).map(|it| it.id.clone())
}

/// The bodies that were sent so far, the latest first.
fn said(session: &Session) -> impl Iterator<Item = &Body> {
    let events = session.past().iter().rev().flat_map(|step| step.events.iter().rev());
    events.filter_map(|event| if let Event::Sent { message } = event { Some(&message.body) } else { None })
}

/// The request with which a payment page was opened last.
fn opened_request(session: &Session) -> Option<Arc<str>> {
    said(session)
        .find_map(|body| if let Body::WindowOpened { request } = body { Some(Arc::clone(request)) } else { None })
}

/// A notice that the latest order was paid: what the page was given says all that must stand in it, but for the signature.
fn forged_notice(session: &Session) -> Option<String> {
    let (transaction, request) = said(session).find_map(ordered)?;
    let request: PayRequest = Jwt::parse(request).ok()?.unverified_claims().ok()?;
    let now = session.world().clock_of(Party::AppServer);
    let notice = Notice::postback(&request, transaction.as_str(), None, now);
    sign_notice(&notice, &SigningKey::hs256("forger", GUESS).ok()?).ok()
}

/// What the page was given for its order.
fn ordered(body: &Body) -> Option<(&TransactionId, &Arc<str>)> {
    if let Body::BuyAnswered { transaction, request } = body { Some((transaction, request)) } else { None }
}
