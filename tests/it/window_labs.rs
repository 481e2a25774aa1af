//! The labs of attacks and domain checks in the window: a card is chosen and played, and a cell of a grid opens its run.

use egui::Key;
use egui_kittest::kittest::Queryable as _;
use paystage::protocol::dial::DomainCheck;
use paystage::session::attack::cards::CARDS;
use paystage::session::builtin::Builtin;
use paystage::session::run::Session;
use paystage::session::scenario::play::play;
use paystage::ui::selection::{Lab, Tab};
use paystage::world::app_page::shelf::Stage;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::guard::Guard;
use paystage::world::kind::Kind;
use paystage::world::setup::Setup;

use crate::stagehand::{Stagehand, arrow_to, chord, click, focused, is_shown, labels, plain, show, tab_to, typed};

const SIZES: [[f32; 2]; 3] = [[1600.0, 1000.0], [1280.0, 800.0], [1000.0, 700.0]];

fn bought() -> Session {
    play(&Builtin::find("plain-hosted").unwrap().scenario().unwrap()).session
}

/// A window in which a lab was opened from the menu behind the tabs.
fn lab(size_pt: [f32; 2], session: Session, lab: Lab) -> Stagehand {
    let mut harness = show(size_pt, session);
    click(&mut harness, "Lab");
    click(&mut harness, lab.label());
    assert_eq!(harness.state().selection().tab, Tab::Lab(lab));
    harness
}

fn is_open(harness: &Stagehand) -> bool {
    let page = harness.state().session().world().app_page();
    page.shelves().any(|shelf| shelf.is_open && shelf.stage == Stage::Open)
}

#[test]
fn a_card_is_chosen_and_played_in_a_branch_and_points_at_what_stopped_it() {
    for size_pt in SIZES {
        let mut harness = lab(size_pt, bought(), Lab::Attacks);
        harness.run();
        let before = harness.state().session().fingerprint();
        click(&mut harness, "alg none, and its spellings, stopped");
        assert!(is_shown(&harness, "when the app installs a receipt"), "{size_pt:?}: where it happens, in words");
        assert!(is_shown(&harness, "ERROR_DECODING"), "the historic code of what stopped it");
        click(&mut harness, "Play this attack");
        let session = harness.state().session();
        assert_eq!((session.branches().len(), is_open(&harness)), (2, false), "{size_pt:?}");
        let stopped = harness.state().selection().message.expect("the message that was refused is pointed at");
        let is_it = |event: &&Event| matches!(event, Event::Delivered { message } if message.id == stopped);
        let at = session.past().iter().flat_map(|step| &step.events).find(is_it);
        let Some(Event::Delivered { message }) = at else { panic!("it is in the past") };
        assert_eq!(message.body.kind(), Kind::ReceiptJudged);
        plain(&mut harness, Key::Escape);
        chord(&mut harness, egui::Modifiers::COMMAND, Key::Z);
        assert_eq!(harness.state().session().fingerprint(), before, "undo leads back to the honest purchase");
    }
}

#[test]
fn the_cards_are_tried_one_in_a_frame_and_the_chosen_one_first() {
    let mut harness = show(SIZES[0], bought());
    harness.state_mut().selection_mut().open_lab(Lab::Attacks);
    harness.step();
    let untried = |harness: &Stagehand| {
        let rows = harness.query_all_by_label_contains(", not tried yet").count();
        (rows, harness.query_all_by_label_contains("Play this attack").count())
    };
    let (first, _) = untried(&harness);
    harness.step();
    let (second, _) = untried(&harness);
    assert!(first > second && second > 10, "{first} are open, then {second}");
    harness.run();
    assert_eq!(untried(&harness), (0, 1));
    plain(&mut harness, Key::Escape);
    plain(&mut harness, Key::ArrowLeft);
    assert_eq!(untried(&harness).0, 0, "a step back within the same purchase asks for no new trial");
}

#[test]
fn a_cell_of_the_attack_grid_opens_its_run_with_that_check_left_out() {
    let mut harness = lab(SIZES[0], Session::new(Setup::default()), Lab::Attacks);
    click(&mut harness, "Grid");
    harness.run();
    assert!(!is_shown(&harness, "…"), "every cell is filled");
    // The same card with everything in its way is stopped; both cells are runs.
    click(&mut harness, "Forge a notice, stopped");
    assert!(harness.state().session().setup().guards_off.is_empty());
    let cell = labels(&harness, "Forge a notice without notice-signature, gets through").remove(0);
    click(&mut harness, &cell);
    let session = harness.state().session();
    assert!(session.setup().guards_off.contains(Guard::NoticeSignature));
    assert_eq!(session.title(), "Forge a notice");
}

#[test]
fn every_check_of_the_attack_grid_is_seen_at_every_size() {
    for size_pt in SIZES {
        let mut harness = lab(size_pt, Session::new(Setup::default()), Lab::Attacks);
        click(&mut harness, "Grid");
        let mut edge = 0.0;
        for head in ["as it is", "request", "once", "notice", "algorithm", "signature", "times", "user", "store"] {
            let rect = harness.get_by_label(head).rect();
            assert!(rect.left() > edge && rect.right() < size_pt[0] - 12.0, "{size_pt:?}: {head:?} stands at {rect:?}");
            edge = rect.right();
        }
    }
}

