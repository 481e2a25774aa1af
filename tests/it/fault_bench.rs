//! The fault bench: every fault of the world can be put together by hand, by keyboard alone, in the words of scenarios.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use paystage::lens::fault_draft::{Deed, Draft, samples, scenario_line};
use paystage::protocol::id::{ProductId, TransactionId};
use paystage::protocol::time::Span;
use paystage::session::builtin::SUITE;
use paystage::session::control;
use paystage::session::run::Session;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::plan;
use paystage::ui::window::Window;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::fault::act::{Act, Substitute};
use paystage::world::fault::armed::{Armed, Fault};
use paystage::world::fault::limit::Limit;
use paystage::world::fault::pattern::Pattern;
use paystage::world::fault::rewrite::{Removal, Replacement};
use paystage::world::fault::trouble::Trouble;
use paystage::world::kind::Kind;
use paystage::world::message::MessageId;
use paystage::world::party::Party;
use paystage::world::setup::Setup;
use serde_json::json;

use crate::cpu_renderer::dressed;

type Stagehand = Harness<'static, Window>;

fn acts() -> Vec<Act> {
    let replaced = |field: &str, value, is_signed, is_beside| {
        Act::Replace(Replacement { field: field.to_owned(), value, is_signed, is_beside })
    };
    vec![
        Act::Hold,
        Act::Delay(Span::from_millis(1_500)),
        Act::Delay(Span::from_days(1)),
        Act::Drop,
        Act::Duplicate,
        Act::Reorder,
        Act::Corrupt(7),
        replaced("status", json!(500), false, false),
        replaced("pin", json!("1234"), false, false),
        replaced("name", json!(""), false, false),
        replaced("claims.exp", json!(null), true, false),
        replaced("claims.request", json!({ "name": "x", "list": [1, null] }), true, true),
        Act::Remove(Removal { field: "claims.iss".to_owned(), is_signed: false }),
        Act::Remove(Removal { field: "claims.iss".to_owned(), is_signed: true }),
        Act::Answer(Substitute::Http { status: 503, body: "<h1>down</h1>".to_owned() }),
        Act::Answer(Substitute::Http { status: 204, body: String::new() }),
        Act::Answer(Substitute::Store { status: "refunded".to_owned(), reason: None }),
        Act::Answer(Substitute::Store { status: "invalid".to_owned(), reason: Some("NO_PURCHASE".to_owned()) }),
        Act::TimeOut,
    ]
}

fn patterns() -> Vec<Pattern> {
    vec![
        Pattern::default(),
        Pattern::of(Kind::StatusAnswered),
        Pattern { from: Some(Party::AppPage), to: Some(Party::Marketplace), ..Pattern::default() },
        Pattern { product: ProductId::parse("shiny-pony").ok(), ..Pattern::default() },
        Pattern { transaction: Some(TransactionId::from("t-1")), ..Pattern::of(Kind::NoticeSent) },
        Pattern::only(MessageId(7)),
    ]
}

