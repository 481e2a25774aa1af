//! The same bytes everywhere: each built-in scenario has one fingerprint, whatever the machine, the build and the number of threads.

use expect_test::expect_file;
use paystage::session::builtin::SUITE;
use paystage::session::scenario::play::play;
use serde_json::Value;

use crate::program::Desk;

/// One line for each: its name and the mark of its trace. `UPDATE_EXPECT=1 cargo test same_bytes` writes the list anew, which is
/// right where what is said on the stage was meant to change, and wrong everywhere else: run codes of yesterday do not hold any more.
#[test]
fn every_builtin_comes_to_the_bytes_that_are_written_down() {
    let lines = SUITE.iter().map(|builtin| {
        let session = play(&builtin.scenario().unwrap()).session;
        [builtin.name, " ", session.fingerprint().as_str(), "\n"].concat()
    });
    expect_file!["../data/fingerprints.txt"].assert_eq(&lines.collect::<String>());
}

#[test]
fn the_program_comes_to_the_same_bytes_on_one_thread_and_on_several() {
    let desk = Desk::new("same-bytes");
    let listed = std::fs::read_to_string("tests/data/fingerprints.txt").unwrap();
    for jobs in ["1", "3"] {
        let said = desk.run(&["run", "--jobs", jobs, "--json", "-"]);
        let report: Value = serde_json::from_str(&said.ended(0).out).unwrap();
        let entries = report["results"].as_array().unwrap().iter();
        // What stands behind `#` is the same scenario as it should have been.
        let own = entries.filter(|entry| !entry["name"].as_str().unwrap().contains('#'));
        let list: Vec<_> = own
            .map(|entry| format!("{} {}", entry["name"].as_str().unwrap(), entry["fingerprint"].as_str().unwrap()))
            .collect();
        let other = list.iter().zip(listed.lines()).find(|(found, listed)| found != listed);
        assert_eq!(other, None, "{jobs} threads");
        assert_eq!(list.len(), listed.lines().count(), "{jobs} threads");
    }
}
