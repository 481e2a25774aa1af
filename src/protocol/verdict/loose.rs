//! Loose reading: what the scripts of 2012 made of a token, so that their verdicts can be told.

use crate::protocol::atob::{atob, latin1};

/// The text of the second dot-separated segment, whatever stands around it. `None` when it is missing or no base64.
#[must_use]
pub fn payload(token: &str) -> Option<String> {
    token.split('.').nth(1).and_then(atob).map(|bytes| latin1(&bytes))
}

/// The host of a URL as a script cuts it out: between `//` and the next `/`, query and user included.
#[must_use]
pub fn host(url: &str) -> &str {
    let rest = url.split_once("//").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

/// The origin of a URL as a careful reader cuts it out: scheme and authority, nothing of path, query or fragment.
#[must_use]
pub fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let rest = url.get(start..).unwrap_or_default();
    let end = rest.find(['/', '?', '#', '\\']).map_or(url.len(), |at| start + at);
    url.get(..end).unwrap_or_default()
}

/// The host of a URL without user or port.
#[must_use]
pub fn bare_host(url: &str) -> &str {
    let authority = origin(url).split_once("://").map_or(url, |(_, authority)| authority);
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{host, origin, payload};

    #[test]
    fn a_payload_is_read_in_either_alphabet_and_with_or_without_padding() {
        for token in ["x.eyJhIjoi_yJ9.y", "x.eyJhIjoi/yJ9.y", "x.eyJhIjoi/yJ9", "x. eyJhIjoi/\nyJ9.y.z"] {
            assert_eq!(payload(token).as_deref(), Some("{\"a\":\"\u{ff}\"}"), "{token}");
        }
        for token in ["", "x", "x.!!.y", "x.e.y"] {
            assert_eq!(payload(token), None, "{token}");
        }
    }

    #[test]
    fn a_script_takes_a_query_for_a_host_and_a_careful_reader_does_not() {
        assert_eq!(host("http://evil.net?x=example.com"), "evil.net?x=example.com");
        assert_eq!(origin("http://evil.net?x=example.com"), "http://evil.net");
        assert_eq!(origin("https://store.example:8443/verify/?a#b"), "https://store.example:8443");
        assert_eq!(origin("store.example"), "store.example");
        assert_eq!(origin("https://store.example\\@evil.net/"), "https://store.example");
    }
}
