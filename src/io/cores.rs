//! Cores: pieces of work on all of them at once, with what comes of each in the order in which it was asked for.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use rayon::ThreadPoolBuilder;

/// How many threads leave one core to somebody else: at least one.
#[must_use]
pub fn spare() -> usize {
    rayon::current_num_threads().saturating_sub(1).max(1)
}

/// Gives every piece to `work`, on `jobs` threads (0: one for each core), and what comes of it to `take`, in the order of the pieces.
///
/// `take` is called on this thread, as soon as a piece and all before it are done. When it fails, no further piece is begun.
///
/// # Errors
/// What `take` returned, or the system's word that no thread can be had.
pub fn in_order<P: Sync, R: Send, E: From<io::Error>>(
    jobs: usize,
    pieces: &[P],
    work: impl Fn(&P) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    // More threads than pieces would only be made and ended again.
    let most = pieces.len().max(1);
    let jobs = if jobs == 0 { rayon::current_num_threads() } else { jobs }.min(most);
    let pool = ThreadPoolBuilder::new().num_threads(jobs).build().map_err(io::Error::other)?;
    let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (done, results) = mpsc::channel();
    pool.in_place_scope(|scope| {
        for _ in 0..jobs {
            let (done, next, is_over, work) = (done.clone(), &next, &is_over, &work);
            scope.spawn(move |_| {
                while !is_over.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(piece) = pieces.get(index) else { break };
                    if done.send((index, work(piece))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        let mut early = BTreeMap::new();
        let mut awaited = 0;
        for (index, result) in results {
            early.insert(index, result);
            while let Some(result) = early.remove(&awaited) {
                awaited += 1;
                if let Err(error) = take(result) {
                    is_over.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Barrier;

    use super::in_order;

    #[test]
    fn results_come_in_the_order_of_the_pieces_whoever_is_first() {
        let pieces: Vec<u32> = (0..500).collect();
        for jobs in [0, 1, 2, 8, 1000] {
            let mut seen = Vec::new();
            let take = |result: u32| {
                seen.push(result);
                Ok::<(), io::Error>(())
            };
            in_order(jobs, &pieces, |piece| piece * 2, take).unwrap();
            assert_eq!(seen, pieces.iter().map(|piece| piece * 2).collect::<Vec<_>>(), "{jobs} jobs");
        }
    }

    #[test]
    fn two_jobs_are_two_threads() {
        // Neither piece ends before the other has begun: one thread alone would never come back.
        let both = Barrier::new(2);
        in_order(2, &[(), ()], |()| both.wait().is_leader(), |_| Ok::<(), io::Error>(())).unwrap();
    }

    #[test]
    fn nothing_is_taken_after_a_failure_and_nothing_of_no_pieces() {
        let mut taken = 0;
        let take = |result: u32| {
            taken += 1;
            if result == 3 { Err(io::Error::other("full")) } else { Ok(()) }
        };
        let error = in_order(2, &(0..100).collect::<Vec<u32>>(), |piece| *piece, take).unwrap_err();
        assert_eq!((error.to_string().as_str(), taken), ("full", 4));
        in_order(2, &[], |()| (), |()| Err(io::Error::other("taken"))).unwrap();
    }
}
