//! Arguments: every word that may stand on the command line, with its help.

use std::ffi::OsString;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cli::paint::HELP;
use crate::cli::seat::{Taken, taken};
use crate::cli::shard::Shard;
use crate::cli::window::Tab;
use crate::io::files::Place;
use crate::io::http::listen::USUAL_PORT;
use crate::io::store::place::TEMPORARY;
use crate::protocol::corpus::attack::TokenKind;
use crate::protocol::dial::{Profile, SigningMode};
use crate::protocol::id::Origin;
use crate::protocol::key::Algorithm;
use crate::protocol::rules::Revision;
use crate::protocol::store_answer::Status;
use crate::protocol::time::Time;
use crate::protocol::verdict::check::Check;
use crate::world::character::BuyerCharacter;

/// A stage on which a marketplace and an app act out an in-app payment.
///
/// Everything on it is real but the money: tokens, signatures, refusals and their historic codes. Without a command the
/// window opens; press Space to step from the click on Buy to access granted. Without a display the same purchase plays
/// in the terminal.
#[derive(Debug, Parser)]
#[command(name = "paystage", version, styles = HELP, max_term_width = 100, args_conflicts_with_subcommands = true)]
#[command(after_help = "Exit codes: 0 fine, 1 an expectation failed or a receipt was refused, 2 bad usage or input")]
#[command(after_long_help = "Examples:
  paystage                                the window, with a purchase ready to begin
  paystage lost.paystage.json             a saved run, at the moment where it was saved
  paystage run scenarios/                 play every scenario of a folder
  paystage verify receipt.jwt --keys store.jwks --app https://pony.example
  paystage inspect eyJhbGciOi…            what a token says, whoever signed it
  paystage serve                          the same parties over HTTP, for your own app

`-` is standard input or output wherever a file is meant.
Exit codes: 0 fine, 1 an expectation failed or a receipt was refused, 2 bad usage or input.")]
pub(crate) struct Arguments {
    /// Opens this run file, scenario file or built-in scenario in the window
    pub(crate) file: Option<OsString>,
    #[command(subcommand)]
    pub(crate) task: Option<Task>,
}

/// What to do without a window.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    Run(RunArguments),
    Verify(VerifyArguments),
    Audit(AuditArguments),
    Forge(ForgeArguments),
    Conform(ConformArguments),
    Inspect(InspectArguments),
    Compare(CompareArguments),
    Picture(PictureArguments),
    Serve(ServeArguments),
}

/// Plays scenarios, replays run files, and says what is not as expected
///
/// A scenario is played and its expectations are checked. A run file is replayed and compared step by step with what was
/// recorded. Folders are searched for both. One bad file does not stop the others.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage run plain-hosted               a built-in scenario
  paystage run --list                     what is built in
  paystage run scenarios/ --json -        all of a folder, the report as JSON
  paystage run scenarios/ --junit report.xml --html report.html
  paystage run scenarios/ --shard 1/3     the first of three machines that share them

A report goes to a file, or as `-` to standard output instead of the text; one of them can.
Exit codes: 0 all as expected, 1 some not, 2 bad usage or something unreadable.")]
pub(crate) struct RunArguments {
    /// Scenario files, run files, folders of them, names of built-in scenarios, or `-`; nothing: all that is built in
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<OsString>,
    /// Lists the built-in scenarios
    #[arg(long, conflicts_with_all = ["files", "json", "junit", "html", "shard", "jobs", "seed", "messages", "coverage"])]
    pub(crate) list: bool,
    /// Writes a report as JSON to this file, or to standard output instead of the text
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<Place>,
    /// Writes a report as JUnit XML, which CI servers read
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<Place>,
    /// Writes a report as one HTML page, with the messages of each failure drawn
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<Place>,
    /// Plays one share of several, so that as many machines play each scenario once; shared out by name
    #[arg(long, value_name = "NUMBER/OF", value_parser = Shard::parse)]
    pub(crate) shard: Option<Shard>,
    /// How many threads; without it, one for each core
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    pub(crate) jobs: usize,
    /// Plays the scenarios with this seed instead of their own; run files keep theirs
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// Shows every message with its caption
    #[arg(long)]
    pub(crate) messages: bool,
    /// Says which messages, refusals, statuses and errors were met, out of all that there are
    #[arg(long)]
    pub(crate) coverage: bool,
}

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
/// otherwise (\"status\", \"valid\", \"accepted\"); 4xx refuses. A command gets it on standard input: exit code 0 accepts. Whatever
/// hangs, closes, crashes or answers nonsense is reported.
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
    /// What the keys are made from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,
}

