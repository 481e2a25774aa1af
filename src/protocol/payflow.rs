//! The payment flow: what the marketplace's server checks in a pay request before it shows a price, in its order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::protocol::code::Refusal;
use crate::protocol::draft_request::{Dates, DraftRequest, DraftRequested};
use crate::protocol::json::JsonFault;
use crate::protocol::jwt::{Jwt, JwtError, Part};
use crate::protocol::numeric_date::NumericDate;
use crate::protocol::pay_error::{PayError, PayRefusal};
use crate::protocol::request::{PAY_TYPE, PayRequest, SHORT_FIELD_CHARS_MAX, Simulation, SimulationResult};
use crate::protocol::rules::{RequestRules, Rules};
use crate::protocol::time::Time;
use crate::protocol::truth::is_python_truthy;
use crate::protocol::verifying_key::VerifyingKey;

/// What the server knows when it is asked for a payment.
#[derive(Debug, Clone)]
pub struct PayDesk {
    /// The provider's domain, which requests must name in `aud`.
    pub domain: String,
    /// The `typ` of the requests that it takes.
    pub typ: String,
    /// Who may ask for payments, by the `iss` of their requests.
    pub sellers: BTreeMap<String, Seller>,
    /// The names of the price tiers.
    pub price_points: BTreeSet<String>,
    /// For whom the desk is open.
    pub opening: Opening,
    /// Whether payments may be simulated here.
    pub is_simulation_allowed: bool,
    /// Whether the seller's signature is looked at. A desk without it believes whoever names a seller.
    pub is_signature_checked: bool,
    /// The rules of the run's date.
    pub rules: &'static RequestRules,
}

/// Somebody who may ask for payments.
#[derive(Debug, Clone)]
pub struct Seller {
    /// The secret that it shares with the provider.
    pub key: VerifyingKey,
    /// What the key may be used for.
    pub access: Access,
    /// Whether the seller is still in business; a revoked key belongs to one that is not.
    pub is_active: bool,
}

/// What a seller's key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Real and simulated payments.
    Purchase,
    /// Simulated payments only.
    SimulateOnly,
}

/// For whom a payment desk is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// For everybody.
    Open,
    /// Only for those who simulate.
    SimulationsOnly,
    /// For nobody, as for a device that the server does not serve.
    Closed,
}

/// What the device posts to open a payment.
#[derive(Debug, Clone, Copy, Default)]
pub struct PayForm<'a> {
    /// The pay request.
    pub req: Option<&'a str>,
    /// Mobile country code, of the network that the device is in.
    pub mcc: Option<&'a str>,
    /// Mobile network code.
    pub mnc: Option<&'a str>,
}

impl<'a> PayForm<'a> {
    /// A post with nothing but the pay request.
    #[must_use]
    pub fn of(pay_request: &'a str) -> Self {
        Self { req: Some(pay_request), mcc: None, mnc: None }
    }

    /// The pay request, if the form is filled in rightly.
    ///
    /// # Errors
    /// [`PayError::FieldRequired`], or [`PayError::BadNetwork`] where only half of the network is told, or not in digits.
    pub fn token(self) -> Result<&'a str, PayRefusal> {
        let token = self.req.filter(|token| !token.is_empty()).ok_or(PayError::FieldRequired)?;
        let is_code = |code: &str| (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
        match (self.mcc, self.mnc) {
            (None, None) => Ok(token),
            (Some(mcc), Some(mnc)) if is_code(mcc) && is_code(mnc) => Ok(token),
            (mcc, mnc) => {
                let found = format!("mcc {}, mnc {}", mcc.unwrap_or("missing"), mnc.unwrap_or("missing"));
                Err(Refusal::because_of(PayError::BadNetwork, found))
            }
        }
    }
}

/// A pay request that the buyer may be asked to confirm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedRequest {
    /// What was signed, its description trimmed.
    pub request: PayRequest,
    /// What it comes to.
    pub terms: Terms,
}

/// What an accepted pay request comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What to simulate instead of a payment: rare, so it takes no room in the messages of those that are real.
    pub simulation: Option<Box<Simulation>>,
    /// Whether money will move: neither free nor simulated.
    pub is_payment_required: bool,
}

