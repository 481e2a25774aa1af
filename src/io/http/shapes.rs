//! Known shapes: the bodies that the routes give and take, each written down once.

use crate::io::http::shape::{Content, Given, Member, Shape, always, given, json, maybe, text};

/// The five words of the verify service.
const STATUSES: Shape = Shape::Word(&["ok", "pending", "refunded", "expired", "invalid"]);

/// Every shape that has a name.
pub const KNOWN: &[(&str, Shape)] = &[
    ("Refusal", Shape::Object(&[always("error", Shape::Text), maybe("error_code", Shape::Text)])),
    ("Trouble", Shape::Object(TROUBLE)),
    ("PayRequest", Shape::Object(PAY_REQUEST)),
    ("Product", Shape::Object(PRODUCT)),
    ("Products", Shape::Object(PRODUCTS)),
    ("Receipt", Shape::Object(RECEIPT)),
    ("Verified", Shape::Object(VERIFIED)),
    ("Standing", Shape::Object(STANDING)),
    ("Purchase", Shape::Object(PURCHASE)),
    ("State", Shape::Object(STATE)),
    ("Payment", Shape::Object(PAYMENT)),
    ("Clock", Shape::Object(CLOCK)),
    ("Faults", Shape::Object(FAULTS)),
    ("ArmedFault", Shape::Object(ARMED)),
    ("Step", Shape::Object(STEP)),
];

const TROUBLE: &[Member] = &[
    always("error", Shape::Text).told("What is wrong, in a sentence"),
    always("code", Shape::Text).told("The same for programs"),
    always("hint", Shape::Text).told("What to do"),
    maybe("where", Shape::Object(&[always("line", Shape::Whole), always("column", Shape::Whole)])),
];

const PAY_REQUEST: &[Member] = &[
    always("webpayJWT", Shape::Text).told("The pay request, for mozPay"),
    always("contribStatusURL", Shape::Text).told("The path that tells how the payment stands"),
    maybe("transactionID", Shape::Text).told("The payment's id; the store's shipped interface gave none"),
];

const PRODUCT: &[Member] = &[
    always("guid", Shape::Text),
    always("name", Shape::Text),
    always("logo_url", Shape::Text),
    always("price_id", Shape::Whole).told("The price tier, no amount"),
    always("active", Shape::Flag),
    always("app", Shape::TextOrNull).told("The app's origin; null for products that are there for trying out"),
    always("default_locale", Shape::Text),
];

const PRODUCTS: &[Member] = &[
    always(
        "meta",
        Shape::Object(&[
            always("limit", Shape::Whole),
            always("next", Shape::TextOrNull),
            always("offset", Shape::Whole),
            always("previous", Shape::TextOrNull),
            always("total_count", Shape::Whole),
        ]),
    ),
    always("objects", Shape::List(&Shape::Known("Product"))),
];

const RECEIPT: &[Member] = &[always("receipt", Shape::Text).told("The whole receipt: bare, or cert~receipt")];

const VERIFIED: &[Member] = &[
    always("status", STATUSES),
    maybe("reason", Shape::Text).told("Why it is invalid, in the store's own code, from September 2013 on"),
    maybe("receipt", Shape::Text).told("The fresh receipt, where one is traded; empty where none is given"),
];

const STANDING: &[Member] = &[
    always("state", Shape::Word(&["asking", "charging", "ended"])),
    maybe("tries_left", Shape::Whole).told("PIN tries left, once one was wrong"),
    maybe(
        "failure",
        Shape::Object(&[always("code", Shape::Text), always("sentence", Shape::Text), always("fix", Shape::Text)]),
    )
    .told("Why it ended badly; absent where it was paid"),
];

const PURCHASE: &[Member] = &[
    always("transaction", Shape::Text),
    always("number", Shape::Whole),
    always("product", Shape::Text),
    always("name", Shape::TextOrNull),
    always("app", Shape::Text),
    always("price", Shape::Text).told("Such as 0.99 USD"),
    always("state", Shape::Text),
    always("started", Shape::Text).told("RFC 3339"),
    always("completed", Shape::TextOrNull).told("RFC 3339"),
    always("receipt", Shape::Text).told("The path of the page that explains it"),
];

const STATE: &[Member] = &[
    always("steps", Shape::Whole),
    always("clock", Shape::Known("Clock")),
    always("idle", Shape::Flag).told("Whether nothing will happen by itself any more"),
    always("fingerprint", Shape::TextOrNull).told("Equal for equal histories; null where older steps have left memory"),
    always("transactions", Shape::List(&Shape::Known("Payment"))),
    always("access", Shape::Map(&Shape::Flag)).told("Whether the app has opened each product"),
    always("faults", Shape::Known("Faults")),
    always("setup", Shape::Open("The dials; secrets are masked")),
];

