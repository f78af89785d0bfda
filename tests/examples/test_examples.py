"""The examples of docs/receive-an-event.md do what the page says; the one for Node.js runs in the acceptance."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.webhooks import signing
from tests.examples.callers import call, delivery

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SECRET, OTHER = signing.new_secret(), signing.new_secret()


def test_the_receiver_in_python_acts_once_on_what_is_signed_and_never_on_old_news(tmp_path: Path) -> None:
    given = {**os.environ, "WEBHOOK_SECRET": SECRET, "PORT": "0", "DATABASE": str(tmp_path / "events.db")}
    command = [sys.executable, str(EXAMPLES / "receive.py")]
    with subprocess.Popen(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        try:
            call(running.stdout.readline().strip(), SECRET)
        finally:
            running.terminate()
        acted = [line.split()[0] for line in running.stdout.read().splitlines()]

    assert acted == ["1", "3", "4"]


@pytest.mark.parametrize(
    ("signers", "code"), [((), 0), ((signing.new_secret(), SECRET), 0), ((signing.new_secret(),), 1)]
)
def test_a_signature_is_verified_by_hand(tmp_path: Path, signers: tuple[str, ...], code: int) -> None:
    body, headers = delivery(SECRET, 1, *signers)
    (tmp_path / "body").write_bytes(body)
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    command = [str(EXAMPLES / "verify.sh"), str(tmp_path / "body"), *(headers[name] for name in names)]

    done = subprocess.run(command, env={**os.environ, "WEBHOOK_SECRET": SECRET}, stdout=subprocess.PIPE, check=False)

    assert done.returncode == code
    assert done.stdout.startswith(b"bad" if code else b"good")


def test_the_page_names_every_example() -> None:
    page = (EXAMPLES.parent / "receive-an-event.md").read_text(encoding="utf-8")

    assert [path.name for path in sorted(EXAMPLES.iterdir()) if f"(examples/{path.name})" not in page] == []
