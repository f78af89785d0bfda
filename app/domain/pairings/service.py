"""Making pairs and leading them through their states."""

from datetime import date
from typing import Any

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.enrolments.models import Enrolment
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.pairings import queries, signing
from app.domain.pairings.events import STEPS, PairingCompleted, PairingCreated
from app.domain.pairings.models import EndReason, Pairing
from app.domain.pairings.resource import PAIRINGS
from app.domain.pairings.rules import Candidates, require_pairable
from app.domain.pairings.schemas import PairingCreate, PairingEnd, PairingUpdate
from app.domain.people import queries as people
from app.domain.people.models import Person
from app.domain.programmes.models import Programme
from app.errors import Conflict, Fault, Invalid
from app.events import outbox
from app.reading import rows
from app.sealing import columns


class ProgrammeNotPairing(Conflict):
    """The programme makes no pairs now."""

    code = "programme_not_matching"


class SessionsInTheWay(Conflict):
    """The pair has sessions outside of those days; move or cancel them first."""

    code = "pairing_has_sessions"


async def create(db: Db, actor: Actor, data: PairingCreate) -> Pairing:
    """Pair two ready enrolments of one programme.

    Refused with every rule that they break: rank gap, reporting line, shared manager, department,
    people kept apart, seats. The pair gets an agreement to sign.
    """
    await people.hold_lines(db)
    return await join(db, *await _both(db, actor, data), data)


async def join(db: Db, mentor_enrolment: Enrolment, mentee_enrolment: Enrolment, data: PairingCreate) -> Pairing:
    """Pair two locked enrolments, whoever asked; the lines of the organisation are held."""
    # Held: a programme that is called off meanwhile would leave this pair behind.
    programme = await rows.held(db, Programme, mentor_enrolment.programme_id)
    if not programme.is_pairing:
        raise ProgrammeNotPairing("The programme makes no pairs now.")
    mentor, mentee = await _people(db, mentor_enrolment, mentee_enrolment)
    candidates = Candidates(programme, mentor_enrolment, mentee_enrolment, mentor, mentee)
    await require_pairable(db, candidates, shared_manager_waived=data.shared_manager_waiver is not None)
    pairing = _pair(candidates, data)
    await columns.seal(db, pairing, shared_manager_waiver=data.shared_manager_waiver)
    mentor_enrolment.take_seat()
    mentee_enrolment.take_seat()
    db.add(pairing)
    await db.flush()
    outbox.record(db, PairingCreated.of(pairing))
    signing.draft(db, pairing, programme.agreement_clauses, edition=1)
    return pairing


async def update(db: Db, actor: Actor, pairing_id: str, data: PairingUpdate) -> Pairing:
    """Change a pair's dates and cadence."""
    pairing: Pairing = await rows.get(db, actor, PAIRINGS, pairing_id, "update_pairing")
    changes = data.changes()
    pairing.sqlmodel_update(changes)
    if not pairing.cadence_min_days <= pairing.cadence_target_days <= pairing.cadence_max_days:
        raise Invalid(
            "The cadence's least, target and greatest number of days must rise.",
            faults=(Fault("must rise from least to greatest", code="cadence", pointer="/cadence_target_days"),),
        )
    _require_dates(await rows.by_id(db, Programme, pairing.programme_id), pairing.starts_on, pairing.ends_on)
    if "starts_on" in changes and await queries.meets_before(db, pairing.id, pairing.starts_on):
        raise _sessions_in_the_way("before", "lies after a session", "/starts_on")
    if "ends_on" in changes and await queries.meets_after(db, pairing.id, pairing.ends_on):
        raise _sessions_in_the_way("after", "lies before a session", "/ends_on")
    return pairing


async def activate(db: Db, actor: Actor, pairing_id: str) -> Pairing:
    """Let a pair meet. Both must have signed the agreement, and have learned what they were assigned."""
    pairing: Pairing = await rows.get(db, actor, PAIRINGS, pairing_id, "activate_pairing")
    pairing.activate(clock.now())
    await signing.require_in_force(db, pairing)
    await signing.require_trained(db, pairing)
    return _told(db, pairing, "activate")


async def pause(db: Db, actor: Actor, pairing_id: str) -> Pairing:
    """Rest for a while. Sessions that are ahead are cancelled."""
    return await _step(db, actor, pairing_id, "pause")


async def resume(db: Db, actor: Actor, pairing_id: str) -> Pairing:
    """Go on after a rest. A pair that was suspended, for a leave or a review, goes on by itself."""
    pairing: Pairing = await rows.get(db, actor, PAIRINGS, pairing_id, "resume_pairing")
    pairing.resume(clock.now())
    return _told(db, pairing, "resume")


async def begin_closing(db: Db, actor: Actor, pairing_id: str) -> Pairing:
    """Begin to finish: look back, say thanks, decide what comes next."""
    return await _step(db, actor, pairing_id, "begin_closing")


async def continue_informally(db: Db, actor: Actor, pairing_id: str) -> Pairing:
    """Go on after the end, without cadence, surveys and scores."""
    return await _step(db, actor, pairing_id, "continue_informally")


async def end(db: Db, actor: Actor, pairing_id: str) -> Pairing:
    """End what went on informally."""
    return await _step(db, actor, pairing_id, "end")


