"""Receives webhooks: verify, keep, answer; then act on each event once, and never on old news.

pip install standardwebhooks; WEBHOOK_SECRET=whsec_… python receive.py
"""

import json
import os
import sqlite3
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = Webhook(os.environ["WEBHOOK_SECRET"])
store = sqlite3.connect(os.environ.get("DATABASE", "events.db"))
store.executescript("""
    create table if not exists event (id text primary key, subject text, sequence integer, body text, done integer);
    create table if not exists latest (subject text primary key, sequence integer);
""")


class Receiver(BaseHTTPRequestHandler):
    """Answers within milliseconds: the work comes after the answer."""

    def do_POST(self) -> None:
        """Keep an event whose signature is good; 401 for everything else."""
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            event = SECRET.verify(body, dict(self.headers))
        except (WebhookVerificationError, ValueError):
            self.answer(401)
            return
        # The webhook-id is the event's id, the same on every try: what we have already is not kept again.
        row = (event["id"], event["subject"], event["sequence"], body.decode())
        store.execute("insert or ignore into event values (?, ?, ?, ?, 0)", row)
        store.commit()
        self.answer(204)
        work_off()

    def answer(self, status: int) -> None:
        """A status is all that the sender looks at."""
        self.send_response(status)
        self.end_headers()
        self.wfile.flush()


def work_off() -> None:
    """Act on what is kept and not done, in the order in which it happened."""
    for event_id, subject, sequence, body in store.execute(
        "select id, subject, sequence, body from event where not done order by sequence"
    ).fetchall():
        known = store.execute("select sequence from latest where subject = ?", (subject,)).fetchone()
        if known is None or known[0] < sequence:
            act(json.loads(body))
            store.execute("insert or replace into latest values (?, ?)", (subject, sequence))
        store.execute("update event set done = 1 where id = ?", (event_id,))
        store.commit()


def act(event: dict) -> None:
    """Yours to write; if it fails, the event stays undone and comes up again."""
    print(event["sequence"], event["type"], event["data"], flush=True)


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver)
    print(f"http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
