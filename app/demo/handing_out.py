"""The demonstration organisation's keys by role, kept in `demo.json`, and what to try with them."""

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from app.auth.actor import Role
from app.auth.bearer import authenticate
from app.auth.credentials import BadCredential
from app.auth.scopes import EVERY
from app.commands import office
from app.config import Settings
from app.demo import northwind, seed
from app.demo.northwind import NAME, ORGANISATION_ID, STORIES
from app.errors import DomainError

_OFFICE = office.operator(ORGANISATION_ID)
_ROLES = {
    "organisation_admin": Role.ORGANISATION_ADMIN,
    "coordinator": Role.COORDINATOR,
    "mentor": Role.PARTICIPANT,
    "mentee": Role.PARTICIPANT,
    "service_account": Role.SERVICE_ACCOUNT,
}
_PAIRS = (
    "{ programmes(first: 3) { nodes { name pairings(first: 20) { nodes { status mentor { displayName } "
    "mentee { displayName } sessions(first: 5) { nodes { number status startsAt } } } } } } }"
)


class StoryBroken(RuntimeError):
    """Somebody whose key is handed out has left the demonstration organisation."""


@dataclass(frozen=True)
class Demo:
    """What callers need: the address, the organisation, a key for each role."""

    base_url: str
    organisation_id: str
    keys: dict[str, str]


async def hand_out(settings: Settings) -> Demo:
    """The keys in `demo.json`; when it is gone, or they are good no more, new ones in their place.

    Raises `StoryBroken` when there can be none.
    """
    path = settings.data_dir / "demo.json"
    keys = _kept(path)
    if not await all_good(keys):
        try:
            keys = await _issue()
        except (KeyError, DomainError):
            raise StoryBroken(
                "People of the demonstration organisation have left it, so their keys cannot be handed out. To begin "
                "anew, use another database: without FLIPSIDE_DATABASE_URL, by another folder as FLIPSIDE_DATA_DIR."
            ) from None
    demo = Demo(settings.base_url, ORGANISATION_ID, keys)
    _keep(path, demo)
    return demo


def next_steps(demo: Demo, path: Path) -> str:
    """What to paste next."""
    lines = [f"{NAME} is there to look at. Its keys by role are in {path}:"]
    lines += [f"  {role:<19}{key}" for role, key in demo.keys.items()]
    lines += ["", "Try:"]
    lines += [f"  {command}" for command in commands(demo)]
    lines += [f"  The API, described: {demo.base_url}/docs", ""]
    return "\n".join(lines)


def commands(demo: Demo) -> Iterator[str]:
    """Commands that work as they stand."""
    bearer = f"Authorization: Bearer {demo.keys['coordinator']}"
    pairings = f"{demo.base_url}/v1/pairings?status=active&expand=mentor,mentee,sessions"
    yield shlex.join(("curl", "-s", pairings, "-H", bearer))
    question = orjson.dumps({"query": _PAIRS}).decode()
    address, kind = f"{demo.base_url}/graphql", "Content-Type: application/json"
    yield shlex.join(("curl", "-s", address, "-H", bearer, "-H", kind, "-d", question))


def _kept(path: Path) -> dict[str, str]:
    try:
        found = orjson.loads(path.read_bytes())
        return {role: str(found["keys"][role]) for role in _ROLES}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


async def all_good(keys: dict[str, str]) -> bool:
    """Whether there is a key for each role, and each opens this organisation."""
    try:
        actors = [await authenticate(f"Bearer {key}") for key in keys.values()]
    except BadCredential:
        return False
    return len(actors) == len(_ROLES) and {actor.organisation_id for actor in actors} == {ORGANISATION_ID}


async def _issue() -> dict[str, str]:
    """New keys, and an end to those that their holders had."""
    people = await seed.people()
    holders: dict[str, dict[str, Any]] = {
        "organisation_admin": {"person_id": people[northwind.ADMINISTRATOR]},
        "coordinator": {"person_id": people[northwind.COORDINATOR]},
        "mentor": {"person_id": people[STORIES[0].mentor]},
        "mentee": {"person_id": people[STORIES[0].mentee]},
        "service_account": {"service_account": northwind.SERVICE_ACCOUNT},
    }
    await _revoke({next(iter(holder.values())) for holder in holders.values()})
    keys = {}
    for part, holder in holders.items():
        wanted = {"name": f"demonstration: {part}", "role": _ROLES[part], "scopes": sorted(EVERY), **holder}
        keys[part] = str((await office.act(_OFFICE, "create_api_key", **wanted))["secret"])
    return keys


async def _revoke(holders: set[str]) -> None:
    for key in await office.keys(ORGANISATION_ID):
        if key["revoked_at"] is None and (key["person_id"] or key["service_account"]) in holders:
            await office.act(_OFFICE, "revoke_api_key", key["id"])


def _keep(path: Path, demo: Demo) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"base_url": demo.base_url, "organisation_id": demo.organisation_id, "keys": demo.keys}
    staged = path.with_suffix(f".{os.getpid()}")
    # Ours alone from its first byte on: it holds keys.
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    staged.rename(path)
