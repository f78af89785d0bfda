"""The contract as files: OpenAPI, AsyncAPI, the schema of every event, GraphQL's SDL; committed, compared by a test."""

import json
from pathlib import Path
from typing import Any

from app.graphql import schema
from app.routers import asyncapi, openapi, openapi_events
from app.webhooks.catalogue import EVENTS


def write(folder: Path) -> list[Path]:
    """Write every file of the contract under `folder`, and remove events that are no longer; the files written."""
    wanted = files()
    for path, text in wanted.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    for stray in _strays(folder, wanted):
        stray.unlink()
    return [folder / path for path in wanted]


def differences(folder: Path) -> list[str]:
    """What stands in `folder` otherwise than the code says; empty when the contract is up to date."""
    wanted = files()
    found = [f"{stray.relative_to(folder)} is no longer part of the contract" for stray in _strays(folder, wanted)]
    for path, text in wanted.items():
        if not (folder / path).is_file():
            found.append(f"{path} is missing")
        elif (folder / path).read_text(encoding="utf-8") != text:
            found.append(f"{path} differs from the code")
    return found


def files() -> dict[str, str]:
    """The text of every file of the contract, by its path."""
    found = {"openapi.json": _text(openapi.document()), "asyncapi.yaml": asyncapi.text()}
    found |= {f"events/{event.type}.schema.json": _text(openapi_events.standalone(event)) for event in EVENTS}
    found["schema.graphql"] = schema.sdl().rstrip("\n") + "\n"
    return found


def _strays(folder: Path, wanted: dict[str, str]) -> list[Path]:
    return [path for path in sorted(folder.glob("events/*.schema.json")) if f"events/{path.name}" not in wanted]


def _text(document: dict[str, Any]) -> str:
    # Sorted: a change of the order in which the code declares things is no change of the contract.
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
