"""A receiver in Python: it keeps what it is sent, and says what the library that it is given thinks of the last."""

import importlib
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

LIBRARY = importlib.import_module(f"{sys.argv[1]}.webhooks")


class Receiver(BaseHTTPRequestHandler):
    """Deliveries at any path but one, questions about the last of them at that."""

    last: tuple[dict[str, str], bytes] = ({}, b"")

    def do_POST(self) -> None:
        """Take a delivery, or answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/verdict":
            answer = json.dumps(_verdict(**json.loads(body))).encode()
            self.send_response(200)
        else:
            Receiver.last, answer = (dict(self.headers), body), b""
            self.send_response(204)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Say nothing: standard output is for the port."""


def _verdict(secret: str, headers: dict[str, str], appended: str) -> str:
    kept, body = Receiver.last
    given = {name.lower(): value for name, value in kept.items()} | headers
    try:
        LIBRARY.Webhook(secret).verify(body + appended.encode(), given)
    except Exception as error:
        return type(error).__name__
    return "accepted"


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
