"""Each limit admits what lies on it and refuses the next; no text is slow to measure."""

import time
from collections.abc import Mapping

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_introspection_query,
    parse,
)

from app.graphql.costing import cost
from app.graphql.limits import LimitExceeded, Limits, parse_limited, require_affordable
from app.graphql.measuring import FragmentCycle, fragments_of, measure, repeats


def nested(levels: int) -> str:
    return "{" + "a{" * (levels - 1) + "b" + "}" * levels


def bomb(levels: int, leaf: str = "b") -> str:
    """A fragment that spreads the next twice, and so on: short to write, 2 to the power of `levels` to spread out."""
    fragments = (f"fragment F{i} on Query{{...F{i + 1} ...F{i + 1}}}" for i in range(levels))
    return "{...F0}" + "".join(fragments) + f"fragment F{levels} on Query{{{leaf}}}"


def chain(length: int) -> str:
    fragments = (f"fragment F{i} on Query{{...F{i + 1}}}" for i in range(length))
    return "{...F0}" + "".join(fragments) + f"fragment F{length} on Query{{b}}"


def names(count: int) -> str:
    return " ".join(f"b{i}" for i in range(count))


def naive_fields(document: DocumentNode) -> int:
    """The measurer that a bomb is made for: it follows every spread, each time."""
    fragments = fragments_of(document)

    def follow(selections: SelectionSetNode) -> int:
        total = 0
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                total += 1
                total += follow(selection.selection_set) if selection.selection_set else 0
            elif isinstance(selection, InlineFragmentNode):
                total += follow(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                total += follow(fragments[selection.name.value].selection_set)
        return total

    [operation] = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return follow(operation.selection_set)


# code: a query on the limit, and one just over it
EDGES = {
    "query_too_large": ("{b}".ljust(64 * 1024), "{b}".ljust(64 * 1024 + 1)),
    "query_too_long": ("{b(c:[%s])}" % ("1 " * 1991), "{b(c:[%s])}" % ("1 " * 1992)),
    "too_many_operations": (
        " ".join(f"query Q{i}{{b}}" for i in range(10)),
        " ".join(f"query Q{i}{{b}}" for i in range(11)),
    ),
    "too_many_directives": ("{b" + " @x" * 20 + "}", "{b" + " @x" * 21 + "}"),
    "too_many_aliases": (
        "{a{" + " ".join(f"x{i}:b" for i in range(30)) + "}}",
        "{a{" + " ".join(f"x{i}:b" for i in range(31)) + "}}",
    ),
    "name_too_long": ("{" + "b" * 63 + "}", "{" + "b" * 64 + "}"),
    "query_too_deep": (nested(12), nested(13)),
    "too_many_fields": ("{a{" + names(999) + "}}", "{a{" + names(1000) + "}}"),
    "too_many_root_fields": ("{" + names(20) + "}", "{" + names(21) + "}"),
    "query_too_repetitive": ("{a{" + "b " * 100 + "}}", "{a{" + "b " * 101 + "}}"),
}


@pytest.mark.parametrize("code", EDGES)
def test_a_query_on_the_limit_is_parsed(code: str) -> None:
    within, _ = EDGES[code]

    assert parse_limited(within) == parse(within)


@pytest.mark.parametrize("code", EDGES)
def test_a_query_over_the_limit_is_refused_by_its_name(code: str) -> None:
    _, over = EDGES[code]

    with pytest.raises(LimitExceeded) as caught:
        parse_limited(over)

    assert caught.value.extensions == {"code": code}


def test_the_refusal_names_limit_and_figure_and_nothing_of_the_query() -> None:
    with pytest.raises(LimitExceeded) as caught:
        parse_limited(nested(13).replace("b", "s3cret"))

    assert caught.value.message == "The query nests too deeply: 13 levels, and 12 are allowed."
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{a{x%s: b}}" % ("x" * 63), "name_too_long"),
        ("query($x: Int" + " @x" * 21 + "){b}", "too_many_directives"),
        ("query" + " @x" * 21 + "{b}", "too_many_directives"),
        ("{...F" + " @x" * 21 + "} fragment F on Query{b}", "too_many_directives"),
        ("{...F} fragment F on Query" + " @x" * 21 + "{b}", "too_many_directives"),
        ("{... on Query" + " @x" * 21 + "{b}}", "too_many_directives"),
        ("{...F} fragment F on Query{" + names(21) + "}", "too_many_root_fields"),
        ("{...on Query{" + names(11) + "} ...F} fragment F on Query{" + names(10) + "}", "too_many_root_fields"),
        ("{a{a{a{a{a{a{...F}}}}}}} fragment F on Query{a{a{a{a{a{a{b}}}}}}}", "query_too_deep"),
        ("{a{...F ...F}} fragment F on Query{" + names(500) + "}", "too_many_fields"),
        ("{b " + "#\n" * 2001 + "}", "query_too_long"),
        ("{b(c:" + "[" * 900 + "]" * 900 + ")}", "query_too_deep"),
        ("{" + "...{" * 900 + "b" + "}" * 901, "query_too_deep"),
        (bomb(100), "too_many_fields"),
        (bomb(100, leaf=""), "too_many_fields"),
        ("{a{" + "a{b} " * 490 + "}}", "query_too_repetitive"),
        ("{a{...F ...G}} fragment F on Query{" + "b " * 60 + "} fragment G on Query{" + "b " * 60 + "}",
         "query_too_repetitive"),
        ("{b} fragment Unused on Query{a{" + "b " * 101 + "}}", "query_too_repetitive"),
        ("{b}" + bomb(100)[7:], "too_many_fields"),
    ],
)  # fmt: skip
def test_limits_reach_into_fragments_values_and_comments(query: str, code: str) -> None:
    with pytest.raises(LimitExceeded) as caught:
        parse_limited(query)

    assert caught.value.extensions == {"code": code}


