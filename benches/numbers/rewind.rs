//! One step back from message 10,000: the nearest snapshot, and a short replay from there.

use crate::stopwatch::{fastest_ms, word};
use paystage::protocol::id::ProductId;
use paystage::session::control::run_until_idle;
use paystage::session::run::Session;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

const MESSAGES: u32 = 10_000;

/// Measures and prints.
pub(crate) fn run() {
    let mut session = Session::new(Setup::default());
    let product = ProductId::parse("shiny-pony").unwrap();
    while session.world().wire().sent_count() < MESSAGES {
        session.dispatch(Command::Buy { product: product.clone() });
        assert!(run_until_idle(&mut session, 1_000));
    }
    let (steps, messages) = (session.steps().len(), session.world().wire().sent_count());
    let mut slowest = 0.0_f64;
    for step in [steps - 1, steps - 2, steps - 63, steps - 64, steps - 65, steps / 2, steps / 3, 1] {
        slowest = slowest.max(fastest_ms(5, || {
            session.to_end();
            assert!(session.rewind(step));
        }));
    }
    let word = word(slowest <= 50.0);
    println!("going back in {messages} messages ({steps} steps): {slowest:.2} ms at the most (goal 50 ms, {word})");
}