impl PayDesk {
    /// An open desk without sellers or price points, under the rules of a date.
    #[must_use]
    pub fn new(domain: &str, rules: &'static Rules) -> Self {
        Self {
            domain: domain.to_owned(),
            typ: PAY_TYPE.to_owned(),
            sellers: BTreeMap::new(),
            price_points: BTreeSet::new(),
            opening: Opening::Open,
            is_simulation_allowed: true,
            is_signature_checked: true,
            rules: &rules.request,
        }
    }

    /// Lets a seller in who may ask for real payments. One who is known already shows another key and stays what it was.
    pub fn admit(&mut self, issuer: &str, key: VerifyingKey) {
        match self.sellers.get_mut(issuer) {
            Some(known) => known.key = key,
            None => {
                self.sellers.insert(issuer.to_owned(), Seller { key, access: Access::Purchase, is_active: true });
            }
        }
    }
}

/// Checks a post as the server does; the first failure is the answer.
///
/// # Errors
/// The first [`PayError`] that applies, with the value that gave offence.
pub fn check(form: PayForm<'_>, desk: &PayDesk, now: Time) -> Result<AcceptedRequest, PayRefusal> {
    let token = form.token()?;
    let jwt = decode(token)?;
    let draft = DraftRequest::read(&jwt);
    let simulation = check_simulation(&draft, desk)?;
    let seller = check_seller(&draft, desk, simulation.is_some())?;
    if let Some(request) = &draft.request {
        check_shape(request)?;
    }
    check_opening(desk.opening, simulation.is_some())?;
    if desk.is_signature_checked {
        jwt.verify(&seller.key).map_err(|error| Refusal::because_of(PayError::BadSignature, error))?;
    }
    check_type(&draft, desk)?;
    let dates = check_claims(&draft, desk, now)?;
    let request = check_required(&draft)?;
    check_urls(request, simulation.is_some())?;
    check_price_point(request, desk)?;
    let request = draft.into_request(simulation.clone(), dates)?;
    let is_payment_required = simulation.is_none() && !request.request.price_point.is_free();
    Ok(AcceptedRequest { request, terms: Terms { simulation: simulation.map(Box::new), is_payment_required } })
}

fn decode(token: &str) -> Result<Jwt, PayRefusal> {
    Jwt::parse(token).map_err(|error| {
        if let JwtError::Json { part: Part::Claims, error } = &error
            && error.fault == JsonFault::NotAnObject
        {
            return PayError::InvalidJwtObj.into();
        }
        Refusal::because_of(PayError::JwtDecodeErr, error)
    })
}

/// What is to be simulated. An empty `simulate`, or one that is no object, is a real payment.
fn check_simulation(draft: &DraftRequest, desk: &PayDesk) -> Result<Option<Simulation>, PayRefusal> {
    let Some(request) = &draft.request else {
        let is_crash = desk.rules.is_crash_without_request;
        return if is_crash { Err(PayError::CrashedWithoutRequest.into()) } else { Ok(None) };
    };
    let Some(Value::Object(simulate)) = request.simulate.as_ref().filter(|simulate| is_python_truthy(simulate)) else {
        return Ok(None);
    };
    if !desk.is_simulation_allowed {
        return Err(PayError::SimDisabled.into());
    }
    let result = match simulate.get("result").and_then(Value::as_str) {
        Some("postback") => SimulationResult::Postback,
        Some("chargeback") => SimulationResult::Chargeback,
        _ => return Err(Refusal::because_of(PayError::BadSimResult, shown(simulate.get("result")))),
    };
    let reason = simulate.get("reason").filter(|reason| is_python_truthy(reason));
    if result == SimulationResult::Chargeback && reason.is_none() {
        return Err(PayError::NoSimReason.into());
    }
    let reason = reason.map(|reason| reason.as_str().map_or_else(|| reason.to_string(), str::to_owned));
    Ok(Some(Simulation { result, reason }))
}

fn check_seller<'a>(draft: &DraftRequest, desk: &'a PayDesk, is_simulation: bool) -> Result<&'a Seller, PayRefusal> {
    let seller = draft.iss.as_ref().and_then(Value::as_str).and_then(|issuer| desk.sellers.get(issuer));
    if desk.rules.is_revoked_key_named && seller.is_some_and(|seller| !seller.is_active) {
        return Err(Refusal::because_of(PayError::PaymentsRevoked, shown(draft.iss.as_ref())));
    }
    let Some(seller) = seller.filter(|seller| seller.is_active) else {
        return Err(Refusal::because_of(PayError::BadJwtIssuer, shown(draft.iss.as_ref())));
    };
    match seller.access {
        Access::SimulateOnly if !is_simulation => Err(PayError::SimOnlyKey.into()),
        Access::SimulateOnly | Access::Purchase => Ok(seller),
    }
}

