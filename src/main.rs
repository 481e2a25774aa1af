//! Paystage: choose window or command line.

fn main() {}
