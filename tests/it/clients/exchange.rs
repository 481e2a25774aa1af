//! One request byte for byte as a client sent it, and its answer as it came back.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};

use serde_json::Value;

use crate::raw_http::PATIENCE;

/// An answer as it stood on the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header, however its name is spelled.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The answer, if it has this status.
    #[track_caller]
    pub(crate) fn with(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// The answer, if a page of that origin may read it without credentials.
    #[track_caller]
    pub(crate) fn readable_from(self, origin: &str) -> Self {
        let allowed = self.header("Access-Control-Allow-Origin");
        assert!(allowed == Some("*") || allowed == Some(origin), "no page of {origin} may read {self:?}");
        self
    }

    /// Whether a list in a header, such as of methods, names this.
    pub(crate) fn lists(&self, header: &str, wanted: &str) -> bool {
        let listed = self.header(header).unwrap_or_default();
        listed.split(',').any(|word| word.trim().eq_ignore_ascii_case(wanted) || word.trim() == "*")
    }
}

/// Sends the lines of a head and a body, and reads the one answer. `Content-Length` is added where there is a body.
#[track_caller]
pub(crate) fn exchange(port: u16, head: &[&str], body: &str) -> Answer {
    let length = if body.is_empty() { String::new() } else { format!("\r\nContent-Length: {}", body.len()) };
    let request = format!("{}{length}\r\n\r\n{body}", head.join("\r\n"));
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    answer(&mut BufReader::new(stream))
}

/// Reads one answer: its head, then as many bytes as the head says.
#[track_caller]
fn answer(stream: &mut BufReader<TcpStream>) -> Answer {
    let first = line(stream);
    let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status in {first:?}"));
    let mut head = Vec::new();
    loop {
        let text = line(stream);
        if text.is_empty() {
            break;
        }
        let (name, value) = text.split_once(':').unwrap();
        head.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, head, body: String::new() };
    answer.body = body(stream, &answer);
    answer
}

fn body(stream: &mut BufReader<TcpStream>, answer: &Answer) -> String {
    let mut bytes = Vec::new();
    if answer.lists("Transfer-Encoding", "chunked") {
        loop {
            let size = usize::from_str_radix(&line(stream), 16).unwrap();
            let mut chunk = vec![0; size];
            stream.read_exact(&mut chunk).unwrap();
            line(stream);
            if size == 0 {
                break;
            }
            bytes.extend(chunk);
        }
    } else if let Some(length) = answer.header("Content-Length") {
        bytes.resize(length.parse().unwrap(), 0);
        stream.read_exact(&mut bytes).unwrap();
    }
    String::from_utf8(bytes).unwrap()
}

fn line(stream: &mut BufReader<TcpStream>) -> String {
    let mut text = String::new();
    stream.read_line(&mut text).unwrap();
    text.trim_end_matches(['\r', '\n']).to_owned()
}
