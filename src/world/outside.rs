//! The outside: how recorded input becomes an arrow on the ordinary road.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::protocol::id::TransactionId;
use crate::protocol::notice::NoticeKind;
use crate::world::app_server::AppServer;
use crate::world::buyer::{Buyer, PaymentWindow};
use crate::world::input::Input;
use crate::world::message::{Body, Message, MessageId, Method};
use crate::world::party::Party;
use crate::world::reply::reply;

/// Where the store's own payment server takes notices.
const POSTBACK_PATH: &str = "/services/webpay/postback";
/// Where it takes chargebacks.
const CHARGEBACK_PATH: &str = "/services/webpay/chargeback";

/// Our requests to servers outside, until their answers come in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Errands {
    open: BTreeMap<MessageId, Arc<Message>>,
}

impl Errands {
    /// Remembers a message that has left the stage, if its receiver is a server that will answer it.
    pub(crate) fn note(&mut self, message: &Arc<Message>) {
        let is_server = matches!(message.to, Party::AppServer | Party::Marketplace | Party::Provider);
        if is_server && message.crossing.is_none() && message.answers.is_none() && is_answered(&message.body) {
            self.open.insert(message.id, Arc::clone(message));
        }
    }

    /// The message that this is the answer to. One answer is enough.
    pub(crate) fn take(&mut self, message: MessageId) -> Option<Arc<Message>> {
        self.open.remove(&message)
    }

    /// All of them, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.open.values()
    }
}

/// Mail is not answered, and a page that was unloaded waits for nothing.
fn is_answered(body: &Body) -> bool {
    !matches!(body, Body::OwnerMailed { .. } | Body::WindowAbandoned { .. })
}

/// What a server outside said to one of our messages; nothing where it only served a page.
pub(crate) fn answer(question: &Body, input: &Input) -> Option<Body> {
    match input {
        Input::Answer { status, .. }
            if matches!(question, Body::WindowOpened { .. }) && (200..300).contains(status) =>
        {
            None
        }
        Input::Answer { status, body, .. } => Some(reply(question, *status, body)),
        // Status 0 is how the clients of the time were told that nobody answered.
        Input::NoAnswer { why, .. } => Some(reply(question, 0, why)),
        Input::Buy { .. }
        | Input::OpenWindow { .. }
        | Input::Confirm { .. }
        | Input::Cancel { .. }
        | Input::CloseWindow { .. }
        | Input::PollStatus { .. }
        | Input::Verify { .. }
        | Input::Reissue { .. }
        | Input::FetchKeys
        | Input::ListProducts { .. }
        | Input::InstallReceipt { .. }
        | Input::TestReceipt { .. }
        | Input::ListPurchases
        | Input::RequestReceipt { .. }
        | Input::WindowMessage { .. }
        | Input::Notice { .. } => None,
    }
}

/// What a program outside says to a party of the stage.
pub(crate) struct Arrow {
    pub(crate) from: Party,
    pub(crate) to: Party,
    pub(crate) body: Body,
}

/// Who says what to whom when a program outside said this.
///
/// # Errors
/// One sentence, where the stage has no place for it.
pub(crate) fn arrow(input: &Input, buyer: &Buyer, app_server: &AppServer) -> Result<Arrow, &'static str> {
    let arrow = |from, to, body| Ok(Arrow { from, to, body });
    let (page, server, market) = (Party::AppPage, Party::AppServer, Party::Marketplace);
    match input {
        Input::Buy { product, origin, provenance } => {
            let (product, origin, provenance) = (product.clone(), origin.clone(), provenance.clone());
            arrow(page, server, Body::BuyAsked { product, origin, provenance })
        }
        Input::OpenWindow { request, buyer: _ } => {
            arrow(Party::Device, market, Body::WindowOpened { request: request.as_str().into() })
        }
        Input::Confirm { transaction, pin } => {
            window(buyer, transaction)?;
            let body = Body::PinEntered { transaction: transaction.clone(), pin: pin.clone() };
            arrow(Party::Buyer, market, body)
        }
        Input::Cancel { transaction } => {
            window(buyer, transaction)?;
            arrow(Party::Buyer, market, Body::CancelPressed { transaction: transaction.clone() })
        }
        Input::CloseWindow { transaction } => {
            let opening = window(buyer, transaction)?.opening;
            arrow(Party::Device, market, Body::WindowAbandoned { opening })
        }
        Input::PollStatus { transaction } => {
            let poll = app_server.polls_seen(transaction).saturating_add(1);
            arrow(page, server, Body::StatusAsked { transaction: transaction.clone(), poll })
        }
        Input::Verify { receipt, path } => {
            let path = path.as_deref().map(Into::into);
            arrow(page, market, Body::VerifyAsked { receipt: Arc::clone(receipt), path, method: Method::Post })
        }
        Input::Reissue { receipt } => arrow(page, market, Body::ReissueAsked { receipt: Arc::clone(receipt) }),
        Input::FetchKeys => arrow(page, market, Body::KeysAsked),
        Input::ListProducts { origin, product } => {
            arrow(page, market, Body::ProductsAsked { origin: origin.clone(), product: product.clone() })
        }
        Input::InstallReceipt { product } => arrow(page, market, Body::ReceiptClaimed { product: product.clone() }),
        Input::TestReceipt { manifest, kind } => {
            arrow(page, market, Body::TestReceiptAsked { manifest: manifest.clone(), kind: kind.clone() })
        }
        Input::ListPurchases => arrow(Party::Buyer, market, Body::HistoryAsked),
        Input::RequestReceipt { transaction } => {
            arrow(Party::Buyer, market, Body::ReceiptRequested { transaction: transaction.clone() })
        }
        Input::WindowMessage { origin, status, code } => {
            let (origin, status, code) = (origin.clone(), status.clone(), code.clone());
            arrow(Party::Device, page, Body::WindowPosted { origin, status, code })
        }
        Input::Notice { kind, notice } => {
            // Which payment it is about is for its signature to say.
            let (transaction, token) = (TransactionId::from(""), notice.as_str().into());
            let url = match kind {
                NoticeKind::Postback => POSTBACK_PATH,
                NoticeKind::Chargeback => CHARGEBACK_PATH,
            };
            arrow(market, server, Body::NoticeSent { transaction, kind: *kind, token, attempt: 1, url: url.into() })
        }
        Input::Answer { .. } | Input::NoAnswer { .. } => Err("No message of ours waits for this answer"),
    }
}

fn window<'a>(buyer: &'a Buyer, transaction: &TransactionId) -> Result<&'a PaymentWindow, &'static str> {
    buyer.window_of(transaction).ok_or("No payment window is open for this payment")
}
