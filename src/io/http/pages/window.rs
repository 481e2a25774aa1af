//! The payment window: product, price and PIN, for a browser. It is told how the payment stands and tells what the buyer does.

use serde::Serialize;

use crate::export::template::{Filling, Markup, Template};
use crate::world::refusal::Refusal;

const PAGE: Template = Template::new(include_str!("../../../../assets/web/pages/window.html"));
const ORDER: Template = Template::new(include_str!("../../../../assets/web/pages/window_order.html"));

/// What the payment window shows.
#[derive(Clone, Copy, Debug)]
pub struct WindowPage<'a> {
    /// The way from the page to the base of its run, with a slash at its end: `../`.
    pub base: &'a str,
    /// The order; `None` where the pay request was refused at once.
    pub order: Option<Order<'a>>,
    /// How the payment stands.
    pub standing: &'a Standing,
}

/// What is bought, by whom.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The payment's id.
    pub transaction: &'a str,
    /// The product's name, as the pay request gives it.
    pub product: &'a str,
    /// What the pay request says about it.
    pub description: &'a str,
    /// The price, for people: `0.99 USD`.
    pub price: &'a str,
    /// Who sells.
    pub seller: &'a str,
    /// Who buys, as the marketplace knows them.
    pub buyer: &'a str,
    /// The PIN that the simulated buyer knows. It is shown: nobody can be robbed here.
    pub pin: &'a str,
}

/// How a payment stands, as the payment window's script reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// How far it is.
    pub state: Progress,
    /// PIN tries left, once one was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u8>,
    /// Why it ended badly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// How far a payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// The buyer is asked.
    Asking,
    /// The provider is.
    Charging,
    /// It is over: paid, or with a failure.
    Ended,
}

/// Why a payment ended badly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The historic code, which the app is told.
    pub code: &'static str,
    /// What happened, plainly.
    pub sentence: &'static str,
    /// What to do about it.
    pub fix: &'static str,
}

impl Standing {
    /// The buyer is asked, with this many tries left after a wrong PIN.
    #[must_use]
    pub fn asking(tries_left: Option<u8>) -> Self {
        Self { state: Progress::Asking, tries_left, failure: None }
    }

    /// The provider is charging.
    #[must_use]
    pub fn charging() -> Self {
        Self { state: Progress::Charging, tries_left: None, failure: None }
    }

    /// It is over.
    #[must_use]
    pub fn ended(failure: Option<&Refusal>) -> Self {
        let failure =
            failure.map(|refusal| Failure { code: refusal.code, sentence: refusal.sentence, fix: refusal.fix });
        Self { state: Progress::Ended, tries_left: None, failure }
    }

    /// The JSON that the window's script reads.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl WindowPage<'_> {
    /// The page.
    #[must_use]
    pub fn html(&self) -> Markup {
        let order = self.order.map(Order::html).unwrap_or_default();
        let here =
            self.order.map(|order| format!("{}mozpay/window/{}", self.base, order.transaction)).unwrap_or_default();
        let title = self.order.map_or_else(
            || "No payment".to_owned(),
            |Order { price, product, .. }| format!("Pay {price} for {product}"),
        );
        PAGE.fill(&[
            ("base", Filling::Text(self.base)),
            ("title", Filling::Text(&title)),
            ("here", Filling::Text(&here)),
            ("state", Filling::Text(&self.standing.json())),
            ("order", Filling::Markup(&order)),
            ("price", Filling::Text(self.order.map_or("", |order| order.price))),
            ("pin", Filling::Text(self.order.map_or("", |order| order.pin))),
        ])
    }
}

impl Order<'_> {
    fn html(self) -> Markup {
        ORDER.fill(&[
            ("product", Filling::Text(self.product)),
            ("price", Filling::Text(self.price)),
            ("description", Filling::Text(self.description)),
            ("seller", Filling::Text(self.seller)),
            ("buyer", Filling::Text(self.buyer)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::{Order, Standing, WindowPage};
    use crate::protocol::pay_error::PayError;
    use crate::world::refusal::Refusal;

    const ORDER: Order<'_> = Order {
        transaction: "7f3a",
        product: "Shiny Pony",
        description: "A pony that glows in the dark",
        price: "0.99 USD",
        seller: "https://pony.example",
        buyer: "ada@example.org",
        pin: "1234",
    };

    fn page(order: Option<Order<'_>>, standing: &Standing) -> String {
        WindowPage { base: "../", order, standing }.html().into_string()
    }

    #[test]
    fn the_window_shows_what_is_bought_and_where_to_decide() {
        let page = page(Some(ORDER), &Standing::asking(Some(4)));
        for part in ["<h1>Shiny Pony</h1>", "Pay 0.99 USD</button>", "https://pony.example", "SIMULATED"] {
            assert!(page.contains(part), "{part} is missing from {page}");
        }
        assert!(page.contains(r#"data-window="../mozpay/window/7f3a""#), "{page}");
        assert!(page.contains("{&quot;state&quot;:&quot;asking&quot;,&quot;tries_left&quot;:4}"), "{page}");
    }

    #[test]
    fn a_refused_pay_request_has_a_code_and_nothing_to_pay() {
        let refusal = Refusal::from(PayError::ExpiredJwt);
        let page = page(None, &Standing::ended(Some(&refusal)));
        assert!(page.contains("EXPIRED_JWT") && page.contains("The pay request has expired"), "{page}");
        assert!(page.contains(r#"data-window="""#) && !page.contains("Shiny"), "{page}");
    }

    #[test]
    fn a_hostile_product_name_stays_a_name() {
        let order = Order { product: "</title><script>steal()</script>", ..ORDER };
        let page = page(Some(order), &Standing::charging());
        assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"), "{page}");
    }

    #[test]
    fn a_payment_that_ended_well_has_no_failure() {
        assert_eq!(Standing::ended(None).json(), r#"{"state":"ended"}"#);
        assert_eq!(Standing::charging().json(), r#"{"state":"charging"}"#);
    }
}
