//! One purchase by a page outside at a store that remembers 100,000 payments, against the same at one that remembers 100.

use paystage::protocol::id::{ProductId, TransactionId};
use paystage::protocol::time::Span;
use paystage::world::World;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::input::Input;
use paystage::world::message::Body;
use paystage::world::provenance::Provenance;
use paystage::world::seat::{Seat, Seats};
use paystage::world::setup::Setup;

use crate::stopwatch::ratio;

/// How full the books are on the two sides.
const FEW: usize = 100;
const MANY: usize = 100_000;

/// Measures and prints.
pub(crate) fn run() {
    let [mut few, mut many] = [FEW, MANY].map(|payments| {
        let mut world = World::new(setup());
        (0..payments).for_each(|_| buy(&mut world));
        world
    });
    ratio(10, || buy(&mut many), || buy(&mut few)).print("a buy after 100,000 over one after 100", 1.5);
}

fn setup() -> Setup {
    Setup {
        seats: Seats { app_page: Seat::External, ..Seats::default() },
        latency: Span::from_millis(0),
        buyer: BuyerCharacter::YouDecide,
        ..Setup::default()
    }
}

/// Buys, pays, gets the receipt and verifies it.
fn buy(world: &mut World) {
    let (mut sold, mut signed) = (None, None);
    let product = ProductId::parse("shiny-pony").unwrap();
    for event in say(world, Input::Buy { product, origin: None, provenance: Provenance::default() }) {
        if let Event::Delivered { message } = &event
            && let Body::BuyAnswered { transaction, request } = &message.body
        {
            sold = Some((transaction.clone(), request.to_string()));
        }
    }
    let (transaction, request) = sold.unwrap();
    say(world, Input::OpenWindow { request, buyer: None });
    say(world, Input::Confirm { transaction: transaction.clone(), pin: "1234".to_owned() });
    for event in say(world, poll(transaction)) {
        if let Event::ReceiptIssued { receipt, .. } = &event {
            signed = Some(receipt.to_string());
        }
    }
    say(world, Input::Verify { receipt: signed.unwrap().into(), path: None });
}

fn poll(transaction: TransactionId) -> Input {
    Input::PollStatus { transaction }
}

fn say(world: &mut World, input: Input) -> Vec<Event> {
    let mut events = world.handle(&Command::Receive { at: world.now(), input });
    while world.next_due().is_some_and(|due| due <= world.now()) {
        events.extend(world.handle(&Command::Step));
    }
    events
}
