//! The window does what its buttons and keys say: the first minute by mouse and by keyboard, and every door out of it.

use std::path::PathBuf;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use paystage::protocol::id::ProductId;
use paystage::protocol::rules::Revision;
use paystage::session::builtin::Builtin;
use paystage::session::control;
use paystage::session::run::Session;
use paystage::session::scenario::play;
use paystage::ui::keys::{Action, Chord, bindings};
use paystage::ui::selection::{Selection, Tab};
use paystage::ui::window::Window;
use paystage::world::app_page::shelf::Stage;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::setup::Setup;
use paystage::world::transaction::TransactionState;

use crate::cpu_renderer::dressed;

type Stagehand = Harness<'static, Window>;

const WIDE: [f32; 2] = [1600.0, 1000.0];

fn show(session: Session) -> Stagehand {
    show_at(WIDE, session)
}

fn show_at(size_pt: [f32; 2], session: Session) -> Stagehand {
    let mut harness = dressed(size_pt, egui::Theme::Dark)
        .with_max_steps(20)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), Window::new(session));
    harness.run();
    harness
}

fn fresh() -> Session {
    Session::new(Setup::default())
}

/// The plain purchase after so many presses of Space.
fn pressed(times: usize) -> Session {
    let mut session = fresh();
    for _ in 0..times {
        let Some(command) = control::next_command(&session) else { break };
        session.dispatch(command);
    }
    session
}

fn finished() -> Session {
    pressed(100)
}

fn with_buyer(buyer: BuyerCharacter) -> Session {
    Session::new(Setup { buyer, ..Setup::default() })
}

/// A run whose payment window asks whoever sits there.
fn asked() -> Session {
    let mut session = with_buyer(BuyerCharacter::YouDecide);
    session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
    assert!(control::run_until_asked(&mut session, 100));
    session
}

fn click(harness: &mut Stagehand, label: &str) {
    harness.get_by_label(label).click();
    harness.run();
}

fn press(harness: &mut Stagehand, chord: Chord) {
    harness.key_press_modifiers(chord.modifiers, chord.key);
    harness.run();
}

fn press_key(harness: &mut Stagehand, key: Key) {
    press(harness, Chord { key, modifiers: Modifiers::NONE });
}

fn session(harness: &Stagehand) -> &Session {
    harness.state().session()
}

fn last_command(harness: &Stagehand) -> Command {
    session(harness).last_step().command.clone()
}

fn is_open(harness: &Stagehand, product: &str) -> bool {
    let product = ProductId::parse(product).unwrap();
    session(harness).world().app_page().shelf(&product).is_some_and(|shelf| shelf.is_open)
}

fn is_shown(harness: &Stagehand, label: &str) -> bool {
    harness.query_all_by_label(label).next().is_some()
}

#[test]
fn the_first_minute_by_mouse_ends_with_access_and_three_cards() {
    let mut harness = show(fresh());
    assert!(is_shown(&harness, "Press Space to step, or click Buy"));
    click(&mut harness, "Buy Shiny Pony");
    let mut presses = 1;
    while !is_shown(&harness, "Access granted") {
        click(&mut harness, "Step");
        presses += 1;
        assert!(presses <= 18, "no access after {presses} presses");
    }
    assert!((14..=18).contains(&presses), "{presses} presses");
    assert!(is_open(&harness, "shiny-pony"));
    for label in ["Break it", "Read the receipt", "Turn the privacy dial"] {
        assert!(is_shown(&harness, label), "{label} is not shown");
    }
    click(&mut harness, "To the start");
    assert_eq!(session(&harness).here().step, 1);
    assert!(!is_open(&harness, "shiny-pony") && !is_shown(&harness, "Access granted"));
}

#[test]
fn the_first_minute_by_keyboard_ends_with_access_and_goes_back_to_the_first_state() {
    let mut harness = show(fresh());
    let first = session(&harness).fingerprint();
    let mut presses = 0;
    while !is_shown(&harness, "Access granted") {
        press_key(&mut harness, Key::Space);
        presses += 1;
        assert!(presses <= 18, "no access after {presses} presses");
    }
    assert!(is_open(&harness, "shiny-pony"));
    let last = session(&harness).fingerprint();
    for _ in 0..presses {
        press_key(&mut harness, Key::ArrowLeft);
    }
    assert_eq!(session(&harness).fingerprint(), first);
    press_key(&mut harness, Key::End);
    assert_eq!(session(&harness).fingerprint(), last);
}

