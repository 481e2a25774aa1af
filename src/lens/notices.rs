//! The notice desk: each notice with its attempts, what came back and whether it counted, and when the next one is due.

use std::sync::Arc;

use crate::lens::follower::Follower;
use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::notice::{Heard, NOTICE_RETRY_DELAY, NOTICE_TIMEOUT, NoticeKind};
use crate::protocol::rules::NoticeRules;
use crate::protocol::time::Time;
use crate::session::run::Session;
use crate::session::step::Step;
use crate::world::event::Event;
use crate::world::message::{Body, Crossing, Message, MessageId};
use crate::world::party::Party;
use crate::world::refusal::Refusal;
use crate::world::setup::Setup;

/// Every notice of the present branch up to the present place, kept up to date while the run grows. Never changes the session.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    deliveries: Vec<Delivery>,
    follower: Follower,
}

/// One notice on its way to whoever sells.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The payment, by the name that its notices use.
    pub transaction: TransactionId,
    /// What was bought; `None` for a payment that the store does not know.
    pub product: Option<ProductId>,
    /// Paid, or taken back.
    pub kind: NoticeKind,
    /// Where it is posted to.
    pub url: Arc<str>,
    /// Every attempt, and every copy of one.
    pub attempts: Vec<Attempt>,
    /// How far it is.
    pub outlook: Outlook,
}

/// One attempt to deliver a notice.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// 1 for the first.
    pub number: u8,
    /// The message that carried it.
    pub message: MessageId,
    /// The number of that message, as people say it.
    pub message_number: u32,
    /// When it left, true time.
    pub sent: Time,
    /// Whether it is a copy of one that left before.
    pub is_copy: bool,
    /// What the app server made of it; `None` while it has not arrived.
    pub effect: Option<Effect>,
    /// What the marketplace got back.
    pub answer: Option<Answer>,
    /// What it came to.
    pub fate: Fate,
    /// What was done to it or to its answer on the way, in the words of files.
    pub faults: Vec<&'static str>,
}

/// What an app server made of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It was news: the order changed.
    News,
    /// It had been heard before, and did nothing a second time.
    Repeated,
    /// It had been heard before, and did something again.
    TakenTwice,
    /// It was not believed.
    Refused(Refusal),
    /// A program outside has it, and nobody here sees what it does.
    Outside,
}

/// What came back for an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// When it arrived, true time.
    pub at: Time,
    /// HTTP status; 0 where nobody was there.
    pub status: u16,
    /// The whole body.
    pub body: String,
}

/// What an attempt came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is waited for.
    Waiting,
    /// The answer was right: the notice is delivered.
    Counted,
    /// The status was right and the body was not the payment's id.
    WrongBody,
    /// The status says that it went wrong.
    WrongStatus,
    /// Nobody could be reached, or what came back was no whole answer.
    Unreached,
    /// Nothing came within the time-out.
    Unanswered,
    /// An answer came when nobody waited for it any more.
    TooLate,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// An answer is waited for, until then.
    Waiting {
        /// The end of the time-out.
        until: Time,
    },
    /// It was answered as it must be.
    Delivered,
    /// It is tried again.
    Again {
        /// When.
        at: Time,
    },
    /// The store has stopped trying.
    GivenUp {
        /// Whether the owner was told by mail.
        is_mailed: bool,
    },
}

impl Notices {
    /// Reads what is new up to the present place.
    pub fn refresh(&mut self, session: &Session) {
        let past = session.past();
        let new = self.follower.beyond(past).unwrap_or_else(|| {
            *self = Self::default();
            past
        });
        for step in new {
            self.take(step, session);
        }
        self.follower.reach(past);
    }

    /// The notices, in the order in which they were first posted.
    #[must_use]
    pub fn deliveries(&self) -> &[Delivery] {
        &self.deliveries
    }

    fn take(&mut self, step: &Step, session: &Session) {
        let setup = session.setup();
        for (index, event) in step.events.iter().enumerate() {
            match event {
                Event::Sent { message } => self.sent(message, session),
                Event::Delivered { message } => {
                    let after = step.events.get(index + 1..).unwrap_or_default();
                    self.arrived(message, step.at, after, setup);
                }
                Event::TimedOut { message, .. } => self.timed_out(*message, step.at),
                Event::NoticeGivenUp { transaction, attempts } => self.given_up(transaction, *attempts),
                Event::FaultFired { message, act, .. } => self.spoilt(message, act),
                Event::Waited { .. }
                | Event::TransactionChanged { .. }
                | Event::Charged { .. }
                | Event::Returned { .. }
                | Event::ReceiptIssued { .. }
                | Event::AccessGranted { .. }
                | Event::AccessEnded { .. }
                | Event::BookedAgain { .. }
                | Event::PollingGivenUp { .. }
                | Event::Refused { .. }
                | Event::AppReopened
                | Event::AccountMade { .. }
                | Event::BuyerChanged { .. }
                | Event::ClockSkewed { .. }
                | Event::KeyRotated { .. }
                | Event::Unexpected { .. }
                | Event::FaultArmed { .. }
                | Event::FaultDisarmed { .. }
                | Event::Released { .. }
                | Event::CommandIgnored { .. } => {}
            }
        }
    }

