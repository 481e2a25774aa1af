//! Programs outside act in the window's own run: their requests are arrows, they wait for the steps, and nothing is lost.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use paystage::protocol::dial::Hosting;
use paystage::protocol::id::{Origin, TransactionId};
use paystage::protocol::rules::Revision;
use paystage::session::run::Session;
use paystage::ui::guests::Guests;
use paystage::ui::keeping::Keeping;
use paystage::ui::keys::Action;
use paystage::ui::window::Window;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::input::Input;
use paystage::world::names::Secret;
use paystage::world::seat::{Seat, Seats};
use paystage::world::setup::Setup;

use crate::cpu_renderer::dressed;
use crate::raw_http::{Answer, Raw, ask};

type Stagehand = Harness<'static, Window>;

/// Longer than any of this takes; a test that needs it has failed.
const LONG: Duration = Duration::from_secs(20);

/// A window that is kept nowhere, open to guests, and the port of its door.
fn open() -> (Stagehand, u16) {
    open_on(Session::new(Setup::default()))
}

/// The same, on this run.
fn open_on(session: Session) -> (Stagehand, u16) {
    let keeping = Keeping::default();
    let keeper = keeping.keeper();
    let window = Window::new(session).with_keeping(keeping);
    let mut harness = dressed([1600.0, 1000.0], egui::Theme::Dark)
        .with_max_steps(20)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), window);
    let guests = Guests::invite(0, &harness.ctx.clone(), keeper).unwrap();
    let port = guests.port();
    harness.state_mut().let_in(Ok(guests));
    harness.step();
    (harness, port)
}

/// Somebody asks, on a thread of their own.
fn asking(port: u16, line: &'static str) -> Receiver<Answer> {
    let (sender, answer) = channel();
    thread::spawn(move || {
        let host = format!("127.0.0.1:{port}");
        sender.send(ask(port, line, &[("Host", &host), ("Origin", "https://pony.example")], ""))
    });
    answer
}

/// Draws frames until something is there.
fn until<T>(harness: &mut Stagehand, what: &str, mut found: impl FnMut(&Stagehand) -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        harness.step();
        if let Some(found) = found(harness) {
            return found;
        }
        assert!(began.elapsed() < LONG, "{what} never came");
    }
}

fn steps(harness: &Stagehand) -> usize {
    harness.state().session().past().len()
}

fn press(harness: &mut Stagehand, action: Action) {
    harness.state_mut().press(action);
    harness.run();
}

#[test]
fn a_request_is_an_arrow_that_waits_for_the_steps() {
    let (mut harness, port) = open();
    let answer = asking(port, "POST /mozpay/product/shiny-pony/buy");
    until(&mut harness, "the request", |harness| (steps(harness) == 2).then_some(()));
    assert!(matches!(harness.state().session().last_step().command, Command::Receive { .. }));
    assert!(harness.query_by_label_contains("The app asks the payment server to sell Shiny Pony").is_some());
    for _ in 0..30 {
        harness.step();
    }
    assert!(answer.try_recv().is_err(), "nobody has stepped, so nobody is answered");
    press(&mut harness, Action::Step);
    press(&mut harness, Action::Step);
    let answer = until(&mut harness, "the answer", |_| answer.try_recv().ok());
    assert!(answer.status == 200 && answer.body.contains("webpayJWT"), "{answer:?}");
}

