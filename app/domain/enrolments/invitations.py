"""Invitations that nobody answers: reminded of once, and over when their time is."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from app import clock
from app.auth.actor import Actor
from app.db import Db
from app.domain.enrolments import service
from app.domain.enrolments.events import STEPS, EnrolmentInvitationReminded
from app.domain.enrolments.models import Enrolment, EnrolmentStatus
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.people.models import Person
from app.domain.programmes.models import Programme
from app.events import outbox
from app.reading import rows


async def invite_again(db: Db, actor: Actor, enrolment_id: str) -> Enrolment:
    """Invite somebody again whose invitation expired, or who was declined or withdrew. What they said stays."""
    enrolment: Enrolment = await rows.get(db, actor, ENROLMENTS, enrolment_id, "invite_enrolment_again")
    programme = await rows.by_id(db, Programme, enrolment.programme_id)
    service.require_open(programme, await rows.by_id(db, Person, enrolment.person_id), enrolment.role)
    enrolment.step("invite_again")
    enrolment.invite(clock.now(), programme.invitation_days)
    outbox.record(db, STEPS["invite_again"].of(enrolment), changed=("status",))
    return enrolment


async def remind(db: Db, *, limit: int) -> int:
    """Tell of invitations of which half of the time has passed, at most `limit`; how many there were."""
    found = await _due(db, col(Enrolment.remind_at) <= clock.now(), limit)
    for enrolment in found:
        enrolment.remind_at = None
        outbox.record(db, EnrolmentInvitationReminded.of(enrolment))
    return len(found)


async def expire(db: Db, *, limit: int) -> int:
    """End invitations whose time is over, at most `limit`; how many there were."""
    found = await _due(db, col(Enrolment.expires_at) <= clock.now(), limit)
    for enrolment in found:
        enrolment.step("expire")
        outbox.record(db, STEPS["expire"].of(enrolment), changed=("status",))
    return len(found)


async def _due(db: Db, is_due: sa.ColumnElement[bool], limit: int) -> Sequence[Enrolment]:
    return await rows.free(db, Enrolment, col(Enrolment.status) == EnrolmentStatus.INVITED, is_due, limit=limit)
