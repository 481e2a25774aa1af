//! Guests: somebody's own programs, and how they act in the run of this window.

use std::path::Path;
use std::time::Duration;

use egui::Context;
use tokio::sync::mpsc;

use crate::io::clock::{self, Stopwatch};
use crate::io::http::control::usual::Usual;
use crate::io::http::guard::Gate;
use crate::io::http::limits::Limits;
use crate::io::http::listen::{ListenError, Listening};
use crate::io::http::server::Server;
use crate::io::http::site::{self, Root};
use crate::io::http::token::{Token, TokenError, TokenFile};
use crate::io::inbox::{self, Ask, Clock, Inbox};
use crate::io::live::driver::Driver;
use crate::io::live::errands;
use crate::io::live::hearing::Notary;
use crate::io::live::releases;
use crate::io::live::setup as live_setup;
use crate::io::outbound::{Outbound, Reach};
use crate::io::saved::Keep;
use crate::protocol::id::{IdError, Origin};
use crate::protocol::time::Span;
use crate::session::branch::BranchId;
use crate::session::run::Session;
use crate::ui::pilot::RunNumber;

/// How long requests are taken before the frame is drawn: with what the frame itself takes it stays within a sixtieth of a second.
const TENDING_MAX: Duration = Duration::from_millis(6);

/// The window's server, and the hand that acts in its run for whoever asks there.
pub struct Guests {
    driver: Driver,
    inbox: Inbox,
    /// The run and the line of it in which guests act.
    line: (RunNumber, BranchId),
    told: Told,
    server: Server,
    address: Origin,
    /// What runs begin with that test code begins beside this one: the dials as they were turned here.
    usual: Usual,
    /// The run that test code has left, until the window takes it.
    left: Option<Session>,
    /// Gone when the window is: the token is worth nothing then.
    token: TokenFile,
}

