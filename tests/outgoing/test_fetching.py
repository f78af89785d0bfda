"""Fetching a document from somebody outside: small, in time, public, and from nowhere else."""

import pytest

from app import config
from app.config import Settings
from app.outgoing import fetching
from app.outgoing.fetching import FetchFailed
from tests.auth.issuers import Issuer, serving

pytestmark = pytest.mark.usefixtures("settings")


async def test_a_document_is_an_object() -> None:
    async with serving(Issuer()) as issuer:
        issuer.answers["/"] = b'{"a":1}'

        assert await fetching.document(f"{issuer.url}/") == {"a": 1}


@pytest.mark.parametrize("body", [b"[1]", b"", b"{", b"\xff", b'{"a":"' + b"x" * fetching.LARGEST_BYTES + b'"}'])
async def test_anything_else_is_none(body: bytes) -> None:
    async with serving(Issuer()) as issuer:
        issuer.answers["/"] = body

        with pytest.raises(FetchFailed):
            await fetching.document(f"{issuer.url}/")


@pytest.mark.parametrize("status", [204, 301, 302, 307, 308, 404, 500])
async def test_a_redirect_leads_nowhere(status: int) -> None:
    async with serving(Issuer()) as issuer:
        issuer.status = status

        with pytest.raises(FetchFailed):
            await fetching.document(f"{issuer.url}/")
        assert issuer.asked == ["/"]


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LONGEST_SECONDS", 0)
    async with serving(Issuer()) as issuer:
        with pytest.raises(FetchFailed, match="TimeoutError"):
            await fetching.document(f"{issuer.url}/")


async def test_a_port_where_nobody_listens_is_a_failure() -> None:
    async with serving(Issuer()) as issuer:
        address = f"{issuer.url}/"

    with pytest.raises(FetchFailed, match="ClientConnectorError"):
        await fetching.document(address)


async def test_in_production_only_the_public_is_called(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = settings.model_copy(update={"environment": "production"})
    monkeypatch.setattr(config, "settings", lambda: strict)
    async with serving(Issuer()) as issuer:
        for url in (issuer.url, f"https://127.0.0.1:{issuer.port}", "https://localhost", "https://169.254.169.254"):
            with pytest.raises(FetchFailed, match="UrlRefused"):
                await fetching.document(f"{url}/")
        assert issuer.asked == []
