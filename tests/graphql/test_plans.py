"""A plan is worked out once; what a request may change, it binds and checks every time."""

from dataclasses import replace
from itertools import combinations, product
from typing import Any

import orjson
import pytest

from app.auth.scopes import Scope
from app.graphql import plans
from app.graphql.documents import Chosen, Document, parsed
from app.graphql.executing import Request
from app.graphql.selecting import Selector
from tests.full import Full

QUERY = """
    query($n:Int,$m:Int,$a:String,$b:String,$f:SessionFilter,$o:SessionOrder,$s:[SessionStatus!],$id:ID="x",
    $yes:Boolean=true){sessions(first:$n,last:$m,after:$a,before:$b,filter:$f,orderBy:$o){
    nodes{id startsAt @include(if:$yes)} pageInfo{hasNextPage hasPreviousPage startCursor endCursor}}
    pairing(id:$id){id sessions(first:$n,last:$m,filter:{status:$s}){nodes{id status}}}}"""


def chosen_of(query: str) -> Chosen:
    """The single operation of a document, with whatever is planned for it."""
    document = parsed(query)
    assert isinstance(document, Document), document
    return document.chosen(None)


async def planned(chosen: Chosen, given: dict[str, Any], full: Full, part: str = "admin") -> dict[str, Any]:
    """The answer of a plan."""
    body = await Request(chosen, chosen.variables(given), given, full.world.actors[part]).planned()
    assert body is not None
    found: dict[str, Any] = orjson.loads(body)
    return found


def askings(full: Full, cursors: dict[str, str]) -> list[dict[str, Any]]:
    """All kinds of variables of the query above, good and bad."""
    pages: list[dict[str, Any]] = [{}, {"n": 1}, {"n": 2}, {"m": 1}, {"m": 3}, {"n": 0}, {"n": 1, "m": 1}, {"m": None}]
    orders: list[dict[str, Any]] = [{}, {"o": "STARTS_AT_ASC"}, {"o": "STARTS_AT_DESC"}]
    filters: list[dict[str, Any]] = [
        {},
        {"f": None},
        {"f": {"status": ["SCHEDULED"]}},
        {"f": {"status": ["UNCONFIRMED"], "mode": None}},
        {"f": {"status": ["SCHEDULED", "UNCONFIRMED"]}},
        {"f": {"status": []}},
        {"f": {"startsAfter": "2026-03-01T00:00:00Z"}},
        {"f": {"startsAfter": "never"}},
    ]
    others: list[dict[str, Any]] = [
        {},
        {"yes": False},
        {"yes": None},
        {"id": full.objects["pairing"]},
        {"id": full.objects["person"]},
        {"id": None},
        {"s": ["SCHEDULED"], "id": full.objects["pairing"]},
        {"a": cursors["endCursor"]},
        {"b": cursors["endCursor"]},
        {"a": "nonsense"},
    ]
    every = (pages, orders, filters, others)
    # Every pair of choices, not every combination of all four.
    return [{**one, **another} for left, right in combinations(every, 2) for one, another in product(left, right)]


async def test_a_known_plan_answers_like_a_new_one(acme: Full) -> None:
    page = await planned(chosen_of(QUERY), {"n": 2, "o": "STARTS_AT_ASC"}, acme)
    every = askings(acme, page["data"]["sessions"]["pageInfo"])
    chosen = chosen_of(QUERY)

    for given in (*every, *every):
        warm = await planned(chosen, given, acme)
        cold = await planned(replace(chosen, plans={}), given, acme)
        assert warm == cold, given


