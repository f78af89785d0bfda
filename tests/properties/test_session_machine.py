"""The life of a session as a state machine: whatever its members do, and in whatever order, it stays sound."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.sessions.models import Attendance, CancelReason, Report, Session, SessionStatus
from app.errors import Conflict
from tests.conftest import NOON

S = SessionStatus
MEMBERS = ("per_a", "per_b")
HOUR = timedelta(hours=1)
# What the two have said, and what the session is taken to have been; silence leaves it open.
JUDGED = {
    frozenset({Report.HELD}): S.COMPLETED,
    frozenset({Report.NO_SHOW}): S.NO_SHOW,
    frozenset({Report.HELD, Report.NO_SHOW}): S.DISPUTED,
}


class SessionLife(RuleBasedStateMachine):
    """One session, its two seats and a clock that only goes forward."""

    @initialize(ahead=st.integers(-48, 48))
    def schedule(self, ahead: int) -> None:
        """It is scheduled, ahead or up to two days back."""
        self.now = NOON
        self.starts_at = NOON + ahead * HOUR
        self.session = Session(
            organisation_id="org_a", id="ses_a", programme_id="prg_a", pairing_id="pai_a", number=1, zone="UTC",
            calendar_uid="ses_a@flipside", starts_at=self.starts_at, ends_at=self.starts_at + HOUR,
        )  # fmt: skip
        self.seats = {member: self._seat(member) for member in MEMBERS}
        self.resolved: Report | None = None
        self.lapsed = False

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        """Time goes by."""
        self.now += hours * HOUR

    @rule(hours=st.integers(-30, 60), minutes=st.integers(10, 480))
    def reschedule(self, hours: int, minutes: int) -> None:
        """Somebody moves it."""
        starts_at = self.now + hours * HOUR
        ends_at = starts_at + timedelta(minutes=minutes)
        if self._allowed(lambda: self.session.reschedule(starts_at, ends_at), self.session.status is S.SCHEDULED):
            self.starts_at = starts_at
            self._follow()

    @rule(member=st.sampled_from(MEMBERS), reason=st.sampled_from(CancelReason))
    def cancel(self, member: str, reason: CancelReason) -> None:
        """Somebody calls it off."""
        scheduled = self.session.status is S.SCHEDULED
        if self._allowed(lambda: self.session.cancel(self.now, member, reason), scheduled):
            self._follow()

    @rule(member=st.sampled_from(MEMBERS), word=st.sampled_from(Report))
    def report(self, member: str, word: Report) -> None:
        """A member says whether it took place."""
        seat = self.seats[member]
        begun = self.now >= self.session.starts_at
        speakable = self.session.status in (S.SCHEDULED, S.UNCONFIRMED, S.COMPLETED, S.NO_SHOW)
        if seat.report is not None:
            self._allowed(lambda: seat.say(word, self.now), False)
        elif self._allowed(lambda: self.session.report(word, self.now), begun and speakable):
            seat.say(word, self.now)
            self._follow()

    @rule(word=st.sampled_from(Report))
    def resolve(self, word: Report) -> None:
        """The coordinator settles it."""
        if self._allowed(lambda: self.session.resolve(word, self.now), self.session.status is S.DISPUTED):
            self.resolved = word
            self._follow()

    @precondition(lambda self: self.session.ends_at < self.now - timedelta(hours=24))
    @rule()
    def lapse(self) -> None:
        """A day has passed since its end."""
        if self._allowed(lambda: self.session.step("lapse"), self.session.status is S.SCHEDULED):
            self.lapsed = True
            self._follow()

    @invariant()
    def it_is_what_its_members_say(self) -> None:
        """Words decide; words that differ are settled by a third; without words it is open, lapsed or cancelled."""
        words = {seat.report for seat in self.seats.values() if seat.report is not None}
        if self.resolved is not None:
            assert self.session.status is JUDGED[frozenset({self.resolved})]
        elif words:
            assert self.session.status is JUDGED[frozenset(words)]
        elif self.lapsed:
            assert self.session.status is S.UNCONFIRMED
        else:
            assert self.session.status in (S.SCHEDULED, S.CANCELLED)

    @invariant()
    def it_remembers_when_it_was_held_and_called_off(self) -> None:
        """Times stand beside the states that they belong to, and nowhere else."""
        assert (self.session.completed_at is not None) is (self.session.status is S.COMPLETED)
        assert (self.session.cancelled_at is not None) is (self.session.status is S.CANCELLED)
        assert (self.session.cancel_reason is not None) is (self.session.status is S.CANCELLED)

    @invariant()
    def calendars_see_every_change_of_time(self) -> None:
        """SEQUENCE counts the moves and the cancellation."""
        cancelled = self.session.status is S.CANCELLED
        assert self.session.calendar_sequence == self.session.reschedule_count + cancelled
        assert self.session.starts_at == self.starts_at < self.session.ends_at

    @invariant()
    def its_members_are_busy_while_it_is_scheduled(self) -> None:
        """Seats repeat the times, and whether they take time."""
        for seat in self.seats.values():
            assert (seat.starts_at, seat.ends_at) == (self.session.starts_at, self.session.ends_at)
            assert seat.is_busy is (self.session.status is S.SCHEDULED)

    def _seat(self, member: str) -> Attendance:
        return Attendance(
            organisation_id="org_a", id=f"att_{member}", session_id="ses_a", person_id=member,
            starts_at=self.session.starts_at, ends_at=self.session.ends_at,
        )  # fmt: skip

    def _follow(self) -> None:
        for seat in self.seats.values():
            seat.follow(self.session)

    def _allowed(self, step: Callable[[], object], expected: bool) -> bool:
        """Take a step that should succeed or be refused as a conflict; whether it was taken."""
        before: tuple[SessionStatus, datetime] = (self.session.status, self.session.starts_at)
        try:
            step()
        except Conflict:
            assert not expected
            assert (self.session.status, self.session.starts_at) == before
            return False
        assert expected
        return True


TestSessionLife = SessionLife.TestCase
TestSessionLife.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
