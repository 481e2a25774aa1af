//! Claim evidence: what the type, product, times and user checks found.

use std::fmt;

use crate::protocol::id::Origin;
use crate::protocol::receipt::RECEIPT_LIFE_MAX;
use crate::protocol::time::{Span, Time};
use crate::protocol::verdict::said::Said;

/// What the type check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeEvidence {
    /// A receipt of a kind that is taken.
    Taken(Box<str>),
    /// A receipt of a kind that these rules do not know, or no receipt at all.
    Foreign(Box<str>),
    /// A test receipt, which opens nothing here.
    Test,
    /// No `typ`.
    Missing,
    /// `typ` is no text; what it is instead.
    NotText(&'static str),
}

impl TypeEvidence {
    /// The plain words.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::Taken(_) => Said::fine("The token says that it is a receipt"),
            Self::Foreign(_) => Said::wrong(
                "This token is not a receipt that this app takes",
                "Present the receipt itself; a request, a notice or a certificate proves no purchase",
            ),
            Self::Test => Said::wrong(
                "A test receipt opens nothing in production",
                "Allow test receipts in development only, or buy the product",
            ),
            Self::Missing => Said::wrong("The token does not say what it is", "Issue receipts with a typ claim"),
            Self::NotText(_) => {
                Said::wrong("The typ claim is not a text", "Issue typ as a text, for instance purchase-receipt")
            }
        }
    }
}

impl fmt::Display for TypeEvidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(typ) | Self::Foreign(typ) => out.write_str(typ),
            Self::Test => out.write_str("test-receipt"),
            Self::Missing => out.write_str("no typ"),
            Self::NotText(kind) => write!(out, "typ is {kind}"),
        }
    }
}

/// What the product check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProductEvidence {
    /// `product.url` is the app's own origin.
    ThisApp(Origin),
    /// `product.url` names another app.
    OtherApp {
        /// What it names.
        found: Box<str>,
        /// The app that was asked.
        app: Origin,
    },
    /// `product.url` differs from the app's origin only in its spelling.
    Spelling {
        /// What it says.
        found: Box<str>,
        /// The app that was asked.
        app: Origin,
    },
    /// `product.url` is part of the option it was searched in; that is all that receiptverifier asks for.
    PartOf {
        /// What it says.
        found: Box<str>,
        /// The option `productURL`.
        option: Box<str>,
    },
    /// `product.url` is not part of the option.
    NotPartOf {
        /// What it says.
        found: Box<str>,
        /// The option `productURL`.
        option: Box<str>,
    },
    /// This client was not told which product to look for, so any will do.
    NotCompared,
    /// A test receipt: its product is not compared.
    TestIsFree,
    /// No `product`, or no `product.url`.
    Missing(&'static str),
    /// A claim of the product is no text; which one, and what it is instead.
    NotText(&'static str, &'static str),
    /// The store's own data lack what this reader wants.
    WrongStoredata(&'static str),
    /// The store's own data name a purchase.
    StoredataNames(Box<str>),
}

impl ProductEvidence {
    /// The plain words.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::ThisApp(_) => Said::fine("The receipt was written for this app"),
            Self::OtherApp { .. } | Self::NotPartOf { .. } => Said::wrong(
                "This receipt was written for another app",
                "Present the receipt in the app that product.url names, or get this app's own",
            ),
            Self::Spelling { .. } => Said::wrong(
                "The product is spelt unlike this app's origin",
                "Issue product.url as scheme://host, lower case, without slash or default port",
            ),
            Self::PartOf { .. } => {
                Said::fine("The product's address is a part of the expected one, which is all this client asks")
            }
            Self::NotCompared => Said::fine("This client takes any app's receipt unless productURL is set"),
            Self::TestIsFree => Said::fine("The product of a test receipt is not compared"),
            Self::Missing(_) => Said::wrong(
                "The receipt does not say which app it is for",
                "Issue receipts with product.url and product.storedata",
            ),
            Self::NotText(..) => {
                Said::wrong("A product claim is not a text", "Issue product.url and product.storedata as texts")
            }
            Self::WrongStoredata(_) => Said::wrong(
                "The store's own data do not name a purchase",
                "Issue storedata as a query string with id, or with contrib and inapp_id",
            ),
            Self::StoredataNames(_) => Said::fine("The store's own data name a purchase"),
        }
    }
}

