//! Reports of `paystage run`: what came of each scenario, as JSON, as JUnit XML and as a page.

pub mod entry;
pub mod junit;
pub mod diagram;
pub mod page;
