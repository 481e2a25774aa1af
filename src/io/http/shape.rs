//! Shapes: what a body looks like, as constants that a declaration can hold, and as the description writes them.

use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};

/// What a JSON value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number.
    Whole,
    /// True or false.
    Flag,
    /// An object of which no more is said than this.
    Open(&'static str),
    /// Any number of these.
    List(&'static Shape),
    /// These members; there may be more.
    Object(&'static [Member]),
    /// Members of any name, each of this shape.
    Map(&'static Shape),
    /// The same, or null.
    OpenOrNull(&'static str),
    /// A text or null.
    TextOrNull,
    /// A whole number or null.
    WholeOrNull,
    /// A shape with a name of its own, listed among the [known](crate::io::http::shapes::KNOWN).
    Known(&'static str),
}

/// One member of an object, or one field of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// What it looks like.
    pub shape: Shape,
    /// What it says; empty where its name says it.
    pub about: &'static str,
    /// Whether it is always there.
    pub is_always: bool,
}

/// A member that is always there.
#[must_use]
pub const fn always(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, about: "", is_always: true }
}

/// A member that may be absent.
#[must_use]
pub const fn maybe(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, about: "", is_always: false }
}

impl Member {
    /// The same, with a word on what it says.
    #[must_use]
    pub const fn told(self, about: &'static str) -> Self {
        Self { about, ..self }
    }
}

/// One way in which a request is answered.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// The HTTP status.
    pub status: u16,
    /// What it means, in a few words.
    pub about: &'static str,
    /// The kinds of body, one of which comes.
    pub bodies: &'static [Content],
}

/// A body of one media type.
#[derive(Clone, Copy, Debug)]
pub struct Content {
    /// The media type, without parameters.
    pub kind: &'static str,
    /// What it looks like; anything but JSON is text.
    pub shape: Shape,
}

/// A row of what is given.
#[must_use]
pub const fn given(status: u16, about: &'static str, bodies: &'static [Content]) -> Given {
    Given { status, about, bodies }
}

/// JSON of this shape.
#[must_use]
pub const fn json(shape: Shape) -> Content {
    Content { kind: "application/json", shape }
}

/// A text of this media type.
#[must_use]
pub const fn text(kind: &'static str) -> Content {
    Content { kind, shape: Shape::Text }
}

impl Shape {
    /// The shape as a JSON schema.
    #[must_use]
    pub fn schema(self) -> RefOr<Schema> {
        match self {
            Self::Text => plain(Type::String).into(),
            Self::Word(words) => plain(Type::String).enum_values(Some(words.iter().copied())).into(),
            Self::Whole => plain(Type::Integer).into(),
            Self::Flag => plain(Type::Boolean).into(),
            Self::Open(about) => plain(Type::Object).description(Some(about)).into(),
            Self::OpenOrNull(about) => or_null(Type::Object).description(Some(about)).into(),
            Self::List(shape) => ArrayBuilder::new().items(shape.schema()).into(),
            Self::Object(members) => object(members).into(),
            Self::Map(shape) => {
                plain(Type::Object).additional_properties(Some(AdditionalProperties::RefOr(shape.schema()))).into()
            }
            Self::TextOrNull => or_null(Type::String).into(),
            Self::WholeOrNull => or_null(Type::Integer).into(),
            Self::Known(name) => RefOr::Ref(Ref::from_schema_name(name)),
        }
    }
}

/// An object with these members.
#[must_use]
pub fn object(members: &[Member]) -> ObjectBuilder {
    members.iter().fold(plain(Type::Object), |object, member| {
        let object = object.property(member.name, described(member));
        if member.is_always { object.required(member.name) } else { object }
    })
}

fn described(member: &Member) -> RefOr<Schema> {
    let mut schema = member.shape.schema();
    if let RefOr::T(Schema::Object(object)) = &mut schema
        && !member.about.is_empty()
    {
        object.description = Some(member.about.to_owned());
    }
    schema
}

fn plain(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kind)
}

fn or_null(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::from_iter([kind, Type::Null]))
}