async def complete(db: Db, actor: Actor, pairing_id: str) -> Pairing:
    """Bring a pairing to its planned end."""
    pairing: Pairing = await rows.get(db, actor, PAIRINGS, pairing_id, "complete_pairing")
    return await finish(db, pairing)


async def end_early(db: Db, actor: Actor, pairing_id: str, data: PairingEnd) -> Pairing:
    """End a pairing before its time, without fault and without having to say why."""
    pairing: Pairing = await rows.get(db, actor, PAIRINGS, pairing_id, "end_pairing_early")
    return await break_off(db, pairing, "end_early", data.reason)


async def dissolve(db: Db, actor: Actor, pairing_id: str) -> Pairing:
    """Dissolve a pairing because a rule broke."""
    pairing: Pairing = await rows.get(db, actor, PAIRINGS, pairing_id, "dissolve_pairing")
    return await break_off(db, pairing, "dissolve", EndReason.RULE_BROKEN)


async def finish(db: Db, pairing: Pairing) -> Pairing:
    """Complete a locked pairing, whoever asked. What the two agreed on stays agreed."""
    pairing.finish("complete", clock.now())
    await _free_seats(db, pairing)
    await signing.call_off(db, pairing)
    counts = await queries.counts(db, pairing.id)
    outbox.record(db, PairingCompleted.counted(pairing, counts), changed=("status",))
    return pairing


async def break_off(db: Db, pairing: Pairing, move: str, reason: EndReason) -> Pairing:
    """End a locked pairing before its time, whoever asked: seats free, agreement over. Sessions follow by the event."""
    pairing.finish(move, clock.now(), reason)
    await _free_seats(db, pairing)
    await signing.terminate(db, pairing)
    return _told(db, pairing, move)


async def _step(db: Db, actor: Actor, pairing_id: str, move: str) -> Pairing:
    action = "continue_pairing_informally" if move == "continue_informally" else f"{move}_pairing"
    pairing: Pairing = await rows.get(db, actor, PAIRINGS, pairing_id, action)
    pairing.step(move)
    return _told(db, pairing, move)


def _told(db: Db, pairing: Pairing, move: str) -> Pairing:
    outbox.record(db, STEPS[move].of(pairing), changed=("status",))
    return pairing


async def _both(db: Db, actor: Actor, data: PairingCreate) -> tuple[Enrolment, Enrolment]:
    """Both enrolments, locked in id order so that two coordinators cannot block each other."""
    found: dict[str, Any] = {}
    for name in sorted(("mentor_enrolment_id", "mentee_enrolment_id"), key=lambda name: getattr(data, name)):
        found[name] = await rows.refer(
            db, actor, ENROLMENTS, getattr(data, name), "create_pairing", pointer=f"/{name}", lock=True
        )
    return found["mentor_enrolment_id"], found["mentee_enrolment_id"]


async def _people(db: Db, mentor_enrolment: Enrolment, mentee_enrolment: Enrolment) -> tuple[Person, Person]:
    people_ids = (mentor_enrolment.person_id, mentee_enrolment.person_id)
    # Locked: a rank that changes meanwhile would make the gap that we check a thing of the past.
    found = {person_id: await rows.by_id(db, Person, person_id, lock=True) for person_id in sorted(set(people_ids))}
    return found[people_ids[0]], found[people_ids[1]]


def _pair(candidates: Candidates, data: PairingCreate) -> Pairing:
    programme = candidates.programme
    starts_on = data.starts_on or max(clock.now().date(), programme.starts_on)
    ends_on = data.ends_on or programme.ends_on
    _require_dates(programme, starts_on, ends_on)
    return Pairing(
        organisation_id=programme.organisation_id,
        id=ids.new(Pairing.prefix),
        programme_id=programme.id,
        mentor_enrolment_id=candidates.mentor_enrolment.id,
        mentee_enrolment_id=candidates.mentee_enrolment.id,
        mentor_id=candidates.mentor.id,
        mentee_id=candidates.mentee.id,
        rank_gap=candidates.rank_gap,
        starts_on=starts_on,
        ends_on=ends_on,
        grace_until=data.grace_until,
        cadence_min_days=programme.cadence_min_days,
        cadence_target_days=programme.cadence_target_days,
        cadence_max_days=programme.cadence_max_days,
    )


def _sessions_in_the_way(when: str, detail: str, pointer: str) -> SessionsInTheWay:
    return SessionsInTheWay(
        f"The pair has sessions {when} that day. Move or cancel them first.",
        faults=(Fault(detail, code="pairing_has_sessions", pointer=pointer),),
    )


def _require_dates(programme: Programme, starts_on: date, ends_on: date) -> None:
    if programme.starts_on <= starts_on <= ends_on <= programme.ends_on:
        return
    begins_inside = programme.starts_on <= starts_on <= programme.ends_on
    pointer = "/ends_on" if begins_inside else "/starts_on"
    raise Invalid(
        "A pairing lies inside its programme's dates.",
        faults=(Fault("must lie inside the programme's dates", code="pairing_dates", pointer=pointer),),
    )


async def _free_seats(db: Db, pairing: Pairing) -> None:
    for enrolment_id in sorted((pairing.mentor_enrolment_id, pairing.mentee_enrolment_id)):
        (await rows.by_id(db, Enrolment, enrolment_id, lock=True)).free_seat()
