//! The terminal: the two standard streams, with colours that switch off by themselves when nobody sees them.

use std::io::{self, Write};

/// Standard output. Colours are dropped when it is a file or a pipe, or when `NO_COLOR` is set.
#[must_use]
pub fn output() -> impl Write {
    // One write per line or more, not one per word.
    io::BufWriter::new(anstream::stdout())
}

/// Standard error, for what must not mix with the output. Colours as above.
#[must_use]
pub fn complaints() -> impl Write {
    anstream::stderr()
}

/// Whether this failure only says that the reader has gone, as `head` does when it has seen enough.
#[must_use]
pub fn is_reader_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}
