//! Receiving notices: what a seller checks before it believes that it was paid.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::protocol::code::Refusal;
use crate::protocol::jwt::Jwt;
use crate::protocol::notice::{
    NOTICE_AHEAD_MAX, NOTICE_LIFE, NOTICE_LIFE_MAX, Notice, NoticeKind, PaidPrice, PaymentResponse,
};
use crate::protocol::numeric_date::NumericDate;
use crate::protocol::request::Requested;
use crate::protocol::time::{Span, Time};
use crate::protocol::truth::is_python_truthy;
use crate::protocol::verifying_key::VerifyingKey;

codes! {
    /// Why a seller takes no notice, in the order in which a strict one looks. History had a bare HTTP 400 for all of them, so
    /// most of these names are those of the library's exceptions.
    pub NoticeError {
        MissingNotice = "MISSING_NOTICE", "The post carries no notice", "Send the token in the form field notice";
        NotAToken = "INVALID_JWT", "The notice is not a well-formed token", "Post the token as it was signed";
        BadSignature = "INVALID_JWT", "The notice is not signed with this seller's secret", "Sign with the secret of the request's issuer";
        WrongType = "INVALID_JWT", "The token is no notice of this kind", "Send postbacks and chargebacks to their own addresses";
        NotNumericDate = "INVALID_JWT", "The notice lacks iat or exp in whole seconds", "Add iat and exp as numbers";
        Expired = "REQUEST_EXPIRED", "The notice has expired", "Sign a new notice for every try";
        IssuedTooLongAgo = "REQUEST_EXPIRED", "The notice was signed more than an hour ago", "Sign a new notice for every try";
        NotYetValid = "INVALID_JWT", "The notice is not valid yet", "Set both clocks right, or leave nbf out";
        IssuedAhead = "INVALID_JWT", "The notice was signed in the future", "Set both clocks right";
        LastsTooLong = "INVALID_JWT", "The notice lasts longer than any may", "Write exp in seconds, an hour after iat; a day at the most";
        WrongIssuer = "INVALID_JWT", "The notice comes from another provider", "Expect notices only from the provider that was asked";
        WrongAudience = "INVALID_JWT", "The notice is meant for another seller", "Put the application key into aud, and share no secrets";
        MissingField = "INVALID_JWT", "The notice lacks something that every notice has", "Copy the request, and add response with its transactionID";
        MissingReason = "INVALID_JWT", "The chargeback gives no reason", "Add response.reason, refund or reversal";
    }
}

/// A seller's refusal of a notice.
pub type NoticeRefusal = Refusal<NoticeError>;

dial! {
    /// D6, for notices: whose checks a seller makes.
    NoticeReceiver {
        Strict = "strict", "Strict", "Everything that RFC 8725 asks for, and what was taken back stays taken back";
        MozpayPy = "mozpay-py", "mozpay for Python", "The library of 2013, which looks neither at iss nor at typ, and leaves the order of notices to the app";
        MozpayJs = "mozpay-js", "mozpay for JavaScript", "Does not even look at aud, and leaves the order of notices to the app";
    }
}

/// The seller that takes notices.
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    /// Its application key: the `iss` of its requests.
    pub name: &'a str,
    /// The provider that it asked: the `aud` of its requests.
    pub provider: &'a str,
    /// Its secret.
    pub key: &'a VerifyingKey,
}

/// Takes a notice as one of the receivers does.
///
/// `expected` is the kind that the address it was posted to is for.
///
/// # Errors
/// The first [`NoticeError`] that applies; its sender sees HTTP 400.
pub fn receive_notice(
    token: &str,
    expected: NoticeKind,
    own: &Recipient<'_>,
    now: Time,
    receiver: NoticeReceiver,
) -> Result<Notice, NoticeRefusal> {
    if token.is_empty() {
        return Err(NoticeError::MissingNotice.into());
    }
    let jwt = Jwt::parse(token).map_err(|error| Refusal::because_of(NoticeError::NotAToken, error))?;
    jwt.verify(own.key).map_err(|error| Refusal::because_of(NoticeError::BadSignature, error))?;
    check_contents(&jwt, expected, own, now, receiver)
}

