//! The look is kept: the gallery of all widgets, in both faces, pixel for pixel, and each widget answers to its name.

use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, SnapshotResults};
use paystage::ui::icons::Icon;
use paystage::ui::theme::Theme;
use paystage::ui::widgets::button::Button;
use paystage::ui::widgets::chip::{Chip, Tone};
use paystage::ui::widgets::steps::{StepState, steps};
use paystage::ui::widgets::table::{Column, Table, Width};
use paystage::ui::widgets::{choice, field, surface, text};

use crate::cpu_renderer::dressed;

/// What the gallery remembers, as a pane would.
struct Gallery {
    mode: u8,
    view: u8,
    row: usize,
    step: Option<usize>,
    name: String,
    is_strict: bool,
    pressed: Vec<&'static str>,
}

impl Default for Gallery {
    fn default() -> Self {
        Self {
            mode: 0,
            view: 0,
            row: 0,
            step: None,
            name: "lost-notice.toml".to_owned(),
            is_strict: true,
            pressed: Vec::new(),
        }
    }
}

impl Gallery {
    fn show(&mut self, ui: &mut egui::Ui) {
        let theme = Theme::of(ui);
        egui::Panel::top("top").frame(surface::region_frame(theme)).show(ui, |ui| self.top(ui));
        egui::Panel::left("left").frame(surface::region_frame(theme)).exact_size(330.0).show(ui, |ui| self.left(ui));
        egui::CentralPanel::default().frame(surface::region_frame(theme)).show(ui, |ui| self.middle(ui));
    }

    fn top(&mut self, ui: &mut egui::Ui) {
        let theme = Theme::of(ui);
        ui.horizontal(|ui| {
            Icon::Logo.show(ui, 16.0, theme.color.accent);
            text::heading(ui, "Paystage");
            text::muted(ui, "Shiny Pony · lost notice");
            ui.add_space(24.0);
            self.press(ui, Button::outlined_icon(Icon::Start, "Go to start").shortcut("Home"), "start");
            self.press(ui, Button::quiet("Back").leading(Icon::Back), "back");
            self.press(ui, Button::filled("Step").trailing(Icon::Step).shortcut("→"), "step");
            self.press(ui, Button::quiet("Play").leading(Icon::Play), "play");
            self.press(ui, Button::quiet("1×").hint("How fast play goes"), "speed");
            self.press(ui, Button::quiet("Forward").enabled(false), "forward");
            ui.add_space(24.0);
            choice::segments(ui, "mode", &mut self.mode, &[(0, "Learn"), (1, "Test"), (2, "Present")]);
            Chip::new(Tone::Ok, "live").dotted().show(ui);
            text::mono(ui, "127.0.0.1:7717");
            text::key_cap(ui, "Ctrl K");
        });
        ui.add_space(4.0);
        surface::hairline(ui);
        let done = ["Buy", "Pay request", "mozPay", "Poll"].map(|name| (name, StepState::Done));
        let future = ["Install", "Verify", "Access"].map(|name| (name, StepState::Future));
        let bar: Vec<_> = done
            .into_iter()
            .chain([("Receipt", StepState::Current)])
            .chain(future)
            .chain([("Reissue", StepState::Failed)])
            .collect();
        self.step = steps(ui, &bar).or(self.step);
    }

