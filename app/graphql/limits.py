"""What a GraphQL request may ask for at most, and the refusal of anything larger."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSyntaxError, parse

from app.graphql.costing import Price
from app.graphql.measuring import Measurement, measure, repeats


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest document that is answered."""

    source_bytes: int = 64 * 1024
    tokens: int = 2_000
    operations: int = 10
    directives: int = 20
    aliases: int = 30
    # PostgreSQL cuts labels longer than this, and an answer's names are labels there.
    name_length: int = 63
    depth: int = 12
    fields: int = 1_000
    root_fields: int = 20
    # Validation compares each of these pairs; this many keep it below some 30 ms of the event loop.
    repeats: int = 5_000
    cost: int = 10_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class _Rule:
    """One limit in the caller's words."""

    code: str
    complaint: str
    unit: str


_RULES = {
    "source_bytes": _Rule("query_too_large", "The query is too large", "bytes"),
    "tokens": _Rule("query_too_long", "The query is too long", "tokens"),
    "operations": _Rule("too_many_operations", "The document holds too many operations", "operations"),
    "directives": _Rule("too_many_directives", "The query has too many directives", "directives"),
    "aliases": _Rule("too_many_aliases", "The query has too many aliases", "aliases"),
    "name_length": _Rule("name_too_long", "A field's name or alias is too long", "characters"),
    "depth": _Rule("query_too_deep", "The query nests too deeply", "levels"),
    "fields": _Rule("too_many_fields", "The query selects too many fields", "fields with fragments spread out"),
    "root_fields": _Rule("too_many_root_fields", "The query has too many root fields", "root fields"),
    "repeats": _Rule("query_too_repetitive", "The query repeats the same fields too often", "pairs of them"),
    "cost": _Rule("query_too_costly", "The query is too costly", "points"),
}

_MEASURED = [each.name for each in fields(Measurement)]

# Fragments can bring a figure to a hundred digits, which tell nobody more than this does.
_LARGEST_NAMED = 10**9


class LimitExceeded(GraphQLError):
    """The query is larger than one of the limits; the text names the limit and the figure, never the query."""

    def __init__(self, limit: str, *, allowed: int, found: int | None = None) -> None:
        rule = _RULES[limit]
        if found is None:
            figure = f"more than {allowed:,}"
        else:
            figure = f"{found:,}" if found <= _LARGEST_NAMED else f"more than {_LARGEST_NAMED:,}"
        super().__init__(
            f"{rule.complaint}: {figure} {rule.unit}, and {allowed:,} are allowed.", extensions={"code": rule.code}
        )


def parse_limited(source: str, limits: Limits = LIMITS) -> DocumentNode:
    """Parse a query, or refuse it: `LimitExceeded`, `FragmentCycle`, or graphql-core's own syntax error."""
    # A lone surrogate is the parser's to refuse; here it only has to be counted.
    _require("source_bytes", len(source.encode("utf-8", "surrogatepass")), limits)
    document = _parse(source, limits)
    measurement = measure(document)
    for limit in _MEASURED:
        _require(limit, getattr(measurement, limit), limits)
    # Only now: counting repeats takes time in proportion to the fields.
    _require("repeats", repeats(document), limits)
    return document


def require_affordable(price: Price, variables: Mapping[str, Any], limits: Limits = LIMITS) -> int:
    """The cost of one request in points, or `LimitExceeded`."""
    points = price.points(variables)
    _require("cost", points, limits)
    return points


def _require(limit: str, found: int, limits: Limits) -> None:
    allowed: int = getattr(limits, limit)
    if found > allowed:
        raise LimitExceeded(limit, allowed=allowed, found=found)


def _parse(source: str, limits: Limits) -> DocumentNode:
    try:
        return parse(source, max_lexical_tokens=limits.tokens, max_comments=limits.tokens)
    except GraphQLSyntaxError as error:
        # The parser tells these from other syntax errors by their text alone. What the caller wrote stands
        # later in a message, so it cannot pass for one of them.
        if error.message.startswith(f"Syntax Error: Document contains more than {limits.tokens} "):
            raise LimitExceeded("tokens", allowed=limits.tokens) from None
        if error.message.startswith("Syntax Error: Document is nested too deeply"):
            raise LimitExceeded("depth", allowed=limits.depth) from None
        raise
