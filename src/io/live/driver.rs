//! The driver: lets a run be acted in from outside, at the pace of a clock, and tells those who wait.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use tokio::sync::{broadcast, mpsc, oneshot};

use crate::io::inbox::{Ask, Clock, Done, Said};
use crate::io::live::hearing::{Errand, Hearing, Notary};
use crate::io::live::waiting::Wanted;
use crate::io::saved::Saved;
use crate::protocol::time::{Span, Time};
use crate::session::control::STEPS_MAX;
use crate::session::recorded::Recorded;
use crate::session::step::Step;
use crate::world::command::Command;
use crate::world::event::Event;
use crate::world::input::Input;
use crate::world::message::MessageId;

/// What drives a run that programs outside act in. Holds no run: whoever owns one lends it for each call.
///
/// Never asks a clock and opens no connection: the time comes in with each call, and what must be carried to a server outside
/// goes out as an errand.
pub struct Driver {
    clock: Clock,
    hearing: Hearing,
    advances: VecDeque<Advance>,
}

/// Time that somebody lets pass, as far as it has not passed yet.
struct Advance {
    span: Span,
    until: Time,
    /// The promise for what happened in it so far.
    saved: Saved,
    reply: oneshot::Sender<Saved>,
}

impl Driver {
    /// A driver at this pace. `errands` carries to servers outside, `steps` tells everyone who watches, `notary` writes down.
    #[must_use]
    pub fn new(
        clock: Clock,
        errands: mpsc::UnboundedSender<Errand>,
        steps: broadcast::Sender<Arc<Step>>,
        notary: Option<Notary>,
    ) -> Self {
        Self { clock, hearing: Hearing::new(errands, steps, notary), advances: VecDeque::new() }
    }

