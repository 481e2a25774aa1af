//! The doors: the only room with clock, disk, network and threads.

pub mod files;
pub mod folder;
pub mod data_folder;
pub mod lines;
pub mod cores;
pub mod progress;
pub mod explore;
pub mod exploring;
pub mod clock;
pub mod terminal;
pub mod display;
pub mod runs;
pub mod sheets;
pub mod exporting;
pub mod dialogs;
pub mod http;
pub mod target;
pub mod outbound;
pub mod verifier;
pub mod saved;
pub mod inbox;
pub mod live;
pub mod store;
pub mod headless;
