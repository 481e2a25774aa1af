//! Troubles keep apart: what one changes at a party, another neither mends nor hides, whichever comes first.

use std::fmt::Write as _;

use paystage::protocol::id::ProductId;
use paystage::session::control::run_until_idle;
use paystage::session::explore::end::{End, Reckoning};
use paystage::session::run::Session;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::play::play;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::fault::armed::Fault;
use paystage::world::fault::trouble::Trouble;
use paystage::world::setup::Setup;

/// Set-ups in which each trouble touches somebody.
const SETUPS: [&str; 3] =
    ["", "hosting = 'classic'", "hosting = 'classic'\nrevision = 'as-built-2015'\nsigning = 'eddsa-certified'"];

fn setup(lines: &str) -> Setup {
    let text = format!("title = 't'\nwhy = 'w'\n[setup]\n{lines}\n");
    parse("t.toml", &text).unwrap().setup
}

fn arm(trouble: Trouble) -> Command {
    Command::Arm { fault: Fault::OnParty { trouble, span: None } }
}

fn buy(product: &str) -> Command {
    Command::Buy { product: ProductId::parse(product).unwrap() }
}

/// Whether the order of two troubles counts: both meet messages, so the nearer one speaks; or the secret that was lost is the
/// one that was exchanged.
fn depend(one: Trouble, other: Trouble) -> bool {
    let is_secret = |trouble| matches!(trouble, Trouble::SecretLost | Trouble::SecretRotated);
    (!one.is_inward() && !other.is_inward()) || (is_secret(one) && is_secret(other))
}

/// Who said no to what, what stands open and what it all came to, after one purchase before the troubles, one with them, and
/// one after they were cleared.
fn story(setup: &Setup, troubles: [Trouble; 2], is_from_start: bool) -> String {
    let mut setup = setup.clone();
    let fault = |trouble| Fault::OnParty { trouble, span: None };
    let mut commands = Vec::new();
    if is_from_start {
        setup.faults.extend(troubles.map(fault));
        commands.push(Command::FetchKeys);
    } else {
        commands.push(buy("shiny-pony"));
        commands.extend(troubles.map(arm));
    }
    commands.extend([
        Command::Reopen,
        buy("golden-saddle"),
        Command::ClearFaults,
        Command::FetchKeys,
        buy("rainbow-mane"),
    ]);
    let mut session = Session::new(setup);
    for command in commands {
        session.dispatch(command);
        run_until_idle(&mut session, 1_000);
    }
    let mut told = String::new();
    for event in session.past().iter().flat_map(|step| &step.events) {
        if let Event::Refused { by, refusal } = event {
            writeln!(told, "{by:?} {}", refusal.code).unwrap();
        }
    }
    for shelf in session.world().app_page().shelves() {
        writeln!(told, "{:?} {}", shelf.stage, shelf.is_open).unwrap();
    }
    let keys = session.world().marketplace().keys().len();
    let end = Reckoning::of(&session).end(session.world()).name();
    format!("{told}{keys} keys, {end}")
}

#[test]
fn two_troubles_refuse_alike_in_either_order() {
    for lines in SETUPS {
        let setup = setup(lines);
        for (index, one) in Trouble::ALL.into_iter().enumerate() {
            for other in Trouble::ALL.into_iter().skip(index + 1).filter(|other| !depend(one, *other)) {
                for is_from_start in [true, false] {
                    let [ahead, behind] = [[one, other], [other, one]].map(|order| story(&setup, order, is_from_start));
                    assert_eq!(ahead, behind, "{one:?} and {other:?}, {lines}, from the start: {is_from_start}");
                }
            }
        }
    }
}

/// The comparison above would notice: these two do depend on their order.
#[test]
fn a_secret_that_is_exchanged_after_it_was_lost_is_missed_by_nobody() {
    let setup = setup("hosting = 'classic'");
    let troubles = [Trouble::SecretLost, Trouble::SecretRotated];
    let exchanged = story(&setup, troubles, true);
    assert!(exchanged.ends_with("fine") && !exchanged.contains("INVALID_JWT"), "{exchanged}");
    let [first, second] = troubles;
    assert_ne!(story(&setup, [second, first], true), exchanged);
}

#[test]
fn a_secret_that_was_exchanged_is_not_undone_when_the_lost_one_is_found() {
    let mut session = Session::new(setup("hosting = 'classic'"));
    for command in [arm(Trouble::SecretLost), arm(Trouble::SecretRotated), Command::ClearFaults, buy("shiny-pony")] {
        session.dispatch(command);
    }
    run_until_idle(&mut session, 1_000);
    assert_eq!(Reckoning::of(&session).end(session.world()), End::Fine);
}

#[test]
fn a_trouble_that_two_armed_faults_cause_lasts_until_both_are_gone() {
    let text = |cleared: &str| {
        format!(
            "title = 't'\nwhy = 'w'\n[setup]\nhosting = 'classic'\n[[faults]]\ntrouble = 'seller-inactive'\n\
             [[faults]]\ntrouble = 'seller-inactive'\nfor = '5s'\n[[steps]]\nadvance = '6s'\n{cleared}\
             [[steps]]\nbuy = 'shiny-pony'\n[[steps]]\nrun = 'until idle'\n"
        )
    };
    let end = |cleared| {
        let session = play(&parse("t.toml", &text(cleared)).unwrap()).session;
        Reckoning::of(&session).end(session.world())
    };
    assert_eq!(end(""), End::Refused);
    assert_eq!(end("[[steps]]\nclear-faults = true\n"), End::Fine);
}

/// Whatever is certified while the certificate has run out has run out too.
#[test]
fn no_other_trouble_renews_a_certificate_that_has_run_out() {
    for signing in ["eddsa-certified", "rs256-certified"] {
        for change in
            ["rotate-key = true", "fault = { trouble = 'root-rotated' }", "fault = { trouble = 'key-rotated' }"]
        {
            let text = |expired: &str| {
                format!(
                    "title = 't'\nwhy = 'w'\n[setup]\nrevision = 'october-2012'\nsigning = '{signing}'\n{expired}\
                     [[steps]]\n{change}\n[[steps]]\nfetch-keys = true\n[[steps]]\nbuy = 'shiny-pony'\n\
                     [[steps]]\nrun = 'until idle'\n"
                )
            };
            let open = |expired| {
                let session = play(&parse("t.toml", &text(expired)).unwrap()).session;
                session.world().app_page().shelves().filter(|shelf| shelf.is_open).count()
            };
            assert_eq!(open("[[faults]]\ntrouble = 'certificate-expired'\n"), 0, "{signing}, {change}");
            assert_eq!(open(""), 1, "{signing}, {change}");
        }
    }
}
