//! The wire: what is on its way, in the order in which it will arrive.

use std::sync::Arc;

use crate::protocol::id::TransactionId;
use crate::protocol::notice::NoticeKind;
use crate::protocol::time::{Span, Time};
use crate::world::event::Event;
use crate::world::fault::armed::FaultId;
use crate::world::message::{Body, Crossing, Message, MessageId};
use crate::world::party::Party;

/// Messages in flight and reminders that parties set for themselves, ordered by the time they are due.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    /// The next to come last, so that taking it moves nothing; there are rarely more than a handful.
    queue: Vec<(Place, Due)>,
    /// How long a message takes.
    latency: Span,
    order: u64,
    next_id: u32,
    next_number: u32,
}

/// When something comes: by time; at one instant brief answers first, then in the order of sending.
type Place = (Time, bool, u64);

/// Something that will happen by itself when its time comes.
#[derive(Clone, Debug)]
pub(crate) enum Due {
    /// A message arrives.
    Arrival(Arc<Message>),
    /// A party remembers.
    Reminder(Reminder),
}

/// What a party asked to be reminded of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reminder {
    /// App page: poll now.
    Poll { transaction: TransactionId },
    /// Buyer: decide about the payment that the window shows.
    Decide { transaction: TransactionId },
    /// Buyer: have the bank take the money back.
    ChargeBack { transaction: TransactionId },
    /// App server: answer the notice that came a while ago.
    AnswerNotice { notice: MessageId, status: u16, body: String },
    /// Marketplace: the answer to this delivery is overdue.
    NoticeOverdue { transaction: TransactionId, kind: NoticeKind, attempt: u8, message: MessageId },
    /// Marketplace: deliver the notice again.
    NoticeAgain { transaction: TransactionId, kind: NoticeKind },
    /// Marketplace: the payment window has been open for too long.
    WindowExpires { transaction: TransactionId },
    /// App page: the answer to this question is overdue.
    AnswerOverdue { message: MessageId },
    /// The trouble of a party is over.
    FaultEnds { fault: FaultId },
    /// App page: an hour is over, and what it has is looked at again.
    CheckAgain,
    /// Provider: the pending charge settles.
    Settle { transaction: TransactionId },
}

impl Wire {
    /// An empty wire on which a message takes this long.
    pub(crate) fn new(latency: Span) -> Self {
        Self { latency: latency.max(Span::from_millis(0)), ..Self::default() }
    }