#[test]
fn space_at_rest_changes_nothing() {
    let mut harness = show(finished());
    let before = session(&harness).fingerprint();
    press_key(&mut harness, Key::Space);
    assert_eq!(session(&harness).fingerprint(), before);
}

#[test]
fn each_card_does_what_it_says() {
    let mut harness = show(finished());
    click(&mut harness, "Read the receipt");
    assert_eq!(harness.state().selection().tab, Tab::Claims);
    assert!(harness.state().selection().receipt.is_some() && is_shown(&harness, "Claim product.url"));

    let mut harness = show(finished());
    click(&mut harness, "Turn the privacy dial");
    assert_eq!(session(&harness).setup().revision, Revision::Before);
    assert!(is_open(&harness, "shiny-pony") && is_shown(&harness, "Access granted"), "the same purchase, at its end");
    assert_eq!(harness.state().selection().tab, Tab::Compare, "beside the other");
    click(&mut harness, "Turn the privacy dial");
    assert_eq!(session(&harness).setup().revision, Revision::After, "and back");
    assert_eq!(session(&harness).branches().len(), 2, "to the branch that was there");

    let mut harness = show(finished());
    click(&mut harness, "Break it");
    press_key(&mut harness, Key::End);
    let product = ProductId::parse("shiny-pony").unwrap();
    let world = session(&harness).world();
    assert_eq!(world.app_page().shelf(&product).unwrap().stage, Stage::GaveUp);
    assert_eq!(world.marketplace().transactions()[0].state, TransactionState::Completed);
}

#[test]
fn buy_works_for_each_product() {
    for (name, id) in
        [("Shiny Pony", "shiny-pony"), ("Golden Saddle", "golden-saddle"), ("Rainbow Mane", "rainbow-mane")]
    {
        let mut harness = show(fresh());
        click(&mut harness, &format!("Buy {name}"));
        assert_eq!(last_command(&harness), Command::Buy { product: ProductId::parse(id).unwrap() });
        press_key(&mut harness, Key::End);
        assert!(is_open(&harness, id), "{name} did not open");
    }
}

#[test]
fn the_payment_window_takes_every_choice() {
    let mut harness = show(asked());
    click(&mut harness, "Confirm the payment");
    assert_eq!(last_command(&harness), Command::Confirm { pin: "1234".into() });

    let mut harness = show(asked());
    harness.get_by_role_and_label(Role::TextInput, "PIN").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "PIN").type_text("98765x");
    harness.run();
    click(&mut harness, "Confirm the payment");
    assert_eq!(last_command(&harness), Command::Confirm { pin: "9876".into() });

    let mut harness = show(asked());
    click(&mut harness, "Cancel the payment");
    assert_eq!(last_command(&harness), Command::Cancel);

    let mut harness = show(asked());
    click(&mut harness, "Close the payment window");
    assert_eq!(last_command(&harness), Command::CloseWindow);

    let mut harness = show(asked());
    click(&mut harness, "Buyer: You decide");
    click(&mut harness, "Never answers");
    assert_eq!(last_command(&harness), Command::ChangeBuyer { character: BuyerCharacter::NeverAnswers });
}

#[test]
fn an_open_payment_window_stops_step_and_play_until_you_decide() {
    let mut harness = show(asked());
    for key in [Key::Space, Key::End, Key::Period] {
        let before = session(&harness).steps().len();
        press_key(&mut harness, key);
        let undecided = session(&harness).world().buyer().window().is_some();
        assert!(undecided && !harness.state().is_playing(), "{key:?}");
        assert!(session(&harness).steps().len() <= before + 1, "{key:?}");
    }
    assert!(is_shown(&harness, "Decide here: the flow waits for you"));
    assert!(is_shown(&harness, "next: decide in the payment window"));
    click(&mut harness, "Confirm the payment");
    press_key(&mut harness, Key::End);
    assert!(is_open(&harness, "shiny-pony"));
}

