//! The raster: egui's triangles painted into an image by the processor alone, so that a picture needs neither display nor driver.
//!
//! It blends as egui's own renderers do (premultiplied alpha, in gamma space), and the same triangles give the same bytes
//! on every machine. It is written with plain `while` loops over rows, because tests run it without optimisation.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "pixels are counted in small whole numbers and placed by fractions; every cast is of a value clamped before"
)]

use std::collections::BTreeMap;

use egui::epaint::{ClippedPrimitive, Mesh, Primitive, TextureId, Vertex};
use egui::{Color32, Rect, TexturesDelta};

use crate::ui::texture::Texture;

/// One as a fixed-point number with 16 bits of fraction.
const ONE: f32 = 65_536.0;

/// An opaque picture: rows from the top, four bytes a pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    /// Red, green, blue, alpha; `4 * width * height` bytes.
    pub rgba: Vec<u8>,
}

/// The textures that egui has handed over so far: the font atlas, and pictures if there are any.
#[derive(Clone, Debug, Default)]
pub struct Raster {
    textures: BTreeMap<TextureId, Texture>,
    spent: Vec<TextureId>,
}

impl Raster {
    /// A raster without textures.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what has changed since the last pass, and empties `delta`. What egui frees stays for the paint that follows.
    pub fn apply(&mut self, delta: &mut TexturesDelta) {
        for id in self.spent.drain(..) {
            self.textures.remove(&id);
        }
        let changed: BTreeMap<_, _> = delta.set.drain().collect();
        for (id, patches) in changed {
            let texture = self.textures.entry(id).or_default();
            patches.iter().for_each(|patch| texture.patch(patch));
        }
        self.spent = delta.free.drain().collect();
    }

    /// Paints the triangles on an opaque ground. `size_px` is width and height.
    #[must_use]
    pub fn paint(
        &self,
        size_px: [usize; 2],
        pixels_per_point: f32,
        primitives: &[ClippedPrimitive],
        background: Color32,
    ) -> Image {
        let [width, height] = size_px;
        let mut canvas = Canvas { width, height, pixels: vec![background.to_opaque().to_array(); width * height] };
        for primitive in primitives {
            let Primitive::Mesh(mesh) = &primitive.primitive else { continue };
            let Some(texture) = self.textures.get(&mesh.texture_id) else { continue };
            let clip = canvas.clip(primitive.clip_rect, pixels_per_point);
            canvas.mesh(mesh, texture, clip, pixels_per_point);
        }
        Image { width, height, rgba: canvas.pixels.into_flattened() }
    }
}

/// What may be painted on: pixels from left to right and top to bottom, the far ends excluded.
#[derive(Clone, Copy)]
struct Clip {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 4]>,
}

/// A corner of a triangle: place in pixels, colour 0 to 255, place in the texture in texels.
#[derive(Clone, Copy)]
struct Corner {
    x: f32,
    y: f32,
    /// Red, green, blue, alpha, and then the texture's x and y.
    values: [f32; 6],
}

impl Canvas {
    fn clip(&self, rect: Rect, pixels_per_point: f32) -> Clip {
        let pixel = |points: f32, most: usize| (points * pixels_per_point).round().clamp(0.0, most as f32) as i32;
        Clip {
            left: pixel(rect.left(), self.width),
            top: pixel(rect.top(), self.height),
            right: pixel(rect.right(), self.width),
            bottom: pixel(rect.bottom(), self.height),
        }
    }

    fn mesh(&mut self, mesh: &Mesh, texture: &Texture, clip: Clip, pixels_per_point: f32) {
        let corner = |index: u32| -> Option<Corner> {
            let vertex = mesh.vertices.get(index as usize)?;
            Some(Corner::of(vertex, texture, pixels_per_point))
        };
        for triangle in mesh.indices.chunks_exact(3) {
            let &[one, two, three] = triangle else { continue };
            if let (Some(one), Some(two), Some(three)) = (corner(one), corner(two), corner(three)) {
                self.triangle([one, two, three], texture, clip);
            }
        }
    }

