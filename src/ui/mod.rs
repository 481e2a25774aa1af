//! The window: theme, widgets, panes.
