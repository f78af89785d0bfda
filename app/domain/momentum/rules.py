"""When a pair loses its momentum. Pure: each rule says from which instant on it is broken, if nothing more happens.

Executives who give it no priority are the best known cause of failure, and two sessions called off in a row end most
pairs. So the rules look at a pair's own cadence and at who called off, and not at how often others meet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.pairings.models import Health, HealthRule

# Beyond the longest time that a pair's cadence leaves between two sessions.
TOLERANCE = timedelta(days=7)


class Action(StrEnum):
    """What a coordinator could do."""

    SUGGEST_SLOTS = "suggest_slots"
    ASK_WHAT_HINDERS = "ask_what_hinders"
    TALK_TO_BOTH = "talk_to_both"
    OFFER_REMATCH = "offer_rematch"


@dataclass(frozen=True, slots=True)
class Miss:
    """A session since the last one held that came to nothing: called off by somebody, or nobody came."""

    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules know of an active pair; `misses` begin with the latest and lie behind the last session held."""

    cadence_max: timedelta
    # When they began to meet, or went on after a rest.
    since: datetime
    grace_ends: datetime | None
    last_held: datetime | None
    misses: tuple[Miss, ...] = ()

    @property
    def due(self) -> datetime:
        """When the next session should have been, at the latest."""
        return max(self.since, self.last_held or self.since) + self.cadence_max

    @property
    def judged(self) -> tuple[Miss, ...]:
        """The misses that count: what happens while a pair settles in is not held against it."""
        return tuple(miss for miss in self.misses if self.grace_ends is None or miss.at >= self.grace_ends)

    def after_grace(self, at: datetime) -> datetime:
        """That instant, or the end of the settling-in time."""
        return at if self.grace_ends is None else max(at, self.grace_ends)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it makes of a pair, what helps, and from which instant on it is broken, if it is."""

    name: HealthRule
    level: Health
    action: Action
    broken_from: Callable[[Facts], datetime | None]


def _cancelled_twice(facts: Facts) -> datetime | None:
    latest = facts.judged[:2]
    is_one_side = len(latest) > 1 and latest[0].by is not None and latest[0].by == latest[1].by
    return latest[0].at if is_one_side else None


def _missed(times: int) -> Callable[[Facts], datetime | None]:
    def missed(facts: Facts) -> datetime | None:
        latest = facts.judged[:times]
        return latest[0].at if len(latest) == times and all(miss.by is None for miss in latest) else None

    return missed


def _overdue(intervals: int) -> Callable[[Facts], datetime | None]:
    def overdue(facts: Facts) -> datetime | None:
        return facts.after_grace(facts.due + (intervals - 1) * facts.cadence_max + TOLERANCE)

    return overdue


# The gravest first: of several that are broken, the first is told.
RULES = (
    Rule(HealthRule.CANCELLED_TWICE, Health.AT_RISK, Action.ASK_WHAT_HINDERS, _cancelled_twice),
    Rule(HealthRule.MISSED_TWICE, Health.AT_RISK, Action.TALK_TO_BOTH, _missed(2)),
    Rule(HealthRule.OVERDUE_TWICE, Health.AT_RISK, Action.OFFER_REMATCH, _overdue(2)),
    Rule(HealthRule.MISSED, Health.WATCH, Action.TALK_TO_BOTH, _missed(1)),
    Rule(HealthRule.OVERDUE, Health.WATCH, Action.SUGGEST_SLOTS, _overdue(1)),
)
BY_NAME = {rule.name: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gravest rule that is broken, from when on, and when time alone will break another."""

    rule: Rule | None
    since: datetime | None
    due_at: datetime | None


def judge(facts: Facts, now: datetime) -> Verdict:
    """What the rules say of a pair at an instant."""
    found = [(rule, at) for rule in RULES if (at := rule.broken_from(facts)) is not None]
    rule, since = next(((rule, at) for rule, at in found if at <= now), (None, None))
    return Verdict(rule, since, min((at for _, at in found if at > now), default=None))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pair fares: its health, the rule that it broke, and since when it is so."""

    health: Health = Health.ON_TRACK
    rule: HealthRule | None = None
    since: datetime | None = None


def standing(before: Standing, facts: Facts, verdict: Verdict, now: datetime) -> Standing:
    """How it fares after a judgement.

    Who was at risk stays so until no rule is broken, then has recovered, and is on track again with the session after.
    """
    rule = verdict.rule
    if rule is None:
        return _without_fault(before, facts, now)
    if before.health is Health.AT_RISK or before.health is rule.level:
        return before
    return Standing(rule.level, rule.name, verdict.since)


def _without_fault(before: Standing, facts: Facts, now: datetime) -> Standing:
    if before.health is Health.AT_RISK:
        return Standing(Health.RECOVERED, None, facts.last_held or now)
    has_met_since = facts.last_held is not None and before.since is not None and facts.last_held > before.since
    if before.health is Health.WATCH or (before.health is Health.RECOVERED and has_met_since):
        return Standing()
    return before
