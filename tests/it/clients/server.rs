//! A server on a virtual clock, and the few things that every client does with it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use paystage::io::live::setup;
use paystage::protocol::id::TransactionId;
use paystage::protocol::time::Span;
use paystage::world::command::Command;
use serde_json::Value;

use crate::clients::exchange::{Answer, exchange};
use crate::served::{NOON, Served};

/// How long the buyer who pays at once takes for it, and the money for its way.
const MOMENT: Span = Span::from_seconds(2);

/// A server with a run of its own, which begins at noon.
pub(crate) struct Server {
    pub(crate) served: Served,
}

impl Server {
    /// Starts it with this set-up, as a file has it that `serve --setup` reads.
    #[track_caller]
    pub(crate) fn start(text: &str) -> Self {
        Self { served: Served::start(setup::read(text).unwrap()) }
    }

    /// Its address as a client is given it.
    pub(crate) fn base(&self) -> String {
        self.served.url()
    }

    /// Its host with the port, as in `Host`.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.served.port)
    }

    /// Sends these lines and this body.
    #[track_caller]
    pub(crate) fn send(&self, head: &[&str], body: &str) -> Answer {
        exchange(self.served.port, head, body)
    }

    /// A plain request of no client in particular.
    #[track_caller]
    pub(crate) fn ask(&self, method: &str, path: &str) -> Answer {
        self.send(&[&format!("{method} {path} HTTP/1.1"), &format!("Host: {}", self.host())], "")
    }

    /// A whole purchase through the page's own routes.
    #[track_caller]
    pub(crate) fn buy(&self, product: &str) -> Bought {
        let transaction = self.served.opened(product);
        self.served.advance(MOMENT);
        let settled = self.ask("GET", &format!("/mozpay/transaction/{transaction}")).with(200).json();
        assert_eq!(settled["status"], "completed", "{settled}");
        Bought { receipt: text(&settled["receipt"]), transaction }
    }

    /// Gives the money of a payment back.
    pub(crate) fn refund(&self, transaction: &str) {
        self.served.command(Command::Refund { transaction: TransactionId::from(transaction) });
        self.served.advance(MOMENT);
    }

    /// What the run's clock showed at the start, in Unix seconds.
    pub(crate) fn noon() -> i64 {
        NOON.seconds()
    }
}

/// A completed payment.
pub(crate) struct Bought {
    pub(crate) transaction: String,
    pub(crate) receipt: String,
}

/// A JSON string as its text.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// The claims of a token, unchecked; of a receipt behind a certificate, the receipt's.
#[track_caller]
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.rsplit('~').next().and_then(|token| token.split('.').nth(1));
    let bytes = URL_SAFE_NO_PAD.decode(payload.unwrap_or_else(|| panic!("no token: {token}"))).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// The same token with the first letter of its signature changed.
#[track_caller]
pub(crate) fn spoiled(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (first, rest) = signature.split_at(1);
    format!("{signed}.{}{rest}", if first == "A" { "B" } else { "A" })
}
