//! The window's doors: every dialog is opened, walked, used and left by keys alone, and what opens one is where people look.

use std::path::PathBuf;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use paystage::session::builtin::Builtin;
use paystage::session::run::Session;
use paystage::session::scenario::play::play;
use paystage::ui::selection::Tab;
use paystage::world::command::Command;
use paystage::world::platform::LocalStorage;
use paystage::world::setup::Setup;

use crate::stagehand::{Stagehand, chord, click, focused, is_shown, labels, plain, show, tab_to, typed};

const SIZES: [[f32; 2]; 3] = [[1600.0, 1000.0], [1280.0, 800.0], [1000.0, 700.0]];
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// The keys that open a dialog, and something that only this dialog shows.
const DIALOGS: [(Modifiers, Key, &str); 7] = [
    (Modifiers::NONE, Key::D, "Close the dials"),
    (Modifiers::SHIFT, Key::F, "Close the faults"),
    (Modifiers::COMMAND, Key::K, "Next step"),
    (Modifiers::COMMAND, Key::E, "Export to this path"),
    (CTRL_SHIFT, Key::S, "Why it matters"),
    (Modifiers::COMMAND, Key::S, "Save this path"),
    (Modifiers::COMMAND, Key::O, "Open this path"),
];

fn bought() -> Session {
    play(&Builtin::find("plain-hosted").unwrap().scenario().unwrap()).session
}

/// A file of this name, which is not there yet.
fn fresh(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("paystage-doors-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    let _ = std::fs::remove_file(&path);
    path
}

fn retyped(harness: &mut Stagehand, text: &str) {
    chord(harness, Modifiers::COMMAND, Key::A);
    typed(harness, text);
}

#[test]
fn every_dialog_keeps_tab_within_it_and_escape_gives_the_keys_back() {
    for (modifiers, key, sign) in DIALOGS {
        let mut harness = show(SIZES[1], bought());
        harness.state_mut().press(paystage::ui::keys::Action::Start);
        harness.run();
        let step = harness.state().session().here().step;
        chord(&mut harness, modifiers, key);
        assert!(is_shown(&harness, sign), "{sign:?} is not shown");
        let mut seen = Vec::new();
        for _ in 0..30 {
            plain(&mut harness, Key::Tab);
            seen.push(focused(&harness));
        }
        let outside = ["Step", "Play", "Lab", "Revision", "Buy Shiny Pony", "Branch A"];
        assert!(!seen.iter().any(|name| outside.contains(&name.as_str())), "{sign:?} lets Tab out: {seen:?}");
        assert!(seen.iter().any(|name| !name.is_empty()), "{sign:?} has nothing that keys can reach");
        plain(&mut harness, Key::Escape);
        harness.run();
        assert!(!is_shown(&harness, sign), "{sign:?} stays");
        plain(&mut harness, Key::Space);
        assert_eq!(harness.state().session().here().step, step + 1, "after {sign:?} Space steps again");
    }
}

#[test]
fn a_path_is_typed_and_enter_exports_there() {
    let path = fresh("kept.mmd");
    let mut harness = show(SIZES[1], bought());
    chord(&mut harness, Modifiers::COMMAND, Key::E);
    tab_to(&mut harness, "Mermaid");
    plain(&mut harness, Key::Enter);
    tab_to(&mut harness, "Path");
    retyped(&mut harness, path.to_str().unwrap());
    plain(&mut harness, Key::Enter);
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("sequenceDiagram"));
    assert!(is_shown(&harness, "Exported to "), "and it says what it holds");
}

#[test]
fn deeds_are_saved_as_a_scenario_with_a_title_by_keys_alone_and_it_replays() {
    let path = fresh("kept.toml");
    let mut harness = show(SIZES[1], bought());
    let done = harness.state().session().fingerprint();
    chord(&mut harness, CTRL_SHIFT, Key::S);
    tab_to(&mut harness, "Title");
    retyped(&mut harness, "Kept by hand");
    tab_to(&mut harness, "Path");
    retyped(&mut harness, path.to_str().unwrap());
    plain(&mut harness, Key::Enter);
    assert!(std::fs::read_to_string(&path).unwrap().contains("title = \"Kept by hand\""));
    chord(&mut harness, Modifiers::COMMAND, Key::O);
    retyped(&mut harness, path.to_str().unwrap());
    plain(&mut harness, Key::Enter);
    assert_eq!(harness.state().session().title(), "Kept by hand");
    plain(&mut harness, Key::End);
    assert_eq!(harness.state().session().fingerprint(), done);
}

