//! Explored: how the exploration of a run stands, as panes see it.

use std::sync::Arc;

use crate::lens::explore::{BadEnd, Grid};
use crate::session::explore::end::End;

/// How the exploration of a run stands.
#[derive(Clone, Debug, Default)]
pub enum Standing {
    /// Nobody has asked for one.
    #[default]
    Idle,
    /// It is under way.
    Under {
        /// What it does, in words.
        words: String,
        /// Pieces done.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// It could not be done, and why.
    Failed(String),
    /// Here is what it found.
    Done(Arc<Shown>),
}

/// What an exploration has found.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What the explored run is called.
    pub title: String,
    /// How it ends without a further fault.
    pub plain: End,
    /// Every end by its faults.
    pub grid: Grid,
    /// How many mixes struck nothing.
    pub void: usize,
    /// The bad ends that cannot be made smaller.
    pub bad: Vec<BadEnd>,
}
