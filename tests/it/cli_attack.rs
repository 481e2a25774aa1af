//! `paystage attack` as a tester runs it: what stops each card, the exit codes, and the grid.

use serde_json::Value;

use paystage::session::attack::cards::CARDS;

use crate::program::Desk;

#[test]
fn all_cards_are_stopped_where_somebody_looks_and_three_get_through_by_default() {
    let desk = Desk::new("attack");
    let said = desk.run(&["attack"]);
    said.ended(0).says(&["0 of 16 got through", "The signature is not the seller's", "INVALID_JWT", "message "]);
    let said = desk.run(&["attack", "--dial", "revision=after"]);
    said.ended(1).says(&["3 of 16 got through", "Shiny Pony is still open, though 0.99 USD went back"]);
}

#[test]
fn a_check_that_is_off_lets_its_card_through() {
    let desk = Desk::new("attack-off");
    desk.run(&["attack", "embedded-jwk"]).ended(0).says(&["The signature does not fit the receipt"]);
    let said = desk.run(&["attack", "embedded-jwk", "--off", "signature", "--json"]);
    let report: Value = serde_json::from_str(&said.ended(1).out).unwrap();
    assert_eq!(report[0]["card"], "embedded-jwk");
    assert_eq!(report[0]["through"], true);
    assert_eq!(report[0]["gains"][0]["gain"], "unpaid");
    desk.run(&["attack", "alg-none", "--off", "signature"]).ended(0);
    desk.run(&["attack", "alg-none", "--off", "signature", "--off", "algorithm"]).ended(1);
}

#[test]
fn a_set_up_of_ones_own_is_attacked_as_it_is() {
    let desk = Desk::new("attack-setup");
    desk.file("dials.toml", "revision = \"before\"\n");
    desk.run(&["attack", "friends-receipt", "--setup", "dials.toml"]).ended(0).says(&["belongs to somebody else"]);
    let said = desk.run(&["attack", "friends-receipt", "--setup", "dials.toml", "--dial", "presenter=other-user"]);
    said.ended(1);
    desk.run(&["attack", "--setup", "nowhere.toml"]).ended(2).complains(&["nowhere.toml"]);
}

#[test]
fn the_grid_names_what_must_be_off() {
    let desk = Desk::new("attack-grid");
    desk.run(&["attack", "alg-none", "jku-elsewhere", "--grid"])
        .ended(0)
        .says(&["algorithm + signature", "must all be off"]);
    let said = desk.run(&["attack", "--grid", "--json"]);
    let report: Value = serde_json::from_str(&said.ended(0).out).unwrap();
    let lines = report.as_array().unwrap();
    assert_eq!(lines.len(), CARDS.len());
    let line = lines.iter().find(|line| line["card"] == "other-apps-receipt").unwrap();
    assert_eq!((&line["through_without"][0], &line["must_all_be_off"][0]), (&"product".into(), &"product".into()));
}

#[test]
fn a_card_that_cannot_be_played_is_no_card_that_was_stopped() {
    let desk = Desk::new("attack-outside");
    desk.file("outside.toml", "seats = { app-page = \"external\" }\n");
    for more in [None, Some("--grid")] {
        let words: Vec<&str> = ["attack", "--setup", "outside.toml"].into_iter().chain(more).collect();
        desk.run(&words).ended(2).complains(&["The app sits outside in this run"]);
    }
}

#[test]
fn a_wrong_word_is_told_with_a_right_one() {
    let desk = Desk::new("attack-words");
    desk.run(&["attack", "alg-nun"]).ended(2).complains(&["no such card", "did you mean alg-none?"]);
    desk.run(&["attack", "--off", "sig"]).ended(2).complains(&["expected one of", "signature"]);
    desk.run(&["attack", "--list", "--grid"]).ended(2);
    let listed = desk.run(&["attack", "--list"]);
    listed.ended(0);
    for card in CARDS {
        listed.says(&[card.name, card.deed, card.hope]);
    }
}
