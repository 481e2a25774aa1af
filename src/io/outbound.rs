//! Outbound: the few requests that Paystage makes by itself, and where they may go.

use std::collections::BTreeSet;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper::header::HeaderName;
use hyper::{Method, Request, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::io::target::{Host, Target, TargetError};

/// How long a whole exchange may take, as the historic notices allowed. Look-up and connecting included.
pub const TIME_LIMIT: Duration = Duration::from_secs(5);
/// As much as is read of an answer's body.
pub const ANSWER_BYTES_MAX: usize = 64 << 10;
const HEAD_BYTES_MAX: usize = 32 << 10;
const HEAD_LINES_MAX: usize = 64;

/// Where requests may go: to this machine's own loopback ports, and to hosts that somebody allowed by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    hosts: BTreeSet<String>,
}

impl Reach {
    /// Every loopback port.
    #[must_use]
    pub fn loopback() -> Self {
        Self::default()
    }

    /// Allows `host` as well, on every port: a name or an address, as the URL writes it.
    #[must_use]
    pub fn and_host(mut self, host: &str) -> Self {
        self.hosts.insert(host.to_ascii_lowercase());
        self
    }

    fn names(&self, host: &str) -> bool {
        self.hosts.contains(host)
    }
}

/// What a name stands for, once it is known.
pub type Found = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Looks names up.
pub trait Resolver: Send + Sync {
    /// The addresses of `host`, a name and never an address.
    fn addresses(&self, host: &str) -> Found;
}

/// The system's own resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn addresses(&self, host: &str) -> Found {
        let host = host.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// A client for notices, chargebacks and an external marketplace. It follows no redirect, keeps no cookie, sends no credential,
/// knows no proxy, and looks a name up once for each request.
#[derive(Clone)]
pub struct Outbound {
    reach: Reach,
    resolver: Arc<dyn Resolver>,
    time_limit: Duration,
}

/// What the other side answered. A redirect is an answer like any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`, where there is one.
    pub content_type: Option<String>,
    /// The body, at most [`ANSWER_BYTES_MAX`].
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text; what is no UTF-8 is marked.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Why there was no answer. Grouped by whose fault: the address, this machine's rules, the other side.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// Not an address that is asked at all.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A host beyond this machine that nobody allowed.
    #[error("{host} is not this machine, and nobody has allowed it by name")]
    HostNotAllowed {
        /// The host, as the URL writes it.
        host: String,
    },
    /// An allowed name that leads where no request may go.
    #[error("{host} leads to {address}, where no request may go")]
    AddressForbidden {
        /// The host, as the URL writes it.
        host: String,
        /// Where it leads.
        address: IpAddr,
    },
    /// The name is not known.
    #[error("the name {host} leads nowhere: {cause}")]
    Unresolved {
        /// The host, as the URL writes it.
        host: String,
        /// The resolver's words.
        cause: io::Error,
    },
    /// Nobody listens.
    #[error("nobody answers at {address}: {cause}")]
    NotConnected {
        /// The last address tried.
        address: SocketAddr,
        /// The system's words.
        cause: io::Error,
    },
    /// What came back is no HTTP, or ended early.
    #[error("the answer from {address} is not HTTP, or ended early")]
    Broken {
        /// Where it came from.
        address: SocketAddr,
    },
    /// More than is read.
    #[error("the answer is longer than {max} bytes, the most that is read")]
    TooLong {
        /// The limit, in bytes.
        max: usize,
    },
    /// Not all there in time.
    #[error("no whole answer within {limit_ms} ms")]
    TimedOut {
        /// The limit, in milliseconds.
        limit_ms: u128,
    },
}

impl Outbound {
    /// A client that goes as far as `reach`, with the system's resolver and the historic time limit.
    #[must_use]
    pub fn new(reach: Reach) -> Self {
        Self { reach, resolver: Arc::new(SystemResolver), time_limit: TIME_LIMIT }
    }

    /// The same with another resolver.
    #[must_use]
    pub fn with_resolver(mut self, resolver: Arc<dyn Resolver>) -> Self {
        self.resolver = resolver;
        self
    }

    /// The same with another time limit.
    #[must_use]
    pub fn with_time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }

    /// Asks for `url`.
    ///
    /// # Errors
    /// [`OutboundError`].
    pub async fn get(&self, url: &str) -> Result<Answer, OutboundError> {
        self.ask(Method::GET, url, &[], Vec::new()).await
    }

    /// Posts `body` of the given kind to `url`.
    ///
    /// # Errors
    /// [`OutboundError`].
    pub async fn post(&self, url: &str, content_type: &str, body: Vec<u8>) -> Result<Answer, OutboundError> {
        self.ask(Method::POST, url, &[("content-type", content_type)], body).await
    }

    /// Sends a request with these headers beside its own. What frames a message is ours to say, and names that are none are left out.
    ///
    /// # Errors
    /// [`OutboundError`].
    pub async fn ask(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, OutboundError> {
        let target = Target::parse(url)?;
        let limit_ms = self.time_limit.as_millis();
        let exchange = async {
            let addresses = self.addresses(&target).await?;
            let (socket, address) = connect(&addresses, target.port).await?;
            let request = request(method, &target, headers, body);
            exchange(socket, address, request).await
        };
        timeout(self.time_limit, exchange).await.map_err(|_| OutboundError::TimedOut { limit_ms })?
    }

    /// The addresses that may be connected to: looked up once, judged, and then used as they are.
    async fn addresses(&self, target: &Target) -> Result<Vec<IpAddr>, OutboundError> {
        let text = target.host.to_string();
        let is_named = self.reach.names(&text);
        let found = match &target.host {
            Host::Address(address) => vec![*address],
            Host::Localhost => vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)],
            Host::Name(_) if !is_named => return Err(OutboundError::HostNotAllowed { host: text }),
            Host::Name(name) => {
                let unresolved = |cause| OutboundError::Unresolved { host: text.clone(), cause };
                let found = self.resolver.addresses(name).await.map_err(unresolved)?;
                if found.is_empty() {
                    return Err(unresolved(io::ErrorKind::NotFound.into()));
                }
                found
            }
        };
        for address in &found {
            judge(*address, &text, is_named)?;
        }
        Ok(found)
    }
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Outbound")
            .field("reach", &self.reach)
            .field("time_limit", &self.time_limit)
            .finish_non_exhaustive()
    }
}

