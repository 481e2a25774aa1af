//! Trouble: why the control interface could not do what was asked, in the one form of all its errors.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::json;

use crate::io::http::answer;
use crate::io::inbox::Silence;
use crate::io::saved::NotSaved;

/// `{"error": sentence, "code": for programs, "hint": what to do}`; `where` names line and column of a body that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    status: StatusCode,
    code: &'static str,
    error: String,
    place: Option<(usize, usize)>,
    hint: &'static str,
}

impl Trouble {
    /// 400: the body or the query is not what this takes.
    #[must_use]
    pub fn bad(code: &'static str, error: impl Into<String>, hint: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, error: error.into(), place: None, hint }
    }

    /// 404: there is nothing of this name.
    #[must_use]
    pub fn missing(code: &'static str, error: impl Into<String>, hint: &'static str) -> Self {
        Self { status: StatusCode::NOT_FOUND, ..Self::bad(code, error, hint) }
    }

    /// 409: it cannot be done as things stand.
    #[must_use]
    pub fn conflict(code: &'static str, error: impl Into<String>, hint: &'static str) -> Self {
        Self { status: StatusCode::CONFLICT, ..Self::bad(code, error, hint) }
    }

    /// 429: there are as many as there may be.
    #[must_use]
    pub fn too_many(code: &'static str, error: impl Into<String>, hint: &'static str) -> Self {
        Self { status: StatusCode::TOO_MANY_REQUESTS, ..Self::bad(code, error, hint) }
    }

    /// The same, at this line and column, both from 1.
    #[must_use]
    pub fn at(mut self, line: usize, column: usize) -> Self {
        self.place = Some((line, column));
        self
    }

    /// As the answer.
    #[must_use]
    pub fn response(&self) -> Response<Body> {
        let mut body = json!({ "error": self.error, "code": self.code, "hint": self.hint });
        if let (Some((line, column)), Some(members)) = (self.place, body.as_object_mut()) {
            members.insert("where".to_owned(), json!({ "line": line, "column": column }));
        }
        answer::as_json(self.status.as_u16(), &body)
    }
}

impl From<Silence> for Trouble {
    fn from(silence: Silence) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            ..Self::bad("RUN_ENDED", silence.to_string(), "Begin another run")
        }
    }
}

impl From<NotSaved> for Trouble {
    fn from(why: NotSaved) -> Self {
        let status = StatusCode::INSUFFICIENT_STORAGE;
        Self { status, ..Self::bad("NOT_SAVED", why.to_string(), "Make room, then ask again") }
    }
}
