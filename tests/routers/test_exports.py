"""The one answer that is a file: a copy of one's data."""

import io
import zipfile

from tests.domain.privacy.subject import work
from tests.routers.conftest import Api
from tests.world import World


async def test_a_copy_is_downloaded_by_the_person_it_is_about_and_nobody_else(api: Api, world: World) -> None:
    operation = await world.do("mentor", "request_export", person_id=world.people["mentor"])
    await work()
    path = f"/v1/exports/{operation['subject_ids'][0]}/content"

    answer = await api(world.keys["mentor"]).get(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "people.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    others = [await api(world.keys[part]).get(path) for part in ("admin", "mentee", "service")]
    # An administrator knows that there is one, and no more.
    assert [other.status_code for other in others] == [403, 404, 404]
    assert (await api().get(path)).status_code == 401
