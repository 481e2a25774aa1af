//! What Paystage asks by itself goes where somebody meant it to go, once, and does not hang on what comes back.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use axum::http::Method;
use paystage::io::outbound::{ANSWER_BYTES_MAX, Answer, Found, Outbound, OutboundError, Reach, Resolver, TIME_LIMIT};
use paystage::io::target::TargetError;

const SHORT: Duration = Duration::from_millis(150);

/// A server for one request: it answers with `answer` as long as the other side listens, and returns what it was asked.
struct Once {
    port: u16,
    asked: JoinHandle<String>,
}

impl Once {
    fn answering(answer: impl Iterator<Item = Vec<u8>> + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = std::thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            let asked = read_request(&mut socket);
            for piece in answer {
                if socket.write_all(&piece).is_err() {
                    break;
                }
            }
            asked
        });
        Self { port, asked }
    }

    fn saying(answer: &str) -> Self {
        Self::answering(std::iter::once(answer.as_bytes().to_vec()))
    }

    /// Accepts and reads, and then says nothing until the other side goes away.
    fn silent(first: &'static str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = std::thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            let asked = read_request(&mut socket);
            socket.write_all(first.as_bytes()).unwrap();
            let _ = socket.read_to_end(&mut Vec::new());
            asked
        });
        Self { port, asked }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/notices", self.port)
    }

    fn asked(self) -> String {
        self.asked.join().unwrap()
    }
}

