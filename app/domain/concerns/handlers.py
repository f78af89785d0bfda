"""Who may look after a concern: nobody in line with those whom it is about, no sponsor, no coordinator.

The rule twice: here for choosing, in `standing.py` for reading. A test holds them to each other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from app.db import Db
from app.domain.concerns.models import Concern
from app.domain.people import queries as people

# Of several programmes, and how many open concerns each handler has in all: $1 organisation, $2 programmes.
_CANDIDATES = """
    select r.programme_id, r.person_id, (
        select count(*) from concern c
        where c.organisation_id = $1 and c.handler_id = r.person_id and c.status <> 'resolved'
    ) as open
    from programme_role r join person p on p.organisation_id = $1 and p.id = r.person_id
    where r.organisation_id = $1 and r.programme_id = any($2) and r.duty = 'case_handler'
        and p.employment_status = 'active'
        and not exists (
            select from programme_role o where o.organisation_id = $1 and o.programme_id = r.programme_id
                and o.person_id = r.person_id and o.duty = 'coordinator'
        )
        and not exists (
            select from sponsorship s where s.organisation_id = $1 and s.programme_id = r.programme_id
                and s.person_id = r.person_id
        )
    order by open, r.person_id
"""
_MEMBERS = "select id, mentor_id, mentee_id from pairing where organisation_id = $1 and id = any($2)"
Managers = Mapping[str, str | None]


async def eligible(db: Db, concerns: Collection[Concern]) -> dict[str, list[str]]:
    """Who may look after each of some concerns, those with the fewest open ones first."""
    candidates: dict[str, list[str]] = defaultdict(list)
    programmes = sorted({concern.programme_id for concern in concerns})
    for programme_id, person_id, _ in await db.fetch(_CANDIDATES, db.organisation_id, programmes):
        candidates[programme_id].append(person_id)
    parties = await _parties(db, concerns)
    everybody = {person for group in (*candidates.values(), *parties.values()) for person in group}
    managers = await people.managers(db, everybody)
    return {
        concern.id: [
            person for person in candidates[concern.programme_id] if stands_apart(person, parties[concern.id], managers)
        ]
        for concern in concerns
    }


async def _parties(db: Db, concerns: Collection[Concern]) -> dict[str, set[str]]:
    pairings = sorted({concern.pairing_id for concern in concerns if concern.pairing_id is not None})
    found = {row[0]: {row[1], row[2]} for row in await db.fetch(_MEMBERS, db.organisation_id, pairings)}
    return {concern.id: {concern.reporter_id, *found.get(concern.pairing_id or "", ())} for concern in concerns}


def stands_apart(person_id: str, parties: Iterable[str], managers: Managers) -> bool:
    """Whether somebody is none of these people, and stands neither above nor below any of them, at any depth."""
    above = _line(managers, person_id)
    return not any(party in above or person_id in _line(managers, party) for party in parties)


def _line(managers: Managers, person_id: str) -> set[str]:
    """Somebody and everybody above them."""
    line: set[str] = set()
    at: str | None = person_id
    # Nobody is visited twice, so a cycle that slipped in does not run for ever.
    while at is not None and at not in line:
        line.add(at)
        at = managers.get(at)
    return line
