//! The notice desk with a server outside, in the window: each of its answers is told as what it is, until the right one counts.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use paystage::protocol::dial::Hosting;
use paystage::protocol::jwt::{HeaderExtras, Jwt, sign};
use paystage::protocol::request::{Offer, PayRequest};
use paystage::protocol::signing_key::SigningKey;
use paystage::session::run::Session;
use paystage::ui::guests::Guests;
use paystage::ui::keeping::Keeping;
use paystage::ui::selection::{Lab, Tab};
use paystage::ui::window::Window;
use paystage::world::command::Command;
use paystage::world::input::Input;
use paystage::world::names::{AppName, Names, Secret};
use paystage::world::seat::{Seat, Seats};
use paystage::world::setup::Setup;

use crate::cpu_renderer::dressed;
use crate::stagehand::{Stagehand, click, is_shown, labels};

const SECRET: &str = "their-own-secret";
/// Longer than any of this takes; a test that needs it has failed.
const LONG: Duration = Duration::from_secs(20);

/// A server that takes notices: a wrong body, an error, a line that breaks, and then the payment's id, as it must be.
fn their_server() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for attempt in 1.. {
            let (mut socket, _) = listener.accept().unwrap();
            let mut asked = String::new();
            let mut some = [0; 4096];
            // A form names its length, and its token ends the body.
            while asked.split_once("notice=").is_none_or(|(_, token)| token.matches('.').count() < 2) {
                let count = socket.read(&mut some).unwrap();
                asked += &String::from_utf8_lossy(some.get(..count).unwrap());
            }
            let token = asked.split_once("notice=").unwrap().1.trim();
            let claims: serde_json::Value = Jwt::parse(token).unwrap().unverified_claims().unwrap();
            let id = claims["response"]["transactionID"].as_str().unwrap().to_owned();
            let (status, body) = match attempt {
                1 => ("200 OK", "OK".to_owned()),
                2 => ("500 Internal Server Error", "<h1>boom</h1>".to_owned()),
                3 => continue,
                _ => ("200 OK", id),
            };
            let answer =
                format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
            socket.write_all(answer.as_bytes()).unwrap();
        }
    });
    port
}

/// A run in which their page has opened the payment window with their own pay request.
fn asked(port: u16) -> Session {
    let app = AppName { secret: Some(Secret::new(SECRET)), ..AppName::default() };
    let mut run = Session::new(Setup {
        hosting: Hosting::Classic,
        seats: Seats { app_page: Seat::External, app_server: Seat::External, ..Seats::default() },
        names: Names { app, ..Names::default() },
        ..Setup::default()
    });
    let (postback, chargeback) =
        (format!("http://127.0.0.1:{port}/postback"), format!("http://127.0.0.1:{port}/chargeback"));
    let offer = Offer {
        id: "golden-saddle",
        name: "Saddle",
        description: "Theirs",
        price_point: "1",
        postback_url: &postback,
        chargeback_url: &chargeback,
    };
    let request = PayRequest::classic("pony-park-key", "market.example", offer, "theirs", run.world().now());
    let key = SigningKey::hs256("pony-park-key", SECRET.as_bytes()).unwrap();
    let request = sign(&request, &key, HeaderExtras::default()).unwrap();
    run.dispatch(Command::Receive { at: run.world().now(), input: Input::OpenWindow { request, buyer: None } });
    run
}

fn open_on(session: Session) -> Stagehand {
    let keeping = Keeping::default();
    let keeper = keeping.keeper();
    let window = Window::new(session).with_keeping(keeping);
    let mut harness: Harness<'static, Window> = dressed([1600.0, 1000.0], egui::Theme::Dark)
        .with_max_steps(2_000)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), window);
    let guests = Guests::invite(0, &harness.ctx.clone(), keeper).unwrap();
    harness.state_mut().let_in(Ok(guests));
    harness.step();
    harness
}

/// Draws frames until the desk tells this attempt so, and gives back the whole row.
fn told(harness: &mut Stagehand, attempt: usize, fate: &str) -> String {
    let began = Instant::now();
    loop {
        harness.step();
        let rows = labels(harness, &format!("Attempt {attempt}, "));
        if let Some(row) = rows.iter().find(|row| row.ends_with(fate)) {
            return row.clone();
        }
        assert!(began.elapsed() < LONG, "attempt {attempt} never comes to {fate:?}: {rows:?}");
    }
}

#[test]
fn a_wrong_body_an_error_and_a_broken_line_are_told_and_then_the_right_answer_counts() {
    let mut harness = open_on(asked(their_server()));
    harness.state_mut().selection_mut().open_lab(Lab::Notices);
    let began = Instant::now();
    let is_out = |row: &String| !row.contains("on its way");
    while !labels(&harness, "Attempt 1, ").iter().any(is_out) {
        harness.key_press(egui::Key::Space);
        harness.step();
        assert!(began.elapsed() < LONG, "no notice is posted");
    }
    for (attempt, fate) in [(1, "wrong body"), (2, "error"), (3, "no answer"), (4, "counts")] {
        if attempt > 1 {
            click(&mut harness, "To the next attempt");
        }
        told(&mut harness, attempt, fate);
    }
    assert!(is_shown(&harness, "delivered") && is_shown(&harness, "Paid · Golden Saddle"));
    let mark = |harness: &Stagehand, words: &str| harness.query_all_by_label_contains(words).count() > 0;
    assert!(mark(&harness, "unanswered") && !mark(&harness, "error 0"), "a line that breaks is no status");
    // Each attempt's messages, as they stood on the wire.
    for (attempt, answer) in [(1, "200 OK"), (2, "500 Internal Server Error"), (4, "200 OK")] {
        let row = labels(&harness, &format!("Attempt {attempt}, ")).remove(0);
        click(&mut harness, &row);
        harness.state_mut().selection_mut().show(Tab::Message);
        harness.run();
        assert!(mark(&harness, "POST http://127.0.0.1:") && mark(&harness, answer), "attempt {attempt}");
        harness.state_mut().selection_mut().open_lab(Lab::Notices);
        harness.run();
    }
}

#[test]
fn what_a_server_outside_will_answer_is_not_foretold() {
    let harness = open_on(asked(their_server()));
    let flow = |harness: &Stagehand| {
        labels(harness, "").into_iter().filter(|label| label.contains("notice")).collect::<Vec<_>>()
    };
    let foretold = flow(&harness);
    assert!(!foretold.is_empty() && foretold.iter().all(|row| !row.contains("timed out")), "{foretold:?}");
    assert!(is_shown(&harness, "mozPay, step 3, current"), "and their purchase has its phase");
}

#[test]
fn before_an_app_outside_begins_nothing_is_offered_that_it_alone_can_do() {
    let seats = Seats { app_page: Seat::External, ..Seats::default() };
    let mut harness = open_on(Session::new(Setup { seats, ..Setup::default() }));
    assert!(is_shown(&harness, "Your own app begins") && !is_shown(&harness, "Press Space"));
    let before = harness.state().session().fingerprint();
    harness.key_press(egui::Key::Space);
    harness.run();
    assert_eq!(harness.state().session().fingerprint(), before, "Space does nothing");
    let mut ours = open_on(Session::new(Setup::default()));
    assert!(is_shown(&ours, "Press Space"));
    let before = ours.state().session().fingerprint();
    ours.key_press(egui::Key::Space);
    ours.run();
    assert_ne!(ours.state().session().fingerprint(), before);
}
