//! Mermaid: the diagram as text that issue trackers and wikis draw.

use crate::export::paper::{Draft, Sentence};
use crate::export::sheet::{Arrow, Sheet};

/// Short names of the lanes, in their order.
const NAMES: [&str; 6] = ["buyer", "page", "device", "server", "market", "provider"];

/// Writes the diagram: one line for each row of the flow, its badge as a note below.
#[must_use]
pub fn draft(sheet: &Sheet, count: Sentence<'_>) -> Draft {
    let messages = sheet.drawn_count();
    let comment = |text: &str| format!("%% {}\n", one_line(text).replace(['{', '}'], " "));
    let head = format!("sequenceDiagram\n{}{}", comment(&sheet.title), comment(&count(messages)));
    let lane = |(lane, name): (usize, &&str)| format!("  participant {name} as {}\n", escaped(sheet.lane(lane)));
    let lanes = NAMES.iter().enumerate().map(lane);
    let text = [head].into_iter().chain(lanes).chain(sheet.arrows.iter().map(lines)).collect();
    Draft { text, messages }
}

fn lines(arrow: &Arrow) -> String {
    let (from, to) = (name(arrow.from), name(arrow.to));
    let line = match (arrow.is_lost, arrow.is_reply) {
        (true, true) => "--x",
        (true, false) => "-x",
        (false, true) => "-->>",
        (false, false) => "->>",
    };
    let said = format!("  {from}{line}{to}: {} {}\n", arrow.number, escaped(&arrow.label));
    let Some(badge) = &arrow.badge else { return said };
    let over = if from == to { from.to_owned() } else { format!("{from},{to}") };
    format!("{said}  Note over {over}: {}\n", escaped(&badge.text))
}

fn name(lane: usize) -> &'static str {
    NAMES.get(lane).copied().unwrap_or("buyer")
}

/// Mermaid writes signs that it would read itself as `#` and a number, up to a semicolon.
fn escaped(text: &str) -> String {
    one_line(text).chars().fold(String::new(), |done, sign| match sign {
        '#' | ';' | '<' | '>' | '%' | '\\' => format!("{done}#{};", u32::from(sign)),
        other => done + other.encode_utf8(&mut [0; 4]),
    })
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Arrow, Sheet, draft};
    use crate::export::sheet::Badge;

    fn only(arrow: Arrow) -> Sheet {
        let lanes = ["Buyer", "App page", "Device", "Payment server", "Marketplace", "Provider"];
        Sheet { title: "A run".into(), lanes, arrows: vec![arrow], ..Sheet::default() }
    }

    #[test]
    fn an_arrow_is_a_line_and_its_badge_a_note() {
        let badge = Some(Badge { text: "error 500".into(), is_mild: false });
        let arrow =
            Arrow { number: 7, from: 1, to: 3, label: "GET /status".into(), badge, messages: 2, ..Arrow::default() };
        let draft = draft(&only(arrow), &|messages| format!("{messages} messages seen"));
        assert!(
            draft.text.starts_with("sequenceDiagram\n%% A run\n%% 2 messages seen\n  participant buyer as Buyer\n")
        );
        assert!(
            draft.text.ends_with("  page->>server: 7 GET /status\n  Note over page,server: error 500\n"),
            "{}",
            draft.text
        );
        assert_eq!(draft.messages, 2);
    }

    #[test]
    fn what_is_lost_ends_in_a_cross_and_an_answer_is_dashed() {
        for (is_lost, is_reply, sign) in [(true, false, "-x"), (true, true, "--x"), (false, true, "-->>")] {
            let arrow = Arrow { number: 1, to: 1, is_lost, is_reply, label: "x".into(), ..Arrow::default() };
            assert!(draft(&only(arrow), &|_| String::new()).text.contains(&format!("buyer{sign}page: 1 x")));
        }
    }

    #[test]
    fn no_text_can_leave_its_line() {
        let label = "a\nb; end %% <b> #35; q: {x}".to_owned();
        let text = draft(&only(Arrow { number: 1, label, ..Arrow::default() }), &|_| String::new()).text;
        let last = text.lines().last().unwrap();
        assert_eq!(last, "  buyer->>buyer: 1 a b#59; end #37;#37; #60;b#62; #35;35#59; q: {x}");
    }
}
