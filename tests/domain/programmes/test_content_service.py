"""Filling a programme: topics, resources, milestones, sponsors and the people who run it."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.auth.actor import Role
from app.domain.programmes.content_schemas import TopicCreate
from app.ids import new
from tests.conftest import TestClock
from tests.outcomes import at_once, refused
from tests.world import World

CONTENT: dict[str, dict[str, Any]] = {
    "create_topic": {"name": "AI"},
    "create_programme_resource": {"kind": "guide", "title": "How to begin"},
    "create_programme_milestone": {"title": "Kick-off", "due_on": "2026-04-01"},
    "pledge_sponsorship": {"person_id": "mentee", "pledge": "I stand behind it."},
    "assign_programme_role": {"person_id": "mentor", "duty": "matcher"},
    "create_cohort": {
        "name": "Spring",
        "enrols_from": "2026-02-01",
        "enrols_until": "2026-03-31",
        "starts_on": "2026-04-01",
        "ends_on": "2026-06-30",
    },
}
REMOVE = {
    "create_topic": "delete_topic",
    "create_programme_resource": "delete_programme_resource",
    "create_programme_milestone": "delete_programme_milestone",
    "pledge_sponsorship": "delete_sponsorship",
    "assign_programme_role": "remove_programme_role",
    "create_cohort": "delete_cohort",
}
each_content = pytest.mark.parametrize("intent", CONTENT)


async def add(world: World, intent: str, programme_id: str, part: str = "coordinator", **fields: Any) -> dict[str, Any]:
    """Add something to a programme."""
    given = CONTENT[intent] | fields
    if given.get("person_id") in world.people:
        given = given | {"person_id": world.people[given["person_id"]]}
    return await world.do(part, intent, programme_id=programme_id, **given)


@each_content
async def test_whoever_sees_the_programme_sees_what_is_in_it(world: World, intent: str) -> None:
    programme_id = await world.programme(status="draft")
    await world.newcomer("other", Role.COORDINATOR)

    content = await add(world, intent, programme_id)
    assert await world.seen_by(content["id"]) == {"admin", "service", "coordinator"}

    await world.do("coordinator", "publish_programme", programme_id)
    assert await world.seen_by(content["id"]) == set(world.actors)


@each_content
async def test_only_those_who_run_a_programme_fill_it(world: World, intent: str) -> None:
    draft, published = await world.programme(status="draft"), await world.programme(status="enrolling")
    await world.newcomer("other", Role.COORDINATOR)

    with refused("unknown_reference", "/programme_id"):
        await add(world, intent, draft, "other")
    with refused("not_allowed"):
        await add(world, intent, published, "other")
    with refused("forbidden"):
        await add(world, intent, published, "mentor")
    assert (await add(world, intent, draft, "service"))["programme_id"] == draft


@each_content
async def test_what_was_added_can_be_removed_by_those_who_run_the_programme(world: World, intent: str) -> None:
    programme_id = await world.programme(status="enrolling")
    await world.newcomer("other", Role.COORDINATOR)
    content = await add(world, intent, programme_id)

    with refused("not_allowed"):
        await world.do("other", REMOVE[intent], content["id"])
    await world.do("coordinator", REMOVE[intent], content["id"])

    assert await world.seen_by(content["id"]) == set()


@pytest.mark.parametrize(
    ("intent", "code"),
    [
        ("create_topic", "topic_taken"),
        ("pledge_sponsorship", "sponsorship_taken"),
        ("assign_programme_role", "programme_role_taken"),
    ],
)
async def test_the_same_thing_is_in_a_programme_once(world: World, intent: str, code: str) -> None:
    programme_id, other = await world.programme(status="draft"), await world.programme(status="draft")

    made, refusals = await at_once(*(add(world, intent, programme_id) for _ in range(3)))

    assert (len(made), refusals) == (1, [code] * 2)
    await add(world, intent, other)


@pytest.mark.parametrize("intent", ["pledge_sponsorship", "assign_programme_role"])
async def test_a_person_of_a_programme_must_be_known(world: World, intent: str) -> None:
    with refused("unknown_reference", "/person_id"):
        await add(world, intent, await world.programme(), person_id="per_01jd0a0a0a0a0a0a0a0a0a0a0a")


async def test_a_topic_is_renamed_to_a_free_name(world: World) -> None:
    programme_id = await world.programme(status="draft")
    topic, _ = await add(world, "create_topic", programme_id), await add(world, "create_topic", programme_id, name="UX")

    changed = await world.do("coordinator", "update_topic", topic["id"], name="ML", description="Machines.")
    assert (changed["name"], changed["description"], changed["version"]) == ("ML", "Machines.", 2)
    with refused("topic_taken"):
        await world.do("coordinator", "update_topic", topic["id"], name="UX")


async def test_a_topic_has_prompts_for_a_session_in_their_order(world: World) -> None:
    prompts = [{"kind": "question", "text": "What would you try first?"}, {"kind": "experience", "text": "Your first?"}]
    topic = await add(world, "create_topic", await world.programme(), prompts=prompts)
    assert topic["prompts"] == prompts

    changed = await world.do("coordinator", "update_topic", topic["id"], prompts=prompts[::-1])
    assert (changed["prompts"], changed["name"]) == (prompts[::-1], "AI")
    assert (await world.do("coordinator", "update_topic", topic["id"], prompts=[]))["prompts"] == []


@pytest.mark.parametrize(
    ("prompts", "member"),
    [
        ([{"kind": "question", "text": "x" * 301}], "text"),
        ([{"kind": "question", "text": ""}], "text"),
        ([{"kind": "riddle", "text": "Why?"}], "kind"),
        ([{"kind": "question", "text": "Why?"}] * 41, "prompts"),
    ],
)
def test_prompts_are_short_and_of_a_kind(prompts: list[dict[str, str]], member: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TopicCreate.model_validate({"programme_id": new("prg"), "name": "AI", "prompts": prompts})

    assert [error["loc"][-1] for error in caught.value.errors()] == [member]


@pytest.mark.parametrize(
    ("change", "edition"),
    [
        ({"title": "How to go on", "audience": "mentor"}, 1),
        ({"body": "Listen."}, 1),
        ({"body": "Ask."}, 2),
        ({"body": None}, 2),
        ({"url": "https://acme.org/guide"}, 2),
        ({"body": "Ask.", "url": "https://acme.org/guide"}, 2),
    ],
)
async def test_a_change_of_content_is_a_new_edition(world: World, change: dict[str, Any], edition: int) -> None:
    resource = await add(world, "create_programme_resource", await world.programme(), body="Listen.")

    changed = await world.do("coordinator", "update_programme_resource", resource["id"], **change)

    assert {name: changed[name] for name in change} == change
    assert changed["edition"] == edition


async def test_a_milestone_is_moved_and_reached_once(world: World, clock: TestClock) -> None:
    milestone = await add(world, "create_programme_milestone", await world.programme())

    moved = await world.do("coordinator", "update_programme_milestone", milestone["id"], due_on="2026-05-01")
    assert (moved["due_on"], moved["reached_at"]) == ("2026-05-01", None)
    reached = await world.do("coordinator", "reach_programme_milestone", milestone["id"])
    assert reached["reached_at"] == clock.time.isoformat()
    with refused("milestone_reached"):
        await world.do("coordinator", "reach_programme_milestone", milestone["id"])


async def test_a_pledge_is_told_without_its_words(world: World) -> None:
    programme_id = await world.programme()

    pledge = await add(world, "pledge_sponsorship", programme_id, commitments=[{"text": "I visit."}])

    (event,) = await world.told(pledge["id"])
    assert (event.type, event.changed, event.actor) == ("sponsorship.pledged", [], world.people["coordinator"])
    assert event.data == {
        "sponsorship_id": pledge["id"],
        "programme_id": programme_id,
        "person_id": world.people["mentee"],
    }


async def test_commitments_are_kept_one_by_one(world: World) -> None:
    kept_at = "2026-03-02T10:00:00+02:00"
    pledge = await add(world, "pledge_sponsorship", await world.programme(), commitments=[{"text": "I visit."}])
    assert pledge["commitments"] == [{"text": "I visit.", "kept_at": None}]

    changed = await world.do(
        "coordinator",
        "update_sponsorship",
        pledge["id"],
        commitments=[{"text": "I visit.", "kept_at": kept_at}, {"text": "I listen."}],
    )

    assert changed["commitments"] == [
        {"text": "I visit.", "kept_at": "2026-03-02T08:00:00Z"},
        {"text": "I listen.", "kept_at": None},
    ]
    assert changed["pledge"] == "I stand behind it."
    assert (await world.do("coordinator", "update_sponsorship", pledge["id"], pledge="More."))["pledge"] == "More."


async def test_keeping_a_commitment_is_dated_and_told_without_its_words(world: World, clock: TestClock) -> None:
    commitments = [{"text": "I visit."}, {"text": "I listen."}, {"text": "I tell."}]
    pledge = await add(world, "pledge_sponsorship", await world.programme(), commitments=commitments)
    keep = "keep_sponsorship_commitment"

    kept = await world.do("coordinator", keep, pledge["id"], position=2)
    assert [one["kept_at"] for one in kept["commitments"]] == [None, "2026-03-02T12:00:00Z", None]
    kept = await world.do("coordinator", keep, pledge["id"], position=1, kept_at="2026-02-01T10:00:00+01:00")
    assert [one["kept_at"] for one in kept["commitments"]][:2] == ["2026-02-01T09:00:00Z", "2026-03-02T12:00:00Z"]
    assert [one["text"] for one in kept["commitments"]] == ["I visit.", "I listen.", "I tell."]

    _, *events = await world.told(pledge["id"])
    assert {event.type for event in events} == {"sponsorship.commitment_kept"}
    assert [event.data["commitments_kept"] for event in events] == [1, 2]
    assert events[-1].data == {
        "sponsorship_id": pledge["id"],
        "programme_id": pledge["programme_id"],
        "person_id": world.people["mentee"],
        "commitments": 3,
        "commitments_kept": 2,
    }


@pytest.mark.parametrize(
    ("fields", "code", "pointers"),
    [
        ({"position": 1}, "commitment_kept", ()),
        ({"position": 3}, "unknown_commitment", ("/position",)),
        ({"position": 2, "kept_at": "2030-01-01T00:00:00Z"}, "invalid", ("/kept_at",)),
    ],
)
async def test_a_commitment_is_kept_once_and_not_in_advance(
    world: World, fields: dict[str, Any], code: str, pointers: tuple[str, ...]
) -> None:
    commitments = [{"text": "I visit.", "kept_at": "2026-02-01T10:00:00Z"}, {"text": "I listen."}]
    pledge = await add(world, "pledge_sponsorship", await world.programme(), commitments=commitments)

    with refused(code, *pointers):
        await world.do("coordinator", "keep_sponsorship_commitment", pledge["id"], **fields)

    assert [event.type for event in await world.told(pledge["id"])] == ["sponsorship.pledged"]


async def test_a_commitment_kept_by_a_change_of_the_pledge_is_told_too(world: World) -> None:
    pledge = await add(world, "pledge_sponsorship", await world.programme(), commitments=[{"text": "I visit."}])

    await world.do("coordinator", "update_sponsorship", pledge["id"], pledge="More.")
    kept = [{"text": "I visit.", "kept_at": "2026-02-01T10:00:00Z"}]
    await world.do("coordinator", "update_sponsorship", pledge["id"], commitments=kept)

    told = [event.type for event in await world.told(pledge["id"])]
    assert told == ["sponsorship.pledged", "sponsorship.commitment_kept"]


async def test_a_coordinator_runs_a_programme_from_the_day_they_get_a_duty_in_it(world: World) -> None:
    programme_id = await world.programme(status="draft")
    other = await world.newcomer("other", Role.COORDINATOR)
    assert await world.see("other", programme_id) is None

    duty = await add(world, "assign_programme_role", programme_id, person_id=other, duty="matcher")
    await world.do("other", "update_programme", programme_id, name="Flip")
    await world.do("coordinator", "remove_programme_role", duty["id"])

    with refused("not_found"):
        await world.do("other", "update_programme", programme_id, name="Flop")


async def test_a_participant_with_a_duty_sees_no_more_than_before(world: World) -> None:
    programme_id = await world.programme(status="draft")
    await add(world, "assign_programme_role", programme_id)

    assert await world.see("mentor", programme_id) is None


async def test_coordinators_are_appointed_and_dismissed_by_administrators_alone(world: World) -> None:
    programme_id = await world.programme(status="draft")
    wish = {"person_id": world.people["mentee"], "duty": "coordinator"}

    with refused("not_allowed"):
        await add(world, "assign_programme_role", programme_id, **wish)
    duty = await add(world, "assign_programme_role", programme_id, "admin", **wish)
    with refused("not_allowed"):
        await world.do("coordinator", "remove_programme_role", duty["id"])

    await world.do("admin", "remove_programme_role", duty["id"])


async def test_a_sponsor_sees_the_programme_that_they_sponsor(world: World) -> None:
    programme_id = await world.programme(status="draft")

    await add(world, "pledge_sponsorship", programme_id)

    assert await world.seen_by(programme_id) == {"admin", "service", "coordinator", "mentee"}
