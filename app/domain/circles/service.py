"""Bringing peers together. A circle of one is none: it has two members, or waits for a second."""

from app import ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.circles import meetings
from app.domain.circles.events import CircleClosed, CircleFellApart, CircleFormed, CircleJoined, CircleLeft
from app.domain.circles.models import LEAST_MEMBERS, Circle, CircleMember, CircleStatus
from app.domain.circles.resource import CIRCLE_MEMBERS, CIRCLES
from app.domain.circles.schemas import MOST_MEMBERS, CircleCreate, CircleMemberAdd, CircleUpdate
from app.domain.enrolments.models import Enrolment
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.programmes.resource import PROGRAMMES
from app.errors import Conflict, Fault, Invalid
from app.events import outbox
from app.reading import rows

_TOLD = {CircleStatus.ACTIVE: CircleFormed, CircleStatus.FORMING: CircleFellApart}


class CircleFull(Conflict):
    """The circle has as many members as one may have."""

    code = "circle_full"


async def create(db: Db, actor: Actor, data: CircleCreate) -> Circle:
    """Bring peers of one side of a programme together, two of them at least."""
    await rows.refer(db, actor, PROGRAMMES, data.programme_id, "create_circle", pointer="/programme_id")
    if len(data.enrolment_ids) < LEAST_MEMBERS:
        raise Invalid(
            "A circle has two members or more.",
            faults=(Fault("must name two or more", code="circle_of_one", pointer="/enrolment_ids"),),
        )
    circle = Circle(
        organisation_id=db.organisation_id,
        id=ids.new(Circle.prefix),
        **data.model_dump(include={"programme_id", "name", "role"}),
    )
    joining = [
        await _fitting(db, actor, circle, enrolment_id, "create_circle", f"/enrolment_ids/{place}")
        for place, enrolment_id in enumerate(data.enrolment_ids)
    ]
    circle.count(len(joining))
    db.add(circle)
    await db.flush()
    outbox.record(db, CircleFormed.of(circle))
    for enrolment in joining:
        _seat(db, circle, enrolment)
    return circle


async def update(db: Db, actor: Actor, circle_id: str, data: CircleUpdate) -> Circle:
    """Give a circle another name."""
    circle: Circle = await rows.get(db, actor, CIRCLES, circle_id, "update_circle")
    circle.sqlmodel_update(data.changes())
    return circle


async def close(db: Db, actor: Actor, circle_id: str) -> Circle:
    """End a circle. Its meetings that are ahead are called off."""
    circle: Circle = await rows.get(db, actor, CIRCLES, circle_id, "close_circle")
    circle.step("close")
    await meetings.call_off_ahead(db, circle)
    outbox.record(db, CircleClosed.of(circle), changed=("status",))
    return circle


async def add_member(db: Db, actor: Actor, data: CircleMemberAdd) -> CircleMember:
    """Put somebody of the same side and programme into a circle."""
    circle: Circle = await rows.refer(
        db, actor, CIRCLES, data.circle_id, "add_circle_member", pointer="/circle_id", lock=True
    )
    enrolment = await _fitting(db, actor, circle, data.enrolment_id, "add_circle_member", "/enrolment_id")
    if circle.members >= MOST_MEMBERS:
        raise CircleFull(f"A circle has {MOST_MEMBERS} members at most.")
    _count(db, circle, 1)
    return _seat(db, circle, enrolment)


async def remove_member(db: Db, actor: Actor, member_id: str) -> None:
    """Leave a circle, or take somebody out of it. With only one left, it waits for a second."""
    seen: CircleMember = await rows.get(db, actor, CIRCLE_MEMBERS, member_id, "remove_circle_member", lock=False)
    # A circle before its members, so that no two changes wait for each other.
    circle = await rows.by_id(db, Circle, seen.circle_id, lock=True)
    await _leave(db, circle, await rows.get(db, actor, CIRCLE_MEMBERS, member_id, "remove_circle_member"))


async def take_out(db: Db, enrolment_id: str) -> None:
    """Take somebody who left the programme out of all circles."""
    places = await rows.every(db, CircleMember, enrolment_id=enrolment_id)
    for member in sorted(places, key=lambda place: place.circle_id):
        circle = await rows.by_id(db, Circle, member.circle_id, lock=True)
        if circle.status is not CircleStatus.CLOSED:
            await _leave(db, circle, member)


async def _leave(db: Db, circle: Circle, member: CircleMember) -> None:
    _count(db, circle, -1)
    if circle.status is CircleStatus.FORMING:
        await meetings.call_off_ahead(db, circle)
    outbox.record(db, CircleLeft.about(circle, member))
    await db.delete(member)


def _count(db: Db, circle: Circle, change: int) -> None:
    before = circle.status
    circle.count(change)
    if circle.status is not before:
        outbox.record(db, _TOLD[circle.status].of(circle), changed=("status",))


def _seat(db: Db, circle: Circle, enrolment: Enrolment) -> CircleMember:
    member = CircleMember(
        organisation_id=db.organisation_id,
        id=ids.new(CircleMember.prefix),
        circle_id=circle.id,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
    )
    db.add(member)
    outbox.record(db, CircleJoined.about(circle, member))
    return member


async def _fitting(db: Db, actor: Actor, circle: Circle, enrolment_id: str, action: str, pointer: str) -> Enrolment:
    """An enrolment that may be in a circle. Raises `Invalid` for the other side, another programme, or no place."""
    enrolment: Enrolment = await rows.refer(db, actor, ENROLMENTS, enrolment_id, action, pointer=pointer)
    if enrolment.programme_id != circle.programme_id:
        fault = Fault("belongs to another programme", code="enrolment_elsewhere", pointer=pointer)
    elif enrolment.role is not circle.role:
        fault = Fault("is of the other side", code="other_side", pointer=pointer)
    elif not enrolment.was_approved:
        fault = Fault("is over, or was never approved", code="enrolment_not_approved", pointer=pointer)
    else:
        return enrolment
    raise Invalid("A circle is of peers who take part now.", faults=(fault,))