    fn sent(&mut self, message: &Message, session: &Session) {
        if let Body::OwnerMailed { transaction, .. } = &message.body {
            let of = |delivery: &&mut Delivery| delivery.transaction == *transaction;
            for delivery in self.deliveries.iter_mut().filter(of) {
                if let Outlook::GivenUp { is_mailed } = &mut delivery.outlook {
                    *is_mailed = true;
                }
            }
        }
        // What somebody outside posts to an app server is no delivery of this store.
        let Body::NoticeSent { transaction, kind, attempt, url, .. } = &message.body else { return };
        if message.crossing.is_some() {
            return;
        }
        let place = self.deliveries.iter().position(|one| one.transaction == *transaction && one.kind == *kind);
        let place = place.unwrap_or_else(|| {
            let mut payments = session.world().marketplace().transactions().iter();
            let product = payments.find(|one| one.notice_id() == *transaction).map(|one| one.product.clone());
            self.deliveries.push(Delivery {
                transaction: transaction.clone(),
                product,
                kind: *kind,
                url: Arc::clone(url),
                attempts: Vec::new(),
                outlook: Outlook::Delivered,
            });
            self.deliveries.len() - 1
        });
        let Some(delivery) = self.deliveries.get_mut(place) else { return };
        let is_copy = delivery.attempts.iter().any(|one| one.number == *attempt);
        delivery.attempts.push(Attempt {
            number: *attempt,
            message: message.id,
            message_number: message.number,
            sent: message.sent,
            is_copy,
            effect: None,
            answer: None,
            fate: Fate::Waiting,
            faults: Vec::new(),
        });
        if !is_copy {
            delivery.outlook = Outlook::Waiting { until: message.sent + NOTICE_TIMEOUT };
        }
    }

    fn arrived(&mut self, message: &Message, at: Time, after: &[Event], setup: &Setup) {
        if let Body::NoticeSent { transaction, kind, .. } = &message.body {
            let is_outside = setup.seats.is_outside(Party::AppServer, setup.is_hosted());
            let Some(delivery) =
                self.deliveries.iter_mut().find(|one| one.transaction == *transaction && one.kind == *kind)
            else {
                return;
            };
            let was_heard = delivery.attempts.iter().any(Attempt::is_heard);
            if let Some(attempt) = delivery.attempts.iter_mut().find(|attempt| attempt.message == message.id) {
                attempt.effect = Some(if is_outside { Effect::Outside } else { effect(was_heard, after) });
            }
        }
        // What answers a program outside is no answer to this store; what a server outside answers is.
        if let Body::NoticeAnswered { transaction, kind, status, body } = &message.body
            && message.crossing != Some(Crossing::Out)
        {
            let answer = Answer { at, status: *status, body: body.clone() };
            let wanted = self.deliveries.iter_mut().find(|one| one.transaction == *transaction && one.kind == *kind);
            if let Some(delivery) = wanted {
                delivery.hear(message.answers, answer, &setup.rules().notice);
            }
        }
    }

    fn timed_out(&mut self, message: MessageId, at: Time) {
        for delivery in &mut self.deliveries {
            let Some(attempt) = delivery.attempts.iter_mut().find(|attempt| attempt.message == message) else {
                continue;
            };
            attempt.fate = Fate::Unanswered;
            delivery.outlook = Outlook::Again { at: at + NOTICE_RETRY_DELAY };
            delivery.settle_copies();
        }
    }

    fn given_up(&mut self, transaction: &TransactionId, attempts: u8) {
        let is_it = |one: &&mut Delivery| {
            let is_open = !matches!(one.outlook, Outlook::Delivered | Outlook::GivenUp { .. });
            one.transaction == *transaction && is_open && one.attempt_count() == attempts
        };
        if let Some(delivery) = self.deliveries.iter_mut().find(is_it) {
            delivery.outlook = Outlook::GivenUp { is_mailed: false };
        }
    }

    fn spoilt(&mut self, message: &Message, act: &'static str) {
        let attempts = self.deliveries.iter_mut().flat_map(|delivery| &mut delivery.attempts);
        let is_it = |attempt: &&mut Attempt| attempt.message == message.id || Some(attempt.message) == message.answers;
        if let Some(attempt) = attempts.into_iter().find(is_it) {
            attempt.faults.push(act);
        }
    }
}

