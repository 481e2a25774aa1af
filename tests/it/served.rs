//! A served run: the real routes over a real socket, with the letterbox of the run beside them.

use std::sync::mpsc;

use paystage::io::http::control::usual::Usual;
use paystage::io::http::guard::Gate;
use paystage::io::http::limits::Limits;
use paystage::io::http::listen::Listening;
use paystage::io::http::server::Server;
use paystage::io::http::site::{self, Root};
use paystage::io::http::token::{Token, TokenFile};
use paystage::io::inbox::{Clock, Letterbox};
use paystage::io::live::{setup, stage};
use paystage::io::outbound::{Outbound, Reach};
use paystage::protocol::id::Origin;
use paystage::protocol::time::{Span, Time};
use paystage::session::line::Line;
use paystage::session::recorded::Recorded;
use paystage::world::command::Command;
use paystage::world::setup::Setup;
use serde_json::{Value, json};

use crate::raw_http::{Answer, ask};
use crate::stand_in::Folder;

/// When virtual runs begin here.
pub(crate) const NOON: Time = Time::from_seconds(1_795_348_800);

/// A server whose root is one run.
pub(crate) struct Served {
    pub(crate) port: u16,
    pub(crate) letterbox: Letterbox,
    /// What control asks for.
    pub(crate) token: String,
    runtime: tokio::runtime::Runtime,
    _server: Server,
}

impl Served {
    /// A run on a virtual clock with this set-up, made at home at the server's address.
    pub(crate) fn start(setup: Setup) -> Self {
        Self::with(setup, Clock::Virtual)
    }

    /// A run on a virtual clock, on a server that was started with this set-up.
    pub(crate) fn usually(setup: Setup) -> Self {
        Self::build(setup.clone(), Clock::Virtual, setup)
    }

    pub(crate) fn with(setup: Setup, clock: Clock) -> Self {
        Self::build(setup, clock, Setup::default())
    }

    fn build(setup: Setup, clock: Clock, usual: Setup) -> Self {
        let listening = Listening::bind(0).unwrap();
        let (port, address) = (listening.port(), Origin::parse(&listening.url()).unwrap());
        let (sender, receiver) = mpsc::channel();
        let own = Token::fresh().unwrap();
        let folder = Folder::named(&format!("served-{port}"));
        let file = TokenFile::create_in(folder.path(), &own, port).unwrap();
        let token = std::fs::read_to_string(file.path()).unwrap().trim().to_owned();
        let build = move || {
            let line = Line::new(setup::at_home(setup, &address, NOON));
            let letterbox = stage::start(line, clock, Outbound::new(Reach::loopback()), None);
            sender.send(letterbox.clone()).unwrap();
            let (gate, root) =
                (Gate::new(port, own, Limits::default()), Root { usual: Usual::new(usual), ..Root::default() });
            site::front_with(gate, &letterbox, &Outbound::new(Reach::loopback()), root)
        };
        let server = Server::start(listening, build).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { port, letterbox: receiver.recv().unwrap(), token, runtime, _server: server }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// One request: `POST /verify/`.
    pub(crate) fn ask(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let host = format!("127.0.0.1:{}", self.port);
        ask(self.port, line, &[&[("Host", host.as_str())], headers].concat(), body)
    }

    /// A request without a body, answered by JSON with this status.
    pub(crate) fn json(&self, line: &str, status: u16) -> Value {
        read(line, &self.ask(line, &[], ""), status)
    }

    /// A request with JSON as its body, answered by JSON with this status.
    pub(crate) fn post(&self, path: &str, body: &Value, status: u16) -> Value {
        let json = [("Content-Type", "application/json")];
        read(path, &self.ask(&format!("POST {path}"), &json, &body.to_string()), status)
    }

    /// What the verify service says of a receipt.
    pub(crate) fn verify(&self, receipt: &str) -> Value {
        read("verify", &self.ask("POST /verify/", &[("Content-Type", "text/plain;charset=UTF-8")], receipt), 200)
    }

    /// Gives a command by the letterbox, and waits until it is done.
    pub(crate) fn command(&self, command: Command) {
        self.runtime.block_on(self.letterbox.command(command)).unwrap();
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, span: Span) {
        self.runtime.block_on(self.letterbox.advance(span)).unwrap();
    }

    /// Reads the run.
    pub(crate) fn look<T: Send + 'static>(&self, look: impl FnOnce(&dyn Recorded) -> T + Send + 'static) -> T {
        self.runtime.block_on(self.letterbox.read(|run, _| look(run))).unwrap()
    }

    /// Starts a purchase and opens its payment window. Gives back the payment's id.
    pub(crate) fn opened(&self, product: &str) -> String {
        let bought = self.json(&format!("POST /mozpay/product/{product}/buy"), 200);
        let page = self.ask(&format!("GET /mozpay/?req={}", bought["webpayJWT"].as_str().unwrap()), &[], "");
        assert_eq!(page.status, 200, "{page:?}");
        bought["transactionID"].as_str().unwrap().to_owned()
    }

    /// Does something in the payment window; gives back how it stands then.
    pub(crate) fn does(&self, transaction: &str, act: &str, body: &Value) -> Value {
        self.post(&format!("/mozpay/window/{transaction}/{act}"), body, 200)
    }

    /// Buys the pony and pays, as a page does that knows nothing but this server. Gives back the payment's id and its receipt.
    pub(crate) fn pony(&self) -> (String, String) {
        let transaction = self.opened("shiny-pony");
        assert_eq!(self.does(&transaction, "confirm", &json!({ "pin": "1234" })), json!({ "state": "ended" }));
        let status = self.json(&format!("GET /mozpay/transaction/{transaction}"), 200);
        assert_eq!(status["status"], "completed");
        (transaction, status["receipt"].as_str().unwrap().to_owned())
    }
}

fn read(asked: &str, answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{asked}: {answer:?}");
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{asked}: {error}: {answer:?}"))
}
