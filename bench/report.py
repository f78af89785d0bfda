"""What came of the measuring: a table on the terminal, bench/results/latest.json, the table in docs/performance.md."""

import json
import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app import clock
from bench import guards
from bench.load import generator
from bench.measure import Measured, Plan

RESULTS = Path("bench/results/latest.json")
DOCUMENT = Path("docs/performance.md")
_BEGIN, _END = "<!-- bench: begin -->", "<!-- bench: end -->"
_LIBRARIES = "fastapi starlette uvicorn uvloop httptools asyncpg sqlalchemy sqlmodel pydantic orjson graphql-core"
_HEADS = (
    "work",
    "service, requests/s",
    "limit, requests/s",
    "ratio",
    "CPU ratio",
    "p50 ratio",
    "p99 ratio",
    "statements",
    "CPU µs: service + database",
    "CPU µs: limit + database",
    "errors",
)


def figures(measured: list[Measured], plan: Plan, postgres: str) -> dict[str, Any]:
    """The results as they are kept."""
    return {
        **{item.workload.name: _row(item) for item in measured},
        "plan": {"rounds": plan.rounds, "seconds": plan.seconds, "concurrency": plan.concurrency},
        "versions": {
            "python": platform.python_version(),
            "postgresql": postgres,
            "generator": generator(),
            **{name: version(name) for name in _LIBRARIES.split()},
        },
        "measured_on": clock.now().date().isoformat(),
    }


def _row(item: Measured) -> dict[str, Any]:
    (service, service_db), (limit, limit_db) = item.service.cpu_us, item.limit.cpu_us
    return {
        "title": item.workload.title,
        "rps": round(item.service.typical("rate")),
        "limit_rps": round(item.limit.typical("rate")),
        "ratio_rps": round(item.ratio("rate"), 3),
        "ratio_cpu": round((limit + limit_db) / (service + service_db), 3),
        "p50_ms": round(item.service.typical("p50"), 2),
        "p99_ms": round(item.service.typical("p99"), 2),
        "limit_p99_ms": round(item.limit.typical("p99"), 2),
        "ratio_p50": round(item.ratio("p50"), 2),
        "ratio_p99": round(item.ratio("p99"), 2),
        "errors": item.errors,
        "statements": item.statements,
        "cpu_us": {"service": round(service), "database": round(service_db)},
        "limit_cpu_us": {"limit": round(limit), "database": round(limit_db)},
        "memory_mb": round(item.service.memory_mb, 1),
    }


def cells(name: str, row: dict[str, Any]) -> list[str]:
    """One row of the table."""
    is_void = row["errors"] > 0
    ours, theirs = row["cpu_us"], row["limit_cpu_us"]
    return [
        f"{name.upper()} {row['title']}",
        f"{row['rps']:,}",
        f"{row['limit_rps']:,}",
        "void" if is_void else f"{row['ratio_rps']:.2f}",
        f"{row['ratio_cpu']:.2f}",
        f"{row['ratio_p50']:.2f}",
        f"{row['ratio_p99']:.2f}",
        f"{row['statements']:g}",
        f"{ours['service']} + {ours['database']}",
        f"{theirs['limit']} + {theirs['database']}",
        str(row["errors"]),
    ]


def table(found: dict[str, Any]) -> str:
    """The results as a table in Markdown."""
    rows = [cells(name, row) for name, row in found.items() if isinstance(row, dict) and "ratio_rps" in row]
    lines = [_HEADS, ["---"] * len(_HEADS), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def keep(found: dict[str, Any]) -> None:
    """Write the results down, and into the document when the whole of the work was measured."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    if all(f"w{number}" in found for number in range(1, 6)) and DOCUMENT.exists():
        text = DOCUMENT.read_text()
        between = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
        DOCUMENT.write_text(between.sub(lambda _: f"{_BEGIN}\n{_section(found)}\n{_END}", text))


def _section(found: dict[str, Any]) -> str:
    plan, versions = found["plan"], found["versions"]
    command = (
        f'make bench ARGS="--rounds {plan["rounds"]} --seconds {plan["seconds"]:g} --concurrency {plan["concurrency"]}"'
    )
    memory = max(row["memory_mb"] for row in found.values() if isinstance(row, dict) and "memory_mb" in row)
    names = ", ".join(f"{name} {text}" for name, text in versions.items())
    return (
        f"{table(found)}\n\n{guards.table(found['guards'])}\n\n"
        f"Measured on {found['measured_on']} by `{command}`; memory of the service's process at the end: "
        f"{memory:.0f} MB.\n{names}."
    )
