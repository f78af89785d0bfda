"""Giving feedback in both directions: who reads it, what the world is told, what is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.feedback.models import Audience, FeedbackType
from tests.outcomes import invalid, refused
from tests.world import World


@pytest.fixture
async def pairing(world: World) -> dict[str, Any]:
    """An active pair."""
    return await world.pairing()


async def give(world: World, pairing: dict[str, Any], part: str = "mentee", **fields: Any) -> dict[str, Any]:
    """Give feedback, on the partner and for their eyes unless it is said."""
    given = dict[str, Any](pairing_id=pairing["id"], type="partner", audience="partner", rating=4)
    return await world.do(part, "give_feedback", **(given | fields))


@pytest.mark.parametrize(("part", "partner"), [("mentor", "mentee"), ("mentee", "mentor")])
async def test_feedback_for_the_partner_is_addressed_to_them(
    world: World, pairing: dict[str, Any], part: str, partner: str
) -> None:
    given = await give(world, pairing, part, text="Thank you.")

    assert (given["author_id"], given["addressee_id"]) == (world.people[part], world.people[partner])
    assert (given["rating"], given["text"], given["session_id"]) == (4, "Thank you.", None)


@pytest.mark.parametrize("audience", [Audience.PRIVATE, Audience.AGGREGATE])
@pytest.mark.parametrize("kind", FeedbackType)
async def test_other_feedback_has_no_addressee(
    world: World, pairing: dict[str, Any], kind: FeedbackType, audience: Audience
) -> None:
    given = await give(world, pairing, type=kind.value, audience=audience.value)

    assert (given["author_id"], given["addressee_id"]) == (world.people["mentee"], None)


async def test_what_is_meant_for_the_programme_is_not_shown_to_the_partner(
    world: World, pairing: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError, match="not shown to the partner"):
        await give(world, pairing, type="programme")


async def test_feedback_says_something(world: World, pairing: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="a rating, a text, or both"):
        await give(world, pairing, rating=None)

    assert (await give(world, pairing, rating=None, text="Fine."))["rating"] is None


@pytest.mark.parametrize("part", ["mentor", "mentee"])
async def test_the_world_is_told_that_feedback_was_given_and_nothing_else(
    world: World, pairing: dict[str, Any], part: str
) -> None:
    session = await world.session(pairing["id"], days=-1)
    given = await give(world, pairing, part, type="session", session_id=session["id"], text="You were late.")

    (event,) = await world.told(given["id"])
    assert (event.type, event.visibility, event.changed, event.actor) == ("feedback.given", "programme", [], None)
    assert event.data == {"feedback_id": given["id"], "feedback_type": "session"}


async def test_the_id_of_feedback_does_not_tell_when_it_was_given(world: World, pairing: dict[str, Any]) -> None:
    ids = [(await give(world, pairing))["id"] for _ in range(8)]

    assert ids != sorted(ids)


async def test_feedback_on_a_session_is_given_once_of_each_type(world: World, pairing: dict[str, Any]) -> None:
    session = await world.session(pairing["id"], days=-1)
    await give(world, pairing, type="session", session_id=session["id"])

    with refused("feedback_given"):
        await give(world, pairing, type="session", session_id=session["id"], audience="private")
    assert await give(world, pairing, type="mentoring_skill", session_id=session["id"])
    assert await give(world, pairing, "mentor", type="session", session_id=session["id"])


async def test_feedback_on_the_partner_is_given_as_often_as_one_likes(world: World, pairing: dict[str, Any]) -> None:
    assert (await give(world, pairing))["id"] != (await give(world, pairing))["id"]


async def test_the_session_belongs_to_the_pair(world: World, pairing: dict[str, Any]) -> None:
    other = await world.pairing()
    session = await world.session(other["id"])

    with invalid("other_pairing", "/session_id"):
        await give(world, pairing, session_id=session["id"])


async def test_the_session_is_one_that_the_author_sees(world: World, pairing: dict[str, Any]) -> None:
    await world.key_for(await world.person(rank=2), "ann")
    await world.key_for(await world.person(rank=7), "bob")
    session = await world.session((await world.pairing(mentor="ann", mentee="bob"))["id"], by="ann")

    with refused("unknown_reference", "/session_id"):
        await give(world, pairing, session_id=session["id"])


@pytest.mark.parametrize(
    ("part", "code"), [("coordinator", "not_allowed"), ("admin", "not_allowed"), ("service", "forbidden")]
)
async def test_only_the_pair_gives_feedback(world: World, pairing: dict[str, Any], part: str, code: str) -> None:
    with refused(code):
        await give(world, pairing, part)


async def test_an_outsider_finds_no_pair_to_speak_of(world: World, pairing: dict[str, Any]) -> None:
    await world.key_for(await world.person(), "outsider")

    with refused("unknown_reference", "/pairing_id"):
        await give(world, pairing, "outsider")


async def test_feedback_is_taken_back_by_its_author_alone(world: World, pairing: dict[str, Any]) -> None:
    given = await give(world, pairing, "mentee")

    with refused("not_allowed"):
        await world.do("mentor", "withdraw_feedback", given["id"])
    await world.do("mentee", "withdraw_feedback", given["id"])
    with refused("not_found"):
        await world.do("mentee", "withdraw_feedback", given["id"])


@pytest.mark.parametrize("audience", ["private", "aggregate"])
async def test_the_partner_does_not_find_what_is_not_for_them(
    world: World, pairing: dict[str, Any], audience: str
) -> None:
    given = await give(world, pairing, audience=audience)

    for part in ("mentor", "coordinator", "admin"):
        with refused("not_found"):
            await world.do(part, "withdraw_feedback", given["id"])


async def test_a_pair_that_has_ended_may_still_say_what_it_was_like(world: World, pairing: dict[str, Any]) -> None:
    await world.do("mentor", "end_pairing_early", pairing["id"])

    assert await give(world, pairing)
