//! The payment window: what the marketplace shows the buyer. Product, price, PIN, and the ways out.

use egui::Ui;

use crate::ui::desk::Desk;
use crate::ui::icons::Icon;
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::view::Ahead;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{field, menu, surface, text};
use crate::world::buyer::PaymentWindow;
use crate::world::character::BuyerCharacter;
use crate::world::command::Command;

/// The trusted window, and the choice of who sits before it.
#[derive(Clone, Debug, Default)]
pub struct Payment {
    pin: String,
}

impl Pane for Payment {
    fn name(&self) -> &'static str {
        "Payment window"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let session = desk.session;
        if let Some(window) = session.world().buyer().window() {
            surface::card(ui, |ui| self.window_ui(ui, desk, window));
        } else {
            self.pin.clear();
        }
        character_ui(ui, desk);
    }
}

impl Payment {
    fn window_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, window: &PaymentWindow) {
        let theme = Theme::of(ui);
        let pin = desk.session.world().catalog().pin;
        ui.horizontal(|ui| {
            Icon::Lock.show(ui, 14.0, theme.color.ok);
            text::strong(ui, "Payment window");
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if Button::icon(Icon::Cross, "Close the payment window").show(ui).clicked() {
                    desk.ask(Command::CloseWindow);
                }
            });
        });
        surface::key_value(ui, "Product", |ui| text::plain(ui, &window.name));
        surface::key_value(ui, "Price", |ui| text::strong(ui, &window.price.to_string()));
        if desk.view.ahead() == Ahead::YourTurn {
            text::note(ui, "Decide here: the flow waits for you");
        }
        if let Some(left) = window.tries_left {
            let tries = if left == 1 { "1 try".to_owned() } else { format!("{left} tries") };
            let words = format!("Wrong PIN, {tries} left");
            ui.add_space(theme.space.tight);
            text::elided(ui, &words, theme.label(), theme.color.bad);
        }
        ui.add_space(theme.space.gap);
        ui.horizontal(|ui| {
            let entered = field::line(ui, "PIN", &mut self.pin, &format!("PIN, {pin}"), 96.0);
            self.pin.retain(|sign| sign.is_ascii_digit());
            self.pin.truncate(4);
            let is_confirmed = entered.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let button = Button::filled("Confirm").name("Confirm the payment").show(ui);
            if button.clicked() || is_confirmed {
                let typed = std::mem::take(&mut self.pin);
                desk.ask(Command::Confirm { pin: if typed.is_empty() { pin.to_owned() } else { typed } });
            }
            if Button::quiet("Cancel").name("Cancel the payment").show(ui).clicked() {
                desk.ask(Command::Cancel);
            }
        });
    }
}

fn character_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let current = desk.session.world().buyer().character();
    let words = sentence_case(&current.to_string());
    ui.horizontal(|ui| {
        text::muted(ui, "The buyer");
        let name = format!("Buyer: {words}");
        let button = Button::quiet(&words)
            .name(&name)
            .trailing(Icon::ChevronDown)
            .hint("How the buyer behaves in the payment window")
            .show(ui);
        menu::drop_down(&button, 240.0, |ui| {
            for character in BuyerCharacter::MENU {
                let words = sentence_case(&character.to_string());
                if menu::line(ui, &words, "", character == current).clicked() {
                    desk.ask(Command::ChangeBuyer { character });
                }
            }
        });
    });
}

fn sentence_case(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>())
        .replace(" pin ", " PIN ")
}
