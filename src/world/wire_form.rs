//! Wire forms: which request, answer or call each message is, as history wrote them.
//!
//! The payment page's own routes are those of the two specification pages; verify, reissue, notice and PIN check are
//! those that shipped. Where history kept its wire private (provider, ledger), the form is this simulator's own.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::protocol::dial::AppClient;
use crate::protocol::id::{Origin, ProductId, TransactionId};
use crate::protocol::jwt::{Jwt, MAX_INSPECT_BYTES};
use crate::protocol::money::Money;
use crate::protocol::reissue::{reissue_refused_json, reissued_json};
use crate::protocol::rules::NoticeForm;
use crate::protocol::store_answer::StoreAnswer;
use crate::protocol::time::Time;
use crate::world::catalog::{Catalog, REISSUE_PATH, VERIFY_PATH};
use crate::world::http_form::{HttpForm, StartLine, WireForm};
use crate::world::message::{Body, ChargeAnswer, Crossing, Message, Method};
use crate::world::planted::Planted;
use crate::world::platform::LocalStorage;
use crate::world::provenance::Provenance;
use crate::world::refusal::Refusal;
use crate::world::setup::Setup;
use crate::world::ware::Ware;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const TEXT: &str = "text/plain";
/// Where the provider of this simulation takes its orders. A reserved name (RFC 2606).
const PROVIDER: &str = "https://provider.example";
/// Where the payment page checks the PIN.
const PIN_PATH: &str = "/mozpay/v1/api/pin/check/";

impl Message {
    /// The message as HTTP, or `None` for a click, a call inside the device, or mail.
    #[must_use]
    pub fn http(&self, setup: &Setup, catalog: &Catalog) -> Option<HttpForm> {
        self.wire_form(setup, catalog).http()
    }

    /// The message as it travels: HTTP, or the call as its caller would write it. The PIN alone is never shown.
    #[must_use]
    pub fn wire_form(&self, setup: &Setup, catalog: &Catalog) -> WireForm {
        match silence(&self.body) {
            Some(why) if self.crossing != Some(Crossing::Out) => say(format!("no answer // {why}")),
            Some(_) | None => self.as_known(Addresses { setup, catalog }.form_of(self)),
        }
    }

    /// Of what a server outside answered, status and body are known. Which headers it sent nobody wrote down, so none are shown.
    fn as_known(&self, mut form: WireForm) -> WireForm {
        if let WireForm::Http(HttpForm { start: StartLine::Response { .. }, headers, .. }) = &mut form
            && self.crossing == Some(Crossing::In)
        {
            headers.clear();
        }
        form
    }
}

/// Who is to be found where, under this set-up.
struct Addresses<'a> {
    setup: &'a Setup,
    catalog: &'a Catalog,
}

