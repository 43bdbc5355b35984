//! Puts any HTTP server under a load, and prints what came of it.

use anyhow::Context as _;
use clap::Parser;
use compare::load::{self, Answer, Clients, Load, Pace, Request, Watch};
use std::io::Write as _;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Puts any HTTP server under a load, and prints what came of it.
#[derive(Parser)]
struct Options {
    /// Where the server listens: HOST:PORT.
    #[arg(value_name = "ADDR")]
    addr: String,
    /// How many clients.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    clients: u32,
    /// How long it is measured.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// How long nothing is counted before.
    #[arg(long, default_value_t = 0.5)]
    warm_up: f64,
    /// Requests per second, whatever the server does (without it: as fast as replies come).
    #[arg(long)]
    rate: Option<f64>,
    /// What is asked for.
    #[arg(long, default_value = "/")]
    path: String,
    /// One request in so many is a POST that is to be echoed.
    #[arg(long)]
    echo: Option<u32>,
    /// A connection for each request.
    #[arg(long)]
    close: bool,
    /// A CPU to run on; may be repeated.
    #[arg(long)]
    cpu: Vec<usize>,
    /// Take the routes of the course for granted: a server that replies differently is wrong.
    #[arg(long)]
    strict: bool,
}

/// Reads what this process has used when the counting begins and when it ends.
#[derive(Default)]
struct Meter {
    began: OnceLock<f64>,
    ended: OnceLock<f64>,
}

impl Watch for Meter {
    fn begins(&self) {
        self.began.get_or_init(cpu_seconds);
    }

    fn ends(&self) {
        self.ended.get_or_init(cpu_seconds);
    }
}

impl Meter {
    fn seconds(&self) -> f64 {
        let (began, ended) = (self.began.get(), self.ended.get());
        ended.zip(began).map_or(f64::NAN, |(ended, began)| ended - began)
    }
}

fn main() -> ExitCode {
    match measure(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody reads the errors, there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: Options) -> anyhow::Result<()> {
    let addr = resolve(&options.addr)?;
    let seconds = |seconds: f64, flag: &str| {
        Duration::try_from_secs_f64(seconds).with_context(|| format!("{flag} {seconds} is no time"))
    };
    let load = Load {
        warm_up: seconds(options.warm_up, "--warm-up")?,
        span: seconds(options.seconds, "--seconds")?,
        cpus: options.cpu,
        ours: options.strict,
        groups: vec![Clients {
            name: "all",
            count: options.clients,
            pace: options.rate.map_or(Pace::Closed, |rate| Pace::Open { rate }),
            request: match options.echo {
                Some(every) => Request::GetAndEcho { path: options.path, every },
                None => Request::Get(options.path),
            },
            keep_alive: !options.close,
            reads: None,
            patience: Duration::from_secs(5),
        }],
    };
    let meter = Meter::default();
    let answer = load::run(addr, &load, &meter, &AtomicBool::new(false))?;
    show(&answer, meter.seconds())?;
    Ok(())
}

fn resolve(addr: &str) -> anyhow::Result<SocketAddr> {
    let mut all = addr
        .to_socket_addrs()
        .with_context(|| format!("cannot find {addr} (write HOST:PORT, such as 127.0.0.1:8080)"))?;
    all.next().with_context(|| format!("{addr} has no address"))
}

/// CPU time that this process has used, in seconds.
fn cpu_seconds() -> f64 {
    let clock = nix::time::ClockId::CLOCK_PROCESS_CPUTIME_ID;
    nix::time::clock_gettime(clock).map_or(f64::NAN, |time| Duration::from(time).as_secs_f64())
}

fn show(answer: &Answer, cpu: f64) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let span = answer.span.as_secs_f64();
    for group in &answer.groups {
        let latency = &group.latency.0;
        let at = |quantile| latency.value_at_quantile(quantile);
        writeln!(out, "replies      {} in {span:.2} s", group.replies)?;
        writeln!(out, "per second   {:.0}", group.replies as f64 / span)?;
        writeln!(out, "served       {} of {} clients", group.served, group.clients)?;
        writeln!(out, "connections  {}", group.connections)?;
        writeln!(out, "unsent       {}", group.unsent)?;
        writeln!(out, "faults       {:?}", group.errors)?;
        if !latency.is_empty() {
            let (p50, p90, p99) = (at(0.5), at(0.9), at(0.99));
            let (p999, max) = (at(0.999), latency.max());
            writeln!(out, "latency µs   p50 {p50}, p90 {p90}, p99 {p99}, p99.9 {p999}, max {max}")?;
        }
        if group.replies > 0 {
            let million = cpu / group.replies as f64 * 1e6;
            writeln!(out, "generator    {million:.2} CPU s per million replies")?;
        }
    }
    writeln!(out, "busy         {:.0} %", answer.busy * 100.0)
}
