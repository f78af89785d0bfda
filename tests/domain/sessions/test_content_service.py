"""Preparing a session and keeping what came of it: agenda, links, action items, notes."""

from typing import Any

import pytest

from app.domain.sessions.contents import Tier
from tests.outcomes import invalid, refused
from tests.world import World

CONTENTS: dict[str, dict[str, Any]] = {
    "agenda_item": {"title": "Short videos", "segment": "reciprocal", "minutes": 20},
    "session_link": {"kind": "video", "url": "https://meet.example/room"},
    "action_item": {"text": "Try the new tool", "due_on": "2026-04-01"},
    "note": {"text": "We laughed a lot.", "tier": "pair"},
}


async def create(
    world: World, session: dict[str, Any], kind: str, part: str = "mentor", **fields: Any
) -> dict[str, Any]:
    """Add something to a session."""
    owner = {"owner_id": world.people["mentee"]} if kind == "action_item" else {}
    return await world.do(part, f"create_{kind}", session_id=session["id"], **(CONTENTS[kind] | owner | fields))


@pytest.fixture
async def session(world: World) -> dict[str, Any]:
    """A session that began an hour ago."""
    return await world.session((await world.pairing())["id"], days=-1 / 24)


@pytest.mark.parametrize("kind", CONTENTS)
async def test_what_a_partner_adds_is_kept(world: World, session: dict[str, Any], kind: str) -> None:
    made = await create(world, session, kind)

    assert made["session_id"] == session["id"]
    assert {name: made[name] for name in CONTENTS[kind]} == CONTENTS[kind]


@pytest.mark.parametrize("kind", CONTENTS)
async def test_the_contents_of_a_session_tell_the_world_nothing(
    world: World, session: dict[str, Any], kind: str
) -> None:
    made = await create(world, session, kind)

    assert await world.told(made["id"]) == []
    assert [event.type for event in await world.told(session["id"])] == ["session.scheduled"]


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize(("part", "code"), [("coordinator", "not_allowed"), ("service", "forbidden")])
async def test_only_the_pair_fills_its_sessions(
    world: World, session: dict[str, Any], kind: str, part: str, code: str
) -> None:
    with refused(code):
        await create(world, session, kind, part)


@pytest.mark.parametrize("kind", CONTENTS)
async def test_an_outsider_finds_no_session_to_fill(world: World, session: dict[str, Any], kind: str) -> None:
    await world.key_for(await world.person(), "outsider")

    for part in ("outsider", "admin"):
        with refused("unknown_reference", "/session_id"):
            await create(world, session, kind, part)


async def test_a_point_of_the_plan_can_change_and_be_covered(world: World, session: dict[str, Any]) -> None:
    item = await create(world, session, "agenda_item")

    changed = await world.do("mentee", "update_agenda_item", item["id"], is_covered=True, minutes=None, title="Films")

    assert (changed["is_covered"], changed["minutes"], changed["title"]) == (True, None, "Films")
    assert changed["segment"] == "reciprocal"


async def test_a_point_of_the_plan_says_who_prepares_it_and_what_it_is_about(
    world: World, session: dict[str, Any]
) -> None:
    topic = await world.do("admin", "create_topic", programme_id=session["programme_id"], name="Short videos")
    about = {"owner_id": world.people["mentor"], "topic_id": topic["id"]}
    item = await create(world, session, "agenda_item", **about)
    await create(world, session, "agenda_item", topic_id=topic["id"])
    await create(world, session, "agenda_item")

    await world.do("mentor", "complete_session", session["id"])

    assert {name: item[name] for name in about} == about
    told = {event.type: event.data for event in await world.told(session["id"])}
    assert told["session.completed"]["topic_ids"] == [topic["id"]]


async def test_a_point_of_the_plan_outlives_its_topic(world: World, session: dict[str, Any]) -> None:
    topic = await world.do("admin", "create_topic", programme_id=session["programme_id"], name="Short videos")
    item = await create(world, session, "agenda_item", topic_id=topic["id"])

    await world.do("admin", "delete_topic", topic["id"])

    found = await world.see("mentee", item["id"])
    assert found is not None
    assert found["topic_id"] is None


