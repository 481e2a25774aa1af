//! The command line plays and draws runs: alone without a display, `run`, `picture`, and the help of each.

use std::io::Read as _;
use std::process::Stdio;

use paystage::session::builtin::SUITE;
use paystage::session::run::Session;
use paystage::session::run_file::save;
use paystage::session::scenario::play;
use paystage::session::scenario::variant::should;

use crate::program::Desk;

const SCENARIO: &str = r#"
title = "One pony"
why = "A test plays it."

[[steps]]
buy = "shiny-pony"

[[steps]]
run = "until idle"

[expect]
access = ["shiny-pony"]
"#;

/// The same, expecting what does not come true.
fn spoiled() -> String {
    SCENARIO.replace(r#"access = ["shiny-pony"]"#, "access = []")
}

/// A recorded run, as Ctrl+S writes it.
fn recorded() -> String {
    let scenario = SUITE[0].scenario().unwrap();
    save::save(&play::play(&scenario).session)
}

#[test]
fn without_a_display_the_plain_purchase_plays_in_the_terminal() {
    let desk = Desk::new("alone");
    let said = desk.run(&[]);
    said.ended(0).complains(&["No window:", "DISPLAY"]).says(&["clicks Buy", "App page → Device", "✓ Signature"]);
    assert!(said.out.trim_end().ends_with("access granted: Shiny Pony"), "{}", said.out);
}

#[test]
fn a_display_that_does_not_answer_is_no_display() {
    let desk = Desk::new("mute");
    let output = desk.command(&[]).env("DISPLAY", ":64321").output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(0), "{err}");
    assert!(err.starts_with("No window:") && !err.contains(".rs"), "{err}");
    assert!(out.contains("access granted"), "{out}");
}

#[test]
fn without_a_display_a_named_run_plays_instead() {
    let desk = Desk::new("named");
    desk.file("declined.paystage.json", recorded());
    desk.run(&["declined"]).ended(0).says(&["no access: Shiny Pony"]);
    desk.run(&["declined.paystage.json"]).ended(0).says(&["access granted: Shiny Pony"]);
    desk.run(&["gone.toml"]).ended(2).complains(&["gone.toml: there is no such file"]);
}

#[test]
fn scenarios_are_played_and_spoiled_ones_fail_with_line_step_and_message() {
    let desk = Desk::new("run");
    desk.file("good.toml", SCENARIO).file("bad.toml", spoiled());
    desk.run(&["run", "good.toml"]).ended(0).says(&["✓ One pony", "open: shiny-pony"]);
    let said = desk.run(&["run", "bad.toml"]);
    said.ended(1).says(&["✗ One pony", "bad.toml:12: access: expected [], found [\"shiny-pony\"]", "step", "message"]);
    desk.run_with(&["run", "-"], SCENARIO.as_bytes()).ended(0).says(&["✓ One pony", "standard input"]);
    desk.run_with(&["run", "-"], spoiled().as_bytes()).ended(1);
}

#[test]
fn built_in_scenarios_are_played_by_name_and_all_of_them_without_one() {
    let desk = Desk::new("builtin");
    desk.run(&["run", "plain-hosted"]).ended(0).says(&["✓", "plain-hosted"]);
    desk.run(&["run", "plain-nothing"]).ended(2).says(&["plain-nothing", "neither a file nor a built-in scenario"]);
    let list = desk.run(&["run", "--list"]);
    list.ended(0);
    for builtin in SUITE {
        assert!(list.out.contains(builtin.name), "{}", builtin.name);
    }
    let all = desk.run(&["run"]);
    // An edge case in which history was wrong is played once more, as it should have been.
    let shoulds = SUITE.iter().filter(|builtin| should(&builtin.scenario().unwrap()).is_some()).count();
    all.ended(0).says(&[&format!("{} played: {0} as expected", SUITE.len() + shoulds)]);
}

#[test]
fn one_bad_file_does_not_stop_the_others() {
    let desk = Desk::new("folder");
    desk.file("suite/a.toml", "title = 7\n").file("suite/deep/b.toml", SCENARIO).file("suite/note.txt", "no scenario");
    desk.file("suite/c.paystage.json", recorded()).file("empty/note.txt", "");
    let said = desk.run(&["run", "suite", "gone.toml"]);
    said.ended(2).says(&[
        "suite/a.toml:1:9",
        "✓ One pony",
        "suite/c.paystage.json",
        "gone.toml: there is no such file",
    ]);
    said.says(&["2 played: 2 as expected, 2 unreadable"]);
    desk.run(&["run", "suite/deep"]).ended(0);
    desk.run(&["run", "empty"]).ended(2).says(&["empty: no scenario"]);
}

