//! The app server's seat, taken by a real second process: it signs its own pay requests and takes our notices over HTTP.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command as Process, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use paystage::io::clock;
use paystage::io::inbox::Clock;
use paystage::lens::notices::{Effect, Fate, Notices, Outlook};
use paystage::protocol::dial::Hosting;
use paystage::protocol::id::{Origin, TransactionId};
use paystage::protocol::notice::NoticeKind;
use paystage::protocol::notice_receiver::{NoticeReceiver, Recipient, receive_notice};
use paystage::protocol::request::{Offer, PayRequest};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::time::Span;
use paystage::session::run::Session;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::marketplace::ledger::Delivery;
use paystage::world::names::{AppName, Names, Secret};
use paystage::world::seat::{Seat, Seats};
use paystage::world::setup::Setup;
use serde_json::json;

use crate::raw_http::{PATIENCE, ask};
use crate::served::Served;

/// Says to a second process of this test how it shall answer notices.
const CHILD: &str = "PAYSTAGE_THEIR_SERVER";
const KEY: &str = "their-key";
const SECRET: &str = "a secret of thirty-two bytes or so";
const PROVIDER: &str = "market.example";

/// Their server: another process, its port, and what it says.
struct Theirs {
    child: Child,
    port: u16,
    lines: Receiver<String>,
}

impl Theirs {
    /// `answers`: `rightly`, `wrongly` with the body that historic servers got wrong, `broken` or `never`; one for each notice.
    fn start(test: &str, answers: &str) -> Self {
        let mut child = Process::new(std::env::current_exe().unwrap())
            .args(["--exact", &format!("seats::{test}"), "--nocapture", "--test-threads=1"])
            .env(CHILD, answers)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let said = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                // Whoever listened has heard enough.
                let _ = sender.send(line);
            }
        });
        let mut theirs = Self { child, port: 0, lines };
        theirs.port = theirs.said("port").parse().unwrap();
        theirs
    }

    /// What it says next that begins with `word`.
    fn said(&self, word: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap();
            if let Some((_, rest)) = line.split_once(&format!("{word} ")) {
                return rest.to_owned();
            }
        }
    }

    /// A pay request that it has signed.
    fn pay_request(&self) -> String {
        let answer = ask(self.port, "GET /request", &[("Host", "127.0.0.1")], "");
        assert_eq!(answer.status, 200);
        answer.body
    }
}

impl Drop for Theirs {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The second process: signs pay requests and takes notices until it is killed.
fn be_their_server(answers: &str) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    println!("port {port}");
    // One word for each notice; the last one stays.
    let mut answers = answers.split(',').collect::<VecDeque<_>>();
    for socket in listener.incoming() {
        attend(socket.unwrap(), port, &mut answers);
    }
}

fn attend(mut socket: TcpStream, port: u16, answers: &mut VecDeque<&str>) {
    let mut reader = BufReader::new(socket.try_clone().unwrap());
    let (mut start, mut length) = (String::new(), 0);
    reader.read_line(&mut start).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim_end().is_empty() {
            break;
        }
        if let Some(said) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = said.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let kind = if start.contains("/chargeback") { NoticeKind::Chargeback } else { NoticeKind::Postback };
    let (status, text) = match start.split(' ').nth(1) {
        Some("/request") => (200, sign(port)),
        Some("/postback" | "/chargeback") => {
            let how = if answers.len() > 1 { answers.pop_front() } else { answers.front().copied() };
            take_notice(&body, kind, how.unwrap_or_default())
        }
        _ => (404, String::new()),
    };
    if status == 0 {
        // Says nothing for as long as the other side listens.
        std::thread::spawn(move || socket.read_to_end(&mut Vec::new()));
        return;
    }
    // Whoever asked may have gone.
    let _ = write!(socket, "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}", text.len());
}

fn sign(port: u16) -> String {
    let urls = ["postback", "chargeback"].map(|path| format!("http://127.0.0.1:{port}/{path}"));
    let offer = Offer {
        id: "their-thing",
        name: "Their thing",
        description: "Made elsewhere",
        price_point: "1",
        postback_url: &urls[0],
        chargeback_url: &urls[1],
    };
    let request = PayRequest::classic(KEY, PROVIDER, offer, "order=1", clock::now());
    request.sign(&SigningKey::hs256(KEY, SECRET.as_bytes()).unwrap()).unwrap()
}