#[test]
fn what_the_marketplace_can_do_is_a_click_away() {
    let first = |session: &Session| session.world().marketplace().transactions()[0].id.clone();
    let mut harness = show(finished());
    click(&mut harness, "Refund");
    assert_eq!(last_command(&harness), Command::Refund { transaction: first(session(&harness)) });

    let mut harness = show(finished());
    click(&mut harness, "Charge back");
    assert_eq!(last_command(&harness), Command::ChargeBack { transaction: first(session(&harness)) });

    let mut harness = show(finished());
    click(&mut harness, "Purchases");
    click(&mut harness, "Open the list");
    assert_eq!(last_command(&harness), Command::OpenHistory);
    let id = first(session(&harness));
    click(&mut harness, &format!("Get receipt {}…", &id.as_str()[..4]));
    assert_eq!(last_command(&harness), Command::GetReceipt { transaction: id });

    let mut harness = show(finished());
    click(&mut harness, "Keys");
    click(&mut harness, "Rotate");
    assert_eq!(last_command(&harness), Command::RotateKey);
    click(&mut harness, "App fetches keys");
    assert_eq!(last_command(&harness), Command::FetchKeys);
}

#[test]
fn what_the_app_can_do_with_its_receipt_is_a_click_away() {
    let product = ProductId::parse("shiny-pony").unwrap();
    let mut harness = show(finished());
    click(&mut harness, "Verify again");
    assert_eq!(last_command(&harness), Command::VerifyAgain { product: product.clone() });
    let mut harness = show(finished());
    click(&mut harness, "Reissue");
    assert_eq!(last_command(&harness), Command::Reissue { product });
    let mut harness = show(finished());
    click(&mut harness, "Receipt for shiny-pony");
    assert!(harness.state().selection().receipt.is_some());
}

#[test]
fn a_check_that_is_switched_off_lets_a_foreign_receipt_through_on_screen_only() {
    let outcome = play::play(&Builtin::find("other-apps-receipt").unwrap().scenario().unwrap());
    let mut harness = show(outcome.session);
    press_key(&mut harness, Key::Num2);
    let before = session(&harness).fingerprint();
    assert!(is_shown(&harness, "Product is this app, failed"));
    click(&mut harness, "Check Product is this app");
    assert!(is_shown(&harness, "Product is this app, switched off"));
    assert!(!is_shown(&harness, "Product is this app, failed"));
    assert_eq!(session(&harness).fingerprint(), before);
}

#[test]
fn a_text_field_keeps_the_keys_for_itself() {
    let mut harness = show(asked());
    let before = (session(&harness).fingerprint(), harness.state().selection().clone());
    harness.get_by_role_and_label(Role::TextInput, "PIN").focus();
    harness.run();
    // Enter and Escape are the field's own: they confirm and leave.
    let is_fields = |action| matches!(action, Action::Escape | Action::Inspect);
    for chord in bindings().filter(|binding| !is_fields(binding.action)).flat_map(|binding| binding.chords) {
        press(&mut harness, *chord);
    }
    assert_eq!((session(&harness).fingerprint(), harness.state().selection().clone()), before);
    press_key(&mut harness, Key::Escape);
    press_key(&mut harness, Key::Num3);
    assert_eq!(harness.state().selection().tab, Tab::Message);
}

/// What a test can see of the window.
#[derive(Debug, PartialEq)]
struct Seen {
    step: usize,
    branch: usize,
    last: Command,
    selection: Selection,
    is_playing: bool,
    zoom: f32,
    /// What lies over the window: the help, a dialog, a menu.
    above: Option<&'static str>,
}

fn seen(harness: &Stagehand) -> Seen {
    let here = session(harness).here();
    Seen {
        step: here.step,
        branch: here.branch.index(),
        last: last_command(harness),
        selection: harness.state().selection().clone(),
        is_playing: harness.state().is_playing(),
        zoom: harness.ctx.zoom_factor(),
        above: above(harness),
    }
}

