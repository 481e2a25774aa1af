//! Limits: how much, how many and how long, before a client has earned any trust.

use std::time::Duration;

/// Every number that holds a client back. The defaults are the ones that the server runs with; tests take smaller ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long the head of a request may take, from the connection's first moment or from the answer before.
    pub head_time: Duration,
    /// How many header lines a head may have.
    pub head_lines_max: usize,
    /// How many bytes a head may have, request line included.
    pub head_bytes_max: usize,
    /// How long a body may take, counted from the end of the head.
    pub body_time: Duration,
    /// How long a client may leave an answer unread, without taking a single byte of it.
    pub stall_time: Duration,
    /// How many connections may be open, whatever they do. The oldest that has not asked anything makes room for the next.
    pub connections_max: usize,
    /// How many requests may be in service at each door; their bodies are in. Others wait for their turn.
    pub in_service_max: usize,
    /// How long what is in service may take to end when the server stops.
    pub farewell_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_time: Duration::from_secs(5),
            head_lines_max: 64,
            head_bytes_max: 32 << 10,
            body_time: Duration::from_secs(10),
            stall_time: Duration::from_secs(10),
            // Below the 1,024 open files that a system commonly allows, so that the store and notices keep theirs.
            connections_max: 768,
            in_service_max: 256,
            farewell_time: Duration::from_secs(2),
        }
    }
}
