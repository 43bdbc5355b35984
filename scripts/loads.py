"""What bench-http puts on a server: wrk's requests, an echo's round trips, and long replies."""
import functools, hashlib, re, statistics, subprocess, time, urllib.request
from dataclasses import dataclass, field
import servers

REQUESTS = """
local depth = %d
init = function()
  local all = {}
  for i = 1, depth do all[i] = wrk.format(nil, "/") end
  batch = table.concat(all)
end
request = function() return batch end
done = function(summary)
  local e = summary.errors
  io.write(string.format("RESULT %%d %%d %%d\\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.timeout + e.status))
end
"""

def run(what, words, pattern):
    """The numbers that a client prints."""
    said = subprocess.run(words, capture_output=True, text=True)
    found = re.search(pattern, said.stdout, re.M)
    if not found:
        servers.fail(f"{what} failed: {said.stdout}{said.stderr}")
    return [float(number) for number in found.groups()]

@functools.cache
def digest():
    return hashlib.sha256(servers.bulk()).digest()

def fetch(server, path):
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://{server.address}{path}", timeout=60)

def pinned(cores):
    return ["taskset", "-c", ",".join(cores)]

@dataclass
class Wrk:
    """So many connections, so many requests sent at once in each."""
    connections: int
    depth: int = 1
    options: list = field(default_factory=list)
    service = "hello"
    programs = ["wrk"]
    figures = {"CPU s/M": ".2f", "requests/s": ",.0f"}  # What is measured, and how it is written.
    about = "GET / by wrk; CPU seconds of the server's process tree per million requests"

    def check(self, server, folder):
        """A reply that is not the one that all send makes every figure worthless."""
        with fetch(server, "/") as reply:
            heard = reply.read(), reply.headers["Content-Type"], reply.headers["Content-Length"], bool(reply.headers["Date"])
        if heard != (b"Hello, World!", "text/plain; charset=utf-8", "13", True):
            servers.fail(f"{server.address} replies differently: {heard}")

    def measure(self, server, cores, seconds, folder):
        """The figures, and the number of errors."""
        script = folder / f"{self.depth}.lua"
        script.write_text(REQUESTS % self.depth)
        words = [*pinned(cores), "wrk", f"-t{min(self.connections, len(cores))}", f"-c{self.connections}", f"-d{seconds}s", "-s", str(script),
                 *self.options, f"http://{server.address}/"]
        processes = len(servers.tree(server.process.pid))
        before = servers.cpu_seconds(server, processes)
        requests, microseconds, errors = run("wrk", words, r"^RESULT (\d+) (\d+) (\d+)$")
        if not requests:
            return (float("nan"), 0.0), 1
        return ((servers.cpu_seconds(server, processes) - before) / requests * 1e6, requests / microseconds * 1e6), errors

@dataclass
class Echo:
    """64 bytes there and back, one message at a time on one connection."""
    connections = 1
    service = "echo"
    programs = ["cc"]
    figures = {"median µs": ".1f", "p99 µs": ".1f", "CPU s/M": ".2f"}
    about = "64 bytes there and back on one connection, by scripts/peers/pingpong.c, which checks them; CPU of the server per million round trips"

    def check(self, server, folder):
        """pingpong looks at every byte, and counts what is wrong among the errors."""

    def measure(self, server, cores, seconds, folder):
        host, port = server.address.rsplit(":", 1)
        words = [*pinned(cores), servers.compiled("scripts/peers/pingpong.c", folder), host, port, str(seconds)]
        processes = len(servers.tree(server.process.pid))
        before = servers.cpu_seconds(server, processes)
        trips, median, p99, wrong = run("pingpong", words, r"^RESULT (\d+) (\d+) (\d+) (\d+)$")
        return (median / 1e3, p99 / 1e3, (servers.cpu_seconds(server, processes) - before) / trips * 1e6), wrong

@dataclass
class Bulk:
    """One long reply after another, each on a connection of its own."""
    connections = 1
    service = "bytes"
    programs = ["curl"]
    figures = {"MB/s": ",.0f", "CPU s/GB": ".3f"}
    about = f"/bytes/{servers.BULK} by curl, the median of the transfers of a round; CPU seconds of the server per gigabyte"

    def check(self, server, folder):
        """curl will look at the length only."""
        with fetch(server, f"/bytes/{servers.BULK}") as reply:
            if hashlib.file_digest(reply, "sha256").digest() != digest():
                servers.fail(f"{server.address} does not send the bytes that it should")

    def measure(self, server, cores, seconds, folder):
        words = [*pinned(cores), "curl", "-s", "--noproxy", "*", "-m", "60", "-o", "/dev/null", "-w", "%{http_code} %{size_download} %{speed_download}",
                 f"http://{server.address}/bytes/{servers.BULK}"]
        processes = len(servers.tree(server.process.pid))
        speeds, errors, before, end = [], 0, servers.cpu_seconds(server, processes), time.monotonic() + seconds
        while not speeds or time.monotonic() < end:
            status, length, speed = run("curl", words, r"^(\d+) (\d+) ([\d.]+)$")
            speeds.append(speed / 1e6)
            errors += status != 200 or length != servers.BULK
        return (statistics.median(speeds), (servers.cpu_seconds(server, processes) - before) / len(speeds) / servers.BULK * 1e9), errors

LOADS = {
    "keep-alive-64": Wrk(64),
    "keep-alive-512": Wrk(512),
    "keep-alive-1": Wrk(1),
    "pipelined-16": Wrk(64, 16),
    "close": Wrk(64, 1, ["-H", "Connection: close"]),
    "echo": Echo(),
    "bulk": Bulk(),
}
