//! The flow: the rows of the sequence diagram, read from the steps of a run and kept while it grows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::lens::badge::Badge;
use crate::lens::failure::Failure;
use crate::lens::follower::Follower;
use crate::lens::label::{answered_label, label};
use crate::lens::progress::{Phase, Progress};
use crate::lens::purchases::Purchases;
use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::rules::NoticeRules;
use crate::session::step::Step;
use crate::world::event::Event;
use crate::world::message::{Body, Message, MessageId};
use crate::world::party::Party;
use crate::world::setup::Setup;

/// The rows of one line of a run: what has been delivered, oldest first.
///
/// A row is made once and kept; reading a line that has grown reads only what is new. What a row shows may depend on how
/// many steps have been taken (a late answer, a poll that was repeated), so its readings take that number: `taken`, as in
/// the `step` of a place. Messages that have been sent and not delivered are no rows.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    rows: Vec<Row>,
    by_number: BTreeMap<u32, usize>,
    by_message: BTreeMap<MessageId, usize>,
    purchases: Purchases,
    progress: BTreeMap<ProductId, Vec<(usize, Progress)>>,
    arrows: usize,
    /// The marks of messages that were spoilt and have not arrived yet.
    spoilt: BTreeMap<MessageId, Badge>,
    follower: Follower,
    /// Whether it goes on where another flow ends.
    is_ahead: bool,
}

/// One arrow of the diagram: a message, with the brief answer that came back along it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The number people say; of a folded row, that of the first.
    pub number: u32,
    /// Who says it.
    pub from: Party,
    /// To whom; the sender itself where a party acts alone.
    pub to: Party,
    /// What was said.
    pub message: Arc<Message>,
    /// Whether it answers an earlier arrow, and is drawn dashed.
    pub is_reply: bool,
    /// Index of the step that delivered it.
    pub step: usize,
    /// The phase of its purchase; `None` before the first click.
    pub phase: Option<Phase>,
    /// The product that it is about; `None` before the first click.
    pub product: Option<ProductId>,
    /// How many arrows lie before it, folded ones counted one by one.
    pub arrows_before: usize,
    label: String,
    answer: Option<Answer>,
    /// The polls that were folded into this row, each with its step. The row's own message is not among them.
    folded: Vec<Fold>,
    badges: Vec<(usize, Badge)>,
    /// The step of each message that it stands for: its own, those folded into it, their answers, and answers that got lost.
    carried: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Answer {
    message: Arc<Message>,
    step: usize,
    label: String,
}

#[derive(Clone, Debug)]
struct Fold {
    message: Arc<Message>,
    answer: Arc<Message>,
    step: usize,
}

/// Reading.
impl Flow {
    /// No rows yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a whole line, the recorded future included. Where the line only grew since the last time, only the new
    /// steps are read; a different line is read from its beginning. True when anything changed. `setup` is what the line was
    /// played under: its date says which answers to a notice count.
    pub fn read(&mut self, line: &[Arc<Step>], setup: &Setup) -> bool {
        let new = match self.follower.beyond(line) {
            Some([]) => return false,
            Some(new) => new,
            None => {
                *self = Self::default();
                line
            }
        };
        for step in new {
            self.read_step(step, &setup.rules().notice);
        }
        self.follower.reach(line);
        true
    }

    /// A flow that goes on where this one ends: it knows what has been told, and holds no rows yet.
    pub(crate) fn ahead(&self) -> Self {
        let latest = |(product, marks): (&ProductId, &Vec<(usize, Progress)>)| {
            marks.last().map(|mark| (product.clone(), vec![*mark]))
        };
        Self {
            purchases: self.purchases.clone(),
            progress: self.progress.iter().filter_map(latest).collect(),
            arrows: self.arrows,
            is_ahead: true,
            ..Self::default()
        }
    }

    /// Takes in one step of a future that is not recorded, played under `setup`.
    pub(crate) fn look_at(&mut self, step: &Step, setup: &Setup) {
        self.read_step(step, &setup.rules().notice);
    }

