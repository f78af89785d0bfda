"""What callers send and get of enrolments."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from app.domain.enrolments.models import EnrolmentOrigin, EnrolmentRole, EnrolmentStatus
from app.domain.enrolments.profile import (
    Availability,
    Interests,
    OfferLevels,
    OfferLevelsPatch,
    SeekWeights,
    SeekWeightsPatch,
    Style,
    StylePatch,
    Window,
)
from app.domain.people.schemas import Languages, PersonId
from app.domain.programmes.cohort_schemas import CohortId
from app.domain.programmes.schemas import ProgrammeId
from app.text import Input, Output, Patch, Word, Zone, absent, distinct, reference, whole

EnrolmentId = Annotated[str, reference("enr")]
Subjects = Annotated[list[Word], distinct(30)]
_COHORT = "The intake, of the same programme, that one joins. It must take people in today."
Capacity = Annotated[int, whole(1, 10)]
MonthlyMinutes = Annotated[int, whole(15, 6000)]


class Profile(Input):
    """What someone brings to a programme and wants from it."""

    capacity: Capacity = Field(default=1, description="How many live pairings they can take.")
    minutes_per_month: MonthlyMinutes = 120
    offers: Subjects = Field(default=[], description="What they can teach.")
    seeks: Subjects = Field(default=[], description="What they want to learn.")
    out_of_scope: Subjects = Field(default=[], description="What they say openly that they do not know.")
    interests: Interests = Field(default=[])
    languages: Languages | None = Field(default=None, description="Absent: the person's.")
    zone: Zone | None = Field(default=None, description="IANA zone. Absent: the person's.")
    offer_levels: OfferLevels = Field(default={})
    seek_weights: SeekWeights = Field(default={})
    style: Style = Field(default={})
    availability: Availability = Field(default=[])


class EnrolmentInvite(Profile):
    """An invitation to join a programme."""

    programme_id: ProgrammeId
    person_id: PersonId
    role: EnrolmentRole
    cohort_id: CohortId | None = Field(default=None, description=_COHORT)


class EnrolmentApply(Profile):
    """One's own application to a programme."""

    programme_id: ProgrammeId
    role: EnrolmentRole
    cohort_id: CohortId | None = Field(default=None, description=_COHORT)


class EnrolmentCohort(Input):
    """The cohort that an enrolment belongs to from now on."""

    cohort_id: CohortId | None = Field(default=None, description="Of the same programme. Absent or `null`: none.")


class EnrolmentUpdate(Patch):
    """Changes to a profile."""

    capacity: Capacity = absent()
    minutes_per_month: MonthlyMinutes = absent()
    offers: Subjects = absent()
    seeks: Subjects = absent()
    out_of_scope: Subjects = absent()
    interests: Interests = absent()
    languages: Languages = absent()
    zone: Zone = absent()
    offer_levels: OfferLevelsPatch = absent()
    seek_weights: SeekWeightsPatch = absent()
    style: StylePatch = absent()
    availability: Availability = absent()

    def changes(self) -> dict[str, Any]:
        """The members that the caller sent, as plain JSON."""
        return self.model_dump(mode="json", include=self.model_fields_set)


class EnrolmentRead(Output):
    """One person on one side of a programme."""

    id: str
    programme_id: str
    person_id: str
    cohort_id: str | None
    role: EnrolmentRole
    status: EnrolmentStatus
    origin: EnrolmentOrigin
    expires_at: datetime | None = Field(description="Until when the last invitation stands, or stood.")
    capacity: int
    live_pairings: int
    open_trainings: int | None = Field(
        description="How much of what they have to learn is neither completed nor waived. Not shown to partners."
    )
    minutes_per_month: int
    offers: list[str]
    seeks: list[str]
    out_of_scope: list[str]
    interests: list[str]
    languages: list[str]
    zone: str
    offer_levels: dict[str, int]
    seek_weights: dict[str, int]
    style: dict[str, int]
    availability: list[Window]
    version: int
    created_at: datetime
    updated_at: datetime
