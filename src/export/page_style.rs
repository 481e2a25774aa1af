//! Page style: what the pages that are given away look alike in. A page has both faces, as its reader has chosen one.

use crate::export::ink::Face;
use crate::export::svg;
use crate::export::template::{Markup, Template};

/// Styles have no gaps.
const LOOK: Template = Template::new(include_str!("../../assets/web/pages/look.css"));
const PAPER: Template = Template::new(include_str!("../../assets/web/paper.css"));

/// The whole style of a page, its own rules after those that all have.
#[must_use]
pub fn page_style(own: &Template) -> Markup {
    [LOOK.fill(&[]), PAPER.fill(&[]), own.fill(&[]), svg::style(Face::Both)].into_iter().collect()
}
