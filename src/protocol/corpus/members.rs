//! Members: a JSON object as it is written, order, repetition and all, so that it can be written wrongly on purpose.

use crate::protocol::json;

/// The members of one object: names, and values as JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members(Vec<(String, String)>);

impl Members {
    /// The members of `json` in their order; none when it is no object.
    #[must_use]
    pub fn read(json: &str) -> Self {
        let members = json::members(json).unwrap_or_default();
        Self(members.into_iter().map(|(name, value)| (name, value.to_string())).collect())
    }

    /// The value of a member, as JSON text.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|member| member.0 == name).map(|member| member.1.as_str())
    }

    /// The same with this value, in the member's place or at the end.
    #[must_use]
    pub fn with(&self, name: &str, value: impl Into<String>) -> Self {
        let mut members = self.clone();
        match members.0.iter_mut().find(|member| member.0 == name) {
            Some(member) => member.1 = value.into(),
            None => members.0.push((name.to_owned(), value.into())),
        }
        members
    }

    /// The same with a text as the value.
    #[must_use]
    pub fn with_text(&self, name: &str, text: &str) -> Self {
        self.with(name, quoted(text))
    }

    /// The same without the member.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|member| member.0 != name).cloned().collect())
    }

    /// The same with one more member in front, whether or not there is one of that name.
    #[must_use]
    pub fn after(&self, name: &str, value: impl Into<String>) -> Self {
        let first = (name.to_owned(), value.into());
        Self(std::iter::once(first).chain(self.0.iter().cloned()).collect())
    }

    /// The object.
    #[must_use]
    pub fn json(&self) -> String {
        let members: Vec<String> = self.0.iter().map(|(name, value)| format!("{}:{value}", quoted(name))).collect();
        format!("{{{}}}", members.join(","))
    }
}

/// A text as JSON writes it.
#[must_use]
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::Members;

    #[test]
    fn an_object_is_written_as_it_was_read_but_for_what_was_changed() {
        let members = Members::read(r#"{"z":1,"a":"b"}"#);
        assert_eq!(members.json(), r#"{"z":1,"a":"b"}"#);
        assert_eq!(members.with("z", "2").with_text("c", "\"").json(), r#"{"z":2,"a":"b","c":"\""}"#);
        assert_eq!(members.after("a", "0").without("z").json(), r#"{"a":0,"a":"b"}"#);
    }
}
