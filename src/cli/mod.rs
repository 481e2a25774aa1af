//! The command line: the same run without a window.
