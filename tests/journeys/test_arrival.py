"""A whole directory arrives by SCIM, in no order, and goes on changing while a programme runs."""

import os
import random
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app import db as database
from app.events.models import OutboxEvent
from app.workers.run import Worker
from tests.journeys.conftest import Company
from tests.scim.conftest import ENTERPRISE, MENTORING, Hris, hris, transport

__all__ = ["hris", "transport"]

# `make acceptance-scim` lets 600 arrive.
PEOPLE = int(os.environ.get("JOURNEY_PEOPLE", "120"))
_REPORTS = 6
_RANKS = ("9", "8", "5", "2", "2")
_LISTED = """
    query($after: String) { people(first: 100, after: $after) {
        nodes { id externalId rankLevel manager { externalId } } pageInfo { hasNextPage endCursor }
    } }
"""
_SESSION = "query($id: ID!) { session(id: $id) { status calendarUid calendarSequence } }"


async def test_a_directory_arrives_in_no_order_and_changes_under_a_programme(company: Company, hris: Hris) -> None:
    order = random.Random(6).sample(range(PEOPLE), PEOPLE)
    ids = {number: (await hris.create(f"p{number}", **_said(number)))["id"] for number in order}
    await Worker().drain()

    await _see_everybody(company)
    late = sum(order.index(number) < order.index(_above(number)) for number in range(1, PEOPLE))
    assert await _told(company) == {"person.created": PEOPLE, "person.updated": late}

    promoted, left, swapped = [await _pair(company, ids, pair) for pair in ((43, 2), (79, 3), (115, 1))]

    await company.scim("43", f"{MENTORING}:rank", "9")
    status, is_suspended, (conflict,) = await company.seen(promoted[0])
    assert (status, is_suspended, conflict["rule"], conflict["cause"]) == ("ACTIVE", False, "RANK_GAP", "RANK_LEVEL")
    assert conflict["causePerson"] == {"id": ids[43]}
    assert await company.told(conflict["id"]) == ["pairing.conflict_detected*"]
    assert await _met(company, promoted[1]) == ("scheduled", 0)

    await company.scim("3", "active", False)
    assert (await company.seen(left[0]))[0] == "ENDED_EARLY"
    ended = await company.call("GET", f"/v1/pairings/{left[0]['id']}", "coordinator")
    assert ended["end_reason"] == "left_organisation"
    assert await _met(company, left[1]) == ("cancelled", 1)
    assert (await company.told(ids[3]))[-1] == "person.deactivated"
    assert (await company.told(left[0]["id"]))[-1] == "pairing.ended_early*"
    assert (await company.told(left[1]["id"]))[-1] == "session.cancelled*"
    free = await company.call("GET", f"/v1/enrolments/{left[0]['mentor_enrolment_id']}", "coordinator")
    assert (free["status"], free["live_pairings"]) == ("ready", 0)

    company.world.people["19"] = ids[19]
    await company.scim("19", f"{ENTERPRISE}:manager", {"value": ids[1]})
    status, is_suspended, (conflict,) = await company.seen(swapped[0])
    assert (status, is_suspended, conflict["rule"], conflict["cause"]) == (
        "PAUSED",
        True,
        "REPORTING_LINE",
        "MANAGER_ID",
    )
    assert (conflict["causePerson"], conflict["options"]) == ({"id": ids[19]}, ["dissolve", "correct_record"])
    assert await _met(company, swapped[1]) == ("cancelled", 1)
    assert (await company.told(swapped[0]["id"]))[-1] == "pairing.paused*"
    assert (await company.told(swapped[1]["id"]))[-1] == "session.cancelled*"
    assert (await company.seen(promoted[0]))[0] == "ACTIVE"


def _above(number: int) -> int:
    return (number - 1) // _REPORTS


def _said(number: int) -> dict[str, Any]:
    depth, above = 0, number
    while above:
        depth, above = depth + 1, _above(above)
    manager = {ENTERPRISE: {"manager": {"value": f"E-{_above(number)}"}}} if number else {}
    return {"externalId": f"E-{number}", MENTORING: {"rank": _RANKS[depth]}, **manager}


async def _see_everybody(company: Company) -> None:
    """Everybody is under whom the HR system has above them, through both doors, and nobody waits."""
    by_rest: dict[str, Any] = {}
    after: str | None = ""
    while after is not None:
        page = await company.call("GET", f"/v1/people?limit=100{after and f'&cursor={after}'}", "coordinator")
        by_rest |= {one["id"]: one for one in page["items"]}
        after = page["next_cursor"]
    by_graphql: dict[str, Any] = {}
    cursor = None
    while cursor or not by_graphql:
        found = (await company.gql.data(_LISTED, "coordinator", after=cursor))["people"]
        by_graphql |= {one["id"]: one for one in found["nodes"]}
        cursor = found["pageInfo"]["endCursor"] if found["pageInfo"]["hasNextPage"] else None
    assert by_rest.keys() == by_graphql.keys()
    names = {one["id"]: one["external_id"] for one in by_rest.values()}
    for person_id, one in by_rest.items():
        if (name := one["external_id"]) is None:
            continue
        number = int(name.removeprefix("E-"))
        above = f"E-{_above(number)}" if number else None
        assert names.get(one["manager_id"]) == above
        assert (by_graphql[person_id]["manager"] or {"externalId": None})["externalId"] == above
        assert one["rank_level"] == by_graphql[person_id]["rankLevel"] == int(_said(number)[MENTORING]["rank"])
    assert len([name for name in names.values() if name]) == PEOPLE


async def _told(company: Company) -> dict[str, int]:
    """How many events of which kind the arrival made."""
    world = company.world
    select = sa.select(col(OutboxEvent.type), sa.func.count()).where(
        col(OutboxEvent.organisation_id) == world.organisation_id,
        col(OutboxEvent.subject).not_in(world.people.values()),
    )
    async with database.current().writing(world.organisation_id) as db:
        return {kind: count for kind, count in await db.execute(select.group_by(col(OutboxEvent.type)))}  # noqa: C416


async def _pair(company: Company, ids: dict[int, str], pair: tuple[int, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A mentor and a mentee out of the directory, paired, with a session ahead."""
    mentor, mentee = map(str, pair)
    for number in pair:
        await company.world.key_for(ids[number], str(number))
    pairing = await company.world.pairing(mentor=mentor, mentee=mentee)
    return pairing, await company.world.session(pairing["id"], by=mentor)


async def _met(company: Company, session: dict[str, Any]) -> tuple[str, int]:
    """How a session stands and how often calendars were told, alike through both doors and for whom it was."""
    by_rest = await company.call("GET", f"/v1/sessions/{session['id']}", "coordinator")
    by_graphql = (await company.gql.data(_SESSION, "coordinator", id=session["id"]))["session"]
    assert by_rest["calendar_uid"] == by_graphql["calendarUid"] == session["calendar_uid"]
    assert by_rest["calendar_sequence"] == by_graphql["calendarSequence"]
    assert by_rest["status"].upper() == by_graphql["status"]
    return by_rest["status"], by_rest["calendar_sequence"] - session["calendar_sequence"]
