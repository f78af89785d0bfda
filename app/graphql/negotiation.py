"""Which media type a GraphQL request has, and which its answer gets (RFC 9110, section 12)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"

# How exactly a range means a media type; 0 is not at all.
_ANYTHING, _ITS_KIND, _BY_NAME = 1, 2, 3
_QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


@dataclass(frozen=True, slots=True)
class _Media:
    """One media type or range, as a header writes it."""

    name: str
    parameters: dict[str, str]

    @property
    def is_utf8(self) -> bool:
        return self.parameters.get("charset", "utf-8") == "utf-8"

    @property
    def quality(self) -> float:
        text = self.parameters.get("q", "1")
        return float(text) if _QUALITY.fullmatch(text) else 0.0

    def precision(self, name: str) -> int:
        """How exactly this range means that media type."""
        kind = name.partition("/")[0]
        return {"*/*": _ANYTHING, f"{kind}/*": _ITS_KIND, name: _BY_NAME}.get(self.name, 0) if self.is_utf8 else 0


def preferred(accept: Sequence[str]) -> str | None:
    """The media type of the answer; none if the caller accepts neither.

    A caller who names no type gets the older one: clients that know the newer one ask for it by name.
    """
    ranges = [_media(part) for header in accept for part in header.split(",") if part.strip()]
    if not ranges:
        return JSON
    ranked = {media_type: _rank(media_type, ranges) for media_type in (GRAPHQL, JSON)}
    best = max(ranked, key=lambda media_type: ranked[media_type])
    return best if ranked[best][0] > 0 else None


def is_utf8_json(content_type: Sequence[str]) -> bool:
    """Whether a body is JSON in the one encoding that JSON has."""
    if len(content_type) != 1:
        return False
    media = _media(content_type[0])
    return media.name == JSON and media.is_utf8


def _media(text: str) -> _Media:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    pairs = (parameter.partition("=") for parameter in parameters)
    return _Media(name, {key.strip(): value.strip().strip('"') for key, _, value in pairs})


def _rank(media_type: str, ranges: Sequence[_Media]) -> tuple[float, int, bool]:
    """How welcome a media type is: by the quality of the most precise range that means it, then by that precision."""
    precision, quality = max((each.precision(media_type), each.quality) for each in ranges)
    if precision == 0:
        return 0.0, 0, False
    # Among equals: the newer type if both are named, the older one if both are merely covered.
    return quality, precision, (media_type == GRAPHQL) == (precision == _BY_NAME)
