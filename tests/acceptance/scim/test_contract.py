"""The contract that the protocol's library has for storages, held against ours."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from scim2_models import Resource, ResourceType, ScimProvider, SearchRequest
from scim2_server.storage import SearchPage
from scim2_server.testing import AsyncScimStorageContract, BlockingStorage

from app import config
from app import db as database
from app.auth.actor import Role
from app.auth.bearer import authenticate
from app.config import Settings
from app.db import Database
from app.domain.access import founding
from app.scim import models
from app.scim.people import MODEL
from app.scim.storage import Storage


class Alone(Storage):
    """A storage that is called without the handler around it: each call is an operation."""

    async def get(self, *given: Any, **more: Any) -> Resource[Any]:
        async with self.operation():
            return await super().get(*given, **more)

    async def search(self, *given: Any, **more: Any) -> SearchPage:
        async with self.operation():
            return await super().search(*given, **more)

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        async with self.operation():
            return await super().create(resource_type, resource)

    async def update(self, *given: Any, **more: Any) -> Resource[Any]:
        async with self.operation():
            return await super().update(*given, **more)

    async def delete(self, *given: Any, **more: Any) -> None:
        async with self.operation():
            await super().delete(*given, **more)


@pytest.fixture(scope="class")
def runner(address: str, settings: Settings) -> Iterator[asyncio.Runner]:
    """A loop of these tests' own, and the database opened on it: the contract is not asynchronous itself."""
    with asyncio.Runner() as runner:
        opened = Database(address, config.settings())
        before = database.use(opened)
        yield runner
        database.use(before)
        runner.run(opened.close())


class TestOurStorage(AsyncScimStorageContract):
    """All that the contract asks."""

    @pytest.fixture
    def provider(self) -> ScimProvider:
        return models.PROVIDER

    @pytest.fixture
    def storage(self, runner: asyncio.Runner) -> Iterator[BlockingStorage]:
        """The directory of a new organisation, with nobody in it."""
        with models.PROVIDER:
            yield BlockingStorage(runner.run(_empty()), runner)


async def _empty() -> Storage:
    founded = await founding.found("Contract")
    async with database.current().writing(founded.organisation_id) as db:
        key = await founding.grant(db, Role.SERVICE_ACCOUNT, service_account="hris")
    storage = Alone(await authenticate(f"Bearer {key}"), moves_lines=True)
    kind = next(kind for kind in models.PROVIDER.resource_types if kind.name == "User")
    for founder in (await storage.search([kind], SearchRequest[MODEL]())).resources:
        await storage.delete(kind, str(founder.id))
    return storage
