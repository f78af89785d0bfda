"""What a shape becomes: fields under the caller's keys, objects behind edges, lists and what they say of themselves."""

from typing import Any

import orjson
import pytest

from app import pagination
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.reading import run
from app.reading.shape import Constant, Edges, Embedded, Group, Leaf, Nodes, Page, Part, Says
from tests.reading.shapes import field, listed, page_of, read, to_many, to_one, wanted, where
from tests.world import World

CURSOR = Leaf("cursor", "cursor")


@pytest.fixture
async def team(world: World) -> list[str]:
    """A manager and the five who report to them, three of the same name."""
    manager = await world.person(display_name="The boss", rank=9)
    names = ("Ada", "Bob", "Bob", "Bob", "Cy")
    return [manager, *[await world.person(display_name=name, manager_id=manager) for name in names]]


def reports(*items: Any, **options: Any) -> Page:
    """The reports of a person, by name."""
    return Page(PEOPLE, items, **({"sort": "display_name"} | options))


async def reports_of(world: World, person_id: str, listed: Page, **values: Any) -> Any:
    """What a list of reports says, below their manager."""
    shape = wanted(PEOPLE, to_many(PEOPLE, "reports", listed))
    return (await read(world.actors["admin"], shape, person_id, **({"limit": 3, "scope": "s"} | values)))["reports"]


async def test_a_field_appears_under_the_key_of_its_caller(world: World) -> None:
    shape = wanted(PEOPLE, Leaf("mine", "given_name"), Leaf("alsoMine", "given_name"), Constant("__typename", "Person"))

    seen = await read(world.actors["admin"], shape, world.people["mentor"])

    assert seen == {"mine": "Mentor", "alsoMine": "Mentor", "__typename": "Person"}
    assert list(seen) == ["mine", "alsoMine", "__typename"]


KEYS = ["r0", "r1", "r2", "t0", "p1", "n1", "b0", "e_objectives", "body", "version", "keys", "place", "value"]


@pytest.mark.parametrize("key", [*KEYS, "select", "user", "camelCase", "_", "k" * 63])
async def test_no_key_of_a_caller_means_anything_to_the_database(world: World, team: list[str], key: str) -> None:
    admin, leaf = world.actors["admin"], Leaf(key, "display_name")
    boss, mine = {key: "The boss"}, [{key: name} for name in ("Ada", "Bob", "Bob")]

    assert await read(admin, wanted(PEOPLE, leaf), team[0]) == boss
    assert await field(admin, wanted(PEOPLE, leaf), id_0=team[0]) == boss
    above = wanted(PEOPLE, leaf, to_one(PEOPLE, "manager", leaf))
    assert await read(admin, above, team[1]) == {key: "Ada", "manager": boss}
    nodes = Nodes("nodes", wanted(PEOPLE, leaf, to_one(PEOPLE, "manager", leaf)))
    found = await reports_of(world, team[0], reports(nodes))
    assert found == {"nodes": [one | {"manager": boss} for one in mine]}
    edges = Edges("edges", (Nodes(key, wanted(PEOPLE, leaf)), CURSOR))
    found = await reports_of(world, team[0], reports(edges, Says(f"{key[:62]}_", Part.HAS_NEXT)))
    assert [edge[key] for edge in found["edges"]] == mine
    rows = await listed(admin, page_of(PEOPLE, leaf, wheres=(where("manager_id"),)), manager_id=team[0])
    assert len(rows) == 5


async def test_the_values_of_an_enum_can_be_named_in_capitals(world: World) -> None:
    shape = wanted(PEOPLE, Leaf("plain", "employment_status"), Leaf("named", "employment_status", as_name=True))

    seen = await read(world.actors["admin"], shape, world.people["mentor"])

    assert seen == {"plain": "active", "named": "ACTIVE"}


