"""What the tests of commands stand on: settings of their own, and the command itself in this process."""

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
