//! Performing: each deed carried out on one run.

use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::io::clock;
use crate::io::http::answer;
use crate::io::http::control::begin::{Beginning, Begun};
use crate::io::http::control::body;
use crate::io::http::control::condition::Condition;
use crate::io::http::control::deed::Deed;
use crate::io::http::control::state;
use crate::io::http::control::trace;
use crate::io::http::control::trouble::Trouble;
use crate::io::http::control::usual::Usual;
use crate::io::http::control::wait::{ADVANCE_MAX, wait};
use crate::io::inbox::{Clock, Letterbox};
use crate::io::store::archive::Archive;
use crate::protocol::id::Origin;
use crate::protocol::time::Span;
use crate::session::recorded::Recorded;
use crate::session::run::Session;
use crate::session::run_file::save::save;
use crate::session::scenario::print::print;
use crate::session::scenario::record::record;
use crate::world::command::Command;
use crate::world::event::Event;
use crate::world::fault::armed::{Fault, FaultId};
use crate::world::message::MessageId;

/// One run that is controlled, and where it is to be found.
#[derive(Clone, Debug)]
pub struct Controlled {
    /// The run.
    pub letterbox: Letterbox,
    /// The server's own address.
    pub address: Origin,
    /// What stands before the run's paths: empty for the root, else `/s/…`.
    pub base: String,
    /// Where steps that have left memory are to be had.
    pub archive: Option<Archive>,
    /// What a run begins with where nothing else is said.
    pub usual: Usual,
}

/// A request to the control interface, read.
#[derive(Debug)]
pub struct Order {
    /// The parameter in the path, where there is one.
    pub param: String,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    /// Whether server-sent events are wanted.
    pub wants_events: bool,
    /// `Last-Event-ID`, where a stream is taken up again.
    pub last_event: Option<usize>,
    /// The whole body.
    pub body: Bytes,
}

impl Order {
    fn number(&self, name: &str) -> Result<Option<usize>, Trouble> {
        let Some((_, value)) = self.query.iter().find(|(known, _)| known == name) else { return Ok(None) };
        let bad = |_| Trouble::bad("NOT_A_NUMBER", format!("{name} is no number: {value:.40}"), "Give a whole number");
        value.parse().map(Some).map_err(bad)
    }
}

/// Does it, and answers.
///
/// # Errors
/// [`Trouble`], which becomes the answer.
pub async fn perform(deed: Deed, run: &Controlled, order: &Order) -> Result<Response<Body>, Trouble> {
    let letterbox = &run.letterbox;
    match deed {
        Deed::State => seen(letterbox, state::of).await,
        Deed::Reset => reset(run).await,
        Deed::Begin => begin(run, body::read::<Beginning>(&order.body)?).await,
        Deed::Command => command(letterbox, body::read(&order.body)?).await,
        Deed::Faults => seen(letterbox, |run, _| state::faults(run.world())).await,
        Deed::Arm => arm(letterbox, body::read(&order.body)?).await,
        Deed::Disarm => disarm(letterbox, &order.param).await,
        Deed::ClearFaults => clear_faults(letterbox).await,
        Deed::Release => {
            let Released { message } = body::read(&order.body)?;
            command(letterbox, Command::Release { message: MessageId(message) }).await
        }
        Deed::Clock => seen(letterbox, |run, clock| state::clock(run.world(), clock)).await,
        Deed::MoveClock => move_clock(letterbox, body::read(&order.body)?).await,
        Deed::Wait => {
            let waited = wait(letterbox, body::read::<Condition>(&order.body)?).await?;
            let status = if waited.is_met { StatusCode::OK } else { StatusCode::REQUEST_TIMEOUT };
            Ok(answer::as_json(status.as_u16(), &waited.state))
        }
        Deed::Trace if order.wants_events => {
            let from = order.last_event.map(|last| last + 1).or(order.number("from")?);
            trace::live(letterbox, from).await
        }
        Deed::Trace => {
            let (from, limit) = (order.number("from")?.unwrap_or(0), order.number("limit")?);
            trace::page(letterbox, run.archive.as_ref(), from, limit).await
        }
        Deed::RunFile => Ok(answer::with_body(200, "application/json", save(&relived(run).await?))),
        Deed::Scenario => {
            let text = print(&record(&relived(run).await?));
            Ok(answer::with_body(200, "application/toml", text))
        }
    }
}

async fn seen(letterbox: &Letterbox, look: fn(&dyn Recorded, Clock) -> Value) -> Result<Response<Body>, Trouble> {
    Ok(answer::as_json(200, &letterbox.read(look).await?))
}

