//! The message: how it travels. Request and answer as HTTP writes them, or the call in the caller's own words.

use egui::text::{LayoutJob, TextFormat};
use egui::{Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use crate::ui::desk::Desk;
use crate::ui::icons::Icon;
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;
use crate::world::http_form::{HttpForm, StartLine, WireForm};
use crate::world::message::Message as Arrow;
use crate::world::seat::Seat;

/// The selected message and its answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Message;

impl Pane for Message {
    fn name(&self) -> &'static str {
        "Message"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let subject = desk.view.subject();
        let Some(message) = &subject.message else {
            let advice = match desk.session.setup().seats.app_page {
                Seat::Simulated => "Press Space for the first one",
                Seat::External => "Your own app sends the first one",
            };
            return text::empty_state(ui, Icon::ArrowRight, "No message yet", advice);
        };
        let theme = Theme::of(ui);
        let room = ui.max_rect();
        match &subject.answer {
            None => side_ui(ui, room, desk, message),
            Some(answer) => {
                let (left, right) = room.split_left_right_at_fraction(0.5);
                side_ui(ui, left, desk, message);
                ui.painter().vline(right.left() + 0.5, room.y_range(), theme.hairline());
                side_ui(ui, right, desk, answer);
            }
        }
    }
}

fn side_ui(ui: &mut Ui, rect: Rect, desk: &Desk<'_>, message: &Arrow) {
    let theme = Theme::of(ui);
    let world = desk.session.world();
    let form = message.wire_form(world.setup(), world.catalog());
    let is_hosted = world.setup().is_hosted();
    let mut side = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(vec2(12.0, 8.0))).id_salt(message.id.0));
    side.shrink_clip_rect(rect);
    let title =
        format!("{} · {} → {}", message.number, message.from.lane_label(is_hosted), message.to.lane_label(is_hosted));
    side.horizontal(|ui| {
        text::strong(ui, &title);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| copy_ui(ui, &form, message.number));
    });
    let bottom = Rect::from_min_max(
        pos2(side.min_rect().left(), side.min_rect().bottom() + theme.space.tight),
        side.max_rect().max,
    );
    let mut body = side.new_child(UiBuilder::new().max_rect(bottom));
    ScrollArea::vertical().id_salt("form").auto_shrink(false).show(&mut body, |ui| {
        let job = match &form {
            WireForm::Http(form) => http_job(theme, form, ui.available_width()),
            WireForm::Call(call) => plain_job(theme, call, ui.available_width()),
        };
        ui.label(job);
    });
}

fn copy_ui(ui: &mut Ui, form: &WireForm, number: u32) {
    let text = match form {
        WireForm::Http(form) => form.to_string(),
        WireForm::Call(call) => call.clone(),
    };
    if Button::quiet("Copy").leading(Icon::Copy).name(&format!("Copy message {number}")).show(ui).clicked() {
        ui.ctx().copy_text(text);
    }
    if let WireForm::Http(form) = form
        && let Some(curl) = form.curl()
        && Button::quiet("Copy as curl")
            .name(&format!("Copy message {number} as curl"))
            .hint("For a terminal")
            .show(ui)
            .clicked()
    {
        ui.ctx().copy_text(curl);
    }
}

fn plain_job(theme: &Theme, words: &str, width: f32) -> LayoutJob {
    let mut job = job(width);
    job.append(words, 0.0, format(theme, theme.color.text));
    job
}

fn http_job(theme: &Theme, form: &HttpForm, width: f32) -> LayoutJob {
    let mut job = job(width);
    let (first, rest) = match &form.start {
        StartLine::Request { method, url } => ((*method).to_owned(), url.clone()),
        StartLine::Response { status, reason } => (status.to_string(), (*reason).to_owned()),
    };
    job.append(&first, 0.0, format(theme, theme.color.accent));
    job.append(&format!(" {rest}\n"), 0.0, format(theme, theme.color.text));
    for (name, value) in &form.headers {
        job.append(name, 0.0, format(theme, theme.color.info));
        job.append(&format!(": {value}\n"), 0.0, format(theme, theme.color.muted));
    }
    if let Some(body) = &form.body {
        job.append("\n", 0.0, format(theme, theme.color.text));
        job.append(body, 0.0, format(theme, theme.color.text));
    }
    job
}

fn job(width: f32) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    job.wrap.break_anywhere = true;
    job
}

fn format(theme: &Theme, ink: egui::Color32) -> TextFormat {
    TextFormat { font_id: theme.mono(), color: ink, line_height: Some(19.0), ..TextFormat::default() }
}
