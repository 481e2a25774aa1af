//! The house keeps its floors: each law is one function, held by the sources and breached by a small made-up one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::house::{House, Import, Mention, Source};

/// The floors, ground first. A room may import from its own floor and from those below.
const FLOORS: [&[&str]; 6] = [&["protocol"], &["world"], &["session"], &["lens", "export"], &["io"], &["ui", "cli"]];
/// What the rooms below `io` must never name: the outside, and what leads there.
const OUTSIDE: [&str; 22] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::thread",
    "std::time",
    "std::process",
    "std::io",
    "tokio",
    "axum",
    "rusqlite",
    "egui",
    "eframe",
    "rfd",
    "clap",
    "anstream",
    "png",
    "getrandom",
    "rand",
    "Timestamp::now",
    "Zoned::now",
    "OsRng",
    "RandomState",
];
/// Macros that speak to the outside by themselves.
const PRINTS: [&str; 5] = ["println", "print", "eprintln", "eprint", "dbg"];
/// Names that say nothing about what is in the file.
const NAMELESS: [&str; 6] = ["utils.rs", "util.rs", "helpers.rs", "prelude.rs", "common.rs", "misc.rs"];
const FILE_LINES_MAX: usize = 600;
const MAIN_LINES_MAX: usize = 60;

/// This house, read once for all laws.
static STANDING: LazyLock<House> = LazyLock::new(|| House::standing(&["src", "tests", "benches"]));

/// What breaks a law, as `file:line: what`.
type Law = fn(&House) -> Vec<String>;

#[test]
fn imports_never_run_upward() {
    let green = ("src/world/wire.rs", "//! A.\nuse crate::protocol::time::Time;\n");
    holds(upward, &[green]);
    breaks(upward, &[("src/world/wire.rs", "//! A.\nuse crate::session::Session;\n")], "src/world/wire.rs:2: ");
    let inline = "//! A.\nfn f() {\n    vec![crate::io::files::read()];\n}\n";
    breaks(upward, &[("src/lens/lamp.rs", inline)], "src/lens/lamp.rs:3: ");
    let in_a_test = "//! A.\n#[cfg(test)]\nmod tests {\n    use crate::world::wire::Wire;\n}\n";
    breaks(upward, &[("src/protocol/id.rs", in_a_test)], "src/protocol/id.rs:4: ");
}

#[test]
fn neighbours_on_one_floor_never_import_each_other() {
    holds(sideways, &[("src/cli/run.rs", "//! A.\nuse crate::io::files::read;\n")]);
    breaks(sideways, &[("src/cli/run.rs", "//! A.\nuse crate::ui::window::open;\n")], "src/cli/run.rs:2: ");
    breaks(sideways, &[("src/lens/lamp.rs", "//! A.\nuse crate::export::har::Har;\n")], "src/lens/lamp.rs:2: ");
}

#[test]
fn pure_floors_never_name_the_outside() {
    holds(outside, &[("src/world/wire.rs", "//! A.\nuse std::collections::BTreeMap;\n")]);
    breaks(outside, &[("src/world/wire.rs", "//! A.\nuse std::{fmt, time::Duration};\n")], "src/world/wire.rs:2: ");
    breaks(outside, &[("src/lens/lamp.rs", "//! A.\nfn f() { std::fs::read(\"a\"); }\n")], "src/lens/lamp.rs:2: ");
    breaks(outside, &[("src/lens/lamp.rs", "//! A.\nfn f() {\n    println!(\"a\");\n}\n")], "src/lens/lamp.rs:3: ");
    breaks(outside, &[("src/session/mod.rs", "//! A.\nuse egui::Ui;\n")], "src/session/mod.rs:2: ");
}

#[test]
fn floors_below_the_lenses_count_in_whole_numbers() {
    holds(floats, &[("src/world/wire.rs", "//! A.\nconst A: u64 = 0x1e5 + 1_000;\nconst B: &str = \"1.5\";\n")]);
    breaks(floats, &[("src/world/wire.rs", "//! A.\nfn f(price: f64) {}\n")], "src/world/wire.rs:2: ");
    breaks(floats, &[("src/protocol/money.rs", "//! A.\n\nfn f() { g(1.5); }\n")], "src/protocol/money.rs:3: ");
}

