//! What is told to one person alone.

use super::{Hall, Id};
use crate::chat::name::Name;
use crate::chat::outbox::Line;
use crate::chat::protocol::{LINE_COST, LISTED};
use std::fmt::Display;

impl Hall {
    /// Answers who is in the room.
    pub fn list_people(&mut self, id: Id) -> usize {
        let room = self.people.get(&id).and_then(|person| self.rooms.0.get(&person.room));
        let Some(room) = room else { return 0 };
        let names = self.list_members(room.name.key());
        self.answer(id, format!("* {} in {}: {names}", room.members.len(), room.name))
    }

    /// Answers which rooms there are.
    pub fn list_rooms(&mut self, id: Id) -> usize {
        let rooms = self.rooms.0.values();
        let rooms = listed(rooms.map(|room| format!("{} {}", room.name, room.members.len())));
        self.answer(id, format!("* rooms: {rooms}"))
    }

    /// Tells somebody what they asked for.
    pub fn answer(&mut self, id: Id, line: impl Into<Line>) -> usize {
        let line = line.into();
        let person = self.people.get(&id);
        if person.is_some_and(|person| person.outbox.push(&line).is_err())
            && let Some((room, notice)) = self.put_out(id)
        {
            self.tell(&room, None, notice);
        }
        line.len() + LINE_COST
    }

    /// Who is in a room; nobody, if there is none.
    pub(super) fn list_members(&self, room: &str) -> String {
        let Some(room) = self.rooms.0.get(room) else { return String::new() };
        listed(room.members.keys().map(|id| &self.people[id].name))
    }
}

/// What to tell somebody who wants a name that is taken.
pub fn taken(name: &Name) -> String {
    match name.is_reserved() {
        true => format!("* nobody can be called {name}; choose another name"),
        false => format!("* {name} is taken, or looks like a name that is; choose another one"),
    }
}

/// Some things in a row, and how many more there are. Only those that are listed are looked at: there may be many.
fn listed<T: Display>(mut all: impl ExactSizeIterator<Item = T>) -> String {
    let some: Vec<_> = all.by_ref().take(LISTED).map(|one| one.to_string()).collect();
    match all.len() {
        0 => some.join(", "),
        more => format!("{} and {more} more", some.join(", ")),
    }
}
