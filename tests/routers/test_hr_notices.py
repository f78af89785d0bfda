"""The door for notices of HR systems: only what is signed is taken, and only once."""

import asyncpg
import orjson

from app import ids
from app.domain.connectors.models import NoticeStyle
from app.routers import hr_notices
from tests.auth.issuers import Issuer
from tests.conftest import TestClock
from tests.domain.connectors.test_fetching import hr
from tests.domain.connectors.test_fetching import source as registered
from tests.domain.connectors.test_notices import BODIES, SECRETS, signed
from tests.domain.imports.importing import counts, finished
from tests.domain.imports.test_people import person
from tests.full import HR_SOURCE
from tests.routers.conftest import Api
from tests.workers.steps import rows_of
from tests.world import World

__all__ = ["hr"]


async def test_a_signed_notice_makes_us_fetch_whom_it_names_once(
    world: World, api: Api, owner: asyncpg.Connection, clock: TestClock, hr: Issuer
) -> None:
    style = NoticeStyle.BAMBOOHR
    given = {"style": style, "secret": SECRETS[style]}
    source = await registered(world, hr, **given)
    path, body = f"/v1/hr-notices/{world.organisation_id}/{source['id']}", orjson.dumps(BODIES[style])
    headers = signed(style, body, clock.time.timestamp())

    answers = [await api().post(path, content=body, headers=headers) for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    (run,) = await rows_of(owner, "sync_run", "organisation_id", world.organisation_id)
    await finished(world, "admin", {"id": run["operation_id"], "status": "queued"})
    seen = await world.see("admin", run["id"])
    assert seen is not None
    assert (seen["kind"], seen["requested_by"], counts(seen)) == ("fetch", source["id"], (1, 0, 0, 1))
    ada = await person(owner, world, "E-1")
    assert [event.actor for event in await world.told(ada["id"])] == [source["id"]]


async def test_what_is_not_signed_by_a_source_of_ours_is_refused(world: World, api: Api, clock: TestClock) -> None:
    style = NoticeStyle.HIBOB
    secret = {"style": style, "secret": SECRETS[style]}
    source = await world.do("admin", "create_hr_source", **HR_SOURCE | secret)
    off = await world.do("admin", "create_hr_source", **HR_SOURCE | secret)
    await world.do("admin", "update_hr_source", off["id"], is_enabled=False)
    body, path = orjson.dumps(BODIES[style]), f"/v1/hr-notices/{world.organisation_id}"
    headers = signed(style, body, clock.time.timestamp())

    wrong = [
        (f"{path}/{source['id']}", {}, body),
        (f"{path}/{source['id']}", headers, body + b" "),
        (f"{path}/{off['id']}", headers, body),
        (f"{path}/{ids.new('hrs')}", headers, body),
        (f"{path}/x", headers, body),
        (f"/v1/hr-notices/{ids.new('org')}/{source['id']}", headers, body),
    ]

    assert [(await api().post(at, content=said, headers=with_)).status_code for at, with_, said in wrong] == [401] * 6
    assert (await api().post(f"{path}/{source['id']}", content=b"Ping test", headers=headers)).status_code == 401
    ping = signed(style, b"Ping test", 0)
    assert (await api().post(f"{path}/{source['id']}", content=b"Ping test", headers=ping)).status_code == 204
    large = await api().post(f"{path}/{source['id']}", content=b" " * (hr_notices.LARGEST_BYTES + 1))
    assert large.status_code == 413
