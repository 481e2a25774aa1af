//! Guards: what stands in a cheat's way outside the receipt's ladder, and which of them somebody switched off.

use crate::protocol::selection::Selection;

dial! {
    /// One thing that a server looks at before it believes what it is told.
    Guard {
        RequestSignature = "request-signature", "Signature of the pay request", "The store takes a pay request only with the signature of whoever sells";
        RequestOnce = "request-once", "A pay request counts once", "The store lets one signed pay request be paid once";
        NoticeSignature = "notice-signature", "Signature of the notice", "The app's server believes a notice only with the store's signature";
    }
}

/// A set of guards.
pub type GuardSet = Selection<Guard>;

#[cfg(test)]
mod tests {
    use super::{Guard, GuardSet};

    #[test]
    fn a_set_holds_exactly_what_was_put_in_and_reads_back() {
        let set = GuardSet::NONE.with(Guard::NoticeSignature).with(Guard::RequestSignature);
        assert!(set.contains(Guard::RequestSignature) && !set.contains(Guard::RequestOnce));
        let text = serde_json::to_string(&set).unwrap();
        assert_eq!(text, r#"["request-signature","notice-signature"]"#);
        assert_eq!(serde_json::from_str::<GuardSet>(&text).unwrap(), set);
        assert!(GuardSet::NONE.is_empty() && !set.is_empty());
        assert_eq!(set.without(Guard::NoticeSignature).iter().collect::<Vec<_>>(), [Guard::RequestSignature]);
        assert!(serde_json::from_str::<GuardSet>(r#"["shape"]"#).is_err(), "a check is no guard");
    }
}
