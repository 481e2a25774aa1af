//! Text: headings, muted notes, monospace values, the caption under the flow, and what an empty pane says.

use egui::accesskit::Role;
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, FontId, Label, Layout, Response, RichText, Sense, StrokeKind, Ui, WidgetInfo, vec2};

use crate::ui::fonts;
use crate::ui::icons::Icon;
use crate::ui::theme::Theme;

/// The heading of a section, semibold.
pub fn heading(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui);
    elided(ui, text, theme.strong(), theme.color.text)
}

/// The title of a card or dialog, larger.
pub fn title(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui);
    elided(ui, text, theme.title(), theme.color.text)
}

/// One line in the size of tables. What does not fit is elided and told in full by the tooltip.
pub fn plain(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui);
    elided(ui, text, theme.label(), theme.color.text)
}

/// One line, semibold.
pub fn strong(ui: &mut Ui, text: &str) -> Response {
    heading(ui, text)
}

/// One line that is read second.
pub fn muted(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui);
    elided(ui, text, theme.label(), theme.color.muted)
}

/// The same, never elided: a row that wraps takes it to its next line.
pub fn muted_whole(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui);
    ui.add(Label::new(RichText::new(text).font(theme.label()).color(theme.color.muted)).extend())
}

/// One line of a token, path, id or time.
pub fn mono(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui);
    elided(ui, text, theme.mono(), theme.color.text)
}

/// One line of a token, path, id or time, in this colour.
pub fn mono_in(ui: &mut Ui, text: &str, color: Color32) -> Response {
    elided(ui, text, Theme::of(ui).mono(), color)
}

/// Running text that wraps.
pub fn paragraph(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui);
    ui.add(Label::new(RichText::new(text).font(theme.body()).color(theme.color.text)).wrap())
}

/// Running text that wraps and is read second.
pub fn note(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui);
    ui.add(Label::new(RichText::new(text).font(theme.label()).color(theme.color.muted)).wrap())
}

/// Running text in the size of tables, read first.
pub fn sentence(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui);
    ui.add(Label::new(RichText::new(text).font(theme.label()).color(theme.color.text)).wrap())
}

/// One small line that is read last: a source, a date.
pub fn small(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui);
    elided(ui, text, theme.small(), theme.color.muted)
}

/// A compact JWS, wrapped where the line ends, its header, payload and signature in the three colours of the theme.
/// A chain `cert~receipt` begins again after each tilde.
pub fn token(ui: &mut Ui, compact: &str) -> Response {
    let theme = Theme::of(ui);
    let [header, payload, signature] = theme.color.jwt;
    let mut job = LayoutJob::default();
    job.wrap.break_anywhere = true;
    let mut ink = |text: &str, color: Color32| job.append(text, 0.0, TextFormat::simple(theme.mono(), color));
    for (index, link) in compact.split('~').enumerate() {
        if index > 0 {
            ink("~", theme.color.muted);
        }
        let mut parts = link.splitn(3, '.');
        for (place, color) in [header, payload, signature].into_iter().enumerate() {
            let Some(part) = parts.next() else { break };
            if place > 0 {
                ink(".", theme.color.muted);
            }
            ink(part, color);
        }
    }
    ui.add(Label::new(job).wrap().selectable(true))
}

/// One line in any font and colour. What does not fit is elided, and the tooltip tells it in full.
pub fn elided(ui: &mut Ui, text: &str, font: FontId, color: Color32) -> Response {
    ui.add(Label::new(RichText::new(text).font(font).color(color)).truncate())
}

/// A key, usually one of the keyboard's, as a small cap: `Ctrl K`.
pub fn key_cap(ui: &mut Ui, keys: &str) -> Response {
    let theme = Theme::of(ui);
    let galley = ui.painter().layout_no_wrap(keys.to_owned(), fonts::mono(11.0), theme.color.muted);
    let (rect, response) = ui.allocate_exact_size((galley.size() + vec2(10.0, 4.0)).ceil(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, keys));
    ui.painter().rect(rect, 4, theme.color.raised, theme.outline(), StrokeKind::Inside);
    ui.painter().galley(rect.min + vec2(5.0, 2.0), galley, theme.color.muted);
    response
}

/// A sentence that is never cut: in the caption's size where it fits into `room`, else smaller, on two lines.
pub fn whole(ui: &mut Ui, sentence: &str, room: f32) -> Response {
    let theme = Theme::of(ui);
    let galley = ui.painter().layout_no_wrap(sentence.to_owned(), theme.caption(), theme.color.text);
    if galley.size().x <= room {
        return elided(ui, sentence, theme.caption(), theme.color.text);
    }
    // Laid out beforehand, so that both lines stand in the middle of the row.
    let galley = ui.painter().layout(sentence.to_owned(), fonts::plain(theme.type_sizes.body), theme.color.text, room);
    ui.add(Label::new(galley))
}

/// The sentence of the present message, its number before it and a hint of the next one at the right.
pub fn caption(ui: &mut Ui, number: &str, sentence: &str, next: &str) {
    let theme = Theme::of(ui);
    let size = vec2(ui.available_width(), ui.available_height().clamp(theme.space.row, 1.5 * theme.space.row));
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = theme.space.gap;
        if !number.is_empty() {
            let font = fonts::strong(theme.type_sizes.caption);
            elided(ui, number, font, theme.color.accent);
        }
        let room = ui.available_width();
        let next_galley = ui.painter().layout_no_wrap(next.to_owned(), theme.label(), theme.color.muted);
        let sentence_galley = ui.painter().layout_no_wrap(sentence.to_owned(), theme.caption(), theme.color.text);
        let is_next_shown = next_galley.size().x + sentence_galley.size().x + 3.0 * theme.space.pad <= room;
        let said = whole(ui, sentence, room);
        if is_next_shown {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| muted(ui, next));
        } else if !next.is_empty() {
            said.on_hover_text(next);
        }
    });
}

/// What a pane says while it has nothing to show: an icon, a few words, and what to do about it.
pub fn empty_state(ui: &mut Ui, icon: Icon, words: &str, advice: &str) {
    let theme = Theme::of(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.3).clamp(theme.space.pad, 96.0));
        icon.show(ui, 24.0, theme.color.faint);
        ui.add_space(theme.space.tight);
        ui.label(RichText::new(words).font(theme.strong()).color(theme.color.text));
        ui.label(RichText::new(advice).font(theme.label()).color(theme.color.muted));
    });
}
