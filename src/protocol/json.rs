//! JSON read strictly: no member twice, no bottomless nesting, and every complaint with its line and column.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// How deep arrays and objects may nest.
pub const DEPTH_MAX: u32 = 32;

/// Why a JSON text was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault} (line {line}, column {column})")]
pub struct JsonError {
    /// What is wrong.
    pub fault: JsonFault,
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 1; 0 where only the line is known.
    pub column: usize,
}

/// What is wrong with a JSON text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonFault {
    /// Not JSON at all, or more than one value.
    #[error("not well-formed JSON: {0}")]
    Syntax(String),
    /// A member appears twice. RFC 7519, 4: the names within an object must be unique.
    #[error("the member appears twice, and readers would disagree on which one counts: {0:?}")]
    Duplicate(String),
    /// Arrays or objects nest too deep.
    #[error("arrays and objects nest deeper than {DEPTH_MAX} levels")]
    TooDeep,
    /// Bytes that are no UTF-8. RFC 8725, 3.7.
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// A value, but not an object.
    #[error("an object was expected")]
    NotAnObject,
    /// Well-formed, but not of the wanted shape.
    #[error("{0}")]
    Shape(String),
}

/// Checks that `text` is one JSON object that every reader understands alike. Allocates one set per object, and no values.
///
/// # Errors
/// [`JsonError`] with the first fault and its place.
pub fn check_object(text: &str) -> Result<(), JsonError> {
    if check(text)? { Ok(()) } else { Err(JsonError { fault: JsonFault::NotAnObject, line: 1, column: 1 }) }
}

/// Whether `text` is one JSON object, faults of [`check_object`] aside; for showing, never for deciding.
#[must_use]
pub fn is_object(text: &str) -> bool {
    text.trim_ascii_start().starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Reads one JSON value of type `T` after [`check_object`]'s rules; `T` need not be an object.
///
/// # Errors
/// [`JsonError`] with the first fault and its place.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, JsonError> {
    check(text)?;
    read_checked(text)
}

/// Reads `T` from a text that [`check_object`] has passed already.
///
/// # Errors
/// [`JsonFault::Shape`] when a member is missing or of the wrong type.
pub fn read_checked<T: DeserializeOwned>(text: &str) -> Result<T, JsonError> {
    serde_json::from_str(text).map_err(|error| place(&error, JsonFault::Shape(plain(&error))))
}

/// The members of one JSON object in the order in which they are written.
///
/// # Errors
/// As [`check_object`].
pub fn members(text: &str) -> Result<Vec<(String, Value)>, JsonError> {
    check_object(text)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.deserialize_map(InOrder).map_err(|error| place(&error, JsonFault::Shape(plain(&error))))
}

/// The text that `bytes` are.
///
/// # Errors
/// [`JsonFault::NotUtf8`] with the place of the first bad byte.
pub fn text(bytes: Vec<u8>) -> Result<String, JsonError> {
    String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
        JsonError { fault: JsonFault::NotUtf8, line, column }
    })
}

/// Whether the one value in `text` is an object.
fn check(text: &str) -> Result<bool, JsonError> {
    let fault = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    let outcome = Strict { depth: 0, fault: &fault }.deserialize(&mut reader).and_then(|is_object| {
        reader.end()?;
        Ok(is_object)
    });
    outcome.map_err(|error| {
        let fault = fault.take().unwrap_or_else(|| JsonFault::Syntax(plain(&error)));
        place(&error, fault)
    })
}

fn place(error: &serde_json::Error, fault: JsonFault) -> JsonError {
    JsonError { fault, line: error.line(), column: error.column() }
}

/// The library's sentence without the place that it appends.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

/// Walks one value and keeps nothing but the member names of the objects that are open.
#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: u32,
    fault: &'a Cell<Option<JsonFault>>,
}

