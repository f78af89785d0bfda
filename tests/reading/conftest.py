"""A scene to read from: a pair with all it has, its coordinator, and those who stand around."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from app import clock
from app import db as database
from app.auth.actor import Actor, Role
from app.declared import RESOURCES
from app.reading.resource import Resource
from tests.conftest import NOON
from tests.full import fill
from tests.world import World, found_world

BY_NAME = {resource.name: resource for resource in RESOURCES}


@dataclass
class Scene:
    """A world, its objects by what they are, and the actors of it and of another organisation."""

    world: World
    objects: dict[str, str]
    actors: dict[str, Actor]

    def find(self, name: str) -> tuple[Resource, str]:
        """The resource and id of an object; what follows a colon tells objects of one kind apart."""
        return BY_NAME[name.partition(":")[0]], self.objects[name]


@pytest.fixture(scope="module")
async def scene(opened: database.Database) -> AsyncIterator[Scene]:
    """Made once for a file of tests that only read."""
    clock.use(lambda: NOON)
    world = await found_world()
    stranger = await found_world("Elsewhere")
    await world.key_for(await world.person(), "outsider")
    await world.key_for(await world.person(), "other coordinator", Role.COORDINATOR)
    await world.key_for(await world.person(), "auditor", Role.AUDITOR)
    await world.key_for(await world.person(), "platform", Role.PLATFORM_ADMIN)
    objects = (await fill(world)).objects
    for tier in ("author_only", "pair", "pair_and_coordinator"):
        objects[f"note:{tier}"] = await _made(world, "create_note", session_id=objects["session"], text="T", tier=tier)
    for audience in ("partner", "private", "aggregate"):
        objects[f"feedback:{audience}"] = await _made(
            world, "give_feedback", pairing_id=objects["pairing"], type="partner", audience=audience, rating=3
        )
    given: dict[str, Any] = {"pairing_id": objects["pairing"], "title": "Later", "is_draft": True}
    objects["goal:draft"] = await _made(world, "set_goal", **given)
    objects["goal_milestone:draft"] = await _made(
        world, "create_goal_milestone", goal_id=objects["goal:draft"], title="Begin"
    )
    for name, audience in (("published", "everyone"), ("mentees", "mentees")):
        told = {"programme_id": objects["programme"], "audience": audience, "title": "We begin", "text": "Soon."}
        made = await _made(world, "write_announcement", by="coordinator", **told)
        objects[f"announcement:{name}"] = (await world.do("coordinator", "publish_announcement", made))["id"]
    objects["person:outsider"] = world.people["outsider"]
    objects["enrolment:mentee"] = (await world.do("mentee", "pause_pairing", objects["pairing"]))["mentee_enrolment_id"]
    objects["programme:draft"] = await world.programme(status="draft")
    objects["topic:draft"] = await _made(
        world, "create_topic", by="coordinator", programme_id=objects["programme:draft"], name="Later"
    )
    yield Scene(world, objects, world.actors | {"stranger": stranger.actors["admin"]})
    clock.use(None)


async def _made(world: World, intent: str, *, by: str = "mentor", **data: Any) -> str:
    return str((await world.do(by, intent, **data))["id"])
