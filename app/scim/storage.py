"""The port: what the library of the protocol asks of a storage, answered from our tables in our transactions."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from scim2_models import (
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SCIMException,
    SearchRequest,
)
from scim2_models.path import FilterNode
from scim2_server.storage import AsyncScimStorage, SearchPage

from app import db as database
from app.audit import recording
from app.audit.models import AuditOutcome
from app.audit.recording import Entry
from app.auth.actor import Actor
from app.domain.people import queries
from app.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from app.reading import rows
from app.reading.run import Absent
from app.reading.statement import Statement
from app.scim import directory, filtering, groups, kinds, paging, people, refusing, root
from app.scim.hand import Hand
from app.scim.kinds import Kind
from app.scim.paging import Cut

_REFUSALS = (Forbidden, NotFound, Conflict, Invalid, SCIMException)


class Storage(AsyncScimStorage):
    """The directory, for one request of one HR system. Each operation is a transaction, from its first change on.

    `moves_lines` says that the request may change who reports to whom: then nobody else does so meanwhile.
    """

    supports_cursors = True

    def __init__(self, actor: Actor, *, moves_lines: bool) -> None:
        self._actor, self._moves_lines = actor, moves_lines
        self._stack = AsyncExitStack()
        self._hand: Hand | None = None
        self._locked: dict[str, Any] = {}
        # What is being changed, for the record of a refusal.
        self._attempt: Entry | None = None

    @asynccontextmanager
    async def operation(self) -> AsyncIterator[None]:
        """One operation: all of it is done or none. A change that is refused is on record."""
        self._attempt, self._locked = None, {}
        try:
            async with AsyncExitStack() as self._stack:
                yield
        except _REFUSALS as error:
            if self._attempt is not None:
                await recording.record_apart(_refused(self._attempt, error))
            if isinstance(error, DomainError):
                raise refusing.exception_of(error) from error
            raise
        finally:
            self._hand = None

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """A resource, locked unless it is for an answer alone: changes made side by side follow each other."""
        kind = kinds.of(resource_type)
        if response_parameters is None:
            await self._lock(kind, resource_id, "update")
        return await self._one(kind, resource_id, response_parameters)

    async def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        """One page of what a filter finds."""
        if len(resource_types) > 1:
            return await root.over_all(self._search, resource_types, search_request, position)
        return await self._search(resource_types, search_request, position)

    async def _search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], position: Any
    ) -> SearchPage:
        """One page of one kind."""
        kind = kinds.of(resource_types[0])
        binding = search_request.sort_binding(kind.model)
        by = None if binding is None or binding.urn.lower() not in kind.terms else binding.urn.lower()
        form: FilterNode | None = None
        values: dict[str, Any] = {}
        if search_request.filter is not None:
            form, values = filtering.form(str(search_request.filter), kind.model)

        async def ask(cut: Cut, more: dict[str, Any]) -> Sequence[Any]:
            return await self._fetch(kinds.search(kind, form, by, cut), values | more)

        found = await paging.page(ask, search_request, position, is_sorted=by is not None)
        listed = await self._resources(kind, found.rows, search_request)
        return SearchPage(found.total, listed, found.behind, found.before)

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """Add a person or a group."""
        kind = kinds.of(resource_type)
        self._attempt = self._entry("create", kind)
        hand = await self._at_work()
        if kind is kinds.USERS:
            created = await directory.create(hand, people.members(resource))
        else:
            created = await groups.create(hand, resource)
        return await self._one(kind, created, _WHOLE)

    async def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """Bring a person or group up to date."""
        kind, resource_id = kinds.of(resource_type), str(resource.id)
        row = await self._lock(kind, resource_id, "update", expected_version)
        before = await self._one(kind, resource_id, _WHOLE)
        hand = await self._at_work()
        if kind is kinds.USERS:
            await directory.update(hand, row, people.members(resource), people.members(before))
        else:
            await groups.update(hand, row, resource, before)
        return await self._one(kind, resource_id, _WHOLE)

    async def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        """Remove a person, who leaves, or a group."""
        kind = kinds.of(resource_type)
        await self._lock(kind, resource_id, "remove" if kind is kinds.USERS else "delete", expected_version)
        assert self._attempt is not None  # noqa: S101
        await (await self._at_work()).do(self._attempt.action, resource_id)

    async def _at_work(self) -> Hand:
        """The hand in the operation's transaction, which begins with the first change."""
        if self._hand is None:
            db = await self._stack.enter_async_context(database.current().writing(self._actor.organisation_id))
            db.actor_id = self._actor.id
            self._hand = Hand(db, self._actor)
        return self._hand

    async def _lock(self, kind: Kind, resource_id: str, verb: str, expected_version: str | None = None) -> Any:
        self._attempt = self._entry(verb, kind, resource_id)
        db = (await self._at_work()).db
        row = self._locked.get(resource_id)
        if row is None:
            if self._moves_lines:
                await queries.lock_lines(db)
            try:
                row = await rows.get(db, self._actor, kind.resource, resource_id, self._attempt.action)
            except Absent:
                raise NotFoundException from None
            self._locked[resource_id] = row
        if expected_version not in (None, people.version(row.version)):
            raise PreconditionFailedException
        return row

    def _entry(self, verb: str, kind: Kind, resource_id: str | None = None) -> Entry:
        return Entry(self._actor, f"{verb}_{kind.resource.name}", kind.resource.name, resource_id)

    async def _one(self, kind: Kind, resource_id: str, parameters: ResponseParameters[Any] | None) -> Resource[Any]:
        found = await self._resources(kind, await self._fetch(kind.one, {"id": resource_id}), parameters)
        if not found:
            raise NotFoundException
        return found[0]

    async def _resources(
        self, kind: Kind, found: Sequence[Any], parameters: ResponseParameters[Any] | None
    ) -> list[Resource[Any]]:
        if kind is kinds.USERS:
            return [people.user(row) for row in found]
        wanted = [row["id"] for row in found] if found and _wants_members(parameters) else []
        who = groups.by_group(await self._fetch(groups.MEMBERS, {"groups": wanted}) if wanted else ())
        return [groups.group(row, who[row["id"]]) for row in found]

    async def _fetch(self, statement: Statement, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of a statement: as the operation's transaction sees them, if it has begun."""
        bound = statement.bound({"organisation": self._actor.organisation_id, **values})
        if self._hand is not None:
            return await self._hand.db.fetch(statement.sql, *bound)
        return await database.current().reads.fetch(self._actor.organisation_id, statement.sql, bound)


_WHOLE: ResponseParameters[Any] = ResponseParameters()


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
