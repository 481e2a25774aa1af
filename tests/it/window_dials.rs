//! The panel of dials and the finder: every dial is there, is turned by keyboard alone, and says what it changed.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use paystage::protocol::dial::{DomainCheck, IdentityMode};
use paystage::protocol::rules::Revision;
use paystage::session::control;
use paystage::session::dials::dial::Shape;
use paystage::session::dials::list::{DIALS, find};
use paystage::session::run::Session;
use paystage::ui::keys::Action;
use paystage::ui::selection::{Lab, Tab};
use paystage::ui::window::Window;
use paystage::world::setup::Setup;

use crate::cpu_renderer::dressed;

type Stagehand = Harness<'static, Window>;

/// A plain purchase under this set-up, at rest.
fn bought(setup: Setup) -> Session {
    let mut session = Session::new(setup);
    for _ in 0..300 {
        let Some(command) = control::next_command(&session) else { break };
        session.dispatch(command);
    }
    session
}

fn show(size_pt: [f32; 2], session: Session) -> Stagehand {
    let mut harness = dressed(size_pt, egui::Theme::Dark)
        .with_max_steps(60)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), Window::new(session));
    harness.run();
    harness
}

fn wide(setup: Setup) -> Stagehand {
    show([1600.0, 1000.0], bought(setup))
}

fn press(harness: &mut Stagehand, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

fn plain(harness: &mut Stagehand, key: Key) {
    press(harness, Modifiers::NONE, key);
}

fn is_shown(harness: &Stagehand, label: &str) -> bool {
    harness.query_all_by_label_contains(label).next().is_some()
}

fn setup(harness: &Stagehand) -> &Setup {
    harness.state().session().setup()
}

fn focused(harness: &Stagehand) -> String {
    let node = harness.root().children_recursive().find(egui_kittest::Node::is_focused);
    node.and_then(|node| node.accesskit_node().label()).unwrap_or_default()
}

/// Walks with Tab until what has the keyboard is called so.
fn tab_to(harness: &mut Stagehand, label: &str) {
    for _ in 0..200 {
        if focused(harness).starts_with(label) {
            return;
        }
        plain(harness, Key::Tab);
    }
    panic!("Tab never comes to {label:?}; it ends at {:?}", focused(harness));
}

#[test]
fn every_dial_has_a_named_control_in_every_size_of_the_window() {
    for size_pt in [[1600.0, 1000.0], [1000.0, 700.0], [720.0, 560.0]] {
        let mut harness = show(size_pt, bought(Setup::default()));
        plain(&mut harness, Key::D);
        for dial in DIALS {
            let control = match dial.shape {
                Shape::Choice(_) => format!("{} ", dial.label),
                Shape::Set(positions) => format!("Leave out {}", positions[0].label),
                Shape::Value { .. } => dial.label.to_owned(),
            };
            assert!(is_shown(&harness, &control), "{} has no control at {size_pt:?}", dial.name);
            assert!(is_shown(&harness, dial.decides), "{} says nothing at {size_pt:?}", dial.name);
        }
        assert!(is_shown(&harness, "Clock") && is_shown(&harness, "follows the revision"));
    }
}

#[test]
fn a_position_is_chosen_by_keyboard_alone_and_the_deeds_are_done_again() {
    let mut harness = wide(Setup::default());
    let before = harness.state().session().clone();
    plain(&mut harness, Key::D);
    tab_to(&mut harness, "Identity");
    plain(&mut harness, Key::Enter);
    tab_to(&mut harness, "Email address");
    plain(&mut harness, Key::Enter);
    assert_eq!(setup(&harness).identity, Some(IdentityMode::Email));
    let session = harness.state().session();
    assert_eq!(session.here().step, before.here().step, "the same purchase, at its end again");
    assert!(!session.can_forward() && session.world().wire().is_empty());
    harness.run();
    assert!(is_shown(&harness, "user.type is email, not"), "what it changed");
    plain(&mut harness, Key::Escape);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().session().fingerprint(), before.fingerprint(), "and undo leads back");
}