#[test]
fn while_the_clock_follows_real_time_nobody_need_step() {
    let (mut harness, port) = open();
    harness.get_by_label(&format!("Live at 127.0.0.1:{port}")).click();
    harness.step();
    harness.step();
    harness.get_by_label("Follows real time").click();
    harness.step();
    let answer = asking(port, "POST /mozpay/product/shiny-pony/buy");
    let answer = until(&mut harness, "the answer", |_| answer.try_recv().ok());
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
fn what_comes_while_the_past_is_shown_goes_on_at_the_end() {
    let (mut harness, port) = open();
    for _ in 0..5 {
        press(&mut harness, Action::Step);
    }
    press(&mut harness, Action::Start);
    assert_eq!(steps(&harness), 1);
    let answer = asking(port, "GET /.well-known/jwks.json");
    let answer = until(&mut harness, "the keys", |_| answer.try_recv().ok());
    assert!(answer.status == 200 && answer.body.contains("\"keys\""), "{answer:?}");
    let session = harness.state().session();
    assert_eq!(session.branches().len(), 1, "no branch was opened");
    assert!(steps(&harness) > 6 && !session.can_forward(), "the window shows what has come");
}

#[test]
fn a_run_that_test_code_begins_anew_leaves_the_old_one_in_the_window() {
    let (mut harness, port) = open();
    let token = std::fs::read_to_string(harness.state().token_path().unwrap()).unwrap();
    for _ in 0..6 {
        press(&mut harness, Action::Step);
    }
    let old = harness.state().session().fingerprint();
    let (sender, answer) = channel();
    thread::spawn(move || {
        let (host, bearer) = (format!("127.0.0.1:{port}"), format!("Bearer {}", token.trim()));
        sender.send(ask(port, "POST /control/reset", &[("Host", &host), ("Authorization", &bearer)], ""))
    });
    let answer = until(&mut harness, "the reset", |_| answer.try_recv().ok());
    assert_eq!((answer.status, steps(&harness)), (200, 1), "{answer:?}");
    assert!(answer.body.contains(harness.state().session().fingerprint().as_str()));
    for _ in 0..4 {
        press(&mut harness, Action::Step);
    }
    assert_eq!(steps(&harness), 5);
    for _ in 0..5 {
        press(&mut harness, Action::Undo);
    }
    assert_eq!(harness.state().session().fingerprint(), old, "undo leads back to the run before");
}

/// What test code asks of the window's control interface with its token, as JSON.
fn told(harness: &mut Stagehand, port: u16, line: &'static str, body: &'static str) -> serde_json::Value {
    let token = std::fs::read_to_string(harness.state().token_path().unwrap()).unwrap();
    let (sender, answer) = channel();
    thread::spawn(move || {
        let (host, bearer) = (format!("127.0.0.1:{port}"), format!("Bearer {}", token.trim()));
        let headers = [("Host", &*host), ("Authorization", &*bearer), ("Content-Type", "application/json")];
        sender.send(ask(port, line, &headers, body))
    });
    let answer = until(harness, line, |_| answer.try_recv().ok());
    assert!(matches!(answer.status, 200 | 201), "{line} {body}: {answer:?}");
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn a_session_begins_with_the_dials_as_they_stand_in_the_window() {
    let secret = Secret::new("their secret of thirty-two bytes");
    let mut setup = Setup { buyer: BuyerCharacter::Declines, ..Setup::default() };
    setup.names.app.secret = Some(secret.clone());
    let (mut harness, port) = open_on(Session::new(setup));
    let seen = |made: &serde_json::Value| {
        let setup = &made["state"]["setup"];
        (setup["buyer"].clone(), setup["revision"].clone(), setup["names"]["market"].clone())
    };
    let home = format!("http://127.0.0.1:{port}");
    let made = told(&mut harness, port, "POST /control/sessions", r#"{"name": "first"}"#);
    assert_eq!(seen(&made), ("declines".into(), "after".into(), home.as_str().into()));
    // A dial that is turned in the window is turned for the next session, and for no other.
    harness.step();
    press(&mut harness, Action::Step);
    press(&mut harness, Action::Revision);
    let said = r#"{"name": "second", "setup": {"buyer": "cancels"}}"#;
    let made = told(&mut harness, port, "POST /control/sessions", said);
    assert_eq!(seen(&made), ("cancels".into(), "before".into(), home.as_str().into()));
    let again = told(&mut harness, port, "POST /s/first/control/begin", "{}");
    assert_eq!((&again["setup"]["buyer"], &again["setup"]["revision"]), (&"declines".into(), &"after".into()));
    // What test code has begun in the window's own place is no choice of whoever sits before it.
    told(&mut harness, port, "POST /control/begin", r#"{"setup": {"buyer": "cancels"}}"#);
    assert_eq!(harness.state().session().setup().names.app.secret, Some(secret));
    let made = told(&mut harness, port, "POST /control/sessions", r#"{"name": "third"}"#);
    assert_eq!(seen(&made), ("declines".into(), "before".into(), home.as_str().into()));
}

#[test]
fn a_seat_that_is_taken_begins_a_run_at_this_address() {
    let (mut harness, port) = open();
    harness.get_by_label(&format!("Live at 127.0.0.1:{port}")).click();
    harness.step();
    harness.step();
    harness.get_by_label("App page").click();
    harness.run_steps(3);
    let setup = harness.state().session().setup();
    assert_eq!(setup.seats.app_page, Seat::External);
    assert_eq!(setup.names.market.as_str(), format!("http://127.0.0.1:{port}"));
}

#[test]
fn whoever_waits_on_the_branch_that_is_left_for_other_dials_is_not_answered_from_the_new_one() {
    let (mut harness, port) = open();
    let mut waiting = Raw::connect(port);
    waiting.send(format!(
        "POST /mozpay/product/shiny-pony/buy HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: https://pony.example\r\n\
         Content-Length: 0\r\n\r\n"
    ));
    until(&mut harness, "the request", |harness| (steps(harness) == 2).then_some(()));
    press(&mut harness, Action::Revision);
    harness.step();
    let session = harness.state().session();
    assert_eq!((session.branches().len(), session.setup().revision), (2, Revision::Before));
    assert!(matches!(session.last_step().command, Command::Receive { .. }), "the recorded request is there again");
    assert_eq!(waiting.rest(), "", "nobody answers any more, and the server says so by hanging up");
    // The new branch answers those who ask there, and the old one after undo.
    for (name, revision) in [("B", Revision::Before), ("A", Revision::After)] {
        let answer = asking(port, "GET /.well-known/jwks.json");
        let answer = until(&mut harness, "the keys", |_| answer.try_recv().ok());
        assert_eq!(answer.status, 200, "{answer:?}");
        let session = harness.state().session();
        assert_eq!((session.branch().name().as_str(), session.setup().revision), (name, revision));
        while harness.state().session().branch().name() == "B" {
            press(&mut harness, Action::Undo);
        }
    }
}

#[test]
fn a_server_that_takes_a_seat_is_told_where_it_listens_and_what_it_signs_with() {
    let (mut harness, port) = open();
    harness.get_by_label(&format!("Live at 127.0.0.1:{port}")).click();
    harness.run_steps(3);
    // Without its secret nothing that it signs could be read: it is not seated, and the menu says why.
    harness.get_by_label("App server").click();
    harness.run_steps(3);
    assert_eq!(harness.state().session().setup().seats.app_server, Seat::Simulated);
    harness.get_by_label("App server").hover();
    harness.run_steps(30);
    assert!(harness.query_by_label_contains("a secret that must be known here").is_some());
    for (name, text) in [
        ("Address of your server", "http://127.0.0.1:9100/x"),
        ("Key of your app server", "pony-key"),
        ("Secret of your app server", "hush"),
    ] {
        harness.get_by_label(name).focus();
        harness.step();
        harness.get_by_label(name).type_text(text);
        harness.run_steps(2);
    }
    // What is no address seats nobody.
    assert!(harness.query_by_label_contains("An address is http://").is_some());
    harness.get_by_label("App server").click();
    harness.run_steps(3);
    assert_eq!(harness.state().session().setup().seats.app_server, Seat::Simulated);
    harness.get_by_label("Address of your server").focus();
    harness.step();
    harness.key_press(egui::Key::Backspace);
    harness.key_press(egui::Key::Backspace);
    harness.run_steps(3);
    harness.get_by_label("App server").click();
    harness.run_steps(3);
    let setup = harness.state().session().setup();
    let app = &setup.names.app;
    assert_eq!((setup.seats.app_server, setup.hosting), (Seat::External, Hosting::Classic));
    assert_eq!(app.server_url, Some(Origin::loopback(9100)));
    assert_eq!((app.key.as_str(), app.secret.as_ref().map(Secret::expose)), ("pony-key", Some("hush")));
}

#[test]
fn a_live_run_goes_on_at_the_port_that_its_receipts_name() {
    let (mut first, port) = open();
    first.get_by_label(&format!("Live at 127.0.0.1:{port}")).click();
    first.run_steps(2);
    first.get_by_label("App page").click();
    first.run_steps(3);
    let run = first.state().session().clone();
    drop(first);
    let (mut second, other) = open_on(run.clone());
    assert_ne!(other, port);
    second.run_steps(2);
    assert!(second.query_by_label(&format!("Live at 127.0.0.1:{port}")).is_some());
    let answer = asking(port, "GET /services/status/");
    assert_eq!(until(&mut second, "the answer", |_| answer.try_recv().ok()).status, 200);
    // Its twin: another program has the port, and the window says what to do.
    let (mut third, other) = open_on(run);
    third.run_steps(2);
    assert!(third.query_by_label(&format!("Live at 127.0.0.1:{other}")).is_some());
    let words = format!("The receipts of this run send apps to port {port}, which another program has. End that one");
    assert!(third.query_by_label_contains(&words).is_some());
}

#[test]
fn the_list_of_a_store_outside_is_the_one_that_it_showed() {
    let seats = Seats { marketplace: Seat::External, ..Seats::default() };
    let mut run = Session::new(Setup { seats, ..Setup::default() });
    run.dispatch(Command::OpenHistory);
    let message = run.world().errands().last().unwrap().id.0;
    let body = r#"{"purchases":[{"transaction":"7f3a9c"},{"transaction":"81bb02"}]}"#.to_owned();
    run.dispatch(Command::Receive { at: run.world().now(), input: Input::Answer { message, status: 200, body } });
    let (mut harness, _) = open_on(run);
    harness.get_by_label("Purchases").click();
    harness.run_steps(2);
    harness.get_by_label("Get receipt 7f3a…").click();
    harness.run_steps(2);
    let asked = Command::GetReceipt { transaction: TransactionId::from("7f3a9c") };
    assert!(harness.state().session().past().iter().any(|step| step.command == asked));
}

/// A folder of its own, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("paystage-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&folder));
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn kept_in(folder: &Folder) -> Stagehand {
    let keeping = Keeping::in_folder(&folder.0, true, || {});
    let window = Window::new(Session::new(Setup::default())).with_keeping(keeping);
    dressed([1600.0, 1000.0], egui::Theme::Dark)
        .with_max_steps(20)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), window)
}

#[test]
fn the_last_run_is_there_again_where_it_was_left() {
    let folder = Folder::new("kept");
    let mut first = kept_in(&folder);
    for _ in 0..9 {
        press(&mut first, Action::Step);
    }
    press(&mut first, Action::Back);
    let left = (first.state().session().fingerprint(), first.state().session().steps().len());
    // Written as soon as the store is open, and again before the window has gone.
    until(&mut first, "the store", |harness| harness.state().is_kept().then_some(()));
    drop(first);
    let mut second = kept_in(&folder);
    let found = until(&mut second, "the last run", |harness| {
        let session = harness.state().session();
        (session.steps().len() > 1).then(|| (session.fingerprint(), session.steps().len()))
    });
    assert_eq!(found, left);
    // Nothing was done in it, so nothing new is listed.
    press(&mut second, Action::Open);
    assert_eq!(second.query_all_by_role_and_label(Role::MenuItemRadio, "New run").count(), 1);
}

#[test]
fn a_second_window_on_the_same_store_says_that_its_runs_are_not_kept() {
    let folder = Folder::new("taken");
    let mut first = kept_in(&folder);
    press(&mut first, Action::Step);
    until(&mut first, "the store", |harness| harness.state().is_kept().then_some(()));
    let mut second = kept_in(&folder);
    until(&mut second, "the complaint", |harness| harness.query_by_label_contains("Runs are not kept").map(drop));
    press(&mut second, Action::Step);
    assert_eq!(steps(&second), 2, "the window itself goes on");
}

#[test]
fn a_window_whose_folder_cannot_be_made_says_that_its_runs_are_not_kept() {
    let folder = Folder::new("unmakeable");
    std::fs::write(&folder.0, "a file stands where the folder should").unwrap();
    let mut window = kept_in(&folder);
    until(&mut window, "the complaint", |harness| harness.query_by_label_contains("Runs are not kept").map(drop));
    press(&mut window, Action::Step);
    assert_eq!(steps(&window), 2, "the window itself goes on");
    std::fs::remove_file(&folder.0).unwrap();
}
