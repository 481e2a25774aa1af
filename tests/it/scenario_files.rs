//! Bad scenario files are refused with file, line, column, what was found, what was expected, and the nearest known word.

use paystage::session::scenario::parse::{BYTES_MAX, parse};

/// A file's head that is right, so that the fault stands on line 3 or later.
const HEAD: &str = "title = \"t\"\nwhy = \"w\"\n";

/// What follows the head, then: line, column, found, a part of what was expected, nearest.
type Fault = (&'static str, usize, usize, &'static str, &'static str, Option<&'static str>);

const FAULTS: &[Fault] = &[
    // TOML itself.
    ("title", 3, 6, "the end of the file", "TOML", None),
    ("x = ", 3, 5, "the end of the file", "TOML", None),
    ("title = \"again\"\n", 3, 1, "title", "TOML", None),
    ("[setup", 3, 7, "the end of the file", "TOML", None),
    // The top.
    ("stepz = []", 3, 1, "stepz", "a part of a scenario", Some("steps")),
    ("[expct]", 3, 2, "expct", "a part of a scenario", Some("expect")),
    ("steps = 3", 3, 9, "3", "a list of steps", None),
    ("setup = 3", 3, 9, "3", "a table of dials", None),
    ("expect = 3", 3, 10, "3", "a table of expectations", None),
    // The set-up.
    ("[setup]\nhostin = \"classic\"", 4, 1, "hostin", "a dial", Some("hosting")),
    ("[setup]\nhosting = \"classsic\"", 4, 11, "\"classsic\"", "classic", Some("classic")),
    ("[setup]\nseed = -1", 4, 8, "-1", "u64", None),
    ("[setup]\nseed = \"one\"", 4, 8, "\"one\"", "u64", None),
    ("[setup]\nbuyer = \"pays never\"", 4, 9, "\"pays never\"", "one of pays at once, ", None),
    ("[setup]\npolling = { interval = \"1w\" }", 4, 24, "\"1w\"", "a set-up", None),
    ("[setup]\nskew = { app-pag = \"1h\" }", 4, 10, "app-pag", "app-page", Some("app-page")),
    // The steps.
    ("[[steps]]\nbui = \"shiny-pony\"", 4, 1, "bui", "a step", Some("buy")),
    ("[[steps]]\nbuy = 3", 4, 7, "3", "slug", None),
    ("[[steps]]\nbuy = \"Shiny Pony\"", 4, 7, "\"Shiny Pony\"", "slug", None),
    ("[[steps]]\nstep = 0", 4, 8, "0", "from 1 to 10000", None),
    ("[[steps]]\nstep = 10001", 4, 8, "10001", "from 1 to 10000", None),
    ("[[steps]]\nstep = \"1\"", 4, 8, "\"1\"", "whole number", None),
    ("[[steps]]\nrun = \"until idl\"", 4, 7, "\"until idl\"", "until idle", Some("until idle")),
    ("[[steps]]\nadvance = \"12 parsecs\"", 4, 11, "\"12 parsecs\"", "a span", None),
    ("[[steps]]\nadvance = 12", 4, 11, "12", "a span", None),
    ("[[steps]]\ncancel = false", 4, 10, "false", "true", None),
    ("[[steps]]\nconfirm = 1234", 4, 11, "1234", "PIN in quotes", None),
    ("[[steps]]\nbuyer = \"pays soon\"", 4, 9, "\"pays soon\"", "one of pays at once, ", None),
    ("[[steps]]\nrefund = \"#0\"", 4, 10, "\"#0\"", "a payment", None),
    ("[[steps]]\nbuy = \"a\"\nstep = 1", 5, 1, "step", "a new [[steps]]", None),
    ("[[steps]]\n", 3, 1, "[[steps]]", "one thing", None),
    ("steps = [3]", 3, 10, "3", "one thing", None),
    ("[[steps]]\nplant = { product = \"a\" }", 4, 9, "{ product = \"a\" }", "receipt", None),
    ("[[steps]]\nplant = { product = \"a\", receipt = \"forget\" }", 4, 36, "\"forget\"", "forged", Some("forged")),
    ("[[steps]]\nskew = { party = \"app\", ahead = \"1h\" }", 4, 18, "\"app\"", "app-page", None),
    ("[[steps]]\nskew = { partie = \"app-page\", ahead = \"1h\" }", 4, 10, "partie", "party", Some("party")),
    // The expectations.
    ("[expect]\nacces = []", 4, 1, "acces", "an expectation", Some("access")),
    ("[expect]\nverdict = \"good\"", 4, 11, "\"good\"", "valid", None),
    ("[expect]\ncheck = \"signatur\"", 4, 9, "\"signatur\"", "signature", Some("signature")),
    ("[expect]\nmessages = -1", 4, 12, "-1", "whole number", None),
    ("[expect]\ntransaction = \"complete\"", 4, 15, "\"complete\"", "completed", Some("completed")),
    ("[expect]\ntransactions = [\"completed\", \"refund\"]", 4, 30, "\"refund\"", "refunded", Some("refunded")),
    ("[expect]\ncharged = \"0,99 USD\"", 4, 11, "\"0,99 USD\"", "an amount", None),
    ("[expect]\nowner-mailed = \"yes\"", 4, 16, "\"yes\"", "true or false", None),
    (
        "[expect]\nevents = [\"charged\", \"acces-granted\"]",
        4,
        22,
        "\"acces-granted\"",
        "an event",
        Some("access-granted"),
    ),
    ("[expect]\ncode = \"\"", 4, 8, "\"\"", "historic code", None),
    ("[expect]\nstatus = \"okay\"", 4, 10, "\"okay\"", "refunded", Some("ok")),
    (
        "[expect]\nrefusals = [{ on = \"pay-calld\", code = \"X\" }]",
        4,
        20,
        "\"pay-calld\"",
        "a word",
        Some("pay-called"),
    ),
    ("[expect]\nrefusals = [{ on = \"pay-called\" }]", 4, 13, "{ on = \"pay-called\" }", "a list such as", None),
    ("[expect]\nrefusals = [{ at = \"pay-called\" }]", 4, 15, "at", "a word", None),
    (
        "[expect]\nsays = [{ on = \"notice-snt\", field = \"status\", value = 1 }]",
        4,
        16,
        "\"notice-snt\"",
        "one of",
        Some("notice-sent"),
    ),
    // The edge cases.
    ("[should]\nnote = \"n\"", 3, 2, "should", "a line historic", None),
    ("[twin]\nwithout = [1]", 3, 2, "twin", "a line historic", None),
    ("case = 31", 3, 1, "case", "a line historic", None),
    ("case = 0\nhistoric = \"was so\"", 3, 8, "0", "from 1 to 120", None),
    ("case = 121\nhistoric = \"was so\"", 3, 8, "121", "from 1 to 120", None),
    ("case = 1\nhistoric = \"was so\"\n[twin]\nsetups = {}", 6, 1, "setups", "a part of a twin", Some("setup")),
    ("case = 1\nhistoric = \"was so\"\n[twin]\nwithout = [\"faul\"]", 6, 12, "\"faul\"", "a step", Some("fault")),
    ("case = 1\nhistoric = \"was so\"\n[twin]\nwithout = [0]", 6, 12, "0", "a list of steps", None),
    ("case = 1\nhistoric = \"was so\"\n[twin]\nsetup = { hostin = 1 }", 6, 11, "hostin", "a dial", Some("hosting")),
    ("case = 1\nhistoric = \"was so\"\n[should]\nnote = \"n\"", 5, 2, "should", "a line expect", None),
    ("case = 1\nhistoric = \"was so\"\n[should]\nexpect = { access = [] }", 5, 2, "should", "a line note", None),
];

