//! Dials: the choices that a run makes between ways of doing things, apart from the date.

/// One position of a dial, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Its name in files and on the command line.
    pub name: &'static str,
    /// Its name on the screen.
    pub label: &'static str,
    /// What it means, in one sentence without a full stop.
    pub meaning: &'static str,
}

/// Declares a dial: `Variant = "name-in-files", "label", "meaning";`, the default first.
macro_rules! dial {
    ($(#[$meta:meta])* $name:ident { $first:ident = $($rest:tt)+ }) => {
        dial!(@whole $(#[$meta])* $name { $first } { $first = $($rest)+ });
    };
    (@whole $(#[$meta:meta])* $name:ident { $first:ident } { $($variant:ident = $text:literal, $label:literal, $meaning:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $(#[doc = $meaning] #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every position of this dial, in the order in which it is offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The same in words, for lists of any dial.
            pub const POSITIONS: &'static [$crate::protocol::dial::Position] = &[$(
                $crate::protocol::dial::Position { name: $text, label: $label, meaning: $meaning },
            )+];

            /// Its name in files and on the command line, in kebab case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Its name on the screen, in plain words.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            /// What it means, in one sentence without a full stop.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }

            /// The position of this name, if it is one; exact and case-sensitive.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|position| position.name() == name)
            }
        }

        impl $crate::protocol::selection::Choice for $name {
            const CHOICES: &'static [Self] = Self::ALL;

            fn place(self) -> u16 {
                self as u16
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::$first
            }
        }
    };
}

dial! {
    /// D2: who signs the pay request and hears of the payment.
    Hosting {
        Hosted = "hosted", "Hosted", "The marketplace's payment server signs for the app, which needs no server and no key";
        Classic = "classic", "Classic", "The developer's own server keeps a key, signs the pay request and takes the notices";
    }
}

dial! {
    /// D3: what stands in a receipt's `user` claim.
    IdentityMode {
        GuidPerTransaction = "guid-per-transaction", "A new GUID per transaction", "Every purchase gets a random value that only the store can link to the buyer";
        Hmac = "hmac", "HMAC of email and origin", "The value is computed from a secret, the email and the app, so it stays equal within one app";
        StoredRandom = "stored-random", "Stored random value", "A random value is drawn once for each buyer and app, and kept for ever";
        Anonymous = "anonymous", "The same for everybody", "Every receipt says anonymous-user, as the shipped store had it for what is sold within an app";
        Email = "email", "Email address", "The buyer's verified email address stands in the receipt, for every app to see";
    }
}

dial! {
    /// D5: what an app does with a receipt before it grants access.
    VerifyPolicy {
        SignatureOnly = "signature-only", "Signature only", "The app checks the signature with keys it already has, and the store learns nothing";
        SignatureAndStore = "signature-and-store", "Signature and store", "The app checks the signature, then asks the store, which learns that the app is used";
        StoreOnly = "store-only", "Store only", "The app never looks at the signature and believes what the verify URL answers";
    }
}

dial! {
    /// D7: how the store signs its receipts.
    SigningMode {
        EdDsaBare = "eddsa", "EdDSA, bare", "The store signs each receipt with its own Ed25519 key";
        EdDsaCertified = "eddsa-certified", "EdDSA behind a certificate", "A short-lived Ed25519 key signs, and a certificate of the root travels with the receipt";
        Rs256Certified = "rs256-certified", "RS256 behind a certificate", "A short-lived RSA key signs behind a certificate, as the real store did";
        Es256 = "es256", "ES256, bare", "The store signs each receipt with a P-256 key";
        Rs512 = "rs512", "RS512, bare", "The store signs each receipt with an RSA key and SHA-512";
    }
}

dial! {
    /// D6: whose rules judge a receipt.
    Profile {
        Strict = "strict", "Strict", "Everything that the run's revision asks for is checked, in the order of the ladder";
        Fxpay = "fxpay", "Like fxpay", "The 2015 client library: looks at the claims, asks the store, never checks a signature";
        Receiptverifier = "receiptverifier", "Like receiptverifier", "The 2013 client library: asks the store, and lets expired and pending receipts in";
        Store = "store", "Like the store", "The store's own verify service with its order of checks and its reasons";
    }
}

