"""What a caller accepts: our answers are JSON, so their `Accept` must let JSON through (RFC 9110 section 12.5.1)."""

from collections.abc import Iterable

from starlette.datastructures import Headers

from app.routers.problems import NotAcceptable

_PLAIN = ("", "*/*", "application/json")
# The most specific range that names JSON decides.
_RANGES = ("application/json", "application/*", "*/*")


def require_json(headers: Headers) -> None:
    """Raise `NotAcceptable` when the caller takes no JSON."""
    accepted = ",".join(headers.getlist("accept"))
    if accepted in _PLAIN:
        return
    weights: dict[str, float] = {}
    for item in accepted.lower().split(","):
        kind, *parameters = (part.strip() for part in item.split(";"))
        weights[kind] = max(_weight(parameters), weights.get(kind, 0.0))
    decisive = next((kind for kind in _RANGES if kind in weights), None)
    if decisive is None or weights[decisive] <= 0:
        raise NotAcceptable("This operation answers application/json.")


def _weight(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
