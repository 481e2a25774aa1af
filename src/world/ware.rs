//! Wares: products as the store's own interface lists them.

use serde::Serialize;

use crate::protocol::id::{Origin, ProductId};

/// A product as the store's interface lists it; the names are the shipped ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ware {
    /// The product's name in addresses: its slug.
    pub guid: ProductId,
    /// The app that sells it; `None` for a product that is there for trying out payments.
    pub app: Option<Origin>,
    /// What the buyer reads.
    pub name: &'static str,
    /// A square picture.
    pub logo_url: String,
    /// The price tier.
    pub price_id: u32,
    /// Whether it can be bought.
    pub active: bool,
    /// The language of the name.
    pub default_locale: &'static str,
}
