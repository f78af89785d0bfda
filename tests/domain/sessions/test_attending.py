"""Whether a session took place: each member's word, disputes and their settlement, and what nobody speaks of."""

from typing import Any

import pytest

from app import db as database
from app.domain.sessions import attending
from tests.conftest import TestClock
from tests.outcomes import invalid, refused
from tests.world import World


async def past_session(world: World) -> dict[str, Any]:
    """A session that ended an hour ago."""
    return await world.session((await world.pairing())["id"], days=-2 / 24)


async def types(world: World, session: dict[str, Any]) -> list[str]:
    """What was told of a session since it was scheduled."""
    return [event.type for event in await world.told(session["id"])][1:]


async def lapse(world: World, **options: int) -> int:
    """Let sessions lapse of which nobody has spoken."""
    async with database.current().writing(world.organisation_id) as db:
        return await attending.lapse(db, **options)


@pytest.mark.parametrize("part", ["mentor", "mentee"])
async def test_the_first_word_completes_a_session(world: World, clock: TestClock, part: str) -> None:
    session = await past_session(world)

    held = await world.do(part, "complete_session", session["id"])

    assert (held["status"], held["completed_at"]) == ("completed", "2026-03-02T12:00:00+00:00")
    event = (await world.told(session["id"]))[-1]
    assert (event.type, event.visibility, event.changed) == ("session.completed", "programme", ["status"])
    assert (event.data["number"], event.data["minutes"], event.data["status"]) == (1, 60, "completed")


async def test_a_session_to_which_nobody_came_is_told(world: World) -> None:
    session = await past_session(world)

    missed = await world.do("mentee", "record_no_show", session["id"])

    assert (missed["status"], missed["completed_at"]) == ("no_show", None)
    event = (await world.told(session["id"]))[-1]
    assert (event.type, event.visibility, event.changed) == ("session.no_show_recorded", "programme", ["status"])


@pytest.mark.parametrize("move", ["complete_session", "record_no_show"])
async def test_a_second_word_that_agrees_tells_nothing_new(world: World, move: str) -> None:
    session = await past_session(world)
    first = await world.do("mentee", move, session["id"])

    second = await world.do("mentor", move, session["id"])

    assert (second["status"], second["completed_at"]) == (first["status"], first["completed_at"])
    assert len(await types(world, session)) == 1


@pytest.mark.parametrize(
    ("first", "second"), [("complete_session", "record_no_show"), ("record_no_show", "complete_session")]
)
async def test_words_that_differ_make_a_dispute_for_the_coordinator(world: World, first: str, second: str) -> None:
    session = await past_session(world)
    await world.do("mentee", first, session["id"])

    disputed = await world.do("mentor", second, session["id"])

    assert (disputed["status"], disputed["completed_at"]) == ("disputed", None)
    event = (await world.told(session["id"]))[-1]
    assert (event.type, event.visibility, event.changed) == ("session.disputed", "coordinator", ["status"])


@pytest.mark.parametrize("again", ["complete_session", "record_no_show"])
async def test_nobody_takes_their_word_back(world: World, again: str) -> None:
    session = await past_session(world)
    await world.do("mentee", "complete_session", session["id"])

    with refused("already_reported"):
        await world.do("mentee", again, session["id"])
    assert await types(world, session) == ["session.completed"]


@pytest.mark.parametrize("move", ["complete_session", "record_no_show"])
async def test_nobody_reports_before_a_session_begins(world: World, move: str) -> None:
    session = await world.session((await world.pairing())["id"], days=1)

    with refused("session_not_begun"):
        await world.do("mentor", move, session["id"])


@pytest.mark.parametrize("move", ["complete_session", "record_no_show"])
async def test_nobody_reports_on_a_session_that_was_called_off(world: World, move: str) -> None:
    session = await past_session(world)
    await world.do("mentor", "cancel_session", session["id"])

    with refused("session_state_conflict"):
        await world.do("mentor", move, session["id"])


@pytest.mark.parametrize("part", ["coordinator", "admin"])
async def test_the_office_does_not_report(world: World, part: str) -> None:
    session = await past_session(world)

    with refused("not_allowed" if part == "coordinator" else "not_found"):
        await world.do(part, "complete_session", session["id"])


async def test_a_service_account_reports_in_the_name_of_a_member(world: World) -> None:
    session = await past_session(world)

    held = await world.do("service", "complete_session", session["id"], person_id=world.people["mentee"])

    assert held["status"] == "completed"
    with refused("already_reported"):
        await world.do("mentee", "complete_session", session["id"])


async def test_a_service_account_says_whose_word_it_is(world: World) -> None:
    session = await past_session(world)

    with invalid("invalid", "/person_id"):
        await world.do("service", "complete_session", session["id"])


async def test_a_service_account_reports_for_no_outsider(world: World) -> None:
    session = await past_session(world)

    with invalid("not_a_member", "/person_id"):
        await world.do("service", "complete_session", session["id"], person_id=world.people["coordinator"])


async def test_members_speak_for_themselves(world: World) -> None:
    session = await past_session(world)

    with refused("forbidden"):
        await world.do("mentor", "complete_session", session["id"], person_id=world.people["mentee"])
    assert await world.do("mentor", "complete_session", session["id"], person_id=world.people["mentor"])


