//! A run given away: text and drawn scenes. Pure functions from a sheet; nothing here sees a run, a file or a screen.

pub mod template;
pub mod format;
pub mod count;
pub mod mask;
pub mod sheet;
pub mod paper;
pub mod trace;
pub mod har;
pub mod mermaid;
pub mod ink;
pub mod scene;
pub mod diagram;
pub mod svg;
pub mod page_style;
pub mod handout;
