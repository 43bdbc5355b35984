"""The server that many tutorials teach, with the faults that they teach along with it.

tests/lesson.rs shows each fault beside the server of this chapter, which does not have it. Do not start from this
file: start from src/fork.rs.

    python3 chapters/ch4-process-server/examples/tutorial.py
"""

import os
import socket
import sys

listener = socket.create_server(("127.0.0.1", 0))
print("listening on 127.0.0.1:%d" % listener.getsockname()[1], flush=True)


def greet(client):
    """Reads something, greets, and closes."""
    # No patience: a client that says nothing is waited for until it goes, and it need not go.
    if client.recv(1024):
        client.sendall(b"Hello, world!")
    client.close()


while True:
    client, _ = listener.accept()
    # Into a pipe or a file, print writes when its buffer is full, or when a process ends by exit.
    print("a client came")
    # No limit: each client is a process.
    if os.fork() == 0:
        # This process has the listener, too, as long as it lives. And it lives on when its parent is killed.
        greet(client)
        # exit and not _exit: what the parent had in its buffer is written here, and by the next child again.
        sys.exit()
    # The parent still has the client's socket: the connection does not end when the child does.
    # And nobody waits for the child, which stays a zombie.