/// Takes a notice without looking at its signature: whoever can write one is believed. For showing what comes of that.
///
/// # Errors
/// As [`receive_notice`], but never [`NoticeError::BadSignature`].
pub fn receive_unverified_notice(
    token: &str,
    expected: NoticeKind,
    own: &Recipient<'_>,
    now: Time,
    receiver: NoticeReceiver,
) -> Result<Notice, NoticeRefusal> {
    if token.is_empty() {
        return Err(NoticeError::MissingNotice.into());
    }
    let jwt = Jwt::parse(token).map_err(|error| Refusal::because_of(NoticeError::NotAToken, error))?;
    check_contents(&jwt, expected, own, now, receiver)
}

fn check_contents(
    jwt: &Jwt,
    expected: NoticeKind,
    own: &Recipient<'_>,
    now: Time,
    receiver: NoticeReceiver,
) -> Result<Notice, NoticeRefusal> {
    let claims: Claims<'_> = serde_json::from_str(jwt.unverified_claims_json())
        .map_err(|error| Refusal::because_of(NoticeError::MissingField, error))?;
    match receiver {
        NoticeReceiver::Strict => claims.check_strictly(expected, own, now)?,
        NoticeReceiver::MozpayPy => claims.check_like_python(expected, own, now)?,
        NoticeReceiver::MozpayJs => claims.check_like_javascript(now)?,
    }
    claims.into_notice(expected)
}

/// What stands in a notice, before anything is known about it.
#[derive(Deserialize)]
struct Claims<'a> {
    #[serde(default, borrow)]
    iss: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    aud: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    typ: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "there")]
    iat: Option<Value>,
    #[serde(default, deserialize_with = "there")]
    exp: Option<Value>,
    #[serde(default, deserialize_with = "there")]
    nbf: Option<Value>,
    #[serde(default)]
    request: Option<Requested>,
    #[serde(default)]
    response: Option<Response<'a>>,
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(default, borrow, rename = "transactionID")]
    transaction_id: Option<Cow<'a, str>>,
    #[serde(default)]
    price: PaidPrice,
    #[serde(default)]
    reason: Option<Value>,
}

fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Claims<'_> {
    fn check_strictly(&self, expected: NoticeKind, own: &Recipient<'_>, now: Time) -> Result<(), NoticeRefusal> {
        if self.typ.as_deref() != Some(expected.typ()) {
            return Err(Refusal::because_of(NoticeError::WrongType, self.typ.as_deref().unwrap_or("no typ")));
        }
        let (issued, expires) = (date(self.iat.as_ref())?, date(self.exp.as_ref())?);
        // RFC 7519, 4.1.4: not on or after the expiration time.
        if now >= expires.time() {
            return Err(Refusal::because_of(NoticeError::Expired, expires.time()));
        }
        let not_before = self.nbf.as_ref().map(|nbf| date(Some(nbf))).transpose()?;
        if let Some(early) = not_before.filter(|not_before| now < not_before.time()) {
            return Err(Refusal::because_of(NoticeError::NotYetValid, early.time()));
        }
        if issued.time() + NOTICE_LIFE < now {
            return Err(Refusal::because_of(NoticeError::IssuedTooLongAgo, issued.time()));
        }
        if issued.time() > now + NOTICE_AHEAD_MAX {
            return Err(Refusal::because_of(NoticeError::IssuedAhead, issued.time()));
        }
        let begins = not_before.map_or(issued, |not_before| not_before.max(issued));
        if expires.time() > begins.time() + NOTICE_LIFE_MAX {
            return Err(Refusal::because_of(NoticeError::LastsTooLong, expires.time()));
        }
        if self.iss.as_deref() != Some(own.provider) {
            return Err(Refusal::because_of(NoticeError::WrongIssuer, self.iss.as_deref().unwrap_or("no iss")));
        }
        self.check_audience(own)?;
        self.check_fields(expected)
    }

    /// The library of 2013: dates with an hour's limit and five minutes' grace, then audience, then fields.
    fn check_like_python(&self, expected: NoticeKind, own: &Recipient<'_>, now: Time) -> Result<(), NoticeRefusal> {
        let (issued, expires) = (date(self.iat.as_ref())?, date(self.exp.as_ref())?);
        if expires.time() < now {
            return Err(Refusal::because_of(NoticeError::Expired, expires.time()));
        }
        if issued.time() + NOTICE_LIFE < now {
            return Err(Refusal::because_of(NoticeError::IssuedTooLongAgo, issued.time()));
        }
        // What is no date was as good as absent.
        if let Ok(not_before) = date(self.nbf.as_ref())
            && not_before.time() >= now + Span::from_seconds(300)
        {
            return Err(Refusal::because_of(NoticeError::NotYetValid, not_before.time()));
        }
        self.check_audience(own)?;
        self.check_fields(expected)
    }

    /// The JavaScript library: any seller's notice will do as long as the secret fits.
    fn check_like_javascript(&self, now: Time) -> Result<(), NoticeRefusal> {
        date(self.iat.as_ref())?;
        let expires = date(self.exp.as_ref())?;
        if expires.time() < now {
            return Err(Refusal::because_of(NoticeError::Expired, expires.time()));
        }
        if let Ok(not_before) = date(self.nbf.as_ref())
            && not_before.time() > now + Span::from_seconds(120)
        {
            return Err(Refusal::because_of(NoticeError::NotYetValid, not_before.time()));
        }
        self.transaction_id().map(|_| ())
    }

    fn check_audience(&self, own: &Recipient<'_>) -> Result<(), NoticeRefusal> {
        if self.aud.as_deref() == Some(own.name) {
            Ok(())
        } else {
            Err(Refusal::because_of(NoticeError::WrongAudience, self.aud.as_deref().unwrap_or("no aud")))
        }
    }

    fn check_fields(&self, expected: NoticeKind) -> Result<(), NoticeRefusal> {
        let request = self.request.as_ref().ok_or_else(|| missing("request"))?;
        for (name, text) in [("request.name", &request.name), ("request.description", &request.description)] {
            if text.is_empty() {
                return Err(missing(name));
            }
        }
        self.transaction_id()?;
        let reason = self.response.as_ref().and_then(|response| response.reason.as_ref());
        match expected {
            NoticeKind::Chargeback if !reason.is_some_and(is_python_truthy) => Err(NoticeError::MissingReason.into()),
            NoticeKind::Postback | NoticeKind::Chargeback => Ok(()),
        }
    }

    fn transaction_id(&self) -> Result<&str, NoticeRefusal> {
        let id = self.response.as_ref().and_then(|response| response.transaction_id.as_deref());
        id.filter(|id| !id.is_empty()).ok_or_else(|| missing("response.transactionID"))
    }

    /// What was checked, as a notice of the kind that its address is for.
    fn into_notice(self, kind: NoticeKind) -> Result<Notice, NoticeRefusal> {
        let request = self.request.ok_or_else(|| missing("request"))?;
        let response = self.response.ok_or_else(|| missing("response"))?;
        let transaction_id = response.transaction_id.ok_or_else(|| missing("response.transactionID"))?;
        let reason = response.reason.filter(is_python_truthy);
        Ok(Notice {
            iss: self.iss.unwrap_or_default().into_owned(),
            aud: self.aud.unwrap_or_default().into_owned(),
            typ: kind,
            iat: date(self.iat.as_ref())?,
            exp: date(self.exp.as_ref())?,
            request,
            response: PaymentResponse {
                transaction_id: transaction_id.into_owned(),
                price: response.price,
                reason: reason.map(|reason| reason.as_str().map_or_else(|| reason.to_string(), str::to_owned)),
            },
        })
    }
}

fn date(claim: Option<&Value>) -> Result<NumericDate, NoticeRefusal> {
    let date = claim.and_then(Value::as_u64).and_then(NumericDate::from_seconds);
    date.ok_or_else(|| match claim {
        Some(claim) => Refusal::because_of(NoticeError::NotNumericDate, claim),
        None => Refusal::new(NoticeError::NotNumericDate),
    })
}

fn missing(field: &str) -> NoticeRefusal {
    Refusal::because_of(NoticeError::MissingField, field)
}
