//! Buttons: one filled per region, quiet ones beside it, bare ones for icons.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Color32, Galley, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::ui::icons::Icon;
use crate::ui::theme::Theme;
use crate::ui::widgets::surface;
use crate::ui::widgets::text;

/// A button under construction: choose a kind, add what it shows, then [`Button::show`] it.
#[must_use = "a button shows nothing before show"]
pub struct Button<'a> {
    kind: Kind,
    text: &'a str,
    name: &'a str,
    leading: Option<Icon>,
    trailing: Option<Icon>,
    shortcut: &'a str,
    hint: &'a str,
    is_enabled: bool,
    is_glowing: bool,
    tint: Option<Color32>,
    is_selected: Option<bool>,
    min_width: f32,
    is_wrapped: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Filled,
    Quiet,
    Bare,
    Link,
}

impl<'a> Button<'a> {
    /// The one filled button of a region: what most people want next.
    pub fn filled(text: &'a str) -> Self {
        Self::new(Kind::Filled, text)
    }

    /// A button beside it, outlined.
    pub fn quiet(text: &'a str) -> Self {
        Self::new(Kind::Quiet, text)
    }

    /// A square button with an icon alone. `name` is what a screen reader says and what the tooltip begins with.
    pub fn icon(icon: Icon, name: &'a str) -> Self {
        Self { name, leading: Some(icon), ..Self::new(Kind::Bare, "") }
    }

    /// The same with an outline, for the transport.
    pub fn outlined_icon(icon: Icon, name: &'a str) -> Self {
        Self { name, leading: Some(icon), ..Self::new(Kind::Quiet, "") }
    }

    /// Words that act, in the accent colour and without an outline: `change…`.
    pub fn link(text: &'a str) -> Self {
        Self::new(Kind::Link, text)
    }

    fn new(kind: Kind, text: &'a str) -> Self {
        Self {
            kind,
            text,
            name: text,
            leading: None,
            trailing: None,
            shortcut: "",
            hint: "",
            is_enabled: true,
            is_glowing: false,
            tint: None,
            is_selected: None,
            min_width: 0.0,
            is_wrapped: false,
        }
    }

    /// An icon before the text.
    pub fn leading(mut self, icon: Icon) -> Self {
        self.leading = Some(icon);
        self
    }

    /// An icon after the text.
    pub fn trailing(mut self, icon: Icon) -> Self {
        self.trailing = Some(icon);
        self
    }

    /// The key that does the same, shown in the tooltip.
    pub fn shortcut(mut self, keys: &'a str) -> Self {
        self.shortcut = keys;
        self
    }

    /// A sentence for the tooltip: what will happen.
    pub fn hint(mut self, sentence: &'a str) -> Self {
        self.hint = sentence;
        self
    }

