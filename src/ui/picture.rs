//! Pictures: anything that the window can show, as a PNG, without a display. It hands back bytes; where they go is the caller's affair.

use egui::{Context, FullOutput, RawInput, Rect, Ui, ViewportId, vec2};

use crate::ui::raster::{Image, Raster};
use crate::ui::theme::{self, Theme};

/// No picture has more pixels than this: a window of 8000 by 8000.
const PIXELS_MAX: usize = 64_000_000;
/// A window that still asks to be drawn again after so many passes is taken as it is: a lab fills itself a little in each.
const PASSES_MAX: u32 = 2_000;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The size or zoom that was asked for.
    #[error("a picture needs a size between 1 × 1 and {PIXELS_MAX} pixels in all, not {width} × {height}")]
    Size {
        /// In pixels.
        width: f32,
        /// In pixels.
        height: f32,
    },
    /// The encoder.
    #[error("the picture could not be written as PNG: {0}")]
    Encoding(#[from] png::EncodingError),
}

/// What a picture is taken with.
#[derive(Clone, Copy, Debug)]
pub struct Picture {
    /// Width and height of the window in points. In pixels it is `zoom` times as large.
    pub size_pt: [f32; 2],
    /// Pixels per point.
    pub zoom: f32,
    /// Dark or light.
    pub theme: egui::Theme,
}

impl Picture {
    /// A PNG of what `show` draws into a window of `size_pt` points. `show` is called for each pass, some times over.
    ///
    /// # Errors
    /// A size that is no picture, or an encoder that fails.
    pub fn of(
        size_pt: [f32; 2],
        zoom: f32,
        theme: egui::Theme,
        show: impl FnMut(&mut Ui),
    ) -> Result<Vec<u8>, PictureError> {
        png(&Self { size_pt, zoom, theme }.image(show)?)
    }

    /// The same as pixels.
    ///
    /// # Errors
    /// A size that is no picture.
    pub fn image(&self, mut show: impl FnMut(&mut Ui)) -> Result<Image, PictureError> {
        let size_px = self.size_px()?;
        let ctx = Context::default();
        theme::apply(&ctx);
        ctx.set_theme(self.theme);
        ctx.all_styles_mut(|style| {
            style.animation_time = 0.0;
            style.visuals.text_cursor.blink = false;
        });
        let mut raster = Raster::new();
        let mut pass = 0;
        let output = loop {
            let mut output = ctx.run_ui(self.input(pass), &mut show);
            raster.apply(&mut output.textures_delta);
            pass += 1;
            if pass >= PASSES_MAX || (pass > 1 && is_settled(&output)) {
                break output;
            }
        };
        let primitives = ctx.tessellate(output.shapes, output.pixels_per_point);
        let ground = Theme::of_context(&ctx).color.background;
        Ok(raster.paint(size_px, output.pixels_per_point, &primitives, ground))
    }

    fn input(&self, pass: u32) -> RawInput {
        let [width, height] = self.size_pt;
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, vec2(width, height))),
            // The clock of a picture stands still but for a tenth of a second a pass, so that what fades in has come.
            time: Some(f64::from(pass) / 10.0),
            predicted_dt: 0.1,
            max_texture_side: Some(8192),
            focused: true,
            ..RawInput::default()
        };
        input.viewports.entry(ViewportId::ROOT).or_default().native_pixels_per_point = Some(self.zoom);
        input
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a picture can have")]
    fn size_px(&self) -> Result<[usize; 2], PictureError> {
        let [width, height] = self.size_pt.map(|points| (points * self.zoom).round());
        let sides = [width, height].map(|side| side.clamp(0.0, 65_536.0) as usize);
        let pixels = sides.iter().product::<usize>();
        if self.zoom.is_finite() && self.zoom > 0.0 && (1..=PIXELS_MAX).contains(&pixels) {
            Ok(sides)
        } else {
            Err(PictureError::Size { width, height })
        }
    }
}

fn is_settled(output: &FullOutput) -> bool {
    output.viewport_output.values().all(|viewport| !viewport.repaint_delay.is_zero())
}

/// An image as PNG bytes.
///
/// # Errors
/// An image whose bytes do not fit its size.
pub fn png(image: &Image) -> Result<Vec<u8>, PictureError> {
    let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side(image.width), side(image.height));
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&image.rgba)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Picture, PictureError};

    const SMALL: Picture = Picture { size_pt: [120.0, 40.0], zoom: 1.5, theme: egui::Theme::Dark };

    #[test]
    fn the_same_window_gives_the_same_bytes() {
        let draw = |ui: &mut egui::Ui| {
            ui.label("Shiny Pony");
        };
        let first = SMALL.image(draw).unwrap();
        assert_eq!((first.width, first.height), (180, 60));
        assert_eq!(first, SMALL.image(draw).unwrap());
        let other = SMALL.image(|ui| {
            ui.label("Shiny Ponz");
        });
        assert_ne!(first, other.unwrap());
    }

    #[test]
    fn a_picture_is_written_as_png() {
        let bytes = Picture::of([20.0, 10.0], 1.0, egui::Theme::Light, |_| ()).unwrap();
        let reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (20, 10));
    }

    #[test]
    fn a_size_that_is_no_picture_is_refused() {
        for (size_pt, zoom) in [([0.0, 10.0], 1.0), ([10.0, 10.0], 0.0), ([1e9, 1e9], 1.0), ([10.0, 10.0], f32::NAN)] {
            let picture = Picture { size_pt, zoom, theme: egui::Theme::Dark };
            assert!(matches!(picture.image(|_| ()), Err(PictureError::Size { .. })), "{picture:?}");
        }
    }
}
