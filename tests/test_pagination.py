"""Cursors: good for the list that gave them out, opaque, and the same whether Python or SQL makes them."""

import base64
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import pagination
from app.domain.people.resource import PEOPLE
from app.pagination import BadCursor, seal, unseal
from app.reading import run as reading
from app.reading.shape import Edges, Leaf, Nodes, Page, Wanted
from tests.world import World

storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=100)
# A letter of four bytes, of twelve once it is composed.
MUSIC = "\U0001d160"


def row(*keys: Any) -> str:
    return orjson.dumps(list(keys)).decode()


@given(st.text(max_size=50), st.lists(storable, min_size=1, max_size=3))
def test_a_cursor_comes_back_as_it_went(scope: str, keys: list[str]) -> None:
    assert unseal(scope, seal(scope, row(*keys))) == keys


def test_numbers_come_back_as_text() -> None:
    assert unseal("ranks", seal("ranks", row(7, "rnk_1"))) == ["7", "rnk_1"]


def test_a_cursor_of_one_list_opens_no_other() -> None:
    with pytest.raises(BadCursor):
        unseal("goals", seal("sessions", row("a")))


def test_scope_and_keys_cannot_trade_letters() -> None:
    with pytest.raises(BadCursor):
        unseal("a", seal("a\n[", "[]"))


def test_no_letter_of_a_cursor_can_be_changed() -> None:
    cursor = seal("sessions", row("2026-03-02T12:00:00+00:00", "ses_1"))

    for place, letter in enumerate(cursor):
        for other in {"A", "B", "-", "+", "/", "=", " "} - {letter}:
            with pytest.raises(BadCursor):
                unseal("sessions", cursor[:place] + other + cursor[place + 1 :])


@pytest.mark.parametrize("change", ["{}=", "{}==", "{}A", " {}", "{}\n", "{}.", "x{}"])
def test_nothing_can_be_added_to_a_cursor(change: str) -> None:
    with pytest.raises(BadCursor):
        unseal("sessions", change.format(seal("sessions", row("a"))))


def test_a_cursor_cannot_be_cut() -> None:
    cursor = seal("sessions", row("a"))

    for length in range(len(cursor)):
        with pytest.raises(BadCursor):
            unseal("sessions", cursor[:length])


@pytest.mark.parametrize(
    "cursor", ["", "é", "\x00", "٣", "%", "A" * 10_000, base64.urlsafe_b64encode(b"\xff" * 20).decode()]
)
def test_what_is_no_cursor(cursor: str) -> None:
    with pytest.raises(BadCursor):
        unseal("sessions", cursor)


@given(st.text())
def test_no_text_is_worse_than_a_bad_cursor(cursor: str) -> None:
    with pytest.raises(BadCursor):
        unseal("sessions", cursor)


def test_a_bad_cursor_names_the_parameter_it_came_in() -> None:
    with pytest.raises(BadCursor) as refused:
        unseal("sessions", "nonsense", parameter="after")

    assert (refused.value.status, refused.value.code) == (400, "bad_cursor")
    assert [fault.parameter for fault in refused.value.faults] == ["after"]


async def cursors(world: World) -> list[tuple[str, list[str]]]:
    """The cursor that SQL makes for each person, and the keys that it should hold."""
    person = Wanted(PEOPLE, (Leaf("id", "id"), Leaf("display_name", "display_name")))
    edges = Edges("edges", (Leaf("cursor", "cursor"), Nodes("node", person)))
    listed = Page(PEOPLE, (edges,), "display_name", limit="first", scope="list")
    values = {"first": 100, "list": "people by name"}
    (answer,) = await reading.fields(world.actors["admin"], (("people", listed),), values)
    found = orjson.loads(answer)["edges"]
    return [(edge["cursor"], [edge["node"]["display_name"], edge["node"]["id"]]) for edge in found]


async def test_sql_makes_the_cursors_that_python_opens(world: World) -> None:
    names = ["a", "“é” ü", '"quoted" \\ back', "李小龙 🦊", "x" * 200, "</script>", "+/=-_ %", "'; drop table person"]
    for name in names:
        await world.person(display_name=name)

    made = await cursors(world)

    assert {keys[0] for _, keys in made} >= set(names)
    for cursor, keys in made:
        assert unseal("people by name", cursor) == keys
        assert cursor == seal("people by name", "[" + ", ".join(orjson.dumps(key).decode() for key in keys) + "]")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60))
async def test_any_name_makes_a_cursor_that_opens(world: World, name: str) -> None:
    await world.person(display_name=name)

    for cursor, keys in await cursors(world):
        assert unseal("people by name", cursor) == keys


async def test_the_longest_name_makes_a_cursor_that_opens(world: World) -> None:
    await world.person(given_name=MUSIC * 200, family_name=MUSIC * 200)

    made = await cursors(world)

    assert max(len(cursor) for cursor, _ in made) > 6000
    for cursor, keys in made:
        assert unseal("people by name", cursor) == keys


def test_both_pads_are_of_one_key() -> None:
    inner, outer = pagination.pads()

    assert len(inner) == len(outer) == 64
    assert {a ^ b for a, b in zip(inner, outer, strict=True)} == {0x36 ^ 0x5C}
