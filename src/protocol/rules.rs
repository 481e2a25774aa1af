//! Rules: what each revision of the pages asks for, as data. Nothing else in the project branches on a date.

use crate::protocol::dial::{IdentityMode, Profile, SigningMode, VerifyPolicy};
use crate::protocol::receipt::ReceiptType;
use crate::protocol::request::{REQUEST_AHEAD_MAX, REQUEST_LIFE_MAX};
use crate::protocol::time::Span;

dial! {
    /// D1: which date's rules a run follows.
    Revision {
        After = "after", "After the privacy changes", "Receipts carry a random GUID, and asking the store is strongly discouraged";
        Before = "before", "Before the privacy changes", "Receipts carry the buyer's email, and apps authenticate the buyer and may ask the store";
        AsBuilt2015 = "as-built-2015", "As built in 2015", "What the real marketplace and its client libraries did, with their holes";
        October2012 = "october-2012", "October 2012", "Asking the store is encouraged again, and nobody authenticates the presenter";
        September2013 = "september-2013", "September 2013", "Four types of receipt, and the store says why a receipt is invalid";
    }
}

/// The rules of one revision. Each field is a fact that some party acts on.
#[derive(Debug, PartialEq, Eq)]
pub struct Rules {
    /// Which revision this is.
    pub revision: Revision,
    /// Its title as the page's history has it.
    pub title: &'static str,
    /// The day from which it held, `YYYY-MM-DD`.
    pub date: &'static str,
    /// Where these rules are written.
    pub section: &'static str,
    /// The default of dial D3.
    pub identity: IdentityMode,
    /// The default of dial D5.
    pub verify_policy: VerifyPolicy,
    /// The default of dial D6.
    pub profile: Profile,
    /// The default of dial D7.
    pub signing: SigningMode,
    /// What a receipt may be.
    pub receipt: ReceiptRules,
    /// What the store's verify service does.
    pub store: StoreRules,
    /// What the payment flow server asks of a pay request.
    pub request: RequestRules,
    /// How notices travel.
    pub notice: NoticeRules,
}

/// What a receipt may be, and what its receiver has to do.
#[derive(Debug, PartialEq, Eq)]
pub struct ReceiptRules {
    /// The values of `typ` that are receipts at all.
    pub types: &'static [ReceiptType],
    /// Whether `user` may name the buyer in a way that others recognise.
    pub is_user_recognisable: bool,
    /// What the page says about authenticating whoever presents a receipt.
    pub presenter: PresenterRule,
    /// How certificates before a receipt are checked.
    pub chain: ChainRule,
}

/// What a page says about authenticating whoever presents a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresenterRule {
    /// The presenter must prove to be the user of the receipt.
    Authenticate,
    /// The step is still asked for, but an opaque `user` makes it impossible.
    KeptButImpossible,
    /// The step is gone: whoever holds the receipt may use it.
    Bearer,
}

/// How certificates before a receipt are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainRule {
    /// The four rules of the certified-receipt design: signatures, life, shorter expiry, price limit.
    Designed,
    /// What the shipped checker did, gaps included.
    AsBuilt,
}

/// What the store's verify service does.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one fact of the page's history, set together in one table")]
pub struct StoreRules {
    /// Whether the page advises against asking the store.
    pub is_asking_discouraged: bool,
    /// Whether an answer of `invalid` carries `reason`.
    pub is_reason_given: bool,
    /// Whether a CORS preflight (`OPTIONS`) is answered; otherwise 405, and browsers block some apps.
    pub is_options_allowed: bool,
    /// Whether `expired` is among the answers.
    pub is_expired_answered: bool,
    /// Whether an unsettled payment is answered `pending` rather than `invalid`.
    pub is_pending_answered: bool,
    /// Whether a past `exp` is answered before any signature is looked at, which forged receipts can use.
    pub is_expiry_before_signature: bool,
    /// How much too early a receipt counts as expired.
    pub early_expiry: Span,
    /// Whether a receipt for a payment without its product ends in a server error instead of an answer.
    pub is_crash_without_inapp_id: bool,
    /// Whether the reissue call wants to find its own address in `verify`, which no receipt names.
    pub is_reissue_address_compared: bool,
    /// Whether `nbf` is set to the time of issue, as shipped, rather than kept at the time of purchase.
    pub is_nbf_time_of_issue: bool,
    /// Whether every status answer signs a receipt anew, rather than handing out the one that was issued.
    pub is_signed_for_each_poll: bool,
    /// Whether the pay requests that the store signs show the product's picture and list the languages of its words: none.
    pub is_offer_illustrated: bool,
    /// The HTTP status for a buy request whose product does not exist or is not for sale.
    pub unknown_product_status: u16,
}

