"""The port: what the library of the protocol asks of a storage, answered from our tables in our transactions."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from scim2_models import (
    InvalidFilterException,
    NotFoundException,
    NotImplementedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SCIMException,
    SearchRequest,
)
from scim2_server.storage import AsyncScimStorage, SearchPage
from sqlmodel import col

from app import db as database
from app.audit import recording
from app.audit.models import AuditOutcome
from app.audit.recording import Entry
from app.auth.actor import Actor
from app.db import Db
from app.domain.groups.models import Group
from app.domain.groups.resource import GROUPS
from app.domain.people import queries
from app.domain.people.models import Person
from app.domain.people.resource import PEOPLE
from app.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from app.reading import resource as reading
from app.reading import rows
from app.scim import attributes, directory, groups, models, paging, people
from app.scim.attributes import Term
from app.scim.filtering import condition
from app.scim.hand import Hand

_REFUSALS = (Forbidden, NotFound, Conflict, Invalid, SCIMException)


@dataclass(frozen=True)
class _Kind:
    """What users and groups differ in: our resource, its row, the SCIM model, and what one asks of it in SQL."""

    resource: reading.Resource
    row: Any
    model: Any
    terms: Mapping[str, Term]
    id: str
    select: Callable[[Db], sa.Select[Any]]


_KINDS = {
    "User": _Kind(PEOPLE, Person, people.MODEL, attributes.USER_TERMS, f"{models.CORE}:id".lower(), people.select),
    "Group": _Kind(GROUPS, Group, models.Group, attributes.GROUP_TERMS, f"{models.GROUP}:id".lower(), groups.select),
}


class Storage(AsyncScimStorage):
    """The directory, for one request of one HR system. Each operation is a transaction.

    `moves_lines` says that the request may change who reports to whom: then nobody else does so meanwhile.
    """

    supports_cursors = True

    def __init__(self, actor: Actor, *, moves_lines: bool) -> None:
        self._actor, self._moves_lines = actor, moves_lines
        self._hand: Hand | None = None
        # What is being changed, for the record of a refusal.
        self._attempt: Entry | None = None

    @asynccontextmanager
    async def operation(self) -> AsyncIterator[None]:
        """One operation: all of it is done or none. A change that is refused is on record."""
        self._attempt = None
        try:
            async with database.current().writing(self._actor.organisation_id) as db:
                db.actor_id = self._actor.id
                self._hand = Hand(db, self._actor)
                yield
        except _REFUSALS as error:
            if self._attempt is not None:
                await recording.record_apart(_refused(self._attempt, error))
            raise

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """A resource, locked unless it is for an answer alone: changes made side by side follow each other."""
        kind = _kind(resource_type)
        if response_parameters is None:
            await self._lock(kind, resource_id)
        select = kind.select(self._db).where(col(kind.row.id) == resource_id)
        found = await self._resources(kind, (await self._db.execute(select)).all(), response_parameters)
        if not found:
            raise NotFoundException
        return found[0]

    async def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        """One page of what a filter finds."""
        if len(resource_types) > 1:
            return await self._search_all(resource_types, search_request)
        kind = _kind(resource_types[0])
        select = kind.select(self._db)
        if search_request.filter is not None:
            select = select.where(condition(str(search_request.filter), kind.model, kind.terms))
        binding = search_request.sort_binding(kind.model)
        by = None if binding is None else kind.terms.get(binding.urn.lower())
        found = await paging.page(self._db, select, kind.terms[kind.id].value, by, search_request, position)
        listed = await self._resources(kind, found.rows, search_request)
        return SearchPage(found.total, listed, found.behind, found.before)

    async def _search_all(self, resource_types: list[ResourceType], search: SearchRequest[Any]) -> SearchPage:
        """A page over several kinds, one after the other: without an order of the caller's, and by index alone."""
        if search.cursor is not None or search.sort_by is not None:
            raise NotImplementedException
        whole, first, refusals = SearchPage(0, []), search.start_index or 1, 0
        for resource_type in resource_types:
            seen, size = whole.total or 0, (search.count or 0) - len(whole.resources)
            here = search.model_copy(update={"start_index": max(1, first - seen), "count": size})
            try:
                found = await self.search([resource_type], here)
            except InvalidFilterException:
                # Whoever has no such attribute is not among those whom the filter means.
                refusals += 1
                continue
            whole = SearchPage(seen + (found.total or 0), whole.resources + found.resources)
        if refusals == len(resource_types):
            raise InvalidFilterException
        return whole

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """Add a person or a group."""
        kind = _kind(resource_type)
        self._attempt = self._entry("create", kind)
        if kind.row is Person:
            created = await directory.create(self._at_work, people.members(resource))
        else:
            created = await groups.create(self._at_work, resource)
        return await self.get(resource_type, created, response_parameters=_WHOLE)

    async def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """Bring a locked person or group up to date. Nobody else has changed it since `get`."""
        kind, resource_id = _kind(resource_type), str(resource.id)
        row = await rows.by_id(self._db, kind.row, resource_id)
        if kind.row is Person:
            before = await self.get(resource_type, resource_id, response_parameters=_WHOLE)
            await directory.update(self._at_work, row, people.members(resource), people.members(before))
        else:
            await groups.update(self._at_work, row, resource)
        return await self.get(resource_type, resource_id, response_parameters=_WHOLE)

    async def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        """Remove a person, who leaves, or a group."""
        kind = _kind(resource_type)
        self._attempt = self._entry("remove" if kind.row is Person else "delete", kind, resource_id)
        await self._at_work.do(self._attempt.action, resource_id)

    @property
    def _at_work(self) -> Hand:
        assert self._hand is not None  # noqa: S101
        return self._hand

    @property
    def _db(self) -> Db:
        return self._at_work.db

    async def _lock(self, kind: _Kind, resource_id: str) -> None:
        self._attempt = self._entry("update", kind, resource_id)
        if self._moves_lines:
            await queries.lock_lines(self._db)
        await rows.get(self._db, self._actor, kind.resource, resource_id, self._attempt.action)

    def _entry(self, verb: str, kind: _Kind, resource_id: str | None = None) -> Entry:
        return Entry(self._actor, f"{verb}_{kind.resource.name}", kind.resource.name, resource_id)

    async def _resources(
        self, kind: _Kind, found: Sequence[sa.Row[Any]], parameters: ResponseParameters[Any] | None
    ) -> list[Resource[Any]]:
        if kind.row is Person:
            return [people.user(row) for row in found]
        wanted = [row[0].id for row in found] if _wants_members(parameters) else []
        who = await groups.members(self._db, wanted)
        return [groups.group(row[0], who[row[0].id]) for row in found]


_WHOLE: ResponseParameters[Any] = ResponseParameters()


def _kind(resource_type: ResourceType) -> _Kind:
    return _KINDS[str(resource_type.name)]


def _refused(attempt: Entry, error: DomainError | SCIMException) -> Entry:
    code = error.code if isinstance(error, DomainError) else error.scim_type or "refused"
    return Entry(
        attempt.actor, attempt.action, attempt.resource, attempt.object_id, outcome=AuditOutcome.REFUSED, code=code
    )


def _wants_members(parameters: ResponseParameters[Any] | None) -> bool:
    """Whether a group's members are asked for: there may be very many, and Entra asks without them."""
    if parameters is None:
        return True
    excluded = {str(path).lower() for path in parameters.excluded_attributes or ()}
    asked = {str(path).lower() for path in parameters.attributes or ()}
    is_asked = not asked or any("members" in path for path in asked)
    return is_asked and not any(path.rpartition(":")[2] == "members" for path in excluded)
