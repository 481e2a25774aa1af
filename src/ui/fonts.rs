//! Fonts: Inter for words, `JetBrainsMono` for tokens, both embedded so that every machine shows the same window.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily, FontId};

const INTER: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.otf");
const INTER_STRONG: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.otf");
const MONO: &[u8] = include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf");
const MONO_STRONG: &[u8] = include_bytes!("../../assets/fonts/JetBrainsMono-SemiBold.ttf");

/// Inter at `size_pt`.
#[must_use]
pub fn plain(size_pt: f32) -> FontId {
    FontId::new(size_pt, FontFamily::Proportional)
}

/// Inter semibold at `size_pt`.
#[must_use]
pub fn strong(size_pt: f32) -> FontId {
    FontId::new(size_pt, FontFamily::Name("ui-strong".into()))
}

/// The mono face, `JetBrainsMono`, at `size_pt`.
#[must_use]
pub fn mono(size_pt: f32) -> FontId {
    FontId::new(size_pt, FontFamily::Monospace)
}

/// The mono face, semibold, at `size_pt`.
#[must_use]
pub fn mono_strong(size_pt: f32) -> FontId {
    FontId::new(size_pt, FontFamily::Name("mono-strong".into()))
}

/// Gives `ctx` our four fonts and no other. Each family falls back to the other typeface for signs that it lacks.
pub fn install(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in [("ui", INTER), ("ui-strong", INTER_STRONG), ("mono", MONO), ("mono-strong", MONO_STRONG)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    for (family, first, second) in [
        (FontFamily::Proportional, "ui", "mono"),
        (FontFamily::Name("ui-strong".into()), "ui-strong", "mono-strong"),
        (FontFamily::Monospace, "mono", "ui"),
        (FontFamily::Name("mono-strong".into()), "mono-strong", "ui-strong"),
    ] {
        fonts.families.insert(family, vec![first.to_owned(), second.to_owned()]);
    }
    ctx.set_fonts(fonts);
}

#[cfg(test)]
mod tests {
    use super::{install, mono, mono_strong, plain, strong};

    /// The signs that the window's words use beyond plain letters.
    const SIGNS: &str = "→ ← ↑ ↓ · … ✓ – — × ⇒ ≤ ≥ − • ≠ “ ” ’ é ü ß ž €";

    #[test]
    fn every_sign_that_we_write_has_a_glyph_in_every_face() {
        let ctx = egui::Context::default();
        install(&ctx);
        let mut missing = String::new();
        let output = ctx.run_ui(egui::RawInput::default(), |ui| {
            for font in [plain(14.0), strong(14.0), mono(12.0), mono_strong(12.0)] {
                for sign in SIGNS.chars().filter(|sign| *sign != ' ') {
                    if !ui.fonts_mut(|fonts| fonts.has_glyph(&font, sign)) {
                        missing.push(sign);
                    }
                }
            }
        });
        output.drop_without_applying_deltas();
        assert_eq!(missing, "");
    }
}
