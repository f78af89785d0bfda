"""What a run costs beside time: CPU of server and database, memory, statements. Read from /proc and PostgreSQL."""

import os
from pathlib import Path

import asyncpg

_TICKS = os.sysconf("SC_CLK_TCK")
# Keys are looked up anew every few seconds, whatever the load: no part of a request.
_CALLS = """
    select coalesce(sum(calls), 0)::int from pg_stat_statements s join pg_roles r on r.oid = s.userid
    where r.rolname = 'flipside_app' and query !~* '(from credential|from api_key|update api_key)'
"""


def cpu_seconds(*pids: int) -> float:
    """User and system time of processes and all that they started, the dead ones among them."""
    stats = _stats()
    found = set(pids)
    while more := {pid for pid, fields in stats.items() if int(fields[1]) in found} - found:
        found |= more
    # utime, stime, and of children that were waited for cutime, cstime (proc(5), fields 14 to 17).
    return sum(sum(map(int, stats[pid][11:15])) for pid in found if pid in stats) / _TICKS


def _stats() -> dict[int, list[str]]:
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:
            continue
        stats[int(path.parent.name)] = text.rpartition(")")[2].split()
    return stats


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


async def track(connection: asyncpg.Connection, what: str) -> None:
    """Count statements (`top`) or not (`none`): counting costs, so never while time is taken."""
    await connection.execute(f"alter system set pg_stat_statements.track = '{what}'")
    await connection.execute("select pg_reload_conf()")


async def counted(connection: asyncpg.Connection) -> int:
    """The statements since the last reset."""
    return int(await connection.fetchval(_CALLS))
