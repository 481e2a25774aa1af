//! Client errors: the names under which the historic app clients failed. What they share with the ladder they say at a rung.

codes! {
    /// What an app with fxpay reads in `error.name`, in the order of a purchase. Parents of a family are never thrown themselves.
    pub FxpayError {
        ApiRequestAborted = "ApiRequestAborted", "The call to the store was aborted", "Ask again; nothing was answered";
        ApiRequestError = "ApiRequestError", "The store could not be called", "Ask again when the other side can be reached";
        ApiRequestTimeout = "ApiRequestTimeout", "No answer to a call came in time", "Ask again; the question may have been heard all the same";
        BadApiResponse = "BadApiResponse", "A call was answered with an HTTP error", "Look into the store's log; ask again later";
        BadJsonResponse = "BadJsonResponse", "A call was answered with something that is not JSON", "Look for a login page or a proxy between app and store";
        ConfigurationError = "ConfigurationError", "The status answer says a word that the library does not know", "Use a store that says complete or incomplete";
        FailedWindowMessage = "FailedWindowMessage", "The payment window reported a failure", "Read the code beside it; offer the product again";
        IncorrectUsage = "IncorrectUsage", "The library was called with settings that it does not know", "Compare the settings with its documentation";
        InvalidAppOrigin = "InvalidAppOrigin", "The library cannot tell the origin of an installed hosted app", "Open the app as a web page, or package it with an origin";
        InvalidJwt = "InvalidJwt", "The pay request cannot be read or names no known provider", "Use a typ that the library's list of providers has";
        NotImplementedError = "NotImplementedError", "The app holds several receipts, which the library never learned to choose from", "Keep one receipt for the app";
        AppReceiptMissing = "AppReceiptMissing", "The app was paid for, and holds no receipt", "Install the app from the store again";
        InvalidReceipt = "InvalidReceipt", "The receipt does not pass", "Read the status and the reason beside it";
        PurchaseTimeout = "PurchaseTimeout", "The payment did not complete within all polls", "Poll longer, or keep the transaction id and resume later";
        TestReceiptNotAllowed = "TestReceiptNotAllowed", "Test receipts are not allowed here", "Set allowTestReceipts while developing, and never in production";
        PayWindowClosedByUser = "PayWindowClosedByUser", "The buyer closed the payment window", "Offer the product again; nothing was paid";
        AddReceiptError = "AddReceiptError", "The device does not store the receipt", "Read the device's own error beside it";
        PayPlatformError = "PayPlatformError", "mozPay failed", "Read the error of mozPay beside it";
        PayPlatformUnavailable = "PayPlatformUnavailable", "There is no place to keep a receipt", "Ask for the place before the buyer pays";
        UnknownMessageOrigin = "UnknownMessageOrigin", "A window of somebody else sent a message", "Nothing needs doing: it is not listened to";
        SyntaxError = "SyntaxError", "The receipt store holds no JSON, and nobody caught that", "Clear the stored text; read it within a try";
    }
}

codes! {
    /// The states and the errors that receiptverifier reports, its successes left out.
    pub VerifierError {
        NoReceipts = "NoReceipts", "There is no receipt, and the library never calls back", "Look for receipts before asking the library";
        NotInstalled = "NotInstalled", "The app is not installed", "Install the app, or use allowNoInstall";
        MozAppsNotSupported = "MozAppsNotSupported", "This browser has no mozApps", "Open the app on a device that keeps receipts";
        MozAppsError = "MozAppsError", "The device could not say what it holds", "Try again; the app can do nothing";
        InternalVerifierError = "VerifierError", "The library broke", "Read its log";
        ReceiptParseError = "ReceiptParseError", "The receipt cannot be taken apart", "Issue receipts behind exactly one certificate";
        ReceiptFormatError = "ReceiptFormatError", "The receipt lacks its issuer or its verify address", "Issue receipts with iss and verify";
        WrongType = "WrongType", "The type of the receipt is not on the list", "Use purchase-, developer- or reviewer-receipt";
        ProductUrlError = "ProductURLError", "The receipt was written for another app", "Present the receipt in the app that product.url names";
        InvalidReceiptIssuer = "InvalidReceiptIssuer", "The issuer is not among those of the manifest", "Write the issuer exactly as installs_allowed_from has it";
        VerifyDomainMismatch = "VerifyDomainMismatch", "The address to ask is not the issuer's", "Issue a verify address at the store's own host";
        InvalidFromStore = "InvalidFromStore", "The store does not stand by the receipt", "Ask the store why; the library drops the reason";
        Refunded = "Refunded", "The purchase was refunded or charged back", "Close the product; the buyer can buy it again";
        ReceiptExpired = "ReceiptExpired", "The receipt has expired, and opens the app all the same", "Trade it for a fresh one at its reissue address";
        ConnectionError = "ConnectionError", "The store cannot be reached", "Ask again when there is a network";
        RequestTimeout = "RequestTimeout", "The store took too long to answer", "Ask again later";
        ServerStatusError = "ServerStatusError", "The store answered with an HTTP error", "Ask again later; the purchase itself is not in doubt";
        InvalidServerResponse = "InvalidServerResponse", "What came back is no answer of a store", "Look for a login page or a proxy between app and store";
        OkCache = "OKCache", "A kept answer was used, and the store not asked", "Nothing needs doing; a refund since then goes unseen";
        OkStaleCache = "OKStaleCache", "The store was out of reach, and an old answer was used", "Nothing needs doing; ask again when there is a network";
    }
}
