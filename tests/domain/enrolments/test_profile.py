"""What matching works with: levels, weights, manner and hours, and every way to get them wrong."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.enrolments.profile import spans
from app.domain.enrolments.schemas import EnrolmentUpdate
from tests.outcomes import refused
from tests.world import World

OFFERS = ["AI", "Short video"]
MORNING = {"weekday": "monday", "starts": "09:00", "ends": "11:30"}


async def enrol(world: World, **fields: Any) -> dict[str, Any]:
    """Invite the mentor to a new programme."""
    programme_id = await world.programme(status="enrolling")
    given: dict[str, Any] = {"programme_id": programme_id, "person_id": world.people["mentor"]}
    return await world.do("coordinator", "invite_enrolment", role="mentor", **given, **fields)


async def change(world: World, enrolment: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Let the mentor change their profile."""
    return await world.do("mentor", "update_enrolment", enrolment["id"], **changes)


async def test_a_profile_says_nothing_until_it_is_filled_in(world: World) -> None:
    made = await enrol(world, offers=OFFERS)

    empty: dict[str, Any] = {"offer_levels": {}, "seek_weights": {}, "style": {}, "availability": []}
    assert {name: made[name] for name in empty} == empty


async def test_a_profile_is_kept_as_it_was_given(world: World) -> None:
    profile = {
        "offers": OFFERS,
        "seeks": ["Law"],
        "offer_levels": {"AI": 5},
        "seek_weights": {"Law": 20},
        "style": {"pace": 4, "challenge": 1},
        "availability": [MORNING, MORNING | {"starts": "11:30", "ends": "24:00"}],
        "interests": [f"Interest {number}" for number in range(64)],
    }

    made = await enrol(world, **profile)
    assert {name: made[name] for name in profile} == profile
    changed = await change(world, made, **profile)
    assert changed == made | {name: changed[name] for name in ("version", "updated_at")}


async def test_a_patch_goes_into_what_is_there(world: World) -> None:
    made = await enrol(world, offers=OFFERS, offer_levels={"AI": 5, "Short video": 2}, style={"pace": 4})

    changed = await change(world, made, offer_levels={"AI": None, "Short video": 3}, style={"structure": 2})
    assert (changed["offer_levels"], changed["style"]) == ({"Short video": 3}, {"pace": 4, "structure": 2})
    assert (await change(world, made, availability=[MORNING]))["style"] == changed["style"]


async def test_a_level_goes_with_what_is_offered_no_more(world: World) -> None:
    made = await enrol(world, offers=OFFERS, offer_levels={"AI": 5, "Short video": 2})

    assert (await change(world, made, offers=["AI"]))["offer_levels"] == {"AI": 5}


async def test_levels_and_weights_are_of_what_is_named(world: World) -> None:
    wrong: dict[str, Any] = {"offer_levels": {"AI/ML": 3, "Law": 2}, "seek_weights": {"Tax": 2}}
    pointers = ("/offer_levels/AI~1ML", "/offer_levels/Law", "/seek_weights/Tax")

    with refused("invalid", *pointers):
        await enrol(world, offers=OFFERS, **wrong)
    made = await enrol(world, offers=OFFERS)
    with refused("invalid", *pointers):
        await change(world, made, **wrong)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"offer_levels": {"AI": 0}}, ("offer_levels", "AI")),
        ({"offer_levels": {"AI": 6}}, ("offer_levels", "AI")),
        ({"offer_levels": {"AI": True}}, ("offer_levels", "AI")),
        ({"seek_weights": {"Law": 21}}, ("seek_weights", "Law")),
        ({"seek_weights": {"Law": 2.5}}, ("seek_weights", "Law")),
        ({"style": {"pace": 6}}, ("style", "pace")),
        ({"style": {"age": 3}}, ("style", "age", "[key]")),
        ({"interests": [str(number) for number in range(65)]}, ("interests",)),
        ({"availability": [MORNING | {"ends": "09:00"}]}, ("availability", 0)),
        ({"availability": [MORNING | {"ends": "08:30"}]}, ("availability", 0)),
        ({"availability": [MORNING | {"starts": "09:10"}]}, ("availability", 0, "starts")),
        ({"availability": [MORNING | {"starts": "24:00"}]}, ("availability", 0, "starts")),
        ({"availability": [MORNING | {"weekday": "someday"}]}, ("availability", 0, "weekday")),
        ({"availability": [MORNING, MORNING]}, ("availability", 1)),
        ({"availability": [MORNING | {"starts": "10:00", "ends": "10:30"}, MORNING]}, ("availability", 0)),
    ],
)
def test_what_is_out_of_bounds_is_refused_at_its_place(changes: dict[str, Any], place: tuple[Any, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        EnrolmentUpdate.model_validate(changes)

    assert [error["loc"] for error in caught.value.errors()] == [place]


def test_every_window_that_overlaps_another_is_named() -> None:
    day = MORNING | {"ends": "17:00"}
    inside = [MORNING | {"starts": starts, "ends": ends} for starts, ends in (("10:00", "10:30"), ("16:30", "18:00"))]

    with pytest.raises(ValidationError) as caught:
        EnrolmentUpdate.model_validate({"availability": [day, *inside, MORNING | {"weekday": "friday"}]})

    assert [error["loc"] for error in caught.value.errors()] == [("availability", 1), ("availability", 2)]


def test_windows_are_minutes_of_a_week_to_the_engine() -> None:
    assert spans([MORNING, {"weekday": "sunday", "starts": "00:00", "ends": "24:00"}]) == ((0, 540, 690), (6, 0, 1440))