fn take_notice(body: &[u8], kind: NoticeKind, answer: &str) -> (u16, String) {
    let token = String::from_utf8(body.to_vec()).unwrap().strip_prefix("notice=").unwrap_or_default().to_owned();
    let key = SigningKey::hs256(KEY, SECRET.as_bytes()).unwrap().verifying_key();
    let own = Recipient { name: KEY, provider: PROVIDER, key: &key };
    match receive_notice(&token, kind, &own, clock::now(), NoticeReceiver::Strict) {
        Err(refusal) => {
            println!("refused {refusal:?}");
            (400, String::new())
        }
        Ok(notice) => {
            println!(
                "notice {} {}",
                if kind == NoticeKind::Postback { "paid" } else { "taken-back" },
                notice.transaction_id()
            );
            match answer {
                "rightly" => (200, notice.transaction_id().to_owned()),
                "broken" => (500, "out of order".to_owned()),
                "never" => (0, String::new()),
                _ => (200, "OK".to_owned()),
            }
        }
    }
}

/// Our stage, where that server has its seat.
fn stage(port: u16) -> Served {
    let origin = Origin::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let app = AppName {
        origin: origin.clone(),
        key: KEY.to_owned(),
        secret: Some(Secret::new(SECRET)),
        server_url: Some(origin),
        ..AppName::default()
    };
    let setup = Setup {
        // Their clock is the machine's, so ours must be as well.
        start: clock::now(),
        hosting: Hosting::Classic,
        seats: Seats { app_page: Seat::External, app_server: Seat::External, ..Seats::default() },
        names: Names { app, ..Names::default() },
        buyer: BuyerCharacter::YouDecide,
        ..Setup::default()
    };
    Served::with(setup, Clock::Real { ahead: Span::ZERO })
}

/// Pays for what their server asked money for. Gives back the payment's id.
fn pay(served: &Served, request: &str) -> TransactionId {
    let begun = served.post("/mozpay/v1/api/pay/", &json!({ "req": request }), 200);
    let transaction = begun["transactionID"].as_str().unwrap();
    served.does(transaction, "confirm", &json!({ "pin": "1234" }));
    TransactionId::from(transaction)
}

/// Waits until the delivery of a notice stands as wanted.
fn until(served: &Served, payment: &TransactionId, kind: NoticeKind, wanted: impl Fn(&Delivery) -> bool) {
    let began = Instant::now();
    loop {
        let id = payment.clone();
        let delivery = served.look(move |run| run.world().marketplace().transaction(&id)?.delivery(kind).cloned());
        if delivery.as_ref().is_some_and(&wanted) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{delivery:?}");
        std::thread::yield_now();
    }
}

#[test]
fn their_server_signs_and_is_told_of_payment_and_refund() {
    if let Ok(answers) = std::env::var(CHILD) {
        return be_their_server(&answers);
    }
    let theirs = Theirs::start("their_server_signs_and_is_told_of_payment_and_refund", "rightly");
    let served = stage(theirs.port);
    let payment = pay(&served, &theirs.pay_request());
    assert_eq!(theirs.said("notice"), format!("paid {payment}"));
    until(&served, &payment, NoticeKind::Postback, |delivery| delivery.is_acknowledged);
    served.command(Command::Refund { transaction: payment.clone() });
    assert_eq!(theirs.said("notice"), format!("taken-back {payment}"));
    until(&served, &payment, NoticeKind::Chargeback, |delivery| delivery.is_acknowledged);
    // The record needs neither their process nor ours.
    drop(theirs);
    lived_again(&served);
}

/// The same run, from its record alone.
fn lived_again(served: &Served) -> Session {
    let (setup, commands, trace) = served.look(|run| {
        let steps = run.kept();
        let trace: Vec<_> = steps.iter().map(|step| step.canonical_json()).collect();
        (run.setup().clone(), steps.iter().map(|step| step.command.clone()).collect::<Vec<_>>(), trace)
    });
    let mut session = Session::new(setup);
    for command in commands.into_iter().skip(1) {
        session.dispatch(command);
    }
    assert_eq!(session.trace().lines().collect::<Vec<_>>(), trace);
    session
}

