//! Variants of an edge case: its twin, in which nothing goes wrong, and the run as it should have been.

use crate::session::scenario::plan::{Act, Case, LeftOut, PlannedStep, Scenario, Should, Twin};
use crate::session::scenario::print::act_line;

/// The steps that spoil something: what a twin does without where its file does not say otherwise.
const SPOILING: [&str; 3] = ["fault", "plant", "skew"];

/// The same run without what goes wrong. `None` for a scenario that is no edge case.
#[must_use]
pub fn twin(scenario: &Scenario) -> Option<Scenario> {
    let Case { twin: Twin { setup, without, end }, .. } = &**scenario.case.as_ref()?;
    let standard = || SPOILING.map(|word| LeftOut::Word(word.to_owned())).to_vec();
    let left_out = without.clone().unwrap_or_else(standard);
    let mut twin = without_steps(scenario, &left_out);
    twin.title = format!("{}, with nothing wrong", scenario.title);
    setup.clone_into(&mut twin.setup);
    drop_faults(&mut twin, &left_out);
    end.clone_into(&mut twin.end);
    Some(twin)
}

/// The run as it should have been. `None` where history was right, and for a scenario that is no edge case.
#[must_use]
pub fn should(scenario: &Scenario) -> Option<Scenario> {
    let Should { note, setup, without, end } = scenario.case.as_ref()?.should.as_ref()?;
    let mut should = without_steps(scenario, without);
    should.title = format!("{}, as it should be", scenario.title);
    note.clone_into(&mut should.why);
    setup.clone_into(&mut should.setup);
    drop_faults(&mut should, without);
    end.clone_into(&mut should.end);
    Some(should)
}

/// What is looked at on the way belongs to the case alone and is left out in any case.
fn without_steps(scenario: &Scenario, left_out: &[LeftOut]) -> Scenario {
    let is_kept = |(index, step): &(usize, &PlannedStep)| {
        let line = act_line(&step.act);
        let word = line.split(' ').next().unwrap_or_default();
        let is_meant = |left_out: &LeftOut| match left_out {
            LeftOut::Word(wanted) => wanted == word,
            LeftOut::Step(number) => *number == index + 1,
        };
        !matches!(step.act, Act::Expect(_)) && !left_out.iter().any(is_meant)
    };
    let steps = scenario.steps.iter().enumerate().filter(is_kept).map(|(_, step)| step.clone()).collect();
    Scenario { steps, case: None, ..scenario.clone() }
}

fn drop_faults(scenario: &mut Scenario, left_out: &[LeftOut]) {
    if left_out.contains(&LeftOut::Word("fault".to_owned())) {
        scenario.setup.faults.clear();
    }
}