#[test]
fn checks_that_only_together_stop_a_card_are_marked() {
    let mut harness = lab(SIZES[2], Session::new(Setup::default()), Lab::Attacks);
    click(&mut harness, "Grid");
    harness.run();
    let cell = |off: &str, end: &str| format!("alg none, and its spellings without {off}, {end}");
    assert!(is_shown(&harness, &cell("algorithm", "stopped, unless signature is off, too")));
    assert!(is_shown(&harness, &cell("signature", "stopped, unless algorithm is off, too")));
    assert_eq!(labels(&harness, &cell("issuer", "stopped")), [cell("issuer", "stopped")], "this one matters not");
}

#[test]
fn a_row_of_the_attack_grid_leads_to_its_card_by_mouse_and_by_keys() {
    let row = "Forge a notice, must all be off: notice-signature";
    for key in [None, Some(Key::Enter), Some(Key::Space)] {
        let mut harness = lab(SIZES[2], bought(), Lab::Attacks);
        click(&mut harness, "Grid");
        harness.run();
        let before = harness.state().session().fingerprint();
        match key {
            None => click(&mut harness, "Forge a notice"),
            Some(key) => {
                tab_to(&mut harness, "Edit the price");
                arrow_to(&mut harness, Key::ArrowDown, row);
                plain(&mut harness, key);
            }
        }
        harness.run();
        assert!(is_shown(&harness, "when the store posts a notice"), "{key:?} opens the card");
        assert_eq!(harness.state().session().fingerprint(), before, "{key:?} plays nothing");
        assert_eq!(focused(&harness), "Forge a notice, stopped", "{key:?}: the keyboard goes along");
        tab_to(&mut harness, "Play this attack");
    }
}

#[test]
fn every_attacker_tries_every_domain_check_and_a_cell_opens_that_run() {
    for size_pt in SIZES {
        let mut harness = lab(size_pt, bought(), Lab::Domains);
        assert!(is_shown(&harness, "…"), "the grid fills itself while it is looked at");
        harness.run();
        assert!(!is_shown(&harness, "…"), "{size_pt:?}");
        let cells = labels(&harness, "A page that hides its Referer against ");
        assert_eq!(cells.len(), DomainCheck::ALL.len());
        let let_in =
            cells.iter().find(|cell| cell.contains("Referer header: let in")).expect("an absent Referer is let in");
        click(&mut harness, let_in);
        let session = harness.state().session();
        assert_eq!(session.setup().domain_check, DomainCheck::Referer);
        let said = session.past().iter().flat_map(|step| &step.events);
        let is_request =
            |event: &Event| matches!(event, Event::Delivered { message } if message.body.kind() == Kind::BuyAnswered);
        assert_eq!(said.filter(|event| is_request(event)).count(), 1, "whoever asked got a pay request");
        assert_eq!(harness.state().selection().lab, Some(Lab::Domains), "the lab stays for the next cell");
    }
}

#[test]
fn every_lab_is_opened_walked_and_left_by_keys_alone() {
    for (lab, first) in [
        (Lab::Explore, "Explore"),
        (Lab::Notices, "Answer a wrong body"),
        (Lab::Polling, "Interval in milliseconds"),
        (Lab::Domains, "Another site's page against No check"),
        (Lab::Attacks, "Cards"),
    ] {
        let mut harness = show(SIZES[2], bought());
        chord(&mut harness, egui::Modifiers::COMMAND, Key::K);
        typed(&mut harness, &format!("lab {}", lab.label()));
        plain(&mut harness, Key::Enter);
        assert_eq!(harness.state().selection().tab, Tab::Lab(lab));
        harness.run();
        tab_to(&mut harness, "Lab");
        plain(&mut harness, Key::Tab);
        while focused(&harness) != first && !focused(&harness).starts_with(&format!("{first}:")) {
            assert!(!focused(&harness).starts_with("Timeline"), "{lab:?} has no {first:?} among its keys");
            plain(&mut harness, Key::Tab);
        }
        plain(&mut harness, Key::Escape);
        assert_eq!(focused(&harness), "", "{lab:?} lets go of the keyboard");
        plain(&mut harness, Key::Num1);
        assert_eq!(harness.state().selection().tab, Tab::Claims, "and a digit leaves it");
    }
}

#[test]
fn what_has_the_keyboard_is_scrolled_into_sight() {
    let mut harness = lab(SIZES[2], bought(), Lab::Attacks);
    harness.run();
    let [first, last] =
        [CARDS.first(), CARDS.last()].map(|card| labels(&harness, &format!("{}, ", card.unwrap().title)).remove(0));
    let room = harness.get_by_label("Lab").rect().bottom();
    tab_to(&mut harness, &first);
    arrow_to(&mut harness, Key::ArrowDown, &last);
    harness.run();
    let row = harness.get_by_label(&last).rect();
    assert!(row.top() > room && row.bottom() < 700.0 - 46.0, "the last card stands at {row:?}");
    plain(&mut harness, Key::Enter);
    harness.run();
    tab_to(&mut harness, "Play this attack");
    plain(&mut harness, Key::Enter);
    let session = harness.state().session();
    let is_refund = |command: &Command| matches!(command, Command::Refund { .. });
    assert!(session.past().iter().any(|step| is_refund(&step.command)), "and is played");
}
