//! `paystage explore`: the grid, the bad ends, their scenarios as files, and the same words whatever the number of threads.

use paystage::session::builtin::Builtin;
use paystage::session::run_file::save::save;
use paystage::session::scenario::play::play;
use serde_json::Value;

use crate::program::Desk;

#[test]
fn every_number_of_threads_gives_the_same_report_and_ends_add_up() {
    let desk = Desk::new("explore-jobs");
    let one = desk.run(&["explore", "plain-classic", "--jobs", "1", "--json"]);
    let three = desk.run(&["explore", "plain-classic", "--jobs", "3", "--json"]);
    assert_eq!((one.code, &one.out), (0, &three.out));
    let report: Value = serde_json::from_str(&one.out).unwrap();
    let ends: u64 = report["ends"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(Some(ends), report["mixes"].as_u64());
    // With one fault each mix stands in one cell.
    let cells = report["grid"].as_array().unwrap().iter().flat_map(|cell| cell["ends"].as_object().unwrap().values());
    assert_eq!(cells.map(|count| count.as_u64().unwrap()).sum::<u64>(), ends);
    let bad = report["bad_ends"].as_array().unwrap();
    let is_lost = |end: &&Value| !end["point_of_no_return"].is_null();
    assert!(bad.iter().any(|end| is_lost(&end)) && bad.iter().any(|end| !is_lost(&end)));
    assert!(bad.iter().all(|end| !is_lost(&end) || end["way_out"].as_array().unwrap().is_empty()));
}

#[test]
fn each_written_scenario_is_green_and_shows_its_bad_end() {
    let desk = Desk::new("explore-write");
    let said = desk.run(&["explore", "--write", "bad", "--list", "2"]);
    said.ended(0).says(&["Point of no return: message 10, charge-asked", "paid, no product", "and ", " more"]);
    let played = desk.run(&["run", "bad"]);
    assert_eq!(played.code, 0, "{}", played.out);
    let text = String::from_utf8(desk.read("bad/paid-no-product-drop-charge-answered-1.toml")).unwrap();
    assert!(text.contains("end = \"paid-no-product\"") && text.contains("drop = true"), "{text}");
}

#[test]
fn what_is_left_out_is_counted_and_an_unwanted_end_fails() {
    let desk = Desk::new("explore-limit");
    let said = desk.run(&["explore", "--limit", "40", "--fail-on", "product-not-paid"]);
    said.ended(0).says(&["mixes were not tried, as --limit says"]);
    desk.run(&["explore", "--limit", "40", "--fail-on", "paid-no-product"]).ended(1);
    let pairs = desk.run(&["explore", "declined", "--faults", "2", "--limit", "2000", "--json"]);
    let report: Value = serde_json::from_str(&pairs.out).unwrap();
    assert!(report["not_tried"].as_u64().unwrap() > 1000 && report["mixes"].as_u64().unwrap() > 500, "{}", pairs.err);
    assert_eq!(report["all_pairs_not_tried"], false);
    // Which pairs there are shows once every fault was tried alone: a limit among those leaves out all pairs, uncounted.
    let few = ["explore", "declined", "--faults", "2", "--limit", "5"];
    desk.run(&few).ended(0).says(&[" mixes and all pairs were not tried, as --limit says"]);
    let report: Value = serde_json::from_str(&desk.run(&[&few[..], &["--json"]].concat()).out).unwrap();
    assert_eq!((&report["all_pairs_not_tried"], report["not_tried"].as_u64() > Some(50)), (&true.into(), true));
    desk.run(&["explore", "R1-42-plain-hosted-0000"]).ended(2).complains(&["the run code says 0000 and this run is"]);
    desk.run(&["explore", "1"]).ended(2).complains(&["1 is several runs", "001-"]);
    desk.run(&["explore", "no-such-scenario"]).ended(2).complains(&["neither a file nor a built-in scenario"]);
    desk.run(&["explore", "--faults", "3"]).ended(2);
}

#[test]
fn a_turned_dial_changes_what_is_explored_and_a_recorded_run_keeps_its_own() {
    let desk = Desk::new("explore-dial");
    let ends = |words: &[&str]| {
        let said = desk.run(&[&["explore", "paid-in-time", "--limit", "40", "--json"], words].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        let report: Value = serde_json::from_str(&said.out).unwrap();
        (report["plain"].clone(), report["ends"].clone())
    };
    let (patient, hasty) = (ends(&[]), ends(&["--dial", "polling.tries=10"]));
    assert_eq!((&patient.0, &hasty.0), (&"fine".into(), &"paid-no-product".into()));
    assert_ne!(patient.1, hasty.1);
    assert_eq!(ends(&["--dial", "polling.tries=10", "--dial", "polling.tries=15"]), patient, "the last turn counts");
    let recorded = play(&Builtin::find("paid-in-time").unwrap().scenario().unwrap()).session;
    desk.file("kept.paystage.json", save(&recorded));
    let refused = desk.run(&["explore", "kept.paystage.json", "--dial", "polling.tries=10"]);
    refused.ended(2).complains(&["a recorded run keeps its dials"]);
    desk.run(&["explore", "--dial", "poling.tries=10"]).ended(2).complains(&["did you mean polling.tries?"]);
}

#[test]
fn a_scenario_that_ends_badly_by_itself_is_a_bad_end_of_its_own() {
    let desk = Desk::new("explore-own");
    let text = "title = 't'\nwhy = 'w'\n[[faults]]\non = 'charge-answered'\ndrop = true\n\
        [[steps]]\nbuy = 'shiny-pony'\n[[steps]]\nrun = 'until idle'";
    desk.file("t.toml", text);
    let said = desk.run(&["explore", "t.toml", "--limit", "1"]);
    said.ended(0).says(&["Without a further fault: paid, no product", "Point of no return"]);
}