#[test]
fn every_fault_on_messages_can_be_put_together_and_reads_back_as_a_line_of_a_scenario() {
    for act in acts() {
        for what in patterns() {
            for limit in [Limit::Nth(1), Limit::Nth(2), Limit::First(3), Limit::UntilCleared] {
                let fault = Fault::on(what.clone(), act.clone(), limit);
                let draft = Draft::of(&fault).unwrap();
                assert_eq!(draft.fault().as_ref(), Ok(&fault), "{draft:?}");
                let text = format!("title = \"x\"\nwhy = \"y\"\n[[steps]]\n{}\n", scenario_line(&fault));
                let read = parse("mine.toml", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
                assert_eq!(read.steps[0].act, plan::Act::Do(Command::Arm { fault }), "{text}");
            }
        }
    }
}

#[test]
fn every_fault_of_the_suite_can_be_put_together_by_hand() {
    let mut count = 0;
    for builtin in SUITE {
        let scenario = builtin.scenario().unwrap();
        let armed = scenario.steps.iter().filter_map(|step| match &step.act {
            plan::Act::Do(Command::Arm { fault }) => Some(fault.clone()),
            _ => None,
        });
        for fault in scenario.setup.faults.iter().cloned().chain(armed) {
            match Draft::of(&fault) {
                Some(draft) => assert_eq!(draft.fault(), Ok(fault), "{}", builtin.name),
                None => assert!(matches!(fault, Fault::OnParty { .. })),
            }
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}

#[test]
fn what_is_no_fault_is_told_why() {
    let draft = Draft::default();
    for (spoilt, expected) in [
        (Draft { kind: "status-answerd".to_owned(), ..draft.clone() }, "did you mean status-answered"),
        (Draft { deed: Deed::Delay, span: "soon".to_owned(), ..draft.clone() }, "This is no fault"),
        (Draft { deed: Deed::Delay, span: "-5s".to_owned(), ..draft.clone() }, "negative"),
        (Draft { deed: Deed::Corrupt, byte: "x".to_owned(), ..draft.clone() }, "whole number"),
        (Draft { deed: Deed::Replace, ..draft.clone() }, "Name the field"),
        (Draft { deed: Deed::Remove, ..draft.clone() }, "Name the field"),
        (Draft { deed: Deed::Answer, status: "42".to_owned(), ..draft.clone() }, "100 to 599"),
        (Draft { deed: Deed::Answer, status: " ".to_owned(), ..draft.clone() }, "Say what is answered"),
        (Draft { message: "first".to_owned(), ..draft.clone() }, "whole number"),
        (Draft { product: "No Such Thing".to_owned(), ..draft.clone() }, "This is no fault"),
    ] {
        let error = spoilt.fault().unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
    assert!(draft.fault().is_ok());
}

#[test]
fn each_sample_of_a_message_changes_it() {
    let mut session = bought();
    session.dispatch(Command::Reissue { product: ProductId::parse("shiny-pony").unwrap() });
    control::run_until_idle(&mut session, 500);
    let messages: Vec<_> = session
        .past()
        .iter()
        .flat_map(|step| &step.events)
        .filter_map(|event| if let Event::Sent { message } = event { Some(message.clone()) } else { None })
        .collect();
    let mut tried = 0;
    for message in messages.iter().filter(|message| message.from != message.to) {
        for (field, value) in samples(message) {
            let mut draft = Draft { deed: Deed::Replace, field, value, ..Draft::about(message) };
            draft.message = message.id.0.to_string();
            let setup = Setup { faults: vec![draft.fault().unwrap()], ..session.setup().clone() };
            let mut spoilt = Session::new(setup);
            for step in session.past().iter().skip(1).take(300) {
                spoilt.dispatch(step.command.clone());
            }
            assert_eq!(spoilt.world().faults().armed()[0].used, 1, "{draft:?}");
            tried += 1;
        }
        if tried > 60 {
            break;
        }
    }
    assert!(tried > 20, "{tried}");
}

fn bought() -> Session {
    let mut session = Session::new(Setup::default());
    for _ in 0..300 {
        let Some(command) = control::next_command(&session) else { break };
        session.dispatch(command);
    }
    session
}

fn after(steps: usize) -> Stagehand {
    let mut session = Session::new(Setup::default());
    for _ in 0..steps {
        session.dispatch(control::next_command(&session).unwrap());
    }
    let mut harness = dressed([1600.0, 1000.0], egui::Theme::Dark)
        .with_max_steps(20)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), Window::new(session));
    harness.run();
    harness
}

fn press(harness: &mut Stagehand, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

fn plain(harness: &mut Stagehand, key: Key) {
    press(harness, Modifiers::NONE, key);
}

fn focused(harness: &Stagehand) -> String {
    let node = harness.root().children_recursive().find(egui_kittest::Node::is_focused);
    node.and_then(|node| node.accesskit_node().label()).unwrap_or_default()
}

/// Walks with Tab until what has the keyboard is called so.
fn tab_to(harness: &mut Stagehand, label: &str) {
    for _ in 0..120 {
        if focused(harness).starts_with(label) {
            return;
        }
        plain(harness, Key::Tab);
    }
    panic!("Tab never comes to {label:?}; it ends at {:?}", focused(harness));
}

/// Types into the field of this name, over what stands there.
fn write(harness: &mut Stagehand, field: &str, words: &str) {
    tab_to(harness, field);
    press(harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, field).type_text(words);
    harness.run_steps(2);
}

fn choose(harness: &mut Stagehand, control: &str, option: &str) {
    tab_to(harness, control);
    plain(harness, Key::Enter);
    tab_to(harness, option);
    plain(harness, Key::Enter);
}

fn armed(harness: &Stagehand) -> &[Armed] {
    harness.state().session().world().faults().armed()
}

fn is_shown(harness: &Stagehand, label: &str) -> bool {
    harness.query_all_by_label_contains(label).next().is_some()
}

#[test]
fn five_hundred_on_the_second_poll_only_is_armed_by_keyboard_alone() {
    let mut harness = after(6);
    press(&mut harness, Modifiers::SHIFT, Key::F);
    assert!(is_shown(&harness, "Nothing is armed"));
    assert_eq!(focused(&harness), "Message kind");
    write(&mut harness, "Message kind", "status-answered");
    choose(&mut harness, "What is done", "Answer something else");
    write(&mut harness, "Status", "500");
    tab_to(&mut harness, "number n");
    plain(&mut harness, Key::Enter);
    tab_to(&mut harness, "Arm this fault");
    plain(&mut harness, Key::Enter);
    let error = Act::Answer(Substitute::Http { status: 500, body: String::new() });
    let wanted = Fault::on(Pattern::of(Kind::StatusAnswered), error, Limit::Nth(2));
    assert_eq!(armed(&harness)[0].fault, wanted);
    assert!(is_shown(&harness, "0 of 1 used"));
    tab_to(&mut harness, "Disarm Answer 500 instead");
    plain(&mut harness, Key::Enter);
    assert!(armed(&harness).is_empty());
    plain(&mut harness, Key::Escape);
    assert!(!is_shown(&harness, "Message kind"), "Esc closes it");
}

#[test]
fn each_act_is_chosen_and_armed_by_keyboard_alone() {
    let mut harness = after(6);
    press(&mut harness, Modifiers::SHIFT, Key::F);
    let mut done = Vec::new();
    for (deed, words) in Deed::ALL {
        choose(&mut harness, "What is done", words);
        if matches!(deed, Deed::Replace | Deed::Remove) {
            write(&mut harness, "Field", "claims.exp");
        }
        tab_to(&mut harness, "Arm this fault");
        plain(&mut harness, Key::Enter);
        let Some(Armed { fault: Fault::OnMessage(fault), .. }) = armed(&harness).last() else { panic!("{words}") };
        done.push(fault.act.word());
    }
    done.dedup();
    for word in Act::WORDS {
        assert!(done.contains(&word), "{word} of {done:?}");
    }
    tab_to(&mut harness, "Clear all");
    plain(&mut harness, Key::Enter);
    assert!(armed(&harness).is_empty());
}

#[test]
fn each_trouble_of_a_party_is_a_switch() {
    let mut harness = after(6);
    press(&mut harness, Modifiers::SHIFT, Key::F);
    for trouble in Trouble::ALL {
        tab_to(&mut harness, trouble.sentence());
        plain(&mut harness, Key::Space);
        let is_it = |armed: &Armed| armed.fault == Fault::OnParty { trouble, span: None };
        assert!(armed(&harness).iter().any(is_it), "{}", trouble.word());
        plain(&mut harness, Key::Space);
        assert!(armed(&harness).is_empty(), "{}", trouble.word());
    }
    write(&mut harness, "For how long", "30s");
    tab_to(&mut harness, "The marketplace is down");
    plain(&mut harness, Key::Space);
    let span = Some(Span::from_seconds(30));
    assert_eq!(armed(&harness)[0].fault, Fault::OnParty { trouble: Trouble::MarketplaceDown, span });
}

#[test]
fn the_head_of_a_lane_offers_the_troubles_and_the_clock_of_its_party() {
    for trouble in Trouble::ALL {
        let mut harness = after(6);
        let head = trouble.party().lane_label(true);
        harness.get_by_label(&format!("{head}, what can be wrong with it")).click();
        harness.run_steps(3);
        harness.get_by_label(trouble.sentence()).click();
        harness.run_steps(3);
        assert_eq!(armed(&harness)[0].fault, Fault::OnParty { trouble, span: None });
    }
    let mut harness = after(6);
    harness.get_by_label("App page, what can be wrong with it").click();
    harness.run_steps(3);
    harness.get_by_label("Its clock is 5 s fast").click();
    harness.run_steps(3);
    let world = harness.state().session().world();
    assert_eq!(world.clock_of(Party::AppPage) - world.now(), Span::from_seconds(5));
}

#[test]
fn a_held_message_is_listed_and_let_go() {
    let mut harness = after(6);
    plain(&mut harness, Key::H);
    press(&mut harness, Modifiers::SHIFT, Key::F);
    let number = harness.state().session().world().faults().held()[0].message.number;
    tab_to(&mut harness, &format!("Let message {number} go"));
    plain(&mut harness, Key::Enter);
    assert!(harness.state().session().world().faults().held().is_empty());
}

#[test]
fn the_arrows_menu_speaks_of_the_message_and_leads_to_the_bench() {
    let mut harness = after(6);
    plain(&mut harness, Key::F);
    assert!(is_shown(&harness, "The next message like"));
    harness.get_by_label("With your own values…").click();
    harness.run_steps(3);
    assert!(is_shown(&harness, "Spoil the next message like"));
}

#[test]
fn what_was_done_is_saved_as_a_scenario_with_its_title_and_reason() {
    let folder = std::env::temp_dir().join(format!("paystage-record-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("mine.toml");
    let mut harness = after(9);
    press(&mut harness, Modifiers::SHIFT, Key::F);
    tab_to(&mut harness, "Arm this fault");
    plain(&mut harness, Key::Enter);
    plain(&mut harness, Key::Escape);
    plain(&mut harness, Key::Space);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    write(&mut harness, "Title", "A lost click");
    write(&mut harness, "Why it matters", "It happened to a customer");
    write(&mut harness, "Path", path.to_str().unwrap());
    plain(&mut harness, Key::Enter);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let scenario = parse("mine.toml", &text).unwrap();
    assert_eq!((scenario.title.as_str(), scenario.why.as_str()), ("A lost click", "It happened to a customer"));
    let again = paystage::session::scenario::play::play(&scenario).session;
    assert_eq!(again.fingerprint(), harness.state().session().fingerprint());
}
