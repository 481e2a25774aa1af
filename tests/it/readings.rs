//! Readings: every message has a label, a caption, and a form on the wire; the rows of a run are what happened.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use paystage::lens::reading::Reading;
use paystage::session::run::Session;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

#[test]
fn the_plain_hosted_purchase_reads_as_a_story() {
    check(
        &bought(Setup::default()),
        &expect![[r#"
            1 App page → Marketplace [] GET …/jwks.json
                 The app fetches the store's public keys, so that it can check receipts by itself
            2 Buyer → App page [Buy] clicks Buy
                 The buyer wants Shiny Pony and clicks Buy
            3 App page → App server [Pay request] POST …/shiny-pony/buy
                 The app asks the payment server to sell Shiny Pony; the browser adds where the request comes from
            4 App server → Marketplace [Pay request] record start of dc82…
                 The payment server has the marketplace note that a purchase begins; no money moves yet
            5 App server ⇠ App page [Pay request] 200 · pay request (HS256)
                 The payment server hands over the pay request: a signed token that says what to pay, and to whom
            6 App page → Device [mozPay] mozPay([jwt])
                 The app passes the pay request to mozPay, the browser's own call for payments
            7 Device → Marketplace [mozPay] pay request
                 The device opens the marketplace's payment window; the app cannot look inside or press its buttons
            8 Marketplace → Buyer [mozPay] shows Shiny Pony, 0.99 USD
                 The payment window shows Shiny Pony for 0.99 USD and asks for the PIN
            9 Buyer → Marketplace [mozPay] confirms 0.99 USD, PIN
                 The buyer confirms 0.99 USD with the PIN; the app never sees it
            10 Marketplace → Provider [mozPay] charge 0.99 USD
                 The marketplace has the provider charge the buyer 0.99 USD: here the money moves
            11 Marketplace → App server [mozPay] notice → 200 "dc82…"
                 The marketplace tells the payment server in a signed notice that the purchase is paid
            12 Device ⇠ App page [mozPay] mozPay succeeds
                 The device tells the app that the window ended well; that proves nothing yet
            13 App page → App server [Poll] GET …/status
                 The app asks the payment server whether the purchase is completed
            14 App server → Marketplace [Receipt] receipt of dc82… → signed (EdDSA)
                 The marketplace signs the receipt: a proof of purchase that its public key can check
            15 App server ⇠ App page [Receipt] 200 · completed + receipt (EdDSA)
                 The payment server hands back the receipt that the marketplace signed
            16 App page → Device [Install] install receipt
                 The app has the device keep the receipt, so that it is there at the next start
            17 App page → App page [Verify] checks receipt · accepted
                 The app checks the receipt itself, from its signature to its dates, and finds it good
            18 App page → Buyer [Access] access granted
                 The app opens Shiny Pony, because the receipt passed its checks and for no other reason
        "#]],
    );
}

/// Every row of a run with its caption.
#[track_caller]
fn check(session: &Session, expected: &Expect) {
    expected.assert_eq(&told(session));
}

fn told(session: &Session) -> String {
    let mut reading = Reading::new();
    reading.refresh(session);
    let taken = reading.taken();
    let mut text = String::new();
    for (index, (row, is_past)) in reading.rows().enumerate() {
        let telling = reading.telling_of(index, session).unwrap();
        let arrow = if row.is_reply { "⇠" } else { "→" };
        let (from, to) = (row.from.label(), row.to.label());
        let phase = row.phase.map_or("", |phase| phase.label());
        let future = if is_past { "" } else { "~" };
        let _ = writeln!(text, "{future}{} {from} {arrow} {to} [{phase}] {}", row.number, row.label_at(taken));
        let code = telling.caption.code.map(|code| format!(" `{code}`")).unwrap_or_default();
        let badge = row.badge_at(taken).map(|badge| format!(" <{}>", badge.text)).unwrap_or_default();
        let _ = writeln!(text, "     {}{code}{badge}", telling.caption.sentence);
    }
    text
}

fn bought(setup: Setup) -> Session {
    let mut session = Session::new(setup);
    let product = session.world().catalog().products[0].id.clone();
    session.dispatch(Command::Buy { product });
    rest(&mut session);
    session
}

fn rest(session: &mut Session) {
    for _ in 0..200 {
        if session.world().is_idle() {
            break;
        }
        session.dispatch(Command::Step);
    }
}
