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
    /// The text.
    pub text: String,
    /// Messages written.
    pub messages: usize,
}

/// The count as a sentence, for so many messages written: what a format is given to stand in its text.
pub type Sentence<'a> = &'a dyn Fn(usize) -> String;

/// Writes a sheet in one format. The values are masked, not the file: what is escaped or cut by then is not found any more.
pub fn write(sheet: Sheet, mask: &mut Mask, draft: impl FnOnce(&Sheet, Sentence<'_>) -> Draft) -> Paper {
    let sheet = sheet.with_texts(|text| mask.over(text));
    let count = |exported| Count { seen: sheet.seen, exported, masked: mask.count() };
    let Draft { text: content, messages } = draft(&sheet, &|messages| count(messages).to_string());
    Paper { content, count: count(messages) }
}

#[cfg(test)]
mod tests {
    use super::{Draft, Mask, Sentence, Sheet, write};
    use crate::world::World;
    use crate::world::setup::Setup;

    #[test]
    fn the_count_stands_in_the_file_and_is_the_one_that_is_said() {
        let mut mask = Mask::new(World::new(Setup::default()).secrets(), true);
        let sheet = Sheet { seen: 3, title: "for\tada@example.org".into(), ..Sheet::default() };
        let draft = |sheet: &Sheet, count: Sentence<'_>| Draft {
            text: format!("{}: {}", count(2), serde_json::to_string(&sheet.title).unwrap()),
            messages: 2,
        };
        let paper = write(sheet, &mut mask, draft);
        assert_eq!(paper.content, r#"3 messages seen, 2 exported, 1 value masked: "for\t••••""#);
        assert_eq!(paper.count.to_string(), "3 messages seen, 2 exported, 1 value masked");
    }
}
