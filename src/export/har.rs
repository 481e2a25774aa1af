//! HAR 1.2: the HTTP messages as browsers and proxies archive them. What is no HTTP stands beside them, so that nothing is missing.
//!
//! Members that begin with an underscore are this simulator's own, as the format allows.

use serde::Serialize;

use crate::export::paper::{Draft, Sentence};
use crate::export::sheet::{Saying, Sheet};
use crate::protocol::time::Time;
use crate::world::http_form::{HttpForm, StartLine, WireForm};

const HTTP: &str = "HTTP/1.1";

#[derive(Serialize)]
struct Archive<'a> {
    log: Log<'a>,
}

#[derive(Serialize)]
struct Log<'a> {
    version: &'static str,
    creator: Creator,
    comment: String,
    entries: Vec<Entry<'a>>,
    /// Clicks, calls inside the device, mail; and answers to nothing.
    #[serde(rename = "_beside")]
    beside: Vec<Beside<'a>>,
}

#[derive(Serialize)]
struct Creator {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    started_date_time: String,
    time: i64,
    request: Request<'a>,
    response: Response<'a>,
    cache: Nothing,
    timings: Timings,
    comment: &'a str,
    #[serde(rename = "_number")]
    number: u32,
    #[serde(rename = "_from")]
    from: &'static str,
    #[serde(rename = "_to")]
    to: &'static str,
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    method: &'static str,
    url: &'a str,
    http_version: &'static str,
    cookies: [Nothing; 0],
    headers: Vec<Pair<'a>>,
    query_string: Vec<Pair<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData<'a>>,
    headers_size: i64,
    body_size: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    status: u16,
    status_text: &'static str,
    http_version: &'static str,
    cookies: [Nothing; 0],
    headers: Vec<Pair<'a>>,
    content: Content<'a>,
    #[serde(rename = "redirectURL")]
    redirect_url: &'a str,
    headers_size: i64,
    body_size: i64,
    #[serde(rename = "_error", skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

#[derive(Serialize)]
struct Pair<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData<'a> {
    mime_type: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    size: i64,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

/// In milliseconds of the run's clock.
#[derive(Serialize)]
struct Timings {
    send: i64,
    wait: i64,
    receive: i64,
}

#[derive(Serialize)]
struct Beside<'a> {
    number: u32,
    says: &'static str,
    from: &'static str,
    to: &'static str,
    sent: String,
    text: String,
    comment: &'a str,
}

/// Writes the archive.
#[must_use]
pub fn draft(sheet: &Sheet, count: Sentence<'_>) -> Draft {
    let mut answers: Vec<Option<&Saying>> = sheet.sayings.iter().map(Some).collect();
    let (mut entries, mut beside) = (Vec::new(), Vec::new());
    let mut messages = 0;
    for (place, saying) in sheet.sayings.iter().enumerate() {
        // Taken as the answer of an entry before.
        if answers.get(place).is_none_or(Option::is_none) {
            continue;
        }
        let WireForm::Http(HttpForm { start: StartLine::Request { method, url }, .. }) = &saying.form else {
            messages += 1;
            beside.push(beside_of(sheet, saying));
            continue;
        };
        let is_answer = |other: &&Saying| other.answers == Some(saying.id) && is_response(&other.form);
        let later = answers.iter_mut().skip(place + 1);
        let answer = later.into_iter().find(|other| other.as_ref().is_some_and(is_answer)).and_then(Option::take);
        messages += 1 + usize::from(answer.is_some());
        entries.push(entry(sheet, saying, (method, url), answer));
    }
    let log = Log {
        version: "1.2",
        creator: Creator { name: "Paystage", version: env!("CARGO_PKG_VERSION") },
        comment: count(messages),
        entries,
        beside,
    };
    // Nothing here is a map whose keys are no text, the only thing that cannot be written.
    let text = serde_json::to_string_pretty(&Archive { log }).unwrap_or_default();
    Draft { text: text + "\n", messages }
}