impl Addresses<'_> {
    fn form_of(&self, message: &Message) -> WireForm {
        match &message.body {
            Body::KeysAsked => self.at_market("GET", "/.well-known/jwks.json").into(),
            Body::KeysAnswered { keys } => answer(200).content("application/jwk-set+json", &**keys).into(),
            Body::BuyClicked { product } => say(format!("click on Buy ({product})")),
            Body::BuyAsked { product, origin, provenance } => self.buy(product, origin.as_ref(), provenance).into(),
            Body::StartAsked { product, origin } => self.start(product, origin).into(),
            Body::StartAnswered { transaction } => answer(201).json(&[("transactionID", transaction.as_str())]).into(),
            Body::BuyAnswered { transaction, request } => buy_answer(transaction, request).into(),
            Body::BuyRefused { status, refusal }
            | Body::StoreRefused { status, refusal }
            | Body::ReceiptDenied { status, refusal, .. } => refused(*status, refusal).into(),
            Body::PayCalled { requests } => say(format!("navigator.mozPay([{}])", quoted(requests))),
            Body::WindowOpened { request } => self.at_market("GET", &format!("/mozpay/?req={request}")).into(),
            Body::PriceShown { name, price, .. } => payment_page(name, *price).into(),
            Body::PinEntered { .. } => self.at_market("POST", PIN_PATH).json(&[("pin", "••••")]).into(),
            Body::PinRefused { left, .. } => pin_answer(*left).into(),
            Body::CancelPressed { .. } => say("click on Cancel"),
            Body::WindowClosed { .. } => say("click on the window's close button"),
            Body::WindowAbandoned { .. } => say("window.onunload() // of the payment page"),
            Body::ChargeAsked { transaction, price } => order("charges", transaction, *price).into(),
            Body::ChargeAnswered { answer: said, .. } => answer(200).json(&[("status", charge_word(*said))]).into(),
            Body::NoticeSent { token, url, .. } => self.notice(token, url).into(),
            Body::NoticeAnswered { status, body, .. } | Body::HttpAnswered { status, body } => {
                answer(*status).content(TEXT, body).into()
            }
            Body::OwnerMailed { transaction, attempts } => say(mail(transaction, *attempts)),
            Body::WindowEnded { failure } => say(window_end(failure.as_ref())),
            Body::PaySettled { failure } => say(settled(failure.as_ref())),
            Body::StatusAsked { transaction, .. } => self.status(transaction).into(),
            Body::StatusAnswered { receipt, .. } => status_answer(receipt.as_deref()).into(),
            Body::ReceiptSought { transaction } => self.receipt_of("/mozpay/transaction", transaction).into(),
            Body::ReceiptSupplied { receipt, .. } | Body::ReceiptHandedOver { receipt, .. } => {
                answer(201).json(&[("receipt", receipt)]).into()
            }
            Body::InstallAsked { receipt } => say(self.kept(receipt)),
            Body::ReplaceAsked { old, new } => say(self.replaced(old, new)),
            Body::InstallAnswered { error } => say(settled(error.as_ref())),
            Body::ReceiptsAsked => say(self.sought()),
            Body::ReceiptsAnswered { receipts } => say(self.held(receipts)),
            Body::ReceiptJudged { verdict, .. } => say(format!("verify(receipt) // {}", verdict.headline())),
            Body::VerifyAsked { receipt, method, .. } => self.verify(receipt, *method).into(),
            Body::VerifyAnswered { answer } => verify_answer(answer.json(), message.sent).into(),
            Body::AccessGranted { product } => say(format!("open({:?})", product.as_str())),
            Body::AccessRefused { product, refusal } => {
                say(format!("close({:?}) // {}", product.as_str(), refusal.code))
            }
            Body::HistoryAsked => self.at_market("GET", "/purchases").header("Accept", JSON).into(),
            Body::HistoryAnswered { transactions } => history(transactions).into(),
            Body::ReceiptRequested { transaction } => self.receipt_of("/purchases", transaction).into(),
            Body::ReissueAsked { receipt } => self.whole_receipt(receipt, Service::Reissue).into(),
            Body::ReissueAnswered { status, answer: said } => answer(*status).content(JSON, reissue_body(said)).into(),
            Body::RefundAsked { transaction, price } => order("refunds", transaction, *price).into(),
            Body::RefundAnswered { .. } => answer(200).json(&[("status", "returned")]).into(),
            Body::ChargebackReported { transaction } => self.chargeback(transaction).into(),
            Body::WindowPosted { origin, status, code } => window_message(origin, status, code.as_deref()),
            Body::KeyRotated { .. } => say("/.well-known/jwks.json answers another key from now on"),
            Body::ProductsAsked { origin, product } => self.products(origin.as_deref(), product.as_ref()).into(),
            Body::ProductsAnswered { products, is_list } => wares(products, *is_list).into(),
            Body::ReceiptClaimed { product } => {
                self.at_market("POST", "/api/v1/receipts/install/").content(FORM, format!("app={product}")).into()
            }
            Body::TestReceiptAsked { manifest, kind } => self.trial(manifest, kind).into(),
            Body::TestReceiptIssued { receipt } => {
                answer(201).json(&[("receipt", receipt.as_deref().unwrap_or_default())]).into()
            }
            Body::ReceiptPlanted { kind, receipt, .. } => say(format!("{} // {}", self.kept(receipt), planted(kind))),
        }
    }

    /// How a receipt is kept: by the device, or in a list of the page's own.
    fn kept(&self, receipt: &str) -> String {
        match self.own_list() {
            Some(list) => format!("{list} = JSON.stringify([...receipts, {receipt:?}]) // no app.addReceipt here"),
            None if self.setup.device.keeps_receipts() => format!("app.addReceipt({receipt:?})"),
            None => format!("// neither app.addReceipt nor localStorage: there is nowhere to keep {receipt:?}"),
        }
    }

    /// How the app looks for what is kept.
    fn sought(&self) -> String {
        self.own_list().map_or_else(|| "navigator.mozApps.getSelf()".to_owned(), |list| format!("JSON.parse({list})"))
    }

    /// What it finds.
    fn held(&self, receipts: &[Arc<str>]) -> String {
        let list = if self.own_list().is_some() { "receipts" } else { "app.receipts" };
        format!("{list} = [{}]", quoted(receipts))
    }

    /// How one is put in the place of another.
    fn replaced(&self, old: &str, new: &str) -> String {
        match self.own_list() {
            None => format!("app.replaceReceipt({old:?}, {new:?})"),
            Some(list) => format!("{list} = JSON.stringify([...receipts without {old:?}, {new:?}])"),
        }
    }

    /// Where a page keeps its receipts by itself; `None` where the device does, or where there is no place.
    fn own_list(&self) -> Option<&'static str> {
        let device = &self.setup.device;
        let is_kept_by_page = !device.keeps_receipts() && device.local_storage != LocalStorage::Missing;
        let is_fxpay = self.setup.client == AppClient::Fxpay;
        let list = if is_fxpay { "localStorage.fxpayReceipts" } else { "localStorage.receipts" };
        is_kept_by_page.then_some(list)
    }

    fn at_market(&self, method: &'static str, path: &str) -> HttpForm {
        HttpForm::request(method, format!("{}{path}", self.market()))
    }

    /// Where the store takes requests: a store outside may be somewhere else than its name says.
    fn market(&self) -> &Origin {
        self.setup.names.marketplace_url.as_ref().unwrap_or(&self.catalog.market)
    }

    /// Where the app server does. Hosted, the marketplace serves the page's routes itself.
    fn server(&self) -> &Origin {
        let own = || self.setup.names.app.server_url.as_ref().unwrap_or(&self.catalog.app);
        if self.setup.is_hosted() { self.market() } else { own() }
    }

    fn buy(&self, product: &ProductId, origin: Option<&Origin>, told: &Provenance) -> HttpForm {
        let app = told.path.as_ref().map(|app| format!("/app/{}", percent_encoded(app))).unwrap_or_default();
        let mut post = HttpForm::request("POST", format!("{}/mozpay{app}/product/{product}/buy", self.server()));
        if let Some(origin) = origin {
            post = post.header("Origin", origin.to_string());
        }
        if let Some(referer) = &told.referer {
            post = post.header("Referer", referer.clone());
        }
        match &told.token {
            Some(token) => post.header("X-Paystage-App-Token", token.to_string()),
            None => post,
        }
    }

    fn status(&self, transaction: &TransactionId) -> HttpForm {
        HttpForm::request("GET", format!("{}{}", self.server(), status_path(transaction)))
    }

    fn start(&self, product: &ProductId, origin: &Origin) -> HttpForm {
        let members = [("product", product.as_str()), ("origin", origin.as_str())];
        self.at_market("POST", "/mozpay/transaction").json(&members)
    }

    /// One form field since 2013-02-11 (bug 838066), the raw token before.
    fn notice(&self, token: &str, url: &str) -> HttpForm {
        let post = HttpForm::request("POST", url);
        match self.setup.rules().notice.form {
            NoticeForm::Field => post.content(FORM, format!("notice={token}")),
            NoticeForm::RawBody => post.content(TEXT, token),
        }
    }

    fn trial(&self, manifest: &str, kind: &str) -> HttpForm {
        let members = [("manifest_url", manifest), ("receipt_type", kind)];
        self.at_market("POST", "/api/v1/receipts/test/").json(&members)
    }

    fn products(&self, origin: Option<&str>, product: Option<&ProductId>) -> HttpForm {
        let of_whom = match origin {
            Some(origin) => format!("{}/in-app", percent_encoded(origin)),
            None => "stub-in-app-products".to_owned(),
        };
        let last = product.map_or_else(|| "?active=1".to_owned(), |product| format!("{product}/"));
        self.at_market("GET", &format!("/api/v1/payments/{of_whom}/{last}")).header("Accept", JSON)
    }

    fn receipt_of(&self, folder: &str, transaction: &TransactionId) -> HttpForm {
        self.at_market("POST", &format!("{folder}/{transaction}/receipt"))
    }

    fn chargeback(&self, transaction: &TransactionId) -> HttpForm {
        let members = [("transactionID", transaction.as_str()), ("reason", "reversal")];
        self.at_market("POST", "/provider/chargeback").json(&members)
    }

    fn verify(&self, receipt: &str, method: Method) -> HttpForm {
        let post = self.whole_receipt(receipt, Service::Verify);
        let url = match &post.start {
            StartLine::Request { url, .. } => url.clone(),
            StartLine::Response { .. } => String::new(),
        };
        let bare = HttpForm::request(method.name(), url).header("Origin", self.catalog.app.to_string());
        match method {
            Method::Post => post,
            Method::Get => bare.header("Accept", JSON),
            // As the Fetch standard has it before a request with a header of its own.
            Method::Options => bare
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type, x-fxpay-version"),
        }
    }

    /// The receipt goes to the address that it names itself, byte for byte, as `text/plain`.
    fn whole_receipt(&self, receipt: &str, service: Service) -> HttpForm {
        let named = unverified_services(receipt);
        let (named, path) = match service {
            Service::Verify => (named.verify, VERIFY_PATH),
            Service::Reissue => (named.reissue, REISSUE_PATH),
        };
        let url = named.unwrap_or_else(|| format!("{}{path}", self.market()));
        let post = HttpForm::request("POST", url).header("Origin", self.catalog.app.to_string());
        post.header("Accept", JSON).content("text/plain;charset=UTF-8", receipt)
    }
}

