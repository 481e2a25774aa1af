//! What is given away is what was seen: counted in every format, masked unless asked, and opened again where it can be.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use expect_test::expect_file;
use paystage::export::format::Format;
use paystage::export::ink::Face;
use paystage::io::exporting::{self, Wish};
use paystage::io::files::Place;
use paystage::io::runs::{self, Kept};
use paystage::protocol::jwt::Jwt;
use paystage::session::builtin::{Builtin, SUITE};
use paystage::session::run::Session;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::play::play;
use paystage::ui::scene;
use paystage::ui::window::Window;
use paystage::world::event::Event;
use serde_json::Value;

use crate::cpu_renderer::dressed;
use crate::json_schema::objections;
use crate::program::Desk;
use crate::xml;

/// The formats that are text.
const TEXTS: [Format; 5] = [Format::Har, Format::Mermaid, Format::Svg, Format::Json, Format::Html];

fn builtin(name: &str) -> Session {
    play(&Builtin::find(name).unwrap().scenario().unwrap()).session
}

fn played(text: &str) -> Session {
    play(&parse("test.toml", text).unwrap()).session
}

fn export(session: &Session, wish: Wish) -> (String, paystage::export::count::Count) {
    let paint = |scene: &_, face| scene::png(scene, face).map_err(|error| error.to_string());
    let paper = exporting::export(session, wish, paint).unwrap();
    (String::from_utf8(paper.content).unwrap(), paper.count)
}

fn masked(session: &Session, format: Format) -> String {
    export(session, Wish::of(format)).0
}

/// The signatures of all tokens that were passed around, and what else nobody else shall read.
fn private_values(session: &Session) -> Vec<String> {
    let trace = session.trace();
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let tokens = trace.split(|c: char| !is_letter(c)).filter(|word| word.starts_with("eyJ"));
    let signatures = tokens.filter_map(|token| Some(token.split('.').nth(2)?.to_owned())).filter(|one| one.len() > 20);
    signatures.chain(["ada@example.org", "bob@example.org", "PRIVATE KEY"].map(str::to_owned)).collect()
}

/// The text with every part of every token decoded below it.
fn laid_open(text: &str) -> String {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let words = text.split(|c: char| !is_letter(c)).filter(|word| word.starts_with("eyJ"));
    let claims = words.filter_map(|word| {
        let unsigned: Vec<&str> = word.trim_end_matches('.').split('.').take(2).collect();
        Some(Jwt::parse(&format!("{}.", unsigned.join("."))).ok()?.unverified_claims_json().to_owned())
    });
    claims.fold(text.to_owned(), |all, claims| all + "\n" + &claims)
}

#[test]
fn every_builtin_is_exported_whole_in_every_format_and_says_so() {
    for one in SUITE {
        let session = builtin(one.name);
        for format in TEXTS {
            let (text, count) = export(&session, Wish::of(format));
            assert!(count.seen > 0 && count.seen == count.exported, "{} as {}: {count}", one.name, format.name());
            assert!(text.contains(&count.to_string()), "{} as {} does not say {count}", one.name, format.name());
        }
    }
}

