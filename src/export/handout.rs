//! The handout: one page that needs nothing else. The diagram, what each arrow means, what was checked, every claim.

use crate::export::diagram::{Drawn, Frame, diagram};
use crate::export::page_style::page_style;
use crate::export::paper::{Draft, Sentence};
use crate::export::sheet::{Arrow, Claim, Ladder, Rung, Sheet, Token};
use crate::export::svg;
use crate::export::template::{Filling, Markup, Template};

const PAGE: Template = Template::new(include_str!("../../assets/web/handout/handout.html"));
const STYLE: Template = Template::new(include_str!("../../assets/web/handout/handout.css"));
const CAPTION: Template = Template::new(
    r#"<tr><td>{{number}}</td><td>{{way}}</td><td>{{caption}} <span class="code">{{code}}</span></td></tr>"#,
);
const LADDER: Template = Template::new(
    r#"<section class="card"><div class="head"><h2>What the app checked for {{product}}</h2><span class="chip {{tone}}">{{outcome}}</span></div><p>{{headline}}</p><table class="ladder"><tbody>{{rungs}}</tbody></table></section>"#,
);
const RUNG: Template = Template::new(
    r#"<tr><td class="{{class}}">{{sign}}</td><td>{{label}}</td><td>{{shown}} <span class="muted">{{note}}</span><p class="failed">{{why}}</p></td></tr>"#,
);
const TOKEN: Template = Template::new(
    r#"<section class="card"><div class="head"><h2>{{kind}}</h2><span class="muted">first in message {{number}}</span></div><table class="claims"><thead><tr><th>Claim</th><th>Value</th><th>What it is for</th></tr></thead><tbody>{{claims}}</tbody></table><p class="code">{{text}}</p></section>"#,
);
const CLAIM: Template = Template::new(
    r#"<tr><td><code>{{path}}</code></td><td><code>{{value}}</code></td><td class="muted">{{sentence}}</td></tr>"#,
);
const DIALS: Template = Template::new(
    r#"<section class="card"><h2>How this run was set up</h2><table class="dials"><tbody>{{dials}}</tbody></table></section>"#,
);
const DIAL: Template = Template::new("<tr><td>{{name}}</td><td>{{value}}</td></tr>");

/// Writes the page.
#[must_use]
pub fn draft(sheet: &Sheet, count: Sentence<'_>) -> Draft {
    let Drawn { scene, messages } = diagram(sheet, Frame::Bare);
    let when = sheet.arrows.first().map_or(String::new(), |arrow| arrow.at.human());
    let captions: Markup = sheet.arrows.iter().map(|arrow| caption(sheet, arrow)).collect();
    let ladders: Markup = sheet.ladders.iter().map(ladder).collect();
    let tokens: Markup = sheet.tokens.iter().map(token).collect();
    let page = PAGE.fill(&[
        ("title", Filling::Text(&plain(&sheet.title))),
        ("style", Filling::Markup(&page_style(&STYLE))),
        ("when", Filling::Text(&when)),
        ("diagram", Filling::Markup(&svg::inline(&scene))),
        ("captions", Filling::Markup(&captions)),
        ("ladders", Filling::Markup(&ladders)),
        ("tokens", Filling::Markup(&tokens)),
        ("dials", Filling::Markup(&dials(sheet))),
        ("count", Filling::Text(&count(messages))),
    ]);
    Draft { text: page.into_string(), messages }
}

fn caption(sheet: &Sheet, arrow: &Arrow) -> Markup {
    let (from, to) = (sheet.lane(arrow.from), sheet.lane(arrow.to));
    let way = if arrow.from == arrow.to { from.to_owned() } else { format!("{from} → {to}") };
    let number = match arrow.last_number {
        last if last > arrow.number => format!("{}–{last}", arrow.number),
        _ => arrow.number.to_string(),
    };
    let badge = arrow.badge.as_ref().map(|badge| badge.text.as_str());
    let code = arrow.code.or(badge).unwrap_or_default();
    CAPTION.fill(&[
        ("number", Filling::Text(&number)),
        ("way", Filling::Text(&way)),
        ("caption", Filling::Text(&plain(&arrow.caption))),
        ("code", Filling::Text(&plain(code))),
    ])
}

fn ladder(ladder: &Ladder) -> Markup {
    let rungs: Markup = ladder.rungs.iter().map(rung).collect();
    LADDER.fill(&[
        ("product", Filling::Text(&plain(&ladder.product))),
        ("tone", Filling::Text(if ladder.is_accepted { "ok" } else { "bad" })),
        ("outcome", Filling::Text(ladder.outcome)),
        ("headline", Filling::Text(&plain(&ladder.headline))),
        ("rungs", Filling::Markup(&rungs)),
    ])
}

fn rung(rung: &Rung) -> Markup {
    RUNG.fill(&[
        ("class", Filling::Text(rung.outcome)),
        ("sign", Filling::Text(rung.sign)),
        ("label", Filling::Text(rung.label)),
        ("shown", Filling::Text(&plain(&rung.shown))),
        ("note", Filling::Text(rung.note)),
        ("why", Filling::Text(&plain(&rung.why))),
    ])
}

fn token(token: &Token) -> Markup {
    let claims: Markup = token.claims.iter().map(claim).collect();
    TOKEN.fill(&[
        ("kind", Filling::Text(token.kind)),
        ("number", Filling::Text(&token.number.to_string())),
        ("claims", Filling::Markup(&claims)),
        ("text", Filling::Text(&plain(&token.text))),
    ])
}

fn claim(claim: &Claim) -> Markup {
    CLAIM.fill(&[
        ("path", Filling::Text(&plain(&claim.path))),
        ("value", Filling::Text(&plain(&claim.value))),
        ("sentence", Filling::Text(claim.sentence)),
    ])
}

fn dials(sheet: &Sheet) -> Markup {
    if sheet.dials.is_empty() {
        return Markup::default();
    }
    let dial = |(name, value): &(String, String)| {
        DIAL.fill(&[("name", Filling::Text(&plain(name))), ("value", Filling::Text(&plain(value)))])
    };
    DIALS.fill(&[("dials", Filling::Markup(&sheet.dials.iter().map(dial).collect()))])
}

/// Without control characters, which no page may hold.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
