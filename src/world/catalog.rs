//! The cast and the wares: who sells what to whom in every simulated run.

use crate::protocol::id::{Origin, ProductId, UserId};
use crate::protocol::money::Money;
use crate::world::names::Names;
use crate::world::setup::Setup;

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

/// Everybody and everything that is there before the first command. The names are the set-up's; the others are reserved ones
/// (RFC 2606).
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
    /// The provider's domain: the audience of pay requests, and the issuer of notices.
    pub market_domain: String,
    /// What the app sells, then what the other app sells.
    pub products: Vec<Product>,
    /// What is there for trying out payments: sold by nobody, paid for by nobody.
    pub stubs: Vec<Product>,
    /// Who buys.
    pub buyer: Person,
    /// Who holds up somebody else's receipt.
    pub other_person: Person,
    /// The PIN that the buyer knows.
    pub pin: &'static str,
    /// The application key of classic mode.
    pub app_key: String,
    /// Where the store's own payment server takes its notices in hosted mode.
    pub market_postback_url: String,
    /// Where it takes its chargebacks.
    pub market_chargeback_url: String,
    /// Where the store answers for its receipts.
    pub verify_url: String,
    /// The path of that address, which the store's own service compares.
    pub verify_path: String,
    /// Where the store trades expired receipts for fresh ones.
    pub reissue_url: String,
    /// Where classic mode wants its notices.
    pub postback_url: String,
    /// Where classic mode wants its chargebacks.
    pub chargeback_url: String,
}

/// The path at which the store answers for its receipts.
pub(crate) const VERIFY_PATH: &str = "/verify/";
/// The path at which it trades expired ones.
pub(crate) const REISSUE_PATH: &str = "/api/v1/receipts/reissue/";

impl Catalog {
    /// The catalogue of a run with this set-up.
    #[must_use]
    pub fn of(setup: &Setup) -> Self {
        let Names { market, base, provider, app: own, .. } = &setup.names;
        let (app, other_app) = (own.origin.clone(), Origin::well_known("https://kite.example"));
        let at = |chosen: &Option<String>, path| chosen.clone().unwrap_or_else(|| format!("{app}{path}"));
        Self {
            app_name: "Pony Park",
            market: market.clone(),
            market_domain: provider.clone(),
            app_key: own.key.clone(),
            market_postback_url: format!("{market}{base}/services/webpay/postback"),
            market_chargeback_url: format!("{market}{base}/services/webpay/chargeback"),
            verify_url: format!("{market}{base}{VERIFY_PATH}"),
            verify_path: format!("{base}{VERIFY_PATH}"),
            reissue_url: format!("{market}{base}{REISSUE_PATH}"),
            postback_url: at(&own.postback_url, "/postback"),
            chargeback_url: at(&own.chargeback_url, "/chargeback"),
            products: products(&app, &other_app),
            stubs: stubs(market),
            app,
            other_app,
            buyer: Person { id: UserId::from("ada"), email: "ada@example.org" },
            other_person: Person { id: UserId::from("bob"), email: "bob@example.org" },
            pin: "1234",
        }
    }

    /// The product with this slug, of whichever app.
    #[must_use]
    pub fn product(&self, id: &ProductId) -> Option<&Product> {
        self.products.iter().chain(&self.stubs).find(|product| product.id == *id)
    }

    /// Whether payments for this product are simulated.
    #[must_use]
    pub fn is_stub(&self, id: &ProductId) -> bool {
        self.stubs.iter().any(|product| product.id == *id)
    }

    /// Where the store shows the picture of a product, 64 by 64.
    #[must_use]
    pub fn logo_url(&self, id: &ProductId) -> String {
        format!("{}/logos/{id}.svg", self.market)
    }

    /// What a price tier of this name costs, where the store sells what somebody else's server offers.
    #[must_use]
    pub fn tier(name: &str) -> Option<Money> {
        TIERS.iter().find(|(tier, _)| *tier == name).map(|(_, minor)| Money::usd(*minor))
    }

    /// What the app on the left sells, in shop order.
    pub fn shop(&self) -> impl Iterator<Item = &Product> {
        self.products.iter().filter(|product| product.app == self.app)
    }
}

/// The price tiers with what they cost in cents. `0` is free.
pub(crate) const TIERS: [(&str, u64); 11] = [
    ("0", 0),
    ("1", 99),
    ("2", 149),
    ("3", 199),
    ("4", 299),
    ("5", 399),
    ("6", 499),
    ("7", 599),
    ("8", 699),
    ("9", 799),
    ("10", 999),
];

/// The two products that the shipped store offered for trying out payments.
fn stubs(market: &Origin) -> Vec<Product> {
    let stub = |id, name, minor, price_point| Product {
        id: ProductId::well_known(id),
        name,
        description: "This is a simulated product; nothing is charged",
        price: Money::usd(minor),
        price_point,
        app: market.clone(),
    };
    vec![stub("kiwi", "Kiwi", 99, "1"), stub("rocket", "Rocket", 199, "3")]
}

/// The wares of the two apps, in shop order.
fn products(app: &Origin, other_app: &Origin) -> Vec<Product> {
    vec![
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
    ]
}
