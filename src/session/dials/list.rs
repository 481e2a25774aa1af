//! The list of all dials, in the order in which they are shown. A new dial is one entry here, and is then settable everywhere.

use crate::protocol::dial::{
    AccountMatch, AppClient, CheckWhen, DomainCheck, Hosting, IdentityMode, Position, Profile, SigningMode,
    VerifyPolicy,
};
use crate::protocol::notice_receiver::NoticeReceiver;
use crate::protocol::rules::Revision;
use crate::protocol::time::{Span, Time};
use crate::protocol::verdict::check::{Check, CheckSet};
use crate::session::dials::client::{
    ADD_RECEIPT, APP_KIND, EMPTY_REPLACE, LOCAL_STORAGE, MOZ_APPS, MOZ_PAY, PRODUCT_COMPARED, PROMPTER, RESTORES,
};
use crate::session::dials::dial::{Dial, Hand, Shape, Written, members};
use crate::session::dials::fault::DialError;
use crate::session::dials::offers;
use crate::world::guard::{Guard, GuardSet};
use crate::world::party::Party;
use crate::world::setup::{AppKeys, BackOff, PresenterChoice, Setup};

/// The dial of this name.
///
/// # Errors
/// [`DialError::NoSuchDial`] with the nearest known name.
pub fn find(name: &str) -> Result<&'static Dial, DialError> {
    let known = || DIALS.iter().map(|dial| dial.name).collect::<Vec<_>>();
    DIALS.iter().find(|dial| dial.name == name).ok_or_else(|| DialError::no_such_dial(name, &known()))
}

/// A field with a closed list of positions and a default of its own.
macro_rules! choice {
    ($number:literal, $name:literal, $label:literal, $decides:literal, $type:ty, $field:ident) => {
        Dial {
            number: Some($number),
            name: $name,
            label: $label,
            decides: $decides,
            shape: Shape::Choice(<$type>::POSITIONS),
            hand: Hand {
                read: |setup| setup.$field.name().to_owned(),
                turn: |setup, text| <$type>::parse(text).map(|position| setup.$field = position),
                reset: |setup| setup.$field = Setup::default().$field,
                follows: None,
            },
        }
    };
}

/// A field with a closed list of positions that follows the revision while it is not chosen.
macro_rules! following {
    ($number:literal, $name:literal, $label:literal, $decides:literal, $type:ty, $field:ident, $in_force:ident, $follows:expr) => {
        Dial {
            number: Some($number),
            name: $name,
            label: $label,
            decides: $decides,
            shape: Shape::Choice(<$type>::POSITIONS),
            hand: Hand {
                read: |setup| setup.$in_force().name().to_owned(),
                turn: |setup, text| <$type>::parse(text).map(|position| setup.$field = Some(position)),
                reset: |setup| setup.$field = None,
                follows: Some($follows),
            },
        }
    };
}

/// A simulated party's character, in plain words.
macro_rules! character {
    ($name:literal, $label:literal, $decides:literal, $offers:expr, $form:literal, $field:ident) => {
        Dial {
            number: None,
            name: $name,
            label: $label,
            decides: $decides,
            shape: Shape::Value { form: $form, offers: $offers, written: Written::Text },
            hand: Hand {
                read: |setup| setup.$field.to_string(),
                turn: |setup, text| text.parse().ok().map(|character| setup.$field = character),
                reset: |setup| setup.$field = Setup::default().$field,
                follows: None,
            },
        }
    };
}

/// How far one party's clock is ahead.
macro_rules! skew {
    ($name:literal, $label:literal, $decides:literal, $party:ident) => {
        Dial {
            number: Some(10),
            name: $name,
            label: $label,
            decides: $decides,
            shape: Shape::Value { form: offers::SKEW_FORM, offers: offers::SKEWS, written: Written::Text },
            hand: Hand {
                read: |setup| setup.skew.get(&Party::$party).copied().unwrap_or_default().compact(),
                turn: |setup, text| text.parse().ok().map(|ahead| skew(setup, Party::$party, ahead)),
                reset: |setup| skew(setup, Party::$party, Span::ZERO),
                follows: None,
            },
        }
    };
}

