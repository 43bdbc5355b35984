"""What the scripts that measure servers share: the models and their peers, how they are started, and what the kernel knows of them."""
import functools, json, os, re, resource, shutil, signal, socket, subprocess, sys, time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEBIAN = {"cc": "gcc", "cargo": "rustup", "taskset": "util-linux"}
BULK = 100_000_000  # The length of a long reply.

@dataclass
class Peer:
    about: str
    program: str  # What it needs.
    words: Callable = None  # What starts it, given a folder for what is compiled. nginx has a way of its own.
    serves: tuple = ("hello",)  # GET /; bytes: /bytes/100000000 as well; echo: no HTTP, but every byte back.

def in_c(source, about, *serves):
    return Peer(about, "cc", lambda folder: [compiled(f"scripts/peers/{source}.c", folder)], serves or ("hello",))

def in_rust(name, about, *flags):
    return Peer(about, "cargo", lambda _: [built_peer(name), *flags])

def example(name, about, *flags):
    return Peer(about, "cargo", lambda _: [built("ch5-async-server", "--example", name), *flags])

PEERS = {  # scripts/peers/README.md says more of each.
    "nginx": Peer("nginx, one worker", "nginx", serves=("hello", "bytes")),
    "nginx-2": Peer("nginx, two workers", "nginx", serves=("hello", "bytes")),
    "nginx-sendfile": Peer("nginx, one worker, which sends a file by sendfile(2)", "nginx", serves=("bytes",)),
    "c-epoll": in_c("epoll", "epoll.c, one thread that looks only for the blank line"),
    "c-fork": in_c("fork", "fork.c, the same with a process for each connection"),
    "c-echo": in_c("echo", "echo.c, one thread that sends back what comes", "echo"),
    "hyper-1": example("hyper", "hyper on one thread of tokio", "--threads", "1"),
    "hyper-2": example("hyper", "hyper on two threads of tokio, which share their tasks", "--threads", "2"),
    "hyper-apart-2": in_rust("hyper", "hyper on two threads with a tokio each", "--threads", "2"),
    "actix-1": in_rust("actix", "actix-web, one worker", "--threads", "1"),
    "actix-2": in_rust("actix", "actix-web, two workers", "--threads", "2"),
    "ntex-1": in_rust("ntex", "ntex, one worker", "--threads", "1"),
    "ntex-2": in_rust("ntex", "ntex, two workers", "--threads", "2"),
    "may-1": in_rust("may", "may_minihttp, one worker", "--threads", "1"),
    "may-2": in_rust("may", "may_minihttp, two workers", "--threads", "2"),
    "mio": in_rust("mio", "epoll.c in Rust, on mio"),
    "uring": in_rust("uring", "epoll.c with an io_uring in place of the epoll"),
    "uring-files": in_rust("uring", "the same without direct descriptors", "--files"),
    "uring-plain": in_rust("uring", "the same without SINGLE_ISSUER | DEFER_TASKRUN", "--plain"),
    "uring-sqpoll": in_rust("uring", "the same with a thread of the kernel that polls the queue", "--sqpoll"),
}

def fail(message):
    sys.exit(f"error: {message}")

@dataclass
class Model:
    package: str
    one_at_a_time: bool

@dataclass
class Server:
    process: subprocess.Popen
    address: str
    account: "Account"

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.account.close()

@functools.cache
def models():
    if sys.version_info < (3, 11):
        fail("Python 3.11 or later is needed")
    import tomllib
    return {model["name"]: Model(chapter["folder"], model.get("one_at_a_time", False))
            for chapter in tomllib.loads((ROOT / "course.toml").read_text())["chapter"] for model in chapter.get("model", [])}

def add_options(options, peers):
    # A model that serves one client at a time lets the other connections wait, which is no measure of its cost.
    several = ",".join(name for name, model in models().items() if not model.one_at_a_time)
    options.add_argument("--models", default=several, help=f"which models, separated by commas, each with further flags if you like, as in 'sharded --step 1'; may be empty ({several.replace(',', ', ')})")
    options.add_argument("--peers", default=peers, help=f"which peers, separated by commas, or all: {', '.join(PEERS)} ({peers})")