    /// When the next thing is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Time> {
        self.queue.last().map(|((due, _, _), _)| *due)
    }

    /// The messages on their way, the next to arrive first.
    pub fn in_flight(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.queue.iter().rev().filter_map(|(_, due)| match due {
            Due::Arrival(message) => Some(message),
            Due::Reminder(_) => None,
        })
    }

    /// How many messages have been sent in this run.
    #[must_use]
    pub fn sent_count(&self) -> u32 {
        self.next_id
    }

    /// Whether nothing will happen by itself any more, but for the app's looking again every hour, which has no end.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queue.iter().all(|(_, due)| matches!(due, Due::Reminder(Reminder::CheckAgain)))
    }

    /// Takes what is due next.
    pub(crate) fn pop(&mut self) -> Option<(Time, Due)> {
        self.queue.pop().map(|((due, _, _), what)| (due, what))
    }

    /// The message of this id, while it is on its way.
    pub(crate) fn find(&self, id: MessageId) -> Option<&Arc<Message>> {
        self.queue.iter().find_map(|(_, due)| match due {
            Due::Arrival(message) if message.id == id => Some(message),
            Due::Arrival(_) | Due::Reminder(_) => None,
        })
    }

    /// Takes the message of this id off its way.
    pub(crate) fn take(&mut self, id: MessageId) -> Option<Arc<Message>> {
        let is_it = |due: &Due| matches!(due, Due::Arrival(message) if message.id == id);
        let index = self.queue.iter().position(|(_, due)| is_it(due))?;
        match self.queue.remove(index).1 {
            Due::Arrival(message) => Some(message),
            Due::Reminder(_) => None,
        }
    }

    /// Reminds of something at that time.
    pub(crate) fn remind_at(&mut self, due: Time, reminder: Reminder) {
        self.put(due, Due::Reminder(reminder));
    }

    /// Puts a message on its way that was taken off it.
    pub(crate) fn put_back(&mut self, due: Time, mut message: Arc<Message>) {
        if message.due != due {
            Arc::make_mut(&mut message).due = due;
        }
        self.put(due, Due::Arrival(message));
    }

    /// Lets a message arrive so much later.
    pub(crate) fn postpone(&mut self, id: MessageId, span: Span) {
        if let Some(message) = self.take(id) {
            self.put_back(message.due + span, message);
        }
    }

    /// Sends the same once more, as an arrow of its own.
    pub(crate) fn copy(&mut self, message: &Message) -> Arc<Message> {
        let id = MessageId(self.next_id);
        self.next_id += 1;
        self.next_number += 1;
        let copy = Arc::new(Message { id, number: self.next_number, ..message.clone() });
        self.put_back(copy.due, Arc::clone(&copy));
        copy
    }

    /// Lets a message on its way say something else, and gives back what it has become.
    pub(crate) fn reword(&mut self, id: MessageId, body: Body) -> Option<Arc<Message>> {
        let (_, found) =
            self.queue.iter_mut().find(|(_, due)| matches!(due, Due::Arrival(message) if message.id == id))?;
        let Due::Arrival(message) = found else { return None };
        Arc::make_mut(message).body = body;
        Some(Arc::clone(message))
    }

    /// Answers a question in the name of whoever was asked, at the moment when it would have arrived there.
    pub(crate) fn answer_for(&mut self, question: &Message, body: Body) -> Arc<Message> {
        let id = MessageId(self.next_id);
        self.next_id += 1;
        let mut number = question.number;
        if !body.is_brief() {
            self.next_number += 1;
            number = self.next_number;
        }
        let is_for_app = is_for_app(question, &body);
        let answer = Arc::new(Message {
            id,
            number,
            from: question.to,
            to: if is_for_app { Party::AppPage } else { question.from },
            sent: question.sent,
            due: question.due,
            answers: (!is_for_app).then_some(question.id),
            crossing: question.crossing.map(|_| Crossing::Out),
            body,
        });
        self.put_back(answer.due, Arc::clone(&answer));
        answer
    }

    /// Whether the next thing is a brief answer that arrives at this very moment.
    pub(crate) fn brief_answer_is_due(&self, now: Time) -> bool {
        self.queue.last().is_some_and(|((due, _, _), what)| match what {
            Due::Arrival(message) => *due <= now && message.body.is_brief(),
            Due::Reminder(_) => false,
        })
    }

    /// Forgets the reminders that `is_moot`, and tells whether there was one.
    pub(crate) fn forget(&mut self, mut is_moot: impl FnMut(&Reminder) -> bool) -> bool {
        let before = self.queue.len();
        self.queue.retain(|(_, due)| match due {
            Due::Arrival(_) => true,
            Due::Reminder(reminder) => !is_moot(reminder),
        });
        self.queue.len() < before
    }

    fn put(&mut self, due: Time, what: Due) {
        let is_patient = !matches!(&what, Due::Arrival(message) if message.body.is_brief());
        let place = (due, is_patient, self.order);
        let index = self.queue.partition_point(|(other, _)| *other > place);
        self.queue.insert(index, (place, what));
        self.order += 1;
    }
}

/// Where a party puts what it does: messages, reminders, events. It can read the time and nothing else.
pub(crate) struct Outbox<'a> {
    now: Time,
    wire: &'a mut Wire,
    events: &'a mut Vec<Event>,
}

