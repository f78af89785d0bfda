"""What was made: ids by name, names by id, and who stands to each thing in which way."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass(frozen=True)
class Thing:
    """Something that was made: its stable name, its kind, and who stands to it in which way, in the policy's words."""

    name: str
    kind: str
    standing: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class Company:
    """The organisation: its keys and things. `names` gives every id the name that the page calls it by."""

    client: httpx.Client
    keys: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)

    def call(self, who: str, method: str, path: str, /, **body: Any) -> dict[str, Any]:
        """Let someone do something that must succeed."""
        headers = {"Authorization": f"Bearer {self.keys[who]}"}
        answer = self.client.request(method, path, headers=headers, json=body if method == "POST" else None)
        if not answer.is_success:
            sys.exit(f"{who}: {method} {path}: {answer.status_code} {answer.text}")
        content: dict[str, Any] = answer.json()
        return content

    def make(self, who: str, path: str, called: str, /, **body: Any) -> str:
        """Make something and name it; its id."""
        made = self.call(who, "POST", path, **body)
        self.know(called, made["id"])
        return str(made["id"])

    def know(self, name: str, object_id: str) -> None:
        """Call an id by a name from now on."""
        self.ids[name], self.names[object_id] = object_id, name

    def add(self, kind: str, name: str, **standing: Iterable[str]) -> None:
        """Remember a thing, and who stands to it how: `own_pair` is the policy's "own pair"."""
        words = {word.replace("_", " "): frozenset(people) for word, people in standing.items()}
        self.things.append(Thing(name, kind, words))