    fn read_step(&mut self, step: &Step, rules: &NoticeRules) {
        for event in &step.events {
            match event {
                Event::Delivered { message } => self.delivered(message, step.index, rules),
                Event::TimedOut { message, after } => {
                    self.mark(self.by_message.get(message).copied(), step.index, Badge::timed_out(*after));
                }
                Event::Refused { refusal, .. } => {
                    self.mark(self.rows.len().checked_sub(1), step.index, Badge::refused(refusal.code));
                }
                Event::PollingGivenUp { polls, .. } => self.gave_up(*polls, step.index),
                Event::Unexpected { message, .. } => {
                    self.mark(self.by_message.get(message).copied(), step.index, Badge::unexpected());
                }
                Event::FaultFired { message, act, became, .. } => {
                    self.spoilt(message, Badge::fault(act), is_lost(act, became.is_some()), step.index);
                }
                Event::Waited { .. }
                | Event::Sent { .. }
                | Event::TransactionChanged { .. }
                | Event::Charged { .. }
                | Event::Returned { .. }
                | Event::ReceiptIssued { .. }
                | Event::AccessGranted { .. }
                | Event::AccessEnded { .. }
                | Event::BookedAgain { .. }
                | Event::NoticeGivenUp { .. }
                | Event::AppReopened
                | Event::AccountMade { .. }
                | Event::BuyerChanged { .. }
                | Event::ClockSkewed { .. }
                | Event::KeyRotated { .. }
                | Event::FaultArmed { .. }
                | Event::FaultDisarmed { .. }
                | Event::Released { .. }
                | Event::CommandIgnored { .. } => {}
            }
        }
    }

    fn delivered(&mut self, message: &Arc<Message>, step: usize, rules: &NoticeRules) {
        let product = self.purchases.learn(message);
        let phase = self.advance(product.as_ref(), &message.body, step);
        match self.question_of(message) {
            Some(index) => self.attach(index, message, step),
            // Its question is a row of the flow that this one goes on from.
            None if self.is_ahead && message.answers.is_some() && message.body.is_brief() => {}
            None => self.push(message, step, phase, product),
        }
        for badge in Badge::of(&message.body, rules).into_iter().chain(self.spoilt.remove(&message.id)) {
            self.mark(self.by_message.get(&message.id).copied(), step, badge);
        }
    }

    /// A fault hit a message. One that does not arrive is a row all the same; any other bears its mark when it arrives.
    fn spoilt(&mut self, message: &Arc<Message>, badge: Badge, is_lost: bool, step: usize) {
        if !is_lost {
            self.spoilt.insert(message.id, badge);
            return;
        }
        let question = self.question_of(message);
        if let Some(row) = question {
            self.carry(row, step);
        } else {
            let product = self.purchases.learn(message);
            let marks = product.as_ref().and_then(|product| self.progress.get(product)?.last());
            let phase = marks.and_then(|(_, progress)| progress.current);
            self.push(message, step, phase, product);
        }
        self.mark(question.or(self.rows.len().checked_sub(1)), step, badge);
    }

    /// The row that this brief answer goes back along.
    fn question_of(&self, message: &Message) -> Option<usize> {
        let index = *self.by_message.get(&message.answers?)?;
        let row = self.rows.get(index)?;
        (message.body.is_brief() && row.has_number(message.number)).then_some(index)
    }

    fn push(&mut self, message: &Arc<Message>, step: usize, phase: Option<Phase>, product: Option<ProductId>) {
        let index = self.rows.len();
        self.by_message.insert(message.id, index);
        self.by_number.insert(message.number, index);
        self.rows.push(Row {
            number: message.number,
            from: message.from,
            to: message.to,
            message: Arc::clone(message),
            is_reply: message.answers.is_some(),
            step,
            phase,
            product,
            arrows_before: self.arrows,
            label: label(&message.body, self.purchases.price_of(&message.body)),
            answer: None,
            folded: Vec::new(),
            badges: Vec::new(),
            carried: vec![step],
        });
        self.arrows += 1;
    }

    fn attach(&mut self, index: usize, answer: &Arc<Message>, step: usize) {
        self.by_message.insert(answer.id, index);
        self.carry(index, step);
        if self.fold(index, answer, step) {
            return;
        }
        let Some(row) = self.rows.get_mut(index) else { return };
        let price = self.purchases.price_of(&row.message.body);
        let label = answered_label(&row.message.body, &answer.body, price);
        row.answer = Some(Answer { message: Arc::clone(answer), step, label });
    }

