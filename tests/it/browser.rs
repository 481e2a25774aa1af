//! A real browser buys: Chromium on the demo page and on a page of somebody's own, in the payment window that the page opens.
//!
//! Behind the feature `browser`; needs `chromium`, `chromedriver` and `python3`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command as Program, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use paystage::io::inbox::{Clock, Letterbox};
use paystage::protocol::code::Refusal;
use paystage::protocol::device::{check_add, check_remove, check_replace};
use paystage::protocol::dial::Hosting;
use paystage::protocol::id::Origin;
use paystage::protocol::mozpay::{Provider, offers};
use paystage::protocol::request::PAY_TYPE;
use paystage::protocol::time::Span;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::names::Secret;
use paystage::world::seat::Seat;
use paystage::world::setup::Setup;
use paystage::world::transaction::TransactionState;
use serde_json::{Value, json};

use crate::served::Served;
use crate::stand_in::Folder;

/// Longer than anything here takes; a test that needs it has failed.
const LONG: Duration = Duration::from_secs(40);

/// One browser at a time: two on a small machine would wait for each other anyway.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A server with a browser in front of it.
struct Booth {
    served: Served,
    runtime: tokio::runtime::Runtime,
    driver: Driver,
    _turn: MutexGuard<'static, ()>,
}

/// The program that drives Chromium.
struct Driver {
    program: Child,
    port: u16,
}

/// What a test does with: the browser, its main window, and the run behind the server.
struct Visit {
    client: Client,
    main: WindowHandle,
    url: String,
    letterbox: Letterbox,
}

impl Booth {
    fn open(setup: Setup) -> Self {
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let served = Served::with(setup, Clock::Real { ahead: Span::ZERO });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { served, runtime, driver: Driver::start(), _turn: turn }
    }

    /// Opens a browser, lets `visit` do its part, and closes it.
    fn play(&self, visit: impl AsyncFnOnce(&Visit)) {
        self.runtime.block_on(async {
            let client = self.driver.browser().await;
            let main = client.window().await.unwrap();
            let (url, letterbox) = (self.served.url(), self.served.letterbox.clone());
            visit(&Visit { client: client.clone(), main, url, letterbox }).await;
            client.close().await.unwrap();
        });
    }
}

impl Driver {
    fn start() -> Self {
        let mut command = Program::new("chromedriver");
        command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut program = command.spawn().expect("chromedriver starts; .ci/run packages installs it");
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let told = lines.map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        Self { program, port: told.expect("chromedriver says on which port it listens") }
    }

    async fn browser(&self) -> Client {
        // Without a sandbox, because CI runs as root in a container.
        let options = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900"],
            },
        });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(options.as_object().unwrap().clone());
        builder.connect(&format!("http://127.0.0.1:{}", self.port)).await.unwrap()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl Visit {
    async fn goto(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.url)).await.unwrap();
    }

    async fn part(&self, css: &str) -> Element {
        self.client.wait().at_most(LONG).for_element(Locator::Css(css)).await.unwrap()
    }

    async fn click(&self, css: &str) {
        self.part(css).await.click().await.unwrap();
    }

    async fn text(&self, css: &str) -> String {
        self.part(css).await.text().await.unwrap()
    }

    /// Waits until a part of the page says this.
    async fn says(&self, css: &str, words: &str) {
        let began = Instant::now();
        loop {
            let text = self.text(css).await;
            if text.contains(words) {
                return;
            }
            assert!(began.elapsed() < LONG, "{css} says {text:?}, not {words:?}");
        }
    }

    /// Clicks on a Buy button and goes into the payment window that opens.
    async fn to_window(&self, buy: &str) {
        self.click(buy).await;
        let began = Instant::now();
        loop {
            let windows = self.client.windows().await.unwrap();
            if let Some(opened) = windows.into_iter().find(|window| *window != self.main) {
                self.client.switch_to_window(opened).await.unwrap();
                self.part("#pin").await;
                return;
            }
            assert!(began.elapsed() < LONG, "no payment window opened");
        }
    }

    /// Does something in the payment window that may close it at once, and goes back to the page.
    async fn last_click(&self, css: &str) {
        let part = self.part(css).await;
        // The window may be gone before the driver has heard how the click went.
        let _ = part.click().await;
        self.back().await;
    }

    async fn back(&self) {
        self.client.switch_to_window(self.main.clone()).await.unwrap();
    }

    async fn pay(&self) {
        self.part("#pin").await.send_keys("1234").await.unwrap();
        self.last_click("#asking [type=submit]").await;
    }

    /// Runs a script in the page, whose promise gives the answer.
    async fn run(&self, script: &str, arguments: Value) -> Value {
        let script = format!(
            "const done = arguments[1];\n\
             (async (given) => {{ {script} }})(arguments[0]).then(done, (error) => done('' + error));"
        );
        self.client.execute_async(&script, vec![arguments]).await.unwrap()
    }

    async fn is_awake(&self) -> bool {
        let class = self.part("body").await.attr("class").await.unwrap();
        class.unwrap_or_default().contains("has-shiny-pony")
    }

    /// The state of the only payment of the run.
    async fn state(&self) -> TransactionState {
        let read = self.letterbox.read(|run, _| run.world().marketplace().transactions()[0].state);
        read.await.unwrap()
    }

    /// Waits until the only payment of the run stands so.
    async fn stands(&self, state: TransactionState) {
        let began = Instant::now();
        while self.state().await != state {
            assert!(began.elapsed() < LONG, "the payment stands at {:?}, not at {state:?}", self.state().await);
        }
    }
}