impl fmt::Display for ProductEvidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ThisApp(app) => write!(out, "{app}"),
            Self::OtherApp { found, app } | Self::Spelling { found, app } => write!(out, "{found}, not {app}"),
            Self::PartOf { found, option } => write!(out, "{found} within {option}"),
            Self::NotPartOf { found, option } => write!(out, "{found} not within {option}"),
            Self::NotCompared => out.write_str("not compared"),
            Self::TestIsFree => out.write_str("not compared for a test receipt"),
            Self::Missing(claim) => write!(out, "no {claim}"),
            Self::NotText(claim, kind) => write!(out, "{claim} is {kind}"),
            Self::WrongStoredata(what) => out.write_str(what),
            Self::StoredataNames(what) => out.write_str(what),
        }
    }
}

/// What the times check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimesEvidence {
    /// `nbf ≤ now < exp`.
    Now {
        /// When it ends; `None` when it never does.
        exp: Option<Time>,
        /// How far the clocks were allowed to differ.
        leeway: Span,
    },
    /// `now < nbf`.
    NotYet {
        /// When it begins.
        nbf: Time,
        /// The verifier's clock.
        now: Time,
    },
    /// `iat` lies ahead.
    IssuedAhead {
        /// When it says it was made.
        iat: Time,
        /// The verifier's clock.
        now: Time,
    },
    /// `exp ≤ now`.
    Over {
        /// When it ended.
        exp: Time,
        /// The verifier's clock.
        now: Time,
    },
    /// `exp` is so near that the store's ten seconds for skew end it already.
    OverEarly {
        /// When it says it ends.
        exp: Time,
        /// The verifier's clock.
        now: Time,
    },
    /// `exp` lies further from its beginning than any may.
    LastsTooLong {
        /// When it says it ends.
        exp: Time,
        /// From when its life is counted: the later of `nbf` and `iat`.
        from: Time,
    },
    /// A claim that must be there is not.
    Missing(&'static str),
    /// A claim is no moment: it must be a whole number of seconds from 0 to 2^53 − 1.
    NotAMoment {
        /// Which claim.
        claim: &'static str,
        /// What it is instead.
        found: Box<str>,
    },
}

impl TimesEvidence {
    /// The plain words.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::Now { exp: Some(_), .. } => Said::fine("Its time has come and is not over"),
            Self::Now { exp: None, .. } => Said::fine("Its time has come; it names no end"),
            Self::NotYet { .. } => {
                Said::wrong("The receipt is not valid yet", "Compare both clocks; nbf must not lie ahead of now")
            }
            Self::IssuedAhead { .. } => Said::wrong(
                "The receipt claims to be made in the future",
                "Set the clocks right, or allow a few seconds of leeway",
            ),
            Self::Over { .. } => {
                Said::wrong("The receipt has expired", "Trade it for a fresh one at its reissue address")
            }
            Self::OverEarly { .. } => Said::wrong(
                "The receipt ends within the store's ten seconds for skew",
                "Trade it for a fresh one at its reissue address",
            ),
            Self::LastsTooLong { .. } => Said::wrong(
                "The receipt lasts longer than this stage lets any",
                "Issue exp in seconds, at most ten years after iat, or leave it out; history had no such limit",
            ),
            Self::Missing(_) => {
                Said::wrong("A time that every receipt needs is missing", "Issue receipts with nbf and iat")
            }
            Self::NotAMoment { .. } => Said::wrong(
                "A time claim is not a whole number of seconds",
                "Issue nbf, iat and exp as whole seconds since 1970",
            ),
        }
    }
}

