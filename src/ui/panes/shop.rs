//! The app: a small shop on the left. Its products, the receipts it has installed, and what it checks of them.

use std::sync::Arc;

use egui::{Align, Layout, ScrollArea, Ui};

use crate::protocol::verdict::check::Check;
use crate::ui::desk::{Ask, Desk};
use crate::ui::fonts;
use crate::ui::icons::Icon;
use crate::ui::keys::{self, Action};
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::{field, surface, table, text};
use crate::world::app_page::shelf::{Shelf, Stage};
use crate::world::catalog::Product;
use crate::world::command::Command;
use crate::world::party::Party;
use crate::world::seat::Seat;
use crate::world::setup::Setup;

/// The shop.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shop {
    is_checks_open: bool,
}

impl Pane for Shop {
    fn name(&self) -> &'static str {
        "App"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = Theme::of(ui);
        let host = desk.session.world().catalog().app.authority().to_owned();
        let is_here = desk.session.setup().seats.app_page == Seat::Simulated;
        let head = |ui: &mut Ui| surface::region_head(ui, theme.party(Party::AppPage as usize), self.name(), &host);
        surface::ends(ui, theme.space.row, head, |ui| {
            if is_here {
                reopen_ui(ui, desk);
            }
        });
        surface::hairline(ui);
        if !is_here {
            return guest_ui(ui);
        }
        ScrollArea::vertical().id_salt("shop").auto_shrink(false).show(ui, |ui| {
            surface::screen(ui, |ui| screen_ui(ui, desk));
            ui.add_space(theme.space.gap);
            receipts_ui(ui, desk);
            ui.add_space(theme.space.gap);
            self.checks_ui(ui, desk);
        });
    }
}

/// Where somebody's own app plays the shop, there is nothing to click here.
fn guest_ui(ui: &mut Ui) {
    ui.add_space(Theme::of(ui).space.gap);
    surface::card(ui, |ui| {
        text::strong(ui, "Your own app sits here");
        text::paragraph(
            ui,
            "What it asks shows as arrows in the flow. The receipts that it holds, and what it checks, are its own",
        );
    });
}

fn screen_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = Theme::of(ui);
    let catalog = desk.session.world().catalog();
    let user = capitalised(catalog.buyer.id.as_str());
    surface::ends(
        ui,
        24.0,
        |ui| {
            text::elided(ui, catalog.app_name, fonts::strong(16.0), theme.color.text);
        },
        |ui| text::muted(ui, &user).on_hover_text(format!("Signed in as {}", catalog.buyer.email)),
    );
    let first_for_sale = catalog.shop().find(|product| is_for_sale(desk, product)).map(|product| &product.id);
    for product in catalog.shop() {
        surface::card(ui, |ui| product_ui(ui, desk, product, first_for_sale == Some(&product.id)));
    }
}

/// What the app does when it is opened again is a dial's affair; that it is opened again is the buyer's.
fn reopen_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let hint = "The buyer closes the app and opens it again: it forgets what it was waiting for, and looks at its receipts \
                if that is its way";
    if Button::link("reopen").name("Reopen the app").hint(hint).show(ui).clicked() {
        desk.ask(Command::Reopen);
    }
}

/// Whether Buy is what one would do with this product.
fn is_for_sale(desk: &Desk<'_>, product: &Product) -> bool {
    let shelf = desk.session.world().app_page().shelf(&product.id);
    shelf.is_none_or(|shelf| !shelf.is_open && shelf.stage == Stage::Idle)
}

