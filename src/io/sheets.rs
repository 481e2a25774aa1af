//! Sheets: what the lenses read of a run up to its present place, gathered in words for whoever gives it away.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::export::mask::{DOTS, Mask};
use crate::export::sheet::{Arrow, Badge, Claim, Ladder, Rung, Saying, Sheet, Token};
use crate::lens::caption::Teller;
use crate::lens::claim_marks::Reader;
use crate::lens::claims::{self, ClaimRow, TokenReading};
use crate::lens::flow::{Flow, Row, is_lost};
use crate::protocol::verdict::check::Outcome;
use crate::protocol::verdict::ladder::{self as verdict, Verdict};
use crate::session::dials::list::DIALS;
use crate::session::run::Session;
use crate::session::run_file::save;
use crate::world::event::Event;
use crate::world::http_form::WireForm;
use crate::world::message::Message;
use crate::world::party::Party;

/// The run up to its present place. Nothing in it is masked, only the run file is left out where `mask` would put dots into it.
/// The rows of the messages with `decisive` numbers stand out.
#[must_use]
pub fn sheet(session: &Session, decisive: &[u32], mask: &mut Mask) -> Sheet {
    let mut flow = Flow::new();
    flow.read(session.past(), session.setup());
    let teller = Teller::new(session.setup(), session.world().catalog(), flow.purchases());
    let marked: Vec<_> = decisive.iter().filter_map(|number| flow.row_of_number(*number)).collect();
    let lost = lost(session);
    let taken = session.here().step;
    let rows = flow.rows().iter().enumerate();
    let arrows = rows.map(|(place, row)| Arrow {
        is_marked: marked.contains(&place),
        is_lost: lost.contains(&row.message.id.0),
        at: session.past().get(row.step).map(|step| step.at).unwrap_or_default(),
        ..arrow(row, taken, &teller)
    });
    let arrows = arrows.collect();
    let sayings = sayings(session, &teller);
    Sheet {
        title: session.title().to_owned(),
        lanes: Party::ALL.map(|party| party.lane_label(session.setup().is_hosted())),
        seen: sayings.len(),
        arrows,
        tokens: tokens(session),
        ladders: ladders(session),
        dials: DIALS
            .iter()
            .filter(|dial| dial.is_turned(session.setup()))
            .map(|dial| (dial.label.to_owned(), dial.shown(session.setup())))
            .collect(),
        run: Some(save::save(session)).filter(|run| mask.over(run) == *run && !run.contains(DOTS)),
        sayings,
    }
}

/// How many rows the diagram of this run has, up to its present place.
#[must_use]
pub fn rows(session: &Session) -> usize {
    let mut flow = Flow::new();
    flow.read(session.past(), session.setup());
    flow.rows().len()
}

fn arrow(row: &Row, taken: usize, teller: &Teller<'_>) -> Arrow {
    let caption = teller.row_caption(row, taken);
    Arrow {
        number: row.number,
        last_number: row.last_number(),
        from: lane(row.from),
        to: lane(row.to),
        label: row.label_at(taken).into_owned(),
        caption: caption.sentence,
        code: caption.code,
        badge: row
            .badge_at(taken)
            .map(|badge| Badge { text: badge.text.clone().into_owned(), is_mild: badge.kind.is_mild() }),
        is_reply: row.is_reply,
        messages: row.message_count_at(taken),
        ..Arrow::default()
    }
}

/// Every message that arrived, or that a fault kept back, counted from what happened and not from the diagram.
fn sayings(session: &Session, teller: &Teller<'_>) -> Vec<Saying> {
    let mut sayings = Vec::new();
    for step in session.past() {
        for event in &step.events {
            if let Event::Delivered { message } = event {
                sayings.push(Saying { arrived: Some(step.at), ..saying(session, teller, message) });
            } else if let Some(message) = kept_back(event) {
                sayings.push(saying(session, teller, message));
            }
        }
    }
    sayings
}

fn saying(session: &Session, teller: &Teller<'_>, message: &Message) -> Saying {
    let caption = teller.caption(message);
    let form = message.wire_form(session.setup(), session.world().catalog());
    Saying {
        id: message.id.0,
        number: message.number,
        from: lane(message.from),
        to: lane(message.to),
        kind: message.body.kind().name(),
        sent: message.sent,
        arrived: None,
        answers: message.answers.map(|asked| asked.0),
        body_bytes: body_bytes(&form),
        form,
        caption: caption.sentence,
        code: caption.code,
    }
}

