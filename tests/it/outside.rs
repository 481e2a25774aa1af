//! What programs outside say travels the ordinary road, is answered to them alone, and replays without them.

use std::sync::Arc;

use paystage::protocol::dial::Hosting;
use paystage::protocol::id::{ProductId, TransactionId};
use paystage::protocol::store_answer::Status;
use paystage::protocol::time::Span;
use paystage::world::World;
use paystage::world::character::{BuyerCharacter, ServerCharacter};
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::input::Input;
use paystage::world::message::{Body, Message, MessageId};
use paystage::world::provenance::Provenance;
use paystage::world::seat::{Seat, Seats};
use paystage::world::setup::Setup;
use paystage::world::transaction::TransactionState;

/// A live run: what is due flows at once, and everything is written down.
struct Live {
    world: World,
    events: Vec<Event>,
    commands: Vec<Command>,
}

impl Live {
    fn new(setup: Setup) -> Self {
        let mut live = Self { world: World::new(setup), events: Vec::new(), commands: Vec::new() };
        live.command(Command::Start);
        live.settle();
        live
    }

    fn command(&mut self, command: Command) {
        self.events.extend(self.world.handle(&command));
        self.commands.push(command);
    }

    /// Says something now, and gives back the message that it became.
    fn say(&mut self, input: Input) -> MessageId {
        let id = MessageId(self.world.wire().sent_count());
        self.command(Command::Receive { at: self.world.now(), input });
        id
    }

    fn settle(&mut self) {
        while self.world.next_due().is_some_and(|due| due <= self.world.now()) {
            self.command(Command::Step);
        }
    }

    fn advance(&mut self, span: Span) {
        let until = self.world.now() + span;
        while let Some(due) = self.world.next_due().filter(|due| *due <= until) {
            self.command(Command::Wait { span: due - self.world.now() });
            self.settle();
        }
        self.command(Command::Wait { span: until - self.world.now() });
    }

    fn delivered(&self) -> impl DoubleEndedIterator<Item = &Arc<Message>> {
        self.events
            .iter()
            .filter_map(|event| if let Event::Delivered { message } = event { Some(message) } else { None })
    }

    /// The newest message that answers this one.
    fn answer(&self, question: MessageId) -> Option<&Body> {
        self.delivered().rev().find(|message| message.answers == Some(question)).map(|message| &message.body)
    }

    fn last_why(&self) -> Option<&'static str> {
        match self.events.last() {
            Some(Event::CommandIgnored { why }) => Some(why),
            _ => None,
        }
    }

    /// Buys as a page outside does: gives back the payment and the pay request.
    fn buy(&mut self) -> (TransactionId, String) {
        let question = self.say(buy("shiny-pony"));
        self.settle();
        let Some(Body::BuyAnswered { transaction, request }) = self.answer(question) else { panic!("no pay request") };
        (transaction.clone(), request.to_string())
    }

    /// Opens the payment page, and gives back the message that did.
    fn open(&mut self, request: &str) -> MessageId {
        let opening = self.say(Input::OpenWindow { request: request.to_owned(), buyer: None });
        self.settle();
        opening
    }

    fn poll(&mut self, transaction: &TransactionId) -> Option<String> {
        let question = self.say(Input::PollStatus { transaction: transaction.clone() });
        self.settle();
        match self.answer(question) {
            Some(Body::StatusAnswered { receipt, .. }) => receipt.as_deref().map(str::to_owned),
            other => panic!("no status: {other:?}"),
        }
    }

    fn verify(&mut self, receipt: &str) -> Status {
        let question = self.say(Input::Verify { receipt: receipt.into(), path: None });
        match self.answer(question) {
            Some(Body::VerifyAnswered { answer }) => answer.status,
            other => panic!("no answer within the step: {other:?}"),
        }
    }

    fn confirm(&mut self, transaction: &TransactionId, pin: &str) {
        self.say(Input::Confirm { transaction: transaction.clone(), pin: pin.to_owned() });
        self.settle();
    }

    fn state(&self, transaction: &TransactionId) -> TransactionState {
        self.world.marketplace().transaction(transaction).unwrap().state
    }
}

fn buy(product: &str) -> Input {
    Input::Buy { product: ProductId::parse(product).unwrap(), origin: None, provenance: Provenance::default() }
}