    /// What a screen reader says, where the text alone does not tell: `Buy Shiny Pony`.
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = name;
        self
    }

    /// Whether it can be pressed now.
    pub fn enabled(mut self, is_enabled: bool) -> Self {
        self.is_enabled = is_enabled;
        self
    }

    /// A halo around it: press this first.
    pub fn glowing(mut self, is_glowing: bool) -> Self {
        self.is_glowing = is_glowing;
        self
    }

    /// The icon in a colour of its own, for what it says beside the words.
    pub fn tint(mut self, tint: Color32) -> Self {
        self.tint = Some(tint);
        self
    }

    /// Makes it a switch that stays pressed.
    pub fn selected(mut self, is_selected: bool) -> Self {
        self.is_selected = Some(is_selected);
        self
    }

    /// At least this wide, so that a changing text does not move its neighbours.
    pub fn min_width(mut self, width_pt: f32) -> Self {
        self.min_width = width_pt;
        self
    }

    /// On as many lines as its text needs in the room that is left. For links.
    pub fn wrapped(mut self) -> Self {
        self.is_wrapped = true;
        self
    }

    /// Shows the button.
    pub fn show(self, ui: &mut Ui) -> Response {
        if self.is_enabled {
            return self.place(ui);
        }
        // Not in a ui of its own: there a row of buttons would not know where to wrap.
        ui.add_enabled(false, |ui: &mut Ui| self.place(ui))
    }

    fn place(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let galley = self.galley(ui, theme);
        let (rect, response) = ui.allocate_exact_size(self.size(theme, &galley), Sense::click());
        let info = || match self.is_selected {
            Some(is_selected) => WidgetInfo::selected(Role::Button, ui.is_enabled(), is_selected, self.name),
            None => WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.name),
        };
        response.widget_info(info);
        surface::follow_focus(&response);
        if ui.is_rect_visible(rect) {
            self.paint(ui, theme, &response, galley);
            surface::focus_ring(ui, &response, theme.corner.button);
        }
        self.explain(response)
    }

    fn galley(&self, ui: &Ui, theme: &Theme) -> Arc<Galley> {
        let font = if self.kind == Kind::Filled { theme.strong() } else { theme.label() };
        let room = if self.is_wrapped { ui.available_width() } else { f32::INFINITY };
        ui.painter().layout(self.text.to_owned(), font, Color32::PLACEHOLDER, room)
    }

    fn size(&self, theme: &Theme, galley: &Galley) -> Vec2 {
        let height = theme.space.button;
        if self.text.is_empty() {
            return vec2(height.max(self.min_width), height);
        }
        if self.kind == Kind::Link {
            return vec2(galley.size().x, galley.size().y.max(20.0));
        }
        let icons = [self.leading, self.trailing].into_iter().flatten().count();
        let icons_width = (0..icons).map(|_| theme.space.icon + theme.space.tight).sum::<f32>();
        // An icon brings air of its own, so the side it is on needs less padding.
        let padding = if icons == 0 { 24.0 } else { 20.0 };
        vec2((galley.size().x + icons_width + padding).ceil().max(self.min_width), height)
    }

    fn paint(&self, ui: &Ui, theme: &Theme, response: &Response, galley: Arc<Galley>) {
        let (fill, edge, ink) = self.colors(theme, response);
        let rect = response.rect;
        let painter = ui.painter();
        if self.is_glowing {
            let halo = theme.color.filled.gamma_multiply(0.35);
            painter.rect_stroke(rect.expand(2.0), theme.corner.button + 2, Stroke::new(3.0, halo), StrokeKind::Middle);
        }
        painter.rect(rect, theme.corner.button, fill, edge, StrokeKind::Inside);
        if self.kind == Kind::Link && response.hovered() {
            painter.hline(rect.x_range(), rect.bottom() - 2.0, Stroke::new(1.0, ink));
        }
        self.paint_contents(ui, theme, rect, ink, galley);
    }

    fn paint_contents(&self, ui: &Ui, theme: &Theme, rect: Rect, ink: Color32, galley: Arc<Galley>) {
        let Vec2 { x: text_width, y: text_height } = galley.size();
        let (side, gap) = (theme.space.icon, theme.space.tight);
        if self.text.is_empty() {
            let Some(icon) = self.leading else { return };
            let place = Rect::from_center_size(rect.center(), Vec2::splat(side));
            return icon.paint(ui.painter(), place, self.tint.unwrap_or(ink));
        }
        let width_of = |icon: Option<Icon>| if icon.is_some() { side + gap } else { 0.0 };
        let mut x = rect.center().x - (width_of(self.leading) + text_width + width_of(self.trailing)) / 2.0;
        let icon_at = |x: f32| Rect::from_center_size(pos2(x + side / 2.0, rect.center().y), Vec2::splat(side));
        if let Some(icon) = self.leading {
            icon.paint(ui.painter(), icon_at(x), self.tint.unwrap_or(ink));
            x += side + gap;
        }
        ui.painter().galley(pos2(x.round(), (rect.center().y - text_height / 2.0).round()), galley, ink);
        if let Some(icon) = self.trailing {
            icon.paint(ui.painter(), icon_at(x + text_width + gap), ink);
        }
    }

    fn colors(&self, theme: &Theme, response: &Response) -> (Color32, Stroke, Color32) {
        let color = &theme.color;
        let is_hovered = response.hovered() || response.is_pointer_button_down_on();
        if self.is_selected == Some(true) {
            return (color.selection, Stroke::new(1.0, color.selection_line), color.text);
        }
        match (self.kind, is_hovered) {
            (Kind::Filled, false) => (color.filled, Stroke::NONE, color.on_filled),
            (Kind::Filled, true) => (color.filled_hover, Stroke::NONE, color.on_filled),
            (Kind::Quiet, false) => (color.raised, theme.outline(), color.text),
            (Kind::Quiet, true) => (color.hover, theme.outline(), color.text),
            (Kind::Bare, false) => (Color32::TRANSPARENT, Stroke::NONE, color.muted),
            (Kind::Bare, true) => (color.hover, Stroke::NONE, color.text),
            (Kind::Link, _) => (Color32::TRANSPARENT, Stroke::NONE, color.accent),
        }
    }

    /// The tooltip: the sentence, or for an icon its name, and the key that does the same.
    fn explain(&self, response: Response) -> Response {
        let words = match (self.hint.is_empty(), self.text.is_empty()) {
            (false, _) => self.hint,
            (true, true) => self.name,
            (true, false) => "",
        };
        if words.is_empty() && self.shortcut.is_empty() {
            return response;
        }
        let tell = |ui: &mut Ui| {
            ui.horizontal(|ui| {
                if !words.is_empty() {
                    ui.label(words);
                }
                if !self.shortcut.is_empty() {
                    text::key_cap(ui, self.shortcut);
                }
            });
        };
        response.on_hover_ui(tell).on_disabled_hover_ui(tell)
    }
}