async def test_what_is_known_is_not_worked_out_again(acme: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = chosen_of(
        "query($n:Int,$f:PersonFilter){people(first:$n,filter:$f){nodes{id}} ranks(first:3){nodes{level}}}"
    )
    first = await planned(chosen, {"n": 2, "f": {"rankLevel": [5]}}, acme)
    monkeypatch.setattr(Selector, "collect", None)

    again = await planned(chosen, {"n": 1, "f": {"rankLevel": [5]}}, acme)

    assert again["data"]["people"]["nodes"] == first["data"]["people"]["nodes"][:1]
    with pytest.raises(TypeError):
        plans.of(chosen, chosen.variables({"f": None}), acme.world.actors["admin"])


async def test_every_role_has_a_plan_of_its_own(acme: Full) -> None:
    chosen = chosen_of("{apiKeys{nodes{id}} people{nodes{id}}}")

    counts = {
        part: [len(found["nodes"]) for found in (await planned(chosen, {}, acme, part))["data"].values()]
        for _ in range(2)
        for part in ("admin", "mentor")
    }

    assert counts["mentor"] == [1, 2]
    assert counts["admin"][0] > 1
    assert counts["admin"][1] > 2


async def test_a_known_plan_takes_the_scopes_of_each_caller(acme: Full) -> None:
    chosen, admin = (
        chosen_of("{people{nodes{id}} ranks{nodes{level}} sessions{pageInfo{endCursor}}}"),
        acme.world.actors["admin"],
    )
    await planned(chosen, {}, acme)
    without = replace(admin, scopes=admin.scopes - {Scope.SESSIONS_READ})

    for _ in range(2):
        body = await Request(chosen, chosen.variables({}), {}, without).planned()
        assert body is not None
        found = orjson.loads(body)
        assert found["data"] is None
        assert [(error["path"], error["extensions"]["code"]) for error in found["errors"]] == [
            (["sessions"], "scope_missing")
        ]


async def test_a_known_plan_reads_for_each_caller_alone(acme: Full, rival: Full) -> None:
    query = "query($p:ID!){person(id:$p){id} people(first:100){nodes{id} pageInfo{endCursor}}}"
    chosen = chosen_of(query)

    ours = await planned(chosen, {"p": acme.objects["person"]}, acme)
    theirs = await planned(chosen, {"p": acme.objects["person"]}, rival)

    assert ours["data"]["person"] == {"id": acme.objects["person"]}
    assert theirs["data"]["person"] is None
    assert not {each["id"] for each in ours["data"]["people"]["nodes"]} & {
        each["id"] for each in theirs["data"]["people"]["nodes"]
    }


async def test_a_cursor_in_the_document_is_checked_for_each_caller(acme: Full, rival: Full) -> None:
    page = await planned(chosen_of("{people(first:1){pageInfo{endCursor}}}"), {}, acme)
    cursor = page["data"]["people"]["pageInfo"]["endCursor"]
    chosen = chosen_of(f'{{people(first:1,after:"{cursor}"){{nodes{{id}}}}}}')

    ours, theirs = await planned(chosen, {}, acme), await planned(chosen, {}, rival)

    assert "errors" not in ours
    assert theirs["errors"][0]["extensions"]["code"] == "bad_cursor"


async def test_what_is_kept_is_bounded(acme: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "_MOST_OUTLINES", 2)
    monkeypatch.setattr(plans, "_MOST_PLANS", 3)
    switches = "".join(f"$s{i}:Boolean!" for i in range(4))
    skips = " ".join(f"a{i}:zone @skip(if:$s{i})" for i in range(4))
    chosen = chosen_of(
        f"query({switches},$o:PersonOrder,$m:Int){{people(first:1){{nodes{{id {skips}}}}}"
        " other:people(orderBy:$o,last:$m){nodes{id}}}"
    )

    for on in product((True, False), repeat=4):
        for order, last in product(("ID_ASC", "ID_DESC", "DISPLAY_NAME_ASC"), (None, 1)):
            given = {**{f"s{i}": value for i, value in enumerate(on)}, "o": order, "m": last}
            assert "errors" not in await planned(chosen, given, acme)
            assert len(chosen.plans) <= 2
            assert all(len(outline.plans) <= 3 for outline in chosen.plans.values())


async def test_failures_are_not_kept(acme: Full) -> None:
    chosen = chosen_of("query($n:Int){people(first:$n){nodes{id title}}}")

    await planned(chosen, {"n": 0}, acme)

    assert chosen.plans == {}
