//! Again: the commands that play a failed run once more, where it failed and in the window.

use serde::Serialize;

use crate::cli::arguments::run::RunArguments;
use crate::cli::opening::Piece;
use crate::io::files::Place;

/// How a run that was not as expected is looked at. Runs are deterministic: it fails each time, at the same step.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Again {
    /// Plays it in the terminal, with its messages.
    pub(crate) run: String,
    /// Opens it in the window; `None` where a seed was given, which the window does not take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) window: Option<String>,
}

impl Again {
    /// The commands for this piece, under the arguments that it was played with. `None` for standard input, which is gone.
    pub(crate) fn of(piece: &Piece, arguments: &RunArguments) -> Option<Self> {
        let word = match piece {
            Piece::File(Place::Standard) => return None,
            Piece::File(Place::File(_)) | Piece::Builtin(_) | Piece::Code(_) => quoted(&piece.name()),
        };
        let dials = arguments.dials.turns.iter().map(|turn| {
            let turned = format!("{}={}", turn.dial().name, turn.to());
            format!(" --dial {}", quoted(&turned))
        });
        let dials = dials.collect::<Vec<_>>().concat();
        let seed = arguments.seed.map_or_else(String::new, |seed| format!(" --seed {seed}"));
        Some(Self {
            run: format!("paystage run {word}{seed}{dials} --messages"),
            window: arguments.seed.is_none().then(|| format!("paystage {word}{dials}")),
        })
    }

    /// `Again: paystage run bad.toml --messages; in the window: paystage bad.toml`.
    pub(crate) fn sentence(&self) -> String {
        let window = self.window.as_ref().map_or_else(String::new, |window| format!("; in the window: {window}"));
        format!("Again: {}{window}", self.run)
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_read_more_into_it() {
        assert_eq!(quoted("suite/bad.toml"), "suite/bad.toml");
        assert_eq!(quoted("my suite/it's <b>.toml"), r"'my suite/it'\''s <b>.toml'");
        assert_eq!(quoted(""), "''");
    }
}
