//! Closed lists: each word of a list is reached by a test or left out for a reason, never both and never neither.

use std::collections::BTreeSet;

/// Demands that the code has exactly the words of the list, and that each was reached or stands in the table of those left out.
#[track_caller]
pub(crate) fn check(own: &BTreeSet<&str>, list: &[&str], reached: &BTreeSet<&str>, left_out: &[(&str, &str)]) {
    let words: BTreeSet<&str> = list.iter().copied().collect();
    assert_eq!(words.len(), list.len(), "the list has a word twice");
    assert_eq!(*own, words, "the code and the list differ");
    check_reached(list, reached, left_out);
}

/// As [`check`], for words that no list in the code can be held against.
#[track_caller]
pub(crate) fn check_reached(list: &[&str], reached: &BTreeSet<&str>, left_out: &[(&str, &str)]) {
    for word in reached {
        assert!(list.contains(word), "{word} is reached and not on the list");
    }
    for (place, (word, why)) in left_out.iter().enumerate() {
        assert!(list.contains(word), "{word} is left out and not on the list");
        assert!(!left_out[..place].iter().any(|(other, _)| other == word), "{word} is left out twice");
        assert!(why.split_whitespace().count() >= 5, "{word} is left out for no reason");
    }
    for word in list {
        let is_left_out = left_out.iter().any(|(other, _)| other == word);
        assert!(reached.contains(word) || is_left_out, "{word} is reached by nothing, and no reason is given");
        assert!(!(reached.contains(word) && is_left_out), "{word} is reached, so it is left out in vain");
    }
}
