//! Files: what opens and saves runs. A path field that always works, the desktop's chooser where there is one, and the built-in scenarios.

use egui::{CollapsingHeader, ScrollArea, Ui};

use crate::io::dialogs::Wish;
use crate::io::files::{self, FileError, Place};
use crate::io::runs::{self, Kept, RunError};
use crate::io::store::row::{RunHead, RunId};
use crate::session::builtin::{Builtin, GROUPS};
use crate::session::run::Session;
use crate::session::run_code::RunCode;
use crate::session::run_file::save;
use crate::session::scenario::{play, print, record};
use crate::ui::path_field::{self, PathField};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{field, menu, surface, text};

const WIDTH: f32 = 560.0;
/// The name that is offered where no file was opened or saved before.
const NAME: &str = "run.paystage.json";

/// How many of the window's own runs are offered.
const KEPT_SHOWN: usize = 5;

/// The dialog that opens or saves.
#[derive(Debug)]
pub struct Files {
    purpose: Purpose,
    path: PathField,
    trouble: Option<Trouble>,
    kept: Vec<RunHead>,
    /// The run code of the run that is to be saved, where it has one.
    code: Option<String>,
    /// What people are told of the scenario that is to be saved, where it is to be one.
    told: Option<Told>,
}

/// What people are told of a scenario.
#[derive(Debug)]
struct Told {
    title: String,
    why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Open,
    Save,
}

/// What came of one pass.
#[derive(Debug)]
pub enum Outcome {
    /// The dialog stays.
    Stays,
    /// Somebody closed it.
    Closed,
    /// This run shall be shown; it came from this path, or is built in.
    Opened(Box<Session>, Option<String>),
    /// This run of the window's own store shall be shown.
    Kept(RunId),
    /// The run was saved there.
    Saved(String),
}

/// Why a file could not be opened, in words for the dialog.
#[derive(Debug)]
pub struct Trouble {
    words: String,
    readable: Option<Box<Session>>,
}

impl Purpose {
    fn verb(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Save => "Save",
        }
    }
}

impl Files {
    /// A dialog that opens. `path` is the file at hand, `kept` are the runs that the window keeps, the latest first.
    #[must_use]
    pub fn to_open(path: Option<&str>, kept: Vec<RunHead>) -> Self {
        Self { kept, ..Self::new(Purpose::Open, path.unwrap_or_default()) }
    }

    /// A dialog that saves this run. `path` is the file at hand.
    #[must_use]
    pub fn to_save(path: Option<&str>, session: &Session) -> Self {
        let code = RunCode::of(session).map(|code| code.to_string());
        Self { code, ..Self::new(Purpose::Save, path.unwrap_or(NAME)) }
    }

    /// A dialog that saves what was done in this run as a scenario, with a title and a reason.
    #[must_use]
    pub fn to_record(session: &Session) -> Self {
        let told = Told { title: session.title().to_owned(), why: session.notes().to_owned() };
        let path = format!("{}.toml", slug(&told.title));
        Self { told: Some(told), ..Self::new(Purpose::Save, &path) }
    }

    fn new(purpose: Purpose, path: &str) -> Self {
        Self { purpose, path: PathField::new(path.to_owned()), trouble: None, kept: Vec::new(), code: None, told: None }
    }

    /// The built-in scenario of this name, played and at its start.
    ///
    /// # Errors
    /// Words for the window, if there is no such scenario.
    pub fn builtin(name: &str) -> Result<Session, String> {
        let builtin = Builtin::find(name).ok_or_else(|| format!("There is no built-in scenario called {name}"))?;
        let scenario = builtin.scenario().map_err(|fault| fault.to_string())?;
        Ok(from_start(play::play(&scenario).session))
    }

    /// Shows the dialog over the window.
    pub fn show(&mut self, ui: &Ui, session: &Session) -> Outcome {
        let chosen = self.path.poll().unwrap_or_else(|words| {
            self.trouble = Some(Trouble::from(words));
            false
        });
        let (deed, is_left) = surface::dialog(ui, "files", WIDTH, |ui| self.contents_ui(ui));
        let deed = if chosen { Deed::Go } else { deed };
        match deed {
            Deed::Nothing if is_left => Outcome::Closed,
            Deed::Nothing => Outcome::Stays,
            Deed::Close => Outcome::Closed,
            Deed::Go => self.go(session),
            Deed::Kept(run) => Outcome::Kept(run),
            Deed::Builtin(name) => match Self::builtin(name) {
                Ok(session) => Outcome::Opened(Box::new(session), None),
                Err(words) => self.fail(Trouble::from(words)),
            },
            Deed::OpenReadable => match self.trouble.take().and_then(|trouble| trouble.readable) {
                Some(session) => Outcome::Opened(session, None),
                None => Outcome::Stays,
            },
        }
    }