#[test]
fn a_value_is_typed_and_what_is_none_is_refused_in_words() {
    let mut harness = wide(Setup::default());
    plain(&mut harness, Key::D);
    for (typed, tries) in [("fifteen", 10), ("15", 15)] {
        let field = harness.get_by_role_and_label(Role::TextInput, "Polls before giving up");
        field.focus();
        harness.run_steps(2);
        press(&mut harness, Modifiers::COMMAND, Key::A);
        harness.get_by_role_and_label(Role::TextInput, "Polls before giving up").type_text(typed);
        harness.run_steps(2);
        plain(&mut harness, Key::Enter);
        assert_eq!(setup(&harness).polling.tries, tries, "{typed}");
        let is_refused = is_shown(&harness, "polling.tries is a whole number");
        assert_eq!(is_refused, tries == 10, "{typed}");
    }
}

#[test]
fn a_check_is_left_out_by_its_switch_and_everything_goes_back_at_once() {
    let mut harness = wide(Setup::default());
    plain(&mut harness, Key::D);
    tab_to(&mut harness, "Leave out Signature");
    let row = harness.get_by_label("Leave out Signature").rect();
    assert!(harness.ctx.content_rect().contains_rect(row), "what has the keyboard is in sight");
    plain(&mut harness, Key::Space);
    assert_eq!(find("checks-off").unwrap().in_force(setup(&harness)), "signature");
    harness.get_by_label("All to their defaults").click();
    harness.run_steps(3);
    assert_eq!(*setup(&harness), Setup::default());
}

#[test]
fn a_dial_that_has_changed_nothing_says_so() {
    let mut harness = wide(Setup { domain_check: DomainCheck::OriginHeader, ..Setup::default() });
    plain(&mut harness, Key::D);
    harness.run();
    assert!(is_shown(&harness, "Nothing in this run so far"));
    assert!(!is_shown(&harness, "First in message"));
}

#[test]
fn s_lays_before_beside_after_with_the_rule_behind_the_difference() {
    let mut harness = wide(Setup::default());
    plain(&mut harness, Key::S);
    harness.run();
    assert_eq!((setup(&harness).revision, harness.state().selection().tab), (Revision::Before, Tab::Compare));
    assert!(is_shown(&harness, "Branch A, Revision After"));
    assert!(is_shown(&harness, "The rule: "), "a rule stands beside the difference");
    assert!(is_shown(&harness, "2012-08-17") && is_shown(&harness, "2012-04-17"), "and where it comes from");
    plain(&mut harness, Key::S);
    harness.run();
    assert_eq!(setup(&harness).revision, Revision::After);
    assert_eq!(harness.state().session().branches().len(), 2, "back to the branch that was there");
    assert!(is_shown(&harness, "Branch B, Revision Before"), "which is laid beside the other");
    assert!(
        is_shown(&harness, "beside the present branch A") && is_shown(&harness, "only in B"),
        "under their own letters"
    );
}

#[test]
fn before_and_after_are_compared_up_to_the_same_moment() {
    let mut harness = wide(Setup::default());
    for _ in 0..8 {
        plain(&mut harness, Key::ArrowLeft);
    }
    let last = harness.state().session().last_step().at;
    plain(&mut harness, Key::S);
    harness.run();
    let session = harness.state().session();
    assert!(session.can_forward() && session.last_step().at == last, "in the middle, as before");
    assert!(!is_shown(&harness, "only in A"), "what lies ahead of both is no difference");
}

#[test]
fn the_menu_of_branches_says_which_dials_were_turned() {
    let mut harness = wide(Setup::default());
    harness.get_by_label("Change what this app checks").click();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::CheckBox, "Signature").click_accesskit();
    harness.run_steps(3);
    assert_eq!(find("checks-off").unwrap().in_force(setup(&harness)), "signature");
    let session = harness.state().session();
    assert!(session.branches().len() == 2 && !session.can_forward(), "the purchase was made again");
    plain(&mut harness, Key::B);
    harness.get_by_role_and_label(Role::MenuItemRadio, "Branch B").hover();
    harness.run();
    assert!(is_shown(&harness, "Dials turned: Checks left out Signature"), "what sets it apart");
    harness.get_by_role_and_label(Role::MenuItemRadio, "Branch A").click();
    harness.run_steps(3);
    assert_eq!(*setup(&harness), Setup::default());
}