const PAYMENT: &[Member] = &[
    always("transaction", Shape::Text),
    always("order", Shape::Text).told("The seller's own id"),
    always("product", Shape::Text),
    always("app", Shape::Text),
    always("price", Shape::Text),
    always("state", Shape::Text),
    always("receipts", Shape::Whole),
    always(
        "notices",
        Shape::List(&Shape::Object(&[
            always("kind", Shape::Text),
            always("attempts", Shape::Whole),
            always("standing", Shape::Word(&["delivered", "under-way", "given-up"])),
        ])),
    ),
];

const CLOCK: &[Member] = &[
    always("now", Shape::Text).told("RFC 3339"),
    always("now_ms", Shape::Whole),
    always("next_due", Shape::TextOrNull).told("When something will happen by itself"),
    always("follows", Shape::Word(&["real", "virtual"])),
];

const FAULTS: &[Member] = &[
    always("armed", Shape::List(&Shape::Known("ArmedFault"))),
    always("held", Shape::List(&Shape::Whole)).told("The ids of the messages that are held"),
];

const ARMED: &[Member] = &[
    always("id", Shape::Whole),
    always("fault", Shape::Open("What was asked for")),
    always("matched", Shape::Whole).told("How many messages were meant"),
    always("used", Shape::Whole).told("How often it has happened"),
    always("of", Shape::WholeOrNull).told("How often it can; null without end"),
    maybe("until", Shape::Whole),
];

const STEP: &[Member] = &[
    always("index", Shape::Whole),
    always("at", Shape::Whole).told("When, in milliseconds since 1970"),
    always("command", Shape::Open("What was asked for: do, with the command's own members")),
    always("events", Shape::List(&Shape::Open("What happened: event, with its own members"))),
];

/// What a refusal of the control interface looks like.
pub const CONTROL_REFUSAL: &[Content] = &[json(Shape::Known("Trouble"))];

/// What [`begin`](crate::io::http::control::begin) reads.
pub const BEGINNING: &[Member] = &[
    maybe("scenario", Shape::Text).told("A built-in scenario's name: its set-up, and everything that it does"),
    maybe("toml", Shape::Text).told("A scenario's own text"),
    maybe(
        "setup",
        Shape::Open("Dials, as a scenario has them under [setup]; what is left out is as the server was started"),
    ),
    maybe("seed", Shape::Whole),
];

/// What a fault is written as: which messages, which of them, and one act; or a trouble.
pub const FAULT: &[Member] = &[
    maybe("on", Shape::Text).told("The kind of message, such as status-answered"),
    maybe("from", Shape::Text).told("Who sends it, such as marketplace"),
    maybe("to", Shape::Text).told("Who hears it"),
    maybe("product", Shape::Text),
    maybe("transaction", Shape::Text),
    maybe("message", Shape::Whole).told("One message, by its id"),
    maybe("nth", Shape::Whole).told("Only this one of them, from 1"),
    maybe("first", Shape::Whole).told("So many, then no more; without nth and first until cleared"),
    maybe("hold", Shape::Flag),
    maybe("delay", Shape::Text).told("A span such as 12s"),
    maybe("drop", Shape::Flag),
    maybe("duplicate", Shape::Flag),
    maybe("reorder", Shape::Flag),
    maybe("corrupt", Shape::Whole).told("The byte that is changed, from 0"),
    maybe("replace", Shape::Open("field and value; sign to have it signed again, beside to keep the old one too")),
    maybe("remove", Shape::Open("field; sign to have it signed again")),
    maybe("answer", Shape::Open("status, a number with a body or one of the five words with a reason")),
    maybe("time-out", Shape::Flag),
    maybe("trouble", Shape::Text).told("Something wrong with a party, such as signer-down"),
    maybe("for", Shape::Text).told("How long the trouble lasts; without it until it is disarmed"),
];

const REFUSAL: &[Content] = &[json(Shape::Known("Refusal"))];

/// 400: the request is not what the route takes, or the store refuses it.
pub const REFUSED: Given = given(400, "Refused", REFUSAL);
/// 402: nothing was paid.
pub const NOT_PAID: Given = given(402, "This payment has not been completed", REFUSAL);
/// 403: the buy request does not come from the app.
pub const NOT_THE_APP: Given =
    given(403, "The request does not come from the app, as the domain check sees it", REFUSAL);
/// 404: nobody knows it.
pub const UNKNOWN: Given = given(404, "There is nothing of this name", REFUSAL);
/// 409: not as things stand.
pub const NOT_NOW: Given = given(409, "Not as things stand", REFUSAL);

