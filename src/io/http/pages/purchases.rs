//! The purchase history: what the buyer has paid for, and the button that gets a receipt again.

use crate::export::template::{Filling, Markup, Template};

const PAGE: Template = Template::new(include_str!("../../../../assets/web/pages/purchases.html"));
const ROW: Template = Template::new(include_str!("../../../../assets/web/pages/purchases_row.html"));

/// What the history shows.
#[derive(Clone, Copy, Debug)]
pub struct PurchasesPage<'a> {
    /// The way from the page to the base of its run: empty, or with a slash at its end.
    pub base: &'a str,
    /// Whose history it is.
    pub buyer: &'a str,
    /// What they have paid for, the latest first.
    pub purchases: &'a [Purchase],
}

/// One payment, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Its id.
    pub transaction: String,
    /// Its number in the store's books, which its receipts' `detail` names.
    pub number: u64,
    /// The product's name.
    pub product: String,
    /// The app it was bought in.
    pub app: String,
    /// What it cost.
    pub price: String,
    /// When it was paid.
    pub paid: String,
    /// The word for its state: `completed`, `refunded`.
    pub state: &'static str,
    /// Whether the money is still with the seller, so that there is a receipt to get.
    pub is_paid: bool,
}

impl Purchase {
    /// The look of its state.
    #[must_use]
    pub fn tone(&self) -> &'static str {
        if self.is_paid { "ok" } else { "warn" }
    }
}

impl PurchasesPage<'_> {
    /// The page.
    #[must_use]
    pub fn html(&self) -> Markup {
        let rows: Markup = self.purchases.iter().map(|purchase| row(self.base, purchase)).collect();
        PAGE.fill(&[
            ("base", Filling::Text(self.base)),
            ("buyer", Filling::Text(self.buyer)),
            ("purchases", Filling::Markup(&rows)),
            ("some", Filling::Attribute("hidden", !self.purchases.is_empty())),
        ])
    }
}

fn row(base: &str, purchase: &Purchase) -> Markup {
    ROW.fill(&[
        ("base", Filling::Text(base)),
        ("transaction", Filling::Text(&purchase.transaction)),
        ("number", Filling::Text(&purchase.number.to_string())),
        ("product", Filling::Text(&purchase.product)),
        ("app", Filling::Text(&purchase.app)),
        ("price", Filling::Text(&purchase.price)),
        ("paid", Filling::Text(&purchase.paid)),
        ("state", Filling::Text(purchase.state)),
        ("tone", Filling::Text(purchase.tone())),
        ("refusal", Filling::Attribute("disabled", !purchase.is_paid)),
    ])
}

#[cfg(test)]
mod tests {
    use super::{Purchase, PurchasesPage};

    fn pony() -> Purchase {
        Purchase {
            transaction: "7f3a".to_owned(),
            number: 41,
            product: "Shiny Pony".to_owned(),
            app: "https://pony.example".to_owned(),
            price: "0.99 USD".to_owned(),
            paid: "22 Nov 2026 10:04:12".to_owned(),
            state: "completed",
            is_paid: true,
        }
    }

    fn page(purchases: &[Purchase]) -> String {
        PurchasesPage { base: "", buyer: "ada@example.org", purchases }.html().into_string()
    }

    #[test]
    fn each_payment_has_a_way_to_its_receipt() {
        let page = page(&[pony()]);
        assert!(page.contains(r#"data-transaction="7f3a""#) && page.contains(r#"href="receipts/41""#), "{page}");
        assert!(page.contains(r#"<button type="button" >Get receipt"#), "{page}");
        assert!(page.contains(r#"<p hidden class="card empty">"#), "{page}");
    }

    #[test]
    fn money_that_went_back_buys_no_receipt() {
        let page = page(&[Purchase { state: "refunded", is_paid: false, ..pony() }]);
        assert!(page.contains(r#"<button type="button" disabled>Get receipt"#), "{page}");
        assert!(page.contains(r#"<span class="chip warn">refunded</span>"#), "{page}");
    }

    #[test]
    fn an_empty_history_says_so() {
        let page = page(&[]);
        assert!(page.contains(r#"<p  class="card empty">Nothing has been paid for yet"#), "{page}");
    }
}
