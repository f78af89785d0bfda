"""What forcing a pair into a plan would cost: a plan is solved once more, in a process of its own that stays warm."""

import asyncio
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context, parent_process

from app.errors import Unavailable
from app.matching.explaining import Explainer
from app.matching.explanations import WhyNot
from app.matching.plan import Plan

# Solving takes a whole processor: one at a time, and a few may wait.
_PLACES = threading.BoundedSemaphore(4)
_kept: dict[str, tuple[Explainer, Plan]] = {}


async def priced(run_id: str, explainer: Explainer, plan: Plan, mentor: str, mentee: str) -> WhyNot:
    """`Explainer.why_not`, apart from this process. Raises `Unavailable` when too many ask at once."""
    if not _PLACES.acquire(blocking=False):
        raise Unavailable("Many such questions are being worked out. Try again in a moment.")
    try:
        loop, answer = asyncio.get_running_loop(), None
        while answer is None:
            # The other process may have forgotten it for what others asked meanwhile.
            answer = await loop.run_in_executor(_pool(), _why_not, run_id, mentor, mentee)
            if answer is None:
                # What was packed for other questions stays here.
                fresh = Explainer(explainer.market, explainer.policy)
                await loop.run_in_executor(_pool(), _keep, run_id, fresh, plan)
        return answer
    except BrokenProcessPool:
        _pool.cache_clear()
        raise Unavailable("The answer could not be worked out. Try again in a moment.") from None
    finally:
        _PLACES.release()


@cache
def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_follow)


def _keep(run_id: str, explainer: Explainer, plan: Plan) -> None:  # pragma: no cover - over there
    """In the other process: what the last run asked about was solved with is kept for the next question."""
    _kept.clear()
    _kept[run_id] = explainer, plan


def _why_not(run_id: str, mentor: str, mentee: str) -> WhyNot | None:  # pragma: no cover - over there
    """None for a run that is not kept: a market of twenty thousand is not sent with every question."""
    if run_id not in _kept:
        return None
    explainer, plan = _kept[run_id]
    return explainer.why_not(plan, mentor, mentee)


def _follow() -> None:  # pragma: no cover - in the other process
    """End with the process that asked, even if that is killed: a queue's other end would never close."""

    def end() -> None:
        if (parent := parent_process()) is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=end, daemon=True).start()
