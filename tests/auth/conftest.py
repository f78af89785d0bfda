"""What tests of signing in stand on: an organisation whose people sign in at a provider of a test's own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from app import clock, db
from app.auth import bearer
from app.auth.actor import Actor
from app.auth.bearer import authenticate
from app.auth.credentials import BadCredential
from tests.auth.issuers import Issuer, serving
from tests.conftest import NOON, TestClock
from tests.world import World, found_world


@dataclass
class SignIn:
    """An organisation, its provider, and one person whom the provider knows."""

    world: World
    issuer: Issuer
    provider: dict[str, Any]
    person_id: str

    @property
    def audience(self) -> str:
        """For whom the provider's tokens are."""
        return self.world.organisation_id

    def token(self, **given: Any) -> str:
        """A token of the provider."""
        return self.issuer.token(given.pop("audience", self.audience), **given)

    async def update(self, **changes: Any) -> None:
        """Change the provider; nothing is trusted any longer."""
        await self.world.do("admin", "update_identity_provider", self.provider["id"], **changes)
        bearer.forget()


async def enter(token: str) -> Actor | None:
    """Whom a token lets in."""
    try:
        return await authenticate(f"Bearer {token}")
    except BadCredential:
        return None


@pytest.fixture(scope="module")
async def signed(opened: db.Database) -> World:
    """An organisation for a file of tests."""
    clock.use(lambda: NOON)
    world = await found_world()
    await world.newcomer("employee", external_id="e-1", work_email="Ada@example.com")
    clock.use(None)
    return world


@pytest.fixture
async def sign_in(signed: World, clock: TestClock) -> AsyncIterator[SignIn]:
    """That organisation with a provider of the test's own, which is gone afterwards."""
    bearer.forget()
    async with serving(Issuer()) as issuer:
        provider = await signed.do(
            "admin", "create_identity_provider", name="IdP", issuer=issuer.url, audience=signed.organisation_id
        )
        yield SignIn(signed, issuer, provider, signed.people["employee"])
        await signed.do("admin", "delete_identity_provider", provider["id"])