impl<'a> Outbox<'a> {
    pub(crate) fn new(now: Time, wire: &'a mut Wire, events: &'a mut Vec<Event>) -> Self {
        Self { now, wire, events }
    }

    /// The true time. A party that wants its own clock adds its skew.
    pub(crate) fn now(&self) -> Time {
        self.now
    }

    /// Sends a message that begins something.
    pub(crate) fn send(&mut self, from: Party, to: Party, body: Body) -> MessageId {
        self.begin(Route { from, to, answers: None, crossing: None }, body)
    }

    /// Puts on the wire what a program outside said.
    pub(crate) fn hear(&mut self, from: Party, to: Party, body: Body) -> MessageId {
        self.begin(Route { from, to, answers: None, crossing: Some(Crossing::In) }, body)
    }

    /// Puts on the wire what a server outside answered.
    pub(crate) fn hear_answer(&mut self, question: &Message, body: Body) -> MessageId {
        if is_for_app(question, &body) {
            return self.hear(question.to, Party::AppPage, body);
        }
        let route =
            Route { from: question.to, to: question.from, answers: Some(question.id), crossing: Some(Crossing::In) };
        self.launch(route, body, question.number, Span::from_millis(0))
    }

    /// Tells a third party what a question led to. Where a program outside asked and waits, the question is named.
    pub(crate) fn pass_on(&mut self, question: &Message, to: Party, body: Body) -> MessageId {
        let answers = question.crossing.map(|_| question.id);
        self.begin(Route { from: question.to, to, answers, crossing: None }, body)
    }

    /// Answers a message. A brief answer comes back at once under the same number; any other is an arrow of its own.
    pub(crate) fn answer(&mut self, question: &Message, body: Body) -> MessageId {
        if is_for_app(question, &body) {
            return self.send(question.to, Party::AppPage, body);
        }
        let crossing = question.crossing.map(|_| Crossing::Out);
        let route = Route { from: question.to, to: question.from, answers: Some(question.id), crossing };
        if body.is_brief() {
            self.launch(route, body, question.number, Span::from_millis(0))
        } else {
            self.begin(route, body)
        }
    }

    /// Asks to be reminded after `span`.
    pub(crate) fn remind(&mut self, span: Span, reminder: Reminder) {
        self.wire.put(self.now + span, Due::Reminder(reminder));
    }

    /// Takes back the reminders that `is_moot`, and tells whether there was one.
    pub(crate) fn forget(&mut self, is_moot: impl FnMut(&Reminder) -> bool) -> bool {
        self.wire.forget(is_moot)
    }

    /// A party received something that it cannot place.
    pub(crate) fn unexpected(&mut self, by: Party, message: &Message) {
        self.event(Event::Unexpected { by, message: message.id });
    }

    /// Tells what happened.
    pub(crate) fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Launches an arrow with a number of its own.
    fn begin(&mut self, route: Route, body: Body) -> MessageId {
        self.wire.next_number += 1;
        self.launch(route, body, self.wire.next_number, self.wire.latency)
    }

    fn launch(&mut self, route: Route, body: Body, number: u32, latency: Span) -> MessageId {
        let Route { from, to, answers, crossing } = route;
        let id = MessageId(self.wire.next_id);
        self.wire.next_id += 1;
        let due = self.now + latency;
        let message = Arc::new(Message { id, number, from, to, sent: self.now, due, answers, crossing, body });
        self.events.push(Event::Sent { message: Arc::clone(&message) });
        self.wire.put(due, Due::Arrival(message));
        id
    }
}

/// A receipt from the history is handed to the app, although the buyer asked for it; to a program outside that asked, it is an answer.
fn is_for_app(question: &Message, body: &Body) -> bool {
    question.crossing.is_none() && question.from == Party::Buyer && matches!(body, Body::ReceiptHandedOver { .. })
}

/// Where a message goes, and why.
#[derive(Clone, Copy)]
struct Route {
    from: Party,
    to: Party,
    answers: Option<MessageId>,
    crossing: Option<Crossing>,
}
