//! Crafted receipts: the tricks by which somebody without the store's key makes a token that a careless verifier takes.

use crate::protocol::corpus::bench::encoded;
use crate::protocol::corpus::kid_tricks::{EMPTY_FILE, FORGERS_SECRET, QUERY, hs256};
use crate::protocol::corpus::members::Members;
use crate::protocol::corpus::public_forms;
use crate::protocol::signing_key::SigningKey;
use crate::protocol::verifying_key::VerifyingKey;

dial! {
    /// One trick. Its meaning completes a sentence that begins with "A receipt that".
    Craft {
        AlgNone = "alg-none", "alg none", "says that it need not be signed";
        AlgNoneCapital = "alg-none-capital", "alg None", "says that it need not be signed, in another spelling";
        AlgNoneUpper = "alg-none-upper", "alg NONE", "says that it need not be signed, in capitals";
        AlgNoneMixed = "alg-none-mixed", "alg nOnE", "says that it need not be signed, in a mixed spelling";
        PublicKeyAsSecret = "public-key-as-secret", "public key as secret", "is signed with the store's public key, taken for a secret";
        CarriedKey = "carried-key", "brings its key", "brings along the key that it is signed with";
        KeysElsewhere = "keys-elsewhere", "keys elsewhere", "says that the store's keys are at another address";
        KeyByPath = "key-by-path", "key by path", "names an empty file as its key";
        KeyByQuery = "key-by-query", "key by query", "names a database query as its key";
        EmptySignature = "empty-signature", "empty signature", "has an empty signature";
        ExpiredUnsigned = "expired-unsigned", "expired, unsigned", "is out of date, and nobody signed it";
        LookAlikeHost = "look-alike-host", "look-alike host", "wants to be verified at a host that looks like the store's";
    }
}

/// Where a forger's own keys would be. Nothing is ever fetched from there.
const ELSEWHERE: &str = "https://cheat.example/keys.json";
/// What a forger has: the header and the claims of a receipt, the store's public key, and a key of his own.
pub(crate) struct Workshop<'a> {
    pub(crate) header: Members,
    pub(crate) claims: Members,
    pub(crate) public: &'a VerifyingKey,
    pub(crate) forger: &'a SigningKey,
}

impl Workshop<'_> {
    /// The token of this trick.
    pub(crate) fn token(&self, craft: Craft) -> Option<String> {
        let own = self.header.with_text("alg", self.forger.algorithm().name());
        Some(match craft {
            Craft::AlgNone | Craft::ExpiredUnsigned => self.unsigned("none"),
            Craft::AlgNoneCapital => self.unsigned("None"),
            Craft::AlgNoneUpper => self.unsigned("NONE"),
            Craft::AlgNoneMixed => self.unsigned("nOnE"),
            Craft::EmptySignature => self.sealed(&self.header, b""),
            Craft::PublicKeyAsSecret => self.keyed(&self.header, public_forms::pem(self.public)?.as_bytes()),
            Craft::KeyByPath => self.keyed(&self.header.with_text("kid", EMPTY_FILE), b""),
            Craft::KeyByQuery => self.keyed(&self.header.with_text("kid", QUERY), FORGERS_SECRET),
            Craft::CarriedKey => {
                let key = Members::read(&public_forms::jwk(&self.forger.verifying_key())?).without("kid");
                self.forged(&own.with("jwk", key.json()))?
            }
            Craft::KeysElsewhere => self.forged(&own.with_text("jku", ELSEWHERE).with_text("kid", "forger"))?,
            Craft::LookAlikeHost => self.forged(&own)?,
        })
    }

    fn input(&self, header: &Members) -> String {
        format!("{}.{}", encoded(header.json()), encoded(self.claims.json()))
    }

    fn sealed(&self, header: &Members, signature: &[u8]) -> String {
        format!("{}.{}", self.input(header), encoded(signature))
    }

    fn unsigned(&self, alg: &str) -> String {
        self.sealed(&self.header.with_text("alg", alg), b"")
    }

    /// Signed by the forger's own key.
    fn forged(&self, header: &Members) -> Option<String> {
        Some(self.sealed(header, &self.forger.sign(self.input(header).as_bytes()).ok()?))
    }

    /// Signed by HMAC with any secret.
    fn keyed(&self, header: &Members, secret: &[u8]) -> String {
        hs256(header, &self.claims, secret)
    }
}
