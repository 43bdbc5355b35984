//! What a server lacks is no fault of its: it is asked once for everything before it is put under load.
//!
//! Our own lack nothing, and are not asked. So no child or socket of an earlier client is in what is read at the start.

use crate::cell::Room;
use crate::load::{self, Clients, Load, Pace, Request, Watch};
use crate::results::Fault;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// The clients as far as this server can be their server: of one that does not echo, no echo is asked.
///
/// # Errors
///
/// What it lacks, and nobody can do without.
pub(crate) fn what_it_serves(
    addr: SocketAddr,
    clients: &[Clients],
    ours: bool,
    room: &Room<'_>,
) -> Result<Vec<Clients>, String> {
    let mut all = clients.to_vec();
    if ours {
        return Ok(all);
    }
    for group in &mut all {
        if let Request::GetAndEcho { path, .. } = &group.request {
            let path = path.clone();
            let echo = Request::GetAndEcho { path: path.clone(), every: 1 };
            if !faults(addr, group, echo, room).is_empty() {
                group.request = Request::Get(path);
            }
        }
        let (Request::Get(path) | Request::GetAndEcho { path, .. }) = &group.request;
        // To ask for an abort would be the end of it.
        if path != "/abort" {
            let get = Request::Get(path.clone());
            if faults(addr, group, get, room).contains_key(&Fault::Status) {
                return Err(format!("it does not answer {path} by 200"));
            }
        }
    }
    Ok(all)
}

/// What comes of one request of a client of this group.
fn faults(
    addr: SocketAddr,
    group: &Clients,
    request: Request,
    room: &Room<'_>,
) -> BTreeMap<Fault, u64> {
    let pace = Pace::Once { after: Duration::ZERO };
    let patience = Duration::from_secs(5);
    let one = Clients { count: 1, pace, request, reads: None, patience, ..group.clone() };
    let load = Load {
        groups: vec![one],
        warm_up: Duration::ZERO,
        span: Duration::from_secs(6),
        cpus: room.cpus.client.clone(),
        ours: false,
    };
    let answer = load::run(addr, &load, &Silent, room.stop);
    answer
        .ok()
        .and_then(|answer| answer.groups.into_iter().next())
        .map_or_else(BTreeMap::new, |group| group.errors)
}

/// Nobody watches.
struct Silent;

impl Watch for Silent {}
