//! Notices: how a marketplace tells a seller that a payment came, or was taken back.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::protocol::jwt::{HeaderExtras, SignError, sign};
use crate::protocol::money::Money;
use crate::protocol::numeric_date::NumericDate;
use crate::protocol::request::{PayRequest, Requested};
use crate::protocol::rules::NoticeRules;
use crate::protocol::signing_key::SigningKey;
use crate::protocol::time::{Span, Time};

/// How long the marketplace waits for an answer.
pub const NOTICE_TIMEOUT: Span = Span::from_seconds(5);
/// How often it tries again after the first time.
pub const NOTICE_RETRIES: u8 = 5;
/// How long it waits before it tries again.
pub const NOTICE_RETRY_DELAY: Span = Span::from_seconds(300);
/// How long a notice lasts.
pub const NOTICE_LIFE: Span = Span::from_seconds(3_600);
/// How long a notice may last at the most for a strict receiver. A limit of this stage: no library had one.
pub const NOTICE_LIFE_MAX: Span = Span::from_days(1);
/// How far in the future a strict receiver lets `iat` lie: the clock of a stage may be moved ahead of its own. No library looked.
pub const NOTICE_AHEAD_MAX: Span = Span::from_days(1);

/// Paid, or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NoticeKind {
    /// The payment came.
    #[serde(rename = "mozilla/payments/pay/postback/v1")]
    Postback,
    /// The payment was refunded or reversed.
    #[serde(rename = "mozilla/payments/pay/chargeback/v1")]
    Chargeback,
}

impl NoticeKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Postback, Self::Chargeback];

    /// The `typ` of its tokens.
    #[must_use]
    pub fn typ(self) -> &'static str {
        match self {
            Self::Postback => "mozilla/payments/pay/postback/v1",
            Self::Chargeback => "mozilla/payments/pay/chargeback/v1",
        }
    }

    /// Where the request wants notices of this kind.
    #[must_use]
    pub fn target(self, request: &Requested) -> &str {
        match self {
            Self::Postback => &request.postback_url,
            Self::Chargeback => &request.chargeback_url,
        }
    }
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postback => "postback",
            Self::Chargeback => "chargeback",
        })
    }
}

/// The claims of a notice, in the order in which they are signed. Issuer and audience are those of the request, swapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The provider's domain.
    pub iss: String,
    /// The application key.
    pub aud: String,
    /// Paid, or taken back.
    pub typ: NoticeKind,
    /// When it was signed; every try signs anew.
    pub iat: NumericDate,
    /// From when on it is no longer good.
    pub exp: NumericDate,
    /// What was asked for, as the seller signed it but for its trimmed description.
    pub request: Requested,
    /// What became of it.
    pub response: PaymentResponse,
}

/// What became of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentResponse {
    /// The provider's name for the payment; the seller's answer must repeat it.
    #[serde(rename = "transactionID")]
    pub transaction_id: String,
    /// What was really paid.
    #[serde(default)]
    pub price: PaidPrice,
    /// Why it was taken back: `refund`, `reversal`, or what a simulation said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What was really paid, in the buyer's currency; both null for a free product.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PaidPrice {
    /// In major units with a point, `"0.99"`.
    pub amount: Option<String>,
    /// Three letters, `USD`.
    pub currency: Option<String>,
}

impl From<Money> for PaidPrice {
    fn from(money: Money) -> Self {
        let text = money.to_string();
        match text.split_once(' ') {
            Some((amount, currency)) => Self { amount: Some(amount.to_owned()), currency: Some(currency.to_owned()) },
            None => Self { amount: Some(text), currency: None },
        }
    }
}

impl Notice {
    /// The notice that a payment came. `price` is `None` for a free product.
    #[must_use]
    pub fn postback(request: &PayRequest, transaction_id: &str, price: Option<Money>, now: Time) -> Self {
        Self::answering(NoticeKind::Postback, request, transaction_id, price, now)
    }

    /// The notice that a payment was taken back, with the reason `refund` or `reversal`.
    #[must_use]
    pub fn chargeback(
        request: &PayRequest,
        transaction_id: &str,
        price: Option<Money>,
        reason: &str,
        now: Time,
    ) -> Self {
        let mut notice = Self::answering(NoticeKind::Chargeback, request, transaction_id, price, now);
        notice.response.reason = Some(reason.to_owned());
        notice
    }

    fn answering(
        kind: NoticeKind,
        request: &PayRequest,
        transaction_id: &str,
        price: Option<Money>,
        now: Time,
    ) -> Self {
        let iat = NumericDate::at(now);
        Self {
            iss: request.aud.clone(),
            aud: request.iss.clone(),
            typ: kind,
            iat,
            exp: iat.moved_by(NOTICE_LIFE),
            request: request.request.clone(),
            response: PaymentResponse {
                transaction_id: transaction_id.to_owned(),
                price: price.map(PaidPrice::from).unwrap_or_default(),
                reason: None,
            },
        }
    }

    /// Paid, or taken back.
    #[must_use]
    pub fn kind(&self) -> NoticeKind {
        self.typ
    }

    /// What the seller's answer must repeat.
    #[must_use]
    pub fn transaction_id(&self) -> &str {
        &self.response.transaction_id
    }

    /// What the seller wanted back.
    #[must_use]
    pub fn product_data(&self) -> Option<&str> {
        self.request.product_data.as_deref()
    }
}

