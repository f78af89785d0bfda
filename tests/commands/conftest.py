"""What the tests of commands stand on: settings of their own, and the command itself in this process."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app import cli, config
from app.config import Settings


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]
Choose = Callable[..., Settings]


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

    def flipside(*arguments: str) -> Said:
        monkeypatch.setattr("sys.argv", ["flipside", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return flipside
