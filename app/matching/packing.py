"""From seats to columns: names become numbers, points become parts of a score."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.matching import columns as c
from app.matching.columns import I32, Columns
from app.matching.counting import Counting
from app.matching.extras import extras, points
from app.matching.market import Market, Seat
from app.matching.pairwise import Pairwise
from app.matching.pinned import Pinned
from app.matching.policy import CriterionName, Policy
from app.matching.slots import packed_bits
from app.matching.weighing import Weighing

_N = CriterionName
# Numbers that no department, manager or site has: one that nobody has, one for each side's unknown.
_NOBODY, _UNKNOWN = -2, -1
_UNRANKED = 1 << 20


@dataclass(frozen=True)
class Packed:
    """The columns, and which seat stands at which place of them."""

    columns: Columns
    mentors: tuple[Seat, ...]
    mentees: tuple[Seat, ...]
    pairwise: Pairwise

    def shared(self, mentee_share: int) -> "Packed":
        """The same with the score shared out otherwise, and nothing for proposals that wait for an answer."""
        policy = self.pairwise.policy.model_copy(update={"mentee_share": mentee_share})
        weighing = Weighing(policy, self.pairwise, self.mentors, self.mentees)
        said = extras(replace(self.pairwise.market, current=frozenset()), policy, self.mentors, self.mentees)
        return replace(self, columns=self.columns.without_extra()._replace(**weighing.arrays()).with_extra(*said))

    def unbarred(self) -> "Packed":
        """The same with everybody's rank, whether they consented or not, no pair kept apart, and no proposals."""
        market = replace(self.pairwise.market, current=frozenset())
        said = points(market, self.pairwise.policy, self.mentors, self.mentees)
        rank_m, rank_e = (_ints(seat.rank for seat in side) for side in (self.mentors, self.mentees))
        columns = self.columns.without_extra()._replace(rank_m=rank_m, rank_e=rank_e)
        return replace(self, columns=columns.with_extra(*said))


def pack(market: Market, policy: Policy, seed: int) -> Packed:
    """Columns of a sound market without what its pins take.

    Seats stand in the order of a hash of seed and id: no tie is decided by row order.
    """
    return packed(Pairwise(market, policy), seed)


def packed(pairwise: Pairwise, seed: int) -> Packed:
    """`pack`, by pairs that were looked at before."""
    market, policy = pairwise.market, pairwise.policy
    pinned = Pinned.of(market)
    mentors, mentees = ordered(pinned.open(market.mentors), seed), ordered(pinned.open(market.mentees), seed)
    columns = _Packing(pairwise, mentors, mentees).columns().with_extra(*extras(market, policy, mentors, mentees))
    return Packed(columns, mentors, mentees, pairwise)


def ordered(seats: Iterable[Seat], seed: int) -> tuple[Seat, ...]:
    """Seats in the order that ties are broken by."""
    return tuple(sorted(seats, key=lambda seat: hashlib.sha256(f"{seed}:{seat.id}".encode()).digest()))


