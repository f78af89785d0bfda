"""`python -m bench [w1 w3 …] [--rounds 3] [--seconds 5] [--concurrency 8] [--profile]`."""

import argparse
import asyncio
import os
from collections.abc import Sequence

import asyncpg

from bench.data import ENVIRONMENT


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and say what came of it. Fails when any answer was an error."""
    os.environ.update(ENVIRONMENT)
    # Only now: settings are read once.
    from bench import data, guards, measure, profile, report, servers  # noqa: PLC0415
    from bench.workloads import WORKLOADS  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="bench", description="Measure the service against the limit.")
    parser.add_argument("workloads", nargs="*", metavar="w1 … w5 viewer board", help="which; all when none is named")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--profile", action="store_true", help="add a flame graph of each (py-spy)")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.workloads) - set(WORKLOADS):
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    plan = measure.Plan(chosen.rounds, chosen.seconds, chosen.concurrency)

    found = data.prepared()
    measured, guarded = [], {}
    try:
        with servers.running(found) as (limit, service):
            for name in chosen.workloads or WORKLOADS:
                measured.append(measure.measure(found, WORKLOADS[name], limit, service, plan))
                row = report.figures(measured[-1:], plan, "")[name]
                print(" | ".join(report.cells(name, row)), flush=True)
                if chosen.profile:
                    print(profile.record(found, WORKLOADS[name], service, plan), flush=True)
            for kind, without in guards.KINDS.items():
                with without(found) as bare:
                    for name in (name for name in guards.NAMES if name in (chosen.workloads or WORKLOADS)):
                        what = f"{kind} to {name.upper()}"
                        guarded[what] = guards.row(guards.cost(found, name, bare, service, plan))
                        print(guards.line(what, guarded[what]), flush=True)
        results = {**report.figures(measured, plan, asyncio.run(_version(found.address))), "guards": guarded}
    finally:
        found.cluster.stop()
    report.keep(results)
    print(report.table(results))
    return 1 if any(item.errors for item in measured) else 0


async def _version(address: str) -> str:
    connection = await asyncpg.connect(address)
    try:
        return str(await connection.fetchval("show server_version"))
    finally:
        await connection.close()


if __name__ == "__main__":
    raise SystemExit(main())