#[test]
fn nothing_private_is_in_any_masked_export_of_any_builtin() {
    for one in SUITE {
        let session = builtin(one.name);
        let private = private_values(&session);
        for format in TEXTS {
            let text = laid_open(&masked(&session, format));
            let found = private.iter().find(|value| text.contains(value.as_str()));
            assert_eq!(found, None, "{} as {}", one.name, format.name());
            assert_eq!(session.world().secrets().found_in(&text), None, "{} as {}", one.name, format.name());
            assert!(!text.contains(r#""pin":"1"#) && !text.contains(r#"pin\":\"1"#), "{}", one.name);
        }
    }
}

#[test]
fn what_is_masked_is_there_when_it_is_asked_for_by_name() {
    for name in ["plain-hosted", "email-identity-before"] {
        let session = builtin(name);
        let private = private_values(&session);
        let (text, count) = export(&session, Wish { is_unmasked: true, ..Wish::of(Format::Har) });
        assert!(private.iter().any(|value| text.contains(value.as_str())), "{name}");
        assert_eq!(count.masked, 0);
        let hidden = export(&session, Wish::of(Format::Har)).1.masked;
        assert!((1..=private.len()).contains(&hidden), "{name}: {hidden}");
    }
    let email =
        laid_open(&export(&builtin("email-identity-before"), Wish { is_unmasked: true, ..Wish::of(Format::Har) }).0);
    assert!(email.contains("ada@example.org"), "the twin of the masked email");
}

#[test]
fn an_own_secret_stays_at_home_even_unmasked() {
    let secret = "an own secret of some thirty-two bytes";
    let session = played(&format!(
        "title = \"t\"\nwhy = \"w\"\n[setup]\nhosting = \"classic\"\n[setup.names.app]\nsecret = \"{secret}\"\n[[steps]]\nbuy = \"shiny-pony\"\n[[steps]]\nrun = \"until idle\"\n[expect]\naccess = [\"shiny-pony\"]\n"
    ));
    for format in TEXTS {
        let text = export(&session, Wish { is_unmasked: true, ..Wish::of(format) }).0;
        assert!(!text.contains(secret), "{}", format.name());
        assert_eq!(session.world().secrets().found_in(&text), None, "{}", format.name());
    }
}

#[test]
fn only_what_was_seen_up_to_the_step_is_exported() {
    let mut session = builtin("plain-hosted");
    let all = export(&session, Wish::of(Format::Har)).1.exported;
    session.rewind(6);
    for format in TEXTS {
        let count = export(&session, Wish::of(format)).1;
        assert!(count.exported == count.seen && count.exported < all, "{}: {count}", format.name());
    }
    assert!(!masked(&session, Format::Html).contains("Access granted"));
}

#[test]
fn a_message_that_a_fault_kept_back_is_seen_and_exported() {
    let session = builtin("notice-lost-once");
    let fired = session.past().iter().flat_map(|step| &step.events);
    assert!(fired.into_iter().any(|event| matches!(event, Event::FaultFired { .. })), "the scenario drops a notice");
    assert!(masked(&session, Format::Mermaid).contains("market-xserver"));
    assert!(masked(&session, Format::Har).contains("\"_error\": \"No answer by HTTP\""));
    assert!(!masked(&builtin("plain-classic"), Format::Mermaid).contains("-x"), "the twin loses nothing");
}

#[test]
fn every_archive_is_one_by_the_schema_of_har() {
    for one in SUITE {
        let archive: Value = serde_json::from_str(&masked(&builtin(one.name), Format::Har)).unwrap();
        assert_eq!(objections("har.json", &archive), Vec::<String>::new(), "{}", one.name);
        let entries = archive["log"]["entries"].as_array().unwrap();
        assert!(!entries.is_empty(), "{}", one.name);
    }
}

#[test]
fn an_archive_pairs_each_request_with_its_answer() {
    let archive: Value = serde_json::from_str(&masked(&builtin("plain-hosted"), Format::Har)).unwrap();
    let entries = archive["log"]["entries"].as_array().unwrap();
    let buy = entries.iter().find(|entry| entry["request"]["url"].as_str().unwrap().ends_with("/buy")).unwrap();
    assert_eq!((&buy["request"]["method"], &buy["response"]["status"]), (&"POST".into(), &200.into()));
    assert!(buy["response"]["content"]["text"].as_str().unwrap().contains("webpayJWT"));
    assert!(buy["time"].as_i64().unwrap() > 0);
    let window = entries.iter().find(|entry| entry["request"]["url"].as_str().unwrap().contains("?req=")).unwrap();
    assert_eq!(window["request"]["queryString"][0]["name"], "req");
    let beside = archive["log"]["_beside"].as_array().unwrap();
    assert!(beside.iter().any(|call| call["text"].as_str().unwrap().starts_with("navigator.mozPay([")));
}

#[test]
fn drawings_and_pages_are_well_formed_and_load_nothing() {
    for one in SUITE {
        let session = builtin(one.name);
        let drawing = masked(&session, Format::Svg);
        let svg = xml::read(&drawing);
        assert_eq!(svg.name, "svg");
        assert!(svg.named("desc")[0].text.contains("messages seen"));
        let page = masked(&session, Format::Html);
        let read = xml::read(&page);
        assert!(read.named("table").len() > 1 && read.named("svg").len() == 1, "{}", one.name);
        for text in [&drawing, &page] {
            let text = text.replace("http://www.w3.org/2000/svg", "");
            for elsewhere in ["<script", "src=", "href=", "@import", "url("] {
                assert!(!text.contains(elsewhere), "{}: {elsewhere}", one.name);
            }
        }
    }
}

#[test]
fn what_a_run_is_called_is_text_in_every_export() {
    let mut session = builtin("plain-hosted");
    session.rename("</title><script>alert(1)</script>\u{1}]]>&amp;{{count}}\n%%{init}%%\"");
    for format in [Format::Svg, Format::Html] {
        let read = xml::read(&masked(&session, format));
        assert!(read.named("script").is_empty() && read.whole_text().contains("<script>alert(1)</script>"));
        assert!(read.whole_text().contains("{{count}}"));
    }
    let mermaid = masked(&session, Format::Mermaid);
    assert!(mermaid.lines().nth(1).unwrap().starts_with("%% </title>") && !mermaid.contains("%%{"));
    let trace: Value = serde_json::from_str(&masked(&session, Format::Json)).unwrap();
    assert_eq!(trace["title"], session.title());
}

#[test]
fn a_face_has_its_own_colours_and_both_have_all() {
    let session = builtin("plain-hosted");
    let drawn = |face| export(&session, Wish { face, ..Wish::of(Format::Svg) }).0;
    let (both, light, dark) = (drawn(Face::Both), drawn(Face::Light), drawn(Face::Dark));
    assert!(light.contains("#ffffff") && !light.contains("#181b22") && !light.contains("@media"));
    assert!(dark.contains("#181b22") && !dark.contains("#ffffff"));
    assert!(both.contains("#ffffff") && both.contains("#181b22") && both.contains("prefers-color-scheme:dark"));
}

#[test]
fn the_pixels_are_the_drawing() {
    let mut session = builtin("plain-hosted");
    session.rewind(8);
    let paint = |scene: &_, face| scene::png(scene, face).map_err(|error| error.to_string());
    let png = |face| exporting::export(&session, Wish { face, ..Wish::of(Format::Png) }, paint).unwrap();
    let (dark, light) = (png(Face::Dark), png(Face::Light));
    assert_eq!((dark.count.seen, dark.count.masked), (dark.count.exported, 0), "no token stands in a diagram");
    assert_ne!(dark.content, light.content);
    let info = png::Decoder::new(std::io::Cursor::new(&dark.content)).read_info().unwrap().info().clone();
    assert_eq!(info.width, 2360);
}

#[test]
fn a_trace_opens_as_the_run_that_it_came_from() {
    for one in SUITE {
        let session = builtin(one.name);
        let (text, count) = export(&session, Wish { is_unmasked: true, ..Wish::of(Format::Json) });
        let desk = Desk::new("export-open");
        desk.file("run.trace.json", &text);
        let kept = runs::open(&Place::File(desk.path("run.trace.json"))).unwrap();
        let Kept::Run(again) = kept else { panic!("{} is no run", one.name) };
        assert_eq!(again.fingerprint(), session.fingerprint(), "{}", one.name);
        assert_eq!(export(&again, Wish::of(Format::Har)).1.seen, count.seen, "{}", one.name);
    }
}

#[test]
fn a_masked_trace_opens_where_the_run_itself_holds_nothing_to_mask() {
    let desk = Desk::new("export-masked");
    desk.file("plain.trace.json", masked(&builtin("plain-hosted"), Format::Json));
    assert!(runs::open(&Place::File(desk.path("plain.trace.json"))).is_ok());
    let mut session = Session::new(paystage::world::setup::Setup::default());
    session.dispatch(paystage::world::command::Command::Confirm { pin: "1234".into() });
    desk.file("pin.trace.json", masked(&session, Format::Json));
    let error = runs::open(&Place::File(desk.path("pin.trace.json"))).unwrap_err().to_string();
    assert!(error.contains("values in the run were masked") && error.contains("--unmasked"), "{error}");
}

#[test]
fn an_export_opened_by_mistake_is_called_what_it_is() {
    let session = builtin("plain-hosted");
    let desk = Desk::new("export-mistake");
    for format in [Format::Har, Format::Mermaid, Format::Svg, Format::Html] {
        let name = format!("run{}", format.ending());
        desk.file(&name, masked(&session, format));
        let said = desk.run(&["run", &name]);
        said.ended(2).says(&[&format!("exported as {}", format.label()), "--as json"]);
    }
}

#[test]
fn the_command_line_exports_and_says_the_count() {
    let desk = Desk::new("export-cli");
    desk.run(&["export", "plain-hosted", "--out", "flow.svg"]).ended(0).complains(&["messages seen"]);
    assert!(xml::read(&String::from_utf8(desk.read("flow.svg")).unwrap()).name == "svg");
    desk.run(&["export", "plain-hosted", "--as", "png", "-o", "flow.png", "--theme", "dark", "--step", "5"]).ended(0);
    assert!(desk.read("flow.png").starts_with(b"\x89PNG"));
    let mermaid = desk.run(&["export", "plain-hosted", "--as", "mermaid"]);
    mermaid.ended(0).says(&["sequenceDiagram", "page->>server: 3 "]);
    desk.run(&["export", "plain-hosted"]).ended(2).complains(&["--as html"]);
    desk.run(&["export", "plain-hosted", "--out", "flow.xyz"]).ended(2).complains(&["flow.xyz", ".svg"]);
    desk.run(&["export", "no-such-thing", "--as", "svg"]).ended(2).complains(&["neither a file nor"]);
    desk.run(&["export", "plain-hosted", "--as", "pdf"]).ended(2).complains(&["mermaid"]);
}

#[test]
fn the_window_exports_by_its_key_and_says_the_count() {
    let desk = Desk::new("export-window");
    let path = desk.path("lost.paystage.json").display().to_string();
    let mut harness = dressed([1280.0, 800.0], egui::Theme::Dark).with_max_steps(20).build_ui_state(
        |ui, window: &mut Window| window.ui(ui),
        Window::new(builtin("plain-hosted")).at_path(Some(path)),
    );
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
    harness.run();
    harness.get_by_label("Mermaid").click();
    harness.run();
    harness.get_by_label("Export to this path").click();
    harness.run();
    let text = String::from_utf8(desk.read("lost.mmd")).unwrap();
    assert!(text.starts_with("sequenceDiagram"));
    let says = |words: &str| harness.query_all_by_label_contains(words).next().is_some();
    assert!(says("lost.mmd: ") && says("messages seen"));
}

/// The plain run, up to where the receipt is asked for: short enough to be read whole.
#[test]
fn the_plain_run_looks_like_this() {
    let mut session = builtin("plain-hosted");
    session.rewind(9);
    for format in TEXTS {
        let name = format!("../exports/plain{}", format.ending());
        expect_file![name].assert_eq(&masked(&session, format));
    }
}