    /// Paints every pixel whose middle lies inside. Two triangles that share an edge compute it from the same two corners in
    /// the same order, so no pixel between them is painted twice or left out.
    fn triangle(&mut self, corners: [Corner; 3], texture: &Texture, clip: Clip) {
        let [top, middle, bottom] = from_top(corners);
        let Some(slopes) = Slopes::of(top, middle, bottom) else { return };
        let (long, upper, lower) = (side(top, bottom), side(top, middle), side(middle, bottom));
        let flat = flat_color(&corners, texture);
        let mut row = first_middle(top.y).max(clip.top);
        let end = first_middle(bottom.y).min(clip.bottom);
        while row < end {
            let y = row as f32 + 0.5;
            let one = top.x + (y - top.y) * long;
            let other = if y < middle.y { top.x + (y - top.y) * upper } else { middle.x + (y - middle.y) * lower };
            let left = first_middle(one.min(other)).max(clip.left);
            let right = first_middle(one.max(other)).min(clip.right);
            if left < right {
                let start = row as usize * self.width;
                let span = &mut self.pixels[start + left as usize..start + right as usize];
                match flat {
                    Some(color) => fill(span, color),
                    None => shade(span, slopes.at(top, left as f32 + 0.5, y), slopes.across(), texture),
                }
            }
            row += 1;
        }
    }
}

impl Corner {
    fn of(vertex: &Vertex, texture: &Texture, pixels_per_point: f32) -> Self {
        let [red, green, blue, alpha] = vertex.color.to_array().map(f32::from);
        let (u, v) = (vertex.uv.x * texture.width as f32 - 0.5, vertex.uv.y * texture.height as f32 - 0.5);
        Self {
            x: vertex.pos.x * pixels_per_point,
            y: vertex.pos.y * pixels_per_point,
            values: [red, green, blue, alpha, u, v],
        }
    }
}

/// The first pixel whose middle is at `edge` or after it.
fn first_middle(edge: f32) -> i32 {
    (edge - 0.5).ceil().clamp(-1.0e6, 1.0e6) as i32
}

/// The corners by height; those of equal height from left to right.
fn from_top(mut corners: [Corner; 3]) -> [Corner; 3] {
    corners.sort_by(|one, other| one.y.total_cmp(&other.y).then(one.x.total_cmp(&other.x)));
    corners
}

/// How far right the side goes for each pixel down.
fn side(from: Corner, to: Corner) -> f32 {
    if to.y > from.y { (to.x - from.x) / (to.y - from.y) } else { 0.0 }
}

/// How the six values change from pixel to pixel.
struct Slopes {
    right: [f32; 6],
    down: [f32; 6],
}

impl Slopes {
    /// None for a triangle without an inside.
    fn of(one: Corner, two: Corner, three: Corner) -> Option<Self> {
        let ((x2, y2), (x3, y3)) = ((two.x - one.x, two.y - one.y), (three.x - one.x, three.y - one.y));
        let area = x2 * y3 - x3 * y2;
        if area == 0.0 || !area.is_finite() {
            return None;
        }
        let (mut right, mut down) = ([0.0; 6], [0.0; 6]);
        let mut index = 0;
        while index < 6 {
            let (second, third) = (two.values[index] - one.values[index], three.values[index] - one.values[index]);
            right[index] = (second * y3 - third * y2) / area;
            down[index] = (third * x2 - second * x3) / area;
            index += 1;
        }
        Some(Self { right, down })
    }

    fn at(&self, origin: Corner, x: f32, y: f32) -> [i32; 6] {
        let mut values = [0; 6];
        let mut index = 0;
        while index < 6 {
            let value = origin.values[index] + (x - origin.x) * self.right[index] + (y - origin.y) * self.down[index];
            values[index] = (value * ONE) as i32;
            index += 1;
        }
        values
    }

    fn across(&self) -> [i32; 6] {
        self.right.map(|step| (step * ONE) as i32)
    }
}

