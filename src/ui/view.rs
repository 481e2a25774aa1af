//! The view: how the run looks from the present place, for all panes at once. Kept until the place or what is pointed at changes.

use std::sync::Arc;

use crate::lens::claim_marks::Reader;
use crate::lens::claims;
use crate::lens::flow::Row;
use crate::lens::lamp::Lamp;
use crate::lens::progress::{Phase, PhaseState, Progress};
use crate::lens::reading::Reading;
use crate::protocol::id::ProductId;
use crate::protocol::verdict::check::CheckSet;
use crate::protocol::verdict::ladder::Verdict;
use crate::session::branch::Place;
use crate::session::control;
use crate::session::run::Session;
use crate::session::step::Step;
use crate::ui::arrows::Moment;
use crate::ui::selection::Selection;
use crate::ui::subject::{Subject, Token};
use crate::ui::widgets::steps::StepState;
use crate::world::carried::Carried;
use crate::world::message::{Body, MessageId};
use crate::world::party::Party;
use crate::world::seat::Seat;

/// How many rows back a token is looked for, where the pointed message carries none.
const TOKEN_ROWS: usize = 64;

/// How the run looks from the present place.
#[derive(Default)]
pub struct View {
    /// The phases with their state, in order.
    pub phases: Vec<(&'static str, StepState)>,
    reading: Reading,
    lamp: Lamp,
    progress: Progress,
    product: Option<ProductId>,
    caption: Said,
    subject: Subject,
    looked_at: Option<LookedAt>,
    is_untouched: bool,
    is_celebrating: bool,
    ahead: Ahead,
}

/// What moves the run on from here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ahead {
    /// A step can be taken.
    #[default]
    Step,
    /// Everything waits for a decision in the payment window.
    YourTurn,
    /// Nothing happens by itself.
    Rest,
}

impl Ahead {
    fn of(session: &Session) -> Self {
        match control::next_command(session) {
            Some(_) => Self::Step,
            None if control::is_your_turn(session.world()) => Self::YourTurn,
            None => Self::Rest,
        }
    }
}

/// The caption with its number and what comes next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The message's number; empty before the first one.
    pub number: String,
    /// One plain sentence.
    pub sentence: String,
    /// The historic code of a no.
    pub code: Option<&'static str>,
    /// What comes next, as a short phrase; may be empty.
    pub next: String,
}

/// What the view was made from; while it is the same, so is the view.
struct LookedAt {
    run: Arc<Step>,
    place: Place,
    step_count: usize,
    selection: Selection,
}

impl LookedAt {
    fn now(session: &Session, selection: &Selection) -> Self {
        Self {
            run: Arc::clone(
                session.branches().first().and_then(|branch| branch.steps().first()).unwrap_or(session.last_step()),
            ),
            place: session.here(),
            step_count: session.steps().len(),
            selection: selection.clone(),
        }
    }
}

impl PartialEq for LookedAt {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.run, &other.run)
            && (self.place, self.step_count) == (other.place, other.step_count)
            && self.selection == other.selection
    }
}

impl View {
    /// The reading of this run, with nothing pointed at.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        let mut reading = Self::default();
        reading.refresh(session, &Selection::default());
        reading
    }

    /// Looks again at what has changed since the last time: new steps, another place, another thing pointed at.
    pub fn refresh(&mut self, session: &Session, selection: &Selection) {
        self.lamp.refresh(session);
        let looked_at = LookedAt::now(session, selection);
        if self.looked_at.as_ref() == Some(&looked_at) {
            return;
        }
        self.reading.refresh(session);
        self.look_at_place(session, selection);
        self.subject = self.subject_at(session, selection);
        self.looked_at = Some(looked_at);
    }

    fn look_at_place(&mut self, session: &Session, selection: &Selection) {
        let focus = self.reading.flow().focus(self.taken());
        self.product = selection.product.as_ref().filter(|_| focus.is_none()).or(focus).cloned();
        self.progress = self.reading.progress(self.product.as_ref());
        self.phases = Phase::ALL.into_iter().map(|phase| (phase.label(), shown(self.progress.state(phase)))).collect();
        self.is_untouched = focus.is_none() && session.world().marketplace().transactions().is_empty();
        let present = self.present_row().and_then(|index| self.row(index));
        let is_granted = present.is_some_and(|row| matches!(row.message.body, Body::AccessGranted { .. }));
        self.is_celebrating = is_granted && !session.can_forward() && self.is_first_grant();
        self.ahead = Ahead::of(session);
        self.caption = self.said(session, self.present_row());
        if self.ahead == Ahead::YourTurn {
            self.caption.next = "next: decide in the payment window".into();
        }
    }
}

