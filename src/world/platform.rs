//! The platform: what the device under the app can do, and what it holds when the run begins.

use serde::{Deserialize, Serialize};

use crate::protocol::verdict::question::Restores;

dial! {
    /// What an app is to its device.
    AppKind {
        Page = "page", "A page", "An ordinary web page, known by where it comes from";
        Packaged = "packaged", "Packaged, with an origin", "A package of the store whose manifest declares an origin";
        PackagedWithoutOrigin = "packaged-without-origin", "Packaged, without an origin", "A package that the store knows by a number, which stands in no receipt";
        Hosted = "hosted", "Hosted and installed", "A page that was installed like an app; its manifest is its own";
    }
}

dial! {
    /// Whether a page can keep texts in the browser.
    LocalStorage {
        Works = "works", "It works", "Texts are kept and read again";
        Missing = "missing", "There is none", "A private window, or a browser that forbids it";
        Corrupt = "corrupt", "It holds nonsense", "Something that is no JSON stands where the receipts should be";
    }
}

dial! {
    /// What `navigator.mozPay` can do.
    MozPay {
        Works = "works", "It works", "The device knows the store's payment page and opens it";
        Missing = "missing", "There is none", "An ordinary browser: the page opens the payment page by itself and waits for its message";
        NoWindow = "no-window", "It can show no window", "The device fails before it loads any payment page";
        NamelessProvider = "nameless-provider", "Its provider has no name", "What the device's settings say of the store is incomplete";
    }
}

dial! {
    /// What `navigator.mozApps` can do.
    MozApps {
        Works = "works", "It works", "The app can be asked for, and its receipts with it";
        NotInstalled = "not-installed", "The app is not installed", "There is no app that could hold receipts; they lie in local storage";
        Missing = "missing", "There is none", "An ordinary browser: receipts lie in local storage";
        Fails = "fails", "It fails", "Whoever asks for the app gets an error";
    }
}

/// What the device under the app can do. The default is the phone of 2013 with an empty receipt store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Platform {
    /// What the app is to it.
    pub app_kind: AppKind,
    /// What it can do about payments.
    #[serde(skip_serializing_if = "is_standard")]
    pub moz_pay: MozPay,
    /// What it can do about apps.
    #[serde(skip_serializing_if = "is_standard")]
    pub moz_apps: MozApps,
    /// Whether `app.addReceipt` exists. Without it receipts go to local storage.
    pub has_add_receipt: bool,
    /// Whether the page can keep texts.
    pub local_storage: LocalStorage,
    /// Whether `replaceReceipt` is never answered while the app holds no receipt, as shipped.
    pub is_empty_replace_silent: bool,
    /// Whom the app's manifest takes receipts from; `None` where it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installs_allowed_from: Option<Vec<String>>,
    /// Whether the browser's own question before a verify call is acted out, for a client whose header makes it ask.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_preflight_shown: bool,
    /// How many receipts of other purchases the app holds when the run begins.
    pub receipts_held: u32,
}

/// What the developer told the historic clients; the app's own client asks for none of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClientOptions {
    /// Whether receiptverifier was told the app's address (`productURL`), without which any app's receipt will do.
    pub is_product_compared: bool,
    /// Whether receiptverifier's `Prompter` stands at the door.
    pub has_prompter: bool,
    /// What fxpay restores.
    pub restores: Restores,
}

impl Platform {
    /// Whether receipts are kept by the device itself, which looks at them, rather than as texts of a page.
    #[must_use]
    pub fn keeps_receipts(&self) -> bool {
        self.has_add_receipt && self.moz_apps == MozApps::Works
    }
}

fn is_standard<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The most receipts that a run may begin with.
pub(crate) const RECEIPTS_HELD_MAX: u32 = 1_000;

impl Default for Platform {
    fn default() -> Self {
        Self {
            app_kind: AppKind::Page,
            moz_pay: MozPay::Works,
            moz_apps: MozApps::Works,
            has_add_receipt: true,
            local_storage: LocalStorage::Works,
            is_empty_replace_silent: false,
            installs_allowed_from: None,
            is_preflight_shown: false,
            receipts_held: 0,
        }
    }
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self { is_product_compared: true, has_prompter: false, restores: Restores::InAppProduct }
    }
}
