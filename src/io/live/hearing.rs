//! Hearing: how those outside learn what happened in a run: who waits, who watches, who carries it on, who writes it down.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::{broadcast, mpsc, oneshot};

use crate::io::inbox::{Reply, Said, WindowState};
use crate::io::live::releases::Release;
use crate::io::live::waiting::Waiters;
use crate::io::live::windows::Windows;
use crate::io::saved::{Keep, Saved};
use crate::protocol::id::TransactionId;
use crate::session::recorded::Recorded;
use crate::session::step::Step;
use crate::world::event::Event;
use crate::world::http_form::{HttpForm, StartLine};
use crate::world::message::{Body, Message, MessageId};
use crate::world::party::Party;
use crate::world::transaction::TransactionState;

/// A request that must be carried to somebody's own server, because it was delivered to a party that sits outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Which message it is: the answer names it.
    pub message: MessageId,
    /// The request as it must be sent.
    pub form: HttpForm,
}

/// Who writes down, and who lets answers go when that is done: a task that runs [`releases`](crate::io::live::releases::run).
pub struct Notary {
    /// Writes down.
    pub keeper: Box<dyn Keep>,
    /// Leads to the task.
    pub releases: mpsc::UnboundedSender<Vec<Release>>,
}

/// Everybody outside who must hear of what happens in a run. Moves nothing itself.
pub(crate) struct Hearing {
    notary: Option<Notary>,
    /// Answers that wait for the disk.
    ready: Vec<Release>,
    pub(crate) waiters: Waiters,
    windows: Windows,
    errands: mpsc::UnboundedSender<Errand>,
    /// The errands that are under way: each ends in an answer, or in the news that there is none.
    under_way: BTreeSet<u32>,
    /// Whether a message was dropped while somebody waited, so that an answer may never come.
    has_lost: bool,
    steps: broadcast::Sender<Arc<Step>>,
}

impl Hearing {
    /// Nobody waits yet. `errands` carries to servers outside, `steps` tells everyone who watches, `notary` writes down.
    pub(crate) fn new(
        errands: mpsc::UnboundedSender<Errand>,
        steps: broadcast::Sender<Arc<Step>>,
        notary: Option<Notary>,
    ) -> Self {
        Self {
            notary,
            ready: Vec::new(),
            waiters: Waiters::default(),
            windows: Windows::default(),
            errands,
            under_way: BTreeSet::new(),
            has_lost: false,
            steps,
        }
    }

    /// Forgets everybody who waits: the run that they asked is not lent any more.
    pub(crate) fn forget(&mut self) {
        self.waiters.clear();
        self.windows = Windows::default();
        self.under_way.clear();
    }

    /// Whether a server outside still owes an answer to something that was carried there.
    pub(crate) fn is_awaiting_an_errand(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// Takes note that an errand has ended: in an answer, or in the news that there is none.
    pub(crate) fn end_errand(&mut self, message: u32) {
        self.under_way.remove(&message);
    }

    /// How the window of a payment stands that stands at `state` by the books.
    pub(crate) fn window(&self, transaction: &TransactionId, state: TransactionState) -> WindowState {
        self.windows.standing(transaction, state)
    }

    /// Takes note of a step that the run has just taken, and tells all whom it concerns.
    pub(crate) fn observe(&mut self, run: &dyn Recorded, step: &Arc<Step>) -> Saved {
        let saved = self.notary.as_mut().map_or_else(Saved::already, |notary| notary.keeper.keep(run, step));
        // Nobody may be watching.
        let _ = self.steps.send(Arc::clone(step));
        self.windows.note_openings(step);
        for event in &step.events {
            if let Event::Delivered { message } = event {
                self.delivered(run, (step, &saved), message);
            }
            // Neither a question that was dropped nor a dropped answer is ever answered.
            if let Event::FaultFired { message, act: "drop", .. } = event {
                self.has_lost = true;
                self.waiters.lose(message.id);
                message.answers.into_iter().for_each(|question| self.waiters.lose(question));
            }
        }
        saved
    }

    /// Takes note of how payment windows opened and ended in a step of long ago, so that a page which asks late is told the truth.
    pub(crate) fn recall(&mut self, step: &Step) {
        self.windows.note_openings(step);
        for event in &step.events {
            if let Event::Delivered { message } = event {
                self.windows.note_end(message);
            }
        }
    }

    /// Lets what was written down since the last time go to the disk together, and the answers when it is there.
    pub(crate) fn hand_over(&mut self) {
        let Some(notary) = &mut self.notary else { return };
        notary.keeper.hand_over();
        if !self.ready.is_empty() {
            // Without anybody to let them go they are lost, as with a server that ends.
            let _ = notary.releases.send(std::mem::take(&mut self.ready));
        }
    }

    /// Tells `reply` what was said, as soon as that is on disk.
    pub(crate) fn release(&mut self, saved: Saved, reply: oneshot::Sender<Said>, said: Said) {
        let is_saved = saved.is_already();
        let release = Release { saved, reply, said };
        if is_saved { release.go() } else { self.ready.push(release) }
    }

    /// Tells those whose answer can never come.
    pub(crate) fn strand(&mut self, run: &dyn Recorded) {
        if !self.has_lost {
            return;
        }
        let world = run.world();
        let can_come = world.wire().in_flight().next().is_some()
            || !world.faults().held().is_empty()
            || !self.under_way.is_empty();
        if !can_come {
            self.waiters.strand();
            self.has_lost = false;
        }
    }

    /// Tells whoever waits for this message, and sends it on its way where it goes to a server outside.
    fn delivered(&mut self, run: &dyn Recorded, (step, saved): (&Arc<Step>, &Saved), message: &Arc<Message>) {
        let form = || message.http(run.setup(), run.world().catalog());
        self.windows.note_end(message);
        let waiter = match (&message.body, message.answers) {
            (Body::PriceShown { transaction, .. }, _) => {
                self.windows.opening_of(transaction).and_then(|opening| self.waiters.take_viewer(opening))
            }
            (Body::PinRefused { transaction, .. }, _) => self.waiters.take_typist(transaction),
            (_, Some(question)) => self.waiters.take(question),
            (_, None) => None,
        };
        if let Some(waiter) = waiter {
            let (message, step) = (Arc::clone(message), Arc::clone(step));
            self.release(saved.clone(), waiter, Said::Answered(Box::new(Reply { message, form: form(), step })));
        }
        let setup = run.setup();
        // A page is never called; what reaches it is an answer, and whoever waits for that has been told.
        let is_server = matches!(message.to, Party::AppServer | Party::Marketplace | Party::Provider);
        if is_server
            && setup.seats.is_outside(message.to, setup.is_hosted())
            && let Some(form) = form().filter(|form| matches!(form.start, StartLine::Request { .. }))
        {
            // Without anybody to run errands the message stays unanswered, as at a server that is down.
            if self.errands.send(Errand { message: message.id, form }).is_ok() {
                self.under_way.insert(message.id.0);
            }
        }
    }
}
