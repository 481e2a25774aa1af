//! Opening: a word of the command line that names a built-in scenario or a file.

use std::ffi::OsStr;
use std::fmt::Display;
use std::path::Path;

use anyhow::Context as _;

use crate::cli::arguments::dials::DialArguments;
use crate::io::files::{self, Place, Standing};
use crate::io::runs::{self, Kept, RUN_ENDING, SCENARIO_ENDING};
use crate::session::builtin::{Builtin, SUITE};
use crate::session::run::Session;
use crate::session::run_code::RunCode;
use crate::session::scenario::plan::Scenario;
use crate::session::scenario::play;
use crate::session::scenario::record::record;

/// How many names a complaint lists.
const NAMED_MAX: usize = 8;

/// Something that can be played or replayed.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// A scenario that comes with the program.
    Builtin(&'static Builtin),
    /// A built-in scenario as a run code names it.
    Code(RunCode),
    /// A file, or standard input.
    File(Place),
}

impl Piece {
    /// What messages call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Builtin(builtin) => builtin.name.to_owned(),
            Self::Code(code) => code.to_string(),
            Self::File(place) => place.to_string(),
        }
    }

    /// The name of the built-in scenario that it is.
    pub(crate) fn builtin(&self) -> Option<&str> {
        match self {
            Self::Builtin(builtin) => Some(builtin.name),
            Self::Code(code) => Some(&code.name),
            Self::File(_) => None,
        }
    }

    /// Reads it.
    pub(crate) fn open(&self) -> anyhow::Result<Kept> {
        match self {
            Self::Builtin(builtin) => Ok(Kept::Scenario(Box::new(builtin.scenario()?))),
            Self::Code(code) => Ok(Kept::Scenario(Box::new(code.scenario()?))),
            Self::File(place) => Ok(runs::open(place)?),
        }
    }

    /// The same under other dials, which only a scenario can have: what was recorded stays as it was.
    pub(crate) fn open_under(&self, dials: &DialArguments) -> anyhow::Result<Kept> {
        match self.open()? {
            Kept::Scenario(mut scenario) => {
                dials.apply(&mut scenario.setup);
                Ok(Kept::Scenario(scenario))
            }
            Kept::Run(_) if !dials.is_empty() => Err(keeps_its_dials(&self.name())),
            Kept::Run(session) => Ok(Kept::Run(session)),
        }
    }

    /// Refuses a run that is not the one for which a run code was given. Under other dials it is another one anyway.
    fn check(&self, session: &Session, dials: &DialArguments) -> anyhow::Result<()> {
        if let Self::Code(code) = self
            && dials.is_empty()
            && let Some(mismatch) = code.mismatch(session)
        {
            anyhow::bail!("{code}: {mismatch}");
        }
        Ok(())
    }
}

/// What a word stands for: a file of that name first, then a run code, then a built-in scenario. A folder stands for all that is in it.
pub(crate) fn pieces(word: &OsStr) -> anyhow::Result<Vec<Piece>> {
    let place = Place::named(word);
    let standing = if place == Place::Standard { Standing::File } else { files::standing(Path::new(word)) };
    match standing {
        Standing::File => Ok(vec![Piece::File(place)]),
        Standing::Folder => {
            let found = files::files_below(Path::new(word), &[SCENARIO_ENDING, RUN_ENDING])?;
            if found.is_empty() {
                anyhow::bail!("{place}: no scenario (*{SCENARIO_ENDING}) and no run (*{RUN_ENDING}) is in this folder");
            }
            Ok(found.into_iter().map(|path| Piece::File(Place::File(path))).collect())
        }
        Standing::Nothing if let Some(code) = code(word) => Ok(vec![Piece::Code(code)]),
        Standing::Nothing => match word.to_str().and_then(Builtin::find) {
            None if !of_case(word).is_empty() => Ok(of_case(word)),
            Some(builtin) => Ok(vec![Piece::Builtin(builtin)]),
            None if looks_like_a_name(word) => Err(unknown(word)),
            None => Ok(vec![Piece::File(place)]),
        },
    }
}

/// The run code that a word is.
fn code(word: &OsStr) -> Option<RunCode> {
    RunCode::parse(word.to_str()?).ok()
}

/// The scenarios of an edge case, by its number.
fn of_case(word: &OsStr) -> Vec<Piece> {
    let number = word.to_str().and_then(|word| word.parse().ok());
    number.into_iter().flat_map(Builtin::of_case).map(Piece::Builtin).collect()
}

/// The one thing that a word stands for, where one is meant.
fn one(word: &OsStr) -> anyhow::Result<Piece> {
    let mut pieces = pieces(word)?;
    match (pieces.len(), pieces.pop()) {
        (1, Some(piece)) => Ok(piece),
        (_, last) => {
            pieces.extend(last);
            let names: Vec<_> = pieces.iter().take(NAMED_MAX).map(Piece::name).collect();
            let others = pieces.len().saturating_sub(NAMED_MAX);
            let others = if others > 0 { format!(" and {others} more") } else { String::new() };
            anyhow::bail!("{} is several runs, and one is wanted: {}{others}", Place::named(word), names.join(", "))
        }
    }
}

