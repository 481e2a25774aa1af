//! Rules in words: what a revision says about each matter, and where that is written.

use crate::protocol::dial::{IdentityMode, VerifyPolicy};
use crate::protocol::receipt::ReceiptType;
use crate::protocol::rules::{ChainRule, NoticeForm, PresenterRule, Rules};

/// A matter on which revisions differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// Who a receipt says bought it.
    Identity,
    /// Whether the app asks the store.
    Asking,
    /// Whether whoever presents a receipt has to prove who they are.
    Presenter,
    /// Whose checks are made.
    Verifier,
    /// How receipts are signed.
    Signing,
    /// What kinds of receipt there are.
    Types,
    /// How certificates before a receipt are checked.
    Chain,
    /// What the store answers about a receipt.
    Answers,
    /// What `nbf` of a receipt is.
    NotBefore,
    /// What a pay request must be.
    Request,
    /// How a notice travels.
    Notice,
}

/// What a revision says, in one sentence without a full stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleWords {
    /// The sentence.
    pub sentence: &'static str,
    /// Where it is written.
    pub section: &'static str,
    /// The day from which it held, `YYYY-MM-DD`.
    pub date: &'static str,
}

impl Matter {
    /// All of them, in the order of a purchase's telling.
    pub const ALL: [Self; 11] = [
        Self::Identity,
        Self::Asking,
        Self::Presenter,
        Self::Verifier,
        Self::Signing,
        Self::Types,
        Self::Chain,
        Self::Answers,
        Self::NotBefore,
        Self::Request,
        Self::Notice,
    ];

    /// Its name on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Identity => "Who bought it",
            Self::Asking => "Asking the store",
            Self::Presenter => "Who presents it",
            Self::Verifier => "Whose checks",
            Self::Signing => "Signature",
            Self::Types => "Kinds of receipt",
            Self::Chain => "Certificates",
            Self::Answers => "The store's answers",
            Self::NotBefore => "Not before",
            Self::Request => "Pay requests",
            Self::Notice => "Notices",
        }
    }
}

impl Rules {
    /// What this revision says about a matter, and where.
    #[must_use]
    pub fn words(&self, matter: Matter) -> RuleWords {
        let sentence = match matter {
            Matter::Identity => identity(self.identity),
            Matter::Asking => asking(self),
            Matter::Presenter => presenter(self.receipt.presenter),
            Matter::Verifier => self.profile.meaning(),
            Matter::Signing => self.signing.meaning(),
            Matter::Types => types(self.receipt.types),
            Matter::Chain => chain(self.receipt.chain),
            Matter::Answers => answers(self),
            Matter::NotBefore if self.store.is_nbf_time_of_issue => {
                "nbf is the moment at which this receipt was written"
            }
            Matter::NotBefore => "nbf is the moment of the purchase, in a reissued receipt too",
            Matter::Request => request(self),
            Matter::Notice => notice(self.notice.form),
        };
        RuleWords { sentence, section: self.section, date: self.date }
    }
}

fn identity(mode: IdentityMode) -> &'static str {
    match mode {
        IdentityMode::Email => "user holds the buyer's verified email address",
        IdentityMode::GuidPerTransaction => {
            "user holds a GUID drawn for this transaction, which nobody but the store can link to a person"
        }
        IdentityMode::Hmac => "user holds a value computed from the buyer's email and the app",
        IdentityMode::Anonymous => "user holds the words anonymous-user in every receipt for a product within an app",
        IdentityMode::StoredRandom => "user holds a random value that the store has stored for this buyer and app",
    }
}

fn asking(rules: &Rules) -> &'static str {
    match rules.verify_policy {
        _ if rules.store.is_asking_discouraged => {
            "Asking the store is strongly discouraged, since it tells the store who uses which app and when; check the signature"
        }
        VerifyPolicy::SignatureOnly => "The app checks the signature, and need not ask the store",
        VerifyPolicy::SignatureAndStore => {
            "The app checks the signature, and may then ask the store at the verify address"
        }
        VerifyPolicy::StoreOnly => "The app asks the store and believes its answer; no signature is looked at",
    }
}

fn presenter(rule: PresenterRule) -> &'static str {
    match rule {
        PresenterRule::Authenticate => {
            "The app authenticates whoever presents the receipt, and compares them with its user"
        }
        PresenterRule::KeptButImpossible => {
            "The app shall still authenticate the presenter, which an opaque user makes impossible"
        }
        PresenterRule::Bearer => "Nobody authenticates the presenter: whoever holds the receipt may use it",
    }
}

fn types(types: &[ReceiptType]) -> &'static str {
    if types.contains(&ReceiptType::Test) {
        "A receipt is for a purchase, a developer, a reviewer, or a test"
    } else {
        "A receipt is a purchase receipt, and nothing else is one"
    }
}

fn chain(rule: ChainRule) -> &'static str {
    match rule {
        ChainRule::Designed => {
            "Certificates are checked for signature, life, a shorter life than their issuer's, and the price limit"
        }
        ChainRule::AsBuilt => "Certificates are checked as the shipped library did, with its gaps",
    }
}

fn answers(rules: &Rules) -> &'static str {
    match (rules.store.is_reason_given, rules.store.is_expiry_before_signature) {
        (_, true) => {
            "The store answers ok, refunded, expired or invalid with a reason, and looks at exp before any signature"
        }
        (true, false) => {
            "The store answers ok, pending, refunded, expired or invalid, and says why a receipt is invalid"
        }
        (false, false) => "The store answers ok, pending, refunded, expired or invalid, and gives no reason",
    }
}

fn request(rules: &Rules) -> &'static str {
    if rules.request.is_reusable {
        "A pay request may be paid as often as it likes while it lasts, and its dates are read leniently"
    } else {
        "A pay request counts once, is at most an hour old, and names its type"
    }
}

fn notice(form: NoticeForm) -> &'static str {
    match form {
        NoticeForm::Field => "A notice is posted as the form field notice",
        NoticeForm::RawBody => "A notice is the whole body of its POST",
    }
}

#[cfg(test)]
mod tests {
    use super::Matter;
    use crate::protocol::rules::{Revision, Rules};

    #[test]
    fn each_revision_says_something_about_each_matter_and_where() {
        for &revision in Revision::ALL {
            for matter in Matter::ALL {
                let words = Rules::of(revision).words(matter);
                assert!(!words.sentence.is_empty() && !words.sentence.ends_with('.'), "{revision:?} {matter:?}");
                assert!(!words.section.is_empty() && words.date.len() == 10);
            }
        }
    }

    #[test]
    fn the_privacy_changes_are_these_three_and_no_other() {
        let (before, after) = (Rules::of(Revision::Before), Rules::of(Revision::After));
        let differs = |matter: &Matter| before.words(*matter).sentence != after.words(*matter).sentence;
        let changed: Vec<Matter> = Matter::ALL.into_iter().filter(differs).collect();
        assert_eq!(changed, [Matter::Identity, Matter::Asking, Matter::Presenter]);
    }

    #[test]
    fn no_two_revisions_say_the_same_about_everything() {
        for (index, one) in Revision::ALL.iter().enumerate() {
            for other in Revision::ALL.iter().skip(index + 1) {
                let same = |matter: &Matter| {
                    Rules::of(*one).words(*matter).sentence == Rules::of(*other).words(*matter).sentence
                };
                assert!(!Matter::ALL.iter().all(same), "{one:?} {other:?}");
            }
        }
    }
}