    /// Who moves the clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Lets somebody else move the clock from now on.
    pub fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
    }

    /// Forgets everybody who waits: the run that they asked is not lent any more.
    pub fn forget(&mut self) {
        self.hearing.forget();
        self.advances.clear();
    }

    /// When the machine's clock will show that something is due; `None` where nothing is, or where that clock moves nothing.
    #[must_use]
    pub fn next_due(&self, run: &dyn Recorded) -> Option<Time> {
        match self.clock {
            Clock::Real { ahead } => run.world().next_due().map(|due| due - ahead),
            Clock::Virtual => None,
        }
    }

    /// Does what is due by now, and hands over whatever is not on its way to the disk yet.
    pub fn tick(&mut self, run: &mut dyn Recorded, real: Time) {
        self.settle_until(run, real);
        self.hearing.strand(run);
        self.hand_over();
    }

    /// Lets everything that was done since the last time go to the disk together. Whoever waits for that waits in vain before: it
    /// is for whoever drives to call this, or [`tick`](Self::tick), as soon as nothing more is asked at this moment.
    pub fn hand_over(&mut self) {
        self.hearing.hand_over();
    }

    /// Does one thing that was asked, after whatever was due before it and before whatever is due at once after it. Only looking
    /// moves nothing. What it changes goes to the disk with the next [`hand_over`](Self::hand_over).
    pub fn handle(&mut self, run: &mut dyn Recorded, ask: Ask, real: Time) {
        if ask.is_deed() {
            self.settle_until(run, real);
        }
        self.perform(run, ask, real);
        self.hearing.strand(run);
    }

    fn perform(&mut self, run: &mut dyn Recorded, ask: Ask, real: Time) {
        match ask {
            Ask::Say { input, reply } => {
                self.say(run, input, reply, real);
                self.go_on(run);
            }
            Ask::Do { command, reply } => {
                self.catch_up(run, real);
                let (step, saved) = self.dispatch(run, command);
                self.settle_until(run, real);
                let _ = reply.send(Done { step, saved });
            }
            Ask::Advance { span, reply } => {
                let span = span.max(Span::ZERO);
                let from = self.advances.back().map_or_else(|| self.shown(run, real), |last| last.until);
                self.advances.push_back(Advance { span, until: from + span, saved: Saved::already(), reply });
                self.go_on(run);
            }
            Ask::Follow { clock } => self.set_clock(clock),
            Ask::Restart { setup, commands, reply } => {
                self.forget();
                run.restart(*setup);
                let begun = run.kept();
                let starts = begun.iter().map(|start| self.hearing.observe(run, start)).last();
                let deeds = commands.into_iter().map(|command| self.dispatch(run, command).1).last();
                let _ = reply.send(deeds.or(starts).unwrap_or_else(Saved::already));
            }
            Ask::Look(glance) => glance(run, self.clock),
            Ask::Window { transaction, reply } => {
                let payment = run.world().marketplace().transaction(&transaction);
                let _ = reply.send(payment.map(|payment| self.hearing.window(&transaction, payment.state)));
            }
        }
    }

    /// Takes note of a step that the owner of the run dispatched by itself, as a click in the window does.
    pub fn observe(&mut self, run: &dyn Recorded, step: &Arc<Step>) -> Saved {
        self.hearing.observe(run, step)
    }

    /// Takes note of how payment windows opened and ended in a step of long ago, so that a page which asks late is told the truth.
    pub fn recall(&mut self, step: &Step) {
        self.hearing.recall(step);
    }

    fn say(&mut self, run: &mut dyn Recorded, input: Input, reply: oneshot::Sender<Said>, real: Time) {
        let (wanted, at) = (Wanted::by(&input), self.shown(run, real));
        if let Input::Answer { message, .. } | Input::NoAnswer { message, .. } = &input {
            self.hearing.end_errand(*message);
        }
        let step = run.dispatch(Command::Receive { at, input });
        let question = first_sent(&step);
        let mut reply = Some(reply);
        if let Some(question) = question
            && wanted != Wanted::Nothing
            && let Some(reply) = reply.take()
        {
            self.hearing.waiters.add(question, wanted.clone(), reply);
        }
        let saved = self.hearing.observe(run, &step);
        self.settle_until(run, real);
        let is_typed = matches!(wanted, Wanted::Pin(_));
        let waiter = reply.or_else(|| self.hearing.waiters.take(question.filter(|_| is_typed)?));
        if let Some(waiter) = waiter {
            let (saved, said) =
                ignored(&step).map_or((saved, Said::Taken), |why| (Saved::already(), Said::Ignored(why)));
            self.hearing.release(saved, waiter, said);
        }
    }

    fn dispatch(&mut self, run: &mut dyn Recorded, command: Command) -> (Arc<Step>, Saved) {
        let step = run.dispatch(command);
        let saved = self.hearing.observe(run, &step);
        (step, saved)
    }

    /// What is due happens.
    fn settle_until(&mut self, run: &mut dyn Recorded, real: Time) {
        let now = self.shown(run, real);
        self.settle(run, now);
    }

    /// Everything that is due by `now` happens.
    fn settle(&mut self, run: &mut dyn Recorded, now: Time) {
        for _ in 0..STEPS_MAX {
            if run.world().next_due().is_none_or(|due| due > now) {
                return;
            }
            self.dispatch(run, Command::Step);
        }
    }

    /// Brings the true clock to where the machine's clock is, for a command that carries no moment of its own.
    fn catch_up(&mut self, run: &mut dyn Recorded, real: Time) {
        let span = self.shown(run, real) - run.world().now();
        if span > Span::ZERO {
            self.dispatch(run, Command::Wait { span });
        }
    }

    /// Lets time pass as it was asked to, but not past an answer that is on its way from a server outside: the seconds that
    /// pass here on a word must not make a server late that answers at once.
    fn go_on(&mut self, run: &mut dyn Recorded) {
        while let Some(until) = self.advances.front().map(|advance| advance.until) {
            for _ in 0..STEPS_MAX {
                let Some(due) = run.world().next_due().filter(|due| *due <= until) else { break };
                if due > run.world().now() && self.hearing.is_awaiting_an_errand() {
                    return;
                }
                self.pass(run, Command::Step);
            }
            let left = until - run.world().now();
            if left > Span::ZERO {
                self.pass(run, Command::Wait { span: left });
            }
            let Some(done) = self.advances.pop_front() else { return };
            if let Clock::Real { ahead } = &mut self.clock {
                *ahead = *ahead + done.span;
            }
            // Whoever asked may have gone meanwhile.
            let _ = done.reply.send(done.saved);
        }
    }

    /// Does one thing that happens while time passes as it was asked to.
    fn pass(&mut self, run: &mut dyn Recorded, command: Command) {
        let (_, saved) = self.dispatch(run, command);
        if let Some(advance) = self.advances.front_mut() {
            advance.saved = saved;
        }
    }

    /// What the true clock of the run must show now. It never goes back.
    fn shown(&self, run: &dyn Recorded, real: Time) -> Time {
        match self.clock {
            Clock::Real { ahead } => run.world().now().max(real + ahead),
            Clock::Virtual => run.world().now(),
        }
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = self.hearing.waiters.count();
        f.debug_struct("Driver").field("clock", &self.clock).field("waiting", &waiting).finish_non_exhaustive()
    }
}

