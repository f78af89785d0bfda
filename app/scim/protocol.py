"""The protocol as its library has it, and what we add: how failures read, how long a filter is, what is announced."""

from dataclasses import replace
from functools import cache
from typing import Any, Union

import sqlalchemy as sa
from scim2_models import (
    BulkOperation,
    BulkRequest,
    BulkResponse,
    Context,
    Error,
    InvalidFilterException,
    ListResponse,
    PatchOp,
    Resource,
    ResourceType,
    ResponseParameters,
    SCIMException,
    SearchRequest,
)
from scim2_server.conditions import Conditions
from scim2_server.handler import AsyncScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService
from scim2_server.storage import SearchPage
from sqlmodel import col

from app import config, logs, secret
from app import db as database
from app.auth.actor import Actor
from app.domain.organisations.models import Rank
from app.errors import DomainError
from app.scim import filtering, models, people, refusing
from app.scim.storage import Storage

_log = logs.get(__name__)
_KINDS = tuple(models.PROVIDER.model_for(kind) for kind in models.PROVIDER.resource_types)
_ANY: Any = Union[_KINDS]  # noqa: UP007
# Pydantic forgets a class made for a type once nobody holds it, and making it again takes longer than a request does.
_HELD = (
    *(generic[_ANY] for generic in (BulkRequest, BulkResponse, ListResponse, SearchRequest)),
    *(generic[kind] for kind in _KINDS for generic in (PatchOp, ResponseParameters, SearchRequest)),
)


class Service(ScimService):
    """The steps of the protocol, without input or output."""

    @staticmethod
    def error_of(exception: Exception) -> Error:
        """The SCIM error of whatever went wrong; a bug is written to the log and not explained."""
        if isinstance(exception, SCIMException | DomainError):
            return refusing.error_of(exception)
        _log.error("scim.failed", exc_info=exception)
        return Error(status=500, detail="Something went wrong on our side.")

    @staticmethod
    def bulk_validation_failure(
        operation: BulkOperation[Resource[Any]], outcome: dict[str, Any]
    ) -> dict[str, Any] | None:
        """The outcome of an operation that does not fit its schema."""
        failure = ScimService.bulk_validation_failure(operation, outcome)
        return failure and {**failure, "response": refusing.worded(failure["response"])}

    def publish(self, base_url: str, resource: Resource[Any]) -> Resource[Any]:
        """A resource as it is sent. Our storage made it for this answer alone, with whole addresses in it."""
        kind = self.get_resource_type_of(resource)
        assert resource.meta is not None  # noqa: S101
        resource.meta.location = self.resource_location(base_url, kind, str(resource.id))
        return resource

    def search_response(
        self,
        base_url: str,
        resource_types: list[ResourceType],
        page: SearchPage,
        search_request: SearchRequest[Any],
    ) -> ScimResponse:
        """A page of what was found. The library writes the list without its resources, and they are not read again."""
        response = super().search_response(base_url, resource_types, replace(page, resources=[]), search_request)
        listed = [
            self.publish(base_url, resource).model_dump(
                scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=search_request
            )
            for resource in page.resources
        ]
        response.body = {**(response.body or {}), "itemsPerPage": len(listed), "Resources": listed}
        return response

    def read_search(self, resource_types: list[ResourceType], payload: Any) -> tuple[SearchRequest[Any], Any]:
        """A search with a filter that can be read in a moment."""
        given = {str(name).lower(): value for name, value in payload.items()} if isinstance(payload, dict) else {}
        if len(str(given.get("filter", ""))) > filtering.LONGEST:
            raise InvalidFilterException
        return super().read_search(resource_types, payload)


class Handler(AsyncScimHandler):
    """The operations, over the storage of one request."""

    def __init__(self, actor: Actor, *, moves_lines: bool) -> None:
        super().__init__(service(), Storage(actor, moves_lines=moves_lines))
        self._actor = actor

    async def replace_resource(
        self,
        resource_type: ResourceType,
        current: Resource[Any],
        replacement: Resource[Any],
        conditions: Conditions,
    ) -> Resource[Any]:
        """A PUT leaves what it does not speak of, and nobody can be without, as it is."""
        if resource_type.name == "User":
            people.keep(replacement, current)
        return await super().replace_resource(resource_type, current, replacement, conditions)

    async def schemas(self, request: ScimRequest) -> ScimResponse:
        """All schemas, with what is the organisation's own in them."""
        response = await super().schemas(request)
        ranks = await self._ranks()
        for schema in (response.body or {})["Resources"]:
            _announce(schema, ranks)
        return response

    async def schema(self, request: ScimRequest) -> ScimResponse:
        """One schema."""
        response = await super().schema(request)
        _announce(response.body or {}, await self._ranks())
        return response

    async def resource_types(self, request: ScimRequest) -> ScimResponse:
        """The kinds of resources."""
        response = await super().resource_types(request)
        for kind in (response.body or {})["Resources"]:
            _require_mentoring(kind)
        return response

    async def resource_type(self, request: ScimRequest) -> ScimResponse:
        """One kind of resources."""
        response = await super().resource_type(request)
        _require_mentoring(response.body or {})
        return response

    async def _ranks(self) -> list[str]:
        async with database.current().writing(self._actor.organisation_id) as db:
            select = sa.select(col(Rank.name)).where(col(Rank.organisation_id) == db.organisation_id)
            return list((await db.execute(select.order_by(col(Rank.level)))).scalars())


@cache
def service() -> Service:
    """The steps, with the key that cursors are sealed with."""
    return Service(models.PROVIDER, secret=secret.derive(config.settings(), "scim cursor"))


def _announce(schema: dict[str, Any], ranks: list[str]) -> None:
    """Say what our models are too lenient to: what everybody has, and whose ranks there are."""
    always = models.ALWAYS.get(schema["id"], set())
    for attribute in schema["attributes"]:
        for path, item in ((attribute["name"], attribute), *_within(attribute)):
            if path in always:
                item["required"] = True
            if path == "emails.primary":
                item["mutability"] = "readOnly"
            if schema["id"] == models.MENTORING and path == "rank":
                item["canonicalValues"] = ranks


def _require_mentoring(kind: dict[str, Any]) -> None:
    """Everybody has a rank, so the extension that holds it is never absent."""
    for extension in kind.get("schemaExtensions") or ():
        extension["required"] = extension["schema"] == models.MENTORING


def _within(attribute: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{attribute['name']}.{item['name']}", item) for item in attribute.get("subAttributes") or ()]