fn product_ui(ui: &mut Ui, desk: &mut Desk<'_>, product: &Product, is_first: bool) {
    let shelf = desk.session.world().app_page().shelf(&product.id);
    let is_for_sale = is_for_sale(desk, product);
    ui.spacing_mut().item_spacing.y = Theme::of(ui).space.tight;
    surface::ends(
        ui,
        22.0,
        |ui| {
            text::strong(ui, product.name);
        },
        |ui| match shelf.and_then(state_of) {
            // What is under way needs no warning sign; in a narrow card the name goes before the sign.
            Some((tone, words)) if tone == Tone::Warn || ui.available_width() < 230.0 => {
                Chip::new(tone, words).show(ui)
            }
            Some((tone, words)) => Chip::new(tone, words).signed().show(ui),
            None => text::strong(ui, &product.price.to_string()),
        },
    );
    if is_for_sale {
        return buy_ui(ui, desk, product, is_first);
    }
    text::muted(ui, product.description);
    match shelf {
        Some(shelf) if shelf.stage.is_busy() => waiting_ui(ui, product, shelf),
        Some(shelf) if shelf.refusal.is_some() && !shelf.is_open => refused_ui(ui, desk, product, shelf),
        Some(_) | None => {}
    }
}

fn state_of(shelf: &Shelf) -> Option<(Tone, &'static str)> {
    let tone = match shelf.stage {
        Stage::Idle => return None,
        Stage::Open => Tone::Ok,
        Stage::Refused | Stage::GaveUp => Tone::Bad,
        Stage::Asking
        | Stage::Paying
        | Stage::Installing
        | Stage::Judging
        | Stage::AskingStore
        | Stage::Concluding
        | Stage::Reissuing => Tone::Warn,
    };
    Some((tone, shelf.stage.label()))
}

fn buy_ui(ui: &mut Ui, desk: &mut Desk<'_>, product: &Product, is_first: bool) {
    let name = format!("Buy {}", product.name);
    let is_glowing = is_first && desk.view.is_untouched();
    let button = if is_first { Button::filled("Buy") } else { Button::quiet("Buy") };
    let button = button.name(&name).glowing(is_glowing);
    let height = Theme::of(ui).space.button;
    let words = |ui: &mut Ui| {
        text::muted(ui, product.description);
    };
    if surface::ends(ui, height, words, |ui| button.show(ui).clicked()) {
        desk.ask(Command::Buy { product: product.id.clone() });
    }
}

fn waiting_ui(ui: &mut Ui, product: &Product, shelf: &Shelf) {
    let words = match shelf.polls {
        _ if shelf.receipt.is_some() => "The receipt has come".to_owned(),
        0 => "Waiting for payment…".to_owned(),
        1 => "Checking… 1 poll".to_owned(),
        polls => format!("Checking… {polls} polls"),
    };
    let words = |ui: &mut Ui| {
        text::plain(ui, &words);
    };
    surface::ends(ui, 22.0, words, |ui| text::strong(ui, &product.price.to_string()));
}

fn refused_ui(ui: &mut Ui, desk: &mut Desk<'_>, product: &Product, shelf: &Shelf) {
    let theme = Theme::of(ui);
    if let Some(refusal) = &shelf.refusal {
        text::note(ui, refusal.sentence).on_hover_text(refusal.fix);
        text::mono_in(ui, refusal.code, theme.color.bad).on_hover_text(refusal.fix);
    }
    let name = format!("Try again to buy {}", product.name);
    ui.horizontal_wrapped(|ui| {
        if Button::quiet("Try again").name(&name).hint("Buys it once more").show(ui).clicked() {
            desk.ask(Command::Buy { product: product.id.clone() });
        }
        if shelf.receipt.is_some() {
            verify_ui(ui, desk, shelf);
        }
    });
}

fn verify_ui(ui: &mut Ui, desk: &mut Desk<'_>, shelf: &Shelf) {
    let hint = keys::hint(Action::Verify).unwrap_or_default();
    if Button::quiet("Verify again")
        .shortcut(&hint)
        .hint("The app climbs the ladder again, as at each start")
        .show(ui)
        .clicked()
    {
        desk.ask(Command::VerifyAgain { product: shelf.product.clone() });
    }
}

