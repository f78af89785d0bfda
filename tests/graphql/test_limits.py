"""Each limit admits what lies on it and refuses the next; no text is slow to measure."""

import time
from collections.abc import Callable

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

from app.graphql.costing import Price
from app.graphql.limits import LimitExceeded, parse_limited
from app.graphql.measuring import FragmentCycle, fragments_of, measure, repeats


def nested(levels: int) -> str:
    return "{" + "a{" * (levels - 1) + "b" + "}" * levels


def bomb(levels: int, leaf: str = "b") -> str:
    """A fragment that spreads the next twice, and so on: short to write, 2 to the power of `levels` to spread out."""
    fragments = (f"fragment F{i} on Query{{...F{i + 1} ...F{i + 1}}}" for i in range(levels))
    return "{a{...F0}}" + "".join(fragments) + f"fragment F{levels} on Query{{{leaf}}}"


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
        ("{b}" + bomb(100)[10:], "too_many_fields"),
    ],
)  # fmt: skip
def test_limits_reach_into_fragments_values_and_comments(query: str, code: str) -> None:
    with pytest.raises(LimitExceeded) as caught:
        parse_limited(query)

    assert caught.value.extensions == {"code": code}


def test_a_figure_beyond_telling_is_rounded_down() -> None:
    with pytest.raises(LimitExceeded, match=r"more than 1,000,000,000 fields"):
        parse_limited(bomb(100))


def seconds(measurer: Callable[[DocumentNode], object], document: DocumentNode) -> float:
    """Processor time of one measurement, the least of three: what else the process does is no part of it."""

    def once() -> float:
        started = time.process_time()
        measurer(document)
        return time.process_time() - started

    return min(once() for _ in range(3))


# Eighteen levels first: a measurer that follows every spread fails there, and would never come back from a hundred.
@pytest.mark.parametrize("levels", [18, 100])
@pytest.mark.parametrize(
    "measurer", [measure, lambda document: Price(document, None).points({})], ids=["measure", "cost"]
)
def test_a_bomb_is_measured_as_fast_as_it_is_read(measurer: Callable[[DocumentNode], object], levels: int) -> None:
    assert seconds(measurer, parse(bomb(levels))) < 0.05


def test_the_naive_measurer_fails_that_test() -> None:
    assert seconds(naive_fields, parse(bomb(18))) > 0.05


def test_a_bomb_is_counted_in_full() -> None:
    document = parse(bomb(100))

    assert measure(document).fields == Price(document, None).points({}) == 1 + 2**100


@pytest.mark.parametrize("levels", [1, 2, 5, 8])
def test_measuring_once_counts_what_following_every_spread_counts(levels: int) -> None:
    document = parse(bomb(levels, leaf="b a { c ...G } ... { d }") + "fragment G on Query { e f }")

    assert measure(document).fields == naive_fields(document) == 1 + 6 * 2**levels


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        ("{a b c}", 0),
        ("{b b b}", 3),
        ("{b x:b x:c}", 1),
        ("{b ...{b}}", 1),
        ("{a{b} a{b}}", 2),
        ("{a{b} x:a{b}}", 0),
        ("{a{...F ...F}} fragment F on Query{b b}", 1),
        ("fragment F on Query{b b b} {a{...F}}", 3),
        ("{a} fragment F on Query{b b b}", 3),
        ("query One{b b} query Two{b b}", 2),
    ],
)
def test_fields_repeat_where_they_answer_under_one_name_at_one_place(query: str, pairs: int) -> None:
    assert repeats(parse(query)) == pairs


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


def test_the_longest_chain_of_fragments_fits_the_stack() -> None:
    document = parse_limited(chain(240))

    assert Price(document, None).points({}) == 1
    assert measure(document).depth == 1


def test_a_fragment_that_is_nowhere_defined_is_left_to_validation() -> None:
    document = parse_limited("{...Nowhere b}")

    assert Price(document, None).points({}) == 2
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