const BUY: &str = "[data-product=shiny-pony] button";
const SAYS: &str = "[data-product=shiny-pony] .state";

#[test]
fn buying_on_the_demo_page_ends_with_the_pony_awake() {
    Booth::open(Setup::default()).play(async |visit: &Visit| {
        visit.goto("/demo/").await;
        assert!(!visit.part("#pony").await.is_enabled().await.unwrap(), "nobody plays with a pony that sleeps");
        visit.to_window(BUY).await;
        assert_eq!(visit.text("h1").await, "Shiny Pony");
        assert_eq!(visit.text(".price").await, "0.99 USD");
        visit.pay().await;
        visit.says(SAYS, "yours").await;
        assert!(visit.is_awake().await);
        visit.click("#pony").await;
        visit.says("#mood", "Hop!").await;
        assert_eq!(visit.state().await, TransactionState::Completed);

        // The device keeps the receipt, and the store stands by it: the next visit needs no payment.
        visit.goto("/demo/").await;
        visit.says(SAYS, "yours").await;
        // Until the money goes back.
        let refund = visit.letterbox.read(|run, _| run.world().marketplace().transactions()[0].id.clone()).await;
        visit.letterbox.command(Command::Refund { transaction: refund.unwrap() }).await.unwrap();
        visit.goto("/demo/").await;
        visit.says(SAYS, "The money was given back").await;
        assert!(!visit.is_awake().await);
    });
}

#[test]
fn cancelling_ends_with_its_error_and_a_pony_that_sleeps() {
    Booth::open(Setup::default()).play(async |visit: &Visit| {
        visit.goto("/demo/").await;
        visit.to_window(BUY).await;
        visit.last_click("#cancel").await;
        visit.says(SAYS, "The buyer pressed cancel USER_CANCELLED").await;
        assert!(!visit.is_awake().await);
        assert_eq!(visit.state().await, TransactionState::Cancelled);
    });
}

#[test]
fn closing_the_payment_window_is_noticed_on_both_sides() {
    Booth::open(Setup::default()).play(async |visit: &Visit| {
        visit.goto("/demo/").await;
        visit.to_window(BUY).await;
        visit.client.close_window().await.unwrap();
        visit.back().await;
        visit.says(SAYS, "The buyer closed the payment window DIALOG_CLOSED_BY_USER").await;
        visit.stands(TransactionState::Cancelled).await;
    });
}

#[test]
fn a_wrong_pin_may_be_mended_and_five_lock() {
    Booth::open(Setup::default()).play(async |visit: &Visit| {
        visit.goto("/demo/").await;
        visit.to_window(BUY).await;
        visit.part("#pin").await.send_keys("0000").await.unwrap();
        visit.click("#asking [type=submit]").await;
        visit.says("#problem", "Wrong PIN, 4 tries left").await;
        visit.pay().await;
        visit.says(SAYS, "yours").await;

        visit.to_window("[data-product=golden-saddle] button").await;
        visit.click("#characters summary").await;
        visit.last_click("[data-character=mistypes]").await;
        visit.says("[data-product=golden-saddle] .state", "PIN_LOCKED").await;
    });
}

