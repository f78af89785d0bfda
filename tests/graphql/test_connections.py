"""Pages: forward, backward, and what they say of themselves; cursors that belong to one list alone."""

from itertools import product
from typing import Any

import pytest
from strawberry.utils.str_converters import to_camel_case

from app.declared import RESOURCES
from app.graphql.schema import plural_name
from app.graphql.types import order_name
from app.reading.resource import Resource
from tests.full import Full
from tests.graphql.client import Gql
from tests.world import World

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

PAGE = "nodes{id} edges{cursor node{id}} pageInfo{hasNextPage hasPreviousPage startCursor endCursor}"
PEOPLE = f"query($n:Int,$m:Int,$a:String,$b:String,$f:PersonFilter,$o:PersonOrder){{people(first:$n,last:$m,after:$a,before:$b,filter:$f,orderBy:$o){{{PAGE}}}}}"  # noqa: E501
GOALS = f"query($id:ID!,$n:Int,$m:Int,$a:String,$b:String,$o:GoalOrder){{pairing(id:$id){{goals(first:$n,last:$m,after:$a,before:$b,orderBy:$o){{{PAGE}}}}}}}"  # noqa: E501


class Listed:
    """A list to walk through: at the root, or inside an object."""

    def __init__(self, reader: Gql, query: str, part: str, **fixed: Any) -> None:
        self._reader, self._query, self._part, self._fixed = reader, query, part, fixed

    async def page(self, **given: Any) -> dict[str, Any]:
        """One page, whose parts agree with each other."""
        found: Any = await self._reader.data(self._query, self._part, **self._fixed, **given)
        while "pageInfo" not in found:
            [found] = found.values()
        assert [edge["node"] for edge in found["edges"]] == found["nodes"]
        cursors = [edge["cursor"] for edge in found["edges"]]
        info = found["pageInfo"]
        assert (info["startCursor"], info["endCursor"]) == ((cursors[0], cursors[-1]) if cursors else (None, None))
        page: dict[str, Any] = found
        return page

    async def all(self, **given: Any) -> list[str]:
        """All ids, in one page."""
        return ids_of(await self.page(n=100, **given))


def ids_of(page: dict[str, Any]) -> list[str]:
    return [node["id"] for node in page["nodes"]]


@pytest.fixture(params=["root", "nested"])
async def listed(request: pytest.FixtureRequest, reader: Gql, acme: Full) -> Listed:
    if request.param == "root":
        return Listed(reader, PEOPLE, "admin")
    return Listed(reader, GOALS, "mentor", id=acme.objects["pairing"])


ORDERS = ["ID_ASC", "ID_DESC"]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 50])
async def test_walking_forward_shows_everything_once(size: int, order: str, listed: Listed) -> None:
    every = await listed.all(o=order)
    seen: list[str] = []
    cursor = None

    while True:
        page = await listed.page(n=size, a=cursor, o=order)
        info = page["pageInfo"]
        assert info["hasPreviousPage"] == (cursor is not None)
        seen += ids_of(page)
        assert info["hasNextPage"] == (seen != every)
        cursor = info["endCursor"]
        if not info["hasNextPage"]:
            break
        assert len(page["nodes"]) == size

    assert seen == every
    assert len(every) >= 5
    assert every == sorted(every, reverse=order.endswith("DESC"))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 50])
async def test_walking_backward_shows_everything_once(size: int, order: str, listed: Listed) -> None:
    every = await listed.all(o=order)
    seen: list[str] = []
    cursor = None

    while True:
        page = await listed.page(m=size, b=cursor, o=order)
        info = page["pageInfo"]
        assert info["hasNextPage"] == (cursor is not None)
        # Pages are walked from the end, but each is told in the order of the list.
        seen = ids_of(page) + seen
        assert info["hasPreviousPage"] == (seen != every)
        cursor = info["startCursor"]
        if not info["hasPreviousPage"]:
            break

    assert seen == every


async def test_every_cursor_leads_on_from_its_object(listed: Listed) -> None:
    page = await listed.page(n=100)
    every = ids_of(page)

    for place, edge in enumerate(page["edges"]):
        assert ids_of(await listed.page(n=100, a=edge["cursor"])) == every[place + 1 :]
        assert ids_of(await listed.page(m=100, b=edge["cursor"])) == every[:place]
        # Without a size, a cursor alone says which way.
        assert ids_of(await listed.page(b=edge["cursor"])) == every[:place][-25:]


