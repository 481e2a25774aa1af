//! The renderer of the picture tests: `egui_kittest`'s harness, painted by our own raster instead of a graphics card.

use egui_kittest::{Harness, HarnessBuilder, TestRenderer};
use paystage::ui::raster::Raster;
use paystage::ui::theme::{self, Theme};

/// Paints what a harness shows, without display or driver.
#[derive(Default)]
pub(crate) struct CpuRenderer(Raster);

impl TestRenderer for CpuRenderer {
    fn handle_delta(&mut self, delta: &mut egui::TexturesDelta) {
        self.0.apply(delta);
    }

    fn render(&mut self, ctx: &egui::Context, output: &egui::FullOutput) -> Result<image::RgbaImage, String> {
        let pixels_per_point = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * pixels_per_point;
        let primitives = ctx.tessellate(output.shapes.clone(), pixels_per_point);
        let ground = Theme::of_context(ctx).color.background;
        let painted = self.0.paint([whole(size.x), whole(size.y)], pixels_per_point, &primitives, ground);
        let size = (u32::try_from(painted.width).unwrap(), u32::try_from(painted.height).unwrap());
        image::RgbaImage::from_raw(size.0, size.1, painted.rgba).ok_or_else(|| format!("no picture of {size:?}"))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the side of a window, in pixels")]
fn whole(side_px: f32) -> usize {
    side_px.round() as usize
}

/// A harness dressed as our window: fonts, style and theme, painted by the processor, without a drawn mouse cursor.
pub(crate) fn dressed<State>(size_pt: [f32; 2], face: egui::Theme) -> HarnessBuilder<State> {
    Harness::builder()
        .with_size(size_pt)
        .with_theme(face)
        .with_render_cursor(false)
        .with_context_setup(theme::apply)
        .renderer(CpuRenderer::default())
}
