"""Regular expressions: none can run away, and none walks over more of a caller's text than a cap lets in."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import app

# What keeps short the text that a module's expressions walk over. A new line here is a decision.
CAPS = {
    "app.auth.jwts": "8,192 characters of a header",
    "app.auth.keys": "form of fixed length: it stops after 57 characters",
    "app.commands.doctor": "what a program of ours says of itself",
    "app.commands.hosting": "an operator's setting; the form is anchored and of fixed length",
    "app.config": "an operator's setting",
    "app.db": "ids, of fixed length",
    "app.demo.seed": "form of fixed length",
    "app.domain.access.identity_service": "form of fixed length",
    "app.domain.imports.cells": "forms of a few characters",
    "app.domain.privacy.names": "what our columns hold; the expression is a choice of literals",
    "app.embedded": "paths of this machine",
    "app.embedded_programs": "what a program of ours says of itself",
    "app.failures": "names of our constraints",
    "app.graphql.mutating": "255 characters",
    "app.graphql.negotiation": "a weight in a header: form of fixed length",
    "app.graphql.wording": "messages about a document of at most 64 kB and 2,000 tokens",
    "app.ids": "form of fixed length: it stops after 30 characters",
    "app.routers.bodies": "255 characters of a key; a version of fixed length",
    "app.routers.gate": "128 characters",
    "app.routers.openapi_examples": "our own patterns",
    "app.routers.openapi_schemas": "our own names",
    "app.text": "40 characters of an instant; everything else is matched by pydantic, in linear time",
    "app.outgoing.addresses": "2,048 characters of a URL",
    "app.outgoing.tunnelling": "an answer's first line: form of fixed length",
    "app.partitioning": "names of our tables",
    "app.scim.refusing": "the last 300 characters of a message",
    "app.webhooks.handshake": "a header of an answer, as long as the client lets one be",
    "app.webhooks.schedule": "a header of an answer, as long as the client lets one be",
    "app.webhooks.sender": "headers of ours, and of an endpoint within the limits of its own",
}
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT"}


def modules() -> Iterator[Any]:
    """Every module of the service."""
    for found in pkgutil.walk_packages(app.__path__, "app."):
        yield importlib.import_module(found.name)


def patterns() -> dict[str, re.Pattern[Any]]:
    """Every expression that a module keeps, by its place."""
    return {
        f"{module.__name__}.{name}": value
        for module in modules()
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }


def nested(parts: Any, *, inside: bool = False) -> bool:
    """Whether something without end repeats inside something else without end."""
    for part in parts if isinstance(parts, list | tuple) or hasattr(parts, "data") else ():
        kind = str(part[0]) if isinstance(part, tuple) and part else ""
        endless = kind in _REPEATS and part[1][1] > 1000
        if endless and inside:
            return True
        if nested(part, inside=inside or endless):
            return True
    return False


def test_every_module_with_expressions_says_what_keeps_their_text_short() -> None:
    assert {module.__name__ for module in modules() if vars(module).get("re") is re} == CAPS.keys()


@pytest.mark.parametrize("place", patterns())
def test_no_expression_repeats_without_end_inside_one_that_does(place: str) -> None:
    parser: Any = importlib.import_module("re._parser")
    pattern = patterns()[place].pattern

    assert not nested(list(parser.parse(pattern if isinstance(pattern, str) else pattern.decode())))


def test_the_classic_that_runs_away_fails_that_test() -> None:
    parser: Any = importlib.import_module("re._parser")

    assert nested(list(parser.parse("(a+)+b")))
    assert not nested(list(parser.parse("(a{1,9})+b")))