#[test]
fn parts_never_import_the_room_that_holds_them() {
    let room = ("src/world/mod.rs", "//! A.\npub mod wire;\npub struct World;\n");
    holds(own_room, &[room, ("src/session/mod.rs", "//! A.\nuse crate::world::World;\n")]);
    breaks(own_room, &[room, ("src/world/wire.rs", "//! A.\nuse crate::world::World;\n")], "src/world/wire.rs:2: ");
    let deep = ("src/world/marketplace/ledger.rs", "//! A.\nfn f(world: &crate::world::World) {}\n");
    breaks(own_room, &[room, deep], "src/world/marketplace/ledger.rs:2: ");
}

#[test]
fn panes_know_neither_io_nor_each_other() {
    let other = ("src/ui/panes/app.rs", "//! A.\npub struct App;\n");
    holds(panes, &[other, ("src/ui/panes/flow.rs", "//! A.\nuse crate::ui::theme::Theme;\n")]);
    let sibling = ("src/ui/panes/flow.rs", "//! A.\nuse crate::ui::panes::app::App;\n");
    breaks(panes, &[other, sibling], "src/ui/panes/flow.rs:2: ");
    let reader = ("src/ui/panes/flow.rs", "//! A.\nfn f() { crate::io::files::read(); }\n");
    breaks(panes, &[reader], "src/ui/panes/flow.rs:2: ");
}

#[test]
fn every_import_spells_its_room() {
    let in_tests = "//! A.\n#[cfg(test)]\nmod tests {\n    use super::*;\n}\n";
    holds(spelling, &[("src/world/wire.rs", in_tests)]);
    for line in [
        "use crate::{world::wire::Wire, session::Session};",
        "use crate::world;",
        "use super::Wire;",
        "use super::*;",
        "use self::wire::Wire;",
        "use crate::world::wire::*;",
        "fn f() { super::deliver(); }",
    ] {
        breaks(spelling, &[("src/world/device.rs", &format!("//! A.\n{line}\n"))], "src/world/device.rs:2: ");
    }
    let shortened = ("src/world/mod.rs", "//! A.\npub mod wire;\nuse wire::Wire;\n");
    breaks(spelling, &[shortened], "src/world/mod.rs:3: ");
}

#[test]
fn nothing_is_exported_twice() {
    holds(reexports, &[("src/world/mod.rs", "//! A.\nuse crate::world::wire::Wire;\n")]);
    breaks(reexports, &[("src/world/mod.rs", "//! A.\npub use crate::world::wire::Wire;\n")], "src/world/mod.rs:2: ");
    let inside = ("src/world/mod.rs", "//! A.\npub(crate) use crate::world::wire::Wire;\n");
    breaks(reexports, &[inside], "src/world/mod.rs:2: ");
}

#[test]
fn no_file_leads_back_to_itself() {
    let there = ("src/world/wire.rs", "//! A.\nuse crate::world::device::Device;\n");
    let end = ("src/world/device.rs", "//! A.\nuse crate::protocol::id::Kid;\n");
    holds(circles, &[there, end, ("src/protocol/id.rs", "//! A.\n")]);
    let back = ("src/world/device.rs", "//! A.\n\nfn f(wire: crate::world::wire::Wire) {}\n");
    breaks(circles, &[there, back], "src/world/device.rs:3: ");
    let top = ("src/world/mod.rs", "//! A.\npub mod wire;\nstruct World { wire: wire::Wire }\n");
    let part = ("src/world/wire.rs", "//! A.\nuse crate::world::device::Device;\n");
    let user = ("src/world/device.rs", "//! A.\nuse crate::world::World;\n");
    breaks(circles, &[top, part, user], "src/world/device.rs:2: ");
}

#[test]
fn no_file_outgrows_its_room() {
    let lines = |count: usize| format!("//! A.\n{}", "// b\n".repeat(count - 1));
    holds(length, &[("src/world/wire.rs", &lines(FILE_LINES_MAX)), ("src/main.rs", &lines(MAIN_LINES_MAX))]);
    breaks(length, &[("src/world/wire.rs", &lines(FILE_LINES_MAX + 1))], "src/world/wire.rs:601: ");
    breaks(length, &[("src/main.rs", &lines(MAIN_LINES_MAX + 1))], "src/main.rs:61: ");
}

#[test]
fn every_file_begins_with_its_purpose_and_has_a_name_of_its_own() {
    holds(purpose, &[("src/world/wire.rs", "//! The wire: what is on its way.\n")]);
    breaks(purpose, &[("src/world/wire.rs", "use std::fmt;\n")], "src/world/wire.rs:1: ");
    breaks(purpose, &[("src/world/wire.rs", "//! \n")], "src/world/wire.rs:1: ");
    breaks(purpose, &[("src/world/utils.rs", "//! The wire: what is on its way.\n")], "src/world/utils.rs:1: ");
}