/// A service that a receipt names by its address.
#[derive(Clone, Copy)]
enum Service {
    Verify,
    Reissue,
}

/// The addresses in a receipt. Nobody has checked them.
#[derive(Default, Deserialize)]
struct Services {
    verify: Option<String>,
    reissue: Option<String>,
}

fn unverified_services(receipt: &str) -> Services {
    let token = receipt.rsplit('~').next().unwrap_or_default();
    let claims = Jwt::parse_within(token, MAX_INSPECT_BYTES).and_then(|jwt| jwt.unverified_claims());
    claims.unwrap_or_default()
}

/// Why there was no answer, where this stands in an answer's place: status 0 is how the clients of the time were told.
fn silence(body: &Body) -> Option<&str> {
    if let Body::NoticeAnswered { status: 0, body, .. } | Body::HttpAnswered { status: 0, body } = body {
        return Some(body);
    }
    if let Body::ReceiptDenied { status: 0, refusal, .. } = body {
        return Some(refusal.found.as_deref().unwrap_or(refusal.sentence));
    }
    None
}

fn say(text: impl Into<String>) -> WireForm {
    WireForm::Call(text.into())
}

fn answer(status: u16) -> HttpForm {
    HttpForm::response(status)
}

fn status_path(transaction: &TransactionId) -> String {
    format!("/mozpay/transaction/{transaction}")
}

