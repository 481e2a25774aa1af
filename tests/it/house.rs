//! The house as its sources tell it: files, what each names, what each imports, and on which line.

use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::Visit;

/// All Rust files that a law looks at, in the order of their paths.
pub(crate) struct House {
    pub(crate) files: Vec<Source>,
}

/// One Rust file, read whole: inline modules, macros and tests included.
pub(crate) struct Source {
    /// As in messages: `src/world/wire.rs`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// `["crate", "world", "wire"]`; empty for a file outside `src`.
    pub(crate) module: Vec<String>,
    /// Each `use`, one entry per leaf of its tree.
    pub(crate) imports: Vec<Import>,
    /// Each path that stands anywhere in the file, in a `use`, in code or inside a macro.
    pub(crate) mentions: Vec<Mention>,
    /// Each attribute's words: `#[cfg(test)]` is `["cfg", "test"]`.
    pub(crate) attributes: Vec<Mention>,
    /// Lines of number literals with a fraction or an exponent.
    pub(crate) float_lines: Vec<usize>,
    /// Names of the modules that this file declares.
    children: Vec<String>,
    /// First and last line of each `#[cfg(test)] mod`.
    test_spans: Vec<(usize, usize)>,
}

/// A leaf of a `use` tree.
pub(crate) struct Import {
    pub(crate) line: usize,
    pub(crate) segments: Vec<String>,
    /// Ends in `*`.
    pub(crate) is_glob: bool,
    /// `pub use` of any reach.
    pub(crate) is_reexport: bool,
    /// `use crate::{a, b}` or `use {a, b}`: the room is not on the line of the import.
    pub(crate) is_grouped_at_root: bool,
}

/// A path as written: `crate::world::wire::Wire` has four segments.
pub(crate) struct Mention {
    pub(crate) line: usize,
    pub(crate) segments: Vec<String>,
    /// What stands right behind it: `!`, `::`, or the first token of its arguments after `(`.
    pub(crate) follows: String,
}

impl House {
    /// Reads every Rust file below the named folders of this package.
    pub(crate) fn standing(folders: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut paths = Vec::new();
        for folder in folders {
            rust_files(&root.join(folder), &mut paths);
        }
        paths.sort();
        let files = paths.iter().map(|path| {
            let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            Source::read(&path.strip_prefix(root).unwrap().display().to_string(), &text)
        });
        Self { files: files.collect() }
    }

    /// A made-up house, to see a law breached.
    pub(crate) fn drawn(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| Source::read(path, text)).collect() }
    }

    /// The file that a `crate::` path leads to: the deepest module on its way.
    pub(crate) fn file_of(&self, segments: &[String]) -> Option<usize> {
        (1..=segments.len()).rev().find_map(|length| {
            let module = segments.get(..length)?;
            self.files.iter().position(|file| !file.module.is_empty() && file.module == module)
        })
    }
}

impl Source {
    fn read(path: &str, text: &str) -> Self {
        let syntax = syn::parse_file(text).unwrap_or_else(|error| {
            panic!("{path}:{}: {error}", error.span().start().line);
        });
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut source = Self {
            path: path.to_owned(),
            text: text.to_owned(),
            module: module_of(path),
            imports: Vec::new(),
            mentions: Vec::new(),
            attributes: Vec::new(),
            float_lines: Vec::new(),
            children: Vec::new(),
            test_spans: Vec::new(),
        };
        source.visit_file(&syntax);
        source.walk(tokens);
        source
    }

    /// The floor's name: `world` for `src/world/wire.rs`, nothing for `src/lib.rs`.
    pub(crate) fn room(&self) -> Option<&str> {
        self.module.get(1).map(String::as_str)
    }

