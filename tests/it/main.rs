//! One test binary, one module per promise.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop at the first surprise, may read the tree, and may look for one event among many"
)]

mod house;
mod architecture;

mod closed_list;
mod forge;
mod ladder;
mod profiles;
mod client_words;
mod corpus;
mod codes_verify;
mod claims_lens;

mod cpu_renderer;
mod pictures;
mod panes;
mod window_pictures;
mod window_sizes;
mod window_pointing;
mod window_faults;
mod fault_bench;
mod stagehand;
mod labs;
mod window_labs;
mod window_lists;
mod window_walks;
mod window_doors;
mod window_dials;
mod window_explore;

mod codes;
mod pay_codes;
mod flow_codes;
mod notices;
mod plain_runs;
mod trial_payments;
mod troubles;
mod turned_branches;
mod described;
mod domain_checks;
mod app_clients;
mod outside_servers;
mod outside;
mod names;
mod pages;
mod chains;
mod key_files;
mod tokens;
mod vectors;
mod hostile_words;

mod program;
mod cli;
mod xml;
mod json_schema;
mod exports;
mod png_exports;
mod cli_run;
mod cli_receipts;
mod attacks;
mod cli_attack;
mod audit;
mod cli_explore;
mod conform;
mod guests;
mod guests_notices;
mod control;
mod clients;

mod faults;
mod scenarios;
mod scenario_files;
mod replay;
mod store_shelf;
mod store;
mod store_refusals;
mod store_chance;
mod store_crash;
mod store_torn;
mod doors;
mod swarm;
mod dials;
mod dial_effects;
mod readings;
mod samples;

mod raw_http;
mod stand_in;
mod http_guard;
mod http_limits;
mod http_real_doors;
mod served;
mod http_walk;
mod http_doors;
mod http_faults;
mod seats;
mod seats_market;
mod serve;
mod listening;
mod outbound;
mod lamp;
mod compare;
mod cases;
mod coverage;
mod knowledge;
mod opinion;
mod lens_panes;
mod notice_desk;
mod polling_lab;
mod explore;
mod run_codes;
mod tester_jobs;
mod secrets_scan;
mod secrets_shown;
mod secrets_kept;
mod secrets_keys;
mod serve_crash;
mod serve_faults;
mod judges;
mod invariants;
mod same_bytes;
mod manual;

#[cfg(feature = "browser")]
mod browser;
