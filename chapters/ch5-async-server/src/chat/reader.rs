//! Reads what one client says, and does it.

use crate::chat::client::Shared;
use crate::chat::command::Command;
use crate::chat::hall;
use crate::chat::lines::Lines;
use crate::chat::name::Name;
use crate::chat::outbox::Outbox;
use crate::chat::pace::Pace;
use crate::chat::protocol::{
    BAD_NAME, BAD_NAMES, FIRST_A_NAME, GOOD_BYE, GREETING, HEARING, HELP, LINE_COST, NAMELESS,
    NO_NAMES, STOPS, TOO_LONG, TOO_SLOW,
};
use crate::chat::seat::Seat;
use crate::chat::socket::{End, begun};
use crate::chat::splitter::Heard;
use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::yield_now;
use tokio::time::{sleep, timeout, timeout_at};

/// Who must wait for others to read looks so often whether they have.
const LOOK: Duration = Duration::from_millis(50);

/// Reads what one client says, and does it.
#[derive(Debug)]
pub struct Reader<'a> {
    shared: &'a Shared,
    outbox: &'a Arc<Outbox>,
    lines: Lines<'a>,
    pace: Pace,
    bad_names: u32,
    /// None: it has not said its name yet.
    seat: Option<Seat>,
}

impl<'a> Reader<'a> {
    /// For a client that has said nothing yet.
    pub fn new(lines: Lines<'a>, shared: &'a Shared, outbox: &'a Arc<Outbox>) -> Self {
        let pace = Pace::new(Instant::now());
        Self { shared, outbox, lines, pace, bad_names: 0, seat: None }
    }

    /// Reads until the conversation is over. `unheard` is dropped when what had arrived before the stop was obeyed.
    pub async fn read(mut self, unheard: watch::Receiver<()>) -> End {
        self.tell(GREETING);
        let (outbox, mut stopping) = (self.outbox, self.shared.stopping.clone());
        tokio::select! {
            end = self.obey_all() => return end,
            () = outbox.closed() => return End::Ours,
            () = begun(&mut stopping) => self.lines.stop(),
        }
        tokio::select! {
            _ = timeout(HEARING, self.obey_all()) => {}
            () = outbox.closed() => {}
        }
        drop(unheard);
        match self.seat {
            // Others may still have something to say. When they have said it, the hall closes all outboxes.
            Some(_) => outbox.closed().await,
            None => outbox.close(STOPS),
        }
        End::Ours
    }

    async fn obey_all(&mut self) -> End {
        let named_by = tokio::time::Instant::now() + self.shared.patience;
        loop {
            let heard = match self.seat {
                Some(_) => Ok(self.next().await),
                None => timeout_at(named_by, self.next()).await,
            };
            let flow = match heard {
                Ok(Some(heard)) => self.obey(&heard),
                Ok(None) => return End::TheirSide,
                Err(_) => self.part(NAMELESS),
            };
            if flow.is_break() {
                return End::Ours;
            }
            // Many lines may have come at once, and what each of them is for others must be written.
            yield_now().await;
        }
    }

    /// Waits for the next line. It is taken after the last `await`, so whoever gives up waiting has lost nothing.
    async fn next(&mut self) -> Option<Heard> {
        loop {
            self.may_go_on().await;
            match self.lines.cut() {
                None if self.lines.has_ended() => return None,
                None => {
                    let bytes = self.lines.read().await;
                    self.pace.count(bytes, Instant::now());
                }
                heard => return heard,
            }
        }
    }

    /// Who does not take the answers is asked nothing more meanwhile. Who talks too fast, or to people who have much to
    /// read just now, is heard later: TCP makes them wait.
    async fn may_go_on(&self) {
        self.outbox.has_room().await;
        let pause = self.pace.pause(Instant::now());
        if !pause.is_zero() {
            sleep(pause).await;
        }
        while self.seat.as_ref().is_some_and(Seat::must_wait) {
            sleep(LOOK).await;
        }
    }

    fn obey(&mut self, heard: &Heard) -> ControlFlow<()> {
        self.count(LINE_COST);
        let Heard::Line(line) = heard else {
            self.tell(TOO_LONG);
            return Continue(());
        };
        match (&self.seat, Command::parse(line)) {
            (_, Command::Help) => self.tell(HELP),
            (_, Command::Quit) => return self.part(GOOD_BYE),
            (Some(seat), command) => {
                let answer = seat.obey(command);
                self.count(answer);
            }
            (None, Command::Nick(name)) => self.enter(name),
            (None, Command::Wrong(why)) => self.tell(why),
            (None, Command::Say(name)) => match Name::parse(name.trim_start()) {
                Some(name) => self.enter(name),
                None => return self.mistake(),
            },
            (None, _) => self.tell(FIRST_A_NAME),
        }
        Continue(())
    }

    fn enter(&mut self, name: Name) {
        match Seat::take(&self.shared.hall, name.clone(), self.outbox) {
            Ok(seat) => self.seat = Some(seat),
            Err(_) => self.tell(&hall::taken(&name)),
        }
    }

    /// What was said is no name. Whoever goes on like that speaks another protocol.
    fn mistake(&mut self) -> ControlFlow<()> {
        self.bad_names += 1;
        if self.bad_names == BAD_NAMES {
            return self.part(NO_NAMES);
        }
        self.tell(BAD_NAME);
        Continue(())
    }

    /// Tells the client something, and nobody else.
    fn tell(&mut self, line: &str) {
        self.count(line.len() + LINE_COST);
        if let Some(seat) = &self.seat {
            seat.answer(line);
        } else if self.outbox.push(&line.into()).is_err() {
            self.outbox.close(TOO_SLOW);
        }
    }

    fn count(&mut self, bytes: usize) {
        self.pace.count(bytes, Instant::now());
    }

    /// Tells the client the last thing.
    fn part(&mut self, line: &str) -> ControlFlow<()> {
        self.seat = None;
        self.outbox.close(line);
        Break(())
    }
}