#[test]
fn whoever_else_sends_a_message_has_paid_nothing() {
    Booth::open(Setup::default()).play(async |visit: &Visit| {
        visit.goto("/demo/").await;
        visit.to_window(BUY).await;
        visit.back().await;
        // From the right origin even, but not from the payment window.
        visit
            .run("window.postMessage({ status: 'ok' }, '*'); await new Promise(requestAnimationFrame)", json!(0))
            .await;
        visit.says(SAYS, "in the payment window").await;
        let windows = visit.client.windows().await.unwrap();
        let window = windows.into_iter().find(|window| *window != visit.main).expect("still open");
        visit.client.switch_to_window(window).await.unwrap();
        visit.last_click("#cancel").await;
        visit.says(SAYS, "USER_CANCELLED").await;
    });
}

#[test]
fn a_device_with_its_own_provider_object_is_told_too() {
    Booth::open(Setup::default()).play(async |visit: &Visit| {
        visit.goto("/demo/").await;
        let order = visit
            .run("return (await fetch(given, { method: 'POST' })).json()", json!("/mozpay/product/shiny-pony/buy"));
        let request = order.await["webpayJWT"].as_str().unwrap().to_owned();
        visit.goto(&format!("/mozpay/?req={request}&buyer=you%20decide")).await;
        let device = "window.told = []; window.mozPaymentProvider = { paymentSuccess: () => told.push('success'), \
                      paymentFailed: (code) => told.push(code) };";
        visit.run(device, json!(0)).await;
        visit.click("#cancel").await;
        visit.says("#outcome", "USER_CANCELLED").await;
        assert_eq!(visit.run("return told", json!(0)).await, json!(["USER_CANCELLED"]));
    });
}

#[test]
fn the_history_hands_a_receipt_to_the_park() {
    Booth::open(Setup::default()).play(async |visit: &Visit| {
        visit.goto("/demo/").await;
        visit.to_window(BUY).await;
        visit.pay().await;
        visit.says(SAYS, "yours").await;
        // The device was lost, and its receipts with it.
        visit.run("localStorage.clear()", json!(0)).await;
        visit.goto("/demo/").await;
        assert!(!visit.is_awake().await);
        visit.goto("/purchases").await;
        visit.click("[data-transaction] button").await;
        visit.says("[data-transaction] [role=status]", "Installed for Pony Park").await;
        visit.goto("/demo/").await;
        visit.says(SAYS, "yours").await;
    });
}

/// The example as somebody serves it from an address of their own: one page, answered to whoever connects.
fn own_page(market: &str) -> (u16, impl FnOnce() + use<>) {
    let page = std::fs::read_to_string("examples/fifteen-lines/index.html").unwrap();
    let page = page.replace("http://127.0.0.1:7717", market);
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut head = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            if head.next().is_some_and(|line| line.starts_with("GET / ")) {
                head.for_each(drop);
                let length = page.len();
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n");
                let _ = write!(&stream, "{answer}Connection: close\r\n\r\n{page}");
            }
        }
    };
    (port, serve)
}

#[test]
fn a_page_of_ones_own_with_fifteen_lines_buys_a_pony() {
    let page = std::fs::read_to_string("examples/fifteen-lines/index.html").unwrap();
    let script = page.split_once("<script>\n").and_then(|(_, rest)| rest.split_once("</script>")).unwrap().0;
    assert_eq!(script.lines().count(), 15);
    Booth::open(Setup { buyer: BuyerCharacter::PaysAtOnce, ..Setup::default() }).play(async |visit: &Visit| {
        let (port, serve) = own_page(&visit.url);
        std::thread::spawn(serve);
        visit.client.goto(&format!("http://127.0.0.1:{port}/")).await.unwrap();
        // The run's own buyer decides: the page says nothing else.
        visit.click("#buy").await;
        visit.says("#end", "The pony is yours").await;
        assert_eq!(visit.state().await, TransactionState::Completed);
    });
}

