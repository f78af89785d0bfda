"""Leading a pair through its states: who may, what is told, what it costs and frees."""

from typing import Any

import pytest

from app.auth.actor import Role
from app.domain.pairings.signing import AgreementMissing
from app.errors import Forbidden
from app.reading.rows import NotYours
from app.reading.run import Absent
from app.states import IllegalMove
from tests.world import World

# What each step tells, and where it leads.
MOVES = {
    "pause_pairing": ("pairing.paused", "paused"),
    "resume_pairing": ("pairing.resumed", "active"),
    "begin_closing_pairing": ("pairing.closing_began", "closing"),
    "complete_pairing": ("pairing.completed", "completed"),
    "continue_pairing_informally": ("pairing.continued_informally", "informal"),
    "end_pairing": ("pairing.ended", "ended"),
    "end_pairing_early": ("pairing.ended_early", "ended_early"),
    "dissolve_pairing": ("pairing.dissolved", "dissolved"),
}
# The steps that lead to where it can be taken.
WAYS: dict[str, tuple[str, ...]] = {
    "pause_pairing": (),
    "resume_pairing": ("pause_pairing",),
    "begin_closing_pairing": (),
    "complete_pairing": ("begin_closing_pairing",),
    "continue_pairing_informally": ("begin_closing_pairing", "complete_pairing"),
    "end_pairing": ("begin_closing_pairing", "complete_pairing", "continue_pairing_informally"),
    "end_pairing_early": (),
    "dissolve_pairing": (),
}


async def led(world: World, *moves: str) -> dict[str, Any]:
    """A pair that has taken some steps since it became active."""
    pairing = await world.pairing()
    for move in moves:
        pairing = await world.do("coordinator", move, pairing["id"])
    return pairing


async def seats(world: World, pairing: dict[str, Any]) -> list[tuple[str, int]]:
    """Status and live pairings of both enrolments."""
    seen = [
        await world.do("coordinator", "update_enrolment", pairing[f"{side}_enrolment_id"])
        for side in ("mentor", "mentee")
    ]
    return [(enrolment["status"], enrolment["live_pairings"]) for enrolment in seen]


@pytest.mark.parametrize("move", WAYS)
async def test_each_step_is_told_with_what_changed(world: World, move: str) -> None:
    pairing = await led(world, *WAYS[move])

    moved = await world.do("coordinator", move, pairing["id"])

    told, status = MOVES[move]
    event = (await world.told(pairing["id"]))[-1]
    assert (event.type, event.visibility, event.changed) == (told, "programme", ["status"])
    assert event.data["status"] == moved["status"] == status
    facts = {"pairing_id", "programme_id", "mentor_id", "mentee_id", "rank_gap", "starts_on", "ends_on"}
    assert facts < event.data.keys()


@pytest.mark.parametrize("move", WAYS)
async def test_no_step_is_taken_from_a_wrong_state(world: World, move: str) -> None:
    pairing = await led(world, "end_pairing_early")

    with pytest.raises(IllegalMove) as refused:
        await world.do("coordinator", move, pairing["id"])
    assert refused.value.code == "pairing_state_conflict"
    assert (await world.told(pairing["id"]))[-1].type == "pairing.ended_early"


@pytest.mark.parametrize("part", ["mentor", "mentee"])
@pytest.mark.parametrize("move", ["activate_pairing", "complete_pairing", "dissolve_pairing", "update_pairing"])
async def test_some_steps_are_the_offices_alone(world: World, move: str, part: str) -> None:
    pairing = await world.pairing()

    with pytest.raises(Forbidden):
        await world.do(part, move, pairing["id"])


@pytest.mark.parametrize("part", ["mentor", "mentee", "admin", "service"])
@pytest.mark.parametrize("move", ["pause_pairing", "begin_closing_pairing", "end_pairing_early"])
async def test_partners_and_the_office_can_rest_finish_and_part(world: World, move: str, part: str) -> None:
    pairing = await world.pairing()

    moved = await world.do(part, move, pairing["id"])

    assert moved["status"] == MOVES[move][1]


@pytest.mark.parametrize("move", WAYS)
async def test_an_outsider_finds_no_pairing_to_move(world: World, move: str) -> None:
    pairing = await world.pairing()
    await world.key_for(await world.person(), "outsider")
    await world.key_for(await world.person(), "other coordinator", Role.COORDINATOR)

    for part in ("outsider", "other coordinator"):
        with pytest.raises((Absent, Forbidden)) as refused:
            await world.do(part, move, pairing["id"])
        assert not isinstance(refused.value, NotYours)


