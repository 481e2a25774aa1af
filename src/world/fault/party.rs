//! Troubles at work: what changes at a party when its trouble begins, and when it is mended.

use crate::world::event::Event;
use crate::world::fault::reach::Reach;
use crate::world::fault::spoil::Spoilt;
use crate::world::fault::trouble::Trouble;
use crate::world::http_form::StartLine;
use crate::world::message::{Body, Message};
use crate::world::party::Party;
use crate::world::scene::Scene;

/// What a message meets where its addressee is in trouble; `None` where it meets nothing unusual.
pub(crate) enum Met {
    /// Nobody is there.
    Silence,
    /// It is answered by whoever stands before the broken party.
    Answer(Spoilt),
}

/// The trouble of its addressee, as this message meets it.
pub(crate) fn meets(trouble: Trouble, message: &Message, scene: &Scene) -> Option<Met> {
    let is_hosted = scene.setup.is_hosted();
    match trouble {
        Trouble::MarketplaceDown => {
            let is_its = |party| party == Party::Marketplace || (is_hosted && party == Party::AppServer);
            let form = message.wire_form(&scene.setup, &scene.catalog).http()?;
            let is_question = matches!(form.start, StartLine::Request { .. });
            let body = Body::HttpAnswered { status: 503, body: "Service Unavailable".to_owned() };
            (is_its(message.to) && !is_its(message.from) && is_question)
                .then_some(Met::Answer(Spoilt::IsAnswered(body)))
        }
        Trouble::AppServerAbsent => (message.to == Party::AppServer).then_some(Met::Silence),
        // As XMLHttpRequest told it: status 0, and nothing else.
        Trouble::Offline => {
            let form = message.wire_form(&scene.setup, &scene.catalog).http()?;
            let is_question = matches!(form.start, StartLine::Request { .. });
            let body = Body::HttpAnswered { status: 0, body: String::new() };
            (message.from == Party::AppPage && is_question).then_some(Met::Answer(Spoilt::IsAnswered(body)))
        }
        Trouble::SignerDown
        | Trouble::DeviceLost
        | Trouble::KeyRotated
        | Trouble::CertificateExpired
        | Trouble::SecretLost
        | Trouble::LedgerLost => None,
    }
}

/// The trouble begins.
pub(crate) fn begin(trouble: Trouble, reach: &mut Reach<'_>) {
    let Reach { scene, marketplace, app_server, device, .. } = reach;
    let is_felt = match trouble {
        Trouble::MarketplaceDown | Trouble::AppServerAbsent | Trouble::Offline => true,
        Trouble::DeviceLost => device.lose_receipts(),
        Trouble::SignerDown => marketplace.break_signer(true),
        Trouble::KeyRotated => {
            let (old, new) = marketplace.rotate_key_in_silence(scene);
            reach.events.push(Event::KeyRotated { old, new });
            true
        }
        Trouble::CertificateExpired => marketplace.expire_certificate(scene, true),
        Trouble::SecretLost => app_server.lose_secret(scene),
        Trouble::LedgerLost => marketplace.lose_books(true),
    };
    if !is_felt {
        reach.events.push(Event::CommandIgnored { why: "In this run that trouble touches nobody" });
    }
}

/// The trouble is over. A key that was changed stays changed.
pub(crate) fn mend(trouble: Trouble, reach: &mut Reach<'_>) {
    let Reach { scene, marketplace, app_server, .. } = reach;
    match trouble {
        Trouble::MarketplaceDown
        | Trouble::AppServerAbsent
        | Trouble::KeyRotated
        | Trouble::DeviceLost
        | Trouble::Offline => {}
        Trouble::SignerDown => drop(marketplace.break_signer(false)),
        Trouble::CertificateExpired => drop(marketplace.expire_certificate(scene, false)),
        Trouble::SecretLost => app_server.find_secret(),
        Trouble::LedgerLost => drop(marketplace.lose_books(false)),
    }
}
