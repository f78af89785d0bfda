"""What we tell the world of pairings and agreements."""

from datetime import date
from typing import Any, ClassVar, Self

from app.domain.pairings.agreements import Agreement
from app.domain.pairings.models import EndReason, Pairing, PairingStatus
from app.events.envelope import Event


class PairingEvent(Event):
    """A fact about one pairing."""

    subject: ClassVar[str] = "pairing_id"

    pairing_id: str
    programme_id: str
    mentor_id: str
    mentee_id: str
    status: PairingStatus
    rank_gap: int
    starts_on: date
    ends_on: date

    @classmethod
    def of(cls, pairing: Pairing) -> Self:
        """The event for the pairing as it is now."""
        return cls(**facts_of(pairing))


class PairingCreated(PairingEvent):
    """Two people were paired; they have an agreement to sign."""

    type = "pairing.created"


class PairingActivated(PairingEvent):
    """A pair may meet."""

    type = "pairing.activated"


class PairingPaused(PairingEvent):
    """A pair rests."""

    type = "pairing.paused"


class PairingResumed(PairingEvent):
    """A pair goes on after a rest."""

    type = "pairing.resumed"


class PairingClosingBegan(PairingEvent):
    """A pair is about to finish."""

    type = "pairing.closing_began"


class PairingContinuedInformally(PairingEvent):
    """A pair goes on without being tracked."""

    type = "pairing.continued_informally"


class PairingEnded(PairingEvent):
    """A pair that went on informally ended that too."""

    type = "pairing.ended"


class PairingCompleted(PairingEvent):
    """A pairing came to its planned end."""

    type = "pairing.completed"

    sessions_held: int
    sessions_planned: int
    goals_achieved: int
    goals_set: int

    @classmethod
    def counted(cls, pairing: Pairing, counts: dict[str, Any]) -> Self:
        """The event with what the pair has done."""
        return cls(**facts_of(pairing), **counts)


class _Broken(PairingEvent):
    # Coarse on purpose: why people part, and who wished it, is theirs to know.
    names_actor: ClassVar[bool] = False

    reason: str

    @classmethod
    def of(cls, pairing: Pairing) -> Self:
        """The event with a reason that gives nobody away."""
        told = (EndReason.LEFT_ORGANISATION, EndReason.RULE_BROKEN, EndReason.PROGRAMME_CANCELLED)
        return cls(**facts_of(pairing), reason=pairing.end_reason.value if pairing.end_reason in told else "no_fault")


class PairingEndedEarly(_Broken):
    """A pairing ended before its time, nobody's fault."""

    type = "pairing.ended_early"


class PairingDissolved(_Broken):
    """A pairing had to end because a rule broke."""

    type = "pairing.dissolved"


class AgreementEvent(Event):
    """A fact about one agreement."""

    subject: ClassVar[str] = "agreement_id"

    agreement_id: str
    pairing_id: str
    edition: int

    @classmethod
    def of(cls, agreement: Agreement) -> Self:
        """The event for the agreement as it is now."""
        return cls(agreement_id=agreement.id, pairing_id=agreement.pairing_id, edition=agreement.edition)


class AgreementProposed(AgreementEvent):
    """New clauses are up for signature."""

    type = "agreement.proposed"


class AgreementSigned(AgreementEvent):
    """One partner signed."""

    type = "agreement.signed"


class AgreementEnteredForce(AgreementEvent):
    """Both partners signed."""

    type = "agreement.entered_force"


def facts_of(pairing: Pairing) -> dict[str, Any]:
    """What every event of a pairing tells."""
    names = ("programme_id", "mentor_id", "mentee_id", "status", "rank_gap", "starts_on", "ends_on")
    return {"pairing_id": pairing.id, **{name: getattr(pairing, name) for name in names}}


STEPS: dict[str, type[PairingEvent]] = {
    "activate": PairingActivated,
    "pause": PairingPaused,
    "resume": PairingResumed,
    "begin_closing": PairingClosingBegan,
    "continue_informally": PairingContinuedInformally,
    "end": PairingEnded,
    "end_early": PairingEndedEarly,
    "dissolve": PairingDissolved,
}
