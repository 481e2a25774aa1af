//! The cards: every attack that comes with the program, in the order of the purchase.

use crate::protocol::time::Span;
use crate::session::attack::card::{Card, Move, Stage};
use crate::world::craft::Craft;
use crate::world::fault::act::{Act, Substitute};
use crate::world::fault::armed::Fault;
use crate::world::fault::limit::Limit;
use crate::world::fault::pattern::Pattern;
use crate::world::fault::rewrite::Replacement;
use crate::world::kind::Kind;
use crate::world::party::Party;
use crate::world::planted::Planted;

/// How far the rolled-back clock goes back: past the end of a receipt that ended an hour ago.
const BACK: Span = Span::from_seconds(-7_200);

/// All cards.
pub static CARDS: &[Card] = &[
    Card {
        name: "edit-the-price",
        title: "Edit the price",
        deed: "Changes the price point in the pay request before the page hands it to the device",
        hope: "The product for nothing",
        on: Kind::PayCalled,
        stage: Stage::Classic,
        moves: || vec![arm(Kind::PayCalled, edited_price()), Move::BuyAndPay],
    },
    Card {
        name: "replay-the-pay-request",
        title: "Replay the pay request",
        deed: "Opens the payment page a second time with a request that was paid already",
        hope: "That one signature moves money twice",
        on: Kind::WindowOpened,
        stage: Stage::Any,
        moves: || vec![Move::BuyAndPay, Move::ReplayRequest, Move::Rest],
    },
    Card {
        name: "forge-a-notice",
        title: "Forge a notice",
        deed: "Orders, pays nothing, and posts a notice of payment signed with a guessed secret",
        hope: "That the app's server counts the order as paid",
        on: Kind::NoticeSent,
        stage: Stage::Hosted,
        moves: || vec![Move::BuyAndLinger, Move::ForgeNotice, Move::Rest],
    },
    Card {
        name: "alg-none",
        title: "alg none, and its spellings",
        deed: "Writes a receipt of his own that says it need not be signed, in four spellings",
        hope: "That the app does as the token says",
        on: Kind::InstallAsked,
        stage: Stage::Any,
        moves: || {
            let spellings = [Craft::AlgNone, Craft::AlgNoneCapital, Craft::AlgNoneUpper, Craft::AlgNoneMixed];
            spellings.into_iter().flat_map(tried).collect()
        },
    },
    Card {
        name: "key-confusion",
        title: "Public key taken for a secret",
        deed: "Signs a receipt of his own by HMAC, with the store's public key for the secret",
        hope: "That the app checks it with the public key and does not ask what for",
        on: Kind::InstallAsked,
        stage: Stage::Any,
        moves: || tried(Craft::PublicKeyAsSecret),
    },
    Card {
        name: "embedded-jwk",
        title: "A key in the header",
        deed: "Signs a receipt of his own with his own key, and puts that key into its header",
        hope: "That the app checks it with the key that it brings along",
        on: Kind::InstallAsked,
        stage: Stage::Any,
        moves: || tried(Craft::CarriedKey),
    },
    Card {
        name: "jku-elsewhere",
        title: "Keys at another address",
        deed: "Signs a receipt of his own, whose header says that the store's keys are on his server",
        hope: "That the app fetches the keys from there",
        on: Kind::InstallAsked,
        stage: Stage::Any,
        moves: || tried(Craft::KeysElsewhere),
    },
    Card {
        name: "kid-tricks",
        title: "A key's name that is a path or a query",
        deed: "Names an empty file, then a database query, as the key of a receipt of his own",
        hope: "That the app looks up the key by that name, and finds one that he knows",
        on: Kind::InstallAsked,
        stage: Stage::Any,
        moves: || [Craft::KeyByPath, Craft::KeyByQuery].into_iter().flat_map(tried).collect(),
    },
    Card {
        name: "empty-signature",
        title: "Empty signature",
        deed: "Cuts the signature off a receipt of his own and leaves the last dot",
        hope: "That the app compares nothing with nothing",
        on: Kind::InstallAsked,
        stage: Stage::Any,
        moves: || tried(Craft::EmptySignature),
    },
    Card {
        name: "expired-and-unsigned",
        title: "Expired and unsigned",
        deed: "Writes a receipt with the numbers of a real purchase, already out of date, and does not sign it",
        hope: "That a past date is found before the missing signature, and forgiven",
        on: Kind::InstallAsked,
        stage: Stage::Any,
        moves: || tried(Craft::ExpiredUnsigned),
    },
    Card {
        name: "other-apps-receipt",
        title: "Another app's receipt",
        deed: "Installs a genuine receipt that he bought in another app",
        hope: "That the app does not compare whom it was written for",
        on: Kind::InstallAsked,
        stage: Stage::Any,
        moves: || planted(Planted::OtherApp),
    },
    Card {
        name: "friends-receipt",
        title: "A friend's receipt",
        deed: "Installs the genuine receipt of a friend who bought the product",
        hope: "That nobody asks who presents it",
        on: Kind::InstallAsked,
        stage: Stage::PresenterAsked,
        moves: || planted(Planted::OtherUser),
    },
    Card {
        name: "test-receipt",
        title: "Test receipt in production",
        deed: "Installs a receipt that the store signed for trying things out",
        hope: "That the app looks at the signature and not at the type",
        on: Kind::InstallAsked,
        stage: Stage::Any,
        moves: || planted(Planted::Test),
    },
    Card {
        name: "rolled-back-clock",
        title: "Rolled-back clock",
        deed: "Sets the clock of the device back to when an expired receipt was good",
        hope: "That only the app's own clock is asked",
        on: Kind::ReceiptJudged,
        stage: Stage::StoreAsked,
        moves: || {
            let mut moves = vec![Move::Skew(Party::AppPage, BACK)];
            moves.extend(planted(Planted::Expired));
            moves
        },
    },
    Card {
        name: "look-alike-host",
        title: "Look-alike verify host",
        deed: "Writes a receipt whose verify address looks like the store's, and answers ok from there",
        hope: "That the app asks whatever host the receipt names",
        on: Kind::VerifyAsked,
        stage: Stage::StoreOnly,
        moves: || {
            let ok = Substitute::Store { status: "ok".to_owned(), reason: None };
            let mut moves = vec![arm(Kind::VerifyAsked, Act::Answer(ok))];
            moves.extend(tried(Craft::LookAlikeHost));
            moves
        },
    },
    Card {
        name: "refund-and-keep",
        title: "Refund and keep",
        deed: "Buys, has the money given back, and opens the app again",
        hope: "That the app never hears of the refund",
        on: Kind::RefundAsked,
        stage: Stage::StoreAsked,
        moves: || vec![Move::BuyAndPay, Move::Refund, Move::Rest, Move::Present, Move::Rest],
    },
];

