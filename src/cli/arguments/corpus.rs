//! The words of `paystage forge` and `paystage conform`, which read one corpus.

use std::ffi::OsString;

use clap::Args;

use crate::cli::arguments::words::names;
use crate::io::files::Place;
use crate::protocol::algorithm::Algorithm;
use crate::protocol::corpus::attack::TokenKind;
use crate::protocol::id::Origin;
use crate::protocol::jwt::MAX_TOKEN_BYTES;
use crate::protocol::money::Money;
use crate::protocol::time::Time;

/// Writes forgeries, each with the good token that differs only in the defect
///
/// Without a token, well-signed ones of every kind are made from a seed, with the public keys that a verifier must know. From
/// a token of your own, whatever can be forged without its key. A right verifier refuses every file under forged/ and accepts
/// every file under good/; index.json says what is wrong with each, and where that is written.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage forge --list                                   what there is
  paystage forge --out corpus --kind receipt --algorithm EdDSA
  paystage forge receipt.jwt --out forged                 from your own receipt, without its key")]
pub(crate) struct ForgeArguments {
    /// A token of your own: its text, a file with it, or `-`
    pub(crate) token: Option<OsString>,
    /// The folder to write to
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    pub(crate) out: Option<OsString>,
    /// Lists the forgeries, what is wrong with each, and the rule
    #[arg(long)]
    pub(crate) list: bool,
    #[command(flatten)]
    pub(crate) corpus: CorpusArguments,
}

/// Runs the forgeries against your own verifier, and says which it accepts
///
/// Each forgery must be refused, and its good twin accepted. Set the verifier up with the keys that `paystage forge --out`
/// writes for the same seed. An address gets the raw token by POST as text/plain: 2xx accepts, unless a JSON body says
/// otherwise (false as "accepted", "valid", "verified", "ok" or "active", or a "status" such as "invalid"); 4xx refuses.
/// A command gets it on standard input: exit code 0 accepts, 1 to 125 refuse, an exception that nobody caught included. Whatever
/// hangs, closes, is ended by a signal or answers nonsense is reported.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage conform --verifier http://127.0.0.1:3000/verify --algorithm EdDSA
  paystage conform --verifier 'node verify.js' --junit report.xml
  paystage conform --verifier ./check-notice --kind notice --json

Exit codes: 0 all as it should be, 1 something was wrongly accepted or refused, 2 bad usage or input.")]
pub(crate) struct ConformArguments {
    /// The verifier: an address that begins with http://, or a command
    #[arg(long, value_name = "URL|CMD")]
    pub(crate) verifier: String,
    /// A host beyond this machine that may be asked; may be given several times
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_host: Vec<String>,
    /// How long one answer may take, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 5000, value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub(crate) timeout_ms: u64,
    /// How many tokens are asked about at once
    #[arg(long, value_name = "NUMBER", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: u16,
    /// Prints JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
    /// Writes a JUnit report to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<Place>,
    #[command(flatten)]
    pub(crate) corpus: CorpusArguments,
}

/// Which part of the corpus, and for whom.
#[derive(Debug, Args)]
pub(crate) struct CorpusArguments {
    /// Only tokens of this kind; may be given several times. `conform` asks about receipts unless told otherwise
    #[arg(long, value_name = "KIND", value_parser = names(TokenKind::ALL, TokenKind::name, TokenKind::meaning))]
    pub(crate) kind: Vec<TokenKind>,
    /// Only tokens whose twin is signed so; may be given several times
    #[arg(long, value_name = "ALGORITHM", value_parser = algorithm)]
    pub(crate) algorithm: Vec<Algorithm>,
    /// The store: iss of the receipts
    #[arg(long, value_name = "ORIGIN", value_parser = Origin::parse, default_value = "https://market.example")]
    pub(crate) issuer: Origin,
    /// The app: product.url of the receipts
    #[arg(long, value_name = "ORIGIN", value_parser = Origin::parse, default_value = "https://pony.example")]
    pub(crate) app: Origin,
    /// The moment at which the good ones are good, RFC 3339; without it, now
    #[arg(long, value_name = "TIME", value_parser = Time::parse_rfc3339)]
    pub(crate) at: Option<Time>,
    /// What the product costs, which certificates may limit; receipts do not say it
    #[arg(long, value_name = "AMOUNT", default_value = "4.99 USD")]
    pub(crate) price: Money,
    /// The longest token that the verifier should take; what is longer must be refused
    #[arg(long = "limit", value_name = "BYTES", default_value_t = MAX_TOKEN_BYTES, value_parser = limit)]
    pub(crate) limit_bytes: usize,
    /// What the keys are made from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,
}

/// No less than a good token needs with room to play, no more than the largest one of the corpus.
fn limit(word: &str) -> Result<usize, String> {
    let bytes = word.parse().ok().filter(|bytes| (8 * 1024..=1024 * 1024).contains(bytes));
    bytes.ok_or_else(|| "expected a number of bytes from 8192 to 1048576".to_owned())
}

fn algorithm(word: &str) -> Result<Algorithm, String> {
    Algorithm::parse(word).ok_or_else(|| "expected EdDSA, ES256, RS256, RS512 or HS256".to_owned())
}