    fn left(&mut self, ui: &mut egui::Ui) {
        let theme = Theme::of(ui);
        surface::region_head(ui, theme.party(1), "App", "pony.example");
        surface::screen(ui, |ui| {
            text::title(ui, "Pony Park");
            surface::card(ui, |ui| {
                ui.horizontal(|ui| {
                    text::strong(ui, "Shiny Pony");
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        Chip::new(Tone::Warn, "waiting for receipt").show(ui);
                    });
                });
                text::note(ui, "A pony that glows in the dark");
            });
            surface::card(ui, |ui| {
                text::strong(ui, "Rainbow Mane");
                let buy = Button::filled("Buy").name("Buy Rainbow Mane").glowing(true);
                self.press(ui, buy, "buy");
            });
        });
        text::heading(ui, "This app checks");
        ui.horizontal(|ui| {
            text::muted(ui, "signature · product · issuer · time");
            self.press(ui, Button::link("change…").name("Change what this app checks"), "change");
        });
        field::line(ui, "Path of the run", &mut self.name, "Where to save", 300.0);
        field::switch(ui, "Strict about times", &mut self.is_strict);
        let mut is_off = false;
        field::switch(ui, "Ask the store", &mut is_off);
        ui.horizontal(|ui| ui.checkbox(&mut self.is_strict, "Plain box"));
        text::empty_state(ui, Icon::Search, "Nothing here yet", "Press Space to step, or click Buy");
    }

    fn middle(&mut self, ui: &mut egui::Ui) {
        let theme = Theme::of(ui);
        surface::region_head(ui, theme.party(4), "Marketplace", "market.example");
        choice::tabs(
            ui,
            "views",
            &mut self.view,
            &[(0, "Claims"), (1, "Verdict"), (2, "Draft & attack"), (3, "Message")],
        );
        self.table(ui);
        ui.add_space(8.0);
        surface::card(ui, |ui| {
            text::heading(ui, "7f3a… · Shiny Pony");
            surface::key_value(ui, "Buyer", |ui| text::mono(ui, "ada (4fb35151-2b9b-4e0b-9f0a-7d1c3e5a9b00)"));
            surface::key_value(ui, "Notice", |ui| Chip::new(Tone::Warn, "2 attempts").signed().show(ui));
            surface::key_value(ui, "Receipt", |ui| Chip::new(Tone::Ok, "issued").signed().show(ui));
            ui.add_space(12.0);
            ui.horizontal(|ui| {
                self.press(ui, Button::quiet("Refund").leading(Icon::Refund), "refund");
                self.press(ui, Button::quiet("Reissue").leading(Icon::Reissue), "reissue");
                self.press(ui, Button::icon(Icon::More, "More actions"), "more");
            });
        });
        chips(ui);
        icons(ui);
        surface::hairline(ui);
        text::caption(
            ui,
            "11",
            "The app server hands back the receipt that the marketplace signed",
            "next the app installs it",
        );
    }

    fn table(&mut self, ui: &mut egui::Ui) {
        let columns = [
            Column { title: "Transaction", width: Width::Points(90.0) },
            Column { title: "Product", width: Width::Share(1.0) },
            Column { title: "State", width: Width::Points(120.0) },
            Column { title: "", width: Width::Points(30.0) },
        ];
        let table = Table::new(&columns);
        table.head(ui);
        let rows = [
            ("7f3a…", "Shiny Pony", Tone::Ok, "completed"),
            (
                "51c0…",
                "A golden saddle with a name far too long for the column that it has to stand in",
                Tone::Info,
                "pending",
            ),
            ("e9d2…", "Rainbow Mane", Tone::Bad, "refunded"),
            ("0b77…", "Shiny Pony", Tone::Neutral, "cancelled"),
        ];
        for (index, (id, product, tone, state)) in rows.into_iter().enumerate() {
            let response = table.row(ui, &format!("{id} {product}, {state}"), self.row == index, |cells| {
                cells.mono(id);
                cells.text(product);
                cells.ui(|ui| Chip::new(tone, state).show(ui));
                cells.ui(|ui| Chip::mark(tone, &format!("{id} {state}")).show(ui));
            });
            if response.clicked() {
                self.row = index;
            }
        }
    }

    fn press(&mut self, ui: &mut egui::Ui, button: Button<'_>, name: &'static str) {
        if button.show(ui).clicked() {
            self.pressed.push(name);
        }
    }
}

fn chips(ui: &mut egui::Ui) {
    ui.horizontal_wrapped(|ui| {
        for (tone, word) in [
            (Tone::Ok, "ok"),
            (Tone::Warn, "warn"),
            (Tone::Bad, "lost ×1"),
            (Tone::Info, "info"),
            (Tone::Accent, "now"),
            (Tone::Neutral, "skipped"),
        ] {
            Chip::new(tone, word).signed().show(ui);
        }
        for (lane, name) in ["Buyer", "App page", "Device", "App server", "Marketplace", "Provider"].iter().enumerate()
        {
            Chip::new(Tone::Party(lane), name).show(ui);
        }
    });
}

