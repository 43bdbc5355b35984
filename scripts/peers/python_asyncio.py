#!/usr/bin/env python3
"""The demo application on Python's asyncio: python_asyncio.py PORT.

One thread and a coroutine for each connection, as the model async-single of chapter 5. asyncio has no HTTP, so this has
a handful of its own: it believes what clients send, and is no server for the world.
"""
import asyncio, os, sys, time

ALPHABET = b"abcdefghijklmnopqrstuvwxyz"

async def answer(method, path, body):
    """The status and the body of the reply."""
    route, _, argument = path[1:].partition("/")
    if method == "POST":
        return "200 OK", body
    if not route:
        return "200 OK", b"Hello, World!"
    if route == "delay":
        await asyncio.sleep(int(argument) / 1000)
        return "200 OK", b"done waiting\n"
    if route == "spin":
        end = time.perf_counter() + int(argument) / 1e6
        while time.perf_counter() < end:
            pass
        return "200 OK", b"done computing\n"
    if route == "bytes":
        n = int(argument)
        return "200 OK", (ALPHABET * (n // 26 + 1))[:n]
    if route == "abort":
        os.abort()
    return "404 Not Found", b"there is nothing at this path\n"

async def converse(reader, writer):
    try:
        keep = True
        while keep:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            keep = fields.get("connection") != "close"
            status, body = await answer(method, path, await reader.readexactly(int(fields.get("content-length", 0))))
            close = "" if keep else "Connection: close\r\n"
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{close}\r\n".encode() + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ValueError):
        pass  # The client has gone, or is none.
    finally:
        writer.close()

async def main():
    server = await asyncio.start_server(converse, "127.0.0.1", int(sys.argv[1]), backlog=1024)
    await server.serve_forever()

asyncio.run(main())
