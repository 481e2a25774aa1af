//! The window: theme, widgets, panes.

pub mod palette;
pub mod theme;
pub mod fonts;
pub mod icons;
pub mod widgets;
mod texture;
pub mod raster;
pub mod picture;
