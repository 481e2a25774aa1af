//! Whether programs outside can join the run of this window, and where.

/// What the window tells of its server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Live {
    /// No server runs: in pictures, and until it has opened its port.
    #[default]
    Closed,
    /// It could not open a port.
    Refused,
    /// It listens at this port of the loopback addresses.
    Open {
        /// The port.
        port: u16,
        /// Whether the run's clock follows the real one.
        is_real_time: bool,
    },
}
