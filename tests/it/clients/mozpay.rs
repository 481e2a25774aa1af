//! mozpay-js 0.0.5 and mozpay-py 2.1.0: an app server of the classic kind, which signs pay requests and takes notices.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Instant;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use paystage::protocol::time::Span;
use paystage::world::event::Event;
use paystage::world::message::Body;
use serde_json::{Value, json};

use crate::clients::exchange::Answer;
use crate::clients::server::{Server, text};
use crate::raw_http::PATIENCE;

const KEY: &str = "pony-park-2013";
const SECRET: &str = "not-a-secret-but-long-enough-for-hs256";
const PROVIDER: &str = "marketplace.firefox.com";

/// A POST as it arrived at the app server.
#[derive(Debug)]
struct Delivery {
    path: String,
    kind: String,
    body: String,
}

/// The app server: takes posts on a port of its own, answers each as `answer` says, hands them on.
struct Shop {
    base: String,
    deliveries: Receiver<Delivery>,
}

impl Shop {
    fn open(answer: fn(&Delivery) -> (u16, String)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (sender, deliveries) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if serve(stream.unwrap(), answer, &sender).is_none() {
                    return;
                }
            }
        });
        Self { base, deliveries }
    }

    /// The next post.
    #[track_caller]
    fn next(&self) -> Delivery {
        self.deliveries.recv_timeout(PATIENCE).unwrap()
    }

    /// No post has come so far.
    #[track_caller]
    fn is_quiet(&self) {
        if let Ok(delivery) = self.deliveries.try_recv() {
            panic!("nothing was to be delivered: {delivery:?}");
        }
    }
}

/// Takes one post. `None` when nobody wants to hear of it any more.
fn serve(mut stream: TcpStream, answer: fn(&Delivery) -> (u16, String), sender: &Sender<Delivery>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut delivery = Delivery { path: first.split(' ').nth(1)?.to_owned(), kind: String::new(), body: String::new() };
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "content-type" => value.trim().clone_into(&mut delivery.kind),
            _ => {}
        }
    }
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).ok()?;
    delivery.body = String::from_utf8(bytes).ok()?;
    let (status, body) = answer(&delivery);
    let text =
        format!("HTTP/1.1 {status} As Told\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    stream.write_all(text.as_bytes()).ok()?;
    sender.send(delivery).ok()
}

/// What both libraries check before they say yes: HS256 with the secret's own text, the audience, the times.
fn notice(delivery: &Delivery) -> Option<Value> {
    let token = delivery.body.strip_prefix("notice=")?;
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_audience(&[KEY]);
    rules.set_issuer(&[PROVIDER]);
    rules.set_required_spec_claims(&["exp", "iss", "aud"]);
    // The clock here is the run's, not the machine's.
    rules.validate_exp = false;
    let claims = decode::<Value>(token, &DecodingKey::from_secret(SECRET.as_bytes()), &rules).ok()?.claims;
    // mozpay-py: each of these must be there and not empty.
    let asked = ["pricePoint", "name", "description"].map(|name| claims["request"][name].as_str());
    let is_whole = asked.iter().all(|value| value.is_some_and(|value| !value.is_empty()));
    let is_timed = claims["iat"].is_number() && claims["exp"].is_number();
    (is_whole && is_timed && claims["response"]["transactionID"].is_string()).then_some(claims)
}

/// The transaction id as the whole body, or 400.
fn as_it_should(delivery: &Delivery) -> (u16, String) {
    match notice(delivery) {
        Some(claims) => (200, text(&claims["response"]["transactionID"])),
        None => (400, String::new()),
    }
}

/// `request` of a pay request.
fn request(shop: &Shop) -> Value {
    json!({
        "id": "shiny-pony", "pricePoint": "1", "name": "Shiny Pony", "description": "A pony that shines",
        "productData": "order=17", "postbackURL": format!("{}/mozpay/postback", shop.base),
        "chargebackURL": format!("{}/mozpay/chargeback", shop.base),
    })
}

