//! Complaints: how each client calls what went wrong, each in the words of its own library.

use serde_json::Value;

use crate::protocol::client_error::{FxpayError, VerifierError};
use crate::protocol::code::{Code, Refusal as Coded};
use crate::protocol::dial::AppClient;
use crate::protocol::id::Origin;
use crate::protocol::jwt::Jwt;
use crate::protocol::mozpay::MozPayError;
use crate::protocol::request::PAY_TYPE;
use crate::protocol::store_answer::StoreReply;
use crate::protocol::verdict::question::Restores;
use crate::world::event::Event;
use crate::world::party::Party;
use crate::world::platform::{MozApps, MozPay};
use crate::world::refusal::{Refusal, Stop};
use crate::world::scene::Scene;
use crate::world::wire::Outbox;

/// What came back over HTTP, or that nothing did.
pub(crate) enum Misanswer<'a> {
    /// An answer of the wrong kind.
    Http(u16, &'a str),
    /// Nothing within the client's patience.
    Nothing,
}

/// What a body says about a payment that is complete without a receipt, and about one that is neither that nor incomplete.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusWord {
    /// `complete`, and `receipt` is null.
    CompleteWithoutReceipt,
    /// A word that is none of the two.
    Unknown,
    /// No such answer at all.
    None,
}

impl Misanswer<'_> {
    /// The same as the verify service's reader has it.
    pub(crate) fn reply(&self) -> StoreReply {
        match self {
            Self::Http(status, body) => StoreReply::read(*status, body),
            Self::Nothing => StoreReply::TimedOut,
        }
    }

    /// The status word within, read as the library did.
    pub(crate) fn status_word(&self) -> StatusWord {
        let Self::Http(200..300, body) = self else { return StatusWord::None };
        let Ok(Value::Object(members)) = serde_json::from_str::<Value>(body) else { return StatusWord::None };
        match members.get("status").and_then(Value::as_str) {
            Some("complete" | "completed") if members.get("receipt").is_none_or(Value::is_null) => {
                StatusWord::CompleteWithoutReceipt
            }
            Some(_) | None => StatusWord::Unknown,
        }
    }
}

/// Why an answer that is none ends what the app was doing.
pub(crate) fn of_misanswer(client: AppClient, misanswer: &Misanswer<'_>) -> Refusal {
    let reply = misanswer.reply();
    match client {
        AppClient::Fxpay => fxpay_call(&reply),
        AppClient::Own | AppClient::Receiptverifier => match reply {
            StoreReply::TimedOut => Stop::RequestTimedOut.into(),
            StoreReply::Unreachable => Stop::RequestFailed.into(),
            StoreReply::HttpStatus(_) => Stop::BadResponse.into(),
            StoreReply::NotJson | StoreReply::NotAnObject | StoreReply::UnknownStatus(_) | StoreReply::Answer(_) => {
                Stop::BadJson.into()
            }
        },
    }
}

fn fxpay_call(reply: &StoreReply) -> Refusal {
    match reply {
        StoreReply::TimedOut => FxpayError::ApiRequestTimeout.into(),
        StoreReply::Unreachable => FxpayError::ApiRequestError.into(),
        StoreReply::HttpStatus(status) => because(FxpayError::BadApiResponse, format_args!("HTTP {status}")),
        StoreReply::NotJson => FxpayError::BadJsonResponse.into(),
        StoreReply::UnknownStatus(word) => because(FxpayError::ConfigurationError, word),
        StoreReply::NotAnObject | StoreReply::Answer(_) => FxpayError::BadApiResponse.into(),
    }
}

/// Why no pay request came: the server said no, and fxpay hears only that it did.
pub(crate) fn of_no(client: AppClient, status: u16, refusal: &Refusal) -> Refusal {
    match client {
        AppClient::Fxpay => because(FxpayError::BadApiResponse, format_args!("HTTP {status}")),
        AppClient::Own | AppClient::Receiptverifier => refusal.clone(),
    }
}

/// Why no payment page is opened for this pay request. Where there is `mozPay` the device looks; else fxpay does so itself.
pub(crate) fn of_request(scene: &Scene, request: &str) -> Option<Refusal> {
    if scene.setup.client != AppClient::Fxpay || scene.setup.device.moz_pay != MozPay::Missing {
        return None;
    }
    let claims = Jwt::parse(request).ok().and_then(|jwt| jwt.unverified_claims::<Value>().ok());
    let is_known = claims.is_some_and(|claims| claims.get("typ").and_then(Value::as_str) == Some(PAY_TYPE));
    (!is_known).then(|| FxpayError::InvalidJwt.into())
}

/// Why the payment ends when a window has sent this; `None` where it goes on. Whose window it was is looked at first.
pub(crate) fn of_window_message(
    scene: &Scene,
    (origin, status, code): (&Origin, &str, Option<&str>),
    out: &mut Outbox<'_>,
) -> Option<Refusal> {
    if *origin != scene.catalog.market {
        let refusal = because(FxpayError::UnknownMessageOrigin, origin);
        out.event(Event::Refused { by: Party::AppPage, refusal });
        return None;
    }
    match status {
        // Nothing is proved by a message: the app goes on asking.
        "ok" | "unloaded" => None,
        "failed" => Some(because(FxpayError::FailedWindowMessage, code.unwrap_or("no code"))),
        other => Some(because(FxpayError::FailedWindowMessage, other)),
    }
}

/// Why `mozPay` failed.
pub(crate) fn of_mozpay(client: AppClient, refusal: &Refusal) -> Refusal {
    match client {
        AppClient::Fxpay if refusal.code == MozPayError::DialogClosedByUser.code() => {
            because(FxpayError::PayWindowClosedByUser, refusal.code)
        }
        AppClient::Fxpay => because(FxpayError::PayPlatformError, refusal.code),
        AppClient::Own | AppClient::Receiptverifier => refusal.clone(),
    }
}

/// Why the device does not keep the receipt. What the library threw by itself keeps its name.
pub(crate) fn of_install(client: AppClient, refusal: &Refusal) -> Refusal {
    let is_own = |error: &&FxpayError| error.code() == refusal.code;
    match client {
        AppClient::Fxpay if !FxpayError::ALL.iter().any(|error| is_own(&error)) => {
            because(FxpayError::AddReceiptError, refusal.code)
        }
        AppClient::Fxpay | AppClient::Own | AppClient::Receiptverifier => refusal.clone(),
    }
}

/// All polls were made in vain.
pub(crate) fn of_giving_up(client: AppClient) -> Refusal {
    match client {
        AppClient::Fxpay => FxpayError::PurchaseTimeout.into(),
        AppClient::Own | AppClient::Receiptverifier => Stop::PollingGivenUp.into(),
    }
}

/// There is no receipt to look at.
pub(crate) fn of_no_receipt(scene: &Scene) -> Refusal {
    if scene.setup.client == AppClient::Receiptverifier && scene.setup.device.moz_apps == MozApps::Fails {
        return VerifierError::MozAppsError.into();
    }
    match (scene.setup.client, scene.setup.client_options.restores) {
        (AppClient::Fxpay, Restores::App) => FxpayError::AppReceiptMissing.into(),
        (AppClient::Receiptverifier, _) => VerifierError::NoReceipts.into(),
        (AppClient::Fxpay, Restores::InAppProduct) | (AppClient::Own, _) => Stop::NoReceipt.into(),
    }
}

fn because(error: FxpayError, found: impl std::fmt::Display) -> Refusal {
    Coded::because_of(error, found).into()
}
