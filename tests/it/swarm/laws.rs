//! The laws that hold at every moment of every run under the strict revisions, each as a checker with a name.

use std::collections::{BTreeMap, BTreeSet};

use paystage::protocol::dial::IdentityMode;
use paystage::protocol::id::TransactionId;
use paystage::protocol::notice::NoticeKind;
use paystage::protocol::rules::Revision;
use paystage::protocol::store_answer::Status;
use paystage::protocol::time::{Span, Time};
use paystage::world::app_server::OrderState;
use paystage::world::event::Event;
use paystage::world::message::{Body, MessageId};
use paystage::world::party::Party;
use paystage::world::setup::PresenterChoice;
use paystage::world::transaction::TransactionState;

use super::story::{Story, claims};

/// A law: what must hold, and who looks.
pub(super) type Law = (&'static str, fn(&Story) -> Result<(), String>);

/// All of them.
pub(super) const LAWS: [Law; 15] = [
    ("access follows from a verdict", access_follows_from_a_verdict),
    ("access was paid for", access_was_paid_for),
    ("payments move along the edges only", payments_move_along_the_edges_only),
    ("money adds up", money_adds_up),
    ("one charge for each payment", one_charge_for_each_payment),
    ("whoever paid can have a receipt", whoever_paid_can_have_a_receipt),
    ("issued receipts verify elsewhere too", issued_receipts_verify_elsewhere_too),
    ("notices have one effect", notices_have_one_effect),
    ("notices are heard or given up", notices_are_heard_or_given_up),
    ("only the exact answer acknowledges", only_the_exact_answer_acknowledges),
    ("nothing is ok once the money went back", nothing_is_ok_once_the_money_went_back),
    ("answers never turn back to ok", answers_never_turn_back_to_ok),
    ("accepted receipts are genuine, for this app and in time", accepted_receipts_are_genuine),
    ("a retired key signs nothing new", a_retired_key_signs_nothing_new),
    ("no email leaves the store after the privacy changes", no_email_leaves_the_store),
];

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

/// Granting is a decision of the app from a verdict; nothing else may set it.
fn access_follows_from_a_verdict(story: &Story) -> Result<(), String> {
    let mut latest = BTreeMap::new();
    for event in &story.events {
        match event {
            Event::Delivered { message } => {
                if let Body::ReceiptJudged { product, verdict, .. } = &message.body {
                    latest.insert(product.clone(), verdict.is_accepted());
                }
                // The store that will not trade a receipt has judged it: no product stays open on its account.
                if let Body::ReissueAnswered { answer, .. } = &message.body
                    && answer.receipt.is_none()
                    && !matches!(answer.status, Status::Ok | Status::Pending)
                {
                    for is_accepted in latest.values_mut() {
                        *is_accepted = false;
                    }
                }
            }
            Event::AccessGranted { product } => {
                ensure(latest.get(product) == Some(&true), || {
                    format!("{product} was opened without an accepting verdict")
                })?;
            }
            Event::AccessEnded { product } => {
                ensure(latest.get(product) == Some(&false), || {
                    format!("{product} was closed without a refusing verdict")
                })?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Invariant 1: a product is open only for a payment of it in this app; before the privacy changes also only for its buyer.
fn access_was_paid_for(story: &Story) -> Result<(), String> {
    let mut receipts = BTreeMap::new();
    for event in &story.events {
        match event {
            Event::Delivered { message } => {
                if let Body::ReceiptJudged { product, receipt, .. } = &message.body {
                    receipts.insert(product.clone(), receipt.clone());
                }
            }
            Event::AccessGranted { product } => {
                let receipt = receipts.get(product).ok_or_else(|| format!("{product} was opened without a receipt"))?;
                let payment =
                    story.payment_of(receipt).ok_or_else(|| format!("{product} was opened for no payment"))?;
                ensure(payment.completed.is_some(), || {
                    format!("{product} was opened for a payment that was not completed")
                })?;
                ensure(payment.app == story.app, || format!("{product} was opened for a payment in {}", payment.app))?;
                let is_named =
                    story.setup.revision == Revision::Before && story.setup.identity_in_force() == IdentityMode::Email;
                let presenter = match story.setup.presenter {
                    PresenterChoice::Buyer => Some("ada"),
                    PresenterChoice::OtherUser => Some("bob"),
                    PresenterChoice::BuyerWithoutAssertion | PresenterChoice::OtherUserWithoutAssertion => None,
                };
                ensure(!is_named || presenter == Some(payment.buyer.as_str()), || {
                    format!("{product} was opened for {presenter:?}")
                })?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Invariant 2.
fn payments_move_along_the_edges_only(story: &Story) -> Result<(), String> {
    let mut states: BTreeMap<TransactionId, TransactionState> = BTreeMap::new();
    let begun: BTreeSet<&TransactionId> = story.events.iter().filter_map(begun_here).collect();
    for event in &story.events {
        let Event::TransactionChanged { transaction, from, to } = event else { continue };
        // A purchase from before the curtain rose, such as a planted receipt's, is in the books as completed.
        let before = if begun.contains(transaction) { None } else { Some(TransactionState::Completed) };
        let stood = states.insert(transaction.clone(), *to).or(before);
        ensure(stood == *from, || format!("{transaction} stood at {stood:?}, not at {from:?}"))?;
        let is_edge = from.map_or(*to == TransactionState::Started, |from| from.may_become(*to));
        ensure(is_edge, || format!("{transaction} moved from {from:?} to {to:?}"))?;
    }
    for (id, state) in states {
        let ledger =
            story.transactions.iter().find(|transaction| transaction.id == id).map(|transaction| transaction.state);
        ensure(ledger == Some(state), || format!("{id} was told to stand at {state:?}, the books say {ledger:?}"))?;
    }
    Ok(())
}

fn begun_here(event: &Event) -> Option<&TransactionId> {
    match event {
        Event::TransactionChanged { transaction, from: None, .. } => Some(transaction),
        _ => None,
    }
}

/// Invariant 3.
fn money_adds_up(story: &Story) -> Result<(), String> {
    let (mut charged, mut returned) = (BTreeMap::new(), BTreeMap::new());
    for event in &story.events {
        match event {
            Event::Charged { transaction, price } => *charged.entry(transaction.clone()).or_insert(0) += price.minor,
            Event::Returned { transaction, price } => {
                *returned.entry(transaction.clone()).or_insert(0) += price.minor;
                let paid = charged.get(transaction).copied().unwrap_or(0);
                ensure(returned[transaction] <= paid, || {
                    format!("{transaction} got back more than the {paid} it paid")
                })?;
            }
            _ => {}
        }
    }
    let (paid, back): (u64, u64) = (charged.values().sum(), returned.values().sum());
    ensure(paid - back == story.balance_minor, || format!("{paid} - {back} is not {}", story.balance_minor))?;
    for transaction in &story.transactions {
        let paid = charged.get(&transaction.id).copied();
        ensure(paid.is_none_or(|paid| paid == transaction.price.minor), || {
            format!("{} paid {paid:?}", transaction.id)
        })?;
    }
    Ok(())
}

/// Invariants 4 and 5: one tap, one charge.
fn one_charge_for_each_payment(story: &Story) -> Result<(), String> {
    let mut charged = BTreeSet::new();
    for event in &story.events {
        let Event::Charged { transaction, .. } = event else { continue };
        ensure(charged.insert(transaction.clone()), || format!("{transaction} was charged twice"))?;
    }
    let clicks = story.delivered().filter(|message| matches!(message.body, Body::BuyClicked { .. })).count();
    ensure(charged.len() <= clicks, || format!("{} charges for {clicks} clicks", charged.len()))
}

/// Invariant 6: checked after each completed payment was asked for its receipt once more.
fn whoever_paid_can_have_a_receipt(story: &Story) -> Result<(), String> {
    let mut served = BTreeSet::new();
    for message in story.delivered() {
        if let Body::ReceiptHandedOver { transaction, .. } = &message.body {
            served.insert(transaction);
        }
    }
    let unserved = story
        .transactions
        .iter()
        .find(|payment| payment.state == TransactionState::Completed && !served.contains(&payment.id));
    unserved.map_or(Ok(()), |payment| Err(format!("{} was paid and has no receipt", payment.id)))
}

/// Invariant 7, by another library.
fn issued_receipts_verify_elsewhere_too(story: &Story) -> Result<(), String> {
    for event in &story.events {
        let Event::ReceiptIssued { transaction, receipt } = event else { continue };
        ensure(story.signer_of(receipt).is_some(), || {
            format!("the receipt of {transaction} does not verify: {receipt}")
        })?;
        let payment = story.payment_of(receipt).map(|payment| &payment.id);
        ensure(payment == Some(transaction), || format!("the receipt of {transaction} is for {payment:?}"))?;
    }
    Ok(())
}

/// Invariant 8: an order stands where its notices put it, however often and in whichever order they came.
fn notices_have_one_effect(story: &Story) -> Result<(), String> {
    let is_heard = story.is_clock_right(Party::AppServer) && story.is_clock_right(Party::Marketplace);
    for order in &story.orders {
        let payment =
            story.transactions.iter().find(|payment| payment.order == order.transaction).map(|payment| &payment.id);
        let came = |wanted: NoticeKind| {
            story.delivered().any(|message| {
                matches!(&message.body, Body::NoticeSent { transaction, kind, .. } if Some(transaction) == payment && *kind == wanted)
            })
        };
        let told = match (came(NoticeKind::Chargeback), came(NoticeKind::Postback)) {
            (true, _) => OrderState::TakenBack,
            (false, true) => OrderState::Paid,
            (false, false) => OrderState::Pending,
        };
        ensure(order.state <= told, || {
            format!("{} stands at {:?} and was told {told:?}", order.transaction, order.state)
        })?;
        ensure(!is_heard || order.state == told, || {
            format!("{} stands at {:?} though told {told:?}", order.transaction, order.state)
        })?;
    }
    Ok(())
}

/// Invariant 9: six deliveries at most, five minutes apart, and the owner is told.
fn notices_are_heard_or_given_up(story: &Story) -> Result<(), String> {
    let mut posted: BTreeMap<(&TransactionId, &str), Time> = BTreeMap::new();
    for message in story.sent().filter(|message| !is_copy(story, message.id)) {
        let Body::NoticeSent { transaction, kind, attempt, .. } = &message.body else { continue };
        let name = if *kind == NoticeKind::Postback { "postback" } else { "chargeback" };
        let before = posted.insert((transaction, name), message.sent);
        ensure(*attempt <= 6, || format!("{transaction} was posted {attempt} times"))?;
        let is_apart = before.is_none_or(|before| message.sent - before >= Span::from_seconds(300));
        ensure(is_apart, || format!("{transaction} was posted again too soon"))?;
    }
    for payment in story.transactions.iter().filter(|_| story.is_at_rest) {
        for delivery in &payment.notices {
            ensure(delivery.is_acknowledged != delivery.is_given_up, || {
                format!("a notice of {} is in limbo", payment.id)
            })?;
            ensure(!delivery.is_given_up || delivery.attempts == 6, || {
                format!("{} given up after {}", payment.id, delivery.attempts)
            })?;
        }
    }
    Ok(())
}

/// Whether a fault on the wire made this message of another: nobody sent it.
fn is_copy(story: &Story, id: MessageId) -> bool {
    let at = story.events.iter().position(|event| matches!(event, Event::Sent { message } if message.id == id));
    let before = story.events.iter().take(at.unwrap_or_default()).rev();
    let faults = before.map_while(|event| if let Event::FaultFired { act, .. } = event { Some(*act) } else { None });
    faults.into_iter().any(|act| act == "duplicate")
}

/// Invariant 10.
fn only_the_exact_answer_acknowledges(story: &Story) -> Result<(), String> {
    for payment in &story.transactions {
        for delivery in payment.notices.iter().filter(|delivery| delivery.is_acknowledged) {
            let is_right = story.delivered().any(|message| match &message.body {
                Body::NoticeAnswered { transaction, kind, status, body } => {
                    *transaction == payment.id
                        && *kind == delivery.kind
                        && (200..300).contains(status)
                        && body.trim() == payment.id.as_str()
                }
                _ => false,
            });
            ensure(is_right, || format!("{} counts as heard without the right answer", payment.id))?;
        }
    }
    Ok(())
}

/// What the store answered, in order: receipt, status, and whether its payment's money had gone back when it was asked.
fn answers(story: &Story) -> Vec<(std::sync::Arc<str>, Status, bool)> {
    let (mut back, mut asked, mut answers) = (BTreeSet::new(), BTreeMap::<MessageId, _>::new(), Vec::new());
    for event in &story.events {
        match event {
            Event::TransactionChanged {
                transaction,
                to: TransactionState::Refunded | TransactionState::ChargedBack,
                ..
            } => {
                back.insert(transaction.clone());
            }
            Event::Sent { message } => match &message.body {
                Body::VerifyAsked { receipt, .. } => drop(asked.insert(message.id, receipt.clone())),
                Body::VerifyAnswered { answer } => {
                    let Some(receipt) = message.answers.and_then(|id| asked.get(&id)) else { continue };
                    let is_back = story.payment_of(receipt).is_some_and(|payment| back.contains(&payment.id));
                    answers.push((receipt.clone(), answer.status, is_back));
                }
                _ => {}
            },
            _ => {}
        }
    }
    answers
}

/// Invariant 11.
fn nothing_is_ok_once_the_money_went_back(story: &Story) -> Result<(), String> {
    let wrong = answers(story).into_iter().find(|(_, status, is_back)| *is_back && *status == Status::Ok);
    wrong.map_or(Ok(()), |(receipt, ..)| Err(format!("ok after the money went back: {receipt}")))
}

/// Invariant 12, where the store's clock never went back.
fn answers_never_turn_back_to_ok(story: &Story) -> Result<(), String> {
    let mut fallen = BTreeSet::new();
    for (receipt, status, _) in answers(story) {
        if status == Status::Ok {
            let holds = !fallen.contains(&receipt) || !story.is_clock_right(Party::Marketplace);
            ensure(holds, || format!("ok again: {receipt}"))?;
        } else if status != Status::Pending {
            fallen.insert(receipt);
        }
    }
    Ok(())
}

/// Invariants 13, 14, 15 and 18: genuine by another library's word, a receipt, of this app, and in its time by the app's clock.
fn accepted_receipts_are_genuine(story: &Story) -> Result<(), String> {
    for (receipt, now) in story.accepted() {
        ensure(story.signer_of(&receipt).is_some(), || format!("accepted, but signed by nobody: {receipt}"))?;
        let claims = claims(&receipt).ok_or_else(|| format!("accepted, but unreadable: {receipt}"))?;
        ensure(claims["typ"] == "purchase-receipt", || format!("accepted as a receipt: {}", claims["typ"]))?;
        ensure(claims["product"]["url"] == story.app.as_str(), || format!("accepted from another app: {claims}"))?;
        let number = |name: &str| claims[name].as_i64();
        let is_begun = number("nbf").is_none_or(|nbf| nbf <= now.seconds());
        let is_over = number("exp").is_some_and(|exp| now.seconds() >= exp);
        ensure(is_begun && !is_over, || format!("accepted at {now}, out of its time: {claims}"))?;
    }
    Ok(())
}

/// Invariant 16: what a retired key signed counts only if it was signed before.
fn a_retired_key_signs_nothing_new(story: &Story) -> Result<(), String> {
    // A store whose clock was set back signs with its new key at times that lie before the rotation.
    if !story.is_clock_right(Party::Marketplace) {
        return Ok(());
    }
    for (receipt, _) in story.accepted() {
        let Some(key) = story.signer_of(&receipt) else { continue };
        let issued = claims(&receipt).and_then(|claims| claims["iat"].as_i64());
        let is_older = key.retired.is_none_or(|retired| issued.is_some_and(|issued| issued <= retired.seconds()));
        ensure(is_older, || format!("{} signed after it was retired: {receipt}", key.kid))?;
    }
    Ok(())
}

/// What the privacy changes are for: no address in anything that passes.
fn no_email_leaves_the_store(story: &Story) -> Result<(), String> {
    if story.setup.revision != Revision::After {
        return Ok(());
    }
    for event in &story.events {
        let Event::ReceiptIssued { transaction, receipt } = event else { continue };
        let claims = claims(receipt).unwrap_or_default().to_string();
        let shown = story.emails.iter().find(|email| claims.contains(**email));
        ensure(shown.is_none(), || format!("the receipt of {transaction} shows {shown:?}"))?;
    }
    let shown = story.sent().find(|message| {
        let text = serde_json::to_string(&message.body).unwrap_or_default();
        story.emails.iter().any(|email| text.contains(email))
    });
    shown.map_or(Ok(()), |message| Err(format!("message {} shows an email", message.number)))
}