def serves(name, service):
    return service in PEERS[name].serves if name in PEERS else True

def choose(args, programs, services=("hello",)):
    """The peers and models that were asked for. Checks that the programs which they need are there, and what they serve."""
    able = [peer for peer in PEERS if any(serves(peer, service) for service in services)]
    peers = able if args.peers == "all" else list(filter(None, args.peers.split(",")))
    mine = list(filter(None, args.models.split(",")))
    for kind, names, known in [("peer", peers, PEERS), ("model", [model.split()[0] for model in mine], models())]:
        for unknown in set(names) - set(known):
            fail(f"there is no {kind} {unknown}: the {kind}s are {', '.join(known)}")
    for unable in set(peers) - set(able):
        fail(f"{unable} does not serve what is measured here")
    if not peers + mine:
        fail("name at least one model or peer")
    for program in {*programs, *(PEERS[peer].program for peer in peers), *(["cargo"] if mine else [])}:
        if not shutil.which(program):
            fail(f"{program} is missing: install {DEBIAN.get(program, program)}")
    # Ended from outside, a script must still end its servers.
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    # A descriptor for each connection, here and in each server, which inherits the limit.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return peers + mine

@functools.cache
def built(package, *target):
    """The program of a package, or its example."""
    build = ["cargo", "build", "--release", "--locked", "-p", package, *target, "--message-format=json"]
    done = subprocess.run(build, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        fail(f"{package} does not build")
    name = target[-1] if target else package
    return next(line["executable"] for line in map(json.loads, done.stdout.splitlines())
                if line.get("executable") and line["target"]["name"] == name)

@functools.cache
def built_peer(name):
    """A server of scripts/peers/rust, with no more packages than it needs itself."""
    folder = ROOT / "scripts/peers/rust"
    if subprocess.run(["cargo", "build", "--release", "--locked", "--features", name, "--bin", name], cwd=folder).returncode:
        fail(f"{name} of scripts/peers/rust does not build")
    return Path(os.environ.get("CARGO_TARGET_DIR", folder / "target"), "release", name).absolute()

@functools.cache
def compiled(source, folder):
    program = folder / Path(source).stem
    if subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, ROOT / source]).returncode:
        fail(f"{source} does not compile")
    return program

@functools.cache
def limits(program):
    """The flags that limit how many connections a model serves at a time, with their defaults."""
    said = subprocess.run([program, "--help"], capture_output=True, text=True).stdout
    return re.findall(r"--(workers|max-connections|max-children) N .*\[(\d+)\]", said)

def command(name, connections, workers, folder, service):
    """What starts a model or peer, with room for so many connections."""
    if name in PEERS:
        return PEERS[name].words(folder)
    name, *flags = name.split()
    program = built(models()[name].package)
    # Idle clients must stay for as long as they are looked at.
    words = [program, "--addr", "127.0.0.1:0", "--model", name, "--patience", "3600"]
    if service == "echo":
        words += ["--service", "echo"]
    for flag, default in limits(program):
        # Besides the open connections there are those that are just ending, which nobody should have to wait for.
        number = max(connections, workers) if flag == "workers" else max(connections + 500, int(default))
        words += [f"--{flag}", str(number)]
    return [*words, *flags]

def start(name, folder, connections, workers=1, core=None, service="hello"):
    """Starts a model or peer for a service, on one core if one is named, and waits until it listens."""
    account = Account()
    prefix = [*account.enter(), *(["taskset", "-c", core] if core else [])]
    if name.startswith("nginx"):
        process, address = start_nginx(prefix, folder, name, service)
    else:
        words = [*prefix, *command(name, connections, workers, folder, service)]
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        ready = re.fullmatch(r"listening on (\S+)\n", process.stdout.readline())
        address = ready and ready[1]
    server = Server(process, address, account)
    if not address:
        server.stop()
        fail(f"{name} does not start")
    return server

