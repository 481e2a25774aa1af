//! The window: theme, widgets, panes.

pub mod palette;
pub mod theme;
pub mod fonts;
pub mod icons;
pub mod widgets;
mod texture;
pub mod raster;
pub mod picture;
pub mod keys;
pub mod arrows;
pub mod subject;
pub mod ladder;
pub mod selection;
pub mod view;
pub mod desk;
pub mod pane;
pub mod panes;
pub mod inspector;
pub mod regions;
pub mod help;
pub mod files;
pub mod pilot;
pub mod window;
pub mod app;
