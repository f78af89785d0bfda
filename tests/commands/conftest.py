"""What the tests of commands stand on: settings of their own, and the command itself in this process."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import config
from app.config import Settings
from tests.commanding import Choose, Command, command


@pytest.fixture
def choose(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Choose:
    """Settings of this test, for everything that it runs."""

    def choose(**changes: object) -> Settings:
        chosen = settings.model_copy(update={"data_dir": tmp_path, **changes})
        monkeypatch.setattr(config, "settings", lambda: chosen)
        return chosen

    return choose


@pytest.fixture
def flipside(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command `flipside`, run in this process."""
    return command(monkeypatch, capsys)


@pytest.fixture
def terminating() -> Iterator[object]:
    """What SIGTERM does now, and does again after the test."""
    before = signal.getsignal(signal.SIGTERM)
    yield before
    signal.signal(signal.SIGTERM, before)