    fn go(&mut self, session: &Session) -> Outcome {
        let path = match self.path.named() {
            Ok(path) => path,
            Err(words) => return self.fail(Trouble::from(words)),
        };
        match self.purpose {
            Purpose::Open if let Ok(code) = RunCode::parse(&path) => match opened(&code) {
                Ok(session) => Outcome::Opened(session, None),
                Err(trouble) => self.fail(trouble),
            },
            Purpose::Open => match open(&path) {
                Ok(session) => Outcome::Opened(Box::new(session), Some(path)),
                Err(error) => self.fail(Trouble::from(error)),
            },
            Purpose::Save => {
                match files::save(&Place::File(path.clone().into()), self.text_of(session, &path).as_bytes()) {
                    Ok(()) => Outcome::Saved(path),
                    Err(error) => self.fail(Trouble::from(error)),
                }
            }
        }
    }

    fn text_of(&self, session: &Session, path: &str) -> String {
        let is_toml = std::path::Path::new(path).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
        if !is_toml && self.told.is_none() {
            return save::save(session);
        }
        let mut scenario = record::record(session);
        if let Some(Told { title, why }) = &self.told {
            let kept = |typed: &str, otherwise: &str| {
                if typed.trim().is_empty() { otherwise } else { typed.trim() }.to_owned()
            };
            (scenario.title, scenario.why) = (kept(title, &scenario.title), kept(why, &scenario.why));
        }
        print::print(&scenario)
    }

    fn fail(&mut self, trouble: Trouble) -> Outcome {
        self.trouble = Some(trouble);
        Outcome::Stays
    }
}

/// What somebody did in the dialog.
enum Deed {
    Nothing,
    Close,
    Go,
    Builtin(&'static str),
    Kept(RunId),
    OpenReadable,
}

/// Drawing.
impl Files {
    fn contents_ui(&mut self, ui: &mut Ui) -> Deed {
        let verb = self.purpose.verb();
        let mut deed = if path_field::head_ui(ui, verb) { Deed::Close } else { Deed::Nothing };
        if let Some(told) = &mut self.told {
            told_ui(ui, told);
        }
        text::note(
            ui,
            match self.purpose {
                Purpose::Save if self.told.is_some() => "The same deeds, run again, give the same fingerprint",
                Purpose::Open => "A run (.paystage.json), a scenario (.toml), or a run code (R1-42-…)",
                Purpose::Save => "As a run (.paystage.json), or as a scenario where the name ends in .toml",
            },
        );
        let wish = if self.purpose == Purpose::Open { |_| Wish::Open } else { Wish::Save };
        if self.path.ui(ui, verb, &format!("{verb} this path"), wish) {
            deed = Deed::Go;
        }
        if let Some(code) = &self.code {
            code_ui(ui, code);
        }
        if let Some(trouble) = &self.trouble {
            path_field::trouble_ui(ui, &trouble.words);
            if trouble.readable.is_some() && Button::quiet("Open the readable part").show(ui).clicked() {
                deed = Deed::OpenReadable;
            }
        }
        if let Some(run) = kept_ui(ui, &self.kept) {
            deed = Deed::Kept(run);
        }
        if self.purpose == Purpose::Open
            && let Some(name) = suite_ui(ui, u8::try_from(self.kept.len().min(KEPT_SHOWN)).unwrap_or(u8::MAX))
        {
            deed = Deed::Builtin(name);
        }
        deed
    }
}

/// The run code of what is to be saved: shorter than a file, for whoever has this program.
fn code_ui(ui: &mut Ui, code: &str) {
    ui.horizontal(|ui| {
        text::muted(ui, "Run code");
        text::mono(ui, code);
        if Button::quiet("Copy").name("Copy the run code").hint("Open it anywhere: the same bytes").show(ui).clicked() {
            ui.ctx().copy_text(code.to_owned());
        }
    });
}

/// The runs that the window keeps, as many as are worth a look. Answers with the one that was clicked.
fn kept_ui(ui: &mut Ui, kept: &[RunHead]) -> Option<RunId> {
    if kept.is_empty() {
        return None;
    }
    surface::hairline(ui);
    menu::title(ui, "Or one of your latest runs");
    ui.spacing_mut().item_spacing.y = 0.0;
    let line = |run: &RunHead| {
        let note = format!("{} steps, {}", run.steps, run.used.human());
        menu::line(ui, &run.title, &note, false).clicked().then_some(run.id)
    };
    kept.iter().take(KEPT_SHOWN).filter_map(line).next_back()
}

/// The built-in scenarios by their titles. Answers with the one that was clicked.
fn suite_ui(ui: &mut Ui, kept: u8) -> Option<&'static str> {
    // What the dialog shows above this list.
    let above = if kept == 0 { 300.0 } else { 340.0 + 28.0 * f32::from(kept) };
    surface::hairline(ui);
    menu::title(ui, "Or one that comes with Paystage");
    let mut chosen = None;
    // So high also where a lower dialog of files stood here before: it is remembered how low that was.
    let height = ui.ctx().content_rect().height() - above;
    ScrollArea::vertical().id_salt("suite").max_height(height).min_scrolled_height(height).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let groups = GROUPS.iter().filter(|group| !group.members.is_empty());
        for (index, group) in groups.enumerate() {
            let fold = CollapsingHeader::new(group.title).default_open(index == 0);
            fold.show_unindented(ui, |ui| {
                for builtin in group.members {
                    let card = builtin.card();
                    if menu::line(ui, &card.title, builtin.name, false).on_hover_text(&card.why).clicked() {
                        chosen = Some(builtin.name);
                    }
                }
            });
        }
    });
    chosen
}

