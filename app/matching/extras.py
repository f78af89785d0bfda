"""What concerns single pairs only: rankings, earlier partners, who is kept apart, proposals that should stay."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from app.matching.columns import BARRED, I64
from app.matching.market import Market, Pair, Seat
from app.matching.pairwise import at
from app.matching.policy import UNITS, Criterion, CriterionName, Mode, Policy, RuleName

_Extra = tuple[int, int, int]
_Extras = tuple[I64, I64, I64]


def extras(market: Market, policy: Policy, mentors: Sequence[Seat], mentees: Sequence[Seat]) -> _Extras:
    """(mentee, mentor, value) of every pair about which something was said, by place in the columns."""
    finding = _Finding(market, policy, mentors, mentees)
    kept_apart = [pair for pairs in finding.barred().values() for pair in pairs]
    # A pinned pair has its place; it cannot take another.
    return _listed([*kept_apart, *finding.seats(market.pins, BARRED), *finding.points()])


def points(market: Market, policy: Policy, mentors: Sequence[Seat], mentees: Sequence[Seat]) -> _Extras:
    """`extras`, where nobody is kept apart."""
    return _listed([*_Finding(market, policy, mentors, mentees).points()])


def barred(
    market: Market, policy: Policy, mentors: Sequence[Seat], mentees: Sequence[Seat]
) -> dict[RuleName, tuple[I64, I64]]:
    """(mentee, mentor) of every pair that is kept apart by itself, by the rule that does."""
    found = _Finding(market, policy, mentors, mentees).barred()
    return {rule: _listed(pairs)[:2] for rule, pairs in found.items()}


def _listed(found: list[_Extra]) -> _Extras:
    return tuple(np.array(found, np.int64).reshape(len(found), 3).T.copy())  # type: ignore[return-value]


class _Finding:
    def __init__(self, market: Market, policy: Policy, mentors: Sequence[Seat], mentees: Sequence[Seat]) -> None:
        self.market, self.policy = market, policy
        self.mentor_at = {seat.id: place for place, seat in enumerate(mentors)}
        self.mentee_at = {seat.id: place for place, seat in enumerate(mentees)}
        self.mentors_of, self.mentees_of = _by_person(mentors), _by_person(mentees)

    def barred(self) -> dict[RuleName, list[_Extra]]:
        """People kept apart, whoever of them mentors; earlier pairs, if they may not meet again."""
        either_way = [pair for one, other in self.market.barred for pair in ((one, other), (other, one))]
        earlier = self.market.earlier if self.policy.rules.bar_earlier_pairs else ()
        pairs = {RuleName.DO_NOT_PAIR: either_way, RuleName.EARLIER_PAIR: earlier}
        return {rule: [each for pair in its for each in self._people(pair, BARRED)] for rule, its in pairs.items()}

    def points(self) -> Iterator[_Extra]:
        """What was said of pairs, but for whom to keep apart."""
        yield from self.rankings()
        yield from self.earlier()
        # The bonus of a proposal that nobody answered yet.
        yield from self.seats(self.market.current, round(self.policy.stay_bonus * UNITS))

    def rankings(self) -> Iterator[_Extra]:
        """Points of a ranking, for pairs that it names."""
        of_mentee, of_mentor = map(self._weighed, (CriterionName.MENTEE_RANKING, CriterionName.MENTOR_RANKING))
        for (author, other), place in self.market.rankings.items():
            if of_mentee and author in self.mentee_at and other in self.mentor_at:
                yield self.mentee_at[author], self.mentor_at[other], of_mentee[place]
            if of_mentor and author in self.mentor_at and other in self.mentee_at:
                yield self.mentee_at[other], self.mentor_at[author], of_mentor[place]

    def earlier(self) -> Iterator[_Extra]:
        """Points for having met, or against it (all others then have them as a constant)."""
        each = self._criterion(CriterionName.EARLIER_PARTNER)
        if each is None:
            return
        sign = 1 if each.mode is Mode.SIMILAR else -1
        for pair in self.market.earlier:
            yield from self._people(pair, sign * 100 * self.policy.weight(each))

    def seats(self, pairs: Iterable[Pair], value: int) -> Iterator[_Extra]:
        """A value for pairs of seats, where both are open."""
        for mentor, mentee in pairs:
            if mentor in self.mentor_at and mentee in self.mentee_at:
                yield self.mentee_at[mentee], self.mentor_at[mentor], value

    def _criterion(self, name: CriterionName) -> Criterion | None:
        return next((each for each in self.policy.criteria if each.name is name), None)

    def _weighed(self, name: CriterionName) -> dict[int, int]:
        """What each place that anybody gave is worth in a criterion; nothing where it is not scored."""
        criterion = self._criterion(name)
        if criterion is None:
            return {}
        weight, steps = self.policy.weight(criterion), criterion.steps
        return {place: weight * at(steps, place - 1) for place in set(self.market.rankings.values())}

    def _people(self, pair: Pair, value: int) -> Iterator[_Extra]:
        mentor, mentee = pair
        for one in self.mentees_of[mentee]:
            for other in self.mentors_of[mentor]:
                yield one, other, value


def _by_person(seats: Sequence[Seat]) -> defaultdict[str, list[int]]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, seat in enumerate(seats):
        places[seat.person_id].append(place)
    return places