impl fmt::Display for TimesEvidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now { exp: Some(exp), leeway } => write!(out, "until {exp}, +{leeway} leeway"),
            Self::Now { exp: None, leeway } => write!(out, "no exp, +{leeway} leeway"),
            Self::NotYet { nbf, now } => write!(out, "nbf {nbf}, now {now}"),
            Self::IssuedAhead { iat, now } => write!(out, "iat {iat}, now {now}"),
            Self::Over { exp, now } | Self::OverEarly { exp, now } => write!(out, "exp {exp}, now {now}"),
            Self::LastsTooLong { exp, from } => {
                write!(out, "exp {exp}, more than {RECEIPT_LIFE_MAX} after {from}")
            }
            Self::Missing(claim) => write!(out, "no {claim}"),
            Self::NotAMoment { claim, found } => write!(out, "{claim} is {found}"),
        }
    }
}

/// What the user check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserEvidence {
    /// The presenter's identity is the receipt's.
    IsPresenter,
    /// The presenter is somebody else.
    OtherPresenter,
    /// The rules want the presenter to show who they are, and they did not.
    NotAuthenticated,
    /// Nobody is there to be asked.
    NobodyToAsk,
    /// The identifier means something to the store alone: the step stays in the rules and cannot be taken.
    OnlyTheStoreKnows,
    /// `user.type` is `email` where these rules want an opaque identifier.
    Email,
    /// `user.type` is neither of the two words.
    UnknownType(Box<str>),
    /// `user.value` gives its owner away; why.
    Recognisable(&'static str),
    /// A claim of the user is missing.
    Missing(&'static str),
    /// A claim of the user is no text; which one, and what it is instead.
    NotText(&'static str, &'static str),
    /// The store reads `user.type` and nothing else.
    Directed,
    /// These rules have no such step: whoever holds the receipt may use it.
    Bearer,
}

impl UserEvidence {
    /// The plain words.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::IsPresenter => Said::fine("The receipt belongs to whoever presents it"),
            Self::OtherPresenter => {
                Said::wrong("The receipt belongs to somebody else", "Ask its buyer to present it, or buy the product")
            }
            Self::NotAuthenticated => Said::wrong(
                "Nobody has shown who presents this receipt",
                "Ask for an identity assertion and compare it with the receipt",
            ),
            Self::NobodyToAsk => Said::fine("No person is here to ask, so the presenter stays unknown"),
            Self::OnlyTheStoreKnows => {
                Said::fine("Only the store can tell whose identifier this is, so the step is impossible")
            }
            Self::Email => Said::wrong(
                "The receipt shows its buyer's address to everybody",
                "Issue user.type directed-identifier with a random value",
            ),
            Self::UnknownType(_) => {
                Said::wrong("The receipt names its buyer in an unknown way", "Issue user.type directed-identifier")
            }
            Self::Recognisable(_) => Said::wrong(
                "The buyer's identifier can be recognised",
                "Issue a random GUID for each transaction instead",
            ),
            Self::Missing(_) => {
                Said::wrong("The receipt names no buyer", "Issue receipts with user.type and user.value")
            }
            Self::NotText(..) => Said::wrong("A user claim is not a text", "Issue user.type and user.value as texts"),
            Self::Directed => Said::fine("The buyer is named by a directed identifier"),
            Self::Bearer => Said::fine("These rules let whoever holds the receipt use it"),
        }
    }
}

impl fmt::Display for UserEvidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IsPresenter => out.write_str("session user"),
            Self::OtherPresenter => out.write_str("another user"),
            Self::NotAuthenticated => out.write_str("no identity assertion"),
            Self::NobodyToAsk => out.write_str("nobody to ask"),
            Self::OnlyTheStoreKnows => out.write_str("impossible: only the store knows"),
            Self::Email => out.write_str("an email address"),
            Self::UnknownType(found) => out.write_str(found),
            Self::Recognisable(why) => out.write_str(why),
            Self::Missing(claim) => write!(out, "no {claim}"),
            Self::NotText(claim, kind) => write!(out, "{claim} is {kind}"),
            Self::Directed => out.write_str("directed-identifier"),
            Self::Bearer => out.write_str("not asked: bearer"),
        }
    }
}