impl Strict<'_> {
    fn refuse<E: Error>(self, fault: JsonFault) -> E {
        self.fault.set(Some(fault));
        E::custom("refused")
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth < DEPTH_MAX {
            Ok(Self { depth: self.depth + 1, ..self })
        } else {
            Err(self.refuse(JsonFault::TooDeep))
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<bool, A::Error> {
        let inner = self.deeper()?;
        let mut seen = Names::default();
        while let Some(name) = members.next_key_seed(Name)? {
            if let Err(name) = seen.insert(name) {
                return Err(self.refuse(JsonFault::Duplicate(name.into_owned())));
            }
            members.next_value_seed(inner)?;
        }
        Ok(true)
    }
}

/// The member names of one open object. A few are compared one by one, which is faster than any tree; many go into a tree,
/// so that a hostile object costs no more than its length.
#[derive(Default)]
struct Names<'de> {
    few: Vec<Cow<'de, str>>,
    many: BTreeSet<Cow<'de, str>>,
}

const FEW: usize = 16;

impl<'de> Names<'de> {
    /// Takes a name, or gives it back when it was there already.
    fn insert(&mut self, name: Cow<'de, str>) -> Result<(), Cow<'de, str>> {
        if self.few.contains(&name) || self.many.contains(&name) {
            return Err(name);
        }
        if self.few.len() < FEW {
            self.few.push(name);
        } else {
            self.many.insert(name);
        }
        Ok(())
    }
}

/// A member's name with its escapes undone, borrowed where it has none.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::{JsonFault, check_object, members, read, text};

    fn fault(text: &str) -> (JsonFault, usize, usize) {
        let error = check_object(text).unwrap_err();
        (error.fault, error.line, error.column)
    }

    #[test]
    fn plain_objects_pass() {
        for text in ["{}", r#"{"a":1,"b":[{"a":1},{"a":-2.5e3}],"c":{"a":null}}"#, " {\"a\":\"\\u00e9\"}\n"] {
            check_object(text).unwrap();
        }
    }

    #[test]
    fn a_member_written_twice_is_found_at_any_depth_and_in_any_spelling() {
        for text in
            [r#"{"p":1,"p":2}"#, r#"{"a":[{"p":1,"\u0070":2}]}"#, r#"{"":1,"":1}"#, r#"{"p":{"x":1},"p":{"y":1}}"#]
        {
            assert!(matches!(fault(text).0, JsonFault::Duplicate(_)), "{text}");
        }
        assert_eq!(fault("{\n \"a\":1,\n \"a\":2}"), (JsonFault::Duplicate("a".into()), 3, 4));
    }

    #[test]
    fn a_member_written_twice_is_found_among_many() {
        let names =
            |last: usize| (0..100).chain([last]).map(|name| format!("\"{name}\":0")).collect::<Vec<_>>().join(",");
        check_object(&format!("{{{}}}", names(100))).unwrap();
        for twice in [0, 15, 16, 17, 99] {
            assert_eq!(fault(&format!("{{{}}}", names(twice))).0, JsonFault::Duplicate(twice.to_string()));
        }
    }

    #[test]
    fn nesting_stops_at_thirty_two() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        check_object(&nested(32)).unwrap();
        assert_eq!(fault(&nested(33)).0, JsonFault::TooDeep);
        assert_eq!(fault(&nested(100_000)).0, JsonFault::TooDeep);
    }

    #[test]
    fn what_is_no_single_object_is_refused() {
        assert_eq!(fault("[1]").0, JsonFault::NotAnObject);
        for text in [
            "",
            "{",
            "{}x",
            "{} {}",
            r#"{"a":01}"#,
            r#"{"a":NaN}"#,
            r#"{"a":1e400}"#,
            "{'a':1}",
            r#"{"a":"\ud800"}"#,
            "{\"a\":1,}",
            "\u{feff}{}",
        ] {
            assert!(matches!(fault(text).0, JsonFault::Syntax(_)), "{text}");
        }
        assert_eq!(fault("{\"a\":1,\n!").1, 2);
    }

    #[test]
    fn shapes_and_bytes_are_placed_too() {
        let error = read::<Vec<u8>>("[1,\n\"x\"]").unwrap_err();
        assert_eq!((error.line, matches!(error.fault, JsonFault::Shape(_))), (2, true));
        assert_eq!(read::<Vec<u8>>("[1,2]").unwrap(), [1, 2]);
        let error = text(b"{\n\"\xff\"}".to_vec()).unwrap_err();
        assert_eq!((error.fault, error.line, error.column), (JsonFault::NotUtf8, 2, 2));
        let names: Vec<_> = members(r#"{"z":1,"a":2}"#).unwrap().into_iter().map(|member| member.0).collect();
        assert_eq!(names, ["z", "a"]);
    }
}
