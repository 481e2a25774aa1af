//! The device's receipt store: what the user agent checked before it kept a receipt, in its order.

use serde::Deserialize;
use serde_json::Value;

use crate::protocol::atob::{atob, latin1};
use crate::protocol::code::Refusal;
use crate::protocol::receipt::ReceiptType;
use crate::protocol::truth::is_truthy;

/// How long a receipt may be.
pub const RECEIPT_BYTES_MAX: usize = 1_048_576;
/// How many receipts an app may hold before the next one is added; so 501 fit.
pub const RECEIPTS_BEFORE_ADD_MAX: usize = 500;

codes! {
    /// Why the device keeps, removes or replaces no receipt, in the order in which it looks.
    pub DeviceError {
        InvalidParameters = "INVALID_PARAMETERS", "No receipt was given", "Pass the receipt as a text";
        ReceiptTooBig = "RECEIPT_TOO_BIG", "The receipt is longer than 1 MiB", "Ask the store for a shorter receipt";
        InvalidSegmentsNumber = "INVALID_SEGMENTS_NUMBER", "The receipt has not exactly three parts", "Pass the whole receipt: header, claims and signature joined by dots";
        InvalidReceiptEncoding = "INVALID_RECEIPT_ENCODING", "The receipt's claims are empty", "Sign an object with the claims of a receipt";
        ReceiptTypeRequired = "RECEIPT_TYPE_REQUIRED", "The receipt has no type", "Add typ, such as purchase-receipt";
        ReceiptProductRequired = "RECEIPT_PRODUCT_REQUIRED", "The receipt names no product", "Add product with url and storedata";
        ReceiptUserRequired = "RECEIPT_USER_REQUIRED", "The receipt names no user", "Add user with type and value";
        ReceiptIssRequired = "RECEIPT_ISS_REQUIRED", "The receipt names no issuer", "Add iss, the store's origin";
        ReceiptNbfRequired = "RECEIPT_NBF_REQUIRED", "The receipt does not say when the purchase was completed", "Add nbf in seconds; 0 counts as missing";
        ReceiptIatRequired = "RECEIPT_IAT_REQUIRED", "The receipt does not say when it was issued", "Add iat in seconds; 0 counts as missing";
        ReceiptTypeUnsupported = "RECEIPT_TYPE_UNSUPPORTED", "The type is none of the four types of receipts", "Use purchase-, developer-, reviewer- or test-receipt";
        ReceiptError = "RECEIPT_ERROR", "The receipt's claims cannot be decoded", "Encode the claims as JSON in base64url";
        TooManyReceipts = "TOO_MANY_RECEIPTS", "The app holds too many receipts already", "Remove old receipts first; 501 fit";
        ReceiptAlreadyExists = "RECEIPT_ALREADY_EXISTS", "This very receipt is stored already", "Nothing needs doing, or replace the old receipt";
        NoSuchReceipt = "NO_SUCH_RECEIPT", "The receipt to remove or replace is not stored", "List the stored receipts and pass one of them exactly";
    }
}

/// A refusal of the device's receipt store.
pub type DeviceRefusal = Refusal<DeviceError>;

codes! {
    /// Why an app cannot be installed, or asked about. The simulator's app is installed; these are here to be looked up.
    pub InstallError {
        InvalidUrl = "INVALID_URL", "The manifest's address is no URL", "Pass the manifest's full address";
        BackgroundApp = "BACKGROUND_APP", "An app in the background may not install others", "Install while the user looks at the page";
        NetworkError = "NETWORK_ERROR", "The manifest could not be fetched", "Check the connection and the address";
        ManifestUrlError = "MANIFEST_URL_ERROR", "The server answered the manifest's address with an error", "Serve the manifest with status 200";
        ManifestParseError = "MANIFEST_PARSE_ERROR", "The manifest is not JSON", "Repair the manifest's JSON";
        InvalidManifest = "INVALID_MANIFEST", "The manifest misses something or has something wrong", "Check the manifest's fields, its name first";
        InvalidManifestContentType = "INVALID_MANIFEST_CONTENT_TYPE", "The manifest has the wrong content type", "Serve it as application/x-web-app-manifest+json";
        ReinstallForbidden = "REINSTALL_FORBIDDEN", "The app is installed already", "Remove the app first, or use the installed one";
        InstallFromDenied = "INSTALL_FROM_DENIED", "The app may not be installed from this page", "Add the page's origin to installs_allowed_from";
        InvalidSecurityLevel = "INVALID_SECURITY_LEVEL", "The app asks for more rights than its kind may have", "Lower the type in the manifest, or have it signed";
        InvalidRole = "INVALID_ROLE", "The app asks for a role that it may not have", "Remove the role from the manifest";
        Denied = "DENIED", "The user said no", "Ask again when the user wants the app";
        CrossOriginCheckNotAllowed = "CROSS_ORIGIN_CHECK_NOT_ALLOWED", "A page may ask only about apps of its own origin", "Ask from the app's own origin";
        NotInstalled = "NOT_INSTALLED", "The app to remove is not installed", "Nothing needs doing";
    }
}

