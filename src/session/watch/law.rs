//! Laws: what must hold about money, products and secrets at every moment of a run.

/// One promise that a buyer, an app and a store make each other. The order is the order of the lamp's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Law {
    /// Whoever paid has the product, or something is still on its way that will open it.
    ProductAvailable,
    /// Whoever has the product paid for it.
    ProductPaid,
    /// A receipt opens the app that it was written for, and no other.
    OwnApp,
    /// When the money went back, the next check ends the access.
    RefundEndsAccess,
    /// One click on Buy costs at most once.
    OneCharge,
    /// A notice that is repeated has no second effect.
    OneEffect,
    /// Keys, the PIN and what names the buyer stay with whom they belong to.
    SecretsKept,
}

impl Law {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ProductAvailable,
        Self::ProductPaid,
        Self::OwnApp,
        Self::RefundEndsAccess,
        Self::OneCharge,
        Self::OneEffect,
        Self::SecretsKept,
    ];

    /// Its name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ProductAvailable => "product-available",
            Self::ProductPaid => "product-paid",
            Self::OwnApp => "own-app",
            Self::RefundEndsAccess => "refund-ends-access",
            Self::OneCharge => "one-charge",
            Self::OneEffect => "one-effect",
            Self::SecretsKept => "secrets-kept",
        }
    }

    /// The words on the lamp.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::ProductAvailable => "paid ⇒ product",
            Self::ProductPaid => "product ⇒ paid",
            Self::OwnApp => "own app only",
            Self::RefundEndsAccess => "refunded ⇒ closed",
            Self::OneCharge => "one tap, one charge",
            Self::OneEffect => "one notice, one effect",
            Self::SecretsKept => "secrets stay home",
        }
    }

    /// What it demands, in one sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::ProductAvailable => "Whoever paid has the product, or something on its way will still open it",
            Self::ProductPaid => "Whoever has the product paid for it",
            Self::OwnApp => "A receipt opens the app that it was written for, and no other",
            Self::RefundEndsAccess => "When the money went back, the app's next check ends the access",
            Self::OneCharge => "One click on Buy costs at most once",
            Self::OneEffect => "A notice that is repeated has no second effect",
            Self::SecretsKept => "Keys, the PIN and the buyer's address stay with whom they belong to",
        }
    }

    /// The law of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|law| law.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::Law;

    #[test]
    fn every_law_is_found_by_its_name_and_by_no_other() {
        for law in Law::ALL {
            assert_eq!(Law::parse(law.name()), Some(law));
            assert_eq!(Law::parse(law.label()), None);
        }
    }
}
