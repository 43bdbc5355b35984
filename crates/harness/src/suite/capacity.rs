//! The limit of clients at a time: those beyond it wait, and lose nothing by it.

use std::time::Duration;

use super::Target;

/// How many clients are served at a time here (if the model can), and how many come.
const LIMIT: usize = 4;
const CLIENTS: usize = 20;

/// At the limit further clients wait, no thread is made for them, and each is served when another leaves.
pub fn others_wait(target: &Target) {
    let Some((flags, limit)) = target.capacity(LIMIT) else { return };
    let server = target.launch().args(&flags).start();
    let mut warm = server.connect();
    warm.get("/", 200);
    drop(warm);
    let mut clients: Vec<_> = (0..CLIENTS).map(|_| server.connect()).collect();
    for client in &mut clients {
        client.request("GET", "/");
    }
    let mut served = 0;
    server.eventually(&format!("{limit} of {CLIENTS} clients are served"), || {
        served = clients.iter().filter(|client| client.has_bytes()).count();
        served >= limit
    });
    // A server within its limit cannot serve one more, however long one looks.
    std::thread::sleep(Duration::from_millis(200));
    served = clients.iter().filter(|client| client.has_bytes()).count();
    server.check(
        served == limit,
        format!("exactly {limit} clients are served at a time, got {served}"),
    );
    let most = target.nature().threads(limit);
    server.eventually(&format!("at most {most} threads for a limit of {limit} clients"), || {
        server.tree().threads <= most
    });
    // The first to come is the first to be served, so leaving in order lets everyone in.
    for mut client in clients {
        client.expect_reply("GET", 200);
    }
}