/// What the payment flow server asks of a pay request.
#[derive(Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one fact of the server's history, set together in one table"
)]
pub struct RequestRules {
    /// How old `iat` may be; `None` is no limit.
    pub issued_at_age: Option<Span>,
    /// How far in the future `nbf` may lie for skewed clocks.
    pub not_before_pad: Span,
    /// How far in the future `iat` may lie for skewed clocks; `None` is no limit, as everywhere in history.
    pub issued_ahead_pad: Option<Span>,
    /// How long a request may last, from the later of `nbf` and `iat` to `exp`; `None` is no limit, as everywhere in history.
    pub life_max: Option<Span>,
    /// Whether a request before its `nbf` is reported as `EXPIRED_JWT` rather than `INVALID_JWT`.
    pub is_not_before_reported_expired: bool,
    /// Whether a request is still good in the very second of its `exp` (RFC 7519, 4.1.4 says no).
    pub is_last_second_good: bool,
    /// Whether `aud` may be a list that contains the provider.
    pub is_audience_list_allowed: bool,
    /// Whether a date may be written as a fraction or as text.
    pub are_dates_lenient: bool,
    /// Whether `typ` must be the provider's own.
    pub is_type_checked: bool,
    /// Whether a token without `request` ends in a server error instead of a refusal.
    pub is_crash_without_request: bool,
    /// Whether a revoked key is refused under a name of its own.
    pub is_revoked_key_named: bool,
    /// Whether one signed request may be paid more than once while it lasts.
    pub is_reusable: bool,
}

/// How notices travel.
#[derive(Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one fact of the server's history, set together in one table"
)]
pub struct NoticeRules {
    /// What the body of the POST is.
    pub form: NoticeForm,
    /// Whether a 200 with another body than the transaction id is tried again.
    pub is_wrong_body_retried: bool,
    /// Whether white space around the transaction id in an answer does not matter.
    pub is_answer_trimmed: bool,
    /// Whether the marketplace's own server fails over a notice that has expired instead of refusing it.
    pub is_expired_notice_a_crash: bool,
    /// Whether the marketplace's own server was never taught to take chargebacks, so that nothing comes of them.
    pub is_own_chargeback_unwritten: bool,
}

/// What the body of a notice's POST is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeForm {
    /// `application/x-www-form-urlencoded`, with the token in the one field `notice`.
    Field,
    /// The token itself.
    RawBody,
}

impl Revision {
    /// The one on the other side of the privacy changes.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Before => Self::After,
            Self::After | Self::AsBuilt2015 | Self::October2012 | Self::September2013 => Self::Before,
        }
    }
}

impl Rules {
    /// The rules of a revision.
    #[must_use]
    pub fn of(revision: Revision) -> &'static Self {
        match revision {
            Revision::After => &AFTER,
            Revision::Before => &BEFORE,
            Revision::AsBuilt2015 => &AS_BUILT_2015,
            Revision::October2012 => &OCTOBER_2012,
            Revision::September2013 => &SEPTEMBER_2013,
        }
    }

    /// Whether a token of this type is a receipt under these rules.
    #[must_use]
    pub fn is_receipt_type(&self, typ: &ReceiptType) -> bool {
        self.receipt.types.contains(typ)
    }
}

const PURCHASE_ONLY: &[ReceiptType] = &[ReceiptType::Purchase];
const FOUR_TYPES: &[ReceiptType] =
    &[ReceiptType::Purchase, ReceiptType::Developer, ReceiptType::Reviewer, ReceiptType::Test];

