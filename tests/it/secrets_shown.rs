//! Secrets stay with their owner (2): what is shown is searched for them, in every corner of the window and in every pixel's origin.

use egui::{Key, Modifiers, Shape};
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT as _;
use paystage::export::format::Format;
use paystage::export::ink::{Face, Ink};
use paystage::export::scene::{Group, Mark, Scene, Span};
use paystage::io::exporting::{Wish, export};
use paystage::session::run::Session;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::play::play;
use paystage::session::scenario::print::print;
use paystage::session::scenario::record::record;
use paystage::ui::scene;
use paystage::ui::selection::{Lab, Tab};
use paystage::ui::window::Window;
use paystage::world::secret::Secrets;

use crate::cpu_renderer::dressed;
use crate::png_exports::{PAINTED, look};
use crate::program::Desk;
use crate::secrets_scan::{OWN, SCENARIO};

type Stagehand = Harness<'static, Window>;

const TABS: [Tab; 12] = [
    Tab::Claims,
    Tab::Verdict,
    Tab::Message,
    Tab::Opinions,
    Tab::Knowledge,
    Tab::Compare,
    Tab::Coverage,
    Tab::Lab(Lab::Explore),
    Tab::Lab(Lab::Notices),
    Tab::Lab(Lab::Polling),
    Tab::Lab(Lab::Domains),
    Tab::Lab(Lab::Attacks),
];

/// Whatever a key lays over the window.
const DIALOGS: [(Modifiers, Key); 9] = [
    (Modifiers::SHIFT, Key::Questionmark),
    (Modifiers::NONE, Key::D),
    (Modifiers::NONE, Key::B),
    (Modifiers::SHIFT, Key::F),
    (Modifiers::COMMAND, Key::K),
    (Modifiers::COMMAND, Key::O),
    (Modifiers::COMMAND, Key::S),
    (Modifiers::COMMAND, Key::E),
    (Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::S),
];

/// The run in which the app's own secret signs; `title` is what people call it.
fn run(title: &str) -> Session {
    let text = SCENARIO.replace("One pony, signed with an own secret", title);
    play(&parse("own.toml", &text).unwrap()).session
}

fn show(session: Session) -> Stagehand {
    let mut harness = dressed([1600.0, 1000.0], egui::Theme::Dark)
        .with_max_steps(600)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), Window::new(session));
    harness.run_steps(2);
    harness
}

/// All that is painted as letters, and all that a screen reader is told.
fn texts(harness: &Stagehand) -> String {
    let mut texts = String::new();
    let mut shapes: Vec<&Shape> = harness.output().shapes.iter().map(|clipped| &clipped.shape).collect();
    while let Some(shape) = shapes.pop() {
        match shape {
            Shape::Vec(more) => shapes.extend(more),
            Shape::Text(text) => {
                texts += text.galley.text();
                texts.push('\n');
            }
            _ => {}
        }
    }
    for node in harness.root().children_recursive() {
        let node = node.accesskit_node();
        for said in [node.label(), node.value(), node.placeholder().map(str::to_owned), node.description()] {
            texts.extend(said);
            texts.push('\n');
        }
    }
    texts
}

fn found(harness: &Stagehand, secrets: &Secrets) -> Option<&'static str> {
    let texts = texts(harness);
    assert!(texts.len() > 500, "the window says something: {texts}");
    secrets.found_in(&texts)
}

#[test]
fn no_tab_no_lab_and_no_message_of_the_window_shows_a_secret() {
    let session = run("One pony");
    let secrets = session.world().secrets();
    let numbers: Vec<u32> = session.past().iter().filter_map(|step| step.message_number()).collect();
    let mut harness = show(session);
    for tab in TABS {
        match tab {
            Tab::Lab(lab) => harness.state_mut().selection_mut().open_lab(lab),
            tab => harness.state_mut().selection_mut().tab = tab,
        }
        harness.run_steps(2);
        assert_eq!(found(&harness, &secrets), None, "{tab:?}");
    }
    for tab in [Tab::Claims, Tab::Message] {
        harness.state_mut().selection_mut().tab = tab;
        for number in numbers.iter().step_by(if tab == Tab::Message { 1 } else { 3 }) {
            harness.state_mut().point_at(*number);
            harness.run_steps(1);
            assert_eq!(found(&harness, &secrets), None, "{tab:?} of message {number}");
        }
    }
}

