"""Walking along the directory by when people changed: nothing is lost, whatever is written meanwhile."""

import pytest

from app import db as database
from app.domain.people.models import Person
from app.errors import Unavailable
from app.reading import rows
from tests.conftest import TestClock
from tests.routers.conftest import Api
from tests.world import World


async def test_people_come_in_the_order_of_their_changes_page_by_page(api: Api, world: World, clock: TestClock) -> None:
    service = api(world.keys["service"])
    before = clock.advance(minutes=1).isoformat()
    made = []
    for _ in range(3):
        clock.advance(minutes=1)
        made.append(await world.person())
    asked = {"updated_after": before, "sort": "updated_at", "limit": "2", "fields": "id,updated_at,version"}

    first = (await service.get("/v1/people", params=asked)).json()
    clock.advance(minutes=1)
    # Whoever changes between two pages comes again at the end.
    await world.do("admin", "update_person", made[0], title="Analyst")
    second = (await service.get("/v1/people", params={**asked, "cursor": first["next_cursor"]})).json()

    seen = [(item["id"], item["version"]) for item in first["items"] + second["items"]]
    assert seen == [(made[0], 1), (made[1], 1), (made[2], 1), (made[0], 2)]
    assert second["next_cursor"] is None


async def test_what_was_stamped_long_ago_is_never_committed_late(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LONGEST_SECONDS", 0.0)

    with pytest.raises(Unavailable):
        async with database.current().writing(world.organisation_id) as db:
            (await rows.by_id(db, Person, world.people["mentor"], lock=True)).title = "Late"

    monkeypatch.undo()
    assert (await world.see("admin", world.people["mentor"]) or {})["title"] is None
