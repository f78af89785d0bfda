"""The PostgreSQL that comes along: found, made once, started or joined, stopped.

For development and tests, on Linux and macOS. Production names its own server in `FLIPSIDE_DATABASE_URL`.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from app.embedded_programs import PostgresMissing, Programs

__all__ = ["OWNER", "Cluster", "PostgresFailed", "PostgresMissing"]

OWNER = "flipside_owner"
BUILTIN_LOCALE_SINCE = 17  # the first with a UTF-8 locale that is the same on every system
PORT = 5432  # only names the socket file: the server listens on no network address

_PATIENCE_SECONDS = 15.0
_LONGEST_SOCKET_DIR = 80  # a socket's whole path has 104 bytes on macOS, 108 on Linux
_PLAIN_PATH = re.compile(r"[\w./+-]+", re.ASCII)  # clients read a comma or a colon in `host` as a list of hosts
_ORPHANS_LIVE = ("shared memory block", "lock file")
_SETTINGS = ["jit=off", "log_checkpoints=off", "log_timezone=UTC", "max_connections=200", "timezone=UTC"]
_FAST_SETTINGS = [
    "autovacuum=off",
    "fsync=off",
    "full_page_writes=off",
    "max_wal_senders=0",
    "synchronous_commit=off",
    "wal_level=minimal",
]


class PostgresFailed(RuntimeError):
    """PostgreSQL is here, but did not do as it was told; the text is mostly its own."""


class Cluster:
    """One PostgreSQL in a directory of its own, shared by every process that names that directory.

    `durable=False` trades safety against power cuts for speed: tests only.
    """

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self.root = root.resolve()
        self.durable = durable
        self.data = self.root / "data"
        self.log = self.root / "log"
        self.socket_dir = _socket_dir(self.root)

    def address(self, user: str, database: str) -> str:
        """Where clients connect. There is no password: only this account may open the socket."""
        return f"postgresql://{quote(user)}@/{quote(database)}?host={quote(str(self.socket_dir), safe='')}&port={PORT}"

    def running_pid(self) -> int | None:
        """The server's process, or None when it is down, however it went down."""
        first, _, _ = self._lock_file().partition("\n")
        # By now the number may be another process's, or a zombie's, whose command line is empty.
        return int(first) if first.isdecimal() and f"={self.socket_dir} " in _command_line(first) else None

    def start(self) -> bool:
        """See that the server runs. True: this call started it; False: it joined one that ran already."""
        programs = Programs.found()
        with self._locked():
            self._own_directories(programs)
            self._create(programs)
            deadline = time.monotonic() + _PATIENCE_SECONDS
            while not self.running_pid():
                said = self._launch(programs)
                if said is None:
                    return True
                # After a kill -9, backends outlive their server for a moment and hold on to its memory.
                if time.monotonic() > deadline or not any(sign in said for sign in _ORPHANS_LIVE):
                    raise PostgresFailed(f"PostgreSQL in {self.root} did not start:\n{said}")
                time.sleep(0.1)
                self._release_locks()
            # Whoever started it may have been killed before it saw the end of it.
            if not _within(_PATIENCE_SECONDS, lambda: self._lock_file().rstrip().endswith("ready")):
                raise PostgresFailed(f"PostgreSQL in {self.root} runs, but does not become ready: see {self.log}.")
            return False

    def stop(self) -> None:
        """Stop the server if it runs: politely, and when that takes too long, firmly."""
        with self._locked():
            for how in (signal.SIGINT, signal.SIGQUIT):
                pid = self.running_pid()
                if not pid:
                    return
                os.kill(pid, how)
                if _within(_PATIENCE_SECONDS, lambda: not self.running_pid()):
                    return
            raise PostgresFailed(f"PostgreSQL in {self.root} did not stop: see {self.log}.")

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time makes, starts or stops; the kernel frees the lock of one that was killed."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.root / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _own_directories(self, programs: Programs) -> None:
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        # In the common temporary directory its name can be guessed: whoever made it first could pose as our server.
        owners = {os.geteuid(), *(programs.drop_to or ())}
        if self.socket_dir.is_symlink() or self.socket_dir.stat().st_uid not in owners:
            raise PostgresFailed(
                f"{self.socket_dir} is another account's: remove it, or choose another data directory."
            )
        if programs.drop_to:
            os.chown(self.root, *programs.drop_to)
            os.chown(self.socket_dir, *programs.drop_to)

    def _create(self, programs: Programs) -> None:
        """Run initdb once. The rename at its end means that a killed initdb leaves no half cluster behind."""
        if (self.data / "PG_VERSION").exists():
            return
        for leftover in self.root.glob("data.new.*"):
            shutil.rmtree(leftover, ignore_errors=True)
        fresh = self.root / f"data.new.{os.getpid()}"
        options = ["-D", str(fresh), "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C"]
        if programs.version >= BUILTIN_LOCALE_SINCE:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            options += ["--no-sync"]
        said = programs.run("initdb", *options, log=self.log)
        if said is not None:
            raise PostgresFailed(f"PostgreSQL's initdb failed:\n{said}")
        fresh.rename(self.data)

    def _launch(self, programs: Programs) -> str | None:
        """None once the server is ready, else what it said as it failed."""
        settings = [*_SETTINGS, *(() if self.durable else _FAST_SETTINGS), "listen_addresses=", f"port={PORT}"]
        settings += [f"unix_socket_directories={self.socket_dir}", "unix_socket_permissions=0700"]
        switches = " ".join(f"-c {shlex.quote(setting)}" for setting in settings)
        # Relative, as pg_ctl passes it through a shell without care; programs run in our root.
        return programs.run("pg_ctl", "-D", self.data.name, "--wait", "--silent", "-o", switches, "start", log=self.log)

    def _release_locks(self) -> None:
        """Put our number on a dead server's lock: PostgreSQL heeds none that is its starter's own.

        Otherwise a zombie, or a stranger who was given the dead server's number, would shut it out for ever.
        Rewritten, not removed: by the rest of the file PostgreSQL finds backends that still hold its memory.
        """
        if self.running_pid():
            return
        (self.socket_dir / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        _, _, rest = self._lock_file().partition("\n")
        if rest:
            (self.data / "postmaster.pid").write_text(f"{os.getpid()}\n{rest}")

    def _lock_file(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            return (self.data / "postmaster.pid").read_text()
        return ""


def _socket_dir(root: Path) -> Path:
    if len(os.fsencode(root)) <= _LONGEST_SOCKET_DIR and _PLAIN_PATH.fullmatch(str(root)):
        return root
    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"flipside-{os.getuid()}-{digest}"


def _command_line(pid: str) -> str:
    """How that process was started; empty when there is none, or a zombie."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).replace("\0", " ")
        return ""
    ps = shutil.which("ps") or "ps"
    return subprocess.run([ps, "-o", "command=", "-p", pid], capture_output=True, text=True, check=False).stdout


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