async def test_a_report_can_say_how_focused_the_session_was(world: World) -> None:
    session = await past_session(world)

    held = await world.do("mentor", "complete_session", session["id"], focus_rating=4)
    confirmed = await world.do("mentee", "complete_session", session["id"])

    assert (held["focus_rating"], confirmed["focus_rating"]) == (4, 4)


async def test_a_session_that_took_place_can_be_rated(world: World) -> None:
    session = await past_session(world)
    await world.do("mentor", "complete_session", session["id"])

    rated = await world.do("mentee", "rate_session", session["id"], focus_rating=2)

    assert rated["focus_rating"] == 2
    assert await types(world, session) == ["session.completed"]


async def test_a_session_that_did_not_take_place_is_not_rated(world: World) -> None:
    session = await past_session(world)

    with refused("session_not_held"):
        await world.do("mentor", "rate_session", session["id"], focus_rating=2)


async def test_the_focus_of_a_pair_is_the_mean_over_the_sessions_held(world: World) -> None:
    pairing = await world.pairing()
    words = (("complete_session", 5), ("complete_session", 2), ("record_no_show", 1))
    for days, (move, rating) in zip((-30, -15, -1), words, strict=True):
        session = await world.session(pairing["id"], days=days)
        await world.do("mentor", move, session["id"], focus_rating=rating)

    seen = await world.do("coordinator", "update_pairing", pairing["id"])

    assert seen["average_focus"] == 3.5


@pytest.mark.parametrize(
    ("outcome", "status", "told"),
    [("held", "completed", "session.completed"), ("no_show", "no_show", "session.no_show_recorded")],
)
@pytest.mark.parametrize("part", ["coordinator", "service"])
async def test_the_coordinator_settles_a_dispute(world: World, part: str, outcome: str, status: str, told: str) -> None:
    session = await past_session(world)
    await world.do("mentee", "complete_session", session["id"])
    await world.do("mentor", "record_no_show", session["id"])

    settled = await world.do(part, "resolve_session", session["id"], outcome=outcome)

    assert settled["status"] == status
    assert (settled["completed_at"] is not None) is (outcome == "held")
    assert await types(world, session) == [
        *("session.completed", "session.disputed"),
        told,
    ]


async def test_only_a_dispute_is_settled(world: World) -> None:
    session = await past_session(world)

    with refused("session_state_conflict"):
        await world.do("coordinator", "resolve_session", session["id"], outcome="held")


async def test_partners_do_not_settle_their_own_dispute(world: World) -> None:
    session = await past_session(world)

    with refused("forbidden"):
        await world.do("mentor", "resolve_session", session["id"], outcome="held")


async def test_a_session_of_which_nobody_speaks_lapses_a_day_after_its_end(world: World, clock: TestClock) -> None:
    session = await past_session(world)
    clock.advance(hours=23)
    assert await lapse(world) == 0

    clock.advance(seconds=1)

    assert await lapse(world) == 1
    (event,) = (await world.told(session["id"]))[1:]
    assert (event.type, event.changed, event.actor) == ("session.unconfirmed", ["status"], None)
    assert event.data["status"] == "unconfirmed"
    assert await lapse(world) == 0


async def test_a_session_that_lapsed_keeps_nobody_busy(world: World, clock: TestClock) -> None:
    one, other = await world.pairing(), await world.pairing()
    session = await world.session(one["id"], days=-2)
    await lapse(world)

    assert await world.session(other["id"], starts_at=session["starts_at"])


@pytest.mark.parametrize(("move", "status"), [("complete_session", "completed"), ("record_no_show", "no_show")])
async def test_a_late_word_still_counts(world: World, clock: TestClock, move: str, status: str) -> None:
    session = await past_session(world)
    clock.advance(days=2)
    await lapse(world)

    assert (await world.do("mentor", move, session["id"]))["status"] == status


@pytest.mark.parametrize("move", ["complete_session", "record_no_show", "cancel_session"])
async def test_a_session_of_which_someone_has_spoken_does_not_lapse(world: World, clock: TestClock, move: str) -> None:
    session = await past_session(world)
    await world.do("mentor", move, session["id"])
    clock.advance(days=2)

    assert await lapse(world) == 0


async def test_the_oldest_sessions_lapse_first_and_the_others_next_time(world: World) -> None:
    pairing = await world.pairing()
    newer, older = [await world.session(pairing["id"], days=days) for days in (-2, -20)]

    assert await lapse(world, limit=1) == 1
    assert (await types(world, older), await types(world, newer)) == (["session.unconfirmed"], [])
    assert await lapse(world, limit=1) == 1


async def test_a_session_of_another_organisation_does_not_lapse_here(world: World, clock: TestClock) -> None:
    await past_session(world)
    clock.advance(days=2)

    async with database.current().writing("org_00000000000000000000000000") as db:
        assert await attending.lapse(db) == 0


async def test_events_of_sessions_carry_no_names_and_no_free_text(world: World) -> None:
    session = await world.session((await world.pairing())["id"], days=-1, topic="A secret topic")
    await world.do("mentor", "complete_session", session["id"], focus_rating=3)

    told = [str(event.data) for event in await world.told(session["id"])]
    assert len(told) == 2
    words = ("Mentor", "Mentee", "Doe", "secret", "focus", "report")
    assert not any(word in text for text in told for word in words)
