//! Sayings: the sentences of the captions, all in one place so that they speak with one voice.
//!
//! Present tense, at most 20 words once filled in, no word that a newcomer has not met. `{server}` is the payment server
//! or the app server, `{product}` a name of at most three words, `{price}` an amount, `{transaction}` the beginning of an
//! id, `{n}` a count, `{what}` a phrase.

/// What is said about one kind of message: while it happens, and just before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Saying {
    /// The caption while the message is shown.
    pub(crate) now: &'static str,
    /// After "next:" while the message before it is shown.
    pub(crate) next: &'static str,
}

const fn say(now: &'static str, next: &'static str) -> Saying {
    Saying { now, next }
}

/// Before anything is sold.
impl Saying {
    pub(crate) const KEYS_ASKED: Self = say(
        "The app fetches the store's public keys, so that it can check receipts by itself",
        "the app fetches the store's public keys",
    );
    pub(crate) const KEYS_ANSWERED: Self = say(
        "The store sends its public keys: they check its signatures, but cannot make one",
        "the store sends its public keys",
    );
    pub(crate) const WINDOW_POSTED: Self = say(
        "A window sends the app a message; the browser says whose it is, and only the payment page is believed",
        "a window sends the app a message",
    );
    pub(crate) const KEY_ROTATED: Self = say(
        "The store signs with a new key from now on; the app still holds the old one",
        "the store begins to sign with a new key",
    );
}

/// From the click to the pay request.
impl Saying {
    pub(crate) const BUY_CLICKED: Self = say("The buyer wants {product} and clicks Buy", "the buyer clicks Buy");
    pub(crate) const BUY_ASKED: Self = say(
        "The app asks the {server} to sell {product}; the browser adds where the request comes from",
        "the app asks the {server} to sell it",
    );
    pub(crate) const START_ASKED: Self = say(
        "The {server} has the marketplace note that a purchase begins; no money moves yet",
        "the marketplace notes that a purchase begins",
    );
    pub(crate) const START_ANSWERED: Self = say(
        "The marketplace has opened transaction {transaction}; it waits to be paid",
        "the marketplace opens a transaction",
    );
    pub(crate) const BUY_ANSWERED: Self = say(
        "The {server} hands over the pay request: a signed token that says what to pay, and to whom",
        "the {server} hands over a pay request",
    );
    pub(crate) const BUY_REFUSED: Self = say("", "the purchase is refused");
}

/// The payment window.
impl Saying {
    pub(crate) const PAY_CALLED: Self = say(
        "The app passes the pay request to mozPay, the browser's own call for payments",
        "the app passes it to mozPay",
    );
    pub(crate) const WINDOW_OPENED: Self = say(
        "The device opens the marketplace's payment window; the app cannot look inside or press its buttons",
        "the device opens the payment window",
    );
    pub(crate) const PRICE_SHOWN: Self =
        say("The payment window shows {product} for {price} and asks for the PIN", "the buyer sees the price");
    pub(crate) const PIN_ENTERED: Self =
        say("The buyer types the PIN to confirm {price}; the app never sees it", "the buyer confirms with the PIN");
    pub(crate) const PIN_REFUSED: Self =
        say("The PIN is wrong; {what} before the window locks", "the PIN turns out to be wrong");
    pub(crate) const PIN_LOCKED: Self = say(
        "The PIN was wrong too often: the window locks for five minutes and the payment ends",
        "the payment window locks",
    );
    pub(crate) const CANCEL_PRESSED: Self =
        say("The buyer presses Cancel; nothing is charged", "the buyer presses Cancel");
    pub(crate) const WINDOW_CLOSED: Self =
        say("The buyer closes the payment window without deciding", "the buyer closes the window");
    pub(crate) const WINDOW_ABANDONED: Self = say(
        "The device tells the marketplace that its payment window is gone",
        "the marketplace learns that its window is gone",
    );
}