dial! {
    /// D4: how the payment server makes sure that a buy request comes from the app.
    DomainCheck {
        None = "none", "No check", "Anybody may start a purchase for any app, as it was shipped";
        OriginHeader = "origin-header", "Origin header", "The Origin header must be the app's; browsers cannot fake it, other programs can";
        Referer = "referer", "Referer header", "The Referer must lie within the app; it may be absent, and other programs can fake it";
        OriginInPath = "origin-in-path", "Origin in the path", "The app's origin is part of the address, and anybody can write it there";
        AppSignedToken = "app-signed-token", "Token signed by the app", "The app signs the request with a key of its own, so somebody must keep that key";
    }
}

dial! {
    /// D12: which client library the app is written with.
    AppClient {
        Own = "own", "The app's own", "The app polls, installs and verifies as the pages ask, and picks up after a time-out where it left off";
        Fxpay = "fxpay", "Like fxpay", "The 2015 library: believes the status answer when buying, and asks the store when a purchase is restored";
        Receiptverifier = "receiptverifier", "Like receiptverifier", "The 2013 library: asks the store about every receipt, and keeps a good answer for a day";
    }
}

dial! {
    /// D5: when an app looks at its receipts.
    CheckWhen {
        AtInstall = "at-install", "When it is installed", "A receipt is checked when it comes; what is open stays open until somebody asks again";
        AtStart = "at-start", "At each start", "Every time the app is opened it checks what it has again";
        Hourly = "hourly", "Hourly", "The app checks what it has at each start and once in every hour";
    }
}

dial! {
    /// D11: whose account at the store a payment belongs to.
    AccountMatch {
        SamePersona = "same-persona", "The same person", "Whoever uses the app is signed in at the store, so the payment stands in their history";
        OtherPersona = "other-persona", "Another person", "Somebody else is signed in at the store: the payment and its receipt are theirs";
        NoAccount = "no-account", "No account", "The receipt belongs to the device: it names nobody, and no history can give it back";
        MadeAtPostback = "made-at-postback", "Made at the postback", "There is no account until the notice of the payment is taken, and then one is made";
    }
}

#[cfg(test)]
mod tests {
    use crate::protocol::dial::{
        AccountMatch, AppClient, CheckWhen, DomainCheck, Hosting, IdentityMode, Profile, SigningMode, VerifyPolicy,
    };

    #[test]
    fn every_position_is_found_by_its_name_and_reads_back_from_a_file() {
        fn check<D: Copy + PartialEq + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned>(
            all: &[D],
            name: impl Fn(D) -> &'static str,
            parse: impl Fn(&str) -> Option<D>,
        ) {
            for &position in all {
                let text = serde_json::to_string(&position).unwrap();
                assert_eq!(text, format!("{:?}", name(position)));
                assert_eq!(serde_json::from_str::<D>(&text).unwrap(), position);
                assert_eq!(parse(name(position)), Some(position));
                assert_eq!(parse(&name(position).to_uppercase()), None);
            }
        }
        check(Hosting::ALL, Hosting::name, Hosting::parse);
        check(IdentityMode::ALL, IdentityMode::name, IdentityMode::parse);
        check(VerifyPolicy::ALL, VerifyPolicy::name, VerifyPolicy::parse);
        check(SigningMode::ALL, SigningMode::name, SigningMode::parse);
        check(Profile::ALL, Profile::name, Profile::parse);
        check(DomainCheck::ALL, DomainCheck::name, DomainCheck::parse);
        check(AppClient::ALL, AppClient::name, AppClient::parse);
        check(CheckWhen::ALL, CheckWhen::name, CheckWhen::parse);
        check(AccountMatch::ALL, AccountMatch::name, AccountMatch::parse);
    }

    #[test]
    fn the_first_position_is_the_default() {
        assert_eq!(Hosting::default(), Hosting::Hosted);
        assert_eq!(IdentityMode::default(), IdentityMode::GuidPerTransaction);
        assert_eq!(SigningMode::default(), SigningMode::EdDsaBare);
        assert_eq!(DomainCheck::default(), DomainCheck::None);
    }
}
