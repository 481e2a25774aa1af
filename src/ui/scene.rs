//! Scenes: the drawings of the export room, painted with the window's own letters and colours.

use egui::text::LayoutJob;
use egui::{Align, Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, TextFormat, pos2, vec2};

use crate::export::ink::{Face, Ink};
use crate::export::scene::{Area, Mark, Scene, Span};
use crate::ui::fonts;
use crate::ui::picture::{Picture, PictureError};
use crate::ui::theme::Theme;

/// Pixels per point, so that letters stay sharp on a slide. Diagrams come in parts that are short enough for it.
const ZOOM: f32 = 2.0;
const CORNER: f32 = 6.0;

/// The scene as PNG. Where both faces are wanted it is light: pixels have one.
///
/// # Errors
/// A scene that is too large for a picture.
pub fn png(scene: &Scene, face: Face) -> Result<Vec<u8>, PictureError> {
    let theme = if face == Face::Dark { egui::Theme::Dark } else { egui::Theme::Light };
    Picture::of([scene.width, scene.height], ZOOM, theme, |ui| paint(ui.painter(), Theme::of(ui), scene))
}

/// Paints the scene at the upper left corner.
pub fn paint(painter: &Painter, theme: &Theme, scene: &Scene) {
    let ground = Rect::from_min_size(Pos2::ZERO, vec2(scene.width, scene.height));
    painter.rect_filled(ground, 0, theme.color.panel);
    for mark in scene.groups.iter().flat_map(|group| &group.marks) {
        paint_mark(painter, theme, mark);
    }
}

fn paint_mark(painter: &Painter, theme: &Theme, mark: &Mark) {
    match mark {
        Mark::Fill { area, ink } => {
            painter.rect_filled(rect(area), CORNER, color(theme, *ink));
        }
        Mark::Plate { area, ink } => {
            let ink = color(theme, *ink);
            painter.rect(rect(area), CORNER, theme.tint(ink), Stroke::new(1.0, theme.rim(ink)), StrokeKind::Inside);
        }
        Mark::Line { points, width, ink, is_dashed } => {
            let points: Vec<Pos2> = points.iter().map(|(x, y)| pos2(*x, *y)).collect();
            let stroke = Stroke::new(*width, color(theme, *ink));
            if *is_dashed {
                painter.extend(Shape::dashed_line(&points, stroke, 5.0, 4.0));
            } else {
                painter.add(Shape::line(points, stroke));
            }
        }
        Mark::Head { tip: (x, y), is_leftward, ink } => {
            let back = if *is_leftward { 9.0 } else { -9.0 };
            let corners = vec![pos2(*x, *y), pos2(x + back, y - 4.5), pos2(x + back, y + 4.5)];
            painter.add(Shape::convex_polygon(corners, color(theme, *ink), Stroke::NONE));
        }
        Mark::Words { at: (x, y), is_centred, size, spans, over } => {
            let galley = painter.layout_job(job(theme, spans, *size));
            let left = if *is_centred { x - galley.size().x / 2.0 } else { *x };
            let at = pos2(left, y - galley.size().y / 2.0);
            if let Some(ink) = over {
                let below = Rect::from_min_size(at, galley.size()).expand2(vec2(3.0, -1.0));
                painter.rect_filled(below, 2, color(theme, *ink));
            }
            painter.galley(at, galley, theme.color.text);
        }
    }
}

fn job(theme: &Theme, spans: &[Span], size: f32) -> LayoutJob {
    let mut job = LayoutJob::default();
    for span in spans {
        let font = if span.is_strong { fonts::strong(size) } else { fonts::plain(size) };
        let format =
            TextFormat { font_id: font, color: color(theme, span.ink), valign: Align::Center, ..TextFormat::default() };
        job.append(&span.text, 0.0, format);
    }
    job.wrap.max_width = f32::INFINITY;
    job
}

fn color(theme: &Theme, ink: Ink) -> Color32 {
    match ink {
        Ink::Ground => theme.color.panel,
        Ink::Text => theme.color.text,
        Ink::Muted => theme.color.muted,
        Ink::Hair => theme.color.line,
        Ink::Selection => theme.color.selection,
        Ink::Warn => theme.color.warn,
        Ink::Bad => theme.color.bad,
        Ink::Party(lane) => theme.party(lane),
    }
}

fn rect(area: &Area) -> Rect {
    Rect::from_min_size(pos2(area.x, area.y), vec2(area.width, area.height))
}
