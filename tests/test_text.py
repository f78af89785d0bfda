"""The building blocks of request schemas: what each takes, what it refuses, and what its JSON Schema says of that."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app import text
from app.text import Day, Email, Flag, Input, Instant, LanguageTag, Line, Name, Output, Patch, Prose, Slug, Word, Zone

Level = Annotated[int, text.whole(1, 100)]
Words = Annotated[list[Word], text.distinct(3)]
PersonId = Annotated[str, text.reference("per")]
RFC_3339 = "must be text in the format of RFC 3339"


def read(kind: Any, value: object) -> Any:
    return TypeAdapter(kind).validate_python(value)


def refusal(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as refused:
        read(kind, value)
    return refused.value.errors()[0]["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize("name", ["A", " a ", "Zoë", "李小龙", "O’Neill-Łuk", "🦊", "a" * 200])
def test_a_name_is_one_line_of_any_script(name: str) -> None:
    assert read(Name, name) == name


@pytest.mark.parametrize(
    "name", ["", " ", "\u3000", "a\nb", "a\tb", "a\x00", "a\x7f", "a\x85", "\u2028", "a\n", "a\u202eb", "\u2066a"]
)
def test_a_name_holds_no_control_characters_and_is_not_blank(name: str) -> None:
    refusal(Name, name)


@pytest.mark.parametrize("kind", [Name, Prose])
def test_half_a_character_is_refused(kind: Any) -> None:
    assert "unicode" in refusal(kind, "\ud800")


@pytest.mark.parametrize(("kind", "limit"), [(Word, 80), (Name, 200), (Line, 300), (Prose, 4000)])
def test_text_has_a_limit(kind: Any, limit: int) -> None:
    assert read(kind, "é" * limit) == "é" * limit
    assert refusal(kind, "é" * (limit + 1)) == f"String should have at most {limit} characters"


@pytest.mark.parametrize("kind", [Name, Prose])
def test_text_is_kept_in_its_composed_form(kind: Any) -> None:
    assert read(kind, "Zoe\u0308") == "Zo\u00eb"


def test_prose_has_lines_but_no_nul() -> None:
    assert read(Prose, "a\nb\tc") == "a\nb\tc"
    refusal(Prose, "a\x00b")
    refusal(Prose, "")


@pytest.mark.parametrize("slug", ["a", "A-1", "emp:42@hr.acme", "0_x+y", "a" * 100])
def test_a_slug_is_a_word_of_plain_letters(slug: str) -> None:
    assert read(Slug, slug) == slug


@pytest.mark.parametrize("slug", ["", "-a", ".a", "a b", "a/b", "é", "a\n", "a" * 101])
def test_what_is_no_slug(slug: str) -> None:
    refusal(Slug, slug)


@pytest.mark.parametrize("email", ["a@b.c", "first.last+tag@mail.example.com", "o'neill@a-b.org"])
def test_an_email_address(email: str) -> None:
    assert read(Email, email) == email


@pytest.mark.parametrize(
    "email", ["a@b", "@b.c", "a@b..c", "a b@c.d", "a@b.c\n", "é@b.c", "a@b.c\x00", "a" * 65 + "@b.c", "a@" + "b." * 126]
)
def test_what_is_no_email_address(email: str) -> None:
    refusal(Email, email)


@pytest.mark.parametrize(
    ("tag", "taken"), [("en", 1), ("pt-BR", 1), ("zh-Hant-TW", 1), ("e", 0), ("en_GB", 0), ("x1", 0)]
)
def test_language_tags(tag: str, taken: int) -> None:
    assert read(LanguageTag, tag) == tag if taken else refusal(LanguageTag, tag)


def test_a_zone_is_one_of_the_iana_database_spelt_as_there() -> None:
    assert read(Zone, "Europe/Paris") == "Europe/Paris"
    assert refusal(Zone, "europe/paris") == "must be the name of a zone in the IANA time zone database"
    assert refusal(Zone, "x" * 65) == "String should have at most 64 characters"
    assert "Europe/Paris" in TypeAdapter(Zone).json_schema()["enum"]


@pytest.mark.parametrize(("number", "read_as"), [(1, 1), (100, 100), (26.0, 26)])
def test_a_whole_number_may_be_written_with_a_point(number: float, read_as: int) -> None:
    assert read(Level, number) == read_as
    assert isinstance(read(Level, number), int)


@pytest.mark.parametrize("number", [0, 101, 1.5, 1e300, 10**400, "26", True, None, float("nan"), float("inf")])
def test_what_is_no_whole_number_of_the_range(number: object) -> None:
    refusal(Level, number)


def test_the_schema_of_a_whole_number_keeps_its_bounds() -> None:
    assert TypeAdapter(Level).json_schema() == {"type": "integer", "minimum": 1, "maximum": 100}


@pytest.mark.parametrize("value", ["true", 1, 0, "on", None])
def test_a_flag_is_true_or_false_and_nothing_else(value: object) -> None:
    assert read(Flag, True) is True
    refusal(Flag, value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-02T12:00:00Z", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("2026-03-02t12:00:00z", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("2026-03-02T12:00:00+02:00", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("1899-12-31T23:30:00-01:00", datetime(1900, 1, 1, 0, 30, tzinfo=UTC)),
        ("2026-03-02T12:00:00.123456Z", datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)),
    ],
)
def test_an_instant_is_turned_into_utc(written: str, meant: datetime) -> None:
    assert read(Instant, written) == meant
    assert read(Instant, written).tzinfo is UTC


@pytest.mark.parametrize("value", ["1700000000", 1700000000, True, "2026-03-02", "2026-03-02T12:00Z", "noon", "9" * 50])
def test_an_instant_is_text_in_the_format_of_rfc_3339(value: object) -> None:
    assert refusal(Instant, value) == RFC_3339


@pytest.mark.parametrize("value", ["2026-02-30T12:00:00Z", "2026-03-02T25:00:00Z"])
def test_an_instant_must_exist(value: str) -> None:
    refusal(Instant, value)


def test_an_instant_carries_its_offset() -> None:
    assert refusal(Instant, "2026-03-02T12:00:00") == "must carry an offset from UTC, such as Z or +02:00"


@pytest.mark.parametrize(
    "value",
    [
        "1899-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "1900-01-01T00:30:00+01:00",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_an_instant_lies_between_1900_and_2199_in_utc(value: str) -> None:
    assert refusal(Instant, value) == "must lie between 1900 and 2199"


@given(
    st.datetimes(min_value=datetime(1901, 1, 1), max_value=datetime(2198, 12, 31)),  # noqa: DTZ001
    st.integers(min_value=-1439, max_value=1439),
)
def test_every_instant_survives_its_own_text(local: datetime, offset_minutes: int) -> None:
    moment = local.replace(tzinfo=timezone(timedelta(minutes=offset_minutes)))

    assert read(Instant, moment.isoformat()) == moment


def test_a_day() -> None:
    assert read(Day, "2024-02-29") == date(2024, 2, 29)
    assert refusal(Day, "1899-12-31") == "must lie between 1900 and 2199"
    assert refusal(Day, "2026-03-02T00:00:00Z") == RFC_3339
    assert refusal(Day, "86400") == RFC_3339
    refusal(Day, "2026-02-29")


@pytest.mark.parametrize(("kind", "form", "rest"), [(Instant, "date-time", "T23:59:59.5+02:00"), (Day, "date", "")])
def test_the_schema_of_a_time_says_its_format_and_its_years(kind: Any, form: str, rest: str) -> None:
    schema = TypeAdapter(kind).json_schema()

    assert (schema["type"], schema["format"]) == ("string", form)
    years = [year for year in range(10_000) if re.search(schema["pattern"], f"{year:04}-12-31{rest}")]
    assert (years[0], years[-1], len(years)) == (1900, 2199, 300)


@given(st.from_regex(TypeAdapter(Instant).json_schema()["pattern"], fullmatch=True))
def test_the_pattern_of_an_instant_lets_nothing_through_that_is_refused(instant: str) -> None:
    day = instant[:10]
    try:
        date.fromisoformat(day)
    except ValueError:
        return
    if 1901 < int(day[:4]) < 2199:
        read(Instant, instant)


def test_a_reference_names_an_object_of_one_kind() -> None:
    assert read(PersonId, "per_01jd0000000000000000000000") == "per_01jd0000000000000000000000"
    refusal(PersonId, "prg_01jd0000000000000000000000")
    refusal(PersonId, "per_01jd0000000000000000000000\n")


def test_a_distinct_list_holds_nothing_twice() -> None:
    assert read(Words, ["a", "b", "A"]) == ["a", "b", "A"]
    assert refusal(Words, ["\u00e9", "e\u0301"]) == "must not hold the same item twice"
    assert refusal(Words, ["a", "b", "c", "d"]).startswith("List should have at most 3 items")
    schema = TypeAdapter(Words).json_schema()
    assert (schema["uniqueItems"], schema["maxItems"]) == (True, 3)


class Wish(Input):
    """An input of these tests."""

    number: float


class Change(Patch):
    """A patch of these tests."""

    name: Name = text.absent()
    title: Name | None = None


class Seen(Output):
    """An output of these tests."""

    name: str


@pytest.mark.parametrize("body", [{"number": 1, "more": 1}, {"number": float("nan")}, {"number": float("inf")}, {}])
def test_an_input_refuses_unknown_members_and_endless_numbers(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Wish.model_validate(body)


def test_a_patch_tells_what_was_sent_from_what_was_not() -> None:
    assert Change.model_validate({}).changes() == {}
    assert Change.model_validate({"title": None}).changes() == {"title": None}
    assert Change.model_validate({"name": "Zoe\u0308"}).changes() == {"name": "Zo\u00eb"}


def test_a_patch_cannot_clear_what_may_not_be_empty() -> None:
    with pytest.raises(ValidationError):
        Change.model_validate({"name": None})


def test_the_schema_of_a_patch_shows_no_defaults() -> None:
    members = Change.model_json_schema()["properties"]

    assert not any("default" in member for member in members.values())
    assert "required" not in Change.model_json_schema()


def test_an_output_reads_rows_and_has_no_defaults() -> None:
    class Row:
        name = "Zoë"

    assert Seen.model_validate(Row()).model_dump_json() == '{"name":"Zoë"}'
    assert Seen.model_json_schema()["required"] == ["name"]


@given(st.text(min_size=1, max_size=80))
def test_what_a_schema_takes_can_be_stored_and_sent(given_text: str) -> None:
    try:
        taken = read(Word, given_text)
    except ValidationError:
        return

    assert "\x00" not in taken
    assert orjson.loads(orjson.dumps(taken)) == taken
