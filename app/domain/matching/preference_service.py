"""Saying whom one would like to be paired with, and with whom one will not be."""

from collections.abc import Iterator

from app import ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.enrolments.models import Enrolment
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.matching.preference_resource import MATCHING_PREFERENCES
from app.domain.matching.preference_schemas import MatchingPreferenceCreate, MatchingPreferenceUpdate
from app.domain.matching.preferences import MatchingPreference
from app.errors import Conflict, Fault
from app.ids import prefix_of
from app.reading import rows
from app.reading.rows import UnknownReference
from app.sealing import columns

_OTHER = "/other_enrolment_id"


class NotPreferable(Conflict):
    """These two could never be paired, whatever anybody wishes."""

    code = "preference_refused"


async def create(db: Db, actor: Actor, data: MatchingPreferenceCreate) -> MatchingPreference:
    """Rank somebody of the other side, or refuse to be paired with them. They never learn of it.

    A refusal is a rule that no score overcomes.
    """
    enrolment: Enrolment = await rows.refer(
        db, actor, ENROLMENTS, data.enrolment_id, "create_matching_preference", pointer="/enrolment_id"
    )
    other = await _other(db, enrolment, data.other_enrolment_id)
    if faults := tuple(_faults(enrolment, other)):
        raise NotPreferable("There is nothing to wish for between these two.", faults=faults)
    preference = MatchingPreference(
        organisation_id=db.organisation_id,
        id=ids.new(MatchingPreference.prefix),
        programme_id=enrolment.programme_id,
        author_id=enrolment.person_id,
        other_id=other.person_id,
        **data.model_dump(exclude={"reason"}),
    )
    await columns.seal(db, preference, reason=data.reason)
    db.add(preference)
    return preference


async def update(db: Db, actor: Actor, preference_id: str, data: MatchingPreferenceUpdate) -> MatchingPreference:
    """Change a preference of one's own."""
    preference: MatchingPreference = await rows.get(
        db, actor, MATCHING_PREFERENCES, preference_id, "update_matching_preference"
    )
    changes = data.changes()
    if "reason" in changes:
        await columns.seal(db, preference, reason=changes.pop("reason"))
    preference.sqlmodel_update(changes)
    return preference


async def delete(db: Db, actor: Actor, preference_id: str) -> None:
    """Take a preference back."""
    await db.delete(await rows.get(db, actor, MATCHING_PREFERENCES, preference_id, "delete_matching_preference"))


async def _other(db: Db, enrolment: Enrolment, other_id: str) -> Enrolment:
    """Whom it is about: nobody sees the other side of a programme, but who is named in it may be wished for."""
    found = await db.get(Enrolment, (enrolment.organisation_id, other_id)) if prefix_of(other_id) == "enr" else None
    if found is None or found.programme_id != enrolment.programme_id:
        raise UnknownReference(_OTHER)
    return found


def _faults(enrolment: Enrolment, other: Enrolment) -> Iterator[Fault]:
    if other.person_id == enrolment.person_id:
        yield Fault("is one's own", code="same_person", pointer=_OTHER)
    if other.role is enrolment.role:
        yield Fault("is on the same side", code="same_role", pointer=_OTHER)
    for one, pointer in ((enrolment, "/enrolment_id"), (other, _OTHER)):
        if not one.is_live:
            yield Fault("is over", code="enrolment_over", pointer=pointer)
