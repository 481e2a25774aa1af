//! SVG: a scene as a drawing that browsers and editors show. It loads nothing, runs nothing, and knows both faces of the theme.

use std::fmt::Write as _;

use crate::export::diagram::{Drawn, Frame, diagram};
use crate::export::ink::{Face, Ink};
use crate::export::paper::{Draft, Sentence};
use crate::export::scene::{Area, Group, Mark, Scene, Span};
use crate::export::sheet::Sheet;
use crate::export::template::{Filling, Markup, Template};

const WHOLE: Template = Template::new(
    r#"<svg xmlns="http://www.w3.org/2000/svg" class="flow" viewBox="0 0 {{width}} {{height}}" width="{{width}}" height="{{height}}" role="img" aria-labelledby="flow-title flow-desc"><title id="flow-title">{{title}}</title><desc id="flow-desc">{{description}}</desc><style>{{style}}</style><rect class="fill-ground" width="{{width}}" height="{{height}}"/>{{groups}}</svg>"#,
);
const INLINE: Template = Template::new(
    r#"<svg class="flow" viewBox="0 0 {{width}} {{height}}" role="img" aria-label="{{title}}">{{groups}}</svg>"#,
);
const GROUP: Template = Template::new(r#"<g class="{{class}}">{{title}}{{marks}}</g>"#);
const TITLE: Template = Template::new("<title>{{caption}}</title>");
const FILL: Template =
    Template::new(r#"<rect class="fill-{{ink}}" x="{{x}}" y="{{y}}" width="{{width}}" height="{{height}}" rx="6"/>"#);
const PLATE: Template = Template::new(
    r#"<rect class="plate fill-{{ink}} line-{{ink}}" x="{{x}}" y="{{y}}" width="{{width}}" height="{{height}}" rx="6"/>"#,
);
const LINE: Template =
    Template::new(r#"<path class="line line-{{ink}}{{dashed}}" stroke-width="{{width}}" d="{{path}}"/>"#);
const HEAD: Template = Template::new(r#"<path class="fill-{{ink}}" d="{{path}}"/>"#);
const WORDS: Template = Template::new(
    r#"<text class="{{class}}" x="{{x}}" y="{{y}}" font-size="{{size}}" xml:space="preserve">{{spans}}</text>"#,
);
const SPAN: Template = Template::new(r#"<tspan class="fill-{{ink}}{{strong}}">{{text}}</tspan>"#);
/// Style sheets have no gaps and no `<`.
const STYLE: Template = Template::new(
    r#".flow{font-family:Inter,system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}.flow .line{fill:none}.flow .dashed{stroke-dasharray:5 4}.flow .plate{fill-opacity:.12;stroke-opacity:.45;stroke-width:1}.flow .centred{text-anchor:middle}.flow .strong{font-weight:600}.flow .over{paint-order:stroke;stroke-width:5px;stroke-linejoin:round}"#,
);

/// The drawing as a file of its own.
#[must_use]
pub fn draft(sheet: &Sheet, count: Sentence<'_>, face: Face) -> Draft {
    let Drawn { scene, messages } = diagram(sheet, Frame::Whole { count: &count(sheet.drawn_count()) });
    let text = WHOLE.fill(&[
        ("width", Filling::Text(&points(scene.width))),
        ("height", Filling::Text(&points(scene.height))),
        ("title", Filling::Text(&clean(&scene.title))),
        ("description", Filling::Text(&clean(&scene.description))),
        ("style", Filling::Markup(&style(face))),
        ("groups", Filling::Markup(&groups(&scene))),
    ]);
    Draft { text: format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n"), messages }
}

/// The drawing within a page, whose style sheet [`style`] must be part of.
#[must_use]
pub fn inline(scene: &Scene) -> Markup {
    INLINE.fill(&[
        ("width", Filling::Text(&points(scene.width))),
        ("height", Filling::Text(&points(scene.height))),
        ("title", Filling::Text(&clean(&scene.title))),
        ("groups", Filling::Markup(&groups(scene))),
    ])
}

/// The colours of all drawings of a page.
#[must_use]
pub fn style(face: Face) -> Markup {
    let rules = |is_dark| {
        Ink::ALL.iter().fold(String::new(), |mut rules, ink| {
            let (class, hex) = (ink.class(), ink.hex(is_dark));
            // Writing into a String cannot fail.
            let _ = write!(rules, ".flow .fill-{class}{{fill:{hex}}}.flow .line-{class}{{stroke:{hex}}}");
            rules
        })
    };
    let colors = match face {
        Face::Light => rules(false),
        Face::Dark => rules(true),
        Face::Both => format!("{}@media screen and (prefers-color-scheme:dark){{{}}}", rules(false), rules(true)),
    };
    // Class names and colours are this program's own words; nothing in them needs escaping.
    [STYLE.fill(&[]), Template::new("{{colors}}").fill(&[("colors", Filling::Text(&colors))])].into_iter().collect()
}

fn groups(scene: &Scene) -> Markup {
    scene.groups.iter().map(group).collect()
}

fn group(group: &Group) -> Markup {
    let title = match group.caption.as_str() {
        "" => Markup::default(),
        caption => TITLE.fill(&[("caption", Filling::Text(&clean(caption)))]),
    };
    let marks: Markup = group.marks.iter().map(mark).collect();
    let class = match (group.is_marked, group.caption.is_empty()) {
        (true, _) => "row decisive",
        (false, false) => "row",
        (false, true) => "frame",
    };
    GROUP.fill(&[
        ("class", Filling::Text(class)),
        ("title", Filling::Markup(&title)),
        ("marks", Filling::Markup(&marks)),
    ])
}

fn mark(mark: &Mark) -> Markup {
    match mark {
        Mark::Fill { area, ink } => rectangle(FILL, area, *ink),
        Mark::Plate { area, ink } => rectangle(PLATE, area, *ink),
        Mark::Line { points: corners, width, ink, is_dashed } => LINE.fill(&[
            ("ink", Filling::Text(ink.class())),
            ("dashed", Filling::Text(if *is_dashed { " dashed" } else { "" })),
            ("width", Filling::Text(&points(*width))),
            ("path", Filling::Text(&path(corners))),
        ]),
        Mark::Head { tip: (x, y), is_leftward, ink } => {
            let back = if *is_leftward { 9.0 } else { -9.0 };
            let outline = format!("{} Z", path(&[(*x, *y), (x + back, y - 4.5), (x + back, y + 4.5)]));
            HEAD.fill(&[("ink", Filling::Text(ink.class())), ("path", Filling::Text(&outline))])
        }
        Mark::Words { at: (x, y), is_centred, size, spans, over } => {
            let centred = if *is_centred { "centred" } else { "left" };
            let rim = over.map_or(String::new(), |ink| format!(" over line-{}", ink.class()));
            let spans: Markup = spans.iter().map(span).collect();
            WORDS.fill(&[
                ("class", Filling::Text(&format!("{centred}{rim}"))),
                ("x", Filling::Text(&points(*x))),
                // Letters stand on their line; the middle of small ones is about a third of the size above it.
                ("y", Filling::Text(&points(y + size * 0.35))),
                ("size", Filling::Text(&points(*size))),
                ("spans", Filling::Markup(&spans)),
            ])
        }
    }
}

fn rectangle(template: Template, area: &Area, ink: Ink) -> Markup {
    template.fill(&[
        ("ink", Filling::Text(ink.class())),
        ("x", Filling::Text(&points(area.x))),
        ("y", Filling::Text(&points(area.y))),
        ("width", Filling::Text(&points(area.width))),
        ("height", Filling::Text(&points(area.height))),
    ])
}

fn span(span: &Span) -> Markup {
    SPAN.fill(&[
        ("ink", Filling::Text(span.ink.class())),
        ("strong", Filling::Text(if span.is_strong { " strong" } else { "" })),
        ("text", Filling::Text(&clean(&span.text))),
    ])
}

fn path(corners: &[(f32, f32)]) -> String {
    let step = |(place, (x, y)): (usize, &(f32, f32))| {
        format!("{}{} {}", if place == 0 { "M" } else { " L" }, points(*x), points(*y))
    };
    corners.iter().enumerate().map(step).collect()
}

/// A tenth of a point is finer than any screen.
fn points(length: f32) -> String {
    let text = format!("{length:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// XML 1.0, 2.2: most control characters may not even be escaped.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c }).collect()
}