/// The token of a notice, signed with the secret of the seller who asked for the payment.
///
/// # Errors
/// Only what the key says no to; a notice is always good JSON.
pub fn sign_notice(notice: &Notice, key: &SigningKey) -> Result<String, SignError> {
    sign(notice, key, HeaderExtras::default())
}

/// Whether the seller's answer counts as "understood": any status but an error, and the body is the transaction id, white space
/// aside. A redirect is not followed and counts as no answer.
fn notice_is_acknowledged(status: u16, body: &str, transaction_id: &str) -> bool {
    (200..300).contains(&status) && body.trim() == transaction_id
}

/// What an answer to a notice means to the store that posted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is right: the notice is delivered.
    Acknowledged,
    /// It is as good as none: the notice is posted again.
    Retried,
    /// The store that takes any 200 for an answer asks no more, though the body was wrong.
    GivenUp,
}

impl NoticeRules {
    /// What this answer to the notice of this payment means.
    #[must_use]
    pub fn reading(&self, status: u16, body: &str, transaction_id: &str) -> Heard {
        let is_plain = self.is_answer_trimmed || body == transaction_id;
        if is_plain && notice_is_acknowledged(status, body, transaction_id) {
            Heard::Acknowledged
        } else if status == 200 && !self.is_wrong_body_retried {
            Heard::GivenUp
        } else {
            Heard::Retried
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::protocol::notice::{Heard, Notice, NoticeKind, notice_is_acknowledged};
    use crate::protocol::request::{Offer, PayRequest};
    use crate::protocol::rules::{Revision, Rules};
    use crate::protocol::time::Time;

    fn request() -> PayRequest {
        let offer = Offer {
            id: "shiny-pony",
            name: "Shiny Pony",
            description: "A pony that shines",
            price_point: "1",
            postback_url: "https://pony.example/postback",
            chargeback_url: "https://pony.example/chargeback",
        };
        PayRequest::classic("pony-key", "market.example", offer, "order-7", Time::from_seconds(1_400_000_000))
    }

    #[test]
    fn a_notice_swaps_issuer_and_audience_and_repeats_the_request() {
        let now = Time::from_seconds(1_400_000_060);
        let price = "0.99 USD".parse().unwrap();
        let notice = Notice::postback(&request(), "webpay:1", Some(price), now);
        let whole = serde_json::to_value(&notice).unwrap();
        assert_eq!((&whole["iss"], &whole["aud"]), (&json!("market.example"), &json!("pony-key")));
        assert_eq!(whole["typ"], json!("mozilla/payments/pay/postback/v1"));
        assert_eq!((&whole["iat"], &whole["exp"]), (&json!(1_400_000_060), &json!(1_400_003_660)));
        assert_eq!(whole["request"], serde_json::to_value(request().request).unwrap());
        let response = json!({"transactionID": "webpay:1", "price": {"amount": "0.99", "currency": "USD"}});
        assert_eq!(whole["response"], response);
        assert_eq!(notice.product_data(), Some("order-7"));
    }

    #[test]
    fn a_chargeback_gives_its_reason_and_goes_elsewhere() {
        let notice = Notice::chargeback(&request(), "webpay:1", None, "refund", Time::from_seconds(1_400_000_060));
        assert_eq!(notice.response.reason.as_deref(), Some("refund"));
        assert_eq!(serde_json::to_value(&notice.response.price).unwrap(), json!({"amount": null, "currency": null}));
        assert_eq!(NoticeKind::Chargeback.target(&notice.request), "https://pony.example/chargeback");
        assert_eq!(NoticeKind::Postback.target(&notice.request), "https://pony.example/postback");
    }

    #[test]
    fn only_the_transaction_id_with_a_good_status_is_an_answer() {
        for (status, body) in [(200, "webpay:1"), (204, "webpay:1"), (200, " webpay:1\r\n")] {
            assert!(notice_is_acknowledged(status, body, "webpay:1"), "{status} {body:?}");
        }
        for (status, body) in
            [(200, "OK"), (200, ""), (200, "webpay:12"), (301, "webpay:1"), (400, "webpay:1"), (500, "webpay:1")]
        {
            assert!(!notice_is_acknowledged(status, body, "webpay:1"), "{status} {body:?}");
        }
    }

    #[test]
    fn the_date_says_what_a_wrong_answer_means() {
        let reading = |revision, status, body| Rules::of(revision).notice.reading(status, body, "webpay:1");
        for (revision, status, body, heard) in [
            (Revision::After, 200, "webpay:1", Heard::Acknowledged),
            (Revision::After, 200, " webpay:1\n", Heard::Acknowledged),
            (Revision::After, 200, "OK", Heard::Retried),
            (Revision::After, 500, "webpay:1", Heard::Retried),
            (Revision::October2012, 200, "webpay:1", Heard::Acknowledged),
            (Revision::October2012, 200, " webpay:1\n", Heard::GivenUp),
            (Revision::October2012, 200, "OK", Heard::GivenUp),
            (Revision::October2012, 204, "OK", Heard::Retried),
            (Revision::September2013, 200, " webpay:1\n", Heard::Retried),
        ] {
            assert_eq!(reading(revision, status, body), heard, "{revision:?}: {status} {body:?}");
        }
    }
}
