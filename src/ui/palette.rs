//! The palette: the colours of one face of the theme. The only file that may make a colour.

use egui::{Color32, Visuals};
use serde::{Deserialize, Deserializer};

/// The colours of one face.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Palette {
    /// Behind everything, and the app's screen.
    #[serde(deserialize_with = "hex")]
    pub background: Color32,
    /// The ground of each region.
    #[serde(deserialize_with = "hex")]
    pub panel: Color32,
    /// Cards, quiet buttons, fields.
    #[serde(deserialize_with = "hex")]
    pub raised: Color32,
    /// What the pointer is over.
    #[serde(deserialize_with = "hex")]
    pub hover: Color32,
    /// Hairlines.
    #[serde(deserialize_with = "hex")]
    pub line: Color32,
    /// Outlines of what can be pressed or typed into.
    #[serde(deserialize_with = "hex")]
    pub edge: Color32,
    /// What is read first.
    #[serde(deserialize_with = "hex")]
    pub text: Color32,
    /// What is read second.
    #[serde(deserialize_with = "hex")]
    pub muted: Color32,
    /// Decoration and the drawn future. Never the only carrier of a meaning.
    #[serde(deserialize_with = "hex")]
    pub faint: Color32,
    /// The present step, links, underlines.
    #[serde(deserialize_with = "hex")]
    pub accent: Color32,
    /// The one filled button of a region.
    #[serde(deserialize_with = "hex")]
    pub filled: Color32,
    /// The same under the pointer.
    #[serde(deserialize_with = "hex")]
    pub filled_hover: Color32,
    /// Text on a filled button.
    #[serde(deserialize_with = "hex")]
    pub on_filled: Color32,
    /// Selected rows and arrows.
    #[serde(deserialize_with = "hex")]
    pub selection: Color32,
    /// Their outline, and the ring around what has the keyboard.
    #[serde(deserialize_with = "hex")]
    pub selection_line: Color32,
    /// Under windows and menus.
    #[serde(deserialize_with = "hex")]
    pub shadow: Color32,
    /// Passed, owned, completed.
    #[serde(deserialize_with = "hex")]
    pub ok: Color32,
    /// Waiting, retried, worth a look.
    #[serde(deserialize_with = "hex")]
    pub warn: Color32,
    /// Failed, refused, lost.
    #[serde(deserialize_with = "hex")]
    pub bad: Color32,
    /// A note, a link.
    #[serde(deserialize_with = "hex")]
    pub info: Color32,
    /// The six parties in the order of their lanes: Buyer, App page, Device, App server, Marketplace, Provider.
    #[serde(deserialize_with = "hexes")]
    pub party: [Color32; 6],
    /// The three parts of a compact JWS: header, payload, signature.
    #[serde(deserialize_with = "hexes")]
    pub jwt: [Color32; 3],
}

/// The colours that egui brings along, in our order. Shown if the theme file can not be read.
pub(crate) fn plain(visuals: &Visuals) -> Palette {
    let text = visuals.widgets.active.fg_stroke.color;
    let line = visuals.widgets.noninteractive.bg_stroke.color;
    let accent = visuals.hyperlink_color;
    Palette {
        background: visuals.extreme_bg_color,
        panel: visuals.panel_fill,
        raised: visuals.widgets.noninteractive.bg_fill,
        hover: visuals.widgets.hovered.bg_fill,
        line,
        edge: line,
        text,
        muted: text,
        faint: line,
        accent,
        filled: visuals.selection.bg_fill,
        filled_hover: visuals.selection.bg_fill,
        on_filled: visuals.selection.stroke.color,
        selection: visuals.selection.bg_fill,
        selection_line: accent,
        shadow: visuals.window_shadow.color,
        ok: text,
        warn: visuals.warn_fg_color,
        bad: visuals.error_fg_color,
        info: accent,
        party: [text; 6],
        jwt: [text; 3],
    }
}

fn hex<'de, D: Deserializer<'de>>(input: D) -> Result<Color32, D::Error> {
    let text = String::deserialize(input)?;
    Color32::from_hex(&text)
        .map_err(|_| serde::de::Error::custom(format!("a colour is written \"#rrggbb\", not \"{text}\"")))
}

fn hexes<'de, D: Deserializer<'de>, const COUNT: usize>(input: D) -> Result<[Color32; COUNT], D::Error>
where
    [Hex; COUNT]: Deserialize<'de>,
{
    Ok(<[Hex; COUNT]>::deserialize(input)?.map(|Hex(color)| color))
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Hex(#[serde(deserialize_with = "hex")] Color32);
