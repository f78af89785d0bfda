"""What is kept of the contract when a version is released, and what has broken since."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from graphql import build_schema
from graphql.utilities.find_schema_changes import BreakingChangeType, find_schema_changes

from app.contract import NothingReleased, operations
from app.contract.schemas import Json
from app.graphql import schema
from app.routers import asyncapi, openapi

# Words for people: they may change at any time, and are most of the text.
_WORDS = frozenset("description summary examples example x-enum-varnames".split())
_OPENAPI, _ASYNCAPI, _GRAPHQL = "openapi.json", "asyncapi.json", "schema.graphql"


def write(folder: Path) -> list[Path]:
    """Keep the contract as it is now; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _kept().items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in _kept()]


def breaks(folder: Path) -> list[str]:
    """What breaks those who rely on the contract kept in `folder`. Raises `NothingReleased`."""
    if missing := [name for name in _kept() if not (folder / name).is_file()]:
        raise NothingReleased(f"{folder} holds no released contract: {', '.join(missing)} missing.")
    old, new = ({name: (folder / name).read_text(encoding="utf-8") for name in _kept()}, _kept())
    return [
        *operations.openapi(orjson.loads(old[_OPENAPI]), orjson.loads(new[_OPENAPI])),
        *operations.asyncapi(orjson.loads(old[_ASYNCAPI]), orjson.loads(new[_ASYNCAPI])),
        *graphql(old[_GRAPHQL], new[_GRAPHQL]),
    ]


def graphql(old: str, new: str) -> list[str]:
    """What breaks the queries of a schema, when it becomes another one."""
    changes = find_schema_changes(build_schema(old), build_schema(new))
    return [change.description for change in changes if isinstance(change.type, BreakingChangeType)]


@cache
def _kept() -> dict[str, str]:
    """OpenAPI holds the schema of every event too, so those are not kept a second time."""
    return {
        _OPENAPI: _lines(_bare(openapi.document())),
        _ASYNCAPI: _lines(_events(_bare(asyncapi.document()))),
        _GRAPHQL: schema.sdl(),
    }


def _events(document: Json) -> Json:
    """Which messages come where, and the headers they carry."""
    schemas = document["components"]["schemas"]
    return {
        "channels": document["channels"],
        "operations": document["operations"],
        "components": {"schemas": {"Headers": schemas["Headers"]}},
    }


def _bare(node: Any) -> Any:
    """A document without words. A member of an object may be called like one of them, so those are all kept."""
    if isinstance(node, list):
        return [_bare(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _bare(each) for name, each in value.items()} if key == "properties" else _bare(value)
        for key, value in node.items()
        if key not in _WORDS
    }


def _lines(document: Json) -> str:
    return json.dumps(document, indent=0, separators=(",", ":"), sort_keys=True, ensure_ascii=False) + "\n"