/// A pay request of the page's own routes.
pub const BOUGHT: Given = given(200, "The pay request", &[json(Shape::Known("PayRequest"))]);
/// A pay request of the store's shipped interface.
pub const PREPARED: Given = given(201, "The pay request", &[json(Shape::Known("PayRequest"))]);
/// How a payment stands, as the page says it.
pub const PAGE_STATUS: Given = given(
    200,
    "How the payment stands",
    &[json(Shape::Object(&[
        always("status", Shape::Word(&["pending", "completed"])),
        always("receipt", Shape::TextOrNull),
    ]))],
);
/// How a payment stands, as the store said it.
pub const STORE_STATUS: Given = given(
    200,
    "How the payment stands",
    &[json(Shape::Object(&[
        always("status", Shape::Word(&["incomplete", "complete"])),
        always("receipt", Shape::TextOrNull),
    ]))],
);
/// Public keys. RFC 7517, 5.
pub const KEY_SET: Given = given(
    200,
    "A JWK set (RFC 7517, 5)",
    &[Content {
        kind: "application/jwk-set+json",
        shape: Shape::Object(&[always("keys", Shape::List(&Shape::Open("A public key (RFC 7517, 4)")))]),
    }],
);
/// The root of the certificates.
pub const ROOT_KEY: Given = given(
    200,
    "The root key",
    &[Content {
        kind: "application/jwk-set+json",
        shape: Shape::Object(&[always("jwk", Shape::List(&Shape::Open("A public key as it was written in 2012")))]),
    }],
);
/// A notice was taken.
pub const NOTED: Given = given(200, "The transaction's id, and nothing else", &[text("text/plain")]);
/// A notice was not believed.
pub const NOT_NOTED: Given = given(400, "The notice is not believed", &[text("text/plain")]);
/// A catalogue.
pub const PRODUCT_LIST: Given = given(200, "The products", &[json(Shape::Known("Products"))]);
/// One product.
pub const ONE_PRODUCT: Given = given(200, "The product", &[json(Shape::Known("Product"))]);
/// A picture.
pub const PICTURE: Given = given(200, "The picture", &[text("image/svg+xml")]);
/// A receipt was made.
pub const ISSUED: Given = given(201, "The receipt", &[json(Shape::Known("Receipt"))]);
/// A receipt was traded.
pub const REISSUED: Given = given(200, "The fresh receipt", &[json(Shape::Known("Verified"))]);
/// A receipt was not traded: the verify service's answer, with an empty receipt.
pub const NOT_REISSUED: Given = given(400, "No fresh receipt; the status says why", &[json(Shape::Known("Verified"))]);
/// What the store says of a receipt, good or bad.
pub const JUDGED: Given = given(200, "What the store says of the receipt", &[json(Shape::Known("Verified"))]);
/// A payment window.
pub const WINDOW_PAGE: Given = given(200, "The payment window", &[text("text/html")]);
/// A payment window that tells why there is no payment.
pub const REFUSED_PAGE: Given =
    given(400, "The pay request is refused", &[text("text/html"), json(Shape::Known("Refusal"))]);
/// The shipped flow has begun.
pub const BEGUN: Given = given(
    200,
    "The flow has begun",
    &[json(Shape::Object(&[
        always("status", Shape::Word(&["ok"])),
        always("simulation", Shape::OpenOrNull("What is only simulated; null for a real payment")),
        always("client_trans_id", Shape::TextOrNull),
        always("payment_required", Shape::Flag)
            .told("False for what costs nothing, is only simulated, or was paid before"),
        always("transactionID", Shape::TextOrNull),
    ]))],
);
/// Payments are switched off.
pub const DISABLED: Given = given(503, "Payments are switched off", REFUSAL);
/// How a payment window stands.
pub const STANDS: Given = given(200, "How the payment window stands", &[json(Shape::Known("Standing"))]);
/// The buyer's history.
pub const HISTORY: Given = given(
    200,
    "The payments",
    &[json(Shape::Object(&[always("purchases", Shape::List(&Shape::Known("Purchase")))])), text("text/html")],
);
/// One payment, explained.
pub const EXPLAINED: Given = given(200, "The payment", &[json(Shape::Known("Purchase")), text("text/html")]);
/// The legend of codes.
pub const LEGEND: Given = given(
    200,
    "The legend",
    &[json(Shape::Object(&[
        always("locale", Shape::Text),
        always("errors", Shape::OpenOrNull("What was wrong with the question")),
        always("legend", Shape::Map(&Shape::Text)).told("Each code with its sentence"),
    ]))],
);
/// A key that is set up rightly.
pub const KEY_FITS: Given = given(200, "Key and secret fit", &[json(KEY_CHECK)]);
/// A key that is not.
pub const KEY_UNFIT: Given = given(400, "They do not; errors says why", &[json(KEY_CHECK)]);
/// The server is there.
pub const WELL: Given = given(200, "It is", &[json(Shape::Object(&[always("status", Shape::Word(&["ok"]))]))]);

const KEY_CHECK: Shape = Shape::Object(&[
    always("result", Shape::Word(&["ok", "error"])),
    always("errors", Shape::Map(&Shape::List(&Shape::Text))),
]);
