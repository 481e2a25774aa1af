//! The live sign: where somebody's own app can join this run, and who sits where.

use egui::{Id, OpenUrl, Ui};

use crate::protocol::id::Origin;
use crate::ui::desk::{Ask, Desk};
use crate::ui::icons::Icon;
use crate::ui::live_state::Live;
use crate::ui::seating::Seating;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{field, menu};
use crate::world::seat::{Seat, Seats};
use crate::world::setup::Setup;

/// How wide the fields of the menu are, in points.
const FORM_WIDTH: f32 = 330.0;
/// What is left beside them.
const GAP: f32 = 8.0;

/// A seat that somebody's own program can take, in the words of the menu.
struct Offer {
    words: &'static str,
    meaning: &'static str,
    /// Whether it is asked at an address of its own; a page asks by itself.
    is_server: bool,
    is_taken: fn(&Seats) -> bool,
    set: fn(&mut Seats, Seat),
}

const OFFERS: [Offer; 3] = [
    Offer {
        words: "App page",
        meaning: "Your own page buys here, in your own browser",
        is_server: false,
        is_taken: |seats| seats.app_page == Seat::External,
        set: |seats, seat| seats.app_page = seat,
    },
    Offer {
        words: "App server",
        meaning: "Your own server signs pay requests and takes the notices (classic hosting)",
        is_server: true,
        is_taken: |seats| seats.app_server == Seat::External,
        set: |seats, seat| seats.app_server = seat,
    },
    Offer {
        words: "Marketplace",
        meaning: "The simulated app asks your own store",
        is_server: true,
        is_taken: |seats| seats.marketplace == Seat::External,
        set: |seats, seat| seats.marketplace = seat,
    },
];

/// The sign with its menu. Shows nothing where no server runs.
pub fn sign_ui(ui: &mut Ui, desk: &mut Desk<'_>, is_wordy: bool) {
    let Live::Open { port, is_real_time } = desk.mode.live else {
        if desk.mode.live == Live::Refused {
            let hint = "No port could be opened, so no app can join. The run itself goes on";
            Button::quiet("not live").leading(Icon::Warning).hint(hint).enabled(false).show(ui);
        }
        return;
    };
    let host = format!("127.0.0.1:{port}");
    let name = format!("Live at {host}");
    let words = if is_wordy { host.as_str() } else { "live" };
    let hint = "Your own app can join this run at this address";
    let button = Button::quiet(words).name(&name).leading(Icon::Dot).tint(Theme::of(ui).color.ok).hint(hint).show(ui);
    menu::drop_form(&button, FORM_WIDTH + 2.0 * GAP, |ui| {
        menu::title(ui, &format!("Your own app joins at http://{host}"));
        address_ui(ui, &host);
        menu::title(ui, "Whose place your app takes, beginning the run afresh");
        seats_ui(ui, desk);
        menu::title(ui, "The run's clock");
        clock_ui(ui, desk, is_real_time);
    });
}

fn address_ui(ui: &mut Ui, host: &str) {
    if menu::line(ui, "Copy the address", "", false).clicked() {
        ui.ctx().copy_text(format!("http://{host}"));
    }
    if menu::line(ui, "Copy a curl line that buys", "", false).clicked() {
        ui.ctx().copy_text(format!("curl -X POST http://{host}/mozpay/product/shiny-pony/buy"));
    }
    if menu::line(ui, "Open the demo shop", "in a browser", false).clicked() {
        ui.ctx().open_url(OpenUrl::new_tab(format!("http://{host}/demo/")));
    }
}

/// What was typed about a server, for as long as the window is open.
#[derive(Clone, Default)]
struct Form {
    address: String,
    key: String,
    secret: String,
}

fn seats_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let setup = desk.session.setup();
    for offer in OFFERS.iter().filter(|offer| !offer.is_server) {
        seat_ui(ui, desk, (offer, setup), Some(Form::default()));
    }
    let id = Id::unique("seats form");
    let mut form: Form = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    menu::title(ui, "Or your server: where it listens");
    ui.horizontal(|ui| {
        ui.add_space(GAP);
        field::line(ui, "Address of your server", &mut form.address, "http://127.0.0.1:9100", FORM_WIDTH);
    });
    let is_address = form.address.is_empty() || form.server().is_some();
    if !is_address {
        menu::title(ui, "An address is http://, a host and a port, and nothing else");
    }
    menu::title(ui, "The key and the secret that an app server signs with");
    let secret_hint = if setup.names.app.secret.is_some() { "as it is" } else { "its secret" };
    ui.horizontal(|ui| {
        ui.add_space(GAP);
        field::line(ui, "Key of your app server", &mut form.key, &setup.names.app.key, FORM_WIDTH / 2.0);
        field::secret_line(ui, "Secret of your app server", &mut form.secret, secret_hint, FORM_WIDTH / 2.0);
    });
    menu::title(ui, "Then the place that it takes");
    for offer in OFFERS.iter().filter(|offer| offer.is_server) {
        seat_ui(ui, desk, (offer, setup), Some(form.clone()).filter(|_| is_address));
    }
    ui.data_mut(|data| data.insert_temp(id, form));
}

/// One place. Without a form it cannot be taken now.
fn seat_ui(ui: &mut Ui, desk: &mut Desk<'_>, (offer, setup): (&Offer, &Setup), form: Option<Form>) {
    let is_outside = (offer.is_taken)(&setup.seats);
    let note = if is_outside { "yours" } else { "simulated" };
    let mut seats = setup.seats;
    (offer.set)(&mut seats, if is_outside { Seat::Simulated } else { Seat::External });
    let is_open = is_outside || form.is_some();
    let form = form.unwrap_or_default();
    let seating = Seating { seats, server: form.server(), key: form.key, secret: form.secret };
    let refusal = if is_outside { None } else { seating.taken(setup.clone()).check_seats().err() };
    let line = |ui: &mut Ui| menu::line(ui, offer.words, note, is_outside).on_hover_text(offer.meaning);
    let mut shown = ui.add_enabled_ui(is_open && refusal.is_none(), line).inner;
    if let Some(refusal) = refusal {
        shown = shown.on_disabled_hover_text(refusal.to_string());
    }
    if shown.clicked() {
        desk.ask(Ask::Seats(Box::new(seating)));
    }
}

impl Form {
    /// What was typed, where it is an address.
    fn server(&self) -> Option<Origin> {
        let address = self.address.trim().trim_end_matches('/');
        Origin::parse(address).ok().filter(|origin| matches!(origin.scheme(), "http"))
    }
}

fn clock_ui(ui: &mut Ui, desk: &mut Desk<'_>, is_real_time: bool) {
    for (words, wanted) in [("Follows real time", true), ("Stands until it is moved", false)] {
        if menu::line(ui, words, "", is_real_time == wanted).clicked() {
            desk.ask(Ask::RealTime(wanted));
        }
    }
}
