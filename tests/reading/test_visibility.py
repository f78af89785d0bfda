"""Who sees which rows and which fields, on every way that leads to them."""

import pytest

from app.auth import policy, tiers
from app.auth.actor import Role
from app.declared import RESOURCES
from app.reading import run
from app.reading.resource import Resource
from tests.reading.conftest import Scene
from tests.reading.shapes import field, listed, page_of, read, to_many, to_one, wanted, where

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

OFFICE = {"admin", "service"}
PAIR = {"mentor", "mentee"}
COORDINATORS = {"coordinator", "other coordinator"}
AUDITED = OFFICE | {"auditor"}
EVERYONE = AUDITED | PAIR | COORDINATORS | {"outsider"}
# Staff of the platform, while a glass is broken.
LOOKED_AT = EVERYONE | {"platform"}
FACTS = OFFICE | PAIR | {"coordinator"}
OF_PEERS = frozenset({"mentor", "coordinator", "admin", "service"})
SEEN_BY = {
    "organisation": LOOKED_AT,
    "rank": LOOKED_AT,
    "person": AUDITED | COORDINATORS | PAIR | {"platform"},
    "person:outsider": AUDITED | COORDINATORS | {"outsider", "platform"},
    "do_not_pair": OFFICE,
    **dict.fromkeys(("group", "group_member"), AUDITED | COORDINATORS),
    **dict.fromkeys(("planned_change", "sync_run", "sync_difference"), AUDITED),
    "api_key": {"admin", "auditor"},
    "identity_provider": {"admin", "auditor"},
    "hr_source": {"admin", "auditor"},
    "standing": {"admin", "coordinator", "auditor"},
    "operation": {"admin", "auditor"},
    "programme": LOOKED_AT,
    "topic": LOOKED_AT,
    "programme_resource": LOOKED_AT,
    "programme_milestone": LOOKED_AT,
    "sponsorship": LOOKED_AT,
    "cohort": LOOKED_AT,
    "programme_role": LOOKED_AT,
    "programme:draft": AUDITED | {"coordinator", "platform"},
    "topic:draft": AUDITED | {"coordinator", "platform"},
    "enrolment": FACTS,
    "enrolment:mentee": FACTS,
    "pairing": FACTS | {"auditor", "platform"},
    "agreement": FACTS | {"auditor", "platform"},
    "signature": FACTS | {"auditor", "platform"},
    **dict.fromkeys(("session", "recurring_session"), PAIR | {"coordinator", "service", "auditor"}),
    "attendance": PAIR,
    "agenda_item": PAIR,
    "session_link": PAIR,
    "action_item": PAIR,
    "note:author_only": {"mentor"},
    "note:pair": PAIR,
    "note:pair_and_coordinator": PAIR | {"coordinator"},
    **dict.fromkeys(("matching_policy", "match_run"), AUDITED | {"coordinator"}),
    "match_proposal": FACTS | {"auditor"},
    "pairing_conflict": {"admin", "coordinator"},
    "matching_preference": {"mentor", "coordinator"},
    "goal": PAIR | {"service"},
    "goal_milestone": PAIR | {"service"},
    "goal:draft": {"mentor"},
    "goal_milestone:draft": {"mentor"},
    "win": PAIR,
    "feedback:partner": PAIR,
    "feedback:private": {"mentor"},
    "feedback:aggregate": {"mentor"},
    **dict.fromkeys(("circle", "circle_member", "circle_meeting"), OF_PEERS),
    "training_assignment": OF_PEERS,
    "nomination": {"admin", "service", "coordinator"},
    "readiness_assessment": {"mentor", "coordinator"},
    "check_in": {"mentor", "coordinator"},
    "competency_rating": {"mentor"},
    "calendar_feed": {"mentor"},
    "recognition": {"mentor", "mentee", "service"},
    "recognition_criterion": EVERYONE,
    "opportunity": EVERYONE,
    "announcement": AUDITED | {"coordinator"},
    "announcement:published": AUDITED | PAIR | {"coordinator"},
    "announcement:mentees": AUDITED | {"mentee", "coordinator"},
    "success_story": PAIR,
    # The partner has not written, and the two have not parted.
    "farewell": {"mentor", "coordinator"},
    # Nobody has the duty: the office looks after it.
    "concern": {"mentor", "admin"},
    "task": {"mentee"},
    "pairing_overview": {"coordinator", "service"},
    "retention_policy": EVERYONE,
    "consent": {"admin", "auditor", "mentor"},
    "export": {"admin", "auditor", "mentor"},
    "erasure": {"admin", "auditor"},
    "legal_hold": {"admin", "auditor"},
    "break_glass": {"admin", "auditor", "platform"},
    **dict.fromkeys(("webhook_endpoint", "webhook_secret", "webhook_signing_key"), AUDITED),
    "delivery": AUDITED,
    "attempt": AUDITED,
    "event": {"service"},
    "audit_entry": {"admin", "auditor", "mentor"},
}


