//! A client without manners: it sends the bytes that it is told to, and reads until the server hangs up.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

/// Longer than any limit of a server; a test that waits so long has found something.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What came back, read leniently.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// Reads the first answer in `text`.
    pub(crate) fn first(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no whole answer: {text:?}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status: {text:?}"));
        Self { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    /// The value of a header, in lower case; an empty text where it is missing. More than one are joined by `, `.
    pub(crate) fn header(&self, name: &str) -> String {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        let values: Vec<_> = lines.filter(|(said, _)| *said == name).map(|(_, value)| value.trim()).collect();
        values.join(", ")
    }
}

/// A connection to a server on this machine.
pub(crate) struct Raw(TcpStream);

impl Raw {
    pub(crate) fn connect(port: u16) -> Self {
        Self::over(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap())
    }

    /// A connection that stands already.
    pub(crate) fn over(socket: TcpStream) -> Self {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_write_timeout(Some(PATIENCE)).unwrap();
        Self(socket)
    }

    /// Sends bytes. Whether the server still wanted them is seen when its answer is read.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.0.write_all(bytes.as_ref());
    }

    /// Everything up to the server's farewell, also a rude one.
    pub(crate) fn rest(&mut self) -> String {
        let mut read = Vec::new();
        if let Err(error) = self.0.read_to_end(&mut read) {
            assert!(error.kind() == ErrorKind::ConnectionReset, "the server never hung up: {error}");
        }
        String::from_utf8_lossy(&read).into_owned()
    }

    /// Whether the server has not hung up yet. Takes no time, and loses what the server may have said.
    pub(crate) fn is_open(&mut self) -> bool {
        self.0.set_nonblocking(true).unwrap();
        let read = self.0.read(&mut [0; 1024]);
        self.0.set_nonblocking(false).unwrap();
        match read {
            Ok(count) => count > 0,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        }
    }

    /// Waits until the server has hung up, without reading anything: what is sent to a closed socket comes back as an error.
    pub(crate) fn until_hung_up(&mut self) {
        let started = Instant::now();
        self.0.set_nonblocking(true).unwrap();
        loop {
            match self.0.write(b"x") {
                Err(error) if error.kind() != ErrorKind::WouldBlock => break,
                Ok(_) | Err(_) => std::thread::yield_now(),
            }
            assert!(started.elapsed() < PATIENCE, "the server never hung up");
        }
        self.0.set_nonblocking(false).unwrap();
    }

    /// Reads until `end` has come.
    pub(crate) fn until(&mut self, end: &str) -> String {
        let mut read = String::new();
        let mut some = [0; 1024];
        while !read.contains(end) {
            let count = self.0.read(&mut some).unwrap();
            assert!(count > 0, "hung up before {end:?}: {read:?}");
            read += &String::from_utf8_lossy(some.get(..count).unwrap());
        }
        read
    }
}

/// Sends `bytes` on a connection of its own and returns all that comes back.
pub(crate) fn say(port: u16, bytes: impl AsRef<[u8]>) -> String {
    let mut raw = Raw::connect(port);
    raw.send(bytes);
    raw.rest()
}

/// One request with exactly these header lines, besides the two that end it.
pub(crate) fn ask(port: u16, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let lines = headers.iter().fold(String::new(), |lines, (name, value)| lines + name + ": " + value + "\r\n");
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    Answer::first(&say(port, format!("{line} HTTP/1.1\r\n{lines}{length}Connection: close\r\n\r\n{body}")))
}
