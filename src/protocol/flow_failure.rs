//! Flow failures: what can still go wrong after a pay request was accepted.

codes! {
    /// Why a payment ends without success once its window is open. The app reads the code in `request.error.name`.
    pub FlowFailure {
        TransMissing = "TRANS_MISSING", "The payment window knows of no transaction", "Start the purchase again";
        TransConfigFailed = "TRANS_CONFIG_FAILED", "The provider could not prepare the payment", "Start the purchase again, later";
        NoPublicIdInJwt = "NO_PUBLICID_IN_JWT", "The product data do not say whose product this is", "Add public_id to the marketplace's product data";
        NoValidSeller = "NO_VALID_SELLER", "The provider has no such seller", "Register the seller with this provider";
        SellerNotConfigured = "SELLER_NOT_CONFIGURED", "The seller's account is not finished", "Finish the payment account of the seller";
        BuyerNotConfigured = "BUYER_NOT_CONFIGURED", "The buyer's account is not finished", "Sign in again, and set a PIN";
        UnexpectedError = "UNEXPECTED_ERROR", "Something unforeseen went wrong", "Try again; if it persists, tell the marketplace";
        TransactionNotFound = "TRANSACTION_NOT_FOUND", "The ledger knows no such transaction", "Start the purchase again";
        TransIdNotSet = "TRANS_ID_NOT_SET", "The session names no transaction", "Start the purchase again";
        TransEnded = "TRANS_ENDED", "The transaction has ended already", "Start a new purchase";
        TransExpired = "TRANS_EXPIRED", "The transaction was left alone for too long", "Start a new purchase";
        NoActiveTrans = "NO_ACTIVE_TRANS", "The provider came back to a session without a transaction", "Start the purchase again in one window";
        NoticeError = "NOTICE_ERROR", "The provider's own notice was refused", "Nothing to do for the app; the provider must tell again";
        NoticeException = "NOTICE_EXCEPTION", "Checking the provider's own notice failed", "Nothing to do for the app; the provider must tell again";
        BadBangoCode = "BAD_BANGO_CODE", "The provider answered with a code that nobody knows", "Try again, or pay by another method";
        BangoError = "BANGO_ERROR", "The provider reported an error", "Try again, or pay by another method";
        ExtError = "EXT_ERROR", "The payment was declined", "Pay by another method, or ask the operator why";
        UserCancelled = "USER_CANCELLED", "The buyer pressed cancel", "Offer the product again; nothing was paid";
        UnsupportedPay = "UNSUPPORTED_PAY", "This price cannot be paid in this region or with this operator", "Choose another price point or payment method";
        TransTimeout = "TRANS_TIMEOUT", "The transaction did not begin in time", "Try again; nothing was paid";
        TransNotFound = "TRANS_NOT_FOUND", "The window waited for the transaction, and it never came", "Look at the purchase history before buying again";
        TransFailed = "TRANS_FAILED", "The transaction failed at the provider", "Pay by another method";
        TransRequestFailed = "TRANS_REQUEST_FAILED", "The window could not ask for the transaction", "Check the connection and try again";
        InvalidRedirUrl = "INVALID_REDIR_URL", "The provider wants to lead to an unlisted site", "List the provider's site, or stay away from it";
        MissingProvider = "MISSING_PROVIDER", "The window was not told which provider to use", "Start the purchase again";
        ProviderLogoutFail = "PROVIDER_LOGOUT_FAIL", "The buyer could not be signed out of the provider", "Try again";
        WaitUrlNotSet = "WAIT_URL_NOT_SET", "The window was not told where to wait", "Start the purchase again";
        WrongPin = "WRONG_PIN", "The PIN is wrong", "Type the PIN again; five wrong ones lock it";
        PinLocked = "PIN_LOCKED", "The PIN is locked after five wrong tries", "Wait 300 seconds, or have the PIN reset";
        PinEnterPermDenied = "PIN_ENTER_PERM_DENIED", "The buyer is not signed in and cannot enter a PIN", "Sign in again";
        PinEnterUserDoesNotExist = "PIN_ENTER_USER_DOES_NOT_EXIST", "There is no such buyer to enter a PIN", "Sign in again, and create a PIN";
        PinEnterUnhandledError = "PIN_ENTER_UNHANDLED_ERROR", "Checking the PIN failed", "Try again";
        PinCreatePermDenied = "PIN_CREATE_PERM_DENIED", "The buyer is not signed in and cannot create a PIN", "Sign in again";
        PinCreateUnhandledError = "PIN_CREATE_UNHANDLED_ERROR", "Creating the PIN failed", "Try again";
        PinResetPermDenied = "PIN_RESET_PERM_DENIED", "The buyer is not signed in and cannot reset the PIN", "Sign in again";
        PinResetUnhandledError = "PIN_RESET_UNHANDLED_ERROR", "Resetting the PIN failed", "Try again";
        LoginTimeout = "LOGIN_TIMEOUT", "Signing in took too long", "Try again";
        SimulateFail = "SIMULATE_FAIL", "The simulated payment failed", "Check the simulation, and try again";
        SimulateTimeout = "SIMULATE_TIMEOUT", "The simulated payment took too long", "Try again";
        IncompletePaySuccess = "INCOMPLETE_PAY_SUCCESS", "The device did not close the window after success", "Close the window; the payment stands";
        PaySuccessTimeout = "PAY_SUCCESS_TIMEOUT", "The device did not hear of the success in time", "Close the window; the payment stands";
        IncompletePayFail = "INCOMPLETE_PAY_FAIL", "The device did not close the window after a failure", "Close the window; nothing was paid";
        PayFailureTimeout = "PAY_FAILURE_TIMEOUT", "The device did not hear of the failure in time", "Close the window; nothing was paid";
        MissingErrorCode = "MISSING_ERROR_CODE", "The window failed without saying why", "Look at the messages before this one";
    }
}

impl FlowFailure {
    /// The HTTP status of the answer that carries it.
    #[must_use]
    pub fn http_status(self) -> u16 {
        if self == Self::TransactionNotFound { 404 } else { 400 }
    }
}

/// How many digits a PIN has.
pub const PIN_DIGITS: usize = 4;
/// How many wrong PINs lock it.
pub const PIN_TRIES: u8 = 5;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::protocol::code::Code;
    use crate::protocol::flow_failure::FlowFailure;

    #[test]
    fn every_failure_has_a_code_and_a_sentence_of_its_own() {
        let codes: BTreeSet<&str> = FlowFailure::ALL.iter().map(|failure| failure.code()).collect();
        let sentences: BTreeSet<&str> = FlowFailure::ALL.iter().map(|failure| failure.sentence()).collect();
        assert_eq!((codes.len(), sentences.len()), (FlowFailure::ALL.len(), FlowFailure::ALL.len()));
    }

    #[test]
    fn only_an_unknown_transaction_is_not_found() {
        for &failure in FlowFailure::ALL {
            assert_eq!(failure.http_status() == 404, failure.code() == "TRANSACTION_NOT_FOUND", "{failure:?}");
        }
    }
}
