//! Who hears of it.

use super::lull::Lull;
use super::{Hall, Id, Person};
use crate::chat::name::Name;
use crate::chat::outbox::{Line, Outbox};
use crate::chat::protocol::{STOPS, TOO_SLOW};
use std::collections::VecDeque;
use std::collections::btree_map::{BTreeMap, Entry};
use std::sync::Arc;
use std::time::Instant;

/// The rooms by the keys of their names. Each exists while somebody is in it.
#[derive(Debug, Default)]
pub(super) struct Rooms(pub(super) BTreeMap<String, Room>);

#[derive(Debug)]
pub(super) struct Room {
    pub(super) name: Name,
    pub(super) members: BTreeMap<Id, Arc<Outbox>>,
    lull: Lull,
}

impl Room {
    /// Puts one line into the outbox of everybody, `but` one. Returns who has no room for it.
    fn pass_on(&mut self, line: &Line, but: Option<Id>) -> Vec<Id> {
        let (mut slow, mut fullest) = (Vec::new(), None);
        for (&id, outbox) in self.members.iter().filter(|(id, _)| Some(**id) != but) {
            match outbox.push(line) {
                Ok(fill) if fullest.is_none_or(|(most, _)| fill > most) => {
                    fullest = Some((fill, outbox));
                }
                Ok(_) => {}
                Err(_) => slow.push(id),
            }
        }
        self.lull.note(fullest);
        slow
    }
}

impl Rooms {
    /// Takes somebody out of a room.
    pub(super) fn depart(&mut self, id: Id, room: &str) {
        let members = self.0.get_mut(room).map(|room| &mut room.members);
        if members.is_some_and(|members| members.remove(&id).is_some() && members.is_empty()) {
            self.0.remove(room);
        }
    }
}

impl Hall {
    /// Puts somebody into a room, which is made if need be. Returns where that is and with whom, for the answer.
    pub(super) fn arrive(&mut self, id: Id, room: Name) -> String {
        let person = self.people.get_mut(&id).expect("the caller has just seen this person");
        let outbox = Arc::clone(&person.outbox);
        room.key().clone_into(&mut person.room);
        let notice = format!("* {} joined", person.name);
        self.tell(room.key(), None, notice);
        let others = self.list_members(room.key());
        match self.rooms.0.entry(room.key().to_owned()) {
            Entry::Vacant(place) => {
                let members = BTreeMap::from([(id, outbox)]);
                let place = place.insert(Room { name: room, members, lull: Lull::default() });
                format!("alone in {}", place.name)
            }
            Entry::Occupied(mut place) => {
                place.get_mut().members.insert(id, outbox);
                format!("in {} with {others}", place.get().name)
            }
        }
    }

    /// Must this person wait with what they say, until others in the room have read more?
    pub fn must_wait(&mut self, id: Id, now: Instant) -> bool {
        let room = self.people.get(&id).and_then(|person| self.rooms.0.get_mut(&person.room));
        room.is_some_and(|room| room.lull.holds(now))
    }

    /// Takes somebody off all lists.
    pub(super) fn remove(&mut self, id: Id) -> Option<Person> {
        let person = self.people.remove(&id)?;
        self.give_back(&person.name);
        self.rooms.depart(id, &person.room);
        Some(person)
    }

    /// A name is free again.
    pub(super) fn give_back(&mut self, name: &Name) {
        for key in name.keys() {
            self.taken.remove(key);
        }
    }

    /// Lets go somebody who has no room for a line. Returns their room, and what to tell it.
    pub(super) fn put_out(&mut self, id: Id) -> Option<(String, String)> {
        let Person { name, room, outbox } = self.remove(id)?;
        let (last, why) = if self.is_stopping { (STOPS, "") } else { (TOO_SLOW, " (too slow)") };
        outbox.close(last);
        Some((room, format!("* {name} left{why}")))
    }

    /// Tells everybody in a room, `but` one. Whoever has no room for it is put out. Of that the others are told, and one
    /// of them may have no room for that, and so on until all have heard everything.
    pub(super) fn tell(&mut self, room: &str, mut but: Option<Id>, line: String) {
        let mut lines = VecDeque::from([line]);
        while let (Some(line), Some(to)) = (lines.pop_front(), self.rooms.0.get_mut(room)) {
            let slow = to.pass_on(&line.into(), but);
            lines.extend(slow.into_iter().filter_map(|id| self.put_out(id)).map(|(_, line)| line));
            but = None;
        }
    }
}
