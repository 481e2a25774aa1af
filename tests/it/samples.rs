//! Samples: at least one message of every kind, from the built-in suite and by hand.

use std::sync::Arc;

use paystage::protocol::code::Code;
use paystage::protocol::device::DeviceError;
use paystage::protocol::id::{ProductId, TransactionId};
use paystage::protocol::money::Money;
use paystage::protocol::notice::NoticeKind;
use paystage::protocol::payflow::Terms;
use paystage::protocol::store_answer::{Reason, Status, StoreAnswer};
use paystage::protocol::time::Time;
use paystage::session::builtin::SUITE;
use paystage::session::run::Session;
use paystage::session::scenario::play::play;
use paystage::world::catalog::Catalog;
use paystage::world::craft::Craft;
use paystage::world::event::Event;
use paystage::world::message::{Body, Message, MessageId};
use paystage::world::party::Party;
use paystage::world::planted::Planted;
use paystage::world::provenance::Provenance;
use paystage::world::refusal::{Refusal, Stop};
use paystage::world::setup::Setup;

/// Every message of the built-in suite, and by hand what no scenario reaches: long names, many counts, each refusal.
pub(crate) fn messages() -> Vec<Arc<Message>> {
    let mut all: Vec<_> =
        SUITE.iter().flat_map(|builtin| delivered(&play(&builtin.scenario().unwrap()).session)).collect();
    let by_hand = |body| Message {
        id: MessageId(0),
        number: 1,
        from: Party::AppPage,
        to: Party::Marketplace,
        sent: Time::from_seconds(1_795_341_840),
        due: Time::from_seconds(1_795_341_840),
        answers: None,
        crossing: None,
        body,
    };
    all.extend(rare_bodies().into_iter().map(|body| Arc::new(by_hand(body))));
    all
}

fn rare_bodies() -> Vec<Body> {
    let transaction = TransactionId::from("dc82f1a0-0000-4000-8000-000000000001");
    let product = ProductId::parse(&"very-long-".repeat(6)).unwrap();
    let name = "The Most Extraordinarily Long Product Name That Anybody Has Ever Put Into Any Shop At All".to_owned();
    let price = Money::usd(123_456_789);
    let refusal = Refusal::from(Stop::UnknownProduct);
    let receipt: Arc<str> = "not a receipt".into();
    let notice = |kind, attempt| Body::NoticeSent {
        transaction: transaction.clone(),
        kind,
        token: "t".into(),
        attempt,
        url: "https://pony.example/postback".into(),
    };
    let terms = Terms { simulation: None, is_payment_required: true };
    let noticed = |status, body: &str| Body::NoticeAnswered {
        transaction: transaction.clone(),
        kind: NoticeKind::Postback,
        status,
        body: body.to_owned(),
    };
    let mut bodies = vec![
        Body::BuyClicked { product: product.clone() },
        Body::BuyAsked {
            product: product.clone(),
            origin: Some(Catalog::of(&Setup::default()).app),
            provenance: Provenance::default(),
        },
        Body::BuyRefused { status: 404, refusal: refusal.clone() },
        Body::PayCalled { requests: vec!["a".into(), "b".into()] },
        Body::PriceShown { transaction: transaction.clone(), name, price, terms, opening: MessageId(0) },
        Body::PinEntered { transaction: transaction.clone(), pin: "1234".into() },
        Body::AccessGranted { product: product.clone() },
        Body::AccessRefused { product: product.clone(), refusal: refusal.clone() },
        Body::OwnerMailed { transaction: transaction.clone(), attempts: 1 },
        Body::InstallAnswered { error: Some(DeviceError::ALL[0].into()) },
        Body::ReceiptDenied { transaction: transaction.clone(), status: 404, refusal },
        Body::HttpAnswered { status: 503, body: "<h1>Back soon</h1>".to_owned() },
        Body::HistoryAnswered { transactions: vec![transaction.clone(), transaction.clone()] },
        Body::ReceiptHandedOver {
            transaction: transaction.clone(),
            product: product.clone(),
            receipt: receipt.clone(),
        },
        Body::ReissueAnswered { status: 400, answer: StoreAnswer::of(Status::Ok) },
        noticed(500, "a whole page of HTML that says nothing of use"),
        noticed(200, ""),
        Body::ProductsAsked { origin: Some("https://pony.example".into()), product: Some(product.clone()) },
        Body::ProductsAsked { origin: None, product: None },
        Body::ProductsAnswered { products: Vec::new(), is_list: true },
        Body::ReceiptClaimed { product: product.clone() },
        Body::TestReceiptAsked { manifest: "https://pony.example/m.webapp".into(), kind: "ok".into() },
        Body::TestReceiptIssued { receipt: Some(receipt.clone()) },
        Body::StoreRefused { status: 404, refusal: Stop::UnknownProduct.into() },
    ];
    bodies.extend(
        [NoticeKind::Postback, NoticeKind::Chargeback].into_iter().flat_map(|kind| [notice(kind, 1), notice(kind, 6)]),
    );
    bodies.extend((0..5).map(|left| Body::PinRefused { transaction: transaction.clone(), left }));
    bodies.extend(Status::ALL.map(|status| Body::VerifyAnswered { answer: StoreAnswer::of(status) }));
    bodies.extend(Reason::ALL.map(|reason| Body::VerifyAnswered { answer: StoreAnswer::invalid(reason) }));
    let planted = |kind| Body::ReceiptPlanted { product: product.clone(), kind, receipt: receipt.clone() };
    let kinds = [Planted::OtherApp, Planted::OtherUser, Planted::Forged, Planted::Edited, Planted::Unsigned];
    bodies.extend(
        kinds
            .into_iter()
            .chain([Planted::Expired, Planted::Test, Planted::Crafted(Craft::AlgNone), Planted::Text("x".into())])
            .map(planted),
    );
    bodies
}