fn first_sent(step: &Step) -> Option<MessageId> {
    step.events.iter().find_map(|event| if let Event::Sent { message } = event { Some(message.id) } else { None })
}

fn ignored(step: &Step) -> Option<&'static str> {
    step.events.iter().find_map(|event| if let Event::CommandIgnored { why } = event { Some(*why) } else { None })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::io::inbox::{Reply, WindowState};
    use crate::io::live::setup::at_home;
    use crate::io::saved::Keep;
    use crate::protocol::id::{Origin, ProductId, TransactionId};
    use crate::session::line::Line;
    use crate::world::character::BuyerCharacter;
    use crate::world::message::Body;
    use crate::world::provenance::Provenance;
    use crate::world::setup::Setup;
    use crate::world::transaction::TransactionState;

    const NOON: Time = Time::from_seconds(1_795_348_800);

    /// A line at home, its driver, and what it asks of servers outside.
    fn driven(clock: Clock, buyer: BuyerCharacter) -> (Line, Driver, mpsc::UnboundedReceiver<Errand>) {
        let address = Origin::parse("http://127.0.0.1:7717").unwrap();
        let line = Line::new(at_home(Setup { buyer, ..Setup::default() }, &address, NOON));
        let (errands, waiting) = mpsc::unbounded_channel();
        let (steps, _) = broadcast::channel(16);
        (line, Driver::new(clock, errands, steps, None), waiting)
    }

    fn real() -> Clock {
        Clock::Real { ahead: Span::ZERO }
    }

    fn say(line: &mut Line, driver: &mut Driver, input: Input, at: Time) -> oneshot::Receiver<Said> {
        let (reply, answer) = oneshot::channel();
        driver.handle(line, Ask::Say { input, reply }, at);
        answer
    }

    fn buy() -> Input {
        Input::Buy { product: ProductId::parse("shiny-pony").unwrap(), origin: None, provenance: Provenance::default() }
    }

    fn answered(said: Result<Said, oneshot::error::TryRecvError>) -> Reply {
        match said {
            Ok(Said::Answered(reply)) => *reply,
            other => panic!("{other:?}"),
        }
    }

    /// Buys and opens the payment window. Gives back the payment.
    fn opened(line: &mut Line, driver: &mut Driver, at: Time) -> TransactionId {
        let bought = answered(say(line, driver, buy(), at).try_recv());
        let Body::BuyAnswered { transaction, request } = &bought.message.body else { panic!("{bought:?}") };
        let input = Input::OpenWindow { request: request.to_string(), buyer: None };
        let shown = answered(say(line, driver, input, at).try_recv());
        assert!(matches!(shown.message.body, Body::PriceShown { .. }));
        transaction.clone()
    }

    fn state_of(line: &Line, id: &TransactionId) -> TransactionState {
        line.world().marketplace().transaction(id).unwrap().state
    }

    #[test]
    fn the_real_clock_moves_a_run_when_it_is_looked_at_and_never_back() {
        let (mut line, mut driver, _errands) = driven(real(), BuyerCharacter::PaysAfter(Span::from_seconds(12)));
        let payment = opened(&mut line, &mut driver, NOON);
        assert_eq!(driver.next_due(&line), Some(NOON + Span::from_seconds(12)));
        driver.tick(&mut line, NOON + Span::from_millis(11_999));
        assert_eq!(state_of(&line, &payment), TransactionState::Shown);
        driver.tick(&mut line, NOON + Span::from_seconds(12));
        assert_eq!(state_of(&line, &payment), TransactionState::Completed);
        let before = line.world().now();
        // A machine whose clock was set back.
        let bought = answered(say(&mut line, &mut driver, buy(), NOON).try_recv());
        assert!(bought.message.sent >= before);
    }

    #[test]
    fn a_virtual_clock_stands_until_it_is_advanced() {
        let (mut line, mut driver, _errands) =
            driven(Clock::Virtual, BuyerCharacter::PaysAfter(Span::from_seconds(12)));
        let payment = opened(&mut line, &mut driver, NOON);
        driver.tick(&mut line, NOON + Span::from_days(1));
        assert_eq!((driver.next_due(&line), state_of(&line, &payment)), (None, TransactionState::Shown));
        let (reply, mut done) = oneshot::channel();
        driver.handle(&mut line, Ask::Advance { span: Span::from_seconds(12), reply }, NOON);
        assert_eq!((done.try_recv().is_ok(), state_of(&line, &payment)), (true, TransactionState::Completed));
        assert_eq!(line.world().now(), NOON + Span::from_seconds(12));
    }

    #[test]
    fn advancing_a_clock_that_follows_real_time_keeps_it_ahead() {
        let (mut line, mut driver, _errands) = driven(real(), BuyerCharacter::NeverAnswers);
        let (reply, _done) = oneshot::channel();
        driver.handle(&mut line, Ask::Advance { span: Span::from_days(1), reply }, NOON);
        let tomorrow = NOON + Span::from_days(1);
        assert_eq!((line.world().now(), driver.clock()), (tomorrow, Clock::Real { ahead: Span::from_days(1) }));
        let bought = answered(say(&mut line, &mut driver, buy(), NOON + Span::from_seconds(5)).try_recv());
        assert_eq!(bought.message.sent, tomorrow + Span::from_seconds(5));
    }

    /// Arms a fault as the files write it.
    fn arm(line: &mut Line, driver: &mut Driver, fault: &str) {
        let command = serde_json::from_str(&format!(r#"{{"do":"arm","fault":{fault}}}"#)).unwrap();
        let (reply, mut done) = oneshot::channel();
        driver.handle(line, Ask::Do { command, reply }, NOON);
        assert!(ignored(&done.try_recv().unwrap().step).is_none(), "{fault}");
    }

    /// Counts what is handed over to it.
    struct Counting(Arc<AtomicUsize>);

    impl Keep for Counting {
        fn keep(&mut self, _: &dyn Recorded, _: &Arc<Step>) -> Saved {
            Saved::already()
        }

        fn hand_over(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn what_is_asked_together_goes_to_the_disk_together() {
        let (mut line, _, _errands) = driven(Clock::Virtual, BuyerCharacter::NeverAnswers);
        let handed_over = Arc::new(AtomicUsize::new(0));
        let ((errands, _waiting), (steps, _)) = (mpsc::unbounded_channel(), broadcast::channel(16));
        let notary =
            Notary { keeper: Box::new(Counting(Arc::clone(&handed_over))), releases: mpsc::unbounded_channel().0 };
        let mut driver = Driver::new(Clock::Virtual, errands, steps, Some(notary));
        let count = || handed_over.load(Ordering::Relaxed);
        for _ in 0..3 {
            answered(say(&mut line, &mut driver, buy(), NOON).try_recv());
            assert_eq!(count(), 0);
        }
        driver.hand_over();
        assert_eq!(count(), 1);
        driver.tick(&mut line, NOON);
        assert_eq!(count(), 2, "nothing may lie there while nobody asks");
    }

    #[test]
    fn whoever_waits_for_a_dropped_message_hears_that_it_is_lost() {
        for fault in [r#"{"on":"buy-answered","drop":true}"#, r#"{"on":"buy-asked","drop":true}"#] {
            let (mut line, mut driver, _errands) = driven(Clock::Virtual, BuyerCharacter::NeverAnswers);
            arm(&mut line, &mut driver, fault);
            let lost = say(&mut line, &mut driver, buy(), NOON).try_recv();
            assert!(matches!(lost, Err(oneshot::error::TryRecvError::Closed)), "{fault}: {lost:?}");
        }
    }

    #[test]
    fn whoever_waits_for_a_held_message_waits_until_it_is_released() {
        let (mut line, mut driver, _errands) = driven(Clock::Virtual, BuyerCharacter::NeverAnswers);
        arm(&mut line, &mut driver, r#"{"on":"buy-answered","hold":true}"#);
        let mut held = say(&mut line, &mut driver, buy(), NOON);
        assert!(matches!(held.try_recv(), Err(oneshot::error::TryRecvError::Empty)));
        // Others are answered meanwhile.
        answered(say(&mut line, &mut driver, Input::FetchKeys, NOON).try_recv());
        let message = line.world().faults().held().first().unwrap().message.id;
        let (reply, _done) = oneshot::channel();
        driver.handle(&mut line, Ask::Do { command: Command::Release { message }, reply }, NOON);
        assert!(matches!(answered(held.try_recv()).message.body, Body::BuyAnswered { .. }));
    }

    #[test]
    fn beginning_again_leaves_nobody_waiting() {
        let (mut line, mut driver, _errands) = driven(Clock::Virtual, BuyerCharacter::NeverAnswers);
        arm(&mut line, &mut driver, r#"{"on":"buy-answered","hold":true}"#);
        let mut held = say(&mut line, &mut driver, buy(), NOON);
        let (setup, (reply, _done)) = (Box::new(line.setup().clone()), oneshot::channel());
        driver.handle(&mut line, Ask::Restart { setup, commands: Vec::new(), reply }, NOON);
        assert!(matches!(held.try_recv(), Err(oneshot::error::TryRecvError::Closed)));
        assert_eq!(line.count(), 1);
    }

    /// Notes the index of each step that it is given.
    struct Noting(Arc<Mutex<Vec<usize>>>);

    impl Keep for Noting {
        fn keep(&mut self, _: &dyn Recorded, step: &Arc<Step>) -> Saved {
            self.0.lock().unwrap().push(step.index);
            Saved::already()
        }

        fn hand_over(&mut self) {}
    }

    #[test]
    fn beginning_again_is_told_step_by_step_and_once() {
        let (mut line, ..) = driven(Clock::Virtual, BuyerCharacter::NeverAnswers);
        let kept = Arc::new(Mutex::new(Vec::new()));
        let (steps, mut told) = broadcast::channel(16);
        let notary = Notary { keeper: Box::new(Noting(Arc::clone(&kept))), releases: mpsc::unbounded_channel().0 };
        let mut driver = Driver::new(Clock::Virtual, mpsc::unbounded_channel().0, steps, Some(notary));
        let (setup, (reply, _done)) = (Box::new(line.setup().clone()), oneshot::channel());
        driver.handle(&mut line, Ask::Restart { setup, commands: vec![Command::RotateKey], reply }, NOON);
        assert_eq!(*kept.lock().unwrap(), [0, 1]);
        let heard: Vec<_> = std::iter::from_fn(|| told.try_recv().ok()).map(|step| step.index).collect();
        assert_eq!(heard, [0, 1]);
    }

    #[test]
    fn an_answer_that_nothing_can_bring_any_more_is_told_at_once() {
        for (fault, is_stranded) in [
            (r#"{"on":"start-asked","drop":true}"#, true),
            (r#"{"on":"start-answered","drop":true}"#, true),
            (r#"{"on":"start-asked","delay":"5s"}"#, false),
            (r#"{"on":"start-asked","hold":true}"#, false),
        ] {
            let (mut line, mut driver, _errands) = driven(Clock::Virtual, BuyerCharacter::NeverAnswers);
            arm(&mut line, &mut driver, fault);
            let said = say(&mut line, &mut driver, buy(), NOON).try_recv();
            assert_eq!(matches!(said, Ok(Said::Stranded)), is_stranded, "{fault}: {said:?}");
            assert_eq!(matches!(said, Err(oneshot::error::TryRecvError::Empty)), !is_stranded, "{fault}: {said:?}");
        }
    }

    #[test]
    fn whoever_opens_one_window_may_have_its_charge_declined() {
        for (buyer, state) in
            [(Some(BuyerCharacter::Declines), TransactionState::Declined), (None, TransactionState::Completed)]
        {
            let (mut line, mut driver, _errands) = driven(Clock::Virtual, BuyerCharacter::PaysAtOnce);
            let bought = answered(say(&mut line, &mut driver, buy(), NOON).try_recv());
            let Body::BuyAnswered { transaction, request } = &bought.message.body else { panic!("{bought:?}") };
            drop(say(&mut line, &mut driver, Input::OpenWindow { request: request.to_string(), buyer }, NOON));
            let (reply, _done) = oneshot::channel();
            driver.handle(&mut line, Ask::Advance { span: Span::from_seconds(1), reply }, NOON);
            assert_eq!(state_of(&line, transaction), state, "{buyer:?}");
        }
    }

    #[test]
    fn a_window_that_ended_before_a_restart_is_told_as_it_ended() {
        let (mut line, mut driver, _errands) = driven(Clock::Virtual, BuyerCharacter::WrongPinFiveTimes);
        let transaction = opened(&mut line, &mut driver, NOON);
        let (reply, _done) = oneshot::channel();
        driver.handle(&mut line, Ask::Advance { span: Span::from_seconds(9), reply }, NOON);
        let standing = |driver: &mut Driver, line: &mut Line| {
            let (reply, mut told) = oneshot::channel();
            driver.handle(line, Ask::Window { transaction: transaction.clone(), reply }, NOON);
            told.try_recv().unwrap()
        };
        let ended = standing(&mut driver, &mut line);
        assert!(matches!(&ended, Some(WindowState::Ended(Some(failure))) if failure.code == "PIN_LOCKED"), "{ended:?}");
        let (_, mut another, _errands) = driven(Clock::Virtual, BuyerCharacter::NeverAnswers);
        assert_ne!(standing(&mut another, &mut line), ended, "the books alone do not tell");
        line.kept().for_each(|step| another.recall(step));
        assert_eq!(standing(&mut another, &mut line), ended);
    }
}