class _Packing:
    def __init__(self, pairwise: Pairwise, mentors: Sequence[Seat], mentees: Sequence[Seat]) -> None:
        self.pairwise, self.policy, self.market = pairwise, pairwise.policy, pairwise.market
        self.mentors, self.mentees = mentors, mentees
        # What counts for either side is there for every share of both.
        self.criteria = {each.name for each in self.policy.criteria if each.mentee_weight or each.mentor_weight}

    def columns(self) -> Columns:
        """Everything but the extras of single pairs."""
        counting = Counting.of(self.policy, self.criteria, self.mentors, self.mentees)
        bits_m, bits_e = packed_bits(self.pairwise, self.mentors, self.mentees, needed=self._needs_diaries())
        traits = self.pairwise.traits if _N.STYLE in self.criteria else ()
        return Columns(
            **self._people(self.mentors, "m", self.policy.rules.min_rank_gap + _UNRANKED),
            **self._people(self.mentees, "e", -_UNRANKED),
            **counting.arrays(),
            **self._mentee_rules(),
            **Weighing(self.policy, self.pairwise, self.mentors, self.mentees).arrays(),
            limits=self._limits(),
            division_m=_codes(self.mentors, self.mentors, lambda seat: seat.division, _UNKNOWN),
            division_e=_codes(self.mentees, self.mentors, lambda seat: seat.division, _NOBODY),
            manager_m=_codes(self.mentors, self.mentors, self._manager, _UNKNOWN),
            no_diary_m=_ints(0 if seat.availability else c.NO_DIARY for seat in self.mentors),
            no_diary_e=_ints(not seat.availability for seat in self.mentees),
            no_style_m=_ints(0 if seat.style else 2 * len(traits) + 1 for seat in self.mentors),
            no_style_e=_ints(not seat.style for seat in self.mentees),
            traits_m=_levels(self.mentors, traits).T.copy(),
            traits_e=_levels(self.mentees, traits),
            bits_m=bits_m,
            bits_e=bits_e,
            extra_starts=np.zeros(len(self.mentees) + 1, np.int64),
            extra_m=np.empty(0, np.int32),
            extra=np.empty(0, np.int32),
        )

    def _people(self, seats: Sequence[Seat], side: str, unconsented: int) -> dict[str, Any]:
        """Rank, line and department. Who must consent and has not gets a rank that no gap allows."""
        rules, lines = self.policy.rules, self.pairwise.intervals
        return {
            f"rank_{side}": _ints(
                seat.rank if seat.has_consented or not rules.require_consent else unconsented for seat in seats
            ),
            f"enter_{side}": _ints(lines[seat.person_id][0] for seat in seats),
            f"leave_{side}": _ints(lines[seat.person_id][1] for seat in seats),
            f"department_{side}": _codes(seats, self.mentors, lambda seat: seat.department, _UNKNOWN),
        }

    def _manager(self, seat: Seat) -> str | None:
        return self.market.managers.get(seat.person_id)

    def _mentee_rules(self) -> dict[str, Any]:
        rules, seats = self.policy.rules, self.mentees
        departments = _codes(seats, self.mentors, lambda seat: seat.department, _NOBODY)
        managers = _codes(seats, self.mentors, self._manager, _NOBODY)
        nobody = np.full(len(seats), _NOBODY, np.int32)
        return {
            "manager_e": managers if rules.bar_shared_manager else nobody,
            "barred_department_e": departments if rules.require_cross_department else nobody,
            "scale_e": np.ones(len(seats), np.int32),
            "shift_e": np.zeros(len(seats), np.int32),
        }

    def _needs_diaries(self) -> bool:
        return _N.OVERLAP in self.criteria or self.policy.rules.min_overlap_minutes > 0

    def _limits(self) -> c.I64:
        rules, minutes = self.policy.rules, self.pairwise.diaries.minutes
        least = (1, c.UNKNOWN_COUNT - 1) if rules.require_working_language else (0, c.COUNTS)
        return np.array((rules.min_rank_gap, -(-rules.min_overlap_minutes // minutes), *least, c.BARRED), np.int64)


def _ints(values: Iterable[int]) -> I32:
    return np.fromiter(values, np.int32)


def _codes(seats: Sequence[Seat], known: Sequence[Seat], of: Callable[[Seat], str | None], missing: int) -> I32:
    """Numbers for names. A name that no mentor has can equal none, and is numbered beyond theirs."""
    names = sorted({name for name in (of(seat) for seat in known) if name is not None})
    numbers: dict[str | None, int] = {None: missing} | {name: number for number, name in enumerate(names)}
    return _ints(numbers.get(of(seat), len(names)) for seat in seats)


def _levels(seats: Sequence[Seat], traits: Sequence[str]) -> c.U8:
    levels = [[seat.style.get(trait, 0) for trait in traits] for seat in seats]
    return np.array(levels, np.uint8).reshape(len(seats), len(traits))
