//! Differences: which dials stand otherwise in two set-ups, in words for lists and reports.

use crate::session::dials::dial::Dial;
use crate::session::dials::list::DIALS;
use crate::world::setup::Setup;

/// So many dials are named; the others are counted.
const NAMED_MAX: usize = 3;

/// How the dials of `to` stand where they stand otherwise in `from`: `Revision Before it, Polls before giving up 15`. A dial that
/// only follows another one is not named beside it. Empty where every dial stands the same.
#[must_use]
pub fn turned(from: &Setup, to: &Setup) -> String {
    let is_turned = |dial: &&Dial| {
        let follows = dial.followed(from).is_some() && dial.followed(to).is_some();
        !follows && dial.in_force(from) != dial.in_force(to)
    };
    let words: Vec<String> =
        DIALS.iter().filter(is_turned).map(|dial| format!("{} {}", dial.label, dial.shown(to))).collect();
    let more = match words.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    words.get(..NAMED_MAX).unwrap_or(&words).join(", ") + &more
}

#[cfg(test)]
mod tests {
    use super::turned;
    use crate::protocol::dial::IdentityMode;
    use crate::protocol::rules::Revision;
    use crate::protocol::verdict::check::{Check, CheckSet};
    use crate::world::setup::{Polling, Setup};

    #[test]
    fn what_was_turned_is_named_and_what_only_follows_is_not() {
        let plain = Setup::default();
        let patient = Setup { polling: Polling { tries: 15, ..plain.polling }, ..plain.clone() };
        assert_eq!(turned(&plain, &plain), "");
        assert_eq!(turned(&plain, &patient), "Polls before giving up 15");
        assert_eq!(turned(&patient, &plain), "Polls before giving up 10");
        let before = Setup { revision: Revision::Before, ..plain.clone() };
        assert_eq!(turned(&plain, &before), format!("Revision {}", Revision::Before.label()));
        let named = Setup { identity: Some(IdentityMode::Email), ..plain.clone() };
        assert!(turned(&plain, &named).starts_with("Identity "), "one that is chosen is named");
        assert!(turned(&named, &plain).starts_with("Identity "), "and one that is let go");
    }

    #[test]
    fn many_are_counted() {
        let plain = Setup::default();
        let mut other = Setup { revision: Revision::Before, identity: Some(IdentityMode::Email), ..plain.clone() };
        other.polling.tries = 15;
        other.checks_off = CheckSet::default().with(Check::Signature);
        let words = turned(&plain, &other);
        assert!(words.ends_with(" and 1 more") && words.matches(", ").count() == 2, "{words}");
    }
}
