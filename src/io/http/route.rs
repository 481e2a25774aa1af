//! Routes: what one declaration says of an endpoint, and how a request is read before anybody acts on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::io::http::door::Door;
use crate::io::http::shape::{Given, Member};
use crate::protocol::id::Origin;
use crate::world::input::Input;
use crate::world::provenance::Provenance;

/// One endpoint. From this declaration come the route, its guard, the input that it becomes and its description.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// `GET` or `POST`. `OPTIONS` is answered everywhere, anything else is 405.
    pub verb: Verb,
    /// The path, as the historic server wrote it: `/api/v*/…` stands for both versions; a slash at the end may be left out.
    pub path: &'static str,
    /// Through which door it is reached.
    pub door: Door,
    /// What it is, in one sentence.
    pub about: &'static str,
    /// What it takes besides its path.
    pub takes: Takes,
    /// How it is served.
    pub serves: Serves,
    /// What it answers, besides what its door refuses.
    pub gives: &'static [Given],
}

/// The method of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Asks, and may change something.
    Post,
}

/// What a route takes besides its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// These parameters of the query.
    Query(&'static [Member]),
    /// A form with these fields.
    Form(&'static [Member]),
    /// A JSON object with these members.
    Json(&'static [Member]),
    /// A whole receipt, as text.
    Receipt,
}

/// How a route is served.
#[derive(Clone, Copy, Debug)]
pub enum Serves {
    /// The request becomes an input of the run; what answers it goes back in these words.
    Input(Hears, Words),
    /// The payment window acts, and is told how it stands; without an input it only looks.
    Window(Option<Hears>),
    /// Something that the run need not hear of.
    Reading(Reading),
}

/// How a request becomes an input.
#[derive(Clone, Copy, Debug)]
pub enum Hears {
    /// Whatever is said, it is an input.
    Anything(fn(&Asked) -> Input),
    /// It may be misheard.
    Proper(fn(&Asked) -> Result<Input, Misheard>),
}

impl Hears {
    /// The input that a request is.
    ///
    /// # Errors
    /// [`Misheard`].
    pub fn hear(self, asked: &Asked) -> Result<Input, Misheard> {
        match self {
            Self::Anything(hear) => Ok(hear(asked)),
            Self::Proper(hear) => hear(asked),
        }
    }
}

/// In whose words an answer is phrased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Those of the two pages: `pending`, `completed`, 200.
    Page,
    /// Those of the store's shipped interface: `incomplete`, `complete`, 201. The base of its paths stands before the status URL.
    Store,
    /// Those of the shipped payment flow: `status`, `client_trans_id`, `error_code`.
    Flow,
    /// A payment window as a web page.
    WindowPage,
    /// A JWK set, whatever else the store publishes.
    KeySet,
    /// The root of the store's certificates.
    RootKey,
    /// The buyer's history, as a page or as JSON.
    History,
}

/// What can be read of a run without its hearing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// What the receipts of one payment say.
    Receipt,
    /// The picture of a product.
    Logo,
    /// All error codes with their sentences.
    ErrorLegend,
    /// Whether a seller's key is set up rightly.
    KeyCheck,
    /// That the server is there.
    Health,
}

/// A request, read but not believed.
#[derive(Debug)]
pub struct Asked {
    /// The target as it was asked for, without what stands before this run's base.
    pub uri: Uri,
    /// The parts of the path that the route names, percent-decoded.
    pub params: Vec<(String, String)>,
    /// The parameters of the query, decoded.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body, within its door's limit.
    pub body: Bytes,
}

/// A request that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Misheard {
    /// The HTTP status.
    pub status: StatusCode,
    /// What is wrong, in one sentence, the offending value last.
    pub sentence: String,
    /// A code for programs.
    pub code: &'static str,
}

impl Misheard {
    /// 400: the request is not what the route takes.
    #[must_use]
    pub fn bad(code: &'static str, sentence: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, sentence: sentence.into(), code }
    }

    /// 404: there is nothing of this name.
    #[must_use]
    pub fn missing(code: &'static str, sentence: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, sentence: sentence.into(), code }
    }
}