def test_every_resource_has_its_row_in_this_table() -> None:
    assert {name.partition(":")[0] for name in SEEN_BY} == {resource.name for resource in RESOURCES}


@pytest.mark.parametrize("name", SEEN_BY)
async def test_an_object_is_found_by_those_who_may_see_it(scene: Scene, name: str) -> None:
    resource, object_id = scene.find(name)

    found = {part for part, actor in scene.actors.items() if await read(actor, wanted(resource), object_id)}

    assert found == SEEN_BY[name]


@pytest.mark.parametrize("name", SEEN_BY)
async def test_an_object_is_listed_for_those_who_may_see_it(scene: Scene, name: str) -> None:
    resource, object_id = scene.find(name)

    found = {
        part for part, actor in scene.actors.items() if {"id": object_id} in await listed(actor, page_of(resource))
    }

    assert found == SEEN_BY[name]


@pytest.mark.parametrize("name", SEEN_BY)
async def test_an_object_is_null_among_several_answers_for_all_others(scene: Scene, name: str) -> None:
    resource, object_id = scene.find(name)

    found = {part for part, actor in scene.actors.items() if await field(actor, wanted(resource), id_0=object_id)}

    assert found == SEEN_BY[name]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
async def test_an_edge_leads_nobody_to_what_they_may_not_see(scene: Scene, resource: Resource) -> None:
    for name, edge in resource.references.items():
        shape = page_of(resource, edge.column, to_one(resource, name))
        for actor in scene.actors.values():
            visible = {item["id"] for item in await listed(actor, page_of(edge.to))}
            for item in await listed(actor, shape):
                expected = {"id": item[edge.column]} if item[edge.column] in visible else None
                assert item[name] == expected, f"{name} for {actor.role}"


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
async def test_a_way_back_shows_nobody_what_they_may_not_see(scene: Scene, resource: Resource) -> None:
    for name, collection in resource.collections.items():
        back = page_of(collection.resource, "id", collection.column)
        shape = page_of(resource, "id", to_many(resource, name, back))
        for actor in scene.actors.values():
            visible = await listed(actor, back)
            for item in await listed(actor, shape, scope="s"):
                expected = [one for one in visible if one[collection.column] == item["id"]]
                assert item[name] == {"items": expected}, f"{name} for {actor.role}"


async def test_nobody_sees_another_organisation_by_any_list(scene: Scene) -> None:
    stranger = scene.actors["stranger"]
    ours = set(scene.objects.values())

    for resource in RESOURCES:
        assert not ours & {item["id"] for item in await listed(stranger, page_of(resource))}, resource.name


HIDDEN_FROM = {
    ("pairing", "end_reason"): AUDITED | PAIR | {"platform"},
    ("session", "cancelled_by"): PAIR | {"auditor"},
    ("session", "cancel_reason"): PAIR | {"auditor"},
    ("session", "topic"): {"auditor"},
    ("agreement", "clauses"): {"auditor", "platform"},
    ("person", "work_email"): {"auditor", "platform"},
    ("do_not_pair", "reason"): {"service"},
    ("match_run", "report"): {"auditor"},
    ("match_proposal", "score"): AUDITED | PAIR,
    ("match_proposal", "mentor_points"): AUDITED | {"mentee"},
    ("match_proposal", "mentee_points"): AUDITED | {"mentor"},
}


@pytest.fixture(scope="module")
async def ended(scene: Scene) -> Scene:
    """A pair of which there is something to hide: a session called off, an end with a reason."""
    world = scene.world
    pairing = await world.pairing()
    session = await world.session(pairing["id"], days=40, topic="Prompts")
    await world.do("mentee", "cancel_session", session["id"], reason="priority")
    await world.do("mentee", "end_pairing_early", pairing["id"], reason="fit")
    one, other = await world.person(), await world.person()
    entry = await world.do("admin", "create_do_not_pair", person_id=one, other_person_id=other, reason="A quarrel.")
    await world.do("admin", "update_person", world.people["mentor"], work_email="mentor@example.com")
    objects = {"pairing": pairing["id"], "session": session["id"], "do_not_pair": entry["id"]}
    return Scene(world, scene.objects | objects, scene.actors)


