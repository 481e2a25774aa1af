//! The domain check's grid: who gets past which way of checking where a buy request comes from, found by letting each try.

use std::sync::Arc;

use crate::protocol::dial::DomainCheck;
use crate::protocol::id::{Origin, ProductId};
use crate::protocol::jwt::{HeaderExtras, sign_json};
use crate::protocol::signing_key::SigningKey;
use crate::session::control;
use crate::session::run::Session;
use crate::world::command::Command;
use crate::world::domain_check::TOKEN_TYPE;
use crate::world::event::Event;
use crate::world::input::Input;
use crate::world::message::{Body, Message};
use crate::world::provenance::Provenance;
use crate::world::setup::Setup;

/// How many steps one try may take.
const STEPS_MAX: usize = 200;
/// Where somebody else's page lives.
const ELSEWHERE: &str = "https://elsewhere.example";

dial! {
    /// Somebody who wants a pay request for an app that is not theirs, and how they go about it.
    Attacker {
        OtherSite = "other-site", "Another site's page", "A page elsewhere asks; the browser tells truly where it lives";
        HidesReferer = "hides-referer", "A page that hides its Referer", "The same page, told by its author to send no Referer";
        WritesPath = "writes-path", "A page that writes the path", "The same page, with the app's origin written into the address";
        FakesHeaders = "fakes-headers", "A program that fakes headers", "No browser: Origin, Referer and path say whatever it likes";
        GuessesKey = "guesses-key", "A program that guesses the key", "The same program, with a token signed by a key of its own";
        Replays = "replays", "A listener who replays", "Whoever has seen one request of the app sends the very same again";
    }
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is a pay request: the check has not noticed anything.
    LetIn,
    /// It was noticed.
    Refused {
        /// The code of the refusal.
        code: &'static str,
        /// What gave it away, as a sentence.
        sentence: &'static str,
    },
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What the payment server goes by.
    pub check: DomainCheck,
    /// Who tries.
    pub attacker: Attacker,
    /// What came of it.
    pub outcome: Outcome,
}

/// A grid that fills itself, one cell at a time.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    cells: Vec<Cell>,
}

impl Grid {
    /// How many cells there are in the end.
    #[must_use]
    pub fn size() -> usize {
        DomainCheck::ALL.len() * Attacker::ALL.len()
    }

    /// The whole grid, all of it tried.
    #[must_use]
    pub fn whole() -> Self {
        let mut grid = Self::default();
        while grid.fill_one() {}
        grid
    }

    /// Tries the next one. False when all is tried.
    pub fn fill_one(&mut self) -> bool {
        let mut pairs =
            Attacker::ALL.iter().flat_map(|attacker| DomainCheck::ALL.iter().map(move |check| (attacker, check)));
        let Some((attacker, check)) = pairs.nth(self.cells.len()) else { return false };
        let session = run(*check, *attacker);
        self.cells.push(Cell { check: *check, attacker: *attacker, outcome: outcome(&session) });
        true
    }

    /// What came of this one's try, once it was tried.
    #[must_use]
    pub fn cell(&self, check: DomainCheck, attacker: Attacker) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.check == check && cell.attacker == attacker)
    }

    /// What was tried, attacker by attacker.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }
}

/// The run in which this one tries: the same road as any request from outside.
#[must_use]
pub fn run(check: DomainCheck, attacker: Attacker) -> Session {
    let mut session = Session::new(Setup { domain_check: check, ..Setup::default() });
    session.rename(format!("{}, {}", attacker.label(), check.label()));
    let Some(product) = session.world().catalog().shop().next().map(|product| product.id.clone()) else {
        return session;
    };
    let (origin, provenance) = match attacker {
        Attacker::OtherSite => (elsewhere(), from(ELSEWHERE)),
        Attacker::HidesReferer => (elsewhere(), Provenance::default()),
        Attacker::WritesPath => (elsewhere(), Provenance { path: Some(app(&session)), ..from(ELSEWHERE) }),
        Attacker::FakesHeaders => (Some(session.world().catalog().app.clone()), faked(&session)),
        Attacker::GuessesKey => {
            let token = guessed(&session, &product);
            (Some(session.world().catalog().app.clone()), Provenance { token, ..faked(&session) })
        }
        Attacker::Replays => overheard(&mut session, &product),
    };
    let input = Input::Buy { product, origin, provenance };
    let at = session.world().now();
    session.dispatch(Command::Receive { at, input });
    control::run_until_idle(&mut session, STEPS_MAX);
    session
}

/// What the last buy request of a run led to.
fn outcome(session: &Session) -> Outcome {
    let bodies = delivered(session).map(|message| &message.body);
    let answers = bodies.filter_map(|body| {
        if let Body::BuyRefused { refusal, .. } = body {
            return Some(Outcome::Refused { code: refusal.code, sentence: refusal.sentence });
        }
        matches!(body, Body::BuyAnswered { .. }).then_some(Outcome::LetIn)
    });
    // A payment server that never answers has noticed nothing, and has given nothing away either.
    answers.last().unwrap_or(Outcome::Refused { code: "", sentence: "Nobody has answered" })
}

fn delivered(session: &Session) -> impl Iterator<Item = &Arc<Message>> {
    let events = session.past().iter().flat_map(|step| &step.events);
    events.filter_map(|event| if let Event::Delivered { message } = event { Some(message) } else { None })
}

fn app(session: &Session) -> String {
    session.world().catalog().app.to_string()
}

fn elsewhere() -> Option<Origin> {
    Origin::parse(ELSEWHERE).ok()
}

/// What a browser tells of a page there.
fn from(origin: &str) -> Provenance {
    Provenance { referer: Some(format!("{origin}/")), ..Provenance::default() }
}

/// Everything that can be written without a key, as the app itself would write it.
fn faked(session: &Session) -> Provenance {
    Provenance { path: Some(app(session)), ..from(&app(session)) }
}

/// A token that is right in every claim and signed with a key that is not the app's.
fn guessed(session: &Session, product: &ProductId) -> Option<Arc<str>> {
    let world = session.world();
    let now = world.now().seconds();
    let claims = serde_json::json!({
        "iss": app(session), "aud": world.catalog().market_domain, "typ": TOKEN_TYPE, "iat": now, "exp": now + 300,
        "product": product.as_str(),
    });
    let key = SigningKey::hs256(app(session).as_str(), b"a key that somebody made up").ok()?;
    Some(sign_json(&claims.to_string(), &key, HeaderExtras::default()).ok()?.into())
}

/// Lets the app itself ask, and takes down what it sends.
fn overheard(session: &mut Session, product: &ProductId) -> (Option<Origin>, Provenance) {
    session.dispatch(Command::Buy { product: product.clone() });
    for _ in 0..STEPS_MAX {
        let heard = session.last_step().events.iter().find_map(|event| {
            let Event::Delivered { message } = event else { return None };
            let Body::BuyAsked { origin, provenance, .. } = &message.body else { return None };
            Some((origin.clone(), provenance.clone()))
        });
        if let Some(heard) = heard {
            return heard;
        }
        session.dispatch(Command::Step);
    }
    (None, Provenance::default())
}
