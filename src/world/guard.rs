//! Guards: what stands in a cheat's way outside the receipt's ladder, and which of them somebody switched off.

use serde::{Deserialize, Serialize};

dial! {
    /// One thing that a server looks at before it believes what it is told.
    Guard {
        RequestSignature = "request-signature", "Signature of the pay request", "The store takes a pay request only with the signature of whoever sells";
        RequestOnce = "request-once", "A pay request counts once", "The store lets one signed pay request be paid once";
        NoticeSignature = "notice-signature", "Signature of the notice", "The app's server believes a notice only with the store's signature";
    }
}

/// A set of guards. In files it is a list of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Guard>", into = "Vec<Guard>")]
pub struct GuardSet(u8);

impl GuardSet {
    /// Whether no guard is in the set.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the guard is in the set.
    #[must_use]
    pub fn contains(self, guard: Guard) -> bool {
        self.0 & Self::bit(guard) != 0
    }

    /// The set with this guard in it.
    #[must_use]
    pub fn with(self, guard: Guard) -> Self {
        Self(self.0 | Self::bit(guard))
    }

    fn bit(guard: Guard) -> u8 {
        1 << (guard as u8)
    }
}

impl From<Vec<Guard>> for GuardSet {
    fn from(guards: Vec<Guard>) -> Self {
        guards.into_iter().fold(Self::default(), Self::with)
    }
}

impl From<GuardSet> for Vec<Guard> {
    fn from(set: GuardSet) -> Self {
        Guard::ALL.iter().copied().filter(|guard| set.contains(*guard)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Guard, GuardSet};

    #[test]
    fn a_set_holds_exactly_what_was_put_in_and_reads_back() {
        let set = GuardSet::default().with(Guard::NoticeSignature).with(Guard::RequestSignature);
        assert!(set.contains(Guard::RequestSignature) && !set.contains(Guard::RequestOnce));
        let text = serde_json::to_string(&set).unwrap();
        assert_eq!(text, r#"["request-signature","notice-signature"]"#);
        assert_eq!(serde_json::from_str::<GuardSet>(&text).unwrap(), set);
        assert!(GuardSet::default().is_empty() && !set.is_empty());
    }
}