/// Their page, our store, and nobody decides but whoever sits at the payment page.
fn outside_page() -> Setup {
    Setup {
        seats: Seats { app_page: Seat::External, ..Seats::default() },
        latency: Span::from_millis(0),
        buyer: BuyerCharacter::YouDecide,
        ..Setup::default()
    }
}

/// Everybody is simulated, and somebody with curl calls the store all the same.
fn full_stage() -> Setup {
    Setup { latency: Span::from_millis(0), ..Setup::default() }
}

#[test]
fn a_page_outside_buys_pays_polls_and_verifies() {
    let mut live = Live::new(outside_page());
    let (transaction, request) = live.buy();
    assert_eq!(live.poll(&transaction), None);
    let opening = live.open(&request);
    assert!(matches!(live.answer(opening), Some(Body::PriceShown { .. })));
    live.confirm(&transaction, "1234");
    assert!(matches!(live.answer(opening), Some(Body::WindowEnded { failure: None })));
    let receipt = live.poll(&transaction).expect("completed");
    assert_eq!(live.verify(&receipt), Status::Ok);
    assert_eq!(live.verify(&format!("{receipt}x")), Status::Invalid);
    live.command(Command::Refund { transaction });
    live.settle();
    assert_eq!(live.verify(&receipt), Status::Refunded);
}

#[test]
fn the_buy_request_of_a_product_that_nobody_sells_is_refused_to_its_asker() {
    let mut live = Live::new(outside_page());
    let question = live.say(buy("no-such-pony"));
    live.settle();
    assert!(matches!(live.answer(question), Some(Body::BuyRefused { status: 404, .. })));
    assert!(live.world.marketplace().transactions().is_empty());
}

#[test]
fn an_expired_receipt_is_traded_and_a_valid_one_is_not() {
    let mut live = Live::new(Setup { receipt_life: Span::from_seconds(3600), ..outside_page() });
    let (transaction, request) = live.buy();
    live.open(&request);
    live.confirm(&transaction, "1234");
    let receipt = live.poll(&transaction).unwrap();
    let mut reissue = || {
        let question = live.say(Input::Reissue { receipt: receipt.as_str().into() });
        live.settle();
        let Some(Body::ReissueAnswered { status, answer }) = live.answer(question).cloned() else {
            panic!("no answer")
        };
        live.advance(Span::from_seconds(3600));
        (status, answer.status, answer.receipt.is_some())
    };
    assert_eq!(reissue(), (400, Status::Ok, false));
    assert_eq!(reissue(), (200, Status::Expired, true));
}

#[test]
fn the_buyer_outside_sees_their_payments_and_gets_a_receipt_again() {
    let mut live = Live::new(outside_page());
    let (transaction, request) = live.buy();
    let list = |live: &mut Live| {
        let question = live.say(Input::ListPurchases);
        let Some(Body::HistoryAnswered { transactions }) = live.answer(question) else { panic!("no list") };
        transactions.clone()
    };
    assert_eq!(list(&mut live), []);
    let again = |live: &mut Live| {
        let question = live.say(Input::RequestReceipt { transaction: transaction.clone() });
        live.settle();
        live.answer(question).cloned()
    };
    assert!(matches!(again(&mut live), Some(Body::ReceiptDenied { status: 402, .. })));
    live.open(&request);
    live.confirm(&transaction, "1234");
    assert_eq!(list(&mut live), std::slice::from_ref(&transaction));
    let Some(Body::ReceiptHandedOver { receipt, .. }) = again(&mut live) else { panic!("no receipt") };
    assert_eq!(live.verify(&receipt), Status::Ok);
}

#[test]
fn the_keys_are_answered_within_the_step() {
    let mut live = Live::new(outside_page());
    let question = live.say(Input::FetchKeys);
    let Some(Body::KeysAnswered { keys }) = live.answer(question) else { panic!("no keys") };
    assert_eq!(**keys, *live.world.marketplace().published_keys());
}

