//! The lamp as it is drawn: one chip beside the inspector's title, green or with the law that broke first. A click goes there.

use egui::accesskit::Role;
use egui::{Response, Sense, Ui, WidgetInfo, vec2};

use crate::lens::lamp::{Lamp, Light};
use crate::session::watch::breach::Breach;
use crate::session::watch::law::Law;
use crate::ui::desk::{Ask, Desk};
use crate::ui::theme::Theme;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::surface;

/// How wide the list of laws is.
const TOOLTIP_WIDTH: f32 = 380.0;

/// The chip. A click on a red one goes to the event that broke the law.
pub fn chip_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let (response, goal) = match desk.view.lamp().light() {
        Light::Green => (chip(ui, Tone::Ok, Law::ProductAvailable.label(), "The lamp is green, all laws hold"), None),
        Light::Red(breach) => {
            let name = format!("The lamp is red, {}", breach.sentence);
            let words = breach.cause.map_or_else(
                || breach.law.label().to_owned(),
                |cause| format!("{} · message {}", breach.law.label(), cause.number),
            );
            (chip(ui, Tone::Bad, &words, &name), Some(breach.step + 1))
        }
    };
    if response.clicked()
        && let Some(taken) = goal
    {
        desk.ask(Ask::Go(taken));
    }
    let lamp = desk.view.lamp();
    response.on_hover_ui(|ui| laws_ui(ui, lamp));
}

fn chip(ui: &mut Ui, tone: Tone, words: &str, name: &str) -> Response {
    let shown = Chip::new(tone, words).signed().show(ui);
    let response = ui.interact(shown.rect.expand2(vec2(0.0, 4.0)), shown.id.with("lamp"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    surface::focus_ring(ui, &response, 10);
    response
}

/// Each law with its state, and what happened where it is broken or was.
fn laws_ui(ui: &mut Ui, lamp: &Lamp) {
    let theme = Theme::of(ui);
    ui.set_width(TOOLTIP_WIDTH);
    for law in Law::ALL {
        let red = lamp.breach(law);
        let mended = lamp.breaches().filter(|breach| breach.law == law).last();
        let tone = match (red, mended) {
            (Some(_), _) => Tone::Bad,
            (None, Some(_)) => Tone::Warn,
            (None, None) => Tone::Ok,
        };
        ui.horizontal(|ui| {
            tone.icon().show(ui, 14.0, tone.color(theme));
            ui.label(law.label());
        });
        match (red, mended) {
            (Some(breach), _) => note(ui, theme, &told(breach)),
            (None, Some(breach)) => note(ui, theme, &format!("{}, and was mended since", told(breach))),
            (None, None) => note(ui, theme, law.sentence()),
        }
    }
}

fn told(breach: &Breach) -> String {
    let Some(cause) = breach.cause else { return breach.sentence.clone() };
    format!("{} (message {})", breach.sentence, cause.number)
}

fn note(ui: &mut Ui, theme: &Theme, words: &str) {
    ui.horizontal(|ui| {
        ui.add_space(22.0);
        ui.vertical(|ui| ui.colored_label(theme.color.muted, words));
    });
}
