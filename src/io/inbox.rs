//! The inbox: how everything that is asked of a live run from outside reaches its owner, one after another.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{broadcast, mpsc, oneshot};

use crate::io::saved::{NotSaved, Saved};
use crate::protocol::id::TransactionId;
use crate::protocol::time::Span;
use crate::session::recorded::Recorded;
use crate::session::step::Step;
use crate::world::command::Command;
use crate::world::http_form::HttpForm;
use crate::world::input::Input;
use crate::world::message::Message;
use crate::world::refusal::Refusal;
use crate::world::setup::Setup;

/// Who moves the true clock of a live run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock does, this far ahead of it.
    Real {
        /// How far ahead of the machine's clock; moved by advancing.
        ahead: Span,
    },
    /// Nobody but whoever advances it.
    Virtual,
}

/// One thing that is asked of a live run.
pub enum Ask {
    /// A program outside said something, and may wait for what it is answered.
    Say {
        /// What was said.
        input: Input,
        /// Where the answer goes. Dropped without one: the answer will never come.
        reply: oneshot::Sender<Said>,
    },
    /// A command, as a click or a scenario line gives it.
    Do {
        /// The command.
        command: Command,
        /// The step that holds what followed, and when it is on disk.
        reply: oneshot::Sender<Done>,
    },
    /// Time passes by this much, and everything that falls due in it happens.
    Advance {
        /// How much.
        span: Span,
        /// Told when it has passed, with the promise that all of it will be on disk.
        reply: oneshot::Sender<Saved>,
    },
    /// Somebody else moves the clock from now on.
    Follow {
        /// Who.
        clock: Clock,
    },
    /// Begins again with another set-up, then does these commands.
    Restart {
        /// The set-up.
        setup: Box<Setup>,
        /// What is done at once, after the start.
        commands: Vec<Command>,
        /// Told when it has begun, with the promise that the beginning will be on disk.
        reply: oneshot::Sender<Saved>,
    },
    /// Reads the run between two steps.
    Look(Glance),
    /// How the payment window of this payment stands.
    Window {
        /// The payment.
        transaction: TransactionId,
        /// `None`: there is no such payment.
        reply: oneshot::Sender<Option<WindowState>>,
    },
}

impl Ask {
    /// Whether the run may move because of it, rather than only be looked at.
    #[must_use]
    pub fn is_deed(&self) -> bool {
        match self {
            Self::Say { .. } | Self::Do { .. } | Self::Advance { .. } | Self::Follow { .. } | Self::Restart { .. } => {
                true
            }
            Self::Look(_) | Self::Window { .. } => false,
        }
    }
}

/// A reading of a live run, carried out by its owner between two steps.
pub type Glance = Box<dyn FnOnce(&dyn Recorded, Clock) + Send>;

/// What came of an input. Nobody hears of a change before it is on disk; what [only reads](Step::is_read) may get there later.
#[derive(Clone, Debug)]
pub enum Said {
    /// It was answered by this message.
    Answered(Box<Reply>),
    /// A message that the answer depends on was dropped: it will never come.
    Stranded,
    /// It was taken, and nothing answers it.
    Taken,
    /// It was taken, and could not be written down: whatever answers it would be lost in a crash.
    NotSaved(NotSaved),
    /// It could not be carried out; the sentence says why.
    Ignored(&'static str),
}

/// A message that answers somebody outside.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The message.
    pub message: Arc<Message>,
    /// How it looks on the wire; `None` where it does not travel over HTTP.
    pub form: Option<HttpForm>,
    /// The step in which it arrived.
    pub step: Arc<Step>,
}

/// What came of a command.
#[derive(Clone, Debug)]
pub struct Done {
    /// The step that holds what followed at once.
    pub step: Arc<Step>,
    /// When that step, and all before it, are on disk.
    pub saved: Saved,
}

/// How a payment window stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WindowState {
    /// Nobody has opened it yet.
    Unopened,
    /// The buyer is asked.
    Asking,
    /// The provider is.
    Charging,
    /// It is over: paid, or with a reason.
    Ended(Option<Refusal>),
}

/// Why nothing came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Silence {
    /// What was asked, or its answer, was dropped on the way.
    #[error("The answer was lost on the way")]
    Lost,
    /// A message between the parties was dropped, and nothing that is on its way can bring the answer any more.
    #[error("A message that the answer depends on was dropped; nothing can bring it any more")]
    Stranded,
    /// The run is no longer there.
    #[error("This run has ended")]
    Ended,
}

