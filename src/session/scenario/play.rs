//! Playing scenarios: each line becomes commands, each expectation is held against the run.

use std::fmt;

use crate::protocol::id::TransactionId;
use crate::session::control;
use crate::session::control::Running;
use crate::session::run::Session;
use crate::session::scenario::facts::find;
use crate::session::scenario::plan::{Act, Expectation, PaymentRef, Scenario};
use crate::session::scenario::print::act_line;
use crate::session::scenario::trace::last_number;
use crate::world::command::Command;

/// How many steps a `run = "until …"` line may take.
pub const RUN_STEPS_MAX: usize = 10_000;

/// How many steps a whole scenario may take. One that needs more is told so instead of running on.
pub const STEPS_MAX: usize = 100_000;

/// A scenario that was played to its end, or to the line that could not be carried out.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The run, at its end.
    pub session: Session,
    /// What was not as expected, in the order of the file.
    pub failures: Vec<Failure>,
}

/// One thing that was not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The scenario's title.
    pub scenario: String,
    /// The line in its file; 0 where there is none.
    pub line: usize,
    /// How many steps of the run had been taken.
    pub step: usize,
    /// The number of the message that decided it, or of the last one.
    pub message: Option<u32>,
    /// What was looked at.
    pub what: String,
    /// What should have been found.
    pub expected: String,
    /// What was found.
    pub found: String,
}

impl Outcome {
    /// Whether all was as expected.
    #[must_use]
    pub fn is_green(&self) -> bool {
        self.failures.is_empty()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenario, line, step, message, what, expected, found } = self;
        write!(f, "{scenario}: line {line}, step {step}")?;
        if let Some(number) = message {
            write!(f, ", message {number}")?;
        }
        write!(f, ": {what}: expected {expected}, found {found}")
    }
}

/// Plays a scenario. Stops at a line that cannot be carried out; goes on after an expectation that does not hold.
#[must_use]
pub fn play(scenario: &Scenario) -> Outcome {
    let mut session = Session::new(scenario.setup.clone());
    session.rename(&*scenario.title);
    let mut failures = Vec::new();
    for step in &scenario.steps {
        if let Act::Expect(expectations) = &step.act {
            failures.extend(unmet(scenario, &session, expectations));
        } else if let Err(obstacle) = perform(&mut session, &step.act) {
            failures.push(Failure {
                scenario: scenario.title.clone(),
                line: step.line,
                step: session.here().step,
                message: last_number(&session),
                what: act_line(&step.act),
                expected: obstacle.expected,
                found: obstacle.found,
            });
            return Outcome { session, failures };
        }
    }
    failures.extend(unmet(scenario, &session, &scenario.end));
    Outcome { session, failures }
}

/// The expectations that do not hold at the present place.
fn unmet(scenario: &Scenario, session: &Session, expectations: &[Expectation]) -> Vec<Failure> {
    let mut failures = Vec::new();
    for Expectation { expected, line } in expectations {
        let found = find(session, expected);
        if !found.is_met {
            failures.push(Failure {
                scenario: scenario.title.clone(),
                line: *line,
                step: session.here().step,
                message: found.message,
                what: expected.word().to_owned(),
                expected: expected.value(),
                found: found.value,
            });
        }
    }
    failures
}

/// Why a line could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What the line needs.
    pub expected: String,
    /// What there is.
    pub found: String,
}

/// Does what one line says. An expectation does nothing here.
///
/// # Errors
/// [`Obstacle`] when the line names a payment that does not exist, or the run it waits for does not end.
pub fn perform(session: &mut impl Running, act: &Act) -> Result<(), Obstacle> {
    if session.taken() > STEPS_MAX {
        let expected = format!("a scenario of at most {STEPS_MAX} steps");
        return Err(Obstacle { expected, found: "one that takes more".into() });
    }
    match act {
        Act::Do(command) => {
            session.ask(command.clone());
        }
        Act::Pay { deed, payment } => {
            let transaction = resolve(session, payment)?;
            session.ask(deed.with(transaction));
        }
        Act::Step(count) => {
            for _ in 0..*count {
                session.ask(Command::Step);
            }
        }
        Act::RunUntilIdle => rested(control::run_until_idle(session, RUN_STEPS_MAX), "rests")?,
        Act::RunUntilAsked => rested(control::run_until_asked(session, RUN_STEPS_MAX), "asks the buyer")?,
        Act::Advance(span) => control::advance(session, *span),
        Act::Expect(_) => {}
    }
    Ok(())
}

fn rested(has_ended: bool, rests: &str) -> Result<(), Obstacle> {
    let obstacle = || Obstacle {
        expected: format!("a run that {rests} within {RUN_STEPS_MAX} steps"),
        found: "one that does not".into(),
    };
    has_ended.then_some(()).ok_or_else(obstacle)
}

/// The payment that a scenario means, as things stand.
fn resolve(session: &impl Running, payment: &PaymentRef) -> Result<TransactionId, Obstacle> {
    let payments = session.world().marketplace().transactions();
    let found = match payment {
        PaymentRef::Id(id) => return Ok(TransactionId::from(id.as_str())),
        PaymentRef::Number(number) => payments.get(number - 1),
        PaymentRef::Latest(product) => payments.iter().rev().find(|payment| payment.product == *product),
    };
    found.map(|payment| payment.id.clone()).ok_or_else(|| Obstacle {
        expected: format!("a payment called {payment}"),
        found: match payments {
            [] => "no payment yet".into(),
            several => format!("{} of other names", several.len()),
        },
    })
}
