//! The window: theme, widgets, panes.

pub mod theme;
pub mod fonts;
pub mod icons;
pub mod widgets;
pub mod raster;
pub mod picture;