/// The example with a server of its own, as somebody starts it; ended when this goes.
struct Shop {
    program: Child,
    _folder: Folder,
}

impl Shop {
    /// Starts it on `port`, for the stage at `market`. Answers when it does.
    fn start(port: u16, market: &str, secret: &str) -> Self {
        let folder = Folder::named(&format!("shop-{port}"));
        std::fs::create_dir_all(folder.path()).unwrap();
        let file = folder.path().join("secret.txt");
        std::fs::write(&file, format!("{secret}\n")).unwrap();
        let mut command = Program::new("python3");
        command.arg("examples/app-server/shop.py").arg(&file).stderr(Stdio::null());
        let program = command.env("SHOP_PORT", port.to_string()).env("PAYSTAGE_URL", market).spawn().unwrap();
        let shop = Self { program, _folder: folder };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < LONG, "the shop does not open");
        }
        shop
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Clicks in a shop that signs with `secret`, and reads how that ends. The stage knows the secret `hush`.
fn at_the_shop(secret: &str, end: &str, paid: bool) {
    // Free a moment ago, and whoever listens may take it at once again.
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let mut setup = Setup { buyer: BuyerCharacter::PaysAtOnce, hosting: Hosting::Classic, ..Setup::default() };
    setup.seats.app_server = Seat::External;
    let app = &mut setup.names.app;
    (app.origin, app.server_url) = (Origin::loopback(port), Some(Origin::loopback(port)));
    (app.key, app.secret) = ("my-key".to_owned(), Some(Secret::new("hush")));
    Booth::open(setup).play(async |visit: &Visit| {
        let _shop = Shop::start(port, &visit.url, secret);
        visit.client.goto(&format!("http://127.0.0.1:{port}/")).await.unwrap();
        visit.click("#buy").await;
        visit.says("#end", end).await;
        let read = visit.letterbox.read(|run, _| run.world().marketplace().transactions().len()).await;
        assert_eq!(read.unwrap(), usize::from(paid));
        if paid {
            visit.stands(TransactionState::Completed).await;
        }
    });
}

#[test]
fn a_shop_with_a_server_of_its_own_sells_a_gem() {
    at_the_shop("hush", "The gem is yours", true);
}

#[test]
fn a_shop_that_signs_with_another_secret_sells_nothing() {
    at_the_shop("hash", "No gem", false);
}

/// A token with these claims, as a page may hand it over.
fn token(claims: &str) -> String {
    use base64::Engine as _;
    format!("e30.{}.c2ln", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims))
}

