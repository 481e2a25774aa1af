//! The receipt's own page: what it says, claim by claim, for the buyer it was written for.

use crate::export::template::{Filling, Markup, Template};
use crate::io::http::pages::purchases::Purchase;
use crate::lens::claim_marks::Reader;
use crate::lens::claims::{ClaimRow, explain};

const PAGE: Template = Template::new(include_str!("../../../../assets/web/pages/receipt.html"));
const CLAIM: Template = Template::new(include_str!("../../../../assets/web/pages/receipt_claim.html"));

/// What the page explains.
#[derive(Clone, Copy, Debug)]
pub struct ReceiptPage<'a> {
    /// The way from the page to the base of its run, with a slash at its end: `../`.
    pub base: &'a str,
    /// The payment that the receipt proves.
    pub purchase: &'a Purchase,
    /// The receipt, with its certificate where it has one.
    pub receipt: &'a str,
    /// What the store says about it now, in one sentence.
    pub sentence: &'a str,
    /// Who reads: the store's clock makes "in 182 days" of a date.
    pub reader: Reader<'a>,
}

impl ReceiptPage<'_> {
    /// The page.
    #[must_use]
    pub fn html(&self) -> Markup {
        let purchase = self.purchase;
        let claims: Markup = explain(self.receipt, self.reader).rows.iter().map(claim).collect();
        PAGE.fill(&[
            ("base", Filling::Text(self.base)),
            ("product", Filling::Text(&purchase.product)),
            ("app", Filling::Text(&purchase.app)),
            ("price", Filling::Text(&purchase.price)),
            ("paid", Filling::Text(&purchase.paid)),
            ("state", Filling::Text(purchase.state)),
            ("tone", Filling::Text(purchase.tone())),
            ("sentence", Filling::Text(self.sentence)),
            ("claims", Filling::Markup(&claims)),
            ("length", Filling::Text(&self.receipt.len().to_string())),
            ("token", Filling::Text(self.receipt)),
        ])
    }
}

fn claim(row: &ClaimRow) -> Markup {
    let value = serde_json::from_str::<String>(&row.value).unwrap_or_else(|_| row.value.clone());
    CLAIM.fill(&[
        ("path", Filling::Text(&row.path)),
        ("value", Filling::Text(&value)),
        ("human", Filling::Text(row.human.as_deref().unwrap_or_default())),
        ("sentence", Filling::Text(row.sentence)),
    ])
}