fn above(harness: &Stagehand) -> Option<&'static str> {
    let signs = [
        ("Close the list of keys", "help"),
        ("Path", "path"),
        ("Close the faults", "bench"),
        ("Close the dials", "dials"),
        ("Find", "finder"),
        ("Drop it", "faults"),
    ];
    let known = signs.into_iter().find(|(sign, _)| is_shown(harness, sign)).map(|(_, name)| name);
    // The button that drops the menu is called Branch A too; its lines are menu items.
    let is_branch =
        |node: &egui_kittest::Node<'_>| node.accesskit_node().label().is_some_and(|label| label == "Branch A");
    let has_branches = harness.query_all_by_role(Role::MenuItemRadio).any(|node| is_branch(&node));
    known.or(has_branches.then_some("branches"))
}

/// The run in which a key is tried, and whether what came of it is what the help says.
fn trial(action: Action) -> (Session, fn(&Seen, &Seen) -> bool) {
    let product = || ProductId::parse("shiny-pony").unwrap();
    match action {
        Action::Step => (pressed(6), |before, after| after.step == before.step + 1),
        Action::Back => (pressed(6), |before, after| after.step == before.step - 1),
        Action::PlayOrPause => (pressed(6), |_, after| after.is_playing),
        Action::NextPhase => (pressed(4), |before, after| after.step > before.step && after.step < 9),
        Action::PreviousPhase => (pressed(14), |before, after| after.step < before.step && after.step > 1),
        Action::Start => (pressed(6), |_, after| after.step == 1),
        Action::End => (pressed(6), |before, after| after.step > before.step + 5),
        Action::Above => (pressed(6), |_, after| after.selection.message.is_some()),
        Action::Below => {
            (pressed(6), |before, after| before.selection.message.is_none() && after.selection == before.selection)
        }
        Action::Inspect => (pressed(2), |_, after| after.selection.tab == Tab::Message),
        Action::ShowTab(0) => (pressed(6), |_, after| after.selection.tab == Tab::Claims),
        Action::ShowTab(1) => (pressed(6), |_, after| after.selection.tab == Tab::Verdict),
        Action::ShowTab(2) => (pressed(6), |_, after| after.selection.tab == Tab::Message),
        Action::ShowTab(3) => (finished(), |_, after| after.selection.tab == Tab::Opinions),
        Action::ShowTab(4) => (finished(), |_, after| after.selection.tab == Tab::Knowledge),
        Action::ShowTab(5) => (finished(), |_, after| after.selection.tab == Tab::Compare),
        Action::ShowTab(_) => (finished(), |_, after| after.selection.tab == Tab::Coverage),
        Action::Branches => (pressed(6), |_, after| after.above == Some("branches")),
        Action::Verify => (finished(), |_, after| matches!(after.last, Command::VerifyAgain { .. })),
        Action::Reissue => (finished(), |_, after| matches!(after.last, Command::Reissue { .. })),
        Action::Refund => (finished(), |_, after| matches!(after.last, Command::Refund { .. })),
        Action::Revision => {
            (pressed(6), |before, after| after.selection.tab == Tab::Compare && after.step == before.step)
        }
        Action::Dials => (pressed(6), |_, after| after.above == Some("dials")),
        Action::Find => (pressed(6), |_, after| after.above == Some("finder")),
        Action::Fault => (pressed(6), |_, after| after.above == Some("faults")),
        Action::Faults => (pressed(6), |_, after| after.above == Some("bench")),
        Action::Hold => (pressed(6), |_, after| matches!(after.last, Command::Arm { .. })),
        Action::Undo => (pressed(6), |before, after| after.step == before.step - 1),
        Action::Redo => {
            let mut session = pressed(6);
            session.undo();
            (session, |before, after| after.step == before.step + 1)
        }
        Action::Open | Action::Save | Action::Record | Action::Export => {
            (pressed(6), |_, after| after.above == Some("path"))
        }
        Action::NewRun => (pressed(6), |_, after| after.step == 1 && after.branch == 0),
        Action::ZoomIn => (pressed(6), |before, after| after.zoom > before.zoom),
        Action::ZoomOut => (pressed(6), |before, after| after.zoom < before.zoom),
        Action::ZoomReset => (pressed(6), |before, after| (after.zoom - before.zoom).abs() < 1e-6),
        Action::Help => (pressed(6), |_, after| after.above == Some("help")),
        Action::Escape => {
            let mut session = pressed(6);
            session.dispatch(Command::VerifyAgain { product: product() });
            (session, |before, after| after.selection == before.selection)
        }
    }
}

