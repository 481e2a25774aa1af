//! The subject: what the inspector talks about. A message, the token that it carries, and what the ladder says of it.

use std::ops::Range;
use std::sync::Arc;

use egui::Color32;

use crate::lens::claims::{TokenPart, TokenReading};
use crate::protocol::jwt::Part;
use crate::protocol::verdict::ladder::Verdict;
use crate::ui::theme::Theme;
use crate::world::carried::Carried;
use crate::world::message::Message;

/// What the inspector talks about.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// The message that is pointed at, or the present one.
    pub message: Option<Arc<Message>>,
    /// Its brief answer.
    pub answer: Option<Arc<Message>>,
    /// The token that it carries, or the last one before it.
    pub token: Option<Token>,
    /// The last receipt up to it: the token itself, where that is one.
    pub receipt: Option<Token>,
}

/// A token with all that can be said about it.
#[derive(Clone, Debug)]
pub struct Token {
    /// Bare, or certificates and a receipt.
    pub text: Arc<str>,
    /// What it is.
    pub kind: Carried,
    /// The message that carried it; 0 for one taken from the device.
    pub number: u32,
    /// The message that was asked for.
    pub wanted: u32,
    /// Whether the two are the same, or it was chosen by itself.
    pub is_own: bool,
    /// Its claims in plain words.
    pub reading: Arc<TokenReading>,
    /// What the ladder says, for a receipt.
    pub verdict: Option<Arc<Verdict>>,
}

impl Subject {
    /// Whether the token is the pointed message's own.
    #[must_use]
    pub fn is_token_own(&self) -> bool {
        self.token.as_ref().is_some_and(|token| token.is_own)
    }

    /// The inspector's head at the right: `receipt · message 11 · 512 bytes`.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.token {
            None => self.message.as_ref().map_or_else(String::new, |message| format!("message {}", message.number)),
            Some(token) if token.number == 0 => {
                format!("{} · on the device · {} bytes", token.kind.label(), token.text.len())
            }
            Some(token) => format!("{} · message {} · {} bytes", token.kind.label(), token.number, token.text.len()),
        }
    }
}

impl Token {
    /// The token's bytes with the colours of its parts; dots and `~` are muted.
    #[must_use]
    pub fn colours(&self, theme: &Theme) -> Vec<(Range<usize>, Color32)> {
        let certificates = self.reading.certificates.iter().flat_map(|certificate| &certificate.parts);
        let mut pieces = Vec::new();
        let mut end = 0;
        for TokenPart { part, range, .. } in certificates.chain(&self.reading.parts) {
            if end < range.start {
                pieces.push((end..range.start, theme.color.muted));
            }
            let [header, payload, signature] = theme.color.jwt;
            let ink = match part {
                Some(Part::Header) => header,
                Some(Part::Claims) => payload,
                Some(Part::Signature) => signature,
                None => theme.color.text,
            };
            pieces.push((range.clone(), ink));
            end = range.end;
        }
        if end < self.text.len() {
            pieces.push((end..self.text.len(), theme.color.text));
        }
        pieces
    }

    /// The claim that this byte of the text carries, header and certificates included: where its bytes stand.
    #[must_use]
    pub fn claim_at(&self, byte: usize) -> Option<Range<usize>> {
        let all = std::iter::once(&*self.reading).chain(&self.reading.certificates);
        let mut rows = all.flat_map(|reading| reading.header.iter().chain(&reading.rows));
        rows.find(|row| row.encoded.contains(&byte)).map(|row| row.encoded.clone())
    }
}