    /// The text of a line, counted from 1.
    pub(crate) fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number.saturating_sub(1)).unwrap_or_default()
    }

    /// Whether this line stands inside a `#[cfg(test)] mod`.
    pub(crate) fn is_test_line(&self, line: usize) -> bool {
        self.test_spans.iter().any(|(first, last)| (*first..=*last).contains(&line))
    }

    /// Every path of this file that leads into the house, spelled from `crate`.
    pub(crate) fn inward(&self) -> Vec<Mention> {
        let imports = self.imports.iter().map(|import| (import.line, &import.segments));
        let mentions = self.mentions.iter().map(|mention| (mention.line, &mention.segments));
        let mut paths = Vec::new();
        for (line, segments) in imports.chain(mentions) {
            let first = segments.first().map_or("", String::as_str);
            let inside = if first == "crate" && segments.len() > 1 {
                segments.clone()
            } else if self.children.iter().any(|child| child == first) && segments.len() > 1 {
                self.module.iter().chain(segments).cloned().collect()
            } else {
                continue;
            };
            paths.push(Mention { line, segments: inside, follows: String::new() });
        }
        paths.sort_by_key(|path| path.line);
        paths
    }

    /// Whether `name` is a module that this file declares.
    pub(crate) fn declares(&self, name: &str) -> bool {
        self.children.iter().any(|child| child == name)
    }

    /// Collects paths, attributes and floats out of a token stream, groups and macros included.
    fn walk(&mut self, stream: TokenStream) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            index += 1;
            match token {
                TokenTree::Ident(ident) => {
                    let line = ident.span().start().line;
                    let mut segments = vec![ident.to_string()];
                    while let Some(next) = segment_at(&tokens, index) {
                        segments.push(next);
                        index += 3;
                    }
                    let follows = tokens.get(index).map_or_else(String::new, beginning);
                    self.mentions.push(Mention { line, segments, follows });
                }
                TokenTree::Group(group) => {
                    let is_attribute = group.delimiter() == Delimiter::Bracket && is_hash_before(&tokens, index - 1);
                    if is_attribute {
                        let line = group.span_open().start().line;
                        let mut segments = Vec::new();
                        words(group.stream(), &mut segments);
                        self.attributes.push(Mention { line, segments, follows: String::new() });
                    }
                    self.walk(group.stream());
                }
                TokenTree::Literal(literal) => {
                    if is_float(&literal.to_string()) {
                        self.float_lines.push(literal.span().start().line);
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    fn unfold(&mut self, tree: &syn::UseTree, before: &[String], stem: &Import) {
        let line = tree.span().start().line;
        let mut segments = before.to_vec();
        let mut is_glob = false;
        match tree {
            syn::UseTree::Path(path) => {
                segments.push(path.ident.to_string());
                return self.unfold(&path.tree, &segments, stem);
            }
            syn::UseTree::Group(group) => {
                for item in &group.items {
                    self.unfold(item, before, stem);
                }
                return;
            }
            syn::UseTree::Name(name) => segments.push(name.ident.to_string()),
            syn::UseTree::Rename(rename) => segments.push(rename.ident.to_string()),
            syn::UseTree::Glob(_) => is_glob = true,
        }
        let Import { is_reexport, is_grouped_at_root, .. } = *stem;
        self.imports.push(Import { line, segments, is_glob, is_reexport, is_grouped_at_root });
    }
}

impl<'ast> Visit<'ast> for Source {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let is_test = item.attrs.iter().any(|attribute| {
            attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Ident>().is_ok_and(|argument| argument == "test")
        });
        if is_test {
            self.test_spans.push((item.span().start().line, item.span().end().line));
        } else if item.content.is_none() {
            self.children.push(item.ident.to_string());
        }
        syn::visit::visit_item_mod(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_grouped_at_root = match &item.tree {
            syn::UseTree::Group(_) => true,
            syn::UseTree::Path(path) => path.ident == "crate" && matches!(*path.tree, syn::UseTree::Group(_)),
            syn::UseTree::Name(_) | syn::UseTree::Rename(_) | syn::UseTree::Glob(_) => false,
        };
        let is_reexport = !matches!(item.vis, syn::Visibility::Inherited);
        let stem = Import { line: 0, segments: Vec::new(), is_glob: false, is_reexport, is_grouped_at_root };
        self.unfold(&item.tree, &[], &stem);
    }
}

/// `src/world/wire.rs` is `crate::world::wire`; `mod.rs` and `lib.rs` stand for their folder.
fn module_of(path: &str) -> Vec<String> {
    let Some(inside) = path.strip_prefix("src/").filter(|inside| *inside != "main.rs") else {
        return Vec::new();
    };
    let parts = inside.trim_end_matches(".rs").split('/').filter(|part| !["mod", "lib"].contains(part));
    std::iter::once("crate").chain(parts).map(str::to_owned).collect()
}

/// The identifier that continues a path at `index`, behind two colons.
fn segment_at(tokens: &[TokenTree], index: usize) -> Option<String> {
    let is_colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    match tokens.get(index + 2) {
        Some(TokenTree::Ident(ident)) if is_colon(index) && is_colon(index + 1) => Some(ident.to_string()),
        _ => None,
    }
}

/// How what follows a path begins: a punctuation, or `(` and the first token inside.
fn beginning(token: &TokenTree) -> String {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            let first = group.stream().into_iter().next().map_or_else(String::new, |token| token.to_string());
            format!("({first}")
        }
        TokenTree::Punct(punct) => punct.to_string(),
        TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => String::new(),
    }
}

fn is_hash_before(tokens: &[TokenTree], index: usize) -> bool {
    let mark = |back: usize| match index.checked_sub(back).and_then(|at| tokens.get(at)) {
        Some(TokenTree::Punct(punct)) => punct.as_char(),
        _ => ' ',
    };
    mark(1) == '#' || (mark(1) == '!' && mark(2) == '#')
}

fn words(stream: TokenStream, found: &mut Vec<String>) {
    for token in stream {
        match token {
            TokenTree::Ident(ident) => found.push(ident.to_string()),
            TokenTree::Group(group) => words(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// `1.5`, `1e3`, `2f32`; not `0x1e3`, not text.
fn is_float(literal: &str) -> bool {
    let is_decimal = literal.starts_with(|c: char| c.is_ascii_digit()) && !literal.starts_with("0x");
    is_decimal && (literal.contains(['.', 'e']) || literal.ends_with("f32") || literal.ends_with("f64"))
}

fn rust_files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}