async def test_a_pair_meets_only_when_both_have_signed(world: World) -> None:
    pairing = await world.pairing(status="pending_agreement")

    with pytest.raises(AgreementMissing) as refused:
        await world.do("coordinator", "activate_pairing", pairing["id"])
    assert refused.value.code == "agreement_not_in_force"

    await world.sign(pairing["id"], "mentee")
    with pytest.raises(AgreementMissing):
        await world.do("coordinator", "activate_pairing", pairing["id"])

    await world.sign(pairing["id"], "mentor")
    active = await world.do("coordinator", "activate_pairing", pairing["id"])
    assert active["status"] == "active"
    assert active["activated_at"] is not None


@pytest.mark.parametrize("move", ["complete_pairing", "end_pairing_early", "dissolve_pairing"])
async def test_the_end_of_a_pairing_frees_both_seats(world: World, move: str) -> None:
    pairing = await led(world, *WAYS[move])
    assert await seats(world, pairing) == [("matched", 1), ("matched", 1)]

    ended = await world.do("coordinator", move, pairing["id"])

    assert ended["ended_at"] is not None
    assert await seats(world, pairing) == [("ready", 0), ("ready", 0)]


@pytest.mark.parametrize("move", ["pause_pairing", "begin_closing_pairing"])
async def test_a_pair_that_rests_or_closes_keeps_its_seats(world: World, move: str) -> None:
    pairing = await led(world, move)

    assert await seats(world, pairing) == [("matched", 1), ("matched", 1)]


async def test_a_completed_pairing_tells_what_the_pair_has_done(world: World) -> None:
    pairing = await world.pairing()
    for days in (-30, -15):
        held = await world.session(pairing["id"], days=days)
        await world.do("mentor", "complete_session", held["id"])
    missed = await world.session(pairing["id"], days=-1)
    await world.do("mentee", "record_no_show", missed["id"])
    cancelled = await world.session(pairing["id"], days=14)
    await world.do("mentee", "cancel_session", cancelled["id"])
    goals = [await world.do("mentee", "set_goal", pairing_id=pairing["id"], title=f"Goal {n}") for n in range(3)]
    await world.do("mentee", "achieve_goal", goals[0]["id"])
    await world.do("mentee", "abandon_goal", goals[1]["id"])
    await world.do("mentor", "begin_closing_pairing", pairing["id"])

    await world.do("coordinator", "complete_pairing", pairing["id"])

    data = (await world.told(pairing["id"]))[-1].data
    counts = {"sessions_held": 2, "sessions_planned": 4, "goals_achieved": 1, "goals_set": 3}
    assert {name: data[name] for name in counts} == counts


async def test_a_pair_that_did_nothing_counts_nothing(world: World) -> None:
    await world.session((await world.pairing())["id"])
    pairing = await led(world, "begin_closing_pairing", "complete_pairing")

    data = (await world.told(pairing["id"]))[-1].data
    assert [data[name] for name in ("sessions_held", "sessions_planned", "goals_achieved", "goals_set")] == [0, 0, 0, 0]


@pytest.mark.parametrize("reason", ["not_said", "time", "fit", "goals_met", "role_changed"])
async def test_the_world_is_not_told_why_people_part(world: World, reason: str) -> None:
    pairing = await world.pairing()

    await world.do("mentee", "end_pairing_early", pairing["id"], reason=reason)

    assert (await world.told(pairing["id"]))[-1].data["reason"] == "no_fault"


@pytest.mark.parametrize("reason", ["left_organisation", "rule_broken", "programme_cancelled"])
async def test_the_world_is_told_of_reasons_that_give_nobody_away(world: World, reason: str) -> None:
    pairing = await world.pairing()

    await world.do("coordinator", "end_pairing_early", pairing["id"], reason=reason)

    assert (await world.told(pairing["id"]))[-1].data["reason"] == reason


async def test_the_world_is_not_told_who_wished_to_part(world: World) -> None:
    pairing = await world.pairing()

    await world.do("mentee", "end_pairing_early", pairing["id"])

    assert (await world.told(pairing["id"]))[-1].actor is None


async def test_a_dissolved_pairing_broke_a_rule(world: World) -> None:
    pairing = await led(world, "dissolve_pairing")

    assert pairing["end_reason"] == "rule_broken"
    assert (await world.told(pairing["id"]))[-1].data["reason"] == "rule_broken"


async def test_partners_do_not_learn_why_the_other_left(world: World) -> None:
    pairing = await world.pairing()

    seen_by_mentor = await world.do("mentor", "end_pairing_early", pairing["id"], reason="fit")

    assert seen_by_mentor["end_reason"] is None
    office = await world.do("coordinator", "update_pairing", pairing["id"])
    assert office["end_reason"] == "fit"


async def test_events_of_pairings_carry_no_names_and_no_free_text(world: World) -> None:
    pairing = await world.pairing(shared_manager_waiver="A word of free text.")
    await world.do("mentee", "end_pairing_early", pairing["id"])

    told = [str(event.data) for event in await world.told(pairing["id"])]
    assert told
    words = ("Mentor", "Mentee", "Doe", "free text", "confidentiality")
    assert not any(word in text for text in told for word in words)
