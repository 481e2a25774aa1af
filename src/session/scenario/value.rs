//! Values: TOML with places, read as the kinds of value that scenarios hold.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::protocol::id::ProductId;
use crate::protocol::money::Money;
use crate::protocol::time::Span;
use crate::session::scenario::fault::{ScenarioError, Source, nearest};

/// A key with its value, each with its place.
pub(crate) struct Entry<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) key: &'a str,
    pub(crate) key_at: Range<usize>,
    pub(crate) value: &'a Spanned<DeValue<'a>>,
}

/// The entries of a table in the order of the file.
pub(crate) fn entries<'a>(source: Source<'a>, table: &'a DeTable<'a>) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> =
        table.iter().map(|(key, value)| Entry { source, key: key.get_ref(), key_at: key.span(), value }).collect();
    entries.sort_by_key(|entry| entry.key_at.start);
    entries
}

impl<'a> Entry<'a> {
    pub(crate) fn line(&self) -> usize {
        self.source.line(self.key_at.start)
    }

    /// The key is not one of those that may stand here.
    pub(crate) fn unknown_key(&self, what: &str, known: &[&str]) -> ScenarioError {
        self.source.unknown(&self.key_at, self.key, what, known)
    }

    /// The value is not what the key needs.
    pub(crate) fn wrong(&self, expected: impl Into<String>) -> ScenarioError {
        self.source.fault(&self.value.span(), expected)
    }

    pub(crate) fn text(&self, expected: &str) -> Result<&'a str, ScenarioError> {
        self.value.get_ref().as_str().ok_or_else(|| self.wrong(expected))
    }

    pub(crate) fn table(&self, expected: &str) -> Result<Vec<Entry<'a>>, ScenarioError> {
        match self.value.get_ref().as_table() {
            Some(table) => Ok(entries(self.source, table)),
            None => Err(self.wrong(expected)),
        }
    }

    pub(crate) fn array(&self, expected: &str) -> Result<&'a [Spanned<DeValue<'a>>], ScenarioError> {
        self.value.get_ref().as_array().map(|array| &**array).ok_or_else(|| self.wrong(expected))
    }

    pub(crate) fn count(&self) -> Result<u32, ScenarioError> {
        let number = self.value.get_ref().as_integer();
        let number = number.and_then(|number| u32::from_str_radix(number.as_str(), number.radix()).ok());
        number.ok_or_else(|| self.wrong("a whole number from 0 to 4294967295"))
    }

    pub(crate) fn flag(&self) -> Result<bool, ScenarioError> {
        self.value.get_ref().as_bool().ok_or_else(|| self.wrong("true or false"))
    }

    /// A line such as `cancel = true`, which can only be true.
    pub(crate) fn just_true(&self) -> Result<(), ScenarioError> {
        match self.value.get_ref().as_bool() {
            Some(true) => Ok(()),
            Some(false) | None => Err(self.wrong("true, for this line needs no more")),
        }
    }

    pub(crate) fn span(&self) -> Result<Span, ScenarioError> {
        let expected = "a span such as \"12s\", \"1500ms\", \"30m\", \"2h\" or \"182d\"";
        self.text(expected)?.parse().map_err(|_| self.wrong(expected))
    }

    pub(crate) fn money(&self) -> Result<Money, ScenarioError> {
        let expected = "an amount such as \"0.99 USD\"";
        self.text(expected)?.parse().map_err(|_| self.wrong(expected))
    }

    pub(crate) fn product(&self) -> Result<ProductId, ScenarioError> {
        let expected = "a product's slug such as \"shiny-pony\"";
        ProductId::parse(self.text(expected)?).map_err(|_| self.wrong(expected))
    }

    /// One of the words in `known`, by its index.
    pub(crate) fn word(&self, known: &[&str]) -> Result<usize, ScenarioError> {
        pick(self.source, self.value, known)
    }

    /// One text, or a list of texts.
    pub(crate) fn texts(&self, expected: &str) -> Result<Vec<(&'a str, Range<usize>)>, ScenarioError> {
        let text_of = |value: &'a Spanned<DeValue<'a>>| {
            let text = value.get_ref().as_str();
            text.map(|text| (text, value.span())).ok_or_else(|| self.source.fault(&value.span(), expected))
        };
        match self.value.get_ref().as_array() {
            Some(array) => array.iter().map(text_of).collect(),
            None => Ok(vec![text_of(self.value)?]),
        }
    }

    /// Whatever the type's own reader takes: set-up fields and characters.
    pub(crate) fn read<T: DeserializeOwned>(&self, expected: &str) -> Result<T, ScenarioError> {
        T::deserialize(ValueDeserializer::from(self.value.clone())).map_err(|error| {
            let at = error.span().unwrap_or_else(|| self.value.span());
            self.source.explained(&at, error.message(), expected)
        })
    }
}

/// A small table with exactly these two words.
pub(crate) fn two_of<'a>(
    source: Source<'a>,
    value: &'a Spanned<DeValue<'a>>,
    form: &str,
    words: [&str; 2],
) -> Result<(Entry<'a>, Entry<'a>), ScenarioError> {
    let table = value.get_ref().as_table().ok_or_else(|| source.fault(&value.span(), form))?;
    let (mut first, mut second) = (None, None);
    for part in entries(source, table) {
        if part.key == words[0] {
            first = Some(part);
        } else if part.key == words[1] {
            second = Some(part);
        } else {
            return Err(part.unknown_key("a word", &words));
        }
    }
    first.zip(second).ok_or_else(|| source.fault(&value.span(), form))
}

/// The index of the word in `known`.
pub(crate) fn pick(source: Source<'_>, value: &Spanned<DeValue<'_>>, known: &[&str]) -> Result<usize, ScenarioError> {
    let at = value.span();
    match value.get_ref().as_str() {
        Some(text) => {
            known.iter().position(|word| *word == text).ok_or_else(|| source.unknown(&at, text, "a word", known))
        }
        None => Err(source.fault(&at, format!("a word, one of {}", known.join(", ")))),
    }
}

impl Source<'_> {
    /// A type's own reader said no: its message lists the words it knows in backticks.
    fn explained(&self, at: &Range<usize>, message: &str, expected: &str) -> ScenarioError {
        let Some((_, list)) = message.split_once("expected ") else {
            return self.fault(at, format!("{expected} ({message})"));
        };
        let known: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
        if known.is_empty() {
            return self.fault(at, list);
        }
        let word = self.text.get(at.clone()).unwrap_or_default().trim_matches(['"', '\'']);
        let fault = self.fault(at, format!("one of {}", known.join(", ")));
        ScenarioError { nearest: nearest(word, &known).map(str::to_owned), ..fault }
    }
}
