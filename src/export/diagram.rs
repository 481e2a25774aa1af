//! The diagram as a scene: six lanes with their heads, one row for each arrow of the sheet.

use crate::export::ink::Ink;
use crate::export::scene::{Area, Group, Mark, Scene, Span, about_width, fitted};
use crate::export::sheet::{Arrow, Sheet};

/// The width of every diagram.
pub const WIDTH: f32 = 1180.0;
/// Where the first lane stands, and how far each is from the next.
const LANE_FROM: f32 = 90.0;
const LANE_GAP: f32 = 200.0;
/// The title, above a diagram that stands alone; the count, below.
const TITLE_HEIGHT: f32 = 52.0;
const FOOT_HEIGHT: f32 = 40.0;
const HEADS_HEIGHT: f32 = 44.0;
const ROW_HEIGHT: f32 = 38.0;
const MARGIN: f32 = 16.0;
const LETTERS: f32 = 12.5;
/// How far an arrow stays away from the lane that it leaves, and how far a party's message to itself reaches out.
const GAP: f32 = 6.0;
const LOOP: f32 = 26.0;

/// How a diagram stands on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// By itself: with its title, the word SIMULATED, and the count.
    Whole {
        /// The count as a sentence.
        count: &'a str,
    },
    /// In a page that says these things itself.
    Bare,
}

/// A diagram, and how many messages its rows stand for.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// The drawing.
    pub scene: Scene,
    /// The messages in it.
    pub messages: usize,
}

/// Draws the arrows of a sheet.
#[must_use]
pub fn diagram(sheet: &Sheet, frame: Frame<'_>) -> Drawn {
    let (top, below) = match frame {
        Frame::Whole { .. } => (TITLE_HEIGHT, FOOT_HEIGHT),
        Frame::Bare => (0.0, 12.0),
    };
    let first = top + HEADS_HEIGHT;
    let mut rows = Vec::with_capacity(sheet.arrows.len() + 2);
    let mut y = first;
    for arrow in &sheet.arrows {
        rows.push(row(arrow, y));
        y += ROW_HEIGHT;
    }
    let height = y + below;
    let mut groups = vec![lanes(sheet, top, y + 4.0)];
    groups.extend(rows);
    let description = match frame {
        Frame::Whole { count } => {
            groups.push(words_around(sheet, count, height));
            format!("{count}. Simulated: no money moved.")
        }
        Frame::Bare => String::new(),
    };
    let scene = Scene { title: sheet.title.clone(), description, width: WIDTH, height, groups };
    Drawn { scene, messages: sheet.drawn_count() }
}

/// Lines first, heads on them.
fn lanes(sheet: &Sheet, top: f32, bottom: f32) -> Group {
    let middle = top + HEADS_HEIGHT / 2.0;
    let xs = || {
        sheet.lanes.iter().scan(LANE_FROM, |x, name| {
            let here = *x;
            *x += LANE_GAP;
            Some((here, *name))
        })
    };
    let line = |(x, _): (f32, &str)| Mark::Line {
        points: vec![(x, middle), (x, bottom)],
        width: 1.0,
        ink: Ink::Hair,
        is_dashed: false,
    };
    let head = |(lane, (x, name)): (usize, (f32, &str))| {
        let width = about_width(name, LETTERS) + 28.0;
        let area = Area { x: x - width / 2.0, y: middle - 13.0, width, height: 26.0 };
        let words = Mark::Words {
            at: (x, middle),
            is_centred: true,
            size: LETTERS,
            spans: vec![Span::strong(name, Ink::Party(lane))],
            over: None,
        };
        [Mark::Fill { area, ink: Ink::Ground }, Mark::Plate { area, ink: Ink::Party(lane) }, words]
    };
    let marks = xs().map(line).chain(xs().enumerate().flat_map(head)).collect();
    Group { marks, ..Group::default() }
}

fn row(arrow: &Arrow, top: f32) -> Group {
    let (from, to) = (lane_x(arrow.from), lane_x(arrow.to));
    let line_y = top + 27.0;
    let ink = if arrow.is_lost { Ink::Bad } else { Ink::Muted };
    let mut marks = Vec::new();
    if arrow.is_marked {
        let area = Area { x: 4.0, y: top, width: WIDTH - 8.0, height: ROW_HEIGHT };
        marks.push(Mark::Fill { area, ink: Ink::Selection });
    }
    if arrow.from == arrow.to {
        let (up, down) = (top + 11.0, top + 27.0);
        let points = vec![(from + 2.0, up), (from + LOOP, up), (from + LOOP, down), (from + 8.0, down)];
        marks.push(Mark::Line { points, width: 1.5, ink, is_dashed: arrow.is_reply });
        marks.push(Mark::Head { tip: (from + 1.0, down), is_leftward: true, ink });
    } else {
        let direction = if to > from { 1.0 } else { -1.0 };
        // What is lost ends in a cross on its way.
        let end = if arrow.is_lost { f32::midpoint(from, to) + direction * 60.0 } else { to - direction * 8.0 };
        let points = vec![(from + direction * GAP, line_y), (end, line_y)];
        marks.push(Mark::Line { points, width: 1.5, ink, is_dashed: arrow.is_reply });
        if arrow.is_lost {
            marks.extend(cross((end, line_y)));
        } else {
            marks.push(Mark::Head { tip: (to - direction, line_y), is_leftward: to < from, ink });
        }
    }
    marks.push(words(arrow, (from, to), top));
    let code = arrow.code.map_or(String::new(), |code| format!("  {code}"));
    Group { caption: format!("{}{code}", arrow.caption), is_marked: arrow.is_marked, marks }
}