/// `pay.request(request)`: the claims in the libraries' order, an hour to live.
fn sign(request: &Value, secret: &str) -> String {
    let now = Server::noon();
    let claims = json!({
        "iss": KEY, "aud": PROVIDER, "typ": "mozilla/payments/pay/v1", "iat": now, "exp": now + 3600,
        "request": request,
    });
    encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

fn start(shop: &Shop) -> Server {
    Server::start(&format!(
        r#"
            hosting = "classic"
            seats.app-server = "external"
            names.provider = "{PROVIDER}"
            names.app = {{ origin = "{}", key = "{KEY}", secret = "{SECRET}" }}
        "#,
        shop.base
    ))
}

/// The page opens the payment window with the pay request.
#[track_caller]
fn pay(server: &Server, jwt: &str) -> Answer {
    let page = server.ask("GET", &format!("/mozpay/?req={jwt}"));
    server.served.advance(Span::from_seconds(2));
    page
}

/// Waits until the run has heard the shop's answers to so many deliveries.
#[track_caller]
fn heard(server: &Server, wanted: usize) {
    let began = Instant::now();
    loop {
        let answers = delivered(server, |body| matches!(body, Body::NoticeAnswered { .. }));
        if answers >= wanted {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "only {answers} of {wanted} answers were heard");
    }
}

/// How many messages of a kind have arrived.
fn delivered(server: &Server, is_wanted: fn(&Body) -> bool) -> usize {
    server.served.look(move |run| {
        let steps = run.kept();
        let events = steps.iter().flat_map(|step| &step.events);
        events.filter(|event| matches!(event, Event::Delivered { message } if is_wanted(&message.body))).count()
    })
}

#[test]
fn a_paid_request_comes_back_as_a_notice_that_both_libraries_take() {
    let shop = Shop::open(as_it_should);
    let server = start(&shop);
    pay(&server, &sign(&request(&shop), SECRET)).with(200);
    let delivery = shop.next();
    assert_eq!(delivery.path, "/mozpay/postback");
    assert_eq!(delivery.kind, "application/x-www-form-urlencoded");
    let claims = notice(&delivery).unwrap_or_else(|| panic!("refused: {delivery:?}"));
    assert_eq!(claims["typ"], "mozilla/payments/pay/postback/v1");
    assert_eq!(claims["request"], request(&shop), "the original, unchanged");
    assert_eq!(claims["response"]["price"], json!({ "amount": "0.99", "currency": "USD" }));
    assert_eq!(claims["exp"].as_i64(), claims["iat"].as_i64().map(|issued| issued + 3600));
}

#[test]
fn a_chargeback_comes_to_its_own_address_with_a_reason() {
    let shop = Shop::open(as_it_should);
    let server = start(&shop);
    pay(&server, &sign(&request(&shop), SECRET)).with(200);
    let paid = notice(&shop.next()).unwrap();
    server.refund(&text(&paid["response"]["transactionID"]));
    let delivery = shop.next();
    assert_eq!(delivery.path, "/mozpay/chargeback");
    let claims = notice(&delivery).unwrap_or_else(|| panic!("refused: {delivery:?}"));
    assert_eq!(claims["typ"], "mozilla/payments/pay/chargeback/v1");
    assert_eq!(claims["response"]["transactionID"], paid["response"]["transactionID"]);
    assert_eq!(claims["response"]["reason"], "refund");
}

#[test]
fn a_request_signed_with_another_secret_is_not_paid_and_nobody_is_told() {
    let shop = Shop::open(as_it_should);
    let server = start(&shop);
    let page = pay(&server, &sign(&request(&shop), "some-other-secret-of-the-same-len"));
    assert!(page.body.contains("INVALID_JWT"), "{page:?}");
    shop.is_quiet();
    pay(&server, &sign(&request(&shop), SECRET)).with(200);
    shop.next();
}

#[test]
fn a_notice_that_is_not_echoed_is_delivered_again_five_times_signed_anew() {
    let shop = Shop::open(|_| (200, "OK".to_owned()));
    let server = start(&shop);
    pay(&server, &sign(&request(&shop), SECRET)).with(200);
    let mut issued = Vec::new();
    for attempt in 1..=6 {
        let delivery = shop.next();
        let claims = notice(&delivery).unwrap_or_else(|| panic!("delivery {attempt}: {delivery:?}"));
        issued.push(claims["iat"].as_i64().unwrap());
        heard(&server, attempt);
        server.served.advance(Span::from_seconds(300));
    }
    assert!(issued.is_sorted_by(|one, next| next - one >= 300), "{issued:?}");
    server.served.advance(Span::from_days(1));
    shop.is_quiet();
}

#[test]
fn an_id_with_white_space_around_it_is_an_echo() {
    let shop = Shop::open(|delivery| {
        let (status, id) = as_it_should(delivery);
        (status, format!(" {id}\r\n"))
    });
    let server = start(&shop);
    pay(&server, &sign(&request(&shop), SECRET)).with(200);
    shop.next();
    heard(&server, 1);
    server.served.advance(Span::from_days(1));
    shop.is_quiet();
}

/// The clock must not pass the echo that is on its way, or a server that answers at once would be too late.
#[test]
fn a_day_that_passes_at_once_makes_no_server_late_and_none_quick() {
    for (answer, deliveries) in [(as_it_should as fn(&Delivery) -> (u16, String), 1), (|_| (200, "OK".to_owned()), 6)] {
        let shop = Shop::open(answer);
        let server = start(&shop);
        pay(&server, &sign(&request(&shop), SECRET));
        server.served.advance(Span::from_days(1));
        assert_eq!(delivered(&server, |body| matches!(body, Body::NoticeSent { .. })), deliveries);
    }
}
