"""What we tell the world of a pair's momentum: to coordinators, who can do something about it."""

from datetime import datetime
from typing import ClassVar, Self

from app.domain.momentum.rules import BY_NAME, Action, Facts
from app.domain.pairings.events import PairingEvent, facts_of
from app.domain.pairings.models import HealthRule, Pairing
from app.events.envelope import Visibility


class _Judged(PairingEvent):
    visibility: ClassVar[Visibility] = Visibility.COORDINATOR

    rule: HealthRule
    days_overdue: int
    last_session_at: datetime | None
    suggested_action: Action

    @classmethod
    def found(cls, pairing: Pairing, facts: Facts, now: datetime) -> Self:
        """The event for a pairing whose health has just been judged."""
        assert pairing.health_rule is not None  # noqa: S101
        return cls(
            **facts_of(pairing),
            rule=pairing.health_rule,
            days_overdue=max((now - facts.due).days, 0),
            last_session_at=facts.last_held,
            suggested_action=BY_NAME[pairing.health_rule].action,
        )


class PairingNudged(_Judged):
    """A pair is a little late: a word now costs less than one later."""

    type = "pairing.nudged"


class PairingFlaggedAtRisk(_Judged):
    """A pair is about to come apart."""

    type = "pairing.flagged_at_risk"


class PairingRecovered(PairingEvent):
    """A pair that was at risk meets again."""

    type = "pairing.recovered"
    visibility: ClassVar[Visibility] = Visibility.COORDINATOR
