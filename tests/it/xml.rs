//! A small strict reader of XML: it knows elements, attributes and text, and stops at whatever is not well-formed.

/// An element with what is in it.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    /// Its own text, without that of its children.
    pub(crate) text: String,
}

impl Element {
    /// An attribute's value, which must be there.
    #[track_caller]
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.find(name).unwrap_or_else(|| panic!("<{}> has no {name}", self.name))
    }

    /// The names of its attributes.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|(name, _)| name.as_str())
    }

    /// Whether it bears this class.
    pub(crate) fn is_of(&self, class: &str) -> bool {
        self.find("class").is_some_and(|classes| classes.split(' ').any(|one| one == class))
    }

    /// This element and all below it, in the order of the text.
    pub(crate) fn all(&self) -> Vec<&Element> {
        [self].into_iter().chain(self.children.iter().flat_map(Element::all)).collect()
    }

    /// All elements of this name.
    pub(crate) fn named(&self, name: &str) -> Vec<&Element> {
        self.all().into_iter().filter(|element| element.name == name).collect()
    }

    /// The text of this element and of all below it.
    pub(crate) fn whole_text(&self) -> String {
        self.all().iter().map(|element| element.text.as_str()).collect()
    }

    fn find(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Reads one document, after its first line if that is a declaration.
///
/// # Panics
/// Where it is not well-formed.
#[track_caller]
pub(crate) fn read(text: &str) -> Element {
    assert!(text.chars().all(is_allowed), "a character that XML does not know");
    let mut rest = text;
    if rest.starts_with("<?") || rest.starts_with("<!") {
        rest = rest.split_once('>').unwrap().1;
    }
    let mut open = vec![Element::default()];
    while let Some((before, after)) = rest.split_once('<') {
        open.last_mut().unwrap().text += &decoded(before);
        let (tag, after) = after.split_once('>').expect("a tag that does not end");
        if let Some(name) = tag.strip_prefix('/') {
            let closed = open.pop().unwrap();
            assert_eq!(closed.name, name, "a wrong end tag");
            open.last_mut().expect("an end tag too many").children.push(closed);
        } else {
            let element = started(tag.strip_suffix('/').unwrap_or(tag));
            if tag.ends_with('/') {
                open.last_mut().unwrap().children.push(element);
            } else {
                open.push(element);
            }
        }
        rest = after;
    }
    let [mut document] = <[Element; 1]>::try_from(open).expect("an element that does not end");
    assert_eq!(
        (document.text.trim(), rest.trim(), document.children.len()),
        ("", "", 1),
        "one element, and nothing beside it"
    );
    document.children.remove(0)
}

fn started(tag: &str) -> Element {
    let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    assert!(!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "a bad name: {name:?}");
    let mut element = Element { name: name.to_owned(), ..Element::default() };
    while !rest.trim().is_empty() {
        let (name, after) = rest.trim_start().split_once("=\"").expect("an attribute without a value");
        let (value, after) = after.split_once('"').expect("a value that does not end");
        assert!(element.find(name).is_none(), "{name} twice");
        element.attributes.push((name.to_owned(), decoded(value)));
        rest = after;
    }
    element
}

fn decoded(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut decoded = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (entity, after) = piece.split_once(';').expect("a bare &");
        let entities =
            [("lt", '<'), ("gt", '>'), ("amp", '&'), ("quot", '"'), ("apos", '\''), ("#39", '\''), ("#10", '\n')];
        let (_, sign) = entities.into_iter().find(|(name, _)| *name == entity).expect("an unknown entity");
        decoded.push(sign);
        decoded += after;
    }
    decoded
}

/// XML 1.0, 2.2.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

#[test]
fn what_is_well_formed_is_read() {
    let read = read("<?xml version=\"1.0\"?>\n<a b=\"1 &lt; 2\"><c/>x &amp; y<d>z</d></a>\n");
    assert_eq!((read.attribute("b"), &*read.text, &*read.whole_text()), ("1 < 2", "x & y", "x & yz"));
    assert_eq!(read.children.iter().map(|child| &*child.name).collect::<Vec<_>>(), ["c", "d"]);
}

#[test]
fn what_is_not_well_formed_is_not_read() {
    for text in [
        "",
        "<a>",
        "<a></b>",
        "</a>",
        "<a/><b/>",
        "<a>&</a>",
        "<a>&nope;</a>",
        "<a b=1/>",
        "<a b=\"1\" b=\"2\"/>",
        "<a/>x",
        "<a>\u{1}</a>",
    ] {
        assert!(std::panic::catch_unwind(|| read(text)).is_err(), "{text}");
    }
}