/// The money, and the news of it.
impl Saying {
    pub(crate) const CHARGE_ASKED: Self = say(
        "The marketplace has the provider charge the buyer {price}: here the money moves",
        "the provider charges the buyer",
    );
    pub(crate) const CHARGED: Self = say(
        "The provider has charged the buyer; from now on the purchase is paid",
        "the provider says that it is charged",
    );
    pub(crate) const DECLINED: Self =
        say("The provider declines: no money moves, and the payment ends here", "the provider declines");
    pub(crate) const LED_ELSEWHERE: Self = say(
        "The provider leads the buyer to a site that the payment page does not know, and is not followed",
        "the provider points elsewhere",
    );
    pub(crate) const CHARGE_PENDING: Self = say(
        "The provider cannot say yet whether it can charge; the payment stays open meanwhile",
        "the provider asks for patience",
    );
    pub(crate) const NOTICE_SENT: Self = say(
        "The marketplace tells the {server} in a signed notice that the purchase is paid",
        "the {server} is told that it is paid",
    );
    pub(crate) const NOTICE_REPEATED: Self = say(
        "The last delivery did not count, so the marketplace sends the notice again: attempt {n}",
        "the notice is sent again",
    );
    pub(crate) const TAKEN_BACK_SENT: Self = say(
        "The marketplace tells the {server} in a signed notice that the money went back",
        "the {server} is told that the money went back",
    );
    pub(crate) const NOTICE_ACCEPTED: Self = say(
        "The {server} answers with the transaction's id: that alone counts as received",
        "the {server} says that it knows",
    );
    pub(crate) const NOTICE_MISANSWERED: Self = say(
        "The {server} does not answer with the transaction's id, so the notice counts as lost",
        "the {server} answers wrongly",
    );
    pub(crate) const NOTICE_FAILED: Self =
        say("The {server} answers with error {n}, so the notice counts as lost", "the {server} answers with an error");
    pub(crate) const NOTICE_UNANSWERED: Self =
        say("No answer comes from the {server}, so the notice counts as lost", "no answer comes from the {server}");
    pub(crate) const OWNER_MAILED: Self = say(
        "No notice got through in {what}, so the marketplace writes to the app's owner",
        "the app's owner gets a mail",
    );
    pub(crate) const WINDOW_SUCCEEDED: Self =
        say("The payment page tells the device that the payment went well", "the payment page closes");
    pub(crate) const WINDOW_FAILED: Self = say("", "the payment page ends without payment");
    pub(crate) const PAY_SUCCEEDED: Self = say(
        "The device tells the app that the window ended well; that proves nothing yet",
        "the app learns that the window ended well",
    );
    pub(crate) const PAY_FAILED: Self = say("", "the app learns that there is no payment");
}

/// From polling to the receipt in the device.
impl Saying {
    pub(crate) const STATUS_ASKED: Self =
        say("The app asks the {server} whether the purchase is completed", "the app asks whether it is completed");
    pub(crate) const STATUS_PENDING: Self =
        say("Not completed yet; the app will ask again, but not for ever", "the app is told to wait");
    pub(crate) const POLLING_GIVEN_UP: Self =
        say("The app has asked as often as it wanted and gives up; the payment may still come", "the app gives up");
    pub(crate) const STATUS_COMPLETED: Self =
        say("The {server} hands back the receipt that the marketplace signed", "the app gets the receipt");
    pub(crate) const RECEIPT_SOUGHT: Self =
        say("The {server} asks the marketplace for the receipt of this payment", "the marketplace signs a receipt");
    pub(crate) const RECEIPT_SUPPLIED: Self = say(
        "The marketplace signs the receipt: a proof of purchase that its public key can check",
        "the marketplace signs a receipt",
    );
    pub(crate) const RECEIPT_DENIED: Self = say("", "the marketplace gives no receipt");
    pub(crate) const INSTALL_ASKED: Self =
        say("The app has the device keep the receipt, so that it is there at the next start", "the app installs it");
    pub(crate) const REPLACE_ASKED: Self = say(
        "The app has the device keep the fresh receipt in place of the old one",
        "the app replaces the old receipt",
    );
    pub(crate) const INSTALLED: Self = say(
        "The device keeps the receipt; it looked at its form, never at its signature",
        "the device keeps the receipt",
    );
    pub(crate) const NOT_INSTALLED: Self = say("", "the device does not keep it");
    pub(crate) const RECEIPT_PLANTED: Self =
        say("Somebody puts a receipt into the device that {what}", "somebody puts a receipt into the device");
    pub(crate) const HTTP_ANSWERED: Self =
        say("The answer is not what was asked for", "the answer is not what was asked for");
}

