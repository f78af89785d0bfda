"""Groups' means, lifted by prices: Lagrangian multipliers on "the pairs of this group score at least the target".

A group's pairs count (1000 + price) times their score, less price times the target, all divided by 1000. Prices that
leave no group short give a plan; any prices give a bound that no plan within the limits can pass (Everett 1963;
Geoffrion 1974).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

ONE = 1_000
ROUNDS, CHEAPEST, DEAREST = 24, 16, 8 * ONE
P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Priced(Generic[P]):
    """What is best under prices: the plan, its score, the bound of those prices, and each group's surplus.

    A surplus is the sum of (score - target) over a group's pairs; negative when the group is short.
    """

    plan: P
    score: int
    bound: int
    surplus: Mapping[str, int]

    @property
    def shortfall(self) -> int:
        """By how much all short groups are short together."""
        return -sum(min(0, over) for over in self.surplus.values())


def lifted(groups: tuple[str, ...], solved: Callable[[Mapping[str, int]], Priced[P]]) -> tuple[Priced[P], int, int]:
    """The best plan found that leaves no group short (or the least short), the lowest bound, and the rounds taken."""
    best = solved(dict.fromkeys(groups, 0))
    bound, rounds = best.bound, 1
    brackets = {group: (0, DEAREST if best.surplus[group] < 0 else 0) for group in groups}
    while rounds < ROUNDS and any(low < high for low, high in brackets.values()):
        prices = {group: _next(*bracket) for group, bracket in brackets.items()}
        found = solved(prices)
        bound, rounds = min(bound, found.bound), rounds + 1
        best = min(best, found, key=lambda one: (one.shortfall, -one.score))
        brackets = {group: _narrowed(brackets[group], prices[group], found.surplus[group]) for group in groups}
    return best, bound, rounds


def _next(low: int, high: int) -> int:
    """Doubled until it is enough, then halved: a price far too high would make the other groups short."""
    return min(max(CHEAPEST, 2 * low), high - 1) if high == DEAREST else (low + high) // 2


def _narrowed(bracket: tuple[int, int], price: int, surplus: int) -> tuple[int, int]:
    """A short group's price was too low, another's is high enough; who becomes short only now gets a price from now."""
    low, high = bracket
    if surplus >= 0:
        return low, price
    return (0, DEAREST) if high == 0 else (min(price + 1, high), high)
