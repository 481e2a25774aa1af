//! What is given away is what was seen: counted in every format, masked unless asked, and opened again where it can be.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use expect_test::expect_file;
use paystage::export::count::Count;
use paystage::export::format::Format;
use paystage::export::ink::Face;
use paystage::io::exporting::{self, Wish};
use paystage::io::files::Place;
use paystage::io::runs::{self, Kept};
use paystage::protocol::jwt::Jwt;
use paystage::session::builtin::SUITE;
use paystage::session::run::Session;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::play::play;
use paystage::ui::scene;
use paystage::ui::window::Window;
use paystage::world::event::Event;
use rayon::prelude::*;
use serde_json::Value;
use std::sync::LazyLock;

use crate::cpu_renderer::dressed;
use crate::json_schema::objections;
use crate::program::Desk;
use crate::xml;

/// The formats that are text.
const TEXTS: [Format; 5] = [Format::Har, Format::Mermaid, Format::Svg, Format::Json, Format::Html];

/// Every built-in run, played once for all tests.
static RUNS: LazyLock<Vec<(&str, Session)>> =
    LazyLock::new(|| SUITE.iter().map(|one| (one.name, play(&one.scenario().unwrap()).session)).collect());
/// Each of them in every format that is text, masked.
static EXPORTS: LazyLock<Vec<Vec<(Format, String, Count)>>> = LazyLock::new(|| {
    let all = |(_, session): &(&str, Session)| {
        let one = |format| {
            let (text, count) = export(session, Wish::of(format));
            (format, text, count)
        };
        TEXTS.map(one).to_vec()
    };
    RUNS.par_iter().map(all).collect()
});

/// Every built-in run by its name, in every format.
fn exports() -> impl Iterator<Item = (&'static str, &'static Session, Format, &'static str, Count)> {
    RUNS.iter().zip(EXPORTS.iter()).flat_map(|((name, session), texts)| {
        texts.iter().map(move |(format, text, count)| (*name, session, *format, text.as_str(), *count))
    })
}

fn builtin(name: &str) -> Session {
    RUNS.iter().find(|(own, _)| *own == name).unwrap().1.clone()
}

fn played(text: &str) -> Session {
    play(&parse("test.toml", text).unwrap()).session
}

fn export(session: &Session, wish: Wish) -> (String, Count) {
    let paint = |scene: &_, face| scene::png(scene, face).map_err(|error| error.to_string());
    let mut paper = exporting::export(session, wish, paint).unwrap();
    assert_eq!(paper.content.len(), 1);
    (String::from_utf8(paper.content.remove(0)).unwrap(), paper.count)
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
    assert_eq!(exports().count(), SUITE.len() * TEXTS.len());
    for (name, _, format, text, count) in exports() {
        assert!(count.seen > 0 && count.seen == count.exported, "{name} as {}: {count}", format.name());
        assert!(text.contains(&count.to_string()), "{name} as {} does not say {count}", format.name());
    }
}

