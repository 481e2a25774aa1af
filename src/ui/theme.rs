//! The theme: every colour, gap and type size of the window, read from `assets/theme.ron`.
//!
//! A broken theme file fails a test; in the field it falls back to egui's own colours.

use std::sync::LazyLock;

use egui::{Color32, CornerRadius, FontId, Margin, Shadow, Stroke, TextStyle, ThemePreference, Visuals, style, vec2};
use serde::Deserialize;

use crate::ui::fonts;
use crate::ui::palette::{self, Palette};

static THEMES: LazyLock<[Theme; 2]> =
    LazyLock::new(|| parse(include_str!("../../assets/theme.ron")).unwrap_or_else(|_| plain()));

/// What the window can look like, in the words of its menus.
pub const FACES: [(ThemePreference, &str); 3] =
    [(ThemePreference::Dark, "Dark"), (ThemePreference::Light, "Light"), (ThemePreference::System, "As the system")];

/// One face of the window, dark or light, with the measures that both share.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Whether this is the dark face.
    pub is_dark: bool,
    /// The colours of this face.
    pub color: Palette,
    /// Gaps and heights, in points.
    pub space: Space,
    /// Corner radii, in points.
    pub corner: Corner,
    /// Type sizes, in points.
    pub type_sizes: TypeSizes,
}

/// Gaps and heights, in points, on a grid of 4.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Space {
    /// Between things that belong together.
    pub tight: f32,
    /// Between neighbours.
    pub gap: f32,
    /// Inside panels and cards.
    pub pad: f32,
    /// Height of a table row.
    pub row: f32,
    /// Height of a button.
    pub button: f32,
    /// Side of an icon.
    pub icon: f32,
}

/// Corner radii, in points.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corner {
    /// Buttons, fields, selected rows.
    pub button: u8,
    /// Cards.
    pub card: u8,
    /// The app's screen.
    pub screen: u8,
}

/// Type sizes, in points.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeSizes {
    /// Chips, table heads, badges.
    pub small: f32,
    /// Buttons, tabs, tables.
    pub label: f32,
    /// Running text.
    pub body: f32,
    /// The sentence under the flow.
    pub caption: f32,
    /// The title of a dialog or card deck.
    pub title: f32,
    /// Tokens, claims, paths, times.
    pub mono: f32,
}

impl Theme {
    /// The dark face.
    #[must_use]
    pub fn dark() -> &'static Self {
        let [dark, _] = &*THEMES;
        dark
    }

    /// The light face.
    #[must_use]
    pub fn light() -> &'static Self {
        let [_, light] = &*THEMES;
        light
    }

    /// The face that `ui` is drawn with.
    #[must_use]
    pub fn of(ui: &egui::Ui) -> &'static Self {
        if ui.visuals().dark_mode { Self::dark() } else { Self::light() }
    }

    /// The face that `ctx` draws with at present.
    #[must_use]
    pub fn of_context(ctx: &egui::Context) -> &'static Self {
        match ctx.theme() {
            egui::Theme::Dark => Self::dark(),
            egui::Theme::Light => Self::light(),
        }
    }

    /// The colour of the party in this lane, 0 being the Buyer. Lanes past the sixth begin again.
    #[must_use]
    pub fn party(&self, lane: usize) -> Color32 {
        let [buyer, page, device, server, marketplace, provider] = self.color.party;
        match lane % 6 {
            0 => buyer,
            1 => page,
            2 => device,
            3 => server,
            4 => marketplace,
            _ => provider,
        }
    }

    /// The quiet fill of a chip or lane head of this colour.
    #[must_use]
    pub fn tint(&self, color: Color32) -> Color32 {
        self.color.panel.lerp_to_gamma(color, if self.is_dark { 0.16 } else { 0.10 })
    }

    /// The outline that goes with [`Theme::tint`].
    #[must_use]
    pub fn rim(&self, color: Color32) -> Color32 {
        self.color.panel.lerp_to_gamma(color, if self.is_dark { 0.55 } else { 0.45 })
    }

    /// A line of one point in the colour of hairlines.
    #[must_use]
    pub fn hairline(&self) -> Stroke {
        Stroke::new(1.0, self.color.line)
    }

    /// A line of one point around what can be pressed.
    #[must_use]
    pub fn outline(&self) -> Stroke {
        Stroke::new(1.0, self.color.edge)
    }

    /// The ring around what has the keyboard.
    #[must_use]
    pub fn focus_ring(&self) -> Stroke {
        Stroke::new(2.0, self.color.selection_line)
    }

    /// The font of running text.
    #[must_use]
    pub fn body(&self) -> FontId {
        fonts::plain(self.type_sizes.body)
    }

    /// The font of buttons, tabs and tables.
    #[must_use]
    pub fn label(&self) -> FontId {
        fonts::plain(self.type_sizes.label)
    }

    /// The same, semibold: names, headings, the present step.
    #[must_use]
    pub fn strong(&self) -> FontId {
        fonts::strong(self.type_sizes.label)
    }

    /// The font of chips and table heads.
    #[must_use]
    pub fn small(&self) -> FontId {
        fonts::plain(self.type_sizes.small)
    }

    /// The font of tokens, claims, paths and times.
    #[must_use]
    pub fn mono(&self) -> FontId {
        fonts::mono(self.type_sizes.mono)
    }

    /// The font of the sentence under the flow.
    #[must_use]
    pub fn caption(&self) -> FontId {
        fonts::plain(self.type_sizes.caption)
    }

    /// The font of a title.
    #[must_use]
    pub fn title(&self) -> FontId {
        fonts::strong(self.type_sizes.title)
    }
}

