"""Thanks between partners, awards by nomination, badges by criteria: who gives them, and who reads of them."""

from typing import Any

import pytest

from app.domain.recognition.models import RECOGNITION, Recognition, RecognitionKind, RecognitionStatus
from app.domain.recognition.resource import RECOGNITIONS
from app.errors import Forbidden
from app.reading.run import Absent
from app.states import IllegalMove
from app.workers.reactions import react
from tests.conftest import TestClock
from tests.full import CRITERION
from tests.outcomes import invalid, refused
from tests.reading.shapes import listed, page_of
from tests.workers.steps import relay_all
from tests.world import World


async def earned(world: World) -> list[tuple[str, str, dict[str, int]]]:
    """The badges and certificates that there are: of whom, what for, by which counts."""
    found = []
    for part in ("mentor", "mentee"):
        rows = await _listed(world, part)
        found += [(part, row["title"], row["evidence"]) for row in rows if row["criterion_id"] is not None]
    return found


async def _listed(world: World, part: str) -> list[dict[str, Any]]:
    rows = await listed(world.actors["service"], page_of(RECOGNITIONS, *RECOGNITIONS.fields))
    return [row for row in rows if row["person_id"] == world.people[part]]


async def held(world: World, pairing_id: str, clock: TestClock) -> None:
    """A session that took place, what follows from it, and two weeks."""
    session = await world.session(pairing_id, days=-1 / 24)
    await world.do("mentor", "complete_session", session["id"])
    await relay_all()
    clock.advance(days=15)


@pytest.mark.parametrize("status", RecognitionStatus)
@pytest.mark.parametrize("move", RECOGNITION.moves)
def test_every_move_is_taken_from_where_it_may_be_and_from_nowhere_else(status: RecognitionStatus, move: str) -> None:
    one = Recognition(
        organisation_id="org", id="rcg", programme_id="prg", person_id="per", kind=RecognitionKind.AWARD, status=status
    )
    if status in RECOGNITION.moves[move].sources:
        one.step(move)
        assert one.status is RECOGNITION.moves[move].target
    else:
        with pytest.raises(IllegalMove):
            one.step(move)


async def test_thanks_are_read_by_the_two_partners_and_told_without_words(world: World) -> None:
    pairing = await world.pairing()

    thanks = await world.do("mentee", "thank_partner", pairing_id=pairing["id"], text="You never made me feel slow.")

    assert (thanks["status"], thanks["person_id"]) == ("awarded", world.people["mentor"])
    seen = await world.see("mentor", thanks["id"])
    assert seen is not None
    assert seen["text"] == "You never made me feel slow."
    assert await world.seen_by(thanks["id"]) == {"mentor", "mentee", "service"}
    service = await world.see("service", thanks["id"])
    assert service is not None
    assert service["text"] is None
    (event,) = await world.told(thanks["id"])
    assert (event.type, event.actor, event.data["kind"]) == ("recognition.awarded", None, "thanks")
    # They are given once and for all.
    for part in ("coordinator", "mentee"):
        with pytest.raises((Absent, Forbidden)):
            await world.do(part, "revoke_recognition", thanks["id"])


async def test_an_award_is_nominated_approved_and_then_everybodys_to_read(world: World) -> None:
    pairing = await world.pairing()
    await world.newcomer("colleague")
    wish = {"programme_id": pairing["programme_id"], "person_id": world.people["mentor"], "title": "For patience"}

    named = await world.do("colleague", "nominate_for_recognition", **wish)
    assert await world.seen_by(named["id"]) == {"colleague", "coordinator", "service"}
    await world.do("coordinator", "approve_recognition", named["id"])
    given = await world.do("coordinator", "award_recognition", named["id"])

    assert (given["status"], given["awarded_at"]) == ("awarded", "2026-03-02T12:00:00+00:00")
    assert {"mentor", "mentee", "colleague", "coordinator", "admin"} <= await world.seen_by(named["id"])
    await world.do("coordinator", "revoke_recognition", named["id"])
    assert [event.type for event in await world.told(named["id"])] == ["recognition.awarded", "recognition.revoked"]
    # Whose it was is told; others are not to be reminded.
    assert await world.seen_by(named["id"]) == {"mentor", "colleague", "coordinator", "service"}


