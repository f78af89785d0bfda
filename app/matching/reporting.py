"""A plan's report: from its pairs, the market and one look at everybody's utilities."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.matching import report
from app.matching.blocking import Blocking, Held, blocking
from app.matching.columns import I64
from app.matching.explanations import Side
from app.matching.plan import Paired, Unmatched, UnmatchedReason
from app.matching.policy import Policy
from app.matching.report import BlockingPair, Changes, Coverage, Floor, Price, Report, Scores
from app.matching.rewarding import group_of
from app.matching.utilities import Utilities

STRONGEST = 50
UTILITY_A_POINT = 100


@dataclass(frozen=True, slots=True)
class Choices:
    """What the policy's choices came to: floors, what a mean gap leaves open (in units), and what each choice costs."""

    floors: tuple[Floor, ...] = ()
    shortfall: int = 0
    prices: tuple[Price, ...] = ()


def tolerance_of(policy: Policy) -> int:
    """The policy's tolerance as utility (0-10,000)."""
    return round(policy.tolerance * UTILITY_A_POINT)


def reported(utilities: Utilities, pairs: Sequence[Paired], unmatched: Sequence[Unmatched], choices: Choices) -> Report:
    """All numbers of a plan, pinned pairs among them."""
    market, policy = utilities.market, utilities.policy
    blocked = blocking(utilities, _held(utilities, pairs))
    out_of_reach = {each.seat for each in unmatched if each.reason is not UnmatchedReason.BETTER_FITS}
    mentors, mentees = ([seat.id for seat in seats] for seats in (market.mentors, market.mentees))
    reached = [seat for seat in mentees if seat not in out_of_reach]
    scored = [(pair.mentor, pair.mentee, pair.score) for pair in pairs]
    seats = [(mentor, mentee) for mentor, mentee, _ in scored]
    return Report(
        mentors=Coverage.of(mentors, set(mentors) - out_of_reach, [mentor for mentor, _ in seats]),
        mentees=Coverage.of(mentees, reached, [mentee for _, mentee in seats]),
        scores=Scores.of([score for *_, score in scored], report.best_scores(reached, scored)),
        blocking=len(blocked.mentors),
        blocking_beyond=blocked.beyond(tolerance_of(policy)),
        strongest=_strongest(utilities, blocked),
        groups=report.groups(
            {seat.id: group_of(seat, policy.fairness.group_by) or "" for seat in market.mentees}, reached, scored
        ),
        floors=choices.floors,
        shortfall=choices.shortfall,
        prices=choices.prices,
        loads=report.loads(mentors, seats),
        changes=Changes.between(market.current, seats),
    )


def _held(utilities: Utilities, pairs: Sequence[Paired]) -> Held:
    mentor_at, mentee_at = (
        {seat.id: at for at, seat in enumerate(utilities.seats(side))} for side in (Side.MENTOR, Side.MENTEE)
    )
    held = [pair for pair in pairs if not pair.is_pinned]
    return Held.of(
        utilities,
        np.array([mentor_at[pair.mentor] for pair in held], np.int64),
        np.array([mentee_at[pair.mentee] for pair in held], np.int64),
    )


def _strongest(utilities: Utilities, blocked: Blocking) -> tuple[BlockingPair, ...]:
    """Those whose smaller gain is the largest; of equals the first by place."""
    mentors, mentees = utilities.seats(Side.MENTOR), utilities.seats(Side.MENTEE)
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