fn check_shape(request: &DraftRequested) -> Result<(), PayRefusal> {
    if request.icons.as_ref().is_some_and(|icons| !icons.is_object() && !icons.is_null()) {
        return Err(Refusal::because_of(PayError::BadIconKey, shown(request.icons.as_ref())));
    }
    for (error, value) in request.short_fields() {
        if value.and_then(Value::as_str).is_some_and(is_too_long) {
            return Err(Refusal::because_of(error, shown(value)));
        }
    }
    let holds = |value: &Option<Value>| value.as_ref().is_some_and(is_python_truthy);
    if holds(&request.locales) && !holds(&request.default_locale) {
        return Err(PayError::NoDefaultLoc.into());
    }
    Ok(())
}

/// Characters count, not bytes; a text with few bytes need not be counted.
fn is_too_long(text: &str) -> bool {
    text.len() > SHORT_FIELD_CHARS_MAX && text.chars().count() > SHORT_FIELD_CHARS_MAX
}

fn check_opening(opening: Opening, is_simulation: bool) -> Result<(), PayRefusal> {
    match opening {
        Opening::Open => Ok(()),
        Opening::SimulationsOnly if is_simulation => Ok(()),
        Opening::SimulationsOnly | Opening::Closed => Err(PayError::PayDisabled.into()),
    }
}

fn check_type(draft: &DraftRequest, desk: &PayDesk) -> Result<(), PayRefusal> {
    if desk.rules.is_type_checked && draft.typ.as_ref().and_then(Value::as_str) != Some(&desk.typ) {
        return Err(Refusal::because_of(PayError::WrongType, shown(draft.typ.as_ref())));
    }
    Ok(())
}

/// Times and audience of a token whose signature is good.
pub(crate) fn check_claims(draft: &DraftRequest, desk: &PayDesk, now: Time) -> Result<Dates, PayRefusal> {
    let rules = desk.rules;
    let not_before = not_before(draft.nbf.as_ref(), rules)?;
    if let Some(early) = not_before.filter(|_| rules.is_not_before_reported_expired)
        && early.time() > now + rules.not_before_pad
    {
        return Err(Refusal::because_of(PayError::NotYetValidCalledExpired, early.time()));
    }
    let expires = expiry(draft.exp.as_ref(), rules, now)?;
    let issued = draft.iat.as_ref().and_then(|iat| date(iat, rules));
    let issued = issued.ok_or_else(|| not_a_date("iat", draft.iat.as_ref()))?;
    if rules.issued_at_age.is_some_and(|age| issued.time() + age < now) {
        return Err(Refusal::because_of(PayError::IssuedTooLongAgo, issued.time()));
    }
    if let Some(early) = not_before.filter(|early| early.time() > now && early.time() >= now + rules.not_before_pad) {
        return Err(Refusal::because_of(PayError::NotYetValid, early.time()));
    }
    // RFC 7519 leaves both to whoever reads the token: iat is not judged there, and exp may lie anywhere.
    if rules.issued_ahead_pad.is_some_and(|pad| issued.time() > now + pad) {
        return Err(Refusal::because_of(PayError::IssuedAhead, issued.time()));
    }
    let begins = not_before.map_or(issued, |not_before| not_before.max(issued));
    if rules.life_max.is_some_and(|life| expires.time() > begins.time() + life) {
        return Err(Refusal::because_of(PayError::LastsTooLong, expires.time()));
    }
    if !is_audience(draft.aud.as_ref(), desk) {
        return Err(Refusal::because_of(PayError::WrongAudience, shown(draft.aud.as_ref())));
    }
    Ok(Dates { audience: desk.domain.clone(), issued, expires, not_before })
}