#[test]
fn no_dialog_shows_a_secret_at_any_of_three_moments() {
    let whole = run("One pony");
    let secrets = whole.world().secrets();
    for step in [0, 8, whole.here().step] {
        let mut session = whole.clone();
        session.rewind(step);
        let mut harness = show(session);
        for (modifiers, key) in DIALOGS {
            let before = texts(&harness);
            harness.key_press_modifiers(modifiers, key);
            harness.run_steps(3);
            assert_ne!(before, texts(&harness), "{key:?} opens something");
            assert_eq!(found(&harness, &secrets), None, "{key:?} at step {step}");
            harness.key_press_modifiers(Modifiers::NONE, Key::Escape);
            harness.run_steps(3);
        }
    }
}

#[test]
fn a_secret_that_the_window_does_show_is_found() {
    // What people call a run is theirs to say; whoever writes a secret there shows it.
    let session = run(OWN);
    let secrets = session.world().secrets();
    assert_eq!(found(&show(session.clone()), &secrets), Some("the app's own secret"));
    let mut harness = show(session);
    harness.key_press_modifiers(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::S);
    harness.run_steps(3);
    assert_eq!(found(&harness, &secrets), Some("the app's own secret"));
}

/// Every word of a drawing.
fn words(scene: &Scene) -> String {
    let mut words = format!("{}\n{}\n", scene.title, scene.description);
    for group in &scene.groups {
        words += &group.caption;
        words.push('\n');
        for mark in &group.marks {
            if let Mark::Words { spans, .. } = mark {
                words.extend(spans.iter().map(|span| span.text.as_str()));
                words.push('\n');
            }
        }
    }
    words
}

/// The chunks of a PNG: their names, and what is in those that are not pixels.
fn chunks(png: &[u8]) -> (Vec<String>, String) {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let (mut names, mut said, mut rest) = (Vec::new(), String::new(), &png[8..]);
    while !rest.is_empty() {
        let length = usize::try_from(u32::from_be_bytes(rest[..4].try_into().unwrap())).unwrap();
        let name = String::from_utf8(rest[4..8].to_vec()).unwrap();
        if name != "IDAT" {
            said += &String::from_utf8_lossy(&rest[8..8 + length]);
        }
        names.push(name);
        rest = &rest[12 + length..];
    }
    names.dedup();
    (names, said)
}

#[test]
fn no_picture_is_drawn_from_a_secret_and_none_carries_a_word_beside_its_pixels() {
    for title in ["One pony", OWN] {
        let session = run(title);
        let secrets = session.world().secrets();
        PAINTED.take();
        export(&session, Wish { is_unmasked: true, ..Wish::of(Format::Png) }, look).unwrap();
        let scenes = PAINTED.take();
        let said: String = scenes.iter().map(words).collect();
        assert!(said.contains("GET") && said.contains("messages seen"), "{said}");
        // Even a secret that somebody wrote into the title is covered: an export is given to others.
        assert_eq!(secrets.found_in(&said), None);
        let mut short = scenes[0].clone();
        short.height = 200.0;
        let (names, beside) = chunks(&scene::png(&short, Face::Light).unwrap());
        assert_eq!(names, ["IHDR", "IDAT", "IEND"]);
        assert_eq!(secrets.found_in(&beside), None);
    }
    let desk = Desk::new("secrets-picture");
    desk.file("own.toml", SCENARIO);
    desk.run(&["picture", "own.toml", "-o", "window.png", "--size", "640x400"]).ended(0);
    assert_eq!(chunks(&desk.read("window.png")).0, ["IHDR", "IDAT", "IEND"]);
}

#[test]
fn a_secret_in_a_drawing_or_beside_the_pixels_is_found() {
    let secrets = run("One pony").world().secrets();
    let spans = vec![Span::plain(format!("secret={OWN}"), Ink::Text)];
    let mark = Mark::Words { at: (0.0, 0.0), is_centred: false, size: 12.0, spans, over: None };
    let leaky = Scene { groups: vec![Group { marks: vec![mark], ..Group::default() }], ..Scene::default() };
    assert_eq!(secrets.found_in(&words(&leaky)), Some("the app's own secret"));
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
    encoder.add_text_chunk("Comment".to_owned(), OWN.to_owned()).unwrap();
    encoder.write_header().unwrap().write_image_data(&[0]).unwrap();
    let (names, beside) = chunks(&bytes);
    assert!(names.contains(&"tEXt".to_owned()));
    assert_eq!(secrets.found_in(&beside), Some("the app's own secret"));
}

#[test]
fn what_was_done_saved_as_a_scenario_holds_dots_for_the_secret() {
    let session = run("One pony");
    let text = print(&record(&session));
    assert!(text.contains("••••") && text.contains("shiny-pony"), "{text}");
    assert_eq!(session.world().secrets().found_in(&text), None);
    let planted = print(&record(&run(OWN)));
    assert_eq!(session.world().secrets().found_in(&planted), Some("the app's own secret"));
}
