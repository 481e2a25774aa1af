//! The server is on this machine's own addresses only, and its token is in a file that its user alone can read.

use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};

use paystage::io::http::listen::{ListenError, Listening};
use paystage::io::http::token::{Token, TokenError, TokenFile};

use crate::raw_http::{Answer, Raw};
use crate::stand_in::{Folder, StandIn};

fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

#[test]
fn both_loopback_addresses_answer_on_one_port_and_no_other_does() {
    let listening = Listening::bind(0).unwrap();
    let port = listening.port();
    let mut expected = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))];
    if has_ipv6() {
        expected.push(SocketAddr::from((Ipv6Addr::LOCALHOST, port)));
    }
    assert_eq!(listening.addresses(), expected);
    assert_eq!(listening.url(), format!("http://127.0.0.1:{port}"));
    // All of 127/8 is this machine; only the one address is listened on.
    assert!(TcpStream::connect((Ipv4Addr::new(127, 0, 0, 2), port)).is_err());
}

#[test]
fn the_second_address_family_serves_the_same() {
    let house = StandIn::start("ipv6");
    if !has_ipv6() {
        return;
    }
    let mut raw = Raw::over(TcpStream::connect((Ipv6Addr::LOCALHOST, house.port)).unwrap());
    raw.send(format!("GET /status/1 HTTP/1.1\r\nHost: [::1]:{}\r\nConnection: close\r\n\r\n", house.port));
    assert_eq!(Answer::first(&raw.rest()).status, 200);
}

#[test]
fn a_port_that_is_taken_is_named_with_what_to_do() {
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = other.local_addr().unwrap().port();
    let error = Listening::bind(port).unwrap_err();
    assert!(matches!(error, ListenError::Taken { port: named } if named == port));
    assert_eq!(
        error.to_string(),
        format!(
            "port {port} is taken by another program; name another with --port, or --port 0 to take any that is free"
        )
    );
    drop(other);
    assert_eq!(Listening::bind(port).unwrap().port(), port, "free again");
}

#[test]
fn a_port_that_is_taken_in_one_family_only_is_not_shared() {
    if !has_ipv6() {
        return;
    }
    let other = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
    let port = other.local_addr().unwrap().port();
    assert!(matches!(Listening::bind(port), Err(ListenError::Taken { port: named }) if named == port));
    assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok(), "nothing is kept of it");
}

#[test]
fn two_servers_take_two_ports() {
    let (one, other) = (Listening::bind(0).unwrap(), Listening::bind(0).unwrap());
    assert_ne!(one.port(), other.port());
}

#[test]
fn the_token_is_in_a_file_that_others_cannot_read_and_is_gone_after_a_clean_stop() {
    let folder = Folder::named("token-file");
    let file = TokenFile::create_in(folder.path(), &Token::fresh().unwrap(), 8420).unwrap();
    let path = file.path().to_owned();
    assert_eq!(path, folder.path().join("8420.token"));
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.len(), 65, "64 digits and the end of the line");
    assert!(text.trim_end().bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
    }
    drop(file);
    assert!(!path.exists());
}

#[test]
fn each_start_has_a_token_of_its_own_and_replaces_what_a_crash_left() {
    let folder = Folder::named("token-again");
    let left = TokenFile::create_in(folder.path(), &Token::fresh().unwrap(), 8420).unwrap();
    let old = fs::read_to_string(left.path()).unwrap();
    // A crash runs no destructor.
    std::mem::forget(left);
    let file = TokenFile::create_in(folder.path(), &Token::fresh().unwrap(), 8420).unwrap();
    assert_ne!(fs::read_to_string(file.path()).unwrap(), old);
}

#[test]
#[cfg(unix)]
fn a_folder_that_others_may_enter_gets_no_token() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::named("token-shared");
    fs::create_dir_all(folder.path()).unwrap();
    for mode in [0o755, 0o710, 0o701, 0o777] {
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
        let refused = TokenFile::create_in(folder.path(), &Token::fresh().unwrap(), 8420);
        assert!(matches!(refused, Err(TokenError::Shared(_))), "{mode:o}");
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    assert!(TokenFile::create_in(folder.path(), &Token::fresh().unwrap(), 8420).is_ok());
}

#[test]
#[cfg(unix)]
fn a_link_in_the_tokens_place_is_not_written_through() {
    let folder = Folder::named("token-link");
    drop(TokenFile::create_in(folder.path(), &Token::fresh().unwrap(), 1).unwrap());
    let target = folder.path().join("precious");
    fs::write(&target, "mine").unwrap();
    std::os::unix::fs::symlink(&target, folder.path().join("8420.token")).unwrap();
    let file = TokenFile::create_in(folder.path(), &Token::fresh().unwrap(), 8420).unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
    assert!(fs::symlink_metadata(file.path()).unwrap().is_file());
}

#[test]
fn a_token_is_never_shown() {
    let house = StandIn::start("shown");
    let token = Token::fresh().unwrap();
    assert_eq!(format!("{token:?}"), "Token(••••)");
    assert!(!format!("{:?}", house.token_file).contains(&house.token));
    let missing = TokenFile::create_in(std::path::Path::new("/dev/null/nowhere"), &token, 8420).unwrap_err();
    let said = missing.to_string();
    assert!(said.starts_with("/dev/null/nowhere: the control token cannot be written: "), "{said}");
}
