//! Troubles at work: what changes at a party when its trouble begins, and when it is mended.

use crate::protocol::payflow::{Access, Opening, PayDesk};
use crate::world::app_server::issuer_of;
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
        | Trouble::SignerBehind
        | Trouble::DeviceLost
        | Trouble::KeyRotated
        | Trouble::CertificateExpired
        | Trouble::RootRotated
        | Trouble::SecretLost
        | Trouble::LedgerLost
        | Trouble::SecretRotated
        | Trouble::SellerInactive
        | Trouble::KeySimulatesOnly
        | Trouble::SimulationsOff
        | Trouble::PaymentsOff => None,
    }
}

/// The trouble begins. False where nobody takes notice, which is told.
pub(crate) fn begin(trouble: Trouble, reach: &mut Reach<'_>) -> bool {
    let Reach { scene, marketplace, app_server, device, .. } = reach;
    let is_felt = match trouble {
        Trouble::MarketplaceDown | Trouble::AppServerAbsent | Trouble::Offline => true,
        Trouble::DeviceLost => device.lose_receipts(),
        Trouble::SignerDown => marketplace.break_signer(true),
        Trouble::SignerBehind => marketplace.slow_signer(true),
        Trouble::KeyRotated => {
            let (old, new) = marketplace.rotate_key_in_silence(scene);
            reach.events.push(Event::KeyRotated { old, new });
            true
        }
        Trouble::CertificateExpired => marketplace.expire_certificate(scene, true),
        Trouble::RootRotated => marketplace.rotate_root(scene),
        Trouble::SecretLost => app_server.lose_secret(scene),
        Trouble::LedgerLost => marketplace.lose_books(true),
        Trouble::SecretRotated => match app_server.rotate_secret(scene) {
            Some(key) => marketplace.share_secret(scene, &key),
            None => false,
        },
        Trouble::SellerInactive | Trouble::KeySimulatesOnly | Trouble::SimulationsOff | Trouble::PaymentsOff => {
            at_pay_desk(trouble, true, marketplace.pay_desk_mut(), issuer_of(scene))
        }
    };
    if !is_felt {
        reach.events.push(Event::CommandIgnored { why: "In this run that trouble touches nobody" });
    }
    is_felt
}

/// The trouble is over. A key that was changed stays changed.
pub(crate) fn mend(trouble: Trouble, reach: &mut Reach<'_>) {
    let Reach { scene, marketplace, app_server, .. } = reach;
    match trouble {
        Trouble::MarketplaceDown
        | Trouble::AppServerAbsent
        | Trouble::KeyRotated
        | Trouble::RootRotated
        | Trouble::SecretRotated
        | Trouble::DeviceLost
        | Trouble::Offline => {}
        Trouble::SignerDown => drop(marketplace.break_signer(false)),
        Trouble::SignerBehind => drop(marketplace.slow_signer(false)),
        Trouble::CertificateExpired => drop(marketplace.expire_certificate(scene, false)),
        Trouble::SecretLost => app_server.find_secret(),
        Trouble::LedgerLost => drop(marketplace.lose_books(false)),
        Trouble::SellerInactive | Trouble::KeySimulatesOnly | Trouble::SimulationsOff | Trouble::PaymentsOff => {
            at_pay_desk(trouble, false, marketplace.pay_desk_mut(), issuer_of(scene));
        }
    }
}

/// What is wrong at the payment server's desk begins or ends. False where it stood so already.
fn at_pay_desk(trouble: Trouble, is_on: bool, desk: &mut PayDesk, issuer: &str) -> bool {
    let before = (desk.is_simulation_allowed, desk.opening);
    let seller = desk.sellers.get_mut(issuer);
    match trouble {
        Trouble::SimulationsOff => desk.is_simulation_allowed = !is_on,
        Trouble::PaymentsOff => desk.opening = if is_on { Opening::Closed } else { Opening::Open },
        Trouble::SellerInactive => {
            return seller.is_some_and(|seller| std::mem::replace(&mut seller.is_active, !is_on) == is_on);
        }
        Trouble::KeySimulatesOnly => {
            let access = if is_on { Access::SimulateOnly } else { Access::Purchase };
            return seller.is_some_and(|seller| std::mem::replace(&mut seller.access, access) != access);
        }
        Trouble::MarketplaceDown
        | Trouble::SignerDown
        | Trouble::SignerBehind
        | Trouble::AppServerAbsent
        | Trouble::KeyRotated
        | Trouble::CertificateExpired
        | Trouble::RootRotated
        | Trouble::SecretLost
        | Trouble::SecretRotated
        | Trouble::DeviceLost
        | Trouble::Offline
        | Trouble::LedgerLost => return false,
    }
    before != (desk.is_simulation_allowed, desk.opening)
}
