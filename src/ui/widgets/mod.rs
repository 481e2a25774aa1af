//! The widgets that every pane is built from. Each has an accessible name, and says with words or shape what it says with colour.

pub mod text;
pub mod surface;
pub mod walk;
pub mod button;
pub mod choice;
pub mod menu;
pub mod chip;
pub mod table;
pub mod steps;
pub mod field;
