//! The live sign: where somebody's own app can join this run, and who sits where.

use egui::{OpenUrl, Ui};

use crate::ui::desk::{Ask, Desk};
use crate::ui::icons::Icon;
use crate::ui::live_state::Live;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::menu;
use crate::world::seat::{Seat, Seats};

/// A seat that somebody's own program can take, in the words of the menu.
struct Offer {
    words: &'static str,
    meaning: &'static str,
    is_taken: fn(&Seats) -> bool,
    set: fn(&mut Seats, Seat),
}

const OFFERS: [Offer; 3] = [
    Offer {
        words: "App page",
        meaning: "Your own page buys here, in your own browser",
        is_taken: |seats| seats.app_page == Seat::External,
        set: |seats, seat| seats.app_page = seat,
    },
    Offer {
        words: "App server",
        meaning: "Your own server signs pay requests and takes the notices (classic hosting)",
        is_taken: |seats| seats.app_server == Seat::External,
        set: |seats, seat| seats.app_server = seat,
    },
    Offer {
        words: "Marketplace",
        meaning: "The simulated app asks your own store",
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
    menu::drop_down(&button, 330.0, |ui| {
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

fn seats_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let setup = desk.session.setup();
    for Offer { words, meaning, is_taken, set } in OFFERS {
        let is_outside = is_taken(&setup.seats);
        if menu::line(ui, words, if is_outside { "yours" } else { "simulated" }, is_outside)
            .on_hover_text(meaning)
            .clicked()
        {
            let mut seats = setup.seats;
            set(&mut seats, if is_outside { Seat::Simulated } else { Seat::External });
            desk.ask(Ask::Seats(seats));
            return;
        }
    }
}

fn clock_ui(ui: &mut Ui, desk: &mut Desk<'_>, is_real_time: bool) {
    for (words, wanted) in [("Follows real time", true), ("Stands until it is moved", false)] {
        if menu::line(ui, words, "", is_real_time == wanted).clicked() {
            desk.ask(Ask::RealTime(wanted));
        }
    }
}