fn icons(ui: &mut egui::Ui) {
    let color = Theme::of(ui).color.text;
    for side in [14.0, 16.0, 18.0] {
        ui.horizontal_wrapped(|ui| Icon::ALL.into_iter().for_each(|icon| icon.show(ui, side, color)));
    }
}

fn gallery(face: egui::Theme) -> Harness<'static, Gallery> {
    dressed([1240.0, 820.0], face).build_ui_state(|ui, gallery: &mut Gallery| gallery.show(ui), Gallery::default())
}

/// The label of whatever has the keyboard.
fn focused_label(harness: &Harness<'_, Gallery>) -> Option<String> {
    harness.root().children_recursive().find(egui_kittest::Node::is_focused)?.accesskit_node().label()
}

#[test]
fn the_gallery_looks_as_agreed_in_both_faces() {
    let mut results = SnapshotResults::new();
    for (face, name) in [(egui::Theme::Dark, "gallery-dark"), (egui::Theme::Light, "gallery-light")] {
        let mut harness = gallery(face);
        harness.run();
        results.add(harness.try_snapshot(name));
    }
}

/// What lies above the panes: a tooltip, an open menu, a dialog with egui's own controls dressed by the theme.
fn overlays(ui: &mut egui::Ui, (speed, value): &mut (u8, f32)) {
    let theme = Theme::of(ui);
    egui::CentralPanel::default().frame(surface::region_frame(theme)).show(ui, |ui| {
        text::token(
            ui,
            "eyJhbGciOiJFZERTQSJ9.eyJ0eXAiOiJwdXJjaGFzZS1yZWNlaXB0In0.kJ8mQ0Zk3Wc1x2hYvRt9LJ4nB7uQe5ZsM0aT",
        );
        ui.horizontal(|ui| {
            Button::outlined_icon(Icon::Start, "Go to start").shortcut("Home").show(ui);
            choice::select(ui, "Speed", speed, &[(0, "0.25×"), (1, "1×"), (2, "64×, as fast as it reads")]);
        });
        egui::Window::new("Open a run").default_pos([330.0, 20.0]).resizable(false).collapsible(false).show(
            ui.ctx(),
            |ui| {
                text::note(ui, "A run file or a scenario, by its path");
                let mut path = String::new();
                field::line(ui, "Path", &mut path, "/home/ada/lost-notice.toml", 260.0);
                ui.horizontal(|ui| {
                    let label = ui.label("Tries");
                    ui.add(egui::Slider::new(value, 1.0..=20.0)).labelled_by(label.id);
                });
                ui.horizontal(|ui| {
                    let _ = (ui.radio(true, "Signature only"), ui.radio(false, "Store only"));
                });
                egui::ComboBox::from_label("Character").selected_text("Pays at once").show_ui(ui, |_| ());
                ui.hyperlink_to("What is a receipt", "https://market.example");
                ui.horizontal(|ui| {
                    Button::filled("Open").show(ui);
                    Button::quiet("Cancel").show(ui);
                });
            },
        );
    });
}

#[test]
fn what_lies_above_the_panes_looks_as_agreed_at_zoom_2() {
    let mut results = SnapshotResults::new();
    for (face, name) in [(egui::Theme::Dark, "overlays-dark"), (egui::Theme::Light, "overlays-light")] {
        let mut harness = dressed([760.0, 360.0], face).with_pixels_per_point(2.0).build_ui_state(overlays, (1, 10.0));
        harness.get_by_role_and_label(Role::Button, "Speed 1×").click();
        harness.run();
        if face == egui::Theme::Light {
            harness.get_by_role_and_label(Role::MenuItemRadio, "64×, as fast as it reads").click();
            harness.run();
            harness.get_by_role_and_label(Role::Button, "Go to start").hover();
            harness.run();
        }
        assert_eq!(harness.state().0, if face == egui::Theme::Light { 2 } else { 1 });
        results.add(harness.try_snapshot(name));
    }
}