async def test_small_objects_inside_a_field_are_shaped_too(world: World) -> None:
    objectives = [
        {"type": "inclusion", "description": "Hear every voice"},
        {"type": "digital_literacy", "description": "Know the tools"},
    ]
    programme_id = await world.programme(objectives=objectives)
    members = (("kind", "type", True), ("type", "type", False), ("text", "description", False), ("is", None, False))
    shape = wanted(PROGRAMMES, Embedded("goals", "objectives", "Objective", members))

    seen = await read(world.actors["admin"], shape, programme_id)

    assert seen["goals"] == [
        {"kind": "INCLUSION", "type": "inclusion", "text": "Hear every voice", "is": "Objective"},
        {"kind": "DIGITAL_LITERACY", "type": "digital_literacy", "text": "Know the tools", "is": "Objective"},
    ]


async def test_a_field_without_small_objects_is_an_empty_list(world: World) -> None:
    shape = wanted(PROGRAMMES, Embedded("goals", "objectives", "Objective", (("type", "type", False),)))

    assert await read(world.actors["admin"], shape, await world.programme()) == {"goals": []}


async def test_an_edge_leads_to_one_object_or_to_none(world: World, team: list[str]) -> None:
    shape = wanted(PEOPLE, "id", to_one(PEOPLE, "manager", "id", to_one(PEOPLE, "manager")))

    assert await read(world.actors["admin"], shape, team[1]) == {
        "id": team[1],
        "manager": {"id": team[0], "manager": None},
    }


async def test_an_answer_carries_the_version_of_its_object(world: World) -> None:
    person_id = world.people["mentor"]
    before = await run.one(world.actors["admin"], wanted(PEOPLE), person_id)

    await world.do("admin", "update_person", person_id, title="Chief")

    after = await run.one(world.actors["admin"], wanted(PEOPLE), person_id)
    assert (after.version, orjson.loads(after.body)["version"]) == (before.version + 1, before.version + 1)


async def test_a_list_below_an_object_holds_its_objects_in_order(world: World, team: list[str]) -> None:
    seen = await reports_of(world, team[0], reports(Nodes("nodes", wanted(PEOPLE, "id"))), limit=9)

    assert seen == {"nodes": [{"id": person_id} for person_id in team[1:]]}


async def test_a_list_can_be_turned_round(world: World, team: list[str]) -> None:
    nodes = Nodes("nodes", wanted(PEOPLE, "id"))

    seen = await reports_of(world, team[0], reports(nodes, descending=True), limit=9)

    assert seen == {"nodes": [{"id": person_id} for person_id in reversed(team[1:])]}


async def test_a_list_below_an_object_ends_at_its_limit(world: World, team: list[str]) -> None:
    seen = await reports_of(world, team[0], reports(Nodes("nodes", wanted(PEOPLE, "id"))), limit=2)

    assert seen == {"nodes": [{"id": person_id} for person_id in team[1:3]]}


async def test_an_empty_list_says_so(world: World, team: list[str]) -> None:
    says = [Says(part.value, part) for part in Part]
    shape = reports(Nodes("nodes", wanted(PEOPLE)), Edges("edges", (CURSOR,)), *says)

    assert await reports_of(world, team[1], shape) == {
        "nodes": [],
        "edges": [],
        "next_cursor": None,
        "start_cursor": None,
        "end_cursor": None,
        "has_next": False,
        "has_previous": False,
    }


async def test_a_list_says_of_itself_what_it_is_asked_in_the_callers_words(world: World, team: list[str]) -> None:
    info = (Says("more", Part.HAS_NEXT), Says("less", Part.HAS_PREVIOUS), Constant("__typename", "PageInfo"))
    shape = reports(Group("about", info), Constant("__typename", "PersonPage"), Nodes("nodes", wanted(PEOPLE, "id")))

    seen = await reports_of(world, team[0], shape)

    assert seen["about"] == {"more": True, "less": False, "__typename": "PageInfo"}
    assert seen["__typename"] == "PersonPage"
    assert list(seen) == ["about", "__typename", "nodes"]


async def test_an_envelope_holds_its_object_its_cursor_and_the_name_of_its_type(world: World, team: list[str]) -> None:
    items = (Constant("__typename", "PersonEdge"), Nodes("node", wanted(PEOPLE, "id")), CURSOR)

    seen = await reports_of(world, team[0], reports(Edges("edges", items)))

    assert [edge["node"]["id"] for edge in seen["edges"]] == team[1:4]
    assert {edge["__typename"] for edge in seen["edges"]} == {"PersonEdge"}
    assert list(seen["edges"][0]) == ["__typename", "node", "cursor"]