fn judge(address: IpAddr, host: &str, is_named: bool) -> Result<(), OutboundError> {
    if is_never_asked(address) {
        return Err(OutboundError::AddressForbidden { host: host.to_owned(), address });
    }
    if is_named || address.is_loopback() {
        return Ok(());
    }
    Err(OutboundError::HostNotAllowed { host: host.to_owned() })
}

/// Where no request goes even when its name is allowed: link-local, which is also where clouds keep their metadata, the
/// unspecified address, multicast and broadcast; and IPv4 in the clothes of IPv6, which names none of these openly.
fn is_never_asked(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_unspecified() || v4.is_multicast() || v4.is_broadcast(),
        IpAddr::V6(v6) => {
            let is_disguised = v6.to_ipv4().is_some() && !v6.is_loopback();
            // fd00:ec2::254 is the metadata service of a cloud; 64:ff9b::/96 and 2002::/16 carry IPv4 inside.
            let [first, second, ..] = v6.segments();
            let is_carrier = (first == 0x64 && second == 0xff9b) || first == 0x2002;
            let is_metadata = v6 == Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254);
            is_disguised
                || is_carrier
                || is_metadata
                || v6.is_unicast_link_local()
                || v6.is_unspecified()
                || v6.is_multicast()
        }
    }
}

async fn connect(addresses: &[IpAddr], port: u16) -> Result<(TcpStream, SocketAddr), OutboundError> {
    let mut last = None;
    for address in addresses {
        let address = SocketAddr::new(*address, port);
        match TcpStream::connect(address).await {
            Ok(socket) => return Ok((socket, address)),
            // Of several addresses the first one's words are the telling ones.
            Err(cause) => last = last.or(Some(OutboundError::NotConnected { address, cause })),
        }
    }
    let nowhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port);
    Err(last.unwrap_or(OutboundError::NotConnected { address: nowhere, cause: io::ErrorKind::AddrNotAvailable.into() }))
}

/// What says to whom a request goes and where it ends: never taken from elsewhere.
const OWN_HEADERS: [HeaderName; 6] = [
    header::HOST,
    header::USER_AGENT,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

fn request(method: Method, target: &Target, more: &[(&str, &str)], body: Vec<u8>) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::new(Bytes::from(body)));
    *request.method_mut() = method;
    *request.uri_mut() = target.path.clone();
    let headers = request.headers_mut();
    headers.insert(header::HOST, target.authority.clone());
    headers
        .insert(header::USER_AGENT, header::HeaderValue::from_static(concat!("Paystage/", env!("CARGO_PKG_VERSION"))));
    headers.insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    for (name, value) in more {
        let named = (HeaderName::from_bytes(name.as_bytes()), header::HeaderValue::from_str(value));
        if let (Ok(name), Ok(value)) = named
            && !OWN_HEADERS.contains(&name)
        {
            headers.insert(name, value);
        }
    }
    request
}

async fn exchange(
    socket: TcpStream,
    address: SocketAddr,
    request: Request<Full<Bytes>>,
) -> Result<Answer, OutboundError> {
    let broken = |_| OutboundError::Broken { address };
    let mut builder = http1::Builder::new();
    builder.max_headers(HEAD_LINES_MAX).max_buf_size(HEAD_BYTES_MAX);
    let (mut sender, connection) = builder.handshake(TokioIo::new(socket)).await.map_err(broken)?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(broken)?;
        let (parts, body) = response.into_parts();
        let content_type = parts.headers.get(header::CONTENT_TYPE);
        let content_type = content_type.map(|kind| String::from_utf8_lossy(kind.as_bytes()).into_owned());
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                OutboundError::TooLong { max: ANSWER_BYTES_MAX }
            } else {
                OutboundError::Broken { address }
            }
        })?;
        Ok(Answer { status: parts.status.as_u16(), content_type, body: body.to_bytes().into() })
    };
    // The connection moves the bytes while the answer waits for them, and goes when the answer is there.
    let mut answer = std::pin::pin!(answer);
    tokio::select! {
        biased;
        answer = answer.as_mut() => answer,
        _ = connection => answer.await,
    }
}
