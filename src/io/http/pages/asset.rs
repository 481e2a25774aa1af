//! Assets: the scripts, styles and the demo page that are served as they stand. All of them are in the program; none is read
//! from a disk.

/// One file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Where it is served, below the base of its run.
    pub path: &'static str,
    /// The `Content-Type`.
    pub kind: &'static str,
    /// What it holds.
    pub text: &'static str,
}

/// What pages may load: their own scripts and styles and nothing else, no script in the page itself, and no frame around it.
pub const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                                  connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// `asset!("demo/park.js", SCRIPT)` is the file of that path in `assets/web`.
macro_rules! asset {
    ($path:literal, $kind:ident) => {
        asset!($path, $kind, $path)
    };
    ($path:literal, $kind:ident, $file:literal) => {
        Asset { path: $path, kind: $kind, text: include_str!(concat!("../../../../assets/web/", $file)) }
    };
}

/// All of them.
pub const ASSETS: [Asset; 11] = [
    asset!("", HTML, "pages/start.html"),
    asset!("paystage.js", SCRIPT),
    asset!("developers/test/receipts/details/", HTML, "pages/test_receipt.html"),
    asset!("demo/", HTML, "demo/index.html"),
    asset!("demo/park.js", SCRIPT),
    asset!("demo/park.css", STYLE),
    asset!("pages/look.css", STYLE),
    asset!("pages/window.js", SCRIPT),
    asset!("pages/window.css", STYLE),
    asset!("pages/purchases.js", SCRIPT),
    asset!("pages/sheet.css", STYLE),
];

#[cfg(test)]
mod tests {
    use super::ASSETS;

    #[test]
    fn no_page_or_style_needs_anything_from_elsewhere() {
        for asset in ASSETS {
            for elsewhere in ["https://", "//cdn", "@import", "<script>", "onclick=", "style=\""] {
                assert!(!asset.text.contains(elsewhere), "{} has {elsewhere}", asset.path);
            }
        }
    }

    #[test]
    fn whatever_the_demo_page_names_is_served() {
        let demo = ASSETS.iter().find(|asset| asset.path == "demo/").unwrap();
        let is_file = |text: &&str| [".js", ".css"].iter().any(|end| text.ends_with(end));
        let named = demo.text.split('"').filter(is_file);
        let mut count = 0;
        for name in named {
            let path = name.strip_prefix("../").map_or_else(|| format!("demo/{name}"), str::to_owned);
            assert!(ASSETS.iter().any(|asset| asset.path == path), "{path}");
            count += 1;
        }
        assert!(count >= 4, "{count}");
    }
}
