//! `paystage run` in CI: on all cores, with reports that servers read, shared out over machines, and never stopped by one bad file.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::program::{Desk, Said};
use crate::xml::{self, Element};

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
fn broken() -> String {
    SCENARIO.replace("One pony", "No pony").replace(r#"access = ["shiny-pony"]"#, "access = []")
}

/// A folder `suite` with 120 scenarios that come true, each with a seed of its own.
fn suite(desk: &Desk) {
    for number in 0..120 {
        let scenario = SCENARIO.replace("[[steps]]\nbuy", &format!("[setup]\nseed = {number}\n\n[[steps]]\nbuy"));
        desk.file(&format!("suite/case-{number:03}.toml"), scenario);
    }
}

fn report(said: &Said) -> Value {
    serde_json::from_str(&said.out).unwrap()
}

fn names(report: &Value) -> Vec<String> {
    report["results"].as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
}

/// What an element may be made of: its attributes (those with `!` must be there), its children, and whether text may stand in it.
type Form = (&'static str, &'static [&'static str], &'static [&'static str], bool);

/// What Jenkins accepts, the strictest reader of such reports: the parts of `junit-10.xsd` (xUnit plugin) that these reports use.
/// The schema language has no reader in Rust, so this is its content in a form that a test can hold.
const FORMS: &[Form] = &[
    ("testsuites", &["name", "time", "tests", "failures", "errors"], &["testsuite"], false),
    (
        "testsuite",
        &["name!", "tests!", "failures!", "errors!", "time", "skipped", "timestamp", "hostname", "id", "package"],
        &["testcase", "properties", "system-out", "system-err"],
        false,
    ),
    (
        "testcase",
        &["name!", "classname", "time", "group"],
        &["skipped", "error", "failure", "system-out", "system-err"],
        false,
    ),
    ("failure", &["type", "message"], &[], true),
    ("error", &["type", "message"], &[], true),
    ("system-out", &[], &[], true),
];

/// What the schema has against a report; nothing, if it is one.
fn objections(report: &Element) -> Vec<String> {
    let mut objections = Vec::new();
    for element in report.all() {
        let name = element.name.as_str();
        let Some((_, attributes, children, is_text)) = FORMS.iter().find(|form| form.0 == name) else {
            objections.push(format!("<{name}>"));
            continue;
        };
        let allowed: BTreeSet<&str> = attributes.iter().map(|attribute| attribute.trim_end_matches('!')).collect();
        let present: BTreeSet<&str> = element.attributes().collect();
        objections.extend(present.difference(&allowed).map(|attribute| format!("{name} {attribute}")));
        let needed = attributes.iter().filter_map(|attribute| attribute.strip_suffix('!'));
        objections.extend(needed.filter(|one| !present.contains(one)).map(|one| format!("{name} without {one}")));
        let strangers = element.children.iter().filter(|child| !children.contains(&&*child.name));
        objections.extend(strangers.map(|child| format!("{name} <{}>", child.name)));
        if !is_text && !element.text.trim().is_empty() {
            objections.push(format!("{name} with text"));
        }
        // SUREFIRE_TIME: digits, a point, digits.
        let is_time = |time: &str| {
            time.split_once('.').is_some_and(|(s, ms)| s.len() <= 3 && ms.bytes().all(|b| b.is_ascii_digit()))
        };
        if present.contains("time") && !is_time(element.attribute("time")) {
            objections.push(format!("{name} time"));
        }
    }
    objections
}

/// Reads a report, and holds its form and its own sums against it.
#[track_caller]
pub(crate) fn junit(text: &str) -> Element {
    let report = xml::read(text);
    assert_eq!((report.name.as_str(), objections(&report)), ("testsuites", Vec::new()), "{text}");
    for counted in [&report, &report.children[0]] {
        for (sum, name) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error")] {
            assert_eq!(counted.attribute(sum), report.named(name).len().to_string(), "{sum} of {text}");
        }
    }
    report
}

#[test]
fn a_green_suite_is_a_green_report_for_ci() {
    let desk = Desk::new("ci-green");
    desk.file("good.toml", SCENARIO);
    let said = desk.run(&["run", "good.toml", "plain-hosted", "--junit", "report.xml"]);
    said.ended(0).says(&["✓ One pony", "2 played: 2 as expected"]);
    assert_eq!(said.err, "", "no bar where nobody watches");
    let report = junit(&String::from_utf8(desk.read("report.xml")).unwrap());
    let cases = report.named("testcase");
    assert_eq!(cases.iter().map(|case| case.attribute("name")).collect::<Vec<_>>(), ["good.toml", "plain-hosted"]);
    assert!(cases[0].whole_text().contains("One pony") && cases[0].whole_text().contains("fingerprint"));
    assert!(report.named("failure").is_empty() && report.named("error").is_empty());
}

#[test]
fn one_broken_on_purpose_is_a_case_that_names_line_step_and_message() {
    let desk = Desk::new("ci-broken");
    desk.file("good.toml", SCENARIO).file("bad.toml", broken());
    let said = desk.run(&["run", "good.toml", "bad.toml", "--junit", "-"]);
    let report = junit(&said.ended(1).out);
    let [good, bad] = report.named("testcase")[..] else { panic!("{}", said.out) };
    assert!(good.named("failure").is_empty());
    let failure = bad.named("failure")[0];
    let message = failure.attribute("message");
    assert!(message.starts_with("bad.toml:12: access: expected [], found [\"shiny-pony\"] (step "), "{message}");
    for word in ["bad.toml:12: access", "step ", "message ", "App page → "] {
        assert!(failure.text.contains(word), "{word}: {}", failure.text);
    }
}

#[test]
fn a_file_of_ones_own_that_fails_says_how_to_see_it_again_and_that_way_leads_there() {
    let desk = Desk::new("ci-again");
    desk.file("my suite/bad.toml", broken()).file("good.toml", SCENARIO);
    let said = desk.run(&["run", "my suite", "good.toml", "--dial", "polling.interval=2s", "--junit", "-"]);
    let report = junit(&said.ended(1).out);
    let [bad, good] = report.named("testcase")[..] else { panic!("{}", said.out) };
    let way = "Again: paystage run 'my suite/bad.toml' --dial polling.interval=2s --messages; \
               in the window: paystage 'my suite/bad.toml' --dial polling.interval=2s";
    for place in ["failure", "system-out"] {
        assert!(bad.named(place)[0].text.contains(way), "{place}: {}", bad.whole_text());
    }
    assert!(bad.named("system-out")[0].text.contains("seed "), "{}", bad.whole_text());
    assert!(!good.whole_text().contains("Again"), "what is as expected needs no second look");
    // The same fails there, at the same step; and whoever has changed the seed keeps it.
    let again = desk.run(&["run", "my suite/bad.toml", "--dial", "polling.interval=2s", "--messages", "--seed", "9"]);
    again.ended(1).says(&["Again: paystage run 'my suite/bad.toml' --seed 9 --dial polling.interval=2s --messages\n"]);
    let step = |text: &str| text.split_once("(step ").unwrap().1.split_once(')').unwrap().0.to_owned();
    let same = desk.run(&["run", "my suite/bad.toml", "--dial", "polling.interval=2s", "--messages"]);
    assert_eq!(step(&same.out), step(bad.named("failure")[0].attribute("message")));
    let page = desk.run(&["run", "my suite", "--html", "-"]);
    let page = xml::read(&page.ended(1).out).whole_text();
    assert!(page.contains("Again: paystage run 'my suite/bad.toml' --messages"), "{page}");
    let json = desk.run(&["run", "my suite", "--json", "-"]);
    let run = &self::report(json.ended(1))["results"][0]["again"];
    assert_eq!((run["window"].as_str(), run["run"].is_string()), (Some("paystage 'my suite/bad.toml'"), true));
    // What came in by standard input is gone.
    let gone = desk.run_with(&["run", "-"], broken().as_bytes());
    assert!(!gone.ended(1).out.contains("Again"), "{}", gone.out);
}

#[test]
fn a_step_that_cannot_be_carried_out_is_named_too() {
    let desk = Desk::new("ci-step");
    desk.file("early.toml", SCENARIO.replace("run = \"until idle\"", "refund = \"shiny-pony\""));
    let said = desk.run(&["run", "early.toml", "--junit", "-"]);
    let report = junit(&said.ended(1).out);
    let message = report.named("failure")[0].attribute("message");
    assert!(message.starts_with("early.toml:9: refund = \"shiny-pony\": expected a payment"), "{message}");
}

#[test]
fn one_wrong_line_among_120_files_is_named_and_the_others_are_played_in_order() {
    let desk = Desk::new("ci-wrong-line");
    suite(&desk);
    desk.file("suite/case-077.toml", SCENARIO.replace("buy =", "bye ="));
    let said = desk.run(&["run", "suite", "--junit", "report.xml", "--html", "report.html", "--json", "-"]);
    let report = report(said.ended(2));
    assert_eq!((&report["fine"], &report["failed"], &report["unreadable"]), (&119.into(), &0.into(), &1.into()));
    let expected: Vec<_> = (0..120).map(|number| format!("suite/case-{number:03}.toml")).collect();
    assert_eq!(names(&report), expected);
    let error = report["results"][77]["error"].as_str().unwrap();
    assert!(error.starts_with("suite/case-077.toml:6:1: ") && error.contains("bye"), "{error}");
    let junit = junit(&String::from_utf8(desk.read("report.xml")).unwrap());
    assert_eq!((junit.named("testcase").len(), junit.named("error")[0].attribute("message")), (120, error));
    let page = xml::read(&String::from_utf8(desk.read("report.html")).unwrap());
    assert!(page.whole_text().contains(error));
}

#[test]
fn a_file_of_garbage_does_not_hide_a_failure_beside_it() {
    let desk = Desk::new("ci-garbage");
    desk.file("suite/a.toml", b"\xFF\x00\x01<&").file("suite/b.toml", broken()).file("suite/c.toml", SCENARIO);
    let said = desk.run(&["run", "suite", "no-such-name", "--junit", "-"]);
    let report = junit(&said.ended(2).out);
    let ends: Vec<_> = report.named("testcase").iter().map(|case| case.children[0].name.clone()).collect();
    assert_eq!(ends, ["error", "failure", "system-out", "error"]);
}

#[test]
fn any_number_of_threads_gives_the_same_report() {
    let desk = Desk::new("ci-jobs");
    suite(&desk);
    desk.file("suite/case-050.toml", broken());
    let alone = desk.run(&["run", "suite", "--jobs", "1", "--json", "-", "--coverage"]);
    let together = desk.run(&["run", "suite", "--jobs", "7", "--json", "-", "--coverage"]);
    assert_eq!(alone.ended(1).out, together.ended(1).out);
    desk.run(&["run", "suite", "--jobs", "some"]).ended(2).complains(&["--jobs"]);
}

#[test]
fn shards_cover_everything_once() {
    let desk = Desk::new("ci-shards");
    suite(&desk);
    let all = names(&report(desk.run(&["run", "suite", "declined", "--json", "-"]).ended(0)));
    let mut shared = Vec::new();
    for shard in ["1/3", "2/3", "3/3"] {
        let part = names(&report(desk.run(&["run", "suite", "declined", "--shard", shard, "--json", "-"]).ended(0)));
        assert!((20..=60).contains(&part.len()), "{shard}: {}", part.len());
        shared.extend(part);
    }
    shared.sort();
    let mut sorted = all.clone();
    sorted.sort();
    assert_eq!((shared, all.len()), (sorted, 121));
    desk.run(&["run", "suite", "--shard", "4/3"]).ended(2).complains(&["--shard", "2/3"]);
}

#[test]
fn the_page_draws_each_failure_and_needs_nothing_else() {
    let desk = Desk::new("ci-page");
    desk.file("good.toml", SCENARIO).file("bad.toml", broken());
    desk.run(&["run", "good.toml", "bad.toml", "--html", "report.html"]).ended(1).says(&["✗ No pony"]);
    let text = String::from_utf8(desk.read("report.html")).unwrap();
    let page = xml::read(&text);
    for elsewhere in ["http:", "https:", "src=", "<script", "@import"] {
        assert!(!text.contains(elsewhere), "{elsewhere}");
    }
    assert!(!text.contains("url("), "a url");
    let drawings: Vec<_> = page.all().into_iter().filter(|element| element.is_of("flow")).collect();
    assert_eq!(drawings.len(), 1);
    let is_row = |element: &&Element| element.is_of("row");
    assert!(drawings[0].all().into_iter().filter(is_row).count() > 10);
    let decisive: Vec<_> = drawings[0].all().into_iter().filter(|element| element.is_of("decisive")).collect();
    assert_eq!(decisive.len(), 1);
    let said = page.whole_text();
    for words in ["2 played: 1 as expected, 1 not as expected", "Line 12, step ", "One pony", "POST", "Payment server"]
    {
        assert!(said.contains(words), "{words}");
    }
    // The twin: where all is as expected, nothing is drawn.
    let green = desk.run(&["run", "good.toml", "--html", "-"]);
    assert!(xml::read(&green.ended(0).out).all().iter().all(|element| !element.is_of("flow")));
}

#[test]
fn what_a_scenario_says_is_text_in_every_report() {
    let desk = Desk::new("ci-hostile");
    let title = r#"title = "</title><script>alert(1)</script>]]>&amp;'\u0007\uFFFE\u001b[2J\" disabled=\"0\"""#;
    desk.file("a <b>&.toml", broken().replace("title = \"No pony\"", title));
    let page = desk.run(&["run", "a <b>&.toml", "--html", "-"]);
    let page = xml::read(&page.ended(1).out.replace('\u{FFFE}', ""));
    assert!(page.named("script").is_empty() && page.whole_text().contains("<script>alert(1)</script>]]>&amp;'"));
    let report = desk.run(&["run", "a <b>&.toml", "--junit", "-"]);
    let report = junit(&report.ended(1).out);
    assert_eq!(report.named("testcase")[0].attribute("name"), "a <b>&.toml");
    assert!(report.named("system-out")[0].text.contains("</script>]]>&amp;'\u{FFFD}\" disabled=\"0\""));
}

#[test]
fn only_one_report_takes_the_output() {
    let desk = Desk::new("ci-outputs");
    for two in [["--json", "--junit"], ["--junit", "--html"], ["--html", "--json"]] {
        let said = desk.run(&["run", "plain-hosted", two[0], "-", two[1], "-"]);
        said.ended(2).complains(&["only one of"]);
        assert_eq!(said.out, "");
    }
    desk.run(&["run", "plain-hosted", "--junit", "gone/report.xml"]).ended(2).complains(&["gone/report.xml"]);
}

#[test]
fn the_schema_notices_what_servers_would_refuse() {
    let good = r#"<testsuites><testsuite name="s" tests="1" failures="0" errors="0"><testcase name="c" time="0.001"/></testsuite></testsuites>"#;
    assert_eq!(objections(&xml::read(good)), Vec::<String>::new());
    for (from, to, objection) in [
        ("errors=\"0\"", "errors=\"0\" disabled=\"0\"", "testsuite disabled"),
        ("name=\"c\" ", "", "testcase without name"),
        ("0.001", "soon", "testcase time"),
        ("time=\"0.001\"/>", "time=\"0.001\">text</testcase>", "testcase with text"),
        ("time=\"0.001\"/>", "time=\"0.001\"><broken/></testcase>", "testcase <broken>"),
    ] {
        assert_eq!(objections(&xml::read(&good.replace(from, to)))[0], objection);
    }
}

#[test]
fn nothing_that_a_scenario_says_commands_the_terminal() {
    let desk = Desk::new("run-hostile");
    let wiping = |text: String| text.replace("One pony", r"Wiped\u001B[2J").replace("No pony", r"Wiped\u001B[2J");
    desk.file("fine.toml", wiping(SCENARIO.to_owned()));
    desk.file("failing.toml", wiping(broken())).file("bad.toml", "title = \"\u{1b}[2J\"\n");
    for (arguments, is_quoted) in [
        (&["run", "fine.toml", "--messages"][..], true),
        (&["run", "failing.toml"], true),
        (&["run", "bad.toml"], false),
        (&["fine.toml"], true),
        (&["export", "bad.toml", "--as", "svg"], false),
    ] {
        let output = desk.command(arguments).env("CLICOLOR_FORCE", "1").output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(said.contains("\u{1b}[1m") || !is_quoted, "colours are on: {said:?}");
        assert!(!said.contains("\u{1b}[2J"), "{arguments:?}: {said:?}");
        assert!(said.contains("\u{fffd}[2J") || !is_quoted, "{arguments:?}: {said:?}");
    }
}
