"""Asking why: of a proposal, of a pair that was not proposed, of somebody without a partner; and whom one could ask.

Who belongs to a pair is answered as a member of it, whatever office they hold.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlmodel import col

from app import db as database
from app.audit import recording
from app.audit.recording import Entry
from app.auth.actor import Actor
from app.db import Db
from app.domain.enrolments.models import Enrolment
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.matching import explanation_schemas as schemas
from app.domain.matching import matter, naming, policies, pricing, snapshot, telling
from app.domain.matching.models import BINDING, MatchRun, RunStatus
from app.domain.matching.proposals import MatchProposal
from app.domain.matching.resource import MATCH_PROPOSALS
from app.domain.programmes.models import Programme
from app.errors import Conflict, Fault, Invalid
from app.matching import explanations, pool, ruling
from app.matching.explaining import Explainer
from app.matching.explanations import Side
from app.matching.market import Market, Seat
from app.matching.plan import Plan
from app.matching.policy import Policy
from app.reading import rows
from app.reading.resource import Resource

_DECIDED = (RunStatus.PROPOSED, RunStatus.APPROVED, RunStatus.DISCARDED, RunStatus.SUPERSEDED)
_MOST_KEPT = 4
_Told = tuple[Explainer, Plan]


class NotWaiting(Conflict):
    """This enrolment waits for no partner: it is not ready, or has no place left."""

    code = "enrolment_not_waiting"


class NotMatchedYet(Conflict):
    """There is no run to speak of."""

    code = "not_matched_yet"


async def suggestions(actor: Actor, enrolment_id: str) -> schemas.Suggestions:
    """Whom an enrolment could be paired with, the best 20, each with the score that a run would give it.

    It speaks of now: of everybody who waits for a partner, by the programme's policy. Their names are told to whoever
    may see them in the directory.
    """
    async with database.current().writing(actor.organisation_id) as db:
        enrolment = await _enrolment(db, actor, enrolment_id, "enrolment_suggestions")
        programme = await rows.by_id(db, Programme, enrolment.programme_id)
        policy, market = await policies.in_force(db, programme), await snapshot.load(db, programme)
    seats = _seats(market)
    if enrolment.id not in seats:
        raise NotWaiting("This enrolment waits for no partner: it is not ready, or has no place left.")
    found = await asyncio.to_thread(Explainer(market, policy).suggestions, enrolment.id)
    mine, side = Side(enrolment.role), _own_side(actor, enrolment)
    others = [seats[each.seat].person_id for each in found]
    names = await naming.names(actor, others)
    items = [
        telling.suggestion(each, _reader(actor, {mine: enrolment.person_id, mine.other: other}), other, names)
        for each, other in zip(found, others, strict=True)
    ]
    if side is not None:
        # Their order by score would tell what the others would like.
        items.sort(key=lambda item: -_utility(item, side))
    await _put_on_record(actor, ENROLMENTS, enrolment.id, "enrolment_suggestions", {enrolment.person_id})
    return schemas.Suggestions(enrolment_id=enrolment.id, items=items)


async def why(actor: Actor, proposal_id: str) -> schemas.Why:
    """Why a pair was proposed: what counted for how much, with the facts, and the place in each one's own list."""
    async with database.current().writing(actor.organisation_id) as db:
        proposal: MatchProposal = await rows.get(
            db, actor, MATCH_PROPOSALS, proposal_id, "match_proposal_why", lock=False
        )
        explainer, _ = await _told(db, await rows.by_id(db, MatchRun, proposal.match_run_id))
    pair = proposal.mentor_enrolment_id, proposal.mentee_enrolment_id
    found = await asyncio.to_thread(explainer.why, *pair)
    await _put_on_record(actor, MATCH_PROPOSALS, proposal.id, "match_proposal_why", set(proposal.members))
    return telling.why(proposal.id, found, _reader(actor, dict(zip(Side, proposal.members, strict=True))))


async def why_not(actor: Actor, enrolment_id: str, data: schemas.WhyNotAsk) -> schemas.WhyNot:
    """Why a run did not propose a certain pair: every rule that it breaks, or what the plan would lose with it.

    Participants are told the rules that are theirs to know; a private one looks like a better plan.
    """
    async with database.current().writing(actor.organisation_id) as db:
        enrolment = await _enrolment(db, actor, enrolment_id, "enrolment_why_not")
        run = await _run(db, actor, enrolment, data.match_run_id)
        explainer, plan = await _told(db, run)
    mentor, mentee = _pair(explainer.market, enrolment, data.other_enrolment_id)
    people = {Side.MENTOR: mentor.person_id, Side.MENTEE: mentee.person_id}
    reader = _reader(actor, people)
    broken = await asyncio.to_thread(ruling.broken, explainer.pairwise, mentor, mentee)
    # In one pool a pin on either side may hold the place that would be needed.
    is_held = bool(explainer.market.pins) and pool.is_one(explainer.market, explainer.policy)
    if broken or reader is not None or is_held:
        found = explanations.WhyNot(mentor.id, mentee.id, broken)
    else:
        found = await pricing.priced(run.id, explainer, plan, mentor.id, mentee.id)
    await _put_on_record(actor, ENROLMENTS, enrolment.id, "enrolment_why_not", set(people.values()))
    return telling.why_not(run.id, found, reader)