async def test_an_empty_page_says_so(listed: Listed) -> None:
    last = (await listed.page(m=1))["pageInfo"]["endCursor"]

    page = await listed.page(n=5, a=last)

    assert page["nodes"] == page["edges"] == []
    assert page["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": None}


async def test_a_page_is_25_unless_it_says_otherwise(gql: Gql, world: World) -> None:
    for _ in range(22):
        await world.person()

    found = await gql.data("{people{nodes{id} pageInfo{hasNextPage}} all:people(first:100){nodes{id}}}")

    assert len(found["all"]["nodes"]) == 26
    assert found["people"] == {"nodes": found["all"]["nodes"][:25], "pageInfo": {"hasNextPage": True}}


COMBINATIONS = {
    "both sizes": {"n": 1, "m": 1},
    "both cursors": {"a": "x", "b": "x"},
    "forward from before": {"n": 1, "b": "x"},
    "backward from after": {"m": 1, "a": "x"},
    "none at all": {"n": 0},
    "less than none": {"n": -1},
    "too many": {"n": 101},
    "none from the end": {"m": 0},
    "too many from the end": {"m": 101},
}


@pytest.mark.parametrize("given", COMBINATIONS.values(), ids=list(COMBINATIONS))
async def test_arguments_that_do_not_go_together_are_refused(given: dict[str, Any], acme: Full, reader: Gql) -> None:
    assert await reader.codes(PEOPLE, **given) == ["bad_query"]
    assert await reader.codes(GOALS, "mentor", id=acme.objects["pairing"], **given) == ["bad_query"]


@pytest.mark.parametrize("direction", ["a", "b"])
async def test_cursors_of_other_lists_are_refused(
    direction: str, acme: Full, rival: Full, reader: Gql, stranger: Gql
) -> None:
    page = (await reader.data(PEOPLE, n=1))["people"]
    cursor = page["pageInfo"]["endCursor"]
    others: list[dict[str, Any]] = [{"o": "ID_DESC"}, {"o": "DISPLAY_NAME_ASC"}, {"f": {"rankLevel": 5}}]
    forged = [cursor[:-1], cursor + "A", cursor[::-1], "", "x", "ü", "=" * 10, "A" * 9000, cursor.swapcase()]

    assert "errors" not in await reader(PEOPLE, **{direction: cursor})
    for other in others:
        assert await reader.codes(PEOPLE, **{direction: cursor}, **other) == ["bad_cursor"]
    for text in forged:
        assert await reader.codes(PEOPLE, **{direction: text}) == ["bad_cursor"]
    assert await stranger.codes(PEOPLE, **{direction: cursor}) == ["bad_cursor"]
    assert await reader.codes(GOALS, "mentor", id=acme.objects["pairing"], **{direction: cursor}) == ["bad_cursor"]


async def test_a_cursor_of_a_nested_list_is_none_of_the_flat_one(acme: Full, reader: Gql) -> None:
    nested = (await reader.data(GOALS, "mentor", id=acme.objects["pairing"]))["pairing"]["goals"]["pageInfo"][
        "endCursor"
    ]

    codes = await reader.codes("query($a:String){goals(after:$a){nodes{id}}}", "mentor", a=nested)

    assert codes == ["bad_cursor"]


async def test_a_cursor_holds_while_the_list_changes(gql: Gql, world: World) -> None:
    first = (await gql.data(PEOPLE, n=3))["people"]
    added = await world.person()

    rest = (await gql.data(PEOPLE, n=100, a=first["pageInfo"]["endCursor"]))["people"]

    assert ids_of(rest)[-1] == added
    assert not set(ids_of(rest)) & set(ids_of(first))


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
async def test_every_order_of_every_list_can_be_walked(resource: Resource, acme: Full, reader: Gql) -> None:
    field, part = to_camel_case(plural_name(resource)), acme.reader(resource.name)
    # The trail grows with what tests do, beyond a page.
    narrowed = 'filter:{action:["create_person"]},' if resource.name == "audit_entry" else ""
    for order in resource.orders:
        walk = Listed(
            reader,
            f"query($n:Int,$m:Int,$a:String,$b:String){{{field}(first:$n,last:$m,after:$a,before:$b,"
            f"{narrowed}orderBy:{order_name(order)}){{{PAGE}}}}}",
            part,
        )
        every = await walk.all()
        assert every
        first = await walk.page(n=1)
        assert ids_of(first) == every[:1]
        assert ids_of(await walk.page(n=100, a=first["pageInfo"]["endCursor"])) == every[1:]
        last = await walk.page(m=1)
        assert ids_of(last) == every[-1:]
        assert ids_of(await walk.page(m=100, b=last["pageInfo"]["startCursor"])) == every[:-1]


