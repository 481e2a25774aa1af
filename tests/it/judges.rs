//! One receipt, one answer: whoever judges it, at whatever door, and in whatever order clocks are asked.

use std::io::Write as _;
use std::process::Stdio;

use paystage::protocol::corpus::old_signature;
use paystage::protocol::id::Origin;
use paystage::protocol::key_file::KeyFile;
use paystage::protocol::receipt::RECEIPT_LIFE_MAX;
use paystage::protocol::ring::KeyRing;
use paystage::protocol::rules::{Revision, Rules};
use paystage::protocol::time::{Span, Time};
use paystage::protocol::verdict::judge;
use paystage::protocol::verdict::question::Question;
use serde_json::json;

use crate::forge::{Forge, claims, now, with};
use crate::program::Desk;
use crate::served::Served;
use paystage::protocol::dial::Hosting;
use paystage::world::character::BuyerCharacter;
use paystage::world::setup::Setup;

/// The window's ladder and the app ask the judge, the command line reads files, the server is asked over a socket.
#[test]
fn the_judge_the_command_line_and_the_server_say_the_same_of_each_token() {
    let setup = Setup { buyer: BuyerCharacter::YouDecide, hosting: Hosting::Hosted, ..Setup::default() };
    let served = Served::start(setup);
    let (_, receipt) = served.pony();
    let keys = served.ask("GET /.well-known/jwks.json", &[], "").body;
    let (app, at) = served.look(|run| (run.world().setup().names.app.origin.clone(), run.world().now()));
    let issuer = Origin::parse(&served.url()).unwrap();
    let mut ring = KeyRing::new();
    for named in KeyFile::parse(&keys).unwrap() {
        ring.insert(issuer.clone(), named.key).unwrap();
    }
    let desk = Desk::new("judges");
    desk.file("store.jwks", &keys);
    let words = ["verify", "-", "--keys", "store.jwks", "--issuer", issuer.as_str(), "--app", app.as_str(), "--at"];
    let command_line = |token: &str| {
        let at = at.rfc3339();
        let mut command = desk.command(&[&words[..], &[at.as_str()]].concat());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(token.as_bytes());
        child.wait().unwrap().code() == Some(0)
    };
    let attacks = old_signature::attacks(&receipt).unwrap();
    assert!(attacks.len() >= 20, "{}", attacks.len());
    let forged = attacks.iter().map(|attack| (attack.class.name, attack.token.as_str(), false));
    for (name, token, is_good) in forged.chain([("the receipt itself", receipt.as_str(), true)]) {
        let verdict = judge(&Question::new(token, &ring, &app, at, Rules::of(Revision::After)));
        assert_eq!(verdict.is_accepted(), is_good, "{name}: {}", verdict.headline());
        assert_eq!(command_line(token), is_good, "{name} on the command line");
        let answer = served.verify(token);
        assert_eq!(answer["status"] == json!("ok"), is_good, "{name} at the server: {answer}");
    }
}

/// Ends that 32 bits cannot hold, and the last second that they can; signed and unsigned.
const EDGES: [i64; 6] =
    [i32::MAX as i64 - 1, i32::MAX as i64, i32::MAX as i64 + 1, 4_294_967_295, 4_294_967_296, 9_999_999_999];

#[test]
fn a_verdict_hangs_on_the_moment_alone_however_the_clock_jumps() {
    let forge = Forge::new();
    for end in EDGES {
        // As long as a receipt may last, so that each holds over its own edge.
        let begin = 1_400_000_100.max(end - RECEIPT_LIFE_MAX.seconds());
        let mut claims = with("exp", end);
        (claims["nbf"], claims["iat"]) = (begin.into(), begin.into());
        let receipt = forge.bare(&claims);
        let is_good = |seconds: i64| {
            let question = forge.question(&receipt, Revision::After);
            judge(&Question { now: Time::from_seconds(seconds), ..question }).is_accepted()
        };
        // Forwards, backwards, forwards again, over the edges of 2038 and 2106.
        for seconds in [end - 1, end, begin, 0, end + 1, now().seconds(), begin - 1, now().seconds() - 1_000, end - 1] {
            let expected = seconds >= begin && seconds < end;
            assert_eq!(is_good(seconds), expected, "exp {end} at {seconds}");
        }
    }
    // Issued in the future is refused, at the moment of issue it is not: no clock forgives a second.
    let receipt = forge.bare(&claims());
    let at = |time: Time| judge(&Question { now: time, ..forge.question(&receipt, Revision::After) }).is_accepted();
    let issued = Time::from_seconds(1_400_000_100);
    assert!(at(issued) && !at(issued - Span::from_seconds(1)) && at(issued));
}
