//! mozPay: what the device's broker checks before it opens any payment window. It never looks at a signature.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::protocol::atob::{atob, latin1};
use crate::protocol::code::Refusal;
use crate::protocol::truth::is_truthy;

codes! {
    /// What `request.error.name` says to the app when no payment window opens, or when it ends badly.
    pub MozPayError {
        CallWithMissingJwt = "INTERNAL_ERROR_CALL_WITH_MISSING_JWT", "mozPay was called without a pay request", "Pass the signed pay request that the server returned";
        WrongSegmentsCount = "PAY_REQUEST_ERROR_WRONG_SEGMENTS_COUNT", "The pay request has not exactly three parts", "Pass the whole token: header, claims and signature joined by dots";
        EmptyPayload = "PAY_REQUEST_ERROR_EMPTY_PAYLOAD", "The pay request has no claims", "Sign a claims object, not an empty text";
        ErrorDecodingJwt = "PAY_REQUEST_ERROR_ERROR_DECODING_JWT", "The pay request's claims cannot be decoded", "Encode the claims as JSON in base64url";
        ErrorParsingJwtPayload = "PAY_REQUEST_ERROR_ERROR_PARSING_JWT_PAYLOAD", "The pay request's claims are nothing", "Sign a claims object, not null or false";
        NoTypParameter = "PAY_REQUEST_ERROR_NO_TYP_PARAMETER", "The pay request has no type", "Add typ, which tells the device which provider is meant";
        NoRequestParameter = "PAY_REQUEST_ERROR_NO_REQUEST_PARAMETER", "The pay request asks for nothing", "Add request with the product and its price point";
        WrongRegisteredPayProvider = "INTERNAL_ERROR_WRONG_REGISTERED_PAY_PROVIDER", "The device's provider for this type is incomplete", "Give the provider a name and an address in the device's settings";
        NonHttpsProviderUri = "INTERNAL_ERROR_NON_HTTPS_PROVIDER_URI", "The provider's address is not https", "Use https, or switch the check off on a development device";
        DuplicatedJwtType = "PAY_REQUEST_ERROR_DUPLICATED_JWT_TYPE", "Two pay requests have the same type", "Pass one pay request for each provider";
        NoValidRequestFound = "PAY_REQUEST_ERROR_NO_VALID_REQUEST_FOUND", "The device knows no provider for any of the pay requests", "Use a typ that is registered on this device";
        CreatePaymentGlueFailed = "INTERNAL_ERROR_CREATE_PAYMENT_GLUE_FAILED", "The device cannot show a payment window", "Try another device; the app can do nothing";
        NoValidSelectedProvider = "INTERNAL_ERROR_NO_VALID_SELECTED_PROVIDER", "The chosen provider is not registered", "Choose one of the providers that the device offers";
        NoJwtAssociatedToRequest = "INTERNAL_ERROR_NO_JWT_ASSOCIATED_TO_REQUEST", "The chosen provider has no pay request", "Choose a provider that a pay request names";
        ErrorCreatingPayRequest = "INTERNAL_ERROR_ERROR_CREATING_PAY_REQUEST", "The device cannot take the pay request in", "Try again; the app can do nothing";
        DialogClosedByUser = "DIALOG_CLOSED_BY_USER", "The buyer closed the payment window", "Offer the product again; nothing was paid";
        UserCancelled = "USER_CANCELLED", "The buyer pressed cancel", "Offer the product again; nothing was paid";
    }
}

/// A refusal of `mozPay`.
pub type MozPayRefusal = Refusal<MozPayError>;

/// A payment provider in the device's settings (`dom.payment.provider.<n>`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// What the buyer reads.
    pub name: String,
    /// Where the payment flow begins; the pay request is appended.
    pub uri: String,
    /// The `typ` of the pay requests that it takes.
    pub typ: String,
}

impl Provider {
    /// The address that the payment window opens.
    #[must_use]
    pub fn flow_url(&self, pay_request: &str) -> String {
        format!("{}{pay_request}", self.uri)
    }
}

/// A pay request that the broker would open a window for, with the provider that takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokerChoice<'a> {
    /// Its place among the pay requests of the call.
    pub index: usize,
    /// The provider that its `typ` names.
    pub provider: &'a Provider,
}

/// The pay request that a window opens for when the buyer has nothing to choose: the first of [`offers`].
///
/// # Errors
/// As [`offers`].
pub fn broker<'a>(
    pay_requests: &[Option<&str>],
    providers: &'a [Provider],
    is_https_required: bool,
) -> Result<BrokerChoice<'a>, MozPayRefusal> {
    let first = offers(pay_requests, providers, is_https_required)?.into_iter().next();
    first.ok_or_else(|| MozPayError::NoValidRequestFound.into())
}