#[test]
fn each_key_of_the_table_does_what_it_says() {
    for binding in bindings() {
        for chord in binding.chords {
            let (session, is_so) = trial(binding.action);
            let mut harness = show(session);
            let before = seen(&harness);
            harness.key_press_modifiers(chord.modifiers, chord.key);
            harness.run_steps(3);
            let after = seen(&harness);
            let what = format!("{} should be \"{}\"", chord.words(), binding.words);
            assert!(is_so(&before, &after), "{what}; before {before:?}, after {after:?}");
        }
    }
}

#[test]
fn keys_take_back_what_keys_did() {
    let mut harness = show(pressed(8));
    press_key(&mut harness, Key::ArrowUp);
    press_key(&mut harness, Key::ArrowUp);
    let two_up = harness.state().selection().message;
    press_key(&mut harness, Key::ArrowDown);
    assert_ne!(harness.state().selection().message, two_up);
    press_key(&mut harness, Key::Escape);
    assert_eq!(harness.state().selection().message, None);

    press_key(&mut harness, Key::Questionmark);
    assert!(is_shown(&harness, "Close the list of keys"));
    press_key(&mut harness, Key::Space);
    assert_eq!(session(&harness).here().step, 9, "keys act behind the help");
    press_key(&mut harness, Key::Escape);
    assert!(!is_shown(&harness, "Close the list of keys"));
}

#[test]
fn acting_in_the_past_opens_a_branch_and_undo_finds_the_way_back() {
    let mut harness = show(finished());
    let end = session(&harness).here();
    press_key(&mut harness, Key::Home);
    click(&mut harness, "Buy Rainbow Mane");
    assert_eq!(session(&harness).branches().len(), 2);
    assert_eq!(session(&harness).here().branch.index(), 1);
    let back = Chord { key: Key::Z, modifiers: Modifiers::COMMAND };
    press(&mut harness, back);
    press(&mut harness, back);
    assert_eq!(session(&harness).here(), end);
    assert_eq!(session(&harness).branches().len(), 2, "a branch was lost");
}

#[test]
fn a_new_run_can_be_taken_back() {
    let mut harness = show(finished());
    let before = session(&harness).fingerprint();
    press(&mut harness, Chord { key: Key::N, modifiers: Modifiers::COMMAND });
    assert_eq!(session(&harness).here().step, 1);
    press(&mut harness, Chord { key: Key::Z, modifiers: Modifiers::COMMAND });
    assert_eq!(session(&harness).fingerprint(), before);
}

#[test]
fn play_goes_on_by_itself_and_reading_pauses_it() {
    let mut harness = show(pressed(4));
    harness.key_press(Key::P);
    harness.run_steps(8);
    assert!(harness.state().is_playing());
    let played = session(&harness).here().step;
    assert!(played > 5, "two seconds of play took the run to step {played}");
    harness.get_by_label_contains("Message 2,").click();
    harness.run();
    assert!(!harness.state().is_playing(), "play goes on while a message is read");
}

#[test]
fn a_paused_window_asks_for_no_repaint() {
    let mut harness = show(pressed(8));
    harness.run();
    let delays = harness.output().viewport_output.values().map(|viewport| viewport.repaint_delay).collect::<Vec<_>>();
    assert!(delays.iter().all(|delay| delay.as_secs() > 3600), "{delays:?}");
}