// The library of 2013 limited the age of `iat` and was lenient about `nbf`; a request counts once. That a request is not signed in
// the future and does not last for ever are rules of this stage: no page wrote them down and nobody checked them.
const STRICT_REQUEST: RequestRules = RequestRules {
    issued_at_age: Some(Span::from_seconds(3_600)),
    not_before_pad: Span::from_seconds(300),
    issued_ahead_pad: Some(REQUEST_AHEAD_MAX),
    life_max: Some(REQUEST_LIFE_MAX),
    is_not_before_reported_expired: false,
    is_last_second_good: false,
    is_audience_list_allowed: false,
    are_dates_lenient: false,
    is_type_checked: true,
    is_crash_without_request: false,
    is_revoked_key_named: false,
    is_reusable: false,
};

// The page about in-app payments is of 2013, so its notices are too, whatever the date of the receipt page.
const FIELD_NOTICE: NoticeRules = NoticeRules {
    form: NoticeForm::Field,
    is_wrong_body_retried: true,
    is_answer_trimmed: true,
    is_expired_notice_a_crash: false,
    is_own_chargeback_unwritten: false,
};

const STRICT_STORE: StoreRules = StoreRules {
    is_asking_discouraged: false,
    is_reason_given: false,
    is_options_allowed: false,
    is_expired_answered: true,
    is_pending_answered: true,
    is_expiry_before_signature: false,
    early_expiry: Span::ZERO,
    is_crash_without_inapp_id: false,
    is_reissue_address_compared: false,
    is_nbf_time_of_issue: false,
    is_signed_for_each_poll: false,
    is_offer_illustrated: false,
    unknown_product_status: 404,
};

static AFTER: Rules = Rules {
    revision: Revision::After,
    title: "Privacy changes",
    date: "2012-08-17",
    section: "Apps/WebApplicationReceipt, right column",
    identity: IdentityMode::GuidPerTransaction,
    verify_policy: VerifyPolicy::SignatureOnly,
    profile: Profile::Strict,
    signing: SigningMode::EdDsaBare,
    receipt: ReceiptRules {
        types: PURCHASE_ONLY,
        is_user_recognisable: false,
        presenter: PresenterRule::KeptButImpossible,
        chain: ChainRule::Designed,
    },
    store: StoreRules { is_asking_discouraged: true, ..STRICT_STORE },
    request: STRICT_REQUEST,
    notice: FIELD_NOTICE,
};

static BEFORE: Rules = Rules {
    revision: Revision::Before,
    title: "Before the privacy changes",
    date: "2012-04-17",
    section: "Apps/WebApplicationReceipt, left column",
    identity: IdentityMode::Email,
    verify_policy: VerifyPolicy::SignatureAndStore,
    profile: Profile::Strict,
    signing: SigningMode::EdDsaBare,
    receipt: ReceiptRules {
        types: PURCHASE_ONLY,
        is_user_recognisable: true,
        presenter: PresenterRule::Authenticate,
        chain: ChainRule::Designed,
    },
    store: STRICT_STORE,
    request: STRICT_REQUEST,
    notice: FIELD_NOTICE,
};

static OCTOBER_2012: Rules = Rules {
    revision: Revision::October2012,
    title: "Asking the store is encouraged",
    date: "2012-09-28",
    section: "Apps/WebApplicationReceipt, a later edit",
    identity: IdentityMode::GuidPerTransaction,
    verify_policy: VerifyPolicy::SignatureAndStore,
    profile: Profile::Strict,
    signing: SigningMode::EdDsaBare,
    receipt: ReceiptRules {
        types: PURCHASE_ONLY,
        is_user_recognisable: false,
        presenter: PresenterRule::Bearer,
        chain: ChainRule::Designed,
    },
    store: STRICT_STORE,
    request: RequestRules { is_revoked_key_named: true, ..STRICT_REQUEST },
    notice: NoticeRules {
        form: NoticeForm::RawBody,
        is_wrong_body_retried: false,
        is_answer_trimmed: false,
        ..FIELD_NOTICE
    },
};

