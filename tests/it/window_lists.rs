//! Lists: one stop of the Tab key each. The arrows walk through all of a list that scrolls, and what comes into sight takes the
//! keyboard from nobody.

use egui::{Event, Key, Modifiers, ScrollArea, Ui};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use paystage::ui::widgets::button::Button;
use paystage::ui::widgets::table::{self, Column, Table, Width};
use paystage::ui::widgets::walk;

use crate::cpu_renderer::dressed;

const ROWS: usize = 40;
const COLUMNS: [Column<'static>; 2] =
    [Column { title: "Name", width: Width::Share(1.0) }, Column { title: "", width: Width::Points(80.0) }];

fn row_ui(ui: &mut Ui, index: usize, opened: &mut Vec<usize>) {
    Table::new(&COLUMNS).row(ui, &format!("Row {index}"), false, |cells| {
        cells.text("something");
        // Every third row has nothing to press.
        if index % 3 != 2
            && cells.ui(|ui| Button::link("Open").name(&format!("Open {index}")).show(ui).clicked()) == Some(true)
        {
            opened.push(index);
        }
    });
}

/// A button, a list that scrolls, and a button. The list is drawn whole, or those of its rows that are seen.
fn list(is_whole: bool) -> Harness<'static, Vec<usize>> {
    dressed([300.0, 260.0], egui::Theme::Dark).with_max_steps(60).build_ui_state(
        move |ui, opened: &mut Vec<usize>| {
            Button::quiet("Before").show(ui);
            ui.scope(|ui| {
                ui.set_max_height(180.0);
                let area = ScrollArea::vertical();
                if is_whole {
                    area.show(ui, |ui| {
                        walk::stop(ui, "List", |ui| (0..ROWS).for_each(|index| row_ui(ui, index, opened)));
                    });
                } else {
                    table::rows(ui, area, ("List", ROWS), |ui, index| row_ui(ui, index, opened));
                }
            });
            Button::quiet("Behind").show(ui);
        },
        Vec::new(),
    )
}

fn focused(harness: &Harness<'_, Vec<usize>>) -> String {
    let node = harness.root().children_recursive().find(egui_kittest::Node::is_focused);
    node.and_then(|node| node.accesskit_node().label()).unwrap_or_default()
}

fn press(harness: &mut Harness<'_, Vec<usize>>, modifiers: Modifiers, key: Key) -> String {
    harness.key_press_modifiers(modifiers, key);
    harness.run();
    focused(harness)
}

fn plain(harness: &mut Harness<'_, Vec<usize>>, key: Key) -> String {
    press(harness, Modifiers::NONE, key)
}

/// Whether the row with the keyboard is in sight.
fn is_in_sight(harness: &Harness<'_, Vec<usize>>) -> bool {
    let [before, behind] = ["Before", "Behind"].map(|name| harness.get_by_label(name).rect());
    let here = harness.get_by_label(&focused(harness)).rect();
    here.top() > before.bottom() - 1.0 && here.bottom() < behind.top() + 1.0
}

#[test]
fn the_arrows_go_from_row_to_row_and_back_while_the_list_scrolls() {
    for is_whole in [true, false] {
        let mut harness = list(is_whole);
        plain(&mut harness, Key::Tab);
        assert_eq!(plain(&mut harness, Key::Tab), "Row 0");
        for index in (1..ROWS).chain([ROWS - 1]) {
            assert_eq!(plain(&mut harness, Key::ArrowDown), format!("Row {index}"), "whole: {is_whole}");
            assert!(is_in_sight(&harness), "row {index}");
        }
        for index in (0..ROWS - 1).rev().chain([0]) {
            assert_eq!(plain(&mut harness, Key::ArrowUp), format!("Row {index}"), "whole: {is_whole}");
            assert!(is_in_sight(&harness), "row {index}");
        }
    }
}