#[test]
fn the_report_is_json_and_goes_to_a_file_or_to_the_output() {
    let desk = Desk::new("report");
    desk.file("good.toml", SCENARIO).file("bad.toml", spoiled());
    let said = desk.run(&["run", "good.toml", "bad.toml", "--json", "-"]);
    let report: serde_json::Value = serde_json::from_str(&said.ended(1).out).unwrap();
    assert_eq!((&report["fine"], &report["failed"]), (&1.into(), &1.into()));
    assert_eq!(report["results"][0]["access"], serde_json::json!(["shiny-pony"]));
    assert_eq!(report["results"][1]["failures"][0]["what"], "access");
    let said = desk.run(&["run", "good.toml", "--json", "report.json"]);
    said.ended(0).says(&["✓ One pony"]);
    let saved: serde_json::Value = serde_json::from_slice(&desk.read("report.json")).unwrap();
    assert_eq!(saved["results"][0], report["results"][0]);
    desk.run(&["run", "good.toml", "--json", "gone/report.json"]).ended(2).complains(&["gone/report.json"]);
}

#[test]
fn a_seed_changes_the_bytes_and_two_processes_agree_on_them() {
    let desk = Desk::new("seed");
    let fingerprint = |seed: &str| {
        let said = desk.run(&["run", "plain-hosted", "--json", "-", "--seed", seed]);
        let report: serde_json::Value = serde_json::from_str(&said.ended(0).out).unwrap();
        report["results"][0]["fingerprint"].as_str().unwrap().to_owned()
    };
    let first = fingerprint("42");
    assert_eq!(first.len(), 64);
    assert_eq!(first, fingerprint("42"));
    assert_ne!(first, fingerprint("43"));
    desk.run(&["run", "plain-hosted", "--seed", "many"]).ended(2).complains(&["--seed"]);
}

#[test]
fn a_saved_run_replays_and_an_edited_one_names_its_first_difference() {
    let desk = Desk::new("replay");
    let run = recorded();
    desk.file("a.paystage.json", &run).file("b.paystage.json", run.replacen("shiny-pony", "golden-saddle", 1));
    desk.run(&["run", "a.paystage.json"]).ended(0).says(&["open: shiny-pony"]);
    desk.run_with(&["run", "-"], run.as_bytes()).ended(0);
    desk.run(&["run", "b.paystage.json"]).ended(2).says(&["b.paystage.json:", "step"]);
    // Whoever turns a dial is told that it turns nothing.
    let turned = ["run", "a.paystage.json", "--dial", "hosting=classic"];
    desk.run(&turned).ended(2).says(&["a.paystage.json", "a recorded run keeps its dials"]);
}

#[test]
fn bad_scenarios_and_runs_are_named_with_their_place_and_never_panic() {
    let desk = Desk::new("bad-runs");
    let (run, deep) = (recorded(), "[".repeat(100_000));
    let other = run.replacen("\"version\": ", "\"version\": 9", 1);
    for (name, bytes) in [
        ("half.paystage.json", run.as_bytes()[..run.len() / 2].to_vec()),
        ("deep.paystage.json", format!("{{\"format\":{deep}").into_bytes()),
        ("version.paystage.json", other.into_bytes()),
        ("bytes.paystage.json", b"{\"format\":\"\xFF\"}".to_vec()),
        ("twice.paystage.json", b"{\"format\":1,\"format\":2}".to_vec()),
        ("types.paystage.json", b"{\"format\":[],\"version\":{}}".to_vec()),
        ("long.paystage.json", vec![b'{'; (16 << 20) + 1]),
        ("half.toml", SCENARIO.as_bytes()[..40].to_vec()),
        ("deep.toml", format!("title = {deep}").into_bytes()),
        ("bytes.toml", b"title = \"\xFF\"".to_vec()),
        ("twice.toml", b"title = \"a\"\ntitle = \"b\"\n".to_vec()),
        ("types.toml", b"title = [1]\n".to_vec()),
        ("unknown.toml", SCENARIO.replace("buy =", "bye =").into_bytes()),
        ("long.toml", vec![b'#'; (1 << 20) + 1]),
        ("empty.toml", Vec::new()),
    ] {
        let said = desk.file(name, bytes).run(&["run", name]);
        said.ended(2).says(&[name]);
        assert!(said.out.len() < 2_000, "{name}: {}", said.out);
    }
    desk.run(&["run", "unknown.toml"]).says(&["unknown.toml:6:1", "buy"]);
    desk.run(&["run", "version.paystage.json"]).says(&["version"]);
}

#[test]
fn messages_are_shown_on_demand() {
    let desk = Desk::new("messages");
    let said = desk.run(&["run", "plain-hosted", "--messages"]);
    said.ended(0).says(&["mozPay", "App page → Device"]);
    assert!(!desk.run(&["run", "plain-hosted"]).out.contains("App page → Device"));
}

