//! The words of `paystage audit`.

use std::ffi::OsString;

use clap::Args;

use crate::cli::arguments::words::names;
use crate::io::files::Place;
use crate::protocol::dial::Profile;
use crate::protocol::id::Origin;
use crate::protocol::rules::Revision;
use crate::protocol::time::Time;
use crate::protocol::verdict::check::Check;

/// Judges many receipts, on all cores, and names the bad ones
///
/// One receipt on each line: the text itself, a JSON text, or a JSON object with it as `receipt`. Each is judged strictly and
/// by itself, for a batch may accept what a single check refuses. Memory stays flat, however long the file is.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage audit receipts.txt --keys store.jwks --issuer https://market.example --app https://pony.example
  zcat receipts.jsonl.gz | paystage audit - --keys root.jwk --json

Key files: JWK, JWK set, root key document, PEM, or a certificate token.
Exit codes: 0 all accepted, 1 some refused, 2 bad usage or input.")]
pub(crate) struct AuditArguments {
    /// The file with the receipts, or `-`
    pub(crate) file: OsString,
    /// A file with an issuer's public keys, in any form; may be given several times
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) keys: Vec<Place>,
    /// Whose keys these are, where the file does not say
    #[arg(long, value_name = "ORIGIN", value_parser = Origin::parse)]
    pub(crate) issuer: Option<Origin>,
    /// The app that the receipts shall open; without it the product is not checked
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
    /// Passes over a check; may be given several times
    #[arg(long, value_name = "CHECK", value_parser = names(&Check::ALL, Check::name, Check::label))]
    pub(crate) off: Vec<Check>,
    /// How many threads; without it, one for each core
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    pub(crate) jobs: usize,
    /// Prints JSON lines instead of text: each bad receipt, then the summary
    #[arg(long)]
    pub(crate) json: bool,
}
