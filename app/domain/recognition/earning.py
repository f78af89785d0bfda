"""Badges and certificates that somebody has earned: awarded by the service, once to each person and criterion."""

from app import clock, ids
from app.db import Db
from app.domain.goals.models import Goal
from app.domain.recognition import queries
from app.domain.recognition.events import RecognitionAwarded
from app.domain.recognition.models import Recognition, RecognitionKind, RecognitionStatus
from app.domain.sessions.models import Session
from app.events import outbox
from app.reading import rows


async def of_session(db: Db, session_id: str) -> None:
    """What the two have earned by a session."""
    await of_pairing(db, (await rows.by_id(db, Session, session_id)).pairing_id)


async def of_goal(db: Db, goal_id: str) -> None:
    """What the two have earned by a goal."""
    await of_pairing(db, (await rows.by_id(db, Goal, goal_id)).pairing_id)


async def of_recognition(db: Db, recognition_id: str) -> None:
    """What the two have earned by thanks."""
    recognition = await rows.by_id(db, Recognition, recognition_id)
    if recognition.pairing_id is not None:
        await of_pairing(db, recognition.pairing_id)


async def of_pairing(db: Db, pairing_id: str) -> None:
    """Award what the two of a pair have earned, and not been given."""
    for row in await queries.counted(db, pairing_id):
        if row["counted"] < row["at_least"]:
            continue
        recognition = Recognition(
            organisation_id=db.organisation_id,
            id=ids.new(Recognition.prefix),
            programme_id=row["programme_id"],
            person_id=row["person_id"],
            criterion_id=row["criterion_id"],
            kind=RecognitionKind(row["kind"]),
            status=RecognitionStatus.AWARDED,
            title=row["name"],
            evidence={row["measure"]: row["counted"]},
            awarded_at=clock.now(),
        )
        db.add(recognition)
        outbox.record(db, RecognitionAwarded.of(recognition), changed=("status",))