/// Rows: what has happened, and after it what may.
impl View {
    /// How many rows there are, the future's included.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.reading.row_count()
    }

    /// One row.
    #[must_use]
    pub fn row(&self, index: usize) -> Option<&Row> {
        self.reading.row(index)
    }

    /// The rows from this one on, with their indices.
    pub fn rows_from(&self, first: usize) -> impl Iterator<Item = (usize, &Row)> {
        (first..self.row_count()).filter_map(|index| Some((index, self.row(index)?)))
    }

    /// How many steps have been taken; labels and badges depend on it.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.reading.taken()
    }

    /// The row of the present step; `None` before the first message.
    #[must_use]
    pub fn present_row(&self) -> Option<usize> {
        self.reading.present()
    }

    /// Past, present or future.
    #[must_use]
    pub fn moment_of(&self, index: usize) -> Moment {
        match self.present_row() {
            Some(present) if index == present => Moment::Present,
            Some(present) if index < present => Moment::Past,
            Some(_) | None => Moment::Future,
        }
    }

    /// Whether the row has arrived.
    #[must_use]
    pub fn is_past(&self, index: usize) -> bool {
        self.present_row().is_some_and(|present| index <= present)
    }

    /// The row that is pointed at: of this message, else the present one.
    #[must_use]
    pub fn row_of(&self, message: Option<MessageId>) -> Option<usize> {
        message.and_then(|message| self.reading.flow().row_of_message(message)).or_else(|| self.present_row())
    }

    /// The message `by` rows away from the pointed one; never in the future.
    #[must_use]
    pub fn neighbour(&self, message: Option<MessageId>, by: isize) -> Option<MessageId> {
        let index = self.row_of(message)?.checked_add_signed(by).filter(|index| self.is_past(*index))?;
        self.row(index).map(|row| row.message.id)
    }

    /// The message with this number, if it has arrived.
    #[must_use]
    pub fn message_numbered(&self, number: u32) -> Option<MessageId> {
        let index = self.reading.flow().row_of_number(number).filter(|index| self.is_past(*index))?;
        self.row(index).map(|row| row.message.id)
    }

    /// How many steps have been taken once this row has arrived; `None` for what has not been recorded.
    #[must_use]
    pub fn step_of_row(&self, index: usize) -> Option<usize> {
        self.reading.flow().rows().get(index).map(|row| row.step + 1)
    }

    /// The last row that has arrived after so many steps.
    #[must_use]
    pub fn row_at_step(&self, taken: usize) -> Option<usize> {
        self.reading.flow().present(taken)
    }

    /// `event 11 / 19`.
    #[must_use]
    pub fn counter(&self) -> String {
        let (past, all) = self.reading.counter();
        format!("event {past} / {all}")
    }
}

/// Where the purchase stands.
impl View {
    /// Whether nobody has bought anything yet: the first minute has not begun.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.is_untouched
    }

    /// Whether the laws of the money hold here.
    #[must_use]
    pub fn lamp(&self) -> &Lamp {
        &self.lamp
    }

    /// What moves the run on from here.
    #[must_use]
    pub fn ahead(&self) -> Ahead {
        self.ahead
    }

    /// The product that something happens to, or that is pointed at.
    #[must_use]
    pub fn product(&self, session: &Session, selection: &Selection) -> Option<ProductId> {
        let shop = || session.world().catalog().shop().next().map(|product| product.id.clone());
        selection.product.clone().or_else(|| self.product.clone()).or_else(shop)
    }

    /// The phase that the present message belongs to.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        self.progress.current
    }

    /// How many steps have been taken where the n-th phase of the purchase in focus began; `None` where it has not.
    #[must_use]
    pub fn step_of_phase(&self, index: usize) -> Option<usize> {
        let phase = Phase::ALL.get(index)?;
        let of_focus = |row: &&Row| row.product == self.product && row.phase == Some(*phase);
        self.reading.flow().rows().iter().find(of_focus).map(|row| row.step + 1)
    }

    /// How many steps had been taken when the phase before the present one began.
    #[must_use]
    pub fn start_of_phase_before(&self) -> usize {
        let Some(present) = self.present_row() else { return 1 };
        let rows = self.reading.flow().rows().get(..=present).unwrap_or_default();
        let Some(phase) = rows.last().map(|row| row.phase) else { return 1 };
        let before = rows.iter().rposition(|row| row.phase != phase);
        let Some(before) = before else { return 1 };
        let wanted = rows.get(before).and_then(|row| row.phase);
        let first = rows
            .get(..=before)
            .unwrap_or_default()
            .iter()
            .rposition(|row| row.phase != wanted)
            .map_or(0, |index| index + 1);
        rows.get(first).map_or(1, |row| row.step + 1)
    }

    /// Whether nothing was granted before the present row. Only the first time ends the first minute.
    fn is_first_grant(&self) -> bool {
        let before = self.reading.flow().rows().iter().take(self.present_row().unwrap_or_default());
        !before.into_iter().any(|row| matches!(row.message.body, Body::AccessGranted { .. }))
    }

    /// Whether access has just been granted for the first time, with nothing recorded after it: the first minute is over.
    #[must_use]
    pub fn is_celebrating(&self) -> bool {
        self.is_celebrating
    }
}

