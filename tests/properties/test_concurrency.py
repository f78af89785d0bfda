"""Rules that hold when fifty callers try to break them at once."""

import asyncio
from collections import Counter
from typing import Any

import asyncpg
import pytest

from app import db as database
from app.domain.pairings import queries
from app.domain.pairings.models import Pairing
from app.domain.sessions import scheduling
from app.domain.sessions.models import CancelReason
from app.reading import rows
from tests.conftest import TestClock
from tests.domain.pairings.candidates import enrolled, pair
from tests.outcomes import at_once, refused
from tests.world import World

MANY = 50


async def test_a_mentor_never_has_more_mentees_than_seats(world: World) -> None:
    programme_id = await world.programme(status="active", allows_late_intake=True)
    mentor = await enrolled(world, programme_id, "mentor", capacity=3)
    mentees = [await enrolled(world, programme_id, "mentee") for _ in range(MANY)]

    made, codes = await at_once(*(pair(world, mentor, mentee) for mentee in mentees))

    assert len(made) == 3
    assert Counter(codes) == {"pairing_refused": MANY - 3}
    seen = await world.do("coordinator", "update_enrolment", mentor)
    assert (seen["live_pairings"], seen["status"]) == (3, "matched")


async def test_the_same_two_are_paired_once(world: World) -> None:
    programme_id = await world.programme(status="active", allows_late_intake=True)
    mentor = await enrolled(world, programme_id, "mentor", capacity=10)
    mentee = await enrolled(world, programme_id, "mentee", capacity=10)

    made, codes = await at_once(*(pair(world, mentor, mentee) for _ in range(MANY)))

    assert len(made) == 1
    assert Counter(codes) == {"already_paired": MANY - 1}
    seen = await world.do("coordinator", "update_enrolment", mentor)
    assert seen["live_pairings"] == 1


async def test_nobody_has_two_sessions_at_once(world: World) -> None:
    pairings = [await world.pairing(), await world.pairing()]

    made, codes = await at_once(*(world.session(pairings[n % 2]["id"]) for n in range(MANY)))

    assert len(made) == 1
    assert Counter(codes) == {"session_too_soon": MANY // 2 - 1, "session_overlap": MANY // 2}


async def test_nobody_has_two_sessions_at_once_whichever_side_they_take(world: World) -> None:
    await world.key_for(await world.person(rank=9), "chair")
    as_mentee, as_mentor = await world.pairing(), await world.pairing(mentor="mentee", mentee="chair")
    calls = [
        world.session(as_mentee["id"]) if n % 2 else world.session(as_mentor["id"], by="chair") for n in range(MANY)
    ]

    made, codes = await at_once(*calls)

    assert len(made) == 1
    assert Counter(codes) == {"session_too_soon": MANY // 2 - 1, "session_overlap": MANY // 2}


async def test_one_partner_signs_once(world: World) -> None:
    pairing = await world.pairing(status="pending_agreement")
    agreement_id = await world.sign(pairing["id"])

    made, codes = await at_once(*(world.do("mentee", "sign_agreement", agreement_id) for _ in range(MANY)))

    assert [agreement["status"] for agreement in made] == ["half_signed"]
    assert Counter(codes) == {"already_signed": MANY - 1}
    assert [event.type for event in await world.told(agreement_id)] == ["agreement.proposed", "agreement.signed"]


async def test_two_partners_who_sign_at_once_put_the_agreement_in_force(world: World) -> None:
    pairing = await world.pairing(status="pending_agreement")
    agreement_id = await world.sign(pairing["id"])

    made, codes = await at_once(*(world.do(part, "sign_agreement", agreement_id) for part in ("mentor", "mentee")))

    assert sorted(agreement["status"] for agreement in made) == ["half_signed", "in_force"]
    assert codes == []


async def test_sessions_are_numbered_without_gaps(world: World) -> None:
    pairing = await world.pairing()
    await world.do("coordinator", "update_pairing", pairing["id"], cadence_min_days=1)

    made, codes = await at_once(*(world.session(pairing["id"], days=day) for day in range(1, MANY + 1)))

    assert codes == []
    assert sorted(session["number"] for session in made) == list(range(1, MANY + 1))


@pytest.mark.parametrize("attempt", range(5))
async def test_two_words_that_differ_make_a_dispute_whoever_comes_first(world: World, attempt: int) -> None:
    session = await world.session((await world.pairing())["id"], days=-1)

    reports = (("mentor", "complete_session"), ("mentee", "record_no_show"))
    made, codes = await at_once(*(world.do(part, move, session["id"]) for part, move in reports))

    assert codes == []
    assert [report["status"] for report in made].count("disputed") == 1


@pytest.mark.parametrize("attempt", range(5))
async def test_no_agreement_outlives_a_pair_that_broke_off_while_it_was_signed(world: World, attempt: int) -> None:
    pairing = await world.pairing(status="pending_agreement")
    agreement_id = await world.sign(pairing["id"], "mentee")

    _, codes = await at_once(
        world.do("mentor", "sign_agreement", agreement_id), world.do("mentee", "end_pairing_early", pairing["id"])
    )

    assert set(codes) <= {"agreement_state_conflict"}
    async with database.current().writing(world.organisation_id) as db:
        assert await queries.agreement_in_force(db, pairing["id"]) is None
        assert await queries.open_agreement(db, pairing["id"]) is None


async def test_a_session_that_moves_does_not_block_the_end_of_its_pair(
    world: World, clock: TestClock, owner: asyncpg.Connection
) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"])

    async with database.current().writing(world.organisation_id) as db:
        await rows.by_id(db, Pairing, pairing["id"], lock=True)
        moving = asyncio.create_task(
            world.do("mentor", "reschedule_session", session["id"], starts_at=clock.time.replace(day=20))
        )
        await _someone_waits(owner)
        cancelled = await scheduling.cancel_ahead(db, pairing["id"], CancelReason.PAIRING_ENDED)

    assert cancelled == 1
    with refused("session_state_conflict"):
        await moving


async def _someone_waits(owner: asyncpg.Connection) -> None:
    waiting = "select exists(select from pg_locks where not granted and pid <> pg_backend_pid())"
    async with asyncio.timeout(5):
        while not await owner.fetchval(waiting):
            pass


async def test_only_one_of_many_ends_a_pairing(world: World) -> None:
    pairing: dict[str, Any] = await world.pairing()

    made, codes = await at_once(*(world.do("mentor", "end_pairing_early", pairing["id"]) for _ in range(MANY)))

    assert len(made) == 1
    assert Counter(codes) == {"pairing_state_conflict": MANY - 1}
    seen = await world.do("coordinator", "update_enrolment", pairing["mentor_enrolment_id"])
    assert (seen["live_pairings"], seen["status"]) == (0, "ready")