fn cross((x, y): (f32, f32)) -> [Mark; 2] {
    let stroke = |points| Mark::Line { points, width: 2.0, ink: Ink::Bad, is_dashed: false };
    [stroke(vec![(x - 5.0, y - 5.0), (x + 5.0, y + 5.0)]), stroke(vec![(x - 5.0, y + 5.0), (x + 5.0, y - 5.0)])]
}

/// Number, label and badge: above the middle of an arrow, beside a loop, always within the drawing.
fn words(arrow: &Arrow, (from, to): (f32, f32), top: f32) -> Mark {
    let number = if arrow.last_number > arrow.number {
        format!("{}–{} ", arrow.number, arrow.last_number)
    } else {
        format!("{} ", arrow.number)
    };
    let badge = arrow.badge.as_ref().map(|badge| {
        let ink = if badge.is_mild { Ink::Warn } else { Ink::Bad };
        Span::strong(format!("  {}", badge.text), ink)
    });
    let beside = badge.as_ref().map_or(0.0, |badge| about_width(&badge.text, LETTERS));
    let room = WIDTH - 2.0 * MARGIN - about_width(&number, LETTERS) - beside;
    let label = fitted(&arrow.label, LETTERS, room);
    let width = about_width(&number, LETTERS) + about_width(&label, LETTERS) + beside;
    let spans = [Span::plain(number, Ink::Muted), Span::plain(label, Ink::Text)];
    let is_loop = arrow.from == arrow.to;
    let wanted = match (is_loop, from + LOOP + 10.0 + width <= WIDTH - MARGIN) {
        (true, true) => from + LOOP + 10.0 + width / 2.0,
        (true, false) => from - 12.0 - width / 2.0,
        (false, _) => f32::midpoint(from, to),
    };
    let middle = wanted.min(WIDTH - MARGIN - width / 2.0).max(MARGIN + width / 2.0);
    let y = if is_loop { top + 19.0 } else { top + 14.0 };
    let over = Some(if arrow.is_marked { Ink::Selection } else { Ink::Ground });
    Mark::Words {
        at: (middle, y),
        is_centred: true,
        size: LETTERS,
        spans: spans.into_iter().chain(badge).collect(),
        over,
    }
}

/// What a drawing that stands alone says of itself. Every simulated thing can be told from a real one.
fn words_around(sheet: &Sheet, count: &str, height: f32) -> Group {
    let words = |at, size, span| Mark::Words { at, is_centred: false, size, spans: vec![span], over: None };
    let title = fitted(&sheet.title, 18.0, WIDTH - 2.0 * MARGIN - 130.0);
    let sign = "SIMULATED";
    let marks = vec![
        words((MARGIN + 4.0, 28.0), 18.0, Span::strong(title, Ink::Text)),
        words((WIDTH - MARGIN - about_width(sign, 12.0), 28.0), 12.0, Span::strong(sign, Ink::Muted)),
        words((MARGIN + 4.0, height - 16.0), 12.0, Span::plain(format!("Paystage · {count}"), Ink::Muted)),
    ];
    Group { marks, ..Group::default() }
}

fn lane_x(lane: usize) -> f32 {
    (0..lane.min(5)).fold(LANE_FROM, |x, _| x + LANE_GAP)
}

#[cfg(test)]
mod tests {
    use super::{Frame, WIDTH, diagram};
    use crate::export::scene::{Mark, about_width};
    use crate::export::sheet::{Arrow, Badge, Sheet};

    fn drawn(arrow: Arrow) -> Vec<Mark> {
        let sheet = Sheet { arrows: vec![arrow], ..Sheet::default() };
        diagram(&sheet, Frame::Bare).scene.groups.remove(1).marks
    }

    #[test]
    fn words_never_leave_the_drawing() {
        let badge = Some(Badge { text: "REFUSED".into(), is_mild: false });
        for (from, to) in [(0, 1), (5, 5), (0, 0), (4, 5), (5, 0)] {
            for length in [1, 20, 300] {
                let label = "x".repeat(length);
                let marks = drawn(Arrow { number: 1, from, to, label, badge: badge.clone(), ..Arrow::default() });
                let Some(Mark::Words { at: (middle, _), spans, .. }) = marks.last() else { panic!("no words") };
                let width: f32 = spans.iter().map(|span| about_width(&span.text, super::LETTERS)).sum();
                assert!(middle - width / 2.0 >= 8.0 && middle + width / 2.0 <= WIDTH - 8.0, "{from} {to} {length}");
            }
        }
    }

    #[test]
    fn what_is_lost_reaches_no_lane() {
        let heads = |is_lost| {
            drawn(Arrow { number: 1, to: 1, is_lost, ..Arrow::default() })
                .iter()
                .filter(|mark| matches!(mark, Mark::Head { .. }))
                .count()
        };
        assert_eq!((heads(false), heads(true)), (1, 0));
    }
}
