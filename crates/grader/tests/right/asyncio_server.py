"""A tally server with asyncio: a task for each client, all on one thread.

python3 asyncio_server.py --addr 127.0.0.1:0 --workers 4
"""

import argparse
import asyncio
import os
import re
import signal
import socket

LONGEST_LINE = 1024
LONGEST_WAIT = 3_600_000
NUMBER = re.compile(rb"-?[0-9]+")

totals = {}


async def lines(reader):
    """Yields each line without its ending. Of a line that is too long, only a part may have come."""
    received = b""
    while True:
        *whole, received = received.split(b"\n")
        for line in whole:
            yield line[:-1] if line.endswith(b"\r") else line
        # One byte more may be the \r of an ending.
        if len(received) > LONGEST_LINE + 1 or (
            len(received) == LONGEST_LINE + 1 and received[-1:] != b"\r"
        ):
            yield received
        data = await reader.read(4096)
        if not data:
            if received:
                yield received[:-1] if received.endswith(b"\r") else received
            return
        received += data


def number(word):
    """Returns the number, or None if it is none or does not fit into 64 bits."""
    if NUMBER.fullmatch(word):
        n = int(word)
        if -(2**63) <= n < 2**63:
            return n
    return None


async def answer(line, writer):
    """Writes the reply to one command. Returns False if it was the last one."""
    if len(line) > LONGEST_LINE:
        writer.write(b"error line too long\n")
        return False
    words = [word for word in line.split(b" ") if word]
    what = (words[0] if words else None, len(words))
    if what == (b"add", 3):
        name, n = words[1], number(words[2])
        total = None if n is None else totals.get(name, 0) + n
        if total is None or not -(2**63) <= total < 2**63:
            writer.write(b"error the number or the total does not fit\n")
        else:
            totals[name] = total
            writer.write(b"%s %d\n" % (name, total))
    elif what == (b"get", 2):
        writer.write(b"%s %d\n" % (words[1], totals.get(words[1], 0)))
    elif what == (b"wait", 2):
        ms = number(words[1])
        if ms is None or not 0 <= ms <= LONGEST_WAIT:
            writer.write(b"error how long?\n")
        else:
            await asyncio.sleep(ms / 1000)
            writer.write(b"ok\n")
    elif what == (b"boom", 1):
        raise RuntimeError("boom")
    elif what == (b"quit", 1):
        writer.write(b"bye\n")
        return False
    else:
        writer.write(b"error what?\n")
    return True


async def talk(reader, writer):
    async for line in lines(reader):
        goes_on = await answer(line, writer)
        # Waits while the client does not read, but not for ever.
        if writer.transport.get_write_buffer_size() > 65536:
            await asyncio.wait_for(writer.drain(), 10)
        if not goes_on:
            break


async def skip(reader):
    while await reader.read(4096):
        pass


async def serve(sock, free, open_sockets):
    writer = None
    try:
        reader, writer = await asyncio.open_connection(sock=sock)
        try:
            await talk(reader, writer)
        except RuntimeError:
            pass  # boom: this client is gone, the others are not.
        writer.write_eof()
        # What the client still sends is read and forgotten. Otherwise the end would come as a reset,
        # and take the reply with it.
        await asyncio.wait_for(skip(reader), 1)
    except (OSError, asyncio.TimeoutError):
        pass
    finally:
        open_sockets.discard(sock)
        if writer is None:
            sock.close()
        else:
            await finish(writer)
        free.release()


async def finish(writer):
    writer.close()
    try:
        await asyncio.wait_for(writer.wait_closed(), 1)
    except (OSError, asyncio.TimeoutError):
        writer.transport.abort()


async def accept(listener, workers, open_sockets, tasks):
    loop = asyncio.get_running_loop()
    free = asyncio.Semaphore(workers)
    while True:
        await free.acquire()
        try:
            sock, _ = await loop.sock_accept(listener)
        except OSError:
            free.release()
            await asyncio.sleep(0.1)
            continue
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        open_sockets.add(sock)
        task = asyncio.ensure_future(serve(sock, free, open_sockets))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--addr", default="127.0.0.1:8080")
    parser.add_argument("--workers", type=int, default=128)
    options = parser.parse_args()
    host, port = options.addr.rsplit(":", 1)
    host = host.strip("[]")

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, stop.set)

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, int(port)), family=family, backlog=1024)
    listener.setblocking(False)
    name = listener.getsockname()
    shown = "[%s]:%d" if family == socket.AF_INET6 else "%s:%d"
    print("listening on", shown % name[:2], flush=True)

    open_sockets = set()
    tasks = set()
    accepting = asyncio.ensure_future(accept(listener, options.workers, open_sockets, tasks))
    await stop.wait()

    accepting.cancel()
    await asyncio.wait([accepting])
    listener.close()
    for sock in open_sockets:
        try:
            # What has come is still read, and then the end.
            sock.shutdown(socket.SHUT_RD)
        except OSError:
            pass
    if tasks:
        await asyncio.wait(tasks, timeout=3.5)
    # Whoever still sleeps or does not read is not waited for.
    os._exit(0)


asyncio.run(main())
