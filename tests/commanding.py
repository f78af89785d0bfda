"""The command `flipside` run in this process, and what it said."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from app import cli
from app.config import Settings


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]
Choose = Callable[..., Settings]


def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command, to be called with its arguments."""

    def flipside(*arguments: str) -> Said:
        monkeypatch.setattr("sys.argv", ["flipside", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return flipside
