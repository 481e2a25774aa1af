//! Every dial can be turned from a list, by a scenario line and by a flag, to the same bytes; and none is forgotten.

use std::collections::BTreeSet;

use paystage::protocol::dial::IdentityMode;
use paystage::protocol::rules::Revision;
use paystage::session::dials::dial::{DEFAULT, Dial, Shape};
use paystage::session::dials::list::{DIALS, find};
use paystage::session::dials::turn::Turn;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::plan::Scenario;
use paystage::session::scenario::play::play;
use paystage::session::scenario::print::print;
use paystage::world::setup::Setup;
use serde_json::Value;

/// What a set-up holds besides dials: what the run is called, what it is made from, and who sits where.
const NO_DIALS: [&str; 4] = ["seed", "names", "seats", "faults"];

fn turned(dial: &Dial, to: &str) -> Setup {
    let mut setup = Setup::default();
    dial.turn(&mut setup, to).unwrap();
    setup
}

/// Each dial with everything that it offers, by name; of a set also two at once and none.
fn turns() -> impl Iterator<Item = (&'static Dial, String)> {
    DIALS.iter().flat_map(|dial| {
        let mut names: Vec<String> = dial.positions().iter().map(|position| position.name.to_owned()).collect();
        if matches!(dial.shape, Shape::Set(_)) {
            let two = names.iter().take(2).cloned().collect::<Vec<_>>().join(",");
            names.extend([two, "none".to_owned()]);
        }
        names.into_iter().map(move |name| (dial, name))
    })
}

fn written(line: &str) -> Scenario {
    let file = format!(
        "title = \"t\"\nwhy = \"w\"\n[setup]\n{line}\n[[steps]]\nbuy = \"shiny-pony\"\n[[steps]]\nadvance = \"30s\"\n"
    );
    parse("dial.toml", &file).unwrap()
}

#[test]
fn list_scenario_and_flag_turn_every_dial_to_the_same_bytes() {
    for (dial, to) in turns() {
        let told = format!("{}={to}", dial.name);
        let by_list = turned(dial, &to);
        let mut by_flag = Setup::default();
        Turn::parse(&told).unwrap().apply(&mut by_flag);
        assert_eq!(by_flag, by_list, "{told}");
        let scenario = written(&dial.line(&to));
        assert_eq!(scenario.setup, by_list, "{told}");
        let again = parse("printed.toml", &print(&scenario)).unwrap();
        assert_eq!(again, scenario, "{told}");
        let by_hand = play(&Scenario { setup: by_flag, ..scenario.clone() }).session.trace();
        assert_eq!(by_hand, play(&scenario).session.trace(), "{told}");
    }
}

#[test]
fn what_a_dial_was_turned_to_is_what_it_says() {
    for (dial, to) in turns() {
        let setup = turned(dial, &to);
        assert_eq!(dial.in_force(&setup), to, "{}", dial.name);
        assert!(!dial.shown(&setup).is_empty());
        let back = dial.reset_in(&setup);
        assert_eq!(back, Setup::default(), "{}={to}", dial.name);
        assert!(!dial.is_turned(&back));
        let mut by_word = setup;
        dial.turn(&mut by_word, DEFAULT).unwrap();
        assert_eq!(by_word, back);
    }
}

#[test]
fn every_field_of_a_set_up_has_a_dial_or_stands_in_the_list_of_those_that_have_none() {
    let fields = |setup: &Setup| match serde_json::to_value(setup).unwrap() {
        Value::Object(fields) => fields,
        other => panic!("{other}"),
    };
    let standard = fields(&Setup::default());
    // Faults are left out of the file while there are none.
    let mut reached: BTreeSet<String> = NO_DIALS.iter().map(|name| (*name).to_owned()).collect();
    for (dial, to) in turns() {
        let differing =
            fields(&turned(dial, &to)).into_iter().filter(|(name, value)| standard.get(name) != Some(value));
        for (name, _) in differing {
            assert!(!NO_DIALS.contains(&name.as_str()), "{} has a dial now: {}", name, dial.name);
            reached.insert(name);
        }
    }
    let all: BTreeSet<String> = standard.keys().cloned().chain(["faults".to_owned()]).collect();
    assert_eq!(reached, all);
}

#[test]
fn every_dial_does_something_and_does_it_alone() {
    for dial in DIALS {
        let differing = turns().filter(|(other, _)| other.name == dial.name);
        let differing: Vec<Setup> =
            differing.map(|(_, to)| turned(dial, &to)).filter(|setup| *setup != Setup::default()).collect();
        assert!(!differing.is_empty(), "{} changes nothing", dial.name);
        for setup in differing {
            let others = DIALS.iter().filter(|other| other.name != dial.name && other.is_turned(&setup));
            assert_eq!(others.map(|other| other.name).collect::<Vec<_>>(), [""; 0], "turned with {}", dial.name);
        }
    }
}

#[test]
fn a_dial_that_follows_the_revision_does_so_until_it_is_turned() {
    let identity = find("identity").unwrap();
    let mut setup = Setup { revision: Revision::Before, ..Setup::default() };
    assert_eq!((identity.in_force(&setup).as_str(), identity.followed(&setup)), ("email", Some("the revision")));
    identity.turn(&mut setup, "email").unwrap();
    assert_eq!((setup.identity, identity.followed(&setup)), (Some(IdentityMode::Email), None));
    setup.revision = Revision::After;
    assert_eq!(identity.in_force(&setup), "email");
    identity.turn(&mut setup, DEFAULT).unwrap();
    assert_eq!(identity.in_force(&setup), "guid-per-transaction");
}

#[test]
fn what_a_dial_does_not_know_leaves_the_set_up_alone() {
    for dial in DIALS {
        for wrong in ["", "Default", "none of these", "+1", "-1", "1e3", "99999999999999999999"] {
            let mut setup = Setup::default();
            if dial.name.ends_with("-off") && wrong.is_empty() {
                continue;
            }
            let refused = dial.turn(&mut setup, wrong).unwrap_err().to_string();
            assert!(refused.starts_with(dial.name), "{refused}");
            assert_eq!(setup, Setup::default(), "{}={wrong}", dial.name);
        }
    }
}

#[test]
fn the_list_is_in_order_and_no_two_dials_share_a_name_or_a_label() {
    let names: BTreeSet<&str> = DIALS.iter().map(|dial| dial.name).collect();
    let labels: BTreeSet<&str> = DIALS.iter().map(|dial| dial.label).collect();
    assert_eq!((names.len(), labels.len()), (DIALS.len(), DIALS.len()));
    let numbers: Vec<u8> = DIALS.iter().map(|dial| dial.number.unwrap_or(u8::MAX)).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    for dial in DIALS {
        for words in [dial.decides, dial.label].into_iter().chain(dial.positions().iter().map(|one| one.meaning)) {
            assert!(!words.is_empty() && !words.ends_with('.'), "{words}");
        }
        let positions: BTreeSet<&str> = dial.positions().iter().map(|position| position.label).collect();
        assert_eq!(positions.len(), dial.positions().len(), "{}", dial.name);
    }
}
