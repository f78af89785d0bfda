"""Questions about recognition that a change depends on: who takes part, and what somebody has done."""

from collections.abc import Sequence
from typing import Any

from app.db import Db

_TAKES_PART = """
    select from enrolment where organisation_id = $1 and programme_id = $2 and person_id = $3
        and status in ('approved', 'ready', 'matched', 'paused', 'completed') limit 1
"""
# Of the members of some pairings, each with every criterion of their side that they have not been awarded by, and what
# it counts of them: in one statement, whatever the number of criteria.
_COUNTED = """
    with member as (
        select p.programme_id, side.person_id, side.role from pairing p,
            lateral (values (p.mentor_id, 'mentor'), (p.mentee_id, 'mentee')) as side (person_id, role)
        where p.organisation_id = $1 and p.id = $2
    )
    select c.id as criterion_id, c.kind, c.name, c.at_least, c.measure, m.programme_id, m.person_id, case c.measure
        when 'sessions_held' then (
            select count(*) from pairing p join session s on s.organisation_id = $1 and s.pairing_id = p.id
            where p.organisation_id = $1 and p.programme_id = m.programme_id
                and m.person_id in (p.mentor_id, p.mentee_id) and s.status = 'completed')
        when 'goals_achieved' then (
            select count(*) from pairing p join goal g on g.organisation_id = $1 and g.pairing_id = p.id
            where p.organisation_id = $1 and p.programme_id = m.programme_id
                and m.person_id in (p.mentor_id, p.mentee_id) and g.status = 'achieved')
        when 'pairings_completed' then (
            select count(*) from pairing p
            where p.organisation_id = $1 and p.programme_id = m.programme_id
                and m.person_id in (p.mentor_id, p.mentee_id) and p.status in ('completed', 'informal', 'ended'))
        else (
            select count(*) from recognition r
            where r.organisation_id = $1 and r.programme_id = m.programme_id and r.person_id = m.person_id
                and r.kind = 'thanks')
        end as counted
    from member m
    join recognition_criterion c on c.organisation_id = $1 and c.programme_id = m.programme_id
        and (c.role is null or c.role = m.role)
    where not exists (
        select from recognition r
        where r.organisation_id = $1 and r.criterion_id = c.id and r.person_id = m.person_id)
    order by c.id, m.person_id
"""


async def takes_part(db: Db, programme_id: str, person_id: str) -> bool:
    """Whether somebody was accepted into a programme and has not left it."""
    return bool(await db.fetch(_TAKES_PART, db.organisation_id, programme_id, person_id))


async def counted(db: Db, pairing_id: str) -> Sequence[Any]:
    """What the two of a pair have done, for each criterion by which they have not been awarded yet."""
    return await db.fetch(_COUNTED, db.organisation_id, pairing_id)