async def test_a_nomination_that_is_declined_is_nobodys_news(world: World) -> None:
    pairing = await world.pairing()
    wish = {"programme_id": pairing["programme_id"], "person_id": world.people["mentee"], "title": "For courage"}
    named = await world.do("mentor", "nominate_for_recognition", **wish)

    await world.do("coordinator", "decline_recognition", named["id"])

    assert "mentee" not in await world.seen_by(named["id"])
    assert await world.told(named["id"]) == []
    with refused("recognition_state_conflict"):
        await world.do("coordinator", "award_recognition", named["id"])


async def test_nobody_nominates_themselves_or_somebody_from_outside(world: World) -> None:
    pairing = await world.pairing()
    here = {"programme_id": pairing["programme_id"], "title": "For courage"}

    with refused("forbidden"):
        await world.do("mentor", "nominate_for_recognition", **here, person_id=world.people["mentor"])
    with invalid("not_taking_part", "/person_id"):
        await world.do("mentor", "nominate_for_recognition", **here, person_id=await world.person())


async def test_a_badge_is_awarded_to_both_when_its_criterion_is_met_and_once(world: World, clock: TestClock) -> None:
    pairing = await world.pairing()
    badge = CRITERION | {"at_least": 2, "programme_id": pairing["programme_id"]}
    await world.do("coordinator", "create_recognition_criterion", **badge)

    await held(world, pairing["id"], clock)
    assert await earned(world) == []
    await held(world, pairing["id"], clock)
    assert await earned(world) == [(part, "Regular", {"sessions_held": 2}) for part in ("mentor", "mentee")]
    for row in await _listed(world, "mentor"):
        await react(world.organisation_id, "recognition.awarded", row["id"])
    await held(world, pairing["id"], clock)

    assert len(await earned(world)) == 2


@pytest.mark.parametrize(
    ("measure", "intent"), [("goals_achieved", "achieve_goal"), ("thanks_received", "thank_partner")]
)
async def test_goals_and_thanks_count_too(world: World, measure: str, intent: str) -> None:
    pairing = await world.pairing()
    badge = CRITERION | {"measure": measure, "at_least": 1, "role": "mentor", "programme_id": pairing["programme_id"]}
    await world.do("coordinator", "create_recognition_criterion", **badge)

    if intent == "achieve_goal":
        goal = await world.do("mentee", "set_goal", pairing_id=pairing["id"], title="Write a query")
        await world.do("mentee", "achieve_goal", goal["id"])
    else:
        await world.do("mentee", "thank_partner", pairing_id=pairing["id"], text="Thank you")
    await relay_all()

    assert await earned(world) == [("mentor", "Regular", {measure: 1})]


async def test_a_certificate_comes_with_the_end(world: World) -> None:
    pairing = await world.pairing()
    certificate = CRITERION | {"kind": "certificate", "measure": "pairings_completed", "at_least": 1}
    await world.do("coordinator", "create_recognition_criterion", **certificate, programme_id=pairing["programme_id"])
    for move in ("begin_closing", "complete"):
        await world.do("coordinator", f"{move}_pairing", pairing["id"])
    await relay_all()

    assert [part for part, *_ in await earned(world)] == ["mentor", "mentee"]


async def test_a_criterion_has_its_name_and_stays_as_the_ground_of_what_it_earned(
    world: World, clock: TestClock
) -> None:
    pairing = await world.pairing()
    badge = CRITERION | {"at_least": 1, "programme_id": pairing["programme_id"]}
    made = await world.do("coordinator", "create_recognition_criterion", **badge)
    with refused("recognition_criterion_taken"):
        await world.do("coordinator", "create_recognition_criterion", **badge)
    other = await world.do("coordinator", "create_recognition_criterion", **(badge | {"name": "Rare", "at_least": 99}))
    await held(world, pairing["id"], clock)

    with refused("recognition_criterion_awarded"):
        await world.do("coordinator", "delete_recognition_criterion", made["id"])
    await world.do("coordinator", "delete_recognition_criterion", other["id"])

    assert await world.see("coordinator", other["id"]) is None