#[test]
fn a_list_is_one_stop_that_keeps_its_place_from_either_side() {
    for is_whole in [true, false] {
        let mut harness = list(is_whole);
        assert_eq!(plain(&mut harness, Key::Tab), "Before");
        assert_eq!(plain(&mut harness, Key::Tab), "Row 0");
        assert_eq!(plain(&mut harness, Key::Tab), "Behind");
        assert_eq!(press(&mut harness, Modifiers::SHIFT, Key::Tab), "Row 0");
        (0..4).for_each(|_| drop(plain(&mut harness, Key::ArrowDown)));
        assert_eq!(plain(&mut harness, Key::ArrowRight), "Open 4");
        for (modifiers, neighbours) in
            [(Modifiers::NONE, ["Behind", "Before"]), (Modifiers::SHIFT, ["Before", "Behind"])]
        {
            for neighbour in neighbours {
                assert_eq!(press(&mut harness, modifiers, Key::Tab), neighbour, "whole: {is_whole}");
            }
            assert_eq!(press(&mut harness, modifiers, Key::Tab), "Open 4");
            assert!(is_in_sight(&harness));
        }
    }
}

#[test]
fn up_and_down_keep_to_their_column_past_rows_that_lack_it() {
    for is_whole in [true, false] {
        let mut harness = list(is_whole);
        plain(&mut harness, Key::Tab);
        plain(&mut harness, Key::Tab);
        assert_eq!(plain(&mut harness, Key::ArrowRight), "Open 0");
        assert_eq!(plain(&mut harness, Key::ArrowRight), "Open 0", "there is no more");
        for index in 1..ROWS {
            let name = if index % 3 == 2 { "Row" } else { "Open" };
            assert_eq!(plain(&mut harness, Key::ArrowDown), format!("{name} {index}"), "whole: {is_whole}");
        }
        assert_eq!(plain(&mut harness, Key::ArrowLeft), format!("Row {}", ROWS - 1));
        assert_eq!(plain(&mut harness, Key::ArrowUp), format!("Row {}", ROWS - 2));
    }
}

/// One pass that brings all these keys; the name of what has the keyboard when nothing more is to be drawn.
fn at_once(harness: &mut Harness<'_, Vec<usize>>, keys: &[Key]) -> String {
    let event = |key: &Key| Event::Key {
        key: *key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    harness.input_mut().events.extend(keys.iter().map(event));
    harness.step();
    harness.run();
    focused(harness)
}

#[test]
fn whatever_a_slow_pass_brings_at_once_goes_where_it_would_go_one_by_one() {
    for is_whole in [true, false] {
        let mut harness = list(is_whole);
        for _ in 0..2 {
            at_once(&mut harness, &[Key::Tab]);
        }
        assert_eq!(at_once(&mut harness, &[Key::ArrowDown; 4]), "Row 4", "whole: {is_whole}");
        assert_eq!(at_once(&mut harness, &[Key::ArrowRight, Key::Enter]), "Open 4", "whole: {is_whole}");
        assert_eq!(harness.state(), &[4]);
        // What comes behind Enter does not go before it.
        assert_eq!(at_once(&mut harness, &[Key::Enter, Key::ArrowDown]), "Open 4", "whole: {is_whole}");
        assert_eq!(harness.state(), &[4, 4]);
        assert_eq!(at_once(&mut harness, &[Key::ArrowDown, Key::Tab]), "Behind", "whole: {is_whole}");
        assert_eq!(press(&mut harness, Modifiers::SHIFT, Key::Tab), "Row 5", "whole: {is_whole}");
    }
}

#[test]
fn an_arrow_right_behind_tab_stays_in_the_list() {
    for is_whole in [true, false] {
        let mut harness = list(is_whole);
        for key in [Key::Tab, Key::Tab, Key::ArrowDown, Key::ArrowDown] {
            // Pass by pass, with nothing between them.
            harness.key_press(key);
            harness.step();
        }
        harness.run();
        assert_eq!(focused(&harness), "Row 2", "whole: {is_whole}");
    }
}