    /// A poll that was told to wait, right after another of the same payment: one row for both.
    fn fold(&mut self, index: usize, answer: &Arc<Message>, step: usize) -> bool {
        let Body::StatusAnswered { transaction, receipt: None } = &answer.body else { return false };
        let is_last = index + 1 == self.rows.len();
        let Some(before) = index.checked_sub(1).filter(|_| is_last) else { return false };
        if !self.rows.get(before).is_some_and(|row| row.waits_for(transaction)) {
            return false;
        }
        let Some(poll) = self.rows.pop() else { return false };
        self.by_number.insert(poll.number, before);
        self.by_message.insert(poll.message.id, before);
        self.by_message.insert(answer.id, before);
        if let Some(row) = self.rows.get_mut(before) {
            row.folded.push(Fold { message: poll.message, answer: Arc::clone(answer), step });
            row.badges.extend(poll.badges);
            row.carried.extend(poll.carried);
        }
        true
    }

    /// Moves the product's purchase along and says which phase it is in.
    fn advance(&mut self, product: Option<&ProductId>, body: &Body, step: usize) -> Option<Phase> {
        let marks = self.progress.entry(product?.clone()).or_default();
        let now = marks.last().map_or_else(Progress::default, |(_, progress)| *progress);
        let next = now.after(body, Failure::of(body).is_some());
        if next != now {
            marks.push((step, next));
        }
        next.current
    }

    fn gave_up(&mut self, polls: u32, step: usize) {
        let poll = self.rows.iter().rposition(|row| matches!(row.message.body, Body::StatusAsked { .. }));
        self.mark(poll, step, Badge::gave_up(polls));
        let product = poll.and_then(|index| self.rows.get(index)?.product.clone());
        if let Some(marks) = product.and_then(|product| self.progress.get_mut(&product))
            && let Some((_, progress)) = marks.last()
        {
            marks.push((step, progress.failed()));
        }
    }

    fn carry(&mut self, index: usize, step: usize) {
        if let Some(row) = self.rows.get_mut(index) {
            row.carried.push(step);
        }
    }

    fn mark(&mut self, index: Option<usize>, step: usize, badge: Badge) {
        if let Some(row) = index.and_then(|index| self.rows.get_mut(index)) {
            row.badges.push((step, badge));
        }
    }
}

/// Whether what this fault hits does not arrive, or only after somebody lets it go. `is_reworded`: it says something else.
#[must_use]
pub fn is_lost(act: &str, is_reworded: bool) -> bool {
    match act {
        "delay" | "duplicate" | "reorder" | "time-out" => false,
        _ => !is_reworded,
    }
}

/// Looking.
impl Flow {
    /// All rows, the recorded future included.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// How many of the rows lie in the past after `taken` steps. The last of them is the present one.
    #[must_use]
    pub fn row_count_at(&self, taken: usize) -> usize {
        self.rows.partition_point(|row| row.step < taken)
    }

    /// The index of the present row after `taken` steps: the last arrow that arrived.
    #[must_use]
    pub fn present(&self, taken: usize) -> Option<usize> {
        self.row_count_at(taken).checked_sub(1)
    }

    /// The row that shows the message with this number, folded or not.
    #[must_use]
    pub fn row_of_number(&self, number: u32) -> Option<usize> {
        self.by_number.get(&number).copied()
    }

    /// The row that shows this message, as its arrow or as the answer along it.
    #[must_use]
    pub fn row_of_message(&self, message: MessageId) -> Option<usize> {
        self.by_message.get(&message).copied()
    }

    /// How many arrows have arrived after `taken` steps, folded ones counted one by one.
    #[must_use]
    pub fn arrow_count_at(&self, taken: usize) -> usize {
        let present = self.present(taken).and_then(|index| self.rows.get(index));
        present.map_or(0, |row| row.arrows_before + row.repeats_at(taken))
    }

    /// How many arrows there are, the recorded future included.
    #[must_use]
    pub fn arrow_count(&self) -> usize {
        self.arrows
    }

