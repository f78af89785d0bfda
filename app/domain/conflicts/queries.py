"""The live pairs that changes of the directory may concern: so many statements, however many people changed."""

from collections.abc import Collection, Mapping
from typing import Any

import orjson
import sqlalchemy as sa
from sqlmodel import col

from app.db import Db
from app.domain.conflicts.models import ConflictRule, ConflictStatus, PairingConflict
from app.domain.conflicts.rules import Changes, Pair, Side
from app.domain.pairings.models import LIVE, Pairing
from app.reading import rows

# Whose pairs: everybody's who changed, and everybody's who stands above one who has another manager now. A pair can
# only have come into one line through such a one, so nobody walks down from them, be it to 50,000 people.
_NEAR = """
    with recursive above as (
        select manager_id as id from person
        where organisation_id = $1 and id = any($2) and manager_id is not null
        union
        select p.manager_id from above join person p on p.organisation_id = $1 and p.id = above.id
        where p.manager_id is not null
    ), near as materialized (
        select array(select id from above union select unnest($3::text[])) as ids
    ), concerned as materialized (
        select q.id from pairing q
        where q.organisation_id = $1 and q.status = any($4) and (
            q.mentor_id = any((select ids from near)::text[]) or q.mentee_id = any((select ids from near)::text[])
        )
        union
        select pairing_id from pairing_conflict where organisation_id = $1 and status = 'open'
    )
    select
        q.id, q.programme_id, g.min_rank_gap, g.require_cross_department,
        coalesce(m.body -> 'rules' -> 'site_groups', '[]')::text, g.conflict_deadline_days,
        q.shared_manager_waiver is not null,
        a.id, a.rank_level, a.department, a.location, b.id, b.rank_level, b.department, b.location
    from concerned join pairing q on q.organisation_id = $1 and q.id = concerned.id
    join programme g on g.organisation_id = $1 and g.id = q.programme_id
    join person a on a.organisation_id = $1 and a.id = q.mentor_id
    join person b on b.organisation_id = $1 and b.id = q.mentee_id
    left join matching_policy m on m.organisation_id = $1 and m.programme_id = q.programme_id
    where q.status = any($4)
    order by q.id
"""


async def near(db: Db, changes: Changes) -> list[Pair]:
    """The live pairs that may break a rule since, or keep one again."""
    moved = [person_id for person_id, changed in changes.items() if "manager_id" in changed]
    live = [status.value for status in LIVE]
    return [_pair(*found) for found in await db.fetch(_NEAR, db.organisation_id, moved, list(changes), live)]


async def standing(db: Db, pairing_ids: Collection[str]) -> Mapping[tuple[str, ConflictRule], PairingConflict]:
    """The conflicts of these pairs that are open or waived, locked in id order."""
    found = await _locked(
        db,
        col(PairingConflict.pairing_id) == rows.any_of(pairing_ids),
        col(PairingConflict.status).in_((ConflictStatus.OPEN, ConflictStatus.WAIVED)),
    )
    return {(conflict.pairing_id, conflict.rule): conflict for conflict in found}


async def open_of(db: Db, pairing: Pairing) -> Collection[PairingConflict]:
    """The open conflicts of a pair, locked in id order."""
    return await _locked(
        db, col(PairingConflict.pairing_id) == pairing.id, col(PairingConflict.status) == ConflictStatus.OPEN
    )


async def _locked(db: Db, *conditions: sa.ColumnElement[bool]) -> Collection[PairingConflict]:
    select = (
        sa.select(PairingConflict)
        .where(col(PairingConflict.organisation_id) == db.organisation_id, *conditions)
        .order_by(col(PairingConflict.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await db.execute(select)).scalars().all()


def _pair(*columns: Any) -> Pair:
    pairing_id, programme_id, gap, is_cross_department, sites, days, has_waiver = columns[:7]
    groups = tuple(tuple(group) for group in orjson.loads(sites))
    mentor, mentee = Side(*columns[7:11]), Side(*columns[11:])
    return Pair(pairing_id, programme_id, gap, is_cross_department, groups, days, has_waiver, mentor, mentee)
