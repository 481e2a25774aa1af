//! Templates: HTML files with named gaps, `{{like_this}}`. Whatever text fills a gap is escaped; there is no way around it.

use std::fmt;

/// HTML that a template made. Text becomes markup by filling a gap and in no other way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup(String);

/// What fills a gap.
#[derive(Clone, Copy, Debug)]
pub enum Filling<'a> {
    /// Text from anywhere, escaped for content and for quoted attributes.
    Text(&'a str),
    /// What other templates made.
    Markup(&'a Markup),
    /// An attribute without a value, such as `hidden`, where it applies.
    Attribute(&'static str, bool),
}

/// An HTML file with gaps. Only files of this house are templates, so a gap without a filling is this house's own fault.
#[derive(Clone, Copy, Debug)]
pub struct Template(&'static str);

impl Template {
    /// The template that this text is.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// The template with its gaps filled by name.
    ///
    /// # Panics
    /// Where a gap has no filling of its name: the template and its one caller disagree.
    #[must_use]
    pub fn fill(self, fillings: &[(&str, Filling<'_>)]) -> Markup {
        let mut page = String::with_capacity(self.0.len() * 2);
        let mut rest = self.0;
        while let Some((before, after)) = rest.split_once("{{") {
            page.push_str(before);
            let (name, after) = after.split_once("}}").unwrap_or((after, ""));
            let filling = fillings.iter().find(|(own, _)| *own == name);
            assert!(filling.is_some(), "a template has the gap {name:?}, and nothing to fill it with");
            if let Some((_, filling)) = filling {
                filling.write(&mut page);
            }
            rest = after;
        }
        page.push_str(rest);
        Markup(page)
    }
}

impl Filling<'_> {
    fn write(&self, page: &mut String) {
        match self {
            Self::Text(text) => escape(text, page),
            Self::Markup(markup) => page.push_str(&markup.0),
            Self::Attribute(name, true) => page.push_str(name),
            Self::Attribute(_, false) => {}
        }
    }
}

impl Markup {
    /// The HTML.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// One after another.
impl FromIterator<Markup> for Markup {
    fn from_iter<I: IntoIterator<Item = Self>>(parts: I) -> Self {
        Self(parts.into_iter().map(|part| part.0).collect())
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// HTML Standard, 13.1.2.3 and 13.1.4: these five cannot begin markup or end a quoted attribute any more.
fn escape(text: &str, page: &mut String) {
    for sign in text.chars() {
        match sign {
            '&' => page.push_str("&amp;"),
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '"' => page.push_str("&quot;"),
            '\'' => page.push_str("&#39;"),
            other => page.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Filling, Markup, Template};

    #[test]
    fn text_cannot_leave_its_gap() {
        let hostile = r#"'"><script>alert(1)</script>&"#;
        let page = Template::new(r#"<p title="{{text}}">{{text}}</p>"#).fill(&[("text", Filling::Text(hostile))]);
        let escaped = "&#39;&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;";
        assert_eq!(page.to_string(), format!(r#"<p title="{escaped}">{escaped}</p>"#));
    }

    #[test]
    fn text_that_looks_like_a_gap_is_not_filled() {
        let fillings = [("one", Filling::Text("{{two}}")), ("two", Filling::Text("secret"))];
        assert_eq!(Template::new("{{one}}").fill(&fillings).to_string(), "{{two}}");
    }

    #[test]
    fn markup_stands_as_it_was_made() {
        let rows: Markup = ["a", "<"]
            .map(|text| Template::new("<li>{{text}}</li>").fill(&[("text", Filling::Text(text))]))
            .into_iter()
            .collect();
        let list = Template::new("<ul>{{rows}}</ul>").fill(&[("rows", Filling::Markup(&rows))]);
        assert_eq!(list.into_string(), "<ul><li>a</li><li>&lt;</li></ul>");
    }

    #[test]
    fn an_attribute_stands_where_it_applies() {
        let input = Template::new("<p {{hidden}}>");
        assert_eq!(input.fill(&[("hidden", Filling::Attribute("hidden", true))]).to_string(), "<p hidden>");
        assert_eq!(input.fill(&[("hidden", Filling::Attribute("hidden", false))]).to_string(), "<p >");
    }
}