#[test]
fn nothing_private_is_in_any_masked_export_of_any_builtin() {
    for (name, session, format, text, _) in exports() {
        let text = laid_open(text);
        let found = private_values(session).into_iter().find(|value| text.contains(value.as_str()));
        assert_eq!(found, None, "{name} as {}", format.name());
        assert_eq!(session.world().secrets().found_in(&text), None, "{name} as {}", format.name());
        assert!(!text.contains(r#""pin":"1"#) && !text.contains(r#"pin\":\"1"#), "{name} as {}", format.name());
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

/// A run whose texts would break a file that is masked as a whole, and hide from a mask that reads them escaped: the payment
/// server answers with `body`, a literal of TOML.
fn hostile(body: &str) -> Session {
    played(&format!(
        r#"
title = "Ask\tada@example.org"
why = "w"

[setup.names.app]
secret = 'my "own" secret & long <enough> to count'

[[faults]]
on = "buy-asked"
answer = {{ status = 200, body = {body} }}

[[steps]]
buy = "shiny-pony"

[[steps]]
run = "until idle"
"#
    ))
}

const HOSTILE_TEXT: &str = r#""Write to\nada@example.org\n\tmy \"own\" secret & long <enough> to count""#;
const HOSTILE_JSON: &str =
    r#"'{"why":"Write to\nada@example.org","own":"my \"own\" secret & long <enough> to count","pin":1234}'"#;

/// What an archive holds as the bodies of answers.
fn bodies(archive: &str) -> Vec<String> {
    let archive: Value = serde_json::from_str(archive).unwrap();
    let entries = archive["log"]["entries"].as_array().unwrap().iter();
    entries.filter_map(|entry| entry["response"]["content"]["text"].as_str().map(str::to_owned)).collect()
}

#[test]
fn what_is_masked_leaves_every_file_whole_and_nothing_of_it_behind() {
    for session in [HOSTILE_TEXT, HOSTILE_JSON].map(hostile) {
        for format in TEXTS {
            let (text, count) = export(&session, Wish::of(format));
            for private in ["ada", "@example.org", "secret &", "own&quot;", "1234"] {
                assert!(!text.contains(private), "{private} in {}:\n{text}", format.name());
            }
            assert!(text.contains(&count.to_string()) && count.masked > 0, "{}: {count}", format.name());
            match format {
                Format::Har | Format::Json => drop(serde_json::from_str::<Value>(&text).unwrap()),
                Format::Svg | Format::Html => drop(xml::read(&text)),
                Format::Mermaid | Format::Png => {}
            }
        }
    }
    let text = bodies(&masked(&hostile(HOSTILE_TEXT), Format::Har));
    assert!(text.iter().any(|body| body == "Write to\n••••\n\t••••"), "{text:?}");
    let json = bodies(&masked(&hostile(HOSTILE_JSON), Format::Har));
    let json = json.iter().find(|body| body.contains("why")).unwrap();
    let json: Value = serde_json::from_str(json).unwrap();
    assert_eq!(json, serde_json::json!({ "why": "Write to\n••••", "own": "••••", "pin": "••••" }));
    // Asked for by name, all of it is there but the secret.
    for session in [HOSTILE_TEXT, HOSTILE_JSON].map(hostile) {
        let (open, count) = export(&session, Wish { is_unmasked: true, ..Wish::of(Format::Har) });
        assert!(open.contains("nada@example.org") && !open.contains("secret &") && count.masked == 1, "{count}");
    }
}

#[test]
fn a_text_is_masked_before_it_is_cut() {
    let mut session = builtin("plain-hosted");
    for length in 60..140 {
        session.rename(format!("{}zoeglobe@example.org", "x ".repeat(length / 2)));
        for format in [Format::Svg, Format::Html] {
            assert!(!masked(&session, format).contains("zoeg"), "{length} as {}", format.name());
        }
    }
    session.rename("ada@example.org and eve@example.org");
    let count = |format| export(&session, Wish::of(format)).1.masked;
    // An archive has no title, and a diagram no tokens: what is not written is not counted.
    let plain = builtin("plain-hosted");
    assert_eq!(count(Format::Svg), 2);
    let plainly = export(&plain, Wish::of(Format::Har)).1;
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&format!("that run as HAR: `{plainly}`")), "the README shows {plainly}");
    assert_eq!(count(Format::Har), export(&plain, Wish::of(Format::Har)).1.masked);
    assert_eq!(count(Format::Html), export(&plain, Wish::of(Format::Html)).1.masked + 2);
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
    for (name, _, _, text, _) in exports().filter(|(_, _, format, ..)| *format == Format::Har) {
        let archive: Value = serde_json::from_str(text).unwrap();
        assert_eq!(objections("har.json", &archive), Vec::<String>::new(), "{name}");
        assert!(!archive["log"]["entries"].as_array().unwrap().is_empty(), "{name}");
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
    let is_drawn = |format| matches!(format, Format::Svg | Format::Html);
    for (name, _, format, text, _) in exports().filter(|(_, _, format, ..)| is_drawn(*format)) {
        let read = xml::read(text);
        match format {
            Format::Svg => {
                assert!(read.name == "svg" && read.named("desc")[0].text.contains("messages seen"), "{name}");
            }
            _ => assert!(!read.named("table").is_empty() && read.named("svg").len() == 1, "{name}"),
        }
        let text = text.replace("http://www.w3.org/2000/svg", "");
        for elsewhere in ["<script", "src=", "href=", "@import", "url("] {
            assert!(!text.contains(elsewhere), "{name} as {}: {elsewhere}", format.name());
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
    let info = png::Decoder::new(std::io::Cursor::new(&dark.content[0])).read_info().unwrap().info().clone();
    assert_eq!(info.width, 2360);
}

#[test]
fn a_trace_opens_as_the_run_that_it_came_from() {
    let desk = Desk::new("export-open");
    for (name, session) in RUNS.iter() {
        let (text, count) = export(session, Wish { is_unmasked: true, ..Wish::of(Format::Json) });
        desk.file("run.trace.json", &text);
        let kept = runs::open(&Place::File(desk.path("run.trace.json"))).unwrap();
        let Kept::Run(again) = kept else { panic!("{name} is no run") };
        assert_eq!(again.fingerprint(), session.fingerprint(), "{name}");
        assert_eq!(export(&again, Wish::of(Format::Mermaid)).1.seen, count.seen, "{name}");
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
    let before = ["export", "plain-hosted", "--as", "html", "--dial", "revision=before"];
    desk.run(&before).ended(0).says(&["How this run was set up"]);
    let before = desk.run(&["export", "plain-hosted", "--as", "json", "--dial", "revision=before", "--unmasked"]);
    desk.file("before.paystage.json", serde_json::from_str::<Value>(&before.out).unwrap()["run"].to_string());
    let recorded = ["export", "before.paystage.json", "--as", "svg", "--dial", "revision=after"];
    desk.run(&recorded).ended(2).complains(&["a recorded run keeps its dials"]);
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

#[test]
fn the_palette_copies_the_diagram_and_offers_each_format() {
    let mut harness = dressed([1280.0, 800.0], egui::Theme::Dark)
        .with_max_steps(20)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), Window::new(builtin("plain-hosted")));
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Find").type_text("copy as mermaid");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(harness.query_all_by_label_contains("Copied as Mermaid: ").next().is_some());
    // The clipboard itself is the desktop's; what is put there is the same text as the file's.
    assert_eq!(exporting::mermaid(&builtin("plain-hosted")).content, masked(&builtin("plain-hosted"), Format::Mermaid));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Find").type_text("export as svg");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(harness.query_by_label("Export to this path").is_some());
}

/// The plain run, up to where the receipt is asked for: short enough to be read whole.
#[test]
fn the_plain_run_looks_like_this() {
    let mut session = builtin("plain-hosted");
    session.rewind(9);
    for format in TEXTS {
        let name = format!("../exports/plain{}", format.ending());
        let text = masked(&session, format);
        // The run within a trace is a run file, and has tests of its own.
        expect_file![name].assert_eq(text.split("\"run\": ").next().unwrap());
    }
}
