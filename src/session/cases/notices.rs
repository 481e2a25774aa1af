//! Edge cases 37 to 51: notices.

/// Names and texts, in the order of the menu.
pub(crate) const FILES: &[(&str, &str)] = &embedded_cases![
    "037-app-answers-ok",
    "038-white-space-around-the-id",
    "038-white-space-before-2014",
    "039-app-takes-six-seconds",
    "040-no-notice-arrives",
    "040-simulated-and-nobody-told",
    "041-same-notice-twice",
    "042-other-payment-for-a-paid-purchase",
    "043-notice-of-nothing",
    "044-empty-notice",
    "044-notice-wrongly-signed",
    "045-notice-an-hour-old",
    "045-notice-an-hour-old-at-an-app",
    "046-notice-for-another-app",
    "046-notice-for-another-app-in-javascript",
    "047-notice-before-the-first-poll",
    "048-notice-eleven-seconds-late",
    "048-notice-five-minutes-late",
    "049-chargeback-without-reason",
    "050-chargeback-of-a-hosted-product",
    "051-chargeback-before-the-postback",
];
