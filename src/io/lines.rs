//! Lines: a file of any length, read line by line with a limit on each, many at a time on all cores.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};

use rayon::ThreadPoolBuilder;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::io::files::{FileError, Place};

/// Lines that one worker takes at a time.
const BATCH: usize = 256;
/// Batches that are read ahead together; memory holds two such rounds and no more.
const ROUND: usize = 32;

/// One line, without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, 1 for the first.
    pub number: u64,
    /// What stands there.
    pub text: Result<String, BadLine>,
}

/// Why a line cannot be read as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLine {
    /// Longer than a line may be.
    #[error("the line is longer than {0} bytes")]
    TooLong(usize),
    /// Not UTF-8.
    #[error("the line is not UTF-8 text")]
    NotText,
}

/// A file whose lines are taken one after another.
pub struct Lines {
    reader: Box<dyn BufRead + Send>,
    place: Place,
    number: u64,
    bytes: u64,
    line_max: usize,
}

impl Lines {
    /// Opens a file, or standard input. Longer lines than `line_max` bytes are passed over without being kept.
    ///
    /// # Errors
    /// [`FileError`]: missing, a folder, forbidden.
    pub fn open(place: &Place, line_max: usize) -> Result<Self, FileError> {
        let reader: Box<dyn BufRead + Send> = match place {
            Place::Standard => Box::new(BufReader::new(io::stdin())),
            Place::File(path) => {
                let file = File::open(path).map_err(|cause| FileError::of(place, cause))?;
                if file.metadata().is_ok_and(|facts| facts.is_dir()) {
                    return Err(FileError::Folder(place.clone()));
                }
                Box::new(BufReader::with_capacity(1 << 16, file))
            }
        };
        Ok(Self { reader, place: place.clone(), number: 0, bytes: 0, line_max })
    }

    /// How many bytes were read so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// [`FileError`] when the disk fails in the middle.
    pub fn next_line(&mut self) -> Result<Option<Line>, FileError> {
        let mut bytes = Vec::new();
        let limit = self.line_max as u64 + 2;
        let failed = |cause| FileError::of(&self.place, cause);
        let read = self.reader.by_ref().take(limit).read_until(b'\n', &mut bytes).map_err(failed)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.bytes += read as u64;
        let is_whole = bytes.ends_with(b"\n") || (read as u64) < limit;
        if !is_whole {
            self.skip_rest()?;
        }
        let end = bytes.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
        bytes.truncate(end);
        let text = if !is_whole || bytes.len() > self.line_max {
            Err(BadLine::TooLong(self.line_max))
        } else {
            String::from_utf8(bytes).map_err(|_| BadLine::NotText)
        };
        Ok(Some(Line { number: self.number, text }))
    }

    fn skip_rest(&mut self) -> Result<(), FileError> {
        loop {
            let failed = |cause| FileError::of(&self.place, cause);
            let held = self.reader.fill_buf().map_err(failed)?;
            let (used, is_end) = match held.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (held.len(), held.is_empty()),
            };
            self.reader.consume(used);
            self.bytes += used as u64;
            if is_end {
                return Ok(());
            }
        }
    }

    fn round(&mut self) -> Result<Vec<Vec<Line>>, FileError> {
        let mut round = Vec::with_capacity(ROUND);
        while round.len() < ROUND {
            let mut batch = Vec::with_capacity(BATCH);
            while batch.len() < BATCH {
                match self.next_line()? {
                    Some(line) => batch.push(line),
                    None => break,
                }
            }
            let is_end = batch.len() < BATCH;
            if !batch.is_empty() {
                round.push(batch);
            }
            if is_end {
                break;
            }
        }
        Ok(round)
    }
}

/// Gives every line to `work`, on `jobs` threads (0: one for each core), and what comes of each batch to `take`, in the order of the file.
///
/// The next lines are read while the present ones are worked on. `take` is called on this thread and told how many bytes were
/// read; when it fails, no more is read.
///
/// # Errors
/// [`FileError`] from the disk, with everything before it taken; [`FileError::Failed`] if no thread can be had, or from `take`.
pub fn in_batches<T: Send>(
    mut lines: Lines,
    jobs: usize,
    work: impl Fn(&[Line]) -> T + Sync,
    mut take: impl FnMut(T, u64) -> io::Result<()>,
) -> Result<(), FileError> {
    let place = lines.place.clone();
    let failed = |cause| FileError::Failed { place: place.clone(), cause };
    let pool = ThreadPoolBuilder::new().num_threads(jobs).build().map_err(|cause| failed(io::Error::other(cause)))?;
    let mut round = lines.round()?;
    while !round.is_empty() {
        let bytes = lines.bytes();
        let (mut results, mut next) = (Vec::new(), Ok(Vec::new()));
        pool.in_place_scope(|scope| {
            scope.spawn(|_| results = round.par_iter().map(|batch| work(batch)).collect());
            next = lines.round();
        });
        for result in results {
            take(result, bytes).map_err(failed)?;
        }
        round = next?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &'static [u8], line_max: usize) -> Vec<Line> {
        let mut lines = of(text, line_max);
        std::iter::from_fn(|| lines.next_line().unwrap()).collect()
    }

    fn of(text: &'static [u8], line_max: usize) -> Lines {
        Lines { reader: Box::new(text), place: Place::Standard, number: 0, bytes: 0, line_max }
    }

    #[test]
    fn a_bad_line_costs_itself_and_no_other() {
        let found = lines(b"one\r\n\xff\ntoo long by far\nfour", 8);
        let texts: Vec<_> = found.into_iter().map(|line| line.text).collect();
        assert_eq!(texts, [Ok("one".into()), Err(BadLine::NotText), Err(BadLine::TooLong(8)), Ok("four".into())]);
    }

    #[test]
    fn a_line_of_just_the_limit_is_whole_with_either_line_end() {
        for text in [&b"12345678\nx"[..], b"12345678\r\nx", b"12345678"] {
            assert_eq!(lines(text, 8)[0].text, Ok("12345678".to_owned()));
        }
        assert_eq!(lines(b"123456789\n", 8)[0].text, Err(BadLine::TooLong(8)));
        assert_eq!(lines(b"123456789\r\nx", 8).len(), 2);
    }

    #[test]
    fn results_come_in_the_order_of_the_file_whoever_made_them() {
        let text: &'static str = (0..20_000).fold(String::new(), |text, n| text + &n.to_string() + "\n").leak();
        let mut seen = Vec::new();
        let numbers = |batch: &[Line]| batch.iter().map(|line| line.number).collect::<Vec<_>>();
        let take = |batch: Vec<u64>, _| {
            seen.extend(batch);
            Ok(())
        };
        in_batches(of(text.as_bytes(), 64), 2, numbers, take).unwrap();
        assert_eq!(seen, (1..=20_000).collect::<Vec<u64>>());
    }
}
