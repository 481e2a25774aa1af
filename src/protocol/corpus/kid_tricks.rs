//! Key tricks: names that lead a careless reader to a key which the forger knows, and tokens signed with any secret.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::protocol::corpus::bench::encoded;
use crate::protocol::corpus::members::Members;

/// A path that leads a careless reader of key files to an empty one. RFC 8725, 3.10.
pub const EMPTY_FILE: &str = "../../../../../../dev/null";
/// A query that answers with [`FORGERS_SECRET`].
pub const QUERY: &str = "x'/**/UNION/**/SELECT/**/'forger'--";
/// The secret of the forger's choice.
pub const FORGERS_SECRET: &[u8] = b"forger";

/// A token of this header, made to say HS256, and these claims, signed with any secret, an empty one included.
#[must_use]
pub fn hs256(header: &Members, claims: &Members, secret: &[u8]) -> String {
    let header = header.with_text("alg", "HS256");
    let input = format!("{}.{}", encoded(header.json()), encoded(claims.json()));
    // HMAC takes secrets of every length. RFC 2104, 2.
    let signature = Hmac::<Sha256>::new_from_slice(secret).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(input.as_bytes());
            mac.finalize().into_bytes().to_vec()
        },
    );
    format!("{input}.{}", encoded(signature))
}
