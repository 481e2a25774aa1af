//! Collecting: the whole corpus of a plan, or what can be forged from one token without its key.

use crate::protocol::algorithm::Algorithm;
use crate::protocol::corpus::attack::{Attack, TokenKind};
use crate::protocol::corpus::bench::Bench;
use crate::protocol::corpus::chains;
use crate::protocol::corpus::claims;
use crate::protocol::corpus::confusion;
use crate::protocol::corpus::encoding;
use crate::protocol::corpus::header;
use crate::protocol::corpus::kinds;
use crate::protocol::corpus::price_limits;
use crate::protocol::corpus::signature;
use crate::protocol::corpus::sizes;
use crate::protocol::corpus::times;
use crate::protocol::corpus::trust::Trust;
use crate::protocol::jwt::SignError;

/// Every attack on tokens of this kind and algorithm.
///
/// # Errors
/// [`SignError`] when a library refuses the stage's own keys.
pub fn attacks_on(trust: &Trust, kind: TokenKind, algorithm: Algorithm) -> Result<Vec<Attack>, SignError> {
    let bench = Bench::new(trust, kind, algorithm)?;
    let families = [
        header::attacks,
        confusion::attacks,
        signature::attacks,
        encoding::attacks,
        claims::attacks,
        times::attacks,
        chains::attacks,
        price_limits::attacks,
        kinds::attacks,
        sizes::attacks,
    ];
    let mut all = Vec::new();
    for family in families {
        all.extend(family(&bench)?);
    }
    Ok(all)
}

/// Every attack on these kinds, with these algorithms where the kind knows them.
///
/// # Errors
/// As [`attacks_on`].
pub fn corpus(trust: &Trust, kinds: &[TokenKind], algorithms: &[Algorithm]) -> Result<Vec<Attack>, SignError> {
    let mut all = Vec::new();
    for kind in kinds {
        for algorithm in kind.algorithms().iter().filter(|algorithm| algorithms.contains(algorithm)) {
            all.extend(attacks_on(trust, *kind, *algorithm)?);
        }
    }
    Ok(all)
}
