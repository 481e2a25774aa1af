//! The display: whether a window can be shown here, and what to install when it cannot.

use std::env;
use std::fs;
use std::path::Path;

/// What the linker knows of the libraries on this machine. Absent on systems that keep none.
const LIBRARY_CACHE: &str = "/etc/ld.so.cache";

/// What a window on X11 loads when it opens, and the Debian package that brings it.
const FOR_X11: [(&str, &str); 6] = [
    ("libX11.so.6", "libx11-6"),
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libXcursor.so.1", "libxcursor1"),
    ("libXi.so.6", "libxi6"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ("libGL.so.1", "libgl1"),
];
/// The same on Wayland.
const FOR_WAYLAND: [(&str, &str); 4] = [
    ("libwayland-client.so.0", "libwayland-client0"),
    ("libwayland-egl.so.1", "libwayland-egl1"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libEGL.so.1", "libegl1"),
];

/// What a window needs and this machine lacks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MissingDisplay {
    /// No X11 and no Wayland: over SSH, in a container, on a console.
    #[error("there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); start it on a desktop, or use ssh -X")]
    NoDisplay,
    /// There is a display, and the libraries to talk to it are not there.
    #[error("the window needs {}; install it with: apt install {}", libraries.join(", "), packages.join(" "))]
    NoLibraries {
        /// File names.
        libraries: Vec<&'static str>,
        /// Debian's names for what holds them.
        packages: Vec<&'static str>,
    },
}

/// Whether a window may be tried. It can still fail, where the display does not answer or has no driver.
///
/// # Errors
/// [`MissingDisplay`]: what is missing and what to install.
pub fn probe() -> Result<(), MissingDisplay> {
    // Only Linux and its kin speak X11 or Wayland; elsewhere the system itself is the display.
    if cfg!(not(all(unix, not(target_os = "macos")))) {
        return Ok(());
    }
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let needed: &[_] = if is_set("WAYLAND_DISPLAY") || is_set("WAYLAND_SOCKET") {
        &FOR_WAYLAND
    } else if is_set("DISPLAY") {
        &FOR_X11
    } else {
        return Err(MissingDisplay::NoDisplay);
    };
    let cache = fs::read(LIBRARY_CACHE).unwrap_or_default();
    let folders = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let is_beside = |name: &str| env::split_paths(&folders).any(|folder| folder.join(name).exists());
    missing(needed, |name| is_cached(&cache, name) || is_beside(name) || is_in_the_open(name))
}

fn missing(needed: &[(&'static str, &'static str)], is_there: impl Fn(&str) -> bool) -> Result<(), MissingDisplay> {
    let absent = needed.iter().filter(|(library, _)| !is_there(library)).copied();
    let (libraries, packages): (Vec<_>, Vec<_>) = absent.unzip();
    if libraries.is_empty() { Ok(()) } else { Err(MissingDisplay::NoLibraries { libraries, packages }) }
}

/// Whether the linker's cache names the library. Without a cache nothing can be said, and the window is tried.
fn is_cached(cache: &[u8], library: &str) -> bool {
    cache.is_empty() || cache.split(|byte| *byte == 0).any(|name| name.ends_with(library.as_bytes()))
}

fn is_in_the_open(library: &str) -> bool {
    ["/usr/lib", "/usr/lib64", "/usr/local/lib"].iter().any(|folder| Path::new(folder).join(library).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CACHE: &[u8] = b"ld.so-1.7.0\0\x03\x01libX11.so.6\0/usr/lib/libX11.so.6\0libGL.so.1\0/usr/lib/libGL.so.1\0";

    #[test]
    fn what_the_cache_names_is_there() {
        assert_eq!(missing(&[("libX11.so.6", "libx11-6")], |name| is_cached(CACHE, name)), Ok(()));
        assert_eq!(missing(&FOR_X11, |name| is_cached(b"", name)), Ok(()));
    }

    #[test]
    fn what_is_missing_is_named_with_its_package() {
        let error = missing(&FOR_X11, |name| is_cached(CACHE, name) || name == "libXi.so.6").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the window needs libX11-xcb.so.1, libXcursor.so.1, libxkbcommon-x11.so.0; \
             install it with: apt install libx11-xcb1 libxcursor1 libxkbcommon-x11-0"
        );
    }
}
