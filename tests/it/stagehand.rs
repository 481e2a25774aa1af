//! The stagehand: a window in a test, worked as somebody before it works it, by words, by mouse and by keys.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use paystage::session::run::Session;
use paystage::ui::window::Window;

use crate::cpu_renderer::dressed;

/// A window with somebody before it.
pub(crate) type Stagehand = Harness<'static, Window>;

/// How often Tab is pressed in search of something.
const TABS_MAX: usize = 300;

/// A window on this run, drawn until nothing more is to be drawn.
pub(crate) fn show(size_pt: [f32; 2], session: Session) -> Stagehand {
    let mut harness = dressed(size_pt, egui::Theme::Dark)
        .with_max_steps(2_000)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), Window::new(session));
    harness.run();
    harness
}

/// Presses a key with what is held beside it.
pub(crate) fn chord(harness: &mut Stagehand, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

/// Presses a key alone.
pub(crate) fn plain(harness: &mut Stagehand, key: Key) {
    chord(harness, Modifiers::NONE, key);
}

/// Types as a keyboard does: into whatever has it.
pub(crate) fn typed(harness: &mut Stagehand, text: &str) {
    harness.event(egui::Event::Text(text.to_owned()));
    harness.run_steps(2);
}

/// Clicks what is called so.
pub(crate) fn click(harness: &mut Stagehand, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

/// All words that begin so: names of buttons and rows, and texts.
pub(crate) fn labels(harness: &Stagehand, beginning: &str) -> Vec<String> {
    let nodes = harness.root().children_recursive();
    let all = nodes.filter_map(|node| node.accesskit_node().label().or_else(|| node.accesskit_node().value()));
    all.filter(|label| label.starts_with(beginning)).collect()
}

/// Whether words are shown that begin so.
pub(crate) fn is_shown(harness: &Stagehand, beginning: &str) -> bool {
    !labels(harness, beginning).is_empty()
}

/// What has the keyboard; empty where nothing has.
pub(crate) fn focused(harness: &Stagehand) -> String {
    let node = harness.root().children_recursive().find(egui_kittest::Node::is_focused);
    node.and_then(|node| node.accesskit_node().label()).unwrap_or_default()
}

/// Goes with this arrow until what has the keyboard is called so.
#[track_caller]
pub(crate) fn arrow_to(harness: &mut Stagehand, arrow: Key, beginning: &str) {
    while !focused(harness).starts_with(beginning) {
        let before = focused(harness);
        plain(harness, arrow);
        assert_ne!(focused(harness), before, "{arrow:?} never comes to {beginning:?}");
    }
}

/// Walks with Tab until what has the keyboard is called so.
#[track_caller]
pub(crate) fn tab_to(harness: &mut Stagehand, beginning: &str) {
    for _ in 0..TABS_MAX {
        if focused(harness).starts_with(beginning) {
            return;
        }
        plain(harness, Key::Tab);
    }
    panic!("Tab never comes to {beginning:?}; it ends at {:?}", focused(harness));
}
