//! The strict reader of each kind: what this project itself makes of a token of the corpus.

use crate::protocol::algorithm::Algorithm;
use crate::protocol::corpus::attack::TokenKind;
use crate::protocol::corpus::trust::{PROVIDER, SELLER, Trust};
use crate::protocol::key_error::KeyError;
use crate::protocol::notice::NoticeKind;
use crate::protocol::notice_receiver::{NoticeReceiver, Recipient, receive_notice};
use crate::protocol::payflow::{PayDesk, PayForm, check};
use crate::protocol::ring::KeyRing;
use crate::protocol::rules::{Revision, Rules};
use crate::protocol::verdict::check::CheckSet;
use crate::protocol::verdict::judge;
use crate::protocol::verdict::question::Question;
use crate::protocol::verifying_key::VerifyingKey;

/// The strict readers of all kinds, set up with a plan's keys.
#[derive(Debug)]
pub struct StrictReader<'a> {
    trust: &'a Trust,
    ring: KeyRing,
    secret: VerifyingKey,
}

impl<'a> StrictReader<'a> {
    /// The readers that know these keys.
    ///
    /// # Errors
    /// [`KeyError`] when a library refuses the stage's own keys.
    pub fn new(trust: &'a Trust) -> Result<Self, KeyError> {
        Ok(Self { trust, ring: trust.ring()?, secret: trust.key(Algorithm::Hs256)?.verifying_key() })
    }

    /// Whether the reader of this kind accepts the token; `switched_off` are the checks of receipts that it passes over.
    #[must_use]
    pub fn accepts(&self, kind: TokenKind, token: &str, switched_off: CheckSet) -> bool {
        let (plan, rules) = (self.trust.plan(), Rules::of(Revision::After));
        match kind {
            TokenKind::Receipt | TokenKind::Certified => {
                // A root vouches for any store; the app takes receipts from one.
                let issuers = [plan.issuer.as_str()];
                let question = Question::new(token, &self.ring, &plan.app, plan.now, rules);
                let price = Some(plan.price);
                judge(&Question { switched_off, price, allowed_issuers: Some(&issuers), ..question }).is_accepted()
            }
            TokenKind::Request => {
                let mut desk = PayDesk::new(PROVIDER, rules);
                desk.admit(SELLER, self.secret.clone());
                desk.price_points.extend(["1".to_owned(), "10".to_owned()]);
                check(PayForm::of(token), &desk, plan.now).is_ok()
            }
            TokenKind::Notice => {
                let own = Recipient { name: SELLER, provider: PROVIDER, key: &self.secret };
                receive_notice(token, NoticeKind::Postback, &own, plan.now, NoticeReceiver::Strict).is_ok()
            }
        }
    }
}