#[test]
fn the_notice_desk_says_what_their_server_answered_each_time() {
    if let Ok(answers) = std::env::var(CHILD) {
        return be_their_server(&answers);
    }
    let name = "the_notice_desk_says_what_their_server_answered_each_time";
    let theirs = Theirs::start(name, "wrongly,broken,never,rightly");
    let served = stage(theirs.port);
    let payment = pay(&served, &theirs.pay_request());
    for attempt in 1..=4 {
        until(&served, &payment, NoticeKind::Postback, |delivery| delivery.attempts == attempt);
        assert_eq!(theirs.said("notice"), format!("paid {payment}"));
        // The answer has come, or the news that none will.
        let began = Instant::now();
        while served.look(|run| run.world().errands().next().is_some()) {
            assert!(began.elapsed() < PATIENCE, "attempt {attempt}");
            std::thread::yield_now();
        }
        if attempt < 4 {
            served.advance(Span::from_seconds(301));
        }
    }
    until(&served, &payment, NoticeKind::Postback, |delivery| delivery.is_acknowledged);
    let mut desk = Notices::default();
    desk.refresh(&lived_again(&served));
    let [delivery] = desk.deliveries() else { panic!("{desk:?}") };
    let told: Vec<_> =
        delivery.attempts.iter().map(|one| (one.fate, one.answer.as_ref().map(|answer| answer.status))).collect();
    assert_eq!(
        told,
        [
            (Fate::WrongBody, Some(200)),
            (Fate::WrongStatus, Some(500)),
            (Fate::Unanswered, None),
            (Fate::Counted, Some(200)),
        ]
    );
    assert!(delivery.attempts.iter().all(|one| one.effect == Some(Effect::Outside)));
    assert_eq!(delivery.outlook, Outlook::Delivered);
    // And so does the control interface.
    let bearer = format!("Bearer {}", served.token);
    let state = served.ask("GET /control/state", &[("Authorization", &bearer)], "").body;
    let state: serde_json::Value = serde_json::from_str(&state).unwrap();
    let notice = json!({ "kind": "mozilla/payments/pay/postback/v1", "attempts": 4, "standing": "delivered" });
    assert_eq!(state["transactions"][0]["notices"], json!([notice]));
}

#[test]
fn a_wrong_body_is_no_answer_and_is_told_again_after_five_minutes() {
    if let Ok(answers) = std::env::var(CHILD) {
        return be_their_server(&answers);
    }
    let theirs = Theirs::start("a_wrong_body_is_no_answer_and_is_told_again_after_five_minutes", "wrongly");
    let served = stage(theirs.port);
    let payment = pay(&served, &theirs.pay_request());
    assert_eq!(theirs.said("notice"), format!("paid {payment}"));
    until(&served, &payment, NoticeKind::Postback, |delivery| delivery.attempts == 1 && !delivery.is_acknowledged);
    served.advance(Span::from_seconds(301));
    assert_eq!(theirs.said("notice"), format!("paid {payment}"));
    until(&served, &payment, NoticeKind::Postback, |delivery| delivery.attempts == 2 && !delivery.is_acknowledged);
}

#[test]
fn a_server_that_is_gone_is_asked_until_the_store_gives_up() {
    if let Ok(answers) = std::env::var(CHILD) {
        return be_their_server(&answers);
    }
    let theirs = Theirs::start("a_server_that_is_gone_is_asked_until_the_store_gives_up", "rightly");
    let served = stage(theirs.port);
    let request = theirs.pay_request();
    drop(theirs);
    let payment = pay(&served, &request);
    for attempt in 1..=6 {
        until(&served, &payment, NoticeKind::Postback, |delivery| delivery.attempts == attempt);
        served.advance(Span::from_seconds(310));
    }
    until(&served, &payment, NoticeKind::Postback, |delivery| delivery.is_given_up && !delivery.is_acknowledged);
    let mut desk = Notices::default();
    desk.refresh(&lived_again(&served));
    let attempts = &desk.deliveries()[0].attempts;
    assert!(attempts.len() == 6 && attempts.iter().all(|one| one.fate == Fate::Unreached), "{attempts:?}");
}