/// Pay requests that open no window, each for a reason of its own.
fn ill_calls() -> Vec<Vec<Option<String>>> {
    let good = r#"{"typ":"mozilla/payments/pay/v1","request":{"id":"x"}}"#;
    let one = |text: String| vec![Some(text)];
    vec![
        vec![],
        vec![None],
        one(String::new()),
        one("a.b".to_owned()),
        one("a.b.c.d".to_owned()),
        one("a..c".to_owned()),
        one("a.*.c".to_owned()),
        one(token("{")),
        one(token("null")),
        one(token("false")),
        one(token("0")),
        one(token("7")),
        one(token("{}")),
        one(token(r#"{"typ":"","request":{}}"#)),
        one(token(r#"{"typ":"mozilla/payments/pay/v1"}"#)),
        one(token(r#"{"typ":"mozilla/payments/pay/v1","request":0}"#)),
        one(token(r#"{"typ":"somebody/else","request":{}}"#)),
        vec![Some(token(good)), Some(token(good))],
        vec![Some(token(good)), Some("a.b".to_owned())],
    ]
}

#[test]
fn moz_pay_refuses_what_the_device_refuses_by_the_same_name() {
    let provider =
        Provider { name: "Market".to_owned(), uri: "http://127.0.0.1/".to_owned(), typ: PAY_TYPE.to_owned() };
    let calls = ill_calls();
    let names: Vec<_> = calls
        .iter()
        .map(|call| {
            let requests: Vec<_> = call.iter().map(Option::as_deref).collect();
            offers(&requests, std::slice::from_ref(&provider), false).expect_err("opens no window").code()
        })
        .collect();
    Booth::open(Setup::default()).play(async |visit: &Visit| {
        visit.goto("/demo/").await;
        let script = "const names = []; for (const call of given) {
            const request = navigator.mozPay(call);
            await new Promise((ended) => { request.onerror = request.onsuccess = ended; });
            names.push(request.error ? request.error.name : 'opened');
        } return names;";
        assert_eq!(visit.run(script, json!(calls)).await, json!(names));
    });
}

/// Receipts of every shape that the device tells apart, and some that it keeps.
fn receipts() -> Vec<String> {
    let whole = json!({ "typ": "purchase-receipt", "product": {}, "user": {}, "iss": "x", "nbf": 1, "iat": 1 });
    let without = |name: &str, value: Value| {
        let mut claims = whole.clone();
        claims[name] = value;
        token(&claims.to_string())
    };
    let mut receipts = vec![String::new(), "x".repeat(1_048_577), "a.b".to_owned(), "a.*.c".to_owned()];
    receipts.extend(["null", "{", "0", "[]"].map(token));
    for name in ["typ", "product", "user", "iss", "nbf", "iat"] {
        receipts.extend([Value::Null, json!(0), json!("")].map(|nothing| without(name, nothing)));
    }
    receipts.extend([without("typ", json!("other-receipt")), without("typ", json!(7)), without("exp", json!(1))]);
    let good = token(&whole.to_string());
    receipts.extend([
        good.clone(),
        good.clone(),
        format!("{good}~a.b.c"),
        format!("a.b.c~{good}"),
        format!("a~b~{good}"),
    ]);
    receipts
}

#[test]
fn the_receipt_store_keeps_and_refuses_what_the_device_does() {
    let receipts = receipts();
    let mut stored: Vec<String> = Vec::new();
    let mut names = Vec::new();
    for receipt in &receipts {
        let added = check_add(receipt, &stored);
        names.push(added.as_ref().err().map(Refusal::code));
        if added.is_ok() {
            stored.push(receipt.clone());
        }
    }
    let (kept, other) = (stored[0].clone(), token("{}"));
    for receipt in [String::new(), other.clone(), kept.clone(), kept.clone()] {
        let removed = check_remove(&receipt, &stored);
        names.push(removed.as_ref().err().map(Refusal::code));
        if let Ok(place) = removed {
            stored.remove(place);
        }
    }
    let good = stored[0].clone();
    for (old, new) in [("", &*good), (&*good, ""), (&*good, &*other), (&*other, &*kept), (&*good, &*kept)] {
        names.push(check_replace(old, new, &stored).err().map(|refusal| refusal.code()));
    }
    Booth::open(Setup::default()).play(async |visit: &Visit| {
        visit.goto("/demo/").await;
        let script = "const app = await navigator.mozApps.getSelf(); const names = [];
            const note = (request) => request.then(() => names.push(null), (error) => names.push(error.name));
            for (const receipt of given.receipts) await note(app.addReceipt(receipt));
            for (const receipt of ['', given.other, given.kept, given.kept]) await note(app.removeReceipt(receipt));
            const good = app.receipts[0];
            for (const [old, fresh] of [['', good], [good, ''], [good, given.other], [given.other, given.kept], [good, given.kept]])
                await note(app.replaceReceipt(old, fresh));
            return names;";
        let given = json!({ "receipts": receipts, "other": other, "kept": kept });
        assert_eq!(visit.run(script, given).await, json!(names));
    });
}

#[test]
fn five_hundred_and_one_receipts_fit() {
    Booth::open(Setup::default()).play(async |visit: &Visit| {
        visit.goto("/demo/").await;
        let good = token(r#"{"typ":"purchase-receipt","product":{},"user":{},"iss":"x","nbf":1,"iat":1}"#);
        let script = "const app = await navigator.mozApps.getSelf();
            for (let i = 0; i < 501; i += 1) await app.addReceipt(given + i);
            return app.addReceipt(given).then(() => 'kept', (error) => app.receipts.length + ' ' + error.name);";
        assert_eq!(visit.run(script, json!(good)).await, json!("501 TOO_MANY_RECEIPTS"));
    });
}
