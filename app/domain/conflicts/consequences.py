"""What follows from a change of the directory, whatever door it came through: the one place where that is decided.

Every door writes the change and its event together; the relay brings the events here, many changes at once. All of it
looks at how things are now, so that it may come late, and more than once (docs/decisions/0029).
"""

from collections.abc import Sequence

from app.db import Db
from app.domain.conflicts import queries, rules, service
from app.domain.conflicts.models import CAUSES, ConflictRule
from app.domain.conflicts.rules import Changes, Pair
from app.domain.pairings import suspending
from app.domain.pairings.leaving import leave
from app.domain.people import queries as people
from app.domain.people.models import EmploymentStatus, Person
from app.reading import rows

_PRESENCE = "employment_status"
# A change of any other member of a record has no consequences.
WATCHED = frozenset({_PRESENCE, *CAUSES.values()})


async def of_leaving(db: Db, person_id: str) -> None:
    """Who has left is in no live pairing and no live enrolment; their partners are ready for somebody else."""
    person = await rows.by_id(db, Person, person_id)
    if person.employment_status is EmploymentStatus.INACTIVE:
        await leave(db, person_id)


async def of_changes(db: Db, changes: Changes) -> None:
    """Pairs rest during a leave and go on after it; pairs that break a rule now are for a human to decide on."""
    await suspending.begin_leave(db, [person_id for person_id, changed in changes.items() if _PRESENCE in changed])
    pairs = await queries.near(db, changes)
    in_line = await _recheck(db, pairs, changes)
    await suspending.suspend(db, in_line)
    await suspending.go_on(db, {pair.pairing_id for pair in pairs} - in_line)


async def _recheck(db: Db, pairs: Sequence[Pair], changes: Changes) -> set[str]:
    """Open and cure conflicts. The pairs that may not meet meanwhile, as they stand in one line."""
    managers = await people.managers(db, {person_id for pair in pairs for person_id in pair.members})
    broken = {pair.pairing_id: rules.broken(pair, managers) for pair in pairs}
    standing = await queries.standing(db, broken)
    kept = {place for place in standing if place[1] in broken[place[0]]}
    for place, conflict in standing.items():
        if place not in kept and conflict.is_open:
            service.resolve(db, conflict, "cure")
    for pair in pairs:
        for rule, links in broken[pair.pairing_id].items():
            cause = rules.cause(rule, links, changes)
            if cause is not None and (pair.pairing_id, rule) not in standing:
                service.detect(db, pair, rule, cause)
                kept.add((pair.pairing_id, rule))
    await db.flush()
    return {pairing_id for pairing_id, rule in kept if rule is ConflictRule.REPORTING_LINE}