/// The way into a live run. Cloned for everyone who may ask.
#[derive(Clone)]
pub struct Letterbox {
    asks: mpsc::UnboundedSender<Ask>,
    steps: broadcast::Sender<Arc<Step>>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

/// A letterbox that keeps no run alive: for tasks that a run started itself.
#[derive(Clone)]
pub struct WeakLetterbox {
    asks: mpsc::WeakUnboundedSender<Ask>,
    steps: broadcast::Sender<Arc<Step>>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl WeakLetterbox {
    /// The letterbox itself, as long as somebody else has one.
    #[must_use]
    pub fn upgrade(&self) -> Option<Letterbox> {
        let asks = self.asks.upgrade()?;
        Some(Letterbox { asks, steps: self.steps.clone(), wake: Arc::clone(&self.wake) })
    }
}

/// What the owner of a live run empties: a server's task, or the window between two frames.
pub struct Inbox {
    asks: mpsc::UnboundedReceiver<Ask>,
    steps: broadcast::Sender<Arc<Step>>,
}

/// How many steps somebody who watches may be behind before some are passed over.
const BEHIND_MAX: usize = 256;

/// A letterbox with the inbox behind it. `wake` is called after each ask: a window that sleeps must be told.
#[must_use]
pub fn open(wake: impl Fn() + Send + Sync + 'static) -> (Letterbox, Inbox) {
    let (sender, asks) = mpsc::unbounded_channel();
    let (steps, _) = broadcast::channel(BEHIND_MAX);
    (Letterbox { asks: sender, steps: steps.clone(), wake: Arc::new(wake) }, Inbox { asks, steps })
}

impl Letterbox {
    /// Says something on behalf of a program outside, at once; what comes back is to be waited for.
    ///
    /// # Errors
    /// [`Silence`] where no answer will come.
    pub fn say(&self, input: Input) -> impl Future<Output = Result<Said, Silence>> + use<> {
        let (reply, answer) = oneshot::channel();
        let put = self.put(Ask::Say { input, reply });
        async move {
            put?;
            answer.await.map_err(|_| Silence::Lost)
        }
    }

    /// Gives a command.
    ///
    /// # Errors
    /// [`Silence::Ended`].
    pub async fn command(&self, command: Command) -> Result<Done, Silence> {
        let (reply, answer) = oneshot::channel();
        self.put(Ask::Do { command, reply })?;
        answer.await.map_err(|_| Silence::Ended)
    }

    /// Lets time pass. The promise is for whoever tells others that it has passed.
    ///
    /// # Errors
    /// [`Silence::Ended`].
    pub async fn advance(&self, span: Span) -> Result<Saved, Silence> {
        let (reply, answer) = oneshot::channel();
        self.put(Ask::Advance { span, reply })?;
        answer.await.map_err(|_| Silence::Ended)
    }

    /// Changes who moves the clock.
    ///
    /// # Errors
    /// [`Silence::Ended`].
    pub fn follow(&self, clock: Clock) -> Result<(), Silence> {
        self.put(Ask::Follow { clock })
    }

    /// Begins the run again with another set-up and gives these commands at once.
    ///
    /// # Errors
    /// [`Silence::Ended`].
    pub async fn restart(&self, setup: Setup, commands: Vec<Command>) -> Result<Saved, Silence> {
        let (reply, answer) = oneshot::channel();
        self.put(Ask::Restart { setup: Box::new(setup), commands, reply })?;
        answer.await.map_err(|_| Silence::Ended)
    }

    /// Reads the run between two steps and brings back what `read` makes of it.
    ///
    /// # Errors
    /// [`Silence::Ended`].
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn Recorded, Clock) -> T + Send + 'static,
    ) -> Result<T, Silence> {
        let (reply, answer) = oneshot::channel();
        let glance = move |run: &dyn Recorded, clock| {
            // Whoever asked may have gone meanwhile.
            let _ = reply.send(read(run, clock));
        };
        self.put(Ask::Look(Box::new(glance)))?;
        answer.await.map_err(|_| Silence::Ended)
    }

    /// How the payment window of this payment stands; `None` where there is no such payment.
    ///
    /// # Errors
    /// [`Silence::Ended`].
    pub async fn window(&self, transaction: TransactionId) -> Result<Option<WindowState>, Silence> {
        let (reply, answer) = oneshot::channel();
        self.put(Ask::Window { transaction, reply })?;
        answer.await.map_err(|_| Silence::Ended)
    }

    /// The steps from now on, as they are taken.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<Arc<Step>> {
        self.steps.subscribe()
    }

    /// The same, but it keeps the run alive no longer than others do.
    #[must_use]
    pub fn downgrade(&self) -> WeakLetterbox {
        WeakLetterbox { asks: self.asks.downgrade(), steps: self.steps.clone(), wake: Arc::clone(&self.wake) }
    }

    fn put(&self, ask: Ask) -> Result<(), Silence> {
        self.asks.send(ask).map_err(|_| Silence::Ended)?;
        (self.wake)();
        Ok(())
    }
}

impl Inbox {
    /// The next ask; `None` when every letterbox is gone.
    pub async fn next(&mut self) -> Option<Ask> {
        self.asks.recv().await
    }

    /// The next ask, if there is one already.
    pub fn try_next(&mut self) -> Option<Ask> {
        self.asks.try_recv().ok()
    }

    /// Whether nobody has asked anything that was not taken yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.asks.is_empty()
    }

    /// Where the run's steps go, for everyone who watches.
    #[must_use]
    pub fn steps(&self) -> broadcast::Sender<Arc<Step>> {
        self.steps.clone()
    }
}

impl fmt::Debug for Letterbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letterbox").finish_non_exhaustive()
    }
}

impl fmt::Debug for WeakLetterbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakLetterbox").finish_non_exhaustive()
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}
