"""A plan that stands, with all that it was proven with: the next one goes on from it when a few people came or went."""

from dataclasses import dataclass

from app.matching import arriving
from app.matching.checking import require_sound
from app.matching.looking import Look
from app.matching.market import Market
from app.matching.packing import Packed, pack
from app.matching.pinned import Pinned
from app.matching.plan import Plan
from app.matching.policy import Policy
from app.matching.problem import Problem
from app.matching.proving import Proof, prove
from app.matching.rewarding import owed, problem
from app.matching.solving import planned


@dataclass(frozen=True)
class Standing:
    """A solved market. For policies that `Forcing.is_for` allows: one flow, no second look for fairness."""

    packed: Packed
    proof: Proof
    seed: int

    @classmethod
    def of(cls, market: Market, policy: Policy, seed: int) -> "Standing":
        """Solve from nothing. Raises `Unsolvable`, or `TooLarge`."""
        packed, asked = _asked(market, policy, seed)
        return cls(packed, prove(asked, Look()), seed)

    def after(self, market: Market) -> "Standing":
        """What stands once the market is this one: the plan that `of` would make of it, found sooner."""
        packed, asked = _asked(market, self.packed.pairwise.policy, self.seed)
        if not arriving.is_for(self.packed, packed):
            return Standing(packed, prove(asked, Look()), self.seed)
        return Standing(packed, arriving.proof(self.packed, self.proof, packed, asked, Look()), self.seed)

    @property
    def plan(self) -> Plan:
        """The plan, without a report."""
        pairwise = self.packed.pairwise
        return planned(pairwise.market, pairwise.policy, self.seed, self.packed, self.proof.solution)


def _asked(market: Market, policy: Policy, seed: int) -> tuple[Packed, Problem]:
    require_sound(market, policy)
    packed, pinned = pack(market, policy, seed), Pinned.of(market)
    return packed, problem(packed, policy, pinned, owed(market, policy, pinned))
