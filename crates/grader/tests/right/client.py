"""A client for tallies: commands from stdin, replies to stdout.

python3 client.py 127.0.0.1:8080
"""

import os
import select
import socket
import sys
import threading
import time

PATIENCE = 5
LONGEST_REPLY = 1 << 20

# What the thread that sends tells the one that receives.
lock = threading.Lock()
commands = 0
input_ended = False
owed_since = time.monotonic()
replies = 0


def fail(message, code=1):
    try:
        os.write(2, ("error: %s\n" % message).encode("utf-8", "replace"))
    except OSError:
        pass
    os._exit(code)


def connect(address):
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        fail("%r is not HOST:PORT" % address, 2)
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    try:
        # Tries every address of the name.
        sock = socket.create_connection((host, int(port)), timeout=PATIENCE)
    except (OSError, UnicodeError) as error:
        fail("cannot connect to %s: %s (is the server running?)" % (address, error))
    sock.settimeout(None)
    return sock


def count(n):
    global commands, owed_since
    with lock:
        if commands <= replies:
            owed_since = time.monotonic()
        commands += n


def send(sock):
    global input_ended
    last = b"\n"
    while True:
        try:
            data = os.read(0, 65536)
        except OSError as error:
            fail("cannot read the commands: %s" % error)
        if not data:
            break
        last = data[-1:]
        count(data.count(b"\n"))
        try:
            sock.sendall(data)
        except OSError:
            # The server has gone. Whoever receives will notice.
            return
    if last != b"\n":
        count(1)
    try:
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    with lock:
        input_ended = True


def show(data):
    try:
        while data:
            data = data[os.write(1, data):]
    except OSError as error:
        fail("cannot write the replies: %s" % error)


def state():
    """Returns how many replies are owed, and whether there will be more commands."""
    with lock:
        return commands - replies, input_ended


def closed(why):
    """The server has closed. Gives stdin a second to end, or to bring one more command."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        owed, ended = state()
        if owed > 0 or ended:
            break
        time.sleep(0.01)
    owed, _ = state()
    if owed > 0:
        fail("the server closed early%s, %d replies are missing" % (why, owed))
    os._exit(0)


def receive(sock):
    global replies, owed_since
    rest = b""
    while True:
        owed, ended = state()
        if owed <= 0 and ended:
            os._exit(0)
        ready, _, _ = select.select([sock], [], [], 0.05)
        if not ready:
            with lock:
                late = commands > replies and time.monotonic() - owed_since > PATIENCE
            if late:
                fail("no reply for %d s" % PATIENCE)
            continue
        try:
            data = sock.recv(65536)
        except OSError as error:
            closed(" (%s)" % error)
        if not data:
            closed("")
        # Only the new part is searched: a long reply may come in many pieces.
        end = data.rfind(b"\n") + 1
        if end:
            whole, rest = rest + data[:end], data[end:]
            show(whole)
            with lock:
                replies += whole.count(b"\n")
                owed_since = time.monotonic()
        else:
            rest += data
            with lock:
                late = commands > replies and time.monotonic() - owed_since > PATIENCE
            if late:
                fail("no whole reply for %d s" % PATIENCE)
        if len(rest) > LONGEST_REPLY:
            fail("the server sent a reply that does not end")


def main():
    if len(sys.argv) != 2:
        fail("usage: client.py HOST:PORT", 2)
    sock = connect(sys.argv[1])
    threading.Thread(target=send, args=(sock,), daemon=True).start()
    receive(sock)


main()
