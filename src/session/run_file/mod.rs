//! Run files: a run as it is kept in `*.paystage.json`, and its replay, compared step by step.

pub mod form;
pub mod fault;
pub mod save;
pub mod load;
