//! States: how a run stands, in short, as test code reads it. No secret and no receipt is in it.

use serde_json::{Value, json};

use crate::io::inbox::Clock;
use crate::session::recorded::Recorded;
use crate::world::World;
use crate::world::marketplace::ledger::Delivery;

/// The run as it stands.
#[must_use]
pub fn of(run: &dyn Recorded, clock: Clock) -> Value {
    let world = run.world();
    let payments = world.marketplace().transactions().iter().map(|payment| {
        json!({
            "transaction": payment.id,
            "order": payment.order,
            "product": payment.product,
            "app": payment.app,
            "price": payment.price.to_string(),
            "state": payment.state,
            "receipts": payment.receipts.len(),
            "notices": payment.notices.iter().map(notice).collect::<Vec<_>>(),
        })
    });
    let access = world.app_page().shelves().map(|shelf| (shelf.product.to_string(), Value::from(shelf.is_open)));
    json!({
        "steps": run.count(),
        "clock": self::clock(world, clock),
        "idle": world.is_idle(),
        "fingerprint": run.fingerprint().map(|mark| mark.to_string()),
        "transactions": payments.collect::<Vec<_>>(),
        "access": access.collect::<serde_json::Map<_, _>>(),
        "faults": faults(world),
        "setup": run.setup(),
    })
}

/// How often the app server was told of a payment or of its being taken back, and how that stands.
fn notice(delivery: &Delivery) -> Value {
    let standing = match (delivery.is_acknowledged, delivery.is_given_up) {
        (true, _) => "delivered",
        (false, true) => "given-up",
        (false, false) => "under-way",
    };
    json!({ "kind": delivery.kind, "attempts": delivery.attempts, "standing": standing })
}

/// The run's clock, and who moves it.
#[must_use]
pub fn clock(world: &World, clock: Clock) -> Value {
    json!({
        "now": world.now().rfc3339(),
        "now_ms": world.now().millis(),
        "next_due": world.next_due().map(crate::protocol::time::Time::rfc3339),
        "follows": match clock {
            Clock::Real { .. } => "real",
            Clock::Virtual => "virtual",
        },
    })
}

/// The armed faults with their live counts, and the messages that are held.
#[must_use]
pub fn faults(world: &World) -> Value {
    let held: Vec<_> = world.faults().held().iter().map(|held| held.message.id).collect();
    json!({ "armed": world.faults().armed(), "held": held })
}
