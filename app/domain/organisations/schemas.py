"""What callers send and get of an organisation and its ranks."""

from datetime import datetime
from typing import Annotated

from app.domain.organisations.retention import DataClass
from app.text import Input, Name, Output, Patch, Word, Zone, absent, whole

Level = Annotated[int, whole(1, 100)]


class OrganisationUpdate(Patch):
    """Changes to the organisation."""

    name: Name = absent()
    default_zone: Zone = absent()
    anonymity_k: Annotated[int, whole(5, 1000)] = absent()


class OrganisationRead(Output):
    """The caller's organisation."""

    id: str
    name: str
    region: str
    default_zone: str
    anonymity_k: int
    version: int
    created_at: datetime
    updated_at: datetime


class RankCreate(Input):
    """A new rung of the ladder."""

    level: Level
    name: Word


class RankUpdate(Patch):
    """Changes to a rank. Its level is fixed, since people are counted by it."""

    name: Word = absent()


class RankRead(Output):
    """One rung of the rank ladder; a higher level is more senior."""

    id: str
    level: int
    name: str
    version: int
    created_at: datetime
    updated_at: datetime


class RetentionPolicyUpdate(Patch):
    """How long to keep data of this class from now on."""

    keep_days: Annotated[int, whole(1, 1825)] = absent()


class RetentionPolicyRead(Output):
    """How long data of one class is kept: notes and feedback after the end of their programme."""

    id: str
    data_class: DataClass
    keep_days: int
    version: int
    created_at: datetime
    updated_at: datetime
