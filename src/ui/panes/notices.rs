//! The notice desk's lab: each notice with its attempts and answers, and what can be done to the next one.

use egui::{Margin, ScrollArea, Ui};

use crate::lens::notice_acts;
use crate::lens::notices::{Answer, Attempt, Delivery, Effect, Fate, Notices as Read, Outlook};
use crate::protocol::notice::NoticeKind;
use crate::protocol::time::{Span, Time};
use crate::ui::desk::{Ask, Desk};
use crate::ui::icons::Icon;
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::table::{Column, Table, Width};
use crate::ui::widgets::{text, walk};
use crate::world::command::Command;

/// How many notices are shown; a run with more has its earlier ones left out.
const SHOWN_MAX: usize = 20;

const COLUMNS: [Column<'static>; 6] = [
    Column { title: "#", width: Width::Points(26.0) },
    Column { title: "Sent", width: Width::Points(72.0) },
    Column { title: "Message", width: Width::Points(62.0) },
    Column { title: "At the app server", width: Width::Share(1.2) },
    Column { title: "Answer", width: Width::Share(1.0) },
    Column { title: "Counts", width: Width::Points(128.0) },
];

/// The lab.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    read: Read,
}

impl Pane for Notices {
    fn name(&self) -> &'static str {
        "Notices"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        self.read.refresh(desk.session);
        let deliveries = self.read.deliveries();
        egui::Frame::new().inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
            acts_ui(ui, desk, deliveries);
            if deliveries.is_empty() {
                let advice = "It is posted when a payment completes or is taken back; arm something for it above";
                return text::empty_state(ui, Icon::Info, "No notice was posted yet", advice);
            }
            ScrollArea::vertical().id_salt("notices").auto_shrink(false).show(ui, |ui| {
                let left_out = deliveries.len().saturating_sub(SHOWN_MAX);
                walk::stop(ui, "List of attempts", |ui| {
                    for delivery in deliveries.iter().skip(left_out).rev() {
                        delivery_ui(ui, desk, delivery);
                    }
                });
                if left_out > 0 {
                    text::note(ui, &format!("{left_out} earlier ones are left out"));
                }
            });
        });
    }
}

/// What can be done to the next attempt, in one row.
fn acts_ui(ui: &mut Ui, desk: &mut Desk<'_>, deliveries: &[Delivery]) {
    let theme = Theme::of(ui);
    let subject = notice_acts::subject(deliveries);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(theme.space.gap, theme.space.tight);
        text::muted(ui, if subject.is_some() { "The next attempt" } else { "The next notice" });
        for offer in notice_acts::acts(desk.session.world(), subject) {
            if Button::quiet(&offer.words).hint("Arms a fault for this; Shift+F lists it").show(ui).clicked() {
                desk.ask(Command::Arm { fault: offer.fault });
            }
        }
        let due = subject.and_then(|delivery| match delivery.outlook {
            Outlook::Again { at } => Some(at - desk.session.world().now()),
            Outlook::Waiting { .. } | Outlook::Delivered | Outlook::GivenUp { .. } => None,
        });
        let wait = Button::quiet("To the next attempt").trailing(Icon::Step);
        let wait = wait.hint("Lets the time pass until the store tries again").enabled(due.is_some());
        if wait.show(ui).clicked()
            && let Some(span) = due
        {
            desk.ask(Ask::Advance(span.max(Span::ZERO)));
        }
    });
    ui.add_space(theme.space.tight);
}

fn delivery_ui(ui: &mut Ui, desk: &mut Desk<'_>, delivery: &Delivery) {
    let theme = Theme::of(ui);
    let product = delivery.product.as_ref().and_then(|id| desk.session.world().catalog().product(id));
    let product = product.map_or_else(|| delivery.transaction.as_str(), |product| product.name);
    let kind = match delivery.kind {
        NoticeKind::Postback => "Paid",
        NoticeKind::Chargeback => "Taken back",
    };
    ui.add_space(theme.space.tight);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme.space.gap;
        Chip::new(tone_of_outlook(delivery.outlook), &delivery.outlook.label()).signed().show(ui);
        text::strong(ui, &format!("{kind} · {product}")).on_hover_text(delivery.transaction.as_str());
        text::mono_in(ui, &delivery.url, theme.color.muted);
    });
    let table = Table::new(&COLUMNS);
    table.head(ui);
    // The latest is what somebody waits for; a low window shows a few.
    for attempt in delivery.attempts.iter().rev() {
        attempt_ui(ui, desk, &table, attempt);
    }
    ui.add_space(theme.space.gap);
}

fn attempt_ui(ui: &mut Ui, desk: &mut Desk<'_>, table: &Table<'_>, attempt: &Attempt) {
    let effect = attempt.effect.as_ref().map_or_else(|| "on its way".to_owned(), Effect::label);
    let effect = if attempt.effect.is_none() && attempt.fate != Fate::Waiting { "never arrived" } else { &effect };
    let answer = attempt.answer.as_ref().map_or_else(|| "—".to_owned(), |answer| answer_words(attempt.sent, answer));
    let copy = if attempt.is_copy { ", a copy" } else { "" };
    let name = format!(
        "Attempt {}{copy}, message {}, {effect}, answer {answer}, {}",
        attempt.number,
        attempt.message_number,
        attempt.fate.label()
    );
    let is_selected = desk.selection.message == Some(attempt.message);
    let row = table.row(ui, &name, is_selected, |cells| {
        cells.mono(&if attempt.is_copy { format!("{}′", attempt.number) } else { attempt.number.to_string() });
        cells.mono(&clock(attempt.sent));
        cells.mono(&attempt.message_number.to_string());
        cells.ui(|ui| {
            for act in &attempt.faults {
                Chip::new(Tone::Warn, act).show(ui).on_hover_text("A fault was at work here");
            }
            text::plain(ui, effect)
        });
        cells.text(&answer);
        cells.ui(|ui| Chip::new(tone_of_fate(attempt.fate), attempt.fate.label()).signed().show(ui));
    });
    if row.on_hover_text(attempt.fate.sentence()).clicked() {
        desk.selection.receipt = None;
        desk.selection.message = Some(attempt.message);
    }
}

/// `200 "OK" after 80 ms`; where nobody answered, why not.
fn answer_words(sent: Time, answer: &Answer) -> String {
    if answer.status == 0 {
        return answer.body.clone();
    }
    let body = if answer.body.len() > 24 {
        format!("{}…", answer.body.chars().take(23).collect::<String>())
    } else {
        answer.body.clone()
    };
    format!("{} {body:?} after {}", answer.status, answer.at - sent)
}

fn clock(time: Time) -> String {
    time.human().rsplit(' ').next().unwrap_or_default().to_owned()
}

fn tone_of_outlook(outlook: Outlook) -> Tone {
    match outlook {
        Outlook::Delivered => Tone::Ok,
        Outlook::Waiting { .. } | Outlook::Again { .. } => Tone::Warn,
        Outlook::GivenUp { .. } => Tone::Bad,
    }
}

fn tone_of_fate(fate: Fate) -> Tone {
    match fate {
        Fate::Counted => Tone::Ok,
        Fate::Waiting | Fate::TooLate => Tone::Warn,
        Fate::WrongBody | Fate::WrongStatus | Fate::Unreached | Fate::Unanswered => Tone::Bad,
    }
}