fn is_response(form: &WireForm) -> bool {
    matches!(form, WireForm::Http(HttpForm { start: StartLine::Response { .. }, .. }))
}

fn entry<'a>(
    sheet: &Sheet,
    asked: &'a Saying,
    (method, url): (&'static str, &'a str),
    answer: Option<&'a Saying>,
) -> Entry<'a> {
    let between = |from: Time, to: Time| (to.millis() - from.millis()).max(0);
    let (reached, answered) = (asked.arrived.unwrap_or(asked.sent), answer.map(|answer| answer.sent));
    let timings = Timings {
        send: between(asked.sent, reached),
        wait: answered.map_or(0, |answered| between(reached, answered)),
        receive: answer.and_then(|answer| answer.arrived).map_or(0, |came| between(answered.unwrap_or(came), came)),
    };
    Entry {
        started_date_time: asked.sent.rfc3339(),
        time: timings.send + timings.wait + timings.receive,
        request: request(asked, method, url),
        response: answer.and_then(response).unwrap_or_else(no_response),
        cache: Nothing {},
        timings,
        comment: &asked.caption,
        number: asked.number,
        from: sheet.lane(asked.from),
        to: sheet.lane(asked.to),
    }
}

fn request<'a>(asked: &'a Saying, method: &'static str, url: &'a str) -> Request<'a> {
    let (headers, body) = headers_and_body(&asked.form);
    let content = content_type(&asked.form);
    Request {
        method,
        url,
        http_version: HTTP,
        cookies: [],
        headers,
        query_string: query(url),
        post_data: body.map(|text| PostData { mime_type: content, text }),
        headers_size: -1,
        body_size: size(asked),
    }
}

fn response(answer: &Saying) -> Option<Response<'_>> {
    let WireForm::Http(HttpForm { start: StartLine::Response { status, reason }, .. }) = &answer.form else {
        return None;
    };
    let (headers, body) = headers_and_body(&answer.form);
    Some(Response {
        status: *status,
        status_text: reason,
        http_version: HTTP,
        cookies: [],
        headers,
        content: Content { size: size(answer), mime_type: content_type(&answer.form), text: body },
        redirect_url: "",
        headers_size: -1,
        body_size: size(answer),
        error: answer.arrived.is_none().then_some("The answer was lost on its way"),
    })
}

/// As browsers archive a request that nobody answered: status 0.
fn no_response<'a>() -> Response<'a> {
    Response {
        status: 0,
        status_text: "",
        http_version: HTTP,
        cookies: [],
        headers: Vec::new(),
        content: Content { size: 0, mime_type: "x-unknown", text: None },
        redirect_url: "",
        headers_size: -1,
        body_size: -1,
        error: Some("No answer by HTTP"),
    }
}

fn beside_of<'a>(sheet: &Sheet, saying: &'a Saying) -> Beside<'a> {
    Beside {
        number: saying.number,
        says: saying.kind,
        from: sheet.lane(saying.from),
        to: sheet.lane(saying.to),
        sent: saying.sent.rfc3339(),
        text: saying.form.to_string(),
        comment: &saying.caption,
    }
}

fn headers_and_body(form: &WireForm) -> (Vec<Pair<'_>>, Option<&str>) {
    let WireForm::Http(http) = form else { return (Vec::new(), None) };
    let pairs = http.headers.iter().map(|(name, value)| Pair { name, value }).collect();
    (pairs, http.body.as_deref())
}

fn content_type(form: &WireForm) -> &str {
    let WireForm::Http(http) = form else { return "" };
    let header = http.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    header.map_or("application/octet-stream", |(_, value)| value)
}

fn query(url: &str) -> Vec<Pair<'_>> {
    let Some((_, query)) = url.split_once('?') else { return Vec::new() };
    let query = query.split('#').next().unwrap_or_default();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(name, value)| Pair { name, value }).collect()
}

/// As it was on the wire, dots or not.
fn size(saying: &Saying) -> i64 {
    i64::try_from(saying.body_bytes).unwrap_or(i64::MAX)
}
