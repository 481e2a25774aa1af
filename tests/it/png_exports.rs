//! Long diagrams as pixels: as many numbered pictures as they need, each arrow in one of them, each sharp.

use std::cell::RefCell;
use std::collections::BTreeSet;

use paystage::export::count::Count;
use paystage::export::format::Format;
use paystage::export::ink::Face;
use paystage::export::scene::{Mark, Scene};
use paystage::io::exporting::{self, Wish};
use paystage::session::run::Session;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::play::play;
use paystage::ui::window::Window;

use crate::cpu_renderer::dressed;
use crate::program::Desk;

thread_local! {
    /// What the painter below was handed.
    pub(crate) static PAINTED: RefCell<Vec<Scene>> = const { RefCell::new(Vec::new()) };
}

/// A painter who only looks.
pub(crate) fn look(scene: &Scene, _: Face) -> Result<Vec<u8>, String> {
    if scene.groups.is_empty() {
        return Err("nothing is drawn".to_owned());
    }
    PAINTED.with_borrow_mut(|painted| painted.push(scene.clone()));
    Ok(vec![0])
}

/// One purchase after another.
fn purchases(count: usize) -> String {
    let one = "[[steps]]\nbuy = \"shiny-pony\"\n\n[[steps]]\nrun = \"until idle\"\n\n";
    format!("title = \"Many ponies\"\nwhy = \"A long diagram.\"\n\n{}", one.repeat(count))
}

fn played(count: usize) -> Session {
    play(&parse("many.toml", &purchases(count)).unwrap()).session
}

/// The pictures of a run as its painter is handed them.
fn drawn(session: &Session) -> (Vec<Scene>, Count) {
    PAINTED.take();
    let paper = exporting::export(session, Wish::of(Format::Png), look).unwrap();
    let scenes = PAINTED.take();
    assert_eq!(scenes.len(), paper.content.len());
    (scenes, paper.count)
}

/// The numbers at the arrows of a picture.
fn numbers(scene: &Scene) -> Vec<u32> {
    let number = |mark: &Mark| match mark {
        Mark::Words { spans, .. } => spans[0].text.trim().split('–').next()?.parse().ok(),
        Mark::Fill { .. } | Mark::Plate { .. } | Mark::Line { .. } | Mark::Head { .. } => None,
    };
    // The words on the lanes and around the drawing begin with no number.
    scene.groups.iter().filter_map(|group| group.marks.iter().find_map(number)).collect()
}

fn title(scene: &Scene) -> &str {
    &scene.title
}

#[test]
fn five_thousand_arrows_become_pictures_that_hold_each_of_them_once() {
    let session = played(300);
    let (scenes, count) = drawn(&session);
    let numbers: Vec<u32> = scenes.iter().flat_map(numbers).collect();
    assert!(numbers.len() >= 5_000, "{} arrows", numbers.len());
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len(), "each once");
    assert!(numbers.is_sorted() && scenes.len() == numbers.len().div_ceil(300), "{} pictures", scenes.len());
    assert_eq!(count.seen, count.exported);
    for (index, scene) in scenes.iter().enumerate() {
        assert_eq!(title(scene), format!("Many ponies · {} of {}", index + 1, scenes.len()));
        assert!(scene.description.starts_with(&count.to_string()), "{}", scene.description);
        let lanes = &scene.groups[0].marks;
        assert!(lanes.iter().filter(|mark| matches!(mark, Mark::Plate { .. })).count() == 6, "heads on each");
        assert!(scene.width * scene.height * 4.0 < 64.0e6, "{} is too high to be sharp", scene.height);
    }
}

#[test]
fn a_short_diagram_is_one_picture_without_a_number() {
    let (scenes, _) = drawn(&played(1));
    assert_eq!(scenes.iter().map(title).collect::<Vec<_>>(), ["Many ponies"]);
}

#[test]
fn the_command_line_numbers_the_files_and_says_so() {
    let desk = Desk::new("png-many");
    desk.file("many.toml", purchases(20));
    let said = desk.run(&["export", "many.toml", "--out", "flow.png"]);
    said.ended(0).complains(&["messages seen", "; 2 pictures, flow-1.png to flow-2.png"]);
    for name in ["flow-1.png", "flow-2.png"] {
        let bytes = desk.read(name);
        let info = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap().info().clone();
        assert_eq!(info.width, 2360, "{name} is as sharp as a short one");
    }
    assert!(!desk.path("flow.png").exists());
    let refused = desk.run(&["export", "many.toml", "--as", "png"]);
    refused.ended(2).complains(&["2 pictures", "--out", "svg"]);
    assert!(refused.bytes.is_empty());
    desk.run(&["export", "many.toml", "--as", "svg"]).ended(0).says(&["</svg>"]);
}

#[test]
fn the_dialog_says_which_files_there_will_be() {
    use egui_kittest::kittest::Queryable as _;
    for (count, pictures) in [(1, None), (40, Some("3 pictures, run-1.png to run-3.png"))] {
        let mut harness = dressed([1280.0, 800.0], egui::Theme::Dark)
            .with_max_steps(60)
            .build_ui_state(|ui, window: &mut Window| window.ui(ui), Window::new(played(count)));
        harness.run_steps(3);
        harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::E);
        harness.run_steps(3);
        harness.get_by_label("PNG").click();
        harness.run_steps(3);
        let said = harness.query_by_label_contains(" arrows take ");
        assert_eq!(said.is_some(), pictures.is_some(), "{count}");
        if let Some(words) = pictures {
            assert!(harness.query_by_label_contains(words).is_some(), "{words}");
        }
    }
}
