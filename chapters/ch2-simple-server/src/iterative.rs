//! `iterative`: one client at a time.
//!
//! Accept, converse, close, accept again. While a conversation goes on, nobody calls `accept(2)`: the next client is
//! connected by the kernel, and waits in the backlog.

use common::{Model, Server, blocking};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The model as the command line knows it.
pub const MODEL: Model = Model {
    name: "iterative",
    about: "one client at a time",
    most: |_| 1,
    listeners: |_| 1,
    serve,
};

/// Serves one connection after another, until the server stops.
///
/// # Errors
///
/// The system has no thread that could wait for signals. What goes wrong later concerns one connection, or passes.
pub fn serve(server: &Server) -> io::Result<()> {
    let service = server.service();
    for connection in server.incoming()? {
        // A panic or an error ends this conversation. The next client has nothing to do with it.
        let _ =
            catch_unwind(AssertUnwindSafe(|| blocking::drive(&connection, &mut service.session())));
    }
    Ok(())
}
