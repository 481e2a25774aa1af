//! The load: plain sockets that ask and read, so that what is measured is the server and not a client library.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

/// A request with a body of this type.
pub(crate) fn post(port: u16, path: &str, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A request without a body.
pub(crate) fn get(port: u16, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").into_bytes()
}

/// What an app asks of the store about a receipt, as the historic clients post it.
pub(crate) fn verify(port: u16, receipt: &str) -> Vec<u8> {
    post(port, "/verify/", "text/plain;charset=UTF-8", receipt)
}

/// A connection to the server.
pub(crate) fn connect(port: u16) -> TcpStream {
    let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    socket.set_nodelay(true).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket
}

/// Asks, and gives back the whole answer, which must say 2xx.
pub(crate) fn ask<'a>(socket: &mut TcpStream, request: &[u8], buffer: &'a mut [u8]) -> &'a str {
    socket.write_all(request).unwrap();
    hear(socket, buffer)
}

/// Reads one answer, which must say 2xx.
pub(crate) fn hear<'a>(socket: &mut TcpStream, buffer: &'a mut [u8]) -> &'a str {
    let mut read = 0;
    let mut end = usize::MAX;
    while read < end {
        let count = socket.read(&mut buffer[read..]).unwrap();
        assert!(count > 0, "hung up: {}", String::from_utf8_lossy(&buffer[..read]));
        read += count;
        if end == usize::MAX
            && let Some(head) = buffer[..read].windows(4).position(|four| four == b"\r\n\r\n")
        {
            end = head + 4 + content_length(&buffer[..head]);
        }
    }
    let answer = std::str::from_utf8(&buffer[..read]).unwrap();
    assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
    answer
}

/// hyper writes the names of headers in small letters.
fn content_length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).unwrap();
    let (_, rest) = head.split_once("\r\ncontent-length: ").unwrap_or_default();
    rest.split("\r\n").next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// The body of an answer.
pub(crate) fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

/// Answers a second, when so many connections ask one request after another for so long. Each answer must hold `said`.
pub(crate) fn load(port: u16, request: &[u8], said: &str, connections: usize, time: Duration) -> f64 {
    let mut sockets: Vec<TcpStream> = (0..connections).map(|_| connect(port)).collect();
    let mut buffer = vec![0; 8 << 10];
    let started = Instant::now();
    let mut answers = 0_u32;
    while started.elapsed() < time {
        // All ask, then all are read: while the last ones ask, the first ones are served.
        for socket in &mut sockets {
            socket.write_all(request).unwrap();
        }
        for socket in &mut sockets {
            let answer = hear(socket, &mut buffer);
            assert!(answer.contains(said), "{answer}");
            answers += 1;
        }
    }
    f64::from(answers) / started.elapsed().as_secs_f64()
}

/// The resident memory of a process, in KiB; 0 where the system does not tell.
pub(crate) fn resident_kib(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

/// How long this process' thread of that name has had a processor, in nanoseconds; 0 where the system does not tell.
///
/// On a busy machine this is what can be compared: it does not count the time in which others ran.
pub(crate) fn processor_ns(thread: &str) -> u64 {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let named = tasks
        .map(|task| task.path())
        .find(|task| fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim_end() == thread));
    let text = named.and_then(|task| fs::read_to_string(task.join("schedstat")).ok()).unwrap_or_default();
    text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or(0)
}

/// How long all threads of this process, those that have ended included, have had a processor, in microseconds, by the system's
/// ticks of a hundredth of a second; 0 where it does not tell.
pub(crate) fn processor_of_all_us() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(") ").next().unwrap_or_default();
    let ticks =
        |place: usize| after_name.split(' ').nth(place).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) * 1e4
}