/// The names of all variants of [`Body`]. A new one does not compile until it stands here, and then wants a sample.
macro_rules! kinds {
    ($($kind:ident)+) => {
        pub(crate) const KINDS: &[&str] = &[$(stringify!($kind)),+];

        /// The name of this body's variant.
        pub(crate) fn kind(body: &Body) -> &'static str {
            match body {
                $(Body::$kind { .. } => stringify!($kind),)+
            }
        }
    };
}

kinds!(
    KeysAsked WindowPosted KeysAnswered BuyClicked BuyAsked StartAsked StartAnswered BuyAnswered BuyRefused PayCalled WindowOpened
    PriceShown PinEntered PinRefused CancelPressed WindowClosed WindowAbandoned ChargeAsked ChargeAnswered NoticeSent
    NoticeAnswered OwnerMailed WindowEnded PaySettled StatusAsked StatusAnswered ReceiptSought ReceiptSupplied
    ReceiptDenied InstallAsked ReplaceAsked InstallAnswered ReceiptsAsked ReceiptsAnswered ReceiptJudged VerifyAsked
    VerifyAnswered AccessGranted AccessRefused HistoryAsked HistoryAnswered ReceiptRequested ReceiptHandedOver
    ReissueAsked ReissueAnswered RefundAsked RefundAnswered ChargebackReported KeyRotated ReceiptPlanted
    HttpAnswered ProductsAsked ProductsAnswered ReceiptClaimed TestReceiptAsked TestReceiptIssued StoreRefused
);

/// Everything that arrived in this run.
pub(crate) fn delivered(session: &Session) -> Vec<Arc<Message>> {
    let arrived =
        |event: &Event| if let Event::Delivered { message } = event { Some(Arc::clone(message)) } else { None };
    session.steps().iter().flat_map(|step| step.events.iter().filter_map(arrived)).collect()
}