/// The one run that a word stands for: a scenario played to its end, or a recorded run at its own place.
/// The dials are for a scenario: what was recorded is refused under any.
pub(crate) fn session(word: &OsStr, dials: &DialArguments) -> anyhow::Result<Opened> {
    let opened = played(word, dials)?;
    if opened.is_recorded && !dials.is_empty() {
        return Err(keeps_its_dials(&Place::named(word)));
    }
    Ok(opened)
}

/// The same, where what was recorded stays as it was.
pub(crate) fn played(word: &OsStr, dials: &DialArguments) -> anyhow::Result<Opened> {
    let piece = one(word)?;
    Ok(match piece.open()? {
        Kept::Scenario(mut scenario) => {
            dials.apply(&mut scenario.setup);
            let session = play::play(&scenario).session;
            piece.check(&session, dials)?;
            Opened { session, is_recorded: false }
        }
        Kept::Run(session) => Opened { session: *session, is_recorded: true },
    })
}

/// The one plan that a word stands for; a recorded run is taken as the plan that does the same again.
pub(crate) fn plan(word: &OsStr, dials: &DialArguments) -> anyhow::Result<Scenario> {
    let piece = one(word)?;
    Ok(match piece.open_under(dials)? {
        Kept::Scenario(scenario) => {
            if let Piece::Code(_) = piece {
                piece.check(&play::play(&scenario).session, dials)?;
            }
            *scenario
        }
        Kept::Run(session) => record(&session),
    })
}

/// Why a recorded run is not played under other dials.
fn keeps_its_dials(name: &dyn Display) -> anyhow::Error {
    anyhow::anyhow!("{name}: a recorded run keeps its dials; --dial is for scenarios")
}

/// A run, and where it came from.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The run.
    pub(crate) session: Session,
    /// Whether a run file held it, with its own place; a scenario was played to its end.
    pub(crate) is_recorded: bool,
}

/// The plain purchase, played to its end: what plays where nothing else was asked for.
pub(crate) fn plain(dials: &DialArguments) -> anyhow::Result<Session> {
    let first = SUITE.first().context("no scenario is built in")?;
    let mut scenario = first.scenario()?;
    dials.apply(&mut scenario.setup);
    Ok(play::play(&scenario).session)
}

fn looks_like_a_name(word: &OsStr) -> bool {
    word.to_str().is_some_and(|word| !word.contains(['.', '/', '\\']))
}

fn unknown(word: &OsStr) -> anyhow::Error {
    let word = word.to_string_lossy();
    let alike = SUITE.iter().map(|builtin| builtin.name).find(|name| name.contains(&*word) || word.contains(name));
    let hint = alike.map_or(String::new(), |name| format!(", such as {name}"));
    anyhow::anyhow!("{word}: neither a file nor a built-in scenario; `paystage run --list` names them{hint}")
}

#[cfg(test)]
mod tests {
    use super::{DialArguments, Piece, pieces, plain, plan, session};

    #[test]
    fn a_name_is_a_built_in_scenario() {
        assert!(matches!(pieces("plain-hosted".as_ref()).unwrap().as_slice(), [Piece::Builtin(_)]));
    }

    #[test]
    fn a_wrong_name_is_told_from_a_missing_file() {
        let error = pieces("plain".as_ref()).unwrap_err().to_string();
        assert!(error.contains("neither a file nor a built-in scenario") && error.contains("plain-hosted"), "{error}");
        let piece = pieces("plain.toml".as_ref()).unwrap().remove(0);
        assert_eq!(piece.open().unwrap_err().to_string(), "plain.toml: there is no such file; check the spelling");
    }

    #[test]
    fn a_run_code_is_told_from_a_name() {
        let word = "R1-7-plain-hosted-0000";
        assert!(matches!(pieces(word.as_ref()).unwrap().as_slice(), [Piece::Code(code)] if code.seed == 7));
        let none = DialArguments::default();
        for error in [session(word.as_ref(), &none).unwrap_err(), plan(word.as_ref(), &none).unwrap_err()] {
            let error = error.to_string();
            assert!(error.contains("the run code says 0000 and this run is"), "{error}");
        }
        let missing = pieces("R9-7-no-such-0000".as_ref()).unwrap().remove(0).open().unwrap_err().to_string();
        assert!(missing.contains("no-such") && missing.contains("engine 9"), "{missing}");
    }

    #[test]
    fn where_one_run_is_meant_several_are_named() {
        let none = DialArguments::default();
        let alike = [session("1".as_ref(), &none).unwrap_err(), plan("1".as_ref(), &none).unwrap_err()];
        for error in alike.map(|error| error.to_string()) {
            assert!(error.starts_with("1 is several runs, and one is wanted: 001-"), "{error}");
            assert!(error.contains(", 001-"), "{error}");
        }
        assert!(plan("plain-hosted".as_ref(), &none).is_ok());
    }

    #[test]
    fn the_plain_purchase_ends_with_access() {
        assert!(plain(&DialArguments::default()).unwrap().world().app_page().shelves().any(|shelf| shelf.is_open));
    }
}