    /// Which product the present row is about; `None` before the first click.
    #[must_use]
    pub fn focus(&self, taken: usize) -> Option<&ProductId> {
        self.rows.get(self.present(taken)?)?.product.as_ref()
    }

    /// How far the purchase of `product` has come after `taken` steps.
    #[must_use]
    pub fn progress(&self, product: &ProductId, taken: usize) -> Progress {
        let marks = self.progress.get(product).map(Vec::as_slice).unwrap_or_default();
        let past = marks.partition_point(|(step, _)| *step < taken);
        past.checked_sub(1).and_then(|index| marks.get(index)).map_or_else(Progress::default, |(_, progress)| *progress)
    }

    /// What the messages told about the payments; captions need it.
    #[must_use]
    pub fn purchases(&self) -> &Purchases {
        &self.purchases
    }
}

impl Row {
    /// The words on the arrow after `taken` steps: `GET …/status · pending ×3`. A row of the future shows all of itself.
    #[must_use]
    pub fn label_at(&self, taken: usize) -> Cow<'_, str> {
        let label = match &self.answer {
            Some(answer) if self.is_known(answer.step, taken) => &answer.label,
            Some(_) | None => &self.label,
        };
        match self.repeats_at(taken) {
            1 => Cow::Borrowed(label),
            repeats => Cow::Owned(format!("{label} ×{repeats}")),
        }
    }

    /// The brief answer, once it has come.
    #[must_use]
    pub fn answer_at(&self, taken: usize) -> Option<&Arc<Message>> {
        let known = self.folded_at(taken).checked_sub(1).and_then(|index| self.folded.get(index));
        match known {
            Some(fold) => Some(&fold.answer),
            None => {
                self.answer.as_ref().filter(|answer| self.is_known(answer.step, taken)).map(|answer| &answer.message)
            }
        }
    }

    /// The message that this row shows last after `taken` steps: the latest poll of a folded row.
    #[must_use]
    pub fn message_at(&self, taken: usize) -> &Arc<Message> {
        let known = self.folded_at(taken).checked_sub(1).and_then(|index| self.folded.get(index));
        known.map_or(&self.message, |fold| &fold.message)
    }

    /// How many messages this row stands for after `taken` steps; at least 1.
    #[must_use]
    pub fn repeats_at(&self, taken: usize) -> usize {
        1 + self.folded_at(taken)
    }

    /// How many messages it stands for after `taken` steps, brief answers and what a fault kept back among them.
    #[must_use]
    pub fn message_count_at(&self, taken: usize) -> usize {
        self.carried.iter().filter(|step| self.is_known(**step, taken)).count()
    }

    /// The number of the last message that this row stands for.
    #[must_use]
    pub fn last_number(&self) -> u32 {
        self.folded.last().map_or(self.number, |fold| fold.message.number)
    }

    /// What went wrong with it, once it has: the gravest where there are several.
    #[must_use]
    pub fn badge_at(&self, taken: usize) -> Option<&Badge> {
        let known = self.badges.iter().filter(|(step, _)| self.is_known(*step, taken));
        known.map(|(_, badge)| badge).max_by_key(|badge| badge.kind)
    }

    /// Whether it has arrived after `taken` steps.
    #[must_use]
    pub fn is_past(&self, taken: usize) -> bool {
        self.step < taken
    }

    fn folded_at(&self, taken: usize) -> usize {
        if self.is_past(taken) { self.folded.partition_point(|fold| fold.step < taken) } else { self.folded.len() }
    }

    /// What the past row knows; a row that is wholly in the future is drawn as it will be.
    fn is_known(&self, step: usize, taken: usize) -> bool {
        step < taken || !self.is_past(taken)
    }

    fn has_number(&self, number: u32) -> bool {
        self.number == number || self.folded.iter().any(|fold| fold.message.number == number)
    }

    fn waits_for(&self, wanted: &TransactionId) -> bool {
        let answer = self.answer.as_ref().map(|answer| &answer.message.body);
        matches!(answer, Some(Body::StatusAnswered { transaction, receipt: None }) if transaction == wanted)
    }
}
