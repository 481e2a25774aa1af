//! The diagram of one run as inline SVG: a lane for each party, an arrow for each row of the flow.

use crate::io::http::pages::template::{Filling, Markup, Template};
use crate::lens::caption::Teller;
use crate::lens::flow::{Flow, Row};
use crate::protocol::dial::Hosting;
use crate::session::run::Session;
use crate::world::party::Party;

/// Rows that are drawn, the last ones of a run: a page with thousands of arrows helps nobody.
const ROWS_MAX: usize = 300;
/// Where the first lane stands, and how far each is from the next, in SVG units.
const LANE_FROM: usize = 90;
const LANE_GAP: usize = 160;
/// The whole width: six lanes, with room for the words beside the outer two.
const WIDTH: usize = 2 * LANE_FROM + 5 * LANE_GAP;
const HEAD_HEIGHT: usize = 40;
const ROW_HEIGHT: usize = 44;
/// No words begin or end further out than half of the widest label.
const LABEL_FROM: usize = 150;

const DIAGRAM: Template = Template::new(
    r#"<svg class="flow" viewBox="0 0 {{width}} {{height}}" role="img" aria-label="{{name}}">{{lanes}}{{rows}}</svg>"#,
);
const LANE: Template = Template::new(
    r#"<g><text class="lane" x="{{x}}" y="20">{{name}}</text><path class="life" d="M {{x}} 30 V {{height}}"/></g>"#,
);
const ROW: Template = Template::new(
    r#"<g class="{{kind}}"><title>{{caption}}</title><rect class="ground" x="0" y="{{top}}" width="{{width}}" height="{{tall}}"/><text class="number" x="8" y="{{middle}}">{{number}}</text><path class="arrow" d="{{path}}" marker-end="url(#head)"/><text class="label" x="{{x}}" y="{{middle}}">{{label}} <tspan class="{{tone}}">{{badge}}</tspan></text></g>"#,
);

/// Draws the run up to its present place; the messages with `decisive` numbers stand out. A sentence comes before the drawing when it leaves out rows.
pub(crate) fn diagram(session: &Session, decisive: &[u32]) -> Markup {
    let mut flow = Flow::new();
    flow.read(session.past());
    let taken = session.here().step;
    let teller = Teller::new(session.setup(), session.world().catalog(), flow.purchases());
    let is_hosted = session.setup().hosting == Hosting::Hosted;
    let left_out = flow.rows().len().saturating_sub(ROWS_MAX);
    let shown = flow.rows().get(left_out..).unwrap_or_default();
    let marked: Vec<_> = decisive.iter().filter_map(|number| flow.row_of_number(*number)).collect();
    let rows: Markup = shown
        .iter()
        .enumerate()
        .map(|(place, row)| {
            let is_marked = marked.contains(&(place + left_out));
            row_markup(place, row, taken, is_marked, &teller.row_caption(row, taken).sentence)
        })
        .collect();
    let height = HEAD_HEIGHT + shown.len() * ROW_HEIGHT;
    let lanes = lanes_markup(is_hosted, height);
    let drawing = DIAGRAM.fill(&[
        ("width", Filling::Text(&WIDTH.to_string())),
        ("height", Filling::Text(&height.to_string())),
        ("name", Filling::Text("The messages of this run")),
        ("lanes", Filling::Markup(&lanes)),
        ("rows", Filling::Markup(&rows)),
    ]);
    let omitted = Template::new(r#"<p class="muted">{{count}} earlier arrows are not drawn</p>"#);
    let omitted = (left_out > 0).then(|| omitted.fill(&[("count", Filling::Text(&left_out.to_string()))]));
    omitted.into_iter().chain([drawing]).collect()
}

fn lanes_markup(is_hosted: bool, height: usize) -> Markup {
    let lane = |party: &Party| {
        LANE.fill(&[
            ("x", Filling::Text(&lane_x(*party).to_string())),
            ("name", Filling::Text(party.lane_label(is_hosted))),
            ("height", Filling::Text(&height.to_string())),
        ])
    };
    Party::ALL.iter().map(lane).collect()
}

fn row_markup(place: usize, row: &Row, taken: usize, is_marked: bool, caption: &str) -> Markup {
    let top = HEAD_HEIGHT + place * ROW_HEIGHT;
    let (middle, arrow) = (top + 16, top + 28);
    let (from, to) = (lane_x(row.from), lane_x(row.to));
    // A party that acts alone: a loop back to its own lane.
    let path = if from == to {
        format!("M {from} {} h 26 v 10 h -20", arrow - 6)
    } else {
        let end = if from < to { to - 4 } else { to + 4 };
        format!("M {from} {arrow} H {end}")
    };
    let kind = match (is_marked, row.is_reply) {
        (false, false) => "row",
        (false, true) => "row reply",
        (true, false) => "row decisive",
        (true, true) => "row reply decisive",
    };
    let badge = row.badge_at(taken);
    let tone = if badge.is_some_and(|badge| badge.kind.is_mild()) { "warn" } else { "bad" };
    ROW.fill(&[
        ("kind", Filling::Text(kind)),
        ("caption", Filling::Text(caption)),
        ("top", Filling::Text(&top.to_string())),
        ("width", Filling::Text(&WIDTH.to_string())),
        ("tall", Filling::Text(&ROW_HEIGHT.to_string())),
        ("middle", Filling::Text(&middle.to_string())),
        ("number", Filling::Text(&row.number.to_string())),
        ("path", Filling::Text(&path)),
        ("x", Filling::Text(&usize::midpoint(from, to).clamp(LABEL_FROM, WIDTH - LABEL_FROM).to_string())),
        ("label", Filling::Text(&row.label_at(taken))),
        ("tone", Filling::Text(tone)),
        ("badge", Filling::Text(badge.map_or("", |badge| &badge.text))),
    ])
}

fn lane_x(party: Party) -> usize {
    let place = Party::ALL.iter().position(|lane| *lane == party).unwrap_or(0);
    LANE_FROM + place * LANE_GAP
}
