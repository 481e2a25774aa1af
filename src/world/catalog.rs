//! The cast and the wares: who sells what to whom in every simulated run.

use crate::protocol::id::{Origin, ProductId, UserId};
use crate::protocol::money::Money;

/// What an app sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// The slug in its URLs.
    pub id: ProductId,
    /// Its name in the shop and in the payment window.
    pub name: &'static str,
    /// One line for the shop.
    pub description: &'static str,
    /// What it costs.
    pub price: Money,
    /// The name of its price tier in pay requests.
    pub price_point: &'static str,
    /// The app that sells it.
    pub app: Origin,
}

/// A person who may buy or present a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// How the window calls them.
    pub id: UserId,
    /// The address that a receipt of 2011 would have shown to everyone.
    pub email: &'static str,
}

/// Everybody and everything that is there before the first command. All names are reserved ones (RFC 2606).
#[derive(Clone, Debug)]
pub struct Catalog {
    /// The app on the left of the window.
    pub app: Origin,
    /// Its name.
    pub app_name: &'static str,
    /// Another app of the same store, whose receipts must not open this one.
    pub other_app: Origin,
    /// The store, and the issuer of its receipts.
    pub market: Origin,
    /// The store's host name: the audience of pay requests.
    pub market_domain: &'static str,
    /// Where the historic client lets itself be sent to ask: this store, and none of the real ones.
    pub receipt_check_sites: [&'static str; 1],
    /// Whose certificates the store's own verify service takes.
    pub certificate_hosts: [&'static str; 1],
    /// What the app sells, then what the other app sells.
    pub products: Vec<Product>,
    /// Who buys.
    pub buyer: Person,
    /// Who holds up somebody else's receipt.
    pub other_person: Person,
    /// The PIN that the buyer knows.
    pub pin: &'static str,
    /// The application key of classic mode.
    pub app_key: &'static str,
    /// Where the store's own payment server takes its notices in hosted mode.
    pub market_postback_url: &'static str,
    /// Where it takes its chargebacks.
    pub market_chargeback_url: &'static str,
    /// Where the store answers for its receipts.
    pub verify_url: &'static str,
    /// Where the store trades expired receipts for fresh ones.
    pub reissue_url: &'static str,
    /// Where classic mode wants its notices.
    pub postback_url: &'static str,
    /// Where classic mode wants its chargebacks.
    pub chargeback_url: &'static str,
}

impl Catalog {
    /// The catalogue of every built-in run.
    #[must_use]
    pub fn standard() -> Self {
        let app = Origin::well_known("https://pony.example");
        let other_app = Origin::well_known("https://kite.example");
        Self {
            app_name: "Pony Park",
            market: Origin::well_known("https://market.example"),
            market_domain: "market.example",
            certificate_hosts: ["market.example"],
            receipt_check_sites: ["https://market.example"],
            products: vec![
                Product {
                    id: ProductId::well_known("shiny-pony"),
                    name: "Shiny Pony",
                    description: "A pony that glows in the dark",
                    price: Money::usd(99),
                    price_point: "1",
                    app: app.clone(),
                },
                Product {
                    id: ProductId::well_known("golden-saddle"),
                    name: "Golden Saddle",
                    description: "Never slips",
                    price: Money::usd(149),
                    price_point: "2",
                    app: app.clone(),
                },
                Product {
                    id: ProductId::well_known("rainbow-mane"),
                    name: "Rainbow Mane",
                    description: "Seven colours, brushed daily",
                    price: Money::usd(199),
                    price_point: "3",
                    app: app.clone(),
                },
                Product {
                    id: ProductId::well_known("long-string"),
                    name: "Long String",
                    description: "For kites that want to see more",
                    price: Money::usd(99),
                    price_point: "1",
                    app: other_app.clone(),
                },
            ],
            app,
            other_app,
            buyer: Person { id: UserId::from("ada"), email: "ada@example.org" },
            other_person: Person { id: UserId::from("bob"), email: "bob@example.org" },
            pin: "1234",
            app_key: "pony-park-key",
            market_postback_url: "https://market.example/services/webpay/postback",
            market_chargeback_url: "https://market.example/services/webpay/chargeback",
            verify_url: "https://market.example/verify/",
            reissue_url: "https://market.example/api/v1/receipts/reissue/",
            postback_url: "https://pony.example/postback",
            chargeback_url: "https://pony.example/chargeback",
        }
    }

    /// The product with this slug, of whichever app.
    #[must_use]
    pub fn product(&self, id: &ProductId) -> Option<&Product> {
        self.products.iter().find(|product| product.id == *id)
    }

    /// What the app on the left sells, in shop order.
    pub fn shop(&self) -> impl Iterator<Item = &Product> {
        self.products.iter().filter(|product| product.app == self.app)
    }
}
