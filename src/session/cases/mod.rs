//! The built-in scenarios, a file for each group: first the purchases that everybody should have seen, then history's edge cases, then its other codes.

/// Embeds the named scenarios.
macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../assets/scenarios/", $name, ".toml")))),*]
    };
}

/// Embeds the named edge cases; a name begins with the number of its case.
macro_rules! embedded_cases {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../assets/scenarios/cases/", $name, ".toml")))),*]
    };
}

/// Embeds the named scenarios of further codes.
macro_rules! embedded_codes {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../assets/scenarios/codes/", $name, ".toml")))),*]
    };
}

pub(crate) mod purchases;
pub(crate) mod requests;
pub(crate) mod notices;
pub(crate) mod buying;
pub(crate) mod receipts;
pub(crate) mod verify;
pub(crate) mod codes;
