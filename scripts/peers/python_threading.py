#!/usr/bin/env python3
"""The demo application on Python's ThreadingHTTPServer: python_threading.py PORT.

A thread for each connection, as in chapter 3, with the parser of the standard library.
"""
import os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ALPHABET = b"abcdefghijklmnopqrstuvwxyz"

class Demo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # A reply is one write, and not one for the head and one for the body.
    disable_nagle_algorithm = True

    def do_GET(self):
        route, _, argument = self.path[1:].partition("/")
        if not route:
            self.reply(b"Hello, World!")
        elif route == "delay":
            time.sleep(int(argument) / 1000)
            self.reply(b"done waiting\n")
        elif route == "spin":
            end = time.perf_counter() + int(argument) / 1e6
            while time.perf_counter() < end:
                pass
            self.reply(b"done computing\n")
        elif route == "bytes":
            n = int(argument)
            self.reply((ALPHABET * (n // 26 + 1))[:n])
        elif route == "abort":
            os.abort()
        else:
            self.send_error(404)

    def do_POST(self):
        self.reply(self.rfile.read(int(self.headers["Content-Length"])))

    def reply(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

class Server(ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True

    def handle_error(self, *_):
        pass  # A client has gone.

Server(("127.0.0.1", int(sys.argv[1])), Demo).serve_forever()