async def test_a_cursor_of_the_database_is_one_that_we_sign(world: World, team: list[str]) -> None:
    seen = await reports_of(world, team[0], reports(Edges("edges", (CURSOR,)), Says("next", Part.NEXT_CURSOR)))

    cursors = [edge["cursor"] for edge in seen["edges"]]
    keys = [["Ada", team[1]], ["Bob", team[2]], ["Bob", team[3]]]
    assert [pagination.unseal("s", cursor) for cursor in cursors] == keys
    assert seen["next"] == cursors[-1]
    assert pagination.seal("s", f'["Ada", "{team[1]}"]') == cursors[0]


async def test_a_cursor_below_an_object_is_good_for_that_object_alone(world: World, team: list[str]) -> None:
    shape = reports(Says("next", Part.NEXT_CURSOR), scope_of_parent=True)

    cursor = (await reports_of(world, team[0], shape))["next"]

    assert pagination.unseal(f"s{team[0]}", cursor) == ["Bob", team[3]]
    with pytest.raises(pagination.BadCursor):
        pagination.unseal(f"s{team[1]}", cursor)


async def test_several_answers_come_together_in_the_order_of_the_questions(world: World, team: list[str]) -> None:
    questions = (
        ("boss", wanted(PEOPLE, "id")),
        ("team", page_of(PEOPLE, sort="display_name", wheres=(where("manager_id"),))),
        ("nobody", wanted(PROGRAMMES, "id")),
    )
    values = {"id_0": team[0], "id_2": "prg_" + "0" * 26, "manager_id": team[0], "limit": 2, "scope": "s"}

    answers = [orjson.loads(body) for body in await run.fields(world.actors["admin"], questions, values)]

    assert answers == [{"id": team[0]}, {"items": [{"id": team[1]}, {"id": team[2]}]}, None]


async def test_a_list_among_several_answers_speaks_of_itself(world: World, team: list[str]) -> None:
    items = (Nodes("nodes", wanted(PEOPLE, "id")), Says("next", Part.NEXT_CURSOR))
    shape = Page(PEOPLE, items, sort="id", wheres=(where("manager_id"),))

    seen = await field(world.actors["admin"], shape, manager_id=team[0], limit=2)

    assert seen["nodes"] == [{"id": team[1]}, {"id": team[2]}]
    assert pagination.unseal("s", seen["next"]) == [team[2]]


async def test_a_list_of_which_only_the_type_is_asked_for_has_one(world: World) -> None:
    shape = Page(PEOPLE, (Group("about", (Constant("__typename", "PageInfo"),)),), sort="id")

    assert await field(world.actors["admin"], shape) == {"about": {"__typename": "PageInfo"}}


FILTERS: list[tuple[str, Any, bool, list[int]]] = [
    ("department", "Law", False, [1, 2]),
    ("department", ["Law", "Art"], True, [1, 2, 3]),
    ("rank_level", 4, False, [2, 3]),
    ("rank_level", [3, 4], True, [1, 2, 3]),
    ("employment_status", "inactive", False, [3]),
    ("employment_status", ["inactive", "active"], True, [1, 2, 3]),
    ("external_id", "e2", False, [2]),
    ("external_id", ["e1", "none"], True, [1]),
]


@pytest.mark.parametrize(("parameter", "value", "several", "expected"), FILTERS)
async def test_a_filter_lets_through_what_has_one_of_its_values(
    world: World, parameter: str, value: Any, several: bool, expected: list[int]
) -> None:
    boss = await world.person(rank=9)
    made = [("Law", 3), ("Law", 4), ("Art", 4)]
    ids = [
        await world.person(department=department, rank=rank, external_id=f"e{n}", manager_id=boss)
        for n, (department, rank) in enumerate(made, start=1)
    ]
    await world.do("admin", "deactivate_person", ids[2])

    both = (where(parameter, several=several), where("manager_id"))
    found = await listed(world.actors["admin"], page_of(PEOPLE, wheres=both), manager_id=boss, **{parameter: value})

    assert [item["id"] for item in found] == [ids[number - 1] for number in expected]