/// A length of time that is not negative.
macro_rules! span {
    ($number:literal, $name:literal, $label:literal, $decides:literal, $offers:expr, $($field:ident).+) => {
        Dial {
            number: Some($number),
            name: $name,
            label: $label,
            decides: $decides,
            shape: Shape::Value { form: offers::SPAN_FORM, offers: $offers, written: Written::Text },
            hand: Hand {
                read: |setup| setup.$($field).+.compact(),
                turn: |setup, text| positive(text).map(|span| setup.$($field).+ = span),
                reset: |setup| setup.$($field).+ = Setup::default().$($field).+,
                follows: None,
            },
        }
    };
}

/// What a dial follows: the app's client where that has a habit of its own, else the revision.
fn leader(is_clients: bool) -> &'static str {
    if is_clients { "the app client" } else { "the revision" }
}

/// Every dial.
pub static DIALS: &[Dial] = &[
    choice!(1, "revision", "Revision", "Whose rules hold: which day's page the parties follow", Revision, revision),
    choice!(2, "hosting", "Hosting", "Who signs pay requests and hears of payments", Hosting, hosting),
    following!(
        3,
        "identity",
        "Identity",
        "What a receipt says of its buyer",
        IdentityMode,
        identity,
        identity_in_force,
        |_| leader(false)
    ),
    KEEPS_GUID,
    choice!(
        4,
        "domain-check",
        "Domain check",
        "How the payment server makes sure that a buy request comes from the app",
        DomainCheck,
        domain_check
    ),
    following!(
        5,
        "verify-policy",
        "Verify policy",
        "What the app asks for before it opens a product",
        VerifyPolicy,
        verify_policy,
        verify_policy_in_force,
        |setup| leader(setup.client_rules().verify_policy.is_some())
    ),
    choice!(5, "check-when", "Checks", "When the app looks at its receipts", CheckWhen, check_when),
    following!(6, "profile", "Verifier", "Whose checks the app makes", Profile, profile, profile_in_force, |setup| {
        leader(setup.client_rules().profile.is_some())
    }),
    CHECKS_OFF,
    choice!(
        6,
        "notice-receiver",
        "Notice receiver",
        "Whose checks the app's server makes before it believes a notice",
        NoticeReceiver,
        notice_receiver
    ),
    following!(
        7,
        "signing",
        "Signing",
        "How the store signs its receipts",
        SigningMode,
        signing,
        signing_in_force,
        |_| leader(false)
    ),
    span!(
        8,
        "polling.interval",
        "Poll every",
        "How long the app waits before each poll",
        offers::INTERVALS,
        polling.interval
    ),
    TRIES,
    Dial {
        number: Some(8),
        name: "polling.back-off",
        label: "Waits between polls",
        decides: "Whether the app becomes more patient while it polls",
        shape: Shape::Choice(BackOff::POSITIONS),
        hand: Hand {
            read: |setup| setup.polling.back_off.name().to_owned(),
            turn: |setup, text| BackOff::parse(text).map(|position| setup.polling.back_off = position),
            reset: |setup| setup.polling.back_off = BackOff::Steady,
            follows: None,
        },
    },
    START,
    span!(9, "latency", "A message takes", "How long each message is on its way", offers::LATENCIES, latency),
    span!(10, "receipt-life", "Receipt life", "How long a receipt is good", offers::LIVES, receipt_life),
    skew!("skew.buyer", "Buyer's clock ahead", "How far the buyer's own clock is off", Buyer),
    skew!("skew.app-page", "App page's clock ahead", "How far the clock is off by which the app judges times", AppPage),
    skew!("skew.device", "Device's clock ahead", "How far the device's clock is off", Device),
    skew!("skew.app-server", "App server's clock ahead", "How far the clock is off that dates pay requests", AppServer),
    skew!(
        "skew.marketplace",
        "Marketplace's clock ahead",
        "How far the clock is off that dates receipts and answers about them",
        Marketplace
    ),
    skew!("skew.provider", "Provider's clock ahead", "How far the provider's clock is off", Provider),
    choice!(11, "account", "Account", "Whose account at the store a payment belongs to", AccountMatch, account),
    choice!(12, "client", "App client", "Which client library the app is written with", AppClient, client),
    PRODUCT_COMPARED,
    PROMPTER,
    RESTORES,
    choice!(13, "presenter", "Presenter", "Who holds the receipt up to the app", PresenterChoice, presenter),
    choice!(14, "app-keys", "Keys at the app", "Which of the store's keys the app holds", AppKeys, app_keys),
    character!(
        "buyer",
        "Buyer",
        "How the buyer behaves in the payment window",
        offers::BUYERS,
        "a buyer's character such as pays at once, pays after 12 s, cancels or you decide",
        buyer
    ),
    character!(
        "provider",
        "Provider",
        "How the provider answers a charge",
        offers::PROVIDERS,
        "a provider's character such as charges, declines or settles after 30 s",
        provider
    ),
    character!(
        "app-server",
        "App server",
        "How the app server answers notices",
        offers::SERVERS,
        "a server's character such as answers rightly, answers wrong body or answers after 6 s",
        app_server
    ),
    APP_KIND,
    MOZ_PAY,
    MOZ_APPS,
    ADD_RECEIPT,
    LOCAL_STORAGE,
    EMPTY_REPLACE,
    GUARDS_OFF,
];

