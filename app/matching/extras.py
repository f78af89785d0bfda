"""What concerns single pairs only: rankings, earlier partners, who is kept apart, proposals that should stay."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from app.matching.columns import BARRED, I64
from app.matching.market import Market, Pair, Seat
from app.matching.pairwise import at
from app.matching.policy import UNITS, Criterion, CriterionName, Mode, Policy

_Extra = tuple[int, int, int]


def extras(market: Market, policy: Policy, mentors: Sequence[Seat], mentees: Sequence[Seat]) -> tuple[I64, I64, I64]:
    """(mentee, mentor, value) of every pair about which something was said, by place in the columns."""
    finding = _Finding(market, policy, mentors, mentees)
    found = [*finding.barred(), *finding.rankings(), *finding.earlier(), *finding.current()]
    return tuple(np.array(found, np.int64).reshape(len(found), 3).T.copy())  # type: ignore[return-value]


class _Finding:
    def __init__(self, market: Market, policy: Policy, mentors: Sequence[Seat], mentees: Sequence[Seat]) -> None:
        self.market, self.policy = market, policy
        self.mentor_at = {seat.id: place for place, seat in enumerate(mentors)}
        self.mentee_at = {seat.id: place for place, seat in enumerate(mentees)}
        self.mentors_of, self.mentees_of = _by_person(mentors), _by_person(mentees)

    def barred(self) -> Iterator[_Extra]:
        """People kept apart, whoever of them mentors; earlier pairs, if they may not meet again."""
        for one, other in self.market.barred:
            yield from self._people((one, other), BARRED)
            yield from self._people((other, one), BARRED)
        if self.policy.rules.bar_earlier_pairs:
            for pair in self.market.earlier:
                yield from self._people(pair, BARRED)
        # A pinned pair has its place; it cannot take another.
        yield from self._seats(self.market.pins, BARRED)

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

    def current(self) -> Iterator[_Extra]:
        """The bonus of a proposal that nobody answered yet."""
        return self._seats(self.market.current, round(self.policy.stay_bonus * UNITS))

    def _criterion(self, name: CriterionName) -> Criterion | None:
        return next((each for each in self.policy.criteria if each.name is name), None)

    def _weighed(self, name: CriterionName) -> dict[int, int]:
        """What each place that anybody gave is worth in a criterion; nothing where it is not scored."""
        criterion = self._criterion(name)
        if criterion is None:
            return {}
        weight, steps = self.policy.weight(criterion), criterion.steps
        return {place: weight * at(steps, place - 1) for place in set(self.market.rankings.values())}

    def _seats(self, pairs: Iterable[Pair], value: int) -> Iterator[_Extra]:
        for mentor, mentee in pairs:
            if mentor in self.mentor_at and mentee in self.mentee_at:
                yield self.mentee_at[mentee], self.mentor_at[mentor], value

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