/// Checks the form of a receipt. Signature, expiry, product and issuer are none of the device's business.
///
/// # Errors
/// The first [`DeviceError`] that applies.
pub fn check_receipt(receipt: &str) -> Result<(), DeviceRefusal> {
    if receipt.is_empty() {
        return Err(DeviceError::InvalidParameters.into());
    }
    if utf16_len(receipt) > RECEIPT_BYTES_MAX {
        return Err(Refusal::because_of(DeviceError::ReceiptTooBig, format_args!("{} bytes", receipt.len())));
    }
    let segments: Vec<&str> = last_token(receipt).split('.').collect();
    let [_, claims, _] = segments.as_slice() else {
        return Err(Refusal::because_of(DeviceError::InvalidSegmentsNumber, segments.len()));
    };
    let Some(claims) = atob(claims) else {
        return Err(DeviceError::ReceiptError.into());
    };
    // A receipt as stores issue it is read in one go; whatever else it is, it is looked at member by member.
    match serde_json::from_slice::<WellFormed>(&claims) {
        Ok(whole) if whole.is_complete() => check_type(&whole.typ),
        Ok(_) | Err(_) => check_members(&claims),
    }
}

/// Checks whether a receipt may be added to those of its app.
///
/// # Errors
/// As [`check_receipt`], then [`DeviceError::TooManyReceipts`] or [`DeviceError::ReceiptAlreadyExists`].
pub fn check_add<R: AsRef<str>>(receipt: &str, stored: &[R]) -> Result<(), DeviceRefusal> {
    check_receipt(receipt)?;
    if stored.len() > RECEIPTS_BEFORE_ADD_MAX {
        return Err(Refusal::because_of(DeviceError::TooManyReceipts, stored.len()));
    }
    if position(receipt, stored).is_some() {
        return Err(DeviceError::ReceiptAlreadyExists.into());
    }
    Ok(())
}

/// Checks whether a receipt can be removed, and says where it is stored.
///
/// # Errors
/// [`DeviceError::InvalidParameters`] or [`DeviceError::NoSuchReceipt`].
pub fn check_remove<R: AsRef<str>>(receipt: &str, stored: &[R]) -> Result<usize, DeviceRefusal> {
    if receipt.is_empty() {
        return Err(DeviceError::InvalidParameters.into());
    }
    position(receipt, stored).ok_or_else(|| DeviceError::NoSuchReceipt.into())
}

/// Checks whether `new` may take the place of `old`, and says where that is.
///
/// # Errors
/// As [`check_receipt`] for `new`, then [`DeviceError::NoSuchReceipt`] for `old`. (As shipped, an app without any receipt got
/// no answer at all.)
pub fn check_replace<R: AsRef<str>>(old: &str, new: &str, stored: &[R]) -> Result<usize, DeviceRefusal> {
    if old.is_empty() || new.is_empty() {
        return Err(DeviceError::InvalidParameters.into());
    }
    check_receipt(new)?;
    position(old, stored).ok_or_else(|| DeviceError::NoSuchReceipt.into())
}

/// The token that the device looks at: the second of exactly two, else the first, so that it reads a certificate among three.
fn last_token(receipt: &str) -> &str {
    match receipt.split_once('~') {
        Some((_, token)) if !token.contains('~') => token,
        Some((first, _)) => first,
        None => receipt,
    }
}

/// The length as the device counts it, which is that of a JavaScript string.
fn utf16_len(text: &str) -> usize {
    if text.len() <= RECEIPT_BYTES_MAX { text.len() } else { text.encode_utf16().count() }
}

fn position<R: AsRef<str>>(receipt: &str, stored: &[R]) -> Option<usize> {
    stored.iter().position(|own| own.as_ref() == receipt)
}

/// The members that the device asks for, of the types that stores give them.
#[derive(Deserialize)]
struct WellFormed {
    typ: String,
    #[expect(dead_code, reason = "only its being an object counts")]
    product: AnyObject,
    #[expect(dead_code, reason = "only its being an object counts")]
    user: AnyObject,
    iss: String,
    nbf: u64,
    iat: u64,
}

#[derive(Deserialize)]
struct AnyObject {}

impl WellFormed {
    fn is_complete(&self) -> bool {
        !self.typ.is_empty() && !self.iss.is_empty() && self.nbf > 0 && self.iat > 0
    }
}

fn check_members(claims: &[u8]) -> Result<(), DeviceRefusal> {
    let Ok(whole) = serde_json::from_str::<Value>(&latin1(claims)) else {
        return Err(DeviceError::ReceiptError.into());
    };
    if !is_truthy(&whole) {
        return Err(Refusal::because_of(DeviceError::InvalidReceiptEncoding, &whole));
    }
    for (name, error) in [
        ("typ", DeviceError::ReceiptTypeRequired),
        ("product", DeviceError::ReceiptProductRequired),
        ("user", DeviceError::ReceiptUserRequired),
        ("iss", DeviceError::ReceiptIssRequired),
        ("nbf", DeviceError::ReceiptNbfRequired),
        ("iat", DeviceError::ReceiptIatRequired),
    ] {
        if !whole.get(name).is_some_and(is_truthy) {
            return Err(error.into());
        }
    }
    match whole.get("typ") {
        Some(Value::String(typ)) => check_type(typ),
        other => Err(Refusal::because_of(DeviceError::ReceiptTypeUnsupported, other.unwrap_or(&Value::Null))),
    }
}

fn check_type(typ: &str) -> Result<(), DeviceRefusal> {
    if ReceiptType::named(typ).is_known() {
        Ok(())
    } else {
        Err(Refusal::because_of(DeviceError::ReceiptTypeUnsupported, typ))
    }
}