/// Decodes any token and explains its claims, without verifying anything
///
/// Pay requests, notices, receipts, certificates, key documents and tokens of other trades; malformed ones as far as they
/// can be read. What is shown is what somebody wrote, not what is true.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage inspect eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJtZSJ9.c2ln
  paystage inspect receipt.jwt --json
  pbpaste | paystage inspect -")]
pub(crate) struct InspectArguments {
    /// The token: its text, a file with it, or `-`
    pub(crate) token: OsString,
    /// Prints JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// Lays two runs beside each other, and says where they part
///
/// Messages, set-ups, what came of it and who knows what. Ids are named by their order and times count from the start, so
/// runs with other seeds compare as well. Exit code 1 where anything differs.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage compare paid-but-timed-out paid-in-time
  paystage compare before.paystage.json after.paystage.json --json")]
pub(crate) struct CompareArguments {
    /// A scenario, a run file or a built-in scenario
    #[arg(value_name = "A")]
    pub(crate) a: OsString,
    /// Another one
    #[arg(value_name = "B")]
    pub(crate) b: OsString,
    /// Prints JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// Draws the window at any moment of a run as PNG, without a display
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage picture plain-hosted -o window.png
  paystage picture lost.paystage.json --step 12 --theme light --size 1280x800 -o - | display")]
pub(crate) struct PictureArguments {
    /// A run file, a scenario file, the name of a built-in scenario, or `-`
    pub(crate) file: OsString,
    /// After how many steps; `end` for the last one. Without it a run file shows its own place, a scenario its end
    #[arg(long, value_name = "NUMBER|end", value_parser = step)]
    pub(crate) step: Option<usize>,
    /// Dark or light
    #[arg(long, value_parser = ["dark", "light"], default_value = "dark")]
    pub(crate) theme: String,
    /// Width and height of the window in points
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size, default_value = "1600x1000")]
    pub(crate) size: (u16, u16),
    /// Pixels per point
    #[arg(long, value_name = "FACTOR", value_parser = zoom, default_value = "1")]
    pub(crate) zoom: f32,
    /// Selects the message of this number
    #[arg(long, value_name = "MESSAGE")]
    pub(crate) select: Option<u32>,
    /// What the inspector shows
    #[arg(long, value_parser = names(&Tab::ALL, Tab::name, Tab::meaning))]
    pub(crate) tab: Option<Tab>,
    /// Where the PNG goes
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Place,
}

/// Serves a run over HTTP on this machine, for somebody's own app
///
/// The marketplace, its payment server and the provider are played here; your app asks them over HTTP as it would ask real
/// ones. Prints the address and the path of the file with the token for /control, one line each, and serves until Ctrl-C.
/// Without any dial it goes on with the store's last run.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage serve                                            at http://127.0.0.1:7717, gone when it ends
  paystage serve --store runs.sqlite                        what was answered is on disk
  paystage serve --port 0 --buyer \"you decide\"             a free port; whoever opens the payment window decides
  paystage serve --app http://127.0.0.1:3000 --signing rs256-certified
  paystage serve --seat app-server=http://127.0.0.1:9100 --key my-key --secret-file secret.txt")]
