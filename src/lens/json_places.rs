//! JSON places: where each value of a JSON text stands, as far as the text can be followed.
//!
//! Decoding always goes on as long as it can: a cut text yields the values before the cut. It never judges the text.

use std::ops::Range;

/// One value: everything but an object with members, which is told by its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Names from the outside in, joined by dots; items of a list by their number: `jwk.0.kid`.
    pub path: String,
    /// Where the value stands.
    pub range: Range<usize>,
    /// Where it stands together with its name.
    pub member: Range<usize>,
}

/// How deep values are told one by one; what lies deeper is told as a whole.
const DEPTH_MAX: usize = 8;
/// How many values are told at most.
const PLACES_MAX: usize = 512;

/// The values of a JSON object or list, in the order in which they are written.
#[must_use]
pub fn places(text: &str) -> Vec<Place> {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0, places: Vec::new() };
    scan.blank();
    scan.value("", 0, 0);
    scan.places
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    places: Vec<Place>,
}

impl Scan<'_> {
    /// Steps over one value and notes what it holds. Returns whether the text goes on as JSON.
    fn value(&mut self, path: &str, start: usize, depth: usize) -> bool {
        let begin = self.at;
        let known = self.places.len();
        let goes_on = match self.peek() {
            Some(b'{') => self.items(path, b'}', depth),
            Some(b'[') => self.items(path, b']', depth),
            Some(b'"') => self.string(),
            Some(_) => self.scalar(),
            None => false,
        };
        let is_told = self.places.len() > known;
        if !is_told && self.at > begin && !path.is_empty() && self.places.len() < PLACES_MAX {
            self.places.push(Place { path: path.to_owned(), range: begin..self.at, member: start..self.at });
        }
        goes_on
    }

    fn items(&mut self, path: &str, close: u8, depth: usize) -> bool {
        if depth >= DEPTH_MAX || self.places.len() >= PLACES_MAX {
            return self.skip_nested();
        }
        self.at += 1;
        let mut number = 0_usize;
        loop {
            self.blank();
            match self.peek() {
                Some(byte) if byte == close => {
                    self.at += 1;
                    return true;
                }
                Some(b',') => self.at += 1,
                Some(_) => {
                    let start = self.at;
                    let name = if close == b'}' {
                        let Some(name) = self.name() else { return false };
                        name
                    } else {
                        number.to_string()
                    };
                    number += 1;
                    let inner = if path.is_empty() { name } else { format!("{path}.{name}") };
                    if !self.value(&inner, start, depth + 1) {
                        return false;
                    }
                }
                None => return false,
            }
        }
    }

    /// A member's name and its colon.
    fn name(&mut self) -> Option<String> {
        let start = self.at;
        if self.peek() != Some(b'"') || !self.string() {
            return None;
        }
        let quoted = self.bytes.get(start..self.at)?;
        let name = serde_json::from_slice(quoted).ok()?;
        self.blank();
        (self.peek() == Some(b':')).then(|| self.at += 1)?;
        self.blank();
        Some(name)
    }

    fn string(&mut self) -> bool {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'"' => return true,
                b'\\' => self.at = (self.at + 1).min(self.bytes.len()),
                _ => {}
            }
        }
        false
    }

    fn scalar(&mut self) -> bool {
        let begin = self.at;
        while self.peek().is_some_and(|byte| !b",]}\"{[: \t\r\n".contains(&byte)) {
            self.at += 1;
        }
        self.at > begin
    }

    /// Steps over a nested value without telling its parts.
    fn skip_nested(&mut self) -> bool {
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    if !self.string() {
                        return false;
                    }
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return true;
            }
        }
        false
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|byte| b" \t\r\n".contains(&byte)) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::places;

    fn told(text: &str) -> Vec<(String, &str)> {
        places(text).into_iter().map(|place| (place.path, text.get(place.range).unwrap())).collect()
    }

    #[test]
    fn every_value_is_found_where_it_stands() {
        let text =
            r#"{ "typ":"a b", "product": {"url" : "x\"}", "n": -1.5e3}, "jwk":[{"kid":"k"},7], "e":{}, "l":[] }"#;
        let expected = [
            ("typ", "\"a b\""),
            ("product.url", "\"x\\\"}\""),
            ("product.n", "-1.5e3"),
            ("jwk.0.kid", "\"k\""),
            ("jwk.1", "7"),
            ("e", "{}"),
            ("l", "[]"),
        ];
        assert_eq!(told(text), expected.map(|(path, value)| (path.to_owned(), value)));
        let member = places(text).swap_remove(1).member;
        assert_eq!(text.get(member), Some("\"url\" : \"x\\\"}\""));
    }

    #[test]
    fn a_cut_text_tells_what_stands_before_the_cut() {
        assert_eq!(told(r#"{"a":1,"b":"ha"#), [("a".to_owned(), "1"), ("b".to_owned(), "\"ha")]);
        assert_eq!(told(r#"{"a":1,"b"#), [("a".to_owned(), "1")]);
        assert_eq!(told(r#"{"a":1 !!"#), [("a".to_owned(), "1")]);
        assert_eq!(told(""), []);
        assert_eq!(told("7"), []);
    }

    #[test]
    fn bottomless_texts_have_an_end() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(places(&deep).len(), 1);
        let wide = format!("[{}1]", "1,".repeat(100_000));
        assert_eq!(places(&wide).len(), 512);
        assert_eq!(places(&"[".repeat(100_000)).len(), 1);
        assert_eq!(places("[}]}]"), []);
        assert_eq!(places("{\"a\":]}"), []);
    }
}
