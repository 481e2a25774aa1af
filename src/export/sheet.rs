//! Sheets: all that an export may show of a run, already in words. Who gathers a sheet knows the run; who reads it need not.

use crate::export::format::Format;
use crate::protocol::time::Time;
use crate::world::http_form::{HttpForm, StartLine, WireForm};

/// A run up to one place, in words.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// What people call the run.
    pub title: String,
    /// The names of the six lanes, left to right.
    pub lanes: [&'static str; 6],
    /// How many messages the run shows up to here, counted from what happened in it.
    pub seen: usize,
    /// The rows of the diagram.
    pub arrows: Vec<Arrow>,
    /// Every message by itself, in the order in which they arrived.
    pub sayings: Vec<Saying>,
    /// The different tokens that were passed around, in the order in which they came up.
    pub tokens: Vec<Token>,
    /// The last judgement of each product.
    pub ladders: Vec<Ladder>,
    /// The dials that are not as they were set at first, each with its value.
    pub dials: Vec<(String, String)>,
    /// The run as its own file holds it; `None` where dots would stand in it, since nothing can be played again from dots.
    pub run: Option<String>,
}

/// One row of the diagram: a message with the brief answer that came back along it.
#[derive(Clone, Debug, Default)]
pub struct Arrow {
    /// Its number, as people say it.
    pub number: u32,
    /// The number of the last message that it stands for.
    pub last_number: u32,
    /// The lane that it leaves, 0 being the Buyer's.
    pub from: usize,
    /// The lane that it reaches; the same for what a party does alone.
    pub to: usize,
    /// The words on it.
    pub label: String,
    /// One sentence that tells what it means.
    pub caption: String,
    /// The historic code, where it is a no.
    pub code: Option<&'static str>,
    /// What went wrong with it.
    pub badge: Option<Badge>,
    /// Whether it answers an earlier one.
    pub is_reply: bool,
    /// Whether it never arrived.
    pub is_lost: bool,
    /// Whether it stands out, because what failed hangs on it.
    pub is_marked: bool,
    /// How many messages it stands for.
    pub messages: usize,
    /// When it came.
    pub at: Time,
}

/// A mark on an arrow that did not go as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// A few words, or a historic code.
    pub text: String,
    /// Whether it is worth a look and no more.
    pub is_mild: bool,
}

/// One message by itself.
#[derive(Clone, Debug)]
pub struct Saying {
    /// Its place among all messages of the run.
    pub id: u32,
    /// The number people say.
    pub number: u32,
    /// The lane that it leaves.
    pub from: usize,
    /// The lane that it reaches.
    pub to: usize,
    /// Its kind: `buy-asked`.
    pub kind: &'static str,
    /// When it left.
    pub sent: Time,
    /// When it arrived; `None` where a fault kept it back.
    pub arrived: Option<Time>,
    /// The message that it answers.
    pub answers: Option<u32>,
    /// How it looks on the wire.
    pub form: WireForm,
    /// How many bytes its body has on the wire, whatever stands for them in `form`.
    pub body_bytes: usize,
    /// One sentence that tells what it means.
    pub caption: String,
    /// The historic code, where it is a no.
    pub code: Option<&'static str>,
}

/// A token taken apart.
#[derive(Clone, Debug, Default)]
pub struct Token {
    /// What it is: `Receipt`.
    pub kind: &'static str,
    /// The number of the message in which it came up first.
    pub number: u32,
    /// The whole text.
    pub text: String,
    /// The header's members, then the claims.
    pub claims: Vec<Claim>,
}

/// One claim, or one member of a header.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// `product.url`.
    pub path: String,
    /// As it stands, or as people would write it.
    pub value: String,
    /// What it is for.
    pub sentence: &'static str,
}

/// What the app made of a receipt.
#[derive(Clone, Debug, Default)]
pub struct Ladder {
    /// The product in question.
    pub product: String,
    /// `Accepted`, `Refused`, `Undecided`.
    pub outcome: &'static str,
    /// Whether it was accepted.
    pub is_accepted: bool,
    /// Whose rules judged.
    pub rules: &'static str,
    /// The whole in one sentence.
    pub headline: String,
    /// Check by check.
    pub rungs: Vec<Rung>,
}