const KEEPS_GUID: Dial = Dial {
    number: Some(3),
    name: "is-guid-kept",
    label: "GUID on reissue",
    decides: "Whether a fresh receipt of the same purchase keeps its GUID, on which the page is silent",
    shape: Shape::Choice(&[
        Position { name: "true", label: "Kept", meaning: "Every receipt of one purchase carries the same GUID" },
        Position { name: "false", label: "Drawn anew", meaning: "Each receipt carries a GUID of its own" },
    ]),
    hand: Hand {
        read: |setup| setup.is_guid_kept.to_string(),
        turn: |setup, text| text.parse().ok().map(|is_kept| setup.is_guid_kept = is_kept),
        reset: |setup| setup.is_guid_kept = Setup::default().is_guid_kept,
        follows: None,
    },
};

const CHECKS_OFF: Dial = Dial {
    number: Some(6),
    name: "checks-off",
    label: "Checks left out",
    decides: "Which checks of the ladder the app does not make, to see what then gets through",
    shape: Shape::Set(Check::POSITIONS),
    hand: Hand {
        read: |setup| {
            let names: Vec<&str> = setup.checks_off.iter().map(Check::name).collect();
            if names.is_empty() { "none".to_owned() } else { names.join(",") }
        },
        turn: |setup, text| {
            let checks: Option<CheckSet> = members(text).map(Check::parse).collect();
            checks.map(|checks| setup.checks_off = checks)
        },
        reset: |setup| setup.checks_off = CheckSet::NONE,
        follows: None,
    },
};

const GUARDS_OFF: Dial = Dial {
    number: None,
    name: "guards-off",
    label: "Guards left out",
    decides: "What the servers do not look at before they believe, to see what a cheat then gains",
    shape: Shape::Set(Guard::POSITIONS),
    hand: Hand {
        read: |setup| {
            let names: Vec<&str> = setup.guards_off.iter().map(Guard::name).collect();
            if names.is_empty() { "none".to_owned() } else { names.join(",") }
        },
        turn: |setup, text| {
            let guards: Option<GuardSet> = members(text).map(Guard::parse).collect();
            guards.map(|guards| setup.guards_off = guards)
        },
        reset: |setup| setup.guards_off = GuardSet::NONE,
        follows: None,
    },
};

const TRIES: Dial = Dial {
    number: Some(8),
    name: "polling.tries",
    label: "Polls before giving up",
    decides: "How often the app asks whether the payment is done",
    shape: Shape::Value { form: "a whole number such as 10", offers: offers::TRIES, written: Written::Bare },
    hand: Hand {
        read: |setup| setup.polling.tries.to_string(),
        turn: |setup, text| plain_number(text).map(|tries| setup.polling.tries = tries),
        reset: |setup| setup.polling.tries = Setup::default().polling.tries,
        follows: None,
    },
};

const START: Dial = Dial {
    number: Some(9),
    name: "start",
    label: "Begins at",
    decides: "What the true clock shows when the run begins",
    shape: Shape::Value {
        form: "a moment such as 2026-11-22T10:04:00Z",
        offers: offers::STARTS,
        written: Written::Milliseconds,
    },
    hand: Hand {
        read: |setup| setup.start.rfc3339(),
        turn: |setup, text| Time::parse_rfc3339(text).ok().map(|start| setup.start = start),
        reset: |setup| setup.start = Setup::default().start,
        follows: None,
    },
};

fn skew(setup: &mut Setup, party: Party, ahead: Span) {
    if ahead == Span::ZERO {
        setup.skew.remove(&party);
    } else {
        setup.skew.insert(party, ahead);
    }
}

fn positive(text: &str) -> Option<Span> {
    text.parse().ok().filter(|span| *span >= Span::ZERO)
}

/// Digits and nothing else: `+10` reads as a number elsewhere.
fn plain_number(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}
