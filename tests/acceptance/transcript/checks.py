"""What must be true of the answers: both doors told the same, and exactly what docs/policy.md promises."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.acceptance.transcript import policy
from tests.acceptance.transcript.cast import CAST, Principal
from tests.acceptance.transcript.company import Company, Thing
from tests.acceptance.transcript.doors import LISTS, ONES, UNKNOWN, Told

_OF_THE_GOAL = ("title of goal-1", "measure of goal-1")


def faults(company: Company, told: Mapping[str, Told]) -> list[str]:
    """Everything that is wrong, a sentence each."""
    truth = _truth(told)
    found: list[str] = []
    for who in CAST:
        heard = told[who.name]
        found += _of_doors(who, heard)
        found += _of_things(company, who, heard, truth)
        found += _of_texts(company, who, heard)
    return found


def objects(said: Any) -> Iterator[dict[str, Any]]:
    """Every object of an answer, at any depth."""
    if isinstance(said, dict):
        if "id" in said:
            yield said
        for value in said.values():
            yield from objects(value)
    elif isinstance(said, list):
        for value in said:
            yield from objects(value)


def seen(told: Told) -> dict[str, dict[str, Any]]:
    """What someone saw, by name: of each object every field that any of the answers showed."""
    found: dict[str, dict[str, Any]] = {}
    for one in objects([told.rest[name] for name in ONES]):
        fields = {name: value for name, value in one.items() if not isinstance(value, dict)}
        known = found.setdefault(one["id"], {})
        known.update({name: value for name, value in fields.items() if known.get(name) is None})
    for name in (name for plural in LISTS for name in told.rest[plural] or ()):
        found.setdefault(name, {"id": name})
    return found


def _truth(told: Mapping[str, Told]) -> dict[str, dict[str, Any]]:
    """Every field of every object as at least one of them saw it."""
    truth: dict[str, dict[str, Any]] = {}
    for heard in told.values():
        for name, fields in seen(heard).items():
            known = truth.setdefault(name, {})
            known.update({field: value for field, value in fields.items() if value is not None})
    return truth


def _of_doors(who: Principal, heard: Told) -> Iterator[str]:
    if who.role == "":
        if {*heard.statuses.values(), heard.graphql_status} != {401}:
            yield f"{who.name}: was answered something else than 401"
        return
    if heard.graphql_errors:
        yield f"{who.name}: GraphQL answered {heard.graphql_status} {heard.graphql_errors}"
        return
    for name, said in heard.rest.items():
        if said != heard.graphql[name]:
            yield f"{who.name}: REST and GraphQL differ about {name}"
        if heard.statuses[name] != (404 if said is None else 200):
            yield f"{who.name}: {name} answered {heard.statuses[name]}"
    if any(problem != heard.absent for problem in heard.problems.values()):
        yield f"{who.name}: can tell what is hidden from what does not exist"
    if UNKNOWN in str(heard.rest):
        yield f"{who.name}: was shown something that nobody made"


def _of_things(company: Company, who: Principal, heard: Told, truth: dict[str, dict[str, Any]]) -> Iterator[str]:
    found = seen(heard)
    for thing in company.things:
        may = policy.shows(who, thing)
        if may != (thing.name in found):
            yield f"{who.name}: {'was not shown' if may else 'saw'} {thing.name}"
        if (listed := thing.name in (heard.rest[_plural(thing)] or ())) != may:
            yield f"{who.name}: the list has {'' if listed else 'not '}{thing.name}"
        if may and "pairing-1" in found and len(found.get(thing.name, ())) == 1 < len(truth[thing.name]):
            yield f"{who.name}: saw {thing.name} in its list alone"
        for name, value in found.get(thing.name, {}).items():
            yield from _of_field(who, thing, name, value, truth)


def _of_field(who: Principal, thing: Thing, name: str, value: Any, truth: dict[str, dict[str, Any]]) -> Iterator[str]:
    if isinstance(value, list) and name != "clauses":
        return
    real = truth[thing.name].get(name)
    if policy.shows_field(who, thing, name):
        if value != real:
            yield f"{who.name}: was not shown {name} of {thing.name}"
    elif value is not None:
        yield f"{who.name}: saw {name} of {thing.name}"


def _of_texts(company: Company, who: Principal, heard: Told) -> Iterator[str]:
    """Texts that were not for them, anywhere in what was sent, shown on the page or not."""
    for thing in company.things:
        if thing.kind in ("note", "feedback", "action item", "goal") and not policy.shows(who, thing):
            texts = (f"words of {thing.name}", *(_OF_THE_GOAL if thing.kind == "goal" else ()))
            if any(f'"{text}"' in raw for text in texts for raw in heard.raw):
                yield f"{who.name}: the text of {thing.name} was sent to them"


def _plural(thing: Thing) -> str:
    plural = {"person": "people", "feedback": "feedback", "audit entry": "audit_entries"}
    return plural.get(thing.kind, f"{thing.kind.replace(' ', '_')}s")
