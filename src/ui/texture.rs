//! Textures: what triangles are painted with, above all the atlas of glyphs.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places in a texture are small whole numbers; every cast is of a value clamped before"
)]

use egui::Color32;
use egui::epaint::ImageDelta;

/// Rows of texels from the top, premultiplied, four bytes each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texture {
    /// In texels.
    pub(crate) width: usize,
    /// In texels.
    pub(crate) height: usize,
    texels: Vec<[u8; 4]>,
}

impl Texture {
    /// Takes a new image for the whole or for a part. What would lie outside is left away.
    pub(crate) fn patch(&mut self, delta: &ImageDelta) {
        let egui::ImageData::Color(image) = &delta.image;
        let [width, height] = image.size;
        let texels = image.pixels.iter().map(Color32::to_array);
        let Some([left, top]) = delta.pos else {
            (self.width, self.height, self.texels) = (width, height, texels.collect());
            return;
        };
        let texels: Vec<_> = texels.collect();
        for (row, from) in texels.chunks_exact(width.max(1)).enumerate() {
            let start = (top + row) * self.width + left;
            if let Some(to) = self.texels.get_mut(start..start + width) {
                to.copy_from_slice(from);
            }
        }
    }

    /// The texel at this place, or the nearest one at the edge.
    fn texel(&self, x: i32, y: i32) -> [u8; 4] {
        let x = (x.max(0) as usize).min(self.width.saturating_sub(1));
        let y = (y.max(0) as usize).min(self.height.saturating_sub(1));
        self.texels.get(y * self.width + x).copied().unwrap_or([0; 4])
    }

    /// The texture between four texels; `x` and `y` are fixed-point, a whole number being the middle of a texel.
    pub(crate) fn sample(&self, x: i32, y: i32) -> [u8; 4] {
        // Glyphs lie on whole pixels, so nearly every sample hits the middle of one texel.
        let (x, y) = (x.wrapping_add(512), y.wrapping_add(512));
        let (column, row) = (x >> 16, y >> 16);
        let (right, down) = ((x >> 8) & 255, (y >> 8) & 255);
        if right <= 4 && down <= 4 {
            return self.texel(column, row);
        }
        let top = mix(self.texel(column, row), self.texel(column.wrapping_add(1), row), right);
        let bottom = mix(
            self.texel(column, row.wrapping_add(1)),
            self.texel(column.wrapping_add(1), row.wrapping_add(1)),
            right,
        );
        mix(top, bottom, down)
    }
}

/// The colour `part`/256 of the way from `one` to `other`.
fn mix(one: [u8; 4], other: [u8; 4], part: i32) -> [u8; 4] {
    let mut mixed = [0; 4];
    let mut channel = 0;
    while channel < 4 {
        let (from, to) = (i32::from(one[channel]), i32::from(other[channel]));
        mixed[channel] = ((from * (256 - part) + to * part + 128) >> 8) as u8;
        channel += 1;
    }
    mixed
}