fn receipts_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = Theme::of(ui);
    let session = desk.session;
    text::heading(ui, "Installed receipts");
    let receipts = session.world().device().receipts();
    if receipts.is_empty() {
        text::note(ui, "None yet. A paid purchase ends with one.");
        return;
    }
    let frame = egui::Frame::new().fill(theme.color.raised).stroke(theme.hairline()).corner_radius(theme.corner.card);
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (index, receipt) in receipts.iter().enumerate() {
            receipt_ui(ui, desk, index, receipt);
        }
    });
    let product = desk.view.product(session, desk.selection);
    if let Some(shelf) = product.and_then(|product| session.world().app_page().shelf(&product)) {
        ui.add_space(theme.space.tight);
        ui.horizontal_wrapped(|ui| {
            verify_ui(ui, desk, shelf);
            let hint = keys::hint(Action::Reissue).unwrap_or_default();
            let reissue = Button::quiet("Reissue").leading(Icon::Reissue).shortcut(&hint);
            if reissue.hint("Trades the receipt for a fresh one").show(ui).clicked() {
                desk.ask(Command::Reissue { product: shelf.product.clone() });
            }
        });
    }
}

const RECEIPT_COLUMNS: [table::Column<'static>; 2] = [
    table::Column { title: "", width: table::Width::Share(1.0) },
    table::Column { title: "", width: table::Width::Points(104.0) },
];

fn receipt_ui(ui: &mut Ui, desk: &mut Desk<'_>, index: usize, receipt: &Arc<str>) {
    let shelf = desk.session.world().app_page().shelves().find(|shelf| shelf.receipt.as_ref() == Some(receipt));
    let name = shelf.map_or_else(|| format!("receipt {}", index + 1), |shelf| shelf.product.to_string());
    let (tone, words) = match shelf.and_then(|shelf| shelf.verdict.as_ref()) {
        Some(verdict) if verdict.is_accepted() => (Tone::Ok, "ok"),
        Some(_) => (Tone::Bad, "refused"),
        None => (Tone::Neutral, "not checked"),
    };
    let is_selected = desk.selection.receipt.as_ref() == Some(receipt);
    let row = table::Table::new(&RECEIPT_COLUMNS).row(ui, &format!("Receipt for {name}"), is_selected, |cells| {
        cells.mono(&name);
        cells.ui(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| Chip::new(tone, words).signed().show(ui));
        });
    });
    if row.on_hover_text("Show its claims below").clicked() {
        desk.selection.receipt = if is_selected { None } else { Some(Arc::clone(receipt)) };
        desk.selection.product = shelf.map(|shelf| shelf.product.clone()).or(desk.selection.product.take());
    }
}

impl Shop {
    fn checks_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = Theme::of(ui);
        let off = desk.session.setup().checks_off;
        ui.spacing_mut().item_spacing.y = theme.space.tight;
        let title = |ui: &mut Ui| {
            text::heading(ui, "This app checks");
        };
        let words = if self.is_checks_open { "close" } else { "change…" };
        let link = Button::link(words).name("Change what this app checks");
        if surface::ends(ui, 22.0, title, |ui| link.show(ui).clicked()) {
            self.is_checks_open = !self.is_checks_open;
        }
        if off.is_empty() {
            text::note(ui, "all nine rungs of the ladder");
        } else {
            let names: Vec<_> = off.iter().map(Check::name).collect();
            let left_out = format!("all but {}", names.join(" · "));
            ui.horizontal(|ui| {
                Icon::Warning.show(ui, 14.0, theme.color.warn);
                text::muted(ui, &left_out);
            });
        }
        if !self.is_checks_open {
            return;
        }
        text::note(ui, "Another choice does the same again on a branch of its own.");
        for check in Check::ALL {
            let mut is_on = !off.contains(check);
            if field::switch(ui, check.label(), &mut is_on).changed() {
                let checks_off = if is_on { off.without(check) } else { off.with(check) };
                desk.ask(Ask::Turn(Box::new(Setup { checks_off, ..desk.session.setup().clone() })));
            }
        }
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
