//! Chance: the one seeded source of ids and keys.

use std::fmt;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use uuid::{Builder, Uuid};

/// A stream of bytes that the seed fixes for ever. `Debug` shows nothing of it: keys are drawn from here.
#[derive(Clone)]
pub(crate) struct Chance {
    stream: ChaCha8Rng,
}

impl Chance {
    /// The stream of a seed. `purpose` keeps keys and ids apart: drawing one never shifts the other.
    pub(crate) fn new(seed: u64, purpose: u64) -> Self {
        let mut stream = ChaCha8Rng::seed_from_u64(seed);
        stream.set_stream(purpose);
        Self { stream }
    }

    /// The next 32 bytes, for a key.
    pub(crate) fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.stream.fill_bytes(&mut bytes);
        bytes
    }

    /// The next random UUID (RFC 9562, version 4).
    pub(crate) fn uuid(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.stream.fill_bytes(&mut bytes);
        Builder::from_random_bytes(bytes).into_uuid()
    }
}

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chance").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_stream() {
        let (mut one, mut same, mut other) = (Chance::new(42, 0), Chance::new(42, 0), Chance::new(43, 0));
        let first = one.uuid();
        assert_eq!(first, same.uuid());
        assert_ne!(first, other.uuid());
        assert_ne!(first, one.uuid());
    }

    #[test]
    fn purposes_do_not_disturb_each_other() {
        let mut keys = Chance::new(42, 1);
        let key = keys.bytes();
        let _ = Chance::new(42, 0).uuid();
        assert_eq!(Chance::new(42, 1).bytes(), key);
    }
}
