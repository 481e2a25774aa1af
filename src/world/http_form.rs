//! HTTP forms: how a message looks on the wire, as lines that people and programs can read.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// One HTTP request or answer. Holds text only; nothing here opens a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HttpForm {
    /// The first line.
    pub start: StartLine,
    /// Names as HTTP writes them, in the order in which they are sent.
    pub headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// The body, where there is one.
    pub body: Option<String>,
}

/// The first line of a request or of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StartLine {
    /// A request.
    Request {
        /// `GET`, `POST`, `PATCH`.
        method: &'static str,
        /// The absolute URL.
        url: String,
    },
    /// An answer.
    Response {
        /// The status code.
        status: u16,
        /// The reason phrase; empty where the code has none here.
        reason: &'static str,
    },
}

/// How a message travels: over HTTP, or as a call, a click, a line of mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WireForm {
    /// Over HTTP.
    Http(HttpForm),
    /// Without HTTP, written as the caller would write it: `navigator.mozPay([jwt])`.
    Call(String),
}

impl HttpForm {
    /// A request without a body.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self::request("GET", url)
    }

    /// A request whose body may follow.
    #[must_use]
    pub fn request(method: &'static str, url: impl Into<String>) -> Self {
        Self { start: StartLine::Request { method, url: url.into() }, headers: Vec::new(), body: None }
    }

    /// An answer whose body may follow.
    #[must_use]
    pub fn response(status: u16) -> Self {
        let start = StartLine::Response { status, reason: reason_phrase(status) };
        Self { start, headers: Vec::new(), body: None }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((Cow::Borrowed(name), value.into()));
        self
    }

    /// The same with a body of this type.
    #[must_use]
    pub fn content(self, content_type: &'static str, body: impl Into<String>) -> Self {
        let mut form = self.header("Content-Type", content_type);
        form.body = Some(body.into());
        form
    }

    /// The same with a JSON object of text members, in this order, as its body.
    #[must_use]
    pub fn json(self, members: &[(&str, &str)]) -> Self {
        let room = members.iter().map(|(name, value)| name.len() + value.len() + 8).sum();
        let mut body = String::with_capacity(room);
        body.push('{');
        for (place, (name, value)) in members.iter().enumerate() {
            body.push_str(if place == 0 { "" } else { "," });
            push_text(&mut body, name);
            body.push(':');
            push_text(&mut body, value);
        }
        body.push('}');
        self.content("application/json", body)
    }

    /// What the body is, without parameters such as the character set.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"))?;
        value.split(';').next().map(str::trim)
    }

    /// The request as one line for a shell, every part quoted. `None` for an answer.
    #[must_use]
    pub fn curl(&self) -> Option<String> {
        let StartLine::Request { method, url } = &self.start else { return None };
        let mut line = "curl".to_owned();
        // curl sends GET by itself, and POST as soon as there is a body.
        if !matches!((*method, &self.body), ("GET", None) | ("POST", Some(_))) {
            line = format!("{line} -X {method}");
        }
        line = format!("{line} {}", shell_quoted(url));
        for (name, value) in &self.headers {
            line = format!("{line} -H {}", shell_quoted(&format!("{name}: {value}")));
        }
        if let Some(body) = &self.body {
            line = format!("{line} --data-raw {}", shell_quoted(body));
        }
        Some(line)
    }
}

/// The lines as HTTP/1.1 orders them, with plain line ends.
impl fmt::Display for HttpForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.start {
            StartLine::Request { method, url } => write!(f, "{method} {url}")?,
            StartLine::Response { status, reason } => write!(f, "{}", format!("{status} {reason}").trim_end())?,
        }
        for (name, value) in &self.headers {
            write!(f, "\n{name}: {value}")?;
        }
        match &self.body {
            Some(body) => write!(f, "\n\n{body}"),
            None => Ok(()),
        }
    }
}

impl WireForm {
    /// The HTTP form, where there is one.
    #[must_use]
    pub fn http(self) -> Option<HttpForm> {
        match self {
            Self::Http(form) => Some(form),
            Self::Call(_) => None,
        }
    }
}

impl From<HttpForm> for WireForm {
    fn from(form: HttpForm) -> Self {
        Self::Http(form)
    }
}

impl fmt::Display for WireForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(form) => form.fmt(f),
            Self::Call(text) => f.write_str(text),
        }
    }
}

/// A JSON text. What needs no escape, as nearly all does, is copied as it is.
fn push_text(body: &mut String, text: &str) {
    // Every byte is looked at, with no way out before the end: so the machine looks at many at once.
    let is_special = |byte: u8| matches!(byte, 0..b' ' | b'"' | b'\\');
    if text.bytes().fold(false, |found, byte| found | is_special(byte)) {
        body.push_str(&Value::from(text).to_string());
    } else {
        body.push('"');
        body.push_str(text);
        body.push('"');
    }
}

/// Between single quotes a POSIX shell leaves every byte alone but the quote itself.
fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// RFC 9110, 15, as far as this world answers.
fn reason_phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        302 => "Found",
        400 => "Bad Request",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{HttpForm, shell_quoted};

    #[test]
    fn a_request_becomes_one_line_for_a_shell() {
        let form = HttpForm::request("POST", "https://store.example/verify/").content("text/plain", "a~b");
        let line = form.curl();
        assert_eq!(
            line.as_deref(),
            Some("curl 'https://store.example/verify/' -H 'Content-Type: text/plain' --data-raw 'a~b'")
        );
    }

    #[test]
    fn members_are_json_whatever_is_in_them() {
        let members =
            [("plain", "a.b-c"), ("quote \"", "back\\slash"), ("line", "\n\u{1}"), ("wide", "é🐴\u{7f}"), ("", "")];
        let body = HttpForm::response(200).json(&members).body.unwrap();
        let expected: Vec<_> =
            members.iter().map(|(name, value)| format!("{}:{}", Value::from(*name), Value::from(*value))).collect();
        assert_eq!(body, format!("{{{}}}", expected.join(",")));
        assert_eq!(HttpForm::response(200).json(&[]).body.as_deref(), Some("{}"));
    }

    #[test]
    fn a_method_that_curl_would_not_guess_is_named() {
        let bare = HttpForm::request("POST", "https://x.example/buy").curl();
        assert_eq!(bare.as_deref(), Some("curl -X POST 'https://x.example/buy'"));
        let get = HttpForm::get("https://x.example/").curl();
        assert_eq!(get.as_deref(), Some("curl 'https://x.example/'"));
    }

    #[test]
    fn an_answer_is_no_shell_line() {
        assert_eq!(HttpForm::response(200).curl(), None);
    }

    #[test]
    fn a_quote_in_a_value_cannot_leave_its_quotes() {
        assert_eq!(shell_quoted("it's; rm -rf /"), r"'it'\''s; rm -rf /'");
    }

    #[test]
    fn the_content_type_is_told_without_its_parameters() {
        let form = HttpForm::response(200).content("text/plain; charset=utf-8", "7f3a");
        assert_eq!(form.content_type(), Some("text/plain"));
        assert_eq!(HttpForm::response(204).content_type(), None);
        assert_eq!(form.to_string(), "200 OK\nContent-Type: text/plain; charset=utf-8\n\n7f3a");
    }
}
