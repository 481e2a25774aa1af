//! Left out: what no built-in scenario meets, and why. A test holds this against the suite, in both directions.

use crate::lens::coverage::{Item, List};

/// Things on one list that are left out for one reason.
#[derive(Clone, Copy, Debug)]
pub struct LeftOut {
    /// The list.
    pub list: List,
    /// Their codes; where several things share a code, the sentence of the one that is meant.
    pub what: &'static [&'static str],
    /// Why nothing on this stage brings them about, in a sentence without a full stop.
    pub reason: &'static str,
}

/// Everything that is left out.
pub const LEFT_OUT: &[LeftOut] = &[
    LeftOut {
        list: List::PayRequests,
        what: &["BAD_REQUEST"],
        reason: "The device on this stage tells no mobile network, so none can be half told",
    },
    LeftOut {
        list: List::PaymentFlow,
        what: &["INCOMPLETE_PAY_SUCCESS", "PAY_SUCCESS_TIMEOUT", "INCOMPLETE_PAY_FAIL", "PAY_FAILURE_TIMEOUT"],
        reason: "The payment page shows it to the buyer alone when the device leaves it open, and this device always closes it",
    },
    LeftOut {
        list: List::MozPay,
        what: &["INTERNAL_ERROR_NO_VALID_SELECTED_PROVIDER", "INTERNAL_ERROR_NO_JWT_ASSOCIATED_TO_REQUEST"],
        reason: "Where several providers could be paid, this device takes the first: nobody can choose wrongly",
    },
    LeftOut {
        list: List::MozPay,
        what: &["INTERNAL_ERROR_ERROR_CREATING_PAY_REQUEST"],
        reason: "A breakdown within the device's own code, which no page and no store can bring about",
    },
    LeftOut {
        list: List::AppInstall,
        what: &[
            "INVALID_URL",
            "BACKGROUND_APP",
            "NETWORK_ERROR",
            "MANIFEST_URL_ERROR",
            "MANIFEST_PARSE_ERROR",
            "INVALID_MANIFEST",
            "INVALID_MANIFEST_CONTENT_TYPE",
            "REINSTALL_FORBIDDEN",
            "INSTALL_FROM_DENIED",
            "INVALID_SECURITY_LEVEL",
            "INVALID_ROLE",
            "DENIED",
            "CROSS_ORIGIN_CHECK_NOT_ALLOWED",
            "NOT_INSTALLED",
        ],
        reason: "Apps are on the device before a run begins, or they are not: none is installed or removed on this stage",
    },
    LeftOut {
        list: List::KeyCheck,
        what: &["INVALID_JWT_OR_UNKNOWN_ISSUER", "INCORRECT_JWT_TYP"],
        reason: "A key is checked over HTTP, beside any purchase: the answer is no arrow, so no run meets it",
    },
    LeftOut {
        list: List::Reasons,
        what: &["WRONG_USER"],
        reason: "Only the stores of 2013 and 2014 kept a list of who had installed what, and no revision is of those years",
    },
    LeftOut {
        list: List::Fxpay,
        what: &["ApiRequestAborted"],
        reason: "No app on this stage takes back a call that it has made",
    },
    LeftOut {
        list: List::Fxpay,
        what: &["IncorrectUsage"],
        reason: "Every setting that an app on this stage can be given is one that the library knows",
    },
    LeftOut {
        list: List::Receiptverifier,
        what: &["VerifierError"],
        reason: "It stands for mistakes of the library itself, and none of its known ones ends in it",
    },
];

/// Why this is left out; `None` where it is not.
#[must_use]
pub fn reason(item: &Item) -> Option<&'static str> {
    let is_meant = |left_out: &&LeftOut| {
        left_out.list == item.list && left_out.what.iter().any(|what| [item.code, item.sentence].contains(what))
    };
    LEFT_OUT.iter().find(is_meant).map(|left_out| left_out.reason)
}

#[cfg(test)]
mod tests {
    use super::LEFT_OUT;

    #[test]
    fn each_thing_that_is_left_out_is_exactly_one_on_its_list() {
        for left_out in LEFT_OUT {
            assert!(left_out.reason.len() > 30, "{}", left_out.reason);
            for what in left_out.what {
                let meant =
                    left_out.list.items().iter().filter(|item| [item.code, item.sentence].contains(what)).count();
                assert_eq!(meant, 1, "{what}");
            }
        }
    }
}
