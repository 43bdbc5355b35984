//! What a line asks for.

use crate::chat::name::Name;

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// Nothing: there is no text in it.
    Nothing,
    /// Say this to the room.
    Say(&'a str),
    /// Go to this room.
    Join(Name),
    /// Go back to where everybody begins.
    Leave,
    /// List the rooms.
    Rooms,
    /// List who is here.
    Who,
    /// Take this name.
    Nick(Name),
    /// List the commands.
    Help,
    /// Good-bye.
    Quit,
    /// It is no command; this line says what would be.
    Wrong(&'static str),
}

impl<'a> Command<'a> {
    /// Reads a line without its ending. Spaces at its end, and before a `/`, count for nothing.
    pub fn parse(line: &'a str) -> Self {
        let line = line.trim_end();
        let Some(command) = line.trim_start().strip_prefix('/') else {
            return if line.is_empty() { Self::Nothing } else { Self::Say(line) };
        };
        if command.starts_with('/') {
            return Self::Say(command);
        }
        let mut words = command.split_whitespace();
        let command = words.next().filter(|word| command.starts_with(word)).unwrap_or_default();
        let mut name = || match (words.next(), words.next()) {
            (Some(name), None) => Name::parse(name),
            _ => None,
        };
        // What follows a command that takes nothing is ignored: `/quit bye all`.
        match command.to_ascii_lowercase().as_str() {
            "join" => name().map_or(Self::Wrong(ROOM), Self::Join),
            "leave" => Self::Leave,
            "rooms" => Self::Rooms,
            "who" => Self::Who,
            "nick" => name().map_or(Self::Wrong(NICK), Self::Nick),
            "help" => Self::Help,
            "quit" => Self::Quit,
            _ => Self::Wrong("* there is no such command: /help lists them, and // says a /"),
        }
    }
}

const ROOM: &str =
    "* say /join ROOM; the name of a room has 1 to 20 letters (A to Z), digits, - or _";
const NICK: &str = "* say /nick NAME; a name has 1 to 20 letters (A to Z), digits, - or _";
