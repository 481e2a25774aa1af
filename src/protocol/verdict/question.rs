//! Questions: everything that a judgement depends on, handed over at once.

use crate::protocol::dial::{Profile, VerifyPolicy};
use crate::protocol::id::Origin;
use crate::protocol::money::Money;
use crate::protocol::ring::KeyRing;
use crate::protocol::rules::Rules;
use crate::protocol::store_answer::{Status, StoreReply};
use crate::protocol::time::{Span, Time};
use crate::protocol::verdict::check::CheckSet;

/// Whether one receipt opens one app for whoever presents it, now.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The receipt as it came: a token, or certificates and a token joined by `~`.
    pub receipt: &'a str,
    /// The keys that the app fetched beforehand, by issuer.
    pub keys: &'a KeyRing,
    /// The app itself.
    pub app: &'a Origin,
    /// The app's clock.
    pub now: Time,
    /// The rules of the run's revision.
    pub rules: &'a Rules,
    /// Whether the store is asked.
    pub policy: VerifyPolicy,
    /// Whose rules judge.
    pub profile: Profile,
    /// Who holds the receipt out.
    pub presenter: Presenter<'a>,
    /// What the store replied, once it was asked.
    pub store_answer: Option<&'a StoreReply>,
    /// Checks that are passed over.
    pub switched_off: CheckSet,
    /// Issuers that this app takes receipts from (`installs_allowed_from`); `None` and `*` mean any.
    pub allowed_issuers: Option<&'a [&'a str]>,
    /// Whether test receipts open the app.
    pub is_test_allowed: bool,
    /// How far the issuer's clock may be off; nothing by default.
    pub leeway: Span,
    /// What was paid, where the app knows it: a certificate may limit that.
    pub price: Option<Money>,
    /// What only the historic profiles ask for.
    pub client: Client<'a>,
}

impl<'a> Question<'a> {
    /// A question with everything else at its default: strict, signature only, nobody presenting, nothing switched off.
    #[must_use]
    pub fn new(receipt: &'a str, keys: &'a KeyRing, app: &'a Origin, now: Time, rules: &'a Rules) -> Self {
        Self {
            receipt,
            keys,
            app,
            now,
            rules,
            policy: VerifyPolicy::SignatureOnly,
            profile: Profile::Strict,
            presenter: Presenter::Nobody,
            store_answer: None,
            switched_off: CheckSet::NONE,
            allowed_issuers: None,
            is_test_allowed: false,
            leeway: Span::ZERO,
            price: None,
            client: Client::default(),
        }
    }
}

/// Who holds the receipt out to the app (dial D13).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presenter<'a> {
    /// No person is there to ask: a command line, an audit.
    #[default]
    Nobody,
    /// Somebody who does not say who they are.
    WithoutAssertion,
    /// Somebody whose identity a provider vouches for.
    Asserted {
        /// Their verified address.
        email: &'a str,
        /// Their identifier for this app alone, where the provider gives one.
        identifier: Option<&'a str>,
    },
}

/// Settings and memory of the historic clients and of the store; the strict profile looks at none of them.
#[derive(Clone, Copy, Debug)]
pub struct Client<'a> {
    /// receiptverifier's option `productURL`; without it any app's receipt will do.
    pub product_url: Option<&'a str>,
    /// receiptverifier's stored answer for this very receipt.
    pub cached: Option<CachedAnswer>,
    /// fxpay's `receiptCheckSites`: texts that a verify address must start with.
    pub receipt_check_sites: &'a [&'a str],
    /// Whether fxpay restores an in-app product or the app itself.
    pub restores: Restores,
    /// What fxpay takes for the app's own origin, where that is not the app's.
    pub own_origin: Option<&'a str>,
    /// Whether receiptverifier's `Prompter` stands at the door, which lets people in when the network fails.
    pub has_prompter: bool,
    /// The verify service that the store-like profile plays: its host and its path.
    pub verify_service: Option<(&'a str, &'a str)>,
}

impl Default for Client<'_> {
    fn default() -> Self {
        Self {
            product_url: None,
            cached: None,
            receipt_check_sites: &FXPAY_RECEIPT_CHECK_SITES,
            restores: Restores::InAppProduct,
            own_origin: None,
            has_prompter: false,
            verify_service: None,
        }
    }
}

/// The sites that fxpay 0.0.18 shipped with.
pub const FXPAY_RECEIPT_CHECK_SITES: [&str; 2] =
    ["https://receiptcheck.marketplace.firefox.com", "https://marketplace.firefox.com"];

dial! {
    /// What fxpay validates the receipt for.
    Restores {
        InAppProduct = "in-app-product", "A product within the app", "The receipt is for one product that the app sells, and storedata names it";
        App = "app", "The app itself", "The receipt is for the whole app, which was paid for when it was installed";
    }
}

/// A status that receiptverifier keeps in local storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CachedAnswer {
    /// What the store said.
    pub status: Status,
    /// When.
    pub at: Time,
}