/// Why no program can join.
#[derive(Debug, thiserror::Error)]
pub enum GuestsError {
    /// No port.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// No token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Our own address is no origin: cannot happen with a loopback address and a port.
    #[error(transparent)]
    Address(#[from] IdError),
    /// The system's own words.
    #[error("the server cannot run: {0}")]
    System(#[from] std::io::Error),
}

impl Guests {
    /// Opens the door at `port`, or at any that is free where another program has it, and begins to serve. `ctx` is woken for
    /// each request.
    ///
    /// # Errors
    /// [`GuestsError`].
    pub fn invite(port: u16, ctx: &Context, keeper: Box<dyn Keep>) -> Result<Self, GuestsError> {
        match Listening::bind(port) {
            Err(ListenError::Taken { .. }) => Self::at(Listening::bind(0)?, ctx, keeper),
            bound => Self::at(bound?, ctx, keeper),
        }
    }

    /// Opens the door at this port and no other.
    ///
    /// # Errors
    /// [`GuestsError`].
    pub fn invite_at(port: u16, ctx: &Context, keeper: Box<dyn Keep>) -> Result<Self, GuestsError> {
        Self::at(Listening::bind(port)?, ctx, keeper)
    }

    fn at(listening: Listening, ctx: &Context, keeper: Box<dyn Keep>) -> Result<Self, GuestsError> {
        let address = Origin::parse(&listening.url())?;
        let token = Token::fresh()?;
        let file = TokenFile::create(&token, listening.port())?;
        let gate = Gate::new(listening.port(), token, Limits::default());
        let wake = ctx.clone();
        let (letterbox, inbox) = inbox::open(move || wake.request_repaint());
        let (errands, waiting) = mpsc::unbounded_channel();
        let (releases, handed_over) = mpsc::unbounded_channel();
        let usual = Usual::default();
        let root = Root { usual: usual.clone(), ..Root::default() };
        let server = Server::start(listening, move || {
            let outbound = Outbound::new(Reach::loopback());
            tokio::spawn(errands::run(waiting, outbound.clone(), letterbox.downgrade()));
            tokio::spawn(releases::run(handed_over));
            site::front_with(gate, &letterbox, &outbound, root)
        })?;
        let driver = Driver::new(Clock::Virtual, errands, inbox.steps(), Some(Notary { keeper, releases }));
        let line = (RunNumber::default(), BranchId::FIRST);
        let told = Told::default();
        Ok(Self { driver, inbox, line, told, server, address, usual, left: None, token: file })
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// Where a browser finds it.
    #[must_use]
    pub fn address(&self) -> &Origin {
        &self.address
    }

    /// The file with the token for the control interface. This may be shown; what is in it never is.
    #[must_use]
    pub fn token_path(&self) -> &Path {
        self.token.path()
    }

    /// Whether the run's clock follows the machine's.
    #[must_use]
    pub fn is_real_time(&self) -> bool {
        matches!(self.driver.clock(), Clock::Real { .. })
    }

    /// Lets the run's clock follow the machine's from now on, from wherever it stands, or stand until it is moved.
    pub fn follow_real_time(&mut self, session: &Session, is_wanted: bool) {
        let clock =
            if is_wanted { Clock::Real { ahead: session.world().now() - clock::now() } } else { Clock::Virtual };
        self.driver.set_clock(clock);
    }

    /// Does what was asked and what is due, and tells guests what the window did. True when the run moved, or when more was asked
    /// than one frame has time for: then another frame is due.
    ///
    /// What comes from outside happens at the end of the branch, wherever the window looks.
    pub fn serve(&mut self, number: RunNumber, session: &mut Session) -> bool {
        self.move_to(number, session);
        self.tell(session);
        let before = session.here();
        let now = clock::now();
        let watch = Stopwatch::start();
        let mut is_another = false;
        while_there_is_time(
            TENDING_MAX,
            || watch.elapsed(),
            || {
                let Some(ask) = self.inbox.try_next() else { return false };
                is_another = matches!(ask, Ask::Restart { .. });
                if is_another {
                    // The run that stood here stays in the window; the new one is another.
                    self.left = Some(session.clone());
                } else if ask.is_deed() {
                    session.to_end();
                }
                self.driver.handle(session, ask, now);
                if !is_another {
                    self.told.note(session);
                }
                !is_another
            },
        );
        self.driver.hand_over();
        if is_another {
            return true;
        }
        if !session.can_forward() {
            self.driver.tick(session, now);
        }
        self.told.note(session);
        session.here() != before || !self.inbox.is_empty()
    }

    /// The run that test code has left for the one that stands there now, once.
    pub fn take_left(&mut self) -> Option<Session> {
        self.left.take()
    }

    /// The run that stands here now has this number; what it did so far was told as it happened.
    pub fn adopt(&mut self, number: RunNumber, session: &Session) {
        (self.line, self.told) = ((number, session.line()), Told::whole(session));
    }

    /// How long nothing happens by itself; `None` for ever.
    #[must_use]
    pub fn sleep(&self, session: &Session) -> Option<Duration> {
        if session.can_forward() {
            return None;
        }
        let wait = self.driver.next_due(session)? - clock::now();
        Some(Duration::from_millis(u64::try_from(wait.max(Span::ZERO).millis()).unwrap_or(0) + 1))
    }

    /// Where another run is shown, or a branch with another set-up, nobody is answered any more who asked in the one before; the
    /// clock follows as it did, and runs that test code begins have these dials from now on.
    fn move_to(&mut self, number: RunNumber, session: &Session) {
        let line = (number, session.line());
        if self.line != line || self.told.0.is_empty() {
            self.driver.forget();
            self.follow_real_time(session, self.is_real_time());
            (self.line, self.told) = (line, Told::on_arrival(session));
            self.look_at(session);
        }
    }

    /// Runs that test code begins have the dials of this one from now on, in all that it does not say.
    pub fn look_at(&self, session: &Session) {
        self.usual.turn(live_setup::chosen(session.setup().clone()));
    }

    /// Tells guests of the steps that were taken in the window. What is only walked through again was told before.
    fn tell(&mut self, session: &Session) {
        let from = self.told.of(session);
        for step in session.past().iter().skip(from) {
            drop(self.driver.observe(session, step));
        }
        self.told.note(session);
    }
}

/// Does one thing after another while there is one, and begins none when `budget` is used up.
fn while_there_is_time(budget: Duration, elapsed: impl Fn() -> Duration, mut does_one: impl FnMut() -> bool) {
    while elapsed() < budget && does_one() {}
}

/// How many steps of each branch are told.
#[derive(Default)]
struct Told(Vec<usize>);

impl Told {
    /// A run that came with a past: nobody outside is told of that again. One that has just begun has none.
    fn on_arrival(session: &Session) -> Self {
        let is_fresh = session.is_untouched();
        if is_fresh { Self(vec![0]) } else { Self::whole(session) }
    }

    /// A run of which everything was told.
    fn whole(session: &Session) -> Self {
        Self(session.branches().iter().map(|branch| branch.steps().len()).collect())
    }

    fn of(&mut self, session: &Session) -> usize {
        for branch in session.branches().iter().skip(self.0.len()) {
            self.0.push(branch.shared_count());
        }
        self.0.get(session.here().branch.index()).copied().unwrap_or_default()
    }

    fn note(&mut self, session: &Session) {
        let told = self.of(session).max(session.here().step);
        if let Some(count) = self.0.get_mut(session.here().branch.index()) {
            *count = told;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_frame_takes_requests_for_six_milliseconds_and_leaves_the_others_to_the_next() {
        for (one_ms, waiting, taken) in [(1, 100, 6), (1, 4, 4), (2, 100, 3), (50, 100, 1), (0, 100, 100), (6, 100, 1)]
        {
            let (shown, left) = (Cell::new(Duration::ZERO), Cell::new(waiting));
            while_there_is_time(
                TENDING_MAX,
                || shown.get(),
                || {
                    if left.get() == 0 {
                        return false;
                    }
                    left.set(left.get() - 1);
                    shown.set(shown.get() + Duration::from_millis(one_ms));
                    true
                },
            );
            assert_eq!(waiting - left.get(), taken, "{waiting} of {one_ms} ms");
        }
    }
}
