//! Notices: a page that says in one sentence why there is nothing else to see.

use crate::export::template::{Filling, Markup, Template};

const PAGE: Template = Template::new(include_str!("../../../../assets/web/pages/notice.html"));

/// A page with one sentence.
#[derive(Clone, Copy, Debug)]
pub struct NoticePage<'a> {
    /// The way from the page to the base of its run.
    pub base: &'a str,
    /// What happened, plainly.
    pub sentence: &'a str,
    /// The code, where there is one.
    pub code: &'a str,
    /// What to do about it.
    pub fix: &'a str,
}

impl NoticePage<'_> {
    /// The page.
    #[must_use]
    pub fn html(&self) -> Markup {
        PAGE.fill(&[
            ("base", Filling::Text(self.base)),
            ("sentence", Filling::Text(self.sentence)),
            ("code", Filling::Text(self.code)),
            ("fix", Filling::Text(self.fix)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::NoticePage;

    #[test]
    fn the_sentence_comes_before_the_code() {
        let notice = NoticePage { base: "../", sentence: "Nobody knows it", code: "UNKNOWN", fix: "Look again" };
        let page = notice.html().into_string();
        assert!(page.find("<strong>Nobody knows it").unwrap() < page.find("UNKNOWN").unwrap(), "{page}");
    }
}