/// The names are those that the historic client library reads, with the transaction's id added.
fn buy_answer(transaction: &TransactionId, request: &str) -> HttpForm {
    let status = status_path(transaction);
    let members = [("webpayJWT", request), ("contribStatusURL", &status), ("transactionID", transaction.as_str())];
    answer(200).json(&members)
}

fn refused(status: u16, refusal: &Refusal) -> HttpForm {
    answer(status).json(&[("error", refusal.sentence), ("error_code", refusal.code)])
}

fn payment_page(name: &str, price: Money) -> HttpForm {
    let name = name.replace('&', "&amp;").replace('<', "&lt;");
    let page = format!(
        "<!doctype html>\n<title>Pay</title>\n<h1>{name}</h1>\n<p>{price}</p>\n<form method=\"post\" action=\"{PIN_PATH}\">\n  \
         <input name=\"pin\" type=\"password\" inputmode=\"numeric\" maxlength=\"4\">\n  \
         <button>Confirm</button>\n</form>"
    );
    answer(200).content("text/html; charset=utf-8", page)
}

/// The PIN service answers 400 to a wrong PIN, with what it knows about the lock.
fn pin_answer(left: u8) -> HttpForm {
    let body = format!(r#"{{"pin":true,"pin_is_locked_out":{}}}"#, left == 0);
    answer(400).content(JSON, body)
}

fn order(kind: &str, transaction: &TransactionId, price: Money) -> HttpForm {
    let minor = price.minor.to_string();
    let members = [("transaction", transaction.as_str()), ("minor", &minor), ("currency", price.currency.as_str())];
    HttpForm::request("POST", format!("{PROVIDER}/{kind}")).json(&members)
}

fn window_message(origin: &Origin, status: &str, code: Option<&str>) -> WireForm {
    let code = code.map_or(String::new(), |code| format!(", errorCode: {code:?}"));
    say(format!("opener.postMessage({{status: {status:?}{code}}}) // from {origin}"))
}

fn charge_word(answer: ChargeAnswer) -> &'static str {
    match answer {
        ChargeAnswer::Charged => "charged",
        ChargeAnswer::Declined => "declined",
        ChargeAnswer::LedElsewhere => "redirect",
        ChargeAnswer::Pending => "pending",
    }
}