/// Checks the pay requests of one call, in the device's order; the first failure ends the call.
///
/// What comes back is never empty: each is a choice for the buyer. A type that no provider is registered for is passed over.
///
/// # Errors
/// The [`MozPayError`] that the app would read.
pub fn offers<'a>(
    pay_requests: &[Option<&str>],
    providers: &'a [Provider],
    is_https_required: bool,
) -> Result<Vec<BrokerChoice<'a>>, MozPayRefusal> {
    let mut choices: Vec<BrokerChoice<'a>> = Vec::new();
    for (index, pay_request) in pay_requests.iter().enumerate() {
        let typ = type_of(pay_request.unwrap_or_default())?;
        let Some(provider) = providers.iter().find(|provider| provider.typ == typ) else { continue };
        check_provider(provider, is_https_required)?;
        if choices.iter().any(|choice| choice.provider.typ == typ) {
            return Err(Refusal::because_of(MozPayError::DuplicatedJwtType, typ));
        }
        choices.push(BrokerChoice { index, provider });
    }
    if choices.is_empty() { Err(MozPayError::NoValidRequestFound.into()) } else { Ok(choices) }
}

/// The choice that the buyer makes among those that the broker offers.
///
/// # Errors
/// [`MozPayError::NoValidSelectedProvider`] for a provider that the device does not know,
/// [`MozPayError::NoJwtAssociatedToRequest`] for one that no pay request named.
pub fn choose<'a>(
    choices: &[BrokerChoice<'a>],
    providers: &[Provider],
    typ: &str,
) -> Result<BrokerChoice<'a>, MozPayRefusal> {
    if !providers.iter().any(|provider| provider.typ == typ && !provider.uri.is_empty()) {
        return Err(Refusal::because_of(MozPayError::NoValidSelectedProvider, typ));
    }
    let chosen = choices.iter().find(|choice| choice.provider.typ == typ);
    chosen.copied().ok_or_else(|| Refusal::because_of(MozPayError::NoJwtAssociatedToRequest, typ))
}

/// The two members that the device asks for, of the types that servers give them.
#[derive(Deserialize)]
struct WellFormed {
    typ: String,
    #[expect(dead_code, reason = "only its being an object counts")]
    request: AnyObject,
}

#[derive(Deserialize)]
struct AnyObject {}

fn type_of(pay_request: &str) -> Result<String, MozPayRefusal> {
    if pay_request.is_empty() {
        return Err(MozPayError::CallWithMissingJwt.into());
    }
    let segments: Vec<&str> = pay_request.split('.').collect();
    let [_, payload, _] = segments.as_slice() else {
        return Err(Refusal::because_of(MozPayError::WrongSegmentsCount, segments.len()));
    };
    let Some(payload) = atob(payload) else {
        return Err(MozPayError::ErrorDecodingJwt.into());
    };
    if payload.is_empty() {
        return Err(MozPayError::EmptyPayload.into());
    }
    // A request as servers sign it is read in one go; whatever else it is, it is looked at member by member.
    match serde_json::from_slice::<WellFormed>(&payload) {
        Ok(whole) if !whole.typ.is_empty() && whole.typ.is_ascii() => Ok(whole.typ),
        Ok(_) | Err(_) => type_of_members(&payload),
    }
}

fn type_of_members(payload: &[u8]) -> Result<String, MozPayRefusal> {
    let Ok(whole) = serde_json::from_str::<Value>(&latin1(payload)) else {
        return Err(MozPayError::ErrorDecodingJwt.into());
    };
    if !is_truthy(&whole) {
        return Err(Refusal::because_of(MozPayError::ErrorParsingJwtPayload, &whole));
    }
    let typ = whole.get("typ").filter(|typ| is_truthy(typ)).ok_or(MozPayError::NoTypParameter)?;
    if !whole.get("request").is_some_and(is_truthy) {
        return Err(MozPayError::NoRequestParameter.into());
    }
    // As the name of a property, any value is a text; only texts name a provider.
    Ok(typ.as_str().map_or_else(|| typ.to_string(), str::to_owned))
}

fn check_provider(provider: &Provider, is_https_required: bool) -> Result<(), MozPayRefusal> {
    if provider.uri.is_empty() || provider.name.is_empty() {
        return Err(Refusal::because_of(MozPayError::WrongRegisteredPayProvider, &provider.typ));
    }
    let is_https = provider.uri.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"));
    if is_https_required && !is_https {
        return Err(Refusal::because_of(MozPayError::NonHttpsProviderUri, &provider.uri));
    }
    Ok(())
}
