"""What authentication and policy, and what budgets add to a request: the service with them and without, in turns."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from bench import measure, servers
from bench.data import Data
from bench.measure import Measured, Plan
from bench.servers import Server
from bench.workloads import WORKLOADS, for_service

# The reads that the promise is about.
NAMES = ("w1", "w3")
KINDS: dict[str, Callable[[Data], AbstractContextManager[Server]]] = {
    "authentication and policy": servers.unguarded,
    "budgets": servers.unlimited,
}


# The difference is small beside the noise of a machine: many short turns, so that noise meets both alike.
_TURNS = 5


def cost(data: Data, name: str, unguarded: Server, service: Server, plan: Plan) -> Measured:
    """Measure one workload on both."""
    turns = Plan(plan.rounds * _TURNS, plan.seconds / _TURNS, plan.concurrency)
    return measure.measure(data, WORKLOADS[name], unguarded, service, turns, for_service)


def row(item: Measured) -> dict[str, Any]:
    """By how many percent the guards lengthen the work: time, and CPU of service and database."""
    (service, service_db), (bare, bare_db) = item.service.cpu_us, item.limit.cpu_us
    return {
        "added_time_percent": round((1 / item.ratio("rate") - 1) * 100, 1),
        "added_cpu_percent": round(((service + service_db) / (bare + bare_db) - 1) * 100, 1),
    }


def line(name: str, found: dict[str, Any]) -> str:
    """One row of the table."""
    return f"| {name} | {found['added_time_percent']:+.1f} % | {found['added_cpu_percent']:+.1f} % |"


def table(found: dict[str, dict[str, Any]]) -> str:
    """The rows as a table in Markdown."""
    head = "| what adds to what | time | CPU |\n| --- | --- | --- |\n"
    return head + "\n".join(line(name, each) for name, each in found.items())
