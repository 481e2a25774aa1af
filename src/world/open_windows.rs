//! Open windows: payment pages that are on somebody's screen, found by what opened them or by their payment.

use std::collections::BTreeMap;

use crate::protocol::id::TransactionId;
use crate::world::message::MessageId;

/// What somebody keeps about each open payment page. One page per payment: opened again, the newer one counts.
#[derive(Clone, Debug)]
pub(crate) struct OpenWindows<T> {
    pages: BTreeMap<MessageId, (TransactionId, T)>,
    openings: BTreeMap<TransactionId, MessageId>,
}

impl<T> Default for OpenWindows<T> {
    fn default() -> Self {
        Self { pages: BTreeMap::new(), openings: BTreeMap::new() }
    }
}

impl<T> OpenWindows<T> {
    /// Writes down a page that `opening` brought up. What was kept about an earlier page of this payment is given back.
    pub(crate) fn open(&mut self, opening: MessageId, transaction: &TransactionId, page: T) -> Option<T> {
        let earlier =
            self.openings.insert(transaction.clone(), opening).and_then(|earlier| self.pages.remove(&earlier));
        self.pages.insert(opening, (transaction.clone(), page));
        earlier.map(|(_, page)| page)
    }

    /// Forgets the page of this payment.
    pub(crate) fn close(&mut self, transaction: &TransactionId) -> Option<T> {
        let opening = self.openings.remove(transaction)?;
        self.pages.remove(&opening).map(|(_, page)| page)
    }

    /// Which payment the page is about that `opening` brought up.
    pub(crate) fn transaction_of(&self, opening: MessageId) -> Option<&TransactionId> {
        self.pages.get(&opening).map(|(transaction, _)| transaction)
    }

    /// The page of this payment.
    pub(crate) fn get(&self, transaction: &TransactionId) -> Option<&T> {
        self.pages.get(self.openings.get(transaction)?).map(|(_, page)| page)
    }

    /// The page of this payment, to write on.
    pub(crate) fn get_mut(&mut self, transaction: &TransactionId) -> Option<&mut T> {
        self.pages.get_mut(self.openings.get(transaction)?).map(|(_, page)| page)
    }

    /// The page that was opened last.
    pub(crate) fn newest(&self) -> Option<&T> {
        self.pages.last_key_value().map(|(_, (_, page))| page)
    }

    /// All pages, in the order in which they were opened.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.values().map(|(_, page)| page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_is_found_by_its_payment_and_by_what_opened_it() {
        let (one, other) = (TransactionId::from("one"), TransactionId::from("other"));
        let mut windows = OpenWindows::default();
        assert_eq!(windows.open(MessageId(1), &one, "first"), None);
        assert_eq!(windows.open(MessageId(5), &other, "second"), None);
        assert_eq!((windows.newest(), windows.get(&one)), (Some(&"second"), Some(&"first")));
        assert_eq!(windows.transaction_of(MessageId(1)), Some(&one));
        assert_eq!(windows.close(&other), Some("second"));
        assert_eq!((windows.newest(), windows.get(&other)), (Some(&"first"), None));
        assert_eq!(windows.close(&other), None);
    }

    #[test]
    fn a_payment_that_is_opened_again_has_one_page() {
        let one = TransactionId::from("one");
        let mut windows = OpenWindows::default();
        windows.open(MessageId(1), &one, "first");
        assert_eq!(windows.open(MessageId(2), &one, "again"), Some("first"));
        assert_eq!((windows.transaction_of(MessageId(1)), windows.iter().count()), (None, 1));
    }
}
