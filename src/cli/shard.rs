//! Shards: which of several machines plays which scenario, told by its name alone.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// One share of several: `2/3` is the second of three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    /// From 1.
    number: u32,
    of: u32,
}

impl Shard {
    /// Reads `2/3`.
    ///
    /// # Errors
    /// A sentence for somebody at the command line.
    pub(crate) fn parse(word: &str) -> Result<Self, String> {
        let numbers = word.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        let shard = numbers.map(|(number, of)| Self { number, of });
        let shard = shard.filter(|shard| (1..=shard.of).contains(&shard.number));
        shard.ok_or_else(|| "expected NUMBER/OF with a number from 1 to the other, such as 2/3".to_owned())
    }

    /// Whether what bears this name belongs to it. The same name belongs to the same shard on every machine, whatever else is played.
    pub(crate) fn holds(self, name: &str) -> bool {
        // A path is the same file whichever way its slashes lean.
        let digest = Sha256::digest(name.replace('\\', "/"));
        let number = digest.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        number % u64::from(self.of) == u64::from(self.number - 1)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn every_name_is_in_one_shard_and_none_is_empty() {
        let names: Vec<String> = (0..120).map(|number| format!("suite/case-{number:03}.toml")).collect();
        for of in 1..=8 {
            let shards: Vec<Shard> = (1..=of).map(|number| Shard::parse(&format!("{number}/{of}")).unwrap()).collect();
            for name in &names {
                assert_eq!(shards.iter().filter(|shard| shard.holds(name)).count(), 1, "{name} of {of}");
            }
            assert!(shards.iter().all(|shard| names.iter().any(|name| shard.holds(name))), "of {of}");
        }
    }

    #[test]
    fn a_share_stays_the_same_for_ever() {
        // The first eight bytes of SHA-256, by 3: worked out by another program.
        for (share, names) in [("1/3", ["suite/a.toml", "suite\\a.toml"]), ("3/3", ["a.toml", "declined"])] {
            let shard = Shard::parse(share).unwrap();
            assert!(names.into_iter().all(|name| shard.holds(name)) && !shard.holds("plain-hosted"), "{share}");
        }
    }

    #[test]
    fn what_is_no_share_is_refused() {
        assert_eq!(Shard::parse("1/1").unwrap().to_string(), "1/1");
        for word in ["", "1", "0/3", "4/3", "1/0", "0/0", "-1/3", "1/3/3", "a/b", "1/99999999999"] {
            assert!(Shard::parse(word).is_err(), "{word:?}");
        }
    }
}