@pytest.mark.parametrize(("name", "hidden"), HIDDEN_FROM)
async def test_a_hidden_field_is_null_for_some_who_see_the_object(ended: Scene, name: str, hidden: str) -> None:
    resource, object_id = ended.find(name)

    blind = set()
    for part in SEEN_BY[name]:
        alone = await read(ended.actors[part], wanted(resource, hidden), object_id)
        (found,) = [
            item
            for item in await listed(ended.actors[part], page_of(resource, "id", hidden))
            if item["id"] == object_id
        ]
        assert found[hidden] == alone[hidden]
        if alone[hidden] is None:
            blind.add(part)

    assert blind == HIDDEN_FROM[name, hidden]


async def test_a_hidden_field_stays_hidden_behind_an_edge(ended: Scene) -> None:
    resource, object_id = ended.find("session")
    shape = wanted(resource, to_one(resource, "pairing", "end_reason"))

    assert await read(ended.actors["mentor"], shape, object_id) == {"pairing": {"end_reason": None}}
    assert await read(ended.actors["coordinator"], shape, object_id) == {"pairing": {"end_reason": "fit"}}


async def test_a_filter_tells_nobody_what_the_answer_hides(ended: Scene) -> None:
    resource, object_id = ended.find("person")
    shape = page_of(resource, "id", wheres=(where("work_email"),))

    found = {
        part
        for part in SEEN_BY["person"]
        if {"id": object_id} in await listed(ended.actors[part], shape, work_email="mentor@example.com")
    }

    assert found == SEEN_BY["person"] - HIDDEN_FROM["person", "work_email"]


async def test_who_is_not_shown_the_people_of_an_entry_finds_nobody_but_themselves(scene: Scene) -> None:
    resource, _ = scene.find("audit_entry")
    people, mentor, admin = scene.world.people, scene.actors["mentor"], scene.actors["admin"]
    one, several = (page_of(resource, wheres=(where("subject_id", several=several),)) for several in (False, True))

    assert await listed(admin, one, subject_id=people["mentee"])
    assert await listed(mentor, one, subject_id=people["mentor"])
    assert await listed(mentor, one, subject_id=people["mentee"]) == []
    assert await listed(mentor, several, subject_id=[people["mentor"], people["mentee"]]) == []


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_no_order_and_no_edge_tells_what_a_row_hides(resource: Resource) -> None:
    telling = {order.removeprefix("-") for order in resource.orders}
    telling |= {edge.column for edge in resource.references.values()}

    for role in Role:
        if seen := policy.readers(resource.name, role):
            assert {name for name in telling if tiers.shown(resource.name, name, role) != seen} == set(), role


async def test_a_computed_field_is_seen_with_its_object(scene: Scene) -> None:
    world = scene.world
    pairing = await world.pairing()
    for days, rating in ((-30, 5), (-15, 2)):
        session = await world.session(pairing["id"], days=days)
        await world.do("mentor", "complete_session", session["id"], focus_rating=rating)
    resource, _ = scene.find("pairing")

    for part, actor in scene.actors.items():
        seen = await read(actor, wanted(resource, "average_focus"), pairing["id"])
        known = {"average_focus": 3.5} if part in FACTS else None
        assert seen == ({"average_focus": None} if part in ("auditor", "platform") else known)


async def test_an_id_of_another_kind_finds_nothing(scene: Scene) -> None:
    resource, _ = scene.find("pairing")

    for object_id in (scene.objects["session"], "pai_", "x" * 30, ""):
        with pytest.raises(run.Absent) as refused:
            await run.one(scene.actors["admin"], wanted(resource), object_id)
        assert refused.value.code == "not_found"


def test_every_role_takes_part_in_the_scene(scene: Scene) -> None:
    # A portal of one endpoint has a stage of its own: tests/webhooks/test_portal_of_one.py.
    assert {actor.role for actor in scene.actors.values()} == set(Role) - {Role.WEBHOOK_PORTAL}