#[test]
fn a_picture_is_drawn_without_a_display() {
    let desk = Desk::new("picture");
    desk.file("bad.toml", "title = 7\n");
    let size = ["--size", "1000x700"];
    let said = desk.run(&[&["picture", "plain-hosted", "-o", "a.png"], &size[..]].concat());
    said.ended(0);
    let first = desk.read("a.png");
    assert!(first.starts_with(b"\x89PNG\r\n\x1a\n"));
    let again = desk.run(&[&["picture", "plain-hosted", "-o", "-"], &size[..]].concat());
    assert_eq!(again.ended(0).bytes, first);
    for other in [["--step", "3"], ["--theme", "light"], ["--tab", "message"]] {
        let said = desk.run(&[&["picture", "plain-hosted", "-o", "-"], &size[..], &other[..]].concat());
        assert_ne!(said.ended(0).bytes, first, "{other:?}");
    }
    for bad in [["--size", "10x10"], ["--zoom", "40"], ["--step", "x"], ["--theme", "pink"], ["--select", "999"]] {
        desk.run(&[&["picture", "plain-hosted", "-o", "b.png"], &bad[..]].concat()).ended(2);
    }
    desk.run(&["picture", "bad.toml", "-o", "b.png"]).ended(2).complains(&["bad.toml:1:9"]);
    desk.run(&[&["picture", "plain-hosted", "-o", "gone/b.png"], &size[..]].concat())
        .ended(2)
        .complains(&["gone/b.png"]);
}

#[test]
fn each_tab_and_lab_has_a_picture_of_its_own() {
    let desk = Desk::new("picture-tabs");
    let of = |tab: &str| {
        // A short run, which is soon explored.
        let said = desk.run(&["picture", "declined", "--tab", tab, "--size", "800x600", "-o", "-"]);
        said.ended(0).bytes.clone()
    };
    let tabs = ["claims", "message", "explore", "notices", "polling", "domain-check", "attacks"];
    let pictures: Vec<_> = tabs.iter().map(|tab| of(tab)).collect();
    for (index, picture) in pictures.iter().enumerate() {
        assert!(picture.starts_with(b"\x89PNG"), "{}", tabs[index]);
        assert!(!pictures[..index].contains(picture), "{} shows what another tab shows", tabs[index]);
    }
    desk.run(&["picture", "declined", "--tab", "lab", "-o", "-"]).ended(2).complains(&["polling", "attacks"]);
}

#[test]
fn nothing_is_coloured_when_piped() {
    let desk = Desk::new("piped");
    desk.file("bad.toml", spoiled()).file("token.jwt", "eyJhbGciOiJub25lIn0.e30.");
    for arguments in [
        &[][..],
        &["--help"],
        &["run", "--list"],
        &["run", "bad.toml", "--messages"],
        &["verify", "token.jwt"],
        &["inspect", "token.jwt"],
        &["no-such-command"],
    ] {
        let said = desk.run(arguments);
        assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'), "{arguments:?}: {said:?}");
    }
    // The twin: colours are there when somebody asks for them.
    let forced = desk.command(&["run", "bad.toml"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(String::from_utf8(forced.stdout).unwrap().contains('\u{1b}'));
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let desk = Desk::new("pipe");
    let mut child = desk.command(&["run", "--messages"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 1];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn every_command_has_help_with_an_example() {
    let desk = Desk::new("help");
    for command in ["run", "verify", "inspect", "picture", "attack"] {
        let said = desk.run(&[command, "--help"]);
        said.ended(0).says(&["Examples:", &format!("paystage {command}"), "Usage:"]);
        assert!(said.out.lines().all(|line| line.chars().count() <= 100), "{}", said.out);
        desk.run(&[command, "--no-such-option"]).ended(2);
    }
    desk.run(&["--help"]).ended(0).says(&["Exit codes:", "Examples:"]);
    desk.run(&["--version"]).ended(0).says(&[env!("CARGO_PKG_VERSION")]);
}

#[test]
fn a_fresh_run_is_saved_and_opened_as_it_was() {
    let desk = Desk::new("fresh");
    desk.file("fresh.paystage.json", save::save(&Session::new(paystage::world::setup::Setup::default())));
    desk.run(&["run", "fresh.paystage.json"]).ended(0).says(&["nothing open"]);
}

#[test]
fn the_scenario_in_the_readme_comes_true() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, block) = readme.split_once("```toml\n").unwrap();
    let (scenario, _) = block.split_once("```").unwrap();
    let desk = Desk::new("readme");
    desk.file("readme.toml", scenario).run(&["run", "readme.toml"]).ended(0).says(&["✓"]);
    desk.file("other.toml", scenario.replace("access = []", "access = [\"shiny-pony\"]"));
    desk.run(&["run", "other.toml"]).ended(1);
}