/// The one colour of a triangle, if it has only one: equal corners on one place of the texture.
fn flat_color(corners: &[Corner; 3], texture: &Texture) -> Option<[u8; 4]> {
    let [one, two, three] = corners;
    let is_same = |other: &Corner| one.values.map(f32::to_bits) == other.values.map(f32::to_bits);
    if !is_same(two) || !is_same(three) {
        return None;
    }
    let [red, green, blue, alpha, u, v] = one.values;
    let ink = [red, green, blue, alpha].map(|channel| channel as u8);
    Some(tinted(texture.sample((u * ONE) as i32, (v * ONE) as i32), ink))
}

fn tinted(texel: [u8; 4], ink: [u8; 4]) -> [u8; 4] {
    let mut color = [0; 4];
    let mut channel = 0;
    while channel < 4 {
        color[channel] = divided(u32::from(texel[channel]) * u32::from(ink[channel]));
        channel += 1;
    }
    color
}

/// A product of two bytes divided by 255, rounded to the nearest.
fn divided(product: u32) -> u8 {
    ((product + 128 + ((product + 128) >> 8)) >> 8) as u8
}

fn fill(span: &mut [[u8; 4]], color: [u8; 4]) {
    if color == [0; 4] {
        return;
    }
    if color[3] == 255 {
        span.fill(color);
        return;
    }
    let mut index = 0;
    while index < span.len() {
        blend(&mut span[index], color);
        index += 1;
    }
}

/// A span whose colour or texture changes along it. `values` are fixed-point: red, green, blue, alpha, texture x and y.
fn shade(span: &mut [[u8; 4]], mut values: [i32; 6], across: [i32; 6], texture: &Texture) {
    let is_textured = across[4] != 0 || across[5] != 0;
    let is_tinted = across[0] != 0 || across[1] != 0 || across[2] != 0 || across[3] != 0;
    let mut texel = texture.sample(values[4], values[5]);
    let mut ink = ink_of(values);
    let mut index = 0;
    while index < span.len() {
        if is_textured {
            texel = texture.sample(values[4], values[5]);
            values[4] = values[4].wrapping_add(across[4]);
            values[5] = values[5].wrapping_add(across[5]);
        }
        if is_tinted {
            ink = ink_of(values);
            values[0] = values[0].wrapping_add(across[0]);
            values[1] = values[1].wrapping_add(across[1]);
            values[2] = values[2].wrapping_add(across[2]);
            values[3] = values[3].wrapping_add(across[3]);
        }
        if texel[3] != 0 {
            let color = if texel == [255; 4] { ink } else { tinted(texel, ink) };
            blend(&mut span[index], color);
        }
        index += 1;
    }
}

fn ink_of(values: [i32; 6]) -> [u8; 4] {
    let mut ink = [0; 4];
    let mut channel = 0;
    while channel < 4 {
        ink[channel] = ((values[channel] + 32_768) >> 16).clamp(0, 255) as u8;
        channel += 1;
    }
    ink
}