impl Delivery {
    /// How many times it was posted, copies not counted.
    #[must_use]
    pub fn attempt_count(&self) -> u8 {
        self.attempts.iter().map(|attempt| attempt.number).max().unwrap_or_default()
    }

    /// An answer has arrived. As the store does: whichever attempt it answers, it counts for the one that is waited for.
    fn hear(&mut self, answers: Option<MessageId>, answer: Answer, rules: &NoticeRules) {
        let is_waited_for = matches!(self.outlook, Outlook::Waiting { .. });
        // That nothing comes any more is no answer: the time-out has said so before.
        if answer.status == 0 && !is_waited_for {
            return;
        }
        let (fate, outlook) = match rules.reading(answer.status, &answer.body, self.transaction.as_str()) {
            _ if !is_waited_for => (Fate::TooLate, self.outlook),
            Heard::Acknowledged => (Fate::Counted, Outlook::Delivered),
            Heard::GivenUp => (Fate::WrongBody, Outlook::GivenUp { is_mailed: false }),
            Heard::Retried => {
                let fate = match answer.status {
                    0 => Fate::Unreached,
                    200..300 => Fate::WrongBody,
                    _ => Fate::WrongStatus,
                };
                (fate, Outlook::Again { at: answer.at + NOTICE_RETRY_DELAY })
            }
        };
        self.outlook = outlook;
        let place = self.attempts.iter().position(|attempt| Some(attempt.message) == answers);
        let place = place.or(self.attempts.len().checked_sub(1));
        if let Some(attempt) = place.and_then(|place| self.attempts.get_mut(place)) {
            attempt.answer = Some(answer);
            attempt.fate = fate;
        }
        if fate != Fate::TooLate {
            self.settle_copies();
        }
    }

    /// One answer settles an attempt and its copies: no other is waited for.
    fn settle_copies(&mut self) {
        for attempt in self.attempts.iter_mut().filter(|attempt| attempt.fate == Fate::Waiting) {
            attempt.fate = Fate::Unanswered;
        }
    }
}

impl Attempt {
    /// Whether an app server heard and believed it.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        match self.effect {
            Some(Effect::News | Effect::Repeated | Effect::TakenTwice) => true,
            None | Some(Effect::Refused(_) | Effect::Outside) => false,
        }
    }
}

/// What a notice did, from what happened right after it arrived.
fn effect(was_heard: bool, after: &[Event]) -> Effect {
    let refused = after.iter().find_map(|event| {
        if let Event::Refused { by: Party::AppServer, refusal } = event { Some(refusal.clone()) } else { None }
    });
    match (refused, was_heard) {
        (Some(refusal), _) => Effect::Refused(refusal),
        (None, false) => Effect::News,
        (None, true) if after.iter().any(Event::is_effect) => Effect::TakenTwice,
        (None, true) => Effect::Repeated,
    }
}

/// Words.
impl Fate {
    /// In a few words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Waiting => "waited for",
            Self::Counted => "counts",
            Self::WrongBody => "wrong body",
            Self::WrongStatus => "error",
            Self::Unreached | Self::Unanswered => "no answer",
            Self::TooLate => "too late",
        }
    }

    /// Why, in a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Waiting => "The store waits 5 s for the answer",
            Self::Counted => "The status is good and the body is the payment's id, so the notice is delivered",
            Self::WrongBody => "The body must be the payment's id and nothing else, so this is as good as no answer",
            Self::WrongStatus => "Only a status from 200 to 299 counts, so this is as good as no answer",
            Self::Unreached => {
                "Nobody was there, the line broke, or no whole answer came in time; beside it stands which"
            }
            Self::Unanswered => "Nothing came back within 5 s",
            Self::TooLate => "Nobody waited for this answer any more, so it changed nothing",
        }
    }
}

impl Effect {
    /// In a few words, with the historic code of a refusal.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::News => "heard, and acted on".to_owned(),
            Self::Repeated => "heard before, no second effect".to_owned(),
            Self::TakenTwice => "heard before, had an effect again".to_owned(),
            Self::Refused(refusal) => format!("not believed · {}", refusal.code),
            Self::Outside => "handed to the program outside".to_owned(),
        }
    }
}

impl Outlook {
    /// In a few words.
    #[must_use]
    pub fn label(self) -> String {
        let clock = |time: Time| time.human().rsplit(' ').next().unwrap_or_default().to_owned();
        match self {
            Self::Waiting { until } => format!("waits until {}", clock(until)),
            Self::Delivered => "delivered".to_owned(),
            Self::Again { at } => format!("tried again at {}", clock(at)),
            Self::GivenUp { is_mailed: true } => "given up, owner mailed".to_owned(),
            Self::GivenUp { is_mailed: false } => "given up".to_owned(),
        }
    }
}
