//! Reading edge cases: number, history, and the tables `[twin]` and `[should]`.

use toml::Spanned;
use toml::de::DeValue;

use crate::session::scenario::fault::ScenarioError;
use crate::session::scenario::parse_expected::expectations;
use crate::session::scenario::parse_setup::setup_over;
use crate::session::scenario::parse_step::STEP_WORDS;
use crate::session::scenario::plan::{Case, LeftOut, Should, Twin};
use crate::session::scenario::value::Entry;
use crate::world::setup::Setup;

/// How many edge cases history has left us.
const CASES_MAX: u32 = 120;

/// The parts of a file that make it an edge case.
#[derive(Default)]
pub(crate) struct CaseParts<'a> {
    pub(crate) number: Option<Entry<'a>>,
    pub(crate) historic: Option<Entry<'a>>,
    pub(crate) twin: Option<Entry<'a>>,
    pub(crate) should: Option<Entry<'a>>,
}

/// The set-up of the scenario itself: as it was read, and as it stands in the file.
pub(crate) struct Base<'a, 'e> {
    pub(crate) setup: &'e Setup,
    pub(crate) written: Option<&'e Entry<'a>>,
}

/// Reads what makes a scenario an edge case; nothing where it is none.
pub(crate) fn case_of(parts: &CaseParts<'_>, base: &Base<'_, '_>) -> Result<Option<Box<Case>>, ScenarioError> {
    let CaseParts { number, historic, twin, should } = parts;
    let Some(historic) = historic else {
        let stray = [number, twin, should].into_iter().flatten().next();
        let lonely = |entry: &Entry<'_>| {
            entry.source.fault(&entry.key_at, "a line historic = \"…\" beside it, which says what history did")
        };
        return stray.map_or(Ok(None), |entry| Err(lonely(entry)));
    };
    Ok(Some(Box::new(Case {
        number: number.as_ref().map(number_of).transpose()?,
        historic: historic.text("what history did, in quotes")?.to_owned(),
        twin: twin_of(twin.as_ref(), base)?,
        should: should.as_ref().map(|should| should_of(should, base)).transpose()?,
    })))
}

fn number_of(entry: &Entry<'_>) -> Result<u32, ScenarioError> {
    match entry.count()? {
        number @ 1..=CASES_MAX => Ok(number),
        _ => Err(entry.wrong(format!("a number from 1 to {CASES_MAX}"))),
    }
}

fn twin_of(entry: Option<&Entry<'_>>, base: &Base<'_, '_>) -> Result<Twin, ScenarioError> {
    let mut twin = Twin { setup: base.setup.clone(), without: None, end: Vec::new() };
    for part in
        entry.map(|entry| entry.table("what the twin of this case has otherwise")).transpose()?.into_iter().flatten()
    {
        match part.key {
            "setup" => twin.setup = over(base, &part)?,
            "without" => twin.without = Some(without(&part)?),
            "expect" => twin.end = expectations(&part)?,
            _ => return Err(part.unknown_key("a part of a twin", &["setup", "without", "expect"])),
        }
    }
    Ok(twin)
}

fn should_of(entry: &Entry<'_>, base: &Base<'_, '_>) -> Result<Should, ScenarioError> {
    let mut note = None;
    let (mut setup, mut left_out, mut end) = (base.setup.clone(), Vec::new(), Vec::new());
    for part in entry.table("what would have been right")? {
        match part.key {
            "note" => note = Some(part.text("what is right, in quotes")?.to_owned()),
            "setup" => setup = over(base, &part)?,
            "without" => left_out = without(&part)?,
            "expect" => end = expectations(&part)?,
            _ => return Err(part.unknown_key("a part of what is right", &["note", "setup", "without", "expect"])),
        }
    }
    let note =
        note.ok_or_else(|| entry.source.fault(&entry.key_at, "a line note = \"…\" in it, which says what is right"))?;
    if end.is_empty() {
        return Err(entry.source.fault(&entry.key_at, "a line expect = { … } in it with the right outcome"));
    }
    Ok(Should { note, setup, without: left_out, end })
}

fn over(base: &Base<'_, '_>, part: &Entry<'_>) -> Result<Setup, ScenarioError> {
    Ok(Setup { faults: base.setup.faults.clone(), ..setup_over(base.written, part)? })
}

/// Words that begin steps, and numbers of steps.
fn without(entry: &Entry<'_>) -> Result<Vec<LeftOut>, ScenarioError> {
    let form = "a list of steps that are left out, such as [\"fault\", 3]";
    let left_out = |value: &Spanned<DeValue<'_>>| match (value.get_ref().as_str(), value.get_ref().as_integer()) {
        (Some(word), _) if STEP_WORDS.contains(&word) => Ok(LeftOut::Word(word.to_owned())),
        (Some(word), _) => Err(entry.source.unknown(&value.span(), word, "a step", &STEP_WORDS)),
        (None, number) => {
            let number = number.and_then(|number| usize::from_str_radix(number.as_str(), number.radix()).ok());
            let number = number.filter(|number| *number > 0);
            number.map(LeftOut::Step).ok_or_else(|| entry.source.fault(&value.span(), form))
        }
    };
    entry.array(form)?.iter().map(left_out).collect()
}