#[test]
fn a_dial_that_is_turned_before_anything_was_done_begins_afresh() {
    let mut harness = show([1600.0, 1000.0], Session::new(Setup::default()));
    plain(&mut harness, Key::S);
    assert_eq!((setup(&harness).revision, harness.state().session().branches().len()), (Revision::Before, 1));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(setup(&harness).revision, Revision::After);
}

#[test]
fn the_finder_turns_a_dial_presses_a_key_and_opens_a_scenario() {
    for (typed, is_so) in [
        (
            "presenter friend signed in",
            (|window| window.session().setup().presenter.name() == "other-user") as fn(&Window) -> bool,
        ),
        ("compare", |window| window.selection().tab == Tab::Compare),
        ("paid-but-timed-out", |window| window.session().title().contains("gave up")),
    ] {
        let mut harness = wide(Setup::default());
        press(&mut harness, Modifiers::COMMAND, Key::K);
        harness.get_by_role_and_label(Role::TextInput, "Find").type_text(typed);
        harness.run_steps(2);
        plain(&mut harness, Key::Enter);
        assert!(is_so(harness.state()), "{typed}");
        assert!(!is_shown(&harness, "What do you want to do"), "{typed}");
    }
}

#[test]
fn what_is_typed_on_after_the_finders_key_is_never_taken_for_keys() {
    let mut harness = wide(Setup::default());
    let before = harness.state().session().here();
    // A slow pass brings the chord and the next letters at once: N would step, S would turn the revision.
    harness.input_mut().events.extend([Key::K, Key::N, Key::S].map(|key| Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: if key == Key::K { Modifiers::COMMAND } else { Modifiers::NONE },
    }));
    harness.step();
    // And the pass in which the finder is there for the first time already hears the rest.
    harness.input_mut().events.push(Event::Text("polling".to_owned()));
    harness.run();
    assert_eq!((harness.state().session().here(), setup(&harness).revision), (before, Revision::After));
    plain(&mut harness, Key::Enter);
    assert_eq!(harness.state().selection().tab, Tab::Lab(Lab::Polling));
}

#[test]
fn the_finders_list_is_high_again_after_a_query_that_little_fits() {
    // The dialog stands in the middle of the window: its first line tells how high it is.
    let top = |harness: &Stagehand| harness.get_by_role_and_label(Role::TextInput, "Find").rect().top();
    let mut harness = wide(Setup::default());
    press(&mut harness, Modifiers::COMMAND, Key::K);
    harness.run();
    let high = top(&harness);
    assert!(high < 320.0, "some fifteen lines are in sight: the first line stands at {high}");
    harness.get_by_role_and_label(Role::TextInput, "Find").type_text("xylophone");
    harness.run();
    assert!(is_shown(&harness, "Nothing has these words"));
    for _ in "xylophone".chars() {
        plain(&mut harness, Key::Backspace);
    }
    harness.run();
    assert!((top(&harness) - high).abs() < 1.0, "{} instead of {high}", top(&harness));
}

#[test]
fn the_finder_lists_every_position_of_every_dial() {
    let mut harness = wide(Setup::default());
    press(&mut harness, Modifiers::COMMAND, Key::K);
    for dial in DIALS {
        for position in dial.positions() {
            let words = format!("{} · {}", dial.label, position.label);
            assert!(is_shown(&harness, &words), "{words}");
        }
    }
    plain(&mut harness, Key::Escape);
    assert!(!is_shown(&harness, "Presenter · The buyer, signed in"));
    harness.state_mut().press(Action::Dials);
    harness.run();
    assert!(is_shown(&harness, "Close the dials"));
}

#[test]
fn the_grid_of_the_domain_check_fills_itself_and_a_cell_opens_its_run() {
    let mut harness = wide(Setup::default());
    harness.state_mut().selection_mut().open_lab(Lab::Domains);
    harness.run_steps(40);
    assert!(is_shown(&harness, "Each cell is a run"));
    let cell = "A listener who replays against Token signed by the app: let in";
    harness.get_by_label(cell).click_accesskit();
    harness.run_steps(3);
    assert_eq!(setup(&harness).domain_check, DomainCheck::AppSignedToken);
    assert_eq!(harness.state().selection().tab, Tab::Lab(Lab::Domains), "and the grid stays");
}
