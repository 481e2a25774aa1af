//! Deeds: the table of what can be done under `/control/`. Router and description are made from it.

/// One endpoint of the control interface.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path below the run's base, parameters in braces.
    pub path: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// What answers it.
    pub deed: Deed,
}

/// The methods that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Looks.
    Get,
    /// Acts.
    Post,
    /// Takes away.
    Delete,
}

/// What can be done with one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Tells how the run stands.
    State,
    /// Begins again with the same set-up.
    Reset,
    /// Begins again from a scenario or with another set-up.
    Begin,
    /// Gives a command.
    Command,
    /// Lists the armed faults.
    Faults,
    /// Arms a fault.
    Arm,
    /// Takes one fault away.
    Disarm,
    /// Takes all faults away.
    ClearFaults,
    /// Lets a held message go.
    Release,
    /// Tells the time.
    Clock,
    /// Moves the clock, or says who moves it.
    MoveClock,
    /// Waits for something.
    Wait,
    /// Reads the trace.
    Trace,
    /// The run as a file.
    RunFile,
    /// The run as a scenario.
    Scenario,
}

const fn row(method: Method, path: &'static str, deed: Deed, about: &'static str) -> Endpoint {
    Endpoint { method, path, about, deed }
}

/// Every endpoint of one run.
pub const ENDPOINTS: [Endpoint; 15] = [
    row(Method::Get, "/control/state", Deed::State, "How the run stands: clock, payments, access, faults, fingerprint"),
    row(
        Method::Post,
        "/control/reset",
        Deed::Reset,
        "Begins again with the same set-up; the fingerprint is equal each time",
    ),
    row(
        Method::Post,
        "/control/begin",
        Deed::Begin,
        "Begins again from a built-in scenario, a scenario's text, or a set-up",
    ),
    row(Method::Post, "/control/command", Deed::Command, "Gives a command and answers with the step that came of it"),
    row(Method::Get, "/control/faults", Deed::Faults, "The armed faults with their live counts, and what they hold"),
    row(Method::Post, "/control/faults", Deed::Arm, "Arms a fault"),
    row(Method::Delete, "/control/faults/{fault}", Deed::Disarm, "Takes one fault away, by its number"),
    row(Method::Delete, "/control/faults", Deed::ClearFaults, "Takes every fault away"),
    row(Method::Post, "/control/release", Deed::Release, "Lets a held message go"),
    row(Method::Get, "/control/clock", Deed::Clock, "What the run's clock shows, and who moves it"),
    row(Method::Post, "/control/clock", Deed::MoveClock, "Lets time pass, or says who moves the clock"),
    row(
        Method::Post,
        "/control/wait",
        Deed::Wait,
        "Waits until something is so, by the run's own clock; 408 tells how it stands when the time is over",
    ),
    row(
        Method::Get,
        "/control/trace",
        Deed::Trace,
        "The steps of the run; with Accept: text/event-stream the steps as they are taken",
    ),
    row(Method::Get, "/control/run", Deed::RunFile, "The run as a run file, as long as all its steps are kept"),
    row(Method::Get, "/control/scenario", Deed::Scenario, "The run as a scenario, as long as all its steps are kept"),
];
