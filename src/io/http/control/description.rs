//! What each deed takes and gives, in the words of the description.

use crate::io::http::control::deed::{Deed, Method};
use crate::io::http::shape::{Content, Given, Member, Shape, always, given, json, maybe, text};
use crate::io::http::shapes::{BEGINNING, CONTROL_REFUSAL, FAULT};

const STATE: &[Content] = &[json(Shape::Known("State"))];
const CLOCK: &[Content] = &[json(Shape::Known("Clock"))];
const FAULTS: &[Content] = &[json(Shape::Known("Faults"))];
const STEP: Given = given(200, "The step that came of it", &[json(Shape::Known("Step"))]);
const BAD: Given = given(400, "The body is not what this takes", CONTROL_REFUSAL);
const IGNORED: Given = given(409, "Not as the run stands", CONTROL_REFUSAL);
const UNKNOWN: Given = given(404, "There is nothing of this name", CONTROL_REFUSAL);
const GONE: Given = given(404, "Its older steps have left memory, and nobody keeps them", CONTROL_REFUSAL);

const WAITED: Shape = Shape::Object(&[always("met", Shape::Flag), always("state", Shape::Known("State"))]);

const CONDITION: &[Member] = &[
    maybe("idle", Shape::Flag).told("Nothing will happen by itself any more"),
    maybe("access", Shape::Text).told("The app has opened this product"),
    maybe("state", Shape::Text).told("A payment stands like this"),
    maybe("transaction", Shape::Text).told("Which payment; without it the latest"),
    maybe("message", Shape::Text).told("A message of this kind has arrived"),
    maybe("count", Shape::Whole).told("So many of them; 1 where it is left out"),
    maybe("fault", Shape::Whole).told("This fault has happened"),
    maybe("used", Shape::Whole).told("So many times; 1 where it is left out"),
    maybe("timeout", Shape::Text).told("A span by the run's own clock; 10s where it is left out"),
];

const PAGE: &[Content] = &[
    json(Shape::Object(&[
        always("from", Shape::Whole),
        always("steps", Shape::List(&Shape::Known("Step"))),
        always("next", Shape::WholeOrNull).told("Where the next page begins; null where this is the last"),
        always("kept_from", Shape::Whole).told("From which step on the run is in memory"),
    ])),
    text("text/event-stream"),
];

const SESSION: &[Member] = &[
    always("name", Shape::Text),
    always("base", Shape::Text).told("What stands before all its paths"),
    always("state", Shape::Known("State")),
];

/// What [`Sessions`](crate::io::http::sessions::Sessions) reads: a beginning, and where it stands.
const WANTED: &[Member] = &[
    maybe("name", Shape::Text).told("Up to 40 lower-case letters, digits and hyphens; without it one is chosen"),
    maybe("clock", Shape::Word(&["real", "virtual"])),
    BEGINNING[0],
    BEGINNING[1],
    BEGINNING[2],
    BEGINNING[3],
];

/// The description itself, which needs no token.
pub const OWN: (&str, &str, Described) = (
    "/control/openapi.json",
    "This description; it holds no secret and needs no token",
    told(&[], &[given(200, "OpenAPI 3.1", &[json(Shape::Open("The description"))])]),
);

/// The endpoints that the root alone has.
pub const SESSIONS: [(Method, &str, &str, Described); 3] = [
    (
        Method::Get,
        "/control/sessions",
        "The sessions beside the root",
        told(
            &[],
            &[given(
                200,
                "The list",
                &[json(Shape::Object(&[always(
                    "sessions",
                    Shape::List(&Shape::Object(&[always("name", Shape::Text), always("base", Shape::Text)])),
                )]))],
            )],
        ),
    ),
    (
        Method::Post,
        "/control/sessions",
        "Makes a session with a base path of its own",
        told(
            WANTED,
            &[
                given(201, "The session", &[json(Shape::Object(SESSION))]),
                BAD,
                given(404, "No scenario has this name", CONTROL_REFUSAL),
                given(409, "There is a session of this name already", CONTROL_REFUSAL),
                given(429, "There are 64 sessions already", CONTROL_REFUSAL),
            ],
        ),
    ),
    (
        Method::Delete,
        "/control/sessions/{name}",
        "Ends a session",
        told(
            &[],
            &[
                given(
                    200,
                    "It is over",
                    &[json(Shape::Object(&[always("ended", Shape::Text), always("base", Shape::Text)]))],
                ),
                UNKNOWN,
            ],
        ),
    ),
];

/// What is said of one endpoint beside its method, path and purpose.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// The members of its JSON body, or of its query where it is read.
    pub takes: &'static [Member],
    /// What it answers.
    pub gives: &'static [Given],
}

const fn told(takes: &'static [Member], gives: &'static [Given]) -> Described {
    Described { takes, gives }
}

/// What is said of each deed.
const DEEDS: [(Deed, Described); 15] = [
    (Deed::State, told(&[], &[given(200, "How the run stands", STATE)])),
    (Deed::Reset, told(&[], &[given(200, "How the new run stands", STATE)])),
    (
        Deed::Begin,
        told(
            BEGINNING,
            &[
                given(200, "How the new run stands", STATE),
                BAD,
                given(404, "No scenario has this name", CONTROL_REFUSAL),
            ],
        ),
    ),
    (
        Deed::Command,
        told(
            &[always("do", Shape::Text).told("The command, such as refund; its own members stand beside it")],
            &[STEP, BAD, IGNORED],
        ),
    ),
    (Deed::Faults, told(&[], &[given(200, "The faults", FAULTS)])),
    (Deed::Arm, told(FAULT, &[given(201, "The fault, with its number", &[json(Shape::Known("ArmedFault"))]), BAD])),
    (Deed::Disarm, told(&[], &[STEP, UNKNOWN])),
    (Deed::ClearFaults, told(&[], &[given(200, "The faults: none", FAULTS)])),
    (Deed::Release, told(&[always("message", Shape::Whole).told("Its id")], &[STEP, BAD, IGNORED])),
    (Deed::Clock, told(&[], &[given(200, "The clock", CLOCK)])),
    (
        Deed::MoveClock,
        told(
            &[
                maybe("advance", Shape::Text).told("A span such as 12s or 182d"),
                maybe("follow", Shape::Word(&["real", "virtual"])).told("Who moves the clock from now on"),
            ],
            &[given(200, "The clock", CLOCK), BAD],
        ),
    ),
    (
        Deed::Wait,
        told(
            CONDITION,
            &[
                given(200, "It is so", &[json(WAITED)]),
                BAD,
                given(408, "It is not, and the time is over", &[json(WAITED)]),
            ],
        ),
    ),
    (
        Deed::Trace,
        told(
            &[
                maybe("from", Shape::Whole).told("The first step; 0 where it is left out"),
                maybe("limit", Shape::Whole).told("How many steps; 200 where it is left out, 1,000 at the most"),
            ],
            &[given(200, "Steps; as events while they are taken, where Accept asks for those", PAGE), BAD, GONE],
        ),
    ),
    (Deed::RunFile, told(&[], &[given(200, "The run file", &[json(Shape::Open("A run file"))]), GONE])),
    (Deed::Scenario, told(&[], &[given(200, "The scenario", &[text("application/toml")]), GONE])),
];

/// What is said of a deed.
#[must_use]
pub fn of(deed: Deed) -> Described {
    let said = DEEDS.iter().find(|(known, _)| *known == deed).map(|(_, said)| *said);
    said.unwrap_or(const { told(&[], &[]) })
}
