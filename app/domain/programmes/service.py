"""Setting a programme up and leading it through its states."""

from collections.abc import Iterable
from datetime import date, timedelta

from app import ids
from app.auth.actor import Actor, Role
from app.db import Db
from app.domain.groups.resource import GROUPS
from app.domain.programmes import cohort_service
from app.domain.programmes.contents import Duty, ProgrammeRole
from app.domain.programmes.eligibility import Eligibility
from app.domain.programmes.events import STEPS
from app.domain.programmes.models import Programme, ProgrammeStatus
from app.domain.programmes.resource import PROGRAMMES
from app.domain.programmes.schemas import LONGEST_DAYS, SHORTEST_DAYS, ProgrammeCreate, ProgrammeUpdate
from app.errors import Conflict, Fault, Invalid
from app.events import outbox
from app.reading import rows

_SIX_MONTHS = timedelta(days=182)
_WHOLE = {"objectives", "eligibility", "agreement_clauses"}
_FIXED = {"model", "starts_on", "ends_on", "min_rank_gap"}


class ProgrammePublishedAlready(Conflict):
    """Some rules are fixed once people have joined under them."""

    code = "programme_published"


async def create(db: Db, actor: Actor, data: ProgrammeCreate) -> Programme:
    """Draft a programme. A coordinator who drafts one coordinates it."""
    values = data.model_dump(mode="json", exclude={"starts_on", "ends_on", "model"})
    ends_on = data.ends_on or data.starts_on + _SIX_MONTHS
    _require_length(data.starts_on, ends_on)
    await _require_groups(db, actor, data.eligibility)
    programme = Programme(
        organisation_id=actor.organisation_id,
        id=ids.new(Programme.prefix),
        starts_on=data.starts_on,
        ends_on=ends_on,
        model=data.model,
        **values,
    )
    await add(db, actor, programme)
    return programme


async def add(db: Db, actor: Actor, programme: Programme) -> None:
    """Keep a new programme, and make the coordinator who drafted it its coordinator."""
    db.add(programme)
    await db.flush()
    if actor.role is Role.COORDINATOR and actor.person_id is not None:
        db.add(
            ProgrammeRole(
                organisation_id=actor.organisation_id,
                id=ids.new(ProgrammeRole.prefix),
                programme_id=programme.id,
                person_id=actor.person_id,
                duty=Duty.COORDINATOR,
            )
        )


async def update(db: Db, actor: Actor, programme_id: str, data: ProgrammeUpdate) -> Programme:
    """Change a programme.

    Model, dates and rank gap are fixed once it is published; any other change of a published programme
    counts as a revision.
    """
    programme: Programme = await rows.get(db, actor, PROGRAMMES, programme_id, "update_programme")
    plain = data.model_dump(mode="json", include=data.model_fields_set & _WHOLE)
    changes = data.changes() | plain
    await _require_groups(db, actor, data.eligibility if "eligibility" in plain else ())
    published = programme.status is not ProgrammeStatus.DRAFT
    if published and (fixed := sorted(_FIXED & changes.keys())):
        raise ProgrammePublishedAlready(
            "Model, dates and rank gap are fixed once a programme is published.",
            faults=tuple(Fault("is fixed", code="programme_published", pointer=f"/{name}") for name in fixed),
        )
    revised = published and any(getattr(programme, name) != value for name, value in changes.items())
    programme.sqlmodel_update(changes)
    _require_length(programme.starts_on, programme.ends_on)
    if {"starts_on", "ends_on"} & changes.keys():
        await cohort_service.require_within(db, programme)
    _require_cadence(programme)
    _require_budget(programme)
    programme.revision += revised
    return programme


async def publish(db: Db, actor: Actor, programme_id: str) -> Programme:
    """Open a draft for enrolment."""
    return await _step(db, actor, programme_id, "publish")


async def start_matching(db: Db, actor: Actor, programme_id: str) -> Programme:
    """End enrolment and begin to make pairs."""
    return await _step(db, actor, programme_id, "start_matching")


async def activate(db: Db, actor: Actor, programme_id: str) -> Programme:
    """Let the pairs meet."""
    return await _step(db, actor, programme_id, "activate")


async def pause(db: Db, actor: Actor, programme_id: str) -> Programme:
    """Pause an active programme; no session can be scheduled meanwhile."""
    return await _step(db, actor, programme_id, "pause")


async def resume(db: Db, actor: Actor, programme_id: str) -> Programme:
    """Go on with a paused programme."""
    return await _step(db, actor, programme_id, "resume")


async def evaluate(db: Db, actor: Actor, programme_id: str) -> Programme:
    """End the sessions and begin to look at the results."""
    return await _step(db, actor, programme_id, "evaluate")


async def close(db: Db, actor: Actor, programme_id: str) -> Programme:
    """Close a programme after its evaluation. Its live pairings are completed."""
    return await _step(db, actor, programme_id, "close")


async def archive(db: Db, actor: Actor, programme_id: str) -> Programme:
    """Put a closed programme away."""
    return await _step(db, actor, programme_id, "archive")


async def cancel(db: Db, actor: Actor, programme_id: str) -> Programme:
    """Call a programme off. Its live pairings are dissolved."""
    return await _step(db, actor, programme_id, "cancel")


async def _step(db: Db, actor: Actor, programme_id: str, move: str) -> Programme:
    programme: Programme = await rows.get(db, actor, PROGRAMMES, programme_id, f"{move}_programme")
    programme.step(move)
    outbox.record(db, STEPS[move].of(programme), changed=("status",))
    return programme


async def _require_groups(db: Db, actor: Actor, sides: Iterable[Eligibility]) -> None:
    for place, side in enumerate(sides):
        if side.group_id is not None:
            await rows.refer(db, actor, GROUPS, side.group_id, pointer=f"/eligibility/{place}/group_id")


def _require_length(starts_on: date, ends_on: date) -> None:
    if not SHORTEST_DAYS <= (ends_on - starts_on).days <= LONGEST_DAYS:
        raise Invalid(
            "A programme lasts 3 to 18 months.",
            faults=(Fault("must lie 3 to 18 months after the start", code="programme_length", pointer="/ends_on"),),
        )


def _require_budget(programme: Programme) -> None:
    if (programme.budget_amount is None) is not (programme.budget_currency is None):
        raise Invalid(
            "A budget has an amount and a currency.",
            faults=(Fault("goes with budget_currency", code="budget_incomplete", pointer="/budget_amount"),),
        )


def _require_cadence(programme: Programme) -> None:
    require_cadence(programme.cadence_min_days, programme.cadence_target_days, programme.cadence_max_days)


def require_cadence(least: int, target: int, greatest: int) -> None:
    """Raise `Invalid` for a cadence whose numbers of days do not rise."""
    if not least <= target <= greatest:
        raise Invalid(
            "The cadence's least, target and greatest number of days must rise.",
            faults=(Fault("must rise from least to greatest", code="cadence", pointer="/cadence_target_days"),),
        )