#[test]
fn one_changed_pixel_is_noticed() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("one-changed-pixel");
    std::fs::create_dir_all(&folder).unwrap();
    let options = egui_kittest::SnapshotOptions::new().output_path(&folder);
    let mut harness = gallery(egui::Theme::Dark);
    harness.run();
    let mut picture = harness.render().unwrap();
    picture.save(folder.join("gallery.png")).unwrap();
    assert!(egui_kittest::try_image_snapshot_options(&picture, "gallery", &options).is_ok());
    let [red, ..] = &mut picture.get_pixel_mut(600, 400).0;
    *red = red.wrapping_add(128);
    assert!(egui_kittest::try_image_snapshot_options(&picture, "gallery", &options).is_err());
}

#[test]
fn every_button_answers_to_its_name_and_a_disabled_one_does_not() {
    let mut harness = gallery(egui::Theme::Dark);
    for name in ["Go to start", "Back", "Step", "Play", "Forward", "Buy Rainbow Mane", "More actions"] {
        harness.get_by_role_and_label(Role::Button, name).click();
        harness.run();
    }
    assert_eq!(harness.state().pressed, ["start", "back", "step", "play", "buy", "more"]);
}

#[test]
fn a_segment_a_tab_and_a_row_say_which_one_is_selected() {
    let mut harness = gallery(egui::Theme::Dark);
    let toggled = |harness: &Harness<'_, Gallery>, name: &str| {
        harness.get_by_role_and_label(Role::RadioButton, name).accesskit_node().toggled()
    };
    let selected = |harness: &Harness<'_, Gallery>, role: Role, name: &str| {
        harness.get_by_role_and_label(role, name).accesskit_node().is_selected()
    };
    assert_eq!(toggled(&harness, "Learn"), Some(Toggled::True));
    harness.get_by_role_and_label(Role::RadioButton, "Present").click();
    harness.get_by_role_and_label(Role::Tab, "Verdict").click();
    harness.get_by_role_and_label(Role::Row, "e9d2… Rainbow Mane, refunded").click();
    harness.run();
    assert_eq!((harness.state().mode, harness.state().view, harness.state().row), (2, 1, 2));
    assert_eq!(toggled(&harness, "Learn"), Some(Toggled::False));
    assert_eq!(toggled(&harness, "Present"), Some(Toggled::True));
    assert_eq!(selected(&harness, Role::Tab, "Claims"), Some(false));
    assert_eq!(selected(&harness, Role::Tab, "Verdict"), Some(true));
    assert_eq!(selected(&harness, Role::Row, "e9d2… Rainbow Mane, refunded"), Some(true));
}

#[test]
fn the_keyboard_reaches_and_presses_every_kind_of_widget() {
    let mut harness = gallery(egui::Theme::Dark);
    let mut reached = Vec::new();
    for _ in 0..60 {
        harness.key_press(egui::Key::Tab);
        harness.run();
        let label = focused_label(&harness).unwrap_or_default();
        if ["Present", "Message", "Receipt, step 5, current", "Ask the store"].contains(&label.as_str()) {
            harness.key_press(egui::Key::Enter);
            harness.run();
        }
        reached.push(label);
    }
    for name in ["Go to start", "Step", "Learn", "Buy Rainbow Mane", "Path of the run", "7f3a… Shiny Pony, completed"]
    {
        assert!(reached.iter().any(|label| label == name), "{name} is not in {reached:#?}");
    }
    assert_eq!((harness.state().mode, harness.state().view, harness.state().step), (2, 3, Some(4)));
}

#[test]
fn the_keyboard_leaves_a_ring_around_where_it_is() {
    let mut harness = gallery(egui::Theme::Dark);
    harness.run();
    let before = harness.render().unwrap();
    harness.get_by_role_and_label(Role::Button, "Back").focus();
    harness.run();
    let ring = Theme::dark().color.selection_line;
    let place = harness.get_by_role_and_label(Role::Button, "Back").rect();
    let (x, y) = (whole(place.center().x), whole(place.top()) - 2);
    assert_eq!(harness.render().unwrap().get_pixel(x, y).0, ring.to_array());
    assert_ne!(before.get_pixel(x, y).0, ring.to_array());
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a small picture")]
fn whole(points: f32) -> u32 {
    points.round() as u32
}
