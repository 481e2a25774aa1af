//! Control: what a key press or a line such as "let 12 s pass" means, spelled out as recorded commands.

use crate::protocol::time::Span;
use crate::session::run::Session;
use crate::world::World;
use crate::world::character::BuyerCharacter;
use crate::world::command::Command;
use crate::world::marketplace::ledger::Transaction;
use crate::world::seat::Seat;
use crate::world::transaction::TransactionState;

/// How many steps an [`advance`] or a [`run_until_idle`] may take. A run that needs more does not end.
pub const STEPS_MAX: usize = 100_000;

/// A run that takes commands: one that keeps its history, or one that only wants to know how it ends.
pub trait Running {
    /// The world as it is now.
    fn world(&self) -> &World;
    /// How many steps were taken.
    fn taken(&self) -> usize;
    /// Does this.
    fn ask(&mut self, command: Command);
}

impl Running for Session {
    fn world(&self) -> &World {
        self.world()
    }

    fn taken(&self) -> usize {
        self.here().step
    }

    fn ask(&mut self, command: Command) {
        self.dispatch(command);
    }
}

/// What Space does now: the recorded next command; else the next arrow; else, before anything was bought, the first Buy.
/// `None`: the run is at rest or it [is your turn](is_your_turn), and whoever sits there decides.
#[must_use]
pub fn next_command(session: &Session) -> Option<Command> {
    if let Some(next) = session.future().first() {
        return Some(next.command.clone());
    }
    if is_your_turn(session.world()) {
        return None;
    }
    if !session.world().wire().is_empty() {
        return Some(Command::Step);
    }
    first_buy(session.world())
}

/// Whether everything waits for whoever sits at the payment window: the buyer is *you decide*, the price is shown, and what
/// was on its way has arrived. Polls and the window's expiry wait too, until time is let pass on purpose.
#[must_use]
pub fn is_your_turn(world: &World) -> bool {
    world.buyer().character() == BuyerCharacter::YouDecide && is_asking(world)
}

/// Whether the payment window asks, and nothing that was sent is still on its way: not even the answer to a wrong PIN.
pub(crate) fn is_asking(world: &World) -> bool {
    let Some(window) = world.buyer().window() else { return false };
    let is_shown = |payment: &Transaction| payment.state == TransactionState::Shown;
    world.marketplace().transaction(&window.transaction).is_some_and(is_shown)
        && world.wire().in_flight().next().is_none()
}

/// The first product of the shop that nobody has tried to buy, as long as nothing at all was bought. A page outside buys by itself.
#[must_use]
pub fn first_buy(world: &World) -> Option<Command> {
    let is_page_ours = world.setup().seats.app_page == Seat::Simulated;
    if !is_page_ours || !world.marketplace().transactions().is_empty() {
        return None;
    }
    let is_untouched = world.app_page().shelves().next().is_none();
    let product = world.catalog().shop().next().filter(|_| is_untouched)?;
    Some(Command::Buy { product: product.id.clone() })
}

/// Lets `span` pass. Each recorded step delivers one arrow at most; a last `Wait` fills what is left.
pub fn advance(session: &mut impl Running, span: Span) {
    let until = session.world().now() + span;
    for _ in 0..STEPS_MAX {
        let is_due = session.world().next_due().is_some_and(|due| due <= until);
        if !is_due {
            break;
        }
        session.ask(Command::Step);
    }
    let left = until - session.world().now();
    if left > Span::ZERO {
        session.ask(Command::Wait { span: left });
    }
}

/// Steps until nothing will happen by itself, or `limit` steps were taken. True if the world came to rest; what a fault holds
/// back rests too, until it is released.
pub fn run_until_idle(session: &mut impl Running, limit: usize) -> bool {
    step_until(session, limit, |session| session.world().wire().is_empty())
}

/// Steps until the payment window asks the buyer, or `limit` steps were taken. True if it asks.
pub fn run_until_asked(session: &mut impl Running, limit: usize) -> bool {
    step_until(session, limit, |session| is_asking(session.world()))
}

fn step_until<R: Running>(session: &mut R, limit: usize, is_there: impl Fn(&R) -> bool) -> bool {
    for _ in 0..limit.min(STEPS_MAX) {
        if is_there(session) {
            return true;
        }
        if session.world().wire().is_empty() {
            return false;
        }
        session.ask(Command::Step);
    }
    is_there(session)
}
