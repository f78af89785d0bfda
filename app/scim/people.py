"""People as SCIM users: a row becomes a user, and a user the members of our own schemas."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import sqlalchemy as sa
from scim2_models import Resource
from sqlmodel import col

from app import config
from app.domain.organisations.models import Rank
from app.domain.people.models import AwaitedManager, EmploymentStatus, Person
from app.reading.resource import ORGANISATION
from app.scim.attributes import LANGUAGE, LOGIN, MANAGER, PLACES
from app.scim.models import CORE, ENTERPRISE, MENTORING, ON_LEAVE, PATH, PROVIDER

MODEL: Any = PROVIDER.model_for("User")
_DAYS = ("hire_date", "termination_date")
_COLUMNS = (
    *("id", "version", "created_at", "updated_at", "work_email", "employment_status", "is_on_leave", "manager_id"),
    *(name for name in PLACES if name != "skills"),
)
_DAY_CHARACTERS = 10
# A PUT that says nothing of these leaves them as they are: who does not send them does not know them.
_KEPT = ("name", "display_name", "timezone", "active", "EnterpriseUser", "MentoringUser")


def _everybody() -> sa.Select[Any]:
    here = col(Person.organisation_id)
    columns = (col(getattr(Person, name)) for name in _COLUMNS)
    beside: tuple[Any, ...] = (
        LOGIN.label("user_name"),
        MANAGER.label("manager"),
        col(Rank.name).label("rank"),
        LANGUAGE.label("language"),
        # Text, since connections differ in what they make of JSON.
        sa.cast(col(Person.skills), sa.Text).label("skills"),
    )
    is_awaited = sa.and_(col(AwaitedManager.organisation_id) == here, col(AwaitedManager.person_id) == Person.id)
    return (
        sa.select(*columns, *beside)
        .select_from(Person)
        .join(Rank, sa.and_(col(Rank.organisation_id) == here, col(Rank.level) == Person.rank_level))
        .outerjoin(AwaitedManager, is_awaited)
        .where(col(Person.removed_at).is_(None), col(Person.erased_at).is_(None))
        .where(here == ORGANISATION)
    )


# Everybody whom the HR system knows, with what is told of them beside their row.
EVERYBODY = _everybody()


def user(row: Mapping[str, Any]) -> Resource[Any]:
    """The user that a row of `EVERYBODY` stands for, as the driver gives it."""
    payload: dict[str, Any] = {"schemas": [CORE], "id": row["id"]}
    for column, place in PLACES.items():
        value = row[column]
        if column in _DAYS and value is not None:
            value = value.isoformat()
        elif column == "skills":
            value = orjson.loads(value)
        _put(payload, place, value or None)
    payload["userName"] = row["user_name"]
    payload["active"] = row["employment_status"] != EmploymentStatus.INACTIVE
    payload["preferredLanguage"] = row["language"]
    if row["work_email"] is not None:
        payload["emails"] = [{"value": row["work_email"], "type": "work", "primary": True}]
    _put(payload, (MENTORING, "rank"), row["rank"])
    _put(payload, (MENTORING, "leaveStatus"), ON_LEAVE if row["is_on_leave"] else None)
    if row["manager"] is not None:
        manager = {"value": row["manager"]}
        if row["manager_id"] is not None:
            manager["$ref"] = reference("Users", row["manager_id"])
        _put(payload, (ENTERPRISE, "manager"), manager)
    payload["schemas"] += [urn for urn in (ENTERPRISE, MENTORING) if urn in payload]
    payload["meta"] = meta("User", row)
    return MODEL.model_validate(payload)  # type: ignore[no-any-return]


def meta(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The `meta` of a row."""
    return {
        "resourceType": kind,
        "created": row["created_at"],
        "lastModified": row["updated_at"],
        "version": version(row["version"]),
    }


def version(number: int) -> str:
    """The entity tag of a row's version."""
    return f'W/"{number}"'


def reference(endpoint: str, object_id: str) -> str:
    """The address of a resource."""
    return f"{config.settings().base_url}{PATH}/{endpoint}/{object_id}"


def members(resource: Resource[Any]) -> dict[str, Any]:
    """What a user says, by the names of our schemas. Absent and empty are the same."""
    payload = resource.model_dump(mode="json", exclude_none=True, by_alias=True)
    found = {column: _get(payload, place) for column, place in PLACES.items()}
    for day in _DAYS:
        # Entra sends an instant where a day is meant.
        found[day] = found[day][:_DAY_CHARACTERS] if found[day] else None
    found["skills"] = list(dict.fromkeys(found["skills"] or ()))
    found["work_email"] = _work_email(payload.get("emails") or ())
    language = (payload.get("preferredLanguage") or "").replace("_", "-")
    return found | {
        "language": language or None,
        "rank": _get(payload, (MENTORING, "rank")),
        "manager": _get(payload, (ENTERPRISE, "manager", "value")),
        "is_active": payload.get("active", True),
        "is_on_leave": _get(payload, (MENTORING, "leaveStatus")) is not None,
    }


def keep(replacement: Resource[Any], current: Resource[Any]) -> None:
    """Fill in what a PUT does not speak of and nobody can be without."""
    for name in _KEPT:
        if getattr(replacement, name, None) is None:
            setattr(replacement, name, getattr(current, name, None))


def _work_email(emails: Iterable[Mapping[str, Any]]) -> str | None:
    """The address for work, else the primary one, else the first."""
    addresses = [email for email in emails if email.get("value")]
    addresses.sort(key=lambda email: (str(email.get("type")).lower() != "work", not email.get("primary")))
    return str(addresses[0]["value"]) if addresses else None


def _put(payload: dict[str, Any], place: tuple[str, ...], value: Any) -> None:
    if value is None:
        return
    *heads, last = place
    for head in heads:
        payload = payload.setdefault(head, {})
    payload[last] = value


def _get(payload: Mapping[str, Any], place: tuple[str, ...]) -> Any:
    value: Any = payload
    for name in place:
        value = value.get(name) if isinstance(value, dict) else None
    return None if value == "" else value
