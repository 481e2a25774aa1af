//! Lists: the keyboard walks through all of a list that scrolls, and what comes into sight takes it from nobody.

use egui::{Key, ScrollArea};
use egui_kittest::kittest::NodeT as _;
use paystage::ui::widgets::button::Button;
use paystage::ui::widgets::table::{Column, Table, Width};

use crate::cpu_renderer::dressed;

const ROWS: usize = 40;
const COLUMNS: [Column<'static>; 2] =
    [Column { title: "Name", width: Width::Share(1.0) }, Column { title: "", width: Width::Points(80.0) }];

#[test]
fn tab_goes_from_row_to_row_while_the_list_scrolls() {
    let mut harness = dressed([300.0, 200.0], egui::Theme::Dark).with_max_steps(20).build_ui(|ui| {
        ScrollArea::vertical().show(ui, |ui| {
            for index in 0..ROWS {
                Table::new(&COLUMNS).row(ui, &format!("Row {index}"), false, |cells| {
                    cells.text("something");
                    cells.ui(|ui| Button::link("Open").name(&format!("Open {index}")).show(ui));
                });
            }
        });
    });
    let mut reached = Vec::new();
    for _ in 0..2 * ROWS {
        harness.key_press(Key::Tab);
        harness.run();
        let focused = harness.root().children_recursive().find(egui_kittest::Node::is_focused);
        reached.extend(focused.and_then(|node| node.accesskit_node().label()));
    }
    let rows: Vec<_> = reached.iter().filter(|label| label.starts_with("Row ")).cloned().collect();
    assert_eq!(rows, (0..ROWS).map(|index| format!("Row {index}")).collect::<Vec<_>>());
    assert!(reached.iter().any(|label| label.starts_with("Open ")), "{reached:?}");
}
