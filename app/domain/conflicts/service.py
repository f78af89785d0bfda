"""Conflicts: found, decided on, cured, overdue. Nothing here ends a pair that no human ended."""

from datetime import timedelta

from sqlmodel import col

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.conflicts import queries
from app.domain.conflicts.events import PairingConflictOverdue, PairingConflictResolved, detected
from app.domain.conflicts.models import CAUSES, WAIVABLE, ConflictRule, ConflictStatus, PairingConflict
from app.domain.conflicts.resource import PAIRING_CONFLICTS
from app.domain.conflicts.rules import Pair
from app.domain.conflicts.schemas import ConflictWaive
from app.domain.pairings.leaving import conclude
from app.domain.pairings.models import EndReason, Pairing
from app.errors import Conflict
from app.events import outbox
from app.reading import rows
from app.sealing import columns


class RuleNotWaivable(Conflict):
    """This rule holds for every pair. Dissolve the pairing, or have the record put right."""

    code = "rule_not_waivable"


async def waive(db: Db, actor: Actor, conflict_id: str, data: ConflictWaive) -> PairingConflict:
    """Let a pair go on although it breaks a rule, for a reason that is kept.

    The waiver holds for this rule as long as the pair does. Reporting lines and the rank gap are never waived.
    """
    conflict: PairingConflict = await rows.get(db, actor, PAIRING_CONFLICTS, conflict_id, "waive_pairing_conflict")
    if conflict.rule not in WAIVABLE:
        raise RuleNotWaivable("This rule holds for every pair. Dissolve the pairing, or have the record put right.")
    await columns.seal(db, conflict, waive_reason=data.reason)
    return resolve(db, conflict, "waive")


async def dissolve(db: Db, actor: Actor, conflict_id: str) -> PairingConflict:
    """Dissolve the pairing of a conflict; one that is closing comes to its planned end."""
    conflict: PairingConflict = await rows.get(db, actor, PAIRING_CONFLICTS, conflict_id, "dissolve_pairing_conflict")
    resolve(db, conflict, "settle")
    pairing = await rows.by_id(db, Pairing, conflict.pairing_id, lock=True)
    await conclude(db, pairing, "dissolve", EndReason.RULE_BROKEN)
    return conflict


async def settle(db: Db, pairing: Pairing) -> None:
    """Close what was open about a pair that has ended."""
    for conflict in await queries.open_of(db, pairing):
        resolve(db, conflict, "settle")


async def remind(db: Db, *, limit: int) -> int:
    """Tell of those on which nobody decided in time, once; how many there were."""
    now = clock.now()
    late = await rows.free(
        db,
        PairingConflict,
        col(PairingConflict.status) == ConflictStatus.OPEN,
        col(PairingConflict.due_on) < now.date(),
        col(PairingConflict.overdue_at).is_(None),
        order=col(PairingConflict.due_on),
        limit=limit,
    )
    for conflict in late:
        conflict.overdue_at = now
        outbox.record(db, PairingConflictOverdue.of(conflict), changed=("overdue_at",))
    return len(late)


def detect(db: Db, pair: Pair, rule: ConflictRule, cause_person_id: str) -> None:
    """Write down that a pair breaks a rule since somebody's record changed."""
    now = clock.now()
    conflict = PairingConflict(
        organisation_id=db.organisation_id,
        id=ids.new(PairingConflict.prefix),
        pairing_id=pair.pairing_id,
        programme_id=pair.programme_id,
        rule=rule,
        cause=CAUSES[rule],
        cause_person_id=cause_person_id,
        detected_at=now,
        due_on=now.date() + timedelta(days=pair.deadline_days),
    )
    db.add(conflict)
    outbox.record(db, detected(conflict))


def resolve(db: Db, conflict: PairingConflict, move: str) -> PairingConflict:
    """Close a locked conflict, and tell of it."""
    conflict.resolve(move, clock.now())
    outbox.record(db, PairingConflictResolved.of(conflict), changed=("status",))
    return conflict