async def test_a_point_of_the_plan_is_prepared_by_one_of_the_two(world: World, session: dict[str, Any]) -> None:
    item = await create(world, session, "agenda_item")

    with invalid("not_a_member", "/owner_id"):
        await create(world, session, "agenda_item", owner_id=world.people["coordinator"])
    with invalid("not_a_member", "/owner_id"):
        await world.do("mentor", "update_agenda_item", item["id"], owner_id=world.people["coordinator"])


async def test_a_point_of_the_plan_is_about_a_topic_of_the_programme(world: World, session: dict[str, Any]) -> None:
    topic = await world.do("admin", "create_topic", programme_id=await world.programme(), name="Short videos")

    with invalid("other_programme", "/topic_id"):
        await create(world, session, "agenda_item", topic_id=topic["id"])


@pytest.mark.parametrize("kind", ["agenda_item", "session_link", "action_item"])
async def test_either_partner_removes_what_is_shared(world: World, session: dict[str, Any], kind: str) -> None:
    made = await create(world, session, kind)

    await world.do("mentee", f"delete_{kind}", made["id"])

    with refused("not_found"):
        await world.do("mentee", f"delete_{kind}", made["id"])


@pytest.mark.parametrize("kind", ["agenda_item", "session_link"])
async def test_the_plan_of_a_session_that_took_place_stays_as_it_was(
    world: World, session: dict[str, Any], kind: str
) -> None:
    made = await create(world, session, kind)
    await world.do("mentor", "complete_session", session["id"])

    with refused("session_completed"):
        await create(world, session, kind)
    with refused("session_completed"):
        await world.do("mentor", f"delete_{kind}", made["id"])
    if kind == "agenda_item":
        with refused("session_completed"):
            await world.do("mentor", "update_agenda_item", made["id"], title="Rewritten")


@pytest.mark.parametrize("kind", ["action_item", "note"])
async def test_notes_and_action_items_stay_open_after_a_session(
    world: World, session: dict[str, Any], kind: str
) -> None:
    await world.do("mentor", "complete_session", session["id"])

    made = await create(world, session, kind)
    assert (await world.do("mentor", f"update_{kind}", made["id"], text="Changed"))["text"] == "Changed"
    await world.do("mentor", f"delete_{kind}", made["id"])


async def test_an_action_item_belongs_to_one_of_the_two(world: World, session: dict[str, Any]) -> None:
    with invalid("not_a_member", "/owner_id"):
        await create(world, session, "action_item", owner_id=world.people["coordinator"])


async def test_an_action_item_is_applied_at_work_once(world: World, session: dict[str, Any]) -> None:
    item = await create(world, session, "action_item")

    applied = await world.do("mentee", "apply_action_item", item["id"])

    assert applied["applied_at"] == "2026-03-02T12:00:00+00:00"
    with refused("action_item_applied"):
        await world.do("mentor", "apply_action_item", item["id"])


@pytest.mark.parametrize("tier", Tier)
async def test_a_note_belongs_to_its_author_whoever_may_read_it(
    world: World, session: dict[str, Any], tier: Tier
) -> None:
    note = await create(world, session, "note", tier=tier.value)
    assert note["author_id"] == world.people["mentor"]

    code = "not_found" if tier is Tier.AUTHOR_ONLY else "not_allowed"
    for move in ("update_note", "delete_note"):
        with refused(code):
            await world.do("mentee", move, note["id"])
    assert (await world.do("mentor", "update_note", note["id"], text="Better"))["text"] == "Better"


async def test_a_note_is_for_its_author_alone_unless_it_says_otherwise(world: World, session: dict[str, Any]) -> None:
    note = await world.do("mentor", "create_note", session_id=session["id"], text="For me.")

    assert note["tier"] == "author_only"


async def test_the_tier_of_a_note_cannot_be_widened(world: World, session: dict[str, Any]) -> None:
    note = await create(world, session, "note", tier="author_only")

    with pytest.raises(ValueError, match="tier"):
        await world.do("mentor", "update_note", note["id"], tier="pair")


async def test_the_id_of_a_note_does_not_tell_when_it_was_written(world: World, session: dict[str, Any]) -> None:
    ids = [(await create(world, session, "note"))["id"] for _ in range(8)]

    assert ids != sorted(ids)
