//! Kind words: what happens when a message of each kind is on its way, as a clause that goes on from "when".

use crate::world::kind::Kind;

/// Who does what with a message of this kind: `the app calls mozPay`.
#[must_use]
pub fn clause(kind: Kind) -> &'static str {
    match kind {
        Kind::KeysAsked => "the app fetches the store's keys",
        Kind::KeysAnswered => "the store's keys come",
        Kind::BuyClicked => "the buyer clicks on Buy",
        Kind::BuyAsked => "the app asks for a pay request",
        Kind::StartAsked => "the seller announces the purchase",
        Kind::StartAnswered => "the store has written the purchase down",
        Kind::BuyAnswered => "the pay request comes",
        Kind::BuyRefused => "the pay request is refused",
        Kind::PayCalled => "the app calls mozPay",
        Kind::WindowOpened => "the payment page is opened",
        Kind::PriceShown => "the payment page shows the price",
        Kind::PinEntered => "the buyer enters the PIN",
        Kind::PinRefused => "the PIN is wrong",
        Kind::CancelPressed => "the buyer presses Cancel",
        Kind::WindowClosed => "the buyer closes the payment window",
        Kind::WindowAbandoned => "the payment page is gone",
        Kind::ChargeAsked => "the store asks for the money",
        Kind::ChargeAnswered => "the provider answers",
        Kind::NoticeSent => "the store posts a notice",
        Kind::NoticeAnswered => "the notice is answered",
        Kind::OwnerMailed => "the owner is told by mail",
        Kind::WindowEnded => "the payment page ends",
        Kind::PaySettled => "mozPay tells how it ended",
        Kind::StatusAsked => "the app polls",
        Kind::StatusAnswered => "a poll is answered",
        Kind::ReceiptSought => "the seller wants the receipt",
        Kind::ReceiptSupplied => "the store hands the receipt to the seller",
        Kind::ReceiptDenied => "there is no receipt to be had",
        Kind::InstallAsked => "the app installs a receipt",
        Kind::ReplaceAsked => "the app replaces a receipt",
        Kind::InstallAnswered => "the device has stored the receipt, or not",
        Kind::ReceiptsAsked => "the app looks for its receipts",
        Kind::ReceiptsAnswered => "the device shows what it holds",
        Kind::ReceiptJudged => "the app checks a receipt",
        Kind::VerifyAsked => "the app asks the store about a receipt",
        Kind::VerifyAnswered => "the store says what it thinks of a receipt",
        Kind::AccessGranted => "the product opens",
        Kind::AccessRefused => "the product stays closed",
        Kind::HistoryAsked => "the buyer opens the list of purchases",
        Kind::HistoryAnswered => "the list of purchases comes",
        Kind::ReceiptRequested => "the buyer wants a receipt again",
        Kind::ReceiptHandedOver => "a receipt comes from the list of purchases",
        Kind::ReissueAsked => "the app wants a fresh receipt",
        Kind::ReissueAnswered => "a fresh receipt comes, or not",
        Kind::RefundAsked => "the store gives the money back",
        Kind::RefundAnswered => "the money is back",
        Kind::ChargebackReported => "the bank takes the money back",
        Kind::KeyRotated => "the store changes its key",
        Kind::ReceiptPlanted => "somebody puts a receipt into the device",
        Kind::WindowPosted => "the payment page tells its opener",
        Kind::HttpAnswered => "a server answers something else",
        Kind::ProductsAsked => "the app asks for its products",
        Kind::ProductsAnswered => "the products come",
        Kind::ReceiptClaimed => "the app claims a receipt for what was bought before",
        Kind::TestReceiptAsked => "somebody wants a receipt for a trial",
        Kind::TestReceiptIssued => "a receipt for a trial comes",
        Kind::StoreRefused => "the store refuses",
    }
}

#[cfg(test)]
mod tests {
    use super::clause;
    use crate::world::kind::Kind;

    #[test]
    fn no_two_kinds_have_the_same_words_and_none_has_its_code() {
        for (index, kind) in Kind::ALL.iter().enumerate() {
            let words = clause(*kind);
            assert!(!words.contains(kind.name()) && !words.ends_with('.'), "{kind}: {words}");
            let twins = Kind::ALL.iter().skip(index + 1).filter(|other| clause(**other) == words);
            assert_eq!(twins.count(), 0, "{kind}: {words}");
        }
    }
}
