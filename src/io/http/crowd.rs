//! The crowd: who is connected, and who must go when there is no more room.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// All connections of one server. Those that have asked nothing yet make room before those that have.
#[derive(Clone, Debug)]
pub struct Crowd {
    members: Arc<Mutex<Members>>,
    max: usize,
}

#[derive(Debug, Default)]
struct Members {
    next: u64,
    /// Connected, with no request yet: the oldest number first.
    silent: BTreeMap<u64, Arc<Notify>>,
    /// Between two requests, or inside one.
    known: BTreeMap<u64, Known>,
}

#[derive(Debug)]
struct Known {
    leave: Arc<Notify>,
    in_service: usize,
}

/// A connection's place in the crowd. It is free again when this goes.
#[derive(Debug)]
pub struct Place {
    crowd: Crowd,
    number: u64,
    leave: Arc<Notify>,
}

/// A request in service on a connection, which is not asked to leave meanwhile.
#[derive(Debug)]
pub struct Serving {
    crowd: Crowd,
    number: u64,
}

impl Crowd {
    /// Room for `max` connections.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { members: Arc::default(), max }
    }

    /// Takes a connection in. When there is no room, the oldest that has asked nothing must leave, else the oldest that is
    /// between two requests; when all are in service, there is no place.
    #[must_use]
    pub fn enter(&self) -> Option<Place> {
        let mut members = self.members();
        if members.silent.len() + members.known.len() >= self.max {
            members.make_room()?;
        }
        let number = members.next;
        members.next += 1;
        let leave = Arc::new(Notify::new());
        members.silent.insert(number, Arc::clone(&leave));
        drop(members);
        Some(Place { crowd: self.clone(), number, leave })
    }

    /// Asks everybody to leave at once, in service or not.
    pub fn dismiss(&self) {
        let members = self.members();
        members
            .silent
            .values()
            .chain(members.known.values().map(|known| &known.leave))
            .for_each(|leave| leave.notify_one());
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let members = self.members();
        members.silent.len() + members.known.len()
    }

    /// Whether nobody is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        // Nothing panics while it holds the lock, and the maps would be whole if it did.
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Members {
    fn make_room(&mut self) -> Option<()> {
        if let Some((_, leave)) = self.silent.pop_first() {
            leave.notify_one();
            return Some(());
        }
        let number = *self.known.iter().find(|(_, known)| known.in_service == 0)?.0;
        self.known.remove(&number)?.leave.notify_one();
        Some(())
    }
}

impl Place {
    /// Ends when this connection must leave.
    pub async fn left(&self) {
        self.leave.notified().await;
    }

    /// What marks a request of this connection as in service.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { crowd: self.crowd.clone(), number: self.number }
    }
}

/// Marks requests of one connection.
#[derive(Clone, Debug)]
pub struct Mark {
    crowd: Crowd,
    number: u64,
}

impl Mark {
    /// A request's head is in: its connection is served until the answer is ready.
    #[must_use]
    pub fn serving(&self) -> Serving {
        let mut members = self.crowd.members();
        if let Some(leave) = members.silent.remove(&self.number) {
            members.known.insert(self.number, Known { leave, in_service: 0 });
        }
        if let Some(known) = members.known.get_mut(&self.number) {
            known.in_service += 1;
        }
        drop(members);
        Serving { crowd: self.crowd.clone(), number: self.number }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(known) = self.crowd.members().known.get_mut(&self.number) {
            known.in_service = known.in_service.saturating_sub(1);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut members = self.crowd.members();
        members.silent.remove(&self.number);
        members.known.remove(&self.number);
    }
}