async def why_unmatched(actor: Actor, enrolment_id: str, data: schemas.WhyUnmatchedAsk) -> schemas.WhyUnmatched:
    """Why a run found nobody for an enrolment: whom each rule left, which would help most, or who was nearest."""
    async with database.current().writing(actor.organisation_id) as db:
        enrolment = await _enrolment(db, actor, enrolment_id, "enrolment_why_unmatched")
        run = await _run(db, actor, enrolment, data.match_run_id)
        explainer, plan = await _told(db, run)
    _require_in_run(explainer.market, enrolment)
    found = await asyncio.to_thread(explainer.why_unmatched, plan, enrolment.id)
    await _put_on_record(actor, ENROLMENTS, enrolment.id, "enrolment_why_unmatched", {enrolment.person_id})
    return telling.why_unmatched(run.id, found, _own_side(actor, enrolment))


async def _enrolment(db: Db, actor: Actor, enrolment_id: str, action: str) -> Enrolment:
    found: Enrolment = await rows.get(db, actor, ENROLMENTS, enrolment_id, action, lock=False)
    return found


async def _run(db: Db, actor: Actor, enrolment: Enrolment, run_id: str | None) -> MatchRun:
    """The run that is asked about. Participants may know of plans that were approved, and of no others."""
    statuses: Collection[RunStatus] = (RunStatus.PROPOSED, RunStatus.APPROVED) if run_id is None else _DECIDED
    if enrolment.person_id == actor.person_id:
        statuses = (RunStatus.APPROVED,)
    select = sa.select(MatchRun).where(
        col(MatchRun.organisation_id) == db.organisation_id,
        col(MatchRun.programme_id) == enrolment.programme_id,
        col(MatchRun.status).in_(statuses),
        col(MatchRun.mode).in_(BINDING) if run_id is None else col(MatchRun.id) == run_id,
    )
    found = (await db.execute(select.order_by(col(MatchRun.id).desc()).limit(1))).scalar_one_or_none()
    if found is not None:
        return found
    if run_id is None:
        raise NotMatchedYet("This programme has no plan to speak of yet.")
    raise _invalid("match_run_id", "unknown_reference", "names no run with a plan that you may see")


_kept: OrderedDict[str, _Told] = OrderedDict()


async def _told(db: Db, run: MatchRun) -> _Told:
    """What explains a run. The last few are kept ready, as long as their snapshots are kept at all."""
    await matter.require_market(db, run)
    if run.id not in _kept:
        market, plan = await matter.market_of(db, run), await matter.plan_of(db, run)
        policy = Policy.model_validate(run.policy)
        _kept[run.id] = await asyncio.to_thread(
            lambda: (Explainer(Market.from_bytes(market), policy), Plan.from_bytes(plan))
        )
    _kept.move_to_end(run.id)
    if len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)
    return _kept[run.id]


def _pair(market: Market, enrolment: Enrolment, other_id: str) -> tuple[Seat, Seat]:
    """Mentor and mentee. Raises `NotWaiting` or `Invalid`."""
    _require_in_run(market, enrolment)
    seats = _seats(market)
    if other_id not in seats:
        raise _invalid("other_enrolment_id", "not_in_run", "took no part in the run")
    mentors = {seat.id for seat in market.mentors}
    if (enrolment.id in mentors) is (other_id in mentors):
        raise _invalid("other_enrolment_id", "same_role", "is on the same side")
    mine, other = seats[enrolment.id], seats[other_id]
    return (mine, other) if mine.id in mentors else (other, mine)


def _require_in_run(market: Market, enrolment: Enrolment) -> None:
    if enrolment.id not in _seats(market):
        raise NotWaiting("This enrolment waited for no partner when the run began.")


def _seats(market: Market) -> dict[str, Seat]:
    return {seat.id: seat for seat in (*market.mentors, *market.mentees)}


def _invalid(parameter: str, code: str, detail: str) -> Invalid:
    return Invalid("The question cannot be answered.", faults=(Fault(detail, code=code, parameter=parameter),))


def _own_side(actor: Actor, enrolment: Enrolment) -> Side | None:
    return Side(enrolment.role) if enrolment.person_id == actor.person_id else None


def _reader(actor: Actor, people: Mapping[Side, str]) -> Side | None:
    """The side of the caller in a pair; none for whoever reads by office."""
    return next((side for side, person_id in people.items() if person_id == actor.person_id), None)


def _utility(item: schemas.Suggestion, side: Side) -> int:
    own = item.mentor if side is Side.MENTOR else item.mentee
    return own.utility if own else 0


async def _put_on_record(actor: Actor, resource: Resource, object_id: str, action: str, people: set[str]) -> None:
    """Who looks by their office at what people said and wished for is watched, as whoever reads it itself is."""
    if actor.person_id not in people:
        await recording.record_apart(Entry(actor, action, resource.name, object_id, subjects=sorted(people)))