#[test]
fn colours_are_named_by_the_theme_alone() {
    let theme = ("src/ui/theme.rs", "//! A.\nconst RED: Color32 = Color32::from_rgb(1, 2, 3);\n");
    let mixed = "//! A.\nfn f(r: u8) { Color32::from_rgb(r, r, r); g(Color32::TRANSPARENT); }\n";
    holds(colours, &[theme, ("src/ui/raster.rs", mixed)]);
    let literal = ("src/ui/widgets.rs", "//! A.\nfn f() { h(egui::Color32::from_rgb(1, 2, 3)); }\n");
    breaks(colours, &[literal], "src/ui/widgets.rs:2: ");
    breaks(colours, &[("src/ui/window.rs", "//! A.\nfn f() { vec![Color32::RED]; }\n")], "src/ui/window.rs:2: ");
}

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    holds(allows, &[("src/world/wire.rs", "//! A.\n#[expect(unused, reason = \"b\")]\nfn allow() {}\n")]);
    breaks(allows, &[("src/world/wire.rs", "//! A.\n#[allow(unused)]\nfn f() {}\n")], "src/world/wire.rs:2: ");
    breaks(allows, &[("src/lib.rs", "//! A.\n#![allow(unused)]\n")], "src/lib.rs:2: ");
    let hidden = ("tests/it/cli.rs", "//! A.\n#[cfg_attr(test, allow(unused))]\nfn f() {}\n");
    breaks(allows, &[hidden], "tests/it/cli.rs:2: ");
}

#[test]
fn only_the_command_line_and_main_speak_anyhow() {
    holds(anyhows, &[("src/cli/run.rs", "//! A.\nuse anyhow::Context;\n")]);
    breaks(anyhows, &[("src/io/files.rs", "//! A.\nuse anyhow::Context;\n")], "src/io/files.rs:2: ");
}

#[test]
fn no_test_sleeps_or_hides() {
    holds(idle_tests, &[("tests/it/cli.rs", "//! A.\n#[test]\nfn a_run_ends() {}\n")]);
    for line in ["#[ignore] fn f() {}", "#[should_panic] fn f() {}", "fn f() { std::thread::sleep(d); }"] {
        breaks(idle_tests, &[("tests/it/cli.rs", &format!("//! A.\n{line}\n"))], "tests/it/cli.rs:2: ");
    }
}

fn upward(house: &House) -> Vec<String> {
    each_inward(house, |file, path| {
        let room = path.segments.get(1)?;
        (floor_of(room)? > floor_of(file.room()?)?).then(|| format!("imports upward, from {room}"))
    })
}

fn sideways(house: &House) -> Vec<String> {
    each_inward(house, |file, path| {
        let (room, own) = (path.segments.get(1)?, file.room()?);
        (room != own && floor_of(room)? == floor_of(own)?).then(|| format!("imports its neighbour {room}"))
    })
}

fn outside(house: &House) -> Vec<String> {
    let pure = |file: &Source| file.room().and_then(floor_of).is_some_and(|floor| floor < 4);
    let mut breaches = Vec::new();
    for file in house.files.iter().filter(|file| pure(file)) {
        let imports = file.imports.iter().map(|import| (import.line, &import.segments));
        let mentions = file.mentions.iter().map(|mention| (mention.line, &mention.segments));
        for (line, segments) in imports.chain(mentions) {
            let path = format!("{}::", segments.join("::"));
            if let Some(name) = OUTSIDE.iter().find(|name| leads_to(&path, name)) {
                breaches.push(format!("{}:{line}: names {name}", file.path));
            }
        }
        for print in file.mentions.iter().filter(|mention| mention.follows == "!") {
            if let Some(name) = print.segments.last().filter(|name| PRINTS.contains(&name.as_str())) {
                breaches.push(format!("{}:{}: prints with {name}!", file.path, print.line));
            }
        }
    }
    breaches
}

/// Whether `path` (ending in `::`) begins with `name`, or for a `Type::call` ends with it.
fn leads_to(path: &str, name: &str) -> bool {
    let name = format!("{name}::");
    let is_type = name.starts_with(char::is_uppercase);
    path.starts_with(&name) || (is_type && path.ends_with(&name))
}

