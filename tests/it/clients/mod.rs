//! The historic clients: each exchange as the unchanged client began it, byte for byte, over a real socket with the real server.
//!
//! `tests/clients` runs those that can still be installed; here each has its row, and nothing need be installed.

mod exchange;
mod server;

mod fxpay;
mod mozpay;
mod receipts_py;
mod receiptverifier;
mod verifiers;
