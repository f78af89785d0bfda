"""The building blocks of every request schema: text, instants, days, numbers, each with its limits.

The JSON Schema of a type says all that its validator enforces, so that a caller who obeys the
document is never refused.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import resources
from typing import Annotated, Any, TypeVar

from annotated_types import GroupedMetadata
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    WithJsonSchema,
)

from app import ids

# Control characters, the separators of lines and paragraphs, and the bidirectional overrides that make one name look
# like another (Unicode TR 36).
_BARRED = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
_NAME = rf"^[^{_BARRED}]*[^\s{_BARRED}][^{_BARRED}]*$"
_PROSE = r"^[^\x00]*$"
DateT = TypeVar("DateT", bound=date)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    rf"{_DAY.pattern}[Tt ][0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\.[0-9]+)?([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})?"
)
_LONGEST_INSTANT = 40
# For JSON Schema: the formats of RFC 3339 allow any year of four digits. Spelt to the end, for who makes up examples.
_DAY_PATTERN = "^(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME_PATTERN = "[Tt]([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
# From the package, not from the machine: the contract lists them, and must not depend on where it was made.
ZONES = frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="ascii").split())


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True)
class _Several(GroupedMetadata):
    """Constraints that always go together."""

    items: tuple[Any, ...]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


def one_line(limit: int) -> GroupedMetadata:
    """One line of 1 to `limit` characters without control or direction-changing characters."""
    return _Several((StringConstraints(min_length=1, max_length=limit, pattern=_NAME), AfterValidator(_nfc)))


def prose(limit: int) -> GroupedMetadata:
    """Free text of 1 to `limit` characters without NUL."""
    return _Several((StringConstraints(min_length=1, max_length=limit, pattern=_PROSE), AfterValidator(_nfc)))


Name = Annotated[str, one_line(200)]
Word = Annotated[str, one_line(80)]
Line = Annotated[str, one_line(300)]
Prose = Annotated[str, prose(4000)]
Slug = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@+-]*$")]
Email = Annotated[
    str,
    StringConstraints(
        min_length=3, max_length=254, pattern=r"^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$"
    ),
]
LanguageTag = Annotated[str, StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


Flag = Annotated[bool, Strict()]


def _zone(text: str) -> str:
    if text not in ZONES:
        raise ValueError("must be the name of a zone in the IANA time zone database")
    return text


Zone = Annotated[str, Field(max_length=64, json_schema_extra={"enum": sorted(ZONES)}), AfterValidator(_zone)]


def _whole(value: object) -> object:
    # JSON Schema calls 260.0 an integer; a boolean or a text is none.
    if isinstance(value, bool | str):
        raise ValueError("must be a whole number")
    return int(value) if isinstance(value, float) and value.is_integer() else value


def whole(least: int, most: int) -> GroupedMetadata:
    """A whole number from `least` to `most`."""
    # The bounds stand before the validator, else the schema loses them.
    return _Several((Field(ge=least, le=most), BeforeValidator(_whole)))


def _rfc3339(form: re.Pattern[str]) -> Callable[[object], object]:
    def check(value: object) -> object:
        # Lenient parsers take bare numbers for seconds since 1970, and dates for instants.
        if isinstance(value, date) or (
            isinstance(value, str) and len(value) <= _LONGEST_INSTANT and form.fullmatch(value)
        ):
            return value
        raise ValueError("must be text in the format of RFC 3339")

    return check


def _instant(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("must carry an offset from UTC, such as Z or +02:00")
    try:
        value = value.astimezone(UTC)
    except OverflowError:
        raise ValueError("must lie between 1900 and 2199") from None
    return _in_years(value)


def _in_years(value: DateT) -> DateT:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError("must lie between 1900 and 2199")
    return value


Instant = Annotated[
    datetime,
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": _DAY_PATTERN + _TIME_PATTERN}),
    BeforeValidator(_rfc3339(_INSTANT)),
    AfterValidator(_instant),
]
Day = Annotated[
    date,
    WithJsonSchema({"type": "string", "format": "date", "pattern": f"{_DAY_PATTERN}$"}),
    BeforeValidator(_rfc3339(_DAY)),
    AfterValidator(_in_years),
]


def reference(prefix: str) -> GroupedMetadata:
    """The id of an object of one kind."""
    return _Several((StringConstraints(pattern=ids.pattern(prefix)),))


def distinct(most: int) -> GroupedMetadata:
    """A list of at most `most` different items."""
    return _Several((Field(max_length=most, json_schema_extra={"uniqueItems": True}), AfterValidator(_different)))


def absent() -> Any:
    """The default of a patch's member: not sent. Its type says whether `null` may be."""
    return Field(default=None)


def _different(items: list[Any]) -> list[Any]:
    if len(set(items)) != len(items):
        raise ValueError("must not hold the same item twice")
    return items


class Input(BaseModel):
    """What a caller sends: unknown members are refused, numbers are finite."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, ser_json_inf_nan="null")


def _without_defaults(schema: dict[str, Any]) -> None:
    # What a caller does not send stays as it is, which is no value that a schema could show.
    for member in schema.get("properties", {}).values():
        member.pop("default", None)


class Patch(Input):
    """A merge patch (RFC 7396): what is absent stays, `null` clears what may be empty."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    def changes(self) -> dict[str, Any]:
        """The members that the caller sent, validated."""
        return {field: getattr(self, field) for field in self.model_fields_set}


class Output(BaseModel):
    """What a caller gets. Outputs have no defaults: the contract says what is always there."""

    model_config = ConfigDict(from_attributes=True)
