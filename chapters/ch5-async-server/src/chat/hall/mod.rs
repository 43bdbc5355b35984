//! Who is where, and who hears what.
//!
//! Everything in here happens at once, under one lock, that of [`seat`](crate::chat::seat): it changes maps and puts
//! lines into outboxes, and neither waits. Here stands what one person does; `rooms` says who hears of it, `lists` who is
//! told what is there, and `lull` when a room waits for its members. What answers returns what the answer costs, for the
//! pace of who asked.

mod rooms;

mod lull;

mod lists;

use crate::chat::name::Name;
use crate::chat::outbox::Outbox;
use crate::chat::protocol::{LOBBY, STOPS};
pub use lists::taken;
use rooms::Rooms;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Tells people apart, whatever they are called. The lowest one came first.
pub type Id = u64;

/// All people and all rooms.
#[derive(Debug, Default)]
pub struct Hall {
    people: HashMap<Id, Person>,
    /// The keys of the names that are taken, both of each.
    taken: HashSet<String>,
    rooms: Rooms,
    next: Id,
    is_stopping: bool,
    is_over: bool,
}

#[derive(Debug)]
struct Person {
    name: Name,
    /// The key of the room.
    room: String,
    outbox: Arc<Outbox>,
}

/// Somebody else has this name, or one that looks like it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken;

impl Hall {
    /// Lets somebody in, who begins in the lobby.
    ///
    /// # Errors
    ///
    /// The name is taken.
    pub fn enter(&mut self, name: Name, outbox: &Arc<Outbox>) -> Result<Id, Taken> {
        let (id, outbox) = (self.next, Arc::clone(outbox));
        self.next += 1;
        if self.is_over {
            outbox.close(STOPS);
            return Ok(id);
        }
        if name.is_reserved() || name.keys().iter().any(|key| self.taken.contains(*key)) {
            return Err(Taken);
        }
        self.taken.extend(name.keys().map(str::to_owned));
        self.people.insert(id, Person { name: name.clone(), room: String::new(), outbox });
        let place = self.arrive(id, lobby());
        self.answer(id, format!("* you are {name}, {place}; /help lists the commands"));
        Ok(id)
    }

    /// Lets somebody go, who may be gone already. The others in the room are told.
    pub fn leave(&mut self, id: Id) {
        if let Some(Person { name, room, .. }) = self.remove(id) {
            self.tell(&room, None, format!("* {name} left"));
        }
    }

    /// Says something to everybody else in the room of this person. If there is nobody, says that.
    pub fn say(&mut self, id: Id, text: &str) -> usize {
        let Some(Person { name, room, .. }) = self.people.get(&id) else { return 0 };
        if self.rooms.0.get(room).is_none_or(|room| room.members.len() < 2) {
            return self.answer(id, "* nobody else is here");
        }
        let (line, room) = (format!("{name}: {text}"), room.clone());
        self.tell(&room, Some(id), line);
        0
    }

    /// Goes to another room.
    pub fn join(&mut self, id: Id, room: Name) -> usize {
        let Some(person) = self.people.get(&id) else { return 0 };
        if person.room == room.key() {
            let room = self.rooms.0.get(room.key()).map_or(&room, |room| &room.name);
            return self.answer(id, format!("* you are in {room} already"));
        }
        let (name, old) = (person.name.clone(), person.room.clone());
        self.rooms.depart(id, &old);
        self.tell(&old, None, format!("* {name} left"));
        let place = self.arrive(id, room);
        self.answer(id, format!("* you are {place}"))
    }

    /// Goes back to where everybody begins.
    pub fn join_lobby(&mut self, id: Id) -> usize {
        self.join(id, lobby())
    }

    /// Takes another name.
    pub fn rename(&mut self, id: Id, name: Name) -> usize {
        let Some(person) = self.people.get_mut(&id) else { return 0 };
        if person.name == name {
            return self.answer(id, format!("* you are {name} already"));
        }
        // One may write one's own name in another way.
        let own = person.name.keys();
        let is_taken = |key: &&str| self.taken.contains(*key) && !own.contains(key);
        if name.is_reserved() || name.keys().iter().any(is_taken) {
            return self.answer(id, taken(&name));
        }
        let old = std::mem::replace(&mut person.name, name.clone());
        let room = person.room.clone();
        self.give_back(&old);
        self.taken.extend(name.keys().map(str::to_owned));
        self.tell(&room, Some(id), format!("* {old} is now {name}"));
        self.answer(id, format!("* you are {name}"))
    }

    /// From now on, who has no room for a line is told that the server stops, and not that they are slow.
    pub fn begin_stop(&mut self) {
        self.is_stopping = true;
    }

    /// Tells everybody that it is over, and lets nobody in any more.
    pub fn stop(&mut self) {
        let people = std::mem::take(self).people;
        people.values().for_each(|person| person.outbox.close(STOPS));
        self.is_over = true;
    }
}

fn lobby() -> Name {
    Name::parse(LOBBY).expect("the name of the lobby is a name")
}
