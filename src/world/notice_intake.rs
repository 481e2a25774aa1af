//! Taking notices: how whoever sells reads one, and how it says no.

use crate::protocol::notice::{Notice, NoticeKind};
use crate::protocol::notice_receiver::{NoticeError, Recipient, receive_notice, receive_unverified_notice};
use crate::protocol::verifying_key::VerifyingKey;
use crate::world::event::Event;
use crate::world::guard::Guard;
use crate::world::message::{Body, Message};
use crate::world::party::Party;
use crate::world::refusal::{Refusal, Stop};
use crate::world::scene::Scene;
use crate::world::wire::Outbox;

/// A no to a notice, with its HTTP status.
pub(crate) struct NoToNotice {
    status: u16,
    refusal: Refusal,
}

impl NoToNotice {
    /// The server itself fails: nobody had thought of this.
    pub(crate) fn failed(why: Stop) -> Self {
        Self { status: 500, refusal: why.into() }
    }

    /// Says it.
    pub(crate) fn tell(self, question: &Message, out: &mut Outbox<'_>) {
        out.event(Event::Refused { by: Party::AppServer, refusal: self.refusal });
        answer_notice(question, self.status, String::new(), out);
    }
}

/// Reads a notice as the receiver of this run does. `own` is the name and the secret that it knows itself by.
pub(crate) fn read_notice(
    scene: &Scene,
    own: (&str, &VerifyingKey),
    token: &str,
    kind: NoticeKind,
) -> Result<Notice, NoToNotice> {
    let (setup, now) = (&scene.setup, scene.clock_of(Party::AppServer));
    let recipient = Recipient { name: own.0, provider: &scene.catalog.market_domain, key: own.1 };
    let is_checked = !setup.guards_off.contains(Guard::NoticeSignature);
    let receive = if is_checked { receive_notice } else { receive_unverified_notice };
    receive(token, kind, &recipient, now, setup.notice_receiver).map_err(|refusal| {
        let is_crash = setup.is_hosted() && scene.rules().notice.is_expired_notice_a_crash;
        if is_crash && refusal.reason() == NoticeError::Expired {
            return NoToNotice::failed(Stop::NoticeCrash);
        }
        NoToNotice { status: 400, refusal: refusal.into() }
    })
}

/// Answers the post of a notice.
pub(crate) fn answer_notice(question: &Message, status: u16, body: String, out: &mut Outbox<'_>) {
    let Body::NoticeSent { transaction, kind, .. } = &question.body else { return };
    let (transaction, kind) = (transaction.clone(), *kind);
    out.answer(question, Body::NoticeAnswered { transaction, kind, status, body });
}