/// When the request ends. An `exp` of null has been reached already, as the libraries of the time had it.
fn expiry(exp: Option<&Value>, rules: &RequestRules, now: Time) -> Result<NumericDate, PayRefusal> {
    if exp.is_some_and(Value::is_null) {
        return Err(Refusal::because_of(PayError::ExpiredJwt, "null"));
    }
    let expires = exp.and_then(|exp| date(exp, rules)).ok_or_else(|| not_a_date("exp", exp))?;
    let is_over =
        if rules.is_last_second_good { now.seconds() > expires.time().seconds() } else { now >= expires.time() };
    if is_over { Err(Refusal::because_of(PayError::ExpiredJwt, expires.time())) } else { Ok(expires) }
}

/// When the request begins, if it says so. RFC 7519, 4.1.5: what stands there must be a date; a null is nothing only to the lenient.
fn not_before(nbf: Option<&Value>, rules: &RequestRules) -> Result<Option<NumericDate>, PayRefusal> {
    match nbf {
        None => Ok(None),
        Some(Value::Null) if rules.are_dates_lenient => Ok(None),
        Some(nbf) => date(nbf, rules).map(Some).ok_or_else(|| not_a_date("nbf", Some(nbf))),
    }
}

/// A date as the rules read it: whole seconds, or, where they are lenient, also a fraction or a text of digits.
fn date(value: &Value, rules: &RequestRules) -> Option<NumericDate> {
    if let Some(seconds) = value.as_u64() {
        return NumericDate::from_seconds(seconds);
    }
    if !rules.are_dates_lenient {
        return None;
    }
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let is_number = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let seconds: i64 = whole.parse().ok().filter(|_| is_number)?;
    NumericDate::from_seconds(u64::try_from(seconds).unwrap_or_default())
}

fn is_audience(aud: Option<&Value>, desk: &PayDesk) -> bool {
    match aud {
        Some(Value::String(aud)) => *aud == desk.domain,
        Some(Value::Array(list)) => {
            desk.rules.is_audience_list_allowed && list.iter().any(|aud| aud.as_str() == Some(&desk.domain))
        }
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => false,
    }
}

fn check_required(draft: &DraftRequest) -> Result<&DraftRequested, PayRefusal> {
    let request =
        draft.request.as_ref().ok_or_else(|| Refusal::because_of(PayError::RequestFieldMissing, "request"))?;
    let empty = request.required().into_iter().find(|(_, value)| !value.is_some_and(is_python_truthy));
    match empty {
        Some((name, _)) => Err(Refusal::because_of(PayError::RequestFieldMissing, name)),
        None => Ok(request),
    }
}

fn check_urls(request: &DraftRequested, is_simulation: bool) -> Result<(), PayRefusal> {
    for url in [&request.postback_url, &request.chargeback_url] {
        let is_callback = |(scheme, _): (&str, &str)| is_simulation || is_http(scheme);
        if !url.as_ref().and_then(Value::as_str).and_then(scheme_and_host).is_some_and(is_callback) {
            return Err(Refusal::because_of(PayError::MalformedUrl, shown(url.as_ref())));
        }
    }
    let icons = request.icons.as_ref().and_then(Value::as_object).into_iter().flat_map(|icons| icons.values());
    for url in icons {
        if url.as_str().and_then(scheme_and_host).is_none() {
            return Err(Refusal::because_of(PayError::MalformedUrl, shown(Some(url))));
        }
    }
    Ok(())
}

fn is_http(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

/// Scheme and host of an absolute URL, neither empty.
fn scheme_and_host(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    (is_scheme && !host.is_empty()).then_some((scheme, host))
}

fn check_price_point(request: &DraftRequested, desk: &PayDesk) -> Result<(), PayRefusal> {
    let is_known = match request.price_point.as_ref() {
        Some(Value::String(name)) => name == "0" || desk.price_points.contains(name.as_str()),
        Some(Value::Number(number)) => desk.price_points.contains(number.to_string().as_str()),
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => false,
    };
    if is_known {
        Ok(())
    } else {
        Err(Refusal::because_of(PayError::BadPricePoint, shown(request.price_point.as_ref())))
    }
}

fn not_a_date(name: &str, value: Option<&Value>) -> PayRefusal {
    Refusal::because_of(PayError::NotNumericDate, format_args!("{name}: {}", shown(value)))
}

/// A claim as it stands in the token, or that it is missing.
fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "missing".to_owned(), Value::to_string)
}