impl Asked {
    /// The path as it was asked for.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The part of the path that the route calls `name`; empty where the route has none.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        find(&self.params, name).unwrap_or_default()
    }

    /// The parameter of the query.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// The header as text, where there is one and it is text.
    #[must_use]
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The `Origin` header. `null`, which a browser sends for a page without an origin, is none.
    #[must_use]
    pub fn origin(&self) -> Option<Origin> {
        Origin::parse(self.header(&header::ORIGIN)?).ok()
    }

    /// What else tells where a buy request comes from: the referring page, and the app's own token.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        let referer = self.header(&header::REFERER).map(str::to_owned);
        let token = self.header(&HeaderName::from_static("x-paystage-app-token")).map(Into::into);
        Provenance { referer, token, path: None }
    }

    /// The field of a form, decoded; the shipped interface took a JSON object in a form's place.
    ///
    /// # Errors
    /// The field is missing or empty.
    pub fn field(&self, name: &'static str) -> Result<String, Misheard> {
        let is_json = self.header(&header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json"));
        let found = if is_json {
            self.json::<BTreeMap<String, Value>>()?.get(name).and_then(Value::as_str).map(str::to_owned)
        } else {
            let mut fields = url::form_urlencoded::parse(&self.body);
            fields.find(|(field, _)| field == name).map(|(_, value)| value.into_owned())
        };
        let missing = || Misheard::bad("FIELD_REQUIRED", format!("The form needs the field {name}"));
        found.filter(|value| !value.is_empty()).ok_or_else(missing)
    }

    /// The body as JSON of this shape.
    ///
    /// # Errors
    /// It is not; the sentence says where.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Misheard> {
        let wrong =
            |error: serde_json::Error| Misheard::bad("BAD_JSON", format!("The body is not as expected: {error}"));
        serde_json::from_slice(&self.body).map_err(wrong)
    }

    /// The body as text. What is no UTF-8 is marked: no receipt has such bytes, and the store must say so itself.
    #[must_use]
    pub fn text(&self) -> Arc<str> {
        // Nearly every body is UTF-8, and that is found out faster than mended.
        str::from_utf8(&self.body).map_or_else(|_| String::from_utf8_lossy(&self.body).into(), Arc::from)
    }

    /// Whether whoever asks prefers a page to data, as browsers do.
    #[must_use]
    pub fn wants_page(&self) -> bool {
        let accept = self.header(&header::ACCEPT).unwrap_or_default();
        accept.split(',').any(|kind| kind.trim().starts_with("text/html"))
    }
}

fn find<'a>(list: &'a [(String, String)], name: &str) -> Option<&'a str> {
    list.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

impl Route {
    /// Every way in which the path may be spelled: both versions, with and without the slash at its end.
    #[must_use]
    pub fn spellings(&self) -> Vec<String> {
        let versions = if self.path.contains("/v*/") { vec!["/v1/", "/v2/"] } else { vec!["/v*/"] };
        let mut spellings = Vec::new();
        for version in versions {
            let path = self.path.replace("/v*/", version);
            match path.strip_suffix('/') {
                Some(bare) if !bare.is_empty() => spellings.push(bare.to_owned()),
                Some(_) => {}
                None if path.ends_with('}') || path.contains('.') => {}
                None => spellings.push(format!("{path}/")),
            }
            spellings.push(path);
        }
        spellings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(kind: &'static str, body: &'static str) -> Asked {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        Asked { uri: Uri::default(), params: Vec::new(), query: Vec::new(), headers, body: Bytes::from(body) }
    }

    #[test]
    fn a_field_is_read_from_a_form_and_from_json() {
        let form = "application/x-www-form-urlencoded";
        assert_eq!(asked(form, "inapp=shiny%2Dpony&x=1").field("inapp").unwrap(), "shiny-pony");
        assert_eq!(asked("application/json", r#"{"inapp":"shiny-pony","x":1}"#).field("inapp").unwrap(), "shiny-pony");
        for (kind, body, code) in [
            (form, "", "FIELD_REQUIRED"),
            (form, "inapp=", "FIELD_REQUIRED"),
            (form, "INAPP=a", "FIELD_REQUIRED"),
            ("application/json", r#"{"inapp":7}"#, "FIELD_REQUIRED"),
            ("application/json", "[]", "BAD_JSON"),
            ("application/json", "", "BAD_JSON"),
        ] {
            assert_eq!(asked(kind, body).field("inapp").unwrap_err().code, code, "{kind}: {body}");
        }
    }

    #[test]
    fn an_origin_that_is_none_is_none() {
        for (said, is_one) in [("https://pony.example", true), ("null", false), ("pony", false), ("", false)] {
            let mut asked = asked("text/plain", "");
            asked.headers.insert(header::ORIGIN, said.parse().unwrap());
            assert_eq!(asked.origin().is_some(), is_one, "{said}");
        }
    }
}
