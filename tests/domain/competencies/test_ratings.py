"""People rate themselves, at the points of a pairing, and nobody else reads it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.competencies.models import Point, PointNotOpen, require_open
from app.domain.pairings.models import Pairing, PairingStatus
from app.reading.rows import NotYours
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.world import World

START, END = date(2026, 1, 1), date(2026, 7, 1)
RATED: dict[str, Any] = {"competency": "coaching", "value": 3}


def pairing(status: PairingStatus, ended_at: datetime | None = None) -> Pairing:
    return Pairing(
        organisation_id="org",
        id="pai",
        programme_id="prg",
        mentor_enrolment_id="enr_1",
        mentee_enrolment_id="enr_2",
        mentor_id="per_1",
        mentee_id="per_2",
        status=status,
        rank_gap=3,
        starts_on=START,
        ends_on=END,
        cadence_min_days=1,
        cadence_target_days=1,
        cadence_max_days=1,
        ended_at=ended_at,
    )


def open_points(status: PairingStatus, day: date, ended_on: date | None = None) -> set[Point]:
    """The points that are open on a day."""
    ended_at = None if ended_on is None else datetime(*ended_on.timetuple()[:3], tzinfo=UTC)
    found = set()
    for point in Point:
        try:
            require_open(point, pairing(status, ended_at), datetime(*day.timetuple()[:3], tzinfo=UTC))
        except PointNotOpen:
            continue
        found.add(point)
    return found


@pytest.mark.parametrize(
    ("status", "day", "ended_on", "points"),
    [
        (PairingStatus.PENDING_AGREEMENT, START, None, set()),
        (PairingStatus.ACTIVE, START, None, {Point.BASELINE}),
        (PairingStatus.ACTIVE, date(2026, 3, 31), None, {Point.BASELINE}),
        (PairingStatus.ACTIVE, date(2026, 4, 1), None, {Point.MID}),
        (PairingStatus.PAUSED, date(2026, 4, 2), None, set()),
        (PairingStatus.CLOSING, date(2026, 6, 20), None, {Point.END}),
        (PairingStatus.COMPLETED, date(2026, 7, 2), END, {Point.END}),
        (PairingStatus.ENDED_EARLY, date(2026, 3, 2), date(2026, 3, 1), {Point.END}),
        (PairingStatus.COMPLETED, END + timedelta(days=149), END, {Point.END}),
        (PairingStatus.INFORMAL, END + timedelta(days=150), END, {Point.END, Point.SIX_MONTHS}),
    ],
)
def test_each_point_has_its_time(status: PairingStatus, day: date, ended_on: date | None, points: set[Point]) -> None:
    assert open_points(status, day, ended_on) == points


async def test_each_rates_themselves_and_nobody_else_reads_it(world: World) -> None:
    made = await world.pairing()
    of = {"pairing_id": made["id"], "point": "baseline"}

    one = await world.do("mentor", "rate_competency", **of, **RATED, comment="I never tried.")
    other = await world.do("mentee", "rate_competency", **of, **RATED)

    assert (one["value"], one["comment"], one["author_id"]) == (3, "I never tried.", world.people["mentor"])
    assert await world.seen_by(one["id"]) == {"mentor"}
    assert await world.seen_by(other["id"]) == {"mentee"}
    assert await world.told(one["id"]) == []


async def test_a_competency_is_rated_once_at_each_point(world: World, clock: TestClock) -> None:
    made = await world.pairing()
    of = {"pairing_id": made["id"], "point": "baseline"}
    first = await world.do("mentor", "rate_competency", **of, **RATED)

    with refused("competency_rated"):
        await world.do("mentor", "rate_competency", **of, **RATED)
    await world.do("mentor", "rate_competency", **of, **(RATED | {"competency": "empathy"}))
    await world.do("mentor", "delete_competency_rating", first["id"])
    again = await world.do("mentor", "rate_competency", **of, **(RATED | {"value": 4}))

    assert again["value"] == 4


async def test_what_is_too_early_or_not_ones_own_is_refused(world: World) -> None:
    made = await world.pairing()

    with refused("competency_point_not_open"):
        await world.do("mentor", "rate_competency", pairing_id=made["id"], point="end", **RATED)
    with pytest.raises(NotYours):
        await world.do("coordinator", "rate_competency", pairing_id=made["id"], point="baseline", **RATED)
