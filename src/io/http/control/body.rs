//! Bodies: JSON that test code sends, read with line and column.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::io::http::control::trouble::Trouble;

/// Reads a body. An empty one is `{}`.
///
/// # Errors
/// [`Trouble`], with the place in the body.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Trouble> {
    let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        let code = match error.classify() {
            Category::Syntax | Category::Eof | Category::Io => "NOT_JSON",
            Category::Data => "WRONG_MEMBER",
        };
        let hint = "See /control/openapi.json for what each path takes";
        let trouble = Trouble::bad(code, error.to_string(), hint);
        // A member of the wrong kind inside a tagged object has no place of its own.
        if error.line() == 0 { trouble } else { trouble.at(error.line(), error.column()) }
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_body_that_is_no_json_is_told_where() {
        let trouble = read::<serde_json::Value>(b"{\n  \"a\": ,\n}").unwrap_err();
        assert!(format!("{trouble:?}").contains("place: Some((2, 8))"), "{trouble:?}");
        assert!(read::<serde_json::Value>(b" \n").unwrap().is_object());
    }
}
