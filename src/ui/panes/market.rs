//! The marketplace: its payments, what its buyer may ask for again, its keys and its wares.

use std::sync::Arc;

use egui::{ScrollArea, Ui};

use crate::protocol::id::TransactionId;
use crate::protocol::notice::NoticeKind;
use crate::protocol::time::Time;
use crate::ui::desk::Desk;
use crate::ui::icons::Icon;
use crate::ui::keys::{self, Action};
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::table::{Column, Table, Width};
use crate::ui::widgets::{choice, surface, text, walk};
use crate::world::command::Command;
use crate::world::marketplace::ledger::{Delivery, Transaction};
use crate::world::party::Party;
use crate::world::transaction::TransactionState;

/// The store's own screen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Market {
    tab: MarketTab,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum MarketTab {
    #[default]
    Transactions,
    Purchases,
    Keys,
    Products,
}

const TABS: [(MarketTab, &str); 4] = [
    (MarketTab::Transactions, "Transactions"),
    (MarketTab::Purchases, "Purchases"),
    (MarketTab::Keys, "Keys"),
    (MarketTab::Products, "Products"),
];

impl Pane for Market {
    fn name(&self) -> &'static str {
        "Marketplace"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let gap = std::mem::replace(&mut ui.spacing_mut().item_spacing.y, 0.0);
        choice::tabs(ui, "marketplace", &mut self.tab, &TABS);
        surface::hairline(ui);
        ui.spacing_mut().item_spacing.y = gap;
        ScrollArea::vertical().id_salt("market").auto_shrink(false).show(ui, |ui| match self.tab {
            MarketTab::Transactions => transactions_ui(ui, desk),
            MarketTab::Purchases => purchases_ui(ui, desk),
            MarketTab::Keys => keys_ui(ui, desk),
            MarketTab::Products => products_ui(ui, desk),
        });
    }
}

const TRANSACTION_COLUMNS: [Column<'static>; 3] = [
    Column { title: "TX", width: Width::Points(50.0) },
    Column { title: "PRODUCT", width: Width::Share(1.0) },
    Column { title: "STATE", width: Width::Points(106.0) },
];

fn transactions_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let session = desk.session;
    let transactions = session.world().marketplace().transactions();
    if transactions.is_empty() {
        return text::empty_state(ui, Icon::Search, "No payments yet", "The first Buy records one");
    }
    let table = Table::new(&TRANSACTION_COLUMNS);
    let chosen = chosen(desk, transactions).map(|transaction| transaction.id.clone());
    ui.spacing_mut().item_spacing.y = 0.0;
    table.head(ui);
    walk::stop(ui, "List of payments", |ui| {
        for transaction in transactions.iter().rev() {
            let is_selected = chosen.as_ref() == Some(&transaction.id);
            let name = format!("Payment {} {}", short(&transaction.id), transaction.state.label());
            let row = table.row(ui, &name, is_selected, |cells| {
                cells.mono(&short(&transaction.id));
                cells.text(product_name(desk, transaction));
                cells.ui(|ui| state_ui(ui, transaction.state));
            });
            if row.clicked() {
                desk.selection.transaction = Some(transaction.id.clone());
            }
        }
    });
    ui.add_space(12.0);
    if let Some(transaction) = chosen.and_then(|id| session.world().marketplace().transaction(&id)) {
        surface::card(ui, |ui| detail_ui(ui, desk, transaction));
    }
}

/// The payment that is pointed at, else the latest.
fn chosen<'a>(desk: &Desk<'_>, transactions: &'a [Arc<Transaction>]) -> Option<&'a Arc<Transaction>> {
    let wanted = desk.selection.transaction.as_ref();
    let pointed = transactions.iter().find(|transaction| Some(&transaction.id) == wanted);
    pointed.or(transactions.last())
}