#[test]
fn tab_reaches_the_buttons_of_every_region() {
    let mut harness = show(finished());
    let mut reached = Vec::new();
    for _ in 0..80 {
        harness.key_press(Key::Tab);
        harness.run();
        reached.extend(
            harness
                .root()
                .children_recursive()
                .filter(egui_kittest::Node::is_focused)
                .filter_map(|node| node.accesskit_node().label()),
        );
    }
    for name in [
        "Back",
        "Open",
        "Save",
        "Buy Golden Saddle",
        "Verify again",
        "Refund",
        "Purchases",
        "Verdict",
        "Read the receipt",
        "Branch A",
        "Receipt for shiny-pony",
    ] {
        assert!(reached.iter().any(|label| label == name), "Tab never reaches {name}: {reached:?}");
    }
}

#[test]
fn a_focused_button_keeps_space_for_itself() {
    let mut harness = show(pressed(6));
    harness.get_by_label("Back").focus();
    harness.run();
    press_key(&mut harness, Key::Space);
    assert_eq!(session(&harness).here().step, 6, "Space on Back goes back");
}

fn temporary(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("paystage-panes-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

/// Types a path into the dialog that this key opens, and presses its button.
fn use_path(harness: &mut Stagehand, key: Key, path: &str, verb: &str) {
    press(harness, Chord { key, modifiers: Modifiers::COMMAND });
    press(harness, Chord { key: Key::A, modifiers: Modifiers::COMMAND });
    harness.get_by_role_and_label(Role::TextInput, "Path").type_text(path);
    harness.run();
    click(harness, &format!("{verb} this path"));
}

#[test]
fn a_run_saved_through_the_path_field_opens_again_as_it_was() {
    let path = temporary("kept.paystage.json");
    let mut harness = show(finished());
    use_path(&mut harness, Key::S, path.to_str().unwrap(), "Save");
    let saved = session(&harness).fingerprint();

    let mut harness = show(fresh());
    use_path(&mut harness, Key::O, path.to_str().unwrap(), "Open");
    assert_eq!(session(&harness).fingerprint(), saved);

    let path = temporary("kept.toml");
    let mut harness = show(finished());
    use_path(&mut harness, Key::S, path.to_str().unwrap(), "Save");
    let mut harness = show(fresh());
    use_path(&mut harness, Key::O, path.to_str().unwrap(), "Open");
    press_key(&mut harness, Key::End);
    assert_eq!(session(&harness).fingerprint(), saved);
}

#[test]
fn a_file_that_cannot_be_opened_says_so_and_leaves_the_run_alone() {
    let bad = [
        ("missing.toml", None, "no such file"),
        ("broken.paystage.json", Some(&b"{\"format\": "[..]), "broken.paystage.json:1:"),
        ("other.paystage.json", Some(&b"nonsense {"[..]), "JSON"),
        ("binary.toml", Some(&b"title = \"\xff\""[..]), "UTF-8"),
        ("odd.toml", Some(&b"title = \"odd\"\n[[steps]]\nfly = true\n"[..]), "odd.toml"),
    ];
    for (name, bytes, words) in bad {
        let path = temporary(name);
        if let Some(bytes) = bytes {
            std::fs::write(&path, bytes).unwrap();
        }
        let mut harness = show(finished());
        let before = session(&harness).fingerprint();
        use_path(&mut harness, Key::O, path.to_str().unwrap(), "Open");
        assert!(harness.query_all_by_label_contains(words).next().is_some(), "{name}: nothing says \"{words}\"");
        assert_eq!(session(&harness).fingerprint(), before);
    }
}

#[test]
fn every_built_in_scenario_opens_from_the_dialog() {
    let mut harness = show(fresh());
    press(&mut harness, Chord { key: Key::O, modifiers: Modifiers::COMMAND });
    click(&mut harness, "Paid, but the app gave up");
    assert_eq!(session(&harness).title(), "Paid, but the app gave up");
    assert!(session(&harness).can_forward(), "the whole scenario lies ahead");
}

#[test]
fn a_click_on_the_timeline_or_a_phase_goes_there() {
    let mut harness = show(finished());
    click(&mut harness, "mozPay, step 3, done");
    let step = session(&harness).here().step;
    assert!(step > 1 && step < 10, "mozPay began at step {step}");
}
