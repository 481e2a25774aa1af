//! A run in the terminal: every message with its lanes and its caption, the ladder, and how it ended.

use std::io::{self, Write};

use crate::cli::ladder;
use crate::cli::paint::{BAD, OK, QUIET, STRONG, WARN, padded, painted, plain};
use crate::lens::caption::Teller;
use crate::lens::flow::{Flow, Row};
use crate::protocol::dial::Hosting;
use crate::session::run::Session;
use crate::world::party::Party;

/// Prints the whole run up to its present place: messages, the last ladder, the end.
pub(crate) fn print(out: &mut dyn Write, session: &Session) -> io::Result<()> {
    print_messages(out, session)?;
    let shelves = session.world().app_page().shelves();
    // The last judgement is the one that decided.
    if let Some(verdict) = shelves.filter_map(|shelf| shelf.verdict.as_deref()).last() {
        writeln!(out, "{}\n", painted(STRONG, "What the app checked"))?;
        ladder::print(out, verdict)?;
        writeln!(out)?;
    }
    print_end(out, session)
}

/// Prints one line for each arrow, its caption below.
pub(crate) fn print_messages(out: &mut dyn Write, session: &Session) -> io::Result<()> {
    let mut flow = Flow::new();
    flow.read(session.past(), session.setup());
    let taken = session.here().step;
    let teller = Teller::new(session.setup(), session.world().catalog(), flow.purchases());
    let is_hosted = session.setup().hosting == Hosting::Hosted;
    for row in flow.rows() {
        print_row(out, row, taken, &teller, is_hosted)?;
    }
    writeln!(out)
}

fn print_row(out: &mut dyn Write, row: &Row, taken: usize, teller: &Teller<'_>, is_hosted: bool) -> io::Result<()> {
    let lane = |party: Party| party.lane_label(is_hosted);
    let lanes = lanes(row, is_hosted);
    // The widest pair is as wide as the lanes' names allow.
    let width = 2 * Party::ALL.iter().map(|party| lane(*party).len()).max().unwrap_or(0) + 3;
    let number = padded(&format!("{:>3}", row.number), 5);
    write!(out, "{}{}  {}", painted(STRONG, number), padded(&lanes, width), plain(&row.label_at(taken)))?;
    let badge = row.badge_at(taken);
    if let Some(badge) = badge {
        write!(out, "  {}", painted(if badge.kind.is_mild() { WARN } else { BAD }, plain(&badge.text)))?;
    }
    let caption = teller.row_caption(row, taken);
    write!(out, "\n     {}", painted(QUIET, plain(&caption.sentence)))?;
    // A badge often is the code already.
    if let Some(code) = caption.code.filter(|code| badge.is_none_or(|badge| badge.text != **code)) {
        write!(out, "  {}", painted(BAD, code))?;
    }
    writeln!(out)
}

/// Who says it to whom: `App page → Device`.
pub(crate) fn lanes(row: &Row, is_hosted: bool) -> String {
    let lane = |party: Party| party.lane_label(is_hosted);
    let (from, to) = (lane(row.from), lane(row.to));
    if row.from == row.to { from.to_owned() } else { format!("{from} → {to}") }
}

/// Prints what every product came to, last of all: `✓ access granted: Shiny Pony`.
fn print_end(out: &mut dyn Write, session: &Session) -> io::Result<()> {
    let world = session.world();
    for shelf in world.app_page().shelves() {
        let name = world.catalog().product(&shelf.product).map_or(shelf.product.as_str(), |product| product.name);
        if shelf.is_open {
            writeln!(out, "{} {}: {name}", painted(OK, "✓"), painted(OK, "access granted"))?;
        } else {
            let why = shelf.refusal.as_ref().map_or(String::new(), |refusal| format!("  {}", plain(refusal.sentence)));
            writeln!(out, "{} {}: {name}{why}", painted(BAD, "✗"), painted(BAD, "no access"))?;
        }
    }
    Ok(())
}
