"""Where the service's time goes: a flame graph by py-spy, taken under load."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

from bench import load
from bench.data import ROOT, Data
from bench.measure import Plan, clear, file_of
from bench.servers import Server
from bench.workloads import Workload


def record(data: Data, workload: Workload, service: Server, plan: Plan) -> str:
    """Drive the service once more and look on. The place of the graph, and beside it the stacks it is made of."""
    beside = Path(sys.executable).with_name("py-spy")
    program = str(beside) if beside.exists() else shutil.which("py-spy")
    if program is None:
        return "A profile needs py-spy: it is among the development dependencies."
    graph = ROOT / f"{workload.name}.svg"
    stacks = graph.with_suffix(".stacks")
    command = [program, "record", "--pid", str(service.pid), "--rate", "500", "--nonblocking"]
    watchers = [
        subprocess.Popen(
            [*command, "--format", kind, "--output", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for kind, path in (("flamegraph", graph), ("raw", stacks))
    ]
    try:
        load.drive(service.port, file_of(service), seconds=plan.seconds, concurrency=plan.concurrency)
    finally:
        for watcher in watchers:
            watcher.send_signal(signal.SIGINT)
            watcher.wait(30)
    if workload.writes:
        clear(data)
    return f"Profile of {workload.name}: {graph}"
