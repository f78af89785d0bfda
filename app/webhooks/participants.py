"""Whom an event is about, by the names that learning platforms know them by."""

from collections.abc import Mapping
from typing import Any

from app import db as database
from app.integrations import xapi
from app.integrations.xapi import Participant

# Whoever is erased, or about to be, is told of no more.
_PEOPLE = """
    select p.id, coalesce(p.external_id, p.id) as account, e.id as enrolment_id
    from unnest($2::text[], $3::text[]) as n (id, role)
    join person p on p.organisation_id = $1 and p.id = n.id and p.erased_at is null
    left join enrolment e on e.organisation_id = $1 and e.programme_id = $4 and e.person_id = p.id and e.role = n.role
"""


async def of(event: Mapping[str, Any]) -> dict[str, Participant]:
    """Those of an event's people who are known, by their ids. A test is about people who are made up: all are."""
    parts = xapi.parts(event)
    if event["endpoint_id"] is not None:
        return {part.person_id: Participant(part.person_id, None) for part in parts}
    people, roles = [part.person_id for part in parts], [part.role.value for part in parts]
    values = event["organisation_id"], people, roles, event["data"].get("programme_id")
    found = await database.current().reads.fetch(event["organisation_id"], _PEOPLE, values)
    return {person_id: Participant(account, enrolment_id) for person_id, account, enrolment_id in found}
