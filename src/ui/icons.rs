//! Icons: small strokes from `assets/icons/icons.txt`, painted as shapes so that they are sharp at any zoom.
//!
//! An icon carries no name of its own: the button or chip that shows it must say in words what it means.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use egui::epaint::{CubicBezierShape, PathStroke};
use egui::{Color32, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, Vec2, pos2, vec2};

/// The side of the grid that icons are drawn on.
const GRID: f32 = 16.0;
/// The width of a stroke on that grid.
const STROKE: f32 = 1.5;

static SHEET: LazyLock<BTreeMap<&'static str, Vec<Piece>>> =
    LazyLock::new(|| include_str!("../../assets/icons/icons.txt").lines().filter_map(parse_line).collect());

/// One icon of the sheet.
#[expect(missing_docs, reason = "each name is the picture")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Start,
    Back,
    Step,
    Play,
    Pause,
    End,
    Check,
    Cross,
    Dash,
    Plus,
    Dot,
    Info,
    Warning,
    Lock,
    ChevronDown,
    ChevronRight,
    ArrowLeft,
    ArrowRight,
    Folder,
    Save,
    Export,
    More,
    Sun,
    Moon,
    Help,
    Undo,
    Redo,
    Refund,
    Reissue,
    Branch,
    Search,
    Bookmark,
    Copy,
    Key,
    Gear,
    Logo,
}

impl Icon {
    /// Every icon, in the order of the sheet.
    pub const ALL: [Self; 36] = [
        Self::Start,
        Self::Back,
        Self::Step,
        Self::Play,
        Self::Pause,
        Self::End,
        Self::Check,
        Self::Cross,
        Self::Dash,
        Self::Plus,
        Self::Dot,
        Self::Info,
        Self::Warning,
        Self::Lock,
        Self::ChevronDown,
        Self::ChevronRight,
        Self::ArrowLeft,
        Self::ArrowRight,
        Self::Folder,
        Self::Save,
        Self::Export,
        Self::More,
        Self::Sun,
        Self::Moon,
        Self::Help,
        Self::Undo,
        Self::Redo,
        Self::Refund,
        Self::Reissue,
        Self::Branch,
        Self::Search,
        Self::Bookmark,
        Self::Copy,
        Self::Key,
        Self::Gear,
        Self::Logo,
    ];

    /// The icon's name on the sheet.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Back => "back",
            Self::Step => "step",
            Self::Play => "play",
            Self::Pause => "pause",
            Self::End => "end",
            Self::Check => "check",
            Self::Cross => "cross",
            Self::Dash => "dash",
            Self::Plus => "plus",
            Self::Dot => "dot",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Lock => "lock",
            Self::ChevronDown => "chevron-down",
            Self::ChevronRight => "chevron-right",
            Self::ArrowLeft => "arrow-left",
            Self::ArrowRight => "arrow-right",
            Self::Folder => "folder",
            Self::Save => "save",
            Self::Export => "export",
            Self::More => "more",
            Self::Sun => "sun",
            Self::Moon => "moon",
            Self::Help => "help",
            Self::Undo => "undo",
            Self::Redo => "redo",
            Self::Refund => "refund",
            Self::Reissue => "reissue",
            Self::Branch => "branch",
            Self::Search => "search",
            Self::Bookmark => "bookmark",
            Self::Copy => "copy",
            Self::Key => "key",
            Self::Gear => "gear",
            Self::Logo => "logo",
        }
    }

    /// Paints the icon to fill the largest square in the middle of `rect`.
    pub fn paint(self, painter: &Painter, rect: Rect, color: Color32) {
        let side = rect.width().min(rect.height());
        let min = rect.center() - Vec2::splat(side / 2.0);
        let place = Place { min: round(painter, min), scale: side / GRID };
        for piece in SHEET.get(self.name()).into_iter().flatten() {
            painter.extend(piece.shapes(place, color));
        }
    }

    /// Shows the icon in a row of other things, `side_pt` wide and high. It says nothing to a screen reader.
    pub fn show(self, ui: &mut Ui, side_pt: f32, color: Color32) {
        let (rect, _) = ui.allocate_exact_size(vec2(side_pt, side_pt), Sense::hover());
        self.paint(ui.painter(), rect, color);
    }
}

fn round(painter: &Painter, at: Pos2) -> Pos2 {
    let pixels = painter.pixels_per_point();
    pos2((at.x * pixels).round() / pixels, (at.y * pixels).round() / pixels)
}

#[derive(Clone, Copy)]
struct Place {
    min: Pos2,
    scale: f32,
}

