//! Truth: which JSON values a script takes for "there is something".

use serde_json::Value;

/// Whether `if (value)` runs in JavaScript. Python differs only in empty lists and objects, see [`is_python_truthy`].
#[must_use]
pub fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is_true) => *is_true,
        Value::Number(number) => !is_zero(&number.to_string()),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// Whether `if value:` runs in Python.
#[must_use]
pub fn is_python_truthy(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => is_truthy(value),
    }
}

/// Whether a JSON number is nought in any of its spellings: `0`, `-0`, `0.0`, `0e7`.
fn is_zero(number: &str) -> bool {
    let digits = number.split(['e', 'E']).next().unwrap_or_default();
    digits.chars().all(|sign| matches!(sign, '0' | '.' | '-'))
}

#[cfg(test)]
mod tests {
    use crate::protocol::truth::{is_python_truthy, is_truthy};

    #[test]
    fn what_a_script_takes_for_nothing() {
        for nothing in ["null", "false", "0", "-0", "0.0", "0e7", "\"\""] {
            assert!(!is_truthy(&serde_json::from_str(nothing).unwrap()), "{nothing}");
            assert!(!is_python_truthy(&serde_json::from_str(nothing).unwrap()), "{nothing}");
        }
        for something in ["true", "1", "0.5", "-2", "\"0\"", "[0]", "{\"a\":0}"] {
            assert!(is_truthy(&serde_json::from_str(something).unwrap()), "{something}");
            assert!(is_python_truthy(&serde_json::from_str(something).unwrap()), "{something}");
        }
    }

    #[test]
    fn the_two_languages_differ_in_what_is_empty() {
        for empty in ["[]", "{}"] {
            assert!(is_truthy(&serde_json::from_str(empty).unwrap()), "{empty}");
            assert!(!is_python_truthy(&serde_json::from_str(empty).unwrap()), "{empty}");
        }
    }
}