fn body_bytes(form: &WireForm) -> usize {
    match form {
        WireForm::Http(http) => http.body.as_ref().map_or(0, String::len),
        WireForm::Call(_) => 0,
    }
}

/// The messages that never arrived.
fn lost(session: &Session) -> BTreeSet<u32> {
    let events = || session.past().iter().flat_map(|step| &step.events);
    let mut lost = BTreeSet::new();
    lost.extend(events().filter_map(kept_back).map(|message| message.id.0));
    for event in events() {
        if let Event::Delivered { message } = event {
            lost.remove(&message.id.0);
        }
    }
    lost
}

fn kept_back(event: &Event) -> Option<&Arc<Message>> {
    let Event::FaultFired { message, act, became, .. } = event else { return None };
    is_lost(act, became.is_some()).then_some(message)
}

/// Each token once, where it came up first. Keys are no secret and say nothing about the purchase: they are left out.
fn tokens(session: &Session) -> Vec<Token> {
    let world = session.world();
    let reader = Reader {
        now: Some(world.clock_of(Party::AppPage)),
        app: Some(&world.catalog().app),
        rules: Some(world.setup().rules()),
    };
    let (mut seen, mut tokens) = (BTreeSet::new(), Vec::new());
    for message in arrivals(session) {
        let Some((_, text)) = message.body.carried().filter(|(_, text)| !text.trim_start().starts_with('{')) else {
            continue;
        };
        if seen.insert(Arc::clone(text)) {
            let reading = claims::explain(text, reader);
            let claims = reading.certificates.iter().chain([&reading]).flat_map(rows_of).map(claim).collect();
            tokens.push(Token { kind: reading.kind.label(), number: message.number, text: text.to_string(), claims });
        }
    }
    tokens
}

fn arrivals(session: &Session) -> impl Iterator<Item = &Arc<Message>> {
    let events = session.past().iter().flat_map(|step| &step.events);
    events.filter_map(|event| if let Event::Delivered { message } = event { Some(message) } else { None })
}

fn rows_of(reading: &TokenReading) -> impl Iterator<Item = &ClaimRow> {
    reading.header.iter().chain(&reading.rows)
}

fn claim(row: &ClaimRow) -> Claim {
    let value = row.human.as_ref().map_or_else(|| row.value.clone(), |human| format!("{} ({human})", row.value));
    Claim { path: row.path.clone(), value, sentence: row.sentence }
}

fn ladders(session: &Session) -> Vec<Ladder> {
    let shelves = session.world().app_page().shelves();
    shelves.filter_map(|shelf| Some(ladder(shelf.product.as_str(), shelf.verdict.as_deref()?))).collect()
}

fn ladder(product: &str, verdict: &Verdict) -> Ladder {
    let outcome = match (verdict.is_accepted(), verdict.is_waiting_for_store()) {
        (true, _) => "Accepted",
        (false, true) => "Undecided",
        (false, false) => "Refused",
    };
    Ladder {
        product: product.to_owned(),
        outcome,
        is_accepted: verdict.is_accepted(),
        rules: verdict.profile().label(),
        headline: verdict.headline().to_owned(),
        rungs: verdict.rungs().iter().map(rung).collect(),
    }
}

fn rung(rung: &verdict::Rung) -> Rung {
    let (label, shown) = (rung.outcome.label(), rung.shown());
    let (note, why) = match rung.outcome {
        Outcome::Passed => ("", String::new()),
        Outcome::Failed => {
            let words = [Some(rung.sentence()), rung.fix(), rung.code];
            ("", words.into_iter().flatten().collect::<Vec<_>>().join(" · "))
        }
        // Some evidence says it in its own words.
        Outcome::Skipped if shown.starts_with(label) => ("", String::new()),
        Outcome::NotReached | Outcome::SwitchedOff | Outcome::Skipped => (label, String::new()),
    };
    Rung { sign: rung.outcome.sign(), outcome: label, note, label: rung.check.label(), shown, why }
}

fn lane(party: Party) -> usize {
    Party::ALL.iter().position(|lane| *lane == party).unwrap_or_default()
}
