//! Where the server may be.

use super::{exchanges, serve, succeeds, typed};
use crate::failure::Stop;
use crate::lab::{Lab, Stage};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// `[::1]:PORT`.
pub(in crate::checks) fn ipv6(lab: &mut Lab) -> Result<(), Stop> {
    let Some(stage) = Stage::open(Ipv6Addr::LOCALHOST)? else {
        return Err(Stop::Skip("this machine has no IPv6".into()));
    };
    let addr = stage.addr.to_string();
    at(lab, &stage, &addr)
}

/// `localhost:PORT`: a name has several addresses, and the server is at one of them.
pub(in crate::checks) fn name(lab: &mut Lab) -> Result<(), Stop> {
    let mut tried = false;
    for ip in [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)] {
        let Some(stage) = Stage::open(ip)? else { continue };
        // Here a system may say that the name has one of the two only.
        let addr = format!("localhost:{}", stage.addr.port());
        let known = std::net::ToSocketAddrs::to_socket_addrs(&addr)
            .is_ok_and(|mut all| all.any(|one| one == stage.addr));
        if known {
            at(lab, &stage, &addr)?;
            tried = true;
        }
    }
    if tried {
        Ok(())
    } else {
        Err(Stop::Skip("localhost is neither 127.0.0.1 nor ::1 here".into()))
    }
}

fn at(lab: &mut Lab, stage: &Stage, addr: &str) -> Result<(), Stop> {
    let exchanges = exchanges(lab, 2);
    let client = lab.client(addr)?;
    lab.type_in(&client, typed(&exchanges))?;
    lab.end_stdin(&client);
    let mut talk = lab.accept(stage, &client)?;
    serve(&mut talk, &exchanges)?;
    succeeds(lab, &client, &talk, &exchanges)
}
