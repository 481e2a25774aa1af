//! Listening: the loopback addresses, both on one port, before anything is served there.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use socket2::{Domain, Socket, Type};

/// The port where nobody names another.
pub const USUAL_PORT: u16 = 7717;
/// How often a free port is looked for that both families have.
const TRIES_MAX: usize = 32;
/// How many connections may wait to be accepted. Beyond these a client's knock is lost, and it knocks again after a second.
const WAITING_MAX: i32 = 1024;

/// Sockets that are bound, so that the port is ours. Clients may connect already; they are served once a server runs on it.
#[derive(Debug)]
pub struct Listening {
    port: u16,
    sockets: Vec<TcpListener>,
}

/// Why the port could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Another program has it.
    #[error("port {port} is taken by another program; name another with --port, or --port 0 to take any that is free")]
    Taken {
        /// The port.
        port: u16,
    },
    /// A port that only the system's own programs may have.
    #[error("port {port} is for the system's own programs; name one from 1024 up with --port")]
    Reserved {
        /// The port.
        port: u16,
    },
    /// The system's own words.
    #[error("port {port} on 127.0.0.1 cannot be listened on: {cause}")]
    Failed {
        /// The port.
        port: u16,
        /// What the system says.
        cause: io::Error,
    },
}

impl Listening {
    /// Takes `port` on 127.0.0.1 and, where the machine has IPv6, on `[::1]`. 0 takes a port that is free on both.
    ///
    /// # Errors
    /// [`ListenError`].
    pub fn bind(port: u16) -> Result<Self, ListenError> {
        let mut bound = Self::bind_once(port);
        for _ in 1..TRIES_MAX {
            match bound {
                // The port that one family gave was taken in the other.
                Err(ListenError::Taken { .. }) if port == 0 => bound = Self::bind_once(port),
                Ok(_) | Err(_) => break,
            }
        }
        bound
    }

    fn bind_once(port: u16) -> Result<Self, ListenError> {
        let first = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).map_err(|cause| of(port, cause))?;
        let port = first.local_addr().map_err(|cause| of(port, cause))?.port();
        match listen(SocketAddr::from((Ipv6Addr::LOCALHOST, port))) {
            Ok(second) => Ok(Self { port, sockets: vec![first, second] }),
            Err(cause) if cause.kind() == io::ErrorKind::AddrInUse => Err(ListenError::Taken { port }),
            // A machine without IPv6.
            Err(_) => Ok(Self { port, sockets: vec![first] }),
        }
    }

    /// The port, the same on all addresses.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The addresses that are listened on.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.sockets.iter().filter_map(|socket| socket.local_addr().ok()).collect()
    }

    /// Where a browser finds it: `http://127.0.0.1:7717`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The sockets themselves, for whoever serves.
    #[must_use]
    pub fn into_sockets(self) -> Vec<TcpListener> {
        self.sockets
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // A port that was in use a minute ago is free; elsewhere than on Unix the same word would share it with others.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(WAITING_MAX)?;
    // tokio wants it so, and says nothing when it is not.
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

fn of(port: u16, cause: io::Error) -> ListenError {
    if cause.kind() == io::ErrorKind::AddrInUse {
        ListenError::Taken { port }
    } else if cause.kind() == io::ErrorKind::PermissionDenied {
        ListenError::Reserved { port }
    } else {
        ListenError::Failed { port, cause }
    }
}
