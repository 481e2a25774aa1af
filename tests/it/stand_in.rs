//! A stand-in server: one small route of each kind behind every door, for tests of what stands before the routes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use axum::body::Bytes;
use axum::routing::{get, post};
use paystage::io::http::door::Door;
use paystage::io::http::front::Front;
use paystage::io::http::guard::Gate;
use paystage::io::http::guarded::Paths;
use paystage::io::http::limits::Limits;
use paystage::io::http::listen::Listening;
use paystage::io::http::server::Server;
use paystage::io::http::token::{Token, TokenFile};
use tokio::sync::Notify;

use crate::raw_http::{Answer, PATIENCE, ask};

/// Longer than any buffer between a server and a client that reads nothing.
const LONG_ANSWER_BYTES: usize = 64 << 20;

/// A running server with its token's text.
pub(crate) struct StandIn {
    pub(crate) server: Server,
    pub(crate) port: u16,
    pub(crate) token: String,
    /// How many requests have reached a route.
    pub(crate) reached: Arc<AtomicUsize>,
    /// Lets what waits at `/hold` go on.
    pub(crate) release: Arc<Notify>,
    pub(crate) token_file: TokenFile,
    _folder: Folder,
}

/// A folder of its own for one test, gone afterwards.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Not made yet: whoever writes the first file makes it.
    pub(crate) fn named(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("paystage-{}-{name}", std::process::id())))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl StandIn {
    pub(crate) fn start(name: &str) -> Self {
        Self::with(name, Limits::default())
    }

    pub(crate) fn with(name: &str, limits: Limits) -> Self {
        let listening = Listening::bind(0).unwrap();
        let port = listening.port();
        let (folder, token) = (Folder::named(name), Token::fresh().unwrap());
        let token_file = TokenFile::create_in(folder.path(), &token, port).unwrap();
        let text = std::fs::read_to_string(token_file.path()).unwrap();
        let (reached, release) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let (count, hold) = (Arc::clone(&reached), Arc::clone(&release));
        let server = Server::start(listening, move || front(Gate::new(port, token, limits), &count, &hold)).unwrap();
        Self { server, port, token: text.trim().to_owned(), reached, release, token_file, _folder: folder }
    }

    /// The `Host` that a browser sends.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A request with a proper `Host` and these headers.
    pub(crate) fn ask(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let host = self.host();
        let mut all = vec![("Host", host.as_str())];
        all.extend_from_slice(headers);
        ask(self.port, line, &all, body)
    }

    /// Waits until so many requests have reached a route.
    pub(crate) fn wait_until_reached(&self, count: usize) {
        let started = Instant::now();
        while self.reached() < count {
            assert!(started.elapsed() < PATIENCE, "only {} of {count} requests reached a route", self.reached());
            std::thread::yield_now();
        }
    }

    /// How many requests have reached a route.
    pub(crate) fn reached(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }
}

fn front(gate: Gate, reached: &Arc<AtomicUsize>, release: &Arc<Notify>) -> Front {
    let counted = |text: &'static str| {
        let reached = Arc::clone(reached);
        move |body: Bytes| {
            reached.fetch_add(1, Ordering::SeqCst);
            async move { format!("{text} {}", body.len()) }
        }
    };
    let (release, arrived) = (Arc::clone(release), Arc::clone(reached));
    let waiting = move || {
        let released = Arc::clone(&release);
        arrived.fetch_add(1, Ordering::SeqCst);
        async move {
            released.notified().await;
            "released"
        }
    };
    let public = Paths::default()
        .with("/verify", post(counted("verified")))
        .with("/status/{id}", get(counted("status")))
        .with("/hold", get(waiting))
        .with("/long", get(|| async { vec![b'x'; LONG_ANSWER_BYTES] }));
    let confirm =
        Paths::default().with("/confirm", post(counted("confirmed"))).with("/purchases", get(counted("purchases")));
    let control = Paths::default()
        .with("/control/command", post(counted("commanded")))
        .with("/control/trace", get(counted("trace")));
    Front::new(gate).with(Door::Public, public).with(Door::Confirm, confirm).with(Door::Control, control)
}