async def test_equal_sort_keys_are_told_apart_by_id(gql: Gql, world: World) -> None:
    same = [await world.person(given_name="Same", family_name="Name") for _ in range(5)]
    walk = Listed(gql, PEOPLE, "admin")
    seen: list[str] = []
    cursor = None

    for _ in range(9):
        page = await walk.page(n=1, a=cursor, o="DISPLAY_NAME_ASC")
        seen += ids_of(page)
        cursor = page["pageInfo"]["endCursor"]

    assert [each for each in seen if each in same] == sorted(same)
    assert len(set(seen)) == 9


async def test_filters_of_one_and_several_values(acme: Full, reader: Gql) -> None:
    everyone = (await reader.data("{people(first:100){nodes{id rankLevel department}}}"))["people"]["nodes"]

    for levels in ([2], [2, 7], [2, 5, 7], [99]):
        for given in (levels, levels[0]) if len(levels) == 1 else (levels,):
            found = (await reader.data(PEOPLE, n=100, f={"rankLevel": given}))["people"]
            assert ids_of(found) == [each["id"] for each in everyone if each["rankLevel"] in levels]
    both = {"rankLevel": [2, 7], "department": ["mentor desk"]}
    assert ids_of((await reader.data(PEOPLE, f=both))["people"]) == [acme.world.people["mentor"]]


async def test_a_filter_of_nothing_is_none(reader: Gql) -> None:
    every = (await reader.data(PEOPLE))["people"]

    for given in ({}, {"rankLevel": None}, None):
        found = (await reader.data(PEOPLE, f=given))["people"]
        assert ids_of(found) == ids_of(every)


@pytest.mark.parametrize(
    "values", [[], ["x"] * 51, [""], ["x" * 301], ["a\0b"]], ids=["none", "51", "empty", "long", "nul"]
)
async def test_a_filter_takes_1_to_50_proper_values(values: list[str], reader: Gql) -> None:
    assert await reader.codes(PEOPLE, f={"department": values}) == ["bad_query"]


async def test_a_range_takes_its_beginning_and_not_its_end(acme: Full, reader: Gql) -> None:
    query = "query($f:SessionFilter){sessions(filter:$f,orderBy:STARTS_AT_ASC){nodes{startsAt}}}"
    every = [each["startsAt"] for each in (await reader.data(query, "mentor"))["sessions"]["nodes"]]
    assert len(every) == 6

    for begin, end in product((0, 1, 3), (1, 3)):
        limits = {"startsAfter": every[begin], "startsBefore": every[end]}
        found = (await reader.data(query, "mentor", f=limits))["sessions"]["nodes"]
        assert [each["startsAt"] for each in found] == every[begin:end]


async def test_filters_that_look_like_others_have_cursors_of_their_own(gql: Gql, world: World) -> None:
    """A text with our own separators in it must not pass for two filters."""
    for department in ("a", "a&rank_level=3", "a,b", "b"):
        await world.person(department=department)
    query = "query($f:PersonFilter,$a:String){people(filter:$f,after:$a){nodes{department} pageInfo{endCursor}}}"
    one = (await gql.data(query, f={"department": ["a,b"]}))["people"]
    other = (await gql.data(query, f={"department": ["a&rank_level=3"]}))["people"]

    assert one["nodes"] == [{"department": "a,b"}]
    assert other["nodes"] == [{"department": "a&rank_level=3"}]
    several = {"department": ["a", "b"]}
    both = {"department": ["a"], "rankLevel": [3]}
    assert await gql.codes(query, f=several, a=one["pageInfo"]["endCursor"]) == ["bad_cursor"]
    assert await gql.codes(query, f=both, a=other["pageInfo"]["endCursor"]) == ["bad_cursor"]