/// The head and as much of a body as it announces.
fn read_request(socket: &mut impl std::io::Read) -> String {
    let mut text = String::new();
    let mut some = [0; 1024];
    loop {
        let count = socket.read(&mut some).unwrap();
        text += &String::from_utf8_lossy(some.get(..count).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .to_ascii_lowercase()
            .split_once("content-length: ")
            .map_or(0, |(_, rest)| rest.lines().next().unwrap().parse().unwrap());
        if body.len() >= length || count == 0 {
            return text;
        }
    }
}

fn waited<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn post(outbound: &Outbound, url: &str) -> Result<Answer, OutboundError> {
    waited(outbound.post(url, "application/x-www-form-urlencoded", b"notice=abc".to_vec()))
}

fn refusal(outbound: &Outbound, url: &str) -> OutboundError {
    post(outbound, url).expect_err(url)
}

/// Names as this test wants them; counts how often it was asked.
#[derive(Default)]
struct Names {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Names {
    /// Each look-up gets the next of `answers`; the last one stays.
    fn of(answers: &[&[&str]]) -> Arc<Self> {
        let parsed = answers.iter().map(|one| one.iter().map(|address| address.parse().unwrap()).collect()).collect();
        Arc::new(Self { answers: Mutex::new(parsed), asked: AtomicUsize::new(0) })
    }
}

impl Resolver for Names {
    fn addresses(&self, _: &str) -> Found {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        let answers = self.answers.lock().unwrap();
        let found = answers.get(asked).or(answers.last()).cloned().unwrap_or_default();
        Box::pin(async move { Ok(found) })
    }
}

/// A resolver that finds no end.
struct Never;

impl Resolver for Never {
    fn addresses(&self, _: &str) -> Found {
        Box::pin(std::future::pending())
    }
}

#[test]
fn a_notice_is_posted_as_a_form_and_the_answer_read() {
    let server = Once::saying("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\ntrx-1");
    let port = server.port;
    let answer = post(&Outbound::new(Reach::loopback()), &format!("{}/in?a=b%20c#part", server.url())).unwrap();
    assert_eq!(
        (answer.status, answer.text().as_str(), answer.content_type.as_deref()),
        (200, "trx-1", Some("text/plain"))
    );
    let asked = server.asked().to_ascii_lowercase();
    let (head, body) = asked.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<_> = head.lines().collect();
    lines.sort_unstable();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        lines,
        [
            "connection: close",
            "content-length: 10",
            "content-type: application/x-www-form-urlencoded",
            &format!("host: 127.0.0.1:{port}"),
            "post /notices/in?a=b%20c http/1.1",
            &format!("user-agent: paystage/{version}"),
        ]
    );
    assert_eq!(body, "notice=abc");
}

#[test]
fn localhost_needs_no_resolver() {
    let server = Once::saying("HTTP/1.1 204 No Content\r\n\r\n");
    let names = Names::of(&[&["192.0.2.1"]]);
    let outbound = Outbound::new(Reach::loopback()).with_resolver(Arc::clone(&names) as Arc<dyn Resolver>);
    let answer = waited(outbound.get(&format!("http://LocalHost:{}/", server.port))).unwrap();
    assert_eq!((answer.status, names.asked.load(Ordering::SeqCst)), (204, 0));
    assert!(server.asked().starts_with("GET / HTTP/1.1\r\n"));
}

#[test]
fn a_redirect_is_an_answer_and_is_followed_nowhere() {
    let elsewhere = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let target = elsewhere.local_addr().unwrap();
    for status in [301, 302, 303, 307, 308] {
        let server =
            Once::saying(&format!("HTTP/1.1 {status} X\r\nLocation: http://{target}/\r\nContent-Length: 0\r\n\r\n"));
        assert_eq!(post(&Outbound::new(Reach::loopback()), &server.url()).unwrap().status, status);
    }
    assert!(elsewhere.accept().is_err(), "somebody came");
}

#[test]
fn a_request_wears_the_headers_that_it_is_given_but_for_those_that_frame_it() {
    let server = Once::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let (port, outbound) = (server.port, Outbound::new(Reach::loopback()));
    let headers = [
        ("Origin", "http://127.0.0.1:9100"),
        ("Accept", "application/json"),
        ("Host", "evil.example"),
        ("Content-Length", "7"),
        ("Transfer-Encoding", "chunked"),
        ("no name", "x"),
        ("X-Line", "a\r\nX-Smuggled: b"),
    ];
    assert_eq!(waited(outbound.ask(Method::OPTIONS, &server.url(), &headers, Vec::new())).unwrap().status, 200);
    let asked = server.asked().to_ascii_lowercase();
    assert!(asked.starts_with("options /notices http/1.1\r\n"), "{asked}");
    for line in [
        format!("host: 127.0.0.1:{port}"),
        "origin: http://127.0.0.1:9100".to_owned(),
        "accept: application/json".to_owned(),
    ] {
        assert!(asked.lines().any(|known| known == line), "{line:?} in {asked}");
    }
    for word in ["evil.example", "content-length: 7", "chunked", "no name", "smuggled"] {
        assert!(!asked.contains(word), "{word:?} in {asked}");
    }
}

#[test]
fn nothing_beyond_this_machine_is_asked_unless_its_name_was_allowed() {
    let names = Names::of(&[&["127.0.0.1"]]);
    let outbound = Outbound::new(Reach::loopback()).with_resolver(Arc::clone(&names) as Arc<dyn Resolver>);
    for host in [
        "pony.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil-localhost",
        "localhost.",
        "app.localhost",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "8.8.8.8",
        "[fd00::1]",
        "[2606:4700::1111]",
    ] {
        let refused = refusal(&outbound, &format!("http://{host}:8000/"));
        assert!(matches!(&refused, OutboundError::HostNotAllowed { host: told } if told == host), "{host}: {refused}");
    }
    assert_eq!(names.asked.load(Ordering::SeqCst), 0, "and no name is looked up for it");
}

#[test]
fn some_addresses_are_asked_under_no_name() {
    for address in [
        "0.0.0.0",
        "169.254.169.254",
        "169.254.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "fe80::1",
        "ff02::1",
        "fd00:ec2::254",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
    ] {
        let ip: IpAddr = address.parse().unwrap();
        let host = if ip.is_ipv6() { format!("[{ip}]") } else { address.to_owned() };
        let literal = refusal(&Outbound::new(Reach::loopback().and_host(&host)), &format!("http://{host}:8000/"));
        assert!(matches!(literal, OutboundError::AddressForbidden { address, .. } if address == ip), "{literal}");
        // One bad address among good ones is enough: an honest name has none.
        for found in [vec![address], vec!["127.0.0.1", address]] {
            let named = Outbound::new(Reach::loopback().and_host("app.test")).with_resolver(Names::of(&[&found]));
            let refused = refusal(&named, "http://app.test:8000/");
            assert!(matches!(refused, OutboundError::AddressForbidden { address, .. } if address == ip), "{refused}");
        }
    }
}

#[test]
fn a_mapped_address_is_refused_however_it_is_written() {
    let outbound = Outbound::new(Reach::loopback());
    for url in [
        "http://[::ffff:10.0.0.1]/",
        "http://[::ffff:127.0.0.1]:8000/",
        "http://[::ffff:a00:1]/",
        "http://[::127.0.0.1]/",
    ] {
        let refused = refusal(&outbound, url);
        let is_refused =
            matches!(refused, OutboundError::AddressForbidden { .. } | OutboundError::Target(TargetError::Spelling(_)));
        assert!(is_refused, "{url}: {refused}");
    }
}

#[test]
fn an_address_has_one_spelling() {
    let server = Once::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let port = server.port;
    let outbound = Outbound::new(Reach::loopback());
    for host in [
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0x7f.1",
        "017700000001",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "127.0.0.1.",
        "127.0.0.01",
        "%31%32%37.0.0.1",
        "[0:0:0:0:0:0:0:1]",
        "[::0001]",
        "[0::1]",
        "loc%61lhost",
    ] {
        let refused = refusal(&outbound, &format!("http://{host}:{port}/"));
        assert!(matches!(refused, OutboundError::Target(TargetError::Spelling(_))), "{host}: {refused}");
    }
    for url in [
        format!("http:/127.0.0.1:{port}/"),
        format!("http:127.0.0.1:{port}/"),
        format!("http:///127.0.0.1:{port}/"),
        format!("http://127.0.0.1:0{port}/"),
        "http://127.0.0.1:/".to_owned(),
    ] {
        let refused = refusal(&outbound, &url);
        assert!(matches!(refused, OutboundError::Target(TargetError::Spelling(_))), "{url}: {refused}");
    }
    assert_eq!(post(&outbound, &server.url()).unwrap().status, 200);
}

#[test]
fn what_misleads_readers_of_addresses_is_refused() {
    let outbound = Outbound::new(Reach::loopback());
    for (url, says) in [
        ("http://127.0.0.1@evil.example/", "names a user"),
        ("http://evil.example@127.0.0.1:8000/", "names a user"),
        ("http://user:secret@127.0.0.1:8000/", "names a user"),
        ("http://@127.0.0.1:8000/", "names a user"),
        ("http://127.0.0.1\\@evil.example/", "a backslash"),
        ("http://evil.example\\.127.0.0.1/", "a backslash"),
        ("http://127.0.0.1:8000/a b", "a blank"),
        ("http://127.0.0.1:8000/\r\nX: y", "a blank"),
        ("http://127.0.0.1\t.evil.example/", "a blank"),
        (" http://127.0.0.1:8000/", "a blank"),
        ("http://127。0。0。1/", "percent-encoded"),
        ("http://ⓛocalhost/", "percent-encoded"),
        ("https://127.0.0.1:8000/", "and this is https"),
        ("file:///etc/passwd", "and this is file"),
        ("gopher://127.0.0.1:6379/_x", "and this is gopher"),
        ("data:text/plain,x", "and this is data"),
        ("//127.0.0.1:8000/", "not a URL"),
        ("/notices", "not a URL"),
        ("", "not a URL"),
        ("http://", "not a URL"),
        ("http://127.0.0.1:99999/", "not a URL"),
        ("http://256.0.0.1/", "not a URL"),
    ] {
        let refused = refusal(&outbound, url);
        assert!(matches!(refused, OutboundError::Target(_)), "{url:?}: {refused}");
        assert!(refused.to_string().contains(says), "{url:?}: {refused}");
        assert!(!refused.to_string().contains("secret"), "{refused}");
    }
    let long = format!("http://127.0.0.1:8000/{}", "x".repeat(2048));
    assert!(matches!(refusal(&outbound, &long), OutboundError::Target(TargetError::TooLong)));
}

#[test]
fn a_name_is_looked_up_once_and_what_was_judged_is_what_is_asked() {
    let server = Once::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    // A rebinding name: harmless when it is judged, a neighbour's machine when it would be asked again.
    let names = Names::of(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let outbound =
        Outbound::new(Reach::loopback().and_host("App.Test")).with_resolver(Arc::clone(&names) as Arc<dyn Resolver>);
    let url = format!("http://app.test:{}/", server.port);
    assert_eq!(post(&outbound, &url).unwrap().status, 200);
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    assert!(
        server
            .asked()
            .to_ascii_lowercase()
            .contains(&format!("host: app.test:{}\r\n", url.split(':').nth(2).unwrap().trim_end_matches('/')))
    );
    assert!(matches!(refusal(&outbound, &url), OutboundError::AddressForbidden { .. }), "the next request looks anew");
    let nobody = Outbound::new(Reach::loopback().and_host("app.test")).with_resolver(Names::of(&[]));
    assert!(matches!(refusal(&nobody, "http://app.test/"), OutboundError::Unresolved { .. }));
}

#[test]
fn nobody_listening_is_told_from_everything_else() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    drop(listener);
    let refused = refusal(&Outbound::new(Reach::loopback()), &format!("http://{address}/"));
    assert!(matches!(&refused, OutboundError::NotConnected { address: asked, .. } if *asked == address), "{refused}");
}

#[test]
fn an_answer_of_the_longest_size_is_read_and_one_byte_more_is_not() {
    let sized = |bytes: usize| {
        Once::saying(&format!("HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\n\r\n{}", "x".repeat(bytes)))
    };
    let outbound = Outbound::new(Reach::loopback());
    assert_eq!(post(&outbound, &sized(ANSWER_BYTES_MAX).url()).unwrap().body.len(), ANSWER_BYTES_MAX);
    assert!(matches!(refusal(&outbound, &sized(ANSWER_BYTES_MAX + 1).url()), OutboundError::TooLong { .. }));
}

#[test]
fn an_answer_without_end_is_left() {
    let outbound = Outbound::new(Reach::loopback());
    let head = |text: &str| std::iter::once(text.as_bytes().to_vec());
    let endless = head("HTTP/1.1 200 OK\r\n\r\n").chain(std::iter::repeat_with(|| vec![b'x'; 4096]));
    assert!(matches!(refusal(&outbound, &Once::answering(endless).url()), OutboundError::TooLong { .. }));
    let chunks = head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        .chain(std::iter::repeat_with(|| b"1\r\nx\r\n".repeat(1000)));
    assert!(matches!(refusal(&outbound, &Once::answering(chunks).url()), OutboundError::TooLong { .. }));
    let lines = head("HTTP/1.1 200 OK\r\n").chain(std::iter::repeat_with(|| b"A: b\r\n".repeat(1000)));
    assert!(matches!(refusal(&outbound, &Once::answering(lines).url()), OutboundError::Broken { .. }));
    let line = head("HTTP/1.1 200 OK\r\nA: ").chain(std::iter::repeat_with(|| vec![b'x'; 4096]));
    assert!(matches!(refusal(&outbound, &Once::answering(line).url()), OutboundError::Broken { .. }));
    let informs = std::iter::repeat_with(|| b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100));
    let hurried = outbound.with_time_limit(SHORT);
    assert!(matches!(
        refusal(&hurried, &Once::answering(informs).url()),
        OutboundError::TimedOut { .. } | OutboundError::Broken { .. }
    ));
}

