//! Seats on the command line: which of them somebody's own server takes, and where it is.

use crate::protocol::id::Origin;

/// A seat that somebody's own server takes: `app-server=http://127.0.0.1:9100`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The developer's server, in classic mode.
    AppServer(Origin),
    /// The store, with its payment server and provider.
    Marketplace(Origin),
}

/// Reads a `--seat`.
pub(crate) fn taken(word: &str) -> Result<Taken, String> {
    let (seat, origin) =
        word.split_once('=').ok_or("expected SEAT=ORIGIN, such as app-server=http://127.0.0.1:9100")?;
    let origin = Origin::parse(origin).map_err(|error| error.to_string())?;
    match seat {
        "app-server" => Ok(Taken::AppServer(origin)),
        "marketplace" => Ok(Taken::Marketplace(origin)),
        _ => Err(format!("the seats are app-server and marketplace, not {seat}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Taken, taken};
    use crate::protocol::id::Origin;

    #[test]
    fn a_seat_is_given_away_with_an_address() {
        let origin = Origin::parse("http://127.0.0.1:9100").unwrap();
        assert_eq!(taken("app-server=http://127.0.0.1:9100"), Ok(Taken::AppServer(origin.clone())));
        assert_eq!(taken("marketplace=http://127.0.0.1:9100"), Ok(Taken::Marketplace(origin)));
        for word in ["app-server", "app-server=", "buyer=http://127.0.0.1:9100", "app-server=http://a/b"] {
            assert!(taken(word).is_err(), "{word}");
        }
    }
}
