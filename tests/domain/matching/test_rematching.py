"""Parting a pair, and looking for others for both: all of it or nothing."""

from typing import Any

import pytest

from app.domain.matching.resource import MATCH_RUNS
from app.workers.reactions import react
from app.workers.run import Worker
from tests.domain.matching.conftest import Fair
from tests.outcomes import refused
from tests.reading.shapes import listed, page_of
from tests.world import World


async def paired(fair: Fair, mentor: str = "ada", mentee: str = "yves") -> dict[str, Any]:
    """Two of the fair who have met."""
    given: dict[str, Any] = {
        "mentor_enrolment_id": fair.enrolments[mentor],
        "mentee_enrolment_id": fair.enrolments[mentee],
    }
    pairing = await fair.world.do("coordinator", "create_pairing", **given)
    await fair.world.sign(pairing["id"], mentor, mentee)
    return await fair.world.do("coordinator", "activate_pairing", pairing["id"])


async def latest(fair: Fair) -> dict[str, Any]:
    """The run that was begun last, once a worker has done it."""
    await Worker().drain()
    runs = await listed(fair.world.actors["coordinator"], page_of(MATCH_RUNS, "id", "mode"))
    return max(runs, key=lambda run: str(run["id"]))


async def test_both_are_free_at_once_and_a_run_looks_for_others(fair: Fair) -> None:
    pairing = await paired(fair)
    session = await fair.world.session(pairing["id"], by="ada")

    ended = await fair.world.do("coordinator", "rematch_pairing", pairing["id"])
    await react(fair.world.organisation_id, "pairing.ended_early", pairing["id"])

    assert (ended["status"], ended["end_reason"]) == ("ended_early", "rematch")
    for part in ("ada", "yves"):
        seen = await fair.world.see("coordinator", fair.enrolments[part])
        assert seen is not None
        assert (seen["status"], seen["live_pairings"]) == ("ready", 0)
    assert (await fair.world.see("ada", session["id"]) or {})["status"] == "cancelled"
    run = await latest(fair)
    assert run["mode"] == "incremental"
    assert set(await fair.proposals(run["id"])) == {("ada", "xena"), ("bob", "yves")}


async def test_the_partners_learn_no_reason_and_no_later_run_pairs_them_again(fair: Fair) -> None:
    pairing = await paired(fair)

    await fair.world.do("coordinator", "rematch_pairing", pairing["id"])

    told = [event for event in await fair.world.told(pairing["id"]) if event.type == "pairing.ended_early"]
    assert [event.data["reason"] for event in told] == ["no_fault"]
    assert (await fair.world.see("ada", pairing["id"]) or {})["end_reason"] is None
    await latest(fair)
    run = await fair.run(seed=7)
    assert ("ada", "yves") not in await fair.proposals(run["id"])


async def test_while_a_run_is_under_way_nothing_is_done(fair: Fair) -> None:
    pairing = await paired(fair)
    await fair.begin()

    with refused("match_run_under_way"):
        await fair.world.do("coordinator", "rematch_pairing", pairing["id"])

    assert (await fair.world.see("coordinator", pairing["id"]) or {})["status"] == "active"


async def test_what_is_closing_or_over_is_not_parted(fair: Fair) -> None:
    pairing = await paired(fair)
    await fair.world.do("ada", "begin_closing_pairing", pairing["id"])

    with refused("pairing_state_conflict"):
        await fair.world.do("coordinator", "rematch_pairing", pairing["id"])


@pytest.mark.parametrize("part", ["mentor", "mentee"])
async def test_partners_end_a_pair_but_start_no_run(world: World, part: str) -> None:
    pairing = await world.pairing()

    with refused("forbidden"):
        await world.do(part, "rematch_pairing", pairing["id"])