fn floats(house: &House) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in &house.files {
        if file.room().and_then(floor_of).is_none_or(|floor| floor >= 3) {
            continue;
        }
        let types = file.mentions.iter().filter(|path| path.segments.iter().any(|name| name == "f32" || name == "f64"));
        let mut lines: BTreeSet<_> = types.map(|path| path.line).chain(file.float_lines.iter().copied()).collect();
        // serde hands a visitor its floats by this name; a reader must meet them to refuse them.
        lines.retain(|line| !file.line(*line).contains("fn visit_f64<"));
        breaches.extend(lines.iter().map(|line| format!("{}:{line}: counts in floats", file.path)));
    }
    breaches
}

fn own_room(house: &House) -> Vec<String> {
    each_inward(house, |file, path| {
        let target = house.files.get(house.file_of(&path.segments)?)?;
        let is_above = target.module.len() < file.module.len() && file.module.starts_with(&target.module);
        is_above.then(|| format!("imports the room it is part of, {}", target.path))
    })
}

fn panes(house: &House) -> Vec<String> {
    each_inward(house, |file, path| {
        let own = file.module.get(..4).filter(|module| module.join("::").starts_with("crate::ui::panes::"))?;
        let is_io = path.segments.get(1).is_some_and(|room| room == "io");
        let is_pane = path.segments.get(..3).is_some_and(|room| room == own.get(..3).unwrap_or_default());
        let is_other = is_pane && path.segments.get(3) != own.get(3);
        (is_io || is_other).then(|| format!("a pane that knows {}", path.segments.join("::")))
    })
}

fn spelling(house: &House) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in house.files.iter().filter(|file| file.path.starts_with("src/")) {
        for import in &file.imports {
            if let Some(why) = misspelling(file, import) {
                breaches.push(format!("{}:{}: {why}", file.path, import.line));
            }
        }
        for path in &file.mentions {
            let names_up = path.segments.first().is_some_and(|first| first == "super") && path.segments.len() > 1;
            if names_up && !file.is_test_line(path.line) {
                breaches.push(format!("{}:{}: says super:: instead of its room", file.path, path.line));
            }
        }
    }
    breaches
}

fn misspelling(file: &Source, import: &Import) -> Option<&'static str> {
    let first = import.segments.first().map(String::as_str);
    if import.is_grouped_at_root {
        return Some("groups at the root; one line per room");
    }
    match first {
        Some("super") if file.is_test_line(import.line) => None,
        Some("super" | "self") => Some("spells from itself; begin with crate::room"),
        Some("crate") if import.is_glob && !file.is_test_line(import.line) => Some("imports everything; name it"),
        Some("crate") if import.segments.len() < 3 => Some("imports a whole room; name the part"),
        Some(child) if file.declares(child) => Some("shortens a path of its own; begin with crate::room"),
        _ => None,
    }
}

fn reexports(house: &House) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in house.files.iter().filter(|file| file.path.starts_with("src/")) {
        let twice = file.imports.iter().filter(|import| import.is_reexport);
        breaches.extend(twice.map(|import| format!("{}:{}: exports twice", file.path, import.line)));
    }
    breaches
}

fn circles(house: &House) -> Vec<String> {
    let mut edges: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
    for (index, file) in house.files.iter().enumerate() {
        for path in file.inward() {
            if let Some(target) = house.file_of(&path.segments).filter(|target| *target != index) {
                edges.entry(index).or_default().entry(target).or_insert(path.line);
            }
        }
    }
    let mut breaches = Vec::new();
    for (from, targets) in &edges {
        for (to, line) in targets {
            if let Some(way) = way_between(&edges, *to, *from) {
                let names: Vec<_> = way.iter().filter_map(|at| Some(house.files.get(*at)?.path.as_str())).collect();
                let file = house.files.get(*from).map_or("", |file| &file.path);
                breaches.push(format!("{file}:{line}: in a circle, back through {}", names.join(" → ")));
            }
        }
    }
    breaches
}

/// The shortest way along `edges`, both ends included.
fn way_between(edges: &BTreeMap<usize, BTreeMap<usize, usize>>, from: usize, to: usize) -> Option<Vec<usize>> {
    let mut came_from = BTreeMap::from([(from, from)]);
    let mut queue = std::collections::VecDeque::from([from]);
    while let Some(at) = queue.pop_front() {
        if at == to {
            let mut way = vec![to];
            while way.last() != Some(&from) {
                way.push(*came_from.get(way.last()?)?);
            }
            way.reverse();
            return Some(way);
        }
        for next in edges.get(&at).into_iter().flat_map(BTreeMap::keys) {
            if let std::collections::btree_map::Entry::Vacant(entry) = came_from.entry(*next) {
                entry.insert(at);
                queue.push_back(*next);
            }
        }
    }
    None
}

