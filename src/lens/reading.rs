//! The reading: what a window shows of a run, kept up to date as the run grows or the place changes.

use crate::lens::caption::{Caption, Teller};
use crate::lens::flow::{Flow, Row};
use crate::lens::preview::Preview;
use crate::lens::progress::Progress;
use crate::protocol::id::ProductId;
use crate::session::run::Session;

/// The rows of the diagram, the drawn future, and the words for both. Never changes the session.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    flow: Flow,
    preview: Preview,
    taken: usize,
}

/// What is said about the present arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// Its number.
    pub number: u32,
    /// What it says, and the historic code of a no.
    pub caption: Caption,
    /// What comes: `the app installs it`. `None` where nothing will come by itself.
    pub next: Option<String>,
}

impl Reading {
    /// Nothing has been read.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads what is new. Cheap when nothing is: call it once a frame.
    pub fn refresh(&mut self, session: &Session) {
        self.flow.read(session.steps(), session.setup());
        self.preview.refresh(session, &self.flow);
        self.taken = session.here().step;
    }

    /// The recorded rows, past and future.
    #[must_use]
    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    /// The played-ahead rows, at the tip.
    #[must_use]
    pub fn preview(&self) -> &Preview {
        &self.preview
    }

    /// Steps taken at the present place: what the readings of a row ask for.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// All rows to draw: past, recorded future, played-ahead future. The second member says whether a row is past.
    pub fn rows(&self) -> impl Iterator<Item = (&Row, bool)> {
        let taken = self.taken;
        self.flow.rows().iter().chain(self.preview.rows()).map(move |row| (row, row.is_past(taken)))
    }

    /// How many rows [`rows`](Self::rows) has.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.flow.rows().len() + self.preview.rows().len()
    }

    /// The row at this index of [`rows`](Self::rows).
    #[must_use]
    pub fn row(&self, index: usize) -> Option<&Row> {
        let recorded = self.flow.rows();
        recorded.get(index).or_else(|| self.preview.rows().get(index.checked_sub(recorded.len())?))
    }

    /// The index of the present row; `None` before the first arrow.
    #[must_use]
    pub fn present(&self) -> Option<usize> {
        self.flow.present(self.taken)
    }

    /// "event 11 / 19": arrows that have arrived, and arrows in all.
    #[must_use]
    pub fn counter(&self) -> (usize, usize) {
        let all = self.preview.arrow_count().unwrap_or_else(|| self.flow.arrow_count());
        (self.flow.arrow_count_at(self.taken), all)
    }

    /// The caption line for the present arrow; `None` before the first one.
    #[must_use]
    pub fn telling(&self, session: &Session) -> Option<Telling> {
        self.telling_of(self.present()?, session)
    }

    /// The caption line for any row, with what follows it.
    #[must_use]
    pub fn telling_of(&self, index: usize, session: &Session) -> Option<Telling> {
        let row = self.row(index)?;
        let caption = self.teller(index, session).row_caption(row, self.taken);
        let next = self.row(index + 1).map(|row| self.teller(index + 1, session).coming(&row.message));
        Some(Telling { number: row.message_at(self.taken).number, caption, next })
    }

    /// What comes first, before anything has: the phrase after "next:".
    #[must_use]
    pub fn coming(&self, session: &Session) -> Option<String> {
        let index = self.present().map_or(0, |present| present + 1);
        self.row(index).map(|row| self.teller(index, session).coming(&row.message))
    }

    /// How far the purchase of this product has come; of the product in focus where none is given.
    #[must_use]
    pub fn progress(&self, product: Option<&ProductId>) -> Progress {
        let focus = product.or_else(|| self.flow.focus(self.taken));
        focus.map_or_else(Progress::default, |product| self.flow.progress(product, self.taken))
    }

    /// A played-ahead row is told from what the played-ahead messages say.
    fn teller<'a>(&'a self, index: usize, session: &'a Session) -> Teller<'a> {
        let flow = if index < self.flow.rows().len() { &self.flow } else { self.preview.flow() };
        Teller::new(session.world().setup(), session.world().catalog(), flow.purchases())
    }
}
