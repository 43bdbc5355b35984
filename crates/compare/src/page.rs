//! The live page, if there is one: what it is told, and what is wished on it.

use anyhow::{Context as _, Result};
use compare::live::{self, Live};
use compare::progress::Event;
use compare::run::Wishes;
use std::io::IsTerminal as _;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often a paused run looks for Ctrl-C.
const LOOK: Duration = Duration::from_millis(100);

/// A page, or none.
#[derive(Debug)]
pub(crate) struct Page(Option<Live>);

impl Page {
    /// Opens a page in the browser if there is somebody to see it, and says where it is.
    pub(crate) fn open(wanted: bool) -> Result<Self> {
        if !wanted {
            return Ok(Self(None));
        }
        let live = live::start((Ipv4Addr::LOCALHOST, 0).into()).context("cannot serve the page")?;
        anstream::eprintln!("the race is at {}", live.url());
        if std::io::stderr().is_terminal() {
            // Whoever has no browser here has read the line above.
            let _ = open::that_detached(live.url());
        }
        Ok(Self(Some(live)))
    }

    pub(crate) fn tell(&self, event: &Event) {
        if let Some(live) = &self.0 {
            live.tell(event);
        }
    }

    /// Leaves the page where it is until Ctrl-C: who looks at it wants to look longer than the run takes.
    pub(crate) fn stay(self, stop: &AtomicBool) {
        let Some(live) = self.0 else { return };
        if !stop.load(Ordering::SeqCst) {
            anstream::eprintln!("the page stays at {} until Ctrl-C", live.url());
        }
        while !stop.load(Ordering::SeqCst) {
            std::thread::sleep(LOOK);
        }
        live.stop();
    }
}

impl Wishes for Page {
    fn wait(&self, stop: &AtomicBool) {
        let Some(live) = &self.0 else { return };
        let mut wish = live.wish();
        while wish.paused && !stop.load(Ordering::SeqCst) {
            wish = live.wait(&wish, LOOK);
        }
    }

    fn wants(&self, scenario: &str) -> bool {
        self.0.as_ref().is_none_or(|live| live.wish().wants(scenario))
    }
}
