//! The doors: the only room with clock, disk, network and threads.
