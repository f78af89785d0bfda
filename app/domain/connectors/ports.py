"""Where people are fetched from: what every connector can, and the one over REST that fits many an HR system."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from app.domain.connectors.models import HrSource
from app.domain.imports import cells
from app.domain.people.schemas import PersonPut
from app.errors import Invalid, Unavailable
from app.outgoing import fetching
from app.outgoing.fetching import FetchFailed


class Unknown(Invalid):
    """The HR system knows nobody of this id."""

    code = "not_in_hr_source"

    def __init__(self) -> None:
        super().__init__("The HR system knows nobody of this id.")


class SourceRefused(Invalid):
    """The HR system does not let us in, or does not answer as it should; to ask again would not help."""

    code = "hr_source_refused"

    def __init__(self) -> None:
        super().__init__("The HR system does not let us fetch. Look at its address, its token and its mapping.")


class SourceUnavailable(Unavailable):
    """The HR system does not answer for now."""

    code = "hr_source_unavailable"

    def __init__(self) -> None:
        super().__init__("The HR system did not answer. Fetch again when it does.")


class Connector(Protocol):
    """An HR system from which people are fetched. Raises `Unknown`, `SourceRefused` or `SourceUnavailable`."""

    async def person(self, external_id: str) -> Mapping[str, Any]:
        """What it says of a person, by members of `PersonPut`."""

    async def changed_since(self, time: datetime) -> Sequence[str]:
        """Whoever changed at that time or later, by their ids."""


class RestConnector:
    """`GET {base_url}/people/{id}` answers a person, `GET {base_url}/people?changed_since=…` `{"ids": […]}`."""

    def __init__(self, source: HrSource, token: str | None) -> None:
        self._base_url, self._mapping = source.base_url.rstrip("/"), source.mapping
        self._authorization = None if token is None else f"Bearer {token}"

    async def person(self, external_id: str) -> Mapping[str, Any]:
        """What it says of a person, by members of `PersonPut`; what it does not say is left out."""
        document = await self._fetched(f"/people/{quote(external_id, safe='')}", missing=Unknown)
        said = {item["member"]: _at(document, item["pointer"]) for item in self._mapping}
        return {name: _shaped(name, value) for name, value in said.items() if value is not ...}

    async def changed_since(self, time: datetime) -> Sequence[str]:
        """Whoever changed at that time or later, by their ids."""
        query = urlencode({"changed_since": time.isoformat()})
        named = (await self._fetched(f"/people?{query}", missing=SourceRefused)).get("ids")
        if not isinstance(named, list) or not all(isinstance(item, str) for item in named):
            raise SourceRefused
        return sorted(named)

    async def _fetched(self, path: str, *, missing: type[Invalid]) -> dict[str, Any]:
        try:
            return await fetching.document(f"{self._base_url}{path}", authorization=self._authorization)
        except FetchFailed as failed:
            status = failed.status
        if status == HTTPStatus.NOT_FOUND:
            raise missing
        if status is None or status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise SourceUnavailable
        raise SourceRefused


def _at(document: Any, pointer: str) -> Any:
    """What stands at a pointer; an ellipsis where nothing does."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(document, dict) or name not in document:
            return ...
        document = document[name]
    return document


def _shaped(member: str, value: Any) -> Any:
    """Texts are read as cells of CSV are: many an HR system writes numbers as texts."""
    return cells.read(PersonPut.model_fields[member].annotation, value) if isinstance(value, str) else value
