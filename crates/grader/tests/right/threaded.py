"""A tally server with a thread for each client.

python3 threaded.py --addr 127.0.0.1:0 --workers 4
"""

import argparse
import os
import select
import signal
import socket
import struct
import threading
import time

LONGEST_LINE = 1024
LONGEST_WAIT = 3_600_000
SMALLEST, LARGEST = -(2**63), 2**63 - 1

totals = {}
totals_lock = threading.Lock()

# Everyone who is being served. The main thread adds, each thread takes itself away.
clients = set()
clients_lock = threading.Lock()


class TooLong(Exception):
    pass


class Client:
    def __init__(self, sock):
        self.sock = sock
        self.received = b""
        self.ended = False

    def next_line(self):
        """Returns the next line without its ending, or None at the end."""
        while True:
            line, newline, rest = self.received.partition(b"\n")
            if line.endswith(b"\r"):
                line = line[:-1]
            if len(line) > LONGEST_LINE:
                raise TooLong
            if newline:
                self.received = rest
                return line
            if self.ended:
                self.received = b""
                return line or None
            data = self.sock.recv(4096)
            self.received += data
            self.ended = data == b""

    def reply(self, line):
        self.sock.sendall(line + b"\n")

    def talk(self):
        try:
            while True:
                line = self.next_line()
                if line is None or not self.obey(line):
                    return
        except TooLong:
            self.reply(b"error line too long")

    def obey(self, line):
        """Carries out one command. Returns False if it was the last one."""
        words = [word for word in line.split(b" ") if word]
        command, args = (words[0], words[1:]) if words else (b"", [])
        if command == b"add" and len(args) == 2:
            self.reply(add(args[0], number(args[1])))
        elif command == b"get" and len(args) == 1:
            with totals_lock:
                total = totals.get(args[0], 0)
            self.reply(b"%s %d" % (args[0], total))
        elif command == b"wait" and len(args) == 1:
            ms = number(args[0])
            if ms is None or not 0 <= ms <= LONGEST_WAIT:
                self.reply(b"error cannot wait for that long")
            else:
                time.sleep(ms / 1000)
                self.reply(b"ok")
        elif command == b"boom" and not args:
            raise RuntimeError("boom")
        elif command == b"quit" and not args:
            self.reply(b"bye")
            return False
        else:
            self.reply(b"error unknown command")
        return True

    def close(self):
        """Says goodbye, and reads what the client still sends, so that it gets our last reply."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
            deadline = time.monotonic() + 1
            while not self.ended:
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                ready, _, _ = select.select([self.sock], [], [], left)
                if ready:
                    self.ended = self.sock.recv(4096) == b""
        except OSError:
            pass
        self.sock.close()


def number(word):
    digits = word[1:] if word.startswith(b"-") else word
    # For bytes, isdigit() is true for 0 to 9 only.
    if not digits.isdigit():
        return None
    n = int(word)
    return n if SMALLEST <= n <= LARGEST else None


def add(name, n):
    if n is None:
        return b"error not a number of 64 bits"
    with totals_lock:
        total = totals.get(name, 0) + n
        if not SMALLEST <= total <= LARGEST:
            return b"error the total would not fit"
        totals[name] = total
    return b"%s %d" % (name, total)


def serve(client, free):
    try:
        client.talk()
    except Exception:
        # Its socket failed, or the command was boom. Nobody else cares.
        pass
    with clients_lock:
        clients.discard(client)
    client.close()
    free.release()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--addr", default="127.0.0.1:8080")
    parser.add_argument("--workers", type=int, default=128)
    options = parser.parse_args()
    host, _, port = options.addr.rpartition(":")
    host = host.strip("[]")

    # Python writes a byte into this pipe when a signal comes, and select() below sees it.
    pipe, pipe_end = os.pipe()
    os.set_blocking(pipe_end, False)
    signal.set_wakeup_fd(pipe_end)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGINT, lambda *_: None)

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, int(port)), family=family, backlog=1024)
    shown = "[%s]:%d" if family == socket.AF_INET6 else "%s:%d"
    print("listening on", shown % listener.getsockname()[:2], flush=True)

    listener.setblocking(False)
    free = threading.Semaphore(options.workers)
    have_worker = False
    while True:
        # While no worker is free, only the signal counts: clients wait in the backlog.
        have_worker = have_worker or free.acquire(timeout=0.05)
        waiting_for = [pipe, listener] if have_worker else [pipe]
        ready, _, _ = select.select(waiting_for, [], [], None if have_worker else 0)
        if pipe in ready:
            break
        if listener not in ready:
            continue
        try:
            sock, _ = listener.accept()
        except OSError:
            time.sleep(0.05)
            continue
        sock.setblocking(True)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A client that reads nothing for ten seconds is dropped. (settimeout() would limit recv() too.)
        ten_seconds = struct.pack("ll", 10, 0)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, ten_seconds)
        client = Client(sock)
        with clients_lock:
            clients.add(client)
        threading.Thread(target=serve, args=(client, free), daemon=True).start()
        have_worker = False

    listener.close()
    with clients_lock:
        for client in clients:
            try:
                client.sock.shutdown(socket.SHUT_RD)
            except OSError:
                pass
    deadline = time.monotonic() + 3.5
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(max(0, deadline - time.monotonic()))
    os._exit(0)


main()
