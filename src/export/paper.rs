//! Paper: what became of a sheet, with its dots and its count. The one way by which text leaves the export room.

use crate::export::count::Count;
use crate::export::mask::Mask;
use crate::export::sheet::Sheet;

/// A finished export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper<T = String> {
    /// The file's content.
    pub content: T,
    /// What it holds, as it also says itself.
    pub count: Count,
}

/// What a format made of a sheet: its text, and how many messages it wrote into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The text, nothing masked yet.
    pub text: String,
    /// Messages written.
    pub messages: usize,
}

/// Writes a sheet in one format. `draft` is given the count as a sentence; it is asked twice, since the sentence can be written
/// only when everything else has been counted.
pub fn write(sheet: &Sheet, mask: &mut Mask, draft: impl Fn(&Sheet, &str) -> Draft) -> Paper {
    let Draft { text, messages } = draft(sheet, "");
    mask.over(&text);
    let count = Count { seen: sheet.seen, exported: messages, masked: mask.count() };
    let content = mask.over(&draft(sheet, &count.to_string()).text);
    Paper { content, count }
}

#[cfg(test)]
mod tests {
    use super::{Draft, Mask, Sheet, write};
    use crate::world::World;
    use crate::world::setup::Setup;

    #[test]
    fn the_count_stands_in_the_file_and_is_the_one_that_is_said() {
        let mut mask = Mask::new(World::new(Setup::default()).secrets(), true);
        let sheet = Sheet { seen: 3, ..Sheet::default() };
        let draft = |_: &Sheet, count: &str| Draft { text: format!("{count}: ada@example.org"), messages: 2 };
        let paper = write(&sheet, &mut mask, draft);
        assert_eq!(paper.content, "3 messages seen, 2 exported, 1 value masked: ••••");
        assert_eq!(paper.count.to_string(), "3 messages seen, 2 exported, 1 value masked");
    }
}
