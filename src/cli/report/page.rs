//! The page: one HTML file that needs nothing else, what failed first and with its arrows, then every scenario.

use std::time::Duration;

use crate::cli::paint::plain;
use crate::cli::report::entry::{End, Entry, Outcome, Report, Unmet};
use crate::cli::shard::Shard;
use crate::export::page_style::page_style;
use crate::export::template::{Filling, Markup, Template};

const PAGE: Template = Template::new(include_str!("../../../assets/web/report/page.html"));
const STYLE: Template = Template::new(include_str!("../../../assets/web/report/report.css"));
const FAILED: Template = Template::new(
    r#"<section class="card"><h2>{{title}}</h2><p class="code">{{name}}</p><p class="muted">{{way_back}}</p><div>{{unmet}}</div>{{diagram}}</section>"#,
);
const UNMET: Template = Template::new(
    r#"<div class="unmet"><p><strong>{{what}}</strong>: expected <code>{{expected}}</code>, found <code>{{found}}</code></p><p class="muted">Line {{line}}, {{place}}</p><p class="muted">{{said}}</p></div>"#,
);
const UNREADABLE: Template = Template::new(
    r#"<section class="card"><h2>{{name}}</h2><div class="unmet"><p><strong>Could not be read</strong></p><p>{{error}}</p></div></section>"#,
);
const ROW: Template = Template::new(
    r#"<tr><td><span class="chip {{tone}}">{{outcome}}</span></td><td>{{title}}</td><td class="code">{{name}}</td><td class="muted">{{end}}</td></tr>"#,
);

/// The page. `diagrams` are those of the entries at the same places.
pub(crate) fn page(report: &Report, diagrams: &[Markup], shard: Option<Shard>, took: Duration) -> String {
    let name = shard.map_or_else(|| "paystage run".to_owned(), |shard| format!("paystage run {shard}"));
    let none = Markup::default();
    let entries = report.results.iter().enumerate();
    let failures: Markup =
        entries.filter_map(|(place, entry)| failure(entry, diagrams.get(place).unwrap_or(&none))).collect();
    let rows: Markup = report.results.iter().map(row).collect();
    let is_fine = report.failed + report.unreadable == 0;
    PAGE.fill(&[
        ("name", Filling::Text(&name)),
        ("style", Filling::Markup(&page_style(&STYLE))),
        ("sentence", Filling::Text(&report.sentence())),
        ("tone", Filling::Text(if is_fine { "ok" } else { "bad" })),
        ("took", Filling::Text(&format!("{}.{:03} s", took.as_secs(), took.subsec_millis()))),
        ("failures", Filling::Markup(&failures)),
        ("rows", Filling::Markup(&rows)),
    ])
    .into_string()
}

fn failure(entry: &Entry, diagram: &Markup) -> Option<Markup> {
    let name = plain(&entry.name);
    match entry.outcome {
        Outcome::Fine => None,
        Outcome::Unreadable => {
            let error = plain(entry.error.as_deref().unwrap_or_default());
            Some(UNREADABLE.fill(&[("name", Filling::Text(&name)), ("error", Filling::Text(&error))]))
        }
        Outcome::Failed => {
            let unmet: Markup = entry.failures.iter().map(unmet).collect();
            let way = entry.way_back().unwrap_or_default();
            Some(FAILED.fill(&[
                ("title", Filling::Text(&plain(entry.title.as_deref().unwrap_or_default()))),
                ("name", Filling::Text(&name)),
                ("way_back", Filling::Text(&plain(&way))),
                ("unmet", Filling::Markup(&unmet)),
                ("diagram", Filling::Markup(diagram)),
            ]))
        }
    }
}

fn unmet(unmet: &Unmet) -> Markup {
    UNMET.fill(&[
        ("what", Filling::Text(&plain(&unmet.what))),
        ("expected", Filling::Text(&plain(&unmet.expected))),
        ("found", Filling::Text(&plain(&unmet.found))),
        ("line", Filling::Text(&unmet.line.to_string())),
        ("place", Filling::Text(&unmet.place())),
        ("said", Filling::Text(&plain(unmet.said.as_deref().unwrap_or_default()))),
    ])
}

fn row(entry: &Entry) -> Markup {
    let (tone, outcome) = match entry.outcome {
        Outcome::Fine => ("ok", "as expected"),
        Outcome::Failed => ("bad", "not as expected"),
        Outcome::Unreadable => ("bad", "unreadable"),
    };
    let end = entry.end.as_ref().map_or(String::new(), End::sentence);
    ROW.fill(&[
        ("tone", Filling::Text(tone)),
        ("outcome", Filling::Text(outcome)),
        ("title", Filling::Text(&plain(entry.title.as_deref().unwrap_or_default()))),
        ("name", Filling::Text(&plain(&entry.name))),
        ("end", Filling::Text(&end)),
    ])
}