/// Dresses a context: fonts, and the style of both faces. Call once, before the first pass. Which face shows is egui's own
/// `set_theme`: dark, light or the system's.
pub fn apply(ctx: &egui::Context) {
    fonts::install(ctx);
    for (face, theme) in [(egui::Theme::Dark, Theme::dark()), (egui::Theme::Light, Theme::light())] {
        ctx.style_mut_of(face, |style| dress(style, theme));
    }
}

fn dress(style: &mut egui::Style, theme: &Theme) {
    style.text_styles = [
        (TextStyle::Small, theme.small()),
        (TextStyle::Body, theme.body()),
        (TextStyle::Button, theme.label()),
        (TextStyle::Heading, theme.title()),
        (TextStyle::Monospace, theme.mono()),
    ]
    .into();
    style.visuals = visuals(theme);
    let Space { tight, gap, button, icon, .. } = theme.space;
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(gap, gap);
    spacing.button_padding = vec2(10.0, tight);
    spacing.interact_size = vec2(button, button);
    spacing.icon_width = icon;
    spacing.icon_width_inner = icon / 2.0;
    spacing.icon_spacing = gap;
    spacing.indent = 16.0;
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(6);
    spacing.tooltip_width = 420.0;
    spacing.combo_width = 96.0;
    spacing.text_edit_width = 240.0;
    spacing.scroll = scroll();
    style.interaction.tooltip_delay = 0.35;
    style.interaction.selectable_labels = false;
    style.animation_time = 0.08;
}

/// Thin bars that show where there is more, and widen under the pointer.
fn scroll() -> style::ScrollStyle {
    style::ScrollStyle {
        bar_width: 8.0,
        floating_width: 4.0,
        floating_allocated_width: 8.0,
        handle_min_length: 24.0,
        dormant_background_opacity: 0.0,
        active_background_opacity: 0.0,
        interact_background_opacity: 0.4,
        dormant_handle_opacity: 0.8,
        active_handle_opacity: 0.9,
        interact_handle_opacity: 1.0,
        // Calm: a list stops at its end and does not spring back.
        kinetic: style::KineticScrollStyle { rubber_band: false, ..style::KineticScrollStyle::default() },
        ..style::ScrollStyle::thin()
    }
}

fn visuals(theme: &Theme) -> Visuals {
    let color = &theme.color;
    let base = if theme.is_dark { Visuals::dark() } else { Visuals::light() };
    Visuals {
        widgets: widgets(theme),
        selection: style::Selection { bg_fill: color.selection, stroke: Stroke::new(1.0, color.text) },
        weak_text_color: Some(color.muted),
        hyperlink_color: color.accent,
        faint_bg_color: color.raised,
        extreme_bg_color: color.background,
        text_edit_bg_color: Some(color.background),
        code_bg_color: color.raised,
        warn_fg_color: color.warn,
        error_fg_color: color.bad,
        window_corner_radius: CornerRadius::same(theme.corner.card + 4),
        window_fill: color.panel,
        window_stroke: theme.outline(),
        window_highlight_topmost: false,
        window_shadow: Shadow { offset: [0, 12], blur: 32, spread: 0, color: color.shadow },
        popup_shadow: Shadow { offset: [0, 6], blur: 16, spread: 0, color: color.shadow },
        menu_corner_radius: CornerRadius::same(theme.corner.card),
        panel_fill: color.panel,
        text_cursor: style::TextCursorStyle { stroke: Stroke::new(1.5, color.text), ..base.text_cursor.clone() },
        indent_has_left_vline: false,
        slider_trailing_fill: true,
        handle_shape: style::HandleShape::Circle,
        disabled_alpha: 0.45,
        ..base
    }
}