impl Card {
    /// The card of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        CARDS.iter().find(|card| card.name == name)
    }
}

fn tried(craft: Craft) -> Vec<Move> {
    planted(Planted::Crafted(craft))
}

fn planted(receipt: Planted) -> Vec<Move> {
    vec![Move::Plant(receipt), Move::Present, Move::Rest]
}

fn arm(kind: Kind, act: Act) -> Move {
    Move::Arm(Box::new(Fault::on(Pattern::of(kind), act, Limit::First(1))))
}

/// The tier that costs nothing.
fn edited_price() -> Act {
    let field = "claims.request.pricePoint".to_owned();
    Act::Replace(Replacement { field, value: "0".into(), ..Replacement::default() })
}

#[cfg(test)]
mod tests {
    use super::{CARDS, Card};

    #[test]
    fn every_card_has_a_name_of_its_own_and_plain_sentences() {
        for (index, card) in CARDS.iter().enumerate() {
            assert!(CARDS.iter().skip(index + 1).all(|other| other.name != card.name), "{} is there twice", card.name);
            assert!(Card::find(card.name).is_some_and(|found| std::ptr::eq(found, card)));
            for words in [card.title, card.deed, card.hope] {
                assert!(!words.is_empty() && !words.ends_with('.'), "{words}");
            }
            assert!(!(card.moves)().is_empty(), "{}", card.name);
        }
        assert!(Card::find("Edit the price").is_none());
    }
}
