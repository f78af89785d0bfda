"""What callers send and get of an organisation and its ranks."""

from datetime import datetime
from typing import Annotated

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