#[test]
fn cancelling_and_closing_a_page_outside_end_only_their_own_payment() {
    let mut live = Live::new(outside_page());
    let (one, other, third) = (live.buy(), live.buy(), live.buy());
    let openings = [&one, &other, &third].map(|(_, request)| live.open(request));
    live.say(Input::Cancel { transaction: one.0.clone() });
    live.settle();
    live.say(Input::CloseWindow { transaction: other.0.clone() });
    live.settle();
    let ends = openings.map(|opening| match live.answer(opening) {
        Some(Body::WindowEnded { failure }) => failure.as_ref().map_or("success", |refusal| refusal.code),
        Some(Body::PriceShown { .. }) => "open",
        other => panic!("{other:?}"),
    });
    // A page that was unloaded hears nothing any more.
    assert_eq!(ends, ["USER_CANCELLED", "open", "open"]);
    let states = [&one, &other, &third].map(|(transaction, _)| live.state(transaction));
    assert_eq!(states, [TransactionState::Cancelled, TransactionState::Cancelled, TransactionState::Shown]);
    live.confirm(&third.0, "1234");
    assert_eq!(live.state(&third.0), TransactionState::Completed);
}

#[test]
fn deciding_about_a_payment_whose_window_is_not_open_is_ignored() {
    let mut live = Live::new(outside_page());
    let (transaction, request) = live.buy();
    let inputs = [
        Input::Confirm { transaction: transaction.clone(), pin: "1234".to_owned() },
        Input::Cancel { transaction: transaction.clone() },
        Input::CloseWindow { transaction: transaction.clone() },
    ];
    for input in inputs.clone() {
        live.say(input);
        assert_eq!(live.last_why(), Some("No payment window is open for this payment"));
    }
    live.open(&request);
    for input in inputs {
        let mut twin = World::clone(&live.world);
        let events = twin.handle(&Command::Receive { at: twin.now(), input });
        assert!(matches!(events.first(), Some(Event::Sent { .. })));
    }
}

#[test]
fn a_payment_page_that_is_loaded_again_shows_the_same_payment() {
    let mut live = Live::new(outside_page());
    let (transaction, request) = live.buy();
    let (first, again) = (live.open(&request), live.open(&request));
    assert!(matches!(live.answer(again), Some(Body::PriceShown { .. })));
    live.confirm(&transaction, "1234");
    assert!(matches!(live.answer(again), Some(Body::WindowEnded { failure: None })));
    assert!(matches!(live.answer(first), Some(Body::PriceShown { .. })), "the page that was replaced hears nothing");
    assert_eq!(live.world.marketplace().transactions().len(), 1);
    // Once it has ended, it stands by how it ended.
    let late = live.open(&request);
    assert!(matches!(live.answer(late), Some(Body::WindowEnded { failure: None })));
}

#[test]
fn a_wrong_pin_is_told_and_the_fifth_locks() {
    let mut live = Live::new(outside_page());
    let (transaction, request) = live.buy();
    let opening = live.open(&request);
    for left in [4, 3, 2, 1] {
        live.confirm(&transaction, "9999");
        let window = live.world.buyer().window_of(&transaction).unwrap();
        assert_eq!(window.tries_left, Some(left));
    }
    live.confirm(&transaction, "9999");
    let Some(Body::WindowEnded { failure: Some(refusal) }) = live.answer(opening) else { panic!("not ended") };
    assert_eq!((refusal.code, live.state(&transaction)), ("PIN_LOCKED", TransactionState::Cancelled));
}

#[test]
fn whoever_is_named_decides_in_that_window_alone() {
    let mut live = Live::new(Setup { buyer: BuyerCharacter::PaysAtOnce, ..outside_page() });
    let [human, character, quitter] =
        [Some(BuyerCharacter::YouDecide), None, Some(BuyerCharacter::Cancels)].map(|buyer| {
            let (transaction, request) = live.buy();
            live.say(Input::OpenWindow { request, buyer });
            live.settle();
            transaction
        });
    live.advance(Span::from_seconds(1));
    assert_eq!(live.state(&human), TransactionState::Shown, "nobody decides for a human");
    assert_eq!(live.state(&character), TransactionState::Completed);
    assert_eq!(live.state(&quitter), TransactionState::Cancelled);

    live.command(Command::ChangeBuyer { character: BuyerCharacter::Cancels });
    live.advance(Span::from_seconds(1));
    assert_eq!(live.state(&human), TransactionState::Shown, "the run's buyer has no say there");
    live.confirm(&human, "1234");
    assert_eq!(live.state(&human), TransactionState::Completed);
}

