//! Identity: what a store writes into a receipt to remember its buyer.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::protocol::dial::IdentityMode;
use crate::protocol::hex::hex;

/// The `type` of a user value that is the buyer's address.
pub const EMAIL: &str = "email";
/// The `type` of a user value that is meant to be opaque to everybody but the store.
pub const DIRECTED_IDENTIFIER: &str = "directed-identifier";

/// The user value of everybody: what the shipped store wrote where it knew no buyer.
pub const ANONYMOUS_USER: &str = "anonymous-user";

/// The `user` claim of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserClaim {
    /// `email` or `directed-identifier`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The buyer's address, or the value that the store knows the buyer by.
    pub value: String,
}

impl UserClaim {
    /// What the shipped store wrote into every receipt for a product within an app: it knew no buyer there.
    #[must_use]
    pub fn anonymous() -> Self {
        Self { kind: DIRECTED_IDENTIFIER.to_owned(), value: ANONYMOUS_USER.to_owned() }
    }
}

/// What a store has at hand when it identifies the buyer of a receipt. Each mode uses its own part of it.
#[derive(Debug, Clone, Copy)]
pub struct IdentityInputs<'a> {
    /// The buyer's verified email address, as it was written: nothing is normalised.
    pub email: &'a str,
    /// The app's origin.
    pub origin: &'a str,
    /// The store's HMAC secret, which must be kept for ever.
    pub secret: &'a [u8],
    /// The random value kept for this buyer and app.
    pub stored: &'a str,
    /// The random value of this transaction.
    pub guid: &'a str,
}

/// The `user` claim that `mode` puts into a receipt.
#[must_use]
pub fn user_value(mode: IdentityMode, inputs: &IdentityInputs<'_>) -> UserClaim {
    let (kind, value) = match mode {
        IdentityMode::GuidPerTransaction => (DIRECTED_IDENTIFIER, inputs.guid.to_owned()),
        IdentityMode::Hmac => (DIRECTED_IDENTIFIER, keyed_identifier(inputs.secret, inputs.email, inputs.origin)),
        IdentityMode::StoredRandom => (DIRECTED_IDENTIFIER, inputs.stored.to_owned()),
        IdentityMode::Anonymous => return UserClaim::anonymous(),
        IdentityMode::Email => (EMAIL, inputs.email.to_owned()),
    };
    UserClaim { kind: kind.to_owned(), value }
}

/// HMAC(secret, email "." origin) in lower-case hex. The page names no hash; SHA-256 is this project's choice.
fn keyed_identifier(secret: &[u8], email: &str, origin: &str) -> String {
    // RFC 2104: a key of any length is good, so this error cannot happen; an empty answer would be seen in any test.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    for part in [email, ".", origin] {
        mac.update(part.as_bytes());
    }
    hex(&mac.finalize().into_bytes())
}

/// Why somebody might recognise a user value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognisable {
    /// It has the shape of an email address.
    Email,
    /// It is a web address, such as a profile page.
    Url,
    /// It begins like a handle in a social network.
    Handle,
    /// It has the shape of a telephone number.
    Phone,
}

impl Recognisable {
    /// What it looks like, for a sentence.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Email => "an email address",
            Self::Url => "a web address",
            Self::Handle => "a user name",
            Self::Phone => "a telephone number",
        }
    }
}

impl fmt::Display for Recognisable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Whether a user value looks like something that the buyer or anybody else might recognise, which the page of 2012-08 forbids.
#[must_use]
pub fn looks_like_identifier(value: &str) -> Option<Recognisable> {
    let value = value.trim();
    if let Some((local, domain)) = value.rsplit_once('@') {
        let is_handle = local.is_empty() && !domain.is_empty();
        return if is_handle { Some(Recognisable::Handle) } else { Some(Recognisable::Email) };
    }
    if value.contains("://") || value.starts_with("mailto:") || value.starts_with("www.") {
        return Some(Recognisable::Url);
    }
    is_phone(value).then_some(Recognisable::Phone)
}

/// `+` and 7 to 15 digits (the longest number there is, ITU-T E.164), with the usual signs between them.
fn is_phone(value: &str) -> bool {
    let Some(number) = value.strip_prefix('+') else { return false };
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    (7..=15).contains(&digits) && number.chars().all(|sign| sign.is_ascii_digit() || " -()./".contains(sign))
}

#[cfg(test)]
mod tests {
    use crate::protocol::dial::IdentityMode;
    use crate::protocol::identity::{IdentityInputs, Recognisable, looks_like_identifier, user_value};

    fn inputs<'a>(email: &'a str, origin: &'a str) -> IdentityInputs<'a> {
        IdentityInputs { email, origin, secret: b"store-secret", stored: "stored-1", guid: "guid-1" }
    }

    fn keyed(email: &str, origin: &str) -> String {
        user_value(IdentityMode::Hmac, &inputs(email, origin)).value
    }

    #[test]
    fn each_mode_takes_its_own_value() {
        for (mode, kind, value) in [
            (IdentityMode::GuidPerTransaction, "directed-identifier", "guid-1"),
            (IdentityMode::StoredRandom, "directed-identifier", "stored-1"),
            (IdentityMode::Anonymous, "directed-identifier", "anonymous-user"),
            (IdentityMode::Email, "email", "ann@example.org"),
        ] {
            let user = user_value(mode, &inputs("ann@example.org", "https://pony.example"));
            assert_eq!((user.kind.as_str(), user.value.as_str()), (kind, value), "{mode:?}");
        }
    }

    #[test]
    fn the_keyed_identifier_follows_email_and_origin_to_the_letter() {
        for (email, origin, value) in [
            (
                "ann@example.org",
                "https://pony.example",
                "0b431ec55aa08e70c2a603dbc219723eab7bff807afac96d2d4552b2e645c0a4",
            ),
            (
                "ann@example.org",
                "app://pony.example",
                "4dc73005cf94a927e89162a8e80c15b24d8783ff74546465ae3803c073cf5ab7",
            ),
            (
                "ANN@example.org",
                "https://pony.example",
                "4c934f32b9befaabec4adf09aede54af50276fc9116d07fedb26a99ab6acc584",
            ),
        ] {
            assert_eq!(keyed(email, origin), value);
        }
    }

    #[test]
    fn the_separator_collides_where_an_origin_has_no_scheme() {
        assert_eq!(keyed("a@b.c", "d"), keyed("a@b", "c.d"));
        assert_ne!(keyed("a@b.c", "https://d"), keyed("a@b", "https://c.d"));
    }

    #[test]
    fn a_value_that_somebody_might_recognise_is_told_from_an_opaque_one() {
        for (value, why) in [
            ("pseud-123gBm51jc56s@idprovider.com", Recognisable::Email),
            (" ann@localhost ", Recognisable::Email),
            ("@ann", Recognisable::Handle),
            ("https://social.example/ann", Recognisable::Url),
            ("+49 (30) 123456", Recognisable::Phone),
        ] {
            assert_eq!(looks_like_identifier(value), Some(why), "{value}");
        }
        for value in [
            "4fb35151-2b9b-4ba2-8283-c49d381640bd",
            "0b431ec55aa08e70c2a603dbc219723eab7bff807afac96d2d4552b2e645c0a4",
            "49799-4fb35151-2b9b-4ba2-8283-c49d381640bd",
            "anonymous-user",
            "none",
            "",
            "+12",
            "1400000000",
        ] {
            assert_eq!(looks_like_identifier(value), None, "{value}");
        }
    }
}
