//! The window: theme, widgets, panes.

pub mod theme;
pub mod fonts;
