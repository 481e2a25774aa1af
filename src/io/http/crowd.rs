//! The crowd: who is connected, and who must go when there is no more room.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// All connections of one server. Those that have never had a request in service make room before those that have.
#[derive(Clone, Debug)]
pub struct Crowd {
    members: Arc<Mutex<Members>>,
    max: usize,
}

#[derive(Debug, Default)]
struct Members {
    next: u64,
    /// Connected, with no whole request yet: the oldest number first.
    silent: BTreeMap<u64, Arc<Notify>>,
    /// Between two requests, or inside one.
    known: BTreeMap<u64, Known>,
    /// Whether nobody may stay, in service or not.
    is_over: bool,
}

#[derive(Debug)]
struct Known {
    told: Arc<Notify>,
    in_service: usize,
}

/// A connection's place in the crowd. It is free again when this goes.
#[derive(Debug)]
pub struct Place {
    crowd: Crowd,
    number: u64,
    told: Arc<Notify>,
}

/// What a connection is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Answer what is in service, and take nothing more.
    Finish,
    /// End at once.
    Leave,
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
        let told = Arc::new(Notify::new());
        members.silent.insert(number, Arc::clone(&told));
        drop(members);
        Some(Place { crowd: self.clone(), number, told })
    }

    /// Lets the one leave who would have to make room for a newcomer, if there is one.
    pub fn relieve(&self) {
        let _ = self.members().make_room();
    }

    /// Asks everybody to finish.
    pub fn close(&self) {
        self.members().tell_all();
    }

    /// Asks everybody to leave at once, in service or not.
    pub fn dismiss(&self) {
        let mut members = self.members();
        members.is_over = true;
        members.tell_all();
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
    fn tell_all(&self) {
        self.silent.values().chain(self.known.values().map(|known| &known.told)).for_each(|told| told.notify_one());
    }

    fn make_room(&mut self) -> Option<()> {
        if let Some((_, told)) = self.silent.pop_first() {
            told.notify_one();
            return Some(());
        }
        let number = *self.known.iter().find(|(_, known)| known.in_service == 0)?.0;
        self.known.remove(&number)?.told.notify_one();
        Some(())
    }
}

impl Place {
    /// Comes back when this connection is told something. Listening for it costs every request a look, so there is one thing to
    /// listen for.
    pub async fn told(&self) -> Word {
        self.told.notified().await;
        let members = self.crowd.members();
        let has_place = members.silent.contains_key(&self.number) || members.known.contains_key(&self.number);
        if has_place && !members.is_over { Word::Finish } else { Word::Leave }
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
    /// A request is taken into service, whole: its connection is served until the answer is ready.
    #[must_use]
    pub fn serving(&self) -> Serving {
        let mut members = self.crowd.members();
        if let Some(told) = members.silent.remove(&self.number) {
            members.known.insert(self.number, Known { told, in_service: 0 });
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What the place was told, if anything.
    fn told(place: &Place) -> Option<Word> {
        let mut told = std::pin::pin!(place.told());
        match told.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
            std::task::Poll::Ready(word) => Some(word),
            std::task::Poll::Pending => None,
        }
    }

    fn is_dismissed(place: &Place) -> bool {
        told(place) == Some(Word::Leave)
    }

    #[test]
    fn the_oldest_silent_one_makes_room_first() {
        let crowd = Crowd::new(3);
        let (known, older, newer) = (crowd.enter().unwrap(), crowd.enter().unwrap(), crowd.enter().unwrap());
        drop(known.mark().serving());
        let newcomer = crowd.enter().unwrap();
        assert_eq!([&known, &older, &newer, &newcomer].map(is_dismissed), [false, true, false, false]);
        assert_eq!(crowd.len(), 3);
        drop(older);
        assert_eq!(crowd.len(), 3, "its place was given away already");
    }

    #[test]
    fn who_waits_between_two_requests_goes_before_nobody_does() {
        let crowd = Crowd::new(2);
        let (idle, busy) = (crowd.enter().unwrap(), crowd.enter().unwrap());
        let _serving = busy.mark().serving();
        drop(idle.mark().serving());
        let _newcomer = crowd.enter().unwrap().mark().serving();
        assert_eq!([&idle, &busy].map(is_dismissed), [true, false]);
    }

    #[test]
    fn there_is_no_place_when_all_are_served_until_one_is_done() {
        let crowd = Crowd::new(1);
        let place = crowd.enter().unwrap();
        let (first, second) = (place.mark().serving(), place.mark().serving());
        assert!(crowd.enter().is_none());
        drop(first);
        assert!(crowd.enter().is_none(), "one of two requests is still served");
        drop(second);
        assert!(crowd.enter().is_some());
        assert!(is_dismissed(&place));
    }

    #[test]
    fn relief_and_dismissal_reach_whom_they_must() {
        let crowd = Crowd::new(9);
        let (silent, busy) = (crowd.enter().unwrap(), crowd.enter().unwrap());
        let _serving = busy.mark().serving();
        crowd.relieve();
        assert_eq!([&silent, &busy].map(is_dismissed), [true, false]);
        crowd.relieve();
        assert!(!is_dismissed(&busy), "who is served is not put out");
        crowd.close();
        assert_eq!(told(&busy), Some(Word::Finish));
        crowd.dismiss();
        assert!(is_dismissed(&busy));
        drop((silent, busy));
        assert!(crowd.is_empty());
    }
}
