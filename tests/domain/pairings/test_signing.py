"""Agreements: proposing clauses, signing them, and what comes of them when the pair ends."""

from typing import Any

import pytest

from app import db as database
from app.domain.pairings import queries
from app.domain.pairings.agreements import AlreadySigned
from app.domain.pairings.signing import PairingOver
from app.errors import Conflict, Forbidden
from app.reading.rows import NotYours, UnknownReference
from app.reading.run import Absent
from app.states import IllegalMove
from tests.conftest import TestClock
from tests.world import World

CLAUSES = [{"key": "tea", "text": "We drink tea, not coffee."}]


async def agreement_of(world: World, pairing: dict[str, Any]) -> str:
    """The agreement of a pair that waits for signatures."""
    return await world.sign(pairing["id"])


async def propose(world: World, pairing: dict[str, Any], part: str = "mentor") -> dict[str, Any]:
    """Propose new clauses."""
    return await world.do(part, "propose_agreement", pairing_id=pairing["id"], clauses=CLAUSES)


async def types(world: World, agreement_id: str) -> list[str]:
    """What was told of an agreement."""
    return [event.type for event in await world.told(agreement_id)]


async def test_the_first_signature_is_half_of_the_agreement(world: World) -> None:
    pairing = await world.pairing(status="pending_agreement")
    agreement_id = await agreement_of(world, pairing)

    signed = await world.do("mentee", "sign_agreement", agreement_id)

    assert (signed["status"], signed["in_force_at"], signed["edition"]) == ("half_signed", None, 1)
    assert await types(world, agreement_id) == ["agreement.proposed", "agreement.signed"]


async def test_the_second_signature_puts_the_agreement_in_force(world: World, clock: TestClock) -> None:
    pairing = await world.pairing(status="pending_agreement")
    agreement_id = await world.sign(pairing["id"], "mentee")
    clock.advance(hours=1)

    signed = await world.do("mentor", "sign_agreement", agreement_id)

    assert (signed["status"], signed["in_force_at"]) == ("in_force", "2026-03-02T13:00:00+00:00")
    events = await world.told(agreement_id)
    assert [event.type for event in events[-2:]] == ["agreement.signed", "agreement.entered_force"]
    assert [event.changed for event in events[-2:]] == [["status"], ["status"]]
    assert events[-1].data == {"agreement_id": agreement_id, "pairing_id": pairing["id"], "edition": 1}


async def test_nobody_signs_twice(world: World) -> None:
    pairing = await world.pairing(status="pending_agreement")
    agreement_id = await world.sign(pairing["id"], "mentee")

    with pytest.raises(AlreadySigned) as refused:
        await world.do("mentee", "sign_agreement", agreement_id)
    assert refused.value.code == "already_signed"


@pytest.mark.parametrize("part", ["coordinator", "admin"])
async def test_only_the_partners_sign(world: World, part: str) -> None:
    pairing = await world.pairing(status="pending_agreement")
    agreement_id = await agreement_of(world, pairing)

    with pytest.raises(NotYours):
        await world.do(part, "sign_agreement", agreement_id)


async def test_a_service_account_signs_nothing(world: World) -> None:
    pairing = await world.pairing(status="pending_agreement")
    agreement_id = await agreement_of(world, pairing)

    with pytest.raises(Forbidden):
        await world.do("service", "sign_agreement", agreement_id)


async def test_an_outsider_finds_no_agreement(world: World) -> None:
    pairing = await world.pairing(status="pending_agreement")
    agreement_id = await agreement_of(world, pairing)
    await world.key_for(await world.person(), "outsider")

    with pytest.raises(Absent):
        await world.do("outsider", "sign_agreement", agreement_id)


@pytest.mark.parametrize("part", ["mentor", "mentee", "coordinator", "admin", "service"])
async def test_the_pair_and_the_office_propose_new_clauses(world: World, part: str) -> None:
    pairing = await world.pairing()

    proposed = await propose(world, pairing, part)

    assert (proposed["edition"], proposed["status"], proposed["clauses"]) == (2, "proposed", CLAUSES)
    (event,) = await world.told(proposed["id"])
    assert event.type == "agreement.proposed"
    assert event.data == {"agreement_id": proposed["id"], "pairing_id": pairing["id"], "edition": 2}


async def test_an_outsider_proposes_nothing(world: World) -> None:
    pairing = await world.pairing()
    await world.key_for(await world.person(), "outsider")

    with pytest.raises(UnknownReference):
        await propose(world, pairing, "outsider")


async def test_what_was_in_force_stays_so_until_both_have_signed_anew(world: World) -> None:
    pairing = await world.pairing()
    first = await in_force(world, pairing)
    second = await propose(world, pairing)
    await world.do("mentor", "sign_agreement", second["id"])
    assert await in_force(world, pairing) == first

    await world.do("mentee", "sign_agreement", second["id"])

    assert await in_force(world, pairing) == second["id"]


async def test_a_new_proposal_replaces_the_one_that_waits(world: World) -> None:
    pairing = await world.pairing()
    waiting = await propose(world, pairing)

    newer = await propose(world, pairing)

    assert newer["edition"] == 3
    with pytest.raises(IllegalMove) as refused:
        await world.do("mentor", "sign_agreement", waiting["id"])
    assert refused.value.code == "agreement_state_conflict"


async def test_a_pair_that_has_ended_agrees_on_nothing_new(world: World) -> None:
    pairing = await world.pairing()
    await world.do("mentor", "end_pairing_early", pairing["id"])

    with pytest.raises(PairingOver) as refused:
        await propose(world, pairing)
    assert refused.value.code == "pairing_not_live"


async def test_breaking_off_ends_both_what_was_agreed_and_what_waits(world: World) -> None:
    pairing = await world.pairing()
    waiting = await propose(world, pairing)

    await world.do("coordinator", "dissolve_pairing", pairing["id"])

    assert await in_force(world, pairing) is None
    with pytest.raises(Conflict):
        await world.do("mentor", "sign_agreement", waiting["id"])


async def test_what_a_pair_agreed_on_outlives_a_planned_end_and_what_waits_does_not(world: World) -> None:
    pairing = await world.pairing()
    agreed = await in_force(world, pairing)
    waiting = await propose(world, pairing)
    await world.do("mentor", "begin_closing_pairing", pairing["id"])

    await world.do("coordinator", "complete_pairing", pairing["id"])

    assert await in_force(world, pairing) == agreed
    with pytest.raises(IllegalMove):
        await world.do("mentor", "sign_agreement", waiting["id"])


async def in_force(world: World, pairing: dict[str, Any]) -> str | None:
    """The agreement that a pair lives by."""
    async with database.current().writing(world.organisation_id) as db:
        found = await queries.agreement_in_force(db, pairing["id"])
    return found.id if found else None