#[test]
fn an_answer_that_does_not_come_in_time_is_left() {
    assert_eq!(TIME_LIMIT, Duration::from_secs(5));
    let outbound = Outbound::new(Reach::loopback()).with_time_limit(SHORT);
    for first in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntrx"] {
        let server = Once::silent(first);
        let started = Instant::now();
        let refused = refusal(&outbound, &server.url());
        assert!(matches!(refused, OutboundError::TimedOut { limit_ms: 150 }), "{first:?}: {refused}");
        assert!(started.elapsed() >= SHORT);
        // And the connection is given up, or the other side would wait for ever.
        server.asked();
    }
    let unnamed =
        Outbound::new(Reach::loopback().and_host("app.test")).with_resolver(Arc::new(Never)).with_time_limit(SHORT);
    assert!(matches!(refusal(&unnamed, "http://app.test/"), OutboundError::TimedOut { .. }));
}

#[test]
fn what_is_no_http_or_ends_early_is_no_answer() {
    let outbound = Outbound::new(Reach::loopback());
    for answer in [
        "",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntrx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ntrx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
    ] {
        let refused = refusal(&outbound, &Once::saying(answer).url());
        assert!(matches!(refused, OutboundError::Broken { .. }), "{answer:?}: {refused}");
    }
}

#[test]
fn a_whole_answer_counts_although_the_line_breaks_behind_it() {
    let server = Once::saying("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntrx-1garbage");
    assert_eq!(post(&Outbound::new(Reach::loopback()), &server.url()).unwrap().text(), "trx-1");
    let to_the_end = Once::saying("HTTP/1.0 200 OK\r\n\r\ntrx-1");
    assert_eq!(post(&Outbound::new(Reach::loopback()), &to_the_end.url()).unwrap().text(), "trx-1");
}