pub(crate) struct ServeArguments {
    /// The port on this machine, for both address families; 0 takes one that is free
    #[arg(long, value_name = "PORT", default_value_t = USUAL_PORT)]
    pub(crate) port: u16,
    /// Where runs are kept: a file, or `:memory:` for nowhere
    #[arg(long, value_name = "FILE", default_value = TEMPORARY)]
    pub(crate) store: OsString,
    /// The dials of a new run: a TOML file with what a scenario has under [setup]
    #[arg(long, value_name = "FILE")]
    pub(crate) setup: Option<Place>,
    /// The seed of a new run
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// How the buyer behaves: pays at once, pays after 12 s, cancels, you decide, …
    #[arg(long, value_name = "CHARACTER")]
    pub(crate) buyer: Option<BuyerCharacter>,
    /// How receipts are signed
    #[arg(long, value_parser = names(SigningMode::ALL, SigningMode::name, SigningMode::meaning))]
    pub(crate) signing: Option<SigningMode>,
    /// Which date's rules hold
    #[arg(long, value_parser = names(Revision::ALL, Revision::name, Revision::meaning))]
    pub(crate) revision: Option<Revision>,
    /// Where your app lives: product.url of its receipts; without it, the demo page at this server
    #[arg(long, value_name = "ORIGIN", value_parser = Origin::parse)]
    pub(crate) app: Option<Origin>,
    /// Your app's key: iss of its own pay requests, aud of its notices
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// A file with your app's secret, as text
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<Place>,
    /// The provider's domain: aud of pay requests, iss of notices
    #[arg(long, value_name = "HOST")]
    pub(crate) aud: Option<String>,
    /// Who moves the clock of the run
    #[arg(long, value_enum, default_value = "real")]
    pub(crate) clock: ServeClock,
    /// A seat that your own server takes: app-server=ORIGIN, marketplace=ORIGIN
    #[arg(long, value_name = "SEAT=ORIGIN", value_parser = taken)]
    pub(crate) seat: Vec<Taken>,
    /// A host beyond this machine that may be sent notices; may be given several times
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_host: Vec<String>,
}

/// Who moves the clock of a served run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ServeClock {
    /// The machine's clock
    Real,
    /// Nobody but the control interface
    Virtual,
}

impl ServeArguments {
    /// Whether anything was chosen that only a new run can have.
    pub(crate) fn chooses(&self) -> bool {
        let names = [self.key.is_some(), self.secret_file.is_some(), self.aud.is_some(), self.app.is_some()];
        let dials = [self.setup.is_some(), self.seed.is_some(), self.buyer.is_some(), self.signing.is_some()];
        names.contains(&true) || dials.contains(&true) || self.revision.is_some() || !self.seat.is_empty()
    }
}

/// Accepts the names of a closed list, and explains each in the help.
fn names<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(T) -> &'static str,
    meaning: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let described = |value: &T| PossibleValue::new(name(*value)).help(meaning(*value));
    PossibleValuesParser::new(all.iter().map(described).collect::<Vec<_>>()).try_map(move |word| {
        all.iter().copied().find(|value| name(*value) == word).ok_or_else(|| format!("no such name: {word}"))
    })
}

fn algorithm(word: &str) -> Result<Algorithm, String> {
    Algorithm::parse(word).ok_or_else(|| "expected EdDSA, ES256, RS256, RS512 or HS256".to_owned())
}

fn step(word: &str) -> Result<usize, String> {
    if word == "end" {
        return Ok(usize::MAX);
    }
    word.parse().map_err(|_| "expected a number of steps, or end".to_owned())
}

fn size(word: &str) -> Result<(u16, u16), String> {
    let sides = word.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    sides
        .filter(|(width, height)| (320..=8000).contains(width) && (240..=8000).contains(height))
        .ok_or_else(|| "expected WIDTHxHEIGHT from 320x240 to 8000x8000, such as 1600x1000".to_owned())
}

fn zoom(word: &str) -> Result<f32, String> {
    let factor = word.parse::<f32>().ok().filter(|factor| (0.5..=4.0).contains(factor));
    factor.ok_or_else(|| "expected a factor from 0.5 to 4, such as 1.5".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::{Arguments, size, step, zoom};

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_file_and_a_command_do_not_mix() {
        assert!(Arguments::try_parse_from(["paystage", "a.toml"]).unwrap().file.is_some());
        assert!(Arguments::try_parse_from(["paystage", "inspect", "a.b.c"]).unwrap().task.is_some());
        assert!(Arguments::try_parse_from(["paystage", "a.toml", "inspect", "a.b.c"]).is_err());
    }

    #[test]
    fn sizes_steps_and_zooms_have_limits() {
        assert_eq!((size("1600x1000"), step("end"), step("12")), (Ok((1600, 1000)), Ok(usize::MAX), Ok(12)));
        assert!(zoom("1.5").is_ok());
        assert!(["", "1600", "1600x", "1x1", "90000x1000", "1600X1000"].iter().all(|word| size(word).is_err()));
        assert!(["-1", "last", "1.5", ""].iter().all(|word| step(word).is_err()));
        assert!(["0", "9", "NaN", "big"].iter().all(|word| zoom(word).is_err()));
    }
}
