//! Doors: what a request must show, by what it wants.

/// Through which door a route is reached. Every route names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// What the historic clients ask from anywhere: buy, prepare, status, verify, catalogue, keys. Holds no secret.
    Public,
    /// The buyer's own acts and history: confirming a payment, the list of purchases. For our own pages and for programs.
    Confirm,
    /// Commands, faults, clock, trace. For whoever can read the token's file.
    Control,
}

/// What one door asks of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How the `Host` must be written.
    pub host: HostRule,
    /// From which pages a browser may ask.
    pub caller: CallerRule,
    /// In what form a request that changes something must come.
    pub content: ContentRule,
    /// Whether the start's token is needed.
    pub token: TokenRule,
    /// The longest body, in bytes.
    pub body_bytes_max: usize,
}

/// How the `Host` must be written. Whatever the rule, there is exactly one, and its name is a loopback name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostRule {
    /// With this server's port, or without a port as some historic clients send it.
    PortMayLack,
    /// With this server's port.
    WithPort,
}

/// From which pages a browser may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerRule {
    /// From any page; the answer may be read there, without credentials.
    AnyPage,
    /// From this server's own pages only. A program that is no browser sends no `Origin`, and passes.
    OwnPages,
}

/// In what form a request that changes something must come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentRule {
    /// As the historic clients send it: form, JSON, plain text or unnamed.
    AsSent,
    /// As `application/json`, which no form of a foreign page can send; an empty body needs no name.
    Json,
}

/// Whether the start's token is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRule {
    /// No.
    None,
    /// As `Authorization: Bearer …`. RFC 6750, 2.1.
    Bearer,
}

/// As much as is read of a posted receipt, form or answer.
const RECEIPT_BYTES_MAX: usize = 16 << 10;
/// As much as is read of a scenario or set-up.
const SCENARIO_BYTES_MAX: usize = 1 << 20;

impl Door {
    /// All doors.
    pub const ALL: [Self; 3] = [Self::Public, Self::Confirm, Self::Control];

    /// Before which door a path stands that may lead nowhere: in whose words it is refused.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let session = path.strip_prefix("/s/").and_then(|rest| rest.find('/').and_then(|slash| rest.get(slash..)));
        if session.unwrap_or(path).starts_with("/control/") { Self::Control } else { Self::Public }
    }

    /// The table: what each door asks.
    #[must_use]
    pub const fn rules(self) -> Rules {
        match self {
            Self::Public => Rules {
                host: HostRule::PortMayLack,
                caller: CallerRule::AnyPage,
                content: ContentRule::AsSent,
                token: TokenRule::None,
                body_bytes_max: RECEIPT_BYTES_MAX,
            },
            Self::Confirm => Rules {
                host: HostRule::WithPort,
                caller: CallerRule::OwnPages,
                content: ContentRule::Json,
                token: TokenRule::None,
                body_bytes_max: RECEIPT_BYTES_MAX,
            },
            Self::Control => Rules {
                host: HostRule::WithPort,
                caller: CallerRule::OwnPages,
                content: ContentRule::Json,
                token: TokenRule::Bearer,
                body_bytes_max: SCENARIO_BYTES_MAX,
            },
        }
    }
}
