"""What matching works with beyond words: how well, how much, in what manner, and when."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from app.errors import Fault, Invalid
from app.table import Row
from app.text import Input, Word, distinct, whole

# What stands for a level or a weight that nobody gave: the middle.
USUAL_LEVEL, USUAL_WEIGHT = 3, 10
_HALF_HOUR = "(:00|:30)"
_MINUTES_PER_HOUR = 60


class Weekday(StrEnum):
    """A day of the week, by the calendar of the enrolment's own zone."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """Counted from Monday, which is 0."""
        return list(Weekday).index(self)


class Trait(StrEnum):
    """A side of how someone likes to work."""

    PACE = "pace"
    STRUCTURE = "structure"
    DIRECTNESS = "directness"
    CHALLENGE = "challenge"
    SOCIABILITY = "sociability"


class Window(Input):
    """Some hours of every week, in whole half-hours."""

    weekday: Weekday
    starts: Annotated[str, StringConstraints(pattern=f"^([01][0-9]|2[0-3]){_HALF_HOUR}$")] = Field(
        description="Local time, such as 09:30."
    )
    ends: Annotated[str, StringConstraints(pattern=f"^(([01][0-9]|2[0-3]){_HALF_HOUR}|24:00)$")] = Field(
        description="Local time, after `starts`; midnight is 24:00."
    )

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        # Hours of two digits: they sort as texts do.
        if self.ends <= self.starts:
            raise PydanticCustomError("empty_window", "ends before it starts; cut a window at midnight in two")
        return self


def spans(windows: Iterable[Mapping[str, str]]) -> tuple[tuple[int, int, int], ...]:
    """Windows as weekday from Monday, which is 0, first minute of the day, and the one after the last."""
    return tuple([_span(window["weekday"], window["starts"], window["ends"]) for window in windows])


# There are a few thousand in all, and a market has a hundred thousand of them.
@cache
def _span(weekday: str, starts: str, ends: str) -> tuple[int, int, int]:
    return Weekday(weekday).number, _minute(starts), _minute(ends)


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * _MINUTES_PER_HOUR + int(minutes)


def _apart(windows: list[Window]) -> list[Window]:
    until: dict[Weekday, str] = {}
    overlapping = []
    for place in sorted(range(len(windows)), key=lambda place: windows[place].starts):
        window = windows[place]
        latest = until.get(window.weekday, "")
        if window.starts < latest:
            overlapping.append(place)
        until[window.weekday] = max(latest, window.ends)
    if overlapping:
        error = PydanticCustomError("overlapping_window", "overlaps another window")
        details = [InitErrorDetails(type=error, loc=(place,), input=None) for place in sorted(overlapping)]
        raise ValidationError.from_exception_data("Availability", details)
    return windows


_CLOSED: Any = {"additionalProperties": False}
_Level = Annotated[int, whole(1, 5)]
_Weight = Annotated[int, whole(1, 20)]
Interests = Annotated[list[Word], distinct(64)]
OfferLevels = Annotated[
    dict[Word, _Level],
    Field(
        max_length=30,
        description=f"How well, from 1 to 5, for any of `offers`. Absent: {USUAL_LEVEL}.",
        json_schema_extra=_CLOSED,
    ),
]
SeekWeights = Annotated[
    dict[Word, _Weight],
    Field(
        max_length=30,
        description=f"How much it matters, from 1 to 20, for any of `seeks`. Absent: {USUAL_WEIGHT}.",
        json_schema_extra=_CLOSED,
    ),
]
_TRAITS = (
    "How they like to work. `pace`: 1 unhurried to 5 fast; `structure`: as it comes to well prepared; `directness`: "
    "between the lines to plain; `challenge`: encouraged to contradicted; `sociability`: to the point to with time to "
    "talk."
)
Style = Annotated[dict[Trait, _Level], Field(description=_TRAITS)]
Availability = Annotated[
    list[Window],
    AfterValidator(_apart),
    Field(
        max_length=70, description="When they can meet, in `zone`. Empty: nothing is known, which counts neither way."
    ),
]
# A merge patch (RFC 7396) goes into objects: what is absent stays, `null` takes a member out.
OfferLevelsPatch = Annotated[dict[Word, _Level | None], Field(max_length=60, json_schema_extra=_CLOSED)]
SeekWeightsPatch = Annotated[dict[Word, _Weight | None], Field(max_length=60, json_schema_extra=_CLOSED)]
StylePatch = dict[Trait, _Level | None]
# What is rated, and the field that names it.
RATED = {"offer_levels": "offers", "seek_weights": "seeks"}


def settled(before: Row, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes to a profile with its objects as a merge patch leaves them. Raises `Invalid` as `require_named` does.

    The level or weight of what is no longer offered or sought goes with it.
    """
    found = dict(changes)
    for name in (*RATED, "style"):
        given = changes.get(name, {})
        both = {key: value for key, value in (getattr(before, name) | given).items() if value is not None}
        if words := RATED.get(name):
            named = changes.get(words, getattr(before, words))
            both = {key: value for key, value in both.items() if key in named or key in given}
        found[name] = both
    require_named({words: getattr(before, words) for words in RATED.values()} | found)
    return found


def require_named(profile: Mapping[str, Any]) -> None:
    """Raise `Invalid` for every level of what is not offered, and every weight of what is not sought."""
    faults = [
        Fault(f"is none of the {words}", code="not_named", pointer=f"/{name}/{pointed(key)}")
        for name, words in RATED.items()
        for key in profile[name]
        if key not in profile[words]
    ]
    if faults:
        raise Invalid("Give levels for what is offered, and weights for what is sought.", faults=tuple(faults))


def pointed(name: str) -> str:
    """A name as a part of a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")
