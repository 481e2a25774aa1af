//! Escapes: the ways in which JSON, addresses, forms and HTML write a letter, so that a text is found whichever of them it went through.

use std::ops::Range;

/// Where `wanted` stands in `text`, whichever of its letters are escaped, and how.
pub(crate) fn find(text: &str, wanted: &str) -> Option<Range<usize>> {
    let first = wanted.chars().next()?;
    let can_begin = |c: char| c == first || matches!(c, '\\' | '%' | '&' | '+');
    let mut places = text.char_indices().filter(|(_, c)| can_begin(*c));
    places.find_map(|(at, _)| Some(at..at + length(text.get(at..)?, wanted)?))
}

/// How much of the beginning of `text` writes `wanted`, as much as can.
fn length(text: &str, wanted: &str) -> Option<usize> {
    // A run of backslashes can be read in more than one way: every reading is followed.
    let mut ends = vec![0];
    for letter in wanted.chars() {
        let mut next: Vec<usize> = ends
            .iter()
            .filter_map(|end| Some((end, text.get(*end..)?)))
            .flat_map(|(end, rest)| lengths(letter, rest).map(move |length| end + length))
            .collect();
        next.sort_unstable();
        next.dedup();
        ends = next;
    }
    ends.last().copied()
}

/// How many bytes of the beginning of `text` write this letter: one number for each way in which they do.
fn lengths(letter: char, text: &str) -> impl Iterator<Item = usize> {
    let plain = text.starts_with(letter).then(|| letter.len_utf8());
    [plain, in_an_address(letter, text), in_html(letter, text)].into_iter().flatten().chain(in_json(letter, text))
}

/// `%C3%AF`, also escaped twice; `+` for a space.
fn in_an_address(letter: char, text: &str) -> Option<usize> {
    if letter == ' ' && text.starts_with('+') {
        return Some(1);
    }
    let mut rest = text;
    for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
        rest = rest.strip_prefix('%')?;
        while let Some(deeper) = rest.strip_prefix("25").filter(|_| byte != b'%') {
            rest = deeper;
        }
        let digits = rest.get(..2)?;
        (u8::from_str_radix(digits, 16) == Ok(byte)).then_some(())?;
        rest = rest.get(2..)?;
    }
    Some(text.len() - rest.len())
}

/// `&quot;`, `&#34;`, `&#x22;`.
fn in_html(letter: char, text: &str) -> Option<usize> {
    let (name, _) = text.strip_prefix('&')?.split_once(';')?;
    let is_meant = match (name, name.strip_prefix('#')) {
        ("quot", _) => letter == '"',
        ("amp", _) => letter == '&',
        ("lt", _) => letter == '<',
        ("gt", _) => letter == '>',
        ("apos", _) => letter == '\'',
        (_, Some(number)) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            code == Ok(u32::from(letter))
        }
        (_, None) => false,
    };
    is_meant.then(|| name.len() + 2)
}

/// RFC 8259, 7: `\"`, `\n`, `\u00ef`. JSON within JSON escapes the backslash again, so any number of them may stand there.
fn in_json(letter: char, text: &str) -> impl Iterator<Item = usize> {
    let slashes = text.len() - text.trim_start_matches('\\').len();
    let rest = text.get(slashes..).filter(|_| slashes > 0).unwrap_or_default();
    let short = match letter {
        '"' | '/' => Some(letter),
        '\n' => Some('n'),
        '\r' => Some('r'),
        '\t' => Some('t'),
        '\u{8}' => Some('b'),
        '\u{c}' => Some('f'),
        _ => None,
    };
    let short = short.filter(|sign| rest.starts_with(*sign)).map(|_| slashes + 1);
    let long = units_len(letter, text);
    // Of a run of backslashes any part may be what writes one.
    let own = if letter == '\\' { 1..slashes + 1 } else { 0..0 };
    short.into_iter().chain(long).chain(own)
}

/// `\u00ef`, or two of these for a letter beyond the first plane.
fn units_len(letter: char, text: &str) -> Option<usize> {
    let mut rest = text;
    for unit in letter.encode_utf16(&mut [0; 2]) {
        rest = rest.strip_prefix('\\')?.trim_start_matches('\\').strip_prefix('u')?;
        (u16::from_str_radix(rest.get(..4)?, 16) == Ok(*unit)).then_some(())?;
        rest = rest.get(4..)?;
    }
    Some(text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_text_is_found_with_its_escapes_and_not_without_its_letters() {
        for (text, wanted, place) in [
            ("say a b", "a b", Some(4..7)),
            ("say a+b", "a b", Some(4..7)),
            ("say a%20b.", "a b", Some(4..9)),
            ("%2522x", "\"x", Some(0..6)),
            ("100%25", "100%", Some(0..6)),
            (r#"\\\"x"#, "\"x", Some(0..5)),
            (r"\ud83d\udc34!", "🐴!", Some(0..13)),
            (r"a\\b", r"a\b", Some(0..4)),
            ("&#x26;&#38;&amp;", "&&&", Some(0..16)),
            ("&quot", "\"", None),
            ("%2", " ", None),
            (r"\u00", "\"", None),
            ("ab", "abc", None),
            ("é%C3%A9", "éé", Some(0..8)),
            ("", "a", None),
        ] {
            assert_eq!(find(text, wanted), place, "{wanted} in {text}");
        }
    }
}
