"""The market of a programme, as the database holds it."""

from datetime import date
from typing import Any

import pytest

from app import db as database
from app.domain.matching import snapshot
from app.domain.programmes.models import Programme
from app.matching.market import Market, Seat
from app.reading import rows
from tests.conftest import TestClock
from tests.world import World


async def market_of(world: World, programme_id: str, **more: Any) -> Market:
    """The market of a programme now."""
    async with database.current().writing(world.organisation_id) as db:
        return await snapshot.load(db, await rows.by_id(db, Programme, programme_id), **more)


@pytest.fixture(name="programme_id")
async def _programme_id(world: World) -> str:
    return await world.programme(allows_late_intake=True, status="active")


async def test_a_seat_is_told_with_all_that_its_profile_says(world: World, programme_id: str, clock: TestClock) -> None:
    person_id = await world.person(
        rank=3, department="Sales", division="North", location="Lyon", languages=["fr"], zone="Europe/Paris"
    )
    profile: dict[str, Any] = {
        "capacity": 2,
        "offers": ["AI", "Video"],
        "seeks": ["Law", "Tax"],
        "out_of_scope": ["Pay"],
        "interests": ["Chess"],
        "offer_levels": {"AI": 5},
        "seek_weights": {"Law": 20},
        "style": {"pace": 4},
        "availability": [{"weekday": "tuesday", "starts": "09:30", "ends": "24:00"}],
    }
    seat_id = await world.enrolment(programme_id, person_id, "mentor", **profile)
    clock.advance(days=9)

    market = await market_of(world, programme_id)

    assert market.mentees == ()
    assert market.mentors == (
        Seat(
            id=seat_id,
            person_id=person_id,
            rank=3,
            places=2,
            department="Sales",
            division="North",
            location="Lyon",
            languages=("fr",),
            zone="Europe/Paris",
            availability=((1, 570, 1440),),
            offers={"AI": 5, "Video": 3},
            seeks={"Law": 20, "Tax": 10},
            out_of_scope=frozenset({"Pay"}),
            interests=("Chess",),
            style={"pace": 4},
            waiting_days=9,
        ),
    )


async def test_only_those_who_can_be_paired_now_are_in_it(world: World, programme_id: str) -> None:
    ready = await world.enrolment(programme_id, world.people["mentor"], "mentor")
    await world.enrolment(programme_id, world.people["mentee"], "mentee", status="approved")
    gone = await world.person()
    await world.enrolment(programme_id, gone, "mentor")
    await world.do("admin", "deactivate_person", gone)
    elsewhere = await world.programme(status="enrolling")
    await world.enrolment(elsewhere, world.people["mentee"], "mentee")

    market = await market_of(world, programme_id)

    assert [seat.id for seat in (*market.mentors, *market.mentees)] == [ready]


async def test_a_live_pair_takes_its_places_and_is_not_made_again(world: World) -> None:
    pairing = await world.pairing()
    programme_id, mentor, mentee = (pairing[name] for name in ("programme_id", "mentor_id", "mentee_id"))
    assert await market_of(world, programme_id) == Market((), (), weeks=(await market_of(world, programme_id)).weeks)
    for name in ("mentor_enrolment_id", "mentee_enrolment_id"):
        await world.do("coordinator", "update_enrolment", pairing[name], capacity=3)

    market = await market_of(world, programme_id)

    assert [(seat.id, seat.places) for seat in (*market.mentors, *market.mentees)] == [
        (pairing["mentor_enrolment_id"], 2),
        (pairing["mentee_enrolment_id"], 2),
    ]
    assert market.barred == frozenset({(min(mentor, mentee), max(mentor, mentee))})
    assert not market.earlier

    await world.do("mentee", "end_pairing_early", pairing["id"])
    market = await market_of(world, programme_id)
    assert not market.barred
    assert market.earlier == frozenset({(mentor, mentee)})
    assert [seat.places for seat in market.mentors] == [3]


async def test_lines_lead_up_to_the_roots_and_no_further(world: World, programme_id: str) -> None:
    chief = await world.person(rank=9)
    lead = await world.person(rank=5, manager_id=chief)
    junior, stranger = await world.person(rank=1, manager_id=lead), await world.person(rank=8)
    await world.enrolment(programme_id, junior, "mentor")
    await world.enrolment(programme_id, stranger, "mentee")

    market = await market_of(world, programme_id)

    assert market.managers == {junior: lead, lead: chief, chief: None, stranger: None}


async def test_who_is_kept_apart_or_refused_is_barred_and_who_is_wished_for_is_ranked(
    world: World, programme_id: str
) -> None:
    mentor = await world.enrolment(programme_id, world.people["mentor"], "mentor")
    mentee = await world.enrolment(programme_id, world.people["mentee"], "mentee")
    other, third = await world.person(rank=7), await world.person(rank=7)
    others = [await world.enrolment(programme_id, person, "mentee") for person in (other, third)]
    await world.do("mentor", "create_matching_preference", enrolment_id=mentor, other_enrolment_id=others[0], rank=None)
    await world.do("mentee", "create_matching_preference", enrolment_id=mentee, other_enrolment_id=mentor, rank=2)
    await world.do("admin", "create_do_not_pair", person_id=third, other_person_id=world.people["mentor"])

    market = await market_of(world, programme_id, pins=[(mentor, mentee)], current={(mentor, mentee)})

    assert market.rankings == {(mentee, mentor): 2}
    mine = world.people["mentor"]
    assert market.barred == {(min(mine, person), max(mine, person)) for person in (other, third)}
    assert market.pins == ((mentor, mentee),)
    assert market.current == frozenset({(mentor, mentee)})


async def test_only_a_withdrawn_consent_to_take_part_is_none(world: World, programme_id: str) -> None:
    for part, role in (("mentor", "mentor"), ("mentee", "mentee")):
        await world.enrolment(programme_id, world.people[part], role)
    given = await world.do("mentor", "give_consent", purpose="participation", notice_version="1")
    assert [seat.has_consented for seat in (await market_of(world, programme_id)).mentors] == [True]

    await world.do("mentor", "withdraw_consent", given["id"])
    market = await market_of(world, programme_id)
    assert [seat.has_consented for seat in (*market.mentors, *market.mentees)] == [False, True]

    await world.do("mentor", "give_consent", purpose="participation", notice_version="2")
    assert [seat.has_consented for seat in (await market_of(world, programme_id)).mentors] == [True]


async def test_weeks_are_those_in_which_pairs_can_still_meet(world: World, clock: TestClock) -> None:
    programme_id = await world.programme(starts_on=date(2026, 2, 11), ends_on=date(2026, 5, 11))
    # The tests' noon is Monday, 2 March 2026.
    weeks = (await market_of(world, programme_id)).weeks
    assert (weeks[0], weeks[-1], len(weeks)) == (date(2026, 3, 2), date(2026, 5, 11), 11)

    clock.advance(days=200)
    assert (await market_of(world, programme_id)).weeks == (date(2026, 5, 11),)


async def test_the_order_of_rows_changes_no_byte(world: World, programme_id: str) -> None:
    for _ in range(3):
        await world.enrolment(programme_id, await world.person(), "mentor")

    market = await market_of(world, programme_id)

    turned = Market(market.mentors[::-1], (), dict(reversed(list(market.managers.items()))), weeks=market.weeks)
    assert turned.to_bytes() == market.to_bytes() == Market.from_bytes(market.to_bytes()).to_bytes()
