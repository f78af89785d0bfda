"""A plan's report: from its pairs, the market and one look at everybody's utilities."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.matching import report
from app.matching.blocking import Blocking, Held, blocking
from app.matching.columns import I64
from app.matching.explanations import Side
from app.matching.market import Seat
from app.matching.plan import Paired
from app.matching.policy import GroupBy
from app.matching.report import BlockingPair, Changes, Coverage, Floor, Price, Report, Scores
from app.matching.utilities import Utilities

STRONGEST = 50


@dataclass(frozen=True, slots=True)
class Choices:
    """What the policy's choices came to: floors, what a mean gap leaves open (in units), and what each choice costs."""

    floors: tuple[Floor, ...] = ()
    shortfall: int = 0
    prices: tuple[Price, ...] = ()


def group_of(seat: Seat, by: GroupBy) -> str:
    """The group a seat counts in; empty for who has none."""
    name: str | None = getattr(seat, by.value)
    return name or ""


def reported(utilities: Utilities, pairs: Sequence[Paired], choices: Choices) -> Report:
    """All numbers of a plan, pinned pairs among them."""
    market, policy = utilities.market, utilities.policy
    mentors, mentees = utilities.seats(Side.MENTOR), utilities.seats(Side.MENTEE)
    blocked = blocking(utilities, _held(mentors, mentees, pairs))
    reached = {side: _reached(utilities.seats(side), blocked, side) for side in Side}
    scored = [(pair.mentor, pair.mentee, pair.score) for pair in pairs]
    seats = [(mentor, mentee) for mentor, mentee, _ in scored]
    return Report(
        mentors=Coverage.of([seat.id for seat in mentors], reached[Side.MENTOR], [pair[0] for pair in seats]),
        mentees=Coverage.of([seat.id for seat in mentees], reached[Side.MENTEE], [pair[1] for pair in seats]),
        scores=Scores.of([score for *_, score in scored], report.best_scores(reached[Side.MENTEE], scored)),
        blocking=len(blocked.mentors),
        strongest=_strongest(mentors, mentees, blocked),
        groups=report.groups(
            {seat.id: group_of(seat, policy.fairness.group_by) for seat in mentees}, reached[Side.MENTEE], scored
        ),
        floors=choices.floors,
        shortfall=choices.shortfall,
        prices=choices.prices,
        loads=report.loads((seat.id for seat in mentors), seats),
        changes=Changes.between(market.current, seats),
    )


def _held(mentors: Sequence[Seat], mentees: Sequence[Seat], pairs: Sequence[Paired]) -> Held:
    mentor_at, mentee_at = ({seat.id: at for at, seat in enumerate(seats)} for seats in (mentors, mentees))
    return Held(
        np.array([mentor_at[pair.mentor] for pair in pairs], np.int64),
        np.array([mentee_at[pair.mentee] for pair in pairs], np.int64),
        np.array([pair.is_pinned for pair in pairs], bool),
    )


def _reached(seats: Sequence[Seat], blocked: Blocking, side: Side) -> list[str]:
    return [seat.id for seat, is_reached in zip(seats, blocked.reached[side].tolist(), strict=True) if is_reached]


def _strongest(mentors: Sequence[Seat], mentees: Sequence[Seat], blocked: Blocking) -> tuple[BlockingPair, ...]:
    """Those whose smaller gain is the largest; of equals the first by place."""
    columns: tuple[I64, ...] = (
        blocked.mentors,
        blocked.mentees,
        blocked.mentor_utility,
        blocked.mentee_utility,
        blocked.mentor_gain,
        blocked.mentee_gain,
    )
    smaller = np.minimum(blocked.mentor_gain, blocked.mentee_gain)
    order = np.lexsort((blocked.mentors, blocked.mentees, -smaller))[:STRONGEST]
    rows = np.stack(columns)[:, order].T.tolist()
    return tuple(BlockingPair(mentors[mentor].id, mentees[mentee].id, *rest) for mentor, mentee, *rest in rows)
