"""Signing in for real: an OpenID provider in a process of its own, the code flow over HTTP, then our API."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app import clock as service_clock
from app.main import create_app
from tests.services import eventually, free_port
from tests.world import World

CALLBACK = "https://app.example.com/callback"


@pytest.fixture
async def provider() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a provider that runs."""
    port = free_port()
    arguments = ("-m", "oidc_provider_mock", "--host", "127.0.0.1", "--port", str(port))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=DEVNULL, stderr=DEVNULL)

    async def answers() -> bool:
        with suppress(httpx.TransportError):
            return (await client.get("/.well-known/openid-configuration")).is_success
        return False

    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            await eventually(answers)
            yield client
    finally:
        process.terminate()
        await process.wait()


async def tokens(provider: httpx.AsyncClient, audience: str, person: str) -> dict[str, Any]:
    """What a person gets who signs in there."""
    wish = {"client_id": audience, "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid email"}
    led = await provider.post("/oauth2/authorize", params=wish, data={"sub": person})
    code = parse_qs(urlsplit(led.headers["location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    got: dict[str, Any] = (await provider.post("/oauth2/token", data=form, auth=(audience, "any"))).json()
    return got


async def test_who_signs_in_at_a_provider_is_somebody_here(provider: httpx.AsyncClient, world: World) -> None:
    person_id = await world.person(work_email="ada@example.com")
    issuer = str(provider.base_url).rstrip("/")
    await world.do(
        "admin",
        "create_identity_provider",
        name="Provider",
        issuer=issuer,
        audience=world.organisation_id,
        # It signs identity tokens only; what it gives out for access is opaque.
        token_type="jwt",
        person_claim="email",
        person_match="work_email",
    )
    # Providers look at the wall.
    service_clock.use(None)
    known, unknown = [
        await tokens(provider, world.organisation_id, person) for person in ("ada@example.com", "eve@example.com")
    ]
    elsewhere = await tokens(provider, "another-application", "ada@example.com")

    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:

        async def status(token: str) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            return (await client.get(f"/v1/people/{person_id}", headers=headers)).status_code

        assert await status(known["id_token"]) == 200
        assert await status(unknown["id_token"]) == 401
        assert await status(elsewhere["id_token"]) == 401
        assert await status(known["access_token"]) == 401
