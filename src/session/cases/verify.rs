//! Edge cases 91 to 120: the verify service, reissuing and signing.

/// Names and texts, in the order of the menu.
pub(crate) const FILES: &[(&str, &str)] = &embedded_cases![
    "107-verify-answers-html",
    "107-verify-answers-null",
    "107-verify-answers-a-strange-word",
    "107-verify-answers-html-after-an-ok",
    "108-offline",
    "108-offline-with-an-old-answer",
    "108-offline-at-the-prompter",
    "109-verify-hangs",
    "110-one-answer-fails",
    "111-refunded-behind-a-kept-answer",
    "112-pending-in-receiptverifier",
    "112-pending-in-fxpay",
    "113-expired-in-receiptverifier",
    "113-expired-in-fxpay",
];
