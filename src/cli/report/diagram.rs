//! The diagram of one run within the page of a report.

use crate::export::diagram::{Frame, diagram as drawn};
use crate::export::format::Format;
use crate::export::mask::Mask;
use crate::export::svg;
use crate::export::template::{Filling, Markup, Template};
use crate::io::sheets;
use crate::session::run::Session;

/// Rows that are drawn, the last ones of a run: a page with thousands of arrows helps nobody.
const ROWS_MAX: usize = 300;
const OMITTED: Template = Template::new(r#"<p class="muted">{{count}} earlier arrows are not drawn</p>"#);

/// Draws the run up to its present place; the messages with `decisive` numbers stand out. A sentence comes before the drawing when it leaves out rows.
pub(crate) fn diagram(session: &Session, decisive: &[u32]) -> Markup {
    let mut mask = Mask::new(session.world().secrets(), true);
    let mut sheet = sheets::sheet(session, decisive, &mut mask).only_for(Format::Svg);
    let left_out = sheet.arrows.len().saturating_sub(ROWS_MAX);
    sheet.arrows.drain(..left_out);
    "The messages of this run".clone_into(&mut sheet.title);
    let scene = drawn(&sheet.with_texts(|text| mask.over(text)), Frame::Bare).scene;
    let omitted = (left_out > 0).then(|| OMITTED.fill(&[("count", Filling::Text(&left_out.to_string()))]));
    omitted.into_iter().chain([svg::inline(&scene)]).collect()
}