fn length(house: &House) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in &house.files {
        let max = if file.path == "src/main.rs" { MAIN_LINES_MAX } else { FILE_LINES_MAX };
        let lines = file.text.lines().count();
        if lines > max {
            breaches.push(format!("{}:{}: {lines} lines, over {max}", file.path, max + 1));
        }
    }
    breaches
}

fn purpose(house: &House) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in &house.files {
        let first = file.text.lines().next().unwrap_or_default();
        if first.strip_prefix("//! ").is_none_or(|purpose| purpose.trim().is_empty()) {
            breaches.push(format!("{}:1: does not begin with its purpose", file.path));
        }
        if NAMELESS.iter().any(|name| file.path.ends_with(&format!("/{name}"))) {
            breaches.push(format!("{}:1: has a name that says nothing", file.path));
        }
    }
    breaches
}

fn colours(house: &House) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in house.files.iter().filter(|file| file.path.starts_with("src/") && file.path != "src/ui/theme.rs") {
        for path in &file.mentions {
            let Some([kind, name]) = path.segments.last_chunk::<2>() else { continue };
            let is_number = path.follows.strip_prefix('(').is_some_and(|first| first.starts_with(char::is_numeric));
            let is_named = name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            let is_empty = ["TRANSPARENT", "PLACEHOLDER"].contains(&name.as_str());
            // A test may paint what it likes, to see the pixels come back.
            let is_shown = !file.is_test_line(path.line);
            if is_shown && kind == "Color32" && (is_number || (is_named && !is_empty)) {
                breaches.push(format!("{}:{}: names the colour {name}; ask the theme", file.path, path.line));
            }
        }
    }
    breaches
}

fn allows(house: &House) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in &house.files {
        for attribute in &file.attributes {
            let words: Vec<_> = attribute.segments.iter().map(String::as_str).collect();
            let is_hidden = words.first() == Some(&"cfg_attr") && words.contains(&"allow");
            if words.first() == Some(&"allow") || is_hidden {
                breaches.push(format!("{}:{}: allows a lint; expect it, with a reason", file.path, attribute.line));
            }
        }
    }
    breaches
}

fn anyhows(house: &House) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in &house.files {
        let is_free = file.path.starts_with("src/cli/") || !file.path.starts_with("src/") || file.path == "src/main.rs";
        for path in file.mentions.iter().filter(|path| path.segments.first().is_some_and(|name| name == "anyhow")) {
            if !is_free {
                breaches.push(format!("{}:{}: names anyhow; an error here has a type", file.path, path.line));
            }
        }
    }
    breaches
}

fn idle_tests(house: &House) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in &house.files {
        for attribute in &file.attributes {
            if let Some(name) =
                attribute.segments.first().filter(|name| ["ignore", "should_panic"].contains(&name.as_str()))
            {
                breaches.push(format!("{}:{}: a test under {name}", file.path, attribute.line));
            }
        }
        for path in
            file.mentions.iter().filter(|path| path.segments.ends_with(&["thread".to_owned(), "sleep".to_owned()]))
        {
            breaches.push(format!("{}:{}: sleeps", file.path, path.line));
        }
    }
    breaches
}

fn each_inward(house: &House, law: impl Fn(&Source, &Mention) -> Option<String>) -> Vec<String> {
    let mut breaches = BTreeSet::new();
    for file in &house.files {
        for path in file.inward() {
            if let Some(why) = law(file, &path) {
                breaches.insert((file.path.clone(), path.line, why));
            }
        }
    }
    breaches.into_iter().map(|(path, line, why)| format!("{path}:{line}: {why}")).collect()
}

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The law holds in a made-up house that keeps it, and in this one.
#[track_caller]
fn holds(law: Law, green: &[(&str, &str)]) {
    assert_eq!(law(&House::drawn(green)), Vec::<String>::new(), "the law refuses a house that keeps it");
    let breaches = law(&STANDING);
    assert!(breaches.is_empty(), "{} breaches\n{}\n", breaches.len(), breaches.join("\n"));
}

/// The law notices a made-up breach, and says where.
#[track_caller]
fn breaks(law: Law, red: &[(&str, &str)], place: &str) {
    let breaches = law(&House::drawn(red));
    assert!(breaches.iter().any(|breach| breach.starts_with(place)), "not noticed at {place}: {breaches:?}");
}
