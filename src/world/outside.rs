//! The outside: how recorded input becomes an arrow on the ordinary road.

use crate::world::input::Input;
use crate::world::message::Body;
use crate::world::party::Party;

/// Who says what to whom when a program outside said this; `None` where the stage has no place for it.
pub(crate) fn arrow(input: &Input) -> Option<(Party, Party, Body)> {
    match input {
        Input::FetchKeys => Some((Party::AppPage, Party::Marketplace, Body::KeysAsked)),
        Input::Buy { .. }
        | Input::OpenWindow { .. }
        | Input::Confirm { .. }
        | Input::Cancel { .. }
        | Input::CloseWindow { .. }
        | Input::PollStatus { .. }
        | Input::Verify { .. }
        | Input::Reissue { .. }
        | Input::ListProducts { .. }
        | Input::ListPurchases
        | Input::RequestReceipt { .. }
        | Input::Answer { .. }
        | Input::NoAnswer { .. } => None,
    }
}
