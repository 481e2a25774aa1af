//! Heads: how long the head of a request was. What comes in one piece is read past the limit before anybody counts it.

use axum::http::Uri;
use axum::http::request::Parts;

use crate::io::http::refusal::Refusal;

/// Holds a head that has been read against the most that one may have, in bytes. One space is counted before each header's value, as
/// nearly all write it; further ones, and a fragment in the target, say nothing and are not.
///
/// # Errors
/// [`Refusal::HeadTooLong`].
pub fn check(parts: &Parts, max: usize) -> Result<(), Refusal> {
    // RFC 9112, 3 and 5: `method target HTTP/1.1`, then `name: value` for each, then an empty line.
    let first = parts.method.as_str().len() + target_bytes(&parts.uri) + "  HTTP/1.1\r\n".len();
    let lines = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    if first + lines.sum::<usize>() + "\r\n".len() > max {
        return Err(Refusal::HeadTooLong { max });
    }
    Ok(())
}

fn target_bytes(uri: &Uri) -> usize {
    let scheme = uri.scheme_str().map_or(0, |scheme| scheme.len() + "://".len());
    let authority = uri.authority().map_or(0, |authority| authority.as_str().len());
    scheme + authority + uri.path_and_query().map_or(0, |rest| rest.as_str().len())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn a_head_is_as_long_as_it_was_written() {
        for text in [
            "GET /a?b=c HTTP/1.1\r\nhost: x\r\n\r\n",
            "GET http://x:1/a HTTP/1.1\r\nhost: x\r\ncookie: a\r\ncookie: b\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\n\r\n",
        ] {
            let mut lines = text.lines();
            let mut words = lines.next().unwrap().split(' ');
            let mut request = Request::builder().method(words.next().unwrap()).uri(words.next().unwrap());
            for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
                request = request.header(name, value);
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            assert_eq!(check(&parts, text.len()), Ok(()), "{text}");
            let max = text.len() - 1;
            assert_eq!(check(&parts, max), Err(Refusal::HeadTooLong { max }), "{text}");
        }
    }
}