fn status_answer(receipt: Option<&str>) -> HttpForm {
    match receipt {
        Some(receipt) => answer(200).json(&[("status", "completed"), ("receipt", receipt)]),
        None => answer(200).content(JSON, r#"{"status":"pending","receipt":null}"#),
    }
}

/// One product, or the list of them with the shipped counts around it.
fn wares(products: &[Ware], is_list: bool) -> HttpForm {
    let list = serde_json::to_value(products).unwrap_or_default();
    let body = if is_list {
        let count = products.len();
        let meta = json!({ "limit": count, "next": null, "offset": 0, "previous": null, "total_count": count });
        json!({ "meta": meta, "objects": list })
    } else {
        list.get(0).cloned().unwrap_or_default()
    };
    answer(200).content(JSON, body.to_string())
}

/// As `encodeURIComponent` writes an origin.
fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |done, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            done + char::from(byte).encode_utf8(&mut [0; 4])
        }
        _ => format!("{done}%{byte:02X}"),
    })
}

/// protocol.md 4.1: any page may ask, so the answer itself lets any page read it.
fn verify_answer(json: String, now: Time) -> HttpForm {
    answer(200)
        .header("Access-Control-Allow-Origin", "*")
        .header("Access-Control-Allow-Methods", "POST")
        .header("Access-Control-Allow-Headers", "content-type, x-fxpay-version")
        .header("Content-Length", json.len().to_string())
        .header("Cache-Control", "no-cache")
        .header("Last-Modified", http_date(now))
        .content(JSON, json)
}

/// The historic answer always had a `receipt`, empty where it said no.
fn reissue_body(said: &StoreAnswer) -> String {
    match &said.receipt {
        Some(fresh) => reissued_json(fresh),
        None => reissue_refused_json(said),
    }
}

/// RFC 9110, 5.6.7: always GMT, the day in two digits.
fn http_date(time: Time) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let day = time.seconds().div_euclid(86_400).rem_euclid(7);
    let day = usize::try_from(day).ok().and_then(|day| DAYS.get(day)).copied().unwrap_or_default();
    format!("{day}, {:0>20} GMT", time.human())
}

fn history(transactions: &[TransactionId]) -> HttpForm {
    let list: Vec<_> = transactions.iter().map(|id| Value::from(id.as_str()).to_string()).collect();
    answer(200).content(JSON, format!(r#"{{"purchases":[{}]}}"#, list.join(",")))
}

fn mail(transaction: &TransactionId, attempts: u8) -> String {
    format!(
        "Subject: Your server did not take a payment notice\n\n\
         Transaction {transaction} is paid, but {attempts} deliveries of its notice failed. There will be no more."
    )
}

fn window_end(failure: Option<&Refusal>) -> String {
    match failure {
        None => "mozPaymentProvider.paymentSuccess()".to_owned(),
        Some(failure) => format!("mozPaymentProvider.paymentFailed(\"{}\")", failure.code),
    }
}

/// How a request to the device ends: the page learns of it by an event, and of the reason by the error's name.
fn settled(error: Option<&Refusal>) -> String {
    match error {
        None => "request.onsuccess()".to_owned(),
        Some(error) => format!("request.onerror() // request.error.name == \"{}\"", error.code),
    }
}

fn quoted(tokens: &[Arc<str>]) -> String {
    tokens.iter().map(|token| format!("{token:?}")).collect::<Vec<_>>().join(", ")
}

fn planted(kind: &Planted) -> &'static str {
    match kind {
        Planted::OtherApp => "bought in another app",
        Planted::OtherUser => "bought by somebody else",
        Planted::Forged => "signed with a key that is not the store's",
        Planted::Edited => "edited after it was signed",
        Planted::Unsigned => "without a signature",
        Planted::Expired => "out of date",
        Planted::Test => "made for tests",
        Planted::TooLong => "too long to be kept",
        Planted::TwoCertificates => "behind two certificates",
        Planted::Crafted(craft) => craft.label(),
        Planted::Text(_) => "typed by hand",
    }
}
