"""The common site, in a process of its own: ``python -m tests.bench.site`` prints its port and ends with its stdin.

It serves the floor and the peers alike; swnb serves the same sources from its own origin.
"""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.bench.material import SITE


class Handler(BaseHTTPRequestHandler):
    """Answers with the sources of `SITE`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one write

    def do_GET(self) -> None:  # the name that BaseHTTPRequestHandler looks for
        mime, body = SITE.get(self.path.partition("?")[0], ("text/html", ""))
        content = (body or "<!doctype html><title>404</title>").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", f"{mime}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def main() -> None:
    """Serve until stdin ends."""
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
