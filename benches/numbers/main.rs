//! The numbers that Paystage promises, each with both sides of its ratio. `cargo bench`, or `cargo bench -- verify` for one.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a bench reads the clock and may stop at the first surprise"
)]

mod stopwatch;
mod verify;
mod purchase;
mod explore;
mod ledger;
mod rewind;
mod frame;
mod group_commit;
mod store;
mod client;
mod serve;
mod process;
mod buys;
mod audit;

/// The benches by name.
const BENCHES: [(&str, fn()); 11] = [
    ("verify", verify::run),
    ("purchase", purchase::run),
    ("explore", explore::run),
    ("ledger", ledger::run),
    ("rewind", rewind::run),
    ("frame", frame::run),
    ("audit", audit::run),
    ("store", store::run),
    ("serve", serve::run),
    ("process", process::run),
    ("buys", buys::run),
];

/// Takes minutes, so it runs only when it is named.
const MILLION: &str = "million";

fn main() {
    // Cargo adds --bench; any other word picks benches by name.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    for (name, run) in BENCHES {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            run();
        }
    }
    if wanted.iter().any(|word| word == MILLION) {
        process::million();
    }
}