/// One check.
#[derive(Clone, Debug, Default)]
pub struct Rung {
    /// A sign for its outcome: `✓`.
    pub sign: &'static str,
    /// A word for its outcome: `passed`.
    pub outcome: &'static str,
    /// The same where neither the sign nor what was found says it; else empty.
    pub note: &'static str,
    /// The check as a claim.
    pub label: &'static str,
    /// What was found.
    pub shown: String,
    /// Why it failed, its historic code and what to do; empty for all others.
    pub why: String,
}

/// How many rows one picture holds: so many stay sharp at twice their size, and every viewer opens it.
pub const PICTURE_ROWS: usize = 300;

/// How many pictures it takes to show so many rows; an empty diagram is one too.
#[must_use]
pub fn pictures_of(rows: usize) -> usize {
    rows.div_ceil(PICTURE_ROWS).max(1)
}

impl Sheet {
    /// The rows in parts of at most [`PICTURE_ROWS`], each part with its number in the title. Only what a diagram shows is in them.
    #[must_use]
    pub fn in_pictures(&self) -> Vec<Self> {
        let all = pictures_of(self.arrows.len());
        let part = |index: usize| {
            let arrows = self.arrows.iter().skip(index * PICTURE_ROWS).take(PICTURE_ROWS).cloned().collect();
            let title = if all == 1 { self.title.clone() } else { format!("{} · {} of {all}", self.title, index + 1) };
            Self { title, lanes: self.lanes, seen: self.seen, arrows, ..Self::default() }
        };
        (0..all).map(part).collect()
    }

    /// The same without what this format does not write: what is masked is masked because it would be read.
    #[must_use]
    pub fn only_for(mut self, format: Format) -> Self {
        let is_data = matches!(format, Format::Har | Format::Json);
        if is_data {
            self.arrows.clear();
        } else {
            self.sayings.clear();
        }
        if format != Format::Html {
            (self.tokens, self.ladders, self.dials) = (Vec::new(), Vec::new(), Vec::new());
        }
        if format != Format::Json {
            self.run = None;
        }
        match format {
            Format::Har => self.title.clear(),
            Format::Mermaid | Format::Png => self.arrows.iter_mut().for_each(|arrow| arrow.caption.clear()),
            Format::Svg | Format::Json | Format::Html => {}
        }
        self
    }

    /// The same with every text changed, but for the run file: how dots get into a sheet, before anybody escapes or cuts a text.
    #[must_use]
    pub fn with_texts(mut self, mut change: impl FnMut(&str) -> String) -> Self {
        let mut to = |text: &mut String| *text = change(text);
        to(&mut self.title);
        for arrow in &mut self.arrows {
            to(&mut arrow.label);
            to(&mut arrow.caption);
            arrow.badge.iter_mut().for_each(|badge| to(&mut badge.text));
        }
        for saying in &mut self.sayings {
            to(&mut saying.caption);
            form_texts(&mut saying.form, &mut to);
        }
        for token in &mut self.tokens {
            to(&mut token.text);
            for claim in &mut token.claims {
                to(&mut claim.path);
                to(&mut claim.value);
            }
        }
        for ladder in &mut self.ladders {
            to(&mut ladder.product);
            to(&mut ladder.headline);
            for rung in &mut ladder.rungs {
                to(&mut rung.shown);
                to(&mut rung.why);
            }
        }
        for (name, value) in &mut self.dials {
            to(name);
            to(value);
        }
        self
    }

    /// How many messages its rows stand for.
    #[must_use]
    pub fn drawn_count(&self) -> usize {
        self.arrows.iter().map(|arrow| arrow.messages).sum()
    }

    /// The name of a lane.
    #[must_use]
    pub fn lane(&self, lane: usize) -> &'static str {
        self.lanes.get(lane).copied().unwrap_or_default()
    }
}

/// Every text of a message as it looks on the wire: the names of headers are the protocol's own.
fn form_texts(form: &mut WireForm, to: &mut impl FnMut(&mut String)) {
    let HttpForm { start, headers, body } = match form {
        WireForm::Call(text) => return to(text),
        WireForm::Http(http) => http,
    };
    match start {
        StartLine::Request { method: _, url } => to(url),
        StartLine::Response { .. } => {}
    }
    for (_, value) in headers {
        to(value.to_mut());
    }
    body.iter_mut().for_each(to);
}
