"""Is it alive, is it ready; and the two pages that need no credential."""

import pytest

from app import db as database
from app.config import Settings
from tests.routers.conftest import Api


async def test_a_process_that_answers_is_alive_whatever_its_database_does(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_database", None)

    answer = await api().get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_it_is_ready_when_the_database_answers(api: Api) -> None:
    answer = await api().get("/health/ready")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_it_is_not_ready_without_a_database(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_database", None)

    answer = await api().get("/health/ready")

    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
    assert answer.headers["Retry-After"] == "1"


async def test_it_is_not_ready_when_the_database_is_away(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = database.Database("postgresql://nobody@/flipside?host=/nowhere", settings)
    monkeypatch.setattr(database, "_database", away)

    assert (await api().get("/health/ready")).status_code == 503


async def test_health_needs_no_credential_and_takes_head(api: Api) -> None:
    for path in ("/health/live", "/health/ready"):
        assert (await api().head(path)).status_code == 200


async def test_the_contract_is_public_and_kept_by_its_tag(api: Api) -> None:
    answer = await api().get("/v1/openapi.json")

    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")
    again = await api().get("/v1/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_page_says_where_its_scripts_come_from(api: Api) -> None:
    answer = await api().get("/docs")

    assert answer.headers["Content-Type"].startswith("text/html")
    assert "CDN" in answer.text
    assert "/v1/openapi.json" in answer.text
