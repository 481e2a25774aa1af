//! The words of `paystage verify`.

use std::ffi::OsString;

use clap::Args;

use crate::cli::arguments::words::names;
use crate::io::files::Place;
use crate::protocol::dial::Profile;
use crate::protocol::id::Origin;
use crate::protocol::money::Money;
use crate::protocol::rules::Revision;
use crate::protocol::store_answer::Status;
use crate::protocol::time::Time;
use crate::protocol::verdict::check::Check;

/// Says whether a receipt opens an app, check by check
///
/// Reads receipts from anywhere: bare or behind certificates, EdDSA, ES256, RS256 or RS512. Nothing is fetched: an address
/// inside a receipt is shown, never followed. Without --keys the climb ends where the issuer's keys are needed.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage verify receipt.jwt --keys store.jwks --app https://pony.example
  paystage verify - --keys root.pem --at 2026-11-22T10:04:19Z < receipt.jwt
  paystage verify receipt.jwt --keys store.jwks --profile fxpay --status ok

Key files: JWK, JWK set, root key document, PEM, or a certificate token.")]
pub(crate) struct VerifyArguments {
    /// The receipt: its text, a file with it, or `-`
    pub(crate) receipt: OsString,
    /// A file with the issuer's public keys, in any form; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Vec<Place>,
    /// Whose keys these are, where the file does not say; without it, the issuer that the receipt names
    #[arg(long, value_name = "ORIGIN", requires = "keys")]
    pub(crate) issuer: Option<String>,
    /// The app that shall open; without it the product is shown and not checked
    #[arg(long, value_name = "ORIGIN", value_parser = Origin::parse)]
    pub(crate) app: Option<Origin>,
    /// The time of the check, RFC 3339; without it, now
    #[arg(long, value_name = "TIME", value_parser = Time::parse_rfc3339)]
    pub(crate) at: Option<Time>,
    /// Whose checks are made
    #[arg(long, value_parser = names(Profile::ALL, Profile::name, Profile::meaning), default_value = "strict")]
    pub(crate) profile: Profile,
    /// Which date's rules hold
    #[arg(long, value_parser = names(Revision::ALL, Revision::name, Revision::meaning), default_value = "after")]
    pub(crate) revision: Revision,
    /// Who presents the receipt, as an identity provider vouches for it
    #[arg(long, value_name = "EMAIL")]
    pub(crate) presenter: Option<String>,
    /// What was paid, such as "4.99 USD", where the app knows it: a certificate may limit that
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) price: Option<Money>,
    /// What the store answered, where it was asked; nothing is asked from here
    #[arg(long, value_parser = names(&Status::ALL, Status::as_str, Status::sentence))]
    pub(crate) status: Option<Status>,
    /// Passes over a check, to see what then gets through; may be given several times
    #[arg(long, value_name = "CHECK", value_parser = names(&Check::ALL, Check::name, Check::label))]
    pub(crate) off: Vec<Check>,
    /// Prints JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}