#[test]
fn each_fault_is_told_with_its_place_and_the_nearest_word() {
    for (tail, line, column, found, expected, nearest) in FAULTS {
        let error = parse("mine.toml", &format!("{HEAD}{tail}")).expect_err(tail);
        let told = (error.line, error.column, &*error.found, error.nearest.as_deref());
        assert_eq!(told, (*line, *column, *found, *nearest), "{tail:?}: {error}");
        assert!(error.expected.contains(expected), "{tail:?}: {error}");
        assert!(error.to_string().starts_with(&format!("mine.toml:{line}:{column}: ")), "{error}");
    }
}

#[test]
fn the_head_alone_is_a_scenario_and_neither_half_of_it_is() {
    assert!(parse("mine.toml", HEAD).is_ok());
    for (text, missing) in [("title = \"t\"", "why"), ("why = \"w\"", "title"), ("", "title")] {
        let error = parse("mine.toml", text).unwrap_err();
        assert_eq!((error.line, error.column), (1, 1));
        assert!(error.expected.contains(missing), "{error}");
    }
}

#[test]
fn hostile_files_are_refused_and_never_panic() {
    let large = format!("{HEAD}# {}", "x".repeat(BYTES_MAX));
    assert!(parse("large", &large).unwrap_err().expected.contains("at most 1048576 bytes"));
    let deep = format!("{HEAD}x = {}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(parse("deep", &deep).is_err());
    let many = format!("{HEAD}{}", "[[steps]]\nstep = 1\n".repeat(10_001));
    assert!(parse("many", &many).unwrap_err().expected.contains("at most 10000 steps"));
    let good = "title = \"é\"\nwhy = \"w\"\n[setup]\nbuyer = \"pays after 12 s\"\n[[steps]]\nskew = { party = \"app-page\", ahead = \"-1h\" }\n[expect]\naccess = [\"a\"]\n";
    assert!(parse("good", good).is_ok());
    for (end, _) in good.char_indices() {
        // Any beginning of a file is a scenario or an error with a place inside it.
        if let Err(error) = parse("cut", &good[..end]) {
            assert!(error.line <= 10 && error.column <= 60, "{error}");
        }
    }
}
