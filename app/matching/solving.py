"""From a market and a policy to a plan."""

from app.matching.market import Market
from app.matching.plan import Plan, Progress
from app.matching.policy import Policy


def solve(
    market: Market, policy: Policy, *, seed: int, budget: float | None = None, progress: Progress | None = None
) -> Plan:
    """The best plan and its proof. Past `budget` seconds the best so far is returned as bounded.

    Raises `Unsolvable` with every fault of the market (see `app.matching.checking`), or what `progress` raises.
    """
    raise NotImplementedError