fn widgets(theme: &Theme) -> style::Widgets {
    let color = &theme.color;
    let visuals = |fill: Color32, edge: Stroke, text: Color32| style::WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: edge,
        fg_stroke: Stroke::new(1.5, text),
        corner_radius: CornerRadius::same(theme.corner.button),
        expansion: 0.0,
    };
    style::Widgets {
        noninteractive: visuals(color.panel, theme.hairline(), color.text),
        // The rail of a slider and the box of a check box have no outline to be seen by, so they are a shade deeper.
        inactive: style::WidgetVisuals { bg_fill: color.hover, ..visuals(color.raised, theme.outline(), color.text) },
        hovered: visuals(color.hover, theme.outline(), color.text),
        // egui draws "active" also for what has the keyboard, so its outline is the focus ring.
        active: visuals(color.hover, Stroke::new(1.5, color.selection_line), color.text),
        open: visuals(color.hover, theme.outline(), color.text),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    space: Space,
    corner: Corner,
    type_sizes: TypeSizes,
    dark: Palette,
    light: Palette,
}

fn parse(text: &str) -> Result<[Theme; 2], ron::error::SpannedError> {
    let ThemeFile { space, corner, type_sizes, dark, light } = ron::from_str(text)?;
    let face = |is_dark, color| Theme { is_dark, color, space, corner, type_sizes };
    Ok([face(true, dark), face(false, light)])
}

/// What is shown if the theme file can not be read: egui's own two faces, plain but legible.
fn plain() -> [Theme; 2] {
    [Visuals::dark(), Visuals::light()].map(|visuals| Theme {
        is_dark: visuals.dark_mode,
        color: palette::plain(&visuals),
        space: Space { tight: 4.0, gap: 8.0, pad: 12.0, row: 28.0, button: 28.0, icon: 16.0 },
        corner: Corner { button: 6, card: 8, screen: 14 },
        type_sizes: TypeSizes { small: 12.0, label: 13.0, body: 14.0, caption: 16.0, title: 18.0, mono: 12.5 },
    })
}

#[cfg(test)]
mod tests {
    use super::{Theme, parse};
    use egui::Color32;

    /// WCAG 2.1 contrast of two opaque colours, 1 to 21.
    fn contrast(one: Color32, other: Color32) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(color: Color32) -> f64 {
        let [red, green, blue] = [color.r(), color.g(), color.b()].map(|byte| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Every pair of colours that is read as text somewhere, named.
    fn read_pairs(theme: &Theme) -> Vec<(String, f64)> {
        let color = &theme.color;
        let grounds = [
            ("background", color.background),
            ("panel", color.panel),
            ("raised", color.raised),
            ("hover", color.hover),
            ("selection", color.selection),
        ];
        let mut pairs = vec![
            ("on_filled on filled".to_owned(), contrast(color.on_filled, color.filled)),
            ("on_filled on filled_hover".to_owned(), contrast(color.on_filled, color.filled_hover)),
        ];
        for (name, ground) in grounds {
            for (ink_name, ink) in [("text", color.text), ("muted", color.muted), ("accent", color.accent)] {
                pairs.push((format!("{ink_name} on {name}"), contrast(ink, ground)));
            }
        }
        let semantic = [color.ok, color.warn, color.bad, color.info, color.accent, color.muted];
        for (index, ink) in semantic.into_iter().chain(color.party).enumerate() {
            pairs.push((format!("chip {index} on its tint"), contrast(ink, theme.tint(ink))));
            pairs.push((format!("chip {index} on panel"), contrast(ink, color.panel)));
            pairs.push((format!("chip {index} on raised"), contrast(ink, color.raised)));
        }
        for (index, ink) in color.jwt.into_iter().enumerate() {
            pairs.push((format!("jwt part {index} on panel"), contrast(ink, color.panel)));
        }
        pairs
    }

    #[test]
    fn everything_that_is_read_keeps_its_contrast_in_both_faces() {
        let low: Vec<_> = [Theme::dark(), Theme::light()]
            .into_iter()
            .flat_map(|theme| read_pairs(theme).into_iter().map(|(pair, ratio)| (theme.is_dark, pair, ratio)))
            .filter(|(_, _, ratio)| *ratio < 4.5)
            .map(|(is_dark, pair, ratio)| format!("{} {pair} {ratio:.2}", if is_dark { "dark" } else { "light" }))
            .collect();
        assert!(low.is_empty(), "below 4.5:1\n{}", low.join("\n"));
    }

    #[test]
    fn contrast_of_black_and_white_is_the_standard_one() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
        assert!((contrast(Color32::WHITE, Color32::WHITE) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_embedded_theme_is_read() {
        let text = include_str!("../../assets/theme.ron");
        assert!(parse(text).is_ok(), "{:?}", parse(text).err());
    }

    #[test]
    fn a_theme_with_a_broken_colour_or_an_unknown_token_is_refused() {
        let text = include_str!("../../assets/theme.ron");
        assert!(parse(&text.replace("#111318", "#11131")).is_err());
        assert!(parse(&text.replace("faint:", "fainter:")).is_err());
        assert!(parse("").is_err());
    }
}
