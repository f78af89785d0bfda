"""A page multiplies what it holds, whichever way it is asked for."""

from collections.abc import Mapping

import pytest
from graphql import parse

from app.graphql.costing import Price
from app.graphql.limits import LimitExceeded, Limits, parse_limited, require_affordable


@pytest.mark.parametrize(
    ("query", "variables", "points"),
    [
        ("{a b c}", {}, 3),
        ("{a{b c}}", {}, 3),
        ("{s(first:10){edges{node{id}}}}", {}, 1 + 10 * 3),
        ("{s(last:10){edges{node{id}}}}", {}, 1 + 10 * 3),
        ("{s(first:3,last:7){id}}", {}, 1 + 7),
        ("{s(first:null,last:7){id}}", {}, 1 + 7),
        ("{s(first:null){id}}", {}, 1 + 25),
        ("{s{edges{node{id}}}}", {}, 1 + 25 * 3),
        ("{s{nodes{id}}}", {}, 1 + 25 * 2),
        ("{s{...{...P}}} fragment P on C{edges{id}}", {}, 1 + 25 * 2),
        ("{s{x:nodes{id}}}", {}, 1 + 25 * 2),
        ("{s{nodes:other{id}}}", {}, 3),
        ("{s(first:2){t(first:3){u(first:4){id}}}}", {}, 1 + 2 * (1 + 3 * (1 + 4))),
        ("{s(first:2){...T ...T}} fragment T on S{t(first:3){id}}", {}, 1 + 2 * 2 * (1 + 3)),
        ("{s(first:1000000){id}}", {}, 1 + 100),
        ("{s(first:%s){id}}" % ("9" * 5000), {}, 1 + 100),
        ("{s(first:0){id}}", {}, 1 + 1),
        ("{s(first:-5){id}}", {}, 1 + 1),
        ("{s(first:-%s){id}}" % ("9" * 5000), {}, 1 + 100),
        ('{s(first:"7"){id}}', {}, 1 + 100),
        ('{nodes(ids:["a","b","c"]){id}}', {}, 1 + 3),
        ("query($i:[ID!]!){nodes(ids:$i){id}}", {"i": ["a"] * 40}, 1 + 40),
        ("query($n:Int){s(first:$n){id}}", {"n": 10}, 1 + 10),
        ("query($n:Int){s(first:$n){id}}", {"n": 10.0}, 1 + 10),
        ("query($n:Int){s(first:$n){id}}", {"n": 10**400}, 1 + 100),
        ("query($n:Int){s(first:$n){id}}", {"n": float("nan")}, 1 + 1),
        ("query($n:Int){s(first:$n){id}}", {"n": "10"}, 1 + 100),
        ("query($n:Int){s(first:$n){id}}", {"n": None}, 1 + 25),
        ("query($n:Int){s(first:$n){id}}", {}, 1 + 25),
        ("query($n:Int=50){s(first:$n){id}}", {}, 1 + 50),
        ("query($n:Int=50){s(first:$n){id}}", {"n": 5}, 1 + 5),
        ("query($n:Int=50){s(first:$n){id}}", {"n": None}, 1 + 25),
    ],
)  # fmt: skip
def test_a_page_multiplies_what_it_holds(query: str, variables: Mapping[str, object], points: int) -> None:
    assert Price(parse(query), None).points(variables) == points


@pytest.mark.parametrize(("name", "points"), [("One", 1), ("Two", 2), ("Three", 0), (None, 0)])
def test_only_the_chosen_operation_is_paid_for(name: str | None, points: int) -> None:
    assert Price(parse("query One{a} query Two{a b}"), name).points({}) == points


def test_a_request_may_cost_the_limit_and_no_more() -> None:
    price = Price(parse_limited("query($n:Int){s(first:99){t(first:$n){id}} b}"), None)

    assert require_affordable(price, {"n": 99}, Limits(cost=9902)) == 9902
    with pytest.raises(LimitExceeded) as caught:
        require_affordable(price, {"n": 100}, Limits(cost=9902))
    assert caught.value.extensions == {"code": "query_too_costly"}
    assert caught.value.message == "The query is too costly: 10,001 points, and 9,902 are allowed."


def test_a_cycle_that_reaches_the_cost_ends() -> None:
    assert Price(parse("{...F} fragment F on Query{b a{...F}}"), None).points({}) > 0


def test_a_price_is_worked_out_anew_for_every_size_of_page() -> None:
    price = Price(parse("query($n:Int=50,$m:Int){s(first:$n){t(last:$m){id}} nodes(ids:$ids){id}}"), None)
    asked: list[Mapping[str, object]] = [{"n": n, "m": m} for n in range(1, 40) for m in (None, 1, 7)]

    for variables in (*asked, {}, {"n": None}, {"ids": ["a", "b"]}, {"ids": ["c", "d"]}, *asked):
        anew = Price(parse("query($n:Int=50,$m:Int){s(first:$n){t(last:$m){id}} nodes(ids:$ids){id}}"), None)
        assert price.points(variables) == anew.points(variables)
