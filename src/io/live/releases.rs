//! Releases: answers that are ready, let go when what they tell of is on disk.

use tokio::sync::{mpsc, oneshot};

use crate::io::inbox::Said;
use crate::io::saved::Saved;

/// An answer that is ready, and what must be on disk before anybody hears it.
#[derive(Debug)]
pub struct Release {
    pub(crate) saved: Saved,
    pub(crate) reply: oneshot::Sender<Said>,
    pub(crate) said: Said,
}

impl Release {
    /// Whoever asked may have gone meanwhile.
    pub(crate) fn go(self) {
        let _ = self.reply.send(self.said);
    }
}

/// Lets go what was handed over, in its order, which is that of the disk. One task waits for all: whoever asked is woken once, with
/// the answer. Ends when the driver that hands over is gone.
pub async fn run(mut handed_over: mpsc::UnboundedReceiver<Vec<Release>>) {
    while let Some(releases) = handed_over.recv().await {
        for mut release in releases {
            if let Err(why) = release.saved.wait().await {
                release.said = Said::NotSaved(why);
            }
            release.go();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::saved::NotSaved;

    #[tokio::test]
    async fn an_answer_goes_when_it_is_on_disk_and_says_so_when_it_is_not() {
        let (hand_over, handed_over) = mpsc::unbounded_channel();
        let (written, on_disk) = oneshot::channel::<Result<(), NotSaved>>();
        let saved = Saved::when(Box::pin(async { on_disk.await.unwrap() }));
        let (mut answers, releases): (Vec<_>, Vec<_>) = (0..3)
            .map(|place| {
                let (reply, answer) = oneshot::channel();
                let saved = if place == 1 { Saved::already() } else { saved.clone() };
                (answer, Release { saved, reply, said: Said::Taken })
            })
            .unzip();
        hand_over.send(releases).unwrap();
        let task = tokio::spawn(run(handed_over));
        tokio::task::yield_now().await;
        assert!(answers.iter_mut().all(|answer| answer.try_recv().is_err()), "nothing is on disk yet");
        written.send(Err(NotSaved("The disk is full".to_owned()))).unwrap();
        let mut heard = Vec::new();
        for answer in answers {
            heard.push(matches!(answer.await.unwrap(), Said::NotSaved(_)));
        }
        assert_eq!(heard, [true, false, true]);
        drop(hand_over);
        task.await.unwrap();
    }
}
