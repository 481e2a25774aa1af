//! The corpus on the command line: which tokens, for whom, and the files that a verifier needs beforehand.

use crate::cli::arguments::corpus::CorpusArguments;
use crate::io::clock;
use crate::protocol::algorithm::Algorithm;
use crate::protocol::corpus::attack::{Attack, TokenKind};
use crate::protocol::corpus::collect::corpus;
use crate::protocol::corpus::trust::{Plan, Trust};

/// The keys that the arguments ask for.
pub(crate) fn trust(arguments: &CorpusArguments) -> Trust {
    Trust::of(&Plan {
        now: arguments.at.unwrap_or_else(clock::now),
        issuer: arguments.issuer.clone(),
        app: arguments.app.clone(),
        price: arguments.price,
        limit_bytes: arguments.limit_bytes,
        seed: arguments.seed,
    })
}

/// The attacks that the arguments ask for; of `usual` kinds where they name none.
///
/// # Errors
/// When nothing is left of them.
pub(crate) fn attacks(arguments: &CorpusArguments, trust: &Trust, usual: &[TokenKind]) -> anyhow::Result<Vec<Attack>> {
    let kinds = if arguments.kind.is_empty() { usual } else { &arguments.kind };
    let algorithms = if arguments.algorithm.is_empty() { &Algorithm::ALL[..] } else { &arguments.algorithm };
    let attacks = corpus(trust, kinds, algorithms)?;
    if attacks.is_empty() {
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        anyhow::bail!("no {} is ever signed with that algorithm; see --help", kinds.join(" or "));
    }
    Ok(attacks)
}