/// Words.
impl View {
    /// The caption of the pointed message, else of the present one.
    #[must_use]
    pub fn caption(&self, session: &Session, message: Option<MessageId>) -> Said {
        let pointed = message.and_then(|message| self.reading.flow().row_of_message(message));
        pointed.map_or_else(|| self.caption.clone(), |index| self.said_of(session, Some(index)))
    }

    fn said(&self, session: &Session, index: Option<usize>) -> Said {
        if self.is_untouched && session.future().is_empty() {
            let sentence = match session.setup().seats.app_page {
                Seat::Simulated => "Press Space to step, or click Buy",
                Seat::External => "Your own app begins; the live sign at the top says where it joins",
            };
            return Said { sentence: sentence.into(), ..Said::default() };
        }
        self.said_of(session, index)
    }

    fn said_of(&self, session: &Session, index: Option<usize>) -> Said {
        let Some(telling) = index.and_then(|index| self.reading.telling_of(index, session)) else {
            return Said { sentence: "Press Space to step".into(), ..Said::default() };
        };
        let next = telling.next.map_or_else(String::new, |next| format!("next: {next}"));
        Said {
            number: telling.number.to_string(),
            sentence: telling.caption.sentence,
            code: telling.caption.code,
            next,
        }
    }

    /// What is said about a row, for its tooltip.
    #[must_use]
    pub fn told(&self, session: &Session, index: usize) -> String {
        self.said_of(session, Some(index)).sentence
    }
}

/// The inspector's subject.
impl View {
    /// What the inspector talks about.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The subject's receipt judged now, by the app's own rules without the checks in `off`; `None` where there is no receipt yet.
    #[must_use]
    pub fn judged_without(&self, session: &Session, off: CheckSet) -> Option<Arc<Verdict>> {
        let token = self.subject.receipt.as_ref()?;
        if off.is_empty() {
            return token.verdict.clone();
        }
        Some(Arc::new(session.world().judged(&token.text, off)))
    }

    fn subject_at(&self, session: &Session, selection: &Selection) -> Subject {
        let index = self.row_of(selection.message).filter(|index| self.is_past(*index));
        let row = index.and_then(|index| self.row(index));
        let message = row.map(|row| Arc::clone(row.message_at(self.taken())));
        let answer = row.and_then(|row| row.answer_at(self.taken())).cloned();
        let wanted = row.map_or(0, |row| row.number);
        let token = match (&selection.receipt, index) {
            (Some(receipt), _) => {
                let verdict = Arc::new(session.world().judged(receipt, session.setup().checks_off));
                Some(token(session, receipt, (0, wanted), Carried::Receipt, Some(verdict)))
            }
            (None, Some(index)) => self.token_at(session, index, wanted, |_| true),
            (None, None) => None,
        };
        let receipt = match (&token, index) {
            (Some(token), _) if token.kind == Carried::Receipt => Some(token.clone()),
            (_, Some(index)) => self.token_at(session, index, wanted, |kind| kind == Carried::Receipt),
            (_, None) => None,
        };
        Subject { message, answer, token, receipt }
    }

    /// The token of a wanted kind in this row or in the nearest one before it.
    fn token_at(
        &self,
        session: &Session,
        index: usize,
        wanted: u32,
        is_wanted: impl Fn(Carried) -> bool,
    ) -> Option<Token> {
        let lowest = index.saturating_sub(TOKEN_ROWS);
        (lowest..=index).rev().find_map(|index| {
            let row = self.row(index)?;
            let bodies = [row.answer_at(self.taken()), Some(row.message_at(self.taken()))];
            let body = bodies
                .into_iter()
                .flatten()
                .map(|message| &message.body)
                .find(|body| body.carried().is_some_and(|(kind, _)| is_wanted(kind)))?;
            let (kind, text) = body.carried()?;
            let verdict = if let Body::ReceiptJudged { verdict, .. } = body {
                Some(Arc::clone(verdict))
            } else {
                let is_receipt = kind == Carried::Receipt;
                is_receipt.then(|| Arc::new(session.world().judged(text, session.setup().checks_off)))
            };
            Some(token(session, text, (row.number, wanted), kind, verdict))
        })
    }
}

fn token(
    session: &Session,
    text: &Arc<str>,
    (number, wanted): (u32, u32),
    kind: Carried,
    verdict: Option<Arc<Verdict>>,
) -> Token {
    let world = session.world();
    let reader = Reader {
        now: Some(world.clock_of(Party::AppPage)),
        app: Some(&world.catalog().app),
        rules: Some(world.setup().rules()),
    };
    let reading = Arc::new(claims::explain(text, reader));
    Token { text: Arc::clone(text), kind, number, wanted, is_own: number == wanted || number == 0, reading, verdict }
}

fn shown(state: PhaseState) -> StepState {
    match state {
        PhaseState::Future => StepState::Future,
        PhaseState::Current => StepState::Current,
        PhaseState::Done => StepState::Done,
        PhaseState::Failed => StepState::Failed,
    }
}

/// Whether something went wrong with this row for good.
#[must_use]
pub fn is_trouble(row: &Row, taken: usize) -> bool {
    row.badge_at(taken).is_some_and(|badge| !badge.kind.is_mild())
}
