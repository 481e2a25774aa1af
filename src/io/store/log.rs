//! The log: whether commits lie behind a damaged place in it, where SQLite does not look any more.

use std::fs;
use std::path::{Path, PathBuf};

use crate::io::store::error::StoreError;
use crate::io::store::place::StorePlace;

/// The log's own header, in bytes: magic, version, page size, sequence, two salts, two sums.
const HEADER: usize = 32;
/// The header of each frame: page number, size after a commit or 0, two salts, two sums. A page follows.
const FRAME_HEADER: usize = 24;
/// What a log begins with; one more where its sums are taken over big-endian words.
const MAGIC: u32 = 0x377F_0682;

/// How many copies are kept beside one store.
const COPIES_MAX: u32 = 99;

/// Keeps a copy of a damaged log before SQLite writes over what it takes for its end. Gives back where the copy is.
///
/// After a kill, or the power going out, nothing follows the torn end of a log, and there is nothing to keep.
///
/// # Errors
/// [`StoreError`] where the copy cannot be made: then the store is not opened, and nothing in it is changed.
pub(crate) fn set_aside(place: &StorePlace, store: &Path) -> Result<Option<PathBuf>, StoreError> {
    let log = beside(store, "-wal");
    let failed = |error| StoreError::of_file(place, &error);
    if !log.try_exists().map_err(failed)? || !has_lost_commits(&fs::read(&log).map_err(failed)?) {
        return Ok(None);
    }
    let mut names = (1..=COPIES_MAX).map(|number| beside(store, &format!("-wal-damaged-{number}")));
    let Some(copy) = names.find(|copy| !copy.exists()) else {
        let cause = format!("its log, and {COPIES_MAX} copies of damaged logs are beside it already");
        return Err(StoreError::Damaged { place: place.clone(), cause });
    };
    fs::copy(&log, &copy).map_err(failed)?;
    Ok(Some(copy))
}

/// Whether something stands in the log of this store: it was not closed as it should be, or is open.
pub(crate) fn is_there(store: &Path) -> bool {
    fs::metadata(beside(store, "-wal")).is_ok_and(|log| log.len() > 0)
}

fn beside(store: &Path, ending: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Whether a whole frame that ends a commit stands behind the first frame that is not as it was written.
fn has_lost_commits(log: &[u8]) -> bool {
    let Some(page) =
        word(log, 8).and_then(|size| usize::try_from(size).ok()).filter(|size| (512..=65_536).contains(size))
    else {
        return log.len() > HEADER + FRAME_HEADER;
    };
    let is_big_endian = word(log, 0) == Some(MAGIC | 1);
    let mut sums = sum(log.get(..24).unwrap_or_default(), [0, 0], is_big_endian);
    let magic = MAGIC | u32::from(is_big_endian);
    let mut is_whole = (word(log, 0), word(log, 24), word(log, 28)) == (Some(magic), Some(sums[0]), Some(sums[1]));
    // Frames of an older time have other salts. A header that is damaged itself cannot say which; the first frame can.
    let salts = if is_whole { log.get(16..24) } else { log.get(HEADER + 8..HEADER + 16) };
    for frame in log.get(HEADER..).unwrap_or_default().chunks_exact(FRAME_HEADER + page) {
        let is_ours = frame.get(8..16) == salts;
        let ends_commit = word(frame, 4).is_some_and(|size| size > 0);
        if !is_whole && is_ours && ends_commit {
            return true;
        }
        sums = sum(frame.get(..8).unwrap_or_default(), sums, is_big_endian);
        sums = sum(frame.get(FRAME_HEADER..).unwrap_or_default(), sums, is_big_endian);
        is_whole &= is_ours && (word(frame, 16), word(frame, 20)) == (Some(sums[0]), Some(sums[1]));
    }
    false
}

/// The running sums of the log's format, over words of four bytes taken in pairs.
fn sum(bytes: &[u8], sums: [u32; 2], is_big_endian: bool) -> [u32; 2] {
    let read = |word: [u8; 4]| if is_big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) };
    let (pairs, _) = bytes.as_chunks::<8>();
    pairs.iter().fold(sums, |[first, second], &[a, b, c, d, e, f, g, h]| {
        let first = first.wrapping_add(read([a, b, c, d])).wrapping_add(second);
        [first, second.wrapping_add(read([e, f, g, h])).wrapping_add(first)]
    })
}

/// The big-endian number at this place; headers are big-endian whatever the sums are.
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk::<4>()?))
}
