//! The twenty promises that a payment simulator must keep, and the tests that hold each of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A promise, and the tests without which nobody would notice that it is broken.
struct Invariant {
    promise: &'static str,
    held_by: &'static [&'static str],
}

const fn held(promise: &'static str, held_by: &'static [&'static str]) -> Invariant {
    Invariant { promise, held_by }
}

/// `module::test`, as the test program lists them. A law of the swarm is held by the swarm and by the mutant that breaks it.
const INVARIANTS: [Invariant; 20] = [
    held(
        "A product opens only for a completed payment of that app, user and product",
        &[
            "swarm::the_laws_hold_whatever_is_done",
            "swarm::mutants::access_for_a_payment_that_was_never_completed_is_noticed",
            "swarm::mutants::access_without_a_verdict_is_noticed",
            "lamp::money_that_nobody_took_buys_nothing",
        ],
    ),
    held(
        "Payments move along their edges, and what is final stays",
        &["swarm::mutants::a_payment_that_leaves_a_final_state_is_noticed", "swarm::the_laws_hold_whatever_is_done"],
    ),
    held(
        "Money adds up: charged less returned is the balance, returned at most once and never more",
        &["swarm::mutants::money_returned_twice_is_noticed"],
    ),
    held(
        "The same request bought again is one payment with one charge",
        &[
            "swarm::mutants::a_second_charge_is_noticed",
            "lamp::one_pay_request_that_opens_two_windows_is_charged_twice_as_built_and_once_by_the_rules",
            "faults::two_pay_requests_stand_side_by_side",
        ],
    ),
    held(
        "A pay request is used once: again it tells how it ended, and after its end it is refused",
        &[
            "plain_runs::a_pay_request_that_is_opened_again_stands_by_how_it_ended",
            "pay_codes::every_refusal_of_a_pay_request_is_reached_beside_an_accepted_twin",
        ],
    ),
    held(
        "Whoever paid can have a receipt once nothing goes wrong any more",
        &[
            "swarm::faulty::once_the_faults_stop_everything_converges_and_no_law_was_broken",
            "swarm::mutants::a_payment_without_a_receipt_is_noticed",
        ],
    ),
    held(
        "Every receipt verifies offline with the published keys, elsewhere too",
        &[
            "swarm::mutants::one_turned_bit_in_an_issued_receipt_is_noticed",
            "plain_runs::every_way_of_signing_is_verified_by_the_app",
            "outside::a_page_outside_buys_pays_polls_and_verifies",
        ],
    ),
    held(
        "A notice that comes again has no second effect, in whatever order notices come",
        &[
            "swarm::mutants::an_order_that_stands_elsewhere_than_its_notices_say_is_noticed",
            "lamp::a_notice_that_comes_twice_has_one_effect",
            "cases::every_case_goes_as_history_did",
        ],
    ),
    held(
        "Every notice is acknowledged, or given up after exactly as many tries as were set",
        &[
            "swarm::mutants::a_notice_given_up_early_or_never_is_noticed",
            "outside_servers::six_deliveries_in_vain_and_the_owner_is_written_to",
        ],
    ),
    held(
        "Only 2xx with the exact body acknowledges a notice; no redirect is followed",
        &[
            "swarm::mutants::an_acknowledgement_by_another_body_is_noticed",
            "outside_servers::a_wrong_body_an_error_and_no_answer_are_tried_again_after_300_s",
            "outbound::a_redirect_is_an_answer_and_is_followed_nowhere",
        ],
    ),
    held(
        "Once the money went back nothing is ok any more, after a crash neither",
        &[
            "swarm::mutants::ok_after_a_refund_is_noticed",
            "codes_verify::refunded_comes_before_expired_and_invalid_before_both",
            "serve_crash::a_server_killed_under_load_has_every_answer_again_and_nothing_half_done",
        ],
    ),
    held(
        "Answers of the verify service never turn back to ok",
        &[
            "swarm::mutants::an_answer_that_turns_back_to_ok_is_noticed",
            "codes_verify::every_status_is_answered_from_the_ledger_and_the_clock",
        ],
    ),
    held(
        "A receipt opens its own app, product, store and user alone",
        &[
            "corpus::the_strict_reader_refuses_every_forgery_and_accepts_every_twin",
            "lamp::the_receipt_for_one_product_opens_no_other",
            "ladder::each_spoilt_claim_is_refused_at_its_own_rung",
            "swarm::mutants::an_app_that_leaves_out_a_check_is_noticed",
        ],
    ),
    held(
        "Each kind of token is refused where another is expected, a test receipt unless it was asked for",
        &[
            "corpus::a_reader_that_skips_a_check_is_caught_by_name",
            "ladder::test_receipts_open_only_where_they_were_asked_for",
        ],
    ),
    held("One flipped bit anywhere in any token is refused", &["tokens::each_single_flipped_bit_is_refused"]),
    held(
        "A key signs with one algorithm and in its own time; a rotation spoils no good receipt",
        &[
            "ladder::a_key_is_used_with_its_own_algorithm_and_its_own_name_only",
            "corpus::a_reader_that_lets_an_rsa_key_check_every_padding_is_caught_by_name",
            "tokens::a_ring_gives_only_the_issuers_own_keys_and_only_in_their_time",
            "swarm::mutants::a_key_that_signs_after_its_retirement_is_noticed",
            "clients::verifiers::a_new_key_signs_after_rotation_and_the_old_one_still_verifies",
        ],
    ),
    held(
        "Secrets never leave: no answer, log, export, trace, picture or word on the screen holds one",
        &[
            "secrets_scan::no_scenario_gives_away_a_secret_in_any_form",
            "secrets_scan::no_report_and_no_file_that_a_command_writes_holds_the_own_secret",
            "secrets_scan::no_answer_of_the_server_holds_a_secret_or_the_token",
            "secrets_keys::the_private_half_of_an_rsa_key_is_seen_and_covered_however_it_is_written",
            "secrets_kept::no_route_answers_a_secret_whatever_is_thrown_at_it",
            "secrets_kept::the_server_prints_no_secret_and_no_token_whatever_it_is_asked",
            "secrets_kept::the_store_holds_the_own_secret_in_one_field_and_is_its_owners_alone",
            "secrets_shown::no_tab_no_lab_and_no_message_of_the_window_shows_a_secret",
            "secrets_shown::no_dialog_shows_a_secret_at_any_of_three_moments",
            "secrets_shown::no_picture_is_drawn_from_a_secret_and_none_carries_a_word_beside_its_pixels",
            "lamp::a_secret_in_a_message_turns_it_red_and_an_email_in_a_receipt_too",
        ],
    ),
    held(
        "Times hold to the second under every clock, nothing lasts for ages, and the answer hangs on the moment alone",
        &[
            "judges::a_verdict_hangs_on_the_moment_alone_however_the_clock_jumps",
            "ladder::the_end_is_exclusive_and_the_beginning_inclusive",
            "tester_jobs::at_the_edges_of_a_receipts_time_each_profile_says_its_verdict_and_its_rule",
            "ladder::no_receipt_lasts_longer_than_ten_years_but_one_without_an_end",
            "pay_codes::every_refusal_of_a_pay_request_is_reached_beside_an_accepted_twin",
            "notices::a_spoilt_notice_is_refused_strictly_and_by_the_libraries_where_they_looked",
            "corpus::an_ordinary_library_call_is_caught_by_name",
        ],
    ),
    held(
        "After a crash the store opens, is sound, and holds what was acknowledged and nothing half done",
        &[
            "store_crash::killed_at_any_moment_it_loses_nothing_that_was_acknowledged",
            "store_torn::a_damaged_log_opens_at_a_commit_and_keeps_every_commit_before_the_damage",
            "store_refusals::a_full_disk_is_told_and_nothing_acknowledged_is_lost",
            "store_refusals::a_write_that_the_system_refuses_is_told_and_nothing_acknowledged_is_lost",
            "serve_crash::a_server_killed_under_load_has_every_answer_again_and_nothing_half_done",
            "serve_crash::whoever_is_killed_while_writing_a_file_leaves_the_old_one_or_the_new_one",
        ],
    ),
    held(
        "The same seed and deeds give the same bytes, at every door, on any number of threads, after every file",
        &[
            "same_bytes::every_builtin_comes_to_the_bytes_that_are_written_down",
            "same_bytes::the_program_comes_to_the_same_bytes_on_one_thread_and_on_several",
            "replay::two_processes_make_the_same_bytes",
            "doors::by_hand_by_scenario_and_through_a_run_file_the_bytes_are_equal",
            "http_doors::by_post_by_hand_by_scenario_and_through_a_run_file_the_bytes_are_equal",
            "store::every_built_in_run_is_kept_and_lived_again_to_the_same_bytes",
            "exports::a_trace_opens_as_the_run_that_it_came_from",
            "judges::the_judge_the_command_line_and_the_server_say_the_same_of_each_token",
        ],
    ),
];

/// The names of all tests below `folder`, as the test program lists them.
fn tests_below(folder: &Path, module: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let inner = if module.is_empty() { stem.clone() } else { format!("{module}::{stem}") };
        if path.is_dir() {
            tests_below(&path, &inner, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let name = if stem == "mod" { module } else { &inner };
            let text = fs::read_to_string(&path).unwrap();
            found.extend(tests_in(&text).into_iter().map(|test| format!("{name}::{test}")));
        }
    }
}

/// The functions that stand behind `#[test]`, other attributes between them aside.
fn tests_in(text: &str) -> Vec<String> {
    let mut tests = Vec::new();
    let mut is_test = false;
    for line in text.lines() {
        match line.strip_prefix("fn ").and_then(|rest| rest.split_once('(')) {
            Some((name, _)) if is_test => tests.push(name.to_owned()),
            _ => {}
        }
        is_test = line == "#[test]" || (is_test && line.starts_with("#["));
    }
    tests
}

#[test]
fn every_promise_is_held_by_tests_that_exist() {
    let mut tests = BTreeSet::new();
    tests_below(Path::new("tests/it"), "", &mut tests);
    assert!(tests.len() > 500, "{}", tests.len());
    let mut missing = Vec::new();
    for (index, Invariant { promise, held_by }) in INVARIANTS.iter().enumerate() {
        assert!(!held_by.is_empty(), "nothing holds {promise:?}");
        let absent = held_by.iter().filter(|name| !tests.contains(**name));
        missing.extend(absent.map(|name| format!("{}. {promise}: {name}", index + 1)));
    }
    assert!(missing.is_empty(), "no such tests:\n{}", missing.join("\n"));
}

#[test]
fn a_test_that_is_gone_or_no_test_any_more_is_missed() {
    let text = "#[test]\nfn here() {\n}\n\n#[test]\n#[cfg(unix)]\nfn there() {\n}\n\nfn no_test() {\n}\n";
    assert_eq!(tests_in(text), ["here", "there"]);
    assert!(tests_in("// #[test]\nfn gone() {}\n").is_empty());
}