fn detail_ui(ui: &mut Ui, desk: &mut Desk<'_>, transaction: &Transaction) {
    let theme = Theme::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    text::strong(ui, &format!("{} · {}", short(&transaction.id), product_name(desk, transaction)))
        .on_hover_text(transaction.id.as_str());
    ui.add_space(theme.space.tight);
    surface::key_value(ui, "Buyer", |ui| {
        let shown = if transaction.guid.is_empty() {
            transaction.buyer.to_string()
        } else {
            format!("{} ({}…)", transaction.buyer, head(&transaction.guid, 8))
        };
        text::mono(ui, &shown).on_hover_text(&transaction.guid)
    });
    surface::key_value(ui, "Price", |ui| text::mono(ui, &transaction.price.to_string()));
    surface::key_value(ui, "Started", |ui| {
        text::mono(ui, &time_of_day(transaction.started)).on_hover_text(transaction.started.human())
    });
    for delivery in &transaction.notices {
        surface::key_value(ui, notice_name(delivery.kind), |ui| notice_ui(ui, delivery));
    }
    surface::key_value(ui, "Receipt", |ui| match transaction.receipts.len() {
        0 => Chip::new(Tone::Neutral, "none yet").show(ui),
        1 => Chip::new(Tone::Ok, "issued").signed().show(ui),
        count => Chip::new(Tone::Ok, &format!("issued {count} times")).signed().show(ui),
    });
    ui.add_space(theme.space.gap);
    let is_paid = transaction.state.is_paid();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.y = theme.space.tight;
        let id = &transaction.id;
        let refund = keys::hint(Action::Refund).unwrap_or_default();
        let refund =
            Button::quiet("Refund").leading(Icon::Refund).shortcut(&refund).hint("The store gives the money back");
        if refund.enabled(is_paid).show(ui).clicked() {
            desk.ask(Command::Refund { transaction: id.clone() });
        }
        let charge_back = Button::quiet("Charge back").hint("The buyer's bank takes the money back");
        if charge_back.enabled(is_paid).show(ui).clicked() {
            desk.ask(Command::ChargeBack { transaction: id.clone() });
        }
        get_receipt_ui(ui, desk, transaction);
    });
}

fn notice_name(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Postback => "Notice",
        NoticeKind::Chargeback => "Taken back",
    }
}

fn notice_ui(ui: &mut Ui, delivery: &Delivery) {
    let times = if delivery.attempts == 1 { "1 attempt".to_owned() } else { format!("{} attempts", delivery.attempts) };
    let (tone, words) = if delivery.is_acknowledged {
        (Tone::Ok, format!("answered, {times}"))
    } else if delivery.is_given_up {
        (Tone::Bad, format!("given up, {times}"))
    } else {
        (Tone::Warn, times)
    };
    Chip::new(tone, &words).signed().show(ui);
}

fn get_receipt_ui(ui: &mut Ui, desk: &mut Desk<'_>, transaction: &Transaction) {
    let name = format!("Get receipt {}", short(&transaction.id));
    let button = Button::quiet("Get receipt").name(&name).hint("The buyer asks for the receipt of this payment again");
    if button.enabled(transaction.completed.is_some()).show(ui).clicked() {
        desk.ask(Command::GetReceipt { transaction: transaction.id.clone() });
    }
}

const PURCHASE_COLUMNS: [Column<'static>; 3] = [
    Column { title: "COMPLETED", width: Width::Points(78.0) },
    Column { title: "PRODUCT", width: Width::Share(1.0) },
    Column { title: "", width: Width::Points(100.0) },
];

fn purchases_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = Theme::of(ui);
    let session = desk.session;
    ui.add_space(theme.space.gap);
    text::note(ui, "What the buyer has paid for. Each receipt can be fetched again.");
    let button =
        Button::quiet("Open the list").leading(Icon::Search).hint("The buyer asks the marketplace for this list");
    if button.show(ui).clicked() {
        desk.ask(Command::OpenHistory);
    }
    ui.add_space(theme.space.gap);
    ui.spacing_mut().item_spacing.y = 0.0;
    let setup = session.setup();
    if setup.seats.is_outside(Party::Marketplace, setup.is_hosted()) {
        return their_history_ui(ui, desk);
    }
    let table = Table::new(&PURCHASE_COLUMNS);
    let transactions = session.world().marketplace().transactions();
    let completed: Vec<_> = transactions.iter().filter_map(|one| Some((one, one.completed?))).collect();
    if completed.is_empty() {
        return text::empty_state(ui, Icon::Bookmark, "No completed payments", "They are listed here once paid");
    }
    table.head(ui);
    walk::stop(ui, "List of purchases", |ui| {
        for (transaction, at) in completed.into_iter().rev() {
            let name = format!("Purchase {}", short(&transaction.id));
            table.row(ui, &name, false, |cells| {
                cells.mono(&time_of_day(at));
                cells.text(product_name(desk, transaction));
                cells.ui(|ui| {
                    let name = format!("Get receipt {}", short(&transaction.id));
                    if Button::link("Get receipt").name(&name).show(ui).clicked() {
                        desk.ask(Command::GetReceipt { transaction: transaction.id.clone() });
                    }
                });
            });
        }
    });
}