#[test]
fn two_clients_that_interleave_get_their_own_answers() {
    // Messages take time here, so that everything of both is on its way at once.
    let mut live = Live::new(Setup { latency: Span::from_millis(40), ..outside_page() });
    let questions = [live.say(buy("shiny-pony")), live.say(buy("golden-saddle"))];
    live.advance(Span::from_seconds(1));
    let sold = questions.map(|question| {
        let Some(Body::BuyAnswered { transaction, request }) = live.answer(question).cloned() else {
            panic!("no answer")
        };
        live.say(Input::OpenWindow { request: request.to_string(), buyer: None });
        transaction
    });
    live.advance(Span::from_seconds(1));
    for transaction in sold.iter().rev() {
        live.say(Input::Confirm { transaction: transaction.clone(), pin: "1234".to_owned() });
    }
    live.advance(Span::from_seconds(1));
    // Two polls for the one payment and one for the other, all of which wait for a receipt to be signed.
    let asked = [&sold[0], &sold[1], &sold[0]];
    let polls = asked.map(|transaction| live.say(Input::PollStatus { transaction: transaction.clone() }));
    live.advance(Span::from_seconds(1));
    for (poll, transaction) in polls.into_iter().zip(asked) {
        let Some(Body::StatusAnswered { transaction: of, receipt: Some(_) }) = live.answer(poll) else {
            panic!("{poll:?} waits still")
        };
        assert_eq!(of, transaction);
    }
    let products =
        sold.map(|transaction| live.world.marketplace().transaction(&transaction).unwrap().product.to_string());
    assert_eq!(products, ["shiny-pony", "golden-saddle"]);
}

#[test]
fn a_foreign_client_never_disturbs_the_simulated_app() {
    let mut live = Live::new(full_stage());
    let before = format!("{:?} {:?}", live.world.app_page(), live.world.device());
    let (transaction, request) = live.buy();
    let opening = live.open(&request);
    assert!(matches!(live.answer(opening), Some(Body::PriceShown { .. })));
    // The character decides here, as for any window.
    live.advance(Span::from_seconds(1));
    let receipt = live.poll(&transaction).expect("paid by the character");
    assert_eq!(live.verify(&receipt), Status::Ok);
    live.say(Input::FetchKeys);
    live.say(Input::RequestReceipt { transaction });
    live.settle();
    assert_eq!(format!("{:?} {:?}", live.world.app_page(), live.world.device()), before);
}

#[test]
fn the_simulated_app_buys_while_a_foreign_client_does() {
    let mut live = Live::new(full_stage());
    let pony = ProductId::parse("shiny-pony").unwrap();
    live.command(Command::Buy { product: pony.clone() });
    let (foreign, request) = live.buy();
    live.open(&request);
    live.advance(Span::from_seconds(5));
    assert!(live.world.app_page().shelf(&pony).unwrap().is_open);
    assert!(live.poll(&foreign).is_some());
    assert_eq!(live.world.marketplace().transactions().len(), 2);
}

#[test]
fn what_goes_to_a_party_outside_is_delivered_and_nothing_more() {
    let mut live = Live::new(outside_page());
    live.command(Command::RotateKey);
    live.settle();
    let last = live.delivered().last().unwrap();
    assert!(matches!(last.body, Body::KeyRotated { .. }) && live.world.leaves_the_stage(last));
    assert_eq!(live.world.app_page().shelves().count(), 0);
}

#[test]
fn nobody_on_the_stage_speaks_for_a_party_outside() {
    let seats = Seats { marketplace: Seat::External, ..Seats::default() };
    let mut live = Live::new(Setup { seats, ..full_stage() });
    for input in [Input::FetchKeys, Input::ListPurchases, buy("shiny-pony")] {
        live.say(input);
        assert_eq!(live.last_why(), Some("Whoever should hear this sits outside in this run"));
    }
    let classic = Setup {
        hosting: Hosting::Classic,
        seats: Seats { app_server: Seat::External, ..Seats::default() },
        ..full_stage()
    };
    let mut live = Live::new(classic);
    live.say(buy("shiny-pony"));
    assert!(live.last_why().is_some());
    live.say(Input::FetchKeys);
    assert!(live.last_why().is_none(), "the store itself is on the stage");
}