/// The run that a code names, from its start. One that came out otherwise can be opened all the same.
fn opened(code: &RunCode) -> Result<Box<Session>, Trouble> {
    match code.play() {
        Err(error) => Err(Trouble::from(error.to_string())),
        Ok((played, mismatch)) => {
            let session = Box::new(from_start(played.session));
            match mismatch {
                None => Ok(session),
                Some(mismatch) => Err(Trouble { words: mismatch.to_string(), readable: Some(session) }),
            }
        }
    }
}

/// Opens a run, or plays a scenario.
fn open(path: &str) -> Result<Session, RunError> {
    match runs::open(&Place::File(path.into()))? {
        Kept::Run(session) => Ok(*session),
        Kept::Scenario(scenario) => Ok(from_start(play::play(&scenario).session)),
    }
}

/// The run with its whole future recorded and ahead.
fn from_start(mut session: Session) -> Session {
    session.to_start();
    session
}

/// Title and reason, to be typed.
fn told_ui(ui: &mut Ui, told: &mut Told) {
    for (name, hint, text) in [
        ("Title", "what it is about", &mut told.title),
        ("Why it matters", "one or two sentences, for whoever sees it fail", &mut told.why),
    ] {
        text::muted(ui, name);
        let width = ui.available_width();
        field::line(ui, name, text, hint, width);
    }
}

/// A title as the name of a file: `Paid, but timed out` becomes `paid-but-timed-out`.
fn slug(title: &str) -> String {
    let letters = title.chars().map(|letter| if letter.is_alphanumeric() { letter.to_ascii_lowercase() } else { ' ' });
    let words = letters.collect::<String>();
    let slug = words.split_whitespace().collect::<Vec<_>>().join("-");
    if slug.is_empty() { "scenario".to_owned() } else { slug }
}

impl From<String> for Trouble {
    fn from(words: String) -> Self {
        Self { words, readable: None }
    }
}

impl From<FileError> for Trouble {
    fn from(error: FileError) -> Self {
        Self::from(error.to_string())
    }
}

impl From<RunError> for Trouble {
    fn from(error: RunError) -> Self {
        let words = error.to_string();
        let readable = match error {
            RunError::Run { error, .. } => error.into_readable().map(Box::new),
            RunError::File(_) | RunError::Scenario(_) | RunError::Exported { .. } | RunError::Trace { .. } => None,
        };
        Self { words, readable }
    }
}
