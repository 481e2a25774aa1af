//! Tables in the window: each is one stop of the Tab key, the arrows go about in it, and what they come to can be pressed.

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use paystage::session::builtin::Builtin;
use paystage::session::run::Session;
use paystage::session::scenario::play::play;
use paystage::ui::keys::Action;
use paystage::ui::selection::{Lab, Tab};
use paystage::world::guard::Guard;

use crate::stagehand::{Stagehand, arrow_to, chord, click, focused, is_shown, labels, plain, show, tab_to};

const SIZES: [[f32; 2]; 2] = [[1280.0, 800.0], [1000.0, 700.0]];
/// So many frames are drawn at the most while an exploration goes on.
const FRAMES_MAX: usize = 1_000_000;

fn bought() -> Session {
    play(&Builtin::find("plain-hosted").unwrap().scenario().unwrap()).session
}

/// A window with this tab of the inspector, all of whose grids are filled.
fn at(size_pt: [f32; 2], tab: Tab) -> Stagehand {
    let mut harness = show(size_pt, bought());
    if tab == Tab::Compare {
        harness.state_mut().press(Action::Revision);
        harness.run();
    }
    if let Tab::Lab(lab) = tab {
        click(&mut harness, "Lab");
        click(&mut harness, lab.label());
    }
    harness.state_mut().selection_mut().tab = tab;
    if tab == Tab::Lab(Lab::Explore) {
        harness.get_all_by_label("Explore").last().unwrap().click();
        for _ in 0..FRAMES_MAX {
            if is_shown(&harness, "drop charge-answered, ") {
                break;
            }
            harness.step();
        }
    }
    harness.run();
    harness
}

/// Everything that Tab comes to in the inspector, behind the lamp.
fn stops(harness: &mut Stagehand) -> Vec<String> {
    tab_to(harness, "The lamp is");
    let mut stops = Vec::new();
    loop {
        plain(harness, Key::Tab);
        // Whatever comes behind the inspector is above it.
        let here = harness.root().children_recursive().find(egui_kittest::Node::is_focused);
        if here.unwrap().rect().top() < harness.get_by_label("Lab").rect().top() {
            return stops;
        }
        stops.push(focused(harness));
    }
}

#[test]
fn every_table_of_the_inspector_is_one_stop() {
    // What may stand beside a table, and how many tables and lists there are.
    for (tab, beside, tables) in [
        (Tab::Claims, vec!["Copy the token"], 1),
        (Tab::Verdict, vec![], 1),
        (Tab::Opinions, vec![], 1),
        (Tab::Knowledge, vec!["Resize panel"], 1),
        (Tab::Compare, vec!["Compare with", "Keep this run", "First difference", "Resize panel"], 1),
        (Tab::Coverage, vec![], 1),
        (Tab::Lab(Lab::Explore), vec!["Explore", "one fault", "two faults"], 2),
        (Tab::Lab(Lab::Notices), vec!["Answer ", "Drop the attempt", "Send it twice"], 1),
        (Tab::Lab(Lab::Domains), vec![], 1),
        (Tab::Lab(Lab::Attacks), vec!["Cards", "Grid", "Play this attack"], 1),
    ] {
        for size_pt in SIZES {
            let mut harness = at(size_pt, tab);
            let stops = stops(&mut harness);
            let is_in_table = |name: &&String| !beside.iter().any(|beside| name.starts_with(beside));
            assert_eq!(stops.iter().filter(is_in_table).count(), tables, "{tab:?} at {size_pt:?}: {stops:?}");
        }
    }
}

#[test]
fn the_grid_of_attacks_is_walked_by_arrows_and_a_cell_opens_its_run() {
    for size_pt in SIZES {
        let mut harness = at(size_pt, Tab::Lab(Lab::Attacks));
        click(&mut harness, "Grid");
        harness.run();
        tab_to(&mut harness, "Edit the price, must all be off");
        plain(&mut harness, Key::Tab);
        assert_eq!(focused(&harness), "Resize panel", "one stop, and what lies behind the inspector is the next");
        chord(&mut harness, Modifiers::SHIFT, Key::Tab);
        arrow_to(&mut harness, Key::ArrowRight, "Edit the price without request-signature");
        arrow_to(&mut harness, Key::ArrowDown, "Forge a notice without request-signature, stopped");
        arrow_to(&mut harness, Key::ArrowRight, "Forge a notice without notice-signature, gets through");
        harness.run();
        let cell = harness.get_by_label(&focused(&harness)).rect();
        assert!(
            cell.top() > harness.get_by_label("Lab").rect().bottom() && cell.bottom() < size_pt[1] - 46.0,
            "{cell:?}"
        );
        plain(&mut harness, Key::Enter);
        let session = harness.state().session();
        assert!(session.setup().guards_off.contains(Guard::NoticeSignature), "the run without that check");
        assert_eq!(session.title(), "Forge a notice");
        assert_eq!(harness.state().selection().lab, Some(Lab::Attacks));
    }
}

#[test]
fn heads_rows_and_cells_of_a_table_are_named_and_the_table_itself_is() {
    let mut harness = at(SIZES[0], Tab::Lab(Lab::Attacks));
    click(&mut harness, "Grid");
    harness.run();
    let table = harness.get_by_role_and_label(egui::accesskit::Role::Grid, "Cards without each check");
    let within: Vec<String> = table
        .children_recursive()
        .filter_map(|node| {
            let node = node.accesskit_node();
            node.label().or_else(|| node.value())
        })
        .collect();
    for name in [
        "signature",
        "Forge a notice, must all be off: notice-signature",
        "Forge a notice without notice-signature, gets through",
    ] {
        assert!(within.iter().any(|label| label == name), "{name:?} is not in the table: {within:?}");
    }
    assert!(!labels(&harness, "Card").is_empty());
}