static SEPTEMBER_2013: Rules = Rules {
    revision: Revision::September2013,
    title: "Types of receipts, reasons",
    date: "2013-09-11",
    section: "Apps/WebApplicationReceipt, a later edit",
    identity: IdentityMode::GuidPerTransaction,
    verify_policy: VerifyPolicy::SignatureAndStore,
    profile: Profile::Strict,
    signing: SigningMode::EdDsaBare,
    receipt: ReceiptRules {
        types: FOUR_TYPES,
        is_user_recognisable: false,
        presenter: PresenterRule::Bearer,
        chain: ChainRule::Designed,
    },
    store: StoreRules { is_reason_given: true, ..STRICT_STORE },
    request: STRICT_REQUEST,
    notice: NoticeRules { is_answer_trimmed: false, ..FIELD_NOTICE },
};

static AS_BUILT_2015: Rules = Rules {
    revision: Revision::AsBuilt2015,
    title: "As built",
    date: "2015-07-20",
    section: "The marketplace's and its client libraries' source code",
    identity: IdentityMode::Anonymous,
    verify_policy: VerifyPolicy::StoreOnly,
    profile: Profile::Fxpay,
    signing: SigningMode::Rs256Certified,
    receipt: ReceiptRules {
        types: FOUR_TYPES,
        is_user_recognisable: false,
        presenter: PresenterRule::Bearer,
        chain: ChainRule::AsBuilt,
    },
    store: StoreRules {
        is_asking_discouraged: false,
        is_reason_given: true,
        is_options_allowed: true,
        is_expired_answered: true,
        is_pending_answered: false,
        is_expiry_before_signature: true,
        early_expiry: Span::from_seconds(10),
        is_crash_without_inapp_id: true,
        is_reissue_address_compared: true,
        is_nbf_time_of_issue: true,
        is_signed_for_each_poll: true,
        is_offer_illustrated: true,
        unknown_product_status: 400,
    },
    request: RequestRules {
        issued_at_age: None,
        not_before_pad: Span::ZERO,
        issued_ahead_pad: None,
        life_max: None,
        is_not_before_reported_expired: true,
        is_last_second_good: true,
        is_audience_list_allowed: true,
        are_dates_lenient: true,
        is_type_checked: false,
        is_crash_without_request: true,
        is_revoked_key_named: false,
        is_reusable: true,
    },
    notice: NoticeRules { is_expired_notice_a_crash: true, is_own_chargeback_unwritten: true, ..FIELD_NOTICE },
};

#[cfg(test)]
mod tests {
    use crate::protocol::dial::{IdentityMode, VerifyPolicy};
    use crate::protocol::receipt::ReceiptType;
    use crate::protocol::rules::{PresenterRule, Revision, Rules};

    #[test]
    fn each_revision_has_rules_of_its_own() {
        for &revision in Revision::ALL {
            assert_eq!(Rules::of(revision).revision, revision);
        }
    }

    #[test]
    fn the_privacy_changes_turn_email_into_guid_and_asking_into_a_thing_discouraged() {
        let (before, after) = (Rules::of(Revision::Before), Rules::of(Revision::After));
        assert_eq!((before.identity, after.identity), (IdentityMode::Email, IdentityMode::GuidPerTransaction));
        assert_eq!(
            (before.verify_policy, after.verify_policy),
            (VerifyPolicy::SignatureAndStore, VerifyPolicy::SignatureOnly)
        );
        assert_eq!((before.store.is_asking_discouraged, after.store.is_asking_discouraged), (false, true));
        assert_eq!(
            (before.receipt.presenter, after.receipt.presenter),
            (PresenterRule::Authenticate, PresenterRule::KeptButImpossible)
        );
    }

    #[test]
    fn other_types_than_purchase_receipts_come_with_2013() {
        for &revision in Revision::ALL {
            let rules = Rules::of(revision);
            assert!(rules.is_receipt_type(&ReceiptType::Purchase), "{revision:?}");
            let is_late = rules.date >= "2013-04";
            assert_eq!(rules.is_receipt_type(&ReceiptType::Test), is_late, "{revision:?}");
            assert_eq!(rules.store.is_reason_given, is_late, "{revision:?}");
            assert!(!rules.is_receipt_type(&ReceiptType::Other("inapp-receipt".into())), "{revision:?}");
        }
    }
}
