//! Coroutines with the faults that tutorials teach; `tests/lesson` shows each beside what is right. Do not start from this
//! file.
//!
//! `cargo run -p ch5-async-server --example wrong_async -- FAULT`; a client says what it wants in one line.
//!
//! - `sleep` — a handler waits so many milliseconds, and its thread with it; `sleep-right` — only the handler waits.
//! - `no-limit` — whatever a client sends is queued until the client takes it back.
//! - `lookup` — a handler looks up a name, which takes a thread.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::sync::mpsc;

/// Replies so far: what comes first says so.
static REPLIES: AtomicU32 = AtomicU32::new(0);

fn main() -> io::Result<()> {
    let fault = std::env::args().nth(1).unwrap_or_default();
    // A thread that has looked up a name stays, so that it can be counted.
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().thread_keep_alive(Duration::from_secs(3600)).build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        writeln!(io::stdout(), "listening on {}", listener.local_addr()?)?;
        loop {
            let (stream, _) = listener.accept().await?;
            // One more fault: there is no limit to how many there are.
            tokio::spawn(serve(stream, fault.clone()));
        }
    })
}

async fn serve(stream: TcpStream, fault: String) -> io::Result<()> {
    if fault == "no-limit" {
        return echo_without_limit(stream).await;
    }
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        let asked = line.trim();
        let time = Duration::from_millis(asked.parse().unwrap_or(0));
        match fault.as_str() {
            // The fault: this is std's, and the thread sleeps with all that it has to do.
            "sleep" => std::thread::sleep(time),
            "sleep-right" => tokio::time::sleep(time).await,
            _ => drop(lookup_host((asked, 80)).await),
        }
        let number = REPLIES.fetch_add(1, Ordering::Relaxed) + 1;
        stream.write_all(format!("reply {number}\n").as_bytes()).await?;
        line.clear();
    }
    Ok(())
}

/// One coroutine reads and another one writes, so that nobody waits. Somebody should.
async fn echo_without_limit(stream: TcpStream) -> io::Result<()> {
    let (mut reader, mut writer) = stream.into_split();
    // The fault: it takes everything, at once, whether anybody takes it out again.
    let (queue, mut queued) = mpsc::unbounded_channel::<Vec<u8>>();
    tokio::spawn(async move {
        while let Some(bytes) = queued.recv().await {
            writer.write_all(&bytes).await?;
        }
        Ok::<_, io::Error>(())
    });
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let n = reader.read(&mut buffer).await?;
        if n == 0 || queue.send(buffer[..n].to_vec()).is_err() {
            return Ok(());
        }
    }
}
