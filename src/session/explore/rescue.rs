//! Rescue: whether a run that went wrong could still have been saved, and after which event it could not.

use serde::Serialize;

use crate::protocol::id::ProductId;
use crate::protocol::time::{Span, Time};
use crate::session::explore::end::{End, Reckoning, held};
use crate::session::run::Session;
use crate::session::step::Step;
use crate::world::World;
use crate::world::command::Command;
use crate::world::kind::Kind;
use crate::world::transaction::TransactionState;

/// How long retries and choices have.
const PATIENCE: Span = Span::from_days(1);
/// How many steps one attempt may take.
const STEPS_MAX: usize = 2_000;
/// How many choices are made one after the other.
const CHOICES_MAX: usize = 2;

/// What could have been done about a bad end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// After this, retries alone save nothing: somebody has to do something. `None` where even at the end it would have been enough
    /// that the faults are over.
    pub untended: Option<Point>,
    /// The point of no return: after this nothing saves it any more, whoever does what. `None` where it is never too late.
    pub lost: Option<Point>,
    /// What saves it where it came to rest, in this order; empty where that takes nobody, and where nothing does.
    pub way_out: Vec<Command>,
    /// How the buyer's money can still be given back, where it was taken: it undoes the purchase rather than saving it.
    pub way_back: Option<WayBack>,
}

/// An event that decided something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// How many steps had been taken after it.
    pub taken: usize,
    /// The number of the message that the step delivered or sent; `None` where a command sent none.
    pub message: Option<u32>,
    /// What that message says.
    pub says: Option<Kind>,
}

impl Point {
    /// Of the step at this place of a run, from 0.
    fn of(index: usize, step: &Step) -> Self {
        let message = step.message();
        let (number, says) = (message.map(|message| message.number), message.map(|message| message.body.kind()));
        Self { taken: index + 1, message: number, says }
    }
}

/// How money goes back to the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// The marketplace refunds it.
    Refund,
    /// The marketplace knows of no payment; the buyer's bank takes the money back.
    ChargeBack,
}

/// Looks at the moments of a run that came to a bad end, from its last backwards, until one is found from which it could have
/// been saved; so no later one could. Nothing is guessed from the moments between.
///
/// From each moment on no fault strikes any more, what was held is let go, and every party does as it always does. If that does
/// not save it within a day, choices are tried, up to two in a row, each made at once or when all has come to rest: the buyer
/// clicks Buy where no money was taken, decides in the payment window, asks for the receipt again; the app is opened again, fetches keys, verifies
/// again, asks for a fresh receipt. Giving the money back is told apart. To look at the history or to rotate a key opens nothing,
/// and neither is tried.
#[must_use]
pub fn fate(session: &Session) -> Fate {
    let mut moment = Moment { world: World::new(session.setup().clone()), reckoning: Reckoning::default() };
    let mut moments = vec![moment.clone()];
    for step in session.past() {
        moment.ask(&step.command);
        moments.push(moment.clone());
    }
    let point = |is_saved: &dyn Fn(&Moment) -> bool| {
        let last = moments.iter().rposition(is_saved).unwrap_or_default();
        // The step after the last moment from which it could be saved.
        session.past().get(last).map(|step| Point::of(last, step))
    };
    let way_out = moment.without_faults().way_out();
    Fate {
        untended: point(&|moment| moment.without_faults().is_saved_by_itself()),
        lost: if way_out.is_some() { None } else { point(&|moment| moment.without_faults().way_out().is_some()) },
        way_out: way_out.unwrap_or_default(),
        way_back: moment.way_back(),
    }
}

/// A run at one moment, to be gone on with in several ways.
#[derive(Clone)]
struct Moment {
    world: World,
    reckoning: Reckoning,
}

impl Moment {
    fn ask(&mut self, command: &Command) {
        let events = self.world.handle(command);
        self.reckoning.read(command, &events, &self.world);
    }

    fn after(&self, command: &Command) -> Self {
        let mut after = self.clone();
        after.ask(command);
        after
    }

    /// The same moment with every fault cleared; what was held goes on its way.
    fn without_faults(&self) -> Self {
        if self.world.faults().armed().is_empty() { self.clone() } else { self.after(&Command::ClearFaults) }
    }

    fn is_saved_by_itself(&self) -> bool {
        self.way_of(0, self.world.now() + PATIENCE).is_some()
    }

    /// The fewest choices that lead to a good end.
    fn way_out(&self) -> Option<Vec<Command>> {
        let until = self.world.now() + PATIENCE;
        (0..=CHOICES_MAX).find_map(|count| self.way_of(count, until))
    }

    /// A way of exactly so many choices.
    fn way_of(&self, count: usize, until: Time) -> Option<Vec<Command>> {
        let rested = self.at_rest(until);
        if count == 0 {
            return rested.is_good().then(Vec::new);
        }
        let moments = if self.world.wire().is_empty() { vec![&rested] } else { vec![&rested, self] };
        for moment in moments {
            for choice in moment.choices() {
                if let Some(mut way) = moment.after(&choice).way_of(count - 1, until) {
                    way.insert(0, choice);
                    return Some(way);
                }
            }
        }
        None
    }

    fn at_rest(&self, until: Time) -> Self {
        let mut rested = self.clone();
        for _ in 0..STEPS_MAX {
            if rested.world.next_due().is_none_or(|due| due > until) {
                break;
            }
            rested.ask(&Command::Step);
        }
        rested
    }

    fn is_good(&self) -> bool {
        matches!(self.reckoning.end(&self.world), End::Fine | End::Refused)
    }

    /// What the parties can decide to do now.
    fn choices(&self) -> Vec<Command> {
        let world = &self.world;
        let mut choices = Vec::new();
        if world.buyer().window().is_some() {
            choices.push(Command::Confirm { pin: world.catalog().pin.to_owned() });
            choices.push(Command::CloseWindow);
        }
        let is_completed = |state| state == TransactionState::Completed;
        let completed = world.marketplace().transactions().iter().filter(|payment| is_completed(payment.state));
        choices.extend(completed.map(|payment| Command::GetReceipt { transaction: payment.id.clone() }));
        let mut products: Vec<&ProductId> = self.reckoning.wanted().collect();
        products.extend(world.app_page().shelves().map(|shelf| &shelf.product));
        products.sort_unstable();
        products.dedup();
        for product in &products {
            if !held(world).any(|payment| payment.product == **product) {
                choices.push(Command::Buy { product: (*product).clone() });
            }
            choices.push(Command::VerifyAgain { product: (*product).clone() });
            if world.app_page().shelf(product).is_some_and(|shelf| shelf.receipt.is_some()) {
                choices.push(Command::Reissue { product: (*product).clone() });
            }
        }
        choices.extend([Command::FetchKeys, Command::Reopen]);
        choices
    }

    /// How what was paid can be given back.
    fn way_back(&self) -> Option<WayBack> {
        let moment = self.without_faults();
        let paid: Vec<_> = held(&moment.world).map(|payment| payment.id.clone()).collect();
        let transaction = paid.first()?.clone();
        let is_back = |command: &Command| {
            let after = moment.after(command).at_rest(moment.world.now() + PATIENCE);
            held(&after.world).count() < paid.len()
        };
        if is_back(&Command::Refund { transaction: transaction.clone() }) {
            return Some(WayBack::Refund);
        }
        is_back(&Command::ChargeBack { transaction }).then_some(WayBack::ChargeBack)
    }
}

impl WayBack {
    /// In a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Refund => "The marketplace can still give the money back",
            Self::ChargeBack => "The buyer's bank can still take the money back",
        }
    }
}