/// Begins again and tells the mark of the beginning: equal for equal set-ups, whatever was there before.
async fn restart(run: &Controlled, begun: Begun) -> Result<Response<Body>, Trouble> {
    run.letterbox.restart(begun.setup, begun.commands).await?.wait().await?;
    seen(&run.letterbox, state::of).await
}

async fn reset(run: &Controlled) -> Result<Response<Body>, Trouble> {
    let setup = run.letterbox.read(|run, _| run.setup().clone()).await?;
    restart(run, Begun { setup, commands: Vec::new() }).await
}

async fn begin(run: &Controlled, beginning: Beginning) -> Result<Response<Body>, Trouble> {
    restart(run, beginning.begin(&run.usual.setup(), &run.address, &run.base, clock::now())?).await
}

async fn command(letterbox: &Letterbox, command: Command) -> Result<Response<Body>, Trouble> {
    let done = letterbox.command(command).await?;
    done.saved.wait().await?;
    let why = |event: &Event| if let Event::CommandIgnored { why } = event { Some(*why) } else { None };
    if let Some(why) = done.step.events.iter().find_map(why) {
        return Err(Trouble::conflict("IGNORED", why, "GET /control/state tells how the run stands"));
    }
    Ok(answer::as_json(200, &trace::step_json(&done.step)))
}

async fn arm(letterbox: &Letterbox, fault: Fault) -> Result<Response<Body>, Trouble> {
    let done = letterbox.command(Command::Arm { fault }).await?;
    done.saved.wait().await?;
    let newest = |run: &dyn Recorded, _| run.world().faults().armed().last().cloned();
    let armed = letterbox.read(newest).await?;
    Ok(answer::as_json(201, &json!(armed)))
}

async fn disarm(letterbox: &Letterbox, number: &str) -> Result<Response<Body>, Trouble> {
    let hint = "GET /control/faults lists them";
    let missing = || Trouble::missing("NO_SUCH_FAULT", format!("No fault has the number {number:.20}"), hint);
    let fault = FaultId(number.parse().map_err(|_| missing())?);
    let is_armed = letterbox.read(move |run, _| run.world().faults().armed().iter().any(|armed| armed.id == fault));
    if !is_armed.await? {
        return Err(missing());
    }
    command(letterbox, Command::Disarm { fault }).await
}

/// Takes every fault away. Where none is armed there is nothing to do, and that is no error: test code tidies up without looking.
async fn clear_faults(letterbox: &Letterbox) -> Result<Response<Body>, Trouble> {
    if letterbox.read(|run, _| !run.world().faults().armed().is_empty()).await? {
        letterbox.command(Command::ClearFaults).await?.saved.wait().await?;
    }
    seen(letterbox, |run, _| state::faults(run.world())).await
}

/// The body of a release.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Released {
    message: u32,
}

/// The body that moves the clock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moved {
    #[serde(default)]
    advance: Option<Span>,
    #[serde(default)]
    follow: Option<Follow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Follow {
    Real,
    Virtual,
}

async fn move_clock(letterbox: &Letterbox, Moved { advance, follow }: Moved) -> Result<Response<Body>, Trouble> {
    if advance.is_none() && follow.is_none() {
        let hint = "Give advance, a span such as \"12s\", or follow, \"real\" or \"virtual\"";
        return Err(Trouble::bad("NOTHING_TO_DO", "Neither advance nor follow is there", hint));
    }
    match follow {
        None => {}
        Some(Follow::Virtual) => letterbox.follow(Clock::Virtual)?,
        Some(Follow::Real) => {
            let shown = letterbox.read(|run, _| run.world().now()).await?;
            letterbox.follow(Clock::Real { ahead: shown - clock::now() })?;
        }
    }
    if let Some(span) = advance {
        if span < Span::ZERO || span > ADVANCE_MAX {
            let error = format!("The clock goes forward, by 366 days at the most, not by {}", span.compact());
            return Err(Trouble::bad("WRONG_SPAN", error, "Give a span such as \"12s\", \"30m\" or \"182d\""));
        }
        letterbox.advance(span).await?.wait().await?;
    }
    seen(letterbox, |run, clock| state::clock(run.world(), clock)).await
}

/// The whole run lived again, so that it can be saved.
async fn relived(run: &Controlled) -> Result<Session, Trouble> {
    let read = |run: &dyn Recorded, _| (run.setup().clone(), run.kept(), run.count());
    let (setup, mut kept, count) = run.letterbox.read(read).await?;
    if kept.len() < count {
        let mut older = trace::archived(run.archive.as_ref(), 0, count - kept.len()).await?;
        older.append(&mut kept);
        kept = older;
    }
    let mut session = Session::new(setup);
    for step in kept.iter().skip(1) {
        session.dispatch(step.command.clone());
    }
    Ok(session)
}
