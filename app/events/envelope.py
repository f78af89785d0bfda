"""What an event is: a fact in the past tense, thin, about one subject."""

from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Visibility(StrEnum):
    """Who may be told: everyone whom the programme concerns, or its coordinators alone."""

    PROGRAMME = "programme"
    COORDINATOR = "coordinator"


class Event(BaseModel):
    """Base of every event; the fields of a subclass are its `data`: ids, states, reason codes, never free text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: ClassVar[str]
    visibility: ClassVar[Visibility] = Visibility.PROGRAMME
    # Whether consumers learn who caused it.
    names_actor: ClassVar[bool] = True
    # Whether no wildcard brings it: it holds what is kept from some who may register an endpoint.
    is_confided: ClassVar[bool] = False
    # The field of `data` that names the subject.
    subject: ClassVar[str]

    def data(self) -> dict[str, Any]:
        """The event's facts as JSON values."""
        return self.model_dump(mode="json")
