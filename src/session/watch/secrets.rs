//! Secrets: whether a message carries what nobody but its owner may know.

use crate::protocol::chain::Chain;
use crate::protocol::dial::IdentityMode;
use crate::protocol::identity::{Recognisable, looks_like_identifier};
use crate::protocol::receipt::Receipt;
use crate::session::watch::breach::{Book, Cause};
use crate::session::watch::law::Law;
use crate::world::World;
use crate::world::event::Event;
use crate::world::message::Body;
use crate::world::party::Party;
use crate::world::secret::Secrets;

/// What must not be said: known from the first step on, and more of it with every secret that is made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Discretion {
    count: usize,
    secrets: Option<Secrets>,
}

impl Discretion {
    pub(crate) fn take(&mut self, event: &Event, world: &World, book: &mut Book) {
        if let Event::ReceiptIssued { receipt, .. } = event
            && world.setup().rules().identity != IdentityMode::Email
            && names_the_buyer(receipt)
        {
            let sentence = "The buyer's email left the store in a receipt, which these rules forbid".to_owned();
            book.breaks(Law::SecretsKept, "email", sentence, None);
        }
        let Event::Sent { message } = event else { return };
        if let Body::PinEntered { .. } = message.body
            && message.to != Party::Marketplace
        {
            let sentence = format!("The PIN was told to the {}", message.to.label().to_lowercase());
            book.breaks(Law::SecretsKept, "pin", sentence, Some(Cause::of(message)));
        }
        if self.count != world.secret_count() {
            (self.count, self.secrets) = (world.secret_count(), None);
        }
        let secrets = self.secrets.get_or_insert_with(|| world.secrets());
        let said = serde_json::to_string(&message.body).unwrap_or_default();
        if let Some(name) = secrets.found_in(&said) {
            let sentence = format!("A message from the {} carries {name}", message.from.label().to_lowercase());
            book.breaks(Law::SecretsKept, name, sentence, Some(Cause::of(message)));
        }
    }
}

fn names_the_buyer(receipt: &str) -> bool {
    let claims =
        |receipt| Receipt::read(Chain::split(receipt).ok()?.receipt().unverified_claims_json().as_bytes()).ok();
    claims(receipt).is_some_and(|receipt| looks_like_identifier(&receipt.user.value) == Some(Recognisable::Email))
}

#[cfg(test)]
mod tests {
    use super::{Book, Discretion, Law, World};
    use crate::protocol::dial::Hosting;
    use crate::protocol::hex::hex;
    use crate::protocol::id::ProductId;
    use crate::session::control::run_until_idle;
    use crate::session::run::Session;
    use crate::world::command::Command;
    use crate::world::fault::act::{Act, Substitute};
    use crate::world::fault::armed::Fault;
    use crate::world::fault::limit::Limit;
    use crate::world::fault::pattern::Pattern;
    use crate::world::fault::trouble::Trouble;
    use crate::world::kind::Kind;
    use crate::world::setup::Setup;

    /// The secrets in use now, in hex, taken from those who use them.
    fn in_use(world: &World) -> Vec<String> {
        let market = world.marketplace();
        let keys = [world.app_server().key(), market.notice_key(), market.receipt_key()];
        keys.into_iter().filter_map(|key| Some(hex(&key.secret()?))).collect()
    }

    /// A run in which these troubles come one after the other, each before a purchase, and every secret that was in use.
    fn troubled(troubles: &[Trouble]) -> (Session, Vec<String>) {
        let mut session = Session::new(Setup { hosting: Hosting::Classic, ..Setup::default() });
        let mut used = Vec::new();
        for trouble in std::iter::once(None).chain(troubles.iter().map(Some)) {
            if let Some(&trouble) = trouble {
                session.dispatch(Command::Arm { fault: Fault::OnParty { trouble, span: None } });
            }
            session.dispatch(Command::Buy { product: ProductId::well_known("shiny-pony") });
            run_until_idle(&mut session, 1_000);
            used.extend(in_use(session.world()));
        }
        used.sort();
        used.dedup();
        (session, used)
    }

    fn is_kept(session: &Session) -> bool {
        let (mut discretion, mut book) = (Discretion::default(), Book::default());
        let mut world = World::new(session.setup().clone());
        for step in session.past() {
            world.handle(&step.command);
            step.events.iter().for_each(|event| discretion.take(event, &world, &mut book));
        }
        !book.breaches().iter().any(|breach| breach.law == Law::SecretsKept)
    }

    #[test]
    fn a_secret_that_was_made_during_the_run_is_watched_like_the_first_and_for_ever() {
        use Trouble::{KeyRotated, SecretLost, SecretRotated};
        for troubles in [
            &[][..],
            &[SecretRotated],
            &[SecretLost],
            &[SecretLost, SecretRotated, SecretLost],
            &[KeyRotated, KeyRotated],
        ] {
            let (session, used) = troubled(troubles);
            assert!(is_kept(&session), "{troubles:?}");
            assert_eq!(used.len(), 2 + troubles.len(), "each trouble makes a secret");
            for secret in used {
                let mut session = session.clone();
                let body = format!("<p>{secret}</p>");
                let answer = Act::Answer(Substitute::Http { status: 200, body });
                let fault = Fault::on(Pattern::of(Kind::KeysAsked), answer, Limit::UntilCleared);
                session.dispatch(Command::Arm { fault });
                session.dispatch(Command::FetchKeys);
                assert!(!is_kept(&session), "{troubles:?}: a secret is told, and nobody minds");
            }
        }
    }
}