#[test]
fn input_moves_the_clock_forward_never_back_and_never_past_what_is_due() {
    let mut live = Live::new(outside_page());
    let start = live.world.now();
    let hear = |live: &mut Live, at| {
        live.command(Command::Receive { at, input: Input::FetchKeys });
        live.world.now()
    };
    assert_eq!(hear(&mut live, start + Span::from_seconds(60)), start + Span::from_seconds(60));
    assert_eq!(hear(&mut live, start), start + Span::from_seconds(60));
    let (_, request) = live.buy();
    live.open(&request);
    let expiry = live.world.next_due().unwrap();
    assert_eq!(hear(&mut live, expiry + Span::from_days(1)), expiry, "the window expires first");
}

#[test]
fn recorded_input_replays_without_the_outside() {
    let mut live = Live::new(outside_page());
    let (transaction, request) = live.buy();
    live.open(&request);
    live.confirm(&transaction, "1234");
    live.poll(&transaction);
    let mut replayed = World::new(outside_page());
    let events: Vec<Event> = live.commands.iter().flat_map(|command| replayed.handle(command)).collect();
    assert_eq!(serde_json::to_string(&events).unwrap(), serde_json::to_string(&live.events).unwrap());
    // The twin: one input less, and it is another run.
    let mut other = World::new(outside_page());
    let fewer: Vec<Event> = live.commands.iter().skip(2).flat_map(|command| other.handle(command)).collect();
    assert_ne!(serde_json::to_string(&fewer).unwrap(), serde_json::to_string(&events).unwrap());
}

#[test]
fn ten_thousand_readings_leave_the_world_as_large_as_it_was() {
    let mut live = Live::new(outside_page());
    let (transaction, request) = live.buy();
    live.open(&request);
    live.confirm(&transaction, "1234");
    let receipt = live.poll(&transaction).unwrap();
    let readings = [
        Input::Verify { receipt: receipt.as_str().into(), path: None },
        Input::Verify { receipt: "garbage".into(), path: None },
        Input::PollStatus { transaction },
        Input::PollStatus { transaction: "nobody-knows".into() },
        Input::FetchKeys,
        Input::ListPurchases,
        Input::Reissue { receipt: receipt.into() },
        buy("no-such-pony"),
    ];
    let mut read = |times: usize| {
        for input in readings.iter().cycle().take(times) {
            live.world.handle(&Command::Receive { at: live.world.now(), input: input.clone() });
            while live.world.next_due().is_some_and(|due| due <= live.world.now()) {
                live.world.handle(&Command::Step);
            }
        }
        format!("{:?}", live.world).len()
    };
    let few = read(100);
    // Counters may gain a digit or two.
    assert!(read(10_000) < few + 32);
}

#[test]
fn a_step_never_leaves_the_moment_of_what_is_due_next() {
    // The server answers no notice: its time-out leads to another delivery 300 s later, and to nothing now.
    let lost = ServerCharacter::NeverAnswers;
    let mut live = Live::new(Setup { app_server: lost, hosting: Hosting::Classic, ..outside_page() });
    let (_, request) = live.buy();
    live.open(&request);
    // In classic mode the store has a name of its own for the payment.
    let transaction = live.world.buyer().window().unwrap().transaction.clone();
    live.confirm(&transaction, "1234");
    let overdue = live.world.next_due().unwrap();
    live.command(Command::Step);
    assert_eq!((live.world.now(), live.world.next_due()), (overdue, Some(overdue + Span::from_seconds(300))));
    // Where messages take time, a step runs on to the next arrow.
    let patient = Setup { app_server: lost, hosting: Hosting::Classic, ..Setup::default() };
    let mut world = World::new(patient);
    world.handle(&Command::Start);
    world.handle(&Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
    for _ in 0..100 {
        let events = world.handle(&Command::Step);
        let is_arrow = |event: &Event| matches!(event, Event::Delivered { .. } | Event::CommandIgnored { .. });
        assert!(events.iter().any(is_arrow), "{events:?}");
    }
}
