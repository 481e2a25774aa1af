//! Formats: what a run can be given away as.

/// What a run is given away as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// HTTP Archive 1.2, for the network panels of browsers and for proxies.
    Har,
    /// A sequence diagram as text, for issues and wikis.
    Mermaid,
    /// The diagram as a drawing.
    Svg,
    /// The diagram as pixels.
    Png,
    /// Every message as data, with the run to open again.
    Json,
    /// One page to read or print: the diagram, what each arrow means, the claims, the checks.
    Html,
}

impl Format {
    /// All, those that people read first.
    pub const ALL: [Self; 6] = [Self::Html, Self::Svg, Self::Png, Self::Mermaid, Self::Har, Self::Json];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Har => "har",
            Self::Mermaid => "mermaid",
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Json => "json",
            Self::Html => "html",
        }
    }

    /// Its name on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Har => "HAR",
            Self::Mermaid => "Mermaid",
            Self::Svg => "SVG",
            Self::Png => "PNG",
            Self::Json => "JSON trace",
            Self::Html => "HTML handout",
        }
    }

    /// What it is good for.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Har => "The HTTP messages, for a browser's network panel or a proxy",
            Self::Mermaid => "The diagram as text, for an issue or a wiki",
            Self::Svg => "The diagram as a drawing that stays sharp",
            Self::Png => "The diagram as pixels, for a slide or a chat",
            Self::Json => "Every message as data, and the run to open again",
            Self::Html => "One page to read or print, with captions, claims and checks",
        }
    }

    /// How the names of such files end.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Har => ".har",
            Self::Mermaid => ".mmd",
            Self::Svg => ".svg",
            Self::Png => ".png",
            Self::Json => ".trace.json",
            Self::Html => ".html",
        }
    }

    /// The format whose ending this file name has.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        Self::ALL.into_iter().find(|format| name.ends_with(format.ending()))
    }

    /// The format that this text was exported as, by its first words; `None` for anything else.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        let start = text.trim_start();
        let head: String = start.chars().take(400).collect();
        let dense: String = head.split_whitespace().collect();
        let is_object_with = |words: [&str; 2]| dense.starts_with('{') && words.iter().all(|word| dense.contains(word));
        if start.starts_with("<?xml") || start.starts_with("<svg") {
            Some(Self::Svg)
        } else if head.to_ascii_lowercase().starts_with("<!doctype html") {
            Some(Self::Html)
        } else if head.lines().any(|line| line.trim() == "sequenceDiagram") {
            Some(Self::Mermaid)
        } else if is_object_with([r#""log":"#, r#""version":"1.2""#]) {
            Some(Self::Har)
        } else if is_object_with([r#""format":"#, r#""paystage-trace""#]) {
            Some(Self::Json)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn a_file_name_tells_its_format() {
        for format in Format::ALL {
            assert_eq!(Format::of_name(&format!("run{}", format.ending().to_uppercase())), Some(format));
        }
        assert_eq!((Format::of_name("run.json"), Format::of_name("svg")), (None, None));
    }

    #[test]
    fn other_texts_are_no_exports() {
        for text in ["", "title = \"x\"", "{\"format\": \"paystage-run\"}", "{}", "sequence"] {
            assert_eq!(Format::of_text(text), None, "{text}");
        }
    }
}