def test_a_figure_beyond_telling_is_rounded_down() -> None:
    with pytest.raises(LimitExceeded, match=r"more than 1,000,000,000 fields"):
        parse_limited(bomb(100))


def test_a_bomb_is_measured_as_fast_as_it_is_read() -> None:
    document = parse(bomb(100))

    started = time.process_time()
    fields = measure(document).fields
    points = cost(document, None, {})
    took = time.process_time() - started

    assert fields == points == 2**100
    assert took < 0.05


def test_the_naive_measurer_would_have_failed_that_test() -> None:
    document = parse(bomb(16))

    started = time.process_time()
    fields = naive_fields(document)
    took = time.process_time() - started

    # Sixteen levels are slow enough to tell; each of the other 84 doubles it.
    assert fields == measure(document).fields == 2**16
    assert took * 2**84 > 0.05


@pytest.mark.parametrize("levels", [1, 2, 5, 8])
def test_measuring_once_counts_what_following_every_spread_counts(levels: int) -> None:
    document = parse(bomb(levels, leaf="b a { c ...G } ... { d }") + "fragment G on Query { e f }")

    assert measure(document).fields == naive_fields(document) == 6 * 2**levels


@pytest.mark.parametrize(
    "query",
    [
        "{...F} fragment F on Query{...F}",
        "{...F} fragment F on Query{a{...G}} fragment G on Query{a{...F} b{...F}}",
        "{b} fragment F on Query{...G} fragment G on Query{...F}",
        chain(200).replace("{b}", "{...F0}"),
    ],
)
def test_a_fragment_cycle_is_refused(query: str) -> None:
    with pytest.raises(FragmentCycle) as caught:
        parse_limited(query)

    assert caught.value.extensions == {"code": "fragment_cycle"}


def test_a_cycle_that_reaches_the_cost_ends() -> None:
    assert cost(parse("{...F} fragment F on Query{b a{...F}}"), None, {}) > 0


def test_the_longest_chain_of_fragments_fits_the_stack() -> None:
    document = parse_limited(chain(240))

    assert cost(document, None, {}) == 1
    assert measure(document).depth == 1


def test_a_fragment_that_is_nowhere_defined_is_left_to_validation() -> None:
    document = parse_limited("{...Nowhere b}")

    assert cost(document, None, {}) == 2
    assert repeats(document) == 0


def test_what_is_no_operation_is_left_to_validation() -> None:
    assert parse_limited("type Query { b: Int }").definitions


@pytest.mark.parametrize("query", ["{", "", "{b", '{b(c:"\ud800")}', "Document contains more than 2000 tokens"])
def test_a_syntax_error_stays_one(query: str) -> None:
    with pytest.raises(GraphQLSyntaxError):
        parse_limited(query)


def test_introspection_may_nest_as_it_needs() -> None:
    document = parse_limited(get_introspection_query(input_value_deprecation=True, specified_by_url=True))

    assert measure(document).depth == 1


def test_only_what_lies_below_introspection_is_exempt() -> None:
    deep = "fragment Deep on Query{" + "a{" * 11 + "b" + "}" * 12

    assert measure(parse("{__schema{...Deep} a{b}} " + deep)).depth == 2
    assert measure(parse("{__schema{...Deep} a{...Deep}} " + deep)).depth == 13


def test_a_name_that_only_looks_like_introspection_is_no_way_around_the_depth() -> None:
    with pytest.raises(LimitExceeded, match="deeply"):
        parse_limited(nested(13).replace("{a{", "{__schema:a{", 1))


# cost


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
    assert cost(parse(query), None, variables) == points


@pytest.mark.parametrize(("name", "points"), [("One", 1), ("Two", 2), ("Three", 0), (None, 0)])
def test_only_the_chosen_operation_is_paid_for(name: str | None, points: int) -> None:
    assert cost(parse("query One{a} query Two{a b}"), name, {}) == points


def test_a_request_may_cost_the_limit_and_no_more() -> None:
    document = parse_limited("query($n:Int){s(first:99){t(first:$n){id}} b}")

    assert require_affordable(document, None, {"n": 99}, Limits(cost=9902)) == 9902
    with pytest.raises(LimitExceeded) as caught:
        require_affordable(document, None, {"n": 100}, Limits(cost=9902))
    assert caught.value.extensions == {"code": "query_too_costly"}
    assert caught.value.message == "The query is too costly: 10,001 points, and 9,902 are allowed."
