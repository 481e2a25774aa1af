//! Printing scenarios: TOML that reads back to the same plan.

use std::fmt::Write as _;

use crate::session::scenario::expected::{quoted, toml_value};
use crate::session::scenario::plan::{Act, Expectation, LeftOut, Scenario, Should, Twin};
use crate::world::command::Command;
use crate::world::input::Heard;
use crate::world::setup::Setup;

/// The scenario as a file. Dials that stand on their default are left out.
#[must_use]
pub fn print(scenario: &Scenario) -> String {
    let Scenario { title, why, setup, steps, end, case } = scenario;
    let mut text = format!("title = {}\nwhy = {}\n", quoted(title), quoted(why));
    if let Some(case) = case {
        if let Some(number) = case.number {
            let _ = writeln!(text, "case = {number}");
        }
        let _ = writeln!(text, "historic = {}", quoted(&case.historic));
    }
    let dials = dials(setup);
    if !dials.is_empty() {
        let _ = write!(text, "\n[setup]\n{dials}");
    }
    for fault in &setup.faults {
        let words = serde_json::to_value(fault).unwrap_or_default();
        let words = words.as_object().into_iter().flatten();
        text += &words
            .fold("\n[[faults]]\n".to_owned(), |text, (word, value)| text + word + " = " + &toml_value(value) + "\n");
    }
    for step in steps {
        let _ = write!(text, "\n[[steps]]\n{}\n", act_line(&step.act));
    }
    if !end.is_empty() {
        text += "\n[expect]\n";
        for line in end.iter().map(expectation_line) {
            text += &line;
            text.push('\n');
        }
    }
    if let Some(case) = case {
        text += &twin(&case.twin, setup);
        text += &case.should.as_ref().map_or(String::new(), |right| should(right, setup));
    }
    text
}

/// The table of a twin; nothing where it differs by nothing but what every twin does without.
fn twin(twin: &Twin, base: &Setup) -> String {
    let Twin { setup, without, end } = twin;
    let parts = [otherwise(setup, base), without.as_deref().map(left_out), expected(end)];
    let lines: String = parts.into_iter().flatten().collect();
    if lines.is_empty() { lines } else { format!("\n[twin]\n{lines}") }
}

fn should(should: &Should, base: &Setup) -> String {
    let Should { note, setup, without, end } = should;
    let without = Some(without).filter(|without| !without.is_empty());
    let parts = [otherwise(setup, base), without.map(|without| left_out(without)), expected(end)];
    let lines: String = parts.into_iter().flatten().collect();
    format!("\n[should]\nnote = {}\n{lines}", quoted(note))
}

/// The dials that are not as in `base`, as one line.
fn otherwise(setup: &Setup, base: &Setup) -> Option<String> {
    let as_value = |setup: &Setup| serde_json::to_value(setup).unwrap_or_default();
    let (chosen, standing) = (as_value(setup), as_value(base));
    let fields = chosen.as_object().into_iter().flatten().filter(|(name, _)| *name != "faults");
    let differing = fields.filter(|(name, value)| standing.get(name) != Some(value) && !value.is_null());
    let dials: Vec<String> = differing.map(|(name, value)| format!("{name} = {}", toml_value(value))).collect();
    (!dials.is_empty()).then(|| format!("setup = {{ {} }}\n", dials.join(", ")))
}

fn left_out(without: &[LeftOut]) -> String {
    let each = |left_out: &LeftOut| match left_out {
        LeftOut::Word(word) => quoted(word),
        LeftOut::Step(number) => number.to_string(),
    };
    format!("without = [{}]\n", without.iter().map(each).collect::<Vec<_>>().join(", "))
}

fn expected(end: &[Expectation]) -> Option<String> {
    let lines: Vec<String> = end.iter().map(expectation_line).collect();
    (!lines.is_empty()).then(|| format!("expect = {{ {} }}\n", lines.join(", ")))
}

