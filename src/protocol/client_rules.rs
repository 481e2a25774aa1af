//! Client rules: what each app client does apart from judging a receipt, as data (dial D12). Judging is its profile's.

use crate::protocol::dial::{AppClient, Profile, VerifyPolicy};
use crate::protocol::time::Span;
use crate::protocol::verdict::receiptverifier::REQUEST_PATIENCE;

/// The habits of one client. Each field is a fact that the app page acts on.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one fact of a library's history, set together in one table")]
pub struct ClientRules {
    /// Which client this is.
    pub client: AppClient,
    /// Where these rules are written.
    pub section: &'static str,
    /// The default of dial D6; `None` follows the revision.
    pub profile: Option<Profile>,
    /// The default of dial D5; `None` follows the revision.
    pub verify_policy: Option<VerifyPolicy>,
    /// How long it waits for an answer to its calls.
    pub api_patience: Span,
    /// How long it waits for the store's verify service.
    pub verify_patience: Span,
    /// Whether a bad answer to one poll ends the whole purchase.
    pub is_poll_error_final: bool,
    /// Whether a completed payment without a receipt passes for a purchase.
    pub is_null_receipt_taken: bool,
    /// Whether a purchase ends with the status answer: the receipt is stored and nobody looks at it.
    pub is_status_trusted: bool,
    /// Whether a receipt store that cannot be read breaks everything that looks into it.
    pub is_corrupt_storage_fatal: bool,
    /// Whether the list of receipts is read once, at the start, and never again.
    pub is_map_built_once: bool,
    /// Whether good answers of the store are kept.
    pub is_answer_kept: bool,
    /// Whether every receipt is asked about, and one that cannot be is enough to fail.
    pub is_every_receipt_judged: bool,
    /// Whether nobody is told when there is no receipt at all.
    pub is_silent_without_receipts: bool,
    /// Whether a purchase that timed out is taken up again when the app next looks at what it has.
    pub is_purchase_resumed: bool,
}

impl ClientRules {
    /// The habits of a client.
    #[must_use]
    pub fn of(client: AppClient) -> &'static Self {
        match client {
            AppClient::Own => &OWN,
            AppClient::Fxpay => &FXPAY,
            AppClient::Receiptverifier => &RECEIPTVERIFIER,
        }
    }
}

const CALL: Span = Span::from_seconds(10);

static OWN: ClientRules = ClientRules {
    client: AppClient::Own,
    section: "This project's own reading of both pages",
    profile: None,
    verify_policy: None,
    api_patience: CALL,
    verify_patience: CALL,
    is_poll_error_final: false,
    is_null_receipt_taken: false,
    is_status_trusted: false,
    is_corrupt_storage_fatal: false,
    is_map_built_once: false,
    is_answer_kept: false,
    is_every_receipt_judged: false,
    is_silent_without_receipts: false,
    is_purchase_resumed: true,
};

static FXPAY: ClientRules = ClientRules {
    client: AppClient::Fxpay,
    section: "fxpay 0.0.18, July 2015",
    profile: Some(Profile::Fxpay),
    verify_policy: Some(VerifyPolicy::StoreOnly),
    is_poll_error_final: true,
    is_null_receipt_taken: true,
    is_status_trusted: true,
    is_corrupt_storage_fatal: true,
    is_map_built_once: true,
    is_purchase_resumed: false,
    ..OWN
};

static RECEIPTVERIFIER: ClientRules = ClientRules {
    client: AppClient::Receiptverifier,
    section: "receiptverifier, September 2014",
    profile: Some(Profile::Receiptverifier),
    verify_policy: Some(VerifyPolicy::StoreOnly),
    verify_patience: REQUEST_PATIENCE,
    is_answer_kept: true,
    is_every_receipt_judged: true,
    is_silent_without_receipts: true,
    is_purchase_resumed: false,
    ..OWN
};

#[cfg(test)]
mod tests {
    use crate::protocol::client_rules::ClientRules;
    use crate::protocol::dial::AppClient;

    #[test]
    fn each_client_has_habits_of_its_own() {
        for &client in AppClient::ALL {
            let own = ClientRules::of(client);
            assert_eq!(own.client, client);
            let alike = |other: &&AppClient| {
                ClientRules { client, section: own.section, ..copy(ClientRules::of(**other)) } == *own
            };
            assert_eq!(AppClient::ALL.iter().filter(alike).count(), 1, "{client:?}");
        }
    }

    fn copy(rules: &ClientRules) -> ClientRules {
        ClientRules { ..*rules }
    }
}
