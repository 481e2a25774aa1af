//! The outside: how recorded input becomes an arrow on the ordinary road.

use crate::protocol::id::TransactionId;
use crate::world::app_server::AppServer;
use crate::world::buyer::{Buyer, PaymentWindow};
use crate::world::input::Input;
use crate::world::message::Body;
use crate::world::party::Party;

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
            arrow(page, market, Body::VerifyAsked { receipt: receipt.as_str().into(), path })
        }
        Input::Reissue { receipt } => arrow(page, market, Body::ReissueAsked { receipt: receipt.as_str().into() }),
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
        Input::Answer { .. } | Input::NoAnswer { .. } => Err("No message of ours waits for this answer"),
    }
}

fn window<'a>(buyer: &'a Buyer, transaction: &TransactionId) -> Result<&'a PaymentWindow, &'static str> {
    buyer.window_of(transaction).ok_or("No payment window is open for this payment")
}
