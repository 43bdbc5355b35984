//! A place in the hall, and the lock in front of it.

use crate::chat::command::Command;
use crate::chat::hall::{Hall, Id, Taken};
use crate::chat::name::Name;
use crate::chat::outbox::Outbox;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The hall, as the coroutines of all people share it.
#[derive(Clone, Debug, Default)]
pub struct SharedHall(Arc<Mutex<Hall>>);

impl SharedHall {
    /// Waits for whoever is at it just now: for microseconds, since nobody waits for anything else in there.
    pub fn lock(&self) -> MutexGuard<'_, Hall> {
        // After a panic in there, somebody may stand on one list and not on another. The others need not go for it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody's place in the hall. It is given up when dropped, whatever happens to the coroutine that has it.
#[derive(Debug)]
pub struct Seat {
    hall: SharedHall,
    id: Id,
}

impl Seat {
    /// Lets somebody in.
    ///
    /// # Errors
    ///
    /// The name is taken.
    pub fn take(hall: &SharedHall, name: Name, outbox: &Arc<Outbox>) -> Result<Self, Taken> {
        let id = hall.lock().enter(name, outbox)?;
        Ok(Self { hall: hall.clone(), id })
    }

    /// Tells whoever sits here something, and returns what that costs.
    pub fn answer(&self, line: &str) -> usize {
        self.hall.lock().answer(self.id, line)
    }

    /// Must whoever sits here wait with what they say, until others in the room have read more?
    pub fn must_wait(&self) -> bool {
        self.hall.lock().must_wait(self.id, Instant::now())
    }

    /// Does what a command asks for, if it has to do with the hall. Returns what the answer costs.
    pub fn obey(&self, command: Command<'_>) -> usize {
        let mut hall = self.hall.lock();
        match command {
            Command::Say(text) => hall.say(self.id, text),
            Command::Join(room) => hall.join(self.id, room),
            Command::Leave => hall.join_lobby(self.id),
            Command::Nick(name) => hall.rename(self.id, name),
            Command::Rooms => hall.list_rooms(self.id),
            Command::Who => hall.list_people(self.id),
            Command::Wrong(why) => hall.answer(self.id, why),
            Command::Nothing | Command::Help | Command::Quit => 0,
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.hall.lock().leave(self.id);
    }
}
