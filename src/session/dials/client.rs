//! The dials of the app's client and of the device under it.

use crate::protocol::dial::Position;
use crate::protocol::verdict::question::Restores;
use crate::session::dials::dial::{Dial, Hand, Shape};
use crate::world::platform::{AppKind, LocalStorage, MozApps, MozPay};
use crate::world::setup::Setup;

/// A choice within a table of the set-up.
macro_rules! within {
    ($number:expr, $name:literal, $label:literal, $decides:literal, $type:ty, $table:ident.$field:ident) => {
        Dial {
            number: $number,
            name: $name,
            label: $label,
            decides: $decides,
            shape: Shape::Choice(<$type>::POSITIONS),
            hand: Hand {
                read: |setup| setup.$table.$field.name().to_owned(),
                turn: |setup, text| <$type>::parse(text).map(|position| setup.$table.$field = position),
                reset: |setup| setup.$table.$field = Setup::default().$table.$field,
                follows: None,
            },
        }
    };
}

/// A yes or a no within a table of the set-up, with what each of them means.
macro_rules! claim {
    ($number:expr, $name:literal, $label:literal, $decides:literal, [$yes:expr, $no:expr], $table:ident.$field:ident) => {
        Dial {
            number: $number,
            name: $name,
            label: $label,
            decides: $decides,
            shape: Shape::Choice(&[
                Position { name: "true", label: $yes.0, meaning: $yes.1 },
                Position { name: "false", label: $no.0, meaning: $no.1 },
            ]),
            hand: Hand {
                read: |setup| setup.$table.$field.to_string(),
                turn: |setup, text| text.parse().ok().map(|is_so| setup.$table.$field = is_so),
                reset: |setup| setup.$table.$field = Setup::default().$table.$field,
                follows: None,
            },
        }
    };
}

pub(crate) const PRODUCT_COMPARED: Dial = claim!(
    Some(12),
    "client-options.is-product-compared",
    "receiptverifier knows the app",
    "Whether receiptverifier was told the app's address",
    [
        ("Told", "A receipt must name a part of the app's address"),
        ("Not told", "Any app's receipt will do, as it was shipped")
    ],
    client_options.is_product_compared
);

pub(crate) const PROMPTER: Dial = claim!(
    Some(12),
    "client-options.has-prompter",
    "receiptverifier's Prompter",
    "Whether receiptverifier's own door stands before the app",
    [
        ("At the door", "People are let in when the network fails, and shown a page when a receipt does"),
        ("Left out", "The app decides from what the library reports")
    ],
    client_options.has_prompter
);

pub(crate) const RESTORES: Dial = within!(
    Some(12),
    "client-options.restores",
    "fxpay restores",
    "What fxpay looks for a receipt of",
    Restores,
    client_options.restores
);

pub(crate) const APP_KIND: Dial =
    within!(None, "device.app-kind", "The app is", "What the app is to its device", AppKind, device.app_kind);

pub(crate) const MOZ_PAY: Dial =
    within!(None, "device.moz-pay", "mozPay", "What the device can do about payments", MozPay, device.moz_pay);

pub(crate) const MOZ_APPS: Dial =
    within!(None, "device.moz-apps", "mozApps", "What the device can do about apps", MozApps, device.moz_apps);

pub(crate) const ADD_RECEIPT: Dial = claim!(
    None,
    "device.has-add-receipt",
    "Receipt store",
    "Whether the device keeps receipts for its apps",
    [
        ("There is one", "The device has addReceipt and checks the form of what it keeps"),
        ("There is none", "Receipts go to local storage, where nobody checks anything")
    ],
    device.has_add_receipt
);

pub(crate) const LOCAL_STORAGE: Dial = within!(
    None,
    "device.local-storage",
    "Local storage",
    "Whether a page can keep texts in the browser",
    LocalStorage,
    device.local_storage
);

pub(crate) const EMPTY_REPLACE: Dial = claim!(
    None,
    "device.is-empty-replace-silent",
    "Replacing without a receipt",
    "What the device answers when a receipt is to be replaced and none is there",
    [("Nothing", "The call never settles, as it was shipped"), ("NO_SUCH_RECEIPT", "The call fails at once")],
    device.is_empty_replace_silent
);
