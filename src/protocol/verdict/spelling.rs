//! Spelling: origins that mean the same place and are not the same text. They are refused; this tells the reader why.

/// Whether two texts name one origin but for upper case, a trailing slash or a default port.
#[must_use]
pub fn is_respelt(found: &str, known: &str) -> bool {
    found != known && found.len() <= known.len() + 8 && plain(found) == plain(known)
}

fn plain(origin: &str) -> String {
    let lower = origin.trim().trim_end_matches('/').to_ascii_lowercase();
    let port = if lower.starts_with("https:") { ":443" } else { ":80" };
    match lower.strip_suffix(port) {
        Some(bare) if !bare.is_empty() => bare.to_owned(),
        _ => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::is_respelt;

    #[test]
    fn only_case_slash_and_default_port_are_spelling() {
        let known = "https://store.example";
        for found in
            ["https://store.example/", "https://Store.Example", "HTTPS://store.example", "https://store.example:443"]
        {
            assert!(is_respelt(found, known), "{found}");
            assert!(is_respelt(known, found), "{found}");
        }
        for found in [
            known,
            "http://store.example",
            "https://store.example:444",
            "https://evilstore.example",
            "",
            "https://store.example/x",
        ] {
            assert!(!is_respelt(found, known), "{found}");
        }
    }
}
