//! The shelf: what the store lists for sale, as its shipped interface told it.

use crate::protocol::id::ProductId;
use crate::world::catalog::{Catalog, Product};
use crate::world::event::Event;
use crate::world::message::{Body, Message};
use crate::world::party::Party;
use crate::world::refusal::{Refusal, Stop};
use crate::world::scene::Scene;
use crate::world::ware::Ware;
use crate::world::wire::Outbox;

/// Answers with the products of one app, those for trying out payments, or one of either.
pub(crate) fn list(
    scene: &Scene,
    (origin, wanted): (Option<&str>, Option<&ProductId>),
    question: &Message,
    out: &mut Outbox<'_>,
) {
    let catalog = &scene.catalog;
    let products: Vec<&Product> = match origin {
        None => catalog.stubs.iter().collect(),
        Some(origin) => catalog.products.iter().filter(|product| product.app.as_str() == origin).collect(),
    };
    let is_wanted = |product: &&&Product| wanted.is_none_or(|wanted| product.id == *wanted);
    let wares: Vec<Ware> = products.iter().filter(is_wanted).map(|product| ware(catalog, product)).collect();
    if wares.is_empty() {
        return refuse(404, Stop::UnknownProduct, question, out);
    }
    out.answer(question, Body::ProductsAnswered { products: wares, is_list: wanted.is_none() });
}

/// Nothing was bought that a receipt could be for. 402 and 400 are what the historic install call answered.
pub(crate) fn deny_claim(scene: &Scene, product: &ProductId, question: &Message, out: &mut Outbox<'_>) {
    match scene.catalog.product(product) {
        Some(_) => refuse(402, Stop::NotPaid, question, out),
        None => refuse(400, Stop::UnknownProduct, question, out),
    }
}

/// Says no to a question of the app page.
pub(crate) fn refuse(status: u16, why: Stop, question: &Message, out: &mut Outbox<'_>) {
    let refusal = Refusal::from(why);
    out.event(Event::Refused { by: Party::Marketplace, refusal: refusal.clone() });
    out.answer(question, Body::StoreRefused { status, refusal });
}

fn ware(catalog: &Catalog, product: &Product) -> Ware {
    Ware {
        guid: product.id.clone(),
        app: (!catalog.is_stub(&product.id)).then(|| product.app.clone()),
        name: product.name,
        logo_url: catalog.logo_url(&product.id),
        price_id: product.price_point.parse().unwrap_or_default(),
        active: true,
        default_locale: "en-US",
    }
}
