//! A run as text and drawn scenes.
