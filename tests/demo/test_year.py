"""`flipside simulate` on a small scale, and that what it checks can fail."""

import asyncio
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app import cli, clock
from app.config import Settings
from app.demo.walk.company import Scale, participants, posts
from app.demo.walk.matching import Pair
from app.demo.year import checks, habits, simulate
from app.demo.year.books import Books, Couple, Meeting
from app.demo.year.habits import Fate, Turn
from app.embedded import OWNER, Cluster
from tests.demo.test_walk import _databases

MORNING = datetime(2025, 10, 1, 8, tzinfo=UTC)
CALLER: Any = None


@pytest.mark.slow
def test_a_small_year_ends_with_every_promise_kept_and_leaves_nothing_behind(
    server: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    owner, before = server.address(OWNER, "postgres"), clock.now()

    is_right = simulate.simulate(Settings(data_dir=tmp_path, database_url=owner), pairs=4, months=3, seed=1)

    said = capsys.readouterr().out
    assert is_right, said
    assert "WRONG" not in said
    assert "in 3 looks" in said
    assert asyncio.run(_databases(owner)) == 0
    assert clock.now() - before < timedelta(hours=1)


def test_one_broken_promise_makes_the_whole_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def play(_: Settings, **wanted: Any) -> bool:
        asked.update(wanted)
        return False

    monkeypatch.setattr(cli, "play", play)
    monkeypatch.setattr("sys.argv", ["flipside", "simulate", "--pairs", "3", "--months", "4", "--seed", "5"])
    monkeypatch.setattr("os.environ", {})

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 1
    assert asked == {"pairs": 3, "months": 4, "seed": 5}


def meeting(fate: Fate = Fate.HELD, status: str = "completed") -> Meeting:
    return Meeting("ses_1", MORNING, MORNING + timedelta(hours=1), fate, status)


def couple(*meetings: Meeting) -> Couple:
    pair = Pair("pai_1", "per_1", "per_2", CALLER, CALLER)
    chance = random.Random(1)
    return Couple(pair, "Europe/London", 9, chance, date(2025, 10, 1), meetings=list(meetings))


def session(**changed: Any) -> dict[str, Any]:
    times = {"starts_at": "2025-10-01T08:00:00Z", "ends_at": "2025-10-01T09:00:00Z", "zone": "Europe/London"}
    return (
        {"id": "ses_1", "pairing_id": "pai_1", "number": 1, "status": "completed", "calendar_sequence": 0}
        | times
        | changed
    )


def test_sessions_are_held_against_the_books() -> None:
    books = Books([couple(meeting())])
    pairings = [{"id": "pai_1", "status": "active"}]

    assert all(figure.is_right for figure in checks._of_books(books, pairings, [session()]))
    wrong = checks._of_books(books, [{"id": "pai_1", "status": "paused"}], [session(status="no_show")])
    assert [figure.is_right for figure in wrong] == [True, False, True, False]


def test_an_event_too_many_too_few_or_out_of_order_is_seen() -> None:
    feed = checks.Feed(CALLER)
    feed.counts["goal.set"], feed.out_of_order = 1, 0
    books = Books()
    books.events["goal.set"] = 1

    assert [figure.is_right for figure in checks._of_events(books, feed)] == [True, True]
    feed.counts["goal.set"], feed.out_of_order = 2, 1
    assert [figure.is_right for figure in checks._of_events(books, feed)] == [False, False]


async def test_the_feed_is_followed_to_its_end() -> None:
    pages = [[3, 4], [6, 5], []]

    async def get(_: str, **query: str) -> dict[str, Any]:
        items = [{"sequence": number, "type": "goal.set"} for number in pages.pop(0)]
        return {"items": items, "next_cursor": f"after {query['after']}"}

    feed = checks.Feed(SimpleNamespace(get=get))  # type: ignore[arg-type]
    await feed.follow()

    assert (feed.counts["goal.set"], feed.out_of_order) == (4, 1)


@pytest.mark.parametrize(
    ("sessions", "found"),
    [
        ([session(), session(id="ses_2", starts_at="2025-10-01T09:00:00Z", ends_at="2025-10-01T10:00:00Z")], 0),
        ([session(), session(id="ses_2", starts_at="2025-10-01T08:30:00Z")], 2),
        ([session(), session(id="ses_2", starts_at="2025-10-01T08:30:00Z", status="cancelled")], 0),
    ],
)
def test_overlaps_are_found_for_both_members(sessions: list[dict[str, Any]], found: int) -> None:
    assert checks._overlaps(Books([couple()]), sessions) == found


def test_the_hour_numbers_and_calendars_are_looked_at() -> None:
    books = Books([couple(meeting())])
    later = session(starts_at="2025-11-05T08:00:00Z", calendar_sequence=2)

    assert checks._off_the_hour(books, [session()]) == 0
    # By the clock of London it is eight in November.
    assert checks._off_the_hour(books, [later]) == 1
    assert checks._numbered_twice([session(), later]) == 1
    assert (checks._missed(books, [session()]), checks._missed(books, [later])) == (0, 1)


def test_what_may_never_be_is_found() -> None:
    people: dict[str, dict[str, Any]] = {
        "per_1": {"rank_level": 3, "manager_id": "per_3", "employment_status": "active"},
        "per_2": {"rank_level": 8, "manager_id": None, "employment_status": "active"},
        "per_3": {"rank_level": 5, "manager_id": None, "employment_status": "active"},
    }
    seats = {"mentor_enrolment_id": "enr_1", "mentee_enrolment_id": "enr_2"}
    live = {"id": "pai_1", "status": "active", "mentor_id": "per_1", "mentee_id": "per_2", **seats}
    over = live | {"status": "ended_early"}
    enrolments = [{"id": "enr_1", "live_pairings": 1}, {"id": "enr_2", "live_pairings": 1}]

    def found(pairing: dict[str, Any]) -> tuple[int, ...]:
        return (
            checks._not_reversed([pairing], people),
            checks._in_one_line([pairing], people),
            checks._of_leavers([pairing], people),
            checks._ahead_of_none([pairing], [session(status="scheduled")]),
            checks._miscounted(enrolments, [pairing]),
        )

    assert found(live) == (0, 0, 0, 0, 0)
    people["per_1"] |= {"rank_level": 7, "employment_status": "inactive"}
    people["per_3"]["manager_id"] = "per_2"
    assert found(live) == (1, 1, 1, 0, 0)
    assert found(over) == (0, 0, 0, 1, 2)


def test_a_pair_that_rests_or_ends_loses_what_it_has_ahead() -> None:
    books, one = Books(), couple(meeting(status="scheduled"))
    one.ahead = one.meetings[0]

    books.end(one, "ended_early", date(2025, 10, 1))
    books.called_off(one, date(2025, 10, 2))

    assert (one.meetings[0].status, one.meetings[0].sequence) == ("cancelled", 1)
    assert dict(books.events) == {"pairing.ended_early": 1, "session.cancelled": 1}


def test_nobody_meets_on_weekends_or_around_the_new_year() -> None:
    days = [habits.working_day(date(2025, 12, 20) + timedelta(days=number)) for number in range(20)]

    assert {day for day in days if day.weekday() > 4} == set()
    assert [day for day in days if date(2025, 12, 24) <= day <= date(2026, 1, 1)] == []


def test_everything_that_may_happen_does() -> None:
    chance = random.Random(1)

    assert {habits.fate(chance) for _ in range(2000)} == set(Fate)
    assert {habits.turn(chance) for _ in range(50_000)} == {None, *Turn}


@pytest.mark.parametrize("pairs", [1, 200, 500, 1999])
def test_a_company_is_large_enough_for_its_pairs(pairs: int) -> None:
    scale = Scale.of(pairs)
    mentors, mentees = participants(posts(scale), scale.enrolled)

    assert len(mentees) == scale.enrolled
    assert len(mentors) == scale.enrolled
