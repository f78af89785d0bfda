"""What a plan is worth, in numbers that anybody can recompute from its pairs.

Scores and means are in thousandths of a point (0-100,000), utilities in hundredths (0-10,000), rates and the Gini
coefficient in hundredths of a per cent. Whoever is counted is a person, not a place.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.matching import figures
from app.matching.figures import SMALLEST_CELL

FIFTH = 5
SeatPair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """People of one side: all, those whom the rules leave a partner, those who have one, and the last two's ratio."""

    people: int
    reachable: int
    matched: int
    rate: int | None

    @classmethod
    def of(cls, people: Collection[str], reachable: Collection[str], matched: Collection[str]) -> "Coverage":
        """Coverage of seats; who is matched is reachable."""
        can = len(set(reachable) | set(matched))
        return cls(len(people), can, len(set(matched)), figures.rate(len(set(matched)), can))


@dataclass(frozen=True, slots=True)
class Scores:
    """The mean, the tail and the spread of the pairs' scores; Gini over every reachable mentee's best score."""

    total: int
    mean: int | None
    fifth_percentile: int | None
    worst: int | None
    gini: int | None

    @classmethod
    def of(cls, scores: Sequence[int], best: Sequence[int]) -> "Scores":
        """Statistics of the pairs' scores; `best` has 0 for a reachable mentee without a partner."""
        return cls(
            sum(scores),
            figures.mean(scores),
            figures.percentile(scores, FIFTH),
            min(scores, default=None),
            figures.gini(best),
        )


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """How a group of mentees fares: whoever reads about fewer than ten people would read about persons."""

    group: str
    people: int | None
    rate: int | None
    mean: int | None
    is_suppressed: bool


@dataclass(frozen=True, slots=True)
class Price:
    """What one choice of the policy costs: the score without it, the score with it, and the difference per 10,000."""

    choice: str
    without: int
    with_choice: int
    cost: int
    rate: int | None

    @classmethod
    def of(cls, choice: str, without: int, with_choice: int) -> "Price":
        """The price of a choice, from the two plans' scores."""
        return cls(choice, without, with_choice, without - with_choice, figures.rate(without - with_choice, without))


@dataclass(frozen=True, slots=True)
class Floor:
    """How many people of a group were owed a partner and have one; and how many could, where the floor is not met."""

    group: str
    owed: int
    served: int
    reachable: int | None = None


@dataclass(frozen=True, slots=True)
class BlockingPair:
    """Two who would both rather have each other: each one's own utility, and what they would gain."""

    mentor: str
    mentee: str
    mentor_utility: int
    mentee_utility: int
    mentor_gain: int
    mentee_gain: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two plans; pairs as (mentor seat, mentee seat)."""

    kept: int
    ended: tuple[SeatPair, ...]
    new: tuple[SeatPair, ...]

    @classmethod
    def between(cls, before: Iterable[SeatPair], after: Iterable[SeatPair]) -> "Changes":
        """Compare two plans, whatever order their pairs come in."""
        old, new = frozenset(before), frozenset(after)
        return cls(len(old & new), tuple(sorted(old - new)), tuple(sorted(new - old)))


@dataclass(frozen=True, slots=True)
class Report:
    """All numbers of one plan. `blocking` counts over every pair, `strongest` names the fifty that gain most.

    `blocking_beyond` counts those who would both gain more than the policy's tolerance, whatever its objective.
    `changes` compares with the proposals that were open before; `shortfall` is what a mean gap could not close.
    """

    mentors: Coverage
    mentees: Coverage
    scores: Scores
    blocking: int
    blocking_beyond: int
    strongest: tuple[BlockingPair, ...]
    groups: tuple[GroupFigures, ...]
    floors: tuple[Floor, ...]
    shortfall: int
    prices: tuple[Price, ...]
    loads: tuple[tuple[int, int], ...]
    changes: Changes


def loads(mentors: Iterable[str], pairs: Iterable[SeatPair]) -> tuple[tuple[int, int], ...]:
    """How many mentors have how many mentees: (mentees, mentors), from none up."""
    taken = Counter(mentor for mentor, _ in pairs)
    return tuple(sorted(Counter(taken[mentor] for mentor in mentors).items()))


def best_scores(reachable: Iterable[str], scored: Iterable[tuple[str, str, int]]) -> list[int]:
    """Every reachable mentee's best score, 0 for whoever stays without; `scored` is (mentor, mentee, score)."""
    best = dict.fromkeys(reachable, 0)
    for _, mentee, score in scored:
        best[mentee] = max(best.get(mentee, 0), score)
    return list(best.values())


def groups(
    group_of: Mapping[str, str], reachable: Collection[str], scored: Sequence[tuple[str, str, int]]
) -> tuple[GroupFigures, ...]:
    """Rate and mean of each group of mentees, by name; `group_of` maps every mentee's seat to a group."""
    can, sizes = Counter(group_of[seat] for seat in set(reachable)), Counter(group_of.values())
    matched = Counter(group_of[seat] for seat in {mentee for _, mentee, _ in scored})
    scores: dict[str, list[int]] = {group: [] for group in sizes}
    for _, mentee, score in scored:
        scores[group_of[mentee]].append(score)
    hidden = _suppressed(sizes)
    return tuple(
        GroupFigures(group, None, None, None, is_suppressed=True)
        if group in hidden
        else GroupFigures(
            group,
            sizes[group],
            figures.rate(matched[group], can[group]),
            # A mean over a few people would be those persons' scores.
            figures.mean(scores[group]) if matched[group] >= SMALLEST_CELL else None,
            is_suppressed=False,
        )
        for group in sorted(sizes)
    )


def _suppressed(sizes: Mapping[str, int]) -> frozenset[str]:
    """The small groups; one alone takes the next smallest along, or the others' sum would give it away."""
    small = [group for group, size in sizes.items() if size < SMALLEST_CELL]
    if len(small) != 1:
        return frozenset(small)
    return frozenset(sorted(sizes, key=lambda group: (sizes[group], group))[:2])
