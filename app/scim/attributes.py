"""Attribute by attribute: where in a SCIM user each column of a person stands, and what one filters and sorts by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.domain.groups.models import Group as GroupRow
from app.domain.groups.models import GroupMember
from app.domain.organisations.models import Rank
from app.domain.people.models import AwaitedManager, EmploymentStatus, Person
from app.scim.models import CORE, ENTERPRISE, GROUP, MENTORING, ON_LEAVE

Condition = sa.ColumnElement[bool]

# By column. What is not here is more than one column, or not the same on both sides.
PLACES: Mapping[str, tuple[str, ...]] = {
    "external_id": ("externalId",),
    "login": ("userName",),
    "given_name": ("name", "givenName"),
    "family_name": ("name", "familyName"),
    "display_name": ("displayName",),
    "nick_name": ("nickName",),
    "title": ("title",),
    "user_type": ("userType",),
    "locale": ("locale",),
    "zone": ("timezone",),
    "employee_number": (ENTERPRISE, "employeeNumber"),
    "company": (ENTERPRISE, "organization"),
    "department": (ENTERPRISE, "department"),
    "division": (ENTERPRISE, "division"),
    "cost_centre": (ENTERPRISE, "costCenter"),
    "hire_date": (MENTORING, "hireDate"),
    "termination_date": (MENTORING, "terminationDate"),
    "location": (MENTORING, "location"),
    "skills": (MENTORING, "skills"),
}
# Of members whose column is somebody else's way to say it.
_SAID_AS = {
    "work_email": "emails",
    "languages": "preferredLanguage",
    "rank_level": f"{MENTORING}:rank",
    "manager_id": f"{ENTERPRISE}:manager.value",
}


def path_of(column: str) -> str:
    """The SCIM path of a column, for messages."""
    if column in _SAID_AS:
        return _SAID_AS[column]
    head, *rest = PLACES.get(column, (column,))
    return f"{head}:{'.'.join(rest)}" if head.startswith("urn:") else ".".join((head, *rest))


@dataclass(frozen=True)
class Term:
    """What an attribute is in SQL. Of one with several values `some` says that a condition holds for one of them."""

    value: sa.ColumnElement[Any]
    is_exact: bool = False
    some: Callable[[Condition], Condition] | None = None
    # The column that holds it in small letters, where an index finds it.
    key: sa.ColumnElement[Any] | None = None


def _of(column: Any) -> sa.ColumnElement[Any]:
    found: sa.ColumnElement[Any] = col(column)  # type: ignore[assignment]
    return found


def _text(column: Any) -> Term:
    return Term(_of(column))


def _within_emails(inner: Condition) -> Condition:
    return sa.and_(col(Person.work_email).is_not(None), inner)


_SKILL = sa.func.jsonb_array_elements_text(col(Person.skills)).table_valued("value", name="skill")
_MEMBER = sa.alias(GroupMember.__table__, "in_it")  # type: ignore[attr-defined]
_IN_IT = sa.alias(Person.__table__, "person_in_it")  # type: ignore[attr-defined]


def _within_skills(inner: Condition) -> Condition:
    return sa.exists(sa.select(sa.literal(1)).select_from(_SKILL).where(inner))


def _within_members(inner: Condition) -> Condition:
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(_MEMBER)
        .join(
            _IN_IT,
            sa.and_(_IN_IT.c.organisation_id == _MEMBER.c.organisation_id, _IN_IT.c.id == _MEMBER.c.person_id),
        )
        .where(
            _MEMBER.c.organisation_id == col(GroupRow.organisation_id),
            _MEMBER.c.group_id == col(GroupRow.id),
            _IN_IT.c.removed_at.is_(None),
            inner,
        )
    )


def _common(model: Any, urn: str, name: str) -> dict[str, Term]:
    return {
        f"{urn}:id": Term(_of(model.id), is_exact=True),
        f"{urn}:externalId": Term(_of(model.external_id), is_exact=True),
        f"{urn}:displayName": _text(model.display_name),
        f"{urn}:meta.created": Term(_of(model.created_at)),
        f"{urn}:meta.lastModified": Term(_of(model.updated_at)),
        f"{urn}:meta.resourceType": Term(sa.literal(name, sa.Text), is_exact=True),
    }


def _day(column: Any) -> Term:
    return Term(sa.cast(col(column), sa.Text), is_exact=True)


_PEOPLE: sa.Table = Person.__table__  # type: ignore[attr-defined]
_LEFT = col(Person.employment_status) == EmploymentStatus.INACTIVE
LOGIN: sa.ColumnElement[str] = sa.func.coalesce(col(Person.login), col(Person.work_email), col(Person.id))
_WORK: sa.ColumnElement[str | None] = sa.case((col(Person.work_email).is_not(None), sa.literal("work", sa.Text)))
MANAGER: sa.ColumnElement[str | None] = sa.func.coalesce(col(Person.manager_id), col(AwaitedManager.reference))
# Of their languages the one that they prefer.
LANGUAGE: sa.ColumnElement[str | None] = col(Person.languages).op("->>")(sa.literal(0, sa.Integer))
_USER = {
    **_common(Person, CORE, "User"),
    f"{CORE}:userName": Term(LOGIN, key=_PEOPLE.c.login_key),
    # Everybody has one.
    f"{CORE}:name": Term(sa.true()),
    f"{CORE}:name.givenName": _text(Person.given_name),
    f"{CORE}:name.familyName": _text(Person.family_name),
    f"{CORE}:nickName": _text(Person.nick_name),
    f"{CORE}:title": _text(Person.title),
    f"{CORE}:userType": _text(Person.user_type),
    f"{CORE}:preferredLanguage": Term(LANGUAGE),
    f"{CORE}:locale": _text(Person.locale),
    f"{CORE}:timezone": _text(Person.zone),
    f"{CORE}:active": Term(sa.not_(_LEFT)),
    f"{CORE}:emails": Term(_of(Person.work_email), some=_within_emails, key=_PEOPLE.c.work_email_key),
    f"{CORE}:emails.value": Term(_of(Person.work_email), some=_within_emails, key=_PEOPLE.c.work_email_key),
    f"{CORE}:emails.type": Term(_WORK, some=_within_emails),
    f"{CORE}:emails.primary": Term(sa.true(), some=_within_emails),
    f"{ENTERPRISE}:employeeNumber": Term(_of(Person.employee_number), key=_PEOPLE.c.employee_number_key),
    f"{ENTERPRISE}:organization": _text(Person.company),
    f"{ENTERPRISE}:department": Term(_of(Person.department), key=_PEOPLE.c.department_key),
    f"{ENTERPRISE}:division": _text(Person.division),
    f"{ENTERPRISE}:costCenter": _text(Person.cost_centre),
    f"{ENTERPRISE}:manager": Term(MANAGER, is_exact=True),
    f"{ENTERPRISE}:manager.value": Term(MANAGER, is_exact=True),
    f"{MENTORING}:hireDate": _day(Person.hire_date),
    f"{MENTORING}:terminationDate": _day(Person.termination_date),
    f"{MENTORING}:leaveStatus": Term(sa.case((col(Person.is_on_leave), ON_LEAVE))),
    f"{MENTORING}:rank": _text(Rank.name),
    f"{MENTORING}:location": _text(Person.location),
    f"{MENTORING}:skills": Term(_SKILL.c.value, some=_within_skills),
}
_GROUP = {
    **_common(GroupRow, GROUP, "Group"),
    f"{GROUP}:members": Term(_MEMBER.c.person_id, is_exact=True, some=_within_members),
    f"{GROUP}:members.value": Term(_MEMBER.c.person_id, is_exact=True, some=_within_members),
    f"{GROUP}:members.display": Term(_IN_IT.c.display_name, some=_within_members),
    f"{GROUP}:members.type": Term(sa.literal("User", sa.Text), some=_within_members),
}
USER_TERMS: Mapping[str, Term] = {name.lower(): term for name, term in _USER.items()}
GROUP_TERMS: Mapping[str, Term] = {name.lower(): term for name, term in _GROUP.items()}
