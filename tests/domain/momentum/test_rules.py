"""When a pair loses its momentum: each rule on its own, and what holds over any calendar."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.momentum.rules import BY_NAME, RULES, TOLERANCE, Facts, Miss, Standing, judge, standing
from app.domain.pairings.models import Health, HealthRule

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
MONTH = timedelta(days=28)
AFRESH = Facts(MONTH, START, None, None)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def miss(number: float, by: str | None = None) -> Miss:
    return Miss(by, day(number))


def named(facts: Facts, now: datetime) -> HealthRule | None:
    rule = judge(facts, now).rule
    return None if rule is None else rule.name


def test_every_rule_has_its_name_and_the_gravest_come_first() -> None:
    assert set(BY_NAME) == set(HealthRule)
    assert [rule.level for rule in RULES] == sorted((rule.level for rule in RULES), reverse=False)
    assert {rule.level for rule in RULES} == {Health.AT_RISK, Health.WATCH}


@pytest.mark.parametrize(
    ("number", "name", "due"),
    [
        (34.9, None, 35),
        (35, HealthRule.OVERDUE, 63),
        (62.9, HealthRule.OVERDUE, 63),
        (63, HealthRule.OVERDUE_TWICE, None),
    ],
)
def test_a_pair_that_never_meets_is_watched_then_at_risk(number: float, name: HealthRule, due: int | None) -> None:
    verdict = judge(AFRESH, day(number))

    assert named(AFRESH, day(number)) is name
    assert verdict.due_at == (None if due is None else day(due))
    since = {None: None, HealthRule.OVERDUE: day(35), HealthRule.OVERDUE_TWICE: day(63)}
    assert verdict.since == since[name]


def test_a_session_that_was_held_begins_the_count_anew() -> None:
    met = replace(AFRESH, last_held=day(30))

    assert named(met, day(64)) is None
    assert named(met, day(65)) is HealthRule.OVERDUE


def test_the_days_of_a_rest_do_not_count() -> None:
    resumed = replace(AFRESH, last_held=day(3), since=day(60))

    assert named(resumed, day(94)) is None
    assert named(resumed, day(95)) is HealthRule.OVERDUE


@pytest.mark.parametrize(
    ("misses", "name"),
    [
        ((miss(9, "per_a"),), None),
        ((miss(9, "per_a"), miss(5, "per_b")), None),
        ((miss(9, "per_a"), miss(5, "per_a")), HealthRule.CANCELLED_TWICE),
        ((miss(9),), HealthRule.MISSED),
        ((miss(9), miss(5, "per_a")), HealthRule.MISSED),
        ((miss(9, "per_a"), miss(5)), None),
        ((miss(9), miss(5)), HealthRule.MISSED_TWICE),
    ],
)
def test_sessions_that_came_to_nothing(misses: Sequence[Miss], name: HealthRule | None) -> None:
    facts = replace(AFRESH, misses=tuple(misses))

    assert named(facts, day(9)) is name
    if name is not None:
        assert judge(facts, day(9)).since == day(9)


def test_of_several_broken_rules_the_gravest_is_told() -> None:
    facts = replace(AFRESH, misses=(miss(9, "per_a"), miss(5, "per_a")))

    assert named(facts, day(70)) is HealthRule.CANCELLED_TWICE


def test_what_happens_while_a_pair_settles_in_is_not_held_against_it() -> None:
    facts = replace(AFRESH, grace_ends=day(40), misses=(miss(9), miss(5)))

    assert named(facts, day(39)) is None
    assert judge(facts, day(39)).due_at == day(40)
    assert named(facts, day(40)) is HealthRule.OVERDUE
    assert named(replace(facts, misses=(miss(45), miss(9))), day(45)) is HealthRule.MISSED


def test_who_was_at_risk_recovers_and_is_on_track_with_the_session_after() -> None:
    at_risk = Standing(Health.AT_RISK, HealthRule.OVERDUE_TWICE, day(63))
    met, met_again = replace(AFRESH, last_held=day(70)), replace(AFRESH, last_held=day(90))

    def after(before: Standing, facts: Facts, now: datetime) -> Standing:
        return standing(before, facts, judge(facts, now), now)

    recovered = after(at_risk, met, day(71))
    assert recovered == Standing(Health.RECOVERED, None, day(70))
    assert after(recovered, met, day(80)) == recovered
    assert after(recovered, met_again, day(91)) == Standing()
    assert after(recovered, met, day(105)) == Standing(Health.WATCH, HealthRule.OVERDUE, day(105))
    # A milder rule is no way out.
    assert after(at_risk, replace(met, misses=(miss(72),)), day(72)) == at_risk
    assert after(Standing(Health.WATCH, HealthRule.MISSED, day(9)), met, day(71)) == Standing()
    # Who recovers by a rest that has ended needs a session yet.
    assert after(at_risk, replace(AFRESH, since=day(64)), day(64)) == Standing(Health.RECOVERED, None, day(64))


# What may happen to a pair on a day, and who called a session off.
HAPPENINGS = st.sampled_from(["held", "missed", "per_a", "per_b"])
CALENDARS = st.dictionaries(st.integers(1, 300), HAPPENINGS, max_size=25)
GRACES = st.none() | st.integers(0, 60)


def facts_on(number: int, calendar: dict[int, str], grace: int | None) -> Facts:
    past = sorted(at for at in calendar if at <= number)
    held = max((at for at in past if calendar[at] == "held"), default=None)
    behind = [at for at in reversed(past) if calendar[at] != "held" and (held is None or at > held)]
    misses = [miss(at, None if calendar[at] == "missed" else calendar[at]) for at in behind[:2]]
    ends = None if grace is None else day(grace)
    return Facts(MONTH, START, ends, None if held is None else day(held), tuple(misses))


def played(calendar: dict[int, str], grace: int | None, days: Sequence[int]) -> dict[int, Standing]:
    """How a pair fares on the last day and on every day on which something happened, judged on some days."""
    now, found = Standing(), {}
    for number in sorted({*days, *calendar}):
        facts = facts_on(number, calendar, grace)
        now = standing(now, facts, judge(facts, day(number)), day(number))
        found[number] = now
    return found


def changes(found: dict[int, Standing]) -> list[tuple[Standing, Standing]]:
    return [(one, other) for one, other in pairwise(found.values()) if one != other]


@given(CALENDARS, GRACES)
def test_whoever_looks_when_it_is_due_finds_what_they_find_who_look_every_day(
    calendar: dict[int, str], grace: int | None
) -> None:
    daily = played(calendar, grace, range(301))
    due, number = [], 0
    while number <= 300:
        due.append(number)
        later = [at for at in calendar if at > number]
        at = judge(facts_on(number, calendar, grace), day(number)).due_at
        ahead = [*later, *([] if at is None else [(at - START).days])]
        number = min(ahead, default=301)

    found = played(calendar, grace, due)

    assert {at: daily[at] for at in found} == found
    assert changes(found) == changes(daily)


@given(CALENDARS, st.integers(0, 60), st.integers(0, 300))
def test_nobody_is_flagged_while_they_settle_in(calendar: dict[int, str], grace: int, number: int) -> None:
    if number < grace:
        assert judge(facts_on(number, calendar, grace), day(number)).rule is None


@given(CALENDARS, st.integers(0, 300))
def test_whoever_met_within_their_cadence_and_missed_nothing_since_is_on_track(
    calendar: dict[int, str], number: int
) -> None:
    facts = facts_on(number, calendar, None)
    if not facts.misses and day(number) < facts.due + TOLERANCE:
        assert judge(facts, day(number)).rule is None


@given(CALENDARS, GRACES, st.integers(0, 300))
def test_a_verdict_is_as_old_as_it_says_and_due_ahead(calendar: dict[int, str], grace: int | None, number: int) -> None:
    verdict = judge(facts_on(number, calendar, grace), day(number))

    assert verdict.due_at is None or verdict.due_at > day(number)
    assert (verdict.rule is None) is (verdict.since is None)
    assert verdict.since is None or verdict.since <= day(number)


def test_the_page_tells_of_every_rule() -> None:
    page = (Path(__file__).parents[3] / "docs" / "momentum.md").read_text(encoding="utf-8")
    told = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]

    assert [(cells[0].strip("| `"), cells[1].strip("`"), cells[3].strip("` |")) for cells in told] == [
        (rule.name.value, rule.level.value, rule.action.value) for rule in RULES
    ]
