//! Company: the programs outside that join in the window's run, whose places they take, and at which port they find it.

use std::path::Path;

use egui::Context;

use crate::io::clock;
use crate::io::live::setup as live_setup;
use crate::session::run::Session;
use crate::ui::guests::{Guests, GuestsError};
use crate::ui::keeping::Keeping;
use crate::ui::live_state::Live;
use crate::ui::pilot::{Pilot, RunNumber};
use crate::ui::seating::Seating;
use crate::world::seat::SeatError;

/// The window's door to the outside. Without guests it is closed.
#[derive(Default)]
pub struct Company {
    guests: Option<Guests>,
    live: Live,
    /// The run whose own port was last looked for.
    looked_for: Option<RunNumber>,
}

impl Company {
    /// Lets programs outside in from now on, or gives back why they are not.
    pub fn let_in(&mut self, guests: Result<Guests, GuestsError>) -> Option<String> {
        match guests {
            Ok(guests) => {
                self.guests = Some(guests);
                None
            }
            Err(why) => {
                self.live = Live::Refused;
                Some(why.to_string())
            }
        }
    }

    /// Whether programs outside can join, and where.
    #[must_use]
    pub fn live(&self) -> Live {
        self.live
    }

    /// The file with the token for the control interface, where a server runs.
    #[must_use]
    pub fn token_path(&self) -> Option<&Path> {
        self.guests.as_ref().map(Guests::token_path)
    }

    /// Lets the run's clock follow the machine's from now on, or stand until it is moved.
    pub fn follow_real_time(&mut self, session: &Session, is_wanted: bool) {
        if let Some(guests) = &mut self.guests {
            guests.follow_real_time(session, is_wanted);
        }
    }

    /// A run like this one in which programs outside take these places, at home here. `None` where nobody can come in.
    ///
    /// # Errors
    /// [`SeatError`]: what must be known of a server that takes a place.
    pub fn seated(&mut self, session: &Session, seating: &Seating) -> Result<Option<Session>, SeatError> {
        let Some(guests) = self.guests.as_mut() else { return Ok(None) };
        let mut setup = seating.taken(session.setup().clone());
        setup.check_seats()?;
        let is_live = setup.seats.has_external();
        if is_live {
            setup = live_setup::at_home(setup, guests.address(), clock::now());
        }
        guests.follow_real_time(session, is_live);
        let mut run = Session::new(setup);
        run.rename(session.title());
        Ok(Some(run))
    }

    /// Takes in what has come from outside. True where test code has put another run in the place of the one that stood there.
    pub fn tend(&mut self, ctx: &Context, pilot: &mut Pilot) -> bool {
        let Some(guests) = &mut self.guests else { return false };
        if guests.serve(pilot.number(), pilot.session_mut()) {
            ctx.request_repaint();
        }
        let left = guests.take_left();
        let is_another = left.is_some();
        if let Some(left) = left {
            pilot.leave(left);
            guests.adopt(pilot.number(), pilot.session());
        }
        if let Some(sleep) = guests.sleep(pilot.session()) {
            ctx.request_repaint_after(sleep);
        }
        self.live = Live::Open { port: guests.port(), is_real_time: guests.is_real_time() };
        is_another
    }

    /// A run that programs outside joined at another port goes on there: its receipts name it. Looked for once for each run; gives
    /// back what to do where another program has that port.
    pub fn go_home(&mut self, ctx: &Context, pilot: &Pilot, keeping: &Keeping) -> Option<String> {
        let guests = self.guests.as_mut()?;
        if self.looked_for.replace(pilot.number()) == Some(pilot.number()) {
            return None;
        }
        let setup = pilot.session().setup();
        let port = live_setup::own_port(setup).filter(|_| setup.seats.has_external())?;
        if port == guests.port() {
            return None;
        }
        match Guests::invite_at(port, ctx, keeping.keeper()) {
            Ok(mut others) => {
                others.follow_real_time(pilot.session(), guests.is_real_time());
                others.look_at(pilot.session());
                *guests = others;
                None
            }
            Err(_) => Some(format!(
                "The receipts of this run send apps to port {port}, which another program has. End that one and open the run \
                 again; until then apps find it at 127.0.0.1:{}",
                guests.port()
            )),
        }
    }
}
