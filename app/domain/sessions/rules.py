"""When a pair may meet."""

from datetime import datetime, timedelta

from app import clock
from app.domain.pairings.models import Pairing, PairingStatus
from app.domain.programmes.models import ProgrammeStatus
from app.domain.sessions.queries import Setting
from app.errors import Conflict, Fault, Invalid

_FURTHEST_BACK = timedelta(days=31)


class PairingNotActive(Conflict):
    """The pair may not meet now."""

    code = "pairing_not_active"


class TooSoon(Conflict):
    """The pair's cadence leaves more days between two sessions."""

    code = "session_too_soon"


def require_meeting(pairing: Pairing, programme_status: ProgrammeStatus) -> None:
    """Raise `PairingNotActive` unless pairing and programme let the two meet."""
    if pairing.status not in (PairingStatus.ACTIVE, PairingStatus.CLOSING):
        raise PairingNotActive("The pair may not meet now: the pairing is not active.")
    if programme_status is not ProgrammeStatus.ACTIVE:
        raise PairingNotActive("The pair may not meet now: the programme is not active.")


def is_inside(pairing: Pairing, starts_at: datetime, zone: str) -> bool:
    """Whether a session would lie inside the pairing's dates."""
    return pairing.starts_on <= clock.local_day(starts_at, zone) <= pairing.ends_on


def require_possible(pairing: Pairing, setting: Setting, starts_at: datetime, zone: str) -> None:
    """Raise what keeps a session of a pair from beginning at an instant."""
    require_meeting(pairing, setting.programme_status)
    if not is_inside(pairing, starts_at, zone):
        raise _refused("must lie inside the pairing's dates", "session_dates")
    if starts_at < clock.now() - _FURTHEST_BACK:
        raise _refused("must not lie more than 31 days back", "session_too_old")
    if setting.is_too_close:
        raise TooSoon(
            "The pair's cadence leaves more days between two sessions.",
            faults=(Fault("is too close to another session", code="session_too_soon", pointer="/starts_at"),),
        )


def _refused(detail: str, code: str) -> Invalid:
    return Invalid(f"The start {detail}.", faults=(Fault(detail, code=code, pointer="/starts_at"),))