const HISTORY_COLUMNS: [Column<'static>; 2] =
    [Column { title: "PAYMENT", width: Width::Share(1.0) }, Column { title: "", width: Width::Points(100.0) }];

/// The list as a store outside showed it: nobody here has its books.
fn their_history_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let payments = desk.session.world().buyer().history();
    if payments.is_empty() {
        return text::empty_state(ui, Icon::Bookmark, "No list yet", "The store outside has it: open it above");
    }
    let table = Table::new(&HISTORY_COLUMNS);
    table.head(ui);
    walk::stop(ui, "List of payments outside", |ui| {
        for payment in payments.iter().rev() {
            table.row(ui, &format!("Purchase {}", short(payment)), false, |cells| {
                cells.mono(payment.as_str());
                cells.ui(|ui| {
                    let name = format!("Get receipt {}", short(payment));
                    if Button::link("Get receipt").name(&name).show(ui).clicked() {
                        desk.ask(Command::GetReceipt { transaction: payment.clone() });
                    }
                });
            });
        }
    });
}

const KEY_COLUMNS: [Column<'static>; 3] = [
    Column { title: "KID", width: Width::Share(1.0) },
    Column { title: "ALG", width: Width::Points(58.0) },
    Column { title: "STATE", width: Width::Points(118.0) },
];

fn keys_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = Theme::of(ui);
    let table = Table::new(&KEY_COLUMNS);
    ui.spacing_mut().item_spacing.y = 0.0;
    table.head(ui);
    walk::stop(ui, "List of keys", |ui| {
        for key in desk.session.world().marketplace().keys().iter().rev() {
            let name = format!("Key {}", key.kid);
            table.row(ui, &name, false, |cells| {
                cells.mono(key.kid.as_str());
                cells.mono(key.key.algorithm().name());
                cells.ui(|ui| match key.retired {
                    None => Chip::new(Tone::Ok, "in use").signed().show(ui).on_hover_text(key.since.human()),
                    Some(at) => Chip::new(Tone::Neutral, "retired").signed().show(ui).on_hover_text(format!(
                        "{} to {}",
                        key.since.human(),
                        at.human()
                    )),
                });
            });
        }
    });
    ui.add_space(theme.space.pad);
    ui.horizontal_wrapped(|ui| {
        if Button::quiet("Rotate")
            .leading(Icon::Key)
            .hint("The store signs with a new key from now on")
            .show(ui)
            .clicked()
        {
            desk.ask(Command::RotateKey);
        }
        if Button::quiet("App fetches keys").hint("The app asks the store for its keys again").show(ui).clicked() {
            desk.ask(Command::FetchKeys);
        }
    });
}

const PRODUCT_COLUMNS: [Column<'static>; 3] = [
    Column { title: "PRODUCT", width: Width::Share(1.0) },
    Column { title: "APP", width: Width::Points(100.0) },
    Column { title: "PRICE", width: Width::Points(72.0) },
];

fn products_ui(ui: &mut Ui, desk: &Desk<'_>) {
    let table = Table::new(&PRODUCT_COLUMNS);
    ui.spacing_mut().item_spacing.y = 0.0;
    table.head(ui);
    walk::stop(ui, "List of products", |ui| {
        for product in &desk.session.world().catalog().products {
            table.row(ui, product.name, false, |cells| {
                cells.text(product.name);
                cells.mono(product.app.host());
                cells.mono(&product.price.to_string());
            });
        }
    });
}

fn product_name<'a>(desk: &Desk<'a>, transaction: &'a Transaction) -> &'a str {
    let product = desk.session.world().catalog().product(&transaction.product);
    product.map_or(transaction.product.as_str(), |product| product.name)
}

/// A payment under way carries no sign: the word says what it waits for, and a warning would say too much.
fn state_ui(ui: &mut Ui, state: TransactionState) {
    let chip = Chip::new(tone_of(state), state.label());
    let chip = if tone_of(state) == Tone::Warn { chip } else { chip.signed() };
    chip.show(ui);
}

fn tone_of(state: TransactionState) -> Tone {
    match state {
        TransactionState::Completed => Tone::Ok,
        TransactionState::Started | TransactionState::Shown | TransactionState::Charging => Tone::Warn,
        TransactionState::Declined | TransactionState::ChargedBack => Tone::Bad,
        TransactionState::Refunded => Tone::Accent,
        TransactionState::Cancelled | TransactionState::TimedOut => Tone::Neutral,
    }
}

fn short(id: &TransactionId) -> String {
    format!("{}…", head(id.as_str(), 4))
}

fn head(text: &str, letters: usize) -> &str {
    text.char_indices().nth(letters).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

fn time_of_day(time: Time) -> String {
    let human = time.human();
    human.rsplit_once(' ').map_or(human.clone(), |(_, time)| time.to_owned())
}