fn blend(pixel: &mut [u8; 4], color: [u8; 4]) {
    let through = 255 - u32::from(color[3]);
    if through == 0 {
        *pixel = color;
        return;
    }
    let mut channel = 0;
    while channel < 3 {
        pixel[channel] = color[channel].saturating_add(divided(u32::from(pixel[channel]) * through));
        channel += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{Image, Raster};
    use egui::epaint::{ClippedPrimitive, Mesh, Primitive};
    use egui::{Color32, ColorImage, Pos2, Rect, TextureId, TextureOptions, TexturesDelta, pos2};

    fn raster() -> Raster {
        let mut raster = Raster::new();
        let mut delta = TexturesDelta::default();
        let white = ColorImage::filled([4, 4], Color32::WHITE);
        delta.push(TextureId::default(), egui::epaint::ImageDelta::full(white, TextureOptions::LINEAR));
        raster.apply(&mut delta);
        raster
    }

    fn painted(clip: Rect, draw: impl FnOnce(&mut Mesh)) -> Image {
        let mut mesh = Mesh::default();
        draw(&mut mesh);
        let primitive = ClippedPrimitive { clip_rect: clip, primitive: Primitive::Mesh(mesh) };
        raster().paint([8, 8], 1.0, &[primitive], Color32::BLACK)
    }

    fn pixel(image: &Image, x: usize, y: usize) -> [u8; 4] {
        let start = (y * image.width + x) * 4;
        image.rgba[start..start + 4].try_into().unwrap()
    }

    fn rect(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
        Rect::from_min_max(pos2(left, top), pos2(right, bottom))
    }

    #[test]
    fn a_rectangle_covers_its_pixels_and_no_other() {
        let image = painted(Rect::EVERYTHING, |mesh| mesh.add_colored_rect(rect(2.0, 3.0, 5.0, 6.0), Color32::RED));
        for y in 0..8 {
            for x in 0..8 {
                let is_inside = (2..5).contains(&x) && (3..6).contains(&y);
                let expected = if is_inside { [255, 0, 0, 255] } else { [0, 0, 0, 255] };
                assert_eq!(pixel(&image, x, y), expected, "{x},{y}");
            }
        }
    }

    #[test]
    fn a_seam_of_two_translucent_triangles_is_painted_once() {
        let half = Color32::from_rgba_premultiplied(128, 128, 128, 128);
        let image = painted(Rect::EVERYTHING, |mesh| mesh.add_colored_rect(rect(0.0, 0.0, 8.0, 8.0), half));
        assert!(image.rgba.chunks_exact(4).all(|pixel| pixel == [128, 128, 128, 255]));
    }

    #[test]
    fn the_clip_keeps_paint_out() {
        let clip = rect(0.0, 0.0, 4.0, 8.0);
        let image = painted(clip, |mesh| mesh.add_colored_rect(rect(0.0, 0.0, 8.0, 8.0), Color32::RED));
        assert_eq!(pixel(&image, 3, 4), [255, 0, 0, 255]);
        assert_eq!(pixel(&image, 4, 4), [0, 0, 0, 255]);
    }

    #[test]
    fn a_gradient_goes_evenly_from_one_corner_to_the_other() {
        let image = painted(Rect::EVERYTHING, |mesh| {
            for (x, color) in [(0.0, Color32::BLACK), (8.0, Color32::WHITE)] {
                mesh.colored_vertex(pos2(x, 0.0), color);
                mesh.colored_vertex(pos2(x, 8.0), color);
            }
            mesh.add_triangle(0, 1, 2);
            mesh.add_triangle(1, 2, 3);
        });
        let row: Vec<_> = (0..8).map(|x| pixel(&image, x, 3)[0]).collect();
        assert_eq!(row, [16, 48, 80, 112, 143, 175, 207, 239]);
    }

    #[test]
    fn a_triangle_without_an_inside_or_out_of_reach_paints_nothing() {
        for corners in [[(1.0, 1.0), (4.0, 4.0), (7.0, 7.0)], [(f32::NAN, 1.0), (4.0, 4.0), (7.0, 1.0)]] {
            let image = painted(Rect::EVERYTHING, |mesh| {
                for (x, y) in corners {
                    mesh.colored_vertex(Pos2::new(x, y), Color32::RED);
                }
                mesh.add_triangle(0, 1, 2);
            });
            assert!(image.rgba.chunks_exact(4).all(|pixel| pixel == [0, 0, 0, 255]));
        }
    }

    #[test]
    fn a_patch_of_a_texture_changes_only_its_texels() {
        let mut raster = raster();
        let mut delta = TexturesDelta::default();
        let red = ColorImage::filled([2, 2], Color32::RED);
        delta.push(TextureId::default(), egui::epaint::ImageDelta::partial([2, 2], red, TextureOptions::LINEAR));
        raster.apply(&mut delta);
        let mut mesh = Mesh::default();
        mesh.add_rect_with_uv(rect(0.0, 0.0, 4.0, 4.0), rect(0.0, 0.0, 1.0, 1.0), Color32::WHITE);
        let primitive = ClippedPrimitive { clip_rect: Rect::EVERYTHING, primitive: Primitive::Mesh(mesh) };
        let image = raster.paint([4, 4], 1.0, &[primitive], Color32::BLACK);
        assert_eq!(pixel(&image, 1, 1), [255, 255, 255, 255]);
        assert_eq!(pixel(&image, 3, 3), [255, 0, 0, 255]);
        assert_eq!(pixel(&image, 1, 3), [255, 255, 255, 255]);
    }
}