impl Place {
    fn at(self, [x, y]: [f32; 2]) -> Pos2 {
        self.min + vec2(x, y) * self.scale
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Line { points: Vec<[f32; 2]>, is_closed: bool },
    Fill { points: Vec<[f32; 2]> },
    Ring { center: [f32; 2], radius: f32 },
    Dot { center: [f32; 2], radius: f32 },
}

impl Piece {
    fn shapes(&self, place: Place, color: Color32) -> Vec<Shape> {
        let stroke = Stroke::new(STROKE * place.scale, color);
        let on_screen = |points: &[[f32; 2]]| -> Vec<Pos2> { points.iter().map(|point| place.at(*point)).collect() };
        match self {
            Self::Line { points, is_closed: true } => {
                vec![Shape::closed_line(on_screen(points), PathStroke::from(stroke))]
            }
            Self::Line { points, is_closed: false } => round_ended(on_screen(points), stroke),
            Self::Fill { points } => vec![Shape::convex_polygon(on_screen(points), color, PathStroke::NONE)],
            Self::Ring { center, radius } => {
                vec![Shape::circle_stroke(place.at(*center), radius * place.scale, stroke)]
            }
            Self::Dot { center, radius } => vec![Shape::circle_filled(place.at(*center), radius * place.scale, color)],
        }
    }
}

/// egui ends lines bluntly; a dot at either end makes them round.
fn round_ended(points: Vec<Pos2>, stroke: Stroke) -> Vec<Shape> {
    let ends = [points.first().copied(), points.last().copied()];
    let caps = ends.into_iter().flatten().map(|end| Shape::circle_filled(end, stroke.width * 0.5, stroke.color));
    caps.chain([Shape::line(points, PathStroke::from(stroke))]).collect()
}

/// Reads `name  M 1 2 L 3 4 …`. None for a comment, an empty line, or one that makes no sense (a test refuses those).
fn parse_line(line: &'static str) -> Option<(&'static str, Vec<Piece>)> {
    let (name, strokes) = line.trim().split_once(' ').filter(|(name, _)| *name != "#")?;
    Some((name, parse_pieces(strokes)?))
}

fn parse_pieces(strokes: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut words = strokes.split_whitespace();
    while let Some(word) = words.next() {
        let mut number = || words.next()?.parse::<f32>().ok();
        match word {
            "M" => pieces.push(Piece::Line { points: vec![[number()?, number()?]], is_closed: false }),
            "F" => pieces.push(Piece::Fill { points: vec![[number()?, number()?]] }),
            "O" => pieces.push(Piece::Ring { center: [number()?, number()?], radius: number()? }),
            "D" => pieces.push(Piece::Dot { center: [number()?, number()?], radius: number()? }),
            "L" => points_of(pieces.last_mut()?)?.push([number()?, number()?]),
            "C" => {
                let points = points_of(pieces.last_mut()?)?;
                let from = *points.last()?;
                points.extend(bend(from, [[number()?, number()?], [number()?, number()?], [number()?, number()?]]));
            }
            "Z" => match pieces.last_mut()? {
                Piece::Line { is_closed, .. } => *is_closed = true,
                Piece::Fill { .. } | Piece::Ring { .. } | Piece::Dot { .. } => return None,
            },
            _ => return None,
        }
    }
    Some(pieces)
}

fn points_of(piece: &mut Piece) -> Option<&mut Vec<[f32; 2]>> {
    match piece {
        Piece::Line { points, .. } | Piece::Fill { points } => Some(points),
        Piece::Ring { .. } | Piece::Dot { .. } => None,
    }
}

fn bend(from: [f32; 2], [first, second, to]: [[f32; 2]; 3]) -> Vec<[f32; 2]> {
    let curve = [from, first, second, to].map(|[x, y]| pos2(x, y));
    let shape = CubicBezierShape::from_points_stroke(curve, false, Color32::TRANSPARENT, Stroke::NONE);
    shape.flatten(Some(0.02)).into_iter().skip(1).map(|point| [point.x, point.y]).collect()
}

#[cfg(test)]
mod tests {
    use super::{Icon, SHEET, parse_pieces};

    #[test]
    fn every_icon_is_on_the_sheet_and_every_line_of_the_sheet_is_an_icon() {
        for icon in Icon::ALL {
            assert!(SHEET.get(icon.name()).is_some_and(|pieces| !pieces.is_empty()), "{icon:?} has no drawing");
        }
        let text = include_str!("../../assets/icons/icons.txt");
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
        assert_eq!(lines, Icon::ALL.len());
        assert_eq!(SHEET.len(), Icon::ALL.len());
    }

    #[test]
    fn a_drawing_that_makes_no_sense_is_refused() {
        assert!(parse_pieces("M 1 1 L 2 2").is_some());
        for broken in ["L 1 1", "M 1", "M 1 x", "Q 1 1", "O 1 1 1 L 2 2", "F 1 1 Z"] {
            assert_eq!(parse_pieces(broken), None, "{broken}");
        }
    }
}