/// The app's own judgement.
impl Saying {
    pub(crate) const RECEIPTS_ASKED: Self =
        say("The app asks the device which receipts it keeps for this app", "the app looks for its receipts");
    pub(crate) const RECEIPTS_ANSWERED: Self = say(
        "The device hands over {what}; whether they are good, the app must find out",
        "the device hands over what it keeps",
    );
    pub(crate) const RECEIPT_ACCEPTED: Self = say(
        "The app checks the receipt itself, from its signature to its dates, and finds it good",
        "the app checks the receipt",
    );
    pub(crate) const RECEIPT_SOUND: Self = say(
        "The receipt is sound by itself; this app asks the store as well before it opens anything",
        "the app checks the receipt",
    );
    pub(crate) const RECEIPT_REJECTED: Self = say("", "the app checks the receipt");
    pub(crate) const VERIFY_ASKED: Self = say(
        "The app shows the receipt to the store, which now knows when this app was opened",
        "the app asks the store about the receipt",
    );
    pub(crate) const VERIFY_OK: Self =
        say("The store says ok: the purchase stands, and it has not been given back", "the store says what it knows");
    pub(crate) const VERIFY_PENDING: Self =
        say("The store says pending: the payment has not been settled yet", "the store says what it knows");
    pub(crate) const VERIFY_BAD: Self = say("", "the store says what it knows");
    pub(crate) const ACCESS_GRANTED: Self = say(
        "The app opens {product}, because the receipt passed its checks and for no other reason",
        "the app opens the product",
    );
    pub(crate) const ACCESS_REFUSED: Self = say("", "the app keeps the product closed");
}

/// Later.
impl Saying {
    pub(crate) const HISTORY_ASKED: Self =
        say("The buyer opens the marketplace's list of completed purchases", "the buyer opens the purchase history");
    pub(crate) const HISTORY_ANSWERED: Self =
        say("The marketplace lists {what} of this buyer", "the marketplace lists the purchases");
    pub(crate) const PRODUCTS_ASKED: Self =
        say("The app asks the marketplace what it sells in the app", "the app asks for the product list");
    pub(crate) const PRODUCTS_ANSWERED: Self =
        say("The marketplace lists {what} with names and price tiers", "the marketplace lists the products");
    pub(crate) const RECEIPT_CLAIMED: Self = say(
        "The app asks for the receipt of something that its buyer has bought already",
        "the app asks for a receipt of an earlier purchase",
    );
    pub(crate) const TEST_RECEIPT_ASKED: Self = say(
        "The app asks for a receipt to try things out with; no purchase stands behind it",
        "the app asks for a test receipt",
    );
    pub(crate) const TEST_RECEIPT_ISSUED: Self = say(
        "The marketplace signs a receipt that calls itself a test; no app in earnest may accept it",
        "the marketplace signs a test receipt",
    );
    pub(crate) const STORE_REFUSED: Self = say("", "the marketplace refuses");
    pub(crate) const RECEIPT_REQUESTED: Self = say(
        "The buyer asks for the receipt of an old purchase, as after losing a device",
        "the buyer asks for the receipt again",
    );
    pub(crate) const RECEIPT_HANDED_OVER: Self = say(
        "The marketplace hands the app a receipt for {product}, from the buyer's history",
        "the app gets the receipt again",
    );
    pub(crate) const REISSUE_ASKED: Self =
        say("The app sends its old receipt to the store and asks for a fresh one", "the app asks for a fresh receipt");
    pub(crate) const REISSUED: Self =
        say("The store signs a fresh receipt for the same purchase, with new dates", "the store signs a fresh receipt");
    pub(crate) const NOT_REISSUED: Self = say("", "the store does not reissue it");
    pub(crate) const REFUND_ASKED: Self =
        say("The marketplace has the provider give {price} back to the buyer", "the provider gives the money back");
    pub(crate) const REFUND_ANSWERED: Self = say(
        "The provider has given the money back; the receipt in the device cannot know that",
        "the provider says that the money is back",
    );
    pub(crate) const CHARGEBACK_REPORTED: Self = say(
        "The buyer's bank takes the money back, and the provider tells the marketplace",
        "the bank takes the money back",
    );
}