/// The dials that differ from the default, one on each line.
fn dials(setup: &Setup) -> String {
    let as_value = |setup: &Setup| serde_json::to_value(setup).unwrap_or_default();
    let (chosen, standard) = (as_value(setup), as_value(&Setup::default()));
    // Faults have their own tables below.
    let fields = chosen.as_object().into_iter().flatten().filter(|(name, _)| *name != "faults");
    let differing = fields.filter(|(name, value)| standard.get(name) != Some(value) && !value.is_null());
    differing.fold(String::new(), |text, (name, value)| text + name + " = " + &toml_value(value) + "\n")
}

/// The line of one step.
pub(crate) fn act_line(act: &Act) -> String {
    match act {
        Act::Do(command) => command_line(command),
        Act::Pay { deed, payment } => format!("{} = {}", deed.word(), quoted(&payment.to_string())),
        Act::Step(count) => format!("step = {count}"),
        Act::RunUntilIdle => "run = \"until idle\"".into(),
        Act::RunUntilAsked => "run = \"until asked\"".into(),
        Act::Advance(span) => format!("advance = {}", quoted(&span.compact())),
        Act::Expect(expectations) => {
            let lines: Vec<String> = expectations.iter().map(expectation_line).collect();
            format!("expect = {{ {} }}", lines.join(", "))
        }
    }
}

/// The line of one command. A payment's id is written out here; [`crate::session::scenario::record`] finds better names.
fn command_line(command: &Command) -> String {
    match command {
        Command::Start => "start = true".into(),
        Command::Step => "step = 1".into(),
        Command::Wait { span } => format!("wait = {}", quoted(&span.compact())),
        Command::Buy { product } => format!("buy = {}", quoted(product.as_str())),
        Command::Confirm { pin } => format!("confirm = {}", quoted(pin)),
        Command::Cancel => "cancel = true".into(),
        Command::CloseWindow => "close = true".into(),
        Command::ChangeBuyer { character } => format!("buyer = {}", quoted(&character.to_string())),
        Command::Refund { transaction } => format!("refund = {}", quoted(&format!("id:{transaction}"))),
        Command::ChargeBack { transaction } => format!("charge-back = {}", quoted(&format!("id:{transaction}"))),
        Command::OpenHistory => "history = true".into(),
        Command::GetReceipt { transaction } => format!("get-receipt = {}", quoted(&format!("id:{transaction}"))),
        Command::VerifyAgain { product } => format!("verify = {}", quoted(product.as_str())),
        Command::Reissue { product } => format!("reissue = {}", quoted(product.as_str())),
        Command::Reopen => "reopen = true".into(),
        Command::RotateKey => "rotate-key = true".into(),
        Command::FetchKeys => "fetch-keys = true".into(),
        Command::Plant { product, receipt } => {
            let receipt = serde_json::to_value(receipt).unwrap_or_default();
            format!("plant = {{ product = {}, receipt = {} }}", quoted(product.as_str()), toml_value(&receipt))
        }
        Command::Skew { party, ahead } => {
            let party = serde_json::to_value(party).unwrap_or_default();
            format!("skew = {{ party = {}, ahead = {} }}", toml_value(&party), quoted(&ahead.compact()))
        }
        Command::Arm { fault } => {
            format!("fault = {}", toml_value(&serde_json::to_value(fault).unwrap_or_default()))
        }
        Command::Disarm { fault } => format!("disarm = {}", fault.0),
        Command::ClearFaults => "clear-faults = true".into(),
        Command::Release { message } => format!("release = {}", message.0),
        Command::Receive { at, input } => {
            let heard = serde_json::to_value(Heard { at: *at, input: input.clone() }).unwrap_or_default();
            format!("receive = {}", toml_value(&heard))
        }
    }
}

fn expectation_line(expectation: &Expectation) -> String {
    format!("{} = {}", expectation.expected.word(), expectation.expected.value())
}