#[test]
fn the_finder_acts_on_enter_and_its_list_follows_the_arrows() {
    let mut harness = show(SIZES[1], bought());
    chord(&mut harness, Modifiers::COMMAND, Key::K);
    typed(&mut harness, "paid gave up");
    assert!(is_shown(&harness, "Open Paid, but the app gave up"));
    plain(&mut harness, Key::Enter);
    assert_eq!(harness.state().session().title(), "Paid, but the app gave up");
    chord(&mut harness, Modifiers::COMMAND, Key::K);
    typed(&mut harness, "opinion");
    plain(&mut harness, Key::Enter);
    assert_eq!(harness.state().selection().tab, Tab::Opinions);
    chord(&mut harness, Modifiers::COMMAND, Key::K);
    typed(&mut harness, "theme light");
    plain(&mut harness, Key::Enter);
    assert_eq!(harness.ctx.options(|options| options.theme_preference), egui::ThemePreference::Light);
    chord(&mut harness, Modifiers::COMMAND, Key::K);
    typed(&mut harness, "no such thing");
    plain(&mut harness, Key::Enter);
    assert!(is_shown(&harness, "Nothing has these words"), "Enter on nothing does nothing");
}

#[test]
fn the_list_to_open_from_is_as_high_after_a_lower_dialog_as_before() {
    for size_pt in SIZES {
        let seen = |harness: &mut Stagehand| {
            chord(harness, Modifiers::COMMAND, Key::O);
            harness.run();
            let foot = size_pt[1] - 40.0;
            let shown = ["A plain purchase in classic mode", "Paid late, polled long enough"];
            let rects = shown.map(|title| harness.get_by_label(title).rect());
            assert!(rects.iter().all(|rect| rect.bottom() < foot), "{size_pt:?}: {rects:?}");
            rects[1].bottom() - rects[0].top()
        };
        let fresh = seen(&mut show(size_pt, bought()));
        let mut harness = show(size_pt, bought());
        chord(&mut harness, CTRL_SHIFT, Key::S);
        harness.run();
        plain(&mut harness, Key::Escape);
        let again = seen(&mut harness);
        assert!((fresh - again).abs() < 1.0);
        let list = harness.get_by_label("Path").rect();
        click(&mut harness, "Paid late, polled long enough");
        assert_eq!(harness.state().session().title(), "Paid late, polled long enough", "below {list:?}");
    }
}

#[test]
fn export_has_a_button_at_the_top_in_every_size() {
    for size_pt in SIZES {
        let mut harness = show(size_pt, bought());
        let [export, save] = ["Export", "Save"].map(|name| harness.get_by_label(name).rect());
        assert!(save.right() <= export.left() && export.right() <= size_pt[0], "{size_pt:?}: {save:?} {export:?}");
        click(&mut harness, "Export");
        assert!(is_shown(&harness, "Export to this path"));
    }
}

#[test]
fn the_app_is_closed_and_opened_again_from_its_own_screen() {
    for size_pt in SIZES {
        let mut harness = show(size_pt, bought());
        if size_pt[0] < 1100.0 {
            click(&mut harness, "App");
        }
        click(&mut harness, "Reopen the app");
        assert_eq!(harness.state().session().last_step().command, Command::Reopen);
    }
}

#[test]
fn the_message_tab_says_where_a_receipt_is_really_kept() {
    let cases = [
        (true, LocalStorage::Works, "app.addReceipt("),
        (false, LocalStorage::Works, "localStorage.receipts = JSON.stringify("),
        (false, LocalStorage::Missing, "// neither app.addReceipt nor localStorage"),
    ];
    for (has_add_receipt, local_storage, words) in cases {
        let mut setup = Setup::default();
        (setup.device.has_add_receipt, setup.device.local_storage) = (has_add_receipt, local_storage);
        let mut session = Session::new(setup);
        for _ in 0..200 {
            let Some(command) = paystage::session::control::next_command(&session) else { break };
            session.dispatch(command);
        }
        let mut harness = show(SIZES[0], session);
        harness.state_mut().selection_mut().tab = Tab::Message;
        let install = (1..60).find(|number| {
            harness.state_mut().point_at(*number);
            harness.run_steps(2);
            harness.query_all_by_label_contains("Receipt(").next().is_some()
                || harness.query_all_by_label_contains("localStorage").next().is_some()
        });
        assert!(install.is_some(), "{words:?}: no message installs a receipt");
        assert!(is_shown(&harness, words), "{words:?}: {:?}", labels(&harness, "app."));
    }
}
