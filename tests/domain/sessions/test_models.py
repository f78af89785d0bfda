"""Sessions without a database: every legal and every illegal move, and what two words make of one session."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.sessions.contents import ActionItem, AlreadyApplied
from app.domain.sessions.models import (
    SESSION,
    AlreadyReported,
    Attendance,
    CancelReason,
    NotBegun,
    Report,
    Session,
    SessionStatus,
)
from app.states import IllegalMove
from tests.machines import arrows, steps

STARTS_AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ENDS_AT = STARTS_AT + timedelta(hours=1)
AFTER = ENDS_AT + timedelta(minutes=5)


def make_session(**fields: Any) -> Session:
    times = {"starts_at": STARTS_AT, "ends_at": ENDS_AT, "zone": "Europe/Paris"}
    ids = {"organisation_id": "org_a", "id": "ses_a", "programme_id": "prg_a", "pairing_id": "pai_a", "number": 1}
    return Session(**{**ids, **times, "calendar_uid": "ses_a@flipside", **fields})


def make_seat(**fields: Any) -> Attendance:
    ids = {"organisation_id": "org_a", "id": "att_a", "session_id": "ses_a", "person_id": "per_a"}
    return Attendance(**{**ids, "starts_at": STARTS_AT, "ends_at": ENDS_AT, **fields})


def test_the_machine_of_sessions_has_these_arrows_and_no_others() -> None:
    assert arrows(SESSION) == {
        "proposed accept scheduled",
        "proposed decline declined",
        "proposed expire expired",
        "scheduled reschedule scheduled",
        "scheduled cancel cancelled",
        "scheduled lapse unconfirmed",
        "scheduled complete completed",
        "unconfirmed complete completed",
        "scheduled record_no_show no_show",
        "unconfirmed record_no_show no_show",
        "completed dispute disputed",
        "no_show dispute disputed",
        "disputed resolve_held completed",
        "disputed resolve_no_show no_show",
    }


@pytest.mark.parametrize(("status", "move"), steps(SESSION, SessionStatus))
def test_a_session_takes_legal_steps_and_refuses_all_others(status: SessionStatus, move: str) -> None:
    session = make_session(status=status)

    if status in SESSION.moves[move].sources:
        session.step(move)
        assert session.status is SESSION.moves[move].target
    else:
        with pytest.raises(IllegalMove) as refused:
            session.step(move)
        assert refused.value.code == "session_state_conflict"
        assert session.status is status


def test_a_moved_session_is_counted_and_calendars_see_a_new_revision() -> None:
    session = make_session()

    session.reschedule(STARTS_AT + timedelta(days=1), ENDS_AT + timedelta(days=1))

    assert (session.starts_at, session.ends_at) == (STARTS_AT + timedelta(days=1), ENDS_AT + timedelta(days=1))
    assert (session.reschedule_count, session.calendar_sequence) == (1, 1)
    assert session.status is SessionStatus.SCHEDULED


def test_a_cancelled_session_keeps_who_when_and_why_and_calendars_see_it() -> None:
    session = make_session()

    session.cancel(STARTS_AT, "per_a", CancelReason.ILLNESS)

    kept = (session.cancelled_at, session.cancelled_by, session.cancel_reason)
    assert kept == (STARTS_AT, "per_a", CancelReason.ILLNESS)
    assert session.calendar_sequence == 1


def test_a_cancelled_session_cannot_be_moved_and_stays_as_it_was() -> None:
    session = make_session(status=SessionStatus.CANCELLED)

    with pytest.raises(IllegalMove):
        session.reschedule(AFTER, AFTER + timedelta(hours=1))

    assert (session.starts_at, session.reschedule_count, session.calendar_sequence) == (STARTS_AT, 0, 0)


@pytest.mark.parametrize("before", [SessionStatus.SCHEDULED, SessionStatus.UNCONFIRMED])
@pytest.mark.parametrize(
    ("word", "after", "completed_at"),
    [(Report.HELD, SessionStatus.COMPLETED, AFTER), (Report.NO_SHOW, SessionStatus.NO_SHOW, None)],
)
def test_the_first_word_decides(
    before: SessionStatus, word: Report, after: SessionStatus, completed_at: datetime | None
) -> None:
    session = make_session(status=before)

    session.report(word, AFTER)

    assert (session.status, session.completed_at) == (after, completed_at)


@pytest.mark.parametrize("word", Report)
def test_a_second_word_that_agrees_changes_nothing(word: Report) -> None:
    session = make_session()
    session.report(word, AFTER)
    before = session.status, session.completed_at

    session.report(word, AFTER + timedelta(hours=1))

    assert (session.status, session.completed_at) == before


@pytest.mark.parametrize(("first", "second"), [(Report.HELD, Report.NO_SHOW), (Report.NO_SHOW, Report.HELD)])
def test_a_second_word_that_differs_makes_a_dispute(first: Report, second: Report) -> None:
    session = make_session()
    session.report(first, AFTER)

    session.report(second, AFTER)

    assert (session.status, session.completed_at) == (SessionStatus.DISPUTED, None)


@pytest.mark.parametrize("status", [SessionStatus.CANCELLED, SessionStatus.DISPUTED])
@pytest.mark.parametrize("word", Report)
def test_nobody_reports_on_a_session_that_is_cancelled_or_in_dispute(status: SessionStatus, word: Report) -> None:
    session = make_session(status=status)

    with pytest.raises(IllegalMove):
        session.report(word, AFTER)


@pytest.mark.parametrize("word", Report)
def test_nobody_reports_before_a_session_begins(word: Report) -> None:
    session = make_session()

    with pytest.raises(NotBegun) as refused:
        session.report(word, STARTS_AT - timedelta(seconds=1))
    assert refused.value.code == "session_not_begun"

    session.report(word, STARTS_AT)


@pytest.mark.parametrize(
    ("word", "after", "completed_at"),
    [(Report.HELD, SessionStatus.COMPLETED, AFTER), (Report.NO_SHOW, SessionStatus.NO_SHOW, None)],
)
def test_a_dispute_is_settled_either_way(word: Report, after: SessionStatus, completed_at: datetime | None) -> None:
    session = make_session(status=SessionStatus.DISPUTED)

    session.resolve(word, AFTER)

    assert (session.status, session.completed_at) == (after, completed_at)


@pytest.mark.parametrize("status", sorted(set(SessionStatus) - {SessionStatus.DISPUTED}))
def test_only_a_dispute_is_settled(status: SessionStatus) -> None:
    with pytest.raises(IllegalMove):
        make_session(status=status).resolve(Report.HELD, AFTER)


@pytest.mark.parametrize("status", SessionStatus)
def test_only_a_scheduled_session_keeps_its_members_busy(status: SessionStatus) -> None:
    session = make_session(status=status, starts_at=AFTER, ends_at=AFTER + timedelta(hours=1))
    seat = make_seat()

    seat.follow(session)

    assert (seat.starts_at, seat.ends_at) == (AFTER, AFTER + timedelta(hours=1))
    assert seat.is_busy is (status is SessionStatus.SCHEDULED)


def test_a_member_reports_once() -> None:
    seat = make_seat()
    seat.say(Report.HELD, AFTER)

    with pytest.raises(AlreadyReported) as refused:
        seat.say(Report.HELD, AFTER)

    assert refused.value.code == "already_reported"
    assert (seat.report, seat.reported_at) == (Report.HELD, AFTER)


def test_an_action_item_is_applied_once() -> None:
    item = ActionItem(
        organisation_id="org_a", id="act_a", session_id="ses_a", owner_id="per_a", text="Try the new tool."
    )
    item.apply(AFTER)

    with pytest.raises(AlreadyApplied) as refused:
        item.apply(AFTER + timedelta(days=1))

    assert refused.value.code == "action_item_applied"
    assert item.applied_at == AFTER