def bulk():
    """What every server sends for /bytes/100000000."""
    return (b"abcdefghijklmnopqrstuvwxyz" * (BULK // 26 + 1))[:BULK]

def start_nginx(prefix, folder, name, service):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    text = (ROOT / "scripts/peers/nginx.conf").read_text()
    filled = {"127.0.0.1:PORT": f"127.0.0.1:{port}", "WORKERS": "2" if name == "nginx-2" else "1", "SENDFILE": "on" if name == "nginx-sendfile" else "off"}
    for word, value in filled.items():
        text = text.replace(word, value)
    (folder / "nginx.conf").write_text(text)
    file = folder / f"files/bytes/{BULK}"
    if service == "bytes" and not file.exists():
        folder.chmod(0o755)  # Started by root, nginx reads files as somebody else.
        file.parent.mkdir(parents=True)
        file.write_bytes(bulk())
    words = [*prefix, "nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL)
    for _ in range(100):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process, f"127.0.0.1:{port}"
        time.sleep(0.05)
    return process, None

class Account:
    """A cgroup for one server, if we may make one: the kernel's exact count of what all of its threads and processes cost.

    /proc is less exact. It loses the last slice of a thread that ends (7 % with a thread for each request), and
    shows whole ticks of 10 ms for each process, although one of many workers may have used less.
    """
    made = 0

    def __init__(self):
        self.folder = None
        for root, self.file in [("/sys/fs/cgroup/cpuacct", "cpuacct.usage"), ("/sys/fs/cgroup", "cpu.stat")]:
            Account.made += 1
            folder = Path(root, f"bench-{os.getpid()}-{Account.made}")
            try:
                folder.mkdir()
            except OSError:
                continue
            if (folder / self.file).exists():
                self.folder = folder
                break
            folder.rmdir()

    def enter(self):
        """What stands before a command that is to run in the group."""
        return ["sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', str(self.folder)] if self.folder else []

    def seconds(self, found):
        if not self.folder:
            return sum(map(seconds_in_proc, found, found.values()))
        text = (self.folder / self.file).read_text()
        return int(text) / 1e9 if self.file == "cpuacct.usage" else int(re.search(r"usage_usec (\d+)", text)[1]) / 1e6

    def close(self):
        for _ in range(100 if self.folder else 0):
            try:
                return self.folder.rmdir()
            except OSError:
                time.sleep(0.05)  # Its last process is still ending.

def seconds_in_proc(pid, fields):
    """The time of a process and of the children that it waited for."""
    user, system, *children = (int(ticks) / os.sysconf("SC_CLK_TCK") for ticks in fields[11:15])
    try:
        first_thread = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        first_thread = 0
    return max(user + system, first_thread) + sum(children)

def cpu_seconds(server, processes):
    """User and system time of a server, once no more than so many processes live: those of one connection end after it."""
    deadline = time.monotonic() + 10
    while len(found := tree(server.process.pid)) > processes and time.monotonic() < deadline:
        time.sleep(0.02)
    return server.account.seconds(found)

def tree(root):
    """A process and its living descendants: the fields of /proc/PID/stat that follow the name, by process."""
    children, fields = {}, {}
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        try:
            rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # It ended while we looked.
        fields[pid] = rest
        children.setdefault(int(rest[1]), []).append(pid)
    found, waiting = {}, [root]
    while waiting:
        pid = waiting.pop()
        if pid in fields:
            found[pid] = fields[pid]
            waiting += children.get(pid, [])
    return found

def memory(root):
    """(RSS, PSS) in bytes of a process and its descendants, and how many threads and processes these are."""
    rss = pss = threads = processes = 0
    for pid, fields in tree(root).items():
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # It has ended.
        sizes = dict(re.findall(r"^(Rss|Pss):\s+(\d+) kB", text, re.M))
        rss, pss = rss + int(sizes["Rss"]) * 1024, pss + int(sizes["Pss"]) * 1024
        threads, processes = threads + int(fields[17]), processes + 1
    return (rss, pss), threads, processes

def table(title, head, rows):
    """Prints a table in Markdown: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows)]
    line = lambda row: "| " + " | ".join(f"{cell:{'<' if at == 0 else '>'}{width}}" for at, (cell, width) in enumerate(zip(row, widths))) + " |"
    rule = "|" + "|".join("-" * (width + 1) + ("-" if at == 0 else ":") for at, width in enumerate(widths)) + "|"
    print("", title, "", line(head), rule, *map(line, rows), sep="\n", flush=True)
